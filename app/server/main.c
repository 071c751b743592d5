/*
 * main.c: sluice-server: reads the options, opens the folder and the sockets, runs the server of net/server.h, and
 * turns signals into stops.
 */
#include "app/options.h"
#include "net/address.h"
#include "net/bare_server.h"
#include "net/http_server.h"
#include "net/listen.h"
#include "net/pace.h"
#include "net/server.h"
#include "sluice.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char program[] = "sluice-server";

enum exit_code {
    EXIT_STOPPED = 0,
    EXIT_USAGE = 1,
    EXIT_LISTEN = 2,
    EXIT_ROOT = 3,
    EXIT_SYSTEM = 4,
    EXIT_BROKEN_OFF = 5
};

/* Where is listened if nothing is said: the bare protocol's port after RFC 1950, and nothing open to others. */
static const char default_http[] = "127.0.0.1:8080", default_bare[] = "127.0.0.1:1950";

/* More listeners than anyone has use for; each takes a descriptor in each thread's loop. */
enum { ADDRESSES_MOST = 64 };

/* Limits of options. Ten thousand clients are what the server is made for; a thread a connection is what it is not. */
enum { THREADS_MOST = 256, CONNECTIONS_DEFAULT = 10000, CONNECTIONS_MOST = 1000000, BLOCK_MOST = 64 * 1024 };

/* Memory for compressed copies: small beside what a server has, large beside a site's text. And the most, 1 TiB. */
#define CACHE_DEFAULT (UINT64_C(64) << 20)
#define CACHE_MOST (UINT64_C(1) << 40)

/* A connection has a socket and a file. What is left over: the sockets that listen, loops, standard streams. */
enum { FDS_A_CONNECTION = 2, FDS_OTHERS = 64 };

enum option_id {
    OPT_HTTP = 1, OPT_BARE, OPT_LEVEL, OPT_THREADS, OPT_BLOCK, OPT_MAX_CONNECTIONS, OPT_TIMEOUT_REQUEST,
    OPT_TIMEOUT_IDLE, OPT_LIMIT_RATE, OPT_ONCE, OPT_LISTING, OPT_CACHE, OPT_PRECOMPRESSED, OPT_LOG, OPT_TRACE,
    OPT_QUIET, OPT_VERBOSE, OPT_HELP, OPT_VERSION
};

