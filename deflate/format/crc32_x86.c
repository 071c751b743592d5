/*
 * crc32_x86.c: CRC-32 by carry-less multiplication, for x86-64.
 *
 * A register of 128 bits that lies n bits before the end of the message stands for that polynomial times x^n. It is
 * moved over n bits (folded) by multiplying its two halves by x^n and x^(n + 64) modulo the CRC's polynomial, and
 * adding the products to what lies there. So a message shrinks to 128 bits with the same remainder; the rest is
 * Barrett's reduction.
 *
 * All is bit-reversed: the lowest bit of a register is its highest power. A product then comes out one place short, and
 * a multiplier of 32 bits in the low half of 64 stands for itself times x^32; hence the multiplier for x^n is
 * x^(n - 33) modulo the polynomial.
 *
 * Zeros before the message change nothing, provided that the initial remainder is added to the message's first four
 * bytes: the wide way begins with a vector that is filled up with zeros in front and then has whole vectors only.
 */
#include "deflate/format/checksum.h"

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)

#include <immintrin.h>

/* Multipliers to fold over so many bits: for the half that comes last, and the half that comes first. */
#define OVER_128 0xccaa009e, 0xae689191
#define OVER_256 0x81256527, 0xf1da05aa
#define OVER_384 0xaf449247, 0x3db1ecdc
#define OVER_512 0x1d9513d7, 0x8f352d95
#define OVER_1024 0x910eeec1, 0x33fff533
#define OVER_2048 0xe95c1271, 0xce3371cb

/* floor(x^95 / polynomial), and the polynomial without its x^32, times x^31. */
#define QUOTIENT UINT64_C(0xb4e5b025f7011641)
#define REMAINDER UINT64_C(0x1db710640)

#define TARGET_CLMUL __attribute__((target("pclmul,sse4.1,ssse3")))
#define TARGET_AVX512 __attribute__((target("pclmul,avx512f,avx512bw,avx512vl,avx512vbmi,vpclmulqdq")))

TARGET_CLMUL static inline __attribute__((always_inline)) __m128i fold(__m128i x, __m128i over, __m128i onto)
{
    return _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(x, over, 0x00), _mm_clmulepi64_si128(x, over, 0x11)), onto);
}

/* The remainder of 128 bits times x^32. */
TARGET_CLMUL static inline __attribute__((always_inline)) uint32_t remainder_of(__m128i x)
{
    const __m128i barrett = _mm_set_epi64x((int64_t)REMAINDER, (int64_t)QUOTIENT);
    /* 96 bits times x^32, in the lower three quarters */
    const __m128i y = _mm_xor_si128(_mm_clmulepi64_si128(x, _mm_set_epi64x(OVER_128), 0x10), _mm_srli_si128(x, 8));
    const __m128i quotient = _mm_clmulepi64_si128(y, barrett, 0x00);
    const __m128i product = _mm_clmulepi64_si128(quotient, barrett, 0x10);

    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(product, y), 2);
}

TARGET_CLMUL static inline __m128i load128(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

/* Shuffles by a load from shift + n: bytes move up by 16 - n, zeros or a copy come in. */
static const uint8_t shift[48] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                  0x80, 0x80, 0x80, 0x80, 0,    1,    2,    3,    4,    5,    6,    7,
                                  8,    9,    10,   11,   12,   13,   14,   15,   0x80, 0x80, 0x80, 0x80,
                                  0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};

/*
 * x followed by the n bytes (1 to 15) that end before `end`, folded into 128 bits; 16 bytes before `end` can be read.
 */
TARGET_CLMUL static inline __m128i fold_rest(__m128i x, const uint8_t *end, size_t n)
{
    const __m128i up = load128(shift + n), down = load128(shift + 16 + n);
    /* The last 16 bytes: what `down` leaves of x, then the data, which `down` marks as absent. */
    const __m128i last = _mm_blendv_epi8(_mm_shuffle_epi8(x, down), load128(end - 16), down);

    return fold(_mm_shuffle_epi8(x, up), _mm_set_epi64x(OVER_128), last);
}

TARGET_CLMUL static uint32_t crc32_clmul(uint32_t crc, const uint8_t *p, size_t size)
{
    __m128i x;

    if (size < 16) {
        uint8_t front[32] = {0};
        uint8_t *to = front + 16 - size;

        if (size == 0)
            return crc;
        for (size_t i = 0; i < size; i++)
            to[i] = p[i];
        crc = ~crc;
        for (size_t i = 0; i < 4; i++)
            to[i] ^= (uint8_t)(crc >> 8 * i);
        /* Of the initial remainder what reaches beyond a message of less than four bytes is added at the end. */
        return ~(remainder_of(load128(front)) ^ (uint32_t)front[16] ^ (uint32_t)front[17] << 8 ^
                 (uint32_t)front[18] << 16);
    }
    x = _mm_xor_si128(load128(p), _mm_cvtsi32_si128((int)~crc));
    p += 16;
    size -= 16;
    if (size >= 112) {
        const __m128i over = _mm_set_epi64x(OVER_512);
        __m128i x1 = load128(p), x2 = load128(p + 16), x3 = load128(p + 32);

        for (p += 48, size -= 48; size >= 64; p += 64, size -= 64) {
            x = fold(x, over, load128(p));
            x1 = fold(x1, over, load128(p + 16));
            x2 = fold(x2, over, load128(p + 32));
            x3 = fold(x3, over, load128(p + 48));
        }
        x3 = fold(x2, _mm_set_epi64x(OVER_128), x3);
        x1 = fold(x, _mm_set_epi64x(OVER_128), x1);
        x = fold(x1, _mm_set_epi64x(OVER_256), x3);
    }
    for (; size >= 16; p += 16, size -= 16)
        x = fold(x, _mm_set_epi64x(OVER_128), load128(p));
    if (size > 0)
        x = fold_rest(x, p + size, size);
    return ~remainder_of(x);
}

