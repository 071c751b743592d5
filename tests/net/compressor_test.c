/*
 * compressor: steps run in the order they came, on another thread, and their owners are told on the loop's; a step can
 * be taken back while it waits, while it is at work, and when it is done.
 */
#include "net/compressor.h"

#include "tests/support/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static struct loop *loop;
static struct compressor *compressor;
static pthread_t loop_thread;

struct step {
    struct compression base;
    int number, ran_as;
    bool ran_elsewhere, told_here;
    unsigned told;
};
static atomic_int runs;
static atomic_bool hold; /* steps stay at work */
static unsigned told;

static void pause_ms(long ms)
{
    const struct timespec time = {.tv_nsec = ms * 1000000};

    nanosleep(&time, NULL);
}

static void run(struct compression *base)
{
    struct step *const step = (struct step *)base;

    step->ran_elsewhere = !pthread_equal(pthread_self(), loop_thread);
    step->ran_as = atomic_fetch_add(&runs, 1);
    while (atomic_load(&hold))
        pause_ms(1);
}

static void done(struct compression *base)
{
    struct step *const step = (struct step *)base;

    step->told_here = pthread_equal(pthread_self(), loop_thread);
    step->told++;
    told++;
}

static void woken(void *unused)
{
    (void)unused;
    compressor_collect(compressor);
}

static void give(struct step *step)
{
    step->base.run = run;
    step->base.done = done;
    CHECK(compressor_give(compressor, &step->base));
}

static void turn_until(unsigned count)
{
    for (int i = 0; i < 2000 && told < count; i++)
        loop_turn(loop, 10);
    CHECK_EQ(told, count);
}

static void begin(void)
{
    loop = loop_new(woken, NULL);
    compressor = compressor_new(loop);
    loop_thread = pthread_self();
    atomic_store(&runs, 0);
    told = 0;
}

static void end(void)
{
    compressor_free(compressor);
    loop_free(loop);
}

static void steps_run_in_their_order(void)
{
    static struct step steps[100];

    check_context("order");
    begin();
    for (int i = 0; i < 100; i++)
        give(&steps[i]);
    turn_until(100);
    for (int i = 0; i < 100; i++) {
        CHECK_EQ(steps[i].ran_as, i);
        CHECK(steps[i].ran_elsewhere && steps[i].told_here);
        CHECK_EQ(steps[i].told, 1);
    }
    end();
}

static void steps_are_taken_back(void)
{
    struct step first = {.number = 1}, waits = {.number = 2}, last = {.number = 3};

    check_context("taken back");
    begin();
    atomic_store(&hold, true);
    give(&first);
    give(&waits);
    give(&last);
    while (atomic_load(&runs) == 0)
        pause_ms(1);
    compressor_cancel(compressor, &waits.base); /* it never runs */
    atomic_store(&hold, false);
    compressor_cancel(compressor, &first.base); /* at work, or just done */
    turn_until(1);
    CHECK_EQ(last.told, 1);
    CHECK_EQ(first.told + waits.told, 0);
    CHECK_EQ(atomic_load(&runs), 2);

    check_context("taken back when done");
    give(&first);
    while (atomic_load(&runs) < 3)
        pause_ms(1);
    pause_ms(5);
    compressor_cancel(compressor, &first.base);
    compressor_collect(compressor);
    CHECK_EQ(first.told, 0);

    check_context("given again");
    give(&first);
    turn_until(2);
    CHECK_EQ(first.told, 1);
    end();
}

static void one_that_is_never_used(void)
{
    begin();
    compressor_collect(compressor);
    end();
    compressor_free(NULL);
}

int main(void)
{
    steps_run_in_their_order();
    steps_are_taken_back();
    one_that_is_never_used();
    return check_report("net/compressor");
}
