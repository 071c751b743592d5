/*
 * client_files_test.c: sluice-client and the files here: names that lead out, trouble with the disk, --compare,
 * standard files that are closed, and what a signal leaves behind.
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

static void test_names(void)
{
    const struct hostile_script whole = bare_reply(lorem_zlib);
    struct hostile h;

    hostile_serve(&h, &whole, 1);
    check_context("the name under which a file is written never leads out of the folder");
    CHECK_EQ(CLIENT(hostile_url(&h, "dir%2Fsub/..%2Fname")), 0);
    CHECK(here_holds("name", lorem.data, lorem.size));
    CHECK_EQ(CLIENT(hostile_url(&h, "..")), 1);
    CHECK_EQ(CLIENT(hostile_url(&h, "a/%2e%2E")), 1);
    CHECK_EQ(CLIENT(hostile_url(&h, ".profile")), 1);
    CHECK_EQ(CLIENT(hostile_url(&h, "dir/")), 1);
    CHECK_EQ(CLIENT("-o", "mine", hostile_url(&h, ".profile")), 0);
    CHECK(here_holds("mine", lorem.data, lorem.size));
    check_context("a link under that name is replaced, a link that the user names is followed");
    here_put_text("precious", "old");
    CHECK_EQ(symlink("precious", "l"), 0);
    CHECK_EQ(CLIENT(hostile_url(&h, "l")), 0);
    CHECK(here_holds_text("precious", "old"));
    unlink("l");
    CHECK_EQ(symlink("precious", "l"), 0);
    CHECK_EQ(CLIENT("-o", "l", hostile_url(&h, "f")), 0);
    CHECK(here_holds("precious", lorem.data, lorem.size));
    hostile_end(&h);
    here_clear();

    check_context("IPv6, a local socket");
    if (hostile_begin(&h, "::1", &whole, 1)) {
        char v6[64];

        snprintf(v6, sizeof v6, "sluice://[::1]:%u/f", h.port);
        CHECK_EQ(CLIENT(v6), 0);
        CHECK(here_holds("f", lorem.data, lorem.size));
        hostile_end(&h);
    } else {
        printf("skipped: no IPv6 here\n");
    }
    here_clear();
    CHECK(hostile_begin(&h, "./sock", &whole, 1));
    CHECK_EQ(CLIENT("sluice://unix:./sock:/f"), 0);
    CHECK(here_holds("f", lorem.data, lorem.size));
    hostile_end(&h);
    here_clear();
}

/* ---- Trouble here ---- */

static void test_local_trouble(void)
{
    const struct hostile_script whole = bare_reply(lorem_zlib);
    struct hostile h;

    hostile_serve(&h, &whole, 1);
    check_context("trouble with the output is told before the server is asked");
    mkdir("folder", 0755);
    CHECK_EQ(CLIENT("-o", "absent/f", hostile_url(&h, "f")), 6);
    CHECK(client_says("cannot write \"absent/f\": No such file or directory"));
    CHECK_EQ(CLIENT("-o", "folder", hostile_url(&h, "f")), 6);
    CHECK(client_says("cannot write \"folder\": Is a directory"));
    CHECK_EQ(CLIENT("-O", "absent", hostile_url(&h, "f")), 6);
    CHECK_EQ(CLIENT("--compare", "absent", hostile_url(&h, "f")), 6);
    CHECK(client_says("cannot read \"absent\": No such file or directory"));
    CHECK_EQ(CLIENT("--compare", "folder", hostile_url(&h, "f")), 6);
    CHECK_EQ(CLIENT("--input", "absent"), 6);
    CHECK_EQ(strcmp(hostile_asked(&h), ""), 0);
    rmdir("folder");

    check_context("the disk is full");
    here_put_text("f", "old");
    const char *const arguments[] = {client_path, hostile_url(&h, "f"), NULL};
    CHECK_EQ(client_run(arguments, 100), 6);
    CHECK(client_says("cannot write \"f\": File too large"));
    CHECK(here_holds_text("f", "old"));
    CHECK_EQ(here_entries(), 1);
    if (access("/dev/full", W_OK) == 0) {
        CHECK_EQ(CLIENT("-o", "/dev/full", hostile_url(&h, "f")), 6);
        CHECK(client_says("No space left"));
    }
    hostile_end(&h);
    here_clear();
}

/* ---- Comparing ---- */

