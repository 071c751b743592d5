/*
 * huffman.h: decoding tables for the Huffman codes of a block.
 *
 * A table is indexed by the next bits of the stream. Its first part has 2^root entries; a codeword longer than root
 * leads over a SUBTABLE entry to a second part. An entry tells, in 32 bits, all that is to be done with a codeword:
 *
 *   bits 0-5    bits to consume in all: codeword and extra bits (in a subtable: without the root bits)
 *   bits 8-11   bits of the codeword alone (ditto), so that the extra bits are those between the two
 *   bits 16-    the literal, the base of the length or of the distance, or the offset of a subtable
 *
 * and in the upper bits the flags below. Entries that are neither a literal nor a plain length or distance have a
 * flag of exception; the fast loop follows subtables by itself and leaves the others to the careful path.
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
     * so many symbols, that root and 15 bits.
     */
    LITLEN_ENTRIES = 2342,
    DISTANCE_ENTRIES = 402,
    PRECODE_ENTRIES = 1 << PRECODE_ROOT
};

/* A distance entry has the flag FAR_EXCEPTION in the place of LITERAL: the base of a distance reaches up to bit 30. */
#define ENTRY_LITERAL UINT32_C(0x80000000)
#define ENTRY_EXCEPTION UINT32_C(0x40000000)
#define ENTRY_FAR_EXCEPTION UINT32_C(0x80000000)
/* Kinds of exception; SUBTABLE is looked at first, the offset of a subtable takes the place of the others. */
#define ENTRY_SUBTABLE UINT32_C(0x20000000)
#define ENTRY_END_OF_BLOCK UINT32_C(0x10000000)
#define ENTRY_UNUSED UINT32_C(0x08000000) /* no codeword begins like this */
#define ENTRY_SYMBOL UINT32_C(0x04000000) /* a symbol that must not occur */
#define ENTRY_WINDOW UINT32_C(0x02000000) /* a distance that exceeds the window */

static inline unsigned entry_bits(uint32_t entry) { return entry & 63; }
static inline unsigned entry_code_bits(uint32_t entry) { return entry >> 8 & 15; }
static inline unsigned entry_offset(uint32_t entry) { return entry >> 16 & 0xfff; }
static inline unsigned entry_literal(uint32_t entry) { return entry >> 16 & 0xff; }
static inline unsigned entry_length(uint32_t entry) { return entry >> 16 & 0x1ff; }
static inline unsigned entry_distance(uint32_t entry) { return entry >> 16 & 0x7fff; }

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
 * is INCOMPLETE or OVERFULL. *root receives the number of bits that index its first part.
 * Lengths are at most CODE_BITS_MAX, which the callers know from how they were read.
 */
enum code_shape sluice_build_litlen(uint32_t *table, unsigned *root, const uint8_t *lengths, unsigned symbols);

/* window_bits: distances above 2^window_bits become ENTRY_WINDOW exceptions. */
enum code_shape sluice_build_distance(uint32_t *table, unsigned *root, const uint8_t *lengths, unsigned symbols,
                                      unsigned window_bits);

/* The code length code: COMPLETE, INCOMPLETE or OVERFULL; entries hold the symbol as if it were a literal. */
enum code_shape sluice_build_precode(uint32_t *table, const uint8_t *lengths);

#endif
