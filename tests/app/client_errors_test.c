/*
 * sluice-client against servers that do what a good one never would: each way to fail has its exit code and its
 * message, leaves no file under the final name, no temporary, and a file that was there as it was.
 */
#define _GNU_SOURCE /* mkdtemp, memmem */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/hostile.h"
#include "tests/support/program.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *client;
static unsigned char lorem[400], lorem_stream[300];
static size_t lorem_size, stream_size;

/* ---- The folder that the client works in ---- */

static size_t load(const char *name, void *to, size_t room)
{
    const int fd = open(name, O_RDONLY);
    const ssize_t n = fd < 0 ? -1 : read(fd, to, room);

    if (fd >= 0)
        close(fd);
    return n < 0 ? 0 : (size_t)n;
}

static void put(const char *name, const void *data, size_t size)
{
    const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
}

static bool holds(const char *name, const void *data, size_t size)
{
    unsigned char got[70000];

    return load(name, got, sizeof got) == size && access(name, F_OK) == 0 && memcmp(got, data, size) == 0;
}

static bool holds_text(const char *name, const char *text) { return holds(name, text, strlen(text)); }

/* Entries of the folder; with `remove` they are gone then. */
static int entries(bool remove)
{
    DIR *d = opendir(".");
    int n = 0;

    for (struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            n++;
            if (remove)
                unlink(e->d_name);
        }
    closedir(d);
    return n;
}

/* The largest file whose name begins with `prefix`: -1 if there is none. */
static long long size_of_any(const char *prefix)
{
    DIR *d = opendir(".");
    long long size = -1;
    struct stat st;

    for (struct dirent *e; (e = readdir(d));)
        if (strncmp(e->d_name, prefix, strlen(prefix)) == 0 && stat(e->d_name, &st) == 0 && st.st_size > size)
            size = st.st_size;
    closedir(d);
    return size;
}

/* ---- Streams ---- */

/* A zlib stream of stored blocks of at most `block` bytes. Memory to be freed. */
static unsigned char *stored(const unsigned char *data, size_t size, size_t block, size_t *stream)
{
    unsigned char *const out = malloc(size + size / block * 5 + 32);
    unsigned char *p = out;
    const uint32_t adler = sluice_adler32(1, data, size);

    *p++ = 0x78;
    *p++ = 0x01;
    for (size_t at = 0;; at += block) {
        const size_t n = size - at < block ? size - at : block;
        const bool last = at + n == size;

        *p++ = last;
        *p++ = (unsigned char)n;
        *p++ = (unsigned char)(n >> 8);
        *p++ = (unsigned char)~n;
        *p++ = (unsigned char)(~n >> 8);
        if (n)
            memcpy(p, data + at, n);
        p += n;
        if (last)
            break;
    }
    for (int shift = 24; shift >= 0; shift -= 8)
        *p++ = (unsigned char)(adler >> shift);
    *stream = (size_t)(p - out);
    return out;
}

/* ---- Running the client ---- */

static struct program run;
static char url[512];

/* Runs the client with up to ten more arguments, NULL behind the last. */
#define CLIENT(...) run_client((const char *const[]){client, __VA_ARGS__, NULL}, 0)

static int run_client(const char *const *arguments, size_t file_limit)
{
    program_start(&run, arguments, file_limit);
    program_wait(&run);
    return run.code;
}

static const char *url_of(const struct hostile *h, const char *name)
{
    snprintf(url, sizeof url, "sluice://127.0.0.1:%u/%s", h->port, name);
    return url;
}

/* The client said something like this on standard error. */
static bool says(const char *text)
{
    if (strstr(run.err, text))
        return true;
    printf("    it says: %s\n", run.err);
    return false;
}

/*
 * Fetches from a server that follows the scripts, once where there is no file of that name and once where there is:
 * the exit code is `code`, the message has `text`, and the folder is as it was.
 */
static void check_failure(const struct hostile_script *scripts, size_t count, int code, const char *text,
                          const char *option, const char *value)
{
    struct hostile h;

    if (!CHECK(hostile_begin(&h, "127.0.0.1", scripts, count)))
        return;
    for (int there = 0; there < 2; there++) {
        if (there)
            put("f", "old", 3);
        CLIENT(url_of(&h, "f"), option, value);
        if (!CHECK_EQ(run.code, code) || !CHECK(says(text)))
            printf("    %s\n", run.err);
        CHECK_EQ(run.out_size, 0);
        CHECK_EQ(entries(false), there);
        if (there)
            CHECK(holds_text("f", "old"));
    }
    hostile_end(&h);
    entries(true);
}

static void check_one_failure(struct hostile_script script, int code, const char *text)
{
    check_failure(&script, 1, code, text, "--timeout", "20");
}

