/*
 * http_coding: what a client wants is what it gets.
 */
#include "net/http_coding.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

static struct http_request request;

static void read_request(const char *fields)
{
    static char head[1024];
    struct http_scan scan = {0};

    check_context("%s", fields);
    snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: h\r\n%s\r\n", fields);
    CHECK_EQ(http_head_scan(&scan, head, strlen(head)), 0);
    CHECK_EQ(http_request_parse(&request, head, scan.size), 0);
}

static void content(const char *fields, enum http_coding want)
{
    read_request(fields);
    CHECK_EQ(http_content_coding(&request, true), want);
}

static void content_of_what_is_compressed(const char *fields, enum http_coding want)
{
    read_request(fields);
    CHECK_EQ(http_content_coding(&request, false), want);
}

static void transfer(const char *fields, enum http_coding want)
{
    read_request(fields);
    CHECK_EQ(http_transfer_coding(&request), want);
}

static void content_codings(void)
{
    content("", HTTP_IDENTITY);
    content("Accept-Encoding:\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: gzip\r\n", HTTP_GZIP);
    content("Accept-Encoding: GZip\r\n", HTTP_GZIP);
    content("Accept-Encoding: x-gzip\r\n", HTTP_GZIP);
    content("Accept-Encoding: deflate\r\n", HTTP_DEFLATE);
    content("Accept-Encoding: deflate, gzip\r\n", HTTP_GZIP);
    content("Accept-Encoding: deflate\r\nAccept-Encoding: gzip\r\n", HTTP_GZIP);
    content("Accept-Encoding: gzip, deflate, br, zstd\r\n", HTTP_GZIP);
    content("Accept-Encoding: br, zstd\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: gzip;q=0.5, deflate\r\n", HTTP_DEFLATE);
    content("Accept-Encoding: gzip;q=0.5, deflate;q=0.499\r\n", HTTP_GZIP);
    content("Accept-Encoding: gzip;q=0\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: gzip;q=0.001\r\n", HTTP_GZIP);
    content("Accept-Encoding: gzip ; q=1.000\r\n", HTTP_GZIP);
    content("Accept-Encoding: gzip;Q=0\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: *\r\n", HTTP_GZIP);
    content("Accept-Encoding: *;q=0.1, gzip;q=0\r\n", HTTP_DEFLATE);
    content("Accept-Encoding: identity\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: identity, gzip;q=0.5\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: identity;q=0.5, gzip;q=0.5\r\n", HTTP_GZIP);
    content("Accept-Encoding: identity;q=0.5, gzip\r\n", HTTP_GZIP);
    content("Accept-Encoding: identity;q=0, gzip\r\n", HTTP_GZIP);
}

static void nothing_may_be_acceptable(void)
{
    content("Accept-Encoding: identity;q=0\r\n", HTTP_NO_CODING);
    content("Accept-Encoding: *;q=0\r\n", HTTP_NO_CODING);
    content("Accept-Encoding: br, *;q=0\r\n", HTTP_NO_CODING);
    content("Accept-Encoding: *;q=0, identity;q=0.1\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: *;q=0, gzip\r\n", HTTP_GZIP);
    content("Accept-Encoding: identity;q=0, *\r\n", HTTP_GZIP);
}

static void what_cannot_be_read_is_not_wanted(void)
{
    content("Accept-Encoding: gzip;q=2\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: gzip;q=1.001\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: gzip;q=0.0001\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: gzip;q=-1\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: gzip;q=\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: gzip;q=.5\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: gzip;level=9\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: ;q=1\r\n", HTTP_IDENTITY);
    content("Accept-Encoding: gzip;q=x, deflate\r\n", HTTP_DEFLATE);
    content("Accept-Encoding: gz ip\r\n", HTTP_IDENTITY);
}

static void a_compressed_file_is_left_as_it_is(void)
{
    content_of_what_is_compressed("Accept-Encoding: gzip\r\n", HTTP_IDENTITY);
    content_of_what_is_compressed("Accept-Encoding: gzip, identity;q=0\r\n", HTTP_GZIP);
    content_of_what_is_compressed("Accept-Encoding: *;q=0\r\n", HTTP_NO_CODING);
}

static void transfer_codings(void)
{
    transfer("", HTTP_IDENTITY);
    transfer("TE: gzip\r\nConnection: TE\r\n", HTTP_GZIP);
    transfer("TE: gzip\r\nConnection: close, te\r\n", HTTP_GZIP);
    transfer("TE: gzip\r\n", HTTP_IDENTITY); /* it may be somebody else's */
    transfer("TE: trailers, deflate\r\nConnection: TE\r\n", HTTP_DEFLATE);
    transfer("TE: trailers\r\nConnection: TE\r\n", HTTP_IDENTITY);
    transfer("TE: gzip;q=0.4, deflate;q=0.5\r\nConnection: TE\r\n", HTTP_DEFLATE);
    transfer("TE: gzip;q=0\r\nConnection: TE\r\n", HTTP_IDENTITY);
    transfer("TE: *\r\nConnection: TE\r\n", HTTP_IDENTITY);
    transfer("TE: identity, gzip;q=0.5\r\nConnection: TE\r\n", HTTP_GZIP);
    read_request("TE: gzip\r\nConnection: TE\r\n");
    request.minor = 0;
    CHECK_EQ(http_transfer_coding(&request), HTTP_IDENTITY);
}

int main(void)
{
    content_codings();
    nothing_may_be_acceptable();
    what_cannot_be_read_is_not_wanted();
    a_compressed_file_is_left_as_it_is();
    transfer_codings();
    return check_report("net/http_coding");
}
