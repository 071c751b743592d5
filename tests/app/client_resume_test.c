/*
 * client_resume_test.c: what was begun over HTTP is gone on with: by -C in a later run, by --retries in the same one;
 * and what cannot be gone on with is fetched anew.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/client.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned char large[20000];

#define V1 "ETag: \"v1\"\r\n"
#define DATES "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 08:49:39 GMT\r\n"
#define KEPT ".f.sluice-kept"
#define NOTE ".f.sluice-note"

enum { CUT = 10000, FROM = CUT - 4096, REST = sizeof large - FROM };

static struct bytes whole_large(void) { return (struct bytes){large, sizeof large}; }

/* 200 with the first CUT bytes and a close. */
static struct hostile_script first_part(void)
{
    return reply(part(whole_large(), 0, CUT), OK V1 "Content-Length: %zu\r\n\r\n", sizeof large);
}

/*
 * With -C: a first run that is cut, then one that the scripts answer; the file is whole then, and `message` was said.
 */
static void check_resumed(struct hostile_script first, const struct hostile_script *then, size_t count,
                          const char *message, const char *request)
{
    struct hostile_script scripts[4] = {first};
    struct hostile h;

    memcpy(scripts + 1, then, count * sizeof *then);
    hostile_serve(&h, scripts, count + 1);
    here_put_text("f", "old");
    CHECK_EQ(CLIENT("-C", "-O", ".", hostile_url(&h, "f")), 5);
    CHECK(client_says("are kept beside \"f\""));
    CHECK(here_holds_text("f", "old"));
    CHECK(access(KEPT, F_OK) == 0 && access(NOTE, F_OK) == 0);
    CHECK_EQ(here_entries(), 3);
    if (!CHECK_EQ(CLIENT("-C", "-v", "-O", ".", hostile_url(&h, "f")), 0))
        printf("    %s\n", client.err);
    CHECK(client_says(message));
    CHECK(here_holds("f", large, sizeof large));
    CHECK_EQ(here_entries(), 1);
    CHECK(hostile_was_asked(&h, request));
    hostile_end(&h);
    here_clear();
}

#define RANGE "TE: gzip, deflate\r\nConnection: TE\r\nRange: bytes=5904-\r\nIf-Range: \"v1\"\r\n\r\n"

