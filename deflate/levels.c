/*
 * levels.c: the levels as a table, and how much memory each takes.
 */
#include "deflate/match.h"
#include "deflate/parse.h"
#include "deflate/state.h"

enum {
    KIB = 1024,
    ALIGNMENT = 64,
    WINDOW_ROOM = 48 * KIB /* beside the history: a whole stored block can wait in it, see run_limit() in block.c */
};

/* clang-format off */
static const struct level levels[] = {
    /*  parse                  hash hash3 ahead chains stores depth nice lazy tokens    literals  fresh */
    {sluice_parse_huffman, NULL,        0, 0, 0, false, true,   0,   0,   0,  2 * KIB,   1 * KIB, WINDOW_ROOM},
    {sluice_parse_fast, sluice_index_fast,         13, 0, BATCH, false, false,  1,   0,   0,  3 * KIB,   10 * KIB, 12 * KIB},
    {sluice_parse_fast, sluice_index_fast,         15, 0, BATCH, false, false,  1,   0,   0, 16 * KIB,  32 * KIB, WINDOW_ROOM},
    {sluice_parse_rows, sluice_index_rows,         15, 13, 0, true, false,  4,  12,   0, 16 * KIB,  32 * KIB, WINDOW_ROOM},
    {sluice_parse_rows, sluice_index_rows,         15, 13, 0, true, false,  8,  24,   8, 16 * KIB,  32 * KIB, WINDOW_ROOM},
    {sluice_parse_rows, sluice_index_rows,         15, 13, 0, true, false, 12,  32,  16, 16 * KIB,  32 * KIB, WINDOW_ROOM},
    {sluice_parse_rows, sluice_index_rows,         15, 13, 0, true, false, 24,  64,  64, 16 * KIB,  32 * KIB, WINDOW_ROOM},
    {sluice_parse_chains, sluice_index_chains,         16, 14, 0, true, false, 64, 130, 130, 24 * KIB,  48 * KIB, WINDOW_ROOM},
    {sluice_parse_chains, sluice_index_chains,         16, 14, 0, true, false,200, 258, 258, 24 * KIB,  64 * KIB, WINDOW_ROOM},
    {sluice_parse_chains, sluice_index_chains,         16, 14, 0, true, false,600, 258, 258, 24 * KIB,  64 * KIB, WINDOW_ROOM},
};

static const struct level huffman_only = {sluice_parse_huffman, NULL, 0, 0, 0, false, false, 0, 0, 0, 2 * KIB, 32 * KIB, WINDOW_ROOM};
static const struct level runs_only = {sluice_parse_rle, NULL, 0, 0, 0, false, false, 0, 0, 0, 16 * KIB, 32 * KIB, WINDOW_ROOM};
/* clang-format on */

_Static_assert(WINDOW_MAX + WINDOW_ROOM - 4 * CHUNK >= STORED_MAX, "a whole stored block can wait");
_Static_assert(3 * (CHUNK + BATCH + MATCH_MAX) + BATCH + LOOKAHEAD <= 4 * CHUNK, "as do the chunks behind it");

enum { LEVELS = sizeof levels / sizeof levels[0] };

const struct level *sluice_level(int level, sluice_strategy strategy)
{
    if (level == SLUICE_LEVEL_STORE)
        return &levels[0];
    if (strategy == SLUICE_STRATEGY_HUFFMAN)
        return &huffman_only;
    if (strategy == SLUICE_STRATEGY_RLE)
        return &runs_only;
    return &levels[level < LEVELS ? level : LEVELS - 1];
}

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

struct layout sluice_layout(const struct level *level)
{
    struct layout at;

    at.window = aligned(sizeof(struct sluice_deflater));
    at.window_size = WINDOW_MAX + level->fresh;
    at.head = at.window + aligned(at.window_size);
    at.head3 = at.head + (level->hash_bits ? sizeof(uint16_t) << level->hash_bits : 0);
    at.previous = at.head3 + (level->hash3_bits ? sizeof(uint16_t) << level->hash3_bits : 0);
    at.tokens = at.previous + (level->chains ? sizeof(uint16_t) * WINDOW_MAX : 0);
    at.literals = at.tokens + sizeof(uint32_t) * level->tokens;
    at.size = at.literals + aligned(level->literals);
    return at;
}
