/*
 * sha256.c: see sha256.h. The constants are the first bits of the fractions of the square and cube roots of the first
 * primes; they are computed here rather than listed.
 */
#include "tests/support/sha256.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The first 32 bits of the fraction of the square root (power 2) or cube root (power 3) of n, bit by bit. */
static uint32_t root_fraction(unsigned n, unsigned power)
{
    double root = 0;

    for (double bit = 32; bit >= 1.0 / 4294967296.0; bit /= 2) {
        const double r = root + bit;

        if ((power == 2 ? r * r : r * r * r) <= n)
            root = r;
    }
    return (uint32_t)((root - (unsigned)root) * 4294967296.0);
}

static uint32_t rotate(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

struct sha256 {
    uint32_t k[64], start[8];
};

static struct sha256 constants(void)
{
    struct sha256 c;
    unsigned found = 0;

    for (unsigned n = 2; found < 64; n++) {
        unsigned d = 2;

        while (d < n && n % d)
            d++;
        if (d < n)
            continue;
        if (found < 8)
            c.start[found] = root_fraction(n, 2);
        c.k[found++] = root_fraction(n, 3);
    }
    return c;
}

static void compress(const struct sha256 *c, uint32_t *h, const uint8_t *block)
{
    uint32_t w[64], v[8];

    for (unsigned i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
               block[4 * i + 3];
    for (unsigned i = 16; i < 64; i++) {
        const uint32_t a = w[i - 15], b = w[i - 2];

        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(v, h, sizeof v);
    for (unsigned i = 0; i < 64; i++) {
        const uint32_t t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
                            ((v[4] & v[5]) ^ (~v[4] & v[6])) + c->k[i] + w[i];
        const uint32_t t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
                            ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++)
        h[i] += v[i];
}

void sha256_hex(char *hex, const void *data, size_t size)
{
    const struct sha256 c = constants();
    const uint8_t *p = data;
    uint8_t last[128] = {0};
    uint32_t h[8];
    size_t left = size, tail;

    memcpy(h, c.start, sizeof h);
    for (; left >= 64; left -= 64, p += 64)
        compress(&c, h, p);
    if (left > 0)
        memcpy(last, p, left);
    last[left] = 0x80;
    tail = left < 56 ? 64 : 128;
    for (unsigned i = 0; i < 8; i++)
        last[tail - 1 - i] = (uint8_t)((uint64_t)size * 8 >> 8 * i);
    for (size_t i = 0; i < tail; i += 64)
        compress(&c, h, last + i);
    for (unsigned i = 0; i < 8; i++)
        snprintf(hex + 8 * i, 9, "%08x", (unsigned)h[i]);
}
