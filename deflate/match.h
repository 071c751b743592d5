/*
 * match.h: what all match finders share: hashing, comparing, and places in a hash table.
 *
 * A table holds, for each hash, the place of the last position that had it: the low 16 bits of a number that grows by
 * one with each byte and goes on from one stream to the next. The difference of two places is a distance, right as
 * long as it is below 2^16. So that an old entry never looks young again, the tables are swept before they could: what
 * is farther away than any window is set to be just too far. A distance is usable if it reaches into the
 * stream's own history; entries that an earlier stream left behind reach farther, so nothing is cleared between
 * streams.
 */
#ifndef SLUICE_DEFLATE_MATCH_H
#define SLUICE_DEFLATE_MATCH_H

#include "deflate/format/bytes.h"
#include "deflate/format/tables.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLACE_FAR = WINDOW_MAX + 1, /* a distance that is never usable */
    /* Bytes. A chunk more is parsed before the next look at it, the tables are a batch ahead, matches jump. */
    SWEEP_INTERVAL = 0x10000 - PLACE_FAR - 4096 - 2 * 512 - 2 * MATCH_MAX
};

/* The multipliers are odd, with bits all over. */
static inline uint32_t hash3(uint32_t bytes, unsigned bits)
{
    return (bytes & 0xffffff) * UINT32_C(0x9e3779b1) >> (32 - bits);
}

static inline uint32_t hash4(uint32_t bytes, unsigned bits)
{
    return bytes * UINT32_C(0x9e3779b1) >> (32 - bits);
}

/* How many bytes at a and b are equal, from `length` on, at most `most`. Reads no byte at b past b + most. */
static inline unsigned match_length(const uint8_t *a, const uint8_t *b, unsigned length, unsigned most)
{
    while (length + 8 <= most) {
        const uint64_t difference = load64(a + length) ^ load64(b + length);

        if (difference)
            return length + (unsigned)(__builtin_ctzll(difference) >> 3);
        length += 8;
    }
    while (length < most && a[length] == b[length])
        length++;
    return length;
}

/* Sets all entries that are farther from `place` than any window to PLACE_FAR. */
static inline void sweep(uint16_t *table, size_t entries, uint32_t place)
{
    enum { STRIDE = 32 }; /* a fixed number, which compilers turn into vectors; tables have a power of two */

    for (size_t i = 0; i < entries; i += STRIDE) {
        for (size_t k = i; k < i + STRIDE; k++) {
            const uint16_t distance = (uint16_t)(place - table[k]);
            const uint16_t kept = distance < PLACE_FAR ? distance : PLACE_FAR;

            table[k] = (uint16_t)(place - kept);
        }
    }
}

#endif
