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

#include <assert.h>
#include <string.h>

enum { SYMBOLS_MAX = LITLEN_SYMBOLS_FIXED };

/* The codeword after `code` among the bit-reversed codewords of `bits` bits; `code` is not the last one. */
static inline unsigned next_reversed(unsigned code, unsigned bits)
{
    /* Reversed, a carry runs from the top bit down: clear the leading ones, set the first zero. */
    unsigned zeros = ~code & ((1u << bits) - 1);
    unsigned top = 1u << (31 - (unsigned)__builtin_clz(zeros));

    return (code & (top - 1)) | top;
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

/*
 * The builder behind all three. entry_of[symbol] is the entry without its code length, which is added to both of its
 * length fields; `exception` is the flag of this table's exceptions.
 */
static enum code_shape build(uint32_t *table, unsigned *root_out, const uint8_t *lengths, unsigned symbols,
                             const uint32_t *entry_of, unsigned root_max, uint32_t exception)
{
    uint16_t count[CODE_BITS_MAX + 1] = {0};
    uint16_t offset[CODE_BITS_MAX + 2];
    uint16_t sorted[SYMBOLS_MAX];
    unsigned longest = CODE_BITS_MAX;

    assert(symbols <= SYMBOLS_MAX);
    for (unsigned i = 0; i < symbols; i++)
        count[lengths[i]]++;
    while (longest > 0 && count[longest] == 0)
        longest--;

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
        *root_out = 1;
        table[0] = table[1] = exception | ENTRY_UNUSED | 1 << 8 | 1;
        if (used == 0)
            return CODE_EMPTY;
        for (unsigned i = 0; i < symbols; i++)
            if (lengths[i])
                table[0] = entry_of[i] + (1 << 8 | 1);
        return CODE_SINGLE;
    }
    if (space > 0)
        return CODE_INCOMPLETE;

    for (unsigned i = 0; i < symbols; i++)
        if (lengths[i])
            sorted[offset[lengths[i]]++] = (uint16_t)i;

    const unsigned root = longest < root_max ? longest : root_max;
    const uint16_t *symbol = sorted;
    unsigned bits = 1, code = 0;

    *root_out = root;
    for (unsigned size = 2;; size *= 2) {
        const uint32_t add = bits << 8 | bits;

        for (unsigned n = count[bits]; n > 0; n--) {
            table[code] = entry_of[*symbol++] + add;
            if (code == size - 1) { /* all ones: the last codeword of a complete code, of the longest length */
                assert(bits == root);
                return CODE_COMPLETE;
            }
            code = next_reversed(code, bits);
        }
        if (bits == root)
            break;
        memcpy(table + size, table, size * sizeof *table);
        bits++;
    }

    /* The longer codewords: a subtable for each root prefix, filled by strides. */
    unsigned prefix = ~0u, begin = 0, end = 1u << root;

    for (bits = root + 1; bits <= longest; bits++) {
        const uint32_t add = (bits - root) << 8 | (bits - root);

        for (; count[bits] > 0; count[bits]--) {
            if ((code & ((1u << root) - 1)) != prefix) {
                const unsigned n = subtable_bits(count, bits, root);

                prefix = code & ((1u << root) - 1);
                begin = end;
                end = begin + (1u << n);
                table[prefix] = exception | ENTRY_SUBTABLE | begin << 16 | n << 8 | root;
            }
            const uint32_t entry = entry_of[*symbol++] + add;

            for (unsigned i = begin + (code >> root); i < end; i += 1u << (bits - root))
                table[i] = entry;
            if (code != (1u << bits) - 1)
                code = next_reversed(code, bits);
        }
    }
    return CODE_COMPLETE;
}

#define EXTRA(base, extra) ((uint32_t)(base) << 16 | (extra))
#define LITERALS4(i) \
    ENTRY_LITERAL | (i) << 16, ENTRY_LITERAL | ((i) + 1) << 16, ENTRY_LITERAL | ((i) + 2) << 16, \
        ENTRY_LITERAL | ((i) + 3) << 16
#define LITERALS16(i) LITERALS4(i), LITERALS4((i) + 4), LITERALS4((i) + 8), LITERALS4((i) + 12)
#define LITERALS64(i) LITERALS16(i), LITERALS16((i) + 16), LITERALS16((i) + 32), LITERALS16((i) + 48)

