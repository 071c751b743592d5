/*
 * The client, when its calls of the system fail one after another: whatever fails, it ends by itself with a message and
 * a code that says so; a file is the old one or the new one, whole; no temporary stays but what -C is to keep.
 */
#include "tests/support/check.h"
#include "tests/support/faulty.h"
#include "tests/support/hostile.h"
#include "tests/support/samples.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 150000, SMALL = 900 };

static uint8_t data[SIZE];
static const char old[] = "what was there before";
static struct program server;
static char http[32], bare[32];
static char note[400]; /* what -C has noted beside a part of the file */

/* What the client is asked to do. %h, %b: the server's address. */
struct task {
    const char *what;
    const char *arguments[8];
    const char *target, *second; /* with `data`, and with the beginning of it */
    bool was_there, resumes;
    bool prints; /* `data` */
};

static const struct task tasks[] = {
    {"http", {"-q", "-o", "out", "%h/file"}, "out", NULL, true, false, false},
    {"bare", {"-q", "-o", "out", "%b/file"}, "out", NULL, false, false, false},
    {"two at once", {"-q", "-O", "into", "-j", "2", "%h/file", "%h/small"}, "into/file", "into/small", false, false,
     false},
    {"go on", {"-q", "-C", "-o", "out", "%h/file"}, "out", NULL, false, true, false},
    {"compare", {"-q", "--compare", "same", "%h/file"}, NULL, NULL, false, false, false},
    {"to standard output", {"-q", "-o", "-", "%h/file"}, NULL, NULL, false, false, true},
    {"over a link", {"-q", "-o", "link", "%h/file"}, "led", NULL, true, false, false},
    {"compressed", {"-q", "--save-compressed", "-o", "packed", "%h/file.txt"}, NULL, NULL, false, false, false},
    {"a list", {"-q", "-O", "into", "--input", "list"}, "into/file", "into/small", true, false, false},
};

/* Starts the server, which has no faults, and reads where it listens. */
static void start_server(void)
{
    static const char *arguments[] = {NULL, "-q", "--cache", "0", "--http", "127.0.0.1:0", "--bare", "127.0.0.1:0",
                                      "served", NULL};
    int http_port, bare_port;

    arguments[0] = sound_program("sluice-server");
    program_serve(&server, arguments);
    if (!faulty_listens(&server, &http_port, &bare_port)) {
        fprintf(stderr, "the server does not start\n");
        exit(1);
    }
    snprintf(http, sizeof http, "http://127.0.0.1:%d", http_port);
    snprintf(bare, sizeof bare, "sluice://127.0.0.1:%d", bare_port);
}

static void run(const struct task *t, struct program *p)
{
    char text[8][80];
    const char *arguments[10] = {faulty_program("sluice-client")};

    for (size_t i = 0; i < 8 && t->arguments[i]; i++) {
        const char *const a = t->arguments[i];

        if (a[0] == '%')
            snprintf(text[i], sizeof text[i], "%s%s", a[1] == 'h' ? http : bare, a + 2);
        else
            snprintf(text[i], sizeof text[i], "%s", a);
        arguments[i + 1] = text[i];
    }
    program_start(p, arguments, 0);
    program_wait(p);
}

/* For the task that goes on: what an earlier run has left. */
static void prepare(const struct task *t)
{
    (void)!system("rm -rf into out .out.* led link packed");
    mkdir("into", 0755);
    if (symlink("led", "link") < 0)
        perror("link");
    if (t->was_there)
        faulty_write(t->target, old, sizeof old);
    if (t->resumes) {
        faulty_write(".out.sluice-kept", data, 50000);
        faulty_write(".out.sluice-note", note, strlen(note));
    }
}

static bool whole_or_as_before(const char *name, const void *want, size_t size, bool was_there, bool *whole)
{
    *whole = faulty_holds(name, want, size);
    return *whole || (was_there ? faulty_holds(name, old, sizeof old) : !faulty_exists(name));
}

static void judge(const struct task *t, const struct program *p)
{
    bool whole = true, second_whole = true;

    CHECK_EQ(p->signal, 0);
    if (!CHECK(p->code == 0 || (p->code >= 2 && p->code <= 8))) /* the usage is right */
        printf("    exit code %d: %s\n", p->code, p->err);
    CHECK(p->code == 0 || p->err_size > 0);
    if (t->prints)
        CHECK(p->out_size <= SIZE && (p->code != 0 || p->out_size == SIZE) &&
              memcmp(p->out, data, p->out_size < sizeof p->out ? p->out_size : sizeof p->out - 1) == 0);
    if (strcmp(t->what, "compressed") == 0)
        CHECK(faulty_holds_packed("packed", data, SIZE) || (p->code != 0 && !faulty_exists("packed")));
    if (t->target)
        CHECK(whole_or_as_before(t->target, data, SIZE, t->was_there, &whole));
    if (t->second)
        CHECK(whole_or_as_before(t->second, data, SMALL, false, &second_whole));
    if (p->code == 0) {
        CHECK(whole && second_whole);
        CHECK(!t->resumes || faulty_count(".", ".out.sluice") == 0 || strcmp(faulty_name(), "unlink") == 0);
    }
    if (strcmp(faulty_name(), "unlink") != 0)
        CHECK(faulty_count(".", "sluice-part") == 0 && faulty_count("into", "sluice-part") == 0);
    CHECK(t->resumes || faulty_count(".", "sluice-kept") == 0);
}

