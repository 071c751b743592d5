/*
 * keeper.h: a second process that does what the confined server no longer can, on a word from it.
 *
 * The server has to open its log anew after SIGHUP, and to remove the files of its Unix sockets at its end; both lie
 * outside the folder that it is confined to, and where only root may write. So before it gives anything up it starts a
 * process that keeps the right to do these two things, knows their names from the start, and hears single letters: who
 * takes over the server can make it open the log once more, and nothing else. It ends with the server, in any case.
 */
#ifndef APP_SERVER_KEEPER_H
#define APP_SERVER_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct keeper {
    int fd; /* -1: there is none */
    pid_t pid;
};

/*
 * Starts it. log: the file to open, or NULL. sockets: the paths of `count` Unix sockets. Descriptors from 3 to
 * 2 + inherited are not for it. To be called before any other is open and before threads are. False: errno.
 */
bool keeper_start(struct keeper *keeper, const char *log, const char *const *sockets, size_t count, int inherited);

/* From now on the sockets are there, and ours: they are removed at the end. */
void keeper_arm(struct keeper *keeper);

/* The log, opened anew to append to; the caller's. -1: errno. */
int keeper_open_log(struct keeper *keeper);

/* Has the sockets removed, and ends it. */
void keeper_end(struct keeper *keeper);

/* Opens a log to append to, which is made if it is not there. -1: errno. */
int keeper_open(const char *log);

#endif
