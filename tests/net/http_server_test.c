/*
 * http_server: each request has its answer, however it is cut, and the next one begins where it must; what is too long,
 * what is no request, many at once, and what a client of HTTP/1.0 understands.
 */
#include "net/http_server.h"

#include "tests/support/check.h"
#include "tests/support/http_site.h"
#include "tests/support/loopback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- requests and what is said to them ---- */

/*
 * Each is followed by a second request on the same connection, which must be answered where the end of the first is
 * certain, and must not be where it is not: else the second could have been smuggled in.
 */
static const struct {
    const char *request;
    const char *statuses; /* of all responses */
    const char *says;     /* in the head of the first; NULL: nothing in particular */
} rows[] = {
    /* ---- methods and targets ---- */
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"HEAD /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"OPTIONS /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "204 200", "Allow: GET, HEAD, OPTIONS"},
    {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "204 200", "Allow: GET, HEAD, OPTIONS"},
    {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", "400", "Connection: close"},
    {"POST /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "405 200", "Allow: GET, HEAD, OPTIONS"},
    {"DELETE /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "405 200", "Allow: GET, HEAD, OPTIONS"},
    {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "405 200", "Allow: GET, HEAD, OPTIONS"},
    {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "405 200", "Allow: GET, HEAD, OPTIONS"},
    {"BREW /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "501 200", "Content-Type: text/html"},
    {"get /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "501 200", NULL},
    {"GET http://a/lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET https://a:443/lorem.txt?x=y HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "400", "Connection: close"},
    {"GET ftp://a/lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt?query HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET /%6Corem%2etxt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET /lorem%2 HTTP/1.1\r\nHost: a\r\n\r\n", "400 200", NULL},
    {"GET /lorem.txt%00 HTTP/1.1\r\nHost: a\r\n\r\n", "400 200", NULL},
    {"GET /folder%2finner.txt HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /lorem.txt#top HTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET /absent HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", "Content-Type: text/html"},
    {"GET /lorem.txt/ HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET //lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /folder//inner.txt HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /../secret HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /%2e%2e/secret HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /folder/../lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /.hidden HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /.git/config HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /.git/ HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /outside HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /fifo HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /folder HTTP/1.1\r\nHost: a\r\n\r\n", "301 200", "Location: /folder/\r\n"},
    {"GET /folder?sort=size HTTP/1.1\r\nHost: a\r\n\r\n", "301 200", "Location: /folder/?sort=size\r\n"},
    {"GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 5"},
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Type: text/html; charset=utf-8"},
    {"GET /site/ HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 12"},

    /* ---- versions and connections ---- */
    {"GET /lorem.txt HTTP/1.0\r\n\r\n", "200", "Connection: close"},
    {"GET /lorem.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "200 200", "Connection: keep-alive"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200", "Connection: close"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n", "200", "Connection: close"},
    {"GET /lorem.txt HTTP/1.9\r\nHost: a\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/2.0\r\nHost: a\r\n\r\n", "505", "Connection: close"},
    {"GET /lorem.txt HTTP/0.9\r\nHost: a\r\n\r\n", "505", NULL},
    {"GET /lorem.txt\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt http/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET  /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt  HTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET\t/lorem.txt\tHTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {" GET /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"\r\nGET /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", NULL},
    {"\026\003\001\002\r\n\r\n", "400", NULL},

    /* ---- Host and the form of fields ---- */
    {"GET /lorem.txt HTTP/1.1\r\n\r\n", "400", "Connection: close"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a b\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a/b\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost:\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost : a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\n Host: a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\nHost: a\n\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nX: \001\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nX(: b\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nExpect: miracle\r\n\r\n", "417", NULL},

    /* ---- bodies, and the forms by which requests are smuggled ---- */
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "200 200", NULL},
    {"POST /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "405 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", "413", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", "413", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
     "", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n000\r\nT: v\r\n"
     "\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
     "", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \013chunked\r\n\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", "413", NULL},

    /* ---- codings ---- */
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", "200 200", "Content-Encoding: gzip"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: x-gzip\r\n\r\n", "200 200", "Content-Encoding: gzip"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip;q=0.5, deflate\r\n\r\n"
     "", "200 200", "Content-Encoding: deflate"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: *\r\n\r\n", "200 200", "Content-Encoding: gzip"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: identity, gzip;q=0.1\r\n\r\n"
     "", "200 200", "Content-Length: 59000"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n", "200 200", "Content-Length: 59000"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br, identity;q=0\r\n\r\n"
     "", "406 200", "Vary: Accept-Encoding"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: *;q=0\r\n\r\n", "406 200", NULL},
    {"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: *;q=0\r\n\r\n", "406 200", NULL},
    {"GET /noise HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", "200 200", "Content-Length: 100000"},
    {"GET /noise HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, identity;q=0\r\n\r\n"
     "", "200 200", "Content-Encoding: gzip"},
    {"GET /text.jpg HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", "200 200", "Content-Type: image/jpeg"},
    {"GET /empty HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", "200 200", "Content-Length: 0"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nTE: gzip\r\nConnection: TE\r\n\r\n"
     "", "200 200", "Transfer-Encoding: gzip, chunked"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nTE: deflate, trailers\r\nConnection: TE\r\n\r\n"
     "", "200 200", "Transfer-Encoding: deflate, chunked"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nTE: gzip\r\n\r\n", "200 200", "Content-Length: 59000"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nTE: gzip;q=0\r\nConnection: TE\r\n\r\n"
     "", "200 200", "Content-Length: 59000"},
    {"GET /text.html HTTP/1.0\r\nTE: gzip\r\nConnection: TE\r\n\r\n", "200", "Content-Length: 59000"},

    /* ---- ranges ---- */
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\n\r\n", "206 200", "Content-Range: bytes 0-0/335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=300-\r\n\r\n", "206 200", "Content-Range: bytes 300-334/335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=-5\r\n\r\n", "206 200", "Content-Range: bytes 330-334/335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=-999\r\n\r\n", "206 200", "Content-Range: bytes 0-334/335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=335-\r\n\r\n", "416 200", "Content-Range: bytes */335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=-0\r\n\r\n", "416 200", "Content-Range: bytes */335"},
    {"GET /empty HTTP/1.1\r\nHost: a\r\nRange: bytes=0-\r\n\r\n", "416 200", "Content-Range: bytes */0"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=5-1\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: lines=1-2\r\n\r\n", "200 200", "Content-Length: 335"},
    {"HEAD /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9,5-20,21-30\r\n\r\n"
     "", "206 200", "Content-Range: bytes 0-30/335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1,10-11\r\n\r\n"
     "", "206 200", "Content-Type: multipart/byteranges; boundary="},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nIf-Range: \"x\"\r\n\r\n"
     "", "200 200", "Content-Length: 335"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip\r\n\r\n"
     "", "206 200", "Content-Range: bytes 0-1/59000"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip, identity;q=0\r\n\r\n"
     "", "200 200", "Content-Encoding: gzip"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nRange: bytes=9-\r\nTE: gzip\r\nConnection: TE\r\n\r\n"
     "", "206 200", "Transfer-Encoding: gzip, chunked"},

    /* ---- conditions ---- */
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n", "304 200", "ETag: "},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\"\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\n\r\n", "412 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Match: *\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT\r\n\r\n"
     "", "304 200", "Last-Modified: "},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"
     "", "412 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\"\r\n"
     "If-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\nRange: bytes=999-\r\n\r\n", "412 200", NULL},
};

/* All that is said to a row's request, checked. */
static void check_row(size_t i, size_t piece)
{
    static const char second[] = "GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    char request[4096], statuses[64] = "";
    const int size = snprintf(request, sizeof request, "%s%s", rows[i].request, second);
    struct http_reading reading;
    struct http_got got;
    unsigned char *const data = site_converse(request, (size_t)size, piece, &reading);
    bool first = true;

    check_context("in pieces of %zu: %s", piece, rows[i].request);
    while (http_got_next(&reading, first && strncmp(request, "HEAD ", 5) == 0, &got)) {
        snprintf(statuses + strlen(statuses), sizeof statuses - strlen(statuses), first ? "%u" : " %u", got.status);
        CHECK(got.whole);
        if (got.head) {
            char *const head = strndup(got.head, got.head_size);

            CHECK(http_got_field(&got, "Date") && http_got_field(&got, "Server"));
            CHECK_EQ(strcmp(head + got.head_size - 4, "\r\n\r\n"), 0);
            if (first && rows[i].says && !CHECK(strstr(head, rows[i].says) != NULL))
                printf("    not '%s' in: %s", rows[i].says, head);
            free(head);
        }
        if (!first && got.status == 200)
            CHECK_BYTES(got.content, got.content_size, "inner", 5);
        first = false;
        free(got.content);
    }
    if (!CHECK(strcmp(statuses, rows[i].statuses) == 0))
        printf("    it said %s, not %s\n", statuses, rows[i].statuses);
    free(data);
}

static void each_request_has_its_answer_however_it_is_cut(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row(i, 4096);
        check_row(i, 1);
        check_row(i, 17 + i % 13);
    }
}

/*
 * Requests with bytes changed, left out and doubled: whatever they are, there is an end, and the next client is served.
 */
static void mutated_requests(void)
{
    uint64_t seed = 1;
    struct http_got got;

    for (int i = 0; i < 1500; i++) {
        char request[8192];
        struct http_reading reading;
        size_t size = (size_t)snprintf(request, sizeof request, "%s",
                                       rows[check_random(&seed) % (sizeof rows / sizeof *rows)].request);

        for (uint64_t k = check_random(&seed) % 4 + 1; k-- > 0;) {
            const size_t at = (size_t)(check_random(&seed) % size);
            static const char likely[] = "\r\n: ,;=-0\t\"*%/";

            switch (check_random(&seed) % 4) {
            case 0:
                request[at] = (char)(check_random(&seed) >> 50);
                break;
            case 1:
                request[at] = likely[check_random(&seed) % (sizeof likely - 1)];
                break;
            case 2:
                memmove(request + at, request + at + 1, size - at - 1);
                size -= size > 1;
                break;
            default:
                memmove(request + size, request + at, size - at);
                size += size - at;
                break;
            }
            if (size > sizeof request / 2)
                size = sizeof request / 2;
        }
        unsigned char *const data = site_converse(request, size, i % 3 == 0 ? 5 : size, &reading);

        check_context("mutation %d", i);
        while (http_got_next(&reading, false, &got)) {
            free(got.content);
            if (got.status == 0 || !got.whole)
                break; /* an answer to what has become a HEAD cannot be told apart here */
        }
        free(data);
    }
    unsigned char *const data = site_ask("GET /lorem.txt", "", &got);

    CHECK_BYTES(got.content, got.content_size, site.lorem.data, site.lorem.size);
    site_done(data, &got);
}

static void too_long_is_told(void)
{
    static char request[40000];
    struct http_reading reading;
    struct http_got got;
    unsigned char *data;
    static const struct {
        size_t path, field;
        unsigned status;
    } cases[] = {{7900, 0, 414}, /* the line may be so long, but no file's name */
                 {9000, 0, 414}, {10, 9000, 200}, {10, 17000, 431}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *p = request + sprintf(request, "GET /lorem.txt");

        if (cases[i].path > 10) {
            memset(p, 'x', cases[i].path);
            p += cases[i].path;
        }
        p += sprintf(p, " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ");
        memset(p, 'y', cases[i].field);
        p += cases[i].field;
        p += sprintf(p, "\r\n\r\n");
        check_context("path of %zu, field of %zu bytes", cases[i].path, cases[i].field);
        data = site_converse(request, (size_t)(p - request), 40000, &reading);
        CHECK(http_got_next(&reading, false, &got));
        CHECK_EQ(got.status, cases[i].status);
        site_done(data, &got);
    }
    char *p = request + sprintf(request, "GET / HTTP/1.1\r\nHost: a\r\n");

    for (int i = 0; i < 200; i++)
        p += sprintf(p, "X: y\r\n");
    p += sprintf(p, "\r\n");
    check_context("many fields");
    data = site_converse(request, (size_t)(p - request), 40000, &reading);
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 431);
    site_done(data, &got);
}

/* A hundred requests at once: answered in their order, each with its own content. */
static void pipelining(void)
{
    static const size_t pieces[] = {100000, 1000, 7, 1};
    static char request[20000];
    struct http_reading reading;
    struct http_got got;
    size_t size = 0;

    for (int i = 0; i < 100; i++)
        size += (size_t)snprintf(request + size, sizeof request - size, "GET /%s HTTP/1.1\r\nHost: a\r\n%s\r\n",
                                 i % 3 == 0 ? "lorem.txt" : i % 3 == 1 ? "folder/inner.txt" : "text.html",
                                 i % 4 == 0 ? "Accept-Encoding: gzip\r\n" : "");
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        unsigned char *const data = site_converse(request, size, pieces[k], &reading);
        int i = 0;

        check_context("pipelining, pieces of %zu", pieces[k]);
        for (; http_got_next(&reading, false, &got); i++) {
            const struct site_file inner = {"", (unsigned char *)"inner", 5};
            const struct site_file *const want = i % 3 == 0 ? &site.lorem : i % 3 == 1 ? &inner : &site.text;

            CHECK(got.status == 200 && got.whole);
            site_decoded_is(&got, i % 4 == 0 && i % 3 != 1 ? "gzip" : NULL, want->data, want->size);
            free(got.content);
        }
        CHECK_EQ(i, 100);
        free(data);
    }
}

static void expectations(void)
{
    static const char get[] = "GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                              "Content-Length: 3\r\nConnection: close\r\n\r\n";
    static const char post[] = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    char text_of[sizeof go_on];
    unsigned char *data;
    struct http_reading reading;
    struct http_got got;
    size_t size;
    int fd = site_dial();

    check_context("Expect");
    loopback_send(fd, get, sizeof get - 1);
    CHECK_EQ(loopback_read(fd, text_of, sizeof go_on - 1, &size), LOOPBACK_MORE);
    CHECK_BYTES(text_of, size, go_on, sizeof go_on - 1);
    loopback_send(fd, "abc", 3);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 200);
    CHECK_BYTES(got.content, got.content_size, "inner", 5);
    site_done(data, &got);

    /* Where the body is of no use, that is told at once, and the connection ends. */
    fd = site_dial();
    loopback_send(fd, post, sizeof post - 1);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 405);
    CHECK(site_field_is(&got, "Connection", "close"));
    site_done(data, &got);
}

/* A client of HTTP/1.0 knows no chunks: the end of the connection is the end of what has no size. */
static void http_1_0(void)
{
    static const char small[] = "GET /lorem.txt HTTP/1.0\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n";
    static const char big[] = "GET /large.txt HTTP/1.0\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n";
    char both[400];
    struct http_reading reading;
    struct http_got got;
    unsigned char *data;

    check_context("HTTP/1.0");
    snprintf(both, sizeof both, "%s%s%s", small, big, small); /* the last is lost with the connection */
    data = site_converse(both, strlen(both), sizeof both, &reading);
    CHECK(http_got_next(&reading, false, &got));
    CHECK(got.sized && site_field_is(&got, "Connection", "keep-alive"));
    site_decoded_is(&got, "gzip", site.lorem.data, site.lorem.size);
    free(got.content);
    CHECK(http_got_next(&reading, false, &got));
    CHECK(!got.sized && !got.chunked && site_field_is(&got, "Connection", "close") &&
          site_field_is(&got, "Transfer-Encoding", NULL));
    site_decoded_is(&got, "gzip", site.large.data, site.large.size);
    site_done(data, &got);
}

int main(void)
{
    site_make();
    site_serve(serving_options());
    each_request_has_its_answer_however_it_is_cut();
    mutated_requests();
    too_long_is_told();
    pipelining();
    expectations();
    http_1_0();
    site_end();
    site_remove();
    return check_report("net/http_server");
}
