/*
 * adler32.c: Adler-32 (RFC 1950 8.2): s1 is 1 plus the sum of the bytes, s2 the sum of all s1, both modulo 65521.
 */
#include "sluice.h"

enum {
    MODULUS = 65521,
    CHUNK = 5552 /* the most bytes after which s2 still fits in 32 bits when both sums began reduced */
};

uint32_t sluice_adler32(uint32_t adler, const void *data, size_t size)
{
    const uint8_t *p = data;
    uint32_t s1 = adler & 0xffff, s2 = adler >> 16;

    while (size > 0) {
        size_t n = size < CHUNK ? size : CHUNK;

        size -= n;
        for (; n > 0; n--) {
            s1 += *p++;
            s2 += s1;
        }
        s1 %= MODULUS;
        s2 %= MODULUS;
    }
    return s2 << 16 | s1;
}

uint32_t sluice_adler32_combine(uint32_t a, uint32_t b, uint64_t b_size)
{
    uint64_t n = b_size % MODULUS;
    uint64_t a1 = a & 0xffff, a2 = a >> 16, b1 = b & 0xffff, b2 = b >> 16;
    /* B's sums began at s1 = 1; now they begin at a1, which adds a1 - 1 to each of B's s1. */
    uint64_t s1 = (a1 + b1 + MODULUS - 1) % MODULUS;
    uint64_t s2 = (a2 + b2 + n * (a1 + MODULUS - 1)) % MODULUS;

    return (uint32_t)(s2 << 16 | s1);
}
