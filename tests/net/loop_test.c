/*
 * loop: who is ready is called, who has left is not, timers pass in order, another thread can wake it.
 * loop_poll_test.c runs the same over poll.
 */
#include "net/loop.h"
#include "tests/support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef LOOP_TEST_NAME
#define LOOP_TEST_NAME "net/loop"
#endif

static struct loop *loop;
static int woken_calls;

static void woken(void *owner)
{
    (void)owner;
    woken_calls++;
}

/* One end of a socket pair that is watched; what it saw is written down. */
struct end {
    struct loop_watch watch;
    int other;
    int calls;
    unsigned events;
    struct end *ends; /* a watch to be ended when this one is called, or NULL */
};

static void end_ready(void *owner, unsigned events)
{
    struct end *end = owner;

    end->calls++;
    end->events = events;
    if (end->ends)
        loop_want(loop, &end->ends->watch, 0);
}

static bool end_open(struct end *end, unsigned events)
{
    int pair[2];

    memset(end, 0, sizeof *end);
    if (!CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0))
        return false;
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    end->watch.fd = pair[0];
    end->other = pair[1];
    end->watch.ready = end_ready;
    end->watch.owner = end;
    return CHECK(loop_want(loop, &end->watch, events));
}

static void end_close(struct end *end)
{
    loop_want(loop, &end->watch, 0);
    close(end->watch.fd);
    close(end->other);
}

static void readiness_is_reported_until_it_is_used_up(void)
{
    struct end end;
    char byte;

    check_context("readiness");
    if (!end_open(&end, LOOP_READ))
        return;
    loop_turn(loop, 0);
    CHECK_EQ(end.calls, 0);
    CHECK_EQ(write(end.other, "x", 1), 1);
    loop_turn(loop, 1000);
    loop_turn(loop, 1000);
    CHECK_EQ(end.calls, 2);
    CHECK_EQ(end.events, LOOP_READ);
    CHECK_EQ(read(end.watch.fd, &byte, 1), 1);
    loop_turn(loop, 0);
    CHECK_EQ(end.calls, 2);

    CHECK(loop_want(loop, &end.watch, LOOP_READ | LOOP_WRITE));
    loop_turn(loop, 1000);
    CHECK_EQ(end.calls, 3);
    CHECK_EQ(end.events, LOOP_WRITE);
    CHECK(loop_want(loop, &end.watch, LOOP_READ));
    loop_turn(loop, 0);
    CHECK_EQ(end.calls, 3);

    /* Nobody who does not want to is told, though the peer be gone. */
    CHECK(loop_want(loop, &end.watch, 0));
    shutdown(end.other, SHUT_RDWR);
    loop_turn(loop, 0);
    CHECK_EQ(end.calls, 3);
    CHECK(loop_want(loop, &end.watch, LOOP_WRITE));
    loop_turn(loop, 1000);
    CHECK_EQ(end.calls, 4);
    CHECK_EQ(end.events, LOOP_WRITE);
    end_close(&end);
}

static void who_has_left_is_not_called_even_in_the_same_turn(void)
{
    struct end a, b;

    check_context("left in the same turn");
    if (!end_open(&a, LOOP_READ) || !end_open(&b, LOOP_READ))
        return;
    a.ends = &b;
    b.ends = &a;
    CHECK_EQ(write(a.other, "x", 1), 1);
    CHECK_EQ(write(b.other, "x", 1), 1);
    loop_turn(loop, 1000);
    CHECK_EQ(a.calls + b.calls, 1); /* whichever came first has ended the other */
    end_close(&a);
    end_close(&b);
}

/* More than one turn reports. */
enum { MANY = 500 };

static void everyone_gets_a_turn(void)
{
    static struct end ends[MANY];
    int called = 0;

    check_context("%d at once", MANY);
    for (int i = 0; i < MANY; i++)
        if (!end_open(&ends[i], LOOP_WRITE))
            return;
    for (int turn = 0; turn < 2 * MANY && called < MANY; turn++) {
        loop_turn(loop, 1000);
        called = 0;
        for (int i = 0; i < MANY; i++)
            called += ends[i].calls > 0;
    }
    CHECK_EQ(called, MANY);
    for (int i = 0; i < MANY; i++)
        end_close(&ends[i]);
}

/* ---- timers ---- */

struct alarm {
    struct loop_timer timer;
    uint64_t passed_at;
    int calls;
    int rank; /* how many had passed before it */
    bool again;
};

static int alarms_passed;

static void alarm_passed(void *owner)
{
    struct alarm *alarm = owner;

    alarm->calls++;
    alarm->passed_at = loop_now(loop);
    alarm->rank = alarms_passed++;
    if (alarm->again)
        loop_set(loop, &alarm->timer, loop_now(loop));
}

