/*
 * huffman.c: from frequencies to code lengths to codewords.
 *
 * The lengths come from Huffman's algorithm over the sorted frequencies: first each inner node's weight and its parent,
 * then its depth. What is chosen in it nobody can foresee, so nothing branches there. Where a codeword would exceed the
 * limit, which a code of 15 bits seldom sees, the lengths come from package-merge instead, which is optimal under a
 * limit.
 */
#include "deflate/huffman.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum {
    SYMBOLS_MAX = LITLEN_SYMBOLS_FIXED,
    SYMBOL_BITS = 9, /* a leaf is its frequency with the symbol below: sorted by both */
    SYMBOL_MASK = (1 << SYMBOL_BITS) - 1
};

/* A leaf for each symbol that occurs, sorted by frequency, then by symbol. Gives their number. */
static unsigned sort_leaves(uint64_t *leaf, const uint32_t *frequency, unsigned symbols)
{
    uint64_t other[SYMBOLS_MAX];
    uint64_t *from = leaf, *to = other;
    unsigned n = 0;
    uint32_t most = 0;

    for (unsigned i = 0; i < symbols; i++) {
        leaf[n] = (uint64_t)frequency[i] << SYMBOL_BITS | i;
        n += frequency[i] != 0;
        most |= frequency[i];
    }
    for (unsigned shift = SYMBOL_BITS; most; shift += 8, most >>= 8) {
        const unsigned buckets = most < 255 ? most + 1 : 256;
        uint16_t begin[257];

        memset(begin, 0, (buckets + 1) * sizeof *begin);
        for (unsigned i = 0; i < n; i++)
            begin[(from[i] >> shift & 255) + 1]++;
        for (unsigned i = 0; i < buckets; i++)
            begin[i + 1] = (uint16_t)(begin[i + 1] + begin[i]);
        for (unsigned i = 0; i < n; i++)
            to[begin[from[i] >> shift & 255]++] = from[i];

        uint64_t *const t = from;
        from = to;
        to = t;
    }
    if (from != leaf)
        memcpy(leaf, from, n * sizeof *leaf);
    return n;
}

/*
 * How deep the leaves are, n of them and at least 2, in ascending order of weight: so many at each depth. Gives the
 * deepest.
 */
static unsigned depths_of(uint16_t *leaves, const uint64_t *leaf, unsigned n)
{
    /* Weights of the leaves and of the inner nodes made so far, each in ascending order; behind them no more. */
    uint32_t outer[SYMBOLS_MAX + 2], inner[SYMBOLS_MAX + 2];
    uint16_t parent[SYMBOLS_MAX + 2], depth[SYMBOLS_MAX], inners[SYMBOLS_MAX + 1];
    unsigned o = 0, i = 0, deepest = 0;

    for (unsigned k = 0; k < n; k++)
        outer[k] = (uint32_t)(leaf[k] >> SYMBOL_BITS);
    outer[n] = outer[n + 1] = inner[0] = inner[1] = UINT32_MAX;
    for (unsigned made = 0; made < n - 1; made++) {
        /* The two lightest: leaves, if they weigh no more than an inner node; inner nodes, if lighter than a leaf. */
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): both end in two that are never taken */
        const bool leaves_both = outer[o + 1] <= inner[i], inner_both = inner[i + 1] < outer[o];
        const uint32_t mixed = outer[o] + inner[i];
        uint32_t weight = leaves_both ? outer[o] + outer[o + 1] : mixed;

        weight = inner_both ? inner[i] + inner[i + 1] : weight;
        parent[i] = parent[i + 1] = (uint16_t)made; /* whichever is not taken now gets its own later */
        i += 1u + inner_both - leaves_both;
        o += 1u + leaves_both - inner_both;
        inner[made] = weight;
        inner[made + 2] = UINT32_MAX;
    }
    memset(inners, 0, (n + 1) * sizeof *inners);
    depth[n - 2] = 0;
    inners[0] = 1;
    for (unsigned k = n - 2; k-- > 0;) {
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): parents are made later than children */
        depth[k] = (uint16_t)(depth[parent[k]] + 1);
        inners[depth[k]]++;
        deepest = depth[k] > deepest ? depth[k] : deepest;
    }
    /* Each inner node has two below it, which are inner nodes or leaves. */
    leaves[0] = 0;
    for (unsigned d = 1; d <= deepest + 1; d++)
        leaves[d] = (uint16_t)(2 * inners[d - 1] - inners[d]);
    return deepest + 1;
}

