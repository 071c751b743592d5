/*
 * client_usage_test.c: sluice-client's command line: what makes no sense, several URLs and lists of them, tries,
 * and the line that tells how far it is.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/client.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_usage(void)
{
    check_context("what is asked for makes no sense");
    CHECK_EQ(CLIENT("-q"), 1);
    CHECK(client_says("a URL is missing"));
    CHECK_EQ(CLIENT("--no-such-option", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("-o", "a", "-O", "b", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("-o", "a", "sluice://h/a", "sluice://h/b"), 1);
    CHECK_EQ(CLIENT("--compare", "a", "sluice://h/a", "sluice://h/b"), 1);
    CHECK_EQ(CLIENT("--timeout", "soon", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("--block", "0", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("-j", "0", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("--progress", "often", "sluice://h/a"), 1);
    CHECK_EQ(CLIENT("https://127.0.0.1/a"), 1);
    CHECK(client_says("TLS"));
    CHECK_EQ(CLIENT("ftp://127.0.0.1/a"), 1);
    CHECK(client_says("no known kind of address"));
    CHECK_EQ(CLIENT("127.0.0.1/a"), 1);
    CHECK(client_says("begins with sluice:// or http://"));
    CHECK_EQ(CLIENT("sluice://127.0.0.1/a%0Ab"), 1);
    CHECK_EQ(CLIENT("sluice://127.0.0.1/\x1B[2J%zz"), 1);
    CHECK(client_says("\\x1b[2J")); /* what could harm a terminal is quoted */
    CHECK_EQ(CLIENT("--help"), 0);
    CHECK(strstr(client.out, "--max-size SIZE") != NULL);
    CHECK(strstr(client.out, "http://HOST") != NULL);
    CHECK_EQ(CLIENT("--version"), 0);
    CHECK(strstr(client.out, "sluice-client " SLUICE_VERSION) != NULL);
    CHECK_EQ(here_entries(), 0);
}

