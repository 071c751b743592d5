/*
 * path.h: a block's cheapest tokens, from the matches that were found at each of its positions.
 *
 * The matches of the positions from s->block to s->next are kept: their number for each position, and one behind the
 * other the matches themselves, as match_entry() packs them.
 */
#ifndef SLUICE_DEFLATE_PATH_H
#define SLUICE_DEFLATE_PATH_H

#include "deflate/cost.h"
#include "deflate/format/bytes.h"
#include "deflate/state.h"

enum {
    MATCHES_MOST = DISTANCE_SYMBOLS + 1, /* of a position: one a distance symbol */
    ENTRY_LENGTH_SHIFT = 20,             /* above 15 bits of the distance less 1 and 5 of its symbol */
    ENTRY_SYMBOL_SHIFT = 15
};

static inline uint32_t match_entry(unsigned length, unsigned distance, unsigned symbol)
{
    return length << ENTRY_LENGTH_SHIFT | symbol << ENTRY_SYMBOL_SHIFT | (distance - 1);
}

static inline unsigned entry_length(uint32_t entry) { return entry >> ENTRY_LENGTH_SHIFT; }
static inline unsigned entry_symbol(uint32_t entry) { return entry >> ENTRY_SYMBOL_SHIFT & 31; }
static inline unsigned entry_distance(uint32_t entry) { return (entry & 0x7fff) + 1; }

/* Positions and their matches. */
struct stretch {
    const uint8_t *data;
    const uint8_t *counts;
    const uint32_t *matches, *end;
    size_t bytes;
};

/* How many matches n positions have. Eight numbers are added in a word. */
static inline size_t count_matches(const uint8_t *counts, size_t n)
{
    size_t sum = 0;

    _Static_assert(8 * MATCHES_MOST < 256, "the sum of eight fits in a byte");
    for (; n >= 8; n -= 8, counts += 8)
        sum += (size_t)(load64(counts) * UINT64_C(0x0101010101010101) >> 56);
    for (; n > 0; n--)
        sum += *counts++;
    return sum;
}

enum { PATH_MARGIN = MATCH_MAX + 8 }; /* numbers behind the last position's cost that are written and read */

/*
 * Finds the cheapest way through a stretch: step[i] is the length that is best at position i, 1 a literal. cost has
 * room for a number for each position and PATH_MARGIN more.
 */
void sluice_path(const struct stretch *on, const struct costs *costs, uint32_t *cost, uint16_t *step);

/* The same in plain C, and by other instructions: false: not on this machine, or not in this build (path_x86.c). */
void sluice_path_plain(const struct stretch *on, const struct costs *costs, uint32_t *cost, uint16_t *step);
bool sluice_path_simd(const struct stretch *on, const struct costs *costs, uint32_t *cost, uint16_t *step);

/* Adds the symbols on the way to the statistics of each cell of so many bytes. */
void sluice_path_count(const struct stretch *on, const struct costs *costs, const uint16_t *step,
                       struct statistics *cells, size_t cell);

/* The way as tokens and literals. */
struct mark sluice_path_tokens(const struct stretch *on, const struct costs *costs, const uint16_t *step,
                               uint32_t *tokens, uint8_t *literals);

/* A quick way, good enough to learn costs from: the longest match, unless the next position has a longer one. */
void sluice_path_quick(const struct stretch *on, struct statistics *cells, size_t cell);

#endif
