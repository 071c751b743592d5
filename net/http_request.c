/* http_request.c: see http_request.h. One function a rule of the grammar. */
#include "net/http_request.h"

#include <string.h>

/* ---- the end of the head ---- */

unsigned http_head_scan(struct http_scan *scan, const char *data, size_t size)
{
    if (size == 0)
        return HTTP_MORE;
    /* Something else than HTTP, such as TLS, is told so at once: it may never send a line end. */
    if (!http_may_stand(data[0], HTTP_IN_TOKEN) && data[0] != '\r')
        return 400;
    for (;;) {
        const size_t left = size - scan->seen;
        const char *const newline = left ? memchr(data + scan->seen, '\n', left) : NULL;
        const size_t end = newline ? (size_t)(newline - data) : size;

        if (scan->line == scan->start && end - scan->line > HTTP_LINE_LONGEST)
            return 414;
        if (end - scan->start >= (scan->most ? scan->most : HTTP_HEAD_LONGEST))
            return 431;
        scan->seen = newline ? end + 1 : end;
        if (!newline)
            return HTTP_MORE;
        if (end == scan->line || data[end - 1] != '\r')
            return 400;

        const bool empty = end - 1 == scan->line;

        scan->line = scan->seen;
        if (empty && scan->start == 0 && end == 1) {
            scan->start = scan->seen; /* one empty line before a request is passed over (RFC 9112 2.2) */
        } else if (empty) {
            scan->size = scan->seen - scan->start;
            return scan->start == end - 1 ? 400 : 0;
        }
    }
}

/* ---- the request line ---- */

static unsigned refuse(struct http_request *r, unsigned status, const char *why)
{
    r->why = why;
    return status;
}

static enum http_method method_of(const char *name, size_t size)
{
    static const struct {
        const char *name;
        enum http_method method;
    } methods[] = {{"GET", HTTP_GET},           {"HEAD", HTTP_HEAD},           {"OPTIONS", HTTP_OPTIONS},
                   {"POST", HTTP_NOT_ALLOWED},  {"PUT", HTTP_NOT_ALLOWED},     {"DELETE", HTTP_NOT_ALLOWED},
                   {"TRACE", HTTP_NOT_ALLOWED}, {"CONNECT", HTTP_NOT_ALLOWED}, {"PATCH", HTTP_NOT_ALLOWED}};

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strlen(methods[i].name) == size && memcmp(methods[i].name, name, size) == 0)
            return methods[i].method;
    return HTTP_UNKNOWN;
}

/* uri-host [ ":" port ] (RFC 9110 7.2). An empty one is for the caller to judge. */
static bool is_host(const char *p, const char *end)
{
    if (p < end && *p == '[') {
        const char *const close = memchr(p, ']', (size_t)(end - p));

        if (!close || close == p + 1)
            return false;
        for (p++; p < close; p++)
            if (ascii_hex(*p) < 0 && *p != ':' && *p != '.')
                return false;
        p++;
    } else {
        const char *const colon = memchr(p, ':', (size_t)(end - p));
        const char *const stop = colon ? colon : end;

        if (!http_all_may_stand(p, stop, HTTP_IN_HOST) || (colon && colon == p))
            return false;
        p = stop;
    }
    if (p == end)
        return true;
    if (*p++ != ':' || end - p > 5)
        return false;
    for (; p < end; p++)
        if (!ascii_is_digit(*p))
            return false;
    return true;
}

/* The four forms of a target (RFC 9112 3.2). */
static unsigned parse_target(struct http_request *r, const char *p, const char *end)
{
    const char *question;

    if (p == end || !http_all_may_stand(p, end, HTTP_IN_TARGET))
        return refuse(r, 400, "bad character in the target");
    if (memchr(p, '#', (size_t)(end - p)))
        return refuse(r, 400, "fragment in the target");
    r->path = (struct http_text){p, (size_t)(end - p)};
    if (r->method == HTTP_NOT_ALLOWED || r->method == HTTP_UNKNOWN)
        return 0; /* CONNECT has a form of its own, and an unknown method may; they are refused in any case */
    if (*p == '*' && end - p == 1)
        return r->method == HTTP_OPTIONS ? 0 : refuse(r, 400, "target * without OPTIONS");
    if (*p != '/') {
        static const char *const schemes[] = {"http://", "https://"};
        const char *authority = NULL, *slash;

        for (size_t i = 0; i < 2 && !authority; i++) {
            const size_t size = strlen(schemes[i]);
            const struct http_text scheme = {p, (size_t)(end - p) < size ? (size_t)(end - p) : size};

            if (http_text_is(&scheme, schemes[i]))
                authority = p + size;
        }
        if (!authority)
            return refuse(r, 400, "target is neither a path nor an http URL");
        for (slash = authority; slash < end && *slash != '/' && *slash != '?'; slash++)
            ;
        if (slash == authority || !is_host(authority, slash))
            return refuse(r, 400, "bad host in the target");
        r->host = (struct http_text){authority, (size_t)(slash - authority)};
        p = slash;
    }
    question = memchr(p, '?', (size_t)(end - p));
    r->path = (struct http_text){p, (size_t)((question ? question : end) - p)};
    if (question)
        r->query = (struct http_text){question + 1, (size_t)(end - question - 1)};
    if (r->path.size == 0)
        r->path = (struct http_text){"/", 1}; /* http://host and http://host?query */
    return 0;
}

