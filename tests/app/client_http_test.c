/*
 * client_http_test.c: sluice-client and what servers of HTTP answer: every form in which a file comes whole, what is
 * asked, refusals, heads that are wrong, redirects, connections that are kept, and limits of size.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/client.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- Whole files ---- */

/* The file comes whole, sent at once and a byte at a time. */
static void comes_whole(struct hostile_script script, struct bytes want, const char *warns)
{
    client_gets(script, want, warns);
    script.piece = 1;
    client_gets(script, want, warns);
}

static void test_forms(void)
{
    const struct bytes two = joined(coded(part(lorem, 0, 100), SLUICE_GZIP), coded(part(lorem, 100, 235), SLUICE_GZIP));
    const struct bytes none = text("");

    check_context("as it is");
    comes_whole(reply(lorem, OK "Content-Length: 335\r\n\r\n"), lorem, NULL);
    comes_whole(reply(chunked(lorem, 100, ""), OK CHUNKED "\r\n"), lorem, NULL);
    comes_whole(reply(chunked(lorem, 1, "Trailer: x\r\n"), OK CHUNKED "\r\n"), lorem, NULL);
    comes_whole(reply(lorem, OK CLOSE "\r\n"), lorem, "the server told no length");
    comes_whole(reply(lorem, "HTTP/1.0 200 OK\nContent-Length: 335\n\n"), lorem, NULL);
    comes_whole(reply(none, OK "Content-Length: 0\r\n\r\n"), none, NULL);
    check_context("gzip");
    comes_whole(reply(lorem_gz, OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size), lorem, NULL);
    comes_whole(reply(chunked(lorem_gz, 7, ""), OK GZIP CHUNKED "\r\n"), lorem, NULL);
    comes_whole(reply(lorem_gz, OK GZIP CLOSE "\r\n"), lorem, NULL);
    comes_whole(reply(lorem_gz, OK "Content-Encoding: x-gzip\r\n\r\n"), lorem, NULL);
    comes_whole(reply(two, OK GZIP "Content-Length: %zu\r\n\r\n", two.size), lorem, NULL);
    comes_whole(reply(chunked(two, 3, ""), OK GZIP CHUNKED "\r\n"), lorem, NULL);
    check_context("deflate, as it should be and as some send it");
    comes_whole(reply(lorem_zlib, OK DEFLATE "Content-Length: %zu\r\n\r\n", lorem_zlib.size), lorem, NULL);
    comes_whole(reply(lorem_raw, OK DEFLATE "Content-Length: %zu\r\n\r\n", lorem_raw.size), lorem,
                "which has no checksum");
    check_context("transfer codings");
    comes_whole(reply(chunked(lorem_gz, 50, ""), OK "Transfer-Encoding: gzip, chunked\r\n\r\n"), lorem, NULL);
    comes_whole(reply(chunked(lorem_zlib, 50, ""), OK "Transfer-Encoding: deflate, chunked\r\n\r\n"), lorem, NULL);
    comes_whole(reply(lorem_gz, OK "Transfer-Encoding: gzip\r\n\r\n"), lorem, NULL);
    comes_whole(reply(chunked(coded(lorem_zlib, SLUICE_GZIP), 9, ""),
                      OK DEFLATE "Transfer-Encoding: gzip, chunked\r\n\r\n"), lorem, NULL);
    check_context("interim responses come first");
    comes_whole(reply(joined(text("HTTP/1.1 103 x\r\n\r\n" OK "Content-Length: 335\r\n\r\n"), lorem),
                      "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"), lorem, NULL);
}

