/*
 * http_body: where a body ends, whatever it is cut into, and what is no body.
 */
#include "net/http_body.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

/* The status of a body, and what was taken, in pieces of `piece` bytes. */
static unsigned skip(const struct http_request *request, const char *data, size_t size, size_t piece, size_t *total)
{
    struct http_body body;
    unsigned status = HTTP_MORE;
    size_t taken;

    *total = 0;
    http_body_begin(&body, request);
    for (size_t at = 0; status == HTTP_MORE && at < size; at = *total) {
        const size_t n = size - at < piece ? size - at : piece;

        status = http_body_skip(&body, data + at, n, &taken);
        *total += taken;
        CHECK(taken <= n);
        if (status == HTTP_MORE)
            CHECK_EQ(taken, n);
    }
    return status;
}

static const struct http_request chunked = {.body = HTTP_BODY_CHUNKED};

/* What follows the body in every case that has an end. */
#define NEXT "GET / HTTP/1.1\r\n"

static void ends(const char *data)
{
    size_t total;

    check_context("%.60s", data);
    for (size_t piece = 1; piece < 8; piece++) {
        CHECK_EQ(skip(&chunked, data, strlen(data), piece, &total), 0);
        CHECK_EQ(total, strlen(data) - (sizeof NEXT - 1));
    }
    CHECK_EQ(skip(&chunked, data, strlen(data), 1000, &total), 0);
    CHECK_EQ(total, strlen(data) - (sizeof NEXT - 1));
}

static void refuses(const char *data, unsigned status)
{
    size_t total;

    check_context("%.60s", data);
    CHECK_EQ(skip(&chunked, data, strlen(data), 1, &total), status);
    CHECK_EQ(skip(&chunked, data, strlen(data), 1000, &total), status);
}

static void chunks_are_followed_to_their_end(void)
{
    ends("0\r\n\r\n" NEXT);
    ends("5\r\nhello\r\n0\r\n\r\n" NEXT);
    ends("A\r\n0\r\n\r\n01234\r\n00000\r\n\r\n" NEXT);
    ends("0000000000000000000000a\r\n0123456789\r\n0\r\n\r\n" NEXT);
    ends("1;a\r\nx\r\n1;a=b;c=\"d e\"\r\nx\r\n0;last\r\n\r\n" NEXT);
    ends("0\r\nTrailer: x\r\nB:\r\nc: \t\xff\r\n\r\n" NEXT);
    refuses("5\r\nhello\r\n0\r\n", HTTP_MORE);
    refuses("5\r\nhell", HTTP_MORE);
    refuses("0\r\n\r", HTTP_MORE);
}

static void what_is_no_chunk_is_refused(void)
{
    refuses("\r\n", 400);
    refuses("x\r\n", 400);
    refuses("-1\r\n", 400);
    refuses("+1\r\n", 400);
    refuses("0x1\r\n", 400);
    refuses(" 1\r\n", 400);
    refuses("1 \r\n", 400);
    refuses("1 ;a\r\n", 400);
    refuses("1\nx\n0\n\n", 400);
    refuses("1\rx", 400);
    refuses("1;a\nx", 400);
    refuses("1;a\x01\r\n", 400);
    refuses("1\r\nxx\r\n", 400);
    refuses("1\r\nx0\r\n\r\n", 400);
    refuses("1\r\nx\n0\r\n\r\n", 400);
    refuses("2\r\nx\r\n0\r\n\r\n", 400); /* the chunk is "x\r", then "\n" where CR must be */
    refuses("0\r\n\n", 400);
    refuses("0\r\n\rx", 400);
    refuses("0\r\n a: b\r\n\r\n", 400);
    refuses("0\r\na : b\r\n\r\n", 400);
    refuses("0\r\n: b\r\n\r\n", 400);
    refuses("0\r\na\r\n\r\n", 400);
    refuses("0\r\na: b\nc: d\r\n\r\n", 400);
    refuses("0\r\na: \x7f\r\n\r\n", 400);
    refuses("10000000000000000\r\n", 400); /* 2^64 */
    refuses("fffffffffffffffff\r\n", 400);
}

static void lengths(void)
{
    struct http_request request = {.body = HTTP_BODY_LENGTH, .body_size = 5};
    size_t total;

    check_context("Content-Length");
    for (size_t piece = 1; piece < 10; piece++) {
        CHECK_EQ(skip(&request, "hello" NEXT, strlen("hello" NEXT), piece, &total), 0);
        CHECK_EQ(total, 5);
    }
    CHECK_EQ(skip(&request, "hell", 4, 10, &total), HTTP_MORE);
    request.body = HTTP_BODY_NONE;
    CHECK_EQ(skip(&request, NEXT, strlen(NEXT), 10, &total), 0);
    CHECK_EQ(total, 0);
}

