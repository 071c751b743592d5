/*
 * connection.h: a connection of a server, from the moment it is accepted until its descriptor is closed, and what a
 * protocol has to bring along.
 *
 * A protocol's connection is a structure that begins with a struct connection, of protocol->size bytes. One thread owns
 * it. The functions that say "may end it" may have freed the connection when they return.
 */
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include "net/address.h"
#include "net/loop.h"
#include "net/pace.h"
#include "net/request_log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;
struct tally_client;
struct worker;

struct protocol {
    const char *name;                               /* in logs and on the line "listening NAME …" */
    bool apart;                                     /* not for clients: has places beyond the limit of connections */
    size_t size;                                    /* of its connection structure, all zero when `begin` is called */
    const char *refusal;                            /* what is said to a client beyond a limit; NULL: nothing */
    void (*begin)(struct connection *c);            /* it has been accepted, and is on its thread; may end it */
    void (*ready)(struct connection *c);            /* what connection_want() asked for is there; may end it */
    void (*timeout)(struct connection *c);          /* the deadline has passed; may end it */
    void (*stop)(struct connection *c, bool now);   /* the server stops (SERVER_FINISH, now: SERVER_END); may end it */
    void (*release)(struct connection *c);          /* gives back what it holds, and writes its line to the log */
};

struct connection {
    const struct protocol *protocol;
    struct worker *worker;
    struct loop_watch watch;
    struct loop_timer timer; /* may be set earlier than `deadline` and is then set again: cheaper than moving it */
    uint64_t deadline;       /* 0: none */
    uint64_t accepted;       /* when, on the loop's clock */
    struct pace pace;        /* of what is sent */
    uint64_t given;          /* bytes handed over to be sent, those that are kept too */
    uint64_t taken;          /* of them the peer had taken at least when it began to be judged */
    uint64_t judge_at;       /* when it is judged */
    unsigned char *pending;  /* what the socket did not take, pending_size bytes from pending_at on; or NULL */
    size_t pending_at, pending_size;
    size_t swallowed; /* bytes thrown away since the orderly end began */
    bool refused;     /* it has been told so, and counts as no connection */
    struct tally_client *client; /* whose it is, if that is counted */
    struct connection *next, *previous;
    char peer[ADDRESS_TEXT_ROOM / 2]; /* as text; IPv4 and IPv6 fit, a Unix socket's client is "unix:" */
};

/*
 * Those who have been refused and have not left yet: a thread waits for so many, and for so long (ms). More are closed
 * at once, which may reset the connection before they have read why.
 */
enum { CONNECTION_REFUSALS_MOST = 16, CONNECTION_REFUSAL_LONGEST = 1000 };

/* Tells the client of the accepted descriptor `fd` that there are too many, and ends the connection in order. */
void connection_refuse(int fd, const struct protocol *protocol, struct worker *worker);

/* Makes a connection of the accepted descriptor `fd`, which it owns from now on. NULL: no memory, fd is closed. */
struct connection *connection_new(int fd, const struct protocol *protocol, const struct sockaddr *peer, socklen_t size);

/* Frees one that has never begun. */
void connection_discard(struct connection *c);

/* Puts it on a thread, which is the caller's, and begins its protocol; may end it. */
void connection_begin(struct connection *c, struct worker *worker);

/* Wants `ready` to be called for LOOP_READ, LOOP_WRITE or (0) not. False: no memory; the connection must be ended. */
bool connection_want(struct connection *c, unsigned events);

/* Wants `timeout` to be called at that moment of the loop's clock, instead of an earlier choice. 0: never. */
void connection_deadline(struct connection *c, uint64_t at);

enum connection_receive {
    RECEIVE_BYTES,   /* *got bytes */
    RECEIVE_NOTHING, /* none now */
    RECEIVE_END,     /* the peer sends no more */
    RECEIVE_GONE     /* the connection is broken */
};
enum connection_receive connection_receive(struct connection *c, void *data, size_t size, size_t *got);

enum connection_send {
    SEND_ALL,  /* all has gone to the socket */
    SEND_WAIT, /* the socket is full; the rest is kept, and goes with connection_drain() */
    SEND_GONE  /* the connection is broken, or there is no memory to keep the rest */
};

/* Sends `size` bytes. Not while something is kept. */
enum connection_send connection_send(struct connection *c, const void *data, size_t size);

/* Sends as many of `size` bytes as the socket takes, *sent, and keeps none. Not while something is kept. */
enum connection_send connection_send_some(struct connection *c, const void *data, size_t size, size_t *sent);

/*
 * The same with `before` in front, all of which is sent, or kept if the socket does not take it; *sent counts bytes of
 * `data` alone. With `more` set and no data, the head's packet waits for what is sent next.
 */
enum connection_send connection_send_behind(struct connection *c, const void *before, size_t before_size,
                                            const void *data, size_t size, bool more, size_t *sent);

/*
 * Sends at most `size` bytes at `offset` of a file, as many as the socket takes; *sent counts them. They are lent
 * (see file_send.h), so the last of a file must be sent otherwise, and once connection_waiting() shows that they have
 * arrived. SEND_ALL with 0 sent: it cannot be done for this socket or file, which shows at the first call, or the
 * file has shrunk. Not while something is kept.
 */
enum connection_send connection_send_file(struct connection *c, int file, uint64_t offset, size_t size, size_t *sent);

/* Bytes that the kernel has and the peer has not acknowledged, as far as the system tells. */
uint64_t connection_waiting(struct connection *c);

/* Lets the kernel hold more for the peer than it usually may, or no more again: for what is lent costs no memory. */
void connection_hold(struct connection *c, bool more);

/* Sends what is kept, if anything. */
enum connection_send connection_drain(struct connection *c);

/*
 * How many bytes may be sent now by the rate limit (SIZE_MAX: no limit). 0: none until pace_next(&c->pace).
 * connection_send() counts what is sent.
 */
size_t connection_allowance(struct connection *c);

/*
 * A peer that is sent to is judged each idle_timeout: has it taken as much as min_rate asks for, or anything at all?
 * Bytes count when it has acknowledged them, as far as the system tells. connection_patience() is for when it begins
 * to be sent to; the moment of the judgement, c->judge_at, is for connection_deadline(). connection_is_slow(), then:
 * it has taken too little, though there was something to take; else the next judgement is set.
 */
void connection_patience(struct connection *c);
bool connection_is_slow(struct connection *c);

/*
 * Ends it in order: what has been sent will arrive. The protocol lets go at once; the descriptor is closed when the
 * peer has closed its side too, or has had its time: to close earlier would, if bytes of the peer are still on their
 * way, reset the connection and take from the peer what it has not read yet (RFC 9112 9.6). May end it.
 */
void connection_finish(struct connection *c);

/* Ends it by a reset, so that nobody can take what was sent for the whole. */
void connection_abort(struct connection *c);

#endif
