/* bare_client.c: see bare_client.h. One function a state; each either goes on, or returns an event. */
#include "net/bare_client.h"

#include "net/fetch_link.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum bare_state { CONNECTING, ASKING, READING, DECODING, DONE, BARE_STATES };

struct bare_client {
    struct fetch_link link; /* first, so that fetch, link and client are one */
    enum bare_state state;
    char name[URL_NAME_MAX + 1];
    size_t name_size, name_sent;
    sluice_inflater *inflater;
    bool gave;              /* the piece that was read last has given a byte of the file */
    unsigned char buffer[]; /* limits.block bytes */
};

/* ---- States ---- */

static int step_connecting(struct bare_client *c, uint64_t now, size_t room)
{
    const int result = link_connect(&c->link, now);

    (void)room;
    if (result == FETCH_CONNECTED)
        c->state = ASKING;
    return result;
}

static int step_asking(struct bare_client *c, uint64_t now, size_t room)
{
    const int result = link_send(&c->link, c->name, c->name_size, &c->name_sent, now);

    (void)room;
    if (result == LINK_GO_ON) {
        shutdown(c->link.fetch.fd, SHUT_WR);
        c->state = READING;
    }
    return result;
}

/* The connection has ended, orderly or by an error, and the stream has not. */
static int ended(struct bare_client *c, int error)
{
    const uint64_t wire = c->link.fetch.wire;

    if (wire == 0 && error == 0)
        return link_fail(&c->link, FETCH_REFUSED, "refused: the server closed the connection without a byte");
    return link_fail(&c->link, FETCH_CUT_SHORT,
                     "cut short: the stream ends after %" PRIu64 " bytes, before its end (%s); %" PRIu64
                     " bytes of the file had come", wire,
                     error ? strerror(error) : "the server closed the connection", c->link.fetch.bytes);
}

static int step_reading(struct bare_client *c, uint64_t now, size_t room)
{
    int error = 0;
    const int result = link_read(&c->link, now, room, &error);

    if (result == LINK_GO_ON)
        return ended(c, error);
    if (result == FETCH_READ) {
        c->link.fetch.wire += c->link.in.size;
        c->gave = false;
        c->state = DECODING;
    }
    return result;
}

/* The stream has a defect, or is of a kind that a fetch cannot use. */
static int defect(struct bare_client *c, sluice_status status)
{
    const sluice_position where = sluice_inflate_where(c->inflater);

    if (status == SLUICE_ERR_LIMIT)
        return link_fail_size(&c->link);
    if (status == SLUICE_NEED_DICTIONARY)
        return link_fail(&c->link, FETCH_CORRUPT,
                         "corrupt: the stream asks for a preset dictionary (Adler-32 %08" PRIx32 ")",
                         sluice_inflate_dictionary_id(c->inflater));
    return link_fail(&c->link, FETCH_CORRUPT, "corrupt at byte %" PRIu64 ", bit %u of the stream: %s; %" PRIu64
                     " bytes of the file had come", where.input, where.bit, sluice_status_text(status), where.output);
}

static int step_decoding(struct bare_client *c, uint64_t now, size_t room)
{
    const void *span;
    size_t length;

    (void)now;
    (void)room;

    const sluice_status status = sluice_inflate_next(c->inflater, &c->link.in, &span, &length);

    if (length > 0) { /* the verdict, if there is one, is given again by the next step */
        c->gave = true;
        c->link.fetch.bytes += length;
        return link_event(&c->link, FETCH_SPAN, span, length);
    }
    if (status == SLUICE_NEED_OUTPUT)
        return LINK_GO_ON;
    if (status == SLUICE_NEED_INPUT) {
        c->state = READING;
        if (c->link.fetch.wire > c->link.wire_max)
            return link_fail_wire(&c->link);
        return c->gave ? LINK_GO_ON : link_event(&c->link, FETCH_BUFFERING, NULL, 0);
    }
    if (status != SLUICE_END)
        return defect(c, status);
    c->state = DONE;
    c->link.fetch.wire -= c->link.in.size - c->link.in.pos;
    if (c->link.in.pos < c->link.in.size)
        return link_event(&c->link, FETCH_UNUSED, c->buffer + c->link.in.pos, c->link.in.size - c->link.in.pos);
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
    while (result == LINK_GO_ON);
    if (result == FETCH_FAILED)
        c->state = DONE;
    return (enum fetch_event)result;
}

/* ---- Life ---- */

static void bare_client_end(struct fetch *f)
{
    struct bare_client *c = (struct bare_client *)f;

    link_leave(&c->link);
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
    c->link.fetch.step = bare_client_step;
    c->link.fetch.end = bare_client_end;
    link_init(&c->link, limits, c->buffer);
    options.format = SLUICE_ZLIB;
    options.max_output = limits->max_size;
    c->inflater = sluice_inflate_new(&options, NULL);
    if (!c->inflater || !url_name(url, c->name, &c->name_size, error)) {
        sluice_inflate_free(c->inflater);
        free(c);
        return NULL;
    }
    url_server(url, c->link.server);
    link_begin(&c->link, url, -1, now);
    return &c->link.fetch;
}