static void timers_pass_in_order_and_not_before_their_time(void)
{
    static struct alarm alarms[300];
    enum { COUNT = sizeof alarms / sizeof *alarms };
    uint64_t seed = 7, begin;
    int left = 0, misordered = 0;

    check_context("timers");
    loop_turn(loop, 0);
    begin = loop_now(loop);
    alarms_passed = 0;
    for (int i = 0; i < COUNT; i++) {
        alarms[i].timer.passed = alarm_passed;
        alarms[i].timer.owner = &alarms[i];
        loop_set(loop, &alarms[i].timer, begin + check_random(&seed) % 50);
    }
    for (int i = 0; i < COUNT; i += 3) /* some change their minds */
        loop_set(loop, &alarms[i].timer, begin + check_random(&seed) % 50);
    for (int i = 1; i < COUNT; i += 3) { /* and some do not come at all */
        loop_unset(loop, &alarms[i].timer);
        loop_unset(loop, &alarms[i].timer);
        left++;
    }
    while (alarms_passed < COUNT - left && loop_now(loop) < begin + 60000)
        loop_turn(loop, 1000);
    for (int i = 0; i < COUNT; i++) {
        CHECK_EQ(alarms[i].calls, i % 3 != 1);
        CHECK(!alarms[i].timer.set);
        CHECK(alarms[i].calls == 0 || alarms[i].passed_at >= alarms[i].timer.due);
        for (int k = 0; k < i; k++)
            if (alarms[i].calls && alarms[k].calls && alarms[i].timer.due != alarms[k].timer.due)
                misordered += (alarms[i].timer.due < alarms[k].timer.due) != (alarms[i].rank < alarms[k].rank);
    }
    CHECK_EQ(misordered, 0);
}

static void a_timer_that_sets_itself_does_not_keep_the_turn(void)
{
    struct alarm alarm = {.again = true};

    check_context("a timer that sets itself");
    alarm.timer.passed = alarm_passed;
    alarm.timer.owner = &alarm;
    loop_set(loop, &alarm.timer, 0);
    for (int i = 0; i < 10; i++)
        loop_turn(loop, 1000);
    CHECK(alarm.calls >= 1 && alarm.calls <= 10);
    loop_unset(loop, &alarm.timer);
}

/* ---- a turn has an end, however many want to write ---- */

struct writer {
    struct loop_watch watch;
    unsigned calls;
};

static unsigned writers_called, reader_called;

/* A ms of work. */
static void write_something(void *owner, unsigned events)
{
    struct writer *const writer = owner;
    struct timespec begun, now;

    (void)events;
    writer->calls++;
    writers_called++;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - begun.tv_sec) * 1000000000 + now.tv_nsec - begun.tv_nsec < 1000000);
}

static void read_something(void *owner, unsigned events)
{
    const struct loop_watch *const watch = owner;
    char byte;

    (void)events;
    CHECK_EQ(writers_called, 0); /* those who read come first */
    reader_called += read(watch->fd, &byte, 1) == 1;
}

static void a_crowd_of_writers_keeps_nobody_waiting(void)
{
    static struct writer writers[100];
    enum { COUNT = sizeof writers / sizeof *writers };
    struct loop_watch reader = {.ready = read_something};
    unsigned most = 0, least = COUNT * 100, longest = 0;
    int ends[COUNT + 1][2];

    check_context("a crowd of writers");
    for (int i = 0; i <= COUNT; i++)
        if (!CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends[i]), 0))
            return;
    for (int i = 0; i < COUNT; i++) {
        writers[i].watch = (struct loop_watch){.fd = ends[i][0], .ready = write_something, .owner = &writers[i]};
        loop_want(loop, &writers[i].watch, LOOP_WRITE);
    }
    reader.fd = ends[COUNT][0];
    reader.owner = &reader;
    loop_want(loop, &reader, LOOP_READ);
    for (int turn = 0; turn < 400; turn++) {
        writers_called = reader_called = 0;
        if (turn % 10 == 0)
            CHECK_EQ(write(ends[COUNT][1], "", 1), 1);
        loop_turn(loop, 1000);
        CHECK_EQ(reader_called, turn % 10 == 0);
        CHECK(writers_called > 0);
        if (writers_called > longest)
            longest = writers_called;
    }
    CHECK(longest <= LOOP_TURN_LONGEST / 1000 + 1);
    for (int i = 0; i < COUNT; i++) {
        most = writers[i].calls > most ? writers[i].calls : most;
        least = writers[i].calls < least ? writers[i].calls : least;
    }
    check_context("a crowd of writers: %u to %u calls", least, most);
    CHECK(least > 0 && most <= 2 * least + 4); /* about the same for each: the reader moves their places */
    loop_want(loop, &reader, 0);
    for (int i = 0; i < COUNT; i++)
        loop_want(loop, &writers[i].watch, 0);
    for (int i = 0; i <= COUNT; i++) {
        close(ends[i][0]);
        close(ends[i][1]);
    }
}

/* ---- waking ---- */

static void *wake_it(void *unused)
{
    loop_wake(loop);
    return unused;
}

static void another_thread_wakes_it(void)
{
    pthread_t thread;

    check_context("wake");
    woken_calls = 0;
    if (!CHECK_EQ(pthread_create(&thread, NULL, wake_it, NULL), 0))
        return;
    loop_turn(loop, -1); /* would wait for good */
    CHECK_EQ(woken_calls, 1);
    pthread_join(thread, NULL);
    for (int i = 0; i < 100000; i++) /* more than a pipe holds: neither blocks nor is lost */
        loop_wake(loop);
    loop_turn(loop, -1);
    CHECK_EQ(woken_calls, 2);
    loop_turn(loop, 0);
    CHECK_EQ(woken_calls, 2);
}

int main(void)
{
    loop = loop_new(woken, NULL);
    if (!CHECK(loop != NULL))
        return check_report(LOOP_TEST_NAME);
    readiness_is_reported_until_it_is_used_up();
    who_has_left_is_not_called_even_in_the_same_turn();
    everyone_gets_a_turn();
    timers_pass_in_order_and_not_before_their_time();
    a_timer_that_sets_itself_does_not_keep_the_turn();
    a_crowd_of_writers_keeps_nobody_waiting();
    another_thread_wakes_it();
    loop_free(loop);
    loop_free(NULL);
    return check_report(LOOP_TEST_NAME);
}
