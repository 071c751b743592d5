/*
 * http_response: which heads are responses, what they say of the body, and that it does not matter how they are cut.
 */
#include "net/http_response.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char head[HTTP_RESPONSE_LONGEST + 100];

/* Scans `size` bytes of head[], `piece` more each time. */
static unsigned scan(size_t size, size_t piece, size_t *found, const char **why)
{
    struct http_scan s = {0};
    unsigned result = HTTP_MORE;

    for (size_t n = piece; result == HTTP_MORE; n += piece) {
        result = http_response_scan(&s, head, n < size ? n : size, why);
        if (n >= size)
            break;
    }
    *found = s.size;
    return result;
}

/* What is wrong with `text`, a whole head with some bytes of a body, or NULL; found alike however it is cut. */
static const char *read_head(const char *text, struct http_response *r)
{
    const char *why = NULL, *other = NULL;
    size_t found, size = strlen(text);

    memcpy(head, text, size + 1);
    check_context("%s", text);
    const unsigned result = scan(size, size, &found, &why);

    for (size_t piece = 1; piece < 9; piece++) {
        size_t again;

        CHECK_EQ(scan(size, piece, &again, &other), result);
        CHECK_EQ(again, found);
        CHECK(other == why);
    }
    if (result != 0)
        return result == HTTP_MORE ? "more" : why;
    char *const exact = check_guarded(found, false); /* a byte too far faults */

    memcpy(exact, text, found);
    other = http_response_parse(r, exact, found);
    check_guarded_free(exact, found, false);
    why = http_response_parse(r, head, found); /* once more where the fields stay readable */
    CHECK(why == other);
    return why;
}

static void wrong(const char *text, const char *what)
{
    struct http_response r;
    const char *const why = read_head(text, &r);

    if (CHECK(why != NULL))
        CHECK_BYTES(why, strlen(why), what, strlen(what));
}

static struct http_response right(const char *text)
{
    struct http_response r;
    const char *const why = read_head(text, &r);

    if (!CHECK(why == NULL))
        printf("    %s\n", why);
    return r;
}

static void test_status_lines(void)
{
    struct http_response r = right("HTTP/1.1 200 OK\r\n\r\n");

    CHECK_EQ(r.status, 200);
    CHECK_EQ(r.minor, 1);
    CHECK_EQ(r.reason.size, 2);
    CHECK_EQ(right("HTTP/1.0 404 Not Found\r\n\r\nbody").status, 404);
    CHECK_EQ(right("HTTP/1.0 404 Not Found\r\n\r\n").minor, 0);
    CHECK_EQ(right("HTTP/1.7 599 \r\n\r\n").minor, 1);
    CHECK_EQ(right("HTTP/1.1 301\r\n\r\n").reason.size, 0);
    CHECK_EQ(right("HTTP/1.1 200 OK\n\n").status, 200); /* LF alone */
    wrong("HTTP/2 200 OK\r\n\r\n", "it does not begin with HTTP/1.");
    wrong("SSH-2.0-x\r\n", "it does not begin with HTTP/1.");
    wrong("\r\nHTTP/1.1 200 OK\r\n\r\n", "it does not begin with HTTP/1.");
    wrong("HTTP/1.1 200 OK\r\n", "more");
    wrong("HTTP/1.1 200 OK\r\n\r", "more");
    wrong("HTTP/1.", "more");
    static const char *const malformed[] = {"HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 x", "HTTP/1.1 600 x",
                                            "HTTP/1.1  200 x", "HTTP/1.x 200 x", "HTTP/1.1 2x0 x", "HTTP/1.1 200\tx",
                                            "HTTP/1.11 200 x", "HTTP/1.1"};
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        char text[64];

        snprintf(text, sizeof text, "%s\r\n\r\n", malformed[i]);
        wrong(text, "its status line is malformed");
    }
    wrong("HTTP/1.1 200 \x01\r\n\r\n", "its status line holds a control character");
}

#define OK "HTTP/1.1 200 OK\r\n"

