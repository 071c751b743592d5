/*
 * tables_proof_test.c: the table builder against the definition of a canonical code (RFC 1951 3.2.2), exhaustively up
 * to a bound. Shown is, with nothing left to chance:
 *
 * 1. For every way to give six symbols lengths from 0 to 6 (7^6), the shape is what the Kraft sum says: more than 1 is
 *    over-subscribed, 1 complete, less incomplete, but for no symbol at all and a single one of one bit.
 * 2. For every multiset of up to seven lengths from 1 to 15 (170,543), the same. The sum depends on nothing else.
 * 3. For every multiset of lengths up to 15 bits that makes a complete code of 2 to 14 symbols (1,158), each of the
 *    2^15 sequences of 15 bits leads to the symbol whose codeword it begins with, and to that codeword's length; in the
 *    tables for literals and lengths, for distances, and, where its bounds allow, for code lengths.
 * 4. For the code of code lengths, whose shape depends on how many of the 19 symbols have each length from 0 to 7: for
 *    all ways to have that (657,800), the same as in 1, but that such a code must be complete; and of those that are,
 *    each of the 2^7 sequences of 7 bits leads where it should.
 *
 * The tables end at a page that faults; that no code needs more entries is shown in table_size_proof_test.c.
 *
 * Not shown: what the tables of codes of more symbols lead to, of which the other tests have many but not all; nor that
 * the order of the symbols does not matter for the shape, but in 1.
 */
#include "inflate/huffman.h"
#include "tests/support/check.h"

#include <string.h>

enum { BITS = 15, UNITS = 1 << BITS, SYMBOLS = 288 };

static uint32_t *litlen_table, *distance_table, *precode_table;

/* ---- The definition ---- */

static enum code_shape shape_of(const uint8_t *lengths, unsigned symbols)
{
    unsigned used = 0, longest = 0;
    unsigned long sum = 0; /* of 2^-length, in units of 2^-15 */

    for (unsigned i = 0; i < symbols; i++)
        if (lengths[i]) {
            used++;
            sum += 1ul << (BITS - lengths[i]);
            longest = lengths[i] > longest ? lengths[i] : longest;
        }
    if (used == 0)
        return CODE_EMPTY;
    if (used == 1 && longest == 1)
        return CODE_SINGLE;
    return sum > UNITS ? CODE_OVERFULL : sum < UNITS ? CODE_INCOMPLETE : CODE_COMPLETE;
}

/* symbol[bits], length[bits] for each sequence of 15 bits, the first one the least significant. */
static uint16_t symbol_of[UNITS];
static uint8_t length_of[UNITS];

static void assign(const uint8_t *lengths, unsigned symbols)
{
    unsigned code = 0; /* the next codeword, in units of 2^-15 */

    for (unsigned n = 1; n <= BITS; n++)
        for (unsigned i = 0; i < symbols; i++)
            if (lengths[i] == n)
                for (unsigned end = code + (1u << (BITS - n)); code < end; code++) {
                    unsigned reversed = 0;

                    for (unsigned bit = 0; bit < BITS; bit++)
                        reversed |= (code >> bit & 1) << (BITS - 1 - bit);
                    symbol_of[reversed] = (uint16_t)i;
                    length_of[reversed] = (uint8_t)n;
                }
}

/* ---- The tables ---- */

/* The entry that the bits lead to, and how many of them it takes. */
static uint32_t look_up(const uint32_t *table, unsigned root, unsigned bits, unsigned *taken)
{
    uint32_t entry = table[bits & ((1u << root) - 1)];

    *taken = 0;
    if ((entry & (ENTRY_EXCEPTION | ENTRY_SUBTABLE)) == (ENTRY_EXCEPTION | ENTRY_SUBTABLE)) {
        *taken = root;
        entry = table[subtable_offset(entry) + (bits >> root & ((1u << subtable_index_bits(entry)) - 1))];
    }
    *taken += entry_code_bits(entry);
    return entry;
}

