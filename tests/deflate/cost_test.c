/*
 * cost_test.c: costs are what an ideal code would take, as far as whole numbers can tell; the estimate of a block is
 * near the bits that it takes.
 */
#include "deflate/cost.h"
#include "deflate/dynamic.h"
#include "deflate/tokens.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <string.h>

static struct statistics statistics_of(uint64_t *random, unsigned literals, unsigned range, unsigned matches)
{
    struct statistics c;

    memset(&c, 0, sizeof c);
    for (unsigned i = 0; i < literals; i++)
        c.litlen[sample_below(random, 1 + sample_below(random, range))]++;
    for (unsigned i = 0; i < matches; i++) {
        c.litlen[LENGTH_FIRST + sample_below(random, 1 + sample_below(random, LENGTH_CODES))]++;
        c.distance[sample_below(random, DISTANCE_SYMBOLS)]++;
    }
    return c;
}

/* Powers of two have costs that are whole bits. */
static void test_whole_bits(void)
{
    struct statistics c;
    struct costs costs;

    memset(&c, 0, sizeof c);
    c.litlen['a'] = 128;
    c.litlen['b'] = 64;
    c.litlen['c'] = 32;
    c.litlen[length_symbol(3 - MATCH_MIN)] = 16;
    c.litlen[length_symbol(100 - MATCH_MIN)] = 16;
    c.distance[distance_symbol(1 - 1)] = 8;
    c.distance[distance_symbol(1000 - 1)] = 24;
    sluice_costs(&costs, &c);
    CHECK_EQ(costs.literal['a'], 1 * COST_BIT);
    CHECK_EQ(costs.literal['b'], 2 * COST_BIT);
    CHECK_EQ(costs.literal['c'], 3 * COST_BIT);
    CHECK(costs.literal['d'] > 8 * COST_BIT); /* what does not occur is dearer than what does once */
    CHECK_EQ(costs.length[3], 4 * COST_BIT);
    CHECK_EQ(costs.length[100], (4 + 4) * COST_BIT); /* with the extra bits */
    CHECK_EQ(costs.length[99], costs.length[100]);
    CHECK_EQ(costs.distance[0], 2 * COST_BIT);
    CHECK(costs.distance[distance_symbol(999)] > (8 + 0) * COST_BIT);
    CHECK(costs.distance[distance_symbol(999)] < (8 + 1) * COST_BIT);
}

static void test_fixed(void)
{
    struct costs costs;

    sluice_costs_fixed(&costs);
    for (unsigned i = 0; i < 256; i++)
        CHECK_EQ(costs.literal[i], (i < 144 ? 8 : 9) * COST_BIT);
    for (unsigned i = MATCH_MIN; i <= MATCH_MAX; i++) {
        const unsigned symbol = length_symbol(i - MATCH_MIN);

        CHECK_EQ(costs.length[i],
                 (unsigned)((symbol < 280 ? 7 : 8) + sluice_length_extra[symbol - LENGTH_FIRST]) * COST_BIT);
    }
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        CHECK_EQ(costs.distance[i], (unsigned)(5 + sluice_distance_extra[i]) * COST_BIT);
}

/* Rarer is never cheaper, and nothing is free or dearer than the longest codeword. */
static void test_order(uint64_t *random)
{
    const struct statistics c = statistics_of(random, 1 + (unsigned)sample_below(random, 5000), 256,
                                              (unsigned)sample_below(random, 3000));
    struct costs costs;

    sluice_costs(&costs, &c);
    for (unsigned i = 0; i < 256; i++) {
        CHECK(costs.literal[i] > 0 && costs.literal[i] <= LITLEN_LIMIT * COST_BIT);
        for (unsigned k = 0; k < 256; k += 7)
            if (c.litlen[i] > c.litlen[k])
                CHECK(costs.literal[i] <= costs.literal[k]);
    }
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        CHECK(costs.distance[i] <= (CODE_BITS_MAX + (unsigned)sluice_distance_extra[i]) * COST_BIT);
}

static void test_block(uint64_t *random)
{
    struct statistics a = statistics_of(random, 500 + (unsigned)sample_below(random, 20000), 256,
                                        (unsigned)sample_below(random, 5000));
    const struct statistics b = statistics_of(random, 500, 20, 100);
    uint8_t litlen[LITLEN_SYMBOLS], distance[DISTANCE_SYMBOLS];
    struct statistics both = a;
    struct dynamic dynamic;
    uint64_t bits, estimate;

    sluice_statistics_add(&both, &b);
    for (unsigned i = 0; i < LITLEN_SYMBOLS; i++)
        CHECK_EQ(both.litlen[i], a.litlen[i] + b.litlen[i]);
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        CHECK_EQ(both.distance[i], a.distance[i] + b.distance[i]);

    a.litlen[END_OF_BLOCK] = 1;
    bits = sluice_dynamic(&dynamic, &a, litlen, distance, DYNAMIC_THOROUGH);
    estimate = sluice_cost_block(&a) / COST_BIT;
    check_context("%llu bits, estimated as %llu", (unsigned long long)bits, (unsigned long long)estimate);
    CHECK(estimate > bits - bits / 20 - 700 && estimate < bits + bits / 20 + 700);
}

int main(void)
{
    uint64_t random = 8;

    test_whole_bits();
    test_fixed();
    for (int round = 0; round < 60; round++) {
        test_order(&random);
        test_block(&random);
    }
    return check_report("deflate/cost");
}
