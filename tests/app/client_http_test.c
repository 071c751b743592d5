/*
 * sluice-client against servers of HTTP, good ones and hostile ones: a file appears whole or not at all, whatever the
 * framing and the coding; each way to fail has its exit code and its message; what was begun is gone on with.
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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *client;
static unsigned char lorem[400], large[20000];
static size_t lorem_size;

/* Bytes with a size, in memory that lasts until the test is over. */
struct bytes {
    const unsigned char *data;
    size_t size;
};

static unsigned char arena[8 << 20];
static size_t arena_used;

static unsigned char *room(size_t size)
{
    unsigned char *const p = arena + arena_used;

    if (size > sizeof arena - arena_used)
        abort();
    arena_used += size;
    return p;
}

/* ---- The folder that the client works in ---- */

static size_t load(const char *name, void *to, size_t size)
{
    const int fd = open(name, O_RDONLY);
    const ssize_t n = fd < 0 ? -1 : read(fd, to, size);

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
    static unsigned char got[70000];

    return access(name, F_OK) == 0 && load(name, got, sizeof got) == size && memcmp(got, data, size) == 0;
}

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

/* ---- What servers say ---- */

static struct bytes coded(struct bytes plain, sluice_format format)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    const size_t bound = sluice_compress_bound(plain.size, format);
    struct bytes out = {room(bound), 0};

    options.format = format;
    sluice_deflater *const d = sluice_deflate_new(&options, NULL);
    CHECK_EQ(sluice_compress(d, plain.data, plain.size, (void *)out.data, bound, &out.size), SLUICE_OK);
    sluice_deflate_free(d);
    return out;
}

static struct bytes joined(struct bytes a, struct bytes b)
{
    unsigned char *const p = room(a.size + b.size);

    memcpy(p, a.data, a.size);
    memcpy(p + a.size, b.data, b.size);
    return (struct bytes){p, a.size + b.size};
}

static struct bytes text(const char *t) { return (struct bytes){(const unsigned char *)t, strlen(t)}; }

static struct bytes sub(struct bytes b, size_t from, size_t size) { return (struct bytes){b.data + from, size}; }

/* In chunks of `chunk` bytes, with the last one and `trailer`. */
static struct bytes chunked(struct bytes b, size_t chunk, const char *trailer)
{
    unsigned char *const out = room(b.size + (b.size / chunk + 2) * 12 + strlen(trailer) + 8);
    unsigned char *p = out;

    for (size_t at = 0; at < b.size; at += chunk) {
        const size_t n = b.size - at < chunk ? b.size - at : chunk;

        p += sprintf((char *)p, "%zx\r\n", n);
        memcpy(p, b.data + at, n);
        p += n;
        p += sprintf((char *)p, "\r\n");
    }
    p += sprintf((char *)p, "0\r\n%s\r\n", trailer);
    return (struct bytes){out, (size_t)(p - out)};
}

/* A response: the head, and the body behind it. */
__attribute__((format(printf, 2, 3))) static struct hostile_script reply(struct bytes body, const char *head, ...)
{
    char line[1000];
    struct bytes all;
    va_list args;

    va_start(args, head);
    vsnprintf(line, sizeof line, head, args);
    va_end(args);
    all = joined(text(line), body);
    return (struct hostile_script){.data = all.data, .size = all.size, .http = true};
}

#define OK "HTTP/1.1 200 OK\r\n"
#define CLOSE "Connection: close\r\n"
#define GZIP "Content-Encoding: gzip\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

/* ---- Running the client ---- */

static struct program run;
static char url[512];

#define CLIENT(...) run_client((const char *const[]){client, __VA_ARGS__, NULL})

static int run_client(const char *const *arguments)
{
    program_start(&run, arguments, 0);
    program_wait(&run);
    return run.code;
}

static const char *url_of(const struct hostile *h, const char *name)
{
    snprintf(url, sizeof url, "http://127.0.0.1:%u/%s", h->port, name);
    return url;
}

static bool says(const char *what)
{
    if (strstr(run.err, what))
        return true;
    printf("    looked for: %s\n    it says: %s\n", what, run.err);
    return false;
}

/* All that has been asked of the server that was begun last. */
static char requests[200000];

static bool asked(struct hostile *h, const char *what)
{
    const size_t size = strlen(requests);

    snprintf(requests + size, sizeof requests - size, "%s", hostile_asked(h));
    return strstr(requests, what) != NULL;
}

static void begin(struct hostile *h, const struct hostile_script *scripts, size_t count)
{
    *requests = '\0';
    if (!hostile_begin(h, "127.0.0.1", scripts, count))
        abort();
}

/* The file comes whole, sent at once and a byte at a time; `warns` is said, or nothing if it is NULL. */
static void check_whole(struct hostile_script script, struct bytes want, const char *warns)
{
    struct hostile_script scripts[2] = {script, script};
    struct hostile h;

    scripts[1].piece = 1;
    begin(&h, scripts, 2);
    for (int i = 0; i < 2; i++) {
        put("f", "old", 3);
        if (!CHECK_EQ(CLIENT("-O", ".", "--timeout", "20", url_of(&h, "dir/f?query")), 0))
            printf("    %s\n", run.err);
        CHECK(holds("f", want.data, want.size));
        CHECK_EQ(entries(false), 1);
        CHECK(warns ? says(warns) : strstr(run.err, "warning") == NULL);
    }
    hostile_end(&h);
    entries(true);
}

/* It fails: nothing is left, and what was there is as it was. */
static void check_failure(struct hostile_script script, int code, const char *message)
{
    struct hostile h;

    begin(&h, &script, 1);
    for (int there = 0; there < 2; there++) {
        if (there)
            put("f", "old", 3);
        CHECK_EQ(CLIENT("--timeout", "20", url_of(&h, "f")), code);
        CHECK(says(message));
        CHECK_EQ(entries(false), there);
        CHECK(!there || holds("f", "old", 3));
    }
    hostile_end(&h);
    entries(true);
}

/* ---- Whole files ---- */

