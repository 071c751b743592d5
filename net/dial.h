/*
 * dial.h: connects to a server within a time, as a step machine over a non-blocking socket.
 *
 * A host can have several addresses; they are tried in the resolver's order, and each gets an equal part of the time
 * that is left, so that an address that never answers does not use up the others' chance. Looking up a name is the one
 * thing here that can block (POSIX has no other way); the resolver's own limits bound it. Numeric addresses and local
 * sockets need no look-up.
 */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include "net/url.h"

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>

enum dial_result {
    DIAL_WAIT,      /* call again when fd can be written or the clock shows `until` */
    DIAL_CONNECTED, /* fd is connected, non-blocking, and the caller's */
    DIAL_FAILED,    /* `error` says why, for the last address that was tried */
    DIAL_TIMED_OUT, /* as DIAL_FAILED: no address answered in time */
    DIAL_EXHAUSTED  /* as DIAL_FAILED: this machine has no descriptor or memory left for a connection */
};

enum { DIAL_ERROR_ROOM = 160 };

struct dial {
    int fd;         /* being connected, or -1 */
    uint64_t until; /* clock in milliseconds: when this address has had its time */
    char error[DIAL_ERROR_ROOM];

    /* private */
    uint64_t deadline;      /* when all have had theirs; UINT64_MAX: never */
    struct addrinfo *found; /* all addresses, or NULL */
    struct addrinfo *next;  /* the one to try next */
    enum dial_result outcome; /* of the last address that failed */
};

/*
 * Looks up the server of *url. `now` is the caller's clock in milliseconds, `timeout` the milliseconds it may all take
 * (0: no bound but the system's). DIAL_WAIT: step on. Otherwise a failure as from dial_step(), nothing is held.
 */
enum dial_result dial_begin(struct dial *d, const struct url *url, uint64_t now, uint64_t timeout);

/* One step. After a result other than DIAL_WAIT nothing is held but, when connected, fd. */
enum dial_result dial_step(struct dial *d, uint64_t now);

/* Gives up; harmless at any time after dial_begin(). fd, if it is not the caller's yet, is closed. */
void dial_end(struct dial *d);

#endif
