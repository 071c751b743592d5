/*
 * address.h: where to listen, as a user writes it, and socket addresses as text.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* A host name has at most 253 characters (RFC 1035 2.3.4), a path of a Unix socket is shorter. */
enum { ADDRESS_HOST_ROOM = 256 };

/* "[IPv6%scope]:65535" or "unix:" and the longest path that a socket can have, with the NUL. */
enum { ADDRESS_TEXT_ROOM = 128 };

struct address {
    bool is_unix;                 /* host is the path of a Unix socket, port is empty */
    char host[ADDRESS_HOST_ROOM]; /* a name or a number, IPv6 without its brackets */
    char port[6];                 /* a decimal number from 0 to 65535 */
};

/*
 * Reads HOST:PORT, [IPV6]:PORT, PORT (which is 127.0.0.1:PORT, so that nothing is open to others unless it says so)
 * or unix:PATH. False, and *why a static text, if it is none of these. No name is looked up.
 */
bool address_parse(const char *text, struct address *address, const char **why);

/*
 * Writes a socket address to text[ADDRESS_TEXT_ROOM] in the form that address_parse() reads, numbers for names; an
 * unnamed Unix socket is "unix:". Returns text.
 */
char *address_format(char *text, const struct sockaddr *address, socklen_t size);

#endif