static bool litlen_is(uint32_t entry, unsigned symbol)
{
    if (symbol < 256)
        return entry_is_literal(entry) && entry_value(entry) == symbol;
    if (symbol == 256)
        return (entry & ENTRY_EXCEPTION) && (entry & ENTRY_END_OF_BLOCK);
    if (symbol > 285)
        return (entry & ENTRY_EXCEPTION) && (entry & ENTRY_SYMBOL);
    return (entry & ENTRY_MATCH) && !(entry & ENTRY_EXCEPTION) &&
           entry_value(entry) + MATCH_MIN == sluice_length_base[symbol - 257] &&
           entry_bits(entry) - entry_code_bits(entry) == sluice_length_extra[symbol - 257];
}

static bool distance_is(uint32_t entry, unsigned symbol)
{
    if (symbol >= DISTANCE_SYMBOLS)
        return (entry & ENTRY_EXCEPTION) && (entry & ENTRY_SYMBOL);
    return !(entry & ENTRY_EXCEPTION) && entry_distance(entry) == sluice_distance_base[symbol] &&
           entry_bits(entry) - entry_code_bits(entry) == sluice_distance_extra[symbol];
}

/* Every sequence of bits leads where the definition says. */
static void check_all_bits(const uint32_t *table, unsigned root, bool (*is)(uint32_t, unsigned))
{
    bool right = true;

    for (unsigned bits = 0; bits < UNITS; bits++) {
        unsigned taken;
        const uint32_t entry = look_up(table, root, bits, &taken);

        right = right && taken == length_of[bits] && is(entry, symbol_of[bits]);
    }
    CHECK(right);
}

/* ---- 1 and 2: shapes ---- */

static void check_shape(const uint8_t *lengths, unsigned symbols)
{
    const enum code_shape shape = shape_of(lengths, symbols);

    CHECK_EQ(sluice_build_litlen(litlen_table, lengths, symbols), shape);
    CHECK_EQ(sluice_build_distance(distance_table, lengths, symbols, 15), shape);
}

static void every_small_vector(void)
{
    enum { N = 6, LENGTHS = 7 };
    uint8_t lengths[N];
    unsigned all = 1;

    for (unsigned i = 0; i < N; i++)
        all *= LENGTHS;
    for (unsigned n = 0; n < all; n++) {
        for (unsigned i = 0, rest = n; i < N; i++, rest /= LENGTHS)
            lengths[i] = (uint8_t)(rest % LENGTHS);
        check_context("lengths %u %u %u %u %u %u", lengths[0], lengths[1], lengths[2], lengths[3], lengths[4],
                      lengths[5]);
        check_shape(lengths, N);
    }
}

static unsigned long multisets;

/* Lengths that do not fall, lengths[from] and on still to be chosen. */
static void every_multiset(uint8_t *lengths, unsigned from, unsigned least)
{
    enum { N = 7 };

    check_context("a multiset of %u lengths", from);
    check_shape(lengths, from);
    multisets++;
    for (unsigned n = least; n <= BITS && from < N; n++) {
        lengths[from] = (uint8_t)n;
        every_multiset(lengths, from + 1, n);
    }
}

/* ---- 3: complete codes ---- */

static unsigned long complete;

