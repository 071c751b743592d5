/*
 * loop_poller.h: what loop.c needs of the system: epoll on Linux (loop_epoll.c), poll elsewhere (loop_poll.c).
 */
#ifndef NET_LOOP_POLLER_H
#define NET_LOOP_POLLER_H

#include "net/loop.h"

#include <stddef.h>

/*
 * The most that one turn reports. More wait for the next turn. So many that a new client is among them though many have
 * room to be sent to.
 */
enum { POLLER_BATCH = 512 };

struct poller;

struct poller_event {
    struct loop_watch *watch;
    unsigned events; /* LOOP_READ, LOOP_WRITE; both when the peer is gone */
};

struct poller *poller_new(void);
void poller_free(struct poller *poller);

/* Changes what a watch is watched for from watch->wanted to `events`. False: no memory (errno). */
bool poller_set(struct poller *poller, struct loop_watch *watch, unsigned events);

/* Waits, and fills in at most POLLER_BATCH events. Gives their number, 0 after `timeout` ms or a signal, -1: errno. */
int poller_wait(struct poller *poller, int timeout, struct poller_event *events);

#endif
