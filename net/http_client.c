/* http_client.c: see http_client.h. One function a state; each either goes on, or returns an event. */
#include "net/http_client.h"

#include "net/dial.h"
#include "net/http_ask.h"
#include "net/http_body.h"
#include "net/http_decode.h"
#include "net/http_date.h"
#include "net/http_response.h"
#include "net/quote.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    INTERIM_MOST = 16,       /* responses of the kind 1xx before the real one */
    FRAMING_FACTOR = 8,      /* bytes on the wire for one of content: a chunk of one byte has five more */
    RETRY_AFTER_MOST = 3600  /* seconds that a server can make us wait */
};

enum client_state { CONNECTING, ASKING, HEADING, READING, FRAMING, DECODING, DONE, CLIENT_STATES };

struct http_client {
    struct fetch fetch; /* first, so that one is the other */
    enum client_state state;
    struct fetch_limits limits;
    struct http_wishes wishes;
    uint64_t wire_max;     /* bytes of content that may travel, see fetch_wire_allowed() */

    /* The server */
    struct url url;        /* asked now; its path is the caller's, or in moved[] */
    char server[URL_SERVER_ROOM], first_server[URL_SERVER_ROOM];
    unsigned redirects;
    char moved[2][URL_LENGTH_MAX + 1]; /* by turns: one redirect is relative to the one before */
    struct dial dial;
    enum dial_result dial_begun;
    bool dialling;         /* dial holds something; invariant: state is CONNECTING */
    bool reused;           /* the connection has carried another response */
    bool waiting;          /* the last call on the socket had to wait; fetch.deadline was set when it first did */
    int send_error;        /* what ended the sending of the request, or 0: a read may then see no more than an end */
    char *request;
    size_t request_size, request_sent;

    /* The part that is there already; have 0: none, or no longer of use */
    uint64_t have;
    unsigned char tail[HTTP_TAIL_MOST];
    size_t tail_size;
    char validator[HTTP_VALIDATOR_ROOM];

    /* The response */
    char head[HTTP_RESPONSE_LONGEST];
    size_t head_size;
    struct http_scan scan;
    unsigned interim;
    bool keep_alive;
    struct http_body body;
    bool body_over;
    struct http_decode decode;
    size_t overlap;        /* bytes of the tail that have not come once more */
    uint64_t part_left;    /* bytes of the file that a 206 still owes; UINT64_MAX: not known */
    bool part_stops_early; /* a 206 that ends before the file does */
    bool gave;             /* the piece that was read last has given a byte of the file */
    bool begun;            /* FETCH_BEGINS has been given */

    sluice_input in;        /* what was read and is not taken; data is `buffer` */
    unsigned char buffer[]; /* limits.block bytes */
};

/* GO_ON is no event: the machine runs its next state. */
enum { GO_ON = -1 };

__attribute__((format(printf, 3, 4))) static int fail(struct http_client *c, enum fetch_failure failure,
                                                      const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(c->fetch.message, sizeof c->fetch.message, format, args);
    va_end(args);
    c->fetch.failure = failure;
    c->fetch.passes = failure == FETCH_NO_CONNECTION || failure == FETCH_CUT_SHORT || failure == FETCH_TIMED_OUT;
    c->keep_alive = false;
    c->state = DONE;
    return FETCH_FAILED;
}

static int event(struct http_client *c, enum fetch_event what, const void *data, size_t size)
{
    c->fetch.data = data;
    c->fetch.size = size;
    return (int)what;
}

/* The socket has nothing to do for us: the time that it may keep us waiting begins with the first time it says so. */
static int wait_for(struct http_client *c, short events, uint64_t now)
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

/* ---- The connection ---- */

static void leave_connection(struct http_client *c)
{
    if (c->dialling)
        dial_end(&c->dial);
    else if (c->fetch.fd >= 0)
        close(c->fetch.fd);
    c->dialling = false;
    c->fetch.fd = -1;
}

static bool write_request(struct http_client *c)
{
    const bool at_home = strcmp(c->server, c->first_server) == 0;
    const struct http_asking asking = {.url = &c->url,
                                       .accept = c->wishes.accept,
                                       .headers = c->wishes.headers,
                                       .header_count = at_home ? c->wishes.header_count : 0,
                                       .validator = c->have > 0 ? c->validator : NULL,
                                       .from = c->have - c->tail_size};

    free(c->request);
    c->request = http_ask(&asking, &c->request_size);
    return c->request != NULL;
}

