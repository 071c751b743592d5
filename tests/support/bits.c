/*
 * bits.c: see bits.h.
 */
#include "tests/support/bits.h"

#include "tests/support/check.h"

#include <string.h>

void bits_put(struct bit_writer *w, uint64_t value, unsigned count)
{
    for (; count > 0; count--, value >>= 1, w->bit++) {
        if (w->bit / 8 >= w->size) {
            w->full = true;
            return;
        }
        if (w->bit % 8 == 0)
            w->data[w->bit / 8] = 0;
        w->data[w->bit / 8] |= (uint8_t)((value & 1) << (w->bit % 8));
    }
}

void bits_put_codeword(struct bit_writer *w, unsigned word, unsigned count)
{
    while (count > 0)
        bits_put(w, word >> --count, 1);
}

void bits_align(struct bit_writer *w, unsigned padding)
{
    while (w->bit % 8 != 0)
        bits_put(w, padding, 1);
}

size_t bits_bytes(const struct bit_writer *w)
{
    return (size_t)((w->bit + 7) / 8);
}

void bits_assign(const uint8_t *lengths, unsigned symbols, uint16_t *word)
{
    unsigned next = 0;

    for (unsigned n = 1; n <= 15; n++) {
        next <<= 1;
        for (unsigned i = 0; i < symbols; i++)
            if (lengths[i] == n)
                word[i] = (uint16_t)(next++ & ((1u << n) - 1));
    }
}

void bits_length_symbol(unsigned symbol, unsigned *base, unsigned *extra)
{
    const unsigned k = symbol - 257;

    *extra = k < 8 || k >= 28 ? 0 : k / 4 - 1;
    *base = k < 8 ? k + 3 : k == 28 ? 258 : ((4 + k % 4) << *extra) + 3;
}

void bits_distance_symbol(unsigned symbol, unsigned *base, unsigned *extra)
{
    *extra = symbol < 4 || symbol > 29 ? 0 : symbol / 2 - 1;
    *base = symbol < 4 ? symbol + 1 : ((2 + symbol % 2) << *extra) + 1;
}

/* ---- Random streams ---- */

enum {
    SHORT_ENOUGH = 2000, /* of a short stream: no more matches once so much output is there */
    SHORT_SYMBOLS = 40,  /* and the most symbols of a block */
    LONG_SYMBOLS = 1500
};

struct generator {
    struct bit_writer *w;
    uint64_t *random;
    size_t output; /* bytes that a distance can reach, dictionary included */
    size_t enough;
    unsigned symbols; /* the most in a block */
    bool flaws;
};

static unsigned below(struct generator *g, unsigned n)
{
    return (unsigned)(check_random(g->random) >> 33) % n;
}

/* Is a flaw to be made here, as one in n? */
static bool flaw(struct generator *g, unsigned n)
{
    return g->flaws && below(g, n) == 0;
}

/*
 * Gives each of `count` symbols a code length so that the code is complete: a tree of one leaf, of which random leaves
 * are split until there are enough. Deep splits are preferred now and then, to reach the longest lengths.
 */
static void random_lengths(struct generator *g, uint8_t *lengths, const uint16_t *symbols, unsigned count,
                           unsigned longest)
{
    uint8_t depth[320] = {0};
    const bool deep = below(g, 3) == 0;

    if (count == 1) {
        lengths[symbols[0]] = 1;
        return;
    }
    for (unsigned leaves = 1; leaves < count; leaves++) {
        unsigned i = deep ? leaves - 1 - below(g, leaves < 3 ? leaves : 3) : below(g, leaves);

        while (depth[i] == longest)
            i = (i + 1) % leaves;
        depth[i]++;
        depth[leaves] = depth[i];
    }
    for (unsigned i = 0; i < count; i++)
        lengths[symbols[i]] = depth[i];
}