/* method SP target SP HTTP-version (RFC 9112 3), from p to end. */
static unsigned parse_line(struct http_request *r, const char *p, const char *end)
{
    const char *const first = memchr(p, ' ', (size_t)(end - p));
    const char *const second = first ? memchr(first + 1, ' ', (size_t)(end - first - 1)) : NULL;
    const char *version;

    r->line = (struct http_text){p, (size_t)(end - p)};
    if (!second || first == p || !http_all_may_stand(p, first, HTTP_IN_TOKEN))
        return refuse(r, 400, "bad request line");
    r->method = method_of(p, (size_t)(first - p));
    version = second + 1;
    if (end - version != 8 || memcmp(version, "HTTP/", 5) != 0 || !ascii_is_digit(version[5]) || version[6] != '.' ||
        !ascii_is_digit(version[7]))
        return refuse(r, 400, "bad HTTP version");
    if (version[5] != '1')
        return refuse(r, 505, "HTTP version");
    r->minor = version[7] == '0' ? 0 : 1;
    return parse_target(r, first + 1, second);
}

/* ---- fields ---- */

static bool known_field(const char *name, size_t size, enum http_field *kind)
{
    static const char *const names[HTTP_FIELD_KINDS] = {
        [HTTP_ACCEPT_ENCODING] = "accept-encoding",
        [HTTP_CONNECTION] = "connection",
        [HTTP_CONTENT_LENGTH] = "content-length",
        [HTTP_EXPECT] = "expect",
        [HTTP_HOST] = "host",
        [HTTP_IF_MATCH] = "if-match",
        [HTTP_IF_MODIFIED_SINCE] = "if-modified-since",
        [HTTP_IF_NONE_MATCH] = "if-none-match",
        [HTTP_IF_RANGE] = "if-range",
        [HTTP_IF_UNMODIFIED_SINCE] = "if-unmodified-since",
        [HTTP_RANGE] = "range",
        [HTTP_REFERER] = "referer",
        [HTTP_TE] = "te",
        [HTTP_TRANSFER_ENCODING] = "transfer-encoding",
        [HTTP_USER_AGENT] = "user-agent"};
    const struct http_text text = {name, size};

    for (int i = 0; i < HTTP_FIELD_KINDS; i++)
        if (http_text_is(&text, names[i])) {
            *kind = (enum http_field)i;
            return true;
        }
    return false;
}

/* field-name ":" OWS field-value OWS (RFC 9112 5), from p to end. */
static unsigned parse_field(struct http_request *r, const char *p, const char *end)
{
    const char *const colon = memchr(p, ':', (size_t)(end - p));
    struct http_text value;
    enum http_field kind;

    /* A line that begins with a space would once have continued the one before (obs-fold, RFC 9112 5.2). */
    if (http_is_space(*p))
        return refuse(r, 400, "folded field");
    /* No space before the colon either (RFC 9112 5.1). */
    if (!colon || colon == p || !http_all_may_stand(p, colon, HTTP_IN_TOKEN))
        return refuse(r, 400, "bad field name");
    value = http_trimmed(colon + 1, end);
    if (!http_all_may_stand(value.data, value.data + value.size, HTTP_IN_VALUE))
        return refuse(r, 400, "bad character in a field");
    if (!known_field(p, (size_t)(colon - p), &kind))
        return 0;
    r->fields[r->field_count].kind = kind;
    r->fields[r->field_count].value = value;
    r->field_count++;
    return 0;
}

bool http_request_field(const struct http_request *request, enum http_field kind, unsigned *from,
                        struct http_text *value)
{
    for (unsigned i = *from; i < request->field_count; i++)
        if (request->fields[i].kind == kind) {
            *value = request->fields[i].value;
            *from = i + 1;
            return true;
        }
    return false;
}

/* ---- what the fields say together ---- */

static unsigned judge_host(struct http_request *r)
{
    struct http_text host, other;
    unsigned from = 0;

    if (!http_request_field(r, HTTP_HOST, &from, &host))
        return r->minor == 0 ? 0 : refuse(r, 400, "no Host");
    if (http_request_field(r, HTTP_HOST, &from, &other))
        return refuse(r, 400, "several Host fields");
    if (!is_host(host.data, host.data + host.size))
        return refuse(r, 400, "bad Host");
    if (!r->host.data) /* a target that names a host counts more (RFC 9112 3.2.2) */
        r->host = host;
    return 0;
}

