/*
 * levels.c: the levels as a table, and how much memory each takes.
 */
#include "deflate/match.h"
#include "deflate/parse.h"
#include "deflate/plan.h"
#include "deflate/state.h"

enum {
    KIB = 1024,
    ALIGNMENT = 64,
    WINDOW_ROOM = 48 * KIB /* beside the history: a whole stored block can wait in it, see run_limit() in block.c */
};

/* The levels that look for the cheapest tokens: how much at a time, and how often */
static const struct effort efforts[3] = {
    {128 * KIB, 512 * KIB, 0, 1},
    {256 * KIB, 640 * KIB, 1, 4},
    {256 * KIB, 640 * KIB, 1, 12},
};

/* A whole stored block and a planned stretch can wait in it. */
enum { PLAN_ROOM = 256 * KIB + 64 * KIB };

/* clang-format off */
static const struct level levels[] = {
    /*  parse                  hash hash3 ahead chains stores depth nice lazy tokens    literals  fresh */
    {sluice_parse_huffman, NULL,        0, 0, 0, false, true,   0,   0,   0,  2 * KIB,   1 * KIB, WINDOW_ROOM, NULL},
    {sluice_parse_fast, sluice_index_fast,         13, 0, BATCH, false, false,  1,   0,   0,  3 * KIB,   10 * KIB, 12 * KIB, NULL},
    {sluice_parse_fast, sluice_index_fast,         15, 0, BATCH, false, false,  1,   0,   0, 16 * KIB,  32 * KIB, WINDOW_ROOM, NULL},
    {sluice_parse_rows, sluice_index_rows,         15, 13, 0, true, false,  4,  12,   0, 16 * KIB,  32 * KIB, WINDOW_ROOM, NULL},
    {sluice_parse_rows, sluice_index_rows,         15, 13, 0, true, false,  8,  24,   8, 16 * KIB,  32 * KIB, WINDOW_ROOM, NULL},
    {sluice_parse_rows, sluice_index_rows,         15, 13, 0, true, false, 12,  32,  16, 16 * KIB,  32 * KIB, WINDOW_ROOM, NULL},
    {sluice_parse_rows, sluice_index_rows,         15, 13, 0, true, false, 24,  64,  64, 16 * KIB,  32 * KIB, WINDOW_ROOM, NULL},
    {sluice_parse_chains, sluice_index_chains,         16, 14, 0, true, false, 64, 130, 130, 24 * KIB,  48 * KIB, WINDOW_ROOM, NULL},
    {sluice_parse_chains, sluice_index_chains,         16, 14, 0, true, false,200, 258, 258, 24 * KIB,  64 * KIB, WINDOW_ROOM, NULL},
    {sluice_parse_chains, sluice_index_chains,         16, 14, 0, true, false,600, 258, 258, 24 * KIB,  64 * KIB, WINDOW_ROOM, NULL},
    {sluice_parse_optimal, sluice_index_optimal,   16, 16, 0, true, false, 20,  75, 0, 128 * KIB, 128 * KIB, PLAN_ROOM, &efforts[0]},
    {sluice_parse_optimal, sluice_index_optimal,   16, 16, 0, true, false,100, 150, 0, 256 * KIB, 256 * KIB, PLAN_ROOM, &efforts[1]},
    {sluice_parse_optimal, sluice_index_optimal,   16, 16, 0, true, false,300, 258, 0, 256 * KIB, 256 * KIB, PLAN_ROOM, &efforts[2]},
};

static const struct level huffman_only = {sluice_parse_huffman, NULL, 0, 0, 0, false, false, 0, 0, 0, 2 * KIB, 32 * KIB, WINDOW_ROOM, NULL};
static const struct level runs_only = {sluice_parse_rle, NULL, 0, 0, 0, false, false, 0, 0, 0, 16 * KIB, 32 * KIB, WINDOW_ROOM, NULL};
/* clang-format on */

_Static_assert(WINDOW_MAX + WINDOW_ROOM - 4 * CHUNK >= STORED_MAX, "a whole stored block can wait");
_Static_assert(3 * (CHUNK + BATCH + MATCH_MAX) + BATCH + LOOKAHEAD <= 4 * CHUNK, "as do the chunks behind it");

_Static_assert(256 * KIB / PLAN_CELL <= PLAN_CELLS, "the plan has room");

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
    at.tokens = at.previous + (level->chains ? sizeof(uint16_t) * WINDOW_MAX << (level->effort != NULL) : 0);
    at.literals = at.tokens + sizeof(uint32_t) * level->tokens;
    at.size = at.counts = at.matches = at.costs = at.cells = at.literals + aligned(level->literals);
    if (level->effort) {
        at.matches = at.counts + aligned(level->effort->bytes);
        at.costs = at.matches + aligned(sizeof(uint32_t) * level->effort->matches);
        at.cells = at.costs + aligned(sizeof(uint32_t) * (level->effort->bytes + 1));
        at.size = at.cells + aligned(sizeof(struct statistics) * (level->effort->bytes / PLAN_CELL));
    }
    return at;
}
