/*
 * split.c: comparing the symbols of a block so far with the fresh ones behind it.
 *
 * Coded apart, each part needs the bits of its own entropy; coded together, those of the sum. The difference is what
 * two blocks would save, and is held against what the second one's header costs. To be quick, and because a few
 * symbols say little about each single one, symbols are first put together in bins.
 */
#include "deflate/log.h"
#include "deflate/split.h"

enum {
    LITERAL_BINS = 64, /* four neighbours each */
    LENGTH_BINS = 8,
    DISTANCE_BINS = DISTANCE_SYMBOLS / 2,
    BINS = LITERAL_BINS + LENGTH_BINS + DISTANCE_BINS,
    GUESS_BYTES = 512, /* are there, or what follows is too short to be like text: the fixed codes will be best */
    TEXT_BYTES = 62,   /* different ones among them, at most, tell text; measured, see the journal */
    HEADER_BITS = 350 /* measured, see the journal: what the gain by bins must exceed */
};

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

/* LOG_UNIT times the bits that the bins' entropy amounts to, for the two codes they stand for. */
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
    return entropy(both) > entropy(a) + entropy(b) + LOG_UNIT * HEADER_BITS;
}

unsigned sluice_literal_cost(const struct statistics *seen, const struct statistics *fresh)
{
    uint32_t literals = 0, symbols = 0;
    uint64_t parts = 0;

    for (unsigned i = 0; i < LITLEN_SYMBOLS; i++) {
        const uint32_t n = seen->litlen[i] + fresh->litlen[i];

        symbols += n;
        if (i < END_OF_BLOCK) {
            literals += n;
            parts += n_log_n(n);
        }
    }
    if (literals < LITERALS_FEW)
        return LITERAL_COST_UNKNOWN;
    return (unsigned)(log_of(symbols) - parts / literals);
}

unsigned sluice_literal_cost_guess(const uint8_t *data, size_t size)
{
    uint8_t seen[256] = {0};
    unsigned different = 0;

    if (size < GUESS_BYTES)
        return LITERAL_COST_UNKNOWN;
    for (unsigned i = 0; i < GUESS_BYTES; i++)
        seen[data[i]] = 1;
    for (unsigned i = 0; i < 256; i++)
        different += seen[i];
    return different <= TEXT_BYTES ? LITERAL_COST_TEXT : LITERAL_COST_UNKNOWN;
}