static void test_what_is_asked(void)
{
    const struct hostile_script script = reply(lorem, OK "Content-Length: 335\r\n\r\n");
    char want[300];
    struct hostile h;

    hostile_serve(&h, &script, 1);
    CHECK_EQ(CLIENT(hostile_url(&h, "a%20b c?d=1#e"), "-o", "f"), 0);
    snprintf(want, sizeof want,
             "GET /a%%20b%%20c?d=1 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: sluice-client/" SLUICE_VERSION
             "\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n\r\n", h.port);
    CHECK(hostile_was_asked(&h, want));
    CHECK_EQ(CLIENT(hostile_url(&h, "f"), "--coding", "deflate", "--header", "X: y", "--header", "host:z"), 0);
    CHECK(hostile_was_asked(&h, "Accept-Encoding: deflate\r\nX: y\r\nhost:z\r\n\r\n"));
    CHECK(!hostile_was_asked(&h, "GET /f HTTP/1.1\r\nHost"));
    check_context("fields that cannot be set");
    static const char *const bad[] = {"X", ": y", "X y: z", "X: a\r\nY: b", "Range: bytes=1-", "te:gzip",
                                      "Content-Length: 5", "Accept-Encoding: br"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_EQ(CLIENT(hostile_url(&h, "f"), "--header", bad[i]), 1);
        CHECK(client_says("--header: "));
    }
    check_context("a name must come from somewhere");
    CHECK_EQ(CLIENT(hostile_url(&h, "")), 1);
    CHECK_EQ(CLIENT(hostile_url(&h, "a/")), 1);
    CHECK_EQ(CLIENT(hostile_url(&h, ".profile")), 1);
    CHECK_EQ(CLIENT(hostile_url(&h, "a%2f..")), 1);
    CHECK_EQ(CLIENT(hostile_url(&h, ""), "-o", "f"), 0);
    unlink("f");
    CHECK_EQ(CLIENT(hostile_url(&h, "dir/f?query")), 0);
    CHECK(here_holds("f", lorem.data, lorem.size));
    hostile_end(&h);
    here_clear();
}

static void test_local_socket(void)
{
    const struct hostile_script script = reply(lorem_gz, OK GZIP "\r\n");
    struct hostile h;

    CHECK(hostile_begin(&h, "./sock", &script, 1));
    CHECK_EQ(CLIENT("http://unix:./sock:/f"), 0);
    CHECK(here_holds("f", lorem.data, lorem.size));
    CHECK(hostile_was_asked(&h, "GET /f HTTP/1.1\r\nHost: localhost\r\n"));
    hostile_end(&h);
    here_clear();
}

/* ---- Heads ---- */

static void test_refusals(void)
{
    const struct bytes none = text("");

    client_fails(reply(none, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), 3,
                 "refused: the server answers 404 \"Not Found\"");
    client_fails(reply(none, "HTTP/1.1 503 \x1b[2J\r\n\r\n"), 4, "control character");
    client_fails(reply(none, "HTTP/1.1 500\r\n\r\n"), 3, "refused: the server answers 500");
    client_fails(reply(none, "HTTP/1.1 204 No Content\r\n\r\n"), 3, "refused: the server answers 204");
    client_fails(reply(none, "HTTP/1.1 304 x\r\n\r\n"), 3, "refused: the server answers 304");
    client_fails(reply(none, "HTTP/1.1 416 x\r\n\r\n"), 3, "refused: the server answers 416");
    client_fails(reply(none, "HTTP/1.1 302 x\r\n\r\n"), 3, "refused: the server answers 302");
    client_fails(reply(lorem_gz, OK "Content-Encoding: br\r\n\r\n"), 3, "a coding that was not asked for: \"br\"");
    client_fails(reply(lorem_gz, OK "Content-Encoding: gzip, gzip\r\n\r\n"), 3, "\"gzip, gzip\"");
    client_fails(reply(lorem_gz, OK "Transfer-Encoding: zstd, chunked\r\n\r\n"), 3, "\"zstd, chunked\"");
}