static void test_resume(void)
{
    const struct bytes rest = part(whole_large(), FROM, REST), packed = coded(rest, SLUICE_GZIP);
    const struct hostile_script afresh = reply(chunked(coded(whole_large(), SLUICE_GZIP), 999, ""),
                                               OK GZIP CHUNKED "\r\n");
    struct hostile_script s[3];

    s[0] = reply(rest, "HTTP/1.1 206 x\r\n" V1 "Content-Range: bytes 5904-19999/20000\r\nContent-Length: %d\r\n\r\n",
                 REST);
    check_context("the rest as it is");
    check_resumed(first_part(), s, 1, "going on at byte 10000", RANGE);
    check_context("the rest, compressed on its way");
    s[0] = reply(chunked(packed, 1000, ""), "HTTP/1.1 206 x\r\n" V1 "Content-Range: bytes 5904-19999/20000\r\n"
                 "Transfer-Encoding: gzip, chunked\r\n\r\n");
    check_resumed(first_part(), s, 1, "(10000 of them from an earlier run)", RANGE);
    check_context("no length, but Content-Range tells where the end is");
    s[0] = reply(rest, "HTTP/1.1 206 x\r\nContent-Range: bytes 5904-19999/20000\r\n\r\n");
    check_resumed(first_part(), s, 1, "going on at byte 10000", RANGE);
    check_context("a compressed first part: by the date, since the tag is of the compressed form");
    const struct bytes gzipped = coded(whole_large(), SLUICE_GZIP);
    struct hostile h;

    s[0] = reply(part(gzipped, 0, gzipped.size - 1), OK V1 DATES GZIP "Content-Length: %zu\r\n\r\n", gzipped.size);
    s[1] = reply(part(whole_large(), 20000 - 4096, 4096),
                 "HTTP/1.1 206 x\r\n" DATES "Content-Range: bytes 15904-19999/20000\r\nContent-Length: 4096\r\n\r\n");
    check_resumed(s[0], s + 1, 1, "going on at byte 20000",
                  "Range: bytes=15904-\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    check_context("a part of the rest, and then the rest of it, in one run");
    s[0] = first_part();
    s[1] = reply(part(whole_large(), FROM, 6000), "HTTP/1.1 206 x\r\nContent-Range: bytes 5904-11903/20000\r\n\r\n");
    s[2] = reply(part(whole_large(), 11904 - 4096, 20000 - 11904 + 4096),
                 "HTTP/1.1 206 x\r\nContent-Range: bytes 7808-19999/20000\r\n\r\n");
    hostile_serve(&h, s, 3);
    here_put("want", large, sizeof large);
    CHECK_EQ(CLIENT("--retries", "2", "--compare", "want", "-o", "f", hostile_url(&h, "f")), 0);
    CHECK(client_says("the server gave only a part of the rest"));
    CHECK(client_says("11904 bytes of the file had come; trying again in 0.5 s, going on where it stopped"));
    CHECK(here_holds("f", large, sizeof large));
    CHECK_EQ(here_entries(), 2);
    hostile_end(&h);
    here_clear();

    const char *const from_start = "the file has changed, or the server gives no parts of it: from the start";

    check_context("the file has changed: 200 with the whole, uncompressed; it is asked for once more");
    s[0] = reply(text("other"), OK "ETag: \"v2\"\r\nContent-Length: 5\r\n\r\n");
    s[1] = afresh;
    check_resumed(first_part(), s, 2, from_start, "Accept-Encoding: gzip, deflate\r\n\r\n");
    check_context("200 with the whole, in a transfer coding: taken as it is");
    s[0] = reply(chunked(coded(whole_large(), SLUICE_GZIP), 999, ""), OK "Transfer-Encoding: gzip, chunked\r\n\r\n");
    check_resumed(first_part(), s, 1, from_start, RANGE);
    check_context("416");
    s[0] = reply(text(""), "HTTP/1.1 416 x\r\nContent-Range: bytes */3\r\nContent-Length: 0\r\n\r\n");
    check_resumed(first_part(), s, 2, from_start, RANGE);
    static const char *const useless[] = {
        "Content-Range: bytes 5905-19999/20000\r\n", "Content-Range: bytes 0-19999/20000\r\n", "",
        "Content-Range: bytes 5904-19999/*\r\n", "Content-Range: bytes 5904-9998/9999\r\n",
        "Content-Range: bytes 5904-19999/20000\r\nETag: \"v2\"\r\n",
        "Content-Range: bytes 5904-19999/20000\r\nContent-Encoding: gzip\r\n",
        "Content-Type: multipart/byteranges; boundary=x\r\n"};
    for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
        check_context("%s", useless[i]);
        s[0] = reply(rest, "HTTP/1.1 206 x\r\n%s\r\n", useless[i]);
        check_resumed(first_part(), s, 2, from_start, RANGE);
    }
    check_context("the same tag, but the bytes that are there already come back different");
    s[0] = reply(flipped(rest, 4095, 1), "HTTP/1.1 206 x\r\n" V1 "Content-Range: bytes 5904-19999/20000\r\n\r\n");
    check_resumed(first_part(), s, 2, from_start, RANGE);
}