/* ---- Whole files ---- */

static void check_whole(struct hostile_script script, const void *want, size_t size)
{
    struct hostile h;

    if (!CHECK(hostile_begin(&h, "127.0.0.1", &script, 1)))
        return;
    put("f", "old", 3);
    if (!CHECK_EQ(CLIENT(url_of(&h, "f")), 0))
        printf("    %s\n", run.err);
    CHECK(holds("f", want, size));
    CHECK_EQ(entries(false), 1);
    CHECK_BYTES(run.out, run.out_size, "", 0);
    const char *asked = hostile_asked(&h);
    CHECK_BYTES(asked, strlen(asked), "f\n", 2); /* the name, bare */
    hostile_end(&h);
    entries(true);
}

static void test_whole_files(void)
{
    size_t size;
    unsigned char *empty = stored(NULL, 0, 1, &size);

    check_context("whole, in one piece");
    check_whole((struct hostile_script){.data = lorem_stream, .size = stream_size}, lorem, lorem_size);
    check_context("whole, a byte at a time");
    check_whole((struct hostile_script){.data = lorem_stream, .size = stream_size, .piece = 1}, lorem, lorem_size);
    check_context("a server that reads once, as the original does");
    check_whole((struct hostile_script){.data = lorem_stream, .size = stream_size, .piece = 64, .one_read = true},
                lorem, lorem_size);
    check_context("a server that never closes: the stream's end is the end");
    check_whole((struct hostile_script){.data = lorem_stream, .size = stream_size, .ending = HOSTILE_STALL}, lorem,
                lorem_size);
    check_context("an empty file");
    check_whole((struct hostile_script){.data = empty, .size = size}, "", 0);
    free(empty);
}

static void test_bytes_behind_the_end(void)
{
    unsigned char with_more[300];
    struct hostile_script script = {.data = with_more, .size = stream_size + 4};
    struct hostile h;

    memcpy(with_more, lorem_stream, stream_size);
    memcpy(with_more + stream_size, "\xCA\xFE\x00\x01", 4);
    check_context("4 bytes behind the end");
    check_whole(script, lorem, lorem_size);
    CHECK(says("warning: 4 bytes came behind the end"));
    CHECK(hostile_begin(&h, "127.0.0.1", &script, 1));
    CHECK_EQ(CLIENT("--trace", "-o", "/dev/null", url_of(&h, "f")), 0);
    CHECK(strstr(run.out, "\nClient: UNUSED \"cafe0001\"\n") != NULL);
    hostile_end(&h);
}

/* A file of some MB in memory that does not grow with it; the client sees it in pieces of every size. */
static void test_a_large_file(void)
{
    const size_t size = 8 << 20;
    unsigned char *data = malloc(size);
    uint64_t state = 1;
    size_t sent;
    struct hostile h;

    for (size_t i = 0; i < size; i += 8) {
        const uint64_t x = check_random(&state);

        memcpy(data + i, &x, 8);
    }
    unsigned char *stream = stored(data, size, 65535, &sent);
    const struct hostile_script script = {.data = stream, .size = sent, .piece = 10007};
    check_context("8 MiB");
    put("want", data, size);
    CHECK(hostile_begin(&h, "127.0.0.1", &script, 1));
    CHECK_EQ(CLIENT("-o", "got", "--compare", "want", url_of(&h, "f")), 0);
    CHECK_BYTES(run.out, run.out_size, "response matches file contents: True\n", 37);
    CHECK_EQ(size_of_any("got"), (long long)size);
    CHECK_EQ(CLIENT("--limit-rate", "64M", "--block", "1000", "--compare", "want", url_of(&h, "f")), 0);
    hostile_end(&h);
    free(stream);
    free(data);
    entries(true);
}

/* ---- No connection, no byte ---- */

static void test_no_connection(void)
{
    char port[64];
    unsigned full;
    int fds[8];

    check_context("nobody listens");
    snprintf(port, sizeof port, "sluice://127.0.0.1:%u/f", hostile_closed_port());
    CHECK_EQ(CLIENT(port), 2);
    CHECK(says("could not connect to 127.0.0.1:"));
    CHECK_EQ(entries(false), 0);
    CHECK_EQ(CLIENT("sluice://unix:/nowhere/at/all:/f"), 2);
    CHECK(says("could not connect to unix:/nowhere/at/all: No such file"));
    CHECK_EQ(CLIENT("sluice://[::1%25nowhere]/f"), 2); /* a zone that is not there: needs no look-up to fail */
    CHECK(says("could not connect to [::1%nowhere]:1950: "));

    check_context("the connection does not come about");
    if (hostile_full_port(&full, fds)) {
        snprintf(port, sizeof port, "sluice://127.0.0.1:%u/f", full);
        CHECK_EQ(CLIENT("--timeout", "0.2", port), 8);
        CHECK(says("timed out"));
        CHECK_EQ(entries(false), 0);
    } else {
        printf("skipped: this system takes connections however many wait\n");
    }
    for (int i = 0; i < 8; i++)
        close(fds[i]);
}