static void test_bad_heads(void)
{
    const struct bytes none = text("");
    struct hostile_script flood = reply(none, OK);
    unsigned char *const fields = room(1 << 20);

    client_fails(reply(none, "SSH-2.0-OpenSSH\r\n"), 4, "no good HTTP response: it does not begin with HTTP/1.");
    client_fails(reply(lorem, OK "Content-Length: 335\r\nContent-Length: 336\r\n\r\n"), 4, "two lengths that differ");
    client_fails(reply(lorem, OK CHUNKED "Content-Length: 335\r\n\r\n"), 4, "both Content-Length and");
    client_fails(reply(lorem, OK "Content-Length: -1\r\n\r\n"), 4, "its Content-Length is no number");
    client_fails(reply(lorem, OK "No colon\r\n\r\n"), 4, "a line that is no field");
    client_fails(reply(lorem, "HTTP/1.1 206 x\r\nContent-Range: bytes 0-334/335\r\n\r\n"), 4, "it is a part (206)");
    client_fails(reply(none, "HTTP/1.1 101 x\r\n\r\n"), 4, "changes to a protocol that was not asked for");
    check_context("a head without end");
    memset(fields, 'a', 1 << 20);
    memcpy(fields, OK "X: ", 20);
    flood.data = fields;
    flood.size = 1 << 20;
    client_fails(flood, 4, "its head is too long");
    check_context("fields without end");
    for (size_t i = 17; i + 6 <= 1 << 20; i += 6)
        memcpy(fields + i, "X: y\r\n", 6);
    client_fails(flood, 4, "its head is too long");
    check_context("interim responses without end");
    for (size_t i = 0; i + 18 <= 1 << 20; i += 18)
        memcpy(fields + i, "HTTP/1.1 100 x\r\n\r\n", 18);
    client_fails(flood, 4, "interim responses without end");
}

static void test_redirects(void)
{
    const struct bytes none = text("");
    struct hostile_script scripts[20];
    struct hostile h, other;

    check_context("to where we do not go");
    client_fails(reply(none, "HTTP/1.1 301 x\r\nLocation: https://127.0.0.1/f\r\n\r\n"), 3, "TLS");
    client_fails(reply(none, "HTTP/1.1 302 x\r\nLocation: http://unix:/run/x:/f\r\n\r\n"), 3, "a local socket");
    client_fails(reply(none, "HTTP/1.1 302 x\r\nLocation: sluice://127.0.0.1/f\r\n\r\n"), 3, "another protocol");
    client_fails(reply(none, "HTTP/1.1 302 x\r\nLocation: file:///etc/passwd\r\n\r\n"), 3, "no known kind");
    check_context("round and round");
    client_fails(reply(none, "HTTP/1.1 307 x\r\nLocation: ../f\r\n\r\n"), 3, "more than 10 redirects");
    check_context("ten, and then the file; it has the name that was asked for");
    for (int i = 0; i < 10; i++)
        scripts[i] = reply(none, "HTTP/1.1 %d x\r\nLocation: g%d\r\n\r\n", (int[]){301, 302, 303, 307, 308}[i % 5], i);
    scripts[10] = reply(lorem_gz, OK GZIP "\r\n");
    hostile_serve(&h, scripts, 11);
    CHECK_EQ(CLIENT(hostile_url(&h, "d/f")), 0);
    CHECK(here_holds("f", lorem.data, lorem.size));
    CHECK(hostile_was_asked(&h, "GET /d/g9 HTTP/1.1\r\n"));
    hostile_end(&h);
    check_context("to another server, which does not get the user's fields");
    hostile_serve(&other, &scripts[10], 1);
    scripts[0] = reply(none, "HTTP/1.1 302 x\r\nLocation: %s\r\n\r\n", hostile_url(&other, "x"));
    hostile_serve(&h, scripts, 1);
    CHECK_EQ(CLIENT(hostile_url(&h, "f"), "-v", "--header", "Authorization: secret"), 0);
    CHECK(client_says("the server sends us to \"http://127.0.0.1:"));
    CHECK(hostile_was_asked(&h, "Authorization: secret"));
    const char *const there = hostile_asked(&other);
    CHECK(strstr(there, "GET /x ") && !strstr(there, "secret"));
    hostile_end(&h);
    hostile_end(&other);
    here_clear();
}