/*
 * Begins to ask c->url, by a connection that is kept if `reuse` allows it; that one may be closed by the server at any
 * time, which is no failure yet.
 */
static int start(struct http_client *c, bool reuse, uint64_t now)
{
    leave_connection(c);
    url_server(&c->url, c->server);
    c->head_size = c->interim = 0;
    c->request_sent = 0;
    c->send_error = 0;
    c->scan = (struct http_scan){0};
    c->in = (sluice_input){0};
    c->waiting = c->body_over = false;
    if (!write_request(c))
        return fail(c, FETCH_LOCAL, "no memory");
    c->fetch.fd = reuse && c->wishes.pool ? http_pool_take(c->wishes.pool, c->server) : -1;
    c->reused = c->fetch.fd >= 0;
    c->state = CONNECTING;
    if (!c->reused) {
        c->dial_begun = dial_begin(&c->dial, &c->url, now, c->limits.timeout);
        c->dialling = c->dial_begun == DIAL_WAIT;
    }
    return GO_ON;
}

/* What we have is of no use: from the beginning, with a new request. */
static int start_afresh(struct http_client *c, uint64_t now)
{
    c->have = 0;
    c->tail_size = 0;
    return start(c, true, now);
}

static int not_connected(struct http_client *c, enum dial_result result)
{
    c->dialling = false;
    c->fetch.fd = -1;
    if (result == DIAL_TIMED_OUT)
        return fail(c, FETCH_TIMED_OUT, "timed out: %s did not answer", c->server);
    return fail(c, result == DIAL_EXHAUSTED ? FETCH_LOCAL : FETCH_NO_CONNECTION, "could not connect to %s: %s",
                c->server, c->dial.error);
}

static int step_connecting(struct http_client *c, uint64_t now, size_t room)
{
    const enum dial_result result = c->reused     ? DIAL_CONNECTED
                                    : c->dialling ? dial_step(&c->dial, now)
                                                  : c->dial_begun;

    (void)room;
    switch (result) {
    case DIAL_WAIT:
        c->fetch.fd = c->dial.fd;
        c->fetch.events = POLLOUT;
        c->fetch.deadline = c->dial.until;
        return FETCH_WAIT;
    case DIAL_CONNECTED:
        if (!c->reused)
            c->fetch.fd = c->dial.fd;
        c->dialling = false;
        c->state = ASKING;
        return FETCH_CONNECTED;
    default:
        return not_connected(c, result);
    }
}

static int step_asking(struct http_client *c, uint64_t now, size_t room)
{
    (void)room;
    while (c->request_sent < c->request_size) {
        const ssize_t n =
            send(c->fetch.fd, c->request + c->request_sent, c->request_size - c->request_sent, MSG_NOSIGNAL);

        if (n >= 0)
            c->request_sent += (size_t)n;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return wait_for(c, POLLOUT, now);
        else if (errno != EINTR) {
            c->send_error = errno;
            break; /* what the server had sent before can still be read */
        }
    }
    c->waiting = false;
    c->state = HEADING;
    return GO_ON;
}

