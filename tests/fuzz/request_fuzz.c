/*
 * The head of an HTTP request, its body and what its fields mean: whatever comes, and however it is cut, nothing is
 * read beyond it, what is taken from it lies within it, and the answer does not depend on the cut.
 *
 * input: the size of pieces, the size of a file; then what a client sends.
 */
#include "net/http_body.h"
#include "net/http_coding.h"
#include "net/http_condition.h"
#include "net/http_range.h"
#include "net/http_request.h"
#include "net/http_target.h"
#include "net/root.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

const char *const fuzz_words[] = {
    "GET ", "HEAD ", "OPTIONS ", "POST ", "DELETE ", " HTTP/1.1\r\n", " HTTP/1.0\r\n", " HTTP/0.9\r\n", "\r\n",
    "\r\n\r\n",
    "\n", "\r", "\t", " ", "Host: a\r\n", "Host:", "Content-Length: ", "Content-Length: 18446744073709551616\r\n",
    "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding : chunked\r\n",
    "Connection: close\r\n", "Connection: keep-alive, TE\r\n", "TE: gzip;q=0.5, trailers\r\n",
    "Expect: 100-continue\r\n",
    "Range: bytes=0-0,-1,5-\r\n", "If-Range: \"x\"\r\n", "If-None-Match: W/\"x\", *\r\n", "If-Match: \"a\"\r\n",
    "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "If-Unmodified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n",
    "Accept-Encoding: gzip;q=1.0, identity;q=0, *;q=0.001\r\n", "http://a/", "/../", "%2e%2e/", "%2f", "%00", "*",
    "?", "#",
    "5\r\nhello\r\n", "0\r\n\r\n", "ffffffffffffffff\r\n", ";a=\"b\"\r\n", "Trailer: x\r\n", "\"", ",", ";", "=", NULL,
};

static void must_be_within(const struct http_text *t, const char *data, size_t size)
{
    MUST(!t->data || (t->data >= data && t->size <= size && t->data + t->size <= data + size));
}

/* Looks for the end of the head, `piece` more bytes each time. */
static unsigned scan(const char *data, size_t size, size_t piece, struct http_scan *s)
{
    unsigned result = HTTP_MORE;

    *s = (struct http_scan){0};
    for (size_t n = piece; result == HTTP_MORE; n += piece) {
        result = http_head_scan(s, data, n < size ? n : size);
        if (n >= size)
            break;
    }
    return result;
}

/* Passes over a body; gives the result, and how many bytes belonged to it. */
static unsigned skip(const struct http_request *request, const char *data, size_t size, size_t piece, size_t *taken)
{
    struct http_body body = {0};
    unsigned result = HTTP_MORE;

    http_body_begin(&body, request);
    *taken = 0;
    do {
        const size_t n = size - *taken < piece ? size - *taken : piece;
        size_t here = 0;

        result = http_body_skip(&body, data + *taken, n, &here);
        MUST(here <= n);
        *taken += here;
        MUST(result != HTTP_MORE || here == n);
    } while (result == HTTP_MORE && *taken < size);
    return result;
}

static void must_be_a_name(const struct http_text *path)
{
    static char name[HTTP_NAME_ROOM];
    bool folder;
    size_t size;
    const unsigned result = http_target_name(path, name, &size, &folder);

    MUST(result == 0 || result == 400 || result == 404);
    if (result != 0)
        return;
    MUST(size < path->size && !memchr(name, 0, size));
    if (root_judge(name, size) != ROOT_OK)
        return;
    MUST(size > 0 && name[0] != '/' && name[0] != '.' && name[size - 1] != '/');
    for (size_t i = 1; i < size; i++)
        MUST(name[i - 1] != '/' || (name[i] != '.' && name[i] != '/'));
}

static void must_have_right_parts(const struct http_request *request, uint64_t file_size)
{
    struct http_range ranges[HTTP_RANGES_MOST];
    struct http_text value;
    unsigned from = 0, count;

    while (http_request_field(request, HTTP_RANGE, &from, &value)) {
        const enum http_range_verdict verdict = http_range_parse(&value, file_size, ranges, &count);

        MUST(count <= HTTP_RANGES_MOST && (count > 0) == (verdict == HTTP_RANGE_PARTS));
        for (unsigned i = 0; i < count; i++) {
            MUST(ranges[i].first < ranges[i].end && ranges[i].end <= file_size);
            for (unsigned k = 0; k < i; k++)
                MUST(ranges[i].first > ranges[k].end || ranges[k].first > ranges[i].end);
        }
    }
}