static void test_several(void)
{
    const struct hostile_script whole = bare_reply(lorem_zlib);
    const struct hostile_script flip[] = {whole, {.data = "xx", .size = 2}, {0}, whole};
    const char *a, *b, *c, *d;
    char list[4096] = "# a list\n\n";
    struct hostile h;

    check_context("four URLs: the first failure's code, the others are done");
    hostile_serve(&h, flip, 4);
    a = hostile_url(&h, "dir/a");
    b = hostile_url(&h, "b");
    c = hostile_url(&h, "c");
    d = hostile_url(&h, "d%20d");
    mkdir("to", 0755);
    CHECK_EQ(CLIENT("-O", "to", a, b, c, d), 4);
    CHECK(here_holds("to/a", lorem.data, lorem.size));
    CHECK(here_holds("to/d d", lorem.data, lorem.size));
    CHECK(access("to/b", F_OK) < 0 && access("to/c", F_OK) < 0);
    CHECK(client_says("2 of 4 files came whole"));
    CHECK_EQ(strcmp(hostile_asked(&h), "dir/a\nb\nc\nd d\n"), 0);
    hostile_end(&h);
    unlink("to/a");
    unlink("to/d d");

    check_context("the first failure is the first in the order of the URLs, not of time");
    hostile_serve(&h, (const struct hostile_script[]){{.ending = HOSTILE_STALL}, {0}}, 2);
    a = hostile_url(&h, "a");
    b = hostile_url(&h, "b");
    CHECK_EQ(CLIENT("-j", "2", "--timeout", "1.5", "-O", "to", a, b), 8);
    CHECK(client_says("refused"));
    hostile_end(&h);

    check_context("two names that end alike: the second takes the first's place only if that one failed");
    hostile_serve(&h, (const struct hostile_script[]){{0}, whole}, 2);
    a = hostile_url(&h, "1/a");
    b = hostile_url(&h, "2/a");
    c = hostile_url(&h, "3/a");
    here_put_text("to/a", "old");
    CHECK_EQ(CLIENT("-O", "to", a, b, c), 3);
    CHECK(client_says("/3/a\": cannot write \"to/a\": an earlier URL"));
    CHECK(here_holds("to/a", lorem.data, lorem.size));
    CHECK_EQ(CLIENT("-O", "to", "-j", "3", a, b, c), 6);
    CHECK(client_says("1 of 3 files came whole"));
    hostile_end(&h);
    unlink("to/a");

    check_context("what is no address, before and behind one: its end takes no other's connection away");
    hostile_serve(&h, &whole, 1);
    a = hostile_url(&h, "a");
    CHECK_EQ(CLIENT("-j", "3", "-O", "to", "nothing", a, "nothing"), 1);
    CHECK(client_says("1 of 3 files came whole"));
    CHECK(here_holds("to/a", lorem.data, lorem.size));
    hostile_end(&h);
    unlink("to/a");

    check_context("a list, several at once");
    hostile_serve(&h, &whole, 1);
    for (int i = 0; i < 40; i++) {
        char line[80];

        snprintf(line, sizeof line, "  sluice://127.0.0.1:%u/n%d \r\n", h.port, i);
        strcat(list, line);
    }
    here_put_text("list", list);
    memset(list, 'u', sizeof list - 1);
    const int fd = open("list", O_WRONLY | O_APPEND);
    for (int i = 0; i < 5; i++) /* a line that is no URL, longer than any */
        CHECK_EQ(write(fd, list, sizeof list - 1), sizeof list - 1);
    snprintf(list, sizeof list, "\nsluice://127.0.0.1:%u/last", h.port); /* and one without an end */
    CHECK_EQ(write(fd, list, strlen(list)), strlen(list));
    close(fd);
    CHECK_EQ(CLIENT("-j", "8", "--input", "list", "-O", "to"), 1);
    CHECK(client_says("the address is longer than"));
    CHECK(client_says("41 of 42 files came whole"));
    CHECK(here_holds("to/last", lorem.data, lorem.size));
    unlink("to/last");
    CHECK_EQ(CLIENT("-q", "-j", "8", "--input", "list", "-O", "to"), 1);
    unlink("to/last");
    for (int i = 0; i < 40; i++) {
        char name[16];

        snprintf(name, sizeof name, "to/n%d", i);
        CHECK(here_holds(name, lorem.data, lorem.size));
        unlink(name);
    }
    CHECK_EQ(rmdir("to"), 0); /* nothing else is left in it */
    hostile_end(&h);
    here_clear();
}

/* A line with a NUL in it is no URL; what is before the NUL is not fetched in its place. */
static void test_a_list_with_a_nul(void)
{
    const struct hostile_script whole = bare_reply(lorem_zlib);
    char list[100];
    struct hostile h;

    check_context("a list with a NUL");
    hostile_serve(&h, &whole, 1);
    const int size = snprintf(list, sizeof list, "sluice://127.0.0.1:%u/a%cb\n", h.port, 0);
    here_put("list", list, (size_t)size);
    CHECK_EQ(CLIENT("--input", "list"), 1);
    CHECK(client_says("\"a line with a NUL byte\": "));
    CHECK_EQ(strcmp(hostile_asked(&h), ""), 0);
    hostile_end(&h);
    here_clear();
}