TARGET_AVX512 static inline __attribute__((always_inline)) __m512i fold512(__m512i x, __m512i over, __m512i onto)
{
    enum { XOR3 = 0x96 };

    return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(x, over, 0x00), _mm512_clmulepi64_epi128(x, over, 0x11),
                                     onto, XOR3);
}

/* The remainder of 512 bits times x^32. */
TARGET_AVX512 static inline __attribute__((always_inline)) uint32_t remainder512(__m512i x)
{
    /* The first three quarters are folded onto the last, which is multiplied by nothing. */
    const __m512i over = _mm512_set_epi64(0, 0, OVER_128, OVER_256, OVER_384);
    const __m512i folded = fold512(x, over, _mm512_maskz_mov_epi64(0xc0, x));
    const __m256i half = _mm256_xor_si256(_mm512_castsi512_si256(folded), _mm512_extracti64x4_epi64(folded, 1));

    return remainder_of(_mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1)));
}

TARGET_AVX512 static uint32_t crc32_avx512(uint32_t crc, const uint8_t *p, size_t size)
{
    const __m512i index = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45,
                                          44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26,
                                          25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5,
                                          4, 3, 2, 1, 0);

    if (size <= 16) {
        if (size < 4)
            return crc32_clmul(crc, p, size);

        const __m128i x = _mm_xor_si128(_mm_maskz_loadu_epi8((__mmask16)(0xffff >> (16 - size)), p),
                                        _mm_cvtsi32_si128((int)~crc));

        return ~remainder_of(_mm_shuffle_epi8(x, load128(shift + size)));
    }

    const unsigned pad = (unsigned)(0 - size) & 63;
    const __m512i initial = _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)~crc));
    const __m512i from = _mm512_sub_epi8(index, _mm512_set1_epi8((char)pad));

    if (size <= 64)
        return ~remainder512(_mm512_maskz_permutexvar_epi8(
            ~UINT64_C(0) << pad, from, _mm512_xor_si512(_mm512_maskz_loadu_epi8(~UINT64_C(0) >> pad, p), initial)));

    const __m512i over = _mm512_set_epi64(OVER_512, OVER_512, OVER_512, OVER_512);
    __m512i x = _mm512_xor_si512(_mm512_loadu_si512(p), initial);

    /* The second vector has all the data that the shift moves out of the first, but not the initial remainder. */
    x = _mm512_maskz_permutexvar_epi8(~UINT64_C(0) << pad, from, x);
    p += 64 - pad;
    size -= 64 - pad;
    x = fold512(x, over, _mm512_xor_si512(_mm512_loadu_si512(p), _mm512_maskz_permutexvar_epi8(
                                                                     (UINT64_C(1) << pad) - 1, from, initial)));
    p += 64;
    size -= 64;
    if (size >= 192 + 256) {
        const __m512i over4 = _mm512_set_epi64(OVER_2048, OVER_2048, OVER_2048, OVER_2048);
        __m512i x1 = _mm512_loadu_si512(p), x2 = _mm512_loadu_si512(p + 64), x3 = _mm512_loadu_si512(p + 128);

        for (p += 192, size -= 192; size >= 256; p += 256, size -= 256) {
            x = fold512(x, over4, _mm512_loadu_si512(p));
            x1 = fold512(x1, over4, _mm512_loadu_si512(p + 64));
            x2 = fold512(x2, over4, _mm512_loadu_si512(p + 128));
            x3 = fold512(x3, over4, _mm512_loadu_si512(p + 192));
        }
        x3 = fold512(x2, over, x3);
        x1 = fold512(x, over, x1);
        x = fold512(x1, _mm512_set_epi64(OVER_1024, OVER_1024, OVER_1024, OVER_1024), x3);
    }
    for (; size > 0; p += 64, size -= 64)
        x = fold512(x, over, _mm512_loadu_si512(p));
    return ~remainder512(x);
}

unsigned sluice_crc32_simd_paths(struct checksum_path paths[CHECKSUM_PATHS_MAX - 1])
{
    unsigned n = 0;

    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("vpclmulqdq"))
        paths[n++] = (struct checksum_path){"avx512", crc32_avx512};
    if (__builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"))
        paths[n++] = (struct checksum_path){"clmul", crc32_clmul};
    return n;
}

#else

unsigned sluice_crc32_simd_paths(struct checksum_path paths[CHECKSUM_PATHS_MAX - 1])
{
    (void)paths;
    return 0;
}

#endif
