/*
 * sluice-server as a program: what it prints, how it ends, and the transcript of the example that the project grew
 * from.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/here.h"
#include "tests/support/loopback.h"
#include "tests/support/program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char server[8192];

/* The example's file, and one of noise that is larger than sockets buffer. */
enum { LOREM = 335, LARGE = 8 * 1024 * 1024 };
static char lorem[LOREM + 1];

static void prepare(void)
{
    unsigned char *const noise = malloc(LARGE);

    CHECK_EQ(here_load("vectors/lorem.txt", lorem, sizeof lorem), LOREM);
    here_begin("app-server");
    mkdir("root", 0755);
    here_put("root/lorem.txt", lorem, LOREM);
    folder_noise(noise, LARGE);
    here_put("root/large", noise, LARGE);
    free(noise);
}

/* Runs it with up to six arguments, a NULL behind the last, until it ends. */
static void run(struct program *p, const char *a, const char *b, const char *c, const char *d, const char *e,
                const char *f)
{
    const char *const arguments[] = {server, a, b, c, d, e, f, NULL};

    check_context("sluice-server %s %s %s %s", a ? a : "", a && b ? b : "", a && b && c ? c : "",
                  a && b && c && d ? d : "");
    program_start(p, arguments, 0);
    program_wait(p);
}

static void begin(struct program *p, const char *a, const char *b, const char *c, const char *d, const char *e,
                  const char *f)
{
    const char *const arguments[] = {server, a, b, c, d, e, f, NULL};

    program_start(p, arguments, 0);
}

/* The next line that a running server prints, without its end. */
static void next_line(struct program *p, char *line, size_t room)
{
    size_t size = 0;

    while (size < room - 1 && read(p->out_fd, line + size, 1) == 1 && line[size] != '\n')
        size++;
    line[size] = '\0';
}

/* The port of the line "listening bare 127.0.0.1:PORT" that comes next. */
static int listening_port(struct program *p)
{
    static const char form[] = "listening bare 127.0.0.1:";
    char line[256];

    next_line(p, line, sizeof line);
    CHECK(strncmp(line, form, sizeof form - 1) == 0);
    return atoi(line + sizeof form - 1);
}

static void end(struct program *p, int sig)
{
    kill(p->pid, sig);
    program_wait(p);
}

/* ---- what is wrong is named ---- */

static void fails(const struct program *p, int code, const char *text)
{
    CHECK_EQ(p->code, code);
    CHECK_EQ(p->out_size, 0);
    if (!CHECK(strstr(p->err, text) != NULL))
        printf("    it said: %s\n", p->err);
}

static void wrong_usage(void)
{
    struct program p;

    run(&p, "--nonsense", NULL, NULL, NULL, NULL, NULL);
    fails(&p, 1, "--nonsense");
    run(&p, "--level", "13", NULL, NULL, NULL, NULL);
    fails(&p, 1, "--level");
    run(&p, "--level=fast", NULL, NULL, NULL, NULL, NULL);
    fails(&p, 1, "--level");
    run(&p, "--threads", "0", NULL, NULL, NULL, NULL);
    fails(&p, 1, "--threads");
    run(&p, "--block", "0", NULL, NULL, NULL, NULL);
    fails(&p, 1, "--block");
    run(&p, "--bare", NULL, NULL, NULL, NULL, NULL);
    fails(&p, 1, "--bare");
    run(&p, "--bare", "localhost:http", NULL, NULL, NULL, NULL);
    fails(&p, 1, "--bare 'localhost:http': the port is not a number");
    run(&p, "--bare", "::1:80", NULL, NULL, NULL, NULL);
    fails(&p, 1, "brackets");
    run(&p, "--http", "localhost:http", NULL, NULL, NULL, NULL);
    fails(&p, 1, "--http 'localhost:http': the port is not a number");
    run(&p, "--log", "loud", NULL, NULL, NULL, NULL);
    fails(&p, 1, "--log");
    run(&p, "--bare", "0", "root", "root", NULL, NULL);
    fails(&p, 1, "only one folder");
}

