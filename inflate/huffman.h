/*
 * huffman.h: decoding tables for the Huffman codes of a block.
 *
 * A table is indexed by the next bits of the stream. Its first part has 2^root entries; a codeword longer than root
 * leads over a SUBTABLE entry to a second part. An entry tells, in 32 bits, all that is to be done with a codeword:
 *
 *                literal/length                        distance
 *   byte 0       bits to consume in all: codeword and extra bits (in a subtable: without the root bits)
 *   byte 1       bits of the codeword alone; bit 15: MATCH, a length
 *   byte 2       literal, or least length - MATCH_MIN  least distance
 *   byte 3       byte 0 once more if a literal, else 0 (and byte 3)
 *
 * The extra bits lie between those of the codeword and those in all. Bit 6, EXCEPTION, marks what is neither a literal
 * nor a plain length or distance; its kind is told by a flag beside it. A SUBTABLE has the root bits in byte 0, so that
 * the fast loop may consume them as it does any entry, its offset in bits 8 to 19 and its index bits in bits 20 to 23;
 * byte 3 is 0 as with all exceptions. Those of the other kinds have extra bits in byte 2. The fast loops follow
 * subtables by themselves and leave the other exceptions to the careful path.
 */
#ifndef SLUICE_INFLATE_HUFFMAN_H
#define SLUICE_INFLATE_HUFFMAN_H

#include "deflate/format/tables.h"
#include "sluice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    LITLEN_ROOT = 11, /* longest codeword found in one look-up; shorter codes get smaller tables */
    DISTANCE_ROOT = 8,
    PRECODE_ROOT = PRECODE_BITS_MAX,

    /*
     * The most entries that a root table and its subtables can need, by exhaustive search over all complete codes of
     * so many symbols, that root and 15 bits; and ENTRY_NOTHING, which stands between the two.
     */
    LITLEN_ENTRIES = 2342 + 1,
    DISTANCE_ENTRIES = 402 + 1,
    PRECODE_ENTRIES = (1 << PRECODE_ROOT) + 1
};

#define ENTRY_NOTHING UINT32_C(0) /* leads nowhere and is worth nothing */
#define ENTRY_MATCH UINT32_C(0x8000)
#define ENTRY_EXCEPTION UINT32_C(0x40)
/* Kinds of exception */
#define ENTRY_SUBTABLE UINT32_C(0x80) /* and byte 0 has the root bits */
#define ENTRY_END_OF_BLOCK UINT32_C(2)
#define ENTRY_UNUSED UINT32_C(4) /* no codeword begins like this */
#define ENTRY_SYMBOL UINT32_C(8) /* a symbol that must not occur */
#define ENTRY_WINDOW UINT32_C(16) /* a distance that exceeds the window */

static inline bool entry_is_literal(uint32_t entry) { return !(entry & (ENTRY_EXCEPTION | ENTRY_MATCH)); }
static inline unsigned entry_bits(uint32_t entry) { return entry & 63; }
static inline unsigned entry_code_bits(uint32_t entry) { return entry >> 8 & 63; }
static inline unsigned entry_value(uint32_t entry) { return entry >> 16 & 255; }
static inline unsigned entry_distance(uint32_t entry) { return entry >> 16; }
static inline unsigned subtable_index_bits(uint32_t entry) { return entry >> 20; }
static inline unsigned subtable_offset(uint32_t entry) { return entry >> 8 & 0xfff; }

/* What the code lengths of a code say about it (RFC 1951 3.2.2). */
enum code_shape {
    CODE_EMPTY,      /* no symbol has a code */
    CODE_SINGLE,     /* one symbol with a code of one bit: the one incomplete code that is allowed */
    CODE_COMPLETE,   /* every sequence of bits is a sequence of codewords */
    CODE_INCOMPLETE, /* some is not */
    CODE_OVERFULL    /* over-subscribed: codewords would collide */
};

/*
 * Each builds a table from `symbols` code lengths and gives the shape of the code. The table is valid unless the shape
 * is INCOMPLETE or OVERFULL. Its first part always has 2^root entries.
 * Lengths are at most CODE_BITS_MAX, which the callers know from how they were read.
 */
enum code_shape sluice_build_litlen(uint32_t *table, const uint8_t *lengths, unsigned symbols);

/* window_bits: distances above 2^window_bits become ENTRY_WINDOW exceptions. */
enum code_shape sluice_build_distance(uint32_t *table, const uint8_t *lengths, unsigned symbols,
                                      unsigned window_bits);

/* The code length code: COMPLETE, INCOMPLETE or OVERFULL; entries hold the symbol as if it were a literal. */
enum code_shape sluice_build_precode(uint32_t *table, const uint8_t *lengths);

#endif
