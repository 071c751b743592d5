/*
 * cost.h: what symbols cost, in fractions of a bit, judged by how often they occur.
 */
#ifndef SLUICE_DEFLATE_COST_H
#define SLUICE_DEFLATE_COST_H

#include "deflate/state.h"

enum {
    COST_SHIFT = 8, /* so that a cost is a logarithm of log.h */
    COST_BIT = 1 << COST_SHIFT /* a bit's worth */
};

/* In such fractions. */
struct costs {
    uint32_t literal[256];
    uint32_t length[MATCH_MAX + 1];      /* by length, with the extra bits */
    uint32_t distance[DISTANCE_SYMBOLS]; /* ditto */
};

/* The costs under a code that is ideal for symbols of these frequencies. */
void sluice_costs(struct costs *costs, const struct statistics *of);

/* The costs under the fixed codes (RFC 1951 3.2.6). */
void sluice_costs_fixed(struct costs *costs);

/* What a block of these symbols would cost with codes of its own, without extra bits: an estimate. */
uint64_t sluice_cost_block(const struct statistics *of);

void sluice_statistics_add(struct statistics *to, const struct statistics *from);

#endif