static void a_folder_that_cannot_be_served(void)
{
    struct program p;

    run(&p, "--bare", "0", "no-such-folder", NULL, NULL, NULL);
    fails(&p, 3, "no-such-folder");
    CHECK(strstr(p.err, strerror(ENOENT)) != NULL);
    run(&p, "--bare", "0", "root/lorem.txt", NULL, NULL, NULL);
    fails(&p, 3, strerror(ENOTDIR));
}

static void an_address_that_cannot_be_had(void)
{
    struct program first, p;
    char address[32];

    begin(&first, "--bare", "0", "root", NULL, NULL, NULL);
    snprintf(address, sizeof address, "127.0.0.1:%d", listening_port(&first));
    run(&p, "--bare", address, "root", NULL, NULL, NULL);
    fails(&p, 2, strerror(EADDRINUSE));
    CHECK(strstr(p.err, "127.0.0.1") != NULL);
    end(&first, SIGTERM);
    run(&p, "--bare", "192.0.2.1:0", "root", NULL, NULL, NULL);
    fails(&p, 2, "192.0.2.1");
    /* Of two addresses the first works; its socket must not stay behind. */
    run(&p, "--bare", "unix:socket", "--bare", "unix:root/lorem.txt", "root", NULL);
    fails(&p, 2, "unix:root/lorem.txt");
    CHECK(access("socket", F_OK) < 0);
    CHECK(access("root/lorem.txt", F_OK) == 0);
}

static void help_and_version(void)
{
    struct program p;

    run(&p, "--help", NULL, NULL, NULL, NULL, NULL);
    CHECK_EQ(p.code, 0);
    CHECK(strstr(p.out, "Usage: sluice-server") && strstr(p.out, "--max-connections") && strstr(p.out, "Exit:"));
    for (const char *line = p.out; *line; line = strchr(line, '\n') + 1)
        CHECK(strcspn(line, "\n") <= 80);
    run(&p, "--version", NULL, NULL, NULL, NULL, NULL);
    CHECK_EQ(p.code, 0);
    CHECK(strstr(p.out, SLUICE_VERSION) != NULL);
}

/* ---- listening and serving ---- */

static void a_line_for_each_listener_and_one_for_each_request(void)
{
    struct program p;
    char line[256], byte;
    size_t got;
    int port, fd;

    check_context("listening lines");
    begin(&p, "--bare=0", "--bare=unix:socket", "--bare=[::1]:0", "root", NULL, NULL);
    port = listening_port(&p);
    if (port == 0) { /* a machine without IPv6 cannot have the third */
        program_wait(&p);
        CHECK(strstr(p.err, "::1") != NULL);
        begin(&p, "--bare=0", "--bare=unix:socket", "root", NULL, NULL, NULL);
        port = listening_port(&p);
        next_line(&p, line, sizeof line);
        CHECK_EQ(strcmp(line, "listening bare unix:socket"), 0);
    } else {
        next_line(&p, line, sizeof line);
        CHECK_EQ(strcmp(line, "listening bare unix:socket"), 0);
        next_line(&p, line, sizeof line);
        CHECK(strncmp(line, "listening bare [::1]:", 21) == 0 && atoi(line + 21) > 0);
    }
    fd = loopback_connect(port, false);
    loopback_send(fd, "lorem.txt\n", 10);
    CHECK_EQ(loopback_read(fd, &byte, 1, &got), LOOPBACK_MORE);
    CHECK_EQ(byte, 0x78);
    close(fd);
    fd = loopback_connect(port, false);
    loopback_send(fd, "../lorem.txt\n", 13);
    CHECK_EQ(loopback_read(fd, &byte, 1, &got), LOOPBACK_CLOSED);
    close(fd);
    end(&p, SIGTERM);
    CHECK_EQ(p.code, 0);
    CHECK(strstr(p.err, " bare 127.0.0.1:") && strstr(p.err, " \"lorem.txt\" ok 335 "));
    CHECK(strstr(p.err, " \"../lorem.txt\" refused 0 0 ") && strstr(p.err, " leads above the root\n"));
    CHECK(access("socket", F_OK) < 0);
}