/* Reads into the buffer. More than 0: bytes are there; 0: the connection has ended, with *error, or 0 for in order. */
static int read_piece(struct http_client *c, uint64_t now, size_t room, int *error)
{
    const size_t size = room < c->limits.block ? room : c->limits.block;
    ssize_t n;

    do
        n = recv(c->fetch.fd, c->buffer, size, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return wait_for(c, POLLIN, now);
    c->waiting = false;
    *error = n < 0 ? errno : c->send_error;
    if (n <= 0)
        return GO_ON;
    c->in = (sluice_input){c->buffer, (size_t)n, 0};
    return event(c, FETCH_READ, c->buffer, (size_t)n);
}

/* ---- The head ---- */

static int no_response(struct http_client *c, const char *why)
{
    return fail(c, FETCH_CORRUPT, "what came is no good HTTP response: %s", why);
}

/* 4xx, 5xx, and what else gives no file. */
static int refused(struct http_client *c, const struct http_response *r)
{
    static const unsigned pass[] = {408, 425, 429, 500, 502, 503, 504};
    char quoted[QUOTE_ROOM] = "";

    if (r->reason.size > 0)
        quote(quoted, r->reason.data, r->reason.size < 40 ? r->reason.size : 40);
    fail(c, FETCH_REFUSED, "refused: the server answers %u%s%s", r->status, *quoted ? " " : "", quoted);
    for (size_t i = 0; i < sizeof pass / sizeof *pass; i++)
        c->fetch.passes = c->fetch.passes || r->status == pass[i];
    c->fetch.pause = 1000 * (r->retry_after < RETRY_AFTER_MOST ? r->retry_after : RETRY_AFTER_MOST);
    return FETCH_FAILED;
}

static int redirected(struct http_client *c, const struct http_response *r, uint64_t now)
{
    char *const text = c->moved[c->redirects % 2];
    char error[URL_ERROR_ROOM], quoted[QUOTE_ROOM];
    struct url to;

    if (c->redirects == HTTP_REDIRECTS_MOST)
        return fail(c, FETCH_REFUSED, "refused: more than %d redirects one after another", HTTP_REDIRECTS_MOST);
    if (!url_resolve(&c->url, r->location.data, r->location.size, text, &to, error))
        return fail(c, FETCH_REFUSED, "refused: the server sends us to %s: %s",
                    quote(quoted, r->location.data, r->location.size < 60 ? r->location.size : 60), error);
    c->redirects++;
    c->url = to;

    const int result = start(c, true, now);

    return result == GO_ON ? event(c, FETCH_MOVED, r->location.data, r->location.size) : result;
}

static bool keep_validator(struct http_client *c, const struct http_text *text)
{
    if (!text->data || text->size == 0 || text->size >= sizeof c->validator)
        return false;
    memcpy(c->validator, text->data, text->size);
    c->validator[text->size] = '\0';
    return true;
}

/* Was the file old enough when it was sent that its date tells this version from all others? (RFC 9110 8.8.2.2) */
static bool is_strong_date(const struct http_response *r)
{
    int64_t modified, date;

    const int64_t now = (int64_t)time(NULL);

    return r->last_modified.data && r->date.data && http_date_parse(&r->last_modified, now, &modified) &&
           http_date_parse(&r->date, now, &date) && date > modified;
}

/*
 * By what the rest can be asked for later. The rest is asked for as identity, so the tag of a compressed form is good
 * only where a server gives the same to both; the date is that of the file in all its forms.
 */
static void choose_validator(struct http_client *c, const struct http_response *r)
{
    const bool tag_first = r->content == HTTP_IDENTITY;

    c->fetch.validator = c->validator;
    if (tag_first && keep_validator(c, &r->etag))
        return;
    if (is_strong_date(r) && keep_validator(c, &r->last_modified))
        return;
    if (!keep_validator(c, &r->etag))
        c->fetch.validator = NULL;
}

static int too_large(struct http_client *c)
{
    return fail(c, FETCH_TOO_LARGE, "the file is larger than the %" PRIu64 " bytes allowed", c->limits.max_size);
}

static int begin_body(struct http_client *c, const struct http_response *r, uint64_t offset)
{
    char quoted[QUOTE_ROOM];
    const struct http_text *const strange = r->content == HTTP_NO_CODING    ? &r->content_name
                                            : r->transfer == HTTP_NO_CODING ? &r->transfer_name
                                                                            : NULL;

    if (strange)
        return fail(c, FETCH_REFUSED, "refused: the server answers in a coding that was not asked for: %s",
                    quote(quoted, strange->data, strange->size < 60 ? strange->size : 60));
    if (c->wishes.coded && (r->content != HTTP_GZIP || r->transfer != HTTP_IDENTITY))
        return fail(c, FETCH_REFUSED, "refused: the server does not send this file in gzip form");
    c->fetch.offset = offset;
    if (r->content == HTTP_IDENTITY && r->transfer == HTTP_IDENTITY && r->body == HTTP_BODY_LENGTH && offset == 0)
        c->fetch.total = r->length;
    c->fetch.wire_total = r->body == HTTP_BODY_LENGTH ? r->length : 0;
    if (c->limits.max_size && c->fetch.total > c->limits.max_size)
        return too_large(c);
    if (c->fetch.wire_total > c->wire_max)
        return too_large(c);
    if (!http_decode_begin(&c->decode, r->transfer, r->content))
        return fail(c, FETCH_LOCAL, "no memory");
    http_body_begin_response(&c->body, r->body, r->length);
    c->keep_alive = r->keep_alive;
    c->state = FRAMING; /* what came behind the head is in c->in */
    c->begun = true;
    return event(c, FETCH_BEGINS, NULL, 0);
}

/* 200: the whole file. */
static int whole(struct http_client *c, const struct http_response *r, uint64_t now)
{
    /* We asked for a rest, as identity: the whole had better travel compressed. */
    if (c->have > 0 && r->transfer == HTTP_IDENTITY && strcmp(c->wishes.accept, "identity") != 0)
        return start_afresh(c, now);
    c->have = 0;
    c->tail_size = c->overlap = 0;
    c->part_left = UINT64_MAX;
    choose_validator(c, r);
    return begin_body(c, r, 0);
}

/* 206: the rest that we have asked for, if it is that. */
static int part(struct http_client *c, const struct http_response *r, uint64_t now)
{
    const uint64_t from = c->have - c->tail_size;
    const struct http_text validator = {c->validator, strlen(c->validator)};

    if (c->have == 0)
        return no_response(c, "it is a part (206), and the whole was asked for");
    if (!r->part.given || r->part.first != from || !r->part.total_known || r->part.total < c->have ||
        r->content != HTTP_IDENTITY)
        return start_afresh(c, now);
    /* If-Range should have seen to this; a server may have ignored it. */
    if (*c->validator == '"' && r->etag.data &&
        (r->etag.size != validator.size || memcmp(r->etag.data, validator.data, validator.size) != 0))
        return start_afresh(c, now);
    if (*c->validator != '"' && r->last_modified.data &&
        (r->last_modified.size != validator.size || memcmp(r->last_modified.data, validator.data, validator.size) != 0))
        return start_afresh(c, now);
    c->part_left = r->part.last - r->part.first + 1;
    c->part_stops_early = r->part.last + 1 < r->part.total;
    if (r->body == HTTP_BODY_LENGTH && r->transfer == HTTP_IDENTITY && r->length != c->part_left)
        return no_response(c, "its Content-Length is not that of its Content-Range");
    c->overlap = c->tail_size;
    c->fetch.total = r->part.total;
    c->fetch.validator = c->validator;
    return begin_body(c, r, c->have);
}

static int judge(struct http_client *c, uint64_t now)
{
    struct http_response r;
    const char *const why = http_response_parse(&r, c->head, c->scan.size);

    if (why)
        return no_response(c, why);
    switch (r.status) {
    case 200:
    case 203:
        return whole(c, &r, now);
    case 206:
        return part(c, &r, now);
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        return r.location.data ? redirected(c, &r, now) : refused(c, &r);
    case 416:
        return c->have > 0 ? start_afresh(c, now) : refused(c, &r);
    default:
        break;
    }
    if (r.status >= 200)
        return refused(c, &r);
    if (r.status == 101)
        return no_response(c, "it changes to a protocol that was not asked for");
    if (++c->interim > INTERIM_MOST)
        return no_response(c, "interim responses without end");
    c->head_size = 0;
    c->scan = (struct http_scan){0};
    return GO_ON;
}

/* Moves what was read into the head, up to its end. */
static int take_head(struct http_client *c, uint64_t now)
{
    const size_t left = c->in.size - c->in.pos, free_room = sizeof c->head - c->head_size;
    const size_t n = left < free_room ? left : free_room, before = c->head_size;
    const char *why;

    memcpy(c->head + before, (const char *)c->in.data + c->in.pos, n);
    c->head_size += n;

    const unsigned result = http_response_scan(&c->scan, c->head, c->head_size, &why);

    if (result == HTTP_BAD)
        return no_response(c, why);
    c->in.pos += result == HTTP_MORE ? n : c->scan.size - before;
    return result == HTTP_MORE ? GO_ON : judge(c, now);
}

static int step_heading(struct http_client *c, uint64_t now, size_t room)
{
    int error = 0;

    if (c->in.pos < c->in.size)
        return take_head(c, now);

    const int result = read_piece(c, now, room, &error);

    if (result != GO_ON)
        return result;
    if (c->reused && c->head_size == 0 && c->interim == 0)
        return start(c, false, now); /* the server had closed the connection that was kept */
    return fail(c, FETCH_CUT_SHORT, "cut short: the connection ended %s the head of the response (%s)",
                c->head_size ? "within" : "before", error ? strerror(error) : "the server closed it");
}

/* ---- The body ---- */

static int cut_short(struct http_client *c, const char *why)
{
    char of[40] = "";

    if (c->fetch.wire_total)
        snprintf(of, sizeof of, " of %" PRIu64, c->fetch.wire_total);
    return fail(c, FETCH_CUT_SHORT, "cut short: the response ends after %" PRIu64 "%s bytes, before its end (%s); %"
                PRIu64 " bytes of the file had come", c->fetch.wire, of, why, c->fetch.offset + c->fetch.bytes);
}

static int defect(struct http_client *c)
{
    const sluice_position where = c->decode.where;
    const sluice_status status = c->decode.status;

    if (status == SLUICE_ERR_TRUNCATED)
        return cut_short(c, "its framing is whole, but the compressed stream in it is not");
    if (status == SLUICE_NEED_DICTIONARY)
        return fail(c, FETCH_CORRUPT, "corrupt: the stream asks for a preset dictionary");
    return fail(c, FETCH_CORRUPT, "corrupt at byte %" PRIu64 ", bit %u of the stream: %s; %" PRIu64
                " bytes of the file had come", where.input, where.bit, sluice_status_text(status),
                c->fetch.offset + c->fetch.bytes);
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
        return fail(c, FETCH_CORRUPT, "corrupt: bytes follow the end of the stream at byte %" PRIu64,
                    c->decode.where.input);
    if (c->in.pos < c->in.size)
        return fail(c, FETCH_CORRUPT, "corrupt: the response goes on behind its end, at byte %" PRIu64, c->fetch.wire);
    if (c->overlap > 0 || (c->part_left != UINT64_MAX && c->part_left > 0))
        return cut_short(c, "it gives less than its Content-Range says");
    if (c->part_stops_early)
        return cut_short(c, "the server gave only a part of the rest");
    if (http_decode_is_unchecked(&c->decode))
        c->fetch.note = "the stream came in the raw form, which has no checksum";
    else if (closed && !http_decode_is_coded(&c->decode) && c->part_left == UINT64_MAX)
        c->fetch.note = "the server told no length; whether this is the whole file cannot be known";
    c->state = DONE;
    return FETCH_END;
}

static int step_reading(struct http_client *c, uint64_t now, size_t room)
{
    int error = 0;
    const int result = read_piece(c, now, room, &error);

    if (result == FETCH_READ) {
        c->gave = false;
        c->state = FRAMING;
    }
    if (result != GO_ON)
        return result;
    c->keep_alive = false;
    if (c->body.kind == HTTP_BODY_CLOSE && (error == 0 || http_decode_is_coded(&c->decode)))
        return finish(c, true);
    return cut_short(c, error ? strerror(error) : "the server closed the connection");
}

static int step_framing(struct http_client *c, uint64_t now, size_t room)
{
    const char *const data = (const char *)c->in.data + c->in.pos;
    size_t taken, content;

    (void)now;
    (void)room;
    if (c->body_over)
        return finish(c, false);
    if (c->in.pos == c->in.size && !(c->body.kind == HTTP_BODY_LENGTH && c->body.left == 0) &&
        c->body.kind != HTTP_BODY_NONE) {
        c->state = READING;
        return c->begun && !c->gave && c->fetch.wire > 0 ? event(c, FETCH_BUFFERING, NULL, 0) : GO_ON;
    }

    const unsigned result = http_body_next(&c->body, data, c->in.size - c->in.pos, &taken, &content);

    c->fetch.wire += taken;
    c->in.pos += taken;
    if (result != 0 && result != HTTP_MORE)
        return fail(c, FETCH_CORRUPT, "corrupt: %s at byte %" PRIu64 " of the response, %" PRIu64
                    " bytes of the file had come", result == 413 ? "endless framing" : "no right chunk", c->fetch.wire,
                    c->fetch.offset + c->fetch.bytes);
    if (c->body.content > c->wire_max || c->fetch.wire / FRAMING_FACTOR > c->wire_max)
        return fail(c, FETCH_TOO_LARGE, "%" PRIu64 " bytes have come for a file of at most %" PRIu64, c->fetch.wire,
                    c->limits.max_size);
    c->body_over = result == 0;
    http_decode_give(&c->decode, data + taken - content, content);
    c->state = DECODING;
    return c->wishes.coded && content > 0 ? event(c, FETCH_CODED, data + taken - content, content) : GO_ON;
}

/* The bytes that were there already come once more: the same, or the file is another. */
static int compare_tail(struct http_client *c, const unsigned char **span, size_t *length, uint64_t now)
{
    const size_t n = *length < c->overlap ? *length : c->overlap;

    if (memcmp(*span, c->tail + c->tail_size - c->overlap, n) != 0) {
        http_decode_end(&c->decode);
        c->fetch.wire = c->fetch.total = c->fetch.wire_total = 0;
        c->begun = c->part_stops_early = false;
        return start_afresh(c, now);
    }
    c->overlap -= n;
    *span += n;
    *length -= n;
    return GO_ON;
}

static int give_span(struct http_client *c, const unsigned char *span, size_t length, uint64_t now)
{
    if (c->part_left != UINT64_MAX) {
        if (length > c->part_left)
            return fail(c, FETCH_CORRUPT, "corrupt: more bytes come than Content-Range says");
        c->part_left -= length;
    }
    if (c->overlap > 0) {
        const int result = compare_tail(c, &span, &length, now);

        if (result != GO_ON || length == 0 || c->state != DECODING)
            return result;
    }
    if (c->limits.max_size && c->fetch.offset + c->fetch.bytes + length > c->limits.max_size)
        return too_large(c);
    c->gave = true;
    c->fetch.bytes += length;
    return event(c, FETCH_SPAN, span, length);
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
        c->state = FRAMING;
        return GO_ON;
    case HTTP_DECODE_EXTRA:
        return fail(c, FETCH_CORRUPT, "corrupt: bytes follow the end of the stream at byte %" PRIu64,
                    c->decode.where.input);
    case HTTP_DECODE_DEFECT:
        break;
    }
    return defect(c);
}

