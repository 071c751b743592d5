/*
 * client_saved_test.c: --save-compressed keeps the gzip stream as it came, checked all the same, and goes on with it.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/client.h"
#include "tests/support/folder.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void test_save_compressed(void)
{
    const struct hostile_script good[] = {reply(lorem_gz, OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size),
                                          reply(chunked(lorem_gz, 10, ""), OK GZIP CHUNKED "\r\n")};
    struct hostile h;

    hostile_serve(&h, good, 2);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(CLIENT("--save-compressed", hostile_url(&h, "f")), 0);
        CHECK(hostile_was_asked(&h, "Accept-Encoding: gzip\r\n"));
        CHECK(here_holds("f.gz", lorem_gz.data, lorem_gz.size));
        CHECK_EQ(here_clear(), 1);
    }
    CHECK_EQ(CLIENT("--save-compressed", "-o", "-", hostile_url(&h, "f")), 0);
    CHECK_BYTES(client.out, client.out_size, lorem_gz.data, lorem_gz.size);
    CHECK_EQ(CLIENT("--save-compressed", "--coding", "deflate", hostile_url(&h, "f")), 1);
    CHECK_EQ(CLIENT("--save-compressed", "--compare", "x", hostile_url(&h, "f")), 1);
    CHECK_EQ(CLIENT("--save-compressed", "sluice://127.0.0.1/f"), 1);
    hostile_end(&h);
    check_context("checked all the same");
    const struct {
        struct hostile_script script;
        int code;
    } bad[] = {{reply(flipped(lorem_gz, lorem_gz.size - 6, 4), OK GZIP "\r\n"), 4},
               {reply(part(lorem_gz, 0, 150), OK GZIP "\r\n"), 5},
               {reply(lorem, OK "\r\n"), 3},
               {reply(lorem_zlib, OK DEFLATE "\r\n"), 3},
               {reply(joined(lorem_gz, text("x")), OK GZIP "\r\n"), 4}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        check_context("case %zu", i);
        hostile_serve(&h, &bad[i].script, 1);
        CHECK_EQ(CLIENT("--save-compressed", hostile_url(&h, "f")), bad[i].code);
        CHECK_EQ(here_entries(), 0);
        hostile_end(&h);
    }
}

/* ---- Going on with it ---- */

#define V1 "ETag: \"v1\"\r\n"
#define KEPT_GZ ".f.gz.sluice-kept"
#define RANGE_GZ "Accept-Encoding: gzip\r\nRange: bytes=5904-\r\nIf-Range: \"v1\"\r\n\r\n"

enum { CUT = 10000, FROM = CUT - 4096 }; /* the client asks for the last 4096 bytes once more */

/* Bytes that do not become fewer, so that a stream of them is longer than the tail that comes once more. */
static struct bytes noise(void)
{
    enum { SIZE = 20000 };
    unsigned char *const p = room(SIZE);

    folder_noise(p, SIZE);
    return (struct bytes){p, SIZE};
}

