/*
 * match_chain.h: the match finder of the levels 4 to 9: hash chains.
 *
 * The table has for each hash of four bytes the newest position with it. Each position is linked to the one that stood
 * there before it, and so to all earlier ones with that hash, newest first. A link is a distance: to walk a chain is
 * to add them up, and a sum beyond reach ends it, whatever stands there.
 *
 * Positions are put in some way ahead of where the parser looks, a stretch at a time, so that nothing about it depends
 * on what the parser finds. A search then begins with the position's own link. For matches of three bytes another table
 * has the newest position alone; the distances that it gives are kept for the stretch.
 */
#ifndef SLUICE_DEFLATE_MATCH_CHAIN_H
#define SLUICE_DEFLATE_MATCH_CHAIN_H

#include "deflate/match.h"
#include "deflate/state.h"

enum {
    CHAIN_HASHED = 4,            /* bytes that are hashed; fewer at the end cannot be looked up */
    LINKS_MASK = WINDOW_MAX - 1, /* a position's link lies at its place modulo the window */
    NEAR_SIZE = 2 * BATCH,       /* positions whose distances for three bytes are kept: more than are put in ahead */
    NEAR_MASK = NEAR_SIZE - 1
};

struct chains {
    uint16_t *head, *head3;
    uint16_t *link; /* of the last WINDOW_MAX positions; of the oldest it may already be a new one's */
    uint16_t *near; /* behind them: distances to the same three bytes */
    unsigned bits, bits3;
    const uint8_t *data;
    uint32_t bias;
};

static inline struct chains chains_of(struct sluice_deflater *s)
{
    return (struct chains){head_of(s),           head3_of(s),          previous_of(s), previous_of(s) + WINDOW_MAX,
                           s->level->hash_bits, s->level->hash3_bits, s->data,        s->bias};
}

/* Puts the positions from `from` to `to` in: each once, in order, CHAIN_HASHED bytes are there at the last. */
static inline __attribute__((always_inline)) void chain_put(const struct chains *c, size_t from, size_t to)
{
    const struct chains in = *c; /* so that stores into the tables are known not to change it */

    for (size_t i = from; i < to; i++) {
        const uint32_t bytes = load32(in.data + i), place = (uint32_t)i + in.bias;
        uint16_t *const head = &in.head[hash4(bytes, in.bits)], *const head3 = &in.head3[hash3(bytes, in.bits3)];

        in.link[place & LINKS_MASK] = (uint16_t)(place - *head);
        in.near[place & NEAR_MASK] = (uint16_t)(place - *head3);
        *head = *head3 = (uint16_t)place;
    }
}

/* A match, or the length that one must exceed. */
struct match {
    unsigned length;
    unsigned distance; /* 0: it is none */
};

/*
 * Looks at `depth` positions, those at `distance` and along the chain from there on, for the longest match at `at`,
 * whose first bytes and place are given. It is longer than `best`, whose length is at least 3, and of at most `most`
 * bytes; the search ends with one of `nice`. Gives `best` if there is none.
 */
static inline __attribute__((always_inline)) struct match chain_find(const uint16_t *link, struct match best,
                                                                     const uint8_t *at, uint32_t bytes, uint32_t place,
                                                                     uint32_t distance, uint32_t reach, unsigned depth,
                                                                     unsigned most, unsigned nice)
{
    while (distance <= reach) {
        /* The last four of the bytes that a longer match has first: they differ soonest. */
        const uint32_t last = load32(at + best.length - 3);
        const uint8_t *from = at - distance;

        uint32_t farther = distance + link[(place - distance) & LINKS_MASK];
        while (load32(from + best.length - 3) != last || load32(from) != bytes) {
            if (--depth == 0)
                return best;
            distance = farther;
            if (distance > reach)
                return best;
            from = at - distance;
            farther = distance + link[(place - distance) & LINKS_MASK];
        }

        const unsigned length = match_length(from, at, 4, most);

        if (length > best.length) {
            best = (struct match){length, distance};
            if (length >= nice)
                return best;
        }
        if (--depth == 0)
            return best;
        distance = farther;
    }
    return best;
}

#endif
