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
    FETCH_MOVED,     /* data, size: the address that the server sends us to */
    FETCH_BEGINS,    /* the next bytes of the file are those from `offset` on; validator, total. HTTP only */
    FETCH_READ,      /* data, size: bytes that have come over the wire */
    FETCH_CODED,     /* data, size: the same without the protocol's framing; only if asked for */
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
    uint64_t offset;   /* the place in the file of the first of them */
    uint64_t coded_offset; /* FETCH_CODED: the place in the stream of its first byte; what is before it is there */
    uint64_t total;    /* bytes of the whole file; 0: not known */
    uint64_t wire_total; /* what wire will come to; 0: not known */
    const char *validator; /* by which to go on later with this version of the file, valid until the end; NULL: none */
    const char *note;  /* after FETCH_END: what speaks against the file being whole though nothing is known to be wrong,
                          or NULL; a static text */
    enum fetch_failure failure;
    bool passes;       /* the failure may pass: trying again makes sense */
    uint64_t pause;    /* milliseconds that the server asks for before that; 0: nothing said */
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

/*
 * The most bytes that may travel for a file of at most max_size bytes, so that a stream of empty blocks, which gives no
 * byte of a file for ever, ends too. A stream grows by 5 bytes a stored block, and a server may flush small ones.
 */
static inline uint64_t fetch_wire_allowed(uint64_t max_size)
{
    return max_size == 0 || max_size > UINT64_MAX / 16 ? UINT64_MAX : max_size + max_size / 4 + 65536;
}

/* Closes and frees what the fetch holds, the fetch too. NULL is fine. */
static inline void fetch_end(struct fetch *f)
{
    if (f)
        f->end(f);
}

#endif
