/*
 * server.h: a server: listening sockets, threads with an event loop each, a folder, limits.
 *
 *     struct server *server = server_new(&options, root, error);
 *     server_listen(server, fd, &bare_protocol);
 *     server_start(server, error);
 *     ...                                  (from elsewhere: server_stop)
 *     server_wait(server);
 *     server_free(server);
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "net/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct protocol;
struct server;

struct server_options {
    int level;                /* of compression, 0 to 12, or LEVEL_AUTO (see level.h) */
    unsigned threads;         /* event loops, at least 1 */
    unsigned max_connections; /* at a time; more are refused as soon as they come */
    unsigned max_per_address; /* of them for one client (see tally.h); 0: as many as there may be */
    unsigned max_requests;    /* HTTP: in one connection, which is then closed; 0: no limit */
    size_t max_header;        /* HTTP: bytes of a request's head; 0: HTTP_HEAD_LONGEST */
    unsigned request_timeout; /* ms within which a request must be complete */
    unsigned idle_timeout;    /* ms that a client may ask for nothing, or take too little of what it asked for */
    uint64_t min_rate;        /* bytes a second that a client must take of what it asked for; 0: something at least */
    uint64_t limit_rate;      /* bytes a second that one connection is sent at most; 0: no limit */
    size_t block;             /* bytes of a file that are read at a time; 0: as measured to be good */
    bool once;                /* take one connection, and stop when it has ended */
    uint64_t cache;           /* HTTP: bytes of memory for compressed copies; 0: none */
    bool precompressed;       /* HTTP: FILE.gz, if it is not older than FILE, is FILE in gzip */
    bool listing;             /* HTTP: a folder without an index.html is answered with a page of its files */
    FILE *log;                /* a line a request; NULL: none */
    bool log_combined;        /* HTTP: the log has Referer and User-Agent too */
    struct trace trace;
};

/* Reasonable values for all of them: level 6, one thread, folders are listed, no cache, no log, no trace. */
struct server_options server_defaults(void);

enum { SERVER_ERROR_ROOM = 256 };

/* Makes a server of the files beneath the folder `root`, a descriptor that stays the caller's. NULL: see error. */
struct server *server_new(const struct server_options *options, int root, char *error);

/* Lets it listen on `fd`, which it takes over (see listen.h), speaking `protocol`. Before server_start(). */
bool server_listen(struct server *server, int fd, const struct protocol *protocol);

/* The same for a socket that others have too, who open and remove it. */
bool server_adopt(struct server *server, int fd, const struct protocol *protocol);

/* Starts its threads. They have all signals blocked. False: see error; nothing runs then. */
bool server_start(struct server *server, char *error);

enum server_stop {
    SERVER_RUNNING, /* (not stopped) */
    SERVER_CLOSED,  /* no new connection; those that there are go on */
    SERVER_FINISH,  /* no new connection, nor a new request; what has been asked for is sent to its end */
    SERVER_END      /* break off everything */
};

/* Tells it to stop, from any thread, once server_start() has returned. A later call can only make it harder. */
void server_stop(struct server *server, enum server_stop how);

/* Waits until all threads have ended after a stop. False: transfers were broken off by SERVER_END. */
bool server_wait(struct server *server);

/* Writes what it has done so far, see metrics.h. From any of its threads. */
void server_write_metrics(struct server *server, FILE *out);

/* Frees it; it must not be running. Closes the sockets that were handed over. NULL is fine. */
void server_free(struct server *server);

#endif