static struct bytes file, gz, zl, raw; /* lorem and its forms */

static void test_forms(void)
{
    const struct bytes two = joined(coded(sub(file, 0, 100), SLUICE_GZIP), coded(sub(file, 100, 235), SLUICE_GZIP));
    const struct bytes none = text("");

    check_context("as it is");
    check_whole(reply(file, OK "Content-Length: 335\r\n\r\n"), file, NULL);
    check_whole(reply(chunked(file, 100, ""), OK CHUNKED "\r\n"), file, NULL);
    check_whole(reply(chunked(file, 1, "Trailer: x\r\n"), OK CHUNKED "\r\n"), file, NULL);
    check_whole(reply(file, OK CLOSE "\r\n"), file, "the server told no length");
    check_whole(reply(file, "HTTP/1.0 200 OK\nContent-Length: 335\n\n"), file, NULL);
    check_whole(reply(none, OK "Content-Length: 0\r\n\r\n"), none, NULL);
    check_context("gzip");
    check_whole(reply(gz, OK GZIP "Content-Length: %zu\r\n\r\n", gz.size), file, NULL);
    check_whole(reply(chunked(gz, 7, ""), OK GZIP CHUNKED "\r\n"), file, NULL);
    check_whole(reply(gz, OK GZIP CLOSE "\r\n"), file, NULL);
    check_whole(reply(gz, OK "Content-Encoding: x-gzip\r\n\r\n"), file, NULL);
    check_whole(reply(two, OK GZIP "Content-Length: %zu\r\n\r\n", two.size), file, NULL);
    check_whole(reply(chunked(two, 3, ""), OK GZIP CHUNKED "\r\n"), file, NULL);
    check_context("deflate, as it should be and as some send it");
    check_whole(reply(zl, OK "Content-Encoding: deflate\r\nContent-Length: %zu\r\n\r\n", zl.size), file, NULL);
    check_whole(reply(raw, OK "Content-Encoding: deflate\r\nContent-Length: %zu\r\n\r\n", raw.size), file,
                "which has no checksum");
    check_context("transfer codings");
    check_whole(reply(chunked(gz, 50, ""), OK "Transfer-Encoding: gzip, chunked\r\n\r\n"), file, NULL);
    check_whole(reply(chunked(zl, 50, ""), OK "Transfer-Encoding: deflate, chunked\r\n\r\n"), file, NULL);
    check_whole(reply(gz, OK "Transfer-Encoding: gzip\r\n\r\n"), file, NULL);
    check_whole(reply(chunked(coded(zl, SLUICE_GZIP), 9, ""),
                      OK "Content-Encoding: deflate\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"), file, NULL);
    check_context("interim responses come first");
    check_whole(reply(joined(text("HTTP/1.1 103 x\r\n\r\n" OK "Content-Length: 335\r\n\r\n"), file),
                      "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"), file, NULL);
}

static void test_what_is_asked(void)
{
    const struct hostile_script script = reply(file, OK "Content-Length: 335\r\n\r\n");
    char want[300];
    struct hostile h;

    begin(&h, &script, 1);
    CHECK_EQ(CLIENT(url_of(&h, "a%20b c?d=1#e"), "-o", "f"), 0);
    snprintf(want, sizeof want,
             "GET /a%%20b%%20c?d=1 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: sluice-client/" SLUICE_VERSION
             "\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n\r\n", h.port);
    CHECK(asked(&h, want));
    CHECK_EQ(CLIENT(url_of(&h, "f"), "--coding", "deflate", "--header", "X: y", "--header", "host:z"), 0);
    CHECK(asked(&h, "Accept-Encoding: deflate\r\nX: y\r\nhost:z\r\n\r\n"));
    CHECK(!asked(&h, "GET /f HTTP/1.1\r\nHost"));
    check_context("fields that cannot be set");
    static const char *const bad[] = {"X", ": y", "X y: z", "X: a\r\nY: b", "Range: bytes=1-", "te:gzip",
                                      "Content-Length: 5", "Accept-Encoding: br"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_EQ(CLIENT(url_of(&h, "f"), "--header", bad[i]), 1);
        CHECK(says("--header: "));
    }
    check_context("a name must come from somewhere");
    CHECK_EQ(CLIENT(url_of(&h, "")), 1);
    CHECK_EQ(CLIENT(url_of(&h, "a/")), 1);
    CHECK_EQ(CLIENT(url_of(&h, ".profile")), 1);
    CHECK_EQ(CLIENT(url_of(&h, "a%2f..")), 1);
    CHECK_EQ(CLIENT(url_of(&h, ""), "-o", "f"), 0);
    hostile_end(&h);
    entries(true);
}

static void test_local_socket(void)
{
    const struct hostile_script script = reply(gz, OK GZIP "\r\n");
    struct hostile h;

    *requests = '\0';
    CHECK(hostile_begin(&h, "./sock", &script, 1));
    CHECK_EQ(CLIENT("http://unix:./sock:/f"), 0);
    CHECK(holds("f", lorem, lorem_size));
    CHECK(asked(&h, "GET /f HTTP/1.1\r\nHost: localhost\r\n"));
    hostile_end(&h);
    entries(true);
}

/* ---- Cut, flipped, wrong ---- */

/* Cut at every byte, or at every n-th. */
static void check_cuts(struct hostile_script whole, size_t every)
{
    static struct hostile_script scripts[2000];
    struct hostile h;

    for (size_t i = 0; i < whole.size; i += every) {
        scripts[i / every] = whole;
        scripts[i / every].size = i;
    }
    put("f", "old", 3);
    begin(&h, scripts, (whole.size + every - 1) / every);
    for (size_t i = 0; i < whole.size; i += every) {
        check_context("cut at byte %zu of %zu", i, whole.size);
        CHECK_EQ(CLIENT("-O", ".", url_of(&h, "f")), 5);
        CHECK(says("cut short: "));
        CHECK(holds("f", "old", 3));
        CHECK_EQ(entries(false), 1);
    }
    hostile_end(&h);
    entries(true);
}