static void must_agree(const struct http_request *r, const char *data, size_t size, uint64_t file_size)
{
    const struct http_validators validators = {"\"x\"", 784111777, 1700000000};

    must_be_within(&r->line, data, size);
    if (r->path.size != 1 || r->path.data[0] != '/') /* which stands for the path that a target lacks */
        must_be_within(&r->path, data, size);
    must_be_within(&r->query, data, size);
    must_be_within(&r->host, data, size);
    if (r->method < HTTP_NOT_ALLOWED) /* the target of others is not looked at */
        MUST(r->path.size > 0 && (r->path.data[0] == '/' || (r->path.size == 1 && r->path.data[0] == '*')));
    for (size_t i = 0; i < r->path.size && r->method < HTTP_NOT_ALLOWED; i++)
        MUST((unsigned char)r->path.data[i] > ' ' && r->path.data[i] != 127 && r->path.data[i] != '?');
    MUST(r->field_count <= HTTP_FIELDS_MOST && r->minor <= 1 && r->method <= HTTP_UNKNOWN);
    for (unsigned i = 0; i < r->field_count; i++) {
        struct http_text list = r->fields[i].value, element;

        must_be_within(&r->fields[i].value, data, size);
        for (size_t k = 0; k < list.size; k++)
            MUST(list.data[k] != '\r' && list.data[k] != '\n' && list.data[k] != '\0');
        while (http_list_next(&list, &element)) {
            struct http_text name;
            unsigned weight;

            MUST(element.size > 0);
            must_be_within(&element, data, size);
            if (http_weight(element, &name, &weight))
                MUST(weight <= 1000 && name.size <= element.size);
        }
    }
    if (r->path.size > 0 && r->path.data[0] == '/')
        must_be_a_name(&r->path);
    MUST(http_content_coding(r, true) <= HTTP_NO_CODING && http_content_coding(r, false) <= HTTP_NO_CODING);
    const enum http_coding transfer = http_transfer_coding(r);

    MUST(transfer == HTTP_IDENTITY || (r->te_named && r->minor == 1));
    const unsigned condition = http_condition_judge(r, &validators);

    MUST(condition == 0 || condition == 304 || condition == 412);
    (void)http_condition_range(r, &validators);
    must_have_right_parts(r, file_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct http_request request, other;
    struct fuzz_input in = {data, size};
    const size_t piece = 1 + fuzz_byte(&in) % 64;
    const unsigned file = fuzz_byte(&in);
    const char *const text = (const char *)in.data;
    struct http_scan whole, cut;
    const unsigned result = scan(text, in.size, in.size ? in.size : 1, &whole);

    MUST(scan(text, in.size, piece, &cut) == result);
    if (result != 0)
        return 0;
    MUST(whole.start == cut.start && whole.size == cut.size);
    MUST(whole.start < whole.size && whole.size <= in.size && whole.size - whole.start <= HTTP_HEAD_LONGEST);

    /* In memory of its own, so that a byte before or behind it is seen. */
    const size_t head_size = whole.size - whole.start;
    char *const head = malloc(head_size);

    memcpy(head, text + whole.start, head_size);
    const unsigned refused = http_request_parse(&request, head, head_size);

    MUST(refused == 0 || (refused >= 400 && refused <= 505 && request.why && request.why[0]));
    if (refused == 0) {
        size_t taken, again;

        must_agree(&request, head, head_size, file > 127 ? UINT64_MAX - file : file);
        const unsigned end = skip(&request, text + whole.size, in.size - whole.size, 1 << 20, &taken);

        MUST(skip(&request, text + whole.size, in.size - whole.size, piece, &again) == end);
        MUST(end >= 400 || taken == again);
        /* Parsed again from elsewhere it is the same. */
        MUST(http_request_parse(&other, text + whole.start, head_size) == 0);
        MUST(other.body == request.body && other.body_size == request.body_size &&
             other.keep_alive == request.keep_alive && other.field_count == request.field_count);
    }
    free(head);
    return 0;
}