static void test_refused(void)
{
    check_context("closed without a byte");
    check_one_failure((struct hostile_script){0}, 3, "refused");
    check_context("closed without a byte, after one read");
    check_one_failure((struct hostile_script){.one_read = true}, 3, "refused");
}

/* ---- Cut, reset, silent ---- */

static void test_cut_at_every_byte(void)
{
    struct hostile_script scripts[300] = {{0}};
    struct hostile h;

    for (size_t i = 0; i < stream_size; i++)
        scripts[i] = (struct hostile_script){.data = lorem_stream, .size = i};
    put("f", "old", 3);
    CHECK(hostile_begin(&h, "127.0.0.1", scripts, stream_size));
    for (size_t i = 0; i < stream_size; i++) {
        char text[64];

        check_context("cut at byte %zu", i);
        CHECK_EQ(CLIENT(url_of(&h, "f")), i == 0 ? 3 : 5);
        snprintf(text, sizeof text, "cut short: the stream ends after %zu bytes", i);
        CHECK(i == 0 || says(text));
        CHECK(holds_text("f", "old"));
        CHECK_EQ(entries(false), 1);
    }
    hostile_end(&h);
    entries(true);
}

static void test_reset(void)
{
    check_context("reset in the middle");
    check_one_failure((struct hostile_script){.data = lorem_stream, .size = 100, .ending = HOSTILE_RESET}, 5,
                      "after 100 bytes, before its end (Connection reset by peer)");
    check_context("reset before a byte: that is no orderly refusal");
    check_one_failure((struct hostile_script){.ending = HOSTILE_RESET}, 5, "Connection reset by peer");
}

static void test_silence(void)
{
    const struct hostile_script silent[] = {{.ending = HOSTILE_STALL},
                                            {.data = lorem_stream, .size = 100, .ending = HOSTILE_STALL}};

    check_context("silent from the start");
    check_failure(&silent[0], 1, 8, "timed out: nothing came", "--timeout", "0.3");
    check_context("silent in the middle");
    check_failure(&silent[1], 1, 8, "for 1.500 s, after 100 bytes", "--timeout", "1.5"); /* they need time to come */
}

/* However lively a server is, and however often it may be tried, there is an end. */
static void test_time_for_all(void)
{
    /* a byte every now and then is what --timeout cannot see */
    const struct hostile_script slow = {.data = lorem_stream, .size = stream_size, .piece = 1};
    const struct hostile_script silent = {.data = lorem_stream, .size = 100, .ending = HOSTILE_STALL};
    struct hostile h;
    char gone[40];

    check_context("in the middle of a file");
    check_failure(&silent, 1, 8, "timed out: not there after 0.500 s", "--max-time", "0.5");
    check_context("whole in time");
    CHECK(hostile_begin(&h, "127.0.0.1", &slow, 1));
    CHECK_EQ(CLIENT("--max-time", "60", url_of(&h, "f")), 0);
    CHECK(holds("f", lorem, lorem_size));
    hostile_end(&h);
    entries(true);
    check_context("between two tries");
    snprintf(gone, sizeof gone, "sluice://127.0.0.1:%u/f", hostile_closed_port());
    CHECK_EQ(CLIENT("--max-time", "0.8", "--retries", "1000", gone), 8);
    CHECK(says("trying again"));
    CHECK(says("timed out: not there after 0.800 s; 0 bytes of the file had come"));
    entries(true);
}

/* ---- Corrupt ---- */

