/*
 * The server, when its calls of the system fail one after another, each in a server of its own: either it does not
 * start, and says why; or the client who is hit gets an error or a response that is not whole, and nothing that is
 * wrong; the clients who come after are served; no descriptor is lost; and it ends in order.
 */
#define _GNU_SOURCE /* memmem */
#include "tests/support/check.h"
#include "tests/support/faulty.h"
#include "tests/support/http_answers.h"
#include "tests/support/loopback.h"
#include "tests/support/samples.h"
#include "sluice.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SIZE = 150000,
    TRIES = 4,    /* a client that comes again so often is served, whichever call failed */
    WAITS = 400   /* of 5 ms, until the descriptors of clients that have gone are closed */
};

static uint8_t data[SIZE];
static struct program server;
static int http_port, bare_port;
static int most_descriptors; /* of a server that nothing has happened to */

/* How the server is started: what it has to do with the system differs. */
struct setup {
    const char *what;
    const char *arguments[24]; /* the first is to be the program */
    bool has_keeper;           /* a second process opens the log anew, and removes the local socket at the end */
    bool beside;               /* it compresses in threads beside its loops: slowly, so only what they need fails */
};

static const struct setup setups[] = {
    {"server", {"", "--threads", "2", "--level", "1", "--cache", "1M", "--http", "127.0.0.1:0", "--bare", "127.0.0.1:0",
     "served"}, false, false},
    {"server with a log", {"", "--threads", "1", "--level", "1", "--cache", "0", "--precompressed", "--log-file", "log",
     "--http", "127.0.0.1:0", "--bare", "127.0.0.1:0", "--http", "unix:socket", "--metrics", "127.0.0.1:0",
     "--max-per-address", "100", "served"}, true, false},
    {"strong server", {"", "-q", "--threads", "1", "--level", "10", "--cache", "0", "--http", "127.0.0.1:0",
     "--bare", "127.0.0.1:0", "served"}, false, true},
};

/* Starts a server. False: it has ended. */
static bool start_server(const struct setup *setup)
{
    const char *arguments[24];

    memcpy(arguments, setup->arguments, sizeof arguments);
    arguments[0] = faulty_program("sluice-server");
    unlink("log");
    unlink("socket");
    program_start(&server, arguments, 0);
    return faulty_listens(&server, &http_port, &bare_port);
}

/* What a client asks for, and what the data of the answer must be. */
struct question {
    const char *text;
    bool bare, listing;
    size_t first, size;
};

