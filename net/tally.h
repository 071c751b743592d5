/*
 * tally.h: how many connections each client has, for a limit a client. All threads share one.
 *
 * A client is an IPv4 address, or the first 64 bits of an IPv6 address: who has one of those has them all (RFC 7421).
 */
#ifndef NET_TALLY_H
#define NET_TALLY_H

#include <stdbool.h>
#include <sys/socket.h>

struct tally;
struct tally_client;

/* Lets each client have at most `most` connections. NULL: no memory. */
struct tally *tally_new(unsigned most);

/* Frees it; nothing may be counted any more. NULL is fine. */
void tally_free(struct tally *tally);

/*
 * Counts one more connection of the peer. False: it has as many as it may have, or there is no memory. *client is to be
 * given back with tally_leave(); NULL where peers cannot be told apart, as with Unix sockets, which are not counted.
 */
bool tally_enter(struct tally *tally, const struct sockaddr *peer, struct tally_client **client);

/* A connection that has been counted is over. NULL is fine. */
void tally_leave(struct tally *tally, struct tally_client *client);

#endif