/* A bit is flipped here and there; the library says what the verdict must be, and where. */
static void test_flipped_bits(void)
{
    enum { STEP = 5 };
    static unsigned char flipped[300 * 8 / STEP + 1][300];
    static struct hostile_script scripts[300 * 8 / STEP + 1];
    sluice_inflate_options options = sluice_inflate_defaults();
    size_t count = 0, corrupt = 0;
    struct hostile h;

    options.format = SLUICE_ZLIB;
    sluice_inflater *inflater = sluice_inflate_new(&options, NULL);
    for (size_t bit = 0; bit < stream_size * 8; bit += STEP, count++) {
        memcpy(flipped[count], lorem_stream, stream_size);
        flipped[count][bit / 8] ^= (unsigned char)(1 << bit % 8);
        scripts[count] = (struct hostile_script){.data = flipped[count], .size = stream_size};
    }
    put("f", "old", 3);
    CHECK(hostile_begin(&h, "127.0.0.1", scripts, count));
    for (size_t i = 0; i < count; i++) {
        unsigned char room[66000];
        char text[200];
        size_t written;
        const sluice_status status = sluice_decompress(inflater, flipped[i], stream_size, room, sizeof room, &written);
        const sluice_position where = sluice_inflate_where(inflater);

        check_context("bit %zu flipped: %s", i * STEP, sluice_status_text(status));
        CHECK_EQ(CLIENT(url_of(&h, "f")), status == SLUICE_OK ? 0 : status == SLUICE_ERR_TRUNCATED ? 5 : 4);
        snprintf(text, sizeof text, "corrupt at byte %llu, bit %u of the stream: %s", (unsigned long long)where.input,
                 where.bit, sluice_status_text(status));
        if (status == SLUICE_NEED_DICTIONARY)
            strcpy(text, "corrupt: the stream asks for a preset dictionary");
        CHECK(run.code != 4 || says(text));
        CHECK(run.code == 0 ? holds("f", lorem, lorem_size) : holds_text("f", "old"));
        CHECK_EQ(entries(false), 1);
        corrupt += run.code == 4;
        if (run.code == 0)
            put("f", "old", 3);
    }
    CHECK(corrupt > count / 2);
    hostile_end(&h);
    sluice_inflate_free(inflater);
    entries(true);
}

static void test_no_zlib_stream_at_all(void)
{
    check_context("a page of HTTP");
    check_one_failure((struct hostile_script){.data = "HTTP/1.1 400 Bad Request\r\n\r\n", .size = 28}, 4,
                      "corrupt at byte 1, bit 0");
    check_context("gzip");
    check_one_failure((struct hostile_script){.data = "\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\xFF", .size = 10}, 4,
                      "corrupt at byte 0");
}

/* ---- Limits of size ---- */

static void test_sizes(void)
{
    static unsigned char empty_blocks[200000];
    const struct hostile_script whole = {.data = lorem_stream, .size = stream_size};
    struct hostile_script endless = {.data = empty_blocks};
    struct hostile h;

    check_context("larger than allowed");
    check_failure(&whole, 1, 8, "larger than the 334 bytes allowed", "--max-size", "334");
    CHECK(hostile_begin(&h, "127.0.0.1", &whole, 1));
    CHECK_EQ(CLIENT("--max-size", "335", url_of(&h, "f")), 0);
    hostile_end(&h);
    entries(true);

    check_context("a stream of empty blocks, which has no end");
    memcpy(empty_blocks, "\x78\x01", 2);
    for (endless.size = 2; endless.size + 5 <= sizeof empty_blocks; endless.size += 5)
        memcpy(empty_blocks + endless.size, "\x00\x00\x00\xFF\xFF", 5);
    endless.ending = HOSTILE_STALL;
    check_failure(&endless, 1, 8, "for a file of at most 1024", "--max-size", "1k");
}

/* ---- Trouble here ---- */

static void test_local_trouble(void)
{
    const struct hostile_script whole = {.data = lorem_stream, .size = stream_size};
    struct hostile h;

    CHECK(hostile_begin(&h, "127.0.0.1", &whole, 1));
    check_context("trouble with the output is told before the server is asked");
    mkdir("folder", 0755);
    CHECK_EQ(CLIENT("-o", "absent/f", url_of(&h, "f")), 6);
    CHECK(says("cannot write \"absent/f\": No such file or directory"));
    CHECK_EQ(CLIENT("-o", "folder", url_of(&h, "f")), 6);
    CHECK(says("cannot write \"folder\": Is a directory"));
    CHECK_EQ(CLIENT("-O", "absent", url_of(&h, "f")), 6);
    CHECK_EQ(CLIENT("--compare", "absent", url_of(&h, "f")), 6);
    CHECK(says("cannot read \"absent\": No such file or directory"));
    CHECK_EQ(CLIENT("--compare", "folder", url_of(&h, "f")), 6);
    CHECK_EQ(CLIENT("--input", "absent"), 6);
    const char *asked = hostile_asked(&h);
    CHECK_BYTES(asked, strlen(asked), "", 0);
    rmdir("folder");

    check_context("the disk is full");
    put("f", "old", 3);
    const char *const arguments[] = {client, url_of(&h, "f"), NULL};
    CHECK_EQ(run_client(arguments, 100), 6);
    CHECK(says("cannot write \"f\": File too large"));
    CHECK(holds_text("f", "old"));
    CHECK_EQ(entries(false), 1);
    if (access("/dev/full", W_OK) == 0) {
        CHECK_EQ(CLIENT("-o", "/dev/full", url_of(&h, "f")), 6);
        CHECK(says("No space left"));
    }
    hostile_end(&h);
    entries(true);
}

