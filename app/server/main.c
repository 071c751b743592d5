/*
 * main.c: sluice-server: opens what it needs (folder, sockets, log), gives up the right to open more, and runs the
 * server of net/server.h.
 */
#include "app/server/keeper.h"
#include "app/server/settings.h"
#include "app/server/signals.h"
#include "app/standard_files.h"
#include "net/bare_server.h"
#include "net/connection.h"
#include "net/http_server.h"
#include "net/level.h"
#include "net/listen.h"
#include "net/listen_inherited.h"
#include "net/metrics_server.h"
#include "net/request_log.h"
#include "net/sandbox.h"
#include "net/user.h"
#include "sluice.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * A connection has a socket and a file. What is left over: a thread's loop, and those whom it refuses; the sockets that
 * listen, the log, standard streams.
 */
enum { FDS_A_CONNECTION = 2, FDS_A_THREAD = 4 + CONNECTION_REFUSALS_MOST, FDS_OTHERS = 64 };

/* What main() passes around. */
struct program {
    struct settings settings;
    struct keeper keeper;
    struct server *server;
    int inherited;
    const char *inherited_names[LISTEN_INHERITED_MOST];
    FILE *lines; /* what is printed once the server runs */
};

/* Says what is wrong, takes back what has been made, and exits. */
static void fail(struct program *p, int code, const char *format, ...) __attribute__((format(printf, 3, 4), noreturn));
static void fail(struct program *p, int code, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", program);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    server_free(p->server); /* removes the Unix sockets that have been made */
    exit(code);
}

/*
 * Raises the limit of open files as far as may be, and lowers the number of connections to what it then allows: a
 * client that is turned away at once is better off than one that is accepted and cannot be served.
 */
static void fit_connections(struct settings *s)
{
    const rlim_t others = FDS_OTHERS + (rlim_t)s->server.threads * FDS_A_THREAD;
    const rlim_t wanted = (rlim_t)s->server.max_connections * FDS_A_CONNECTION + others;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted ? wanted : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < wanted) {
        const rlim_t left = limit.rlim_cur > others + FDS_A_CONNECTION ? limit.rlim_cur - others : FDS_A_CONNECTION;

        s->server.max_connections = (unsigned)(left / FDS_A_CONNECTION);
    }
}

/* The second process, if there is something to do for it. */
static void start_keeper(struct program *p)
{
    const struct addresses *const lists[] = {&p->settings.http, &p->settings.bare, &p->settings.metrics};
    const char *sockets[3 * ADDRESSES_MOST];
    size_t count = 0;

    p->keeper.fd = -1;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t k = 0; k < lists[i]->count; k++)
            if (lists[i]->list[k].is_unix)
                sockets[count++] = lists[i]->list[k].host;
    if (count == 0 && !p->settings.log_file)
        return;
    if (!keeper_start(&p->keeper, p->settings.log_file, sockets, count, p->inherited))
        fail(p, EXIT_SYSTEM, "cannot start a process: %s", strerror(errno));
}

static void open_log(struct program *p)
{
    const char *const name = p->settings.log_file;
    const int fd = keeper_open(name);
    FILE *const log = fd < 0 ? NULL : fdopen(fd, "a");

    if (!log)
        fail(p, EXIT_SYSTEM, "cannot open the log '%s': %s", name, strerror(errno));
    p->settings.server.log = log;
}

