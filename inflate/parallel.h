/*
 * parallel.h: the decoder with threads that decode ahead, and who does what.
 *
 *   input -> piece -> scouts -> runs -> the judge -> output
 *        (parallel_cut.c) (parallel_scout.c, format/crew.c) (parallel.c)
 *
 * The judge is an ordinary decoder: it goes through the whole stream, and nothing but what it finds is ever said or
 * put out. Input is cut into pieces at places that look as if decoding could begin there; a scout, which is a thread,
 * decodes a piece ahead, from its beginning, knowing nothing of what comes before. What it brings is a list of runs:
 * so many whole blocks from this byte on give these bytes. When the judge stands at the first bit of a block, and that
 * is where a run begins, it takes the run's bytes over and stands behind its last block.
 *
 * Why that is always right: the bits of a block mean the same wherever one came from, but for distances that reach
 * behind the beginning; a scout that meets one, or any defect, ends its run with the block before. So a beginning that
 * was none can cost time, and nothing else: the judge never stands there.
 *
 * Pieces lie in a ring of places. A piece that is handed over is its scout's until it is done, but for `unwanted`;
 * before and after it is the caller's thread's, where the judge is. Always
 *
 *     head <= crew.filled <= head + places
 */
#ifndef SLUICE_INFLATE_PARALLEL_H
#define SLUICE_INFLATE_PARALLEL_H

#include "deflate/format/crew.h"
#include "inflate/state.h"

#include <stdatomic.h>

enum {
    /* Room of a place, in pieces: how far a beginning is looked for, and what a piece may decode to. */
    INPUT_PIECES = 8,
    OUTPUT_PIECES = 32,

    /* A piece has a run for each member that begins in it, up to so many; the judge decodes what is behind them. */
    RUNS_MAX = 128
};

enum piece_start {
    START_NONE,   /* nothing is known of where it begins: the judge decodes it */
    START_STREAM, /* the first piece */
    START_BLOCK,  /* behind the mark of a flush */
    START_MEMBER  /* with the header of a gzip member */
};

struct run {
    size_t begin;     /* the byte of the piece that its first block begins with */
    size_t end;       /* bytes of the piece up to its end, the last perhaps not as a whole: */
    unsigned left;    /* so many bits of it are behind the end */
    size_t output, size;
    uint32_t check;   /* the checksum of its bytes alone */
    bool final;       /* it ends with the last block of its stream, on a byte */
};

struct piece {
    uint8_t *input, *output;
    uint64_t at;          /* bytes of input before it */
    size_t size;
    size_t cut;           /* where the next one begins, if that is known: `size` or less; bytes behind are the next's */
    size_t looked;        /* up to here there is no beginning */
    enum piece_start start, next_start;

    /* What is told to a scout, and what it brings */
    sluice_format format; /* decides the checksum, and if members can follow */
    unsigned window_bits;
    atomic_bool unwanted; /* it begins where nothing begins, or all is to stop */
    size_t run_count;
    struct run *runs;
};

struct sluice_parallel_inflater {
    sluice_parallel_inflate_options options; /* threads: the number, not 0 */
    sluice_allocator allocator;
    size_t object_size;

    /* Parts of the object that lie behind the structure */
    struct sluice_inflater *judge;
    uint8_t *scouts;      /* options.threads decoders, scout_size bytes apart */
    size_t scout_size;
    struct piece *pieces; /* `places` of them */
    unsigned places;

    /* The stream */
    size_t pos;      /* bytes of the head that the judge has taken */
    bool at_block;   /* it stands at the first bit of a block, and has not gone on */
    bool entered;    /* the head's beginning has been compared with where the judge came to it */
    bool open;       /* the piece crew.filled is being filled */
    bool last;       /* no input follows what has been taken */
    uint64_t behind; /* after the end: bytes of input before what is lent next */
    bool ended;
    uint64_t head;
    uint64_t taken_over; /* runs: for the tests, which want to see that there are any */
    struct crew crew;
};

static inline struct piece *piece_of(struct sluice_parallel_inflater *p, uint64_t number)
{
    return &p->pieces[number % p->places];
}

/* ---- parallel_cut.c ---- */

/*
 * Adds input to the piece, which has room for `room` bytes: up to the first place, `least` bytes or more from its
 * beginning, where another piece may begin. True: it is complete, there or because it is full.
 */
bool sluice_cut_fill(struct piece *piece, size_t least, size_t room, bool members, sluice_input *in);

/* ---- parallel_scout.c ---- */

/* Decodes a piece ahead; gives up when it is unwanted. The output has room for `room` bytes. */
void sluice_scout_piece(struct piece *piece, size_t room, const sluice_inflate_options *options,
                        struct sluice_inflater *inflater);

#endif
