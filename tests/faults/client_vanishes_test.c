/*
 * The server, when its clients vanish: after each byte of a request and after many of the response, by a close, by a
 * reset, or by falling silent. Nobody gets what was not asked for, the next client is served, all descriptors come
 * back, and the server ends in order. FULL=true: each byte, else every seventh; and a second round of it all takes no
 * more memory than the first.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/faulty.h"
#include "tests/support/http_answers.h"
#include "tests/support/loopback.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SMALL = 2000,
    LARGE = 9 * 1024 * 1024, /* more than sockets hold, though READ_MOST of it have been read */
    READ_MOST = 1024 * 1024,
    CROWD = 300,             /* clients at a time */
    TRIES = 4,
    WAITS = 4000,            /* of 5 ms */
    GROWTH_KIB = 512         /* that malloc may need more for the same in another order; a round: thousands */
};

static uint8_t *data;
static struct program server;
static int http_port, bare_port, descriptors_before;
static size_t every = 7;

/* What clients ask for. */
struct question {
    const char *text;
    bool bare;
};

static const struct question questions[] = {
    {"GET /small HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", false},
    {"GET /small HTTP/1.1\r\nHost: a\r\nTE: deflate\r\nConnection: TE\r\nRange: bytes=0-9, 20-29, 500-\r\n\r\n", false},
    {"HEAD /large HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\n"
     "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false},
    {"POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n01234567890123456789", false},
    {"POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\n01234\r\n0\r\nA: b\r\n\r\n", false},
    {"GET /large HTTP/1.1\r\nHost: a\r\n\r\n", false},
    {"GET /large HTTP/1.1\r\nHost: a\r\nAccept-Encoding: deflate\r\n\r\n", false},
    {"small\n", true},
    {"large\r\n", true},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static void pause_a_little(void) { nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL); }

static int dial(const struct question *q, bool small)
{
    return loopback_connect(q->bare ? bare_port : http_port, small);
}

/* ---- What the server has ---- */

/* KiB of data that it has asked the system for; 0 where nothing tells. */
static long memory(void)
{
    char path[40], line[200];
    long kib = 0;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/status", (int)server.pid);
    f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmData:", 7) == 0)
            kib = atol(line + 7);
    if (f)
        fclose(f);
    return kib;
}

/* ---- A client who stays ---- */

static bool is_data(const uint8_t *packed, size_t size)
{
    static uint8_t plain[SMALL + 1];
    size_t written;

    return sluice_decompress(NULL, packed, size, plain, sizeof plain, &written) == SLUICE_OK && written == SMALL &&
           memcmp(plain, data, SMALL) == 0;
}

static bool is_served(bool over_bare)
{
    static const char question[] = "GET /small HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n"
                                   "Connection: close\r\n\r\n";
    const int fd = loopback_connect(over_bare ? bare_port : http_port, false);
    unsigned char *bytes;
    bool right = false;
    size_t size;

    if (fd < 0)
        return false;
    loopback_send(fd, over_bare ? "small\n" : question, over_bare ? 6 : sizeof question - 1);
    if (loopback_read_all(fd, &bytes, &size) == LOOPBACK_CLOSED) {
        struct http_reading reading = {bytes, size};
        struct http_got got = {0};

        if (over_bare)
            right = is_data(bytes, size);
        else if (http_got_next(&reading, false, &got))
            right = got.status == 200 && got.whole && is_data(got.content, got.content_size);
        free(got.content);
    }
    free(bytes);
    close(fd);
    return right;
}

/* Everyone who comes now is served, and nothing is left of those who came before. */
static void nothing_is_left(void)
{
    for (int over_bare = 0; over_bare < 2; over_bare++) {
        int tries = 0;

        while (!is_served(over_bare) && tries < TRIES) /* one that is delayed may be taken for slow */
            tries++;
        CHECK(tries < TRIES);
    }
    for (int i = 0; program_descriptors(&server) > descriptors_before && i < WAITS; i++)
        pause_a_little();
    CHECK(program_descriptors(&server) <= descriptors_before);
}

/* ---- Vanishing while asking ---- */

enum way { CLOSES, RESETS, SHUTS, SILENT };
static const char *const ways[] = {"closes", "resets", "shuts its side", "is silent"};

/* What the server says to a part of a request: an error, a whole answer to what was whole, or nothing. */
static void judge_part(const struct question *q, size_t sent, const uint8_t *bytes, size_t size)
{
    struct http_reading reading = {bytes, size};
    struct http_got got;
    size_t whole = 0, answers = 0;

    if (q->bare) {
        CHECK(size == 0 || sent >= strlen("small")); /* a name that nothing follows is taken for whole */
        return;
    }
    for (const char *p = q->text; (p = strstr(p, "\r\n\r\n")) != NULL && (size_t)(p + 4 - q->text) <= sent; p += 4)
        whole++;
    while (http_got_next(&reading, *q->text == 'H' && whole > 0 && answers == 0, &got)) {
        answers++;
        CHECK(got.status >= 200);
        CHECK(answers <= whole || got.status >= 400); /* to what did not come whole */
        free(got.content);
    }
}

static void vanish_asking(const struct question *q, enum way way)
{
    const size_t size = strlen(q->text);

    for (size_t sent = 0; sent <= size; sent += every) {
        const int fd = dial(q, false);

        check_context("%.20s…: client %s after byte %zu of the request", q->text, ways[way], sent);
        if (!CHECK(fd >= 0))
            continue;
        loopback_send(fd, q->text, sent);
        if (way == RESETS) {
            loopback_reset(fd);
        } else {
            if (way == SHUTS) {
                unsigned char *bytes;
                size_t got;

                shutdown(fd, SHUT_WR);
                CHECK(loopback_read_all(fd, &bytes, &got) != LOOPBACK_HANGS);
                judge_part(q, sent, bytes, got);
                free(bytes);
            }
            close(fd);
        }
    }
    nothing_is_left();
}

/* All at once: the server loses patience with each of them. */
static void silent_asking(const struct question *q)
{
    static int fds[CROWD];
    const size_t size = strlen(q->text);
    size_t count = 0;

    for (size_t sent = 0; sent < size && count < CROWD; sent += every, count++) {
        check_context("%.20s…: client is silent after byte %zu of the request", q->text, sent);
        fds[count] = dial(q, false);
        if (CHECK(fds[count] >= 0))
            loopback_send(fds[count], q->text, sent);
    }
    for (size_t i = 0; i < count; i++) {
        unsigned char *bytes;
        size_t got;

        check_context("%.20s…: client is silent after byte %zu of the request", q->text, i * every);
        if (fds[i] < 0)
            continue;
        CHECK(loopback_read_all(fds[i], &bytes, &got) != LOOPBACK_HANGS);
        judge_part(q, i * every, bytes, got);
        free(bytes);
        close(fds[i]);
    }
    nothing_is_left();
}

/* ---- Vanishing while it is answered ---- */

/* The next number of bytes to read: each of the first, then ever fewer. */
static size_t next(size_t at) { return at < 600 ? at + every : at + at / (every == 1 ? 16 : 4); }

static int ask_and_read(const struct question *q, size_t bytes)
{
    static uint8_t some[READ_MOST];
    const int fd = dial(q, true);
    size_t got;

    if (CHECK(fd >= 0)) {
        loopback_send(fd, q->text, strlen(q->text));
        loopback_read(fd, some, bytes, &got);
    }
    return fd;
}

static void vanish_answered(const struct question *q, enum way way)
{
    for (size_t at = 0; at < READ_MOST; at = next(at)) {
        check_context("%.20s…: client %s after byte %zu of the response", q->text, ways[way], at);

        const int fd = ask_and_read(q, at);

        if (fd >= 0 && way == RESETS)
            loopback_reset(fd);
        else if (fd >= 0)
            close(fd);
    }
    nothing_is_left();
}

/* Takes so much and then nothing more, all at once: the server does not wait for them. */
static void silent_answered(const struct question *q)
{
    static int fds[CROWD];
    size_t count = 0;

    check_context("%.20s…: clients take no more of the response", q->text);
    for (size_t at = 0; at < READ_MOST && count < CROWD; at = next(at))
        fds[count++] = ask_and_read(q, at);
    nothing_is_left();
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
}

static void a_round(void)
{
    for (int i = 0; i < QUESTIONS; i++) {
        const struct question *const q = &questions[i];

        vanish_asking(q, CLOSES);
        vanish_asking(q, RESETS);
        vanish_asking(q, SHUTS);
        silent_asking(q);
        if (!strstr(q->text, "large") || *q->text == 'H') /* all of it is in the sockets at once */
            continue;
        vanish_answered(q, CLOSES);
        vanish_answered(q, RESETS);
        silent_answered(q);
    }
}

static void start_server(void)
{
    static const char *arguments[] = {NULL, "-q", "--threads", "1", "--level", "1", "--timeout-request", "0.5",
                                      "--timeout-idle", "0.5", "--min-rate", "1000", "--http", "127.0.0.1:0", "--bare",
                                      "127.0.0.1:0", "served", NULL};

    arguments[0] = sound_program("sluice-server");
    program_serve(&server, arguments);
    if (!faulty_listens(&server, &http_port, &bare_port)) {
        fprintf(stderr, "the server does not start\n");
        exit(1);
    }
}

int main(void)
{
    uint64_t random = 17;
    long first;

    signal(SIGPIPE, SIG_IGN);
    if (faulty_is_full())
        every = 1;
    faulty_begin();
    mkdir("served", 0755);
    data = malloc(LARGE);
    if (!data)
        abort();
    for (size_t i = 0; i < LARGE; i++) /* packed it is still more than sockets hold */
        data[i] = (uint8_t)(check_random(&random) >> 20 & 63);
    faulty_write("served/small", data, SMALL);
    faulty_write("served/large", data, LARGE);
    start_server();
    check_context("nobody has vanished yet");
    CHECK(is_served(false) && is_served(true));
    descriptors_before = program_descriptors(&server) + 2; /* of those two: they may not have left yet */
    nothing_is_left();
    descriptors_before = program_descriptors(&server);
    a_round();
    first = memory();
    if (faulty_is_full()) {
        a_round();
        check_context("memory: %ld KiB after one round, %ld after two", first, memory());
        CHECK(memory() <= first + GROWTH_KIB);
    }
    kill(server.pid, SIGTERM);
    program_wait(&server);
    check_context("the end");
    CHECK_EQ(server.signal, 0);
    if (!CHECK_EQ(server.code, 0))
        printf("    %s\n", server.err);
    free(data);
    faulty_end();
    return check_report("faults/client_vanishes");
}
