/*
 * decoders.h: all decoders that are there as contenders of one race over the same streams, what each gives looked at
 * once.
 */
#ifndef BENCH_DECODERS_H
#define BENCH_DECODERS_H

#include "tests/bench/bench.h"

struct decoder_job {
    const struct codec *codec;
    void *decoder;
    const struct corpus *files, *streams;
    uint8_t *out;
};

struct decoder_race {
    struct decoder_job jobs[MOST_PEERS];
    struct contender contenders[MOST_PEERS];
    size_t count;
    struct corpus streams;
    uint8_t *out;
};

/* On streams that `maker` makes of the files. The caller ends it with decoders_free(). */
struct decoder_race *decoders_race(const struct bench *bench, const struct corpus *files, const struct maker *maker);
void decoders_free(struct decoder_race *race);

#endif
