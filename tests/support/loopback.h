/*
 * loopback.h: a client's end of a connection, for tests of servers. Nothing here waits for ever: a peer that is silent
 * for LOOPBACK_PATIENCE seconds counts as broken.
 */
#ifndef TESTS_LOOPBACK_H
#define TESTS_LOOPBACK_H

#include <stdbool.h>
#include <stddef.h>

enum { LOOPBACK_PATIENCE = 20 };

/* How a connection ended for the one who reads. */
enum loopback_end {
    LOOPBACK_CLOSED, /* in order */
    LOOPBACK_RESET,  /* by a reset */
    LOOPBACK_MORE,   /* not yet: the bytes asked for are there */
    LOOPBACK_HANGS   /* the patience is over */
};

/* Connects to 127.0.0.1:PORT; -1 and errno if that fails. With `small` the kernel buffers little for this end. */
int loopback_connect(int port, bool small);

/* Sends all of it, or as much as the peer takes before it ends the connection. */
void loopback_send(int fd, const void *data, size_t size);

/* Reads until the end or until `size` bytes are there. *got counts them. */
enum loopback_end loopback_read(int fd, void *data, size_t size, size_t *got);

/* Would a read return at once, with bytes or the end? */
bool loopback_readable(int fd);

/* Reads until the end into memory of its own, which the caller frees. */
enum loopback_end loopback_read_all(int fd, unsigned char **data, size_t *size);

/* Closes with a reset, as a client that crashes may. */
void loopback_reset(int fd);

/* The number of descriptors that this process has open. */
int loopback_descriptors(void);

#endif
