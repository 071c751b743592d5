/*
 * huffman.c: from code lengths to decoding tables (RFC 1951 3.2.2).
 *
 * Symbols are sorted by code length (counting sort), which is the order of their codewords too. The root table is
 * grown from the shortest codewords on: while it has 2^n entries it holds the codewords of up to n bits; going to n+1
 * bits, the upper half is a copy of the lower. So each codeword is stored once and copied in bulk, and a table never
 * has more entries than its longest codeword calls for.
 *
 * DEFLATE sends codewords from their most significant bit, and everything else from the least; the tables are indexed
 * by bits as they lie in the buffer, hence codewords are kept bit-reversed throughout.
 */
#include "inflate/huffman.h"

#include "deflate/format/bytes.h"

#include <assert.h>
#include <string.h>

enum { SYMBOLS_MAX = LITLEN_SYMBOLS_FIXED };

#define REVERSED2(x) (x), (x) | 2u << 6, (x) | 1u << 6, (x) | 3u << 6
#define REVERSED4(x) REVERSED2(x), REVERSED2((x) | 2u << 4), REVERSED2((x) | 1u << 4), REVERSED2((x) | 3u << 4)
#define REVERSED6(x) REVERSED4(x), REVERSED4((x) | 2u << 2), REVERSED4((x) | 1u << 2), REVERSED4((x) | 3u << 2)

/* Each byte with its bits in the opposite order. */
static const uint8_t reversed[256] = {REVERSED6(0), REVERSED6(2), REVERSED6(1), REVERSED6(3)};

/* Sixteen bits in the opposite order. */
static inline unsigned reverse(unsigned x)
{
    return (unsigned)reversed[x & 255] << 8 | reversed[x >> 8];
}

/*
 * The index bits of a subtable whose first codeword has `bits` bits: enough for the codewords to come, of which
 * count[] tells how many are left, to fill it.
 */
static unsigned subtable_bits(const uint16_t *count, unsigned bits, unsigned root)
{
    unsigned n = bits - root;
    int room = (1 << n) - (int)count[bits];

    while (room > 0 && n + root < CODE_BITS_MAX) {
        n++;
        room = room * 2 - (int)count[n + root];
    }
    return n;
}

/* Appends to the first `size` entries of a table, a power of two, a copy of them. */
static inline void double_table(uint32_t *table, unsigned size)
{
    enum { LARGE = 64 };

    if (size >= LARGE)
        memmove(table + size, table, size * sizeof *table); /* memcpy gcc would make a slow "rep movs" */
    else if (size >= 4)
        for (unsigned i = 0; i < size; i += 4)
            memcpy(table + size + i, table + i, 4 * sizeof *table);
    else
        for (unsigned i = 0; i < size; i++)
            table[size + i] = table[i];
}

/* Repeats a table of 2^from entries until it has 2^to. */
static void widen(uint32_t *table, unsigned from, unsigned to)
{
    for (; from < to; from++)
        double_table(table, 1u << from);
}

/* Are eight lengths all like the first of them? */
static inline bool all_equal(uint64_t eight) { return eight == (eight & 255) * UINT64_C(0x0101010101010101); }

/*
 * Counts the lengths and gives the longest. Eight equal ones are counted at once; the others are counted in
 * two places, because a count that has just been stored takes long to come back.
 */
static unsigned count_lengths(uint16_t count[CODE_BITS_MAX + 1], const uint8_t *lengths, unsigned symbols)
{
    uint16_t other[CODE_BITS_MAX + 1] = {0};
    unsigned i = 0, longest = CODE_BITS_MAX;

    for (; i + 8 <= symbols; i += 8) {
        const uint64_t eight = load64(lengths + i);

        if (all_equal(eight)) {
            count[eight & 255] = (uint16_t)(count[eight & 255] + 8);
            continue;
        }
        for (unsigned k = i; k < i + 8; k += 2) {
            count[lengths[k]]++;
            other[lengths[k + 1]]++;
        }
    }
    for (; i < symbols; i++)
        count[lengths[i]]++;
    for (unsigned n = 0; n <= CODE_BITS_MAX; n++)
        count[n] = (uint16_t)(count[n] + other[n]);
    while (longest > 0 && count[longest] == 0)
        longest--;
    return longest;
}

/* Puts a symbol with a codeword of n bits in its place, one without where it does no harm: no branch is needed. */
static inline void place_symbol(uint16_t *sorted, uint16_t offset[CODE_BITS_MAX + 2], unsigned n, unsigned symbol)
{
    const unsigned place = offset[n];

    sorted[place] = (uint16_t)symbol;
    offset[n] = (uint16_t)(place + (n != 0));
}