/* ---- Comparing ---- */

static void test_compare(void)
{
    const struct hostile_script whole = {.data = lorem_stream, .size = stream_size};
    unsigned char other[400];
    struct hostile h;

    CHECK(hostile_begin(&h, "127.0.0.1", &whole, 1));
    check_context("equal; nothing is written");
    put("want", lorem, lorem_size);
    CHECK_EQ(CLIENT("--compare", "want", url_of(&h, "f")), 0);
    CHECK_BYTES(run.out, run.out_size, "response matches file contents: True\n", 37);
    CHECK_EQ(entries(false), 1);
    CHECK_EQ(CLIENT("-q", "--compare", "want", url_of(&h, "f")), 0);
    CHECK_EQ(run.out_size + run.err_size, 0);

    check_context("the result goes where the bytes do not");
    CHECK_EQ(CLIENT("--compare", "want", "-o", "-", url_of(&h, "f")), 0);
    CHECK_BYTES(run.out, run.out_size, lorem, lorem_size);
    CHECK(says("response matches file contents: True"));

    memcpy(other, lorem, lorem_size);
    for (size_t at = 0; at < lorem_size; at += 67) {
        check_context("byte %zu differs", at);
        char line[128];
        other[at] ^= 1;
        put("want", other, lorem_size);
        other[at] ^= 1;
        put("f", "old", 3);
        CHECK_EQ(CLIENT("--compare", "want", "-o", "f", url_of(&h, "f")), 7);
        snprintf(line, sizeof line,
                 "response matches file contents: False (the first difference is at offset %zu)\n", at);
        CHECK_BYTES(run.out, run.out_size, line, strlen(line));
        CHECK(holds_text("f", "old"));
        CHECK_EQ(entries(false), 2);
    }
    check_context("the file is shorter, the file is longer, the file is empty");
    put("want", lorem, lorem_size - 1);
    CHECK_EQ(CLIENT("--compare", "want", url_of(&h, "f")), 7);
    CHECK(strstr(run.out, "False (the file ends at offset 334)") != NULL);
    other[lorem_size] = 'x';
    put("want", other, lorem_size + 1);
    CHECK_EQ(CLIENT("--compare", "want", url_of(&h, "f")), 7);
    CHECK(strstr(run.out, "False (the response ends at offset 335)") != NULL);
    put("want", "", 0);
    CHECK_EQ(CLIENT("--compare", "want", url_of(&h, "f")), 7);
    CHECK(strstr(run.out, "False (the file ends at offset 0)") != NULL);
    hostile_end(&h);

    check_context("a stream that is cut is cut, whatever it is compared with");
    entries(true);
    put("want", lorem, lorem_size);
    CHECK(hostile_begin(&h, "127.0.0.1", &(struct hostile_script){.data = lorem_stream, .size = 200}, 1));
    CHECK_EQ(CLIENT("--compare", "want", url_of(&h, "f")), 5);
    CHECK_EQ(run.out_size, 0);
    CHECK_EQ(entries(false), 1);
    hostile_end(&h);
    entries(true);
}

/* ---- Ended by a signal ---- */

/* Starts a client that has got a part of the file and will get no more. */
static void start_and_stall(struct hostile *h)
{
    program_start(&run, (const char *const[]){client, url_of(h, "f"), NULL}, 0);
    for (int i = 0; i < 5000 && size_of_any(".f.sluice-part-") <= 0; i++)
        poll(NULL, 0, 2);
    CHECK(size_of_any(".f.sluice-part-") > 0);
}

static void test_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct hostile_script scripts[] = {{.data = lorem_stream, .size = 150, .ending = HOSTILE_STALL},
                                             {.data = lorem_stream, .size = 150, .ending = HOSTILE_STALL},
                                             {.data = lorem_stream, .size = 150, .ending = HOSTILE_STALL},
                                             {.data = lorem_stream, .size = 150, .ending = HOSTILE_STALL},
                                             {.data = lorem_stream, .size = stream_size}};
    struct hostile h;

    CHECK(hostile_begin(&h, "127.0.0.1", scripts, 5));
    put("f", "old", 3);
    for (size_t i = 0; i < 3; i++) {
        check_context("signal %d", signals[i]);
        start_and_stall(&h);
        kill(run.pid, signals[i]);
        program_wait(&run);
        CHECK_EQ(run.signal, signals[i]);
        CHECK(holds_text("f", "old"));
        CHECK_EQ(entries(false), 1);
    }
    check_context("a kill leaves a temporary; the next run removes it");
    start_and_stall(&h);
    kill(run.pid, SIGKILL);
    program_wait(&run);
    CHECK_EQ(run.signal, SIGKILL);
    CHECK(holds_text("f", "old"));
    CHECK_EQ(entries(false), 2);
    CHECK_EQ(CLIENT(url_of(&h, "f")), 0);
    CHECK(holds("f", lorem, lorem_size));
    CHECK_EQ(entries(false), 1);
    hostile_end(&h);
    entries(true);
}