/*
 * Package-merge (Larmore and Hirschberg): a coin of each leaf for each bit of the limit. At each level the coins of
 * the level below are packaged in pairs and merged with the leaves; of the last level the 2n - 2 lightest count. A
 * leaf's depth is the number of levels in which it is among those that count. taken[level] has a bit for each item of
 * the level that is a leaf, in order of weight, so the leaves among the first m items are the first leaves.
 * Gives what depths_of() gives.
 */
static unsigned limited_depths_of(uint16_t *leaves, const uint64_t *leaf, unsigned n, unsigned limit)
{
    uint64_t weight[2][2 * SYMBOLS_MAX];
    uint8_t is_leaf[CODE_BITS_MAX][2 * SYMBOLS_MAX];
    unsigned items = 0;

    for (unsigned level = 0; level < limit; level++) {
        const uint64_t *const below = weight[(level + 1) & 1];
        uint64_t *const here = weight[level & 1];
        const unsigned packages = items / 2;
        unsigned l = 0, p = 0;

        for (items = 0; l < n || p < packages; items++) {
            const uint64_t package = p < packages ? below[2 * p] + below[2 * p + 1] : 0;
            const bool take_leaf = p == packages || (l < n && leaf[l] >> SYMBOL_BITS <= package);

            here[items] = take_leaf ? leaf[l] >> SYMBOL_BITS : package;
            is_leaf[level][items] = take_leaf;
            l += take_leaf;
            p += !take_leaf;
        }
    }

    unsigned count = 2 * n - 2, deep = 0; /* leaves that are so many levels deep, or deeper */

    memset(leaves, 0, (limit + 1) * sizeof *leaves);
    for (unsigned level = limit, depth = 0; level-- > 0; depth++) {
        unsigned here = 0;

        for (unsigned i = 0; i < count; i++)
            here += is_leaf[level][i];
        leaves[depth] = (uint16_t)((depth ? deep : n) - here);
        deep = here;
        count = 2 * (count - here);
    }
    leaves[limit] = (uint16_t)deep;
    return limit;
}

uint64_t sluice_huffman_lengths(uint8_t *length, const uint32_t *frequency, unsigned symbols, unsigned limit)
{
    uint64_t leaf[SYMBOLS_MAX];
    uint16_t leaves[SYMBOLS_MAX + 1];
    const unsigned n = sort_leaves(leaf, frequency, symbols);
    uint64_t bits = 0;

    assert(symbols <= SYMBOLS_MAX && limit <= CODE_BITS_MAX && symbols <= 1u << limit);
    memset(length, 0, symbols);
    if (n < 2) {
        const unsigned one = n ? (unsigned)(leaf[0] & SYMBOL_MASK) : 0;

        length[one] = length[one ? 0 : 1] = 1;
        return frequency[one];
    }

    unsigned deepest = depths_of(leaves, leaf, n), at = n;

    if (deepest > limit)
        deepest = limited_depths_of(leaves, leaf, n, limit);
    /* They are dealt to the heaviest first. */
    for (unsigned depth = 1; depth <= deepest; depth++) {
        for (unsigned left = leaves[depth]; left > 0; left--) {
            at--;
            length[leaf[at] & SYMBOL_MASK] = (uint8_t)depth;
            bits += (leaf[at] >> SYMBOL_BITS) * depth;
        }
    }
    return bits;
}

static inline uint32_t reversed(uint32_t code, unsigned bits)
{
    code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
    code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
    code = (code & 0x0f0f) << 4 | (code >> 4 & 0x0f0f);
    code = (code & 0x00ff) << 8 | code >> 8;
    return code >> (16 - bits);
}

void sluice_huffman_codes(uint32_t *code, const uint8_t *length, unsigned symbols)
{
    uint32_t next[CODE_BITS_MAX + 2] = {0};
    uint16_t used[SYMBOLS_MAX + 1];
    unsigned n = 0;

    for (unsigned i = 0; i < symbols; i++) {
        used[n] = (uint16_t)i;
        n += length[i] != 0;
        next[length[i] + 1u]++;
    }
    next[1] = 0; /* symbols without a code take no place */
    for (unsigned bits = 1, first = 0; bits <= CODE_BITS_MAX; bits++) {
        const uint32_t here = next[bits + 1];

        next[bits] = first;
        first = (first + here) << 1;
    }
    memset(code, 0, symbols * sizeof *code);
    for (unsigned i = 0; i < n; i++) {
        const unsigned symbol = used[i], bits = length[symbol];

        code[symbol] = reversed(next[bits]++, bits) << 8 | bits;
    }
}
