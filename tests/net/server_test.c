/*
 * server, connection: what holds for all clients together: crowds, clients that do not read or vanish, limits in number
 * and time, and how a server stops.
 */
#include "net/server.h"

#include "net/bare_server.h"
#include "tests/support/bare_site.h"
#include "tests/support/check.h"
#include "tests/support/loopback.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- many clients, and bad ones ---- */

enum { CROWD = 150 };

static void everyone_in_a_crowd_is_served(void)
{
    int fds[CROWD];

    bare_serve(serving_options());
    for (int i = 0; i < CROWD; i++)
        fds[i] = bare_ask(i % 10 ? "small\n" : "large\n");
    for (int i = CROWD - 1; i >= 0; i--) { /* who came last is read first */
        check_context("client %d of a crowd", i);
        bare_gets_whole(fds[i], i % 10 ? bare.small : bare.large, i % 10 ? BARE_SMALL : BARE_LARGE);
    }
    bare_end();
}

static void who_does_not_read_keeps_nobody_waiting(void)
{
    int fds[20];
    struct server_options o = serving_options();

    o.threads = 1;
    bare_serve(o);
    for (int i = 0; i < 20; i++)
        fds[i] = bare_has_begun("large\n");
    check_context("a client beside 20 that do not read");
    bare_gets_whole(bare_ask("large\n"), bare.large, BARE_LARGE);
    bare_gets_whole(bare_ask("small\n"), bare.small, BARE_SMALL);
    CHECK(!serving_halt(&bare.serving, SERVER_END));
    for (int i = 0; i < 20; i++)
        close(fds[i]);
    CHECK(serving_logged(&bare.serving, "\"large\" stopped "));
    bare_forget();
}

static void clients_may_vanish_at_any_moment(void)
{
    static unsigned char bytes[200000];
    uint64_t seed = 3;
    size_t got;
    const int before = loopback_descriptors();

    bare_serve(serving_options());
    for (int i = 0; i < 300; i++) {
        const int fd = bare_client(i % 3 == 0);
        const uint64_t r = check_random(&seed);

        if (r & 1)
            loopback_send(fd, "large\n", r >> 8 & 1 ? 6 : r >> 9 & 3);
        if (r & 2 && r & 1 && r >> 8 & 1)
            loopback_read(fd, bytes, (size_t)(r >> 16) % sizeof bytes, &got);
        if (r & 4)
            loopback_reset(fd);
        else
            close(fd);
    }
    check_context("after 300 that vanished");
    bare_gets_whole(bare_ask("small\n"), bare.small, BARE_SMALL);
    bare_halt();
    CHECK(serving_logged(&bare.serving, " gone "));
    bare_forget();
    check_context("descriptors");
    CHECK_EQ(loopback_descriptors(), before);
}

static void beyond_the_limit_clients_are_closed_at_once(void)
{
    struct server_options o = serving_options();
    int fds[5];

    o.max_connections = 5;
    bare_serve(o);
    check_context("flood");
    for (int i = 0; i < 5; i++)
        fds[i] = bare_has_begun("large\n");
    for (int i = 0; i < 100; i++)
        bare_is_refused(bare_client(false));
    for (int i = 0; i < 5; i++)
        close(fds[i]);
    /* Their places become free when the server has seen that they left. */
    check_context("a place that became free");
    for (int i = 0; i < LOOPBACK_PATIENCE * 100; i++) {
        char byte;
        size_t got;
        const int fd = bare_ask("small\n");
        const enum loopback_end end = loopback_read(fd, &byte, 1, &got);

        close(fd);
        if (end == LOOPBACK_MORE)
            break;
        folder_pause(10);
    }
    bare_gets_whole(bare_ask("small\n"), bare.small, BARE_SMALL);
    bare_halt();
    CHECK(serving_logged(&bare.serving, "beyond 5 in all, 0 beyond 0 of one client"));
    bare_forget();
}

/* Opens a crowd of connections, more than the server has descriptors for, leaves, and asks once more. For a child. */
static int crowd_beyond_descriptors(void)
{
    struct rlimit limit;
    int fds[CROWD];
    char byte;
    size_t got;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < CROWD; i++) {
        fds[i] = loopback_connect(bare.port, true);
        loopback_send(fds[i], "large\n", 6);
    }
    /* Who is served, who is refused, who waits: that is as may be. But the first has been served. */
    if (loopback_read(fds[0], &byte, 1, &got) != LOOPBACK_MORE)
        return 1;
    for (int i = 0; i < CROWD; i++)
        close(fds[i]);
    for (int i = 0; i < LOOPBACK_PATIENCE * 100; i++) {
        const int fd = loopback_connect(bare.port, false);

        loopback_send(fd, "small\n", 6);
        if (loopback_read(fd, &byte, 1, &got) == LOOPBACK_MORE)
            return 0;
        close(fd);
        folder_pause(10);
    }
    return 2;
}

static void when_descriptors_run_out_the_server_lives_on(void)
{
    struct rlimit before, few;
    int status = -1;

    check_context("out of descriptors");
    getrlimit(RLIMIT_NOFILE, &before);
    bare_listen(serving_options());
    fflush(stdout);
    const pid_t child = fork();

    if (child == 0)
        _exit(crowd_beyond_descriptors());
    few = before;
    few.rlim_cur = (rlim_t)loopback_descriptors() + 40;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    bare_start();
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 0);
    bare_halt();
    setrlimit(RLIMIT_NOFILE, &before);
    bare_forget();
}

