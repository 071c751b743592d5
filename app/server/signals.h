/*
 * signals.h: a thread that waits for signals and tells the server: TERM and INT stop it, HUP opens the log anew.
 */
#ifndef APP_SERVER_SIGNALS_H
#define APP_SERVER_SIGNALS_H

#include "app/server/keeper.h"
#include "net/server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

struct signals {
    struct server *server;
    struct keeper *keeper; /* opens the log */
    FILE *log;             /* of a file: opened anew on HUP. NULL: HUP ends the program, as without us */
    unsigned stop_timeout; /* ms that transfers have to finish; 0: without bound */

    /* private */
    pthread_t thread;
    atomic_bool done;
};

/* Blocks the signals in this thread and all that it starts, so that they arrive here. `log_is_file`: HUP too. */
void signals_block(bool log_is_file);

/* Starts to wait. False: no thread. */
bool signals_begin(struct signals *signals);

/* The server has ended: no more waiting. */
void signals_end(struct signals *signals);

#endif