static const struct option table[] = {
    {.kind = OPTION_GROUP, .help = "Where to listen"},
    {OPT_HTTP, 0, "http", "ADDR", OPTION_TEXT, 0, 0,
     "listen for HTTP on HOST:PORT, [IPV6]:PORT, PORT (on 127.0.0.1) or unix:PATH; port 0 takes a free one; may be "
     "given several times; default 127.0.0.1:8080"},
    {OPT_BARE, 0, "bare", "ADDR", OPTION_TEXT, 0, 0,
     "listen for the bare protocol, in the same way; default 127.0.0.1:1950; if --http or --bare is given, only what "
     "is given is listened on"},
    {.kind = OPTION_GROUP, .help = "How to serve"},
    {OPT_LEVEL, 0, "level", "N", OPTION_NUMBER, 0, SLUICE_LEVEL_STRONGEST,
     "compression level, 0 (stored) to 12 (smallest); default 6"},
    {OPT_THREADS, 0, "threads", "N", OPTION_NUMBER, 1, THREADS_MOST, "event loops; default: one for each core"},
    {OPT_BLOCK, 0, "block", "SIZE", OPTION_SIZE, 1, BLOCK_MOST,
     "read a file in pieces of this many bytes, which a trace shows; default: as is fastest"},
    {OPT_LISTING, 0, "listing", NULL, OPTION_SWITCH, 0, 0,
     "answer HTTP requests for a folder without index.html with a page of its files; default: --listing"},
    {OPT_CACHE, 0, "cache", "SIZE", OPTION_SIZE, 0, CACHE_MOST,
     "memory for compressed copies that HTTP clients share, such as 64M, the default; 0: none"},
    {OPT_PRECOMPRESSED, 0, "precompressed", NULL, OPTION_FLAG, 0, 0,
     "send FILE.gz to HTTP clients that take gzip, if it is there and not older than FILE"},
    {OPT_ONCE, 0, "once", NULL, OPTION_FLAG, 0, 0, "serve one connection, then exit"},
    {.kind = OPTION_GROUP, .help = "Limits"},
    {OPT_MAX_CONNECTIONS, 0, "max-connections", "N", OPTION_NUMBER, 1, CONNECTIONS_MOST,
     "close what comes beyond N connections at a time; default 10000, or what the limit of open files allows"},
    {OPT_TIMEOUT_REQUEST, 0, "timeout-request", "S", OPTION_SECONDS, 1, 86400000,
     "seconds within which a request must be complete; default 30"},
    {OPT_TIMEOUT_IDLE, 0, "timeout-idle", "S", OPTION_SECONDS, 1, 86400000,
     "seconds that a client may take nothing of what it asked for, or ask for nothing more; default 60"},
    {OPT_LIMIT_RATE, 0, "limit-rate", "SIZE", OPTION_SIZE, 1, PACE_RATE_MAX,
     "send at most this many bytes a second to each client"},
    {.kind = OPTION_GROUP, .help = "What to tell"},
    {OPT_TRACE, 0, "trace", NULL, OPTION_FLAG, 0, 0, "print each step of each transfer on standard output"},
    {OPT_LOG, 0, "log", "common|combined|off", OPTION_CHOICE, 0, 0,
     "a line for each HTTP request in this form; combined has Referer and User-Agent; off: no line for any; default "
     "common"},
    {OPT_QUIET, 'q', "quiet", NULL, OPTION_FLAG, 0, 0, "the same as --log off"},
    {OPT_VERBOSE, 'v', "verbose", NULL, OPTION_FLAG, 0, 0, "tell the settings at the start"},
    {OPT_HELP, 'h', "help", NULL, OPTION_FLAG, 0, 0, "print this text"},
    {OPT_VERSION, 0, "version", NULL, OPTION_FLAG, 0, 0, "print the version"},
    {0}};

struct settings {
    struct server_options server;
    const char *root;
    struct addresses {
        struct address list[ADDRESSES_MOST];
        size_t count;
    } http, bare;
    bool verbose;
};

static void print_help(void)
{
    printf("Usage: %s [OPTIONS] [ROOT]\n\n"
           "Serves the files beneath the folder ROOT (default: the current one), compressed\n"
           "as they are read, over HTTP and over the bare protocol: a name, answered with a\n"
           "zlib stream. Prints `listening http HOST:PORT` for each address, then a line for\n"
           "each request on standard error. HTTP: the common log form, then bytes of the\n"
           "file, coding, seconds, and why if it was refused or broken off. Bare: time,\n"
           "protocol, client, name, result, bytes of the file, bytes sent, seconds, and why.\n",
           program);
    options_help(table, stdout);
    printf("\nNever served: what is not beneath ROOT, hidden files (a part of the name begins\n"
           "with a dot), and what is not a regular file. A file that changes while it is\n"
           "sent is broken off.\n"
           "\nSignals: TERM and INT stop it; transfers go on to their end, a second one breaks\n"
           "them off.\n"
           "\nExit: 0 stopped, 1 wrong usage, 2 cannot listen, 3 ROOT cannot be opened, 4 no\n"
           "memory or threads, 5 transfers were broken off.\n");
}

