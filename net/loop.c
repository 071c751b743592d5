/*
 * loop.c: turns, timers and the wake-up; see loop.h.
 *
 * Timers are a pairing heap threaded through the timers themselves: to set one takes no memory and cannot fail. A heap
 * is its first-due timer; `child` is the first of those that wait below it, `next` the one beside, `before` the one
 * before in that list, or the one above.
 */
#include "net/loop.h"

#include "net/loop_poller.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct loop {
    struct poller *poller;
    struct loop_timer *first; /* the heap, NULL: no timer is set */
    uint64_t now;
    uint64_t woken_us; /* when this turn's work began; 0: there has been no turn */
    struct loop_turns turns;
    uint64_t period_us, waited_us; /* when the time began over which `busy` is taken next; what it waited since */
    unsigned busy;
    struct poller_event batch[POLLER_BATCH];
    int batch_size; /* events of this turn; those of a watch that ends meanwhile are struck out */
    uint64_t late_us; /* when what is done in this turn has taken as long as it may */
    int from;         /* where to go on with those who have room to write */
    int wake_in, wake_out;
    struct loop_watch wake;
    void (*woken)(void *owner);
    void *owner;
};

static uint64_t clock_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* ---- the wake-up: a pipe that the loop watches ---- */

static void wake_ready(void *owner, unsigned events)
{
    struct loop *loop = owner;
    char bytes[64];

    (void)events;
    while (read(loop->wake_out, bytes, sizeof bytes) > 0)
        ;
    loop->woken(loop->owner);
}

void loop_wake(struct loop *loop)
{
    const int reason = errno;

    /* A full pipe wakes as well; a write that a signal has interrupted does not. */
    while (write(loop->wake_in, "", 1) < 0 && errno == EINTR)
        ;
    errno = reason;
}

static bool open_wake(struct loop *loop)
{
    int ends[2];

    if (pipe(ends) < 0)
        return false;
    loop->wake_out = ends[0];
    loop->wake_in = ends[1];
    for (int i = 0; i < 2; i++)
        if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) < 0 || fcntl(ends[i], F_SETFL, O_NONBLOCK) < 0)
            return false;
    loop->wake.fd = loop->wake_out;
    loop->wake.ready = wake_ready;
    loop->wake.owner = loop;
    return loop_want(loop, &loop->wake, LOOP_READ);
}

struct loop *loop_new(void (*woken)(void *owner), void *owner)
{
    struct loop *loop = calloc(1, sizeof *loop);

    if (!loop)
        return NULL;
    loop->woken = woken;
    loop->owner = owner;
    loop->wake_in = loop->wake_out = -1;
    loop->period_us = clock_us();
    loop->now = loop->period_us / 1000;
    loop->poller = poller_new();
    if (loop->poller && open_wake(loop))
        return loop;
    loop_free(loop);
    return NULL;
}

void loop_free(struct loop *loop)
{
    const int reason = errno;

    if (!loop)
        return;
    if (loop->poller)
        poller_free(loop->poller);
    if (loop->wake_in >= 0) {
        close(loop->wake_in);
        close(loop->wake_out);
    }
    free(loop);
    errno = reason;
}

/* ---- watches ---- */

bool loop_want(struct loop *loop, struct loop_watch *watch, unsigned events)
{
    if (watch->wanted == events)
        return true;
    if (!poller_set(loop->poller, watch, events))
        return false;
    watch->wanted = events;
    if (events == 0)
        for (int i = 0; i < loop->batch_size; i++)
            if (loop->batch[i].watch == watch)
                loop->batch[i].watch = NULL;
    return true;
}

/* ---- timers ---- */

/* Makes one heap of two. Either may be empty. */
static struct loop_timer *meld(struct loop_timer *a, struct loop_timer *b)
{
    if (!a || !b)
        return a ? a : b;
    if (b->due < a->due) {
        struct loop_timer *t = a;

        a = b;
        b = t;
    }
    b->before = a;
    b->next = a->child;
    if (a->child)
        a->child->before = b;
    a->child = b;
    return a;
}

/* Makes one heap of a list of heaps: in pairs from the left, then the pairs from the right. */
static struct loop_timer *meld_list(struct loop_timer *list)
{
    struct loop_timer *pairs = NULL, *heap = NULL;

    while (list) {
        struct loop_timer *a = list, *b = a->next, *pair;

        list = b ? b->next : NULL;
        a->next = a->before = NULL;
        if (b)
            b->next = b->before = NULL;
        pair = meld(a, b);
        pair->next = pairs;
        pairs = pair;
    }
    while (pairs) {
        struct loop_timer *rest = pairs->next;

        pairs->next = NULL;
        heap = meld(heap, pairs);
        pairs = rest;
    }
    return heap;
}