static void there_are_limits(void)
{
    struct http_request request = {.body = HTTP_BODY_LENGTH, .body_size = HTTP_BODY_MOST};
    static char many[6 * HTTP_BODY_FRAMING_MOST];
    size_t total, n = 0;

    check_context("limits");
    CHECK_EQ(skip(&request, "x", 1, 1, &total), HTTP_MORE);
    request.body_size++;
    CHECK_EQ(skip(&request, "x", 1, 1, &total), 413);
    CHECK_EQ(total, 0);
    request.body_size = UINT64_MAX;
    CHECK_EQ(skip(&request, "x", 1, 1, &total), 413);
    refuses("100000\r\nx", HTTP_MORE);
    refuses("100001\r\nx", 413);
    refuses("ffffffffffffffff\r\nx", 413);
    refuses("1\r\nx\r\n100000\r\nx", 413); /* all chunks together */
    /* Chunks of one byte; an extension without end. */
    while (n + 6 < sizeof many) {
        memcpy(many + n, "1\r\nx\r\n", 6);
        n += 6;
    }
    CHECK_EQ(skip(&chunked, many, n, 4096, &total), 413);
    CHECK(total <= HTTP_BODY_FRAMING_MOST * 2);
    memset(many, 'x', sizeof many);
    memcpy(many, "1;", 2);
    CHECK_EQ(skip(&chunked, many, sizeof many, 4096, &total), 413);
    CHECK(total <= HTTP_BODY_FRAMING_MOST + 1);
}

/* ---- The content of a response ---- */

/* The status of a body of a response and its content as text, in pieces of `piece` bytes. */
static unsigned content_of(enum http_body_kind kind, uint64_t length, const char *data, size_t piece, char *content,
                           size_t *total)
{
    struct http_body body;
    unsigned status = HTTP_MORE;
    const size_t size = strlen(data);
    size_t taken, given;

    *total = 0;
    *content = '\0';
    http_body_begin_response(&body, kind, length);
    while (status == HTTP_MORE && *total < size) {
        const size_t left = size - *total;

        status = http_body_next(&body, data + *total, left < piece ? left : piece, &taken, &given);
        CHECK(taken <= piece && given <= taken);
        *total += taken;
        strncat(content, data + *total - given, given);
    }
    return status;
}

static void check_content(enum http_body_kind kind, uint64_t length, const char *data, const char *want, size_t left)
{
    char content[200];
    size_t total;

    check_context("%s", data);
    for (size_t piece = 1; piece < 50; piece++) {
        CHECK_EQ(content_of(kind, length, data, piece, content, &total), left == SIZE_MAX ? HTTP_MORE : 0);
        CHECK_BYTES(content, strlen(content), want, strlen(want));
        CHECK_EQ(total, strlen(data) - (left == SIZE_MAX ? 0 : left));
    }
}

static void content_is_given(void)
{
    char content[200];
    size_t total;

    check_content(HTTP_BODY_LENGTH, 5, "hello, you", "hello", 5);
    check_content(HTTP_BODY_LENGTH, 11, "hello, you", "hello, you", SIZE_MAX);
    check_content(HTTP_BODY_CLOSE, 0, "hello, you", "hello, you", SIZE_MAX);
    check_content(HTTP_BODY_CHUNKED, 0, "5\r\nhello\r\n1;x=y\r\n,\r\n0\r\nA: b\r\n\r\nmore", "hello,", 4);
    check_content(HTTP_BODY_CHUNKED, 0, "5\r\nhello\r\n0\r\n\r", "hello", SIZE_MAX);
    check_content(HTTP_BODY_CHUNKED, 0, "6\r\nhello", "hello", SIZE_MAX);
    check_context("a chunk longer than it says, and one shorter");
    CHECK_EQ(content_of(HTTP_BODY_CHUNKED, 0, "4\r\nhello\r\n0\r\n\r\n", 100, content, &total), 400);
    CHECK_EQ(content_of(HTTP_BODY_CHUNKED, 0, "6\r\nhello\r\n0\r\n\r\n", 100, content, &total), 400);
    check_context("none at all, of a response that has none");
    struct http_body body;
    size_t taken, given;

    http_body_begin_response(&body, HTTP_BODY_NONE, 0);
    CHECK_EQ(http_body_next(&body, "x", 1, &taken, &given), 0);
    CHECK_EQ(taken, 0);
}

/* There is no bound for the whole, but one for what stands between two pieces. */
static void framing_of_a_response_is_bounded(void)
{
    struct http_body body;
    size_t taken, given;
    unsigned status = HTTP_MORE;

    http_body_begin_response(&body, HTTP_BODY_CHUNKED, 0);
    for (int i = 0; i < 20000; i++)
        for (const char *p = "1;abc\r\nx\r\n"; *p; p += taken) {
            if (http_body_next(&body, p, strlen(p), &taken, &given) != HTTP_MORE) {
                CHECK(false);
                return;
            }
        }
    http_body_next(&body, "1;", 2, &taken, &given);
    for (int i = 0; status == HTTP_MORE && i <= HTTP_BODY_FRAMING_MOST; i++)
        status = http_body_next(&body, "a", 1, &taken, &given);
    CHECK_EQ(status, 413);
}

int main(void)
{
    chunks_are_followed_to_their_end();
    what_is_no_chunk_is_refused();
    lengths();
    there_are_limits();
    content_is_given();
    framing_of_a_response_is_bounded();
    return check_report("net/http_body");
}