/* Adds the address of an option. */
static void add_address(struct addresses *addresses, const char *option, const char *text)
{
    const char *why;

    if (addresses->count == ADDRESSES_MOST) {
        fprintf(stderr, "%s: %s: more than %d addresses\n", program, option, ADDRESSES_MOST);
        exit(EXIT_USAGE);
    }
    if (!address_parse(text, &addresses->list[addresses->count++], &why)) {
        fprintf(stderr, "%s: %s '%s': %s\n", program, option, text, why);
        exit(EXIT_USAGE);
    }
}

/* --log: common, combined, off. */
static void set_log(struct server_options *server, uint64_t choice)
{
    server->log = choice == 2 ? NULL : stderr;
    server->log_combined = choice == 1;
}

/* Exits the program for --help, --version and errors. */
static void read_options(struct settings *s, int argc, char **argv)
{
    struct options o;
    int id;

    options_begin(&o, program, table, argc, argv);
    while ((id = options_next(&o)) != OPTION_END) {
        switch (id) {
        case OPT_HTTP: add_address(&s->http, "--http", o.text); break;
        case OPT_BARE: add_address(&s->bare, "--bare", o.text); break;
        case OPT_CACHE: s->server.cache = o.number; break;
        case OPT_PRECOMPRESSED: s->server.precompressed = true; break;
        case OPT_LISTING: s->server.listing = o.number != 0; break;
        case OPT_LOG: set_log(&s->server, o.number); break;
        case OPT_LEVEL: s->server.level = (int)o.number; break;
        case OPT_THREADS: s->server.threads = (unsigned)o.number; break;
        case OPT_BLOCK: s->server.block = (size_t)o.number; break;
        case OPT_MAX_CONNECTIONS: s->server.max_connections = (unsigned)o.number; break;
        case OPT_TIMEOUT_REQUEST: s->server.request_timeout = (unsigned)o.number; break;
        case OPT_TIMEOUT_IDLE: s->server.idle_timeout = (unsigned)o.number; break;
        case OPT_LIMIT_RATE: s->server.limit_rate = o.number; break;
        case OPT_ONCE: s->server.once = true; break;
        case OPT_TRACE: s->server.trace.out = stdout; break;
        case OPT_QUIET: s->server.log = NULL; break;
        case OPT_VERBOSE: s->verbose = true; break;
        case OPT_HELP:
            print_help();
            exit(EXIT_STOPPED);
        case OPT_VERSION:
            options_version(program, stdout);
            exit(EXIT_STOPPED);
        case OPTION_OPERAND:
            if (s->root) {
                fprintf(stderr, "%s: '%s': only one folder can be served\n", program, o.text);
                exit(EXIT_USAGE);
            }
            s->root = o.text;
            break;
        default:
            options_complain(&o, stderr);
            exit(EXIT_USAGE);
        }
    }
}

/*
 * Raises the limit of open files as far as may be, and lowers the number of connections to what it then allows: a
 * client that is turned away at once is better off than one that is accepted and cannot be served.
 */
static void fit_connections(struct settings *s)
{
    const rlim_t wanted = (rlim_t)s->server.max_connections * FDS_A_CONNECTION + FDS_OTHERS;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted ? wanted : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < wanted) {
        const rlim_t left = limit.rlim_cur > FDS_OTHERS + FDS_A_CONNECTION ? limit.rlim_cur - FDS_OTHERS
                                                                           : FDS_A_CONNECTION;

        s->server.max_connections = (unsigned)(left / FDS_A_CONNECTION);
    }
}

static int open_root(const char *root)
{
    const int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        fprintf(stderr, "%s: cannot serve '%s': %s\n", program, root, strerror(errno));
        exit(EXIT_ROOT);
    }
    return fd;
}

