/*
 * http_request: heads that are understood and what is understood, heads that are refused and how. Each is also given
 * cut at every byte, and lies against a page that faults.
 */
#include "net/http_request.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

static struct http_request r;

/* The status of a head that comes a byte more at a time, and at once: they must agree. 0: it is in r. */
static unsigned read_head(const char *head, size_t size)
{
    char *const at = check_guarded(size, false);
    static char kept[64 * 1024]; /* r points into it */
    struct http_scan scan = {0}, whole = {0};
    unsigned status = HTTP_MORE, at_once;
    size_t n = 0;

    memcpy(at, head, size);
    while (status == HTTP_MORE && n < size)
        status = http_head_scan(&scan, at, ++n);
    at_once = http_head_scan(&whole, at, size);
    CHECK_EQ(at_once, status);
    CHECK_EQ(whole.size, scan.size);
    if (status == 0) {
        CHECK_EQ(scan.start + scan.size, n);
        memcpy(kept, at, n);
        /* Read where the page ends, then where it can be looked at. */
        status = http_request_parse(&r, at + scan.start, scan.size);
        CHECK_EQ(http_request_parse(&r, kept + scan.start, scan.size), status);
    }
    check_guarded_free(at, size, false);
    return status;
}

static void refuses_bytes(const char *head, size_t size, unsigned status)
{
    check_context("%.80s", head);
    CHECK_EQ(read_head(head, size), status);
}

static void refuses(const char *head, unsigned status)
{
    refuses_bytes(head, strlen(head), status);
}

static bool understands(const char *head)
{
    check_context("%.80s", head);
    if (CHECK_EQ(read_head(head, strlen(head)), 0))
        return true;
    printf("    %s\n", r.why ? r.why : "?");
    return false;
}

static bool is(const struct http_text *text, const char *want)
{
    return want ? text->data && text->size == strlen(want) && memcmp(text->data, want, text->size) == 0 : !text->data;
}

/* ---- request lines ---- */

#define H " HTTP/1.1\r\nHost: h\r\n\r\n"

static void targets(void)
{
    static const struct {
        const char *head, *path, *query, *host;
    } cases[] = {
        {"GET /" H, "/", NULL, "h"},
        {"GET /a/b.txt" H, "/a/b.txt", NULL, "h"},
        {"GET /a?b=c?d" H, "/a", "b=c?d", "h"},
        {"GET /a?" H, "/a", "", "h"},
        {"GET //a" H, "//a", NULL, "h"},
        {"GET /%41%zz" H, "/%41%zz", NULL, "h"}, /* not decoded here */
        {"GET /stra\xc3\x9f" "e" H, "/stra\xc3\x9f" "e", NULL, "h"},
        {"GET http://other/x" H, "/x", NULL, "other"}, /* RFC 9112 3.2.2: Host is then not looked at */
        {"GET HTTP://other:80/x?y" H, "/x", "y", "other:80"},
        {"GET https://[::1]:443" H, "/", NULL, "[::1]:443"},
        {"GET http://other?y" H, "/", "y", "other"},
        {"OPTIONS *" H, "*", NULL, "h"},
        {"OPTIONS /x" H, "/x", NULL, "h"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!understands(cases[i].head))
            continue;
        CHECK(is(&r.path, cases[i].path));
        CHECK(is(&r.query, cases[i].query));
        CHECK(is(&r.host, cases[i].host));
    }
    refuses("GET" H, 400);
    refuses("GET " H, 400);
    refuses("GET x" H, 400);
    refuses("GET *" H, 400);
    refuses("GET ftp://h/x" H, 400);
    refuses("GET http:///x" H, 400);
    refuses("GET http://user@h/x" H, 400);
    refuses("GET http://h:x/" H, 400);
    refuses("GET http:/h/x" H, 400);
    refuses("GET /a#b" H, 400);
    refuses("GET /a b" H, 400);
    refuses("GET  /a" H, 400);
    refuses("GET /a " H, 400);
    refuses("GET\t/a" H, 400);
    refuses("GET /a\x7f" H, 400);
    refuses("GET /a\x01" H, 400);
    refuses(" GET /" H, 400);
}

