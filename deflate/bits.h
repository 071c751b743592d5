/*
 * bits.h: the bit writer. Bits gather in a 64-bit accumulator from its least significant end, as DEFLATE packs them
 * (RFC 1951 3.1.1), and leave it eight bytes at a time.
 *
 * A flush stores eight bytes whatever it has, and moves on by the whole ones: whoever flushes sees to it that `out`
 * has BITS_MARGIN bytes of room, and puts at most 56 bits between two flushes.
 */
#ifndef SLUICE_DEFLATE_BITS_H
#define SLUICE_DEFLATE_BITS_H

#include "deflate/format/bytes.h"

#include <stdint.h>

enum { BITS_MARGIN = 8 };

struct bits {
    uint64_t bits;  /* those not stored yet; zero above them */
    unsigned count; /* of them in the lowest BITS_COUNTED bits, above which is anything; below 8 after a flush */
    uint8_t *out;
};

enum { BITS_COUNTED = 6, BITS_COUNT_MASK = (1 << BITS_COUNTED) - 1 };

static inline void bits_put(struct bits *b, uint64_t value, unsigned n)
{
    b->bits |= value << (b->count & BITS_COUNT_MASK);
    b->count += n;
}

static inline void bits_flush(struct bits *b)
{
    store64(b->out, b->bits);
    b->out += b->count >> 3 & 7;
    b->bits >>= b->count & 56;
    b->count &= 7;
}

#endif
