/*
 * settings.h: what the command line of sluice-server says.
 */
#ifndef APP_SERVER_SETTINGS_H
#define APP_SERVER_SETTINGS_H

#include "net/address.h"
#include "net/server.h"

#include <stdbool.h>
#include <stddef.h>

enum exit_code {
    EXIT_STOPPED = 0,
    EXIT_USAGE = 1,
    EXIT_LISTEN = 2,
    EXIT_ROOT = 3,
    EXIT_SYSTEM = 4,
    EXIT_BROKEN_OFF = 5
};

extern const char program[];

/* More listeners than anyone has use for; each takes a descriptor in each thread's loop. */
enum { ADDRESSES_MOST = 64 };

struct addresses {
    struct address list[ADDRESSES_MOST];
    size_t count;
};

struct settings {
    struct server_options server; /* its log is opened later: stderr, or NULL for none */
    const char *root;
    struct addresses http, bare, metrics;
    const char *log_file;  /* NULL: standard error */
    const char *user;      /* whom root becomes; NULL: see user.h */
    unsigned stop_timeout; /* ms that transfers have when the server is told to stop */
    bool sandbox;
    bool verbose;
};

/* Fills in what the arguments say, and defaults for the rest. Exits the program for --help, --version and errors. */
void settings_read(struct settings *settings, int argc, char **argv);

/* Listens where is listened if nobody says where. */
void settings_default_addresses(struct settings *settings);

#endif
