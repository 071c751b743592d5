/*
 * timing.h: races. Contenders run in turn, round after round, so that a change of the machine's speed meets them all;
 * what counts is the median, and ratios are taken within a round.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdbool.h>
#include <stddef.h>

struct contender {
    const char *name;
    bool (*run)(void *arg); /* one run of the work; false: it failed and is taken out of the race */
    void *arg;
    double seconds;  /* median of one run; 0 if it failed */
    double speed_up; /* median over the rounds of the first contender's speed divided by this one's */
};

struct race {
    unsigned rounds;     /* each gives one sample a contender */
    double sample;       /* seconds that a sample lasts at least: short work is repeated within it */
    double budget;       /* a contender that has used up so many seconds runs no further round */
};

double now_seconds(void);

/* Sorts the n values and gives the middle one. */
double median(double *values, size_t n);

void race_run(const struct race *race, struct contender *contenders, size_t n);

#endif