/* Sorts the symbols by length. offset[n] is the place of the first one with n bits; it becomes that behind the last. */
static void sort_symbols(uint16_t *sorted, uint16_t offset[CODE_BITS_MAX + 2], const uint8_t *lengths, unsigned symbols)
{
    unsigned i = 0;

    for (; i + 8 <= symbols; i += 8) {
        const uint64_t eight = load64(lengths + i);

        if (eight == 0)
            continue;
        if (all_equal(eight)) {
            const unsigned place = offset[eight & 255];

            for (unsigned k = 0; k < 8; k++)
                sorted[place + k] = (uint16_t)(i + k);
            offset[eight & 255] = (uint16_t)(place + 8);
            continue;
        }
        for (unsigned k = i; k < i + 8; k++)
            place_symbol(sorted, offset, lengths[k], k);
    }
    for (; i < symbols; i++)
        place_symbol(sorted, offset, lengths[i], i);
}

/*
 * What becomes of a symbol with a codeword of n bits: the entry base + n * times, which has n in all places that count.
 */
struct symbol_entry {
    uint32_t base, times;
};

/* The builder behind all three. */
static enum code_shape build(uint32_t *table, const uint8_t *lengths, unsigned symbols,
                             const struct symbol_entry *entry_of, unsigned root_max)
{
    uint16_t count[CODE_BITS_MAX + 1] = {0};
    uint16_t offset[CODE_BITS_MAX + 2];
    uint16_t sorted[SYMBOLS_MAX + 1];

    assert(symbols <= SYMBOLS_MAX);
    table[1u << root_max] = ENTRY_NOTHING;

    const unsigned longest = count_lengths(count, lengths, symbols);

    /* The code space is 2^15 units; a codeword of n bits takes 2^(15 - n) of them. */
    int space = 1 << CODE_BITS_MAX;
    offset[1] = 0;
    for (unsigned n = 1; n <= CODE_BITS_MAX; n++) {
        offset[n + 1] = (uint16_t)(offset[n] + count[n]);
        space -= count[n] << (CODE_BITS_MAX - n);
    }
    if (space < 0)
        return CODE_OVERFULL;
    const unsigned used = offset[CODE_BITS_MAX + 1];
    if (used == 0 || (used == 1 && longest == 1)) {
        table[0] = table[1] = ENTRY_EXCEPTION | ENTRY_UNUSED | 1 << 8;
        for (unsigned i = 0; i < symbols; i++)
            if (lengths[i])
                table[0] = entry_of[i].base + entry_of[i].times;
        widen(table, 1, root_max);
        return used ? CODE_SINGLE : CODE_EMPTY;
    }
    if (space > 0)
        return CODE_INCOMPLETE;

    offset[0] = SYMBOLS_MAX;
    sort_symbols(sorted, offset, lengths, symbols);

    const unsigned root = longest < root_max ? longest : root_max; /* beyond it all is repetition */
    const uint16_t *symbol = sorted;
    unsigned bits = 1, code = 0; /* the codeword's first bit is the highest of sixteen */

    for (;; bits++) {
        for (const uint16_t *const end = symbol + count[bits]; symbol < end; symbol++) {
            table[reverse(code)] = entry_of[*symbol].base + bits * entry_of[*symbol].times;
            code += 1u << (16 - bits);
        }
        if (bits == root)
            break;
        double_table(table, 1u << bits);
    }
    if (longest <= root) {
        widen(table, root, root_max);
        return CODE_COMPLETE;
    }

    /* The longer codewords: a subtable for each root prefix, filled by strides. */
    unsigned prefix = ~0u, begin = 0, end = (1u << root) + 1;

    for (bits = root + 1; bits <= longest; bits++) {
        for (; count[bits] > 0; count[bits]--, symbol++) {
            const unsigned index = reverse(code);

            if ((index & ((1u << root) - 1)) != prefix) {
                const unsigned n = subtable_bits(count, bits, root);

                prefix = index & ((1u << root) - 1);
                begin = end;
                end = begin + (1u << n);
                table[prefix] = ENTRY_EXCEPTION | ENTRY_SUBTABLE | root | n << 20 | begin << 8;
            }
            const uint32_t entry = entry_of[*symbol].base + (bits - root) * entry_of[*symbol].times;

            for (unsigned i = begin + (index >> root); i < end; i += 1u << (bits - root))
                table[i] = entry;
            code += 1u << (16 - bits);
        }
    }
    return CODE_COMPLETE;
}

