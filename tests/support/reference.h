/*
 * reference.h: a decoder to read and to judge by.
 *
 * It decodes the formats that sluice.h names, one bit after the other, in the words of RFC 1951, 1950 and 1952, and
 * shares no code or table with inflate/. It is slow, needs the whole stream in memory, and is short enough to be
 * checked against the RFCs by eye. The tests hold the decoder of the library to it: the same verdict, the same bytes,
 * the same position, for every stream, good or bad.
 *
 * To learn the format, read reference.c from the end: frames, then blocks, then codes, then bits.
 */
#ifndef TESTS_REFERENCE_H
#define TESTS_REFERENCE_H

#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reference_options {
    sluice_format format;
    unsigned window_bits;   /* 8 to 15 */
    bool one_member;        /* gzip: what follows the first member is not looked at */
    uint64_t max_output;    /* 0: no limit */
    unsigned start_bit;     /* raw: the stream begins so many bits into the first byte */
    const void *dictionary; /* NULL: none is given */
    size_t dictionary_size;
};

/* What SLUICE_STOP_AT_BLOCK must report: the first bit of a block, and the output before it. */
struct reference_block {
    uint64_t bit, output;
};

enum { REFERENCE_BLOCKS = 256 }; /* blocks that a result remembers; more are decoded, but only counted */

struct reference_result {
    sluice_status status;   /* SLUICE_END, SLUICE_NEED_DICTIONARY, or the error */
    sluice_position where;  /* after SLUICE_END: the end of the stream; else as sluice_status says */
    sluice_format format;   /* that was found */
    size_t block_count;
    struct reference_block block[REFERENCE_BLOCKS];
};

/*
 * Decodes `size` bytes at `data` into at most `room` bytes at `out`; result->where.output tells how many it put out.
 * More output than `room` is SLUICE_ERR_ROOM.
 */
void reference_decode(const struct reference_options *options, const void *data, size_t size, uint8_t *out,
                      size_t room, struct reference_result *result);

#endif
