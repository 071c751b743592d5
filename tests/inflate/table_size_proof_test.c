/*
 * table_size_proof_test.c: no table of the decoder is ever larger than its constant says, shown for every complete code
 * of up to 288 symbols for literals and lengths, and of up to 32 for distances: two more of each than a stream may
 * declare. A code that is not complete gets no subtables, nor does one of code lengths.
 *
 * How many entries a table has depends on how many codewords there are of each length, and on nothing else. One goes
 * down the tree of codewords from the shortest on, and all that matters for what is still to come is how deep one is,
 * how many symbols are left, how many places are open at this depth, and how many of these belong to the subtable that
 * was begun last. So the most entries that can still come need to be worked out only once for each such state, and
 * there are few. A subtable is begun with the places of a root entry at this depth; for each level that it goes
 * further down it doubles.
 *
 * That this is how the builder in inflate/huffman.c counts is shown by the tables themselves: for every complete code
 * of up to 12 symbols, and for those that need the most entries, the last entry that is written is the one that the
 * count says, and no entry is written beyond the constant, where a page faults.
 */
#include "inflate/huffman.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

enum {
    BITS = CODE_BITS_MAX,
    SYMBOLS = LITLEN_SYMBOLS_FIXED,
    NONE = -1, /* no complete code */
    UNKNOWN = -2
};

static unsigned root; /* bits of the first look-up */

/* ---- The most entries ---- */

static int16_t *most_below;        /* what most_entries() has found */
static unsigned symbols_most, begun_most;

static int larger(int a, int b) { return a > b ? a : b; }

/*
 * The most entries of subtables that are still to come, at `depth`: `symbols` are left, and `open` places, `begun` of
 * which belong to a subtable that has its entries already. NONE: no code is completed from here.
 */
static int most_entries(unsigned depth, unsigned symbols, unsigned open, unsigned begun)
{
    const size_t state = ((size_t)(depth - root - 1) * (symbols_most + 1) + symbols) * (symbols_most + 1) + open;
    int16_t *const known = &most_below[state * (begun_most + 1) + begun];
    const unsigned of_root = 1u << (depth - root);
    int most = NONE;

    if (*known != UNKNOWN)
        return *known;
    for (unsigned leaves = 0; leaves <= open && leaves <= symbols; leaves++) {
        /* The leaves fill the subtable that was begun, and then others, the last one perhaps in part. */
        const unsigned beyond = leaves > begun ? leaves - begun : 0, tables = (beyond + of_root - 1) / of_root;
        const unsigned left = begun + tables * of_root - leaves, inner = open - leaves;
        int here = (int)(tables * of_root), below = 0;

        if (left > 0)
            here += (int)of_root; /* it goes further down: it doubles */
        if (inner == 0 && leaves < symbols)
            continue;
        if (inner > 0) {
            if (depth == BITS || 2 * inner > symbols - leaves)
                continue;
            below = most_entries(depth + 1, symbols - leaves, 2 * inner, 2 * left);
        }
        if (below != NONE)
            most = larger(most, here + below);
    }
    return *known = (int16_t)most;
}

static bool seen[BITS + 1][SYMBOLS + 1][SYMBOLS + 1];

/* The same from the first bit on, where all entries are the root's; of a state seen before nothing new comes. */
static int most_from_root(unsigned depth, unsigned symbols, unsigned open)
{
    int most = NONE;

    if (seen[depth][symbols][open])
        return NONE;
    seen[depth][symbols][open] = true;
    if (depth > root)
        return most_entries(depth, symbols, open, 0);
    for (unsigned leaves = 0; leaves <= open && leaves <= symbols; leaves++) {
        const unsigned inner = open - leaves;

        if (inner == 0 && leaves == symbols)
            most = larger(most, 0);
        else if (inner > 0 && 2 * inner <= symbols - leaves)
            most = larger(most, most_from_root(depth + 1, symbols - leaves, 2 * inner));
    }
    return most;
}

/* Of all codes of 2 to `symbols` symbols: entries of the root and of the subtables, and ENTRY_NOTHING. */
static int most_of_all(unsigned symbols)
{
    const unsigned of_root_most = 1u << (BITS - root);
    size_t states;
    int most = NONE;

    symbols_most = symbols;
    begun_most = of_root_most < symbols ? of_root_most : symbols; /* places of one root entry, and all of them open */
    states = (size_t)(BITS - root) * (symbols + 1) * (symbols + 1) * (begun_most + 1);
    most_below = malloc(states * sizeof *most_below);
    for (size_t i = 0; i < states; i++)
        most_below[i] = UNKNOWN;
    memset(seen, 0, sizeof seen);
    for (unsigned n = 2; n <= symbols; n++)
        most = larger(most, most_from_root(1, n, 2));
    free(most_below);
    return (1 << root) + 1 + most;
}

