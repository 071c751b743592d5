/*
 * listen_inherited.h: listening sockets that whoever started the process has opened for it, in the way of systemd
 * (sd_listen_fds(3)): LISTEN_PID is the process they are for, LISTEN_FDS their number, from descriptor 3 on, and
 * LISTEN_FDNAMES their names, separated by colons. Since the socket outlives the server, a restart refuses no client.
 */
#ifndef NET_LISTEN_INHERITED_H
#define NET_LISTEN_INHERITED_H

#include <stdbool.h>

/* More than anyone hands over. */
enum { LISTEN_INHERITED_MOST = 64 };

/* The first of them, and room for the text of an error. */
enum { LISTEN_INHERITED_FIRST = 3, LISTEN_INHERITED_ROOM = 256 };

/*
 * How many there are for this process; 0: none. The variables are removed, so that they mean no other program.
 * -1: they are not what they should be; error[LISTEN_INHERITED_ROOM] tells. `names` (LISTEN_INHERITED_MOST of them)
 * point into the environment's old text; "" where there is no name.
 */
int listen_inherited(const char **names, char *error);

/* Makes one of them ready: it must be a stream socket that listens. False: error tells. */
bool listen_adopt(int fd, char *error);

#endif
