/*
 * path_test.c: the way that is found is as cheap as the cheapest that a plain search through all of them finds; its
 * tokens stand for the data; vectors and plain C agree.
 */
#include "deflate/path.h"
#include "deflate/tokens.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <string.h>

enum { MOST = 700 };

static uint8_t data[MOST], counts[MOST + 8], literals[MOST + 8];
static uint32_t matches[MOST * MATCHES_MOST], cost[MOST + PATH_MARGIN], tokens[MOST];
static uint16_t step[MOST], other[MOST];

/* Data of few letters, and at each position its matches: each farther and longer, one a distance symbol. */
static struct stretch stretch_of(uint64_t *random, size_t bytes, unsigned letters)
{
    uint32_t *end = matches;

    for (size_t i = 0; i < bytes; i++)
        data[i] = (uint8_t)sample_below(random, letters);
    if (bytes > 400)
        memset(data + 20, 7, 300); /* a long match or two */
    for (size_t i = 0; i < bytes; i++) {
        uint32_t *const begin = end;
        unsigned longest = MATCH_MIN - 1;

        for (size_t d = 1; d <= i; d++) {
            unsigned length = 0;

            while (length < MATCH_MAX && i + length < bytes && data[i + length] == data[i + length - d])
                length++;
            if (length <= longest)
                continue;
            longest = length;
            if (end > begin && entry_symbol(end[-1]) == distance_symbol((unsigned)d - 1))
                end--;
            *end++ = match_entry(length, (unsigned)d, distance_symbol((unsigned)d - 1));
        }
        counts[i] = (uint8_t)(end - begin);
    }
    return (struct stretch){data, counts, matches, end, bytes};
}

static struct costs costs_of(uint64_t *random)
{
    struct costs costs;

    for (unsigned i = 0; i < 256; i++)
        costs.literal[i] = COST_BIT + (uint32_t)sample_below(random, 10 * COST_BIT);
    memset(costs.length, 0, sizeof costs.length);
    for (unsigned i = MATCH_MIN; i <= MATCH_MAX; i++)
        costs.length[i] = 2 * COST_BIT + (uint32_t)sample_below(random, 10 * COST_BIT);
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        costs.distance[i] = COST_BIT + (uint32_t)sample_below(random, 20 * COST_BIT);
    return costs;
}

/* The least that the bytes can cost, by trying every length of every match at every position. */
static uint32_t least_cost(const struct stretch *on, const struct costs *costs)
{
    static uint32_t best[MOST + 1];
    const uint32_t *match = on->end;

    best[on->bytes] = 0;
    for (size_t i = on->bytes; i-- > 0;) {
        best[i] = best[i + 1] + costs->literal[on->data[i]];
        match -= on->counts[i];
        for (const uint32_t *m = match; m < match + on->counts[i]; m++) {
            for (unsigned length = MATCH_MIN; length <= entry_length(*m); length++) {
                const uint32_t c = best[i + length] + costs->length[length] + costs->distance[entry_symbol(*m)];

                best[i] = c < best[i] ? c : best[i];
            }
        }
    }
    return best[0];
}

/* What the tokens cost; checks that they stand for the data. */
static uint32_t cost_of_tokens(const struct stretch *on, const struct costs *costs, struct mark mark,
                               struct statistics *symbols)
{
    const uint8_t *literal = literals;
    uint32_t sum = 0;
    size_t at = 0;

    memset(symbols, 0, sizeof *symbols);
    for (uint32_t t = 0; t < mark.tokens; t++) {
        unsigned run = token_is_literals(tokens[t]) ? token_literals(tokens[t]) : token_run(tokens[t]);

        for (; run > 0; run--) {
            CHECK_EQ(*literal, on->data[at]);
            sum += costs->literal[*literal];
            symbols->litlen[*literal++]++;
            at++;
        }
        if (token_is_literals(tokens[t]))
            continue;

        const unsigned length = token_length_index(tokens[t]) + MATCH_MIN, d = token_distance_index(tokens[t]) + 1;

        CHECK(d <= at && at + length <= on->bytes);
        CHECK(memcmp(on->data + at, on->data + at - d, 1) == 0);
        for (unsigned k = 0; k < length; k++)
            CHECK_EQ(on->data[at + k], on->data[at + k - d]);
        sum += costs->length[length] + costs->distance[distance_symbol(d - 1)];
        symbols->litlen[length_symbol(length - MATCH_MIN)]++;
        symbols->distance[distance_symbol(d - 1)]++;
        at += length;
    }
    CHECK_EQ(at, on->bytes);
    CHECK_EQ(literal - literals, mark.literals);
    return sum;
}

static void test_way(uint64_t *random, size_t bytes, unsigned letters)
{
    const struct stretch on = stretch_of(random, bytes, letters);
    const struct costs costs = costs_of(random);
    struct statistics symbols, counted[2];
    struct mark mark;

    check_context("%zu bytes of %u letters", bytes, letters);
    sluice_path_plain(&on, &costs, cost, step);
    mark = sluice_path_tokens(&on, &costs, step, tokens, literals);
    CHECK_EQ(mark.bytes, bytes);
    CHECK_EQ(cost_of_tokens(&on, &costs, mark, &symbols), least_cost(&on, &costs));

    memset(counted, 0, sizeof counted);
    sluice_path_count(&on, &costs, step, counted, (bytes + 1) / 2); /* two cells */
    sluice_statistics_add(&counted[0], &counted[1]);
    CHECK_BYTES(&counted[0], sizeof symbols, &symbols, sizeof symbols);

    if (sluice_path_simd(&on, &costs, cost, other))
        CHECK_BYTES(other, bytes * sizeof *other, step, bytes * sizeof *step);
}

static void test_count_matches(uint64_t *random)
{
    for (unsigned n = 0; n < 200; n++) {
        size_t sum = 0;

        for (unsigned i = 0; i < n; i++)
            sum += counts[i] = (uint8_t)sample_below(random, MATCHES_MOST + 1);
        CHECK_EQ(count_matches(counts, n), sum);
    }
}

/* A quick way has as many bytes as the data. */
static void test_quick(uint64_t *random)
{
    const struct stretch on = stretch_of(random, MOST, 3);
    struct statistics symbols;
    uint32_t literal = 0, match = 0, distance = 0;

    memset(&symbols, 0, sizeof symbols);
    sluice_path_quick(&on, &symbols, MOST);
    for (unsigned i = 0; i < 256; i++)
        literal += symbols.litlen[i];
    for (unsigned i = LENGTH_FIRST; i < LITLEN_SYMBOLS; i++)
        match += symbols.litlen[i];
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        distance += symbols.distance[i];
    CHECK_EQ(match, distance);
    CHECK(match > 0 && literal + MATCH_MIN * match <= MOST && literal + MATCH_MAX * match >= MOST);
}

int main(void)
{
    uint64_t random = 11;

    for (int round = 0; round < 80; round++) {
        test_way(&random, 1 + sample_below(&random, 40), 2);
        test_way(&random, 1 + sample_below(&random, MOST), 1 + (unsigned)sample_below(&random, 6));
    }
    test_count_matches(&random);
    test_quick(&random);
    return check_report("deflate/path");
}
