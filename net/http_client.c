/*
 * http_client.c: see http_client.h. One function a state; each either goes on, or returns an event. What a response
 * means is judged in http_client_judge.c; the connection is fetch_link.h's.
 */
#include "net/http_client_state.h"

#include "net/http_ask.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMING_FACTOR = 8 /* bytes on the wire for one of content: a chunk of one byte has five more */ };

/* ---- The request ---- */

static bool write_request(struct http_client *c)
{
    const bool at_home = strcmp(c->link.server, c->first_server) == 0;
    const struct http_asking asking = {.url = &c->url,
                                       .accept = c->wishes.accept,
                                       .headers = c->wishes.headers,
                                       .header_count = at_home ? c->wishes.header_count : 0,
                                       .validator = c->have > 0 ? c->validator : NULL,
                                       .from = c->have - c->tail_size,
                                       .coded = c->wishes.coded};

    free(c->request);
    c->request = http_ask(&asking, &c->request_size);
    return c->request != NULL;
}

int http_client_start(struct http_client *c, bool reuse, uint64_t now)
{
    link_leave(&c->link);
    url_server(&c->url, c->link.server);
    c->head_size = c->interim = 0;
    c->request_sent = 0;
    c->scan = (struct http_scan){0};
    c->body_over = false;
    if (!write_request(c))
        return link_fail(&c->link, FETCH_LOCAL, "no memory");
    c->state = HTTP_CLIENT_CONNECTING;
    link_begin(&c->link, &c->url, reuse && c->wishes.pool ? http_pool_take(c->wishes.pool, c->link.server) : -1, now);
    return LINK_GO_ON;
}

int http_client_start_afresh(struct http_client *c, uint64_t now)
{
    c->have = 0;
    c->tail_size = 0;
    return http_client_start(c, true, now);
}

static int step_connecting(struct http_client *c, uint64_t now, size_t room)
{
    const int result = link_connect(&c->link, now);

    (void)room;
    if (result == FETCH_CONNECTED)
        c->state = HTTP_CLIENT_ASKING;
    return result;
}

static int step_asking(struct http_client *c, uint64_t now, size_t room)
{
    const int result = link_send(&c->link, c->request, c->request_size, &c->request_sent, now);

    (void)room;
    if (result == LINK_GO_ON)
        c->state = HTTP_CLIENT_HEADING;
    return result;
}

/* ---- The head ---- */

/* Moves what was read into the head, up to its end. */
static int take_head(struct http_client *c, uint64_t now)
{
    const size_t left = c->link.in.size - c->link.in.pos, free_room = sizeof c->head - c->head_size;
    const size_t n = left < free_room ? left : free_room, before = c->head_size;
    const char *why;

    memcpy(c->head + before, (const char *)c->link.in.data + c->link.in.pos, n);
    c->head_size += n;

    const unsigned result = http_response_scan(&c->scan, c->head, c->head_size, &why);

    if (result == HTTP_BAD)
        return http_client_no_response(c, why);
    c->link.in.pos += result == HTTP_MORE ? n : c->scan.size - before;
    return result == HTTP_MORE ? LINK_GO_ON : http_client_judge(c, now);
}

static int step_heading(struct http_client *c, uint64_t now, size_t room)
{
    int error = 0;

    if (c->link.in.pos < c->link.in.size)
        return take_head(c, now);

    const int result = link_read(&c->link, now, room, &error);

    if (result != LINK_GO_ON)
        return result;
    if (c->link.reused && c->head_size == 0 && c->interim == 0)
        return http_client_start(c, false, now); /* the server had closed the connection that was kept */
    return link_fail(&c->link, FETCH_CUT_SHORT, "cut short: the connection ended %s the head of the response (%s)",
                     c->head_size ? "within" : "before", error ? strerror(error) : "the server closed it");
}

/* ---- The body ---- */

