/*
 * log.h: logarithms in whole numbers, so that every machine decides alike.
 */
#ifndef SLUICE_DEFLATE_LOG_H
#define SLUICE_DEFLATE_LOG_H

#include <stdint.h>

enum {
    LOG_UNIT = 256, /* a logarithm, a number of bits, is so many times what is given */
    LOG_STEPS = 6   /* log2 of the steps of the table */
};

/* LOG_UNIT * log2(1 + i / 64) */
extern const uint16_t sluice_log_table[(1 << LOG_STEPS) + 1];

/* LOG_UNIT * log2(n), n at least 1 */
static inline uint32_t log_of(uint32_t n)
{
    const unsigned top = 31 - (unsigned)__builtin_clz(n);
    const uint32_t fraction = n << (31 - top) << 1; /* what follows the leading one */
    const unsigned step = fraction >> (32 - LOG_STEPS);
    const uint32_t between = fraction << LOG_STEPS >> 24;
    const uint32_t low = sluice_log_table[step], high = sluice_log_table[step + 1];

    return LOG_UNIT * top + low + ((high - low) * between >> 8);
}

/* n * log_of(n), 0 for none: what entropies are made of */
static inline uint64_t n_log_n(uint32_t n)
{
    return n ? (uint64_t)n * log_of(n) : 0;
}

#endif