/* What `get` is answered with by a server that was started with two options more. */
static char *http_answer(struct program *p, const char *a, const char *b, const char *get)
{
    static const char form[] = "listening http 127.0.0.1:";
    char line[256], request[256];
    unsigned char *data;
    size_t size;
    int fd;

    begin(p, "--http=0", a, b, "root", NULL, NULL);
    next_line(p, line, sizeof line);
    CHECK(strncmp(line, form, sizeof form - 1) == 0);
    fd = loopback_connect(atoi(line + sizeof form - 1), false);
    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: a\r\nUser-Agent: test\r\nConnection: close\r\n\r\n", get);
    loopback_send(fd, request, strlen(request));
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    end(p, SIGTERM);
    CHECK_EQ(p->code, 0);
    data = realloc(data, size + 1);
    data[size] = '\0';
    return (char *)data;
}

/* Where one protocol is asked for, the other is not listened on. */
static void http_and_its_options(void)
{
    struct program p;
    char *answer;

    check_context("HTTP");
    answer = http_answer(&p, "--log=common", "--listing", "/lorem.txt");
    CHECK(strncmp(answer, "HTTP/1.1 200 OK\r\n", 17) == 0 && strstr(answer, "\r\n\r\nLorem ipsum"));
    CHECK(strstr(p.out, "listening") == NULL);
    CHECK(strstr(p.err, "127.0.0.1 - - [") && strstr(p.err, "\"GET /lorem.txt HTTP/1.1\" 200 335 335 identity "));
    free(answer);
    answer = http_answer(&p, "--log=combined", "--listing", "/");
    CHECK(strncmp(answer, "HTTP/1.1 200 OK\r\n", 17) == 0 && strstr(answer, "./lorem.txt"));
    CHECK(strstr(p.err, " \"-\" \"test\" ") != NULL);
    free(answer);
    answer = http_answer(&p, "--log=off", "--no-listing", "/");
    CHECK(strncmp(answer, "HTTP/1.1 403 Forbidden\r\n", 24) == 0 && !strstr(answer, "lorem"));
    CHECK_EQ(p.err_size, 0);
    free(answer);
}

static void quiet_prints_no_requests(void)
{
    struct program p;
    char byte;
    size_t got;

    check_context("quiet");
    begin(&p, "-q", "--once", "--bare", "0", "root", NULL);
    const int fd = loopback_connect(listening_port(&p), false);

    loopback_send(fd, "lorem.txt\n", 10);
    CHECK_EQ(loopback_read(fd, &byte, 1, &got), LOOPBACK_MORE);
    close(fd);
    program_wait(&p); /* of itself, after one connection */
    CHECK_EQ(p.code, 0);
    CHECK_EQ(p.err_size, 0);
}

/* ---- signals ---- */

static int stalled(int port)
{
    static char bytes[1000];
    const int fd = loopback_connect(port, true);
    size_t got;

    loopback_send(fd, "large\n", 6);
    CHECK_EQ(loopback_read(fd, bytes, sizeof bytes, &got), LOOPBACK_MORE);
    return fd;
}

static void one_signal_lets_transfers_finish(int sig)
{
    struct program p;
    unsigned char *data;
    size_t size;

    check_context("signal %d", sig);
    begin(&p, "--level=0", "--bare=0", "root", NULL, NULL, NULL);
    const int port = listening_port(&p);
    const int fd = stalled(port);

    kill(p.pid, sig);
    for (int i = 0; i < 1000; i++) { /* until it has heard */
        const struct timespec time = {.tv_nsec = 10000000};
        const int late = loopback_connect(port, false);

        if (late < 0)
            break;
        close(late);
        nanosleep(&time, NULL);
    }
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    CHECK(size + 1000 > LARGE);
    free(data);
    close(fd);
    program_wait(&p);
    CHECK_EQ(p.code, 0);
}

