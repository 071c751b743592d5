/*
 * tables.h: the numbers that RFC 1951 fixes, for both sides.
 */
#ifndef SLUICE_FORMAT_TABLES_H
#define SLUICE_FORMAT_TABLES_H

#include <stdint.h>

enum {
    WINDOW_BITS_MIN = 8,
    WINDOW_BITS_MAX = 15,
    WINDOW_MAX = 1 << WINDOW_BITS_MAX, /* no distance is larger (2) */

    MATCH_MIN = 3, /* the shortest and the longest match (3.2.5) */
    MATCH_MAX = 258,

    BLOCK_STORED = 0, /* block types (3.2.3) */
    BLOCK_FIXED = 1,
    BLOCK_DYNAMIC = 2,
    STORED_MAX = 65535, /* bytes in one stored block (3.2.4) */

    END_OF_BLOCK = 256,
    LENGTH_FIRST = 257, /* literal/length symbols from here on are lengths */

    LITLEN_SYMBOLS = 286,       /* that may occur in data and be declared */
    LITLEN_SYMBOLS_FIXED = 288, /* that take part in the fixed code (3.2.6) */
    DISTANCE_SYMBOLS = 30,
    DISTANCE_SYMBOLS_FIXED = 32,
    PRECODE_SYMBOLS = 19, /* the code that codes code lengths (3.2.7) */

    CODE_BITS_MAX = 15, /* longest literal/length or distance code */
    PRECODE_BITS_MAX = 7,

    PRECODE_COPY = 16,       /* repeat the previous length 3 to 6 times: 2 bits */
    PRECODE_ZEROS = 17,      /* 3 to 10 zeros: 3 bits */
    PRECODE_ZEROS_LONG = 18, /* 11 to 138 zeros: 7 bits */

    LENGTH_CODES = 29
};

/* Length codes 257 to 285: the smallest length and the number of extra bits (3.2.5). 284 with 31 reaches 258 too. */
extern const uint16_t sluice_length_base[LENGTH_CODES];
extern const uint8_t sluice_length_extra[LENGTH_CODES];

/* Distance codes 0 to 29, likewise. */
extern const uint16_t sluice_distance_base[DISTANCE_SYMBOLS];
extern const uint8_t sluice_distance_extra[DISTANCE_SYMBOLS];

/* The order in which the lengths of the code length code are sent (3.2.7). */
extern const uint8_t sluice_precode_order[PRECODE_SYMBOLS];

#endif
