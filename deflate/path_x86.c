/*
 * path_x86.c: path_steps.h with AVX2, for x86-64.
 */
#include "deflate/path.h"

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)

#include <immintrin.h>

#define TARGET_AVX2 __attribute__((target("avx2")))

typedef __m256i lanes;

TARGET_AVX2 static inline lanes lanes_load(const void *p) { return _mm256_loadu_si256(p); }
TARGET_AVX2 static inline lanes lanes_fill(int32_t n) { return _mm256_set1_epi32(n); }
TARGET_AVX2 static inline lanes lanes_sum(lanes a, lanes b) { return _mm256_add_epi32(a, b); }
TARGET_AVX2 static inline lanes lanes_difference(lanes a, lanes b) { return _mm256_sub_epi32(a, b); }
TARGET_AVX2 static inline lanes lanes_least(lanes a, lanes b) { return _mm256_min_epi32(a, b); }
TARGET_AVX2 static inline lanes lanes_greatest(lanes a, lanes b) { return _mm256_max_epi32(a, b); }

TARGET_AVX2 static inline int32_t least_lane(lanes v)
{
    __m128i a = _mm_min_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

    a = _mm_min_epi32(a, _mm_shuffle_epi32(a, 0x4e));
    a = _mm_min_epi32(a, _mm_shuffle_epi32(a, 0xb1));
    return _mm_cvtsi128_si32(a);
}

#define PATH_TARGET TARGET_AVX2
#include "deflate/path_steps.h"

bool sluice_path_simd(const struct stretch *on, const struct costs *costs, uint32_t *cost, uint16_t *step)
{
    if (!__builtin_cpu_supports("avx2"))
        return false;
    find_path(on, costs, cost, step);
    return true;
}

#else

bool sluice_path_simd(const struct stretch *on, const struct costs *costs, uint32_t *cost, uint16_t *step)
{
    (void)on, (void)costs, (void)cost, (void)step;
    return false;
}

#endif
