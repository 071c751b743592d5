/*
 * cost.c: see cost.h. Integers only, so that every machine decides alike.
 */
#include "deflate/cost.h"
#include "deflate/log.h"
#include "deflate/tokens.h"

enum {
    HEADER_COST = 110 * COST_BIT,   /* of a block's header, whatever symbols it has: measured, as is the next */
    SYMBOL_COST = 4 * COST_BIT      /* and of each symbol that occurs */
};

static uint32_t sum(const uint32_t *frequency, unsigned symbols)
{
    uint32_t total = 0;

    for (unsigned i = 0; i < symbols; i++)
        total += frequency[i];
    return total;
}

/* The costs of the symbols of one code. One that does not occur costs a little more than one that does once. */
static void costs_of(uint32_t *cost, const uint32_t *frequency, unsigned symbols, unsigned limit)
{
    const uint32_t total = sum(frequency, symbols);
    const uint32_t all = log_of(total ? total : 1);

    for (unsigned i = 0; i < symbols; i++) {
        uint32_t c = frequency[i] ? all - log_of(frequency[i]) : all + COST_BIT;

        if (c < COST_BIT / 4)
            c = COST_BIT / 4;
        cost[i] = c < limit * COST_BIT ? c : limit * COST_BIT;
    }
}

/* From what symbols cost to what lengths and distances do, with their extra bits. */
static void complete(struct costs *costs, const uint32_t *litlen, const uint32_t *distance)
{
    for (unsigned i = 0; i < 256; i++)
        costs->literal[i] = litlen[i];
    for (unsigned i = 0; i < MATCH_MIN; i++)
        costs->length[i] = 0;
    for (unsigned i = MATCH_MIN; i <= MATCH_MAX; i++) {
        const unsigned symbol = length_symbol(i - MATCH_MIN);

        costs->length[i] = litlen[symbol] + COST_BIT * sluice_length_extra[symbol - LENGTH_FIRST];
    }
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        costs->distance[i] = distance[i] + COST_BIT * (uint32_t)sluice_distance_extra[i];
}

void sluice_costs(struct costs *costs, const struct statistics *of)
{
    uint32_t litlen[LITLEN_SYMBOLS], distance[DISTANCE_SYMBOLS];

    costs_of(litlen, of->litlen, LITLEN_SYMBOLS, LITLEN_LIMIT);
    costs_of(distance, of->distance, DISTANCE_SYMBOLS, CODE_BITS_MAX);
    complete(costs, litlen, distance);
}

void sluice_costs_fixed(struct costs *costs)
{
    uint32_t litlen[LITLEN_SYMBOLS], distance[DISTANCE_SYMBOLS];

    for (unsigned i = 0; i < LITLEN_SYMBOLS; i++)
        litlen[i] = COST_BIT * (i < 144 ? 8u : i < 256 ? 9u : i < 280 ? 7u : 8u);
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        distance[i] = COST_BIT * 5;
    complete(costs, litlen, distance);
}

static uint64_t entropy(const uint32_t *frequency, unsigned symbols, unsigned *used)
{
    uint64_t parts = 0;
    uint32_t total = 0;

    for (unsigned i = 0; i < symbols; i++) {
        if (frequency[i] == 0)
            continue;
        total += frequency[i];
        parts += (uint64_t)frequency[i] * log_of(frequency[i]);
        ++*used;
    }
    return total ? (uint64_t)total * log_of(total) - parts : 0;
}

uint64_t sluice_cost_block(const struct statistics *of)
{
    unsigned used = 0;
    const uint64_t bits = entropy(of->litlen, LITLEN_SYMBOLS, &used) + entropy(of->distance, DISTANCE_SYMBOLS, &used);

    return bits + HEADER_COST + SYMBOL_COST * (uint64_t)used;
}

void sluice_statistics_add(struct statistics *to, const struct statistics *from)
{
    for (unsigned i = 0; i < LITLEN_SYMBOLS; i++)
        to->litlen[i] += from->litlen[i];
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        to->distance[i] += from->distance[i];
}
