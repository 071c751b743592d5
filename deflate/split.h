/*
 * split.h: whether the symbols have changed so much that a new block, with codes of its own, pays.
 */
#ifndef SLUICE_DEFLATE_SPLIT_H
#define SLUICE_DEFLATE_SPLIT_H

#include "deflate/log.h"
#include "deflate/state.h"

enum {
    SPLIT_SYMBOLS = 512,  /* that are gathered before they are compared with those before them */
    MERGE_SYMBOLS = 4096, /* and that have shown not to differ, so that they join them */
    LITERALS_FEW = 64,   /* fewer tell nothing */
    LITERAL_COST_UNKNOWN = 8 * LOG_UNIT,
    LITERAL_COST_TEXT = 6 * LOG_UNIT,
    LITERAL_COST_TO_GUESS = 0 /* before there are symbols */
};

bool sluice_split(const struct statistics *seen, const struct statistics *fresh);

/* The bits of an average literal among the symbols of both, times LOG_UNIT. */
unsigned sluice_literal_cost(const struct statistics *seen, const struct statistics *fresh);

/* The same, guessed from how many different bytes the data that begins here has. */
unsigned sluice_literal_cost_guess(const uint8_t *data, size_t size);

#endif
