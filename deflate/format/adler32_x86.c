/*
 * adler32_x86.c: Adler-32 with vectors, for x86-64.
 *
 * Zeros put before the data change nothing as long as s1 is 0, so both ways begin with a vector that is filled up with
 * zeros in front and then have whole vectors only. The s1 from before the data is accounted for by arithmetic: it adds
 * itself to s2 once a byte.
 *
 * A vector of V bytes adds to s2: V times the sum of the bytes before it, and its own bytes weighted V, V - 1, … 1.
 */
#include "deflate/format/checksum.h"

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)

#include <immintrin.h>

enum {
    MODULUS = 65521,
    /*
     * Bytes after which the sums are reduced. A vector adds at most 1020 to a lane of 32 bits, so that its weighted sum
     * stays below 1020 * V * n * n / 2 after n vectors of V bytes.
     */
    CHUNK = 16 << 10
};

_Static_assert(UINT64_C(510) * 64 * (CHUNK / 64 + 4) * (CHUNK / 64 + 4) < UINT64_C(1) << 32, "no lane runs over");

static inline __attribute__((always_inline)) uint32_t reduce(uint32_t adler, size_t size, uint64_t sum,
                                                             uint64_t weighted)
{
    const uint64_t s1 = adler & 0xffff, s2 = adler >> 16;

    return (uint32_t)((s2 + s1 * (size % MODULUS) + weighted) % MODULUS << 16 | (s1 + sum) % MODULUS);
}

/* Tells the compiler that these registers are changed here: gcc 12 copies accumulators about otherwise. */
#define KEEP(a, b, c, d) __asm__("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d))

#define TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vnni")))

/* The sums of the lanes of 32 bits may exceed 32 bits. */
TARGET_AVX512 static inline uint64_t sum_of_lanes(__m512i v)
{
    const __m512i low = _mm512_and_si512(v, _mm512_set1_epi64(0xffffffff));
    const __m512i pairs = _mm512_add_epi64(_mm512_srli_epi64(v, 32), low);
    const __m256i half = _mm256_add_epi64(_mm512_castsi512_si256(pairs), _mm512_extracti64x4_epi64(pairs, 1));
    const __m128i quarter = _mm_add_epi64(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));

    return (uint64_t)_mm_cvtsi128_si64(quarter) + (uint64_t)_mm_extract_epi64(quarter, 1);
}

/* At most CHUNK bytes, not none. */
TARGET_AVX512 static uint32_t adler32_avx512_chunk(uint32_t adler, const uint8_t *p, size_t size)
{
    const __m512i ones = _mm512_set1_epi8(1), zero = _mm512_setzero_si512();
    const __m512i index = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45,
                                          44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26,
                                          25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5,
                                          4, 3, 2, 1, 0);
    const __m512i weights = _mm512_sub_epi8(_mm512_set1_epi8(64), index);
    const unsigned pad = (unsigned)(0 - size) & 63;
    const size_t first = 64 - pad;
    __m512i v = _mm512_maskz_loadu_epi8(~UINT64_C(0) >> pad, p);
    size_t left = size - first;

    v = _mm512_maskz_permutexvar_epi8(~UINT64_C(0) << pad, _mm512_sub_epi8(index, _mm512_set1_epi8((char)pad)), v);

    __m512i sum = _mm512_dpbusd_epi32(zero, v, ones);
    __m512i dot = _mm512_dpbusd_epi32(zero, v, weights);
    __m512i sums = zero; /* of the sums before each vector */

    p += first;
    for (; left & 192; left -= 64, p += 64) {
        v = _mm512_loadu_si512(p);
        sums = _mm512_add_epi32(sums, sum);
        sum = _mm512_dpbusd_epi32(sum, v, ones);
        dot = _mm512_dpbusd_epi32(dot, v, weights);
    }

    __m512i weighted = _mm512_add_epi32(_mm512_slli_epi32(sums, 6), dot);

    if (left > 0) {
        /* Four vectors a round, each with sums of its own, so that none waits for another. */
        __m512i sum1 = zero, sum2 = zero, sum3 = zero;
        __m512i dot1 = zero, dot2 = zero, dot3 = zero;
        __m512i sums1 = zero, sums2 = zero, sums3 = zero;
        const __m512i before = sum;

        sums = dot = zero;
        do {
            const __m512i v1 = _mm512_loadu_si512(p + 64), v2 = _mm512_loadu_si512(p + 128);
            const __m512i v3 = _mm512_loadu_si512(p + 192);

            v = _mm512_loadu_si512(p);
            sums = _mm512_add_epi32(sums, sum);
            sums1 = _mm512_add_epi32(sums1, sum1);
            sums2 = _mm512_add_epi32(sums2, sum2);
            sums3 = _mm512_add_epi32(sums3, sum3);
            sum = _mm512_dpbusd_epi32(sum, v, ones);
            sum1 = _mm512_dpbusd_epi32(sum1, v1, ones);
            sum2 = _mm512_dpbusd_epi32(sum2, v2, ones);
            sum3 = _mm512_dpbusd_epi32(sum3, v3, ones);
            dot = _mm512_dpbusd_epi32(dot, v, weights);
            dot1 = _mm512_dpbusd_epi32(dot1, v1, weights);
            dot2 = _mm512_dpbusd_epi32(dot2, v2, weights);
            dot3 = _mm512_dpbusd_epi32(dot3, v3, weights);
            KEEP(sum, sum1, sum2, sum3);
            KEEP(dot, dot1, dot2, dot3);
            p += 256;
            left -= 256;
        } while (left > 0);
        sums = _mm512_add_epi32(_mm512_add_epi32(sums, sums1), _mm512_add_epi32(sums2, sums3));
        dot = _mm512_add_epi32(_mm512_add_epi32(dot, dot1), _mm512_add_epi32(dot2, dot3));
        weighted = _mm512_add_epi32(weighted, _mm512_add_epi32(_mm512_slli_epi32(sums, 8), dot));
        /* Within a round three vectors follow the first, two the second, one the third. */
        dot = _mm512_add_epi32(_mm512_sub_epi32(sum, before), sum1);
        weighted = _mm512_add_epi32(weighted, _mm512_slli_epi32(_mm512_add_epi32(dot, sum2), 6));
        weighted = _mm512_add_epi32(weighted, _mm512_slli_epi32(dot, 6));
        weighted = _mm512_add_epi32(weighted, _mm512_slli_epi32(_mm512_sub_epi32(sum, before), 6));
        sum = _mm512_add_epi32(_mm512_add_epi32(sum, sum1), _mm512_add_epi32(sum2, sum3));
    }
    return reduce(adler, size, sum_of_lanes(sum), sum_of_lanes(weighted));
}