/* A list that is written while it is read: each URL is fetched when it is there, though hands are free for more. */
static void test_a_list_that_takes_its_time(void)
{
    const struct hostile_script whole = bare_reply(lorem_zlib);
    char line[200];
    struct hostile h;

    check_context("a list that takes its time");
    hostile_serve(&h, &whole, 1);
    CHECK_EQ(mkfifo("list", 0600), 0);
    CLIENT_BEGINS("-j", "4", "--input", "list");
    const int fd = open("list", O_WRONLY);
    for (int i = 0; i < 3; i++) {
        const char name[] = {(char)('a' + i), '\0'};

        snprintf(line, sizeof line, "%s\n", hostile_url(&h, name));
        CHECK_EQ(write(fd, line, 5), 5);
        poll(NULL, 0, 20); /* so that it comes in two parts */
        CHECK_EQ(write(fd, line + 5, strlen(line + 5)), strlen(line + 5));
        for (int k = 0; k < 5000 && access(name, F_OK) < 0; k++)
            poll(NULL, 0, 2);
        CHECK(here_holds(name, lorem.data, lorem.size));
    }
    close(fd);
    program_wait(&client);
    CHECK_EQ(client.code, 0);
    CHECK(client_says("3 of 3 files came whole"));
    hostile_end(&h);
    CHECK_EQ(here_clear(), 4);
}

static void test_retries(void)
{
    const struct hostile_script cut = {.data = lorem_zlib.data, .size = 100};
    const struct hostile_script whole = bare_reply(lorem_zlib);
    struct hostile h;

    check_context("the second try is whole");
    hostile_serve(&h, (const struct hostile_script[]){cut, whole}, 2);
    CHECK_EQ(CLIENT("--retries", "1", hostile_url(&h, "f")), 0);
    CHECK(client_says("trying again in 0.5 s, from the start"));
    CHECK(here_holds("f", lorem.data, lorem.size));
    hostile_end(&h);
    here_clear();

    check_context("the second try is compared from the start");
    here_put("want", lorem.data, lorem.size);
    hostile_serve(&h, (const struct hostile_script[]){cut, whole}, 2);
    CHECK_EQ(CLIENT("--retries", "1", "--compare", "want", hostile_url(&h, "f")), 0);
    CHECK_BYTES(client.out, client.out_size, "response matches file contents: True\n", 37);
    hostile_end(&h);
    here_clear();

    check_context("the second try is cut too");
    client_fails_with("--retries", "1", cut, 5, "cut short");

    check_context("what went to standard output cannot be taken back");
    hostile_serve(&h, (const struct hostile_script[]){cut, whole}, 2);
    CHECK_EQ(CLIENT("--retries", "1", "-o", "-", hostile_url(&h, "f")), 5);
    hostile_end(&h);

    check_context("a refusal and a defect are final");
    hostile_serve(&h, (const struct hostile_script[]){{0}, {.data = "y", .size = 1}, whole}, 3);
    CHECK_EQ(CLIENT("--retries", "9", hostile_url(&h, "f")), 3);
    CHECK_EQ(CLIENT("--retries", "9", hostile_url(&h, "f")), 4);
    hostile_end(&h);
    here_clear();
}

static void test_progress(void)
{
    const struct hostile_script script = {.data = lorem_zlib.data, .size = lorem_zlib.size, .piece = 20};
    struct hostile h;

    hostile_serve(&h, &script, 1);
    check_context("no terminal: no line, but a summary; -q: nothing");
    CHECK_EQ(CLIENT(hostile_url(&h, "f")), 0);
    CHECK(strchr(client.err, '\r') == NULL);
    CHECK(client_says("f: 335 bytes, on the wire 219 bytes, ratio 1.53"));
    CHECK_EQ(CLIENT("-q", hostile_url(&h, "f")), 0);
    CHECK_EQ(client.err_size, 0);
    check_context("asked for, a line is shown and removed");
    CHECK_EQ(CLIENT("--progress", "always", "--limit-rate", "400", hostile_url(&h, "f")), 0);
    CHECK(strstr(client.err, "\rf  ") != NULL && strstr(client.err, "\r\033[K") != NULL);
    hostile_end(&h);
    here_clear();
}

int main(void)
{
    static void (*const tests[])(void) = {test_usage, test_several, test_a_list_with_a_nul,
                                          test_a_list_that_takes_its_time, test_retries, test_progress};

    return client_tests("app/client_usage", tests, sizeof tests / sizeof *tests);
}
