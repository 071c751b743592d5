/* http_answer.c: see http_answer.h. */
#include "net/http_answer.h"

#include "net/http_date.h"
#include "net/http_page.h"
#include "sluice.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct head {
    char *out;
    size_t size, room;
};

static void put(struct head *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct head *h, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(h->out + h->size, h->room - h->size, format, args);
    va_end(args);
    /* The room is by design enough; if it were not, the head would be cut, never overrun. */
    if (n > 0)
        h->size = (size_t)n < h->room - h->size ? h->size + (size_t)n : h->room - 1;
}

const char *http_coding_name(enum http_coding coding)
{
    return coding == HTTP_GZIP ? "gzip" : coding == HTTP_DEFLATE ? "deflate" : "identity";
}

static void put_framing(struct head *h, const struct http_answer *a)
{
    if (a->framing == HTTP_SIZED)
        put(h, "Content-Length: %" PRIu64 "\r\n", a->size);
    if (a->framing == HTTP_CHUNKED && a->transfer != HTTP_IDENTITY)
        put(h, "Transfer-Encoding: %s, chunked\r\n", http_coding_name(a->transfer));
    else if (a->framing == HTTP_CHUNKED)
        put(h, "Transfer-Encoding: chunked\r\n");
}

size_t http_answer_write(const struct http_answer *a, unsigned minor, int64_t now, char *out, size_t room)
{
    struct head head = {out, 0, room}, *const h = &head;
    char date[HTTP_DATE_ROOM];

    put(h, "HTTP/1.1 %u %s\r\n", a->status, http_status_name(a->status));
    put(h, "Date: %s\r\nServer: Sluice/" SLUICE_VERSION "\r\n", http_date_format(date, now));
    if (a->boundary)
        put(h, "Content-Type: multipart/byteranges; boundary=%s\r\n", a->boundary);
    else if (a->type)
        put(h, "Content-Type: %s\r\nX-Content-Type-Options: nosniff\r\n", a->type);
    put_framing(h, a);
    if (a->coding != HTTP_IDENTITY)
        put(h, "Content-Encoding: %s\r\n", http_coding_name(a->coding));
    if (a->partial)
        put(h, "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64 "\r\n", a->first, a->end - 1, a->total);
    if (a->unsatisfied)
        put(h, "Content-Range: bytes */%" PRIu64 "\r\n", a->total);
    if (a->etag[0])
        put(h, "ETag: %s\r\n", a->etag);
    if (a->dated) /* a date in the future would be a promise (RFC 9110 8.8.2.1) */
        put(h, "Last-Modified: %s\r\n", http_date_format(date, a->modified < now ? a->modified : now));
    if (a->varies)
        put(h, "Vary: Accept-Encoding\r\n");
    if (a->ranges)
        put(h, "Accept-Ranges: bytes\r\n");
    if (a->no_store)
        put(h, "Cache-Control: no-cache\r\n");
    if (a->allow)
        put(h, "Allow: GET, HEAD, OPTIONS\r\n");
    if (a->retry)
        put(h, "Retry-After: 1\r\n");
    if (a->location)
        put(h, "Location: %s\r\n", a->location);
    if (a->close)
        put(h, "Connection: close\r\n");
    else if (minor == 0)
        put(h, "Connection: keep-alive\r\n");
    put(h, "\r\n");
    return h->size;
}
