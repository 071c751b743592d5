/*
 * huffman.c: from frequencies to code lengths to codewords.
 *
 * The lengths come from Huffman's algorithm over the sorted frequencies, done in place in the one array: first each
 * inner node's weight, then its parent, then its depth. Where a codeword would exceed the limit, which a
 * code of 15 bits seldom sees, the lengths come from package-merge instead, which is optimal under a limit.
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
 * node[0..n) are weights in ascending order, n at least 2. Afterwards they are the depths, in descending order.
 * Inner node k lies at node[k]: it is made from the two lightest of the leaves and inner nodes left, and by then the
 * leaf that lay at k has been used.
 */
static void depths_of(uint32_t *node, unsigned n)
{
    unsigned leaf = 0, inner = 0;

    for (unsigned made = 0; made < n - 1; made++) {
        uint32_t weight = 0;

        for (int child = 0; child < 2; child++) {
            if (inner < made && (leaf == n || node[inner] < node[leaf])) {
                weight += node[inner];
                node[inner++] = made; /* its parent */
            } else {
                weight += node[leaf++];
            }
        }
        node[made] = weight;
    }
    node[n - 2] = 0; /* the root's depth */
    for (unsigned k = n - 2; k-- > 0;)
        node[k] = node[node[k]] + 1;

    /* How many inner nodes a depth has tells how many leaves it has; they are dealt from the lightest, the deepest. */
    unsigned places = 1, depth = 0, at = n;
    int k = (int)n - 2;

    while (places > 0) {
        unsigned inner_here = 0;

        for (; k >= 0 && node[k] == depth; k--)
            inner_here++;
        for (; places > inner_here; places--)
            node[--at] = depth;
        places = 2 * inner_here;
        depth++;
    }
}

/*
 * Package-merge (Larmore and Hirschberg): a coin of each leaf for each bit of the limit. At each level the coins of
 * the level below are packaged in pairs and merged with the leaves; of the last level the 2n - 2 lightest count. A
 * leaf's depth is the number of levels in which it is among those that count. taken[level] has a bit for each item of
 * the level that is a leaf, in order of weight, so the leaves among the first m items are the first leaves.
 */
static void limited_depths_of(uint32_t *depth, const uint64_t *leaf, unsigned n, unsigned limit)
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
    memset(depth, 0, n * sizeof *depth);

    unsigned count = 2 * n - 2;

    for (unsigned level = limit; level-- > 0;) {
        unsigned leaves = 0;

        for (unsigned i = 0; i < count; i++)
            leaves += is_leaf[level][i];
        for (unsigned i = 0; i < leaves; i++)
            depth[i]++;
        count = 2 * (count - leaves);
    }
}

uint64_t sluice_huffman_lengths(uint8_t *length, const uint32_t *frequency, unsigned symbols, unsigned limit)
{
    uint64_t leaf[SYMBOLS_MAX];
    uint32_t node[SYMBOLS_MAX];
    const unsigned n = sort_leaves(leaf, frequency, symbols);
    uint64_t bits = 0;

    assert(symbols <= SYMBOLS_MAX && limit <= CODE_BITS_MAX && symbols <= 1u << limit);
    memset(length, 0, symbols);
    if (n < 2) {
        const unsigned one = n ? (unsigned)(leaf[0] & SYMBOL_MASK) : 0;

        length[one] = length[one ? 0 : 1] = 1;
        return frequency[one];
    }
    for (unsigned i = 0; i < n; i++)
        node[i] = (uint32_t)(leaf[i] >> SYMBOL_BITS);
    depths_of(node, n);
    if (node[0] > limit)
        limited_depths_of(node, leaf, n, limit);
    for (unsigned i = 0; i < n; i++) {
        length[leaf[i] & SYMBOL_MASK] = (uint8_t)node[i];
        bits += (leaf[i] >> SYMBOL_BITS) * node[i];
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

    for (unsigned i = 0; i < symbols; i++)
        next[length[i] + 1u]++;
    next[1] = 0; /* symbols without a code take no place */
    for (unsigned n = 1, first = 0; n <= CODE_BITS_MAX; n++) {
        const uint32_t here = next[n + 1];

        next[n] = first;
        first = (first + here) << 1;
    }
    for (unsigned i = 0; i < symbols; i++) {
        const unsigned n = length[i];

        code[i] = n ? reversed(next[n]++, n) << 8 | n : 0;
    }
}
