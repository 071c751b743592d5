/* bare_client.c: see bare_client.h. One function a state; each either goes on, or returns an event. */
#include "net/bare_client.h"

#include "net/dial.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum bare_state { CONNECTING, ASKING, READING, DECODING, DONE, BARE_STATES };

struct bare_client {
    struct fetch fetch; /* first, so that one is the other */
    enum bare_state state;
    struct fetch_limits limits;
    uint64_t wire_max;      /* bytes that may travel, see fetch_wire_allowed() */
    struct dial dial;
    enum dial_result dial_begun; /* what dial_begin() gave: a failure is told of by the first step */
    bool dialling;          /* dial holds something; invariant: state is CONNECTING */
    int send_error;         /* what ended the sending of the name, or 0: a read may then see no more than an end */
    bool waiting;           /* the last call on the socket had to wait; fetch.deadline was set when it first did */
    char server[URL_SERVER_ROOM];
    char name[URL_NAME_MAX + 1];
    size_t name_size, name_sent;
    sluice_inflater *inflater;
    sluice_input in;        /* what was read and is not decoded; data is `buffer` */
    bool gave;              /* the piece that was read last has given a byte of the file */
    unsigned char buffer[]; /* limits.block bytes */
};

/* GO_ON is no event: the machine runs its next state. */
enum { GO_ON = -1 };

__attribute__((format(printf, 3, 4))) static int fail(struct bare_client *c, enum fetch_failure failure,
                                                      const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(c->fetch.message, sizeof c->fetch.message, format, args);
    va_end(args);
    c->fetch.failure = failure;
    c->fetch.passes = failure == FETCH_NO_CONNECTION || failure == FETCH_CUT_SHORT || failure == FETCH_TIMED_OUT;
    c->state = DONE;
    return FETCH_FAILED;
}

static int event(struct bare_client *c, enum fetch_event what, const void *data, size_t size)
{
    c->fetch.data = data;
    c->fetch.size = size;
    return (int)what;
}

/* The socket has nothing to do for us: the time that it may keep us waiting begins with the first time it says so. */
static int wait_for(struct bare_client *c, short events, uint64_t now)
{
    if (!c->waiting)
        c->fetch.deadline = c->limits.timeout ? now + c->limits.timeout : UINT64_MAX;
    c->waiting = true;
    c->fetch.events = events;
    if (now < c->fetch.deadline)
        return FETCH_WAIT;
    return fail(c, FETCH_TIMED_OUT, "timed out: nothing came from %s for %" PRIu64 ".%03u s, after %" PRIu64 " bytes",
                c->server, c->limits.timeout / 1000, (unsigned)(c->limits.timeout % 1000), c->fetch.wire);
}

/* ---- States ---- */

static int not_connected(struct bare_client *c, enum dial_result result)
{
    c->dialling = false;
    c->fetch.fd = -1;
    if (result == DIAL_TIMED_OUT)
        return fail(c, FETCH_TIMED_OUT, "timed out: %s did not answer", c->server);
    return fail(c, result == DIAL_EXHAUSTED ? FETCH_LOCAL : FETCH_NO_CONNECTION, "could not connect to %s: %s",
                c->server, c->dial.error);
}

static int step_connecting(struct bare_client *c, uint64_t now, size_t room)
{
    const enum dial_result result = c->dialling ? dial_step(&c->dial, now) : c->dial_begun;

    (void)room;
    switch (result) {
    case DIAL_WAIT:
        c->fetch.fd = c->dial.fd;
        c->fetch.events = POLLOUT;
        c->fetch.deadline = c->dial.until;
        return FETCH_WAIT;
    case DIAL_CONNECTED:
        c->dialling = false;
        c->fetch.fd = c->dial.fd;
        c->state = ASKING;
        return FETCH_CONNECTED;
    default:
        return not_connected(c, result);
    }
}

static int step_asking(struct bare_client *c, uint64_t now, size_t room)
{
    (void)room;
    while (c->name_sent < c->name_size) {
        const ssize_t n = send(c->fetch.fd, c->name + c->name_sent, c->name_size - c->name_sent, MSG_NOSIGNAL);

        if (n >= 0)
            c->name_sent += (size_t)n;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return wait_for(c, POLLOUT, now);
        else if (errno != EINTR) {
            c->send_error = errno;
            break; /* what the server had sent before can still be read */
        }
    }
    shutdown(c->fetch.fd, SHUT_WR);
    c->waiting = false;
    c->state = READING;
    return GO_ON;
}

/* The connection has ended, orderly or by an error, and the stream has not. */
static int ended(struct bare_client *c, int error)
{
    const uint64_t wire = c->fetch.wire;

    if (error == 0)
        error = c->send_error;
    if (wire == 0 && error == 0)
        return fail(c, FETCH_REFUSED, "refused: the server closed the connection without a byte");
    return fail(c, FETCH_CUT_SHORT, "cut short: the stream ends after %" PRIu64 " bytes, before its end (%s); %" PRIu64
                " bytes of the file had come", wire, error ? strerror(error) : "the server closed the connection",
                c->fetch.bytes);
}

