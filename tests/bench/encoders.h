/*
 * encoders.h: all chosen encoders at all chosen levels as contenders of one race over the files of a corpus, with the
 * sizes of what they make, each stream verified once by a decoder that is not its maker's.
 */
#ifndef BENCH_ENCODERS_H
#define BENCH_ENCODERS_H

#include "tests/bench/bench.h"

enum { MOST_ENCODERS = 64 };

/* How the encoders are called. piece 0: whole buffers. */
struct manner {
    size_t piece;
    bool messages;   /* a sync flush after each piece */
    bool few_levels; /* 1, 3, 6, 9 and 12 of those chosen */
};

struct encoder_job {
    const struct codec *codec;
    int level;
    void *encoder;
    char name[24];
    struct manner manner;
    const struct corpus *files;
    uint8_t *out;
    size_t room;
    size_t *sizes; /* of the stream of each file, and after the last the sum */
};

struct encoder_race {
    struct encoder_job jobs[MOST_ENCODERS];
    struct contender contenders[MOST_ENCODERS];
    size_t count;
};

/* The caller ends it with encoders_free(). */
struct encoder_race *encoders_race(const struct bench *bench, const struct corpus *files, struct manner manner);
void encoders_free(struct encoder_race *race);

/* sluice, and not an earlier build or a peer; a peer, and no build of ours. */
bool encoder_is_ours(const struct encoder_job *job);
bool encoder_is_peer(const struct encoder_job *job);

/* "name size ratio MB/s" without the end of the line, for one file, or for all when item is the number of files. */
void encoder_print(const struct encoder_race *race, size_t i, size_t item);

#endif