/* ---- limits in time ---- */

static void who_does_not_ask_is_closed(void)
{
    struct server_options o = serving_options();

    o.request_timeout = 100;
    bare_serve(o);
    check_context("no name");
    bare_is_refused(bare_client(false));
    bare_halt();
    CHECK(serving_logged(&bare.serving, "\"\" timeout 0 0"));
    bare_forget();
}

static void who_takes_nothing_is_broken_off(void)
{
    struct server_options o = serving_options();
    int fd;

    o.idle_timeout = 100;
    bare_serve(o);
    check_context("takes nothing");
    fd = bare_has_begun("large\n");
    CHECK(serving_soon_logged(&bare.serving, "\"large\" timeout "));
    bare_gets_no_whole(fd);
    bare_end();
}

static void a_rate_can_be_set(void)
{
    struct server_options o = serving_options();
    struct timespec begin, end;

    o.limit_rate = 400000;
    bare_serve(o);
    folder_put(&bare.folder, "rated", bare.large, 200000);
    check_context("rate");
    clock_gettime(CLOCK_MONOTONIC, &begin);
    bare_gets_whole(bare_ask("rated\n"), bare.large, 200000);
    clock_gettime(CLOCK_MONOTONIC, &end);
    /* Half a second by the rate; its last piece is not waited for. It can be longer, but hardly shorter. */
    CHECK((end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000 >= 350);
    bare_end();
    unlinkat(bare.folder.fd, "rated", 0);
}

/* ---- stopping ---- */

static void a_stop_lets_transfers_finish(void)
{
    int asked, idle, late;

    bare_serve(serving_options());
    check_context("stop");
    asked = bare_has_begun("large\n");
    idle = bare_client(false);
    server_stop(bare.serving.server, SERVER_FINISH);
    bare_is_refused(idle);
    late = loopback_connect(bare.port, false); /* by now nobody listens any more */
    CHECK(late < 0 && errno == ECONNREFUSED);
    bare_gets_rest(asked, bare.large, BARE_LARGE);
    bare_halt();
    CHECK(serving_logged(&bare.serving, "\"large\" ok 8388608 "));
    bare_forget();
}

/* The kernel has told them that they are connected. More than one turn accepts. */
enum { QUEUE = 200 };

static void a_stop_serves_those_who_wait_to_be_accepted(void)
{
    int fds[QUEUE];

    check_context("stop with a queue");
    bare_listen(serving_options());
    for (int i = 0; i < QUEUE; i++)
        fds[i] = bare_ask("small\n");
    bare_start();
    server_stop(bare.serving.server, SERVER_FINISH);
    for (int i = 0; i < QUEUE; i++)
        bare_gets_whole(fds[i], bare.small, BARE_SMALL);
    bare_end();
}

static void a_second_stop_breaks_them_off(void)
{
    int asked;

    bare_serve(serving_options());
    check_context("second stop");
    asked = bare_has_begun("large\n");
    server_stop(bare.serving.server, SERVER_FINISH);
    CHECK(!serving_halt(&bare.serving, SERVER_END));
    bare_gets_no_whole(asked);
    CHECK(serving_logged(&bare.serving, "\"large\" stopped "));
    bare_forget();
}

static void once_serves_one_connection(void)
{
    struct server_options o = serving_options();

    o.once = true;
    bare_serve(o);
    check_context("once");
    bare_gets_whole(bare_ask("small\n"), bare.small, BARE_SMALL);
    CHECK(server_wait(bare.serving.server)); /* it ends of itself */
    const int fd = loopback_connect(bare.port, false);

    CHECK(fd < 0 && errno == ECONNREFUSED);
    bare_end();
}

static void a_unix_socket_serves_too(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    char address[150];

    check_context("unix socket");
    snprintf(un.sun_path, sizeof un.sun_path, "%s.socket", bare.folder.path);
    snprintf(address, sizeof address, "unix:%s", un.sun_path);
    serving_make(&bare.serving, serving_options(), bare.folder.fd);
    serving_listen(&bare.serving, address, &bare_protocol);
    serving_start(&bare.serving);
    for (int i = 0; i < 10; i++) {
        const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

        CHECK_EQ(connect(fd, (struct sockaddr *)&un, sizeof un), 0);
        loopback_send(fd, i % 2 ? "large\n" : "none\n", i % 2 ? 6 : 5);
        if (i % 2)
            bare_gets_whole(fd, bare.large, BARE_LARGE);
        else
            bare_is_refused(fd);
    }
    bare_end();
    CHECK(access(un.sun_path, F_OK) < 0);
}

int main(void)
{
    const int before = loopback_descriptors();

    bare_make();
    everyone_in_a_crowd_is_served();
    who_does_not_read_keeps_nobody_waiting();
    clients_may_vanish_at_any_moment();
    beyond_the_limit_clients_are_closed_at_once();
    when_descriptors_run_out_the_server_lives_on();
    who_does_not_ask_is_closed();
    who_takes_nothing_is_broken_off();
    a_rate_can_be_set();
    a_stop_lets_transfers_finish();
    a_stop_serves_those_who_wait_to_be_accepted();
    a_second_stop_breaks_them_off();
    once_serves_one_connection();
    a_unix_socket_serves_too();
    bare_remove();
    check_context("descriptors at the end");
    CHECK_EQ(loopback_descriptors(), before);
    return check_report("net/server");
}