/* ---- Several URLs, tries, names ---- */

static void test_retries(void)
{
    const struct hostile_script cut = {.data = lorem_stream, .size = 100};
    const struct hostile_script whole = {.data = lorem_stream, .size = stream_size};
    struct hostile h;

    check_context("the second try is whole");
    CHECK(hostile_begin(&h, "127.0.0.1", (const struct hostile_script[]){cut, whole}, 2));
    CHECK_EQ(CLIENT("--retries", "1", url_of(&h, "f")), 0);
    CHECK(says("trying again in 0.5 s, from the start"));
    CHECK(holds("f", lorem, lorem_size));
    hostile_end(&h);
    entries(true);

    check_context("the second try is compared from the start");
    put("want", lorem, lorem_size);
    CHECK(hostile_begin(&h, "127.0.0.1", (const struct hostile_script[]){cut, whole}, 2));
    CHECK_EQ(CLIENT("--retries", "1", "--compare", "want", url_of(&h, "f")), 0);
    CHECK_BYTES(run.out, run.out_size, "response matches file contents: True\n", 37);
    hostile_end(&h);
    entries(true);

    check_context("the second try is cut too");
    check_failure(&cut, 1, 5, "cut short", "--retries", "1");

    check_context("what went to standard output cannot be taken back");
    CHECK(hostile_begin(&h, "127.0.0.1", (const struct hostile_script[]){cut, whole}, 2));
    CHECK_EQ(CLIENT("--retries", "1", "-o", "-", url_of(&h, "f")), 5);
    hostile_end(&h);

    check_context("a refusal and a defect are final");
    CHECK(hostile_begin(&h, "127.0.0.1", (const struct hostile_script[]){{0}, {.data = "y", .size = 1}, whole}, 3));
    CHECK_EQ(CLIENT("--retries", "9", url_of(&h, "f")), 3);
    CHECK_EQ(CLIENT("--retries", "9", url_of(&h, "f")), 4);
    hostile_end(&h);
    entries(true);
}

static void test_several(void)
{
    const struct hostile_script whole = {.data = lorem_stream, .size = stream_size};
    const struct hostile_script flip[] = {whole, {.data = "xx", .size = 2}, {0}, whole};
    char a[128], b[128], c[128], d[128], list[4096] = "# a list\n\n";
    struct hostile h;

    check_context("four URLs: the first failure's code, the others are done");
    CHECK(hostile_begin(&h, "127.0.0.1", flip, 4));
    snprintf(a, sizeof a, "sluice://127.0.0.1:%u/dir/a", h.port);
    snprintf(b, sizeof b, "sluice://127.0.0.1:%u/b", h.port);
    snprintf(c, sizeof c, "sluice://127.0.0.1:%u/c", h.port);
    snprintf(d, sizeof d, "sluice://127.0.0.1:%u/d%%20d", h.port);
    mkdir("to", 0755);
    CHECK_EQ(CLIENT("-O", "to", a, b, c, d), 4);
    CHECK(holds("to/a", lorem, lorem_size));
    CHECK(holds("to/d d", lorem, lorem_size));
    CHECK(access("to/b", F_OK) < 0 && access("to/c", F_OK) < 0);
    CHECK(says("2 of 4 files came whole"));
    const char *asked = hostile_asked(&h);
    CHECK_BYTES(asked, strlen(asked), "dir/a\nb\nc\nd d\n", 14);
    hostile_end(&h);
    unlink("to/a");
    unlink("to/d d");

    check_context("the first failure is the first in the order of the URLs, not of time");
    CHECK(hostile_begin(&h, "127.0.0.1", (const struct hostile_script[]){{.ending = HOSTILE_STALL}, {0}}, 2));
    snprintf(a, sizeof a, "sluice://127.0.0.1:%u/a", h.port);
    snprintf(b, sizeof b, "sluice://127.0.0.1:%u/b", h.port);
    CHECK_EQ(CLIENT("-j", "2", "--timeout", "1.5", "-O", "to", a, b), 8);
    CHECK(says("refused"));
    hostile_end(&h);

    check_context("two names that end alike: the second takes the first's place only if that one failed");
    CHECK(hostile_begin(&h, "127.0.0.1", (const struct hostile_script[]){{0}, whole}, 2));
    snprintf(a, sizeof a, "sluice://127.0.0.1:%u/1/a", h.port);
    snprintf(b, sizeof b, "sluice://127.0.0.1:%u/2/a", h.port);
    snprintf(c, sizeof c, "sluice://127.0.0.1:%u/3/a", h.port);
    put("to/a", "old", 3);
    CHECK_EQ(CLIENT("-O", "to", a, b, c), 3);
    CHECK(says("/3/a\": cannot write \"to/a\": an earlier URL"));
    CHECK(holds("to/a", lorem, lorem_size));
    CHECK_EQ(CLIENT("-O", "to", "-j", "3", a, b, c), 6);
    CHECK(says("1 of 3 files came whole"));
    hostile_end(&h);
    unlink("to/a");

    check_context("a list, several at once");
    CHECK(hostile_begin(&h, "127.0.0.1", &whole, 1));
    for (int i = 0; i < 40; i++) {
        char line[80];

        snprintf(line, sizeof line, "  sluice://127.0.0.1:%u/n%d \r\n", h.port, i);
        strcat(list, line);
    }
    put("list", list, strlen(list));
    memset(list, 'u', sizeof list - 1);
    const int fd = open("list", O_WRONLY | O_APPEND);
    for (int i = 0; i < 5; i++) /* a line that is no URL, longer than any */
        CHECK_EQ(write(fd, list, sizeof list - 1), sizeof list - 1);
    snprintf(list, sizeof list, "\nsluice://127.0.0.1:%u/last", h.port); /* and one without an end */
    CHECK_EQ(write(fd, list, strlen(list)), strlen(list));
    close(fd);
    CHECK_EQ(CLIENT("-j", "8", "--input", "list", "-O", "to"), 1);
    CHECK(says("the address is longer than"));
    CHECK(says("41 of 42 files came whole"));
    CHECK(holds("to/last", lorem, lorem_size));
    unlink("to/last");
    CHECK_EQ(CLIENT("-q", "-j", "8", "--input", "list", "-O", "to"), 1);
    unlink("to/last");
    for (int i = 0; i < 40; i++) {
        char name[16];

        snprintf(name, sizeof name, "to/n%d", i);
        CHECK(holds(name, lorem, lorem_size));
        unlink(name);
    }
    CHECK_EQ(rmdir("to"), 0); /* nothing else is left in it */
    hostile_end(&h);
    entries(true);
}