#define LITERAL(i) {(uint32_t)(i) << 16, 1 << 24 | 1 << 8 | 1}
#define LENGTH(base, extra) {(uint32_t)((base) - MATCH_MIN) << 16 | ENTRY_MATCH | (extra), 1 << 8 | 1}
#define DISTANCE(base, extra) {(uint32_t)(base) << 16 | (extra), 1 << 8 | 1}
#define EXCEPTION(kind) {ENTRY_EXCEPTION | (kind), 1 << 8}
#define LITERALS4(i) LITERAL(i), LITERAL((i) + 1), LITERAL((i) + 2), LITERAL((i) + 3)
#define LITERALS16(i) LITERALS4(i), LITERALS4((i) + 4), LITERALS4((i) + 8), LITERALS4((i) + 12)
#define LITERALS64(i) LITERALS16(i), LITERALS16((i) + 16), LITERALS16((i) + 32), LITERALS16((i) + 48)

/* The entry of each literal/length symbol, without its code length. A length's base and extra bits: RFC 1951 3.2.5. */
static const struct symbol_entry litlen_entry[LITLEN_SYMBOLS_FIXED] = {
    LITERALS64(0), LITERALS64(64), LITERALS64(128), LITERALS64(192),
    EXCEPTION(ENTRY_END_OF_BLOCK),
    LENGTH(3, 0), LENGTH(4, 0), LENGTH(5, 0), LENGTH(6, 0), LENGTH(7, 0), LENGTH(8, 0), LENGTH(9, 0), LENGTH(10, 0),
    LENGTH(11, 1), LENGTH(13, 1), LENGTH(15, 1), LENGTH(17, 1),
    LENGTH(19, 2), LENGTH(23, 2), LENGTH(27, 2), LENGTH(31, 2),
    LENGTH(35, 3), LENGTH(43, 3), LENGTH(51, 3), LENGTH(59, 3),
    LENGTH(67, 4), LENGTH(83, 4), LENGTH(99, 4), LENGTH(115, 4),
    LENGTH(131, 5), LENGTH(163, 5), LENGTH(195, 5), LENGTH(227, 5), LENGTH(258, 0),
    EXCEPTION(ENTRY_SYMBOL), EXCEPTION(ENTRY_SYMBOL),
};

static const struct symbol_entry distance_entry[DISTANCE_SYMBOLS_FIXED] = {
    DISTANCE(1, 0), DISTANCE(2, 0), DISTANCE(3, 0), DISTANCE(4, 0), DISTANCE(5, 1), DISTANCE(7, 1),
    DISTANCE(9, 2), DISTANCE(13, 2), DISTANCE(17, 3), DISTANCE(25, 3), DISTANCE(33, 4), DISTANCE(49, 4),
    DISTANCE(65, 5), DISTANCE(97, 5), DISTANCE(129, 6), DISTANCE(193, 6), DISTANCE(257, 7), DISTANCE(385, 7),
    DISTANCE(513, 8), DISTANCE(769, 8), DISTANCE(1025, 9), DISTANCE(1537, 9), DISTANCE(2049, 10), DISTANCE(3073, 10),
    DISTANCE(4097, 11), DISTANCE(6145, 11), DISTANCE(8193, 12), DISTANCE(12289, 12),
    DISTANCE(16385, 13), DISTANCE(24577, 13),
    EXCEPTION(ENTRY_SYMBOL), EXCEPTION(ENTRY_SYMBOL),
};

enum code_shape sluice_build_litlen(uint32_t *table, const uint8_t *lengths, unsigned symbols)
{
    return build(table, lengths, symbols, litlen_entry, LITLEN_ROOT);
}

enum code_shape sluice_build_distance(uint32_t *table, const uint8_t *lengths, unsigned symbols,
                                      unsigned window_bits)
{
    struct symbol_entry narrow[DISTANCE_SYMBOLS_FIXED];

    if (window_bits == WINDOW_BITS_MAX)
        return build(table, lengths, symbols, distance_entry, DISTANCE_ROOT);

    /* Two symbols share each power of two, so that a window of 2^n ends with symbol 2n - 1: 2n and up exceed it. */
    memcpy(narrow, distance_entry, sizeof narrow);
    for (unsigned i = 2 * window_bits; i < DISTANCE_SYMBOLS; i++)
        narrow[i] = (struct symbol_entry)EXCEPTION(ENTRY_WINDOW | (uint32_t)sluice_distance_extra[i] << 16);
    return build(table, lengths, symbols, narrow, DISTANCE_ROOT);
}

enum code_shape sluice_build_precode(uint32_t *table, const uint8_t *lengths)
{
    const enum code_shape shape = build(table, lengths, PRECODE_SYMBOLS, litlen_entry, PRECODE_ROOT);

    return shape == CODE_EMPTY || shape == CODE_SINGLE ? CODE_INCOMPLETE : shape;
}
