/*
 * http_condition: what is sent to a client that has seen something before. The file has the tag "x" and is of
 * Sun, 06 Nov 1994 08:49:37 GMT; it is asked for later.
 */
#include "net/http_condition.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

static struct http_validators file = {.etag = "\"x\"", .modified = 784111777, .now = 784111777 + 1000};

#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define SAME "Sun, 06 Nov 1994 08:49:37 GMT"
#define AFTER "Sun, 06 Nov 1994 08:49:38 GMT"

static struct http_request request;

static void read_request(const char *method, const char *fields)
{
    static char head[1024];
    struct http_scan scan = {0};

    check_context("%s %s", method, fields);
    snprintf(head, sizeof head, "%s / HTTP/1.1\r\nHost: h\r\n%s\r\n", method, fields);
    CHECK_EQ(http_head_scan(&scan, head, strlen(head)), 0);
    CHECK_EQ(http_request_parse(&request, head, scan.size), 0);
}

static void gives(const char *fields, unsigned status)
{
    read_request("GET", fields);
    CHECK_EQ(http_condition_judge(&request, &file), status);
    read_request("HEAD", fields);
    CHECK_EQ(http_condition_judge(&request, &file), status);
}

static void range_is_followed(const char *fields, bool want)
{
    read_request("GET", fields);
    CHECK_EQ(http_condition_range(&request, &file), want);
}

static void tags(void)
{
    gives("", 0);
    gives("If-None-Match: \"x\"\r\n", 304);
    gives("If-None-Match: W/\"x\"\r\n", 304); /* the weak comparison does */
    gives("If-None-Match: \"y\"\r\n", 0);
    gives("If-None-Match: \"y\", \"x\"\r\n", 304);
    gives("If-None-Match: \"y\",W/\"z\" ,, \"x\"\r\n", 304);
    gives("If-None-Match: \"y\"\r\nIf-None-Match: \"x\"\r\n", 304);
    gives("If-None-Match: *\r\n", 304);
    gives("If-None-Match: \"y,\\\", \"x\"\r\n", 304); /* a backslash is no escape */
    gives("If-None-Match: x\r\n", 0);
    gives("If-None-Match: \"x\r\n", 0);
    gives("If-None-Match: \"X\"\r\n", 0);
    gives("If-None-Match: \"\"\r\n", 0);
    gives("If-None-Match:\r\n", 0);
    gives("If-Match: \"x\"\r\n", 0);
    gives("If-Match: *\r\n", 0);
    gives("If-Match: \"y\", \"x\"\r\n", 0);
    gives("If-Match: \"y\"\r\n", 412);
    gives("If-Match: W/\"x\"\r\n", 412); /* the strong comparison is wanted */
    gives("If-Match: x\r\n", 412);
    read_request("OPTIONS", "If-None-Match: \"x\"\r\n");
    CHECK_EQ(http_condition_judge(&request, &file), 412);
}

static void dates(void)
{
    gives("If-Modified-Since: " BEFORE "\r\n", 0);
    gives("If-Modified-Since: " SAME "\r\n", 304);
    gives("If-Modified-Since: " AFTER "\r\n", 304);
    gives("If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n", 304);
    gives("If-Modified-Since: yesterday\r\n", 0);
    gives("If-Modified-Since: " SAME "\r\nIf-Modified-Since: " SAME "\r\n", 0);
    gives("If-Unmodified-Since: " BEFORE "\r\n", 412);
    gives("If-Unmodified-Since: " SAME "\r\n", 0);
    gives("If-Unmodified-Since: " AFTER "\r\n", 0);
    gives("If-Unmodified-Since: yesterday\r\n", 0);
    read_request("OPTIONS", "If-Modified-Since: " SAME "\r\n");
    CHECK_EQ(http_condition_judge(&request, &file), 0);
}

/* RFC 9110 13.2.2: a tag makes the date that says the same unheard; what forbids comes before what spares. */
static void precedence(void)
{
    gives("If-None-Match: \"y\"\r\nIf-Modified-Since: " AFTER "\r\n", 0);
    gives("If-None-Match: \"x\"\r\nIf-Modified-Since: " BEFORE "\r\n", 304);
    gives("If-Match: \"x\"\r\nIf-Unmodified-Since: " BEFORE "\r\n", 0);
    gives("If-Match: \"y\"\r\nIf-Unmodified-Since: " AFTER "\r\n", 412);
    gives("If-Match: \"y\"\r\nIf-None-Match: \"x\"\r\n", 412);
    gives("If-Match: \"x\"\r\nIf-None-Match: \"x\"\r\n", 304);
    gives("If-Unmodified-Since: " BEFORE "\r\nIf-Modified-Since: " AFTER "\r\n", 412);
    gives("If-Unmodified-Since: " SAME "\r\nIf-Modified-Since: " SAME "\r\n", 304);
}

static void ranges(void)
{
    range_is_followed("", true);
    range_is_followed("If-Range: \"x\"\r\n", true);
    range_is_followed("If-Range: W/\"x\"\r\n", false);
    range_is_followed("If-Range: \"y\"\r\n", false);
    range_is_followed("If-Range: \"x\", \"y\"\r\n", false); /* it is no list */
    range_is_followed("If-Range: x\r\n", false);
    range_is_followed("If-Range: *\r\n", false);
    range_is_followed("If-Range: " SAME "\r\n", true);
    range_is_followed("If-Range: " AFTER "\r\n", false); /* exactly the same is wanted */
    range_is_followed("If-Range: " BEFORE "\r\n", false);
    file.now = file.modified; /* it may change again within this second */
    range_is_followed("If-Range: " SAME "\r\n", false);
    range_is_followed("If-Range: \"x\"\r\n", true);
}

int main(void)
{
    tags();
    dates();
    precedence();
    ranges();
    return check_report("net/http_condition");
}