static void methods(void)
{
    static const struct {
        const char *head;
        enum http_method method;
    } cases[] = {{"GET /" H, HTTP_GET},          {"HEAD /" H, HTTP_HEAD},
                 {"OPTIONS /" H, HTTP_OPTIONS},  {"POST /" H, HTTP_NOT_ALLOWED},
                 {"PUT /" H, HTTP_NOT_ALLOWED},  {"DELETE /" H, HTTP_NOT_ALLOWED},
                 {"TRACE /" H, HTTP_NOT_ALLOWED}, {"CONNECT h:1" H, HTTP_NOT_ALLOWED},
                 {"get /" H, HTTP_UNKNOWN},      {"GETS /" H, HTTP_UNKNOWN},
                 {"GE /" H, HTTP_UNKNOWN},       {"X-!#$%&'*+.^_`|~ /" H, HTTP_UNKNOWN}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (understands(cases[i].head))
            CHECK_EQ(r.method, cases[i].method);
    refuses("G(T /" H, 400);
    refuses("\"GET\" /" H, 400);
}

static void versions(void)
{
    if (understands("GET / HTTP/1.0\r\n\r\n"))
        CHECK_EQ(r.minor, 0);
    if (understands("GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
        CHECK_EQ(r.minor, 1);
    if (understands("GET / HTTP/1.9\r\nHost: h\r\n\r\n"))
        CHECK_EQ(r.minor, 1);
    refuses("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505);
    refuses("GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505);
    refuses("GET /\r\nHost: h\r\n\r\n", 400);
    refuses("GET / HTTP/1\r\nHost: h\r\n\r\n", 400);
    refuses("GET / HTTP/1.10\r\nHost: h\r\n\r\n", 400);
    refuses("GET / http/1.1\r\nHost: h\r\n\r\n", 400);
    refuses("GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400);
    refuses("GET / HTTP/01.1\r\nHost: h\r\n\r\n", 400);
    refuses("GET / HTTP/1.x\r\nHost: h\r\n\r\n", 400);
    refuses("PRI * HTTP/2.0\r\n\r\n", 505);
}

/* ---- lines and fields ---- */

#define G "GET / HTTP/1.1\r\nHost: h\r\n"

static void line_ends(void)
{
    refuses("GET / HTTP/1.1\nHost: h\n\n", 400);
    refuses("GET / HTTP/1.1\r\nHost: h\n\r\n", 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\n\n", 400);
    refuses(G "A: b\rc\r\n\r\n", 400);
    refuses(G "A: b\r\r\n\r\n", 400);
    refuses("GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", 400);
    refuses("\x16\x03\x01\x02", 400); /* TLS */
    refuses("\n", 400);
    refuses("\x01", 400);
    /* One empty line before it, as old clients leave after a body, but no more. */
    understands("\r\n" G "\r\n");
    refuses("\r\n\r\n" G "\r\n", 400);
    refuses("\r\n\n" G "\r\n", 400);
}

static void field_lines(void)
{
    understands(G "A:\r\n\r\n");
    understands(G "A: \t \r\n\r\n");
    understands(G "a-!#$%&'*+.^_`|~9: \x80\xff \t \"(x\r\n\r\n");
    refuses(G "A : b\r\n\r\n", 400);
    refuses(G "A\t: b\r\n\r\n", 400);
    refuses(G " A: b\r\n\r\n", 400);
    refuses(G "A: b\r\n c\r\n\r\n", 400);
    refuses(G "A: b\r\n\tc\r\n\r\n", 400);
    refuses("GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400);
    refuses(G ": b\r\n\r\n", 400);
    refuses(G "A\r\n\r\n", 400);
    refuses(G "A b: c\r\n\r\n", 400);
    refuses(G "A(: b\r\n\r\n", 400);
    refuses(G "\xc3\xa4: b\r\n\r\n", 400);
    refuses(G "A: \x01\r\n\r\n", 400);
    refuses(G "A: \x7f\r\n\r\n", 400);
    refuses(G "Content-Length:\v5\r\n\r\n", 400);
    refuses_bytes(G "A: b\0c\r\n\r\n", sizeof G "A: b\0c\r\n\r\n" - 1, 400);
    refuses_bytes(G "A\0: b\r\n\r\n", sizeof G "A\0: b\r\n\r\n" - 1, 400);
    refuses_bytes("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", sizeof "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n" - 1, 400);
}

/* The rules that the table of characters stands for, by trying each byte. */
static void every_byte_in_every_place(void)
{
    static const char tchar[] = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static const char reg_name[] = "-._~%!$&'()*+,;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    for (int c = 0; c < 256; c++) {
        char name[] = G "A?B: c\r\n\r\n", value[] = G "A: b?c\r\n\r\n", target[] = "GET /a?b" H,
             host[] = "GET / HTTP/1.1\r\nHost: a?b\r\n\r\n";

        check_context("byte %02x", (unsigned)c);
        *strchr(name, '?') = *strchr(value, '?') = *strchr(target, '?') = *strchr(host, '?') = (char)c;
        const bool in_name = c && strchr(tchar, c);

        if (c != ':') /* "A:B: c" is a field named A */
            CHECK_EQ(read_head(name, sizeof name - 1), in_name ? 0 : 400);
        CHECK_EQ(read_head(value, sizeof value - 1), (c >= 0x20 && c != 0x7f) || c == '\t' ? 0 : 400);
        CHECK_EQ(read_head(target, sizeof target - 1), c > 0x20 && c != 0x7f && c != '#' ? 0 : 400);
        CHECK_EQ(read_head(host, sizeof host - 1), c && strchr(reg_name, c) ? 0 : 400);
    }
}

static void hosts(void)
{
    static const char *const good[] = {"h", "", "h:80", "h:", "192.0.2.1:1", "[::1]", "[2001:db8::192.0.2.1]:8080",
                                       "a.b-c_d~%41"};
    static const char *const bad[] = {"h:x", "h:123456", "h:8 0", "[::1", "[]", "[::1]x", "[g::]", "a b", "a/b", "a@b",
                                      "a:b:c", ":80", "::1", "h, h"};
    char head[256];

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        snprintf(head, sizeof head, "GET / HTTP/1.1\r\nhOST: %s\r\n\r\n", good[i]);
        if (understands(head))
            CHECK(is(&r.host, good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", bad[i]);
        refuses(head, 400);
    }
    refuses("GET / HTTP/1.1\r\n\r\n", 400);
    refuses(G "Host: h\r\n\r\n", 400);
    refuses("GET http://h/ HTTP/1.1\r\n\r\n", 400); /* it is wanted even then */
    refuses("GET http://h/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400);
    understands("GET / HTTP/1.0\r\n\r\n");
    refuses("GET / HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n", 400);
}

/* ---- where the body ends ---- */

static void bodies(void)
{
    if (understands(G "\r\n"))
        CHECK_EQ(r.body, HTTP_BODY_NONE);
    if (understands(G "Content-Length: 0\r\n\r\n"))
        CHECK_EQ(r.body, HTTP_BODY_NONE);
    if (understands(G "content-length:\t00012 \r\n\r\n")) {
        CHECK_EQ(r.body, HTTP_BODY_LENGTH);
        CHECK_EQ(r.body_size, 12);
    }
    if (understands(G "Content-Length: 18446744073709551615\r\n\r\n"))
        CHECK(r.body_size == UINT64_MAX);
    if (understands(G "Transfer-Encoding: Chunked\r\n\r\n"))
        CHECK_EQ(r.body, HTTP_BODY_CHUNKED);
    if (understands(G "Transfer-Encoding: ,chunked,\r\n\r\n"))
        CHECK_EQ(r.body, HTTP_BODY_CHUNKED);

    refuses(G "Content-Length:\r\n\r\n", 400);
    refuses(G "Content-Length: -1\r\n\r\n", 400);
    refuses(G "Content-Length: +1\r\n\r\n", 400);
    refuses(G "Content-Length: 0x1\r\n\r\n", 400);
    refuses(G "Content-Length: 1 2\r\n\r\n", 400);
    refuses(G "Content-Length: 5, 5\r\n\r\n", 400);
    refuses(G "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400);
    refuses(G "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400);
    refuses(G "Content-Length: 18446744073709551616\r\n\r\n", 413);
    refuses(G "Content-Length: 99999999999999999999999999999999\r\n\r\n", 413);
    refuses(G "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400);
    refuses(G "Transfer-Encoding:\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: identity\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: gzip\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: chunked, gzip\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: chunked, chunked\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: xchunked\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: chunked;q=1\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: \"chunked\"\r\n\r\n", 400);
    refuses(G "Transfer-Encoding: gzip, chunked\r\n\r\n", 501);
    refuses(G "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", 501);
    refuses("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
}

/* ---- the connection ---- */

static void connections(void)
{
    static const struct {
        const char *head;
        bool keep_alive, te_named;
    } cases[] = {{G "\r\n", true, false},
                 {G "Connection: close\r\n\r\n", false, false},
                 {G "Connection: x, CLOSE ,y\r\n\r\n", false, false},
                 {G "Connection: keep-alive\r\nConnection: close\r\n\r\n", false, false},
                 {G "Connection: closed\r\n\r\n", true, false},
                 {G "Connection: TE\r\n\r\n", true, true},
                 {G "Connection: te, close\r\n\r\n", false, true},
                 {"GET / HTTP/1.0\r\n\r\n", false, false},
                 {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, false},
                 {"GET / HTTP/1.0\r\nConnection: Keep-Alive, close\r\n\r\n", false, false}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (understands(cases[i].head)) {
            CHECK_EQ(r.keep_alive, cases[i].keep_alive);
            CHECK_EQ(r.te_named, cases[i].te_named);
        }
    if (understands(G "Expect: 100-Continue\r\n\r\n"))
        CHECK(r.expects_continue);
    if (understands("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n"))
        CHECK(!r.expects_continue);
    if (understands(G "\r\n"))
        CHECK(!r.expects_continue);
    refuses(G "Expect: the-impossible\r\n\r\n", 417);
    refuses(G "Expect: 100-continue, more\r\n\r\n", 417);
}

/* ---- fields as lists ---- */

static void lists_may_be_spread_over_lines(void)
{
    struct http_text value, element;
    unsigned from = 0, lines = 0, elements = 0;
    static const char *const want[] = {"gzip;q=0.5", "deflate", "\"a,b\\\"c,\"", "x"};

    if (!understands(G "Accept-Encoding: gzip;q=0.5 ,, deflate\r\nX: y\r\naccept-encoding: \"a,b\\\"c,\" , x,\r\n\r\n"))
        return;
    while (http_request_field(&r, HTTP_ACCEPT_ENCODING, &from, &value)) {
        lines++;
        while (http_list_next(&value, &element)) {
            CHECK(elements < 4 && is(&element, want[elements]));
            elements++;
        }
    }
    CHECK_EQ(lines, 2);
    CHECK_EQ(elements, 4);
    from = 0;
    CHECK(!http_request_field(&r, HTTP_RANGE, &from, &value));
}

static void each_field_is_known_by_its_name(void)
{
    static const char *const names[] = {"Accept-Encoding", "Connection", "Content-Length", "Expect", "Host", "If-Match",
                                        "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since",
                                        "Range", "Referer", "TE", "Transfer-Encoding", "User-Agent"};
    struct http_text value;
    char head[256];

    CHECK_EQ(sizeof names / sizeof *names, HTTP_FIELD_KINDS);
    for (int i = 0; i < HTTP_FIELD_KINDS; i++) {
        static const char *const values[HTTP_FIELD_KINDS] = {
            [HTTP_CONTENT_LENGTH] = "7", [HTTP_EXPECT] = "100-continue", [HTTP_TRANSFER_ENCODING] = "chunked"};
        const char *const given = values[i] ? values[i] : "v";
        unsigned from = 0;

        snprintf(head, sizeof head, "GET / HTTP/1.1\r\n%s%s: %s\r\n\r\n", i == HTTP_HOST ? "" : "Host: h\r\n", names[i],
                 given);
        if (understands(head))
            CHECK(http_request_field(&r, (enum http_field)i, &from, &value) && is(&value, given));
    }
}

/* ---- limits ---- */

/* A head with `line` bytes of request line, `fields` fields, `total` bytes (0: as it comes). */
static unsigned sized(size_t line, unsigned fields, size_t total)
{
    static char head[64 * 1024];
    size_t n = 0;

    check_context("request line %zu, %u fields, %zu in all", line, fields, total);
    n += (size_t)sprintf(head, "GET /");
    while (n + 9 < line)
        head[n++] = 'x';
    n += (size_t)sprintf(head + n, " HTTP/1.1\r\nHost: h\r\n");
    for (unsigned i = 1; i < fields; i++)
        n += (size_t)sprintf(head + n, "A: b\r\n");
    if (total) {
        n += (size_t)sprintf(head + n, "B: ");
        while (n + 4 < total)
            head[n++] = 'x';
        n += (size_t)sprintf(head + n, "\r\n");
    }
    n += (size_t)sprintf(head + n, "\r\n");
    return read_head(head, n);
}

static void limits(void)
{
    CHECK_EQ(sized(HTTP_LINE_LONGEST - 1, 1, 0), 0);
    CHECK_EQ(sized(HTTP_LINE_LONGEST + 1, 1, 0), 414);
    CHECK_EQ(sized(30000, 1, 0), 414);
    CHECK_EQ(sized(20, HTTP_FIELDS_MOST, 0), 0);
    CHECK_EQ(sized(20, HTTP_FIELDS_MOST + 1, 0), 431);
    CHECK_EQ(sized(20, 1, HTTP_HEAD_LONGEST), 0);
    CHECK_EQ(sized(20, 1, HTTP_HEAD_LONGEST + 1), 431);
    CHECK_EQ(sized(20, 1, 40000), 431);
}

static void what_follows_is_left_alone(void)
{
    static const char two[] = G "\r\nGET /next HTTP/1.1\n\n\x01\xff";
    struct http_scan scan = {0};

    check_context("two requests");
    CHECK_EQ(http_head_scan(&scan, two, sizeof two - 1), 0);
    CHECK_EQ(scan.size, sizeof G "\r\n" - 1);
    check_context("nothing yet");
    scan = (struct http_scan){0};
    CHECK_EQ(http_head_scan(&scan, NULL, 0), HTTP_MORE);
}

/* Bytes changed at random: any verdict, but no fault, and the same cut and whole. */
static void mutations(void)
{
    static const char seed_head[] = "GET http://h:80/a?b HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: te, close\r\n"
                                    "Transfer-Encoding: chunked\r\nRange: bytes=0-1\r\n\r\n";
    static const char interesting[] = "\r\n\t :,;\"\\*/?#[]0\x7f\x80";
    uint64_t seed = 9;
    unsigned good = 0;

    for (int i = 0; i < 3000; i++) {
        char head[sizeof seed_head];
        const uint64_t x = check_random(&seed);

        memcpy(head, seed_head, sizeof head);
        for (uint64_t k = 0; k <= (x & 1); k++)
            head[(x >> (8 + 16 * k)) % (sizeof head - 1)] = interesting[(x >> (40 + 8 * k)) % sizeof interesting];
        check_context("mutation %d", i);
        const unsigned status = read_head(head, sizeof head - 1);

        CHECK(status == 0 || status == HTTP_MORE || (status >= 400 && status < 600));
        good += status == 0;
    }
    CHECK(good > 100);
}

int main(void)
{
    targets();
    methods();
    versions();
    line_ends();
    field_lines();
    every_byte_in_every_place();
    hosts();
    bodies();
    connections();
    lists_may_be_spread_over_lines();
    each_field_is_known_by_its_name();
    limits();
    what_follows_is_left_alone();
    mutations();
    return check_report("net/http_request");
}
