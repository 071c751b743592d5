/*
 * timing.h: races. The work is a list of items (files, pieces, sizes). A pass does all items in turn, so that nobody's
 * branch predictor has learnt a small item by heart, as it would if it were repeated alone. Contenders make their
 * passes alternately, round after round, so that a change of the machine's speed meets them all. What counts is the
 * median over the rounds; ratios are taken within a round.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdbool.h>
#include <stddef.h>

struct contender {
    const char *name;
    bool (*run)(void *arg, size_t item); /* false: it failed and is taken out of the race */
    void *arg;

    /* What race_run() finds. The last element of both is for all items together. */
    bool failed;
    double *seconds;  /* for each item once */
    double *speed_up; /* of the first contender over this one: its seconds divided by the first one's */
};

struct race {
    unsigned rounds; /* each gives one sample a contender */
    double sample;   /* seconds that a sample lasts at least: short passes are repeated within it */
    double budget;   /* a contender that would use up more seconds than this makes no further round */
};

double now_seconds(void);

void race_run(const struct race *race, struct contender *contenders, size_t n, size_t items);

/* Frees what race_run() has found. */
void race_free(struct contender *contenders, size_t n);

#endif
