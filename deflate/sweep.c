/*
 * sweep.c: see sweep.h. AVX2 for x86-64, where it takes half the time: on data that is stored or repeats itself, the
 * sweeps are a good part of all there is to do.
 */
#include "deflate/sweep.h"
#include "deflate/match.h"

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)

#include <immintrin.h>

enum { PREFETCHED = 1024 }; /* bytes ahead; measured: a twentieth of all on data that repeats itself */

__attribute__((target("avx2"))) static void sweep_avx2(uint16_t *table, size_t entries, uint32_t place)
{
    const __m256i here = _mm256_set1_epi16((short)place), far = _mm256_set1_epi16((short)PLACE_FAR);

    for (size_t i = 0; i < entries; i += 32) {
        __m256i *const a = (__m256i *)(void *)(table + i), *const b = a + 1;

        __builtin_prefetch((const void *)((uintptr_t)a + PREFETCHED), 1);

        const __m256i x = _mm256_sub_epi16(here, _mm256_loadu_si256(a));
        const __m256i y = _mm256_sub_epi16(here, _mm256_loadu_si256(b));

        _mm256_storeu_si256(a, _mm256_sub_epi16(here, _mm256_min_epu16(x, far)));
        _mm256_storeu_si256(b, _mm256_sub_epi16(here, _mm256_min_epu16(y, far)));
    }
}

bool sluice_sweep_simd(uint16_t *table, size_t entries, uint32_t place)
{
    if (!__builtin_cpu_supports("avx2"))
        return false;
    sweep_avx2(table, entries, place);
    return true;
}

#else

bool sluice_sweep_simd(uint16_t *table, size_t entries, uint32_t place)
{
    (void)table, (void)entries, (void)place;
    return false;
}

#endif

void sluice_sweep(uint16_t *table, size_t entries, uint32_t place)
{
    if (!sluice_sweep_simd(table, entries, place))
        sweep(table, entries, place);
}