/* Opens all sockets of one protocol, writing their names to `lines`, which is printed once the server runs. */
static void listen_on(struct server *server, const struct protocol *protocol, const struct addresses *addresses,
                      FILE *lines)
{
    char error[LISTEN_ERROR_ROOM], name[ADDRESS_TEXT_ROOM];
    int fds[LISTEN_MOST];

    for (size_t i = 0; i < addresses->count; i++) {
        const size_t opened = listen_open(&addresses->list[i], fds, error);

        if (opened == 0) {
            fprintf(stderr, "%s: %s\n", program, error);
            server_free(server); /* removes the Unix sockets that have been made */
            exit(EXIT_LISTEN);
        }
        for (size_t k = 0; k < opened; k++) {
            if (!server_listen(server, fds[k], protocol)) {
                fprintf(stderr, "%s: out of memory\n", program);
                exit(EXIT_SYSTEM);
            }
            fprintf(lines, "listening %s %s\n", protocol->name, listen_name(fds[k], name));
        }
    }
}

/* The signals that stop the server are blocked in all threads but arrive here. */
static void stop_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

/* Who is told of signals, and when to stop to wait for them. */
struct signals {
    struct server *server;
    pthread_t thread;
    atomic_bool done;
};

static void *await_signals(void *owner)
{
    struct signals *const signals = owner;
    enum server_stop how = SERVER_FINISH;
    sigset_t set;
    int sig;

    stop_signals(&set);
    while (sigwait(&set, &sig) == 0 && !atomic_load(&signals->done)) {
        server_stop(signals->server, how);
        how = SERVER_END;
    }
    return NULL;
}

/* Ends the thread by a signal of our own. */
static void stop_awaiting(struct signals *signals)
{
    atomic_store(&signals->done, true);
    pthread_kill(signals->thread, SIGTERM);
    pthread_join(signals->thread, NULL);
}

static unsigned cores(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > THREADS_MOST ? THREADS_MOST : (unsigned)n;
}

int main(int argc, char **argv)
{
    static struct settings s;
    char error[SERVER_ERROR_ROOM], *lines = NULL;
    size_t lines_size = 0;
    struct server *server;
    static struct signals signals;
    sigset_t set;
    bool in_order;

    s.server = server_defaults();
    s.server.threads = cores();
    s.server.max_connections = CONNECTIONS_DEFAULT;
    s.server.cache = CACHE_DEFAULT;
    s.server.log = stderr;
    s.server.trace.who = "Server";
    read_options(&s, argc, argv);
    if (!s.root)
        s.root = ".";
    if (s.http.count == 0 && s.bare.count == 0) {
        add_address(&s.http, "--http", default_http);
        add_address(&s.bare, "--bare", default_bare);
    }
    fit_connections(&s);

    signal(SIGPIPE, SIG_IGN); /* a reader of the log or the trace that is gone must not end the server */
    stop_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);

    const int root = open_root(s.root);
    FILE *const listening = open_memstream(&lines, &lines_size);

    server = server_new(&s.server, root, error);
    if (!server || !listening) {
        fprintf(stderr, "%s: out of memory\n", program);
        return EXIT_SYSTEM;
    }
    listen_on(server, &http_protocol, &s.http, listening);
    listen_on(server, &bare_protocol, &s.bare, listening);
    fclose(listening);
    if (!server_start(server, error)) {
        fprintf(stderr, "%s: %s\n", program, error);
        server_free(server);
        return EXIT_SYSTEM;
    }
    if (s.verbose)
        fprintf(stderr, "%s %s: folder %s, level %d, %u threads, at most %u connections\n", program, sluice_version(),
                s.root, s.server.level, s.server.threads, s.server.max_connections);
    fputs(lines ? lines : "", stdout);
    fflush(stdout);
    free(lines);

    signals.server = server;
    if (pthread_create(&signals.thread, NULL, await_signals, &signals) != 0) {
        fprintf(stderr, "%s: cannot start a thread\n", program);
        server_stop(server, SERVER_END);
        server_wait(server);
        return EXIT_SYSTEM;
    }
    in_order = server_wait(server);
    stop_awaiting(&signals);
    server_free(server);
    close(root);
    return in_order ? EXIT_STOPPED : EXIT_BROKEN_OFF;
}
