/* timing.c: see timing.h. */
#include "tests/bench/timing.h"

#include "tests/bench/corpus.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_ROUNDS = 101 };

/* A contender's samples: for each round the seconds of each item, and after them those of the pass. */
struct samples {
    double *values;
    unsigned rounds;
    unsigned long repeats; /* passes in one sample */
};

double now_seconds(void)
{
    struct timespec t;

    /* of the processor, not of the wall: others who use the machine meanwhile count for little then */
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    if (n == 0)
        return 0;
    qsort(values, n, sizeof *values, by_value);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* `repeats` passes; stores the mean seconds of each item, and last of the pass. */
static bool take_sample(const struct contender *c, size_t items, unsigned long repeats, double *values)
{
    double start = now_seconds(), before = start;

    memset(values, 0, (items + 1) * sizeof *values);
    for (unsigned long r = 0; r < repeats; r++) {
        for (size_t item = 0; item < items; item++) {
            double after;

            if (!c->run(c->arg, item))
                return false;
            if (items == 1) /* short work: the clock itself would count */
                continue;
            after = now_seconds();
            values[item] += after - before;
            before = after;
        }
    }
    values[items] = now_seconds() - start;
    if (items == 1)
        values[0] = values[1];
    for (size_t i = 0; i <= items; i++)
        values[i] /= (double)repeats;
    return true;
}

/* Finds how many passes make a sample long enough. That warms the caches too; its last sample is left in `values`. */
static unsigned long calibrate(const struct contender *c, size_t items, double wanted, double *values)
{
    unsigned long repeats = 1;

    while (items > 0 && take_sample(c, items, repeats, values)) {
        double pass = values[items];

        if (pass >= wanted)
            return 1;
        if (pass * (double)repeats >= wanted / 4)
            return (unsigned long)(wanted / pass) + 1;
        repeats *= 4;
    }
    return 0;
}

static void race_rounds(const struct race *race, struct contender *contenders, struct samples *samples, size_t n,
                        size_t items)
{
    unsigned most = race->rounds < MOST_ROUNDS ? race->rounds : MOST_ROUNDS;

    for (unsigned r = 0; r < most; r++) {
        for (size_t k = 0; k < n; k++) {
            size_t i = r % 2 ? n - 1 - k : k; /* forwards and backwards: nobody always follows the same one */
            struct samples *s = &samples[i];
            double pass = s->values[items] * (double)s->repeats;

            /* In round 0 the first sample is the calibration's, and good enough for those that take long. */
            if (contenders[i].failed || (r > 0 && (s->rounds != r || pass * (r + 1) > race->budget)) ||
                (r == 0 && 2 * pass > race->budget && ++s->rounds))
                continue;
            if (take_sample(&contenders[i], items, s->repeats, s->values + r * (items + 1)))
                s->rounds = r + 1;
            else
                contenders[i].failed = true;
        }
    }
}

/* The medians over the rounds. */
static void sum_up(struct contender *c, const struct samples *own, const struct samples *first, size_t items)
{
    unsigned common = own->rounds < first->rounds ? own->rounds : first->rounds;
    double values[MOST_ROUNDS];

    for (size_t item = 0; item <= items; item++) {
        for (unsigned r = 0; r < common; r++)
            values[r] = own->values[r * (items + 1) + item] / first->values[r * (items + 1) + item];
        c->speed_up[item] = median(values, common);
        for (unsigned r = 0; r < own->rounds; r++)
            values[r] = own->values[r * (items + 1) + item];
        c->seconds[item] = median(values, own->rounds);
    }
}

void race_run(const struct race *race, struct contender *contenders, size_t n, size_t items)
{
    struct samples *samples = bench_alloc(n * sizeof *samples);

    for (size_t i = 0; i < n; i++) {
        contenders[i].seconds = bench_alloc((items + 1) * sizeof(double));
        contenders[i].speed_up = bench_alloc((items + 1) * sizeof(double));
        samples[i].values = bench_alloc(MOST_ROUNDS * (items + 1) * sizeof(double));
        samples[i].rounds = 0;
        samples[i].repeats = calibrate(&contenders[i], items, race->sample, samples[i].values);
        contenders[i].failed = samples[i].repeats == 0;
    }
    race_rounds(race, contenders, samples, n, items);
    for (size_t i = 0; i < n; i++)
        sum_up(&contenders[i], &samples[i], &samples[0], items);
    for (size_t i = 0; i < n; i++)
        free(samples[i].values);
    free(samples);
}

void race_free(struct contender *contenders, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(contenders[i].seconds);
        free(contenders[i].speed_up);
    }
}
