/*
 * split.c: comparing the symbols of a block so far with the fresh ones behind it.
 *
 * Coded apart, each part needs the bits of its own entropy; coded together, those of the sum. The difference is what
 * two blocks would save, and is held against what the second one's header costs. To be quick, and because a few
 * symbols say little about each single one, symbols are first put together in bins.
 */
#include "deflate/split.h"

enum {
    LITERAL_BINS = 64, /* four neighbours each */
    LENGTH_BINS = 8,
    DISTANCE_BINS = DISTANCE_SYMBOLS / 2,
    BINS = LITERAL_BINS + LENGTH_BINS + DISTANCE_BINS,
    HEADER_BITS = 400, /* measured, see the journal: what the gain by bins must exceed */
    LOG_STEPS = 6
};

/* 256 * log2(1 + i / 64) */
static const uint16_t log_table[(1 << LOG_STEPS) + 1] = {
    0, 6, 11, 17, 22, 28, 33, 38, 44, 49, 54, 59, 63, 68, 73, 78,
    82, 87, 92, 96, 100, 105, 109, 113, 118, 122, 126, 130, 134, 138, 142, 146,
    150, 154, 157, 161, 165, 169, 172, 176, 179, 183, 186, 190, 193, 197, 200, 203,
    207, 210, 213, 216, 220, 223, 226, 229, 232, 235, 238, 241, 244, 247, 250, 253,
    256,
};

/* 256 * n * log2(n), rounded */
static uint64_t n_log_n(uint32_t n)
{
    if (n < 2)
        return 0;

    const unsigned top = 31 - (unsigned)__builtin_clz(n);
    const uint32_t fraction = n << (31 - top) << 1; /* what follows the leading one */
    const unsigned step = fraction >> (32 - LOG_STEPS);
    const uint32_t between = fraction << LOG_STEPS >> 24;
    const uint32_t log = log_table[step] + ((log_table[step + 1] - log_table[step]) * between >> 8);

    return (uint64_t)n * (256 * top + log);
}

static void to_bins(uint32_t *bins, const struct statistics *c)
{
    for (unsigned i = 0; i < LITERAL_BINS; i++)
        bins[i] = c->litlen[4 * i] + c->litlen[4 * i + 1] + c->litlen[4 * i + 2] + c->litlen[4 * i + 3];
    for (unsigned i = 0; i < LENGTH_BINS; i++)
        bins[LITERAL_BINS + i] = 0;
    for (unsigned i = 0; i < LENGTH_CODES; i++)
        bins[LITERAL_BINS + i / 4] += c->litlen[LENGTH_FIRST + i];
    for (unsigned i = 0; i < DISTANCE_BINS; i++)
        bins[LITERAL_BINS + LENGTH_BINS + i] = c->distance[2 * i] + c->distance[2 * i + 1];
}

/* 256 times the bits that the bins' entropy amounts to, for the two codes they stand for. */
static uint64_t entropy(const uint32_t *bins)
{
    uint32_t litlen = 0, distance = 0;
    uint64_t parts = 0;

    for (unsigned i = 0; i < LITERAL_BINS + LENGTH_BINS; i++) {
        litlen += bins[i];
        parts += n_log_n(bins[i]);
    }
    for (unsigned i = LITERAL_BINS + LENGTH_BINS; i < BINS; i++) {
        distance += bins[i];
        parts += n_log_n(bins[i]);
    }
    return n_log_n(litlen) + n_log_n(distance) - parts;
}

bool sluice_split(const struct statistics *seen, const struct statistics *fresh)
{
    uint32_t a[BINS], b[BINS], both[BINS];

    to_bins(a, seen);
    to_bins(b, fresh);
    for (unsigned i = 0; i < BINS; i++)
        both[i] = a[i] + b[i];
    return entropy(both) > entropy(a) + entropy(b) + 256 * HEADER_BITS;
}
