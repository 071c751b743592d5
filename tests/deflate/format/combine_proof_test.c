/*
 * combine_proof_test.c: the checksum of two parts from those of the parts, against the definition.
 *
 * CRC-32. Appending n zero bytes is a linear map Z(n) of the 32 bits, and the checksum of A and B is Z(|B|) of A's,
 * plus (exclusive or) B's. Shown:
 * 1. combine(a, b, n) is combine(a, 0, n) ^ b, and combine(., 0, n) is linear, for the n below: on pairs of basis
 *    vectors and by sums of the images of the basis.
 * 2. Z(1) is, on all 32 basis vectors and so everywhere, eight steps of the shift register of RFC 1952 8.
 * 3. Z(2^k) is Z(2^(k-1)) twice, on all basis vectors, for k from 1 to 63: so by induction each is what it should be.
 * 4. Z(n) is the product of the Z(2^k) of its bits, on all basis vectors, for all n below 2^12 and for 4,000 others of
 *    all sizes. That the code does the same for every n is its loop over the bits; this is not shown for each of 2^64.
 *
 * Adler-32 depends on n modulo 65521 alone. Shown is the formula in steps that cannot overflow for all n from 0 to
 * 65521, and some beyond up to 2^64 - 1, with sums at and around the ends of their range; and that sum itself is the
 * definition of RFC 1950 8.2 for data of up to 600 bytes at every cut.
 */
#include "sluice.h"
#include "tests/support/check.h"

#include <string.h>

enum { MODULUS = 65521 };

/* ---- CRC-32 ---- */

static uint32_t zeros(uint32_t crc, uint64_t n) { return sluice_crc32_combine(crc, 0, n); }

/* One zero byte, bit by bit. */
static uint32_t one_zero(uint32_t crc)
{
    for (int i = 0; i < 8; i++)
        crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
    return crc;
}

/* The sum of the images of the basis vectors that make up x. */
static uint32_t by_basis(const uint32_t image[32], uint32_t x)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < 32; i++)
        if (x >> i & 1)
            sum ^= image[i];
    return sum;
}

static void images(uint32_t image[32], uint64_t n)
{
    for (unsigned i = 0; i < 32; i++)
        image[i] = zeros(UINT32_C(1) << i, n);
}

static bool is_linear(const uint32_t image[32], uint64_t n, uint64_t *random)
{
    bool right = zeros(0, n) == 0;

    for (unsigned i = 0; i < 32; i++)
        for (unsigned k = 0; k < i; k++)
            right = right && zeros(UINT32_C(1) << i | UINT32_C(1) << k, n) == (image[i] ^ image[k]);
    for (int i = 0; i < 20; i++) {
        const uint32_t a = (uint32_t)check_random(random), b = (uint32_t)(check_random(random) >> 32);

        right = right && zeros(a, n) == by_basis(image, a) &&
                sluice_crc32_combine(a, b, n) == (by_basis(image, a) ^ b);
    }
    return right;
}

static void crc(void)
{
    static uint32_t power[64][32]; /* the images of the basis under Z(2^k) */
    uint64_t random = 5;

    for (unsigned k = 0; k < 64; k++) {
        bool right = true;

        check_context("2^%u zeros", k);
        images(power[k], UINT64_C(1) << k);
        CHECK(is_linear(power[k], UINT64_C(1) << k, &random));
        for (unsigned i = 0; i < 32; i++)
            right = right && power[k][i] == (k == 0 ? one_zero(UINT32_C(1) << i)
                                                    : by_basis(power[k - 1], power[k - 1][i]));
        CHECK(right);
    }
    for (uint64_t round = 0; round < 4096 + 4000; round++) {
        const uint64_t n = round < 4096 ? round : check_random(&random) >> round % 64;
        bool right = true;

        check_context("%llu zeros", (unsigned long long)n);
        for (unsigned i = 0; i < 32; i++) {
            uint32_t x = UINT32_C(1) << i;

            for (unsigned k = 0; k < 64; k++)
                if (n >> k & 1)
                    x = by_basis(power[k], x);
            right = right && zeros(UINT32_C(1) << i, n) == x;
        }
        CHECK(right);
    }
}

/* ---- Adler-32 ---- */

static uint32_t adler_defined(uint32_t a, uint32_t b, uint64_t n)
{
    const uint64_t a1 = a & 0xffff, a2 = a >> 16, b1 = b & 0xffff, b2 = b >> 16;
    const uint64_t two32 = (UINT64_C(1) << 32) % MODULUS;
    const uint64_t left = ((n >> 32) % MODULUS * two32 + (n & UINT32_MAX) % MODULUS) % MODULUS; /* n modulo 65521 */
    /* B's sums began at 1 and 0; now they begin at a1 and a2: s1 is a1 - 1 more, and s2 n times as much and a2. */
    const uint64_t s1 = (a1 + b1 + MODULUS - 1) % MODULUS;
    const uint64_t s2 = (a2 + b2 + left * ((a1 + MODULUS - 1) % MODULUS)) % MODULUS;

    return (uint32_t)(s2 << 16 | s1);
}

static void adler(void)
{
    static const uint32_t sums[] = {0, 1, 2, 32760, MODULUS - 2, MODULUS - 1};
    static const uint64_t large[] = {MODULUS + 1, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(1) << 48,
                                     UINT64_MAX - MODULUS, UINT64_MAX - 1, UINT64_MAX};
    enum { SUMS = sizeof sums / sizeof *sums, LARGE = sizeof large / sizeof *large };

    for (uint64_t i = 0; i <= MODULUS + LARGE; i++) {
        const uint64_t n = i <= MODULUS ? i : large[i - MODULUS - 1];
        bool right = true;

        check_context("%llu bytes", (unsigned long long)n);
        for (unsigned k = 0; k < SUMS * SUMS * SUMS; k++) {
            const uint32_t a = sums[k % SUMS] << 16 | sums[k / SUMS % SUMS];
            const uint32_t b = sums[k / SUMS / SUMS] << 16 | sums[(k + i) % SUMS];

            right = right && sluice_adler32_combine(a, b, n) == adler_defined(a, b, n);
        }
        CHECK(right);
    }

    uint8_t data[600];
    uint64_t random = 9;
    uint32_t s1 = 1, s2 = 0;

    for (unsigned i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i < 300 ? 255 : check_random(&random) >> 56);
        s1 = (s1 + data[i]) % MODULUS;
        s2 = (s2 + s1) % MODULUS;
        check_context("%u bytes", i + 1);
        for (unsigned cut = 0; cut <= i + 1; cut++)
            if (!CHECK_EQ(sluice_adler32_combine(sluice_adler32(1, data, cut),
                                                 sluice_adler32(1, data + cut, i + 1 - cut), i + 1 - cut),
                          s2 << 16 | s1))
                return;
    }
}

int main(void)
{
    crc();
    adler();
    return check_report("deflate/format/combine_proof");
}
