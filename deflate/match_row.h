/*
 * match_row.h: the match finder of the middle levels: rows of recent positions, told apart by tags.
 *
 * The hash of four bytes names a row and a tag of eight bits. A row has the places of the last ROW positions that fell
 * to it and, beside them, their tags. A search compares all tags of the row at once; those that are equal are, but for
 * one in 256, positions where the four bytes are the same. So little is loaded in vain, and no load waits for the one
 * before it, as in a chain.
 *
 * A row is filled from its end to its beginning and round again: from `newest` on come its positions, newest first.
 */
#ifndef SLUICE_DEFLATE_MATCH_ROW_H
#define SLUICE_DEFLATE_MATCH_ROW_H

#include "deflate/match.h"

#if defined(__SSE2__) && !defined(SLUICE_PORTABLE)
#include <emmintrin.h>
#endif

enum {
    ROW = 64,
    ROW_SHIFT = 6, /* log2 of it */
    TAG_BITS = 8
};

#if defined(__SSE2__) && !defined(SLUICE_PORTABLE)

/* A bit for each of sixteen tags that is equal, that of the first lowest. */
static inline uint64_t sixteen_equal(const uint8_t *tags, __m128i tag)
{
    const __m128i sixteen = _mm_loadu_si128((const __m128i *)(const void *)tags);

    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(sixteen, tag));
}

/* A bit for each of the row's tags that is equal. */
static inline uint64_t row_equal(const uint8_t *tags, uint8_t tag)
{
    const __m128i each = _mm_set1_epi8((char)tag);

    return sixteen_equal(tags, each) | sixteen_equal(tags + 16, each) << 16 | sixteen_equal(tags + 32, each) << 32 |
           sixteen_equal(tags + 48, each) << 48;
}

#else

/* Of eight bytes: a bit for each that is zero, that of the first lowest. */
static inline uint64_t zero_bytes(uint64_t x)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    const uint64_t zero = ~(((x & low) + low) | x | low); /* 0x80 where a byte is zero */

    return (zero >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline uint64_t row_equal(const uint8_t *tags, uint8_t tag)
{
    const uint64_t each = UINT64_C(0x0101010101010101) * tag;
    uint64_t equal = 0;

    for (unsigned i = 0; i < ROW; i += 8)
        equal |= zero_bytes(load64(tags + i) ^ each) << i;
    return equal;
}

#endif

/* The same bits, beginning with that of `newest`. */
static inline uint64_t row_rotate(uint64_t bits, unsigned newest)
{
    return bits >> newest | bits << (-newest % ROW);
}

struct rows {
    uint16_t *place; /* ROW to a row */
    uint8_t *tag;    /* likewise */
    uint8_t *newest; /* one to a row */
    unsigned bits;   /* log2 of the rows */
};

static inline __attribute__((always_inline)) void row_put(const struct rows *r, uint32_t hash, uint32_t place)
{
    const uint32_t row = hash >> TAG_BITS;
    const unsigned at = (r->newest[row] - 1u) % ROW;

    r->newest[row] = (uint8_t)at;
    r->tag[row * ROW + at] = (uint8_t)hash;
    r->place[row * ROW + at] = (uint16_t)place;
}

static inline __attribute__((always_inline)) void row_insert(const struct rows *r, uint32_t bytes, uint32_t place)
{
    row_put(r, hash4(bytes, r->bits + TAG_BITS), place);
}

/* Looks for the best match at `at`, whose first bytes and place are given, among `depth` candidates; and puts it in. */
static inline __attribute__((always_inline)) void row_find(const struct rows *r, struct best *best, const uint8_t *at,
                                                           uint32_t bytes, uint32_t place, uint32_t reach,
                                                           unsigned depth)
{
    const uint32_t hash = hash4(bytes, r->bits + TAG_BITS), row = hash >> TAG_BITS;
    const uint16_t *const places = r->place + row * ROW;
    const unsigned newest = r->newest[row];

    for (uint64_t left = row_rotate(row_equal(r->tag + row * ROW, (uint8_t)hash), newest); left; left &= left - 1) {
        const uint32_t distance = (uint16_t)(place - places[(newest + (unsigned)__builtin_ctzll(left)) % ROW]);

        if (distance - 1u >= reach || best_try(best, at, bytes, distance) || --depth == 0)
            break;
    }
    row_put(r, hash, place);
}

#endif