static enum fetch_event http_client_step(struct fetch *f, uint64_t now, size_t room)
{
    static int (*const function_of[CLIENT_STATES])(struct http_client *, uint64_t, size_t) = {
        [CONNECTING] = step_connecting, [ASKING] = step_asking,   [HEADING] = step_heading, [READING] = step_reading,
        [FRAMING] = step_framing,       [DECODING] = step_decoding, /* DONE: not to be called any more */
    };
    struct http_client *c = (struct http_client *)f;
    int result;

    do
        result = function_of[c->state](c, now, room);
    while (result == GO_ON);
    return (enum fetch_event)result;
}

/* ---- Life ---- */

static void http_client_end(struct fetch *f)
{
    struct http_client *c = (struct http_client *)f;

    if (c->state == DONE && c->keep_alive && c->wishes.pool && f->fd >= 0) {
        http_pool_put(c->wishes.pool, f->fd, c->server);
        f->fd = -1;
    }
    leave_connection(c);
    http_decode_end(&c->decode);
    free(c->request);
    free(c);
}

static void take_rest(struct http_client *c, const struct http_rest *rest)
{
    if (!rest || !rest->validator || rest->have == 0 || strlen(rest->validator) >= sizeof c->validator)
        return;
    c->have = rest->have;
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
    c->fetch = (struct fetch){.step = http_client_step, .end = http_client_end, .fd = -1, .deadline = UINT64_MAX};
    c->limits = *limits;
    c->wishes = *wishes;
    c->wire_max = fetch_wire_allowed(limits->max_size);
    c->url = *url;
    c->part_left = UINT64_MAX;
    url_server(url, c->first_server);
    take_rest(c, rest);
    if (start(c, true, now) != GO_ON) {
        http_client_end(&c->fetch);
        return NULL;
    }
    return &c->fetch;
}