/* A rest that is wrong in itself. The part from before stays for another time unless it may be wrong too. */
static void test_bad_rests(void)
{
    const struct bytes rest = part(whole_large(), FROM, REST), packed = coded(rest, SLUICE_GZIP);
    const char *const range = "HTTP/1.1 206 x\r\nContent-Range: bytes 5904-19999/20000\r\n";
    struct hostile h;

    const struct {
        struct hostile_script script;
        int code;
        bool kept;
        const char *message;
    } cases[] = {
        {reply(rest, "%sContent-Length: 14095\r\n\r\n", range), 4, false, "not that of its Content-Range"},
        {reply(chunked(part(rest, 0, REST - 1), 500, ""), "%s" CHUNKED "\r\n", range), 5, true, "gives less than"},
        {reply(chunked(joined(rest, text("x")), 500, ""), "%s" CHUNKED "\r\n", range), 4, false, "more bytes come"},
        {reply(chunked(part(packed, 0, packed.size - 1), 500, ""), "%sTransfer-Encoding: gzip, chunked\r\n\r\n", range),
         5, true, "its framing is whole"},
        {reply(chunked(flipped(packed, packed.size - 8, 1), 500, ""), /* the CRC */
               "%sTransfer-Encoding: gzip, chunked\r\n\r\n", range),
         4, false, "corrupt at"},
        {reply(text(""), "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), 3, true, "503 \"Busy\""},
        {(struct hostile_script){.http = true}, 5, true, "before the head"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct hostile_script scripts[] = {first_part(), cases[i].script};

        check_context("%s", cases[i].message);
        hostile_serve(&h, scripts, 2);
        CHECK_EQ(CLIENT("-C", hostile_url(&h, "f")), 5);
        CHECK_EQ(CLIENT("-C", hostile_url(&h, "f")), cases[i].code);
        CHECK(client_says(cases[i].message));
        CHECK(access("f", F_OK) < 0);
        CHECK_EQ(here_entries(), cases[i].kept ? 2 : 0);
        hostile_end(&h);
        here_clear();
    }
}

/* What is lying there is gone on with only if it is known what it is. */
static void test_notes(void)
{
    const struct hostile_script whole = reply(whole_large(), OK "Content-Length: 20000\r\n\r\n");
    char note[700];
    struct hostile h;

    hostile_serve(&h, &whole, 1);
    for (int i = 0; i < 5; i++) {
        check_context("case %d", i);
        snprintf(note, sizeof note, "%s%s%s\n%s\n%s", i == 1 ? "sluice-part 2\n" : "sluice-part 1\n",
                 hostile_url(&h, "f"), i == 2 ? "x" : "", i == 3 ? "" : "\"v1\"", i == 4 ? "more\n" : "");
        here_put(KEPT, "something", 9);
        if (i > 0)
            here_put(NOTE, note, strlen(note));
        CHECK_EQ(CLIENT("-C", hostile_url(&h, "f")), 0);
        CHECK(here_holds("f", large, sizeof large));
        CHECK(!hostile_was_asked(&h, "Range"));
        CHECK_EQ(here_clear(), 1);
    }
    hostile_end(&h);
    check_context("a server that gives nothing to know the file by: nothing is kept");
    const struct hostile_script cut = reply(part(whole_large(), 0, CUT), OK "ETag: W/\"v1\"\r\n"
                                            "Content-Length: 20000\r\n\r\n");
    hostile_serve(&h, &cut, 1);
    CHECK_EQ(CLIENT("-C", hostile_url(&h, "f")), 5);
    CHECK_EQ(here_entries(), 0);
    check_context("what cannot be gone on with");
    hostile_end(&h);
    const struct hostile_script bare = {.data = lorem_zlib.data, .size = 100};
    hostile_serve(&h, &bare, 1);
    CHECK_EQ(CLIENT("-C", hostile_url(&h, "f")), 5);
    CHECK(client_says("-C: this protocol cannot go on in the middle, so the file is fetched from its beginning"));
    CHECK_EQ(here_entries(), 0);
    hostile_end(&h);
}

/* Waits until the part has that many bytes. */
static bool comes_to(const char *name, off_t size)
{
    struct stat st;

    for (int i = 0; i < 2000; i++) {
        if (stat(name, &st) == 0 && st.st_size >= size)
            return true;
        poll(NULL, 0, 5);
    }
    return false;
}

static void test_killed(void)
{
    static const int signals[] = {SIGKILL, SIGINT, SIGTERM};
    struct hostile_script scripts[2] = {first_part(), reply(part(whole_large(), FROM, REST), "HTTP/1.1 206 x\r\n" V1
                                                            "Content-Range: bytes 5904-19999/20000\r\n\r\n")};
    struct hostile h;

    scripts[0].ending = HOSTILE_STALL;
    for (int i = 0; i < 3; i++) {
        check_context("signal %d", signals[i]);
        hostile_serve(&h, scripts, 2);
        CLIENT_BEGINS("-C", hostile_url(&h, "f"));
        CHECK(comes_to(KEPT, CUT));
        kill(client.pid, signals[i]);
        program_wait(&client);
        CHECK_EQ(client.signal, signals[i]);
        CHECK(access("f", F_OK) < 0);
        CHECK_EQ(here_entries(), 2);
        CHECK_EQ(CLIENT("-C", hostile_url(&h, "f")), 0);
        CHECK(here_holds("f", large, sizeof large));
        CHECK_EQ(here_clear(), 1);
        hostile_end(&h);
    }
    check_context("two at the same time");
    hostile_serve(&h, scripts, 1);
    CLIENT_BEGINS("-C", hostile_url(&h, "f"));
    CHECK(comes_to(KEPT, CUT));
    static struct program second;
    program_start(&second, (const char *const[]){client_path, "-C", hostile_url(&h, "f"), NULL}, 0);
    program_wait(&second);
    CHECK_EQ(second.code, 6);
    CHECK(strstr(second.err, "another process is fetching it") != NULL);
    kill(client.pid, SIGKILL);
    program_wait(&client);
    hostile_end(&h);
    here_clear();
}

static void test_retries(void)
{
    struct hostile_script s[3] = {first_part(),
                                  reply(text(""), "HTTP/1.1 503 x\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"),
                                  reply(part(whole_large(), FROM, REST), "HTTP/1.1 206 x\r\n" V1
                                        "Content-Range: bytes 5904-19999/20000\r\n\r\n")};
    struct hostile h;

    check_context("to standard output, which goes on too");
    hostile_serve(&h, s, 3);
    CHECK_EQ(CLIENT("--retries", "2", "-o", "-", hostile_url(&h, "f")), 0);
    CHECK_BYTES(client.out, client.out_size, large, sizeof large);
    hostile_end(&h);
    check_context("not if the file has changed meanwhile");
    s[1] = reply(whole_large(), OK "ETag: \"v2\"\r\nContent-Length: 20000\r\n\r\n");
    hostile_serve(&h, s, 2);
    CHECK_EQ(CLIENT("--retries", "2", "-o", "-", hostile_url(&h, "f")), 5);
    CHECK(client_says("what has been written cannot be taken back"));
    CHECK_BYTES(client.out, client.out_size, large, CUT);
    hostile_end(&h);
    check_context("nothing to go on by: from the start");
    s[0] = reply(part(lorem_gz, 0, 100), OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size);
    s[1] = reply(lorem_gz, OK GZIP "Content-Length: %zu\r\n\r\n", lorem_gz.size);
    hostile_serve(&h, s, 2);
    CHECK_EQ(CLIENT("--retries", "1", hostile_url(&h, "f")), 0);
    CHECK(here_holds("f", lorem.data, lorem.size));
    CHECK(!hostile_was_asked(&h, "Range"));
    hostile_end(&h);
    check_context("404 does not pass, nor does corruption");
    s[0] = reply(text(""), "HTTP/1.1 404 x\r\n\r\n");
    s[2] = reply(text("not gzip"), OK GZIP "Content-Length: 8\r\n\r\n");
    for (int i = 0; i < 2; i++) {
        hostile_serve(&h, &s[i * 2], 1);
        CHECK_EQ(CLIENT("--retries", "1", hostile_url(&h, "f")), i ? 4 : 3);
        CHECK(strstr(client.err, "trying again") == NULL);
        hostile_end(&h);
    }
    here_clear();
}

int main(void)
{
    static void (*const tests[])(void) = {test_resume, test_bad_rests, test_notes, test_killed, test_retries};
    uint64_t state = 5;

    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (unsigned char)("the quick brown fox "[check_random(&state) % 20]);
    return client_tests("app/client_resume", tests, sizeof tests / sizeof *tests);
}