static void test_names(void)
{
    const struct hostile_script whole = {.data = lorem_stream, .size = stream_size};
    struct hostile h;

    CHECK(hostile_begin(&h, "127.0.0.1", &whole, 1));
    check_context("the name under which a file is written never leads out of the folder");
    CHECK_EQ(CLIENT(url_of(&h, "dir%2Fsub/..%2Fname")), 0);
    CHECK(holds("name", lorem, lorem_size));
    CHECK_EQ(CLIENT(url_of(&h, "..")), 1);
    CHECK_EQ(CLIENT(url_of(&h, "a/%2e%2E")), 1);
    CHECK_EQ(CLIENT(url_of(&h, ".profile")), 1);
    CHECK_EQ(CLIENT(url_of(&h, "dir/")), 1);
    CHECK_EQ(CLIENT("-o", "mine", url_of(&h, ".profile")), 0);
    CHECK(holds("mine", lorem, lorem_size));
    check_context("a link under that name is replaced, a link that the user names is followed");
    put("precious", "old", 3);
    CHECK_EQ(symlink("precious", "l"), 0);
    CHECK_EQ(CLIENT(url_of(&h, "l")), 0);
    CHECK(holds_text("precious", "old"));
    unlink("l");
    CHECK_EQ(symlink("precious", "l"), 0);
    CHECK_EQ(CLIENT("-o", "l", url_of(&h, "f")), 0);
    CHECK(holds("precious", lorem, lorem_size));
    hostile_end(&h);
    entries(true);

    check_context("IPv6, a local socket");
    if (hostile_begin(&h, "::1", &whole, 1)) {
        char v6[64];

        snprintf(v6, sizeof v6, "sluice://[::1]:%u/f", h.port);
        CHECK_EQ(CLIENT(v6), 0);
        CHECK(holds("f", lorem, lorem_size));
        hostile_end(&h);
    } else {
        printf("skipped: no IPv6 here\n");
    }
    entries(true);
    CHECK(hostile_begin(&h, "./sock", &whole, 1));
    CHECK_EQ(CLIENT("sluice://unix:./sock:/f"), 0);
    CHECK(holds("f", lorem, lorem_size));
    hostile_end(&h);
    entries(true);
}