static void a_second_signal_breaks_them_off(void)
{
    struct program p;

    check_context("second signal");
    begin(&p, "--level=0", "--bare=0", "root", NULL, NULL, NULL);
    const int fd = stalled(listening_port(&p));

    kill(p.pid, SIGTERM);
    const struct timespec time = {.tv_nsec = 50000000};

    nanosleep(&time, NULL); /* two that come at the same moment are one */
    end(&p, SIGINT);
    CHECK_EQ(p.code, 5);
    CHECK(strstr(p.err, "\"large\" stopped ") != NULL);
    close(fd);
}

/* ---- the transcript ---- */

/* Takes `text` off the front of *p. */
static bool takes(const char **p, const char *text)
{
    const size_t size = strlen(text);
    const bool is = strncmp(*p, text, size) == 0;

    if (is)
        *p += size;
    return is;
}

/* Takes `"hex"` and a line end; returns the number of bytes in between, or 0. */
static size_t takes_hex(const char **p, unsigned char *bytes)
{
    size_t size = 0;
    unsigned value;

    if (!takes(p, "\""))
        return 0;
    for (; sscanf(*p, "%2x", &value) == 1 && (*p)[0] != '"'; *p += 2)
        bytes[size++] = (unsigned char)value;
    return takes(p, "\"\n") ? size : 0;
}

/*
 * The same lines in the same form and order as in the example: each block of 64 bytes RAW, the header SENDING, then
 * BUFFERING, and at the end FLUSHING in pieces of 64 bytes, the last one shorter. Only the bytes may differ, and those
 * that are shown are those that are sent, and are the file.
 */
static void the_transcript_is_that_of_the_example(void)
{
    struct program p;
    unsigned char shown[1024], *data, decoded[LOREM];
    size_t shown_size, piece, size, decoded_size = 0;
    const char *at;

    check_context("transcript");
    begin(&p, "--trace", "--block=64", "--level=1", "--once", "--bare=0", "root");
    const int fd = loopback_connect(listening_port(&p), false);

    loopback_send(fd, "lorem.txt", 9); /* and simply waits, as the example's client */
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    program_wait(&p);

    at = p.out; /* behind the line that was read from it */
    CHECK(takes(&at, "Server: client asked for: \"lorem.txt\"\n"));
    for (size_t from = 0; from < LOREM; from += 64) {
        char raw[100];

        snprintf(raw, sizeof raw, "Server: RAW \"%.64s\"\n", lorem + from);
        CHECK(takes(&at, raw));
        if (from == 0)
            CHECK(takes(&at, "Server: SENDING ") && takes_hex(&at, shown) == 2);
        else
            CHECK(takes(&at, "Server: BUFFERING\n"));
    }
    shown_size = 2;
    CHECK(shown[0] == 0x78 && shown[1] == 0x01);
    do {
        CHECK(takes(&at, "Server: FLUSHING "));
        piece = takes_hex(&at, shown + shown_size);
        CHECK(piece >= 1 && piece <= 64);
        CHECK(piece == 64 || *at == '\0');
        shown_size += piece;
    } while (piece > 0 && *at && shown_size + 64 <= sizeof shown);
    CHECK_EQ(*at, '\0');
    CHECK_BYTES(shown, shown_size, data, size);
    CHECK_EQ(sluice_decompress(NULL, data, size, decoded, sizeof decoded, &decoded_size), SLUICE_OK);
    CHECK_BYTES(decoded, decoded_size, lorem, LOREM);
    free(data);
}

int main(void)
{
    snprintf(server, sizeof server, "%s", program_path("sluice-server"));
    prepare();
    wrong_usage();
    a_folder_that_cannot_be_served();
    an_address_that_cannot_be_had();
    help_and_version();
    a_line_for_each_listener_and_one_for_each_request();
    http_and_its_options();
    quiet_prints_no_requests();
    one_signal_lets_transfers_finish(SIGTERM);
    one_signal_lets_transfers_finish(SIGINT);
    a_second_signal_breaks_them_off();
    the_transcript_is_that_of_the_example();
    here_end();
    return check_report("app/server");
}
