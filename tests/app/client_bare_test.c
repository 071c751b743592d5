/*
 * client_bare_test.c: sluice-client against servers of the bare protocol: files that come whole, and each way to fail,
 * which has its exit code and its message and leaves the folder as it was.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/client.h"
#include "tests/support/folder.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A zlib stream of stored blocks of at most `block` bytes. */
static struct bytes stored(struct bytes plain, size_t block)
{
    unsigned char *const out = room(plain.size + plain.size / block * 5 + 32);
    unsigned char *p = out;
    const uint32_t adler = sluice_adler32(1, plain.data, plain.size);

    *p++ = 0x78;
    *p++ = 0x01;
    for (size_t at = 0;; at += block) {
        const size_t n = plain.size - at < block ? plain.size - at : block;
        const bool last = at + n == plain.size;

        *p++ = last;
        *p++ = (unsigned char)n;
        *p++ = (unsigned char)(n >> 8);
        *p++ = (unsigned char)~n;
        *p++ = (unsigned char)(~n >> 8);
        memcpy(p, plain.data + at, n);
        p += n;
        if (last)
            break;
    }
    for (int shift = 24; shift >= 0; shift -= 8)
        *p++ = (unsigned char)(adler >> shift);
    return (struct bytes){out, (size_t)(p - out)};
}

static void test_whole_files(void)
{
    struct hostile_script script = bare_reply(lorem_zlib);

    check_context("whole, in one piece");
    client_gets(script, lorem, NULL);
    check_context("whole, a byte at a time");
    script.piece = 1;
    client_gets(script, lorem, NULL);
    check_context("a server that reads once, as the original does");
    script.piece = 64;
    script.one_read = true;
    client_gets(script, lorem, NULL);
    check_context("a server that never closes: the stream's end is the end");
    script = bare_reply(lorem_zlib);
    script.ending = HOSTILE_STALL;
    client_gets(script, lorem, NULL);
    check_context("an empty file");
    client_gets(bare_reply(stored(text(""), 1)), text(""), NULL);
}

static void test_what_is_asked(void)
{
    const struct hostile_script script = bare_reply(lorem_zlib);
    struct hostile h;

    check_context("the name, bare");
    hostile_serve(&h, &script, 1);
    CHECK_EQ(CLIENT("-o", "f", hostile_url(&h, "a%20b/c")), 0);
    CHECK_EQ(strcmp(hostile_asked(&h), "a b/c\n"), 0);
    hostile_end(&h);
    here_clear();
}

static void test_bytes_behind_the_end(void)
{
    const struct hostile_script script = bare_reply(joined(lorem_zlib, text("\xCA\xFE\x02\x01")));
    struct hostile h;

    check_context("4 bytes behind the end");
    client_gets(script, lorem, "warning: 4 bytes came behind the end");
    hostile_serve(&h, &script, 1);
    CHECK_EQ(CLIENT("--trace", "-o", "/dev/null", hostile_url(&h, "f")), 0);
    CHECK(strstr(client.out, "\nClient: UNUSED \"cafe0201\"\n") != NULL);
    hostile_end(&h);
}

/* A file of some MB in memory that does not grow with it; the client sees it in pieces of every size. */
static void test_a_large_file(void)
{
    const size_t size = 8 << 20;
    unsigned char *const data = room(size);
    struct hostile_script script;
    struct hostile h;

    folder_noise(data, size);
    script = bare_reply(stored((struct bytes){data, size}, 65535));
    script.piece = 10007;
    check_context("8 MiB");
    here_put("want", data, size);
    hostile_serve(&h, &script, 1);
    CHECK_EQ(CLIENT("-o", "got", "--compare", "want", hostile_url(&h, "f")), 0);
    CHECK_BYTES(client.out, client.out_size, "response matches file contents: True\n", 37);
    CHECK_EQ(here_size("got"), (long long)size);
    CHECK_EQ(CLIENT("--limit-rate", "64M", "--block", "1000", "--compare", "want", hostile_url(&h, "f")), 0);
    hostile_end(&h);
    here_clear();
}

/* ---- No connection, no byte ---- */

