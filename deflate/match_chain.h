/*
 * match_chain.h: the match finder of the strong levels: hash chains.
 *
 * The table has for each hash of four bytes the newest position with it. Each position is linked to the one that stood
 * there before it, and so to all earlier ones with that hash, newest first.
 */
#ifndef SLUICE_DEFLATE_MATCH_CHAIN_H
#define SLUICE_DEFLATE_MATCH_CHAIN_H

#include "deflate/match.h"

enum { LINKS_MASK = WINDOW_MAX - 1 }; /* a position's link lies at its place modulo the window */

struct chains {
    uint16_t *head, *link;
    unsigned bits; /* log2 of the heads */
};

/* Puts a position in. Gives the place of the one that it is linked to. */
static inline __attribute__((always_inline)) uint32_t chain_insert(const struct chains *c, uint32_t bytes,
                                                                   uint32_t place)
{
    uint16_t *const head = &c->head[hash4(bytes, c->bits)];
    const uint32_t before = *head;

    c->link[place & LINKS_MASK] = (uint16_t)before;
    *head = (uint16_t)place;
    return before;
}

/* As row_find(). */
static inline __attribute__((always_inline)) void chain_find(const struct chains *c, struct best *best,
                                                             const uint8_t *at, uint32_t bytes, uint32_t place,
                                                             uint32_t reach, unsigned depth)
{
    uint32_t distance = (uint16_t)(place - chain_insert(c, bytes, place));

    while (distance - 1u < reach && !best_try(best, at, bytes, distance) && --depth > 0) {
        const uint32_t farther = (uint16_t)(place - c->link[(place - distance) & LINKS_MASK]);

        /* A link that does not lead farther back is one of a position that has left the window. */
        if (farther <= distance)
            break;
        distance = farther;
    }
}

#endif
