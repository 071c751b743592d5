/*
 * loop_poll.c: waits with poll, where there is nothing better; see loop_poller.h.
 *
 * The descriptors lie in one array, the watches in another at the same place, which each watch knows. An empty place is
 * filled with the last.
 */
#include "net/loop_poller.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

enum { MEMORY_PAUSE = 10 }; /* ms until poll() is asked again that had no memory */

struct poller {
    struct pollfd *fds;
    struct loop_watch **watches;
    unsigned count, room;
    unsigned from; /* where the next report begins, so that none is passed over when more are ready than fit */
};

struct poller *poller_new(void)
{
    return calloc(1, sizeof(struct poller));
}

void poller_free(struct poller *poller)
{
    free(poller->fds);
    free(poller->watches);
    free(poller);
}

static bool make_room(struct poller *poller)
{
    const unsigned room = poller->room ? poller->room * 2 : 64;
    struct pollfd *fds;
    struct loop_watch **watches;

    if (poller->count < poller->room)
        return true;
    fds = realloc(poller->fds, room * sizeof *fds);
    if (!fds)
        return false;
    poller->fds = fds;
    watches = realloc(poller->watches, room * sizeof *watches);
    if (!watches)
        return false;
    poller->watches = watches;
    poller->room = room;
    return true;
}

bool poller_set(struct poller *poller, struct loop_watch *watch, unsigned events)
{
    if (events == 0) {
        const unsigned last = --poller->count;

        poller->fds[watch->place] = poller->fds[last];
        poller->watches[watch->place] = poller->watches[last];
        poller->watches[watch->place]->place = watch->place;
        return true;
    }
    if (watch->wanted == 0) {
        if (!make_room(poller))
            return false;
        watch->place = poller->count++;
        poller->watches[watch->place] = watch;
        poller->fds[watch->place].fd = watch->fd;
    }
    poller->fds[watch->place].events = (short)((events & LOOP_READ ? POLLIN : 0) | (events & LOOP_WRITE ? POLLOUT : 0));
    return true;
}

/*
 * poll() copies the whole array at each call and fails when there is no memory for it. That passes: nothing has been
 * lost, so the turn ends with no event, after a pause that keeps the loop from spinning meanwhile.
 */
static int wait_failed(int timeout)
{
    const int pause = timeout < 0 || timeout > MEMORY_PAUSE ? MEMORY_PAUSE : timeout;

    if (errno == ENOMEM || errno == EAGAIN)
        nanosleep(&(struct timespec){.tv_nsec = pause * 1000000L}, NULL);
    else if (errno != EINTR)
        return -1;
    return 0;
}

int poller_wait(struct poller *poller, int timeout, struct poller_event *events)
{
    const int ready = poll(poller->fds, poller->count, timeout);
    int count = 0;

    if (ready < 0)
        return wait_failed(timeout);
    if (ready == 0)
        return 0;
    if (poller->from >= poller->count)
        poller->from = 0;

    unsigned i = poller->from;

    do {
        const short found = poller->fds[i].revents;
        const unsigned gone = found & (POLLERR | POLLHUP | POLLNVAL) ? LOOP_READ | LOOP_WRITE : 0u;

        if (found) {
            events[count].watch = poller->watches[i];
            events[count].events = gone | (found & POLLIN ? LOOP_READ : 0u) | (found & POLLOUT ? LOOP_WRITE : 0u);
            count++;
        }
        if (++i == poller->count)
            i = 0;
    } while (i != poller->from && count < POLLER_BATCH && count < ready);
    poller->from = count == POLLER_BATCH ? i : 0; /* all have been reported: in the same order again */
    return count;
}