/* The entry of each literal/length symbol, without its code length. A length's base and extra bits: RFC 1951 3.2.5. */
static const uint32_t litlen_entry[LITLEN_SYMBOLS_FIXED] = {
    LITERALS64(0), LITERALS64(64), LITERALS64(128), LITERALS64(192),
    ENTRY_EXCEPTION | ENTRY_END_OF_BLOCK,
    EXTRA(3, 0), EXTRA(4, 0), EXTRA(5, 0), EXTRA(6, 0), EXTRA(7, 0), EXTRA(8, 0), EXTRA(9, 0), EXTRA(10, 0),
    EXTRA(11, 1), EXTRA(13, 1), EXTRA(15, 1), EXTRA(17, 1), EXTRA(19, 2), EXTRA(23, 2), EXTRA(27, 2), EXTRA(31, 2),
    EXTRA(35, 3), EXTRA(43, 3), EXTRA(51, 3), EXTRA(59, 3), EXTRA(67, 4), EXTRA(83, 4), EXTRA(99, 4), EXTRA(115, 4),
    EXTRA(131, 5), EXTRA(163, 5), EXTRA(195, 5), EXTRA(227, 5), EXTRA(258, 0),
    ENTRY_EXCEPTION | ENTRY_SYMBOL, ENTRY_EXCEPTION | ENTRY_SYMBOL,
};

static const uint32_t distance_entry[DISTANCE_SYMBOLS_FIXED] = {
    EXTRA(1, 0), EXTRA(2, 0), EXTRA(3, 0), EXTRA(4, 0), EXTRA(5, 1), EXTRA(7, 1), EXTRA(9, 2), EXTRA(13, 2),
    EXTRA(17, 3), EXTRA(25, 3), EXTRA(33, 4), EXTRA(49, 4), EXTRA(65, 5), EXTRA(97, 5), EXTRA(129, 6), EXTRA(193, 6),
    EXTRA(257, 7), EXTRA(385, 7), EXTRA(513, 8), EXTRA(769, 8), EXTRA(1025, 9), EXTRA(1537, 9), EXTRA(2049, 10),
    EXTRA(3073, 10), EXTRA(4097, 11), EXTRA(6145, 11), EXTRA(8193, 12), EXTRA(12289, 12), EXTRA(16385, 13),
    EXTRA(24577, 13),
    ENTRY_FAR_EXCEPTION | ENTRY_SYMBOL, ENTRY_FAR_EXCEPTION | ENTRY_SYMBOL,
};

enum code_shape sluice_build_litlen(uint32_t *table, unsigned *root, const uint8_t *lengths, unsigned symbols)
{
    return build(table, root, lengths, symbols, litlen_entry, LITLEN_ROOT, ENTRY_EXCEPTION);
}

enum code_shape sluice_build_distance(uint32_t *table, unsigned *root, const uint8_t *lengths, unsigned symbols,
                                      unsigned window_bits)
{
    uint32_t narrow[DISTANCE_SYMBOLS_FIXED];

    if (window_bits == WINDOW_BITS_MAX)
        return build(table, root, lengths, symbols, distance_entry, DISTANCE_ROOT, ENTRY_FAR_EXCEPTION);

    /* Two symbols share each power of two, so that a window of 2^n ends with symbol 2n - 1: 2n and up exceed it. */
    memcpy(narrow, distance_entry, sizeof narrow);
    for (unsigned i = 2 * window_bits; i < DISTANCE_SYMBOLS; i++)
        narrow[i] = ENTRY_FAR_EXCEPTION | ENTRY_WINDOW | sluice_distance_extra[i];
    return build(table, root, lengths, symbols, narrow, DISTANCE_ROOT, ENTRY_FAR_EXCEPTION);
}

enum code_shape sluice_build_precode(uint32_t *table, const uint8_t *lengths)
{
    unsigned root;
    const enum code_shape shape = build(table, &root, lengths, PRECODE_SYMBOLS, litlen_entry, PRECODE_ROOT, ENTRY_EXCEPTION);

    if (shape == CODE_EMPTY || shape == CODE_SINGLE)
        return CODE_INCOMPLETE;
    /* The reader of code lengths always looks up PRECODE_ROOT bits. */
    for (; shape == CODE_COMPLETE && root < PRECODE_ROOT; root++)
        memcpy(table + (1u << root), table, sizeof *table << root);
    return shape;
}
