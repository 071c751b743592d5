/*
 * listen.h: sockets that wait for clients.
 */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include "net/address.h"

#include <stdbool.h>
#include <stddef.h>

/* A name such as localhost stands for a few addresses, each with a socket of its own. */
enum { LISTEN_MOST = 8 };

/* Connections that wait to be accepted. The kernel lowers it to its own limit (net.core.somaxconn). */
enum { LISTEN_BACKLOG = 4096 };

/* Room for the text of an error. */
enum { LISTEN_ERROR_ROOM = 512 };

/*
 * Opens a listening, non-blocking, close-on-exec socket on each address that `address` names, and puts them into fds
 * (at most LISTEN_MOST), which the caller closes. Returns how many, or 0 with a sentence in error[LISTEN_ERROR_ROOM]
 * that names the address and the reason.
 *
 * Of the addresses of a name those that the machine does not have are passed over if others work; any other failure
 * is an error. Where port 0 takes a free one, the addresses after the first take the same. A Unix socket that a dead
 * server left behind is replaced; a file that is no socket, or a socket that is answered, is not.
 */
size_t listen_open(const struct address *address, int *fds, char *error);

/* The address that the socket is bound to, with the port that it got: text[ADDRESS_TEXT_ROOM]. Returns text. */
char *listen_name(int fd, char *text);

/* Closes the socket; a Unix socket's file is removed. */
void listen_close(int fd);

#endif
