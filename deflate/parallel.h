/*
 * parallel.h: the encoder that works on several pieces of its input at a time, and who does what with it.
 *
 *   input -> piece -> threads -> piece -> output
 *        (parallel.c) (format/crew.c, parallel_piece.c) (parallel.c)
 *
 * Pieces lie in a ring of places. The caller's thread fills the place crew.filled, and hands it over when its piece is
 * complete; threads take pieces in their order, each with a deflater of its own; the caller's thread puts out the piece
 * at `head` once it is done. A piece is primed with the bytes before it, a copy of which stands in front of its own, so
 * that it needs nothing but its place. Hence its bytes depend on the data alone, whoever compresses it and when.
 *
 * A piece that is handed over is its thread's until it is done; before and after it is the caller's thread's. Always
 *
 *     head <= crew.filled <= head + places
 */
#ifndef SLUICE_DEFLATE_PARALLEL_H
#define SLUICE_DEFLATE_PARALLEL_H

#include "deflate/format/crew.h"
#include "deflate/state.h"

enum {
    /* A piece that is being compressed is given up at the latest after so many bytes. */
    PIECE_SLICE = 32768,

    /* A border between pieces takes at most: three bits and padding, and the four bytes of an empty stored block. */
    BORDER_MAX = 6,

    /* With SLUICE_RSYNCABLE a piece has this part of the largest at least; behind that it ends once in so many. */
    RSYNC_LEAST = 4
};

struct piece {
    uint8_t *input;     /* room for WINDOW_MAX bytes of history and, behind them, for the piece */
    uint8_t *output;
    size_t history;     /* bytes of history, which end where the piece begins */
    size_t size;        /* of the piece */
    bool complete;      /* nothing is to be added: it goes to the threads as soon as it is known what it ends with */
    sluice_flush flush; /* what it ends with; NONE: just a byte border */
    size_t put, made;   /* bytes of output that have been put out, and all */
    uint32_t check;     /* the checksum of the piece alone */
    bool failed;        /* it does not fit in its room: never */
};

struct sluice_parallel {
    sluice_parallel_options options; /* threads: the number, not 0 */
    sluice_allocator allocator;
    size_t object_size;

    /* Parts of the object that lie behind the structure */
    struct piece *pieces;    /* `places` of them */
    uint8_t *deflaters;      /* options.threads objects, deflater_size bytes apart */
    size_t deflater_size;
    size_t output_room;      /* bytes of output that a piece has room for */
    unsigned places;

    /* The stream */
    struct sluice_deflater frame; /* nothing is used of it but the header, the checksum, the trailer, and as its state:
                                     HEADER, BLOCK while pieces follow, END */
    sluice_flush flush;           /* in progress; NONE: none is */
    sluice_flush last_flush;      /* the strongest completed since the last byte of input */
    sluice_status error;          /* sticky; SLUICE_OK: none */
    bool open;                    /* the piece `filled` has its history */
    bool apart;                   /* nothing before it may be referred to */
    uint64_t content;             /* of the last bytes, see parallel_piece.c */

    uint64_t head;
    struct crew crew;
};

static inline struct piece *piece_of(struct sluice_parallel *p, uint64_t number)
{
    return &p->pieces[number % p->places];
}

/* ---- parallel_piece.c ---- */

/* The bytes of output that a piece takes at most. */
size_t sluice_piece_room(size_t size);

/*
 * Adds input to the piece, up to its end, which is where it is full or, with SLUICE_RSYNCABLE, the data ends it. Sets
 * piece->complete there.
 */
void sluice_piece_fill(struct sluice_parallel *p, struct piece *piece, sluice_input *in);

/* Compresses it. Gives up when the crew is to stop. */
void sluice_piece_compress(const struct sluice_parallel *p, struct piece *piece, sluice_deflater *deflater);

#endif