static void test_cuts(void)
{
    check_cuts(reply(gz, OK GZIP "Content-Length: %zu\r\n\r\n", gz.size), 1);
    check_cuts(reply(chunked(gz, 60, ""), OK GZIP CHUNKED "\r\n"), 1);
    check_cuts(reply(gz, OK GZIP CLOSE "\r\n"), 3);
    check_cuts(reply(sub(file, 0, 20), OK "Content-Length: 20\r\n\r\n"), 1);
    check_cuts(reply(chunked(zl, 90, "A: b\r\n"), OK "Transfer-Encoding: deflate, chunked\r\n\r\n"), 3);
}

/* The frame is whole and the stream in it is not: what most clients take for a file. */
static void test_cut_streams_in_whole_frames(void)
{
    for (size_t n = 0; n < gz.size; n += 13) {
        check_context("%zu bytes of the stream", n);
        check_failure(reply(sub(gz, 0, n), OK GZIP "Content-Length: %zu\r\n\r\n", n), 5,
                      "its framing is whole, but the compressed stream in it is not");
        check_failure(reply(chunked(sub(gz, 0, n), 50, ""), OK GZIP CHUNKED "\r\n"), 5, "its framing is whole");
    }
}

static void test_wrong_lengths(void)
{
    check_context("a length that is too large");
    check_failure(reply(file, OK "Content-Length: 336\r\n\r\n"), 5, "after 335 of 336 bytes");
    check_failure(reply(gz, OK GZIP "Content-Length: %zu\r\n\r\n", gz.size + 1), 5, "cut short");
    check_context("a length that is too small");
    check_failure(reply(file, OK "Content-Length: 334\r\n\r\n"), 4, "the response goes on behind its end, at byte 334");
    check_failure(reply(gz, OK GZIP "Content-Length: %zu\r\n\r\n", gz.size - 1), 5, "cut short");
    check_context("bytes behind the stream");
    check_failure(reply(joined(gz, text("x")), OK GZIP "Content-Length: %zu\r\n\r\n", gz.size + 1), 4,
                  "bytes follow the end of the stream");
    check_failure(reply(joined(gz, text("\x1f")), OK GZIP CLOSE "\r\n"), 4, "bytes follow the end of the stream");
    check_failure(reply(chunked(joined(gz, text("\x1fx")), 1, ""), OK GZIP CHUNKED "\r\n"), 4, "bytes follow the end");
    check_failure(reply(chunked(joined(zl, text("more")), 5, ""), OK "Content-Encoding: deflate\r\n" CHUNKED "\r\n"), 4,
                  "bytes follow the end of the stream");
    check_context("bytes behind the last chunk");
    check_failure(reply(joined(chunked(gz, 50, ""), text("x")), OK GZIP CHUNKED "\r\n"), 4, "goes on behind its end");
    check_context("chunks that do not say their size");
    check_failure(reply(text("5\r\nhelloo\r\n0\r\n\r\n"), OK CHUNKED "\r\n"), 4, "no right chunk at byte");
    check_failure(reply(text("6\r\nhello\r\n0\r\n\r\n"), OK CHUNKED "\r\n"), 4, "no right chunk at byte");
    check_failure(reply(text("hello"), OK CHUNKED "\r\n"), 4, "no right chunk at byte");
    check_failure(reply(text("-1\r\n"), OK CHUNKED "\r\n"), 4, "no right chunk at byte");
    check_failure(reply(text("10000000000000000\r\nx"), OK CHUNKED "\r\n"), 4, "no right chunk at byte");
}

/* Any bit of the body: an error, or the right file (a few bits of gzip's header mean nothing). */
static void test_flipped_bits(void)
{
    const struct hostile_script forms[] = {reply(chunked(gz, 60, ""), OK GZIP CHUNKED "\r\n"),
                                           reply(zl, OK "Content-Encoding: deflate\r\nContent-Length: %zu\r\n\r\n",
                                                 zl.size)};
    static struct hostile_script scripts[1000];
    struct hostile h;
    int wrong = 0;
    enum { FLIP_EVERY = 11 };

    for (size_t form = 0; form < 2; form++) {
        const size_t head = (size_t)((const char *)memmem(forms[form].data, forms[form].size, "\r\n\r\n", 4) + 4 -
                                     (const char *)forms[form].data);
        size_t count = 0;

        for (size_t bit = head * 8 + form; bit < forms[form].size * 8; bit += FLIP_EVERY) {
            unsigned char *const flipped = room(forms[form].size);

            memcpy(flipped, forms[form].data, forms[form].size);
            flipped[bit / 8] ^= (unsigned char)(1 << bit % 8);
            scripts[count] = forms[form];
            scripts[count++].data = flipped;
        }
        begin(&h, scripts, count);
        for (size_t i = 0; i < count; i++) {
            check_context("form %zu, bit %zu flipped", form, head * 8 + form + i * FLIP_EVERY);
            put("f", "old", 3);
            CLIENT("-O", ".", "--timeout", "20", url_of(&h, "f"));
            CHECK(run.code == 0 || run.code == 4 || run.code == 5);
            CHECK(run.code == 0 ? holds("f", lorem, lorem_size) : holds("f", "old", 3));
            CHECK_EQ(entries(false), 1);
            wrong += run.code != 0;
        }
        hostile_end(&h);
    }
    CHECK(wrong > 150);
    entries(true);
}

static void test_reset_and_silence(void)
{
    struct hostile_script s = reply(sub(gz, 0, 100), OK GZIP "Content-Length: %zu\r\n\r\n", gz.size);
    struct hostile h;

    check_context("reset");
    s.ending = HOSTILE_RESET;
    check_failure(s, 5, "Connection reset by peer");
    check_context("silence in the body, in the head, from the start");
    s.ending = HOSTILE_STALL;
    for (int i = 0; i < 3; i++) {
        begin(&h, &s, 1);
        CHECK_EQ(CLIENT("--timeout", "0.5", url_of(&h, "f")), 8);
        CHECK(says("timed out: nothing came from 127.0.0.1:"));
        CHECK_EQ(entries(false), 0);
        hostile_end(&h);
        s.size = i == 0 ? 20 : 0;
    }
    check_context("whole, and the connection stays open");
    s = reply(gz, OK GZIP "Content-Length: %zu\r\n\r\n", gz.size);
    s.ending = HOSTILE_STALL;
    check_whole(s, file, NULL);
}