static int cut_short(struct http_client *c, const char *why)
{
    const struct fetch *const f = &c->link.fetch;
    char of[40] = "";

    if (f->wire_total)
        snprintf(of, sizeof of, " of %" PRIu64, f->wire_total);
    return link_fail(&c->link, FETCH_CUT_SHORT,
                     "cut short: the response ends after %" PRIu64 "%s bytes, before its end (%s); %" PRIu64
                     " bytes of the file had come", f->wire, of, why, f->offset + f->bytes);
}

static int defect(struct http_client *c)
{
    const sluice_position where = c->decode.where;
    const sluice_status status = c->decode.status;

    if (status == SLUICE_ERR_TRUNCATED)
        return cut_short(c, "its framing is whole, but the compressed stream in it is not");
    if (status == SLUICE_NEED_DICTIONARY)
        return link_fail(&c->link, FETCH_CORRUPT, "corrupt: the stream asks for a preset dictionary");
    return link_fail(&c->link, FETCH_CORRUPT, "corrupt at byte %" PRIu64 ", bit %u of the stream: %s; %" PRIu64
                     " bytes of the file had come", where.input, where.bit, sluice_status_text(status),
                     c->link.fetch.offset + c->link.fetch.bytes);
}

/* The body has ended as it said it would, or (`closed`) with the connection: is the file whole? */
static int finish(struct http_client *c, bool closed)
{
    const enum http_decode_result result = http_decode_finish(&c->decode);

    if (result == HTTP_DECODE_DEFECT && closed && c->decode.status == SLUICE_ERR_TRUNCATED)
        return cut_short(c, "the server closed the connection");
    if (result == HTTP_DECODE_DEFECT)
        return defect(c);
    if (result == HTTP_DECODE_EXTRA)
        return link_fail(&c->link, FETCH_CORRUPT, "corrupt: bytes follow the end of the stream at byte %" PRIu64,
                         c->decode.where.input);
    if (c->link.in.pos < c->link.in.size)
        return link_fail(&c->link, FETCH_CORRUPT, "corrupt: the response goes on behind its end, at byte %" PRIu64,
                         c->link.fetch.wire);
    if (c->overlap > 0 || (c->part_left != UINT64_MAX && c->part_left > 0))
        return cut_short(c, "it gives less than its Content-Range says");
    if (c->part_stops_early)
        return cut_short(c, "the server gave only a part of the rest");
    if (http_decode_is_unchecked(&c->decode))
        c->link.fetch.note = "the stream came in the raw form, which has no checksum";
    else if (closed && !http_decode_is_coded(&c->decode) && c->part_left == UINT64_MAX)
        c->link.fetch.note = "the server told no length; whether this is the whole file cannot be known";
    c->state = HTTP_CLIENT_DONE;
    return FETCH_END;
}

static int step_reading(struct http_client *c, uint64_t now, size_t room)
{
    int error = 0;
    const int result = link_read(&c->link, now, room, &error);

    if (result == FETCH_READ) {
        c->gave = false;
        c->state = HTTP_CLIENT_FRAMING;
    }
    if (result != LINK_GO_ON)
        return result;
    c->keep_alive = false;
    if (c->body.kind == HTTP_BODY_CLOSE && (error == 0 || http_decode_is_coded(&c->decode)))
        return finish(c, true);
    return cut_short(c, error ? strerror(error) : "the server closed the connection");
}

/* What is there is not of this file: from the beginning. */
static int is_another(struct http_client *c, uint64_t now)
{
    http_decode_end(&c->decode);
    c->link.fetch.wire = c->link.fetch.bytes = c->link.fetch.total = c->link.fetch.wire_total = 0;
    c->begun = c->part_stops_early = false;
    return http_client_start_afresh(c, now);
}

/* The bytes that were there already come once more: the same, or the file is another. */
static int compare_tail(struct http_client *c, const unsigned char **span, size_t *length, uint64_t now)
{
    const size_t n = *length < c->overlap ? *length : c->overlap;

    if (memcmp(*span, c->tail + c->tail_size - c->overlap, n) != 0)
        return is_another(c, now);
    c->overlap -= n;
    *span += n;
    *length -= n;
    return LINK_GO_ON;
}