/* The symbols that get the lengths: spread over all that there are, so that all kinds of entries occur. */
static void check_code(const uint8_t *sorted, unsigned n)
{
    uint8_t lengths[SYMBOLS];

    complete++;
    check_context("a complete code of %u symbols, lengths from %u to %u", n, sorted[0], sorted[n - 1]);
    memset(lengths, 0, sizeof lengths);
    for (unsigned i = 0; i < n; i++)
        lengths[(i * 19 + 250) % SYMBOLS] = sorted[i];
    assign(lengths, SYMBOLS);
    CHECK_EQ(sluice_build_litlen(litlen_table, lengths, SYMBOLS), CODE_COMPLETE);
    check_all_bits(litlen_table, LITLEN_ROOT, litlen_is);

    memset(lengths, 0, sizeof lengths);
    for (unsigned i = 0; i < n; i++)
        lengths[(i * 5 + 3) % 32] = sorted[n - 1 - i];
    assign(lengths, 32);
    CHECK_EQ(sluice_build_distance(distance_table, lengths, 32, 15), CODE_COMPLETE);
    check_all_bits(distance_table, DISTANCE_ROOT, distance_is);
    if (sorted[n - 1] > PRECODE_BITS_MAX)
        return;
    memset(lengths, 0, sizeof lengths);
    for (unsigned i = 0; i < n; i++)
        lengths[(i * 4 + 1) % PRECODE_SYMBOLS] = sorted[i];
    assign(lengths, PRECODE_SYMBOLS);
    CHECK_EQ(sluice_build_precode(precode_table, lengths), CODE_COMPLETE);
    check_all_bits(precode_table, PRECODE_ROOT, litlen_is);
}

/* At length n, `left` codewords of n bits are free; `count` symbols have theirs. */
static void every_complete_code(uint8_t *sorted, unsigned count, unsigned n, unsigned left)
{
    enum { N = 14 };

    for (unsigned take = 0; take <= left && count + take <= N; take++) {
        if (take > 0)
            sorted[count + take - 1] = (uint8_t)n;
        if (take == left)
            check_code(sorted, count + take);
        else if (n < BITS && count + take + left - take < N) /* each that is left needs two symbols at least */
            every_complete_code(sorted, count + take, n + 1, (left - take) * 2);
    }
}

/* ---- 4: the code of code lengths ---- */

static unsigned long precodes, complete_precodes;
static bool precodes_right = true;

static void check_precode(const uint8_t *lengths)
{
    const enum code_shape defined = shape_of(lengths, PRECODE_SYMBOLS);
    const enum code_shape shape = sluice_build_precode(precode_table, lengths);

    precodes++;
    precodes_right &= shape == (defined == CODE_EMPTY || defined == CODE_SINGLE ? CODE_INCOMPLETE : defined);
    if (shape != CODE_COMPLETE)
        return;
    complete_precodes++;
    assign(lengths, PRECODE_SYMBOLS);
    for (unsigned bits = 0; bits < 1u << PRECODE_BITS_MAX; bits++) {
        unsigned taken;
        const uint32_t entry = look_up(precode_table, PRECODE_ROOT, bits, &taken);

        precodes_right &= taken == length_of[bits] && litlen_is(entry, symbol_of[bits]);
    }
}

/* Lengths that do not fall in an order that mixes the symbols, lengths from number `from` on still to be chosen. */
static void every_precode(uint8_t *lengths, unsigned from, unsigned least)
{
    if (from == PRECODE_SYMBOLS)
        check_precode(lengths);
    else
        for (unsigned n = least; n <= PRECODE_BITS_MAX; n++) {
            lengths[from * 8 % PRECODE_SYMBOLS] = (uint8_t)n;
            every_precode(lengths, from + 1, n);
        }
}

int main(void)
{
    uint8_t lengths[PRECODE_SYMBOLS];

    litlen_table = check_guarded(LITLEN_ENTRIES * sizeof *litlen_table, false);
    distance_table = check_guarded(DISTANCE_ENTRIES * sizeof *distance_table, false);
    precode_table = check_guarded(PRECODE_ENTRIES * sizeof *precode_table, false);
    every_small_vector();
    every_multiset(lengths, 0, 1);
    every_complete_code(lengths, 0, 1, 2);
    every_precode(lengths, 0, 0);
    check_context("what has been gone through");
    CHECK(precodes_right);
    CHECK_EQ(precodes, 657800);
    CHECK_EQ(complete_precodes, 1525);
    CHECK_EQ(multisets, 170544); /* and the empty one */
    CHECK_EQ(complete, 1158);
    return check_report("inflate/tables_proof");
}
