/*
 * match_tree.h: a match finder that gives for each position the nearest match of every length.
 *
 * The positions that share the hash of four bytes form a binary tree, ordered by what follows them, the newest at the
 * root and every child older than its parent. To look a position up is to walk down from the root; on the way the tree
 * is taken apart at the position that is looked up, which becomes the new root. The deeper, the farther away and, on
 * the side that is left, the longer the match. A match of three bytes comes from a small table of its own.
 *
 * A node that is the same for t->nice bytes is replaced by the one looked up, which takes over its children: so the
 * order is one of the first t->nice bytes, and the whole tree must keep to it, since what is known to be equal to both
 * neighbours in the order is not compared again.
 *
 * Links are places (match.h). One that leads to no older place than where it stands leads nowhere: the node that it
 * stood for has left the window.
 */
#ifndef SLUICE_DEFLATE_MATCH_TREE_H
#define SLUICE_DEFLATE_MATCH_TREE_H

#include "deflate/match.h"
#include "deflate/parse.h"
#include "deflate/path.h"
#include "deflate/state.h"

enum {
    TREE_MASK = WINDOW_MAX - 1,  /* a position's two links lie at its place modulo the window */
    TREE_REACH = WINDOW_MAX - 1, /* the position a whole window back shares its links with the one looked up */
    TREE_HASHED = 4              /* bytes that are hashed; fewer at the end cannot be looked up */
};

struct tree {
    uint16_t *head, *head3, *links;
    unsigned hash_bits, hash3_bits;
    const uint8_t *data, *begin, *end;
    size_t reach;
    uint32_t bias;
    unsigned depth, nice;
};

static inline struct tree tree_of(struct sluice_deflater *s)
{
    const size_t window = window_reach(s);

    return (struct tree){head_of(s), head3_of(s), previous_of(s), s->level->hash_bits, s->level->hash3_bits,
                         s->data, s->data + s->history, s->data + s->filled,
                         window < TREE_REACH ? window : TREE_REACH, s->bias, s->level->depth, s->level->nice};
}

/*
 * A link of the node at distance d, for the one at `place` that replaces it. What it leads to may be beyond reach by
 * now: to be handed on from one node to the next it would become so old that it looked young again.
 */
static inline uint16_t tree_inherit(uint32_t place, uint32_t d, uint32_t reach, uint16_t link)
{
    const uint32_t farther = (uint16_t)(place - link);

    return farther > d && farther <= reach ? link : (uint16_t)(place - PLACE_FAR);
}

/*
 * Puts `at` into the tree. Writes its matches of at most `most` bytes to `out`, each longer and farther than the one
 * before, and of all with the same distance symbol only the longest. Gives the end of what it wrote: at most
 * MATCHES_MOST more. `record` false: writes nothing.
 */
static inline __attribute__((always_inline)) uint32_t *tree_find(const struct tree *t, const uint8_t *at,
                                                                 unsigned most, bool record, uint32_t *out)
{
    const uint32_t bytes = load32(at), place = (uint32_t)(at - t->data) + t->bias;
    uint16_t *const slot = &t->head[hash4(bytes, t->hash_bits)];
    uint16_t *const slot3 = &t->head3[hash3(bytes, t->hash3_bits)];
    const size_t history = (size_t)(at - t->begin);
    const uint32_t reach = (uint32_t)(history < t->reach ? history : t->reach);
    const unsigned nice = t->nice < most ? t->nice : most;
    uint16_t *smaller = &t->links[2 * (place & TREE_MASK)], *larger = smaller + 1;
    uint32_t d = (uint16_t)(place - *slot);
    unsigned length = 0, smaller_length = 0, larger_length = 0, longest = MATCH_MIN, last_symbol = DISTANCE_SYMBOLS;

    *slot = (uint16_t)place;
    if (record) {
        const uint32_t d3 = (uint16_t)(place - *slot3);

        if (d3 - 1u < reach && ((load32(at - d3) ^ bytes) & 0xffffff) == 0) {
            last_symbol = distance_symbol(d3 - 1);
            *out++ = match_entry(MATCH_MIN, d3, last_symbol);
        }
    }
    *slot3 = (uint16_t)place;
    for (unsigned depth = t->depth; depth > 0 && d - 1u < reach; depth--) {
        const uint8_t *const from = at - d;
        uint16_t *const links = &t->links[2 * ((place - d) & TREE_MASK)];
        const uint16_t here = (uint16_t)(place - d);
        uint32_t farther;

        if (from[length] == at[length]) {
            length = match_length(from, at, length + 1, most);
            if (length > longest) {
                longest = length;
                if (record) {
                    const unsigned symbol = distance_symbol(d - 1);

                    out -= symbol == last_symbol;
                    last_symbol = symbol;
                    *out++ = match_entry(length, d, symbol);
                }
            }
            if (length >= nice) {
                if (length < t->nice)
                    break; /* the data ends here, and which of the two is larger is not known yet: it is given up */
                *smaller = tree_inherit(place, d, reach, links[0]);
                *larger = tree_inherit(place, d, reach, links[1]);
                return out;
            }
        }
        if (from[length] < at[length]) {
            *smaller = here;
            smaller = &links[1];
            farther = (uint16_t)(place - *smaller);
            smaller_length = length;
        } else {
            *larger = here;
            larger = &links[0];
            farther = (uint16_t)(place - *larger);
            larger_length = length;
        }
        length = smaller_length < larger_length ? smaller_length : larger_length;
        if (farther <= d)
            break;
        d = farther;
    }
    *smaller = *larger = (uint16_t)(place - PLACE_FAR);
    return out;
}