/* The next bytes of the stream as it comes, without those that are there. */
static int give_coded(struct http_client *c, const char *data, size_t size, uint64_t now)
{
    const unsigned char *fresh = (const unsigned char *)data;

    if (c->overlap > 0) {
        const int result = compare_tail(c, &fresh, &size, now);

        if (result != LINK_GO_ON || c->state != HTTP_CLIENT_DECODING)
            return result;
    }
    return size > 0 ? link_event(&c->link, FETCH_CODED, fresh, size) : LINK_GO_ON;
}

static int step_framing(struct http_client *c, uint64_t now, size_t room)
{
    const char *const data = (const char *)c->link.in.data + c->link.in.pos;
    size_t taken, content;

    (void)room;
    if (c->body_over)
        return finish(c, false);
    if (c->link.in.pos == c->link.in.size && !(c->body.kind == HTTP_BODY_LENGTH && c->body.left == 0) &&
        c->body.kind != HTTP_BODY_NONE) {
        c->state = HTTP_CLIENT_READING;
        if (c->begun && !c->gave && c->link.fetch.wire > 0)
            return link_event(&c->link, FETCH_BUFFERING, NULL, 0);
        return LINK_GO_ON;
    }

    const unsigned result = http_body_next(&c->body, data, c->link.in.size - c->link.in.pos, &taken, &content);

    c->link.fetch.wire += taken;
    c->link.in.pos += taken;
    if (result != 0 && result != HTTP_MORE)
        return link_fail(&c->link, FETCH_CORRUPT, "corrupt: %s at byte %" PRIu64 " of the response, %" PRIu64
                         " bytes of the file had come", result == 413 ? "endless framing" : "no right chunk",
                         c->link.fetch.wire, c->link.fetch.offset + c->link.fetch.bytes);
    if (c->body.content > c->link.wire_max || c->link.fetch.wire / FRAMING_FACTOR > c->link.wire_max)
        return link_fail_wire(&c->link);
    c->body_over = result == 0;
    http_decode_give(&c->decode, data + taken - content, content);
    c->state = HTTP_CLIENT_DECODING;
    return c->wishes.coded ? give_coded(c, data + taken - content, content, now) : LINK_GO_ON;
}

static int give_span(struct http_client *c, const unsigned char *span, size_t length, uint64_t now)
{
    if (c->part_left != UINT64_MAX) {
        if (length > c->part_left)
            return link_fail(&c->link, FETCH_CORRUPT, "corrupt: more bytes come than Content-Range says");
        c->part_left -= length;
    }
    if (c->overlap > 0 && !c->wishes.coded) {
        const int result = compare_tail(c, &span, &length, now);

        if (result != LINK_GO_ON || length == 0 || c->state != HTTP_CLIENT_DECODING)
            return result;
    }
    if (c->link.limits.max_size && c->link.fetch.offset + c->link.fetch.bytes + length > c->link.limits.max_size)
        return link_fail_size(&c->link);
    c->gave = true;
    c->link.fetch.bytes += length;
    return link_event(&c->link, FETCH_SPAN, span, length);
}

/* What is there of the stream goes to the decoder, up to where the response goes on. */
static int step_priming(struct http_client *c, uint64_t now, size_t room)
{
    const uint64_t left = c->have - c->tail_size - c->primed;
    const void *span;
    size_t length;
    ssize_t n;

    (void)room;
    switch (http_decode_next(&c->decode, &span, &length)) {
    case HTTP_DECODE_SPAN:
        return give_span(c, span, length, now);
    case HTTP_DECODE_MORE:
        break;
    default: /* it was no good */
        return is_another(c, now);
    }
    if (left == 0) {
        c->state = HTTP_CLIENT_FRAMING;
        return LINK_GO_ON;
    }
    n = c->read(c->read_user, c->primed, c->primer, left < sizeof c->primer ? (size_t)left : sizeof c->primer);
    if (n <= 0)
        return link_fail(&c->link, FETCH_LOCAL, "what is there of the stream cannot be read: %s",
                         n < 0 ? strerror(errno) : "it has become shorter");
    http_decode_give(&c->decode, c->primer, (size_t)n);
    c->primed += (uint64_t)n;
    return LINK_GO_ON;
}

