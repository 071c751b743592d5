/*
 * encode.h: runs the library's encoder as a strict user would: input and room in pieces, each against a page that
 * faults when touched, and every result held to what sluice.h says of it.
 */
#ifndef TESTS_ENCODE_H
#define TESTS_ENCODE_H

#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ENCODE_PIECE = 1 << 21 }; /* the largest piece that is handed over */

/* How a stream is cut. */
struct encode_cut {
    size_t input, room; /* sizes of pieces; 0: all at once */
    uint64_t *random;   /* not NULL: sizes are drawn from 1 to these, and steps without room or input come between */
    bool at_start;      /* pieces begin, rather than end, at a faulting page */
};

/* A stream in progress. */
struct encoding {
    sluice_deflater *deflater;
    const uint8_t *data; /* what is compressed; from `pos` on it is still to be taken */
    size_t pos;
    uint8_t *out;        /* where the stream goes, and how much of it there is */
    size_t room, length;
    struct encode_cut cut;
    const char *broken;  /* NULL, or the promise that was broken */
};

/*
 * Hands over the next `size` bytes, with `flush` behind them, and goes on until that is complete. Gives the last
 * status: SLUICE_NEED_INPUT, SLUICE_OK or SLUICE_END as the flush has it, if nothing went wrong.
 */
sluice_status encode_more(struct encoding *e, size_t size, sluice_flush flush);

/* The default options with these. */
sluice_deflate_options encode_options(sluice_format format, int level, sluice_strategy strategy, unsigned window_bits);

/* An encoder in memory that held anything but zeros before. */
sluice_deflater *encode_new(const sluice_deflate_options *options);

/* Decodes with the library and compares. True: it is whole, with nothing behind it. */
bool encode_decodes(const uint8_t *stream, size_t size, sluice_format format, unsigned window_bits,
                    const uint8_t *data, size_t data_size);

#endif
