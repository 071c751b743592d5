/*
 * The head of an HTTP response, its body and its codings: the same content and the same verdict however it is cut.
 *
 * input: the size of pieces, a second one; then what a server sends.
 */
#include "net/http_body.h"
#include "net/http_decode.h"
#include "net/http_response.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

const char *const fuzz_words[] = {
    "HTTP/1.1 200 OK\r\n", "HTTP/1.0 200 OK\r\n", "HTTP/1.1 206 Partial\r\n", "HTTP/1.1 304 x\r\n",
    "HTTP/1.1 204 x\r\n",
    "HTTP/1.1 100 x\r\n\r\n", "\r\n", "\n", "\r\n\r\n", " ", "\t", "Content-Length: ", "Content-Length: 5, 5\r\n",
    "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Content-Encoding: gzip\r\n",
    "Content-Encoding: deflate\r\n", "Content-Encoding: br\r\n", "Content-Range: bytes 0-4/10\r\n",
    "Content-Range: bytes */10\r\n", "ETag: \"x\"\r\n", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
    "Location: /\r\n", "Retry-After: 1\r\n", "Connection: close\r\n", "Connection: keep-alive\r\n", "0\r\n\r\n",
    "5\r\nhello\r\n", "ffffffffffffffff\r\n", "00000000000000005\r\n", ";x=y", "\x1f\x8b\x08",
    "18446744073709551615", NULL,
};

enum { CONTENT_MAX = 1 << 17, FILE_MAX = 1 << 18 };

/* What a reader has made of a response's body. */
struct outcome {
    unsigned end;                     /* of the body, as http_body_next() */
    size_t taken, content_size;
    uint8_t content[CONTENT_MAX];
    enum http_decode_result decoding; /* HTTP_DECODE_END, _EXTRA, _DEFECT; HTTP_DECODE_MORE: given up before the end */
    sluice_status status;
    size_t file_size;
    uint8_t file[FILE_MAX];
};

static unsigned scan(const char *data, size_t size, size_t piece, struct http_scan *s, const char **why)
{
    unsigned result = HTTP_MORE;

    *s = (struct http_scan){0};
    for (size_t n = piece; result == HTTP_MORE; n += piece) {
        result = http_response_scan(s, data, n < size ? n : size, why);
        if (n >= size)
            break;
    }
    return result;
}

static void read_body(const struct http_response *r, const char *data, size_t size, size_t piece, struct outcome *o)
{
    struct http_body body = {0};

    o->taken = o->content_size = 0;
    http_body_begin_response(&body, r->body, r->length);
    o->end = HTTP_MORE;
    do {
        const size_t n = size - o->taken < piece ? size - o->taken : piece;
        size_t here = 0, content = 0;

        o->end = http_body_next(&body, data + o->taken, n, &here, &content);
        MUST(here <= n && content <= here);
        MUST(here > 0 || n == 0 || o->end != HTTP_MORE);
        o->taken += here;
        if (content > CONTENT_MAX - o->content_size)
            content = CONTENT_MAX - o->content_size;
        memcpy(o->content + o->content_size, data + o->taken - content, content);
        o->content_size += content;
    } while (o->end == HTTP_MORE && o->taken < size);
}

static void decode(const struct http_response *r, size_t piece, struct outcome *o)
{
    struct http_decode d = {0};
    size_t given = 0;
    enum http_decode_result result = HTTP_DECODE_MORE;

    o->file_size = 0;
    o->status = SLUICE_OK;
    o->decoding = HTTP_DECODE_MORE;
    if (!http_decode_begin(&d, r->transfer == HTTP_NO_CODING ? HTTP_IDENTITY : r->transfer,
                           r->content == HTTP_NO_CODING ? HTTP_IDENTITY : r->content))
        return;
    while (given < o->content_size && result == HTTP_DECODE_MORE) {
        const size_t n = o->content_size - given < piece ? o->content_size - given : piece;
        uint8_t *const own = malloc(n);

        memcpy(own, o->content + given, n);
        http_decode_give(&d, own, n);
        given += n;
        do {
            const void *span;
            size_t length = 0;

            result = http_decode_next(&d, &span, &length);
            if (result == HTTP_DECODE_SPAN && length <= FILE_MAX - o->file_size) {
                memcpy(o->file + o->file_size, span, length);
                o->file_size += length;
            } else if (result == HTTP_DECODE_SPAN) {
                free(own);
                http_decode_end(&d);
                return; /* more than we compare */
            }
        } while (result == HTTP_DECODE_SPAN);
        free(own);
    }
    o->decoding = result == HTTP_DECODE_MORE ? http_decode_finish(&d) : result;
    o->status = o->decoding == HTTP_DECODE_DEFECT ? d.status : SLUICE_OK;
    http_decode_end(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct outcome first, second;
    static struct http_response response;
    struct fuzz_input in = {data, size};
    const size_t piece = 1 + fuzz_byte(&in) % 64, other = 1 + fuzz_byte(&in);
    const char *const text = (const char *)in.data;
    const char *why = "", *why_cut = "";
    struct http_scan whole, cut;
    const unsigned result = scan(text, in.size, in.size ? in.size : 1, &whole, &why);

    MUST(scan(text, in.size, piece, &cut, &why_cut) == result);
    MUST(strcmp(why, why_cut) == 0);
    if (result != 0)
        return 0;
    MUST(whole.size == cut.size && whole.size <= in.size && whole.size <= HTTP_RESPONSE_LONGEST);
    char *const head = malloc(whole.size);

    memcpy(head, text, whole.size);
    why = http_response_parse(&response, head, whole.size);
    if (!why) {
        MUST(response.status >= 100 && response.status <= 599 && response.minor <= 1);
        if (response.part.given) {
            MUST(response.part.first <= response.part.last);
            MUST(!response.part.total_known || response.part.last < response.part.total);
        }
        read_body(&response, text + whole.size, in.size - whole.size, 1 << 20, &first);
        read_body(&response, text + whole.size, in.size - whole.size, piece, &second);
        MUST(first.end == second.end && (first.end >= 400 || first.taken == second.taken));
        if (first.end < 400)
            MUST(first.content_size == second.content_size &&
                 memcmp(first.content, second.content, first.content_size) == 0);
        second.content_size = first.content_size;
        memcpy(second.content, first.content, first.content_size);
        decode(&response, 1 << 20, &first);
        decode(&response, other, &second);
        if (first.decoding != HTTP_DECODE_MORE) {
            MUST(first.decoding == second.decoding && first.status == second.status);
            MUST(first.file_size == second.file_size && memcmp(first.file, second.file, first.file_size) == 0);
        }
    }
    free(head);
    return 0;
}