static const struct question questions[] = {
    {"GET /file HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n", false, false, 0, SIZE},
    {"GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false, false, 0, SIZE},
    {"GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=1000-60999\r\nConnection: close\r\n\r\n", false, false, 1000,
     60000},
    {"GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /file HTTP/1.1\r\nHost: a\r\nAccept-Encoding: deflate\r\n"
     "Connection: close\r\n\r\n", false, false, 0, SIZE},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false, true, 0, 0},
    {"GET /folder/link HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n", false, false, 0,
     SIZE},
    {"file\n", true, false, 0, SIZE},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static bool is_data(const struct question *q, const uint8_t *got, size_t size)
{
    return size == q->size && memcmp(got, data + q->first, size) == 0;
}

static bool is_packed_data(const struct question *q, const uint8_t *packed, size_t size)
{
    static uint8_t plain[SIZE + 1];
    size_t written;

    return sluice_decompress(NULL, packed, size, plain, sizeof plain, &written) == SLUICE_OK &&
           is_data(q, plain, written);
}

/* What is in the folder, all of it. */
static bool is_whole_listing(const unsigned char *page, size_t size)
{
    return memmem(page, size, "\"./file\"", 8) && memmem(page, size, "\"./folder/\"", 11);
}

/* Judges what an HTTP server has said; true if it is what was asked for, whole. */
static bool judge_http(const struct question *q, const uint8_t *bytes, size_t size)
{
    struct http_reading reading = {bytes, size};
    struct http_got got;
    bool answered = false;

    while (http_got_next(&reading, false, &got)) {
        if (got.whole && (got.status == 200 || got.status == 206)) {
            const bool packed = http_got_field(&got, "Content-Encoding") != NULL;
            const bool right = q->listing ? is_whole_listing(got.content, got.content_size)
                               : packed   ? is_packed_data(q, got.content, got.content_size)
                                          : is_data(q, got.content, got.content_size);

            CHECK(right); /* whole and wrong: the worst there is */
            answered = right;
        } else {
            CHECK(!got.whole || got.status >= 400);
        }
        free(got.content);
    }
    return answered;
}

/* Asks once; true if the answer is there, whole and right. */
static bool ask(const struct question *q)
{
    const int fd = loopback_connect(q->bare ? bare_port : http_port, false);
    enum loopback_end end;
    unsigned char *bytes;
    bool answered;
    size_t size;

    if (fd < 0)
        return false;
    loopback_send(fd, q->text, strlen(q->text));
    end = loopback_read_all(fd, &bytes, &size);
    close(fd);
    CHECK(end != LOOPBACK_HANGS);
    answered = q->bare ? is_packed_data(q, bytes, size) : judge_http(q, bytes, size);
    if (q->bare && !answered) { /* nobody may take it for whole */
        static uint8_t plain[SIZE + 1];
        size_t written;

        CHECK(sluice_decompress(NULL, bytes, size, plain, sizeof plain, &written) != SLUICE_OK);
    }
    free(bytes);
    return answered;
}

static void print_descriptors(void)
{
    char command[80];

    snprintf(command, sizeof command, "ls -l /proc/%d/fd", (int)server.pid);
    (void)!system(command);
}

/* Whether it comes to have no more of them than it had; while a log is opened anew it may have one more for a moment. */
static bool descriptors_come_down(void)
{
    const struct timespec pause = {.tv_nsec = 5000000};

    for (int i = 0; i < (most_descriptors ? WAITS : 20); i++) {
        if (program_descriptors(&server) <= most_descriptors)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

/* Stops it, and judges how it ends. */
static void stop_server(const struct setup *setup)
{
    kill(server.pid, SIGTERM);
    program_wait(&server);
    if (!CHECK(server.signal == 0 && (server.code == 0 || server.code == 5)))
        printf("    exit code %d, signal %d: %s\n", server.code, server.signal, server.err);
    if (setup->has_keeper && strcmp(faulty_name(), "send") != 0 && strcmp(faulty_name(), "unlink") != 0 &&
        strcmp(faulty_name(), "read") != 0) /* the keeper knows only what it is told, and can do what the system does */
        CHECK(!faulty_exists("socket"));
}

static void once(void *user)
{
    const struct setup *const setup = user;
    unsigned answered = 0;

    if (!start_server(setup)) {
        program_wait(&server);
        if (!CHECK(server.signal == 0 && server.code >= 2 && server.code <= 4 && server.err_size > 0))
            printf("    exit code %d, signal %d: %s\n", server.code, server.signal, server.err);
        CHECK(faulty_happened());
        return;
    }
    for (int i = 0; i < QUESTIONS; i++)
        answered += ask(&questions[i]);
    CHECK(answered >= QUESTIONS - 1); /* one failure hits one client */
    if (setup->has_keeper)
        kill(server.pid, SIGHUP);
    for (int i = 0; i < QUESTIONS; i++) {
        int tries = 0;

        while (!ask(&questions[i]) && tries < TRIES)
            tries++;
        CHECK(tries <= 1);
    }

    const bool down = descriptors_come_down();

    if (most_descriptors == 0)
        most_descriptors = program_descriptors(&server);
    else if (!CHECK(down))
        print_descriptors();
    stop_server(setup);
}

static const struct fault faults[] = {
    {"malloc", {ENOMEM}}, {"read", {EIO}}, {"pread", {EIO}}, {"open", {EMFILE, EACCES, ENOENT, EIO, ENOSYS, EPERM}},
    {"stat", {EIO, EACCES}}, {"opendir", {ENOMEM}}, {"readdir", {EIO}}, {"lseek", {EIO}}, {"dup", {EMFILE}},
    {"accept", {EMFILE, ECONNABORTED, ENFILE, ENOBUFS, EPROTO}}, {"recv", {ECONNRESET, ENOMEM}},
    {"send", {EPIPE, ECONNRESET, ENOBUFS}}, {"sendfile", {EIO, ENOSYS, ECONNRESET, EINVAL}}, {"shutdown", {ENOTCONN}},
    {"socket", {EMFILE}}, {"bind", {EADDRINUSE, EACCES}}, {"listen", {EADDRINUSE}}, {"sockopt", {ENOBUFS}},
    {"getaddrinfo", {EIO}}, {"epoll_create", {EMFILE}}, {"epoll_ctl", {ENOSPC, ENOMEM}},
    {"epoll_wait", {EINTR}}, {"poll", {ENOMEM}}, {"pipe", {EMFILE}}, {"pthread_create", {EAGAIN}},
    {"pthread_init", {ENOMEM, EAGAIN}}, {"fork", {EAGAIN}}, {"close", {EIO}},
    {"fcntl", {ENOLCK}}, {"memfd", {ENOSYS, EMFILE}}, {"fallocate", {EOPNOTSUPP}}, {"readlink", {EIO}},
    {"access", {EACCES}}, {"rlimit", {EPERM}}, {"unlink", {EACCES}},
};

static const struct fault faults_beside[] = {
    {"malloc", {ENOMEM}}, {"pread", {EIO}}, {"pthread_create", {EAGAIN}}, {"pthread_init", {ENOMEM}},
};

/* Pieces of a byte or a few, interruptions, sockets that are not ready after all, a date that steps: nobody notices. */
static void in_small_steps(const struct setup *setup, const char *mode)
{
    for (int seed = 1; seed <= (faulty_is_full() ? 20 : 1); seed++) {
        check_context("%s: %s, seed %d", setup->what, mode, seed);
        faulty_plan(mode, seed, 0);
        if (CHECK(start_server(setup))) {
            for (int i = 0; i < 2 * QUESTIONS; i++)
                CHECK(ask(&questions[i % QUESTIONS]));
            if (setup->has_keeper)
                kill(server.pid, SIGHUP);
            CHECK(descriptors_come_down());
            kill(server.pid, SIGTERM);
        }
        program_wait(&server);
        if (!CHECK(server.code == 0))
            printf("    exit code %d, signal %d: %s\n", server.code, server.signal, server.err);
        faulty_plan(NULL, 0, 0);
    }
}

static void each_call_fails(const struct setup *setup)
{
    check_context("%s: no fault", setup->what);
    faulty_plan("none", 0, EIO);
    most_descriptors = 0;
    once((void *)(uintptr_t)setup);
    if (setup->beside) {
        faulty_each(faults_beside, sizeof faults_beside / sizeof *faults_beside, setup->what, once,
                    (void *)(uintptr_t)setup);
        return;
    }
    faulty_each(faults, sizeof faults / sizeof *faults, setup->what, once, (void *)(uintptr_t)setup);
    in_small_steps(setup, "short");
    in_small_steps(setup, "intr");
    in_small_steps(setup, "again");
    in_small_steps(setup, "clock");
}

/* However the date steps, who falls silent is waited for as long as was said: two seconds, and not for ever. */
static void silence_has_an_end(void)
{
    static const struct setup impatient = {
        "impatient server", {"", "-q", "--timeout-request", "2", "--timeout-idle", "2", "--http", "127.0.0.1:0",
        "--bare", "127.0.0.1:0", "served"}, false, false};
    static const char *const parts[] = {"", "GET /file HT", "GET /file HTTP/1.1\r\nHost: a\r\n"};

    check_context("silent clients, the clock steps");
    faulty_plan("clock", 3, 0);
    if (CHECK(start_server(&impatient))) {
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            const int fd = loopback_connect(http_port, false);
            unsigned char *bytes;
            size_t size;

            loopback_send(fd, parts[i], strlen(parts[i]));
            CHECK(loopback_read_all(fd, &bytes, &size) != LOOPBACK_HANGS);
            CHECK(size == 0 || (size > 12 && memcmp(bytes, "HTTP/1.1 408", 12) == 0));
            free(bytes);
            close(fd);
        }
        stop_server(&impatient);
    }
    faulty_plan(NULL, 0, 0);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    faulty_begin();
    mkdir("served", 0755);
    mkdir("served/folder", 0755);
    sample_mixture(data, SIZE, 13);
    faulty_write("served/file", data, SIZE);
    if (symlink("../file", "served/folder/link") < 0)
        perror("served/folder/link");
    if (argc > 4) { /* one fault by hand: SETUP NAME AT ERRNO */
        const struct setup *const setup = &setups[atoi(argv[1])];

        faulty_plan(argv[2], atoi(argv[3]), atoi(argv[4]));
        once((void *)(uintptr_t)setup);
        printf("happened: %d, exit code %d\n%s", faulty_happened(), server.code, server.err);
    } else {
        for (size_t i = 0; i < sizeof setups / sizeof *setups; i++)
            each_call_fails(&setups[i]);
        silence_has_an_end();
    }
    faulty_end();
    return check_report("faults/server");
}