static void test_fields(void)
{
    struct http_response r =
        right(OK "etag:\t\"a\" \r\nLAST-MODIFIED: x\r\nX: \r\nDate:now\r\nLocation: /\xc3\xa9\r\n\r\n");

    CHECK(r.etag.size == 3 && memcmp(r.etag.data, "\"a\"", 3) == 0);
    CHECK(r.last_modified.size == 1 && r.date.size == 3 && r.location.size == 3);
    CHECK(right(OK "ETag: W/\"a\"\r\n\r\n").etag.data == NULL); /* weak */
    CHECK(right(OK "ETag: a\r\n\r\n").etag.data == NULL);
    CHECK_EQ(right(OK "Retry-After: 120\r\n\r\n").retry_after, 120);
    CHECK_EQ(right(OK "Retry-After: Sun, 06 Nov 1994\r\n\r\n").retry_after, 0);
    CHECK_EQ(right(OK "X: a\r\n b\r\nContent-Length:\r\n\t5\r\n\r\n").length, 5); /* folded */
    CHECK_EQ(right(OK "ETag: \"a\"\r\nETag: \"a\"\r\n\r\n").etag.size, 3);
    wrong(OK "ETag: \"a\"\r\nETag: \"b\"\r\n\r\n", "it has a field twice that can stand there once");
    wrong(OK " X: a\r\n\r\n", "its status line is followed by a space");
    wrong(OK "X\r\n\r\n", "it has a line that is no field");
    wrong(OK ": a\r\n\r\n", "it has a line that is no field");
    wrong(OK "X : a\r\n\r\n", "it has a field with a malformed name");
    wrong(OK "X(: a\r\n\r\n", "it has a field with a malformed name");
    wrong(OK "X: a\x7f\r\n\r\n", "it has a control character in a field");
    wrong(OK "X: a\rY: b\r\n\r\n", "it has a control character in a field");
}