static void test_usage(void)
{
    check_context("what is asked for makes no sense");
    CHECK_EQ(CLIENT("-q"), 1);
    CHECK(says("an URL is missing"));
    CHECK_EQ(CLIENT("--no-such-option", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("-o", "a", "-O", "b", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("-o", "a", "sluice://h/a", "sluice://h/b"), 1);
    CHECK_EQ(CLIENT("--compare", "a", "sluice://h/a", "sluice://h/b"), 1);
    CHECK_EQ(CLIENT("--timeout", "soon", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("--block", "0", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("-j", "0", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("--progress", "often", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("https://127.0.0.1/a"), 1);
    CHECK(says("TLS"));
    CHECK_EQ(CLIENT("ftp://127.0.0.1/a"), 1);
    CHECK(says("no known kind of address"));
    CHECK_EQ(CLIENT("127.0.0.1/a"), 1);
    CHECK(says("begins with sluice:// or http://"));
    CHECK_EQ(CLIENT("sluice://127.0.0.1/a%0Ab"), 1);
    CHECK_EQ(CLIENT("sluice://127.0.0.1/\x1B[2J%zz"), 1);
    CHECK(says("\\x1b[2J")); /* what could harm a terminal is quoted */
    CHECK_EQ(CLIENT("--help"), 0);
    CHECK(strstr(run.out, "--max-size SIZE") != NULL);
    CHECK(strstr(run.out, "http://HOST") != NULL);
    CHECK_EQ(CLIENT("--version"), 0);
    CHECK(strstr(run.out, "sluice-client " SLUICE_VERSION) != NULL);
    CHECK_EQ(entries(false), 0);
}

/* Standard output is closed: what is printed must not land in the file, and -o - is an error. */
static void test_closed_standard_files(void)
{
    const struct hostile_script whole = {.data = lorem_stream, .size = stream_size};
    char command[1024];
    struct hostile h;

    CHECK(hostile_begin(&h, "127.0.0.1", &whole, 1));
    put("want", lorem, lorem_size);
    for (int closed = 0; closed <= 2; closed++) {
        check_context("%d is closed", closed);
        snprintf(command, sizeof command, "exec %s --trace --compare want -o f '%s' %d>&-", client, url_of(&h, "f"),
                 closed);
        run_client((const char *const[]){"/bin/sh", "-c", command, NULL}, 0);
        CHECK_EQ(run.code, closed == 1 ? 6 : 0);
        CHECK(holds("f", lorem, lorem_size));
        CHECK_EQ(entries(false), 2);
    }
    snprintf(command, sizeof command, "exec %s -o - '%s' >&-", client, url_of(&h, "f"));
    run_client((const char *const[]){"/bin/sh", "-c", command, NULL}, 0);
    CHECK_EQ(run.code, 6);
    CHECK(says("cannot write standard output: Bad file descriptor"));
    hostile_end(&h);
    entries(true);
}

static void test_progress(void)
{
    const struct hostile_script script = {.data = lorem_stream, .size = stream_size, .piece = 20};
    struct hostile h;

    CHECK(hostile_begin(&h, "127.0.0.1", &script, 1));
    check_context("no terminal: no line, but a summary; -q: nothing");
    CHECK_EQ(CLIENT(url_of(&h, "f")), 0);
    CHECK(strchr(run.err, '\r') == NULL);
    CHECK(says("f: 335 bytes, on the wire 219 bytes, ratio 1.53"));
    CHECK_EQ(CLIENT("-q", url_of(&h, "f")), 0);
    CHECK_EQ(run.err_size, 0);
    check_context("asked for, a line is shown and removed");
    CHECK_EQ(CLIENT("--progress", "always", "--limit-rate", "400", url_of(&h, "f")), 0);
    CHECK(strstr(run.err, "\rf  ") != NULL && strstr(run.err, "\r\033[K") != NULL);
    hostile_end(&h);
    entries(true);
}

int main(void)
{
    char folder[] = "/tmp/sluice-client-XXXXXX";

    umask(022);
    client = program_path("sluice-client");
    lorem_size = load("vectors/lorem.txt", lorem, sizeof lorem);
    stream_size = load("vectors/lorem.zlib", lorem_stream, sizeof lorem_stream);
    CHECK_EQ(lorem_size, 335);
    CHECK_EQ(stream_size, 219);
    if (!mkdtemp(folder) || chdir(folder) < 0)
        return 1;
    test_whole_files();
    test_bytes_behind_the_end();
    test_a_large_file();
    test_no_connection();
    test_refused();
    test_cut_at_every_byte();
    test_reset();
    test_silence();
    test_time_for_all();
    test_flipped_bits();
    test_no_zlib_stream_at_all();
    test_sizes();
    test_local_trouble();
    test_compare();
    test_signals();
    test_retries();
    test_several();
    test_names();
    test_usage();
    test_closed_standard_files();
    test_progress();
    CHECK_EQ(chdir("/"), 0);
    CHECK_EQ(rmdir(folder), 0);
    return check_report("app/client_errors");
}