void loop_unset(struct loop *loop, struct loop_timer *timer)
{
    struct loop_timer *below;

    if (!timer->set)
        return;
    below = meld_list(timer->child);
    if (timer == loop->first) {
        loop->first = below;
    } else {
        if (timer->before->child == timer)
            timer->before->child = timer->next;
        else
            timer->before->next = timer->next;
        if (timer->next)
            timer->next->before = timer->before;
        loop->first = meld(loop->first, below);
    }
    timer->child = timer->next = timer->before = NULL;
    timer->set = false;
}

void loop_set(struct loop *loop, struct loop_timer *timer, uint64_t due)
{
    loop_unset(loop, timer);
    timer->due = due > loop->now ? due : loop->now + 1;
    timer->set = true;
    loop->first = meld(loop->first, timer);
}

/* ---- turns ---- */

uint64_t loop_now(const struct loop *loop)
{
    return loop->now;
}

unsigned loop_busy(const struct loop *loop)
{
    return loop->busy;
}

/* It has waited since begun_us. */
static void count_wait(struct loop *loop, uint64_t begun_us)
{
    const uint64_t passed = loop->woken_us - loop->period_us;

    loop->waited_us += loop->woken_us - begun_us;
    if (passed < LOOP_BUSY_PERIOD * UINT64_C(1000))
        return;
    loop->busy = (unsigned)((passed - loop->waited_us) * 1000 / passed);
    loop->period_us = loop->woken_us;
    loop->waited_us = 0;
}

static int time_to_wait(const struct loop *loop, int longest)
{
    uint64_t wait;

    if (!loop->first)
        return longest;
    wait = loop->first->due > loop->now ? loop->first->due - loop->now : 0;
    if (wait > INT_MAX)
        wait = INT_MAX;
    return longest >= 0 && (uint64_t)longest < wait ? longest : (int)wait;
}

const unsigned loop_turn_steps[LOOP_TURN_STEPS] = {100, 500, 1000, 2500, 5000, 10000, 50000, 250000};

const struct loop_turns *loop_turns(const struct loop *loop)
{
    return &loop->turns;
}

static void add(atomic_ulong *counter, unsigned long n)
{
    /* No other thread writes. */
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n, memory_order_relaxed);
}

static void count_turn(struct loop *loop, unsigned long us)
{
    unsigned step = 0;

    while (step < LOOP_TURN_STEPS && us > loop_turn_steps[step])
        step++;
    add(&loop->turns.counts[step], 1);
    add(&loop->turns.us, us);
    if (us > atomic_load_explicit(&loop->turns.longest_us, memory_order_relaxed))
        atomic_store_explicit(&loop->turns.longest_us, us, memory_order_relaxed);
}

bool loop_is_late(const struct loop *loop)
{
    return clock_us() > loop->late_us;
}

/* Calls whom event i of the batch concerns, if that is for one of `events`: once. Gives whether it was. */
static bool call(struct loop *loop, int i, unsigned events)
{
    struct loop_watch *const watch = loop->batch[i].watch;
    const unsigned due = watch ? loop->batch[i].events & watch->wanted : 0; /* that may have changed meanwhile */

    if (!(due & events))
        return false;
    loop->batch[i].watch = NULL;
    watch->ready(watch->owner, due);
    return true;
}

/* One at least, and then as many as there is time for. */
static void call_timers(struct loop *loop)
{
    do {
        struct loop_timer *const timer = loop->first;

        if (!timer || timer->due > loop->now)
            return;
        loop_unset(loop, timer);
        timer->passed(timer->owner);
    } while (!loop_is_late(loop));
}

/* The same. All of them are reported again in the next turn, which begins with those that have not had theirs. */
static void call_writers(struct loop *loop)
{
    const int count = loop->batch_size;
    const int from = loop->from < count ? loop->from : 0;

    loop->from = 0;
    for (int k = 0; k < count; k++) {
        const int i = from + k < count ? from + k : from + k - count;

        if (call(loop, i, LOOP_WRITE) && loop_is_late(loop)) {
            loop->from = i + 1;
            return;
        }
    }
}

bool loop_turn(struct loop *loop, int longest)
{
    const uint64_t begun_us = clock_us();
    int count;

    if (loop->woken_us != 0)
        count_turn(loop, (unsigned long)(begun_us - loop->woken_us));
    loop->now = begun_us / 1000;
    count = poller_wait(loop->poller, time_to_wait(loop, longest), loop->batch);
    loop->woken_us = clock_us();
    loop->now = loop->woken_us / 1000;
    count_wait(loop, begun_us);
    loop->batch_size = count > 0 ? count : 0;
    loop->late_us = loop->woken_us + LOOP_TURN_LONGEST;
    for (int i = 0; i < loop->batch_size; i++)
        call(loop, i, LOOP_READ);
    call_timers(loop);
    loop->late_us = clock_us() + LOOP_TURN_LONGEST; /* or a crowd of readers would leave the writers nothing */
    call_writers(loop);
    loop->batch_size = 0;
    return count >= 0;
}
