/*
 * split_test.c: a block is split where the symbols change, and not where they stay what they were.
 */
#include "deflate/split.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <string.h>

/* So many literals in a narrow range, and matches. */
static struct statistics statistics_of(uint64_t *random, unsigned literals, unsigned first, unsigned range,
                                       unsigned matches)
{
    struct statistics c;

    memset(&c, 0, sizeof c);
    for (unsigned i = 0; i < literals; i++)
        c.litlen[first + sample_below(random, range)]++;
    for (unsigned i = 0; i < matches; i++) {
        c.litlen[LENGTH_FIRST + sample_below(random, 8)]++;
        c.distance[10 + sample_below(random, 15)]++;
    }
    return c;
}

/* Text has cheap literals, other data has not, and what is too short to tell is taken for other data. */
static void test_guess(uint64_t *random)
{
    uint8_t data[4096];

    for (unsigned range = 1; range <= 256; range += 15) {
        for (size_t i = 0; i < sizeof data; i++)
            data[i] = (uint8_t)sample_below(random, range);
        check_context("%u different bytes", range);
        CHECK_EQ(sluice_literal_cost_guess(data, sizeof data), range < 64 ? LITERAL_COST_TEXT : LITERAL_COST_UNKNOWN);
        CHECK_EQ(sluice_literal_cost_guess(data, 512), sluice_literal_cost_guess(data, sizeof data));
        CHECK_EQ(sluice_literal_cost_guess(data, 511), LITERAL_COST_UNKNOWN);
        CHECK_EQ(sluice_literal_cost_guess(data, 0), LITERAL_COST_UNKNOWN);
    }
}

int main(void)
{
    uint64_t random = 3;

    test_guess(&random);

    for (int round = 0; round < 200; round++) {
        const unsigned size = SPLIT_SYMBOLS + (unsigned)sample_below(&random, 4000);
        const struct statistics text = statistics_of(&random, size, 'a', 26, size / 3);
        const struct statistics same = statistics_of(&random, SPLIT_SYMBOLS, 'a', 26, SPLIT_SYMBOLS / 3);
        const struct statistics noise = statistics_of(&random, SPLIT_SYMBOLS, 0, 256, 0);
        const struct statistics digits = statistics_of(&random, SPLIT_SYMBOLS, '0', 4, 0);
        const struct statistics matches = statistics_of(&random, 0, 0, 1, SPLIT_SYMBOLS);
        struct statistics none, doubled = text;

        memset(&none, 0, sizeof none);
        for (unsigned i = 0; i < LITLEN_SYMBOLS; i++)
            doubled.litlen[i] *= 2;
        for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
            doubled.distance[i] *= 2;
        check_context("round %d, %u symbols", round, size);
        CHECK(!sluice_split(&text, &same));
        CHECK(!sluice_split(&text, &text));
        CHECK(!sluice_split(&text, &doubled));
        CHECK(!sluice_split(&text, &none));
        CHECK(!sluice_split(&none, &text));
        CHECK(sluice_split(&text, &noise));
        CHECK(sluice_split(&text, &digits));
        CHECK(sluice_split(&noise, &text));
        CHECK(sluice_split(&digits, &matches));
        CHECK_EQ(sluice_split(&digits, &noise), sluice_split(&noise, &digits));
    }

    /* The largest counts that a block can have do not overflow. */
    struct statistics one, other;

    memset(&one, 0, sizeof one);
    memset(&other, 0, sizeof other);
    one.litlen['a'] = 1u << 28;
    other.litlen['z'] = 1u << 28;
    CHECK(sluice_split(&one, &other));
    CHECK(!sluice_split(&one, &one));
    return check_report("deflate/split");
}
