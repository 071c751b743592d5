/* settings.c: see settings.h. The table is what --help prints, too. */
#include "app/server/settings.h"

#include "app/options.h"
#include "net/level.h"
#include "net/pace.h"
#include "net/user.h"
#include "sluice.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char program[] = "sluice-server";

/* Where is listened if nothing is said: the bare protocol's port after RFC 1950, and nothing open to others. */
static const char default_http[] = "127.0.0.1:8080", default_bare[] = "127.0.0.1:1950";

/* Limits of options. Ten thousand clients are what the server is made for; a thread a connection is what it is not. */
enum { THREADS_MOST = 256, CONNECTIONS_DEFAULT = 10000, CONNECTIONS_MOST = 1000000, BLOCK_MOST = 64 * 1024 };

/* ms. A day is more than any client should wait; who manages services often waits 90 s for a stop, so we take less. */
enum { TIMEOUT_MOST = 86400000, STOP_DEFAULT = 60000 };

/* A telephone line had more than the default; who asks for more than the most wants no clients. */
enum { MIN_RATE_DEFAULT = 100, MIN_RATE_MOST = 1024 * 1024 * 1024 };

/* A head has a request line, Host and some fields; each byte of it is kept for each client that sends it slowly. */
enum { HEADER_LEAST = 512, HEADER_MOST = 64 * 1024 };

/* Memory for compressed copies: small beside what a server has, large beside a site's text. And the most, 1 TiB. */
#define CACHE_DEFAULT (UINT64_C(64) << 20)
#define CACHE_MOST (UINT64_C(1) << 40)

enum option_id {
    OPT_HTTP = 1, OPT_BARE, OPT_LEVEL, OPT_THREADS, OPT_BLOCK, OPT_MAX_CONNECTIONS, OPT_MAX_PER_ADDRESS,
    OPT_MAX_REQUESTS, OPT_MAX_HEADER, OPT_TIMEOUT_REQUEST, OPT_TIMEOUT_IDLE, OPT_TIMEOUT_STOP, OPT_MIN_RATE,
    OPT_LIMIT_RATE, OPT_USER, OPT_SANDBOX, OPT_LOG_FILE, OPT_METRICS, OPT_ONCE, OPT_LISTING, OPT_CACHE,
    OPT_PRECOMPRESSED, OPT_LOG, OPT_TRACE, OPT_QUIET, OPT_VERBOSE, OPT_HELP, OPT_VERSION
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
    {OPT_LEVEL, 0, "level", "0|1|2|3|4|5|6|7|8|9|10|11|12|auto", OPTION_CHOICE, 0, 0,
     "compression level, 0 (stored) to 12 (smallest), default 6; auto: 1 to 10 by need, harder where the client's link "
     "is what is waited for, lighter where the processor is"},
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
     "refuse what comes beyond N connections at a time; default 10000, or what the limit of open files allows"},
    {OPT_MAX_PER_ADDRESS, 0, "max-per-address", "N", OPTION_NUMBER, 1, CONNECTIONS_MOST,
     "refuse what comes beyond N connections at a time from one address, or from one IPv6 network of 64 bits; not for "
     "a server behind a proxy; default: no limit"},
    {OPT_MAX_REQUESTS, 0, "max-requests", "N", OPTION_NUMBER, 1, UINT32_MAX,
     "close an HTTP connection after N requests; default: no limit"},
    {OPT_MAX_HEADER, 0, "max-header", "SIZE", OPTION_SIZE, HEADER_LEAST, HEADER_MOST,
     "refuse HTTP requests whose head is longer; default 16k"},
    {OPT_TIMEOUT_REQUEST, 0, "timeout-request", "S", OPTION_SECONDS, 1, TIMEOUT_MOST,
     "seconds within which a request must be complete; default 30"},
    {OPT_TIMEOUT_IDLE, 0, "timeout-idle", "S", OPTION_SECONDS, 1, TIMEOUT_MOST,
     "seconds that a client may take too little of what it asked for, or ask for nothing more; default 60"},
    {OPT_TIMEOUT_STOP, 0, "timeout-stop", "S", OPTION_SECONDS, 0, TIMEOUT_MOST,
     "seconds that transfers have to finish when the server is told to stop; 0: as long as they take; default 60"},
    {OPT_MIN_RATE, 0, "min-rate", "SIZE", OPTION_SIZE, 0, MIN_RATE_MOST,
     "break off a client that takes less than this many bytes a second of what it asked for, on average over the "
     "seconds of --timeout-idle; 0: nothing at all; default 100"},
    {OPT_LIMIT_RATE, 0, "limit-rate", "SIZE", OPTION_SIZE, 1, PACE_RATE_MAX,
     "send at most this many bytes a second to each client"},
    {.kind = OPTION_GROUP, .help = "What to give up"},
    {OPT_USER, 0, "user", "NAME", OPTION_TEXT, 0, 0,
     "if started as root, become this user once the sockets are open; default nobody; root: stay root"},
    {OPT_SANDBOX, 0, "sandbox", NULL, OPTION_SWITCH, 0, 0,
     "give up, where the system allows it, all but to read beneath ROOT: Landlock and seccomp; default: --sandbox"},
    {.kind = OPTION_GROUP, .help = "What to tell"},
    {OPT_TRACE, 0, "trace", NULL, OPTION_FLAG, 0, 0, "print each step of each transfer on standard output"},
    {OPT_LOG, 0, "log", "common|combined|off", OPTION_CHOICE, 0, 0,
     "a line for each HTTP request in this form; combined has Referer and User-Agent; off: no line for any; default "
     "common"},
    {OPT_LOG_FILE, 0, "log-file", "FILE", OPTION_TEXT, 0, 0,
     "append the log to FILE instead of standard error; the signal HUP opens it anew"},
    {OPT_METRICS, 0, "metrics", "ADDR", OPTION_TEXT, 0, 0,
     "answer GET /metrics there with figures for Prometheus; may be given several times; default: nowhere"},
    {OPT_QUIET, 'q', "quiet", NULL, OPTION_FLAG, 0, 0, "the same as --log off"},
    {OPT_VERBOSE, 'v', "verbose", NULL, OPTION_FLAG, 0, 0, "tell the settings at the start"},
    {OPT_HELP, 'h', "help", NULL, OPTION_FLAG, 0, 0, "print this text"},
    {OPT_VERSION, 0, "version", NULL, OPTION_FLAG, 0, 0, "print the version"},
    {0}};

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
           "them off. HUP opens the file of --log-file anew.\n"
           "\nSockets that listen can be handed over (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES):\n"
           "HTTP, or what the name says: bare, metrics. Then no address is a default.\n"
           "\nExit: 0 stopped, 1 wrong usage, 2 cannot listen, 3 ROOT cannot be opened, 4 no\n"
           "memory, threads, log or user, 5 transfers were broken off.\n");
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

