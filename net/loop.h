/*
 * loop.h: an event loop: waits until sockets are ready or timers are due, and calls whoever asked.
 *
 * One thread owns a loop and calls everything here, except loop_wake(). Readiness is level-triggered: who is ready and
 * does not finish is called again in the next turn, so that a connection may do one bounded slice of work a turn and
 * all get theirs. The system's call sits behind loop_poller.h, chosen by file.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_watch;
struct loop_timer;

enum {
    LOOP_READ = 1,  /* input waits, or the peer is gone */
    LOOP_WRITE = 2, /* there is room, or the peer is gone */
    LOOP_SHARED = 4 /* with LOOP_READ, on a listening socket that several loops watch: one is enough to be woken */
};

/* A descriptor that is watched. It lives in the owner's memory and must stay there while `wanted` is not 0. */
struct loop_watch {
    int fd;
    unsigned wanted; /* what it is watched for; changed by loop_want() alone */
    unsigned place;  /* the poller's own */
    void (*ready)(void *owner, unsigned events);
    void *owner;
};

/*
 * A moment that is waited for. It lives in the owner's memory and must stay there while it is set. All zero: not set.
 */
struct loop_timer {
    uint64_t due; /* on the clock of loop_now() */
    void (*passed)(void *owner);
    void *owner;
    bool set;
    struct loop_timer *child, *next, *before; /* the heap's, see loop.c */
};

/* Makes a loop. `woken` is called in a turn that follows a loop_wake(). NULL: no descriptors or no memory (errno). */
struct loop *loop_new(void (*woken)(void *owner), void *owner);

/* Frees the loop; nothing may be watched or set any more. NULL is fine. */
void loop_free(struct loop *loop);

/*
 * From now on `watch->ready` is called when one of `events` is there; 0: never again (and the watch may be freed at
 * once, even from within any `ready`). False: no memory; the watch is then as it was. A watch for 0 cannot fail.
 */
bool loop_want(struct loop *loop, struct loop_watch *watch, unsigned events);

/*
 * Sets the timer to a moment, or to another one; `passed` is called once it is over, and the timer is unset by then.
 * A moment that is over already counts as the next millisecond, so that a timer that sets itself cannot keep a turn.
 */
void loop_set(struct loop *loop, struct loop_timer *timer, uint64_t due);
void loop_unset(struct loop *loop, struct loop_timer *timer);

/* Milliseconds on a clock that never goes back, as it was when this turn began. */
uint64_t loop_now(const struct loop *loop);

/* Thousandths of its time that it has not waited, over the last LOOP_BUSY_PERIOD ms or a little more. */
enum { LOOP_BUSY_PERIOD = 100 };
unsigned loop_busy(const struct loop *loop);

/*
 * One turn: waits at most `longest` milliseconds (below 0: without bound) until something is there, and calls those
 * whom it concerns: first those for whom there is input, which is requests and new clients; then timers; then those who
 * have room to write. The timers stop when the turn has lasted LOOP_TURN_LONGEST, the writers when they have lasted as
 * long, and go on there in the next turn: so a crowd of downloads delays a new request by little more, however large
 * the crowd. False: the system's call failed (errno).
 */
enum { LOOP_TURN_LONGEST = 2000 }; /* microseconds */
bool loop_turn(struct loop *loop, int longest);

/*
 * How long turns were at work, from the moment when something was there until all whom it concerned had been called: so
 * long others had to wait. counts[i]: turns of at most loop_turn_steps[i] microseconds; the last: longer ones. From any
 * thread.
 */
enum { LOOP_TURN_STEPS = 8 };
extern const unsigned loop_turn_steps[LOOP_TURN_STEPS];
struct loop_turns {
    atomic_ulong counts[LOOP_TURN_STEPS + 1];
    atomic_ulong us, longest_us; /* of all together; of the longest */
};
const struct loop_turns *loop_turns(const struct loop *loop);

/* Has this turn lasted as long? Then work that can wait had better wait. For who is called in it. */
bool loop_is_late(const struct loop *loop);

/* Makes the loop's turn come at once. From any thread, and from a signal handler. */
void loop_wake(struct loop *loop);

#endif