static int step_decoding(struct http_client *c, uint64_t now, size_t room)
{
    const void *span;
    size_t length;

    (void)room;
    switch (http_decode_next(&c->decode, &span, &length)) {
    case HTTP_DECODE_SPAN:
        return give_span(c, span, length, now);
    case HTTP_DECODE_MORE:
    case HTTP_DECODE_END:
        c->state = HTTP_CLIENT_FRAMING;
        return LINK_GO_ON;
    case HTTP_DECODE_EXTRA:
        return link_fail(&c->link, FETCH_CORRUPT, "corrupt: bytes follow the end of the stream at byte %" PRIu64,
                         c->decode.where.input);
    case HTTP_DECODE_DEFECT:
        break;
    }
    return defect(c);
}

static enum fetch_event http_client_step(struct fetch *f, uint64_t now, size_t room)
{
    static int (*const function_of[HTTP_CLIENT_STATES])(struct http_client *, uint64_t, size_t) = {
        [HTTP_CLIENT_CONNECTING] = step_connecting, [HTTP_CLIENT_ASKING] = step_asking,
        [HTTP_CLIENT_HEADING] = step_heading,       [HTTP_CLIENT_READING] = step_reading,
        [HTTP_CLIENT_PRIMING] = step_priming,       [HTTP_CLIENT_FRAMING] = step_framing,
        [HTTP_CLIENT_DECODING] = step_decoding,
        /* HTTP_CLIENT_DONE: not to be called any more */
    };
    struct http_client *c = (struct http_client *)f;
    int result;

    do
        result = function_of[c->state](c, now, room);
    while (result == LINK_GO_ON);
    if (result == FETCH_FAILED) {
        c->keep_alive = false;
        c->state = HTTP_CLIENT_DONE;
    }
    return (enum fetch_event)result;
}

/* ---- Life ---- */

static void http_client_end(struct fetch *f)
{
    struct http_client *c = (struct http_client *)f;

    if (c->state == HTTP_CLIENT_DONE && c->keep_alive && c->wishes.pool && f->fd >= 0) {
        http_pool_put(c->wishes.pool, f->fd, c->link.server);
        f->fd = -1;
    }
    link_leave(&c->link);
    http_decode_end(&c->decode);
    free(c->request);
    free(c);
}

static void take_rest(struct http_client *c, const struct http_rest *rest)
{
    if (!rest || (c->wishes.coded && !rest->read) || !rest->validator || rest->have == 0 ||
        strlen(rest->validator) >= sizeof c->validator)
        return;
    c->have = rest->have;
    c->read = rest->read;
    c->read_user = rest->user;
    c->tail_size = rest->tail_size;
    memcpy(c->tail, rest->tail, rest->tail_size);
    strcpy(c->validator, rest->validator);
}

struct fetch *http_client_begin(const struct url *url, const struct fetch_limits *limits,
                                const struct http_wishes *wishes, const struct http_rest *rest, uint64_t now)
{
    struct http_client *c = calloc(1, sizeof *c + limits->block);

    if (!c)
        return NULL;
    c->link.fetch.step = http_client_step;
    c->link.fetch.end = http_client_end;
    link_init(&c->link, limits, c->buffer);
    c->wishes = *wishes;
    c->url = *url;
    c->part_left = UINT64_MAX;
    url_server(url, c->first_server);
    take_rest(c, rest);
    if (http_client_start(c, true, now) != LINK_GO_ON) {
        http_client_end(&c->link.fetch);
        return NULL;
    }
    return &c->link.fetch;
}