static void test_resume_saved(void)
{
    const struct bytes plain = noise(), stream = coded(plain, SLUICE_GZIP);
    const struct bytes rest = part(stream, FROM, stream.size - FROM);
    const struct hostile_script first = reply(part(stream, 0, CUT), OK V1 GZIP "Content-Length: %zu\r\n\r\n",
                                              stream.size);
    const struct hostile_script good = reply(rest, "HTTP/1.1 206 x\r\n" V1 GZIP "Content-Range: bytes 5904-%zu/%zu\r\n"
                                             "Content-Length: %zu\r\n\r\n", stream.size - 1, stream.size, rest.size);
    const struct hostile_script whole = reply(stream, OK GZIP "\r\n");
    struct hostile h;

    CHECK(stream.size > plain.size);
    here_put("want", plain.data, plain.size);
    check_context("by another run");
    hostile_serve(&h, (const struct hostile_script[]){first, good}, 2);
    CHECK_EQ(CLIENT("-C", "--save-compressed", "-O", ".", hostile_url(&h, "f")), 5);
    CHECK(client_says("10000 bytes are kept beside \"f.gz\""));
    CHECK(here_holds(KEPT_GZ, stream.data, CUT));
    CHECK_EQ(CLIENT("-C", "-v", "--save-compressed", "--compare", "want", "-O", ".", hostile_url(&h, "f")), 0);
    CHECK(client_says("going on at byte 10000"));
    CHECK(strstr(client.out, "contents: True") != NULL);
    CHECK(hostile_was_asked(&h, RANGE_GZ));
    CHECK(here_holds("f.gz", stream.data, stream.size));
    CHECK_EQ(here_entries(), 2);
    hostile_end(&h);

    check_context("by a further try");
    hostile_serve(&h, (const struct hostile_script[]){first, good}, 2);
    CHECK_EQ(CLIENT("--retries", "1", "--save-compressed", "--compare", "want", "-O", ".", hostile_url(&h, "f")), 0);
    CHECK(client_says("trying again in 0.5 s, going on where it stopped"));
    CHECK(hostile_was_asked(&h, RANGE_GZ));
    CHECK(here_holds("f.gz", stream.data, stream.size));
    hostile_end(&h);

    check_context("what has been passed on cannot be read again");
    hostile_serve(&h, (const struct hostile_script[]){first, good}, 2);
    CHECK_EQ(CLIENT("--retries", "1", "--save-compressed", "-o", "-", hostile_url(&h, "f")), 5);
    CHECK_BYTES(client.out, client.out_size, stream.data, CUT);
    hostile_end(&h);

    const struct hostile_script useless[] = {
        whole, /* at once */
        reply(plain, "HTTP/1.1 206 x\r\n" V1 "Content-Range: bytes 5904-25903/25904\r\n\r\n"), /* as it is */
        reply(rest, "HTTP/1.1 206 x\r\nETag: \"v2\"\r\n" GZIP "Content-Range: bytes 5904-%zu/%zu\r\n\r\n",
              stream.size - 1, stream.size),
        reply(flipped(rest, 4095, 1), "HTTP/1.1 206 x\r\n" V1 GZIP "Content-Range: bytes 5904-%zu/%zu\r\n\r\n",
              stream.size - 1, stream.size)};
    for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
        check_context("useless %zu", i);
        hostile_serve(&h, (const struct hostile_script[]){first, useless[i], whole}, 3);
        CHECK_EQ(CLIENT("-C", "--save-compressed", "-O", ".", hostile_url(&h, "f")), 5);
        CHECK_EQ(CLIENT("-C", "--save-compressed", "--compare", "want", "-O", ".", hostile_url(&h, "f")), 0);
        CHECK(client_says("from the start"));
        CHECK(here_holds("f.gz", stream.data, stream.size));
        CHECK_EQ(here_entries(), 2);
        hostile_end(&h);
    }

    /* What was kept is no longer what came: told at once, or by the checksum in the end; then it is not kept again. */
    for (int byte = 0; byte <= 5000; byte += 5000) {
        check_context("byte %d of what was kept has changed", byte);
        hostile_serve(&h, (const struct hostile_script[]){first, good, whole}, 3);
        CHECK_EQ(CLIENT("-C", "--save-compressed", "-O", ".", hostile_url(&h, "f")), 5);

        const int fd = open(KEPT_GZ, O_WRONLY);

        CHECK(fd >= 0 && pwrite(fd, "\xFF", 1, byte) == 1);
        close(fd);
        CHECK_EQ(CLIENT("-C", "--save-compressed", "-O", ".", hostile_url(&h, "f")), byte ? 4 : 0);
        CHECK(client_says(byte ? "CRC-32" : "from the start"));
        CHECK(access(KEPT_GZ, F_OK) != 0);
        CHECK_EQ(CLIENT("-C", "--save-compressed", "-O", ".", hostile_url(&h, "f")), 0);
        CHECK(here_holds("f.gz", stream.data, stream.size));
        hostile_end(&h);
    }
    here_clear();
}

int main(void)
{
    static void (*const tests[])(void) = {test_save_compressed, test_resume_saved};

    return client_tests("app/client_saved", tests, sizeof tests / sizeof *tests);
}