/*
 * The same for a position with LOOKAHEAD bytes behind it, and always with matches of up to MATCH_MAX bytes. What comes
 * of a comparison is taken up without branches as far as it can be, since no processor could guess it. If nothing is
 * written, no more is compared than the order of the tree needs.
 */
static inline __attribute__((always_inline)) uint32_t *tree_find_fast(const struct tree *t, const uint8_t *at,
                                                                      bool record, uint32_t *out)
{
    const uint32_t bytes = load32(at), place = (uint32_t)(at - t->data) + t->bias;
    uint16_t *const slot = &t->head[hash4(bytes, t->hash_bits)];
    uint16_t *const slot3 = &t->head3[hash3(bytes, t->hash3_bits)];
    const size_t history = (size_t)(at - t->begin);
    const uint32_t reach = (uint32_t)(history < t->reach ? history : t->reach);
    uint16_t *smaller = &t->links[2 * (place & TREE_MASK)], *larger = smaller + 1;
    uint32_t d = (uint16_t)(place - *slot);
    unsigned length = 0, smaller_length = 0, larger_length = 0, longest = MATCH_MIN, last_symbol = DISTANCE_SYMBOLS;

    *slot = (uint16_t)place;
    if (record) {
        const uint32_t d3 = (uint16_t)(place - *slot3);
        const bool near = d3 - 1u < reach;
        const bool found = near && !((load32(at - (near ? d3 : 0)) ^ bytes) & 0xffffff);

        last_symbol = distance_symbol(near ? d3 - 1 : 0);
        *out = match_entry(MATCH_MIN, d3, last_symbol);
        last_symbol = found ? last_symbol : DISTANCE_SYMBOLS;
        out += found;
    }
    *slot3 = (uint16_t)place;
    for (unsigned depth = t->depth; depth > 0 && d - 1u < reach; depth--) {
        const uint8_t *const from = at - d;
        uint16_t *const links = &t->links[2 * ((place - d) & TREE_MASK)];
        const uint16_t here = (uint16_t)(place - d);
        const uint64_t a = load64(from + length), b = load64(at + length), difference = a ^ b;
        bool less;

        if (difference) {
            const unsigned shift = (unsigned)__builtin_ctzll(difference) & 56;

            length += shift >> 3;
            less = (a >> shift & 255) < (b >> shift & 255);
        } else {
            length = match_length(from, at, length + 8, record ? MATCH_MAX : t->nice);
            less = from[length] < at[length];
        }
        if (record) {
            const unsigned symbol = distance_symbol(d - 1);
            const bool longer = length > longest;

            out -= longer & (symbol == last_symbol);
            *out = match_entry(length < MATCH_MAX ? length : MATCH_MAX, d, symbol);
            out += longer;
            last_symbol = longer ? symbol : last_symbol;
            longest = longer ? length : longest;
        }
        if (length >= t->nice) {
            *smaller = tree_inherit(place, d, reach, links[0]);
            *larger = tree_inherit(place, d, reach, links[1]);
            return out;
        }

        uint16_t *const side = less ? smaller : larger;
        const uint32_t farther = (uint16_t)(place - links[less]);

        *side = here;
        smaller = less ? links + 1 : smaller;
        larger = less ? larger : links;
        smaller_length = less ? length : smaller_length;
        larger_length = less ? larger_length : length;
        length = smaller_length < larger_length ? smaller_length : larger_length;
        if (farther <= d)
            break;
        d = farther;
    }
    *smaller = *larger = (uint16_t)(place - PLACE_FAR);
    return out;
}

#endif