/* The code lengths, with repeats used or not as chance will have it, under a random complete code length code. */
static void put_lengths(struct generator *g, const uint8_t *lengths, unsigned total)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    static const uint8_t extra[19] = {[16] = 2, [17] = 3, [18] = 7};
    uint8_t symbol[320], value[320], code[19] = {0};
    uint16_t used[20], word[19];
    unsigned n = 0, used_count = 0, hclen = 19;

    for (unsigned i = 0; i < total; n++) {
        unsigned run = 1;

        while (i + run < total && lengths[i + run] == lengths[i])
            run++;
        value[n] = 0;
        if (lengths[i] == 0 && run >= 11 && below(g, 8)) {
            run = 11 + below(g, run < 138 ? run - 10 : 128);
            symbol[n] = 18;
            value[n] = (uint8_t)(run - 11);
        } else if (lengths[i] == 0 && run >= 3 && below(g, 8)) {
            run = 3 + below(g, run < 10 ? run - 2 : 8);
            symbol[n] = 17;
            value[n] = (uint8_t)(run - 3);
        } else if (i > 0 && lengths[i - 1] == lengths[i] && run >= 3 && below(g, 4)) {
            run = 3 + below(g, run < 6 ? run - 2 : 4);
            symbol[n] = 16;
            value[n] = (uint8_t)(run - 3);
        } else {
            symbol[n] = lengths[i];
            run = 1;
        }
        code[symbol[n]] = 1;
        i += run;
    }
    for (unsigned i = 0; i < 19; i++)
        if (code[i] || below(g, 16) == 0)
            used[used_count++] = (uint16_t)i;
    if (used_count == 1) {
        used[1] = used[0] == 0;
        used_count = 2;
    }
    memset(code, 0, sizeof code);
    random_lengths(g, code, used, used_count, 7);
    if (flaw(g, 64))
        code[below(g, 19)] = (uint8_t)below(g, 8);
    bits_assign(code, 19, word);
    while (hclen > 4 && code[order[hclen - 1]] == 0 && below(g, 32) > 0)
        hclen--;
    bits_put(g->w, hclen - 4, 4);
    for (unsigned i = 0; i < hclen; i++)
        bits_put(g->w, code[order[i]], 3);
    for (unsigned i = 0; i < n; i++) {
        bits_put_codeword(g->w, word[symbol[i]], code[symbol[i]]);
        bits_put(g->w, value[i], extra[symbol[i]]);
    }
}

static void put_symbols(struct generator *g, const uint8_t *lengths, unsigned hlit, const uint8_t *distance_lengths,
                        unsigned hdist)
{
    uint16_t word[320], distance_word[32], used[320], distance_used[32];
    unsigned used_count = 0, distance_count = 0, base, extra;

    bits_assign(lengths, hlit, word);
    bits_assign(distance_lengths, hdist, distance_word);
    for (unsigned i = 0; i < hlit; i++)
        if (lengths[i] > 0 && i != 256)
            used[used_count++] = (uint16_t)i;
    for (unsigned i = 0; i < hdist; i++)
        if (distance_lengths[i] > 0)
            distance_used[distance_count++] = (uint16_t)i;

    for (unsigned n = used_count > 0 ? below(g, g->symbols) : 0; n > 0; n--) {
        const unsigned symbol = used[below(g, used_count)];

        if (symbol < 256) {
            bits_put_codeword(g->w, word[symbol], lengths[symbol]);
            g->output++;
            continue;
        }
        if (distance_count == 0 || g->output > g->enough)
            continue;

        /* Mostly a distance that can be right; a few tries, and now and then whatever comes. */
        unsigned distance_symbol = 0;

        for (unsigned tries = 0; tries < 6; tries++) {
            distance_symbol = distance_used[below(g, distance_count)];
            bits_distance_symbol(distance_symbol, &base, &extra);
            if (base <= g->output && distance_symbol < 30)
                break;
        }
        if ((base > g->output || distance_symbol >= 30 || symbol > 285) && !flaw(g, 32))
            continue;
        bits_put_codeword(g->w, word[symbol], lengths[symbol]);

        const size_t reachable = g->output;
        unsigned length_base, length_extra, value;

        bits_length_symbol(symbol, &length_base, &length_extra);
        value = below(g, 1u << length_extra);
        bits_put(g->w, value, length_extra);
        g->output += length_base + value;
        bits_put_codeword(g->w, distance_word[distance_symbol], distance_lengths[distance_symbol]);
        value = below(g, 1u << extra);
        if (base + value > reachable && !flaw(g, 32))
            value = 0;
        bits_put(g->w, value, extra);
    }
    bits_put_codeword(g->w, word[256], lengths[256]);
}