static int open_root(struct program *p)
{
    const int fd = open(p->settings.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        fail(p, EXIT_ROOT, "cannot serve '%s': %s", p->settings.root, strerror(errno));
    return fd;
}

static void tell_listening(struct program *p, const struct protocol *protocol, int fd)
{
    char name[ADDRESS_TEXT_ROOM];

    fprintf(p->lines, "listening %s %s\n", protocol->name, listen_name(fd, name));
}

/* Opens all sockets of one protocol. */
static void listen_on(struct program *p, const struct protocol *protocol, const struct addresses *addresses)
{
    char error[LISTEN_ERROR_ROOM];
    int fds[LISTEN_MOST];

    for (size_t i = 0; i < addresses->count; i++) {
        const size_t opened = listen_open(&addresses->list[i], fds, error);

        if (opened == 0)
            fail(p, EXIT_LISTEN, "%s", error);
        for (size_t k = 0; k < opened; k++) {
            if (!server_listen(p->server, fds[k], protocol))
                fail(p, EXIT_SYSTEM, "out of memory");
            tell_listening(p, protocol, fds[k]);
        }
    }
}

/* The protocol whose name it is, or HTTP. */
static const struct protocol *protocol_of(const char *name)
{
    if (strcmp(name, bare_protocol.name) == 0)
        return &bare_protocol;
    return strcmp(name, metrics_protocol.name) == 0 ? &metrics_protocol : &http_protocol;
}

/* Takes over the sockets that have been handed over, each for the protocol that its name says. */
static void listen_on_inherited(struct program *p)
{
    char error[LISTEN_INHERITED_ROOM];

    for (int i = 0; i < p->inherited; i++) {
        const int fd = LISTEN_INHERITED_FIRST + i;
        const struct protocol *const protocol = protocol_of(p->inherited_names[i]);

        if (!listen_adopt(fd, error))
            fail(p, EXIT_LISTEN, "%s", error);
        if (!server_adopt(p->server, fd, protocol))
            fail(p, EXIT_SYSTEM, "out of memory");
        tell_listening(p, protocol, fd);
    }
}

/* All that is needed is open. What is given up here is given up for good. */
static void give_up_rights(struct program *p, int root)
{
    FILE *const log = p->settings.server.log;
    char user[USER_TEXT_ROOM], lacking[SANDBOX_TEXT_ROOM];

    if (!user_become(p->settings.user, root, user))
        fail(p, EXIT_SYSTEM, "%s", user);
    if (user[0])
        request_log_note(log, "%s", user);
    if (!p->settings.sandbox)
        return;
    if (sandbox_enter(root, SANDBOX_FILES | SANDBOX_CALLS, lacking) != (SANDBOX_FILES | SANDBOX_CALLS))
        request_log_note(log, "not confined as well as could be: %s", lacking);
}

/* Reports that it runs: once, all lines together, so that who reads the first knows that all addresses are there. */
static void tell_start(struct program *p, char **lines)
{
    const struct settings *const s = &p->settings;

    char level[16] = "auto";

    fclose(p->lines);
    if (s->server.level != LEVEL_AUTO)
        snprintf(level, sizeof level, "%d", s->server.level);
    if (s->verbose)
        fprintf(stderr, "%s %s: folder %s, level %s, %u threads, at most %u connections\n", program, sluice_version(),
                s->root, level, s->server.threads, s->server.max_connections);
    fputs(*lines ? *lines : "", stdout);
    fflush(stdout);
    free(*lines);
}

/* Before anything else is opened: what has been handed over lies at fixed numbers. */
static void take_inheritance(struct program *p)
{
    char error[LISTEN_INHERITED_ROOM];

    p->inherited = listen_inherited(p->inherited_names, error);
    if (p->inherited < 0)
        fail(p, EXIT_LISTEN, "%s", error);
    if (p->inherited == 0 && p->settings.http.count == 0 && p->settings.bare.count == 0)
        settings_default_addresses(&p->settings);
}

int main(int argc, char **argv)
{
    static struct program p;
    static struct signals signals;
    char error[SERVER_ERROR_ROOM], *lines = NULL;
    size_t lines_size = 0;
    bool in_order;

    standard_files_hold();
    settings_read(&p.settings, argc, argv);
    if (!p.settings.server.log)
        p.settings.log_file = NULL;
    take_inheritance(&p);
    fit_connections(&p.settings);
    signal(SIGPIPE, SIG_IGN); /* a reader of the log or the trace that is gone must not end the server */
    start_keeper(&p);
    signals_block(p.settings.log_file != NULL);
    if (p.settings.log_file)
        open_log(&p);

    const int root = open_root(&p);

    p.lines = open_memstream(&lines, &lines_size);
    p.server = server_new(&p.settings.server, root, error);
    if (!p.server || !p.lines)
        fail(&p, EXIT_SYSTEM, "out of memory");
    listen_on_inherited(&p);
    listen_on(&p, &http_protocol, &p.settings.http);
    listen_on(&p, &bare_protocol, &p.settings.bare);
    listen_on(&p, &metrics_protocol, &p.settings.metrics);
    keeper_arm(&p.keeper);
    give_up_rights(&p, root);
    if (!server_start(p.server, error))
        fail(&p, EXIT_SYSTEM, "%s", error);
    signals.server = p.server;
    signals.keeper = &p.keeper;
    signals.log = p.settings.log_file ? p.settings.server.log : NULL;
    signals.stop_timeout = p.settings.stop_timeout;
    if (!signals_begin(&signals)) {
        server_stop(p.server, SERVER_END);
        server_wait(p.server);
        fail(&p, EXIT_SYSTEM, "cannot start a thread");
    }
    tell_start(&p, &lines);
    in_order = server_wait(p.server);
    signals_end(&signals);
    server_free(p.server);
    keeper_end(&p.keeper);
    close(root);
    return in_order ? EXIT_STOPPED : EXIT_BROKEN_OFF;
}
