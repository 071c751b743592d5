/*
 * http_ask: the request, byte by byte, and which fields a user may add.
 */
#include "net/http_ask.h"
#include "net/http_request.h"
#include "sluice.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

/* Asks for `text`; the request must be what the server's own parser takes. */
static void check_request(const char *text, struct http_asking asking, const char *want)
{
    char error[URL_ERROR_ROOM];
    struct http_request request;
    struct http_scan scan = {0};
    struct url url;
    size_t size = 0;

    check_context("%s", text);
    CHECK(url_parse(text, &url, error));
    asking.url = &url;
    char *const got = http_ask(&asking, &size);
    if (!CHECK(got != NULL))
        return;
    CHECK_BYTES(got, size, want, strlen(want));
    CHECK_EQ(http_head_scan(&scan, got, size), 0);
    CHECK_EQ(scan.size, size);
    CHECK_EQ(http_request_parse(&request, got, size), 0);
    CHECK(request.method == HTTP_GET && request.keep_alive && request.te_named == (asking.validator != NULL));
    free(got);
}

#define AGENT "User-Agent: sluice-client/" SLUICE_VERSION "\r\n"
#define ANY "Accept: */*\r\n"

static void test_requests(void)
{
    static const char *const fields[] = {"X: y", "HOST: other", "User-Agent:me", "accept: text/plain"};

    check_request("http://h", (struct http_asking){.accept = "gzip"},
                  "GET / HTTP/1.1\r\nHost: h\r\n" AGENT ANY "Accept-Encoding: gzip\r\n\r\n");
    check_request("http://h:8080/a\r\nb", (struct http_asking){.accept = "identity"},
                  "GET /a%0D%0Ab HTTP/1.1\r\nHost: h:8080\r\n" AGENT ANY "Accept-Encoding: identity\r\n\r\n");
    check_request("http://[fe80::1%25eth0]:81/a", (struct http_asking){.accept = "gzip"},
                  "GET /a HTTP/1.1\r\nHost: [fe80::1]:81\r\n" AGENT ANY "Accept-Encoding: gzip\r\n\r\n");
    check_request("http://[::1]/a", (struct http_asking){.accept = "gzip"},
                  "GET /a HTTP/1.1\r\nHost: [::1]\r\n" AGENT ANY "Accept-Encoding: gzip\r\n\r\n");
    check_request("http://unix:/run/s:/a", (struct http_asking){.accept = "gzip"},
                  "GET /a HTTP/1.1\r\nHost: localhost\r\n" AGENT ANY "Accept-Encoding: gzip\r\n\r\n");
    check_request("http://h/a", (struct http_asking){.accept = "gzip", .headers = fields, .header_count = 4},
                  "GET /a HTTP/1.1\r\nAccept-Encoding: gzip\r\nX: y\r\nHOST: other\r\nUser-Agent:me\r\n"
                  "accept: text/plain\r\n\r\n");
    check_request("http://h/a", (struct http_asking){.accept = "gzip", .validator = "\"v\"", .from = UINT64_MAX},
                  "GET /a HTTP/1.1\r\nHost: h\r\n" AGENT ANY "Accept-Encoding: identity\r\nTE: gzip, deflate\r\n"
                  "Connection: TE\r\nRange: bytes=18446744073709551615-\r\nIf-Range: \"v\"\r\n\r\n");
}

static void test_fields(void)
{
    static const char *const good[] = {"A:", "A: b", "x-y_z: \xc3\xa9\t", "Cookie: a=b; c=\"d\"", "Host: h"};
    static const char *const bad[] = {"",      ":",      "A",          "A b: c",          "A : b",      "A: b\n",
                                      "A: \r", "A: \x7f", "RANGE: x",  "If-Range: x",     "te: gzip",
                                      "Connection: close", "Content-Length: 1", "Transfer-Encoding: chunked",
                                      "Upgrade: h2c", "Expect: x"};

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        check_context("%s", good[i]);
        CHECK(http_ask_header(good[i]) == NULL);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        check_context("%s", bad[i]);
        CHECK(http_ask_header(bad[i]) != NULL);
    }
}

int main(void)
{
    test_requests();
    test_fields();
    return check_report("net/http_ask");
}
