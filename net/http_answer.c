/* http_answer.c: see http_answer.h. */
#include "net/http_answer.h"

#include "net/http_date.h"
#include "net/http_page.h"
#include "sluice.h"

#include <string.h>

/* Heads are written for every request: printf() would take a third of the time that is spent outside the kernel. */
struct head {
    char *out;
    size_t size, room;
};

/* The room is by design enough; if it were not, the head would be cut, never overrun. */
static void put_bytes(struct head *h, const char *data, size_t size)
{
    if (size > h->room - h->size)
        size = h->room - h->size;
    memcpy(h->out + h->size, data, size);
    h->size += size;
}

static void put(struct head *h, const char *text)
{
    put_bytes(h, text, strlen(text));
}

static void put_number(struct head *h, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    put_bytes(h, digits + at, sizeof digits - at);
}

static void put_field(struct head *h, const char *name, const char *value)
{
    put(h, name);
    put(h, value);
    put(h, "\r\n");
}

const char *http_coding_name(enum http_coding coding)
{
    return coding == HTTP_GZIP ? "gzip" : coding == HTTP_DEFLATE ? "deflate" : "identity";
}

static void put_framing(struct head *h, const struct http_answer *a)
{
    if (a->framing == HTTP_SIZED) {
        put(h, "Content-Length: ");
        put_number(h, a->size);
        put(h, "\r\n");
    }
    if (a->framing == HTTP_CHUNKED) {
        put(h, "Transfer-Encoding: ");
        if (a->transfer != HTTP_IDENTITY) {
            put(h, http_coding_name(a->transfer));
            put(h, ", ");
        }
        put(h, "chunked\r\n");
    }
}

static void put_range(struct head *h, const struct http_answer *a)
{
    if (!a->partial && !a->unsatisfied)
        return;
    put(h, "Content-Range: bytes ");
    if (a->partial) {
        put_number(h, a->first);
        put(h, "-");
        put_number(h, a->end - 1);
    } else {
        put(h, "*");
    }
    put(h, "/");
    put_number(h, a->total);
    put(h, "\r\n");
}

static void put_connection(struct head *h, const struct http_answer *a, unsigned minor)
{
    if (a->close)
        put(h, "Connection: close\r\n");
    else if (minor == 0)
        put(h, "Connection: keep-alive\r\n");
}

size_t http_answer_write(const struct http_answer *a, unsigned minor, int64_t now, char *out, size_t room)
{
    struct head head = {out, 0, room}, *const h = &head;
    char date[HTTP_DATE_ROOM];

    put(h, "HTTP/1.1 ");
    put_number(h, a->status);
    put(h, " ");
    put(h, http_status_name(a->status));
    put_field(h, "\r\nDate: ", http_date_format(date, now));
    put(h, "Server: Sluice/" SLUICE_VERSION "\r\n");
    if (a->boundary)
        put_field(h, "Content-Type: multipart/byteranges; boundary=", a->boundary);
    else if (a->type)
        put_field(h, "Content-Type: ", a->type);
    if (a->type)
        put(h, "X-Content-Type-Options: nosniff\r\n");
    put_framing(h, a);
    if (a->coding != HTTP_IDENTITY)
        put_field(h, "Content-Encoding: ", http_coding_name(a->coding));
    put_range(h, a);
    if (a->etag[0])
        put_field(h, "ETag: ", a->etag);
    if (a->dated) /* a date in the future would be a promise (RFC 9110 8.8.2.1) */
        put_field(h, "Last-Modified: ", http_date_format(date, a->modified < now ? a->modified : now));
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
        put_field(h, "Location: ", a->location);
    put_connection(h, a, minor);
    put(h, "\r\n");
    return h->size;
}
