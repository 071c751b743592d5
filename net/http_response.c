/* http_response.c: see http_response.h. One function a rule of the grammar; NULL is "nothing wrong". */
#include "net/http_response.h"

#include <string.h>

/* ---- Values ---- */

static bool same_text(const struct http_text *a, const struct http_text *b)
{
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

/* Digits alone, within 64 bits. */
static bool parse_number(const char *p, const char *end, uint64_t *number)
{
    if (p == end)
        return false;
    for (*number = 0; p < end; p++) {
        if (!ascii_is_digit(*p) || *number > (UINT64_MAX - (uint64_t)(*p - '0')) / 10)
            return false;
        *number = *number * 10 + (uint64_t)(*p - '0');
    }
    return true;
}

/* ---- The end of the head ---- */

static unsigned bad(const char **why, const char *what)
{
    *why = what;
    return HTTP_BAD;
}

unsigned http_response_scan(struct http_scan *scan, const char *data, size_t size, const char **why)
{
    static const char beginning[] = "HTTP/1.";
    const size_t seen_of_it = size < sizeof beginning - 1 ? size : sizeof beginning - 1;

    /* Something else than HTTP is told so at once: it may never send an empty line. */
    if (memcmp(data, beginning, seen_of_it) != 0)
        return bad(why, "it does not begin with HTTP/1.");
    while (scan->seen < size) {
        const char *const newline = memchr(data + scan->seen, '\n', size - scan->seen);
        const size_t end = newline ? (size_t)(newline - data) : size;
        const size_t length = end - scan->line;

        scan->seen = newline ? end + 1 : end;
        if (!newline)
            break;
        if (length == 0 || (length == 1 && data[scan->line] == '\r')) {
            scan->size = scan->seen;
            return scan->size > HTTP_RESPONSE_LONGEST ? bad(why, "its head is too long") : 0;
        }
        scan->line = scan->seen;
    }
    return size >= HTTP_RESPONSE_LONGEST ? bad(why, "its head is too long") : HTTP_MORE;
}

/* ---- The status line ---- */

/* HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 4). The second space is often left out with the reason. */
static const char *parse_status_line(struct http_response *r, const char *p, const char *end)
{
    if (end - p < 12 || memcmp(p, "HTTP/1.", 7) != 0 || !ascii_is_digit(p[7]) || p[8] != ' ' ||
        p[9] < '1' || p[9] > '5' || !ascii_is_digit(p[10]) || !ascii_is_digit(p[11]) || (end - p > 12 && p[12] != ' '))
        return "its status line is malformed";
    r->minor = p[7] == '0' ? 0 : 1;
    r->status = (unsigned)(p[9] - '0') * 100 + (unsigned)(p[10] - '0') * 10 + (unsigned)(p[11] - '0');
    r->reason = http_trimmed(p + 12, end);
    if (!http_all_may_stand(r->reason.data, r->reason.data + r->reason.size, HTTP_IN_VALUE))
        return "its status line holds a control character";
    return NULL;
}

/* ---- The fields ---- */

/* What several lines say together until the head is over. */
struct gathered {
    bool length, encoded; /* Content-Length, Transfer-Encoding */
    bool chunked;
    bool close, keep;
    struct http_text content_range, retry_after;
};

/* A coding of a list; several are more than we take apart. */
static void add_coding(enum http_coding *coding, const struct http_text *name)
{
    const bool gzip = http_text_is(name, "gzip") || http_text_is(name, "x-gzip");

    if (http_text_is(name, "identity"))
        return;
    if (*coding != HTTP_IDENTITY)
        *coding = HTTP_NO_CODING;
    else
        *coding = gzip ? HTTP_GZIP : http_text_is(name, "deflate") ? HTTP_DEFLATE : HTTP_NO_CODING;
}

static const char *take_content_encoding(struct http_response *r, struct gathered *g, struct http_text value)
{
    struct http_text name;

    (void)g;
    r->content_name = value;
    while (http_list_next(&value, &name))
        add_coding(&r->content, &name);
    return NULL;
}

static const char *take_transfer_encoding(struct http_response *r, struct gathered *g, struct http_text value)
{
    struct http_text name;

    g->encoded = true;
    r->transfer_name = value;
    while (http_list_next(&value, &name)) {
        if (g->chunked) /* RFC 9112 6.1: chunked is the last, and stands there once */
            return "its Transfer-Encoding goes on behind chunked";
        if (http_text_is(&name, "chunked"))
            g->chunked = true;
        else
            add_coding(&r->transfer, &name);
    }
    return NULL;
}

/* A list of equal numbers is what a server sends whose parts have each added the field (RFC 9110 8.6). */
static const char *take_content_length(struct http_response *r, struct gathered *g, struct http_text value)
{
    struct http_text one;
    uint64_t length;

    if (value.size == 0 || value.data[0] == ',' || value.data[value.size - 1] == ',')
        return "its Content-Length is no number";
    while (http_list_next(&value, &one)) {
        if (!parse_number(one.data, one.data + one.size, &length))
            return "its Content-Length is no number";
        if (g->length && length != r->length)
            return "it has two lengths that differ";
        g->length = true;
        r->length = length;
    }
    return NULL;
}

static const char *take_connection(struct http_response *r, struct gathered *g, struct http_text value)
{
    struct http_text option;

    (void)r;
    while (http_list_next(&value, &option)) {
        g->close = g->close || http_text_is(&option, "close");
        g->keep = g->keep || http_text_is(&option, "keep-alive");
    }
    return NULL;
}

/* A field that can stand there once: again only with the same value. */
static const char *take_once(struct http_text *place, const struct http_text *value)
{
    if (place->data && !same_text(place, value))
        return "it has a field twice that can stand there once";
    *place = *value;
    return NULL;
}

static const char *take_etag(struct http_response *r, struct gathered *g, struct http_text value)
{
    (void)g;
    return take_once(&r->etag, &value);
}

static const char *take_last_modified(struct http_response *r, struct gathered *g, struct http_text value)
{
    (void)g;
    return take_once(&r->last_modified, &value);
}

static const char *take_date(struct http_response *r, struct gathered *g, struct http_text value)
{
    (void)g;
    return take_once(&r->date, &value);
}

static const char *take_location(struct http_response *r, struct gathered *g, struct http_text value)
{
    (void)g;
    return take_once(&r->location, &value);
}

static const char *take_content_range(struct http_response *r, struct gathered *g, struct http_text value)
{
    (void)r;
    return take_once(&g->content_range, &value);
}

static const char *take_retry_after(struct http_response *r, struct gathered *g, struct http_text value)
{
    (void)r;
    return take_once(&g->retry_after, &value);
}

/* field-name ":" OWS field-value OWS (RFC 9112 5), from p to end. */
static const char *parse_field(struct http_response *r, struct gathered *g, const char *p, const char *end)
{
    static const struct {
        const char *name;
        const char *(*take)(struct http_response *, struct gathered *, struct http_text);
    } known[] = {{"connection", take_connection},
                 {"content-encoding", take_content_encoding},
                 {"content-length", take_content_length},
                 {"content-range", take_content_range},
                 {"date", take_date},
                 {"etag", take_etag},
                 {"last-modified", take_last_modified},
                 {"location", take_location},
                 {"retry-after", take_retry_after},
                 {"transfer-encoding", take_transfer_encoding}};
    const char *const colon = memchr(p, ':', (size_t)(end - p));

    if (!colon || colon == p)
        return "it has a line that is no field";
    /* No space before the colon either: two readers may take it in two ways. */
    if (!http_all_may_stand(p, colon, HTTP_IN_TOKEN))
        return "it has a field with a malformed name";
    if (!http_all_may_stand(colon + 1, end, HTTP_IN_VALUE))
        return "it has a control character in a field";

    const struct http_text name = {p, (size_t)(colon - p)};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (http_text_is(&name, known[i].name))
            return known[i].take(r, g, http_trimmed(colon + 1, end));
    return NULL;
}

/* ---- What the fields say together ---- */

/* bytes FIRST-LAST/TOTAL, or * for TOTAL. What is no such thing is as if it were not there. */
static void judge_part(struct http_response *r, const struct http_text *value)
{
    struct http_part part = {.given = true};
    const char *p, *end, *dash, *slash;

    if (value->size < 6 || memcmp(value->data, "bytes ", 6) != 0)
        return;
    p = value->data;
    end = p + value->size;
    p += 6;
    dash = memchr(p, '-', (size_t)(end - p));
    slash = memchr(p, '/', (size_t)(end - p));
    if (!dash || !slash || slash < dash || !parse_number(p, dash, &part.first) ||
        !parse_number(dash + 1, slash, &part.last) || part.first > part.last)
        return;
    part.total_known = !(end - slash == 2 && slash[1] == '*');
    if (part.total_known && (!parse_number(slash + 1, end, &part.total) || part.total <= part.last))
        return;
    r->part = part;
}

/* RFC 9112 6.3 */
static const char *judge_body(struct http_response *r, const struct gathered *g)
{
    if (g->encoded && g->length) /* the RFC lets the encoding win, and calls it an attack */
        return "it has both Content-Length and Transfer-Encoding";
    if (g->encoded && r->minor == 0)
        return "it has Transfer-Encoding in HTTP/1.0";
    if (r->status < 200 || r->status == 204 || r->status == 304)
        r->body = HTTP_BODY_NONE;
    else if (g->encoded)
        r->body = g->chunked ? HTTP_BODY_CHUNKED : HTTP_BODY_CLOSE;
    else
        r->body = g->length ? HTTP_BODY_LENGTH : HTTP_BODY_CLOSE;
    r->keep_alive = !g->close && (r->minor >= 1 || g->keep) && r->body != HTTP_BODY_CLOSE;
    return NULL;
}

/* A tag of the strong kind: one that begins with W/ does not promise equal bytes (RFC 9110 8.8.1). */
static void judge_tag(struct http_response *r)
{
    if (r->etag.size < 2 || r->etag.data[0] != '"' || r->etag.data[r->etag.size - 1] != '"')
        r->etag = (struct http_text){NULL, 0};
}

/* Joins lines that begin with a space to the one before. False: there is none before. */
static bool unfold(char *data, size_t size)
{
    for (size_t i = 0, lines = 0; i + 1 < size; i++) {
        if (data[i] != '\n')
            continue;
        if (http_is_space(data[i + 1])) {
            if (lines == 0)
                return false; /* what follows the status line can be taken in two ways */
            data[i] = ' ';
            if (data[i - 1] == '\r')
                data[i - 1] = ' ';
        }
        lines++;
    }
    return true;
}

const char *http_response_parse(struct http_response *r, char *data, size_t size)
{
    const char *const end = data + size;
    struct gathered g = {0};
    const char *why = NULL;
    unsigned lines = 0;

    *r = (struct http_response){.minor = 1};
    if (!unfold(data, size))
        return "its status line is followed by a space";
    /* http_response_scan() has seen that each line ends with LF, and that the last is empty. */
    for (const char *p = data; p < end && !why; lines++) {
        const char *const newline = memchr(p, '\n', (size_t)(end - p));
        const char *const stop = newline > p && newline[-1] == '\r' ? newline - 1 : newline;

        if (lines == 0)
            why = parse_status_line(r, p, stop);
        else if (lines > HTTP_RESPONSE_FIELDS_MOST && stop > p)
            why = "it has too many fields";
        else if (stop > p)
            why = parse_field(r, &g, p, stop);
        p = newline + 1;
    }
    if (why)
        return why;
    judge_tag(r);
    judge_part(r, &g.content_range);
    if (!g.retry_after.data ||
        !parse_number(g.retry_after.data, g.retry_after.data + g.retry_after.size, &r->retry_after))
        r->retry_after = 0;
    return judge_body(r, &g);
}