static void test_bodies(void)
{
    struct http_response r = right(OK "Content-Length: 18446744073709551615\r\n\r\n");

    CHECK_EQ(r.body, HTTP_BODY_LENGTH);
    CHECK(r.length == UINT64_MAX);
    CHECK_EQ(right(OK "\r\n").body, HTTP_BODY_CLOSE);
    CHECK_EQ(right(OK "Content-Length: 5\r\nContent-Length: 5, 5\r\n\r\n").length, 5);
    CHECK_EQ(right("HTTP/1.1 204 x\r\n\r\n").body, HTTP_BODY_NONE);
    CHECK_EQ(right("HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n").body, HTTP_BODY_NONE);
    CHECK_EQ(right("HTTP/1.1 103 x\r\n\r\n").body, HTTP_BODY_NONE);
    r = right(OK "Transfer-Encoding: gzip , Chunked\r\n\r\n");
    CHECK_EQ(r.body, HTTP_BODY_CHUNKED);
    CHECK_EQ(r.transfer, HTTP_GZIP);
    r = right(OK "Transfer-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n\r\n");
    CHECK_EQ(r.body, HTTP_BODY_CHUNKED);
    CHECK_EQ(r.transfer, HTTP_DEFLATE);
    CHECK_EQ(right(OK "Transfer-Encoding: x-gzip\r\n\r\n").body, HTTP_BODY_CLOSE);
    CHECK_EQ(right(OK "Transfer-Encoding: br, chunked\r\n\r\n").transfer, HTTP_NO_CODING);
    wrong(OK "Transfer-Encoding: chunked, gzip\r\n\r\n", "its Transfer-Encoding goes on behind chunked");
    wrong(OK "Transfer-Encoding: chunked, chunked\r\n\r\n", "its Transfer-Encoding goes on behind chunked");
    wrong(OK "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
          "it has both Content-Length and Transfer-Encoding");
    wrong("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "it has Transfer-Encoding in HTTP/1.0");
    wrong(OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "it has two lengths that differ");
    wrong(OK "Content-Length: 5, 6\r\n\r\n", "it has two lengths that differ");
    static const char *const numbers[] = {"", "-1", "+1", "0x5", "5 5", "18446744073709551616", "5,", ",5", "1e3"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char text[100];

        snprintf(text, sizeof text, OK "Content-Length: %s\r\n\r\n", numbers[i]);
        wrong(text, "its Content-Length is no number");
    }
}

static void test_content_codings(void)
{
    CHECK_EQ(right(OK "\r\n").content, HTTP_IDENTITY);
    CHECK_EQ(right(OK "Content-Encoding: X-GZip\r\n\r\n").content, HTTP_GZIP);
    CHECK_EQ(right(OK "Content-Encoding: deflate\r\n\r\n").content, HTTP_DEFLATE);
    CHECK_EQ(right(OK "Content-Encoding: identity\r\n\r\n").content, HTTP_IDENTITY);
    CHECK_EQ(right(OK "Content-Encoding: br\r\n\r\n").content, HTTP_NO_CODING);
    CHECK_EQ(right(OK "Content-Encoding: gzip, gzip\r\n\r\n").content, HTTP_NO_CODING);
    CHECK_EQ(right(OK "Content-Encoding: gzip\r\nContent-Encoding: br\r\n\r\n").content, HTTP_NO_CODING);
}

static void test_connections(void)
{
    CHECK(right(OK "Content-Length: 1\r\n\r\n").keep_alive);
    CHECK(right(OK "Transfer-Encoding: chunked\r\n\r\n").keep_alive);
    CHECK(!right(OK "\r\n").keep_alive); /* its end is the connection's */
    CHECK(!right(OK "Content-Length: 1\r\nConnection: x, Close\r\n\r\n").keep_alive);
    CHECK(!right("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n").keep_alive);
    CHECK(right("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

static void test_parts(void)
{
    struct http_response r = right("HTTP/1.1 206 x\r\nContent-Range: bytes 10-19/30\r\n\r\n");

    CHECK(r.part.given && r.part.first == 10 && r.part.last == 19 && r.part.total_known && r.part.total == 30);
    r = right("HTTP/1.1 206 x\r\nContent-Range: bytes 0-0/*\r\n\r\n");
    CHECK(r.part.given && r.part.first == 0 && r.part.last == 0 && !r.part.total_known);
    static const char *const none[] = {"bytes 10-19/19", "bytes 9-8/30", "bytes */30", "lines 1-2/3", "bytes 1-2",
                                       "bytes -2/3", "bytes 1-/3", "bytes 1 -2/3", "bytes 1-2/", "bytes1-2/3", ""};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        char text[100];

        snprintf(text, sizeof text, "HTTP/1.1 206 x\r\nContent-Range: %s\r\n\r\n", none[i]);
        CHECK(!right(text).part.given);
    }
}

static void test_limits(void)
{
    static char many[20000];
    const char *why = NULL;
    struct http_response r;
    size_t found, size;

    check_context("a head without end");
    memset(head, 'a', sizeof head);
    memcpy(head, OK "X: ", 20);
    CHECK_EQ(scan(HTTP_RESPONSE_LONGEST - 1, 1000, &found, &why), HTTP_MORE);
    CHECK_EQ(scan(HTTP_RESPONSE_LONGEST, 1000, &found, &why), HTTP_BAD);
    check_context("as many fields as may be, and one more");
    for (int more = 0; more < 2; more++) {
        size = (size_t)snprintf(many, sizeof many, OK);
        for (int i = 0; i < HTTP_RESPONSE_FIELDS_MOST + more; i++)
            size += (size_t)snprintf(many + size, sizeof many - size, "X: %d\r\n", i);
        snprintf(many + size, sizeof many - size, "\r\n");
        why = read_head(many, &r);
        CHECK(more ? why && strcmp(why, "it has too many fields") == 0 : why == NULL);
    }
}

/* Whatever is flipped in a head, reading it comes to an end within its bytes. */
static void test_flipped_bits(void)
{
    static const char text[] = OK "Content-Length: 5\r\nETag: \"a\"\r\nContent-Range: bytes 1-2/3\r\n\r\n";
    struct http_response r;
    unsigned wrong_ones = 0;

    for (size_t bit = 0; bit < (sizeof text - 1) * 8; bit++) {
        char flipped[sizeof text];

        memcpy(flipped, text, sizeof text);
        flipped[bit / 8] ^= (char)(1 << bit % 8);
        if (!memchr(flipped, 0, sizeof text - 1))
            wrong_ones += read_head(flipped, &r) != NULL;
    }
    CHECK(wrong_ones > 100);
}

int main(void)
{
    test_status_lines();
    test_fields();
    test_bodies();
    test_content_codings();
    test_connections();
    test_parts();
    test_limits();
    test_flipped_bits();
    return check_report("net/http_response");
}