/* ---- Heads ---- */

static void test_refusals(void)
{
    const struct bytes none = text("");

    check_failure(reply(none, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), 3,
                  "refused: the server answers 404 \"Not Found\"");
    check_failure(reply(none, "HTTP/1.1 503 \x1b[2J\r\n\r\n"), 4, "control character");
    check_failure(reply(none, "HTTP/1.1 500\r\n\r\n"), 3, "refused: the server answers 500");
    check_failure(reply(none, "HTTP/1.1 204 No Content\r\n\r\n"), 3, "refused: the server answers 204");
    check_failure(reply(none, "HTTP/1.1 304 x\r\n\r\n"), 3, "refused: the server answers 304");
    check_failure(reply(none, "HTTP/1.1 416 x\r\n\r\n"), 3, "refused: the server answers 416");
    check_failure(reply(none, "HTTP/1.1 302 x\r\n\r\n"), 3, "refused: the server answers 302");
    check_failure(reply(gz, OK "Content-Encoding: br\r\n\r\n"), 3, "a coding that was not asked for: \"br\"");
    check_failure(reply(gz, OK "Content-Encoding: gzip, gzip\r\n\r\n"), 3, "\"gzip, gzip\"");
    check_failure(reply(gz, OK "Transfer-Encoding: zstd, chunked\r\n\r\n"), 3, "\"zstd, chunked\"");
}

static void test_bad_heads(void)
{
    const struct bytes none = text("");
    struct hostile_script flood = reply(none, OK);
    unsigned char *const fields = room(1 << 20);

    check_failure(reply(none, "SSH-2.0-OpenSSH\r\n"), 4, "no good HTTP response: it does not begin with HTTP/1.");
    check_failure(reply(file, OK "Content-Length: 335\r\nContent-Length: 336\r\n\r\n"), 4, "two lengths that differ");
    check_failure(reply(file, OK CHUNKED "Content-Length: 335\r\n\r\n"), 4, "both Content-Length and");
    check_failure(reply(file, OK "Content-Length: -1\r\n\r\n"), 4, "its Content-Length is no number");
    check_failure(reply(file, OK "No colon\r\n\r\n"), 4, "a line that is no field");
    check_failure(reply(file, "HTTP/1.1 206 x\r\nContent-Range: bytes 0-334/335\r\n\r\n"), 4, "it is a part (206)");
    check_failure(reply(none, "HTTP/1.1 101 x\r\n\r\n"), 4, "changes to a protocol that was not asked for");
    check_context("a head without end");
    memset(fields, 'a', 1 << 20);
    memcpy(fields, OK "X: ", 20);
    flood.data = fields;
    flood.size = 1 << 20;
    check_failure(flood, 4, "its head is too long");
    check_context("fields without end");
    for (size_t i = 17; i + 6 <= 1 << 20; i += 6)
        memcpy(fields + i, "X: y\r\n", 6);
    check_failure(flood, 4, "its head is too long");
    check_context("interim responses without end");
    for (size_t i = 0; i + 18 <= 1 << 20; i += 18)
        memcpy(fields + i, "HTTP/1.1 100 x\r\n\r\n", 18);
    check_failure(flood, 4, "interim responses without end");
}

static void test_redirects(void)
{
    const struct bytes none = text("");
    struct hostile_script scripts[20];
    struct hostile h, other;
    char to[100];

    check_context("to where we do not go");
    check_failure(reply(none, "HTTP/1.1 301 x\r\nLocation: https://127.0.0.1/f\r\n\r\n"), 3, "TLS");
    check_failure(reply(none, "HTTP/1.1 302 x\r\nLocation: http://unix:/run/x:/f\r\n\r\n"), 3, "a local socket");
    check_failure(reply(none, "HTTP/1.1 302 x\r\nLocation: sluice://127.0.0.1/f\r\n\r\n"), 3, "another protocol");
    check_failure(reply(none, "HTTP/1.1 302 x\r\nLocation: file:///etc/passwd\r\n\r\n"), 3, "no known kind");
    check_context("round and round");
    check_failure(reply(none, "HTTP/1.1 307 x\r\nLocation: ../f\r\n\r\n"), 3, "more than 10 redirects");
    check_context("ten, and then the file; it has the name that was asked for");
    for (int i = 0; i < 10; i++)
        scripts[i] = reply(none, "HTTP/1.1 %d x\r\nLocation: g%d\r\n\r\n", (int[]){301, 302, 303, 307, 308}[i % 5], i);
    scripts[10] = reply(gz, OK GZIP "\r\n");
    begin(&h, scripts, 11);
    CHECK_EQ(CLIENT(url_of(&h, "d/f")), 0);
    CHECK(holds("f", lorem, lorem_size));
    CHECK(asked(&h, "GET /d/g9 HTTP/1.1\r\n"));
    hostile_end(&h);
    check_context("to another server, which does not get the user's fields");
    begin(&other, &scripts[10], 1);
    snprintf(to, sizeof to, "http://127.0.0.1:%u/x", other.port);
    scripts[0] = reply(none, "HTTP/1.1 302 x\r\nLocation: %s\r\n\r\n", to);
    begin(&h, scripts, 1);
    CHECK_EQ(CLIENT(url_of(&h, "f"), "-v", "--header", "Authorization: secret"), 0);
    CHECK(says("the server sends us to \"http://127.0.0.1:"));
    CHECK(asked(&h, "Authorization: secret"));
    const char *const there = hostile_asked(&other);
    CHECK(strstr(there, "GET /x ") && !strstr(there, "secret"));
    hostile_end(&h);
    hostile_end(&other);
    entries(true);
}