static void test_compare(void)
{
    const struct hostile_script whole = bare_reply(lorem_zlib);
    unsigned char other[400];
    struct hostile h;

    hostile_serve(&h, &whole, 1);
    check_context("equal; nothing is written");
    here_put("want", lorem.data, lorem.size);
    CHECK_EQ(CLIENT("--compare", "want", hostile_url(&h, "f")), 0);
    CHECK_BYTES(client.out, client.out_size, "response matches file contents: True\n", 37);
    CHECK_EQ(here_entries(), 1);
    CHECK_EQ(CLIENT("-q", "--compare", "want", hostile_url(&h, "f")), 0);
    CHECK_EQ(client.out_size + client.err_size, 0);

    check_context("the result goes where the bytes do not");
    CHECK_EQ(CLIENT("--compare", "want", "-o", "-", hostile_url(&h, "f")), 0);
    CHECK_BYTES(client.out, client.out_size, lorem.data, lorem.size);
    CHECK(client_says("response matches file contents: True"));

    memcpy(other, lorem.data, lorem.size);
    for (size_t at = 0; at < lorem.size; at += 67) {
        check_context("byte %zu differs", at);
        char line[128];
        other[at] ^= 1;
        here_put("want", other, lorem.size);
        other[at] ^= 1;
        here_put_text("f", "old");
        CHECK_EQ(CLIENT("--compare", "want", "-o", "f", hostile_url(&h, "f")), 7);
        snprintf(line, sizeof line,
                 "response matches file contents: False (the first difference is at offset %zu)\n", at);
        CHECK_BYTES(client.out, client.out_size, line, strlen(line));
        CHECK(here_holds_text("f", "old"));
        CHECK_EQ(here_entries(), 2);
    }
    check_context("the file is shorter, the file is longer, the file is empty");
    here_put("want", lorem.data, lorem.size - 1);
    CHECK_EQ(CLIENT("--compare", "want", hostile_url(&h, "f")), 7);
    CHECK(strstr(client.out, "False (the file ends at offset 334)") != NULL);
    other[lorem.size] = 'x';
    here_put("want", other, lorem.size + 1);
    CHECK_EQ(CLIENT("--compare", "want", hostile_url(&h, "f")), 7);
    CHECK(strstr(client.out, "False (the response ends at offset 335)") != NULL);
    here_put_text("want", "");
    CHECK_EQ(CLIENT("--compare", "want", hostile_url(&h, "f")), 7);
    CHECK(strstr(client.out, "False (the file ends at offset 0)") != NULL);
    hostile_end(&h);

    check_context("a stream that is cut is cut, whatever it is compared with");
    here_clear();
    here_put("want", lorem.data, lorem.size);
    hostile_serve(&h, &(struct hostile_script){.data = lorem_zlib.data, .size = 200}, 1);
    CHECK_EQ(CLIENT("--compare", "want", hostile_url(&h, "f")), 5);
    CHECK_EQ(client.out_size, 0);
    CHECK_EQ(here_entries(), 1);
    hostile_end(&h);
    here_clear();
}

/* Standard output is closed: what is printed must not land in the file, and -o - is an error. */
static void test_closed_standard_files(void)
{
    const struct hostile_script whole = bare_reply(lorem_zlib);
    char command[1024];
    struct hostile h;

    hostile_serve(&h, &whole, 1);
    here_put("want", lorem.data, lorem.size);
    for (int closed = 0; closed <= 2; closed++) {
        check_context("%d is closed", closed);
        snprintf(command, sizeof command, "exec %s --trace --compare want -o f '%s' %d>&-", client_path,
                 hostile_url(&h, "f"), closed);
        client_run((const char *const[]){"/bin/sh", "-c", command, NULL}, 0);
        CHECK_EQ(client.code, closed == 1 ? 6 : 0);
        CHECK(here_holds("f", lorem.data, lorem.size));
        CHECK_EQ(here_entries(), 2);
    }
    snprintf(command, sizeof command, "exec %s -o - '%s' >&-", client_path, hostile_url(&h, "f"));
    client_run((const char *const[]){"/bin/sh", "-c", command, NULL}, 0);
    CHECK_EQ(client.code, 6);
    CHECK(client_says("cannot write standard output: Bad file descriptor"));
    hostile_end(&h);
    here_clear();
}

/* ---- Ended by a signal ---- */

/* Starts a client that has got a part of the file and will get no more. */
static void start_and_stall(struct hostile *h)
{
    CLIENT_BEGINS(hostile_url(h, "f"));
    for (int i = 0; i < 5000 && here_size(".f.sluice-part-") <= 0; i++)
        poll(NULL, 0, 2);
    CHECK(here_size(".f.sluice-part-") > 0);
}

static void test_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct hostile_script stalls = {.data = lorem_zlib.data, .size = 150, .ending = HOSTILE_STALL};
    const struct hostile_script scripts[] = {stalls, stalls, stalls, stalls, bare_reply(lorem_zlib)};
    struct hostile h;

    hostile_serve(&h, scripts, 5);
    here_put_text("f", "old");
    for (size_t i = 0; i < 3; i++) {
        check_context("signal %d", signals[i]);
        start_and_stall(&h);
        kill(client.pid, signals[i]);
        program_wait(&client);
        CHECK_EQ(client.signal, signals[i]);
        CHECK(here_holds_text("f", "old"));
        CHECK_EQ(here_entries(), 1);
    }
    check_context("a kill leaves a temporary; the next run removes it");
    start_and_stall(&h);
    kill(client.pid, SIGKILL);
    program_wait(&client);
    CHECK_EQ(client.signal, SIGKILL);
    CHECK(here_holds_text("f", "old"));
    CHECK_EQ(here_entries(), 2);
    CHECK_EQ(CLIENT(hostile_url(&h, "f")), 0);
    CHECK(here_holds("f", lorem.data, lorem.size));
    CHECK_EQ(here_entries(), 1);
    hostile_end(&h);
    here_clear();
}

int main(void)
{
    static void (*const tests[])(void) = {test_names, test_local_trouble, test_closed_standard_files, test_compare,
                                          test_signals};

    return client_tests("app/client_files", tests, sizeof tests / sizeof *tests);
}