static void once(void *user)
{
    static struct program p;

    prepare(user);
    run(user, &p);
    judge(user, &p);
}

static const struct fault faults[] = {
    {"malloc", {ENOMEM}}, {"read", {EIO}}, {"pread", {EIO}}, {"write", {ENOSPC, EIO, EDQUOT, EFBIG}},
    {"open", {EMFILE, EACCES, ENOENT, EIO}}, {"fsync", {EIO, ENOSPC}}, {"ftruncate", {EIO}},
    {"rename", {EACCES, EIO, ENOSPC}}, {"link", {EPERM, EIO}}, {"unlink", {EACCES, EIO}}, {"fchmod", {EPERM}},
    {"flock", {ENOLCK, EWOULDBLOCK}}, {"stat", {EACCES, EIO}}, {"lseek", {EIO}}, {"opendir", {EACCES}},
    {"readdir", {EIO}}, {"recv", {ECONNRESET, ETIMEDOUT, EHOSTUNREACH}}, {"send", {EPIPE, ECONNRESET, ENOBUFS}},
    {"socket", {EMFILE, ENOBUFS, EAFNOSUPPORT}}, {"connect", {ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL}},
    {"sockopt", {ENOBUFS}}, {"getaddrinfo", {EMFILE, EIO}}, {"poll", {ENOMEM, EINVAL}}, {"shutdown", {ENOTCONN}},
    {"close", {EIO, ENOSPC}}, {"fcntl", {EIO}}, {"dup", {EMFILE}}, {"peername", {ENOBUFS}}, {"access", {EACCES}},
    {"realpath", {EACCES}},
};

static void in_small_steps(const struct task *t, const char *mode)
{
    for (int seed = 1; seed <= (faulty_is_full() ? 20 : 1); seed++) {
        static struct program p;

        check_context("%s: %s, seed %d", t->what, mode, seed);
        prepare(t);
        faulty_plan(mode, seed, 0);
        run(t, &p);
        faulty_plan(NULL, 0, 0);
        if (!CHECK(p.code == 0))
            printf("    exit code %d: %s\n", p.code, p.err);
        judge(t, &p);
    }
}

/* However the date steps, a server that is silent is waited for as long as it was to be, and no longer. */
static void silence_has_an_end(void)
{
    const struct task t = {"silence", {"-q", "--timeout", "0.3", "-o", "out", "%h/file"}, "out", NULL, true, false,
                           false};
    const struct hostile_script silent = {.http = true, .ending = HOSTILE_STALL};
    static struct program p;
    char before[sizeof http];
    struct hostile h;

    memcpy(before, http, sizeof http);
    hostile_serve(&h, &silent, 1);
    snprintf(http, sizeof http, "http://127.0.0.1:%u", h.port);
    for (int seed = 1; seed <= 5; seed++) {
        check_context("a silent server, the clock steps, seed %d", seed);
        prepare(&t);
        faulty_plan("clock", seed, 0);
        run(&t, &p);
        CHECK_EQ(p.code, 8);
        judge(&t, &p);
    }
    faulty_plan(NULL, 0, 0);
    memcpy(http, before, sizeof http);
    hostile_end(&h);
}

/* Breaks a transfer off, and keeps the note that is then beside the part. */
static void get_note(const struct task *t)
{
    static struct program p;
    FILE *f = NULL;

    for (int at = 1; at < 50 && !f; at++) {
        prepare(t);
        unlink(".out.sluice-note");
        unlink(".out.sluice-kept");
        faulty_plan("recv", at, ECONNRESET);
        run(t, &p);
        f = fopen(".out.sluice-note", "r");
    }
    faulty_plan(NULL, 0, 0);
    if (CHECK(f != NULL)) {
        CHECK(fread(note, 1, sizeof note - 1, f) > 0);
        fclose(f);
    }
}

int main(void)
{
    char list[200];

    signal(SIGPIPE, SIG_IGN);
    faulty_begin();
    mkdir("served", 0755);
    sample_mixture(data, SIZE, 11);
    faulty_write("served/file", data, SIZE);
    faulty_write("served/file.txt", data, SIZE);
    faulty_write("served/small", data, SMALL);
    faulty_write("same", data, SIZE);
    start_server();
    faulty_write("list", list, (size_t)snprintf(list, sizeof list, "%s/file\n%s/small\n", http, http));
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        if (tasks[i].resumes)
            get_note(&tasks[i]);
        faulty_each(faults, sizeof faults / sizeof *faults, tasks[i].what, once, (void *)(uintptr_t)&tasks[i]);
        in_small_steps(&tasks[i], "short");
        in_small_steps(&tasks[i], "intr");
        in_small_steps(&tasks[i], "again");
        in_small_steps(&tasks[i], "clock");
    }
    silence_has_an_end();
    kill(server.pid, SIGTERM);
    program_wait(&server);
    CHECK_EQ(server.code, 0);
    faulty_end();
    return check_report("faults/client");
}