static void test_no_connection(void)
{
    char url[64];
    unsigned full;
    int fds[8];

    check_context("nobody listens");
    snprintf(url, sizeof url, "sluice://127.0.0.1:%u/f", hostile_closed_port());
    CHECK_EQ(CLIENT(url), 2);
    CHECK(client_says("could not connect to 127.0.0.1:"));
    CHECK_EQ(here_entries(), 0);
    CHECK_EQ(CLIENT("sluice://unix:/nowhere/at/all:/f"), 2);
    CHECK(client_says("could not connect to unix:/nowhere/at/all: No such file"));
    CHECK_EQ(CLIENT("sluice://[::1%25nowhere]/f"), 2); /* a zone that is not there: needs no look-up to fail */
    CHECK(client_says("could not connect to [::1%nowhere]:1950: "));

    check_context("the connection does not come about");
    if (hostile_full_port(&full, fds)) {
        snprintf(url, sizeof url, "sluice://127.0.0.1:%u/f", full);
        CHECK_EQ(CLIENT("--timeout", "0.2", url), 8);
        CHECK(client_says("timed out"));
        CHECK_EQ(here_entries(), 0);
    } else {
        printf("skipped: this system takes connections however many wait\n");
    }
    for (int i = 0; i < 8; i++)
        close(fds[i]);
}

static void test_refused(void)
{
    check_context("closed without a byte");
    client_fails((struct hostile_script){0}, 3, "refused");
    check_context("closed without a byte, after one read");
    client_fails((struct hostile_script){.one_read = true}, 3, "refused");
}

/* ---- Cut, reset, silent ---- */

static void test_cut_at_every_byte(void)
{
    struct hostile_script scripts[300];
    struct hostile h;

    for (size_t i = 0; i < lorem_zlib.size; i++)
        scripts[i] = bare_reply(part(lorem_zlib, 0, i));
    here_put_text("f", "old");
    hostile_serve(&h, scripts, lorem_zlib.size);
    for (size_t i = 0; i < lorem_zlib.size; i++) {
        char want[64];

        check_context("cut at byte %zu", i);
        CHECK_EQ(CLIENT(hostile_url(&h, "f")), i == 0 ? 3 : 5);
        snprintf(want, sizeof want, "cut short: the stream ends after %zu bytes", i);
        CHECK(i == 0 || client_says(want));
        CHECK(here_holds_text("f", "old"));
        CHECK_EQ(here_entries(), 1);
    }
    hostile_end(&h);
    here_clear();
}

static void test_reset(void)
{
    check_context("reset in the middle");
    client_fails((struct hostile_script){.data = lorem_zlib.data, .size = 100, .ending = HOSTILE_RESET}, 5,
                 "after 100 bytes, before its end (Connection reset by peer)");
    check_context("reset before a byte: that is no orderly refusal");
    client_fails((struct hostile_script){.ending = HOSTILE_RESET}, 5, "Connection reset by peer");
}

static void test_silence(void)
{
    const struct hostile_script silent[] = {{.ending = HOSTILE_STALL},
                                            {.data = lorem_zlib.data, .size = 100, .ending = HOSTILE_STALL}};

    check_context("silent from the start");
    client_fails_with("--timeout", "0.3", silent[0], 8, "timed out: nothing came");
    check_context("silent in the middle");
    client_fails_with("--timeout", "1.5", silent[1], 8, "for 1.500 s, after 100 bytes"); /* they need time to come */
}

/* However lively a server is, and however often it may be tried, there is an end. */
static void test_time_for_all(void)
{
    /* a byte every now and then is what --timeout cannot see */
    const struct hostile_script slow = {.data = lorem_zlib.data, .size = lorem_zlib.size, .piece = 1};
    const struct hostile_script silent = {.data = lorem_zlib.data, .size = 100, .ending = HOSTILE_STALL};
    struct hostile h;
    char gone[40];

    check_context("in the middle of a file");
    client_fails_with("--max-time", "0.5", silent, 8, "timed out: not there after 0.500 s");
    check_context("whole in time");
    hostile_serve(&h, &slow, 1);
    CHECK_EQ(CLIENT("--max-time", "60", hostile_url(&h, "f")), 0);
    CHECK(here_holds("f", lorem.data, lorem.size));
    hostile_end(&h);
    here_clear();
    check_context("between two tries");
    snprintf(gone, sizeof gone, "sluice://127.0.0.1:%u/f", hostile_closed_port());
    CHECK_EQ(CLIENT("--max-time", "0.8", "--retries", "1000", gone), 8);
    CHECK(client_says("trying again"));
    CHECK(client_says("timed out: not there after 0.800 s; 0 bytes of the file had come"));
    here_clear();
}

