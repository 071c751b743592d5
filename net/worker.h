/*
 * worker.h: one thread of a server, its event loop and what its connections share. Inside net/ alone.
 */
#ifndef NET_WORKER_H
#define NET_WORKER_H

#include "net/compressor.h"
#include "net/encoders.h"
#include "net/loop.h"
#include "net/metrics.h"
#include "net/server.h"
#include "net/transfer.h"

#include <pthread.h>
#include <stdatomic.h>

struct connection;

/*
 * What one turn of a connection may read and put out. The input bounds the time that a turn takes, the output what a
 * connection whose client stalls has to keep.
 */
enum { WORKER_INPUT = 64 * 1024, WORKER_OUTPUT = 32 * 1024 };

struct worker {
    struct server *server;
    const struct server_options *options;
    int root;
    struct loop *loop;
    struct encoders encoders;
    unsigned hardest;             /* transfers at LEVEL_HARDEST by their own choice (see level.h) */
    struct http_cache *cache;     /* the server's, or NULL */
    struct known_files *known;    /* NULL if there is no cache */
    struct transfer_buffer input; /* scratch: good for one call, shared by all connections of the thread */
    unsigned char *output;        /* scratch of WORKER_OUTPUT bytes */
    struct compressor *compressor; /* for slices that take long; NULL: there are none at this level */
    struct transfer_buffer beside; /* the compressor's input */
    struct connection *connections;
    struct metrics metrics; /* what this thread has done */

    atomic_uint load;   /* connections that are here or on their way; read by all threads */
    atomic_uint *total; /* connections of the whole server */
    struct tally *tally; /* of the clients, the whole server's, or NULL */
    unsigned refusals;   /* connections of those who have been refused and have not left */

    struct worker_listener *listeners; /* one for each of the server's */
    struct loop_timer accept_pause;    /* set while descriptors are short */
    enum server_stop stop;             /* what has been carried out */
    uint64_t flood_told;               /* when the log was last told of a flood, and how many came since: */
    unsigned long flood, flood_of_one; /* all who were refused, those of them who had enough themselves */

    pthread_t thread;
    pthread_mutex_t mail_lock;
    struct connection *mail; /* connections that another thread has accepted for this one */
    bool gone;               /* under mail_lock: the thread takes no mail any more */
};

#endif