static unsigned cores(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > THREADS_MOST ? THREADS_MOST : (unsigned)n;
}

static void set_defaults(struct settings *s)
{
    s->server = server_defaults();
    s->server.threads = cores();
    s->server.max_connections = CONNECTIONS_DEFAULT;
    s->server.cache = CACHE_DEFAULT;
    s->server.min_rate = MIN_RATE_DEFAULT;
    s->server.log = stderr;
    s->server.trace.who = "Server";
    s->root = NULL;
    s->log_file = s->user = NULL;
    s->http.count = s->bare.count = s->metrics.count = 0;
    s->stop_timeout = STOP_DEFAULT;
    s->sandbox = true;
    s->verbose = false;
}

static void set_root(struct settings *s, const char *root)
{
    if (s->root) {
        fprintf(stderr, "%s: '%s': only one folder can be served\n", program, root);
        exit(EXIT_USAGE);
    }
    s->root = root;
}

void settings_default_addresses(struct settings *s)
{
    add_address(&s->http, "--http", default_http);
    add_address(&s->bare, "--bare", default_bare);
}

void settings_read(struct settings *s, int argc, char **argv)
{
    struct options o;
    int id;

    set_defaults(s);
    options_begin(&o, program, table, argc, argv);
    while ((id = options_next(&o)) != OPTION_END) {
        switch (id) {
        case OPT_HTTP: add_address(&s->http, "--http", o.text); break;
        case OPT_METRICS: add_address(&s->metrics, "--metrics", o.text); break;
        case OPT_BARE: add_address(&s->bare, "--bare", o.text); break;
        case OPT_CACHE: s->server.cache = o.number; break;
        case OPT_PRECOMPRESSED: s->server.precompressed = true; break;
        case OPT_LISTING: s->server.listing = o.number != 0; break;
        case OPT_LOG: set_log(&s->server, o.number); break;
        case OPT_LEVEL: s->server.level = o.number <= SLUICE_LEVEL_STRONGEST ? (int)o.number : LEVEL_AUTO; break;
        case OPT_THREADS: s->server.threads = (unsigned)o.number; break;
        case OPT_BLOCK: s->server.block = (size_t)o.number; break;
        case OPT_MAX_CONNECTIONS: s->server.max_connections = (unsigned)o.number; break;
        case OPT_MAX_PER_ADDRESS: s->server.max_per_address = (unsigned)o.number; break;
        case OPT_MAX_REQUESTS: s->server.max_requests = (unsigned)o.number; break;
        case OPT_MAX_HEADER: s->server.max_header = (size_t)o.number; break;
        case OPT_TIMEOUT_REQUEST: s->server.request_timeout = (unsigned)o.number; break;
        case OPT_TIMEOUT_IDLE: s->server.idle_timeout = (unsigned)o.number; break;
        case OPT_TIMEOUT_STOP: s->stop_timeout = (unsigned)o.number; break;
        case OPT_USER: s->user = o.text; break;
        case OPT_SANDBOX: s->sandbox = o.number != 0; break;
        case OPT_LOG_FILE: s->log_file = o.text; break;
        case OPT_MIN_RATE: s->server.min_rate = o.number; break;
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
            set_root(s, o.text);
            break;
        default:
            options_complain(&o, stderr);
            exit(EXIT_USAGE);
        }
    }
    if (!s->root)
        s->root = ".";
}
