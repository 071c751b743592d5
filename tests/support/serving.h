/*
 * serving.h: a server in this process, on loopback, for tests of what its clients meet with, and what it logs. What
 * goes wrong in setting it up ends the test.
 */
#ifndef TESTS_SERVING_H
#define TESTS_SERVING_H

#include "net/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct serving {
    struct server *server;
    char *log; /* what has been logged: complete after serving_halt(), and there until serving_forget() */
    size_t log_size;
    FILE *log_file;
};

/* What most tests want: level 1, two threads, else as server_defaults(). */
struct server_options serving_options(void);

/* Makes one of the folder `root`, which listens to nothing yet. */
void serving_make(struct serving *serving, struct server_options options, int root);

/* Lets it listen on `address`, as "127.0.0.1:0", and returns the port, 0 for a local socket. Before serving_start(). */
int serving_listen(struct serving *serving, const char *address, const struct protocol *protocol);

void serving_start(struct serving *serving);

/* Stops it, waits for its end and frees it. As server_wait(), which is checked to be true unless it is SERVER_END. */
bool serving_halt(struct serving *serving, enum server_stop how);

/* Frees the log. */
void serving_forget(struct serving *serving);

/* serving_halt() and serving_forget(). */
void serving_end(struct serving *serving, enum server_stop how);

/* Does the log, once it is complete, have this text? If not it is shown. */
bool serving_logged(const struct serving *serving, const char *text);

/* Waits until the log has it, while the server runs; false when the patience is over (LOOPBACK_PATIENCE). */
bool serving_soon_logged(struct serving *serving, const char *text);

#endif
