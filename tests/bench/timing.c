/* timing.c: see timing.h. */
#include "tests/bench/timing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_ROUNDS = 101, MOST_CONTENDERS = 64 };

double now_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double median(double *values, size_t n)
{
    if (n == 0)
        return 0;
    qsort(values, n, sizeof *values, by_value);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* Runs the work `times` times and gives the seconds of one; below 0: it failed. */
static double sample(const struct contender *c, unsigned long times)
{
    double start = now_seconds();

    for (unsigned long i = 0; i < times; i++)
        if (!c->run(c->arg))
            return -1;
    return (now_seconds() - start) / (double)times;
}

/* The repetitions that make a sample last long enough; the runs that find it out warm the caches too. */
static unsigned long calibrate(const struct contender *c, double wanted, double *once)
{
    unsigned long times = 1;

    for (;;) {
        *once = sample(c, times);
        if (*once < 0)
            return 0;
        if (*once * (double)times >= wanted / 4)
            break;
        times *= 4;
    }
    return *once >= wanted ? 1 : (unsigned long)ceil(wanted / *once);
}

void race_run(const struct race *race, struct contender *contenders, size_t n)
{
    static double samples[MOST_CONTENDERS][MOST_ROUNDS];
    unsigned long times[MOST_CONTENDERS];
    unsigned rounds[MOST_CONTENDERS] = {0}, most = race->rounds < MOST_ROUNDS ? race->rounds : MOST_ROUNDS;

    if (n > MOST_CONTENDERS) {
        fprintf(stderr, "bench: more than %d contenders\n", MOST_CONTENDERS);
        exit(1);
    }
    for (size_t i = 0; i < n; i++) {
        double once;

        times[i] = calibrate(&contenders[i], race->sample, &once);
        if (once > race->budget / 2 && times[i]) /* so slow that the run just made is the one sample */
            samples[i][rounds[i]++] = once;
    }
    for (unsigned r = 0; r < most; r++) {
        for (size_t k = 0; k < n; k++) {
            size_t i = r % 2 ? n - 1 - k : k; /* forwards and backwards: nobody always follows the same one */

            if (times[i] == 0 || rounds[i] != r)
                continue;
            if (r > 0 && samples[i][0] * (double)times[i] * (r + 1) > race->budget)
                continue;
            samples[i][r] = sample(&contenders[i], times[i]);
            rounds[i]++;
        }
    }
    for (size_t i = n; i-- > 0;) { /* the first last, because the others' ratios need its samples in order */
        double ratios[MOST_ROUNDS];
        unsigned common = rounds[i] < rounds[0] ? rounds[i] : rounds[0];

        for (unsigned r = 0; r < common; r++)
            ratios[r] = samples[i][r] / samples[0][r];
        contenders[i].speed_up = median(ratios, common);
        contenders[i].seconds = times[i] ? median(samples[i], rounds[i]) : 0;
    }
}
