/*
 * fetch.h: fetching one file, whatever the protocol, as its driver sees it: a machine that is stepped.
 *
 * A protocol (bare_client.h is one) fills in a struct fetch and gives a step function. Each step does a bounded piece
 * of work, never waits, and says what it has come to:
 *
 *     for (;;)
 *         switch (fetch_step(f, now, room)) {
 *         case FETCH_WAIT:  poll f->fd for f->events until f->deadline; break;
 *         case FETCH_SPAN:  write f->data, f->size; break;
 *         case FETCH_END:   the file is whole and verified; commit; return;
 *         case FETCH_FAILED: f->failure, f->message; return;
 *         default:          of interest to a trace; break;
 *         }
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fetch_event {
    FETCH_WAIT,      /* nothing to do until fd is ready for `events` or the clock shows `deadline` */
    FETCH_CONNECTED, /* the server is there and will be asked next */
    FETCH_READ,      /* data, size: bytes that have come over the wire */
    FETCH_SPAN,      /* data, size: the next bytes of the file, valid until the next step */
    FETCH_BUFFERING, /* what was read did not yet give a byte of the file */
    FETCH_UNUSED,    /* data, size: bytes that came behind the end of the stream and belong to nothing */
    FETCH_END,       /* the file is whole, its checksum right */
    FETCH_FAILED     /* failure, message */
};

enum fetch_failure {
    FETCH_NO_CONNECTION, /* no server was reached */
    FETCH_REFUSED,       /* the server will not give this file */
    FETCH_CORRUPT,       /* what came is no right stream; `status` and the position in `message` tell the defect */
    FETCH_CUT_SHORT,     /* the connection ended before the stream did */
    FETCH_TIMED_OUT,     /* connecting took too long, or nothing came for too long */
    FETCH_TOO_LARGE,     /* the file, or what travels for it, is larger than allowed */
    FETCH_LOCAL          /* this machine: no memory, no socket */
};

enum { FETCH_MESSAGE_ROOM = 320 };

/* What a fetch is held to. */
struct fetch_limits {
    uint64_t timeout;  /* milliseconds to connect in, and the longest time in which nothing comes; 0: no bound */
    uint64_t max_size; /* bytes of the file, and bytes on the wire; 0: no bound */
    size_t block;      /* bytes read at a time, at least 1 */
};

struct fetch {
    enum fetch_event (*step)(struct fetch *f, uint64_t now, size_t room);
    void (*end)(struct fetch *f);

    /* What the driver may read */
    int fd;            /* to be polled after FETCH_WAIT; -1: none, call again at once */
    short events;      /* POLLIN or POLLOUT */
    uint64_t deadline; /* clock in milliseconds when waiting is in vain; UINT64_MAX: never */
    const void *data;  /* of the event, valid until the next step */
    size_t size;
    uint64_t wire;     /* bytes of the stream that have come over the wire */
    uint64_t bytes;    /* bytes of the file that have been given */
    enum fetch_failure failure;
    char message[FETCH_MESSAGE_ROOM]; /* after FETCH_FAILED: one sentence; what strangers chose is quoted in it */
};

/*
 * One step. `now`: the clock in milliseconds, never running backwards. `room`: the most bytes that this step may take
 * from the wire, at least 1; a driver that limits the rate gives less. Not to be called after FETCH_END or
 * FETCH_FAILED.
 */
static inline enum fetch_event fetch_step(struct fetch *f, uint64_t now, size_t room)
{
    return f->step(f, now, room);
}

/* Closes and frees what the fetch holds, the fetch too. NULL is fine. */
static inline void fetch_end(struct fetch *f)
{
    if (f)
        f->end(f);
}

#endif