static int step_reading(struct bare_client *c, uint64_t now, size_t room)
{
    const size_t size = room < c->limits.block ? room : c->limits.block;
    ssize_t n;

    do
        n = recv(c->fetch.fd, c->buffer, size, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return wait_for(c, POLLIN, now);
    c->waiting = false;
    if (n <= 0)
        return ended(c, n < 0 ? errno : 0);
    c->in = (sluice_input){c->buffer, (size_t)n, 0};
    c->fetch.wire += (size_t)n;
    c->gave = false;
    c->state = DECODING;
    return event(c, FETCH_READ, c->buffer, (size_t)n);
}

/* The stream has a defect, or is of a kind that a fetch cannot use. */
static int defect(struct bare_client *c, sluice_status status)
{
    const sluice_position where = sluice_inflate_where(c->inflater);

    if (status == SLUICE_ERR_LIMIT)
        return fail(c, FETCH_TOO_LARGE, "the file is larger than the %" PRIu64 " bytes allowed", c->limits.max_size);
    if (status == SLUICE_NEED_DICTIONARY)
        return fail(c, FETCH_CORRUPT, "corrupt: the stream asks for a preset dictionary (Adler-32 %08" PRIx32 ")",
                    sluice_inflate_dictionary_id(c->inflater));
    return fail(c, FETCH_CORRUPT, "corrupt at byte %" PRIu64 ", bit %u of the stream: %s; %" PRIu64
                " bytes of the file had come", where.input, where.bit, sluice_status_text(status), where.output);
}

static int step_decoding(struct bare_client *c, uint64_t now, size_t room)
{
    const void *span;
    size_t length;

    (void)now;
    (void)room;

    const sluice_status status = sluice_inflate_next(c->inflater, &c->in, &span, &length);

    if (length > 0) { /* the verdict, if there is one, is given again by the next step */
        c->gave = true;
        c->fetch.bytes += length;
        return event(c, FETCH_SPAN, span, length);
    }
    if (status == SLUICE_NEED_OUTPUT)
        return GO_ON;
    if (status == SLUICE_NEED_INPUT) {
        c->state = READING;
        if (c->fetch.wire > c->wire_max)
            return fail(c, FETCH_TOO_LARGE, "%" PRIu64 " bytes have come for a file of at most %" PRIu64, c->fetch.wire,
                        c->limits.max_size);
        return c->gave ? GO_ON : event(c, FETCH_BUFFERING, NULL, 0);
    }
    if (status != SLUICE_END)
        return defect(c, status);
    c->state = DONE;
    c->fetch.wire -= c->in.size - c->in.pos;
    if (c->in.pos < c->in.size)
        return event(c, FETCH_UNUSED, c->buffer + c->in.pos, c->in.size - c->in.pos);
    return FETCH_END;
}

static int step_done(struct bare_client *c, uint64_t now, size_t room)
{
    (void)c;
    (void)now;
    (void)room;
    return FETCH_END; /* behind FETCH_UNUSED */
}

static enum fetch_event bare_client_step(struct fetch *f, uint64_t now, size_t room)
{
    static int (*const function_of[BARE_STATES])(struct bare_client *, uint64_t, size_t) = {
        [CONNECTING] = step_connecting, [ASKING] = step_asking, [READING] = step_reading,
        [DECODING] = step_decoding,     [DONE] = step_done,
    };
    struct bare_client *c = (struct bare_client *)f;
    int result;

    do
        result = function_of[c->state](c, now, room);
    while (result == GO_ON);
    return (enum fetch_event)result;
}

/* ---- Life ---- */

static void bare_client_end(struct fetch *f)
{
    struct bare_client *c = (struct bare_client *)f;

    if (c->dialling)
        dial_end(&c->dial);
    else if (f->fd >= 0)
        close(f->fd);
    sluice_inflate_free(c->inflater);
    free(c);
}

struct fetch *bare_client_begin(const struct url *url, const struct fetch_limits *limits, uint64_t now)
{
    struct bare_client *c = calloc(1, sizeof *c + limits->block);
    sluice_inflate_options options = sluice_inflate_defaults();
    char error[URL_ERROR_ROOM];

    if (!c)
        return NULL;
    c->fetch = (struct fetch){.step = bare_client_step, .end = bare_client_end, .fd = -1, .deadline = UINT64_MAX};
    c->limits = *limits;
    c->wire_max = fetch_wire_allowed(limits->max_size);
    options.format = SLUICE_ZLIB;
    options.max_output = limits->max_size;
    c->inflater = sluice_inflate_new(&options, NULL);
    if (!c->inflater || !url_name(url, c->name, &c->name_size, error)) {
        sluice_inflate_free(c->inflater);
        free(c);
        return NULL;
    }
    url_server(url, c->server);
    c->dial_begun = dial_begin(&c->dial, url, now, limits->timeout);
    c->dialling = c->dial_begun == DIAL_WAIT;
    return &c->fetch;
}
