/*
 * split.h: whether the symbols have changed so much that a new block, with codes of its own, pays.
 */
#ifndef SLUICE_DEFLATE_SPLIT_H
#define SLUICE_DEFLATE_SPLIT_H

#include "deflate/state.h"

/* Symbols that are gathered before they are compared with those before them. */
enum { SPLIT_SYMBOLS = 512 };

bool sluice_split(const struct statistics *seen, const struct statistics *fresh);

#endif
