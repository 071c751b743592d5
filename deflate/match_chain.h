/*
 * match_chain.h: the match finder of the levels 4 to 10: hash chains.
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

#include <assert.h>

enum {
    CHAIN_HASHED = 4,            /* bytes that are hashed; fewer at the end cannot be looked up */
    LINKS_MASK = WINDOW_MAX - 1, /* a position's link lies at its place modulo the window */
    CHAIN_BITS3_LESS = 2,        /* the table for three bytes has a quarter of the entries */
    NEAR_SIZE = 2 * BATCH,       /* positions whose distances for three bytes are kept: more than are put in ahead */
    NEAR_MASK = NEAR_SIZE - 1
};

struct chains {
    uint16_t *head, *head3;
    uint16_t *link; /* of the last WINDOW_MAX positions; of the oldest it may already be a new one's */
    uint16_t *near; /* behind them: distances to the same three bytes */
    unsigned bits;
    const uint8_t *data;
    uint32_t bias;
};

static inline struct chains chains_of(struct sluice_deflater *s)
{
    assert(s->level->hash3_bits + CHAIN_BITS3_LESS == s->level->hash_bits);
    return (struct chains){head_of(s), head3_of(s), previous_of(s), previous_of(s) + WINDOW_MAX, s->level->hash_bits,
                           s->data,    s->bias};
}

/*
 * Puts the positions from `from` to `to` in: each once, in order, CHAIN_HASHED bytes are there at the last. Without
 * `three` the table for matches of three bytes stays as it is, and nothing is kept for these positions.
 */
static inline __attribute__((always_inline)) void chain_put(const struct chains *c, size_t from, size_t to, bool three)
{
    const struct chains in = *c; /* so that stores into the tables are known not to change it */

    while (from < to) {
        uint32_t place = (uint32_t)from + in.bias;
        const uint8_t *const at = in.data + from;
        uint16_t *const link = in.link + (place & LINKS_MASK), *const near = in.near + (place & NEAR_MASK);
        const size_t whole = NEAR_SIZE - (place & NEAR_MASK), n = to - from < whole ? to - from : whole;

        for (size_t i = 0; i < n; i++, place++) {
            const uint32_t bytes = load32(at + i);
            uint16_t *const head = &in.head[hash4(bytes, in.bits)];

            link[i] = (uint16_t)(place - *head);
            *head = (uint16_t)place;
            if (three) {
                uint16_t *const head3 = &in.head3[hash3(bytes, in.bits) >> CHAIN_BITS3_LESS];

                near[i] = (uint16_t)(place - *head3);
                *head3 = (uint16_t)place;
            }
        }
        from += n;
    }
}

/* No position has the same three bytes as another. */
static inline void chain_forget3(const struct chains *c)
{
    for (size_t i = 0; i < NEAR_SIZE; i++)
        c->near[i] = PLACE_FAR;
}

/* Has what a search at `next` will look at first, the nearest candidate and its link, brought near. */
static inline void chain_prefetch(const struct chains *c, size_t next)
{
    const uint32_t place = (uint32_t)next + c->bias, distance = c->link[place & LINKS_MASK];

    __builtin_prefetch((const void *)((uintptr_t)(c->data + next) - distance));
    __builtin_prefetch(&c->link[(place - distance) & LINKS_MASK]);
}

/* A match, or the length that one must exceed. */
struct match {
    unsigned length;
    unsigned distance; /* 0: it is none */
};

/*
 * Whether the bytes at a distance are those given, shifted left by `shift`, and it is not beyond reach: without a
 * branch for the latter, which nobody could foresee.
 */
static inline bool chain_hit(const uint8_t *at, uint32_t shifted, uint32_t distance, uint32_t reach, unsigned shift)
{
    const uint32_t within = (uint32_t)((int32_t)(distance - reach - 1) >> 31);

    return (((load32(at - (distance & within)) << shift) ^ shifted) | ~within) == 0;
}

/*
 * Looks at `depth` candidates for the longest match at `at`, whose first bytes and place are given. It is longer than
 * `best`, whose length is at least 3, and of at most `most` bytes; the search ends with one of `nice`. Gives `best` if
 * there is none. The next `ahead` positions are in the chains too. `any`, which compilers must know: best.length is 3.
 *
 * A match longer than the best so far is one as well where the last four of the bytes begin that it has at least, so it
 * lies at the same distance on the chain of that position as on that of `place`. The search follows the one that leads
 * farther, and is over when that one is: most searches for something better than a match that is held back look at no
 * data at all.
 */
static inline __attribute__((always_inline)) struct match chain_find(const uint16_t *link, struct match best,
                                                                     const uint8_t *at, uint32_t bytes, uint32_t place,
                                                                     unsigned ahead, uint32_t reach, unsigned depth,
                                                                     unsigned most, unsigned nice, bool any)
{
    uint32_t distance = link[place & LINKS_MASK];
    unsigned offset = 0; /* of the position whose chain is followed */

    if (best.length > MATCH_MIN && best.length - 3 <= ahead) {
        const uint32_t farther = link[(place + best.length - 3) & LINKS_MASK];

        if (farther > distance) {
            distance = farther;
            offset = best.length - 3;
        }
    }

    uint32_t node = (place + offset - distance) & LINKS_MASK;

    /* Mostly nothing is within reach, or the first one or two candidates tell. */
    for (unsigned k = 0; any && k < 2 && !chain_hit(at, bytes, distance, reach, 0); k++) {
        if (--depth == 0)
            return best;
        distance += link[node];
        node = (place - distance) & LINKS_MASK;
    }

    while (distance <= reach) {
        /* The last four of the bytes that a longer match has first: they differ soonest. */
        const uint32_t last = load32(at + best.length - 3);
        const uint8_t *from = at - distance;
        uint32_t step = link[node]; /* loaded before the data is, which takes longer to arrive */

        while (load32(from + best.length - 3) != last || load32(from) != bytes) {
            if (--depth == 0)
                return best;
            distance += step;
            if (distance > reach)
                return best;
            from = at - distance;
            node = (node - step) & LINKS_MASK;
            step = link[node];
        }

        const unsigned length = match_length(from, at, 4, most);

        if (length > best.length) {
            best = (struct match){length, distance};
            if (length >= nice)
                return best;
            if (length - 3 <= ahead) {
                const uint32_t farther = link[(place + length - 3) & LINKS_MASK];

                if (farther > distance + step) {
                    if (--depth == 0)
                        return best;
                    distance = farther;
                    node = (place + length - 3 - farther) & LINKS_MASK;
                    continue;
                }
            }
        }
        if (--depth == 0)
            return best;
        distance += step;
        node = (node - step) & LINKS_MASK;
    }
    return best;
}

#endif
