/*
 * loop over poll, on a system that is short of memory: poll() copies its array at each call and then fails with ENOMEM.
 * The loop lives on, its timers pass, and what was ready is reported once there is memory again.
 */
#include <errno.h>
#include <poll.h>

static int failing; /* how many calls are going to fail */
static int failing_with;

static int poll_or_fail(struct pollfd *fds, nfds_t count, int timeout)
{
    if (failing == 0)
        return poll(fds, count, timeout);
    failing--;
    errno = failing_with;
    return -1;
}

#define poll poll_or_fail
#include "net/loop.c"
#include "net/loop_poll.c"
#undef poll
#include "tests/support/check.h"

#include <string.h>

static unsigned calls, passed;

static void woken(void *owner)
{
    (void)owner;
    calls++;
}

static void timer_passed(void *owner)
{
    (void)owner;
    passed++;
}

/* The turn that is woken is the first whose call comes about. */
static void what_is_ready_waits_for_memory(struct loop *loop, int error)
{
    check_context("ready, while poll fails: %s", strerror(error));
    calls = 0;
    loop_wake(loop);
    failing = 3;
    failing_with = error;
    for (int turn = 0; turn < 3; turn++) {
        CHECK(loop_turn(loop, -1));
        CHECK_EQ(calls, 0);
    }
    CHECK_EQ(failing, 0);
    CHECK(loop_turn(loop, -1));
    CHECK_EQ(calls, 1);
}

static void a_turn_that_must_not_wait_does_not(struct loop *loop)
{
    check_context("no time to wait");
    failing = 1;
    failing_with = ENOMEM;
    CHECK(loop_turn(loop, 0));
    CHECK_EQ(failing, 0);
}

/* For as long as it lasts: the turns end though nothing is ever ready. */
static void timers_pass_without_memory(struct loop *loop)
{
    struct loop_timer timer = {.passed = timer_passed};

    check_context("timers, while poll fails");
    loop_set(loop, &timer, loop_now(loop) + 35);
    failing = 100000;
    failing_with = ENOMEM;
    while (failing > 0 && passed == 0)
        CHECK(loop_turn(loop, -1));
    CHECK_EQ(passed, 1);
    CHECK(failing > 99000); /* it paused instead of asking again at once */
    failing = 0;
}

/* What does not pass is told of. */
static void other_errors_are_the_callers(struct loop *loop)
{
    check_context("not a matter of memory");
    failing = 1;
    failing_with = EINVAL;
    CHECK(!loop_turn(loop, -1));
    CHECK_EQ(errno, EINVAL);
}

int main(void)
{
    struct loop *const loop = loop_new(woken, NULL);

    if (CHECK(loop != NULL)) {
        what_is_ready_waits_for_memory(loop, ENOMEM);
        what_is_ready_waits_for_memory(loop, EAGAIN);
        a_turn_that_must_not_wait_does_not(loop);
        timers_pass_without_memory(loop);
        other_errors_are_the_callers(loop);
    }
    loop_free(loop);
    return check_report("net/loop_poll_memory");
}
