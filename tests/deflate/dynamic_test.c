/*
 * dynamic_test.c: the header tells the lengths that the codes have, in the bits that are said, and more effort never
 * takes more of them.
 */
#include "deflate/dynamic.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <string.h>

/* Symbols in stretches that do not occur, occur about equally often, or as it comes: runs of all lengths. */
static void make_frequencies(uint32_t *frequency, unsigned symbols, uint64_t *random)
{
    for (unsigned i = 0; i < symbols;) {
        const unsigned end = i + 1 + (unsigned)sample_below(random, 1 + sample_below(random, symbols));
        const unsigned kind = (unsigned)sample_below(random, 3);
        const uint32_t usual = 1 + (uint32_t)sample_below(random, 500);

        for (; i < end && i < symbols; i++)
            frequency[i] = kind == 0 ? 0 : kind == 1 ? usual : 1 + (uint32_t)sample_below(random, 1000);
    }
}

/* The lengths that the items stand for; checks that each repeats what may be repeated. Gives their number. */
static unsigned lengths_of(const struct dynamic *d, uint8_t *lengths)
{
    unsigned n = 0;

    for (unsigned i = 0; i < d->items; i++) {
        const unsigned symbol = d->item[i] & 31, extra = d->item[i] >> 5;
        unsigned repeat = 1;
        uint8_t length = (uint8_t)symbol;

        CHECK(d->precode[symbol] > 0 && d->precode[symbol] <= PRECODE_BITS_MAX);
        if (symbol == PRECODE_COPY) {
            CHECK(n > 0 && extra < 4);
            length = n ? lengths[n - 1] : 0;
            repeat = 3 + extra;
        } else if (symbol == PRECODE_ZEROS) {
            CHECK(extra < 8);
            length = 0;
            repeat = 3 + extra;
        } else if (symbol == PRECODE_ZEROS_LONG) {
            CHECK(extra < 128);
            length = 0;
            repeat = 11 + extra;
        } else {
            CHECK_EQ(extra, 0);
        }
        for (; repeat > 0 && n < LITLEN_SYMBOLS + DISTANCE_SYMBOLS; repeat--)
            lengths[n++] = length;
        CHECK_EQ(repeat, 0);
    }
    return n;
}

static uint64_t bits_of(const struct dynamic *d, const struct statistics *of, const uint8_t *litlen,
                        const uint8_t *distance)
{
    static const uint8_t extra[3] = {2, 3, 7};
    uint64_t bits = 3 + 5 + 5 + 4 + 3 * (uint64_t)d->hclen;

    for (unsigned i = 0; i < d->items; i++) {
        const unsigned symbol = d->item[i] & 31;

        bits += d->precode[symbol] + (symbol >= PRECODE_COPY ? extra[symbol - PRECODE_COPY] : 0u);
    }
    for (unsigned i = 0; i < LITLEN_SYMBOLS; i++)
        bits += (uint64_t)of->litlen[i] * litlen[i];
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        bits += (uint64_t)of->distance[i] * distance[i];
    return bits;
}

int main(void)
{
    static const enum dynamic_effort efforts[] = {DYNAMIC_QUICK, DYNAMIC_THOROUGH, DYNAMIC_SMOOTH};
    uint64_t random = 12;

    for (int round = 0; round < 2000; round++) {
        struct statistics of;
        uint64_t before = UINT64_MAX;

        make_frequencies(of.litlen, LITLEN_SYMBOLS, &random);
        make_frequencies(of.distance, DISTANCE_SYMBOLS, &random);
        of.litlen[END_OF_BLOCK] = 1;
        for (unsigned e = 0; e < 3; e++) {
            uint8_t litlen[LITLEN_SYMBOLS], distance[DISTANCE_SYMBOLS];
            uint8_t lengths[LITLEN_SYMBOLS + DISTANCE_SYMBOLS];
            struct dynamic d;
            const uint64_t bits = sluice_dynamic(&d, &of, litlen, distance, efforts[e]);

            check_context("round %d, effort %u", round, e);
            CHECK_EQ(lengths_of(&d, lengths), d.hlit + d.hdist);
            CHECK_BYTES(lengths, d.hlit, litlen, d.hlit);
            CHECK_BYTES(lengths + d.hlit, d.hdist, distance, d.hdist);
            for (unsigned i = d.hlit; i < LITLEN_SYMBOLS; i++)
                CHECK_EQ(litlen[i], 0);
            for (unsigned i = d.hdist; i < DISTANCE_SYMBOLS; i++)
                CHECK_EQ(distance[i], 0);
            CHECK_EQ(bits, bits_of(&d, &of, litlen, distance));
            CHECK(bits <= before);
            before = bits;
        }
    }
    return check_report("deflate/dynamic");
}