/* ---- Corrupt, or too large ---- */

/* A bit is flipped here and there; the library says what the verdict must be, and where. */
static void test_flipped_bits(void)
{
    enum { STEP = 5 };
    static struct bytes streams[300 * 8 / STEP + 1];
    static struct hostile_script scripts[300 * 8 / STEP + 1];
    sluice_inflate_options options = sluice_inflate_defaults();
    size_t count = 0, corrupt = 0;
    struct hostile h;

    options.format = SLUICE_ZLIB;
    sluice_inflater *inflater = sluice_inflate_new(&options, NULL);
    for (size_t bit = 0; bit < lorem_zlib.size * 8; bit += STEP, count++) {
        streams[count] = flipped(lorem_zlib, bit / 8, (unsigned char)(1 << bit % 8));
        scripts[count] = bare_reply(streams[count]);
    }
    here_put_text("f", "old");
    hostile_serve(&h, scripts, count);
    for (size_t i = 0; i < count; i++) {
        unsigned char plain[66000];
        char want[200];
        size_t written;
        const sluice_status status = sluice_decompress(inflater, streams[i].data, streams[i].size, plain, sizeof plain,
                                                       &written);
        const sluice_position where = sluice_inflate_where(inflater);

        check_context("bit %zu flipped: %s", i * STEP, sluice_status_text(status));
        CHECK_EQ(CLIENT(hostile_url(&h, "f")), status == SLUICE_OK ? 0 : status == SLUICE_ERR_TRUNCATED ? 5 : 4);
        snprintf(want, sizeof want, "corrupt at byte %llu, bit %u of the stream: %s", (unsigned long long)where.input,
                 where.bit, sluice_status_text(status));
        if (status == SLUICE_NEED_DICTIONARY)
            strcpy(want, "corrupt: the stream asks for a preset dictionary");
        CHECK(client.code != 4 || client_says(want));
        CHECK(client.code == 0 ? here_holds("f", lorem.data, lorem.size) : here_holds_text("f", "old"));
        CHECK_EQ(here_entries(), 1);
        corrupt += client.code == 4;
        if (client.code == 0)
            here_put_text("f", "old");
    }
    CHECK(corrupt > count / 2);
    hostile_end(&h);
    sluice_inflate_free(inflater);
    here_clear();
}

static void test_no_zlib_stream_at_all(void)
{
    check_context("a page of HTTP");
    client_fails(bare_reply(text("HTTP/1.1 400 Bad Request\r\n\r\n")), 4, "corrupt at byte 1, bit 0");
    check_context("gzip");
    client_fails(bare_reply(lorem_gz), 4, "corrupt at byte 0");
}

static void test_sizes(void)
{
    static unsigned char empty_blocks[200000];
    const struct hostile_script whole = bare_reply(lorem_zlib);
    struct hostile_script endless = {.data = empty_blocks};
    struct hostile h;

    check_context("larger than allowed");
    client_fails_with("--max-size", "334", whole, 8, "larger than the 334 bytes allowed");
    hostile_serve(&h, &whole, 1);
    CHECK_EQ(CLIENT("--max-size", "335", hostile_url(&h, "f")), 0);
    hostile_end(&h);
    here_clear();

    check_context("a stream of empty blocks, which has no end");
    memcpy(empty_blocks, "\x78\x01", 2);
    for (endless.size = 2; endless.size + 5 <= sizeof empty_blocks; endless.size += 5)
        memcpy(empty_blocks + endless.size, "\x00\x00\x00\xFF\xFF", 5);
    endless.ending = HOSTILE_STALL;
    client_fails_with("--max-size", "1k", endless, 8, "for a file of at most 1024");
}

int main(void)
{
    static void (*const tests[])(void) = {
        test_whole_files, test_what_is_asked, test_bytes_behind_the_end, test_a_large_file, test_no_connection,
        test_refused, test_cut_at_every_byte, test_reset, test_silence, test_time_for_all, test_flipped_bits,
        test_no_zlib_stream_at_all, test_sizes};

    return client_tests("app/client_bare", tests, sizeof tests / sizeof *tests);
}