TARGET_AVX512 static uint32_t adler32_avx512(uint32_t adler, const uint8_t *p, size_t size)
{
    for (; size > CHUNK; size -= CHUNK, p += CHUNK)
        adler = adler32_avx512_chunk(adler, p, CHUNK);
    return size > 0 ? adler32_avx512_chunk(adler, p, size) : adler;
}

#define TARGET_AVX2 __attribute__((target("avx2")))

TARGET_AVX2 static inline uint64_t sum_of_quarters(__m256i v)
{
    const __m128i half = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

    return (uint64_t)_mm_cvtsi128_si64(half) + (uint64_t)_mm_extract_epi64(half, 1);
}

/* The sum of eight lanes of 32 bits. */
TARGET_AVX2 static inline uint64_t sum_of_eighths(__m256i v)
{
    return sum_of_quarters(
        _mm256_add_epi64(_mm256_srli_epi64(v, 32), _mm256_and_si256(v, _mm256_set1_epi64x(0xffffffff))));
}

TARGET_AVX2 static uint32_t adler32_avx2_chunk(uint32_t adler, const uint8_t *p, size_t size)
{
    const __m256i weights = _mm256_set_epi8(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                            22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32);
    const __m256i words = _mm256_set1_epi16(1), zero = _mm256_setzero_si256();
    __m256i sum = zero, sums = zero, dot = zero, sum1 = zero, sums1 = zero, dot1 = zero;
    uint8_t front[64] __attribute__((aligned(32))) = {0};
    const uint8_t *q = front;
    size_t first = size & 63;

    if (first) {
        uint8_t *to = front + 64 - first;

        for (size_t i = 0; i < first; i++)
            to[i] = p[i];
    } else {
        first = 64;
        q = p;
    }

    /* Two vectors a round: the first is followed by 32 bytes more than the second. */
    const uint8_t *next = p + first, *const end = p + size;

    for (;;) {
        const __m256i v = _mm256_loadu_si256((const __m256i *)q), v1 = _mm256_loadu_si256((const __m256i *)(q + 32));

        sums = _mm256_add_epi32(sums, sum);
        sums1 = _mm256_add_epi32(sums1, sum1);
        sum = _mm256_add_epi32(sum, _mm256_sad_epu8(v, zero));
        sum1 = _mm256_add_epi32(sum1, _mm256_sad_epu8(v1, zero));
        dot = _mm256_add_epi32(dot, _mm256_madd_epi16(_mm256_maddubs_epi16(v, weights), words));
        dot1 = _mm256_add_epi32(dot1, _mm256_madd_epi16(_mm256_maddubs_epi16(v1, weights), words));
        if (next == end)
            break;
        q = next;
        next += 64;
    }
    return reduce(adler, size, sum_of_eighths(_mm256_add_epi32(sum, sum1)),
                  64 * sum_of_eighths(_mm256_add_epi32(sums, sums1)) + 32 * sum_of_eighths(sum) +
                      sum_of_eighths(_mm256_add_epi32(dot, dot1)));
}

TARGET_AVX2 static uint32_t adler32_avx2(uint32_t adler, const uint8_t *p, size_t size)
{
    for (; size > CHUNK; size -= CHUNK, p += CHUNK)
        adler = adler32_avx2_chunk(adler, p, CHUNK);
    return size > 0 ? adler32_avx2_chunk(adler, p, size) : adler;
}

unsigned sluice_adler32_simd_paths(struct checksum_path paths[CHECKSUM_PATHS_MAX - 1])
{
    unsigned n = 0;

    /* VBMI is asked for because processors older than it slow down under wide vectors. */
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi") &&
        __builtin_cpu_supports("avx512vnni"))
        paths[n++] = (struct checksum_path){"avx512", adler32_avx512};
    if (__builtin_cpu_supports("avx2"))
        paths[n++] = (struct checksum_path){"avx2", adler32_avx2};
    return n;
}

#else

unsigned sluice_adler32_simd_paths(struct checksum_path paths[CHECKSUM_PATHS_MAX - 1])
{
    (void)paths;
    return 0;
}

#endif
