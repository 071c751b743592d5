/*
 * explain.h: prints a compressed stream element by element, for those who want to see how the format works or where a
 * stream is broken.
 *
 * This is a decoder of its own, written to be read beside the RFCs: one bit at a time, no table but the code itself, a
 * line printed for each element. It shares nothing with inflate/ but the numbers that the RFCs fix, and judges by the
 * same rules: the same status at the same bit (a test compares the two).
 *
 *   explain.c        the whole stream: format, members, verdict
 *   explain_frame.c  the frames: zlib (RFC 1950), gzip (RFC 1952)
 *   explain_block.c  the blocks (RFC 1951 3.2.3): stored data, literals and matches
 *   explain_codes.c  the code lengths of a dynamic block and the codes that follow from them (RFC 1951 3.2.2, 3.2.7)
 *   explain_print.c  the columns, and names for symbols
 */
#ifndef APP_TOOL_EXPLAIN_H
#define APP_TOOL_EXPLAIN_H

#include "app/tool/bits.h"
#include "deflate/format/tables.h"
#include "sluice.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What a set of code lengths says about its code (RFC 1951 3.2.2, 3.2.7). */
enum explain_shape {
    SHAPE_EMPTY,      /* no symbol has a codeword */
    SHAPE_SINGLE,     /* one symbol, one bit: the one incomplete code that is allowed */
    SHAPE_COMPLETE,   /* every sequence of bits is a sequence of codewords */
    SHAPE_INCOMPLETE, /* some is not */
    SHAPE_OVERFULL    /* there are more codewords than there is room for */
};

/* A canonical Huffman code: codewords of one length are consecutive numbers, in the order of their symbols. */
struct explain_code {
    enum explain_shape shape;
    uint16_t count[CODE_BITS_MAX + 1];       /* codewords of each length */
    uint16_t symbols[LITLEN_SYMBOLS_FIXED];  /* in the order of their codewords */
};

/* Which code a symbol belongs to: how it is named in print. */
enum explain_alphabet { ALPHABET_LITLEN, ALPHABET_DISTANCE, ALPHABET_PRECODE };

enum {
    SHOWN_MAX = 96, /* characters in the column of bits: 15 + 13 bits of a distance, or eight bytes, with blanks */
    QUOTED_MAX = 48 /* bytes of text shown in one line */
};

struct explain {
    struct bits in;
    FILE *out;

    /* The element being read */
    uint64_t begin;        /* its first bit */
    char shown[SHOWN_MAX]; /* its bits or bytes as they will be printed */
    size_t shown_size;

    /* The output */
    uint8_t window[WINDOW_MAX]; /* byte n of the output is at n modulo WINDOW_MAX */
    uint64_t put;               /* bytes put out */
    uint64_t reach;             /* how far back a distance may reach: output of this member and dictionary */
    uint64_t member_put;        /* `put` when this member began */
    unsigned window_bits;       /* of the declared window */
    uint32_t adler, crc;        /* of this member's output */

    /* The format, and a preset dictionary or NULL */
    sluice_format format;
    const uint8_t *dictionary;
    size_t dictionary_size;

    /* Counts, for the summary of a block */
    uint64_t blocks, literals, matches;
    struct explain_code litlen, distance;

    /* The verdict */
    sluice_status status;
    uint64_t defect; /* the bit where it is */
};

/*
 * Explains what comes from *fd (by `name`) on *out. format as for the decoder; AUTO tells gzip from zlib.
 * Gives the verdict: SLUICE_END, SLUICE_NEED_DICTIONARY or an error; *where is its place as sluice_inflate_where()
 * gives it, *read_error the errno of a read that failed or 0. The last line printed says the same.
 * *e is the caller's memory for it (about 100 KiB).
 */
sluice_status explain_stream(struct explain *e, int fd, const char *name, sluice_format format, const void *dictionary,
                             size_t dictionary_size, FILE *out, sluice_position *where, int *read_error);

/* ---- Elements: each gives false when the stream is at fault, with the status noted ---- */

bool explain_fail(struct explain *e, sluice_status status, uint64_t bit);

/* Begins an element at the next bit. */
void explain_begin(struct explain *e);

/* Reads a number of `count` bits, least significant first, and shows its bits. */
bool explain_number(struct explain *e, unsigned count, unsigned *value);

/* Reads what is left of a byte (RFC 1951 3.2.4; RFC 1950 and 1952 have trailers begin with a byte). */
void explain_padding(struct explain *e);

/* Reads a byte of a frame and shows it in hexadecimal. */
bool explain_byte(struct explain *e, unsigned *byte);

/* Reads the codeword of a symbol and shows it; `unused` is the status for bits that are no codeword. */
bool explain_symbol(struct explain *e, const struct explain_code *code, sluice_status unused, unsigned *symbol);

/* Prints the line of the element: where it began, its bits and what they mean. */
void explain_line(struct explain *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints a line that belongs to no element. */
void explain_note(struct explain *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes `size` bytes as a C string literal would show them, at most QUOTED_MAX of them, into `to`. */
enum { QUOTED_ROOM = QUOTED_MAX * 4 + 32 };
const char *explain_quote(char to[QUOTED_ROOM], const uint8_t *bytes, size_t size);

/* Names a symbol: "'a'", "end of block", "length 11 to 12", "distance 33 to 48". */
enum { SYMBOL_NAME_ROOM = 48 };
const char *explain_symbol_name(char to[SYMBOL_NAME_ROOM], enum explain_alphabet alphabet, unsigned symbol);

/* Prints a code: its codewords by length. */
void explain_print_code(struct explain *e, const char *title, const struct explain_code *code,
                        enum explain_alphabet alphabet);

/* ---- The parts of a stream ---- */

void explain_build_code(struct explain_code *code, const uint8_t *lengths, unsigned symbols);
bool explain_dynamic_codes(struct explain *e);
void explain_fixed_codes(struct explain *e);
bool explain_blocks(struct explain *e);
bool explain_zlib_header(struct explain *e);
bool explain_zlib_trailer(struct explain *e);
bool explain_gzip_header(struct explain *e);
bool explain_gzip_trailer(struct explain *e);

/* Puts bytes out: into the window, the checksums and the counts. */
void explain_put(struct explain *e, const uint8_t *bytes, size_t size);

#endif
