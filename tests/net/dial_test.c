/*
 * Connecting: each kind of server, each way not to reach one, and the clock. The clock is the test's own where it
 * matters.
 */
#define _GNU_SOURCE /* mkdtemp */
#include "net/dial.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/hostile.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct url parse(const char *format, const char *host, unsigned port)
{
    static char text[256];
    char error[URL_ERROR_ROOM];
    struct url url;

    snprintf(text, sizeof text, format, host, port);
    CHECK(url_parse(text, &url, error));
    return url;
}

/* Steps until the dial is decided, waiting as a driver does. */
static enum dial_result finish(struct dial *d)
{
    enum dial_result result;

    while ((result = dial_step(d, 1000)) == DIAL_WAIT) {
        struct pollfd ready = {.fd = d->fd, .events = POLLOUT};

        CHECK(d->fd >= 0);
        poll(&ready, 1, 5000);
    }
    return result;
}

static void check_reaches(const struct url *url, struct hostile *h)
{
    struct dial d;
    int type = 0;
    socklen_t size = sizeof type;

    CHECK_EQ(dial_begin(&d, url, 1000, 5000), DIAL_WAIT);
    if (!CHECK_EQ(finish(&d), DIAL_CONNECTED)) {
        printf("    %s\n", d.error);
        return;
    }
    CHECK(getsockopt(d.fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM);
    CHECK_EQ(send(d.fd, "x", 1, 0), 1);
    shutdown(d.fd, SHUT_WR);
    struct pollfd answered = {.fd = d.fd, .events = POLLIN};
    poll(&answered, 1, 5000); /* the server closes when it has noted the name */
    close(d.fd);
    const char *asked = hostile_asked(h);
    CHECK_BYTES(asked, strlen(asked), "x\n", 2);
}

static void test_each_kind_of_server(void)
{
    const struct hostile_script script = {0};
    struct folder folder = folder_make("dial");
    char socket_path[FOLDER_PATH_ROOM + 8];
    struct hostile h;
    struct url url;

    check_context("IPv4");
    hostile_serve(&h, &script, 1);
    url = parse("sluice://%s:%u/f", "127.0.0.1", h.port);
    check_reaches(&url, &h);
    hostile_end(&h);
    hostile_serve(&h, &script, 1);
    check_context("a name, of whose addresses perhaps only one answers");
    url = parse("sluice://%s:%u/f", "localhost", h.port);
    check_reaches(&url, &h);
    hostile_end(&h);

    check_context("IPv6");
    if (hostile_begin(&h, "::1", &script, 1)) {
        url = parse("sluice://[%s]:%u/f", "::1", h.port);
        check_reaches(&url, &h);
        hostile_end(&h);
    } else {
        printf("skipped: no IPv6 here\n");
    }

    check_context("a local socket");
    snprintf(socket_path, sizeof socket_path, "%s/socket", folder.path);
    CHECK(hostile_begin(&h, socket_path, &script, 1));
    url = parse("sluice://unix:%s:/f%u", socket_path, 0);
    check_reaches(&url, &h);
    hostile_end(&h);
    folder_remove(&folder);
}

static void test_nobody_there(void)
{
    struct dial d;
    struct url url = parse("sluice://%s:%u/f", "127.0.0.1", hostile_closed_port());
    char path[160] = "/";

    check_context("a closed port");
    CHECK_EQ(dial_begin(&d, &url, 0, 5000), DIAL_WAIT);
    CHECK_EQ(finish(&d), DIAL_FAILED);
    CHECK(strstr(d.error, "refused") != NULL);
    CHECK_EQ(d.fd, -1);

    check_context("no such local socket, one whose path is too long");
    url = parse("sluice://unix:%s:/f%u", "/nowhere/at/all", 0);
    CHECK(dial_begin(&d, &url, 0, 5000) == DIAL_FAILED && strstr(d.error, "No such file") != NULL);
    memset(path + 1, 'p', 107);
    url = parse("sluice://unix:%s:/f%u", path, 0);
    CHECK(dial_begin(&d, &url, 0, 5000) == DIAL_FAILED && strstr(d.error, "107") != NULL);
    path[107] = '\0';
    url = parse("sluice://unix:%s:/f%u", path, 0);
    CHECK(dial_begin(&d, &url, 0, 5000) == DIAL_FAILED && strstr(d.error, "No such file") != NULL);
}

static void test_the_time_is_kept(void)
{
    struct dial d;
    struct url url;
    unsigned port;
    int fds[8];

    check_context("no answer");
    if (hostile_full_port(&port, fds)) {
        url = parse("sluice://%s:%u/f", "127.0.0.1", port);
        CHECK_EQ(dial_begin(&d, &url, 100, 5000), DIAL_WAIT);
        CHECK_EQ(dial_step(&d, 100), DIAL_WAIT);
        CHECK_EQ(d.until, 5100);
        CHECK_EQ(dial_step(&d, 5099), DIAL_WAIT);
        CHECK_EQ(dial_step(&d, 5100), DIAL_TIMED_OUT);
        CHECK_EQ(d.fd, -1);

        CHECK_EQ(dial_begin(&d, &url, 100, 0), DIAL_WAIT);
        CHECK_EQ(dial_step(&d, 100), DIAL_WAIT);
        CHECK(d.until == UINT64_MAX);
        dial_end(&d); /* given up */
        dial_end(&d);
    } else {
        printf("skipped: this system takes connections however many wait\n");
    }
    for (int i = 0; i < 8; i++)
        close(fds[i]);
}

static void test_no_descriptor_left(void)
{
    struct url url = parse("sluice://%s:%u/f", "127.0.0.1", 1);
    struct rlimit was, none;
    struct dial d;

    check_context("no descriptor is left");
    getrlimit(RLIMIT_NOFILE, &was);
    none = was;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    enum dial_result result = dial_begin(&d, &url, 0, 5000);
    if (result == DIAL_WAIT) /* a resolver may need one itself */
        result = dial_step(&d, 0);
    CHECK_EQ(result, DIAL_EXHAUSTED);
    url = parse("sluice://unix:%s:/f%u", "/nowhere/at/all", 0);
    CHECK_EQ(dial_begin(&d, &url, 0, 5000), DIAL_EXHAUSTED);
    CHECK(strstr(d.error, "Too many open files") != NULL);
    setrlimit(RLIMIT_NOFILE, &was);
}

int main(void)
{
    test_each_kind_of_server();
    test_nobody_there();
    test_the_time_is_kept();
    test_no_descriptor_left();
    return check_report("net/dial");
}
