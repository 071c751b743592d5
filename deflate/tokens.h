/*
 * tokens.h: what a parser makes of the data: literals and matches, kept until their block is written.
 *
 * The bytes that stay literals stand one behind the other in a buffer of their own. A token is 32 bits: so many of
 * those literals and then a match; or, with the top bit set, nothing but literals.
 *
 *   bit 31     0: literals and a match          1: literals alone
 *   bits 23-30 literals before the match        } bits 0-30 how many
 *   bits 15-22 length of the match less 3       }
 *   bits 0-14  distance of the match less 1     }
 */
#ifndef SLUICE_DEFLATE_TOKENS_H
#define SLUICE_DEFLATE_TOKENS_H

#include "deflate/format/tables.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TOKEN_RUN_MAX = 255, /* literals that fit into a token with a match */
    TOKEN_RUN_SHIFT = 23,
    TOKEN_LENGTH_SHIFT = 15
};

#define TOKEN_LITERALS UINT32_C(0x80000000)

static inline uint32_t token_match(unsigned run, unsigned length, unsigned distance)
{
    return run << TOKEN_RUN_SHIFT | (length - MATCH_MIN) << TOKEN_LENGTH_SHIFT | (distance - 1);
}

static inline bool token_is_literals(uint32_t token) { return token & TOKEN_LITERALS; }
static inline unsigned token_literals(uint32_t token) { return token & ~TOKEN_LITERALS; }
static inline unsigned token_run(uint32_t token) { return token >> TOKEN_RUN_SHIFT; }
static inline unsigned token_length_index(uint32_t token) { return token >> TOKEN_LENGTH_SHIFT & 0xff; }
static inline unsigned token_distance_index(uint32_t token) { return token & 0x7fff; }

/* The symbol of a length, given less 3 (RFC 1951 3.2.5): four symbols share each power of two, but 258 has its own. */
static inline unsigned length_symbol(unsigned index)
{
    const unsigned extra = 29 - (unsigned)__builtin_clz(index | 4);

    return LENGTH_FIRST + 4 * extra + (index >> extra) + (index == MATCH_MAX - MATCH_MIN);
}

/* The extra bits of a distance, given less 1 (RFC 1951 3.2.5): those below its two highest. */
static inline unsigned distance_extra(unsigned index)
{
    return 30 - (unsigned)__builtin_clz(index | 2);
}

/* Its symbol: two symbols share each power of two. */
static inline unsigned distance_symbol(unsigned index)
{
    const unsigned extra = distance_extra(index);

    return 2 * extra + (index >> extra);
}

#endif
