/*
 * adler32.c: Adler-32 (RFC 1950 8.2): s1 is 1 plus the sum of the bytes, s2 the sum of all s1, both modulo 65521.
 *
 * The way in plain C, the choice among the ways, and the sum of a whole from the sums of its parts.
 */
#include "deflate/format/bytes.h"
#include "deflate/format/checksum.h"
#include "sluice.h"

#include <stdatomic.h>

enum {
    MODULUS = 65521,
    CHUNK = 5552 /* the most bytes after which s2 still fits in 32 bits when both sums began reduced; a multiple of 8 */
};

/*
 * Eight bytes at a time, as four sums of 16 bits in a register each for the bytes at even and at odd places. A round
 * adds the sums so far to their own sums, as s2 does with s1; the weights within the eight bytes come in at the end.
 */
enum { ROUND = 8, ROUNDS_MAX = 23 /* after n rounds the sums of sums reach 255 * n (n - 1) / 2, below 2^16 */ };

static inline uint32_t lane(uint64_t lanes, unsigned i) { return (uint32_t)(lanes >> 16 * i & 0xffff); }

static uint32_t adler32_plain(uint32_t adler, const uint8_t *p, size_t size)
{
    const uint64_t even_bytes = UINT64_C(0x00ff00ff00ff00ff);
    uint32_t s1 = adler & 0xffff, s2 = adler >> 16;

    while (size > 0) {
        size_t n = size < CHUNK ? size : CHUNK;

        size -= n;
        while (n >= ROUND) {
            const size_t rounds = n / ROUND < ROUNDS_MAX ? n / ROUND : ROUNDS_MAX;
            uint64_t even = 0, odd = 0, even_sums = 0, odd_sums = 0;

            for (size_t i = 0; i < rounds; i++, p += ROUND) {
                const uint64_t word = load64(p);

                even_sums += even;
                odd_sums += odd;
                even += word & even_bytes;
                odd += word >> 8 & even_bytes;
            }
            s2 += s1 * (uint32_t)(rounds * ROUND);
            for (unsigned i = 0; i < 4; i++) {
                s1 += lane(even, i) + lane(odd, i);
                s2 += ROUND * (lane(even_sums, i) + lane(odd_sums, i));
                s2 += (ROUND - 2 * i) * lane(even, i) + (ROUND - 1 - 2 * i) * lane(odd, i);
            }
            n -= rounds * ROUND;
        }
        for (; n > 0; n--) {
            s1 += *p++;
            s2 += s1;
        }
        s1 %= MODULUS;
        s2 %= MODULUS;
    }
    return s2 << 16 | s1;
}

unsigned sluice_adler32_paths(struct checksum_path paths[CHECKSUM_PATHS_MAX])
{
    const unsigned n = sluice_adler32_simd_paths(paths);

    paths[n] = (struct checksum_path){"plain", adler32_plain};
    return n + 1;
}

static uint32_t adler32_first(uint32_t adler, const uint8_t *data, size_t size);

/* The best way, once it has been looked for. Who looks finds the same, so that a race does not matter. */
static _Atomic(checksum_function *) adler32_best = adler32_first;

static uint32_t adler32_first(uint32_t adler, const uint8_t *data, size_t size)
{
    struct checksum_path paths[CHECKSUM_PATHS_MAX];

    sluice_adler32_paths(paths);
    atomic_store_explicit(&adler32_best, paths[0].sum, memory_order_relaxed);
    return paths[0].sum(adler, data, size);
}

uint32_t sluice_adler32(uint32_t adler, const void *data, size_t size)
{
    return atomic_load_explicit(&adler32_best, memory_order_relaxed)(adler, data, size);
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
