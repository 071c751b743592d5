/*
 * client_http_cut_test.c: a response of HTTP that is cut, wrong or corrupt: cut at any byte, cut within a whole frame,
 * lengths and chunks that lie, bits that are flipped, resets and silence.
 */
#define _GNU_SOURCE /* memmem */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/client.h"

#include <string.h>

/* Cut at every byte, or at every n-th. */
static void check_cuts(struct hostile_script whole, size_t every)
{
    static struct hostile_script scripts[2000];
    struct hostile h;

    for (size_t i = 0; i < whole.size; i += every) {
        scripts[i / every] = whole;
        scripts[i / every].size = i;
    }
    here_put_text("f", "old");
    hostile_serve(&h, scripts, (whole.size + every - 1) / every);
    for (size_t i = 0; i < whole.size; i += every) {
        check_context("cut at byte %zu of %zu", i, whole.size);
        CHECK_EQ(CLIENT("-O", ".", hostile_url(&h, "f")), 5);
        CHECK(client_says("cut short: "));
        CHECK(here_holds_text("f", "old"));
        CHECK_EQ(here_entries(), 1);
    }
    hostile_end(&h);
    here_clear();
}

static void test_cuts(void)
{
    check_cuts(reply(lorem_gz, OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size), 1);
    check_cuts(reply(chunked(lorem_gz, 60, ""), OK GZIP CHUNKED "\r\n"), 1);
    check_cuts(reply(lorem_gz, OK GZIP CLOSE "\r\n"), 3);
    check_cuts(reply(part(lorem, 0, 20), OK "Content-Length: 20\r\n\r\n"), 1);
    check_cuts(reply(chunked(lorem_zlib, 90, "A: b\r\n"), OK "Transfer-Encoding: deflate, chunked\r\n\r\n"), 3);
}

/* The frame is whole and the stream in it is not: what most clients take for a file. */
static void test_cut_streams_in_whole_frames(void)
{
    for (size_t n = 0; n < lorem_gz.size; n += 13) {
        check_context("%zu bytes of the stream", n);
        client_fails(reply(part(lorem_gz, 0, n), OK GZIP "Content-Length: %zu\r\n\r\n", n), 5,
                 "its framing is whole, but the compressed stream in it is not");
        client_fails(reply(chunked(part(lorem_gz, 0, n), 50, ""), OK GZIP CHUNKED "\r\n"), 5, "its framing is whole");
    }
}

static void test_wrong_lengths(void)
{
    check_context("a length that is too large");
    client_fails(reply(lorem, OK "Content-Length: 336\r\n\r\n"), 5, "after 335 of 336 bytes");
    client_fails(reply(lorem_gz, OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size + 1), 5, "cut short");
    check_context("a length that is too small");
    client_fails(reply(lorem, OK "Content-Length: 334\r\n\r\n"), 4, "the response goes on behind its end, at byte 334");
    client_fails(reply(lorem_gz, OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size - 1), 5, "cut short");
    check_context("bytes behind the stream");
    client_fails(reply(joined(lorem_gz, text("x")), OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size + 1), 4,
                 "bytes follow the end of the stream");
    client_fails(reply(joined(lorem_gz, text("\x1f")), OK GZIP CLOSE "\r\n"), 4, "bytes follow the end of the stream");
    client_fails(reply(chunked(joined(lorem_gz, text("\x1fx")), 1, ""), OK GZIP CHUNKED "\r\n"), 4,
                 "bytes follow the end of the stream");
    client_fails(reply(chunked(joined(lorem_zlib, text("more")), 5, ""),
                       OK DEFLATE CHUNKED "\r\n"), 4, "bytes follow the end of the stream");
    check_context("bytes behind the last chunk");
    client_fails(reply(joined(chunked(lorem_gz, 50, ""), text("x")), OK GZIP CHUNKED "\r\n"), 4,
                 "goes on behind its end");
    check_context("chunks that do not say their size");
    client_fails(reply(text("5\r\nhelloo\r\n0\r\n\r\n"), OK CHUNKED "\r\n"), 4, "no right chunk at byte");
    client_fails(reply(text("6\r\nhello\r\n0\r\n\r\n"), OK CHUNKED "\r\n"), 4, "no right chunk at byte");
    client_fails(reply(text("hello"), OK CHUNKED "\r\n"), 4, "no right chunk at byte");
    client_fails(reply(text("-1\r\n"), OK CHUNKED "\r\n"), 4, "no right chunk at byte");
    client_fails(reply(text("10000000000000000\r\nx"), OK CHUNKED "\r\n"), 4, "no right chunk at byte");
}

/* Any bit of the body: an error, or the right file (a few bits of gzip's header mean nothing). */
static void test_flipped_bits(void)
{
    const struct hostile_script forms[] = {
        reply(chunked(lorem_gz, 60, ""), OK GZIP CHUNKED "\r\n"),
        reply(lorem_zlib, OK DEFLATE "Content-Length: %zu\r\n\r\n", lorem_zlib.size)};
    static struct hostile_script scripts[1000];
    struct hostile h;
    int wrong = 0;
    enum { FLIP_EVERY = 11 };

    for (size_t form = 0; form < 2; form++) {
        const size_t head = (size_t)((const char *)memmem(forms[form].data, forms[form].size, "\r\n\r\n", 4) + 4 -
                                     (const char *)forms[form].data);
        size_t count = 0;

        for (size_t bit = head * 8 + form; bit < forms[form].size * 8; bit += FLIP_EVERY) {
            const struct bytes whole = {forms[form].data, forms[form].size};

            scripts[count] = forms[form];
            scripts[count++].data = flipped(whole, bit / 8, (unsigned char)(1 << bit % 8)).data;
        }
        hostile_serve(&h, scripts, count);
        for (size_t i = 0; i < count; i++) {
            check_context("form %zu, bit %zu flipped", form, head * 8 + form + i * FLIP_EVERY);
            here_put_text("f", "old");
            CLIENT("-O", ".", "--timeout", "20", hostile_url(&h, "f"));
            CHECK(client.code == 0 || client.code == 4 || client.code == 5);
            CHECK(client.code == 0 ? here_holds("f", lorem.data, lorem.size) : here_holds_text("f", "old"));
            CHECK_EQ(here_entries(), 1);
            wrong += client.code != 0;
        }
        hostile_end(&h);
    }
    CHECK(wrong > 150);
    here_clear();
}

static void test_reset_and_silence(void)
{
    struct hostile_script s = reply(part(lorem_gz, 0, 100), OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size);
    struct hostile h;

    check_context("reset");
    s.ending = HOSTILE_RESET;
    client_fails(s, 5, "Connection reset by peer");
    check_context("silence in the body, in the head, from the start");
    s.ending = HOSTILE_STALL;
    for (int i = 0; i < 3; i++) {
        hostile_serve(&h, &s, 1);
        CHECK_EQ(CLIENT("--timeout", "0.5", hostile_url(&h, "f")), 8);
        CHECK(client_says("timed out: nothing came from 127.0.0.1:"));
        CHECK_EQ(here_entries(), 0);
        hostile_end(&h);
        s.size = i == 0 ? 20 : 0;
    }
    check_context("whole, and the connection stays open");
    s = reply(lorem_gz, OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size);
    s.ending = HOSTILE_STALL;
    client_gets(s, lorem, NULL);
}

int main(void)
{
    static void (*const tests[])(void) = {test_cuts, test_cut_streams_in_whole_frames, test_wrong_lengths,
                                          test_flipped_bits, test_reset_and_silence};

    return client_tests("app/client_http_cut", tests, sizeof tests / sizeof *tests);
}
