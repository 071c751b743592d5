/*
 * levels.c: the levels as a table, and how much memory each takes.
 */
#include "deflate/match_chain.h"
#include "deflate/parse.h"
#include "deflate/path.h"
#include "deflate/plan.h"
#include "deflate/state.h"

enum {
    KIB = 1024,
    ALIGNMENT = 64,
    ROOM = 48 /* KiB beside the history: a whole stored block can wait in the window, see sluice_run_limit() */
};

static const struct method plain = {sluice_parse_huffman, NULL, NULL, 0};
static const struct method runs = {sluice_parse_rle, NULL, NULL, 0};
static const struct method fast2 = {sluice_parse_fast2, sluice_index_fast2, sluice_probe_fast2, BATCH};
static const struct method fast4 = {sluice_parse_fast4, sluice_index_fast4, sluice_probe_fast4, BATCH};
static const struct method lazy = {sluice_parse_lazy, sluice_index_lazy, sluice_probe_lazy, BATCH};
static const struct method lazy2 = {sluice_parse_lazy2, sluice_index_lazy, sluice_probe_lazy, BATCH};
static const struct method chained = {sluice_parse_chained, sluice_index_lazy, NULL, BATCH};
static const struct method optimal = {sluice_parse_optimal, sluice_index_optimal, NULL, 0};

/* The levels that look for the cheapest tokens: how much at a time, and how often */
static const struct effort efforts[3] = {
    {128 * KIB, 512 * KIB, 1, 0, false},
    {256 * KIB, 640 * KIB, 1, 2, true},
    {256 * KIB, 640 * KIB, 1, 12, true},
};

/* A whole stored block and a planned stretch can wait in it. */
enum { PLAN_ROOM = 256 + 64 };

/* clang-format off */
static const struct level levels[] = {
    /* method hash hash3 depth nice lazy links tokens literals fresh */
    {&plain,    0,    0,    0,   0,   0,    0,     4,       4, ROOM, NULL},
    {&fast2,   13,    0,    0,   0,   0,    0,    14,      12,   12, NULL},
    {&fast2,   15,    0,    0,   0,   0,    0,    64,      32, ROOM, NULL},
    {&fast4,   16,    0,    0,   0,   0,    0,    64,      32, ROOM, NULL},
    {&lazy,    15,   13,    4,  64,  64,   66,    56,      24, ROOM, NULL},
    {&lazy,    15,   13,    6, 130, 130,   66,    60,      24, ROOM, NULL},
    {&lazy,    15,   13,   12, 258, 258,   66,    60,      24, ROOM, NULL},
    {&lazy,    16,   14,   32, 258, 258,   66,    96,      48, ROOM, NULL},
    {&lazy2,   16,   14,   64, 258, 258,   66,    96,      64, ROOM, NULL},
    {&lazy2,   16,   14,  400, 258, 258,   66,    96,      64, ROOM, NULL},
    {&chained, 18,   16,   32,  75,   0,   66,   176,     128, PLAN_ROOM, &efforts[0]},
    {&optimal, 16,   16,  100, 150,   0,  128,   352,     256, PLAN_ROOM, &efforts[1]},
    {&optimal, 16,   16,  300, 258,   0,  128,   352,     256, PLAN_ROOM, &efforts[2]},
};

static const struct level huffman_only = {&plain, 0, 0, 0, 0, 0, 0, 8, 32, ROOM, NULL};
static const struct level runs_only = {&runs, 0, 0, 0, 0, 0, 0, 64, 32, ROOM, NULL};
/* clang-format on */

_Static_assert(WINDOW_MAX + ROOM * KIB - 4 * CHUNK >= STORED_MAX, "a whole stored block can wait");
_Static_assert(3 * (CHUNK + BATCH + MATCH_MAX) + BATCH + LOOKAHEAD <= 4 * CHUNK, "as do the chunks behind it");

_Static_assert(sizeof(uint16_t) * (WINDOW_MAX + NEAR_SIZE) <= 66 * KIB, "links and what lies behind them have room");
_Static_assert(256 * KIB / PLAN_CELL <= PLAN_CELLS, "the plan has room");

enum { LEVELS = sizeof levels / sizeof levels[0] };

const struct level *sluice_level(int level, sluice_strategy strategy)
{
    if (level == SLUICE_LEVEL_STORE)
        return &levels[SLUICE_LEVEL_STORE];
    if (strategy == SLUICE_STRATEGY_HUFFMAN)
        return &huffman_only;
    if (strategy == SLUICE_STRATEGY_RLE)
        return &runs_only;
    return &levels[level < LEVELS ? level : LEVELS - 1];
}

bool sluice_level_stores(const struct level *level)
{
    return level == &levels[SLUICE_LEVEL_STORE];
}

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

struct layout sluice_layout(const struct level *level)
{
    struct layout at;

    at.window = aligned(sizeof(struct sluice_deflater));
    at.window_size = WINDOW_MAX + (size_t)level->fresh * KIB;
    at.head = at.window + aligned(at.window_size);
    at.head3 = at.head + (level->hash_bits ? sizeof(uint16_t) << level->hash_bits : 0);
    at.previous = at.head3 + (level->hash3_bits ? sizeof(uint16_t) << level->hash3_bits : 0);
    at.tokens = at.previous + (size_t)level->links * KIB;
    at.literals = at.tokens + (size_t)level->tokens * KIB;
    at.counts = at.literals + (size_t)level->literals * KIB;
    at.size = at.matches = at.costs = at.steps = at.cells = at.learned = at.counts;
    if (level->effort) {
        at.matches = at.counts + aligned(level->effort->bytes);
        at.costs = at.matches + aligned(sizeof(uint32_t) * level->effort->matches);
        at.steps = at.costs + aligned(sizeof(uint32_t) * (level->effort->bytes + PATH_MARGIN));
        at.cells = at.steps + aligned(sizeof(uint16_t) * level->effort->bytes);
        at.learned = at.cells + aligned(sizeof(struct statistics) * (level->effort->bytes / PLAN_CELL));
        at.size = at.learned + aligned(sizeof(struct learned));
    }
    return at;
}
