/*
 * bench.h: what the parts of the benchmark share: the options, the input, the codecs, and the tables they print.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "tests/bench/corpus.h"
#include "tests/bench/peers.h"
#include "tests/bench/timing.h"

enum { MOST_LEVELS = 13 };

struct bench {
    struct corpus corpus;
    struct codec peers[MOST_PEERS];
    size_t peer_count;
    struct race race;
    enum frame frame;
    bool per_file;             /* a row a file, not only totals */
    bool levels[MOST_LEVELS];      /* of ours */
    bool peer_levels[MOST_LEVELS]; /* of the others */
    const char *from;          /* which encoders make the streams to decode, with commas: "zlib6,libdeflate12,own6" */
    const char *picture;       /* where the picture of speed against ratio goes, or NULL */
};

/* The parts. Each prints its own tables. */
void bench_decompress(const struct bench *bench); /* decompress.c */
void bench_stream(const struct bench *bench);     /* stream.c */
void bench_compress(const struct bench *bench);   /* compress.c */
void bench_small(const struct bench *bench);      /* small.c */
void bench_flush(const struct bench *bench);      /* flush.c */
void bench_worst(const struct bench *bench);      /* worst.c */
void bench_checksum(const struct bench *bench);   /* checksum.c */
void bench_slow(const struct bench *bench);       /* slow.c */

/* A table with a row an item and a column a contender: MB/s (10^6), and how often the first one's speed is that. */
void speed_head(const char *title, const struct contender *contenders, size_t n);
void speed_row(const char *name, size_t bytes, const struct contender *contenders, size_t n, size_t item);

/* Head, rows (if wanted) and total of a race over all files of the corpus. */
void speed_table(const char *title, const struct contender *contenders, size_t n, const struct corpus *items,
                 bool rows);

/* The codec of that name, or NULL. */
const struct codec *bench_peer(const struct bench *bench, const char *name);

/* Room that any encoder here finds enough for `size` bytes, flushed every `piece` bytes. */
size_t bench_bound(size_t size, size_t piece);

/* An encoder that makes streams for the decoders. */
struct maker {
    const struct codec *codec;
    void *encoder;
};

/* The one that "zlib6", "own1" and so on names; false: it is not there. */
bool bench_maker(const struct bench *bench, const char *name, struct maker *maker);

/* zlib6, or where that is not there libdeflate6 or own6; its name, or NULL. */
const char *bench_any_maker(const struct bench *bench, struct maker *maker);

/* Each of the files compressed, with the same names. Ends the program if the encoder fails. */
struct corpus bench_make(const struct maker *maker, const struct corpus *files);

/* Room for the largest of the files. */
size_t bench_largest(const struct corpus *files);

/* Ends the program unless a decoder that is not `maker` gives the data back: no figure for a wrong stream. */
void bench_verify(const struct bench *bench, const struct codec *maker, const char *what, const uint8_t *stream,
                  size_t stream_size, const uint8_t *data, size_t size);

#endif