static void put_fixed(struct generator *g)
{
    uint8_t lengths[288], distance_lengths[32];

    for (unsigned i = 0; i < 288; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    memset(distance_lengths, 5, 32);
    put_symbols(g, lengths, 288, distance_lengths, 32);
}

static void put_dynamic(struct generator *g)
{
    uint8_t lengths[286 + 30] = {0}, distance_lengths[30] = {0};
    uint16_t used[290];
    unsigned count = 0, hlit = 257, hdist = 1;
    const unsigned literals = below(g, 6) == 0 ? 256 : below(g, 40), matches = below(g, 3) == 0 ? 0 : below(g, 30);
    unsigned distances = below(g, 4) == 0 ? below(g, 3) : below(g, 31);
    const unsigned spread = below(g, 2) ? 1 : 256 / (literals + 1);

    for (unsigned i = 0; i < literals; i++)
        used[count++] = (uint16_t)(spread ? i * spread : i);
    used[count++] = 256;
    for (unsigned i = 0; i < 29 && matches > 0; i++)
        if (below(g, 29) < matches) {
            used[count++] = (uint16_t)(257 + i);
            hlit = 258 + i;
        }
    for (unsigned i = count; i > 1; i--) { /* in random order, so that any symbol can get the short codewords */
        const unsigned k = below(g, i);
        const uint16_t swap = used[k];

        used[k] = used[i - 1];
        used[i - 1] = swap;
    }
    random_lengths(g, lengths, used, count, 15);

    count = 0;
    for (unsigned i = 0; i < 30 && count < distances; i++)
        if (below(g, 30) < distances) {
            used[count++] = (uint16_t)i;
            hdist = i + 1;
        }
    if (count > 0)
        random_lengths(g, distance_lengths, used, count, 15);
    if (below(g, 8) == 0)
        hlit += below(g, 287 - hlit);
    if (below(g, 8) == 0)
        hdist += below(g, 31 - hdist);
    if (flaw(g, 64))
        lengths[below(g, hlit)] = (uint8_t)below(g, 16);
    if (flaw(g, 64))
        distance_lengths[below(g, hdist)] = (uint8_t)below(g, 16);
    if (flaw(g, 128))
        lengths[256] = 0;

    uint8_t all[286 + 30];

    memcpy(all, lengths, hlit);
    memcpy(all + hlit, distance_lengths, hdist);
    bits_put(g->w, hlit - 257, 5);
    bits_put(g->w, hdist - 1, 5);
    put_lengths(g, all, hlit + hdist);
    put_symbols(g, lengths, hlit, distance_lengths, hdist);
}

static void put_stored(struct generator *g)
{
    const unsigned length = below(g, 3) == 0 ? 0 : below(g, 30);

    bits_align(g->w, below(g, 2));
    bits_put(g->w, length, 16);
    bits_put(g->w, ~length & (flaw(g, 64) ? 0xfeffu : 0xffffu), 16);
    for (unsigned i = 0; i < length; i++)
        bits_put(g->w, below(g, 256), 8);
    g->output += length;
}

void bits_generate(struct bit_writer *w, uint64_t *random, size_t reach, size_t enough)
{
    struct generator g = {.w = w, .random = random, .output = reach, .enough = reach + (enough ? enough : SHORT_ENOUGH),
                          .symbols = enough ? LONG_SYMBOLS : SHORT_SYMBOLS, .flaws = enough == 0};
    unsigned left = 1 + below(&g, 3);
    bool final;

    do {
        const unsigned kind = below(&g, 8);

        final = enough ? g.output >= g.enough : --left == 0;
        bits_put(w, final, 1);
        if (kind == 0) {
            bits_put(w, 0, 2);
            put_stored(&g);
        } else if (kind < 4) {
            bits_put(w, 1, 2);
            put_fixed(&g);
        } else {
            bits_put(w, 2, 2);
            put_dynamic(&g);
        }
    } while (!final);
    bits_align(w, below(&g, 2));
}
