/*
 * listen: sockets that wait for clients, on TCP and Unix addresses, and what is said when there can be none.
 */
#include "net/listen.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct folder folder;

static size_t open_at(const char *text, int *fds, char *error)
{
    struct address address;
    const char *why;

    check_context("%s", text);
    error[0] = '\0';
    if (!CHECK(address_parse(text, &address, &why)))
        return 0;
    return listen_open(&address, fds, error);
}

static bool connects(int listener)
{
    struct sockaddr_storage to;
    socklen_t size = sizeof to;
    bool ok = getsockname(listener, (struct sockaddr *)&to, &size) == 0;
    const int fd = socket(to.ss_family, SOCK_STREAM, 0);

    ok = ok && connect(fd, (struct sockaddr *)&to, size) == 0;
    close(fd);
    return ok;
}

static void port_0_takes_a_free_one_and_tells_it(void)
{
    int fds[LISTEN_MOST], more[LISTEN_MOST];
    char error[LISTEN_ERROR_ROOM], name[ADDRESS_TEXT_ROOM];

    if (!CHECK_EQ(open_at("127.0.0.1:0", fds, error), 1))
        return;
    listen_name(fds[0], name);
    CHECK_EQ(strncmp(name, "127.0.0.1:", 10), 0);
    CHECK(atoi(name + 10) > 0);
    CHECK(connects(fds[0]));
    CHECK(fcntl(fds[0], F_GETFL) & O_NONBLOCK);
    CHECK(fcntl(fds[0], F_GETFD) & FD_CLOEXEC);

    /* The port is ours alone: a second server is told that it is taken, and which. */
    CHECK_EQ(open_at(name, more, error), 0);
    CHECK(strstr(error, "127.0.0.1 port ") && strstr(error, strerror(EADDRINUSE)));
    listen_close(fds[0]);
    /* A restarted server gets it although a connection of the old one is still remembered. */
    if (CHECK_EQ(open_at(name, more, error), 1))
        listen_close(more[0]);
}

static void a_name_with_several_addresses_has_one_port(void)
{
    int fds[LISTEN_MOST];
    char error[LISTEN_ERROR_ROOM], first[ADDRESS_TEXT_ROOM], other[ADDRESS_TEXT_ROOM];
    const size_t count = open_at("localhost:0", fds, error);

    if (!CHECK(count > 0))
        return;
    listen_name(fds[0], first);
    for (size_t i = 0; i < count; i++) {
        CHECK(connects(fds[i]));
        CHECK_EQ(strcmp(strrchr(listen_name(fds[i], other), ':'), strrchr(first, ':')), 0);
        listen_close(fds[i]);
    }
}

static void addresses_that_are_not_ours(void)
{
    int fds[LISTEN_MOST];
    char error[LISTEN_ERROR_ROOM];

    CHECK_EQ(open_at("192.0.2.1:0", fds, error), 0); /* RFC 5737: nobody has it */
    CHECK(strstr(error, "192.0.2.1") && strstr(error, strerror(EADDRNOTAVAIL)));
    CHECK_EQ(open_at("no-such-host.invalid:0", fds, error), 0); /* RFC 6761: no name ends like this */
    CHECK(strstr(error, "no-such-host.invalid") != NULL);
}

static void unix_sockets(void)
{
    int fds[LISTEN_MOST], more[LISTEN_MOST];
    char error[LISTEN_ERROR_ROOM], name[ADDRESS_TEXT_ROOM], text[100], path[FOLDER_PATH_ROOM + 8];
    struct stat st;
    FILE *file;

    snprintf(path, sizeof path, "%s/socket", folder.path);
    snprintf(text, sizeof text, "unix:%s", path);
    if (!CHECK_EQ(open_at(text, fds, error), 1))
        return;
    CHECK_EQ(strcmp(listen_name(fds[0], name), text), 0);
    CHECK(connects(fds[0]));

    /* One that is answered stays. */
    CHECK_EQ(open_at(text, more, error), 0);
    CHECK(strstr(error, text) && strstr(error, strerror(EADDRINUSE)));
    CHECK(connects(fds[0]));

    /* One that is left behind is replaced. */
    close(fds[0]);
    CHECK_EQ(lstat(path, &st), 0);
    if (CHECK_EQ(open_at(text, fds, error), 1)) {
        CHECK(connects(fds[0]));
        listen_close(fds[0]);
    }
    CHECK(lstat(path, &st) < 0 && errno == ENOENT);

    /* What is no socket is never removed. */
    file = fopen(path, "w");
    if (CHECK(file != NULL))
        fclose(file);
    CHECK_EQ(open_at(text, fds, error), 0);
    CHECK(lstat(path, &st) == 0 && S_ISREG(st.st_mode));
    unlink(path);

    snprintf(text, sizeof text, "unix:%s/none/socket", folder.path);
    CHECK_EQ(open_at(text, fds, error), 0);
    CHECK(strstr(error, strerror(ENOENT)) != NULL);
}

int main(void)
{
    folder = folder_make("listen");
    port_0_takes_a_free_one_and_tells_it();
    a_name_with_several_addresses_has_one_port();
    addresses_that_are_not_ours();
    unix_sockets();
    folder_remove(&folder);
    return check_report("net/listen");
}