/* ---- Connections that are kept ---- */

static void test_kept_connections(void)
{
    struct hostile_script scripts[3], last = reply(gz, OK GZIP "Content-Length: %zu\r\n\r\n", gz.size);
    char one[100], two[100], three[100];
    struct hostile h;

    scripts[2] = scripts[1] = scripts[0] = last;
    scripts[0].then = &scripts[1];
    scripts[1].then = &scripts[2];
    begin(&h, scripts, 1);
    snprintf(one, sizeof one, "http://127.0.0.1:%u/one", h.port);
    snprintf(two, sizeof two, "http://127.0.0.1:%u/two", h.port);
    snprintf(three, sizeof three, "http://127.0.0.1:%u/three", h.port);
    check_context("three files by one connection");
    CHECK_EQ(CLIENT(one, two, three), 0);
    CHECK(holds("one", lorem, lorem_size) && holds("two", lorem, lorem_size) && holds("three", lorem, lorem_size));
    CHECK(asked(&h, "connection 0\n"));
    CHECK(!asked(&h, "connection 1\n"));
    hostile_end(&h);
    check_context("the server closes it behind the response, though it did not say so");
    begin(&h, &last, 1);
    snprintf(one, sizeof one, "http://127.0.0.1:%u/one", h.port);
    snprintf(two, sizeof two, "http://127.0.0.1:%u/two", h.port);
    CHECK_EQ(CLIENT(one, two), 0);
    CHECK(asked(&h, "connection 1\n"));
    hostile_end(&h);
    entries(true);
}

/* ---- Limits of size ---- */

static void test_sizes(void)
{
    const struct bytes zeros = {room(1 << 20), 1 << 20};
    const struct bytes bomb = coded((struct bytes){memset((void *)zeros.data, 0, zeros.size), zeros.size}, SLUICE_GZIP);
    const struct hostile_script scripts[] = {reply(file, OK "Content-Length: 335\r\n\r\n"),
                                             reply(chunked(file, 10, ""), OK CHUNKED "\r\n"),
                                             reply(gz, OK GZIP "\r\n"),
                                             reply(text("x"), OK "Content-Length: 9999999999999\r\n\r\n"),
                                             reply(text("x"), OK GZIP "Content-Length: 9999999999999\r\n\r\n"),
                                             reply(bomb, OK GZIP "\r\n")};
    struct hostile h;

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        check_context("case %zu", i);
        begin(&h, &scripts[i], 1);
        CHECK_EQ(CLIENT("--max-size", "334", url_of(&h, "f")), 8);
        CHECK(says("larger than the 334 bytes allowed"));
        CHECK_EQ(entries(false), 0);
        if (i < 3)
            CHECK_EQ(CLIENT("--max-size", "335", url_of(&h, "f")), 0);
        entries(true);
        hostile_end(&h);
    }
    check_context("more travels than such a file can need");
    static unsigned char empty_blocks[300000]; /* stored blocks of no byte: 00 00 00 FF FF */
    for (size_t i = 0; i + 5 <= sizeof empty_blocks; i += 5)
        memcpy(empty_blocks + i, "\x00\x00\x00\xFF\xFF", 5);
    const struct hostile_script endless = reply((struct bytes){empty_blocks, sizeof empty_blocks},
                                                OK "Content-Encoding: deflate\r\n\r\n");
    begin(&h, &endless, 1);
    CHECK_EQ(CLIENT("--max-size", "1000", url_of(&h, "f")), 8);
    CHECK(says("bytes have come for a file of at most 1000"));
    hostile_end(&h);
}

/* ---- Going on ---- */

#define V1 "ETag: \"v1\"\r\n"
#define DATES "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 08:49:39 GMT\r\n"
#define KEPT ".f.sluice-kept"
#define NOTE ".f.sluice-note"

enum { CUT = 10000, FROM = CUT - 4096, REST = sizeof large - FROM };

static struct bytes whole_large(void) { return (struct bytes){large, sizeof large}; }

/* 200 with the first CUT bytes and a close. */
static struct hostile_script first_part(void)
{
    return reply(sub(whole_large(), 0, CUT), OK V1 "Content-Length: %zu\r\n\r\n", sizeof large);
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
    begin(&h, scripts, count + 1);
    put("f", "old", 3);
    CHECK_EQ(CLIENT("-C", "-O", ".", url_of(&h, "f")), 5);
    CHECK(says("are kept beside \"f\""));
    CHECK(holds("f", "old", 3));
    CHECK(access(KEPT, F_OK) == 0 && access(NOTE, F_OK) == 0);
    CHECK_EQ(entries(false), 3);
    if (!CHECK_EQ(CLIENT("-C", "-v", "-O", ".", url_of(&h, "f")), 0))
        printf("    %s\n", run.err);
    CHECK(says(message));
    CHECK(holds("f", large, sizeof large));
    CHECK_EQ(entries(false), 1);
    CHECK(asked(&h, request));
    hostile_end(&h);
    entries(true);
}

#define RANGE "TE: gzip, deflate\r\nConnection: TE\r\nRange: bytes=5904-\r\nIf-Range: \"v1\"\r\n\r\n"