static unsigned judge_transfer_encoding(struct http_request *r, struct http_text value)
{
    struct http_text coding;
    unsigned from = 0, codings = 0, chunked = 0;
    bool last = false;

    while (http_request_field(r, HTTP_TRANSFER_ENCODING, &from, &value))
        while (http_list_next(&value, &coding)) {
            last = http_text_is(&coding, "chunked");
            chunked += last;
            codings++;
        }
    if (!last || chunked != 1) /* RFC 9112 6.3: where the body ends is not known */
        return refuse(r, 400, "Transfer-Encoding does not end with chunked");
    if (codings != 1)
        return refuse(r, 501, "transfer coding not understood");
    if (r->minor == 0)
        return refuse(r, 400, "Transfer-Encoding in HTTP/1.0");
    r->body = HTTP_BODY_CHUNKED;
    return 0;
}

static unsigned judge_content_length(struct http_request *r, const struct http_text *value)
{
    if (value->size == 0)
        return refuse(r, 400, "bad Content-Length");
    for (size_t i = 0; i < value->size; i++) /* a list of equal numbers is no number either */
        if (!ascii_is_digit(value->data[i]))
            return refuse(r, 400, "bad Content-Length");
    for (size_t i = 0; i < value->size; i++) {
        const unsigned digit = (unsigned)(value->data[i] - '0');

        if (r->body_size > (UINT64_MAX - digit) / 10)
            return refuse(r, 413, "Content-Length too large");
        r->body_size = r->body_size * 10 + digit;
    }
    if (r->body_size > 0)
        r->body = HTTP_BODY_LENGTH;
    return 0;
}

/* RFC 9112 6.3. Whoever frames a body twice is not answered as if it were clear where the next request begins. */
static unsigned judge_body(struct http_request *r)
{
    struct http_text length, encoding, other;
    unsigned from = 0, from_encoding = 0;
    const bool has_length = http_request_field(r, HTTP_CONTENT_LENGTH, &from, &length);
    const bool has_encoding = http_request_field(r, HTTP_TRANSFER_ENCODING, &from_encoding, &encoding);

    if (has_length && http_request_field(r, HTTP_CONTENT_LENGTH, &from, &other))
        return refuse(r, 400, "several Content-Length fields");
    if (has_length && has_encoding)
        return refuse(r, 400, "both Content-Length and Transfer-Encoding");
    if (has_encoding)
        return judge_transfer_encoding(r, encoding);
    return has_length ? judge_content_length(r, &length) : 0;
}

static void judge_connection(struct http_request *r)
{
    struct http_text value, option;
    unsigned from = 0;
    bool close = false, keep = false;

    while (http_request_field(r, HTTP_CONNECTION, &from, &value))
        while (http_list_next(&value, &option)) {
            close = close || http_text_is(&option, "close");
            keep = keep || http_text_is(&option, "keep-alive");
            r->te_named = r->te_named || http_text_is(&option, "te");
        }
    r->keep_alive = !close && (r->minor >= 1 || keep);
}

static unsigned judge_expect(struct http_request *r)
{
    struct http_text value, expectation;
    unsigned from = 0;

    while (http_request_field(r, HTTP_EXPECT, &from, &value))
        while (http_list_next(&value, &expectation)) {
            if (!http_text_is(&expectation, "100-continue"))
                return refuse(r, 417, "Expect not understood");
            r->expects_continue = r->minor >= 1; /* to be ignored in HTTP/1.0 */
        }
    return 0;
}

unsigned http_request_parse(struct http_request *r, const char *data, size_t size)
{
    const char *const end = data + size;
    unsigned lines = 0, status = 0;

    *r = (struct http_request){.method = HTTP_UNKNOWN, .minor = 1};
    /* http_head_scan() has seen that each line ends with CR LF, and that the last is empty. */
    for (const char *p = data; p < end && status == 0; lines++) {
        const char *const newline = memchr(p, '\n', (size_t)(end - p));
        const char *const stop = newline - 1;

        if (lines == 0)
            status = parse_line(r, p, stop);
        else if (lines > HTTP_FIELDS_MOST && stop > p)
            status = refuse(r, 431, "too many fields");
        else if (stop > p)
            status = parse_field(r, p, stop);
        p = newline + 1;
    }
    if (status == 0)
        status = judge_host(r);
    if (status == 0)
        status = judge_body(r);
    if (status == 0)
        status = judge_expect(r);
    if (status == 0)
        judge_connection(r);
    return status;
}
