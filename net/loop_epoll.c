/* loop_epoll.c: waits with epoll (Linux); see loop_poller.h. */
#include "net/loop_poller.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct poller {
    int fd;
};

/* Linux 4.5; older headers do not name it. */
#ifndef EPOLLEXCLUSIVE
#define EPOLLEXCLUSIVE (1u << 28)
#endif

struct poller *poller_new(void)
{
    struct poller *poller = malloc(sizeof *poller);

    if (!poller)
        return NULL;
    poller->fd = epoll_create1(EPOLL_CLOEXEC);
    if (poller->fd >= 0)
        return poller;
    free(poller);
    return NULL;
}

void poller_free(struct poller *poller)
{
    close(poller->fd);
    free(poller);
}

bool poller_set(struct poller *poller, struct loop_watch *watch, unsigned events)
{
    struct epoll_event event = {.events = (events & LOOP_READ ? EPOLLIN : 0u) | (events & LOOP_WRITE ? EPOLLOUT : 0u) |
                                          (events & LOOP_SHARED ? EPOLLEXCLUSIVE : 0u),
                                .data.ptr = watch};

    /* A descriptor that nobody waits for is taken out, since epoll would go on to report that its peer is gone. */
    if (events == 0) {
        epoll_ctl(poller->fd, EPOLL_CTL_DEL, watch->fd, &event);
        return true;
    }
    return epoll_ctl(poller->fd, watch->wanted ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

int poller_wait(struct poller *poller, int timeout, struct poller_event *events)
{
    struct epoll_event found[POLLER_BATCH];
    const int count = epoll_wait(poller->fd, found, POLLER_BATCH, timeout);

    if (count < 0)
        return errno == EINTR ? 0 : -1;
    for (int i = 0; i < count; i++) {
        const unsigned gone = found[i].events & (EPOLLERR | EPOLLHUP) ? LOOP_READ | LOOP_WRITE : 0u;

        events[i].watch = found[i].data.ptr;
        events[i].events = gone | (found[i].events & EPOLLIN ? LOOP_READ : 0u) |
                           (found[i].events & EPOLLOUT ? LOOP_WRITE : 0u);
    }
    return count;
}