static void test_resume(void)
{
    const struct bytes rest = sub(whole_large(), FROM, REST), packed = coded(rest, SLUICE_GZIP);
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

    s[0] = reply(sub(gzipped, 0, gzipped.size - 1), OK V1 DATES GZIP "Content-Length: %zu\r\n\r\n", gzipped.size);
    s[1] = reply(sub(whole_large(), 20000 - 4096, 4096),
                 "HTTP/1.1 206 x\r\n" DATES "Content-Range: bytes 15904-19999/20000\r\nContent-Length: 4096\r\n\r\n");
    check_resumed(s[0], s + 1, 1, "going on at byte 20000",
                  "Range: bytes=15904-\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    check_context("a part of the rest, and then the rest of it, in one run");
    s[0] = first_part();
    s[1] = reply(sub(whole_large(), FROM, 6000), "HTTP/1.1 206 x\r\nContent-Range: bytes 5904-11903/20000\r\n\r\n");
    s[2] = reply(sub(whole_large(), 11904 - 4096, 20000 - 11904 + 4096),
                 "HTTP/1.1 206 x\r\nContent-Range: bytes 7808-19999/20000\r\n\r\n");
    begin(&h, s, 3);
    put("want", large, sizeof large);
    CHECK_EQ(CLIENT("--retries", "2", "--compare", "want", "-o", "f", url_of(&h, "f")), 0);
    CHECK(says("the server gave only a part of the rest"));
    CHECK(says("11904 bytes of the file had come; trying again in 0.5 s, going on where it stopped"));
    CHECK(holds("f", large, sizeof large));
    CHECK_EQ(entries(false), 2);
    hostile_end(&h);
    entries(true);

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
    const struct bytes other = joined(rest, text(""));
    ((unsigned char *)other.data)[4095] ^= 1;
    s[0] = reply(other, "HTTP/1.1 206 x\r\n" V1 "Content-Range: bytes 5904-19999/20000\r\n\r\n");
    check_resumed(first_part(), s, 2, from_start, RANGE);
}

/* A rest that is wrong in itself. The part from before stays for another time unless it may be wrong too. */
static void test_bad_rests(void)
{
    const struct bytes rest = sub(whole_large(), FROM, REST), packed = coded(rest, SLUICE_GZIP);
    const struct bytes flipped = joined(packed, text(""));
    const char *const range = "HTTP/1.1 206 x\r\nContent-Range: bytes 5904-19999/20000\r\n";
    struct hostile h;

    ((unsigned char *)flipped.data)[flipped.size - 8] ^= 1; /* the CRC */

    const struct {
        struct hostile_script script;
        int code;
        bool kept;
        const char *message;
    } cases[] = {
        {reply(rest, "%sContent-Length: 14095\r\n\r\n", range), 4, false, "not that of its Content-Range"},
        {reply(chunked(sub(rest, 0, REST - 1), 500, ""), "%s" CHUNKED "\r\n", range), 5, true, "gives less than"},
        {reply(chunked(joined(rest, text("x")), 500, ""), "%s" CHUNKED "\r\n", range), 4, false, "more bytes come"},
        {reply(chunked(sub(packed, 0, packed.size - 1), 500, ""), "%sTransfer-Encoding: gzip, chunked\r\n\r\n", range),
         5, true, "its framing is whole"},
        {reply(chunked(flipped, 500, ""), "%sTransfer-Encoding: gzip, chunked\r\n\r\n", range), 4, false, "corrupt at"},
        {reply(text(""), "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), 3, true, "503 \"Busy\""},
        {(struct hostile_script){.http = true}, 5, true, "before the head"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct hostile_script scripts[] = {first_part(), cases[i].script};

        check_context("%s", cases[i].message);
        begin(&h, scripts, 2);
        CHECK_EQ(CLIENT("-C", url_of(&h, "f")), 5);
        CHECK_EQ(CLIENT("-C", url_of(&h, "f")), cases[i].code);
        CHECK(says(cases[i].message));
        CHECK(access("f", F_OK) < 0);
        CHECK_EQ(entries(false), cases[i].kept ? 2 : 0);
        hostile_end(&h);
        entries(true);
    }
}

/* What is lying there is gone on with only if it is known what it is. */
static void test_notes(void)
{
    const struct hostile_script whole = reply(whole_large(), OK "Content-Length: 20000\r\n\r\n");
    char note[700];
    struct hostile h;

    begin(&h, &whole, 1);
    for (int i = 0; i < 5; i++) {
        check_context("case %d", i);
        snprintf(note, sizeof note, "%s%s%s\n%s\n%s", i == 1 ? "sluice-part 2\n" : "sluice-part 1\n",
                 url_of(&h, "f"), i == 2 ? "x" : "", i == 3 ? "" : "\"v1\"", i == 4 ? "more\n" : "");
        put(KEPT, "something", 9);
        if (i > 0)
            put(NOTE, note, strlen(note));
        CHECK_EQ(CLIENT("-C", url_of(&h, "f")), 0);
        CHECK(holds("f", large, sizeof large));
        CHECK(!asked(&h, "Range"));
        CHECK_EQ(entries(true), 1);
    }
    hostile_end(&h);
    check_context("a server that gives nothing to know the file by: nothing is kept");
    const struct hostile_script cut = reply(sub(whole_large(), 0, CUT), OK "ETag: W/\"v1\"\r\n"
                                            "Content-Length: 20000\r\n\r\n");
    begin(&h, &cut, 1);
    CHECK_EQ(CLIENT("-C", url_of(&h, "f")), 5);
    CHECK_EQ(entries(false), 0);
    check_context("what cannot be gone on with");
    hostile_end(&h);
    const struct hostile_script bare = {.data = zl.data, .size = 100};
    begin(&h, &bare, 1);
    snprintf(url, sizeof url, "sluice://127.0.0.1:%u/f", h.port);
    CHECK_EQ(CLIENT("-C", url), 5);
    CHECK(says("-C: this protocol cannot go on in the middle, so the file is fetched from its beginning"));
    CHECK_EQ(entries(false), 0);
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
    struct hostile_script scripts[2] = {first_part(), reply(sub(whole_large(), FROM, REST), "HTTP/1.1 206 x\r\n" V1
                                                            "Content-Range: bytes 5904-19999/20000\r\n\r\n")};
    struct hostile h;

    scripts[0].ending = HOSTILE_STALL;
    for (int i = 0; i < 3; i++) {
        check_context("signal %d", signals[i]);
        begin(&h, scripts, 2);
        program_start(&run, (const char *const[]){client, "-C", url_of(&h, "f"), NULL}, 0);
        CHECK(comes_to(KEPT, CUT));
        kill(run.pid, signals[i]);
        program_wait(&run);
        CHECK_EQ(run.signal, signals[i]);
        CHECK(access("f", F_OK) < 0);
        CHECK_EQ(entries(false), 2);
        CHECK_EQ(CLIENT("-C", url_of(&h, "f")), 0);
        CHECK(holds("f", large, sizeof large));
        CHECK_EQ(entries(true), 1);
        hostile_end(&h);
    }
    check_context("two at the same time");
    begin(&h, scripts, 1);
    program_start(&run, (const char *const[]){client, "-C", url_of(&h, "f"), NULL}, 0);
    CHECK(comes_to(KEPT, CUT));
    static struct program second;
    program_start(&second, (const char *const[]){client, "-C", url, NULL}, 0);
    program_wait(&second);
    CHECK_EQ(second.code, 6);
    CHECK(strstr(second.err, "another process is fetching it") != NULL);
    kill(run.pid, SIGKILL);
    program_wait(&run);
    hostile_end(&h);
    entries(true);
}

static void test_retries(void)
{
    struct hostile_script s[3] = {first_part(),
                                  reply(text(""), "HTTP/1.1 503 x\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"),
                                  reply(sub(whole_large(), FROM, REST), "HTTP/1.1 206 x\r\n" V1
                                        "Content-Range: bytes 5904-19999/20000\r\n\r\n")};
    struct hostile h;

    check_context("to standard output, which goes on too");
    begin(&h, s, 3);
    CHECK_EQ(CLIENT("--retries", "2", "-o", "-", url_of(&h, "f")), 0);
    CHECK_BYTES(run.out, run.out_size, large, sizeof large);
    hostile_end(&h);
    check_context("not if the file has changed meanwhile");
    s[1] = reply(whole_large(), OK "ETag: \"v2\"\r\nContent-Length: 20000\r\n\r\n");
    begin(&h, s, 2);
    CHECK_EQ(CLIENT("--retries", "2", "-o", "-", url_of(&h, "f")), 5);
    CHECK(says("what has been written cannot be taken back"));
    CHECK_BYTES(run.out, run.out_size, large, CUT);
    hostile_end(&h);
    check_context("nothing to go on by: from the start");
    s[0] = reply(sub(gz, 0, 100), OK GZIP "Content-Length: %zu\r\n\r\n", gz.size);
    s[1] = reply(gz, OK GZIP "Content-Length: %zu\r\n\r\n", gz.size);
    begin(&h, s, 2);
    CHECK_EQ(CLIENT("--retries", "1", url_of(&h, "f")), 0);
    CHECK(holds("f", lorem, lorem_size));
    CHECK(!asked(&h, "Range"));
    hostile_end(&h);
    check_context("404 does not pass, nor does corruption");
    s[0] = reply(text(""), "HTTP/1.1 404 x\r\n\r\n");
    s[2] = reply(text("not gzip"), OK GZIP "Content-Length: 8\r\n\r\n");
    for (int i = 0; i < 2; i++) {
        begin(&h, &s[i * 2], 1);
        CHECK_EQ(CLIENT("--retries", "1", url_of(&h, "f")), i ? 4 : 3);
        CHECK(strstr(run.err, "trying again") == NULL);
        hostile_end(&h);
    }
    entries(true);
}

/* ---- The stream as it came ---- */

static void test_save_compressed(void)
{
    const struct hostile_script good[] = {reply(gz, OK GZIP "Content-Length: %zu\r\n\r\n", gz.size),
                                          reply(chunked(gz, 10, ""), OK GZIP CHUNKED "\r\n")};
    struct hostile h;

    begin(&h, good, 2);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(CLIENT("--save-compressed", url_of(&h, "f")), 0);
        CHECK(asked(&h, "Accept-Encoding: gzip\r\n"));
        CHECK(holds("f.gz", gz.data, gz.size));
        CHECK_EQ(entries(true), 1);
    }
    CHECK_EQ(CLIENT("--save-compressed", "-o", "-", url_of(&h, "f")), 0);
    CHECK_BYTES(run.out, run.out_size, gz.data, gz.size);
    CHECK_EQ(CLIENT("--save-compressed", "--coding", "deflate", url_of(&h, "f")), 1);
    CHECK_EQ(CLIENT("--save-compressed", "--compare", "x", url_of(&h, "f")), 1);
    CHECK_EQ(CLIENT("--save-compressed", "sluice://127.0.0.1/f"), 1);
    hostile_end(&h);
    check_context("checked all the same");
    const struct bytes flipped = joined(gz, text(""));
    ((unsigned char *)flipped.data)[gz.size - 6] ^= 4;
    const struct {
        struct hostile_script script;
        int code;
    } bad[] = {{reply(flipped, OK GZIP "\r\n"), 4}, {reply(sub(gz, 0, 150), OK GZIP "\r\n"), 5},
               {reply(file, OK "\r\n"), 3},         {reply(zl, OK "Content-Encoding: deflate\r\n\r\n"), 3},
               {reply(joined(gz, text("x")), OK GZIP "\r\n"), 4}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        check_context("case %zu", i);
        begin(&h, &bad[i].script, 1);
        CHECK_EQ(CLIENT("--save-compressed", url_of(&h, "f")), bad[i].code);
        CHECK_EQ(entries(false), 0);
        hostile_end(&h);
    }
}

/* ---- Going on with the stream as it came ---- */

#define KEPT_GZ ".f.gz.sluice-kept"
#define RANGE_GZ "Accept-Encoding: gzip\r\nRange: bytes=5904-\r\nIf-Range: \"v1\"\r\n\r\n"

/* Bytes that do not become fewer, so that a stream of them is longer than the tail that comes once more. */
static struct bytes noise(void)
{
    unsigned char *const p = room(20000);
    uint32_t x = 1;

    for (size_t i = 0; i < 20000; i++) {
        x = x * 1664525 + 1013904223;
        p[i] = (unsigned char)(x >> 24);
    }
    return (struct bytes){p, 20000};
}

static void test_resume_saved(void)
{
    const struct bytes plain = noise(), stream = coded(plain, SLUICE_GZIP);
    const struct bytes rest = sub(stream, FROM, stream.size - FROM);
    const struct hostile_script first = reply(sub(stream, 0, CUT), OK V1 GZIP "Content-Length: %zu\r\n\r\n", stream.size);
    const struct hostile_script good = reply(rest, "HTTP/1.1 206 x\r\n" V1 GZIP "Content-Range: bytes 5904-%zu/%zu\r\n"
                                             "Content-Length: %zu\r\n\r\n", stream.size - 1, stream.size, rest.size);
    const struct hostile_script whole = reply(stream, OK GZIP "\r\n");
    const struct bytes other = joined(rest, text(""));
    struct hostile h;

    CHECK(stream.size > plain.size);
    put("want", plain.data, plain.size);
    check_context("by another run");
    begin(&h, (const struct hostile_script[]){first, good}, 2);
    CHECK_EQ(CLIENT("-C", "--save-compressed", "-O", ".", url_of(&h, "f")), 5);
    CHECK(says("10000 bytes are kept beside \"f.gz\""));
    CHECK(holds(KEPT_GZ, stream.data, CUT));
    CHECK_EQ(CLIENT("-C", "-v", "--save-compressed", "--compare", "want", "-O", ".", url_of(&h, "f")), 0);
    CHECK(says("going on at byte 10000"));
    CHECK(strstr(run.out, "contents: True") != NULL);
    CHECK(asked(&h, RANGE_GZ));
    CHECK(holds("f.gz", stream.data, stream.size));
    CHECK_EQ(entries(false), 2);
    hostile_end(&h);

    check_context("by a further try");
    begin(&h, (const struct hostile_script[]){first, good}, 2);
    CHECK_EQ(CLIENT("--retries", "1", "--save-compressed", "--compare", "want", "-O", ".", url_of(&h, "f")), 0);
    CHECK(says("trying again in 0.5 s, going on where it stopped"));
    CHECK(asked(&h, RANGE_GZ));
    CHECK(holds("f.gz", stream.data, stream.size));
    hostile_end(&h);

    check_context("what has been passed on cannot be read again");
    begin(&h, (const struct hostile_script[]){first, good}, 2);
    CHECK_EQ(CLIENT("--retries", "1", "--save-compressed", "-o", "-", url_of(&h, "f")), 5);
    CHECK_BYTES(run.out, run.out_size, stream.data, CUT);
    hostile_end(&h);

    ((unsigned char *)other.data)[4095] ^= 1;
    const struct hostile_script useless[] = {
        whole, /* at once */
        reply(plain, "HTTP/1.1 206 x\r\n" V1 "Content-Range: bytes 5904-25903/25904\r\n\r\n"), /* as it is */
        reply(rest, "HTTP/1.1 206 x\r\nETag: \"v2\"\r\n" GZIP "Content-Range: bytes 5904-%zu/%zu\r\n\r\n",
              stream.size - 1, stream.size),
        reply(other, "HTTP/1.1 206 x\r\n" V1 GZIP "Content-Range: bytes 5904-%zu/%zu\r\n\r\n", stream.size - 1,
              stream.size)};
    for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
        check_context("useless %zu", i);
        begin(&h, (const struct hostile_script[]){first, useless[i], whole}, 3);
        CHECK_EQ(CLIENT("-C", "--save-compressed", "-O", ".", url_of(&h, "f")), 5);
        CHECK_EQ(CLIENT("-C", "--save-compressed", "--compare", "want", "-O", ".", url_of(&h, "f")), 0);
        CHECK(says("from the start"));
        CHECK(holds("f.gz", stream.data, stream.size));
        CHECK_EQ(entries(false), 2);
        hostile_end(&h);
    }

    /* What was kept is no longer what came: told at once, or by the checksum in the end; then it is not kept again. */
    for (int byte = 0; byte <= 5000; byte += 5000) {
        check_context("byte %d of what was kept has changed", byte);
        begin(&h, (const struct hostile_script[]){first, good, whole}, 3);
        CHECK_EQ(CLIENT("-C", "--save-compressed", "-O", ".", url_of(&h, "f")), 5);

        const int fd = open(KEPT_GZ, O_WRONLY);

        CHECK(fd >= 0 && pwrite(fd, "\xFF", 1, byte) == 1);
        close(fd);
        CHECK_EQ(CLIENT("-C", "--save-compressed", "-O", ".", url_of(&h, "f")), byte ? 4 : 0);
        CHECK(says(byte ? "CRC-32" : "from the start"));
        CHECK(access(KEPT_GZ, F_OK) != 0);
        CHECK_EQ(CLIENT("-C", "--save-compressed", "-O", ".", url_of(&h, "f")), 0);
        CHECK(holds("f.gz", stream.data, stream.size));
        hostile_end(&h);
    }
    entries(true);
}

int main(void)
{
    char folder[] = "/tmp/sluice-client-http-XXXXXX";
    uint64_t state = 5;

    umask(022);
    client = program_path("sluice-client");
    lorem_size = load("vectors/lorem.txt", lorem, sizeof lorem);
    CHECK_EQ(lorem_size, 335);
    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (unsigned char)("the quick brown fox "[check_random(&state) % 20]);
    if (!mkdtemp(folder) || chdir(folder) < 0)
        return 1;
    file = (struct bytes){lorem, lorem_size};
    gz = coded(file, SLUICE_GZIP);
    zl = coded(file, SLUICE_ZLIB);
    raw = coded(file, SLUICE_RAW);

    const size_t forms = arena_used;
    static void (*const tests[])(void) = {
        test_forms, test_what_is_asked, test_local_socket, test_cuts, test_cut_streams_in_whole_frames,
        test_wrong_lengths, test_flipped_bits, test_reset_and_silence, test_refusals, test_bad_heads, test_redirects,
        test_kept_connections, test_sizes, test_resume, test_bad_rests, test_notes, test_killed, test_retries,
        test_save_compressed, test_resume_saved};

    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        tests[i]();
        arena_used = forms;
    }
    CHECK_EQ(chdir("/"), 0);
    CHECK_EQ(rmdir(folder), 0);
    return check_report("app/client_http");
}