/* ---- Connections that are kept ---- */

static void test_kept_connections(void)
{
    struct hostile_script scripts[3], last = reply(lorem_gz, OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size);
    struct hostile h;

    scripts[2] = scripts[1] = scripts[0] = last;
    scripts[0].then = &scripts[1];
    scripts[1].then = &scripts[2];
    hostile_serve(&h, scripts, 1);
    check_context("three files by one connection");
    CHECK_EQ(CLIENT(hostile_url(&h, "one"), hostile_url(&h, "two"), hostile_url(&h, "three")), 0);
    CHECK(here_holds("one", lorem.data, lorem.size));
    CHECK(here_holds("two", lorem.data, lorem.size));
    CHECK(here_holds("three", lorem.data, lorem.size));
    CHECK(hostile_was_asked(&h, "connection 0\n"));
    CHECK(!hostile_was_asked(&h, "connection 1\n"));
    hostile_end(&h);
    check_context("the server closes it behind the response, though it did not say so");
    hostile_serve(&h, &last, 1);
    CHECK_EQ(CLIENT(hostile_url(&h, "one"), hostile_url(&h, "two")), 0);
    CHECK(hostile_was_asked(&h, "connection 1\n"));
    hostile_end(&h);
    here_clear();
}

/* ---- Limits of size ---- */

static void test_sizes(void)
{
    const struct bytes zeros = {room(1 << 20), 1 << 20};
    const struct bytes bomb = coded((struct bytes){memset((void *)zeros.data, 0, zeros.size), zeros.size}, SLUICE_GZIP);
    const struct hostile_script scripts[] = {reply(lorem, OK "Content-Length: 335\r\n\r\n"),
                                             reply(chunked(lorem, 10, ""), OK CHUNKED "\r\n"),
                                             reply(lorem_gz, OK GZIP "\r\n"),
                                             reply(text("x"), OK "Content-Length: 9999999999999\r\n\r\n"),
                                             reply(text("x"), OK GZIP "Content-Length: 9999999999999\r\n\r\n"),
                                             reply(bomb, OK GZIP "\r\n")};
    struct hostile h;

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        check_context("case %zu", i);
        hostile_serve(&h, &scripts[i], 1);
        CHECK_EQ(CLIENT("--max-size", "334", hostile_url(&h, "f")), 8);
        CHECK(client_says("larger than the 334 bytes allowed"));
        CHECK_EQ(here_entries(), 0);
        if (i < 3)
            CHECK_EQ(CLIENT("--max-size", "335", hostile_url(&h, "f")), 0);
        here_clear();
        hostile_end(&h);
    }
    check_context("more travels than such a file can need");
    static unsigned char empty_blocks[300000]; /* stored blocks of no byte: 00 00 00 FF FF */
    for (size_t i = 0; i + 5 <= sizeof empty_blocks; i += 5)
        memcpy(empty_blocks + i, "\x00\x00\x00\xFF\xFF", 5);
    const struct hostile_script endless = reply((struct bytes){empty_blocks, sizeof empty_blocks},
                                                OK DEFLATE "\r\n");
    hostile_serve(&h, &endless, 1);
    CHECK_EQ(CLIENT("--max-size", "1000", hostile_url(&h, "f")), 8);
    CHECK(client_says("bytes have come for a file of at most 1000"));
    hostile_end(&h);
}

int main(void)
{
    static void (*const tests[])(void) = {test_forms,     test_what_is_asked, test_local_socket,     test_refusals,
                                          test_bad_heads, test_redirects,     test_kept_connections, test_sizes};

    return client_tests("app/client_http", tests, sizeof tests / sizeof *tests);
}