/* ---- The builder ---- */

enum { UNTOUCHED = 0x5a };

/* The entries of the table for lengths in ascending order, counted as above. */
static unsigned entries_of(const uint8_t *sorted, unsigned n)
{
    unsigned entries = (1u << root) + 1, begun = 0;

    for (unsigned depth = root + 1; depth <= BITS; depth++) {
        const unsigned of_root = 1u << (depth - root);
        unsigned leaves = 0;

        for (unsigned i = 0; i < n; i++)
            leaves += sorted[i] == depth;
        for (; leaves > begun; begun += of_root)
            entries += of_root;
        begun -= leaves;
        entries += begun > 0 ? of_root : 0;
        begun *= 2;
    }
    return entries;
}

typedef enum code_shape build_function(uint32_t *table, const uint8_t *lengths, unsigned symbols);

static enum code_shape build_distance(uint32_t *table, const uint8_t *lengths, unsigned symbols)
{
    return sluice_build_distance(table, lengths, symbols, 15);
}

static void check_table(build_function *build, unsigned room, const uint8_t *sorted, unsigned n)
{
    static const uint32_t untouched = UNTOUCHED * UINT32_C(0x01010101);
    uint32_t *const table = check_guarded(room * sizeof *table, false);
    unsigned written = room;

    memset(table, UNTOUCHED, room * sizeof *table);
    check_context("a code of %u symbols, lengths from %u to %u", n, sorted[0], sorted[n - 1]);
    CHECK_EQ(build(table, sorted, n), CODE_COMPLETE);
    while (written > 0 && table[written - 1] == untouched)
        written--;
    CHECK_EQ(written, entries_of(sorted, n));
    check_guarded_free(table, room * sizeof *table, false);
}

static void check_code(const uint8_t *sorted, unsigned n)
{
    root = LITLEN_ROOT;
    check_table(sluice_build_litlen, LITLEN_ENTRIES, sorted, n);
    root = DISTANCE_ROOT;
    check_table(build_distance, DISTANCE_ENTRIES, sorted, n);
}

/* At length n, `open` codewords of n bits are free; `count` symbols have theirs. */
static void every_code(uint8_t *sorted, unsigned count, unsigned n, unsigned open)
{
    enum { MOST = 12 };

    for (unsigned take = 0; take <= open && count + take <= MOST; take++) {
        if (take > 0)
            sorted[count + take - 1] = (uint8_t)n;
        if (take == open)
            check_code(sorted, count + take);
        else if (n < BITS && count + take + 2 * (open - take) <= MOST)
            every_code(sorted, count + take, n + 1, 2 * (open - take));
    }
}

/* The codes that need the most, as in vectors/src/past.txt, past-largest-tables. */
static void largest(void)
{
    uint8_t lengths[SYMBOLS];

    check_context("the largest codes that a stream may declare");
    for (unsigned i = 0; i < 286; i++)
        lengths[i] = (uint8_t)(i < 5 ? i + 1 : i < 6 ? 12 : i < 235 ? 13 : i < 284 ? 14 : 15);
    root = LITLEN_ROOT;
    CHECK_EQ(entries_of(lengths, 286), most_of_all(286));
    check_table(sluice_build_litlen, LITLEN_ENTRIES, lengths, 286);
    for (unsigned i = 0; i < 30; i++)
        lengths[i] = (uint8_t)(i < 6 ? i + 1 : i < 7 ? 9 : i < 16 ? 10 : i < 25 ? 11 : i < 28 ? i - 13 : 15);
    root = DISTANCE_ROOT;
    CHECK_EQ(entries_of(lengths, 30), most_of_all(30));
    check_table(build_distance, DISTANCE_ENTRIES, lengths, 30);
}

int main(void)
{
    uint8_t sorted[SYMBOLS];

    check_context("all codes for literals and lengths");
    root = LITLEN_ROOT;
    CHECK_EQ(most_of_all(LITLEN_SYMBOLS_FIXED), LITLEN_ENTRIES);
    check_context("all codes for distances");
    root = DISTANCE_ROOT;
    CHECK_EQ(most_of_all(DISTANCE_SYMBOLS_FIXED), DISTANCE_ENTRIES);
    check_context("all codes for code lengths: no subtables");
    CHECK_EQ(PRECODE_ENTRIES, (1 << PRECODE_BITS_MAX) + 1);
    every_code(sorted, 0, 1, 2);
    largest();
    return check_report("inflate/table_size_proof");
}
