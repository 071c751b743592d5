/*
 * hostile.h: a server, of the bare protocol or of HTTP, that does what a good one never would, on command.
 */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum hostile_ending {
    HOSTILE_CLOSE, /* an orderly close */
    HOSTILE_RESET, /* the connection is reset (TCP only) */
    HOSTILE_STALL  /* nothing more comes until the client goes */
};

/* What is done with one connection. All zero: the name is read and the connection closed, a refusal. */
struct hostile_script {
    const void *data; /* what is sent */
    size_t size;
    size_t piece;     /* bytes a send, each on its own; 0: all at once */
    enum hostile_ending ending;
    bool one_read;    /* answer after one read, as the original server; else when the client has shut down sending */
    bool http;        /* answer when an empty line has come, which ends a request of HTTP */
    const struct hostile_script *then; /* HTTP: what is done with the next request on this connection; NULL: nothing */
};

struct hostile {
    pid_t pid;
    unsigned port; /* on 127.0.0.1, or on ::1 */

    /* private */
    int asked; /* a pipe: each name or request, a newline behind it; HTTP: "connection N" before its first */
    char *told;
    size_t told_size;
    const char *scheme;
};

/*
 * Serves in a process of its own, each connection in one more: the n-th by scripts[n], all after the last by that one.
 * address: "127.0.0.1", "::1", or the path of a local socket. False: there is no such address here.
 */
bool hostile_begin(struct hostile *h, const char *address, const struct hostile_script *scripts, size_t count);

/* The same on 127.0.0.1; ends the test if it cannot. */
void hostile_serve(struct hostile *h, const struct hostile_script *scripts, size_t count);

/* The URL of a file on 127.0.0.1: text that is good for the next eight calls. */
const char *hostile_url(const struct hostile *h, const char *name);

/* All that has been asked for so far, as text, good until the next call; whether this was. */
const char *hostile_asked(struct hostile *h);
bool hostile_was_asked(struct hostile *h, const char *what);

void hostile_end(struct hostile *h);

/* A port on 127.0.0.1 that nobody listens on. */
unsigned hostile_closed_port(void);

/*
 * A port on 127.0.0.1 that takes no more connections, so that connecting to it does not come to an end. The sockets
 * are in fds[], to be closed; false: could not be brought about here.
 */
bool hostile_full_port(unsigned *port, int fds[8]);

#endif
