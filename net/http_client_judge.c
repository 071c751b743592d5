/* http_client_judge.c: what the head of a response means for a client that wants a file; see http_client_state.h. */
#include "net/http_client_state.h"

#include "net/http_date.h"
#include "net/quote.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum {
    INTERIM_MOST = 16,      /* responses of the kind 1xx before the real one */
    RETRY_AFTER_MOST = 3600 /* seconds that a server can make us wait */
};

int http_client_no_response(struct http_client *c, const char *why)
{
    return link_fail(&c->link, FETCH_CORRUPT, "what came is no good HTTP response: %s", why);
}

/* 4xx, 5xx, and what else gives no file. */
static int refused(struct http_client *c, const struct http_response *r)
{
    static const unsigned pass[] = {408, 425, 429, 500, 502, 503, 504};
    char quoted[QUOTE_ROOM] = "";

    if (r->reason.size > 0)
        quote(quoted, r->reason.data, r->reason.size < 40 ? r->reason.size : 40);
    link_fail(&c->link, FETCH_REFUSED, "refused: the server answers %u%s%s", r->status, *quoted ? " " : "", quoted);
    for (size_t i = 0; i < sizeof pass / sizeof *pass; i++)
        c->link.fetch.passes = c->link.fetch.passes || r->status == pass[i];
    c->link.fetch.pause = 1000 * (r->retry_after < RETRY_AFTER_MOST ? r->retry_after : RETRY_AFTER_MOST);
    return FETCH_FAILED;
}

static int redirected(struct http_client *c, const struct http_response *r, uint64_t now)
{
    char *const text = c->moved[c->redirects % 2];
    char error[URL_ERROR_ROOM], quoted[QUOTE_ROOM];
    struct url to;

    if (c->redirects == HTTP_REDIRECTS_MOST)
        return link_fail(&c->link, FETCH_REFUSED, "refused: more than %d redirects one after another",
                         HTTP_REDIRECTS_MOST);
    if (!url_resolve(&c->url, r->location.data, r->location.size, text, &to, error))
        return link_fail(&c->link, FETCH_REFUSED, "refused: the server sends us to %s: %s",
                         quote(quoted, r->location.data, r->location.size < 60 ? r->location.size : 60), error);
    c->redirects++;
    c->url = to;

    const int result = http_client_start(c, true, now);

    return result == LINK_GO_ON ? link_event(&c->link, FETCH_MOVED, r->location.data, r->location.size) : result;
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
 * only where a server gives the same to both; the date is that of the file in all its forms. Of a stream that is kept
 * as it comes the tag is the right one.
 */
static void choose_validator(struct http_client *c, const struct http_response *r)
{
    const bool tag_first = r->content == HTTP_IDENTITY || c->wishes.coded;

    c->link.fetch.validator = c->validator;
    if (tag_first && keep_validator(c, &r->etag))
        return;
    if (is_strong_date(r) && keep_validator(c, &r->last_modified))
        return;
    if (!keep_validator(c, &r->etag))
        c->link.fetch.validator = NULL;
}

static int begin_body(struct http_client *c, const struct http_response *r, uint64_t offset)
{
    char quoted[QUOTE_ROOM];
    const struct http_text *const strange = r->content == HTTP_NO_CODING    ? &r->content_name
                                            : r->transfer == HTTP_NO_CODING ? &r->transfer_name
                                                                            : NULL;

    if (strange)
        return link_fail(&c->link, FETCH_REFUSED, "refused: the server answers in a coding that was not asked for: %s",
                         quote(quoted, strange->data, strange->size < 60 ? strange->size : 60));
    if (c->wishes.coded && (r->content != HTTP_GZIP || r->transfer != HTTP_IDENTITY))
        return link_fail(&c->link, FETCH_REFUSED, "refused: the server does not send this file in gzip form");
    c->link.fetch.offset = c->wishes.coded ? 0 : offset;
    c->link.fetch.coded_offset = c->wishes.coded ? offset : 0;
    if (r->content == HTTP_IDENTITY && r->transfer == HTTP_IDENTITY && r->body == HTTP_BODY_LENGTH && offset == 0)
        c->link.fetch.total = r->length;
    c->link.fetch.wire_total = r->body == HTTP_BODY_LENGTH ? r->length : 0;
    if (c->link.limits.max_size && c->link.fetch.total > c->link.limits.max_size)
        return link_fail_size(&c->link);
    if (c->link.fetch.wire_total > c->link.wire_max)
        return link_fail_size(&c->link);
    if (!http_decode_begin(&c->decode, r->transfer, r->content))
        return link_fail(&c->link, FETCH_LOCAL, "no memory");
    http_body_begin_response(&c->body, r->body, r->length);
    c->keep_alive = r->keep_alive;
    c->primed = 0;
    c->state = c->link.fetch.coded_offset > 0 ? HTTP_CLIENT_PRIMING
                                              : HTTP_CLIENT_FRAMING; /* what came behind the head is in c->link.in */
    c->begun = true;
    return link_event(&c->link, FETCH_BEGINS, NULL, 0);
}

/* 200: the whole file. */
static int whole(struct http_client *c, const struct http_response *r, uint64_t now)
{
    /* We asked for a rest, as identity: the whole had better travel compressed. */
    if (c->have > 0 && !c->wishes.coded && r->transfer == HTTP_IDENTITY && strcmp(c->wishes.accept, "identity") != 0)
        return http_client_start_afresh(c, now);
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
        return http_client_no_response(c, "it is a part (206), and the whole was asked for");
    if (!r->part.given || r->part.first != from || !r->part.total_known || r->part.total < c->have ||
        r->content != (c->wishes.coded ? HTTP_GZIP : HTTP_IDENTITY))
        return http_client_start_afresh(c, now);
    /* If-Range should have seen to this; a server may have ignored it. */
    if (*c->validator == '"' && r->etag.data &&
        (r->etag.size != validator.size || memcmp(r->etag.data, validator.data, validator.size) != 0))
        return http_client_start_afresh(c, now);
    if (*c->validator != '"' && r->last_modified.data &&
        (r->last_modified.size != validator.size || memcmp(r->last_modified.data, validator.data, validator.size) != 0))
        return http_client_start_afresh(c, now);
    c->part_left = r->part.last - r->part.first + 1;
    c->part_stops_early = r->part.last + 1 < r->part.total;
    if (r->body == HTTP_BODY_LENGTH && r->transfer == HTTP_IDENTITY && r->length != c->part_left)
        return http_client_no_response(c, "its Content-Length is not that of its Content-Range");
    c->overlap = c->tail_size;
    if (c->wishes.coded)
        c->part_left = UINT64_MAX; /* which counts bytes of the file; the stream has an end of its own */
    else
        c->link.fetch.total = r->part.total;
    c->link.fetch.validator = c->validator;
    return begin_body(c, r, c->have);
}

int http_client_judge(struct http_client *c, uint64_t now)
{
    struct http_response r;
    const char *const why = http_response_parse(&r, c->head, c->scan.size);

    if (why)
        return http_client_no_response(c, why);
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
        return c->have > 0 ? http_client_start_afresh(c, now) : refused(c, &r);
    default:
        break;
    }
    if (r.status >= 200)
        return refused(c, &r);
    if (r.status == 101)
        return http_client_no_response(c, "it changes to a protocol that was not asked for");
    if (++c->interim > INTERIM_MOST)
        return http_client_no_response(c, "interim responses without end");
    c->head_size = 0;
    c->scan = (struct http_scan){0};
    return LINK_GO_ON;
}
