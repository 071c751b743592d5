/*
 * bare_server: what a client of the bare protocol meets with: how a name ends, what is refused, and that a file arrives
 * whole or is seen not to.
 */
#include "net/bare_server.h"

#include "net/root.h"
#include "tests/support/bare_site.h"
#include "tests/support/check.h"
#include "tests/support/loopback.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- how a name ends ---- */

static void a_name_ends_at_a_newline(void)
{
    bare_serve(serving_options());
    check_context("LF");
    bare_gets_whole(bare_ask("small\n"), bare.small, BARE_SMALL);
    check_context("CR LF");
    bare_gets_whole(bare_ask("small\r\n"), bare.small, BARE_SMALL);
    check_context("what follows the newline is not looked at, and breaks nothing");
    bare_gets_whole(bare_ask("small\nlarge\n"), bare.small, BARE_SMALL);
    int fd = bare_ask("small\n");

    loopback_send(fd, bare.large, 300000);
    bare_gets_whole(fd, bare.small, BARE_SMALL);
    fd = bare_client(true); /* much of the answer still waits in the kernel when the server has sent it all */
    loopback_send(fd, "large\n", 6);
    loopback_send(fd, bare.large, 50000);
    bare_gets_whole(fd, bare.large, BARE_LARGE);
    bare_end();
}

static void a_name_ends_where_the_client_ends_its_side(void)
{
    bare_serve(serving_options());
    check_context("half-close");
    int fd = bare_ask("small");

    shutdown(fd, SHUT_WR);
    bare_gets_whole(fd, bare.small, BARE_SMALL);
    check_context("half-close behind a newline");
    fd = bare_ask("large\n");
    shutdown(fd, SHUT_WR);
    bare_gets_whole(fd, bare.large, BARE_LARGE);
    check_context("half-close with no name");
    fd = bare_client(false);
    shutdown(fd, SHUT_WR);
    bare_is_refused(fd);
    bare_halt();
    CHECK(serving_logged(&bare.serving, "\"\" gone 0 0"));
    bare_forget();
}

/* As the first client of the protocol does it. */
static void a_name_ends_with_silence(void)
{
    bare_serve(serving_options());
    check_context("silence");
    bare_gets_whole(bare_ask("small"), bare.small, BARE_SMALL);
    bare_end();
}

static void a_name_may_come_in_pieces(void)
{
    bare_serve(serving_options());
    check_context("pieces");
    const int on = bare_client(false);

    for (const char *p = "small\r\n"; *p; p++)
        loopback_send(on, p, 1);
    bare_gets_whole(on, bare.small, BARE_SMALL);
    bare_end();
}

/* ---- what is refused ---- */

static void a_refusal_is_an_orderly_close_with_no_byte(void)
{
    static const struct {
        const char *name, *line;
    } cases[] = {
        {"none\n", "\"none\" refused 0 0"},
        {"\n", "\"\" refused 0 0"},
        {"\r\n", "\"\" refused 0 0"},
        {"../server_test.c\n", "\"../server_test.c\" refused 0 0"},
        {"folder/../../x\n", "leads above the root"},
        {"/etc/passwd\n", "\"/etc/passwd\" refused 0 0"},
        {".hidden\n", "\".hidden\" refused 0 0"},
        {"folder\n", "\"folder\" refused 0 0"},
        {"fifo\n", "\"fifo\" refused 0 0"},
        {"way-out\n", "\"way-out\" refused 0 0"},
        {"forged\" ok 1 1 0.0\x1b[1m\rbare\n", "\"forged\\\" ok 1 1 0.0\\x1b[1m\\rbare\" refused 0 0"},
    };
    static const char nul[] = "small\0.txt\n";
    static char name[ROOT_NAME_LONGEST + 100];

    bare_serve(serving_options());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_context("refusal of %.20s", cases[i].name);
        bare_is_refused(bare_ask(cases[i].name));
    }
    check_context("refusal of a NUL");
    bare_is_refused(bare_ask_bytes(nul, sizeof nul - 1));

    /* 4096 bytes are a name, though of no file; one more is none, with a newline or without, and no end need come. */
    for (size_t i = 0; i < sizeof name; i++)
        name[i] = i % 2 ? '/' : 'x';
    name[ROOT_NAME_LONGEST - 1] = 'y';
    check_context("refusal of 4096 bytes");
    memcpy(name + ROOT_NAME_LONGEST, "\r\n", 2);
    bare_is_refused(bare_ask_bytes(name, ROOT_NAME_LONGEST + 2));
    check_context("refusal of 4097 bytes");
    memcpy(name + ROOT_NAME_LONGEST, "z\n", 2);
    bare_is_refused(bare_ask_bytes(name, ROOT_NAME_LONGEST + 2));
    memcpy(name + ROOT_NAME_LONGEST, "zz", 2);
    bare_is_refused(bare_ask_bytes(name, ROOT_NAME_LONGEST + 2));
    check_context("refusal of what never ends");
    int fd = bare_client(false);

    for (int i = 0; i < 2000 && !loopback_readable(fd); i++)
        loopback_send(fd, name, 4000);
    CHECK(loopback_readable(fd));
    bare_is_refused(fd);

    bare_halt();
    check_context("the log of refusals");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK(serving_logged(&bare.serving, cases[i].line));
    CHECK(serving_logged(&bare.serving, "NUL in name"));
    CHECK(serving_logged(&bare.serving, "no such file"));
    CHECK(serving_logged(&bare.serving, "name too long"));
    CHECK(serving_logged(&bare.serving, "link leads outside"));
    bare_forget();
}

/* ---- files ---- */

static void files_of_any_size_arrive_whole(void)
{
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 1000000};

    bare_serve(serving_options());
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check_context("%zu bytes", sizes[i]);
        folder_put(&bare.folder, "sized", bare.large, sizes[i]);
        bare_gets_whole(bare_ask("sized\n"), bare.large, sizes[i]);
    }
    check_context("in a folder");
    bare_gets_whole(bare_ask("folder/deep\n"), "deep", 4);
    bare_halt();
    CHECK(serving_logged(&bare.serving, "\"sized\" ok 1000000 "));
    bare_forget();
    unlinkat(bare.folder.fd, "sized", 0);
}

static void a_file_that_changes_is_broken_off(void)
{
    int fd, file;

    bare_serve(serving_options());
    check_context("a file that grows");
    folder_put(&bare.folder, "changing", bare.large, BARE_LARGE);
    fd = bare_has_begun("changing\n");
    file = openat(bare.folder.fd, "changing", O_WRONLY | O_APPEND);
    CHECK_EQ(write(file, "x", 1), 1);
    close(file);
    bare_gets_no_whole(fd);

    check_context("a file that shrinks");
    folder_put(&bare.folder, "changing", bare.large, BARE_LARGE);
    fd = bare_has_begun("changing\n");
    file = openat(bare.folder.fd, "changing", O_WRONLY);
    CHECK_EQ(ftruncate(file, BARE_LARGE / 2), 0);
    close(file);
    bare_gets_no_whole(fd);
    unlinkat(bare.folder.fd, "changing", 0);
    bare_halt();
    CHECK(serving_logged(&bare.serving, "\"changing\" changed "));
    bare_forget();
}

int main(void)
{
    bare_make();
    a_name_ends_at_a_newline();
    a_name_ends_where_the_client_ends_its_side();
    a_name_ends_with_silence();
    a_name_may_come_in_pieces();
    a_refusal_is_an_orderly_close_with_no_byte();
    files_of_any_size_arrive_whole();
    a_file_that_changes_is_broken_off();
    bare_remove();
    return check_report("net/bare_server");
}
