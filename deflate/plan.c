/*
 * plan.c: from the matches of a long stretch of data to blocks and their tokens.
 *
 * The stretch is looked at in cells. Each is at first taken for a block by itself; then, as long as that saves bits,
 * the two neighbours are joined that save most, judged by the symbols of a first way through the data (path.h) and
 * the entropy of these. What the last block lacks may still come: it stays to be planned again with what follows.
 *
 * In each block the cheapest way depends on the costs of symbols, and these on the way. So it is looked for again and
 * again, each time at the costs of the one before.
 */
#include "deflate/plan.h"
#include "deflate/cost.h"
#include "deflate/dynamic.h"
#include "deflate/path.h"

#include <string.h>

enum {
    LEAST_MOVE = 64,   /* bytes by which the border of a block is moved */
    SMALL_BLOCK = 2048 /* bytes of one for which the fixed codes may be the better ones */
};

void sluice_plan_compact(struct sluice_deflater *s)
{
    const size_t bytes = s->next - s->block;

    if (s->cache_begin == 0)
        return;
    memmove(counts_of(s), counts_of(s) + s->cache_begin, bytes);
    memmove(matches_of(s), matches_of(s) + s->match_begin, (s->match_end - s->match_begin) * sizeof(uint32_t));
    s->match_end -= s->match_begin;
    s->match_begin = s->cache_begin = 0;
}

/* So many bytes of what is planned. */
static struct stretch stretch_of(struct sluice_deflater *s, size_t begin, size_t bytes)
{
    const uint8_t *const counts = counts_of(s) + s->cache_begin;
    const uint32_t *const matches = matches_of(s) + s->match_begin + count_matches(counts, begin);

    return (struct stretch){s->data + s->block + begin, counts + begin, matches,
                            matches + count_matches(counts + begin, bytes), bytes};
}

/* The bits of a block of these symbols, in COST_BIT. */
static uint64_t cost_of(const struct sluice_deflater *s, const struct statistics *of)
{
    uint8_t litlen[LITLEN_SYMBOLS], distance[DISTANCE_SYMBOLS];
    struct dynamic dynamic;
    struct statistics block;

    if (!s->level->effort->exact)
        return sluice_cost_block(of);
    block = *of;
    block.litlen[END_OF_BLOCK] = 1;
    return COST_BIT * sluice_dynamic(&dynamic, &block, litlen, distance, DYNAMIC_QUICK);
}

/* Joins the n cells to blocks. Gives their number; first[] are the cells they begin with, which get their symbols. */
static unsigned join_cells(const struct sluice_deflater *s, struct statistics *cells, unsigned n, uint16_t *first)
{
    uint64_t cost[PLAN_CELLS];
    int64_t gain[PLAN_CELLS]; /* of joining it with the next */
    struct statistics both;

    for (unsigned i = 0; i < n; i++) {
        first[i] = (uint16_t)i;
        cost[i] = cost_of(s, &cells[i]);
    }
    for (unsigned i = 0; i + 1 < n; i++) {
        both = cells[i];
        sluice_statistics_add(&both, &cells[i + 1]);
        gain[i] = (int64_t)(cost[i] + cost[i + 1] - cost_of(s, &both));
    }
    while (n > 1) {
        unsigned best = 0;

        for (unsigned i = 1; i + 1 < n; i++)
            if (gain[i] > gain[best])
                best = i;
        if (gain[best] <= 0)
            break;
        sluice_statistics_add(&cells[first[best]], &cells[first[best + 1]]);
        cost[best] = cost[best] + cost[best + 1] - (uint64_t)gain[best];
        n--;
        for (unsigned i = best + 1; i < n; i++) {
            first[i] = first[i + 1];
            cost[i] = cost[i + 1];
            gain[i - 1] = gain[i];
        }
        for (unsigned i = best ? best - 1 : 0; i <= best && i + 1 < n; i++) {
            both = cells[first[i]];
            sluice_statistics_add(&both, &cells[first[i + 1]]);
            gain[i] = (int64_t)(cost[i] + cost[i + 1] - cost_of(s, &both));
        }
    }
    return n;
}

/* What is known of symbols are from now on those that the cells have. */
static void learn(struct sluice_deflater *s, unsigned cells)
{
    struct statistics *const symbols = &learned_of(s)->symbols;

    memset(symbols, 0, sizeof *symbols);
    for (unsigned i = 0; i < cells; i++)
        sluice_statistics_add(symbols, &cells_of(s)[i]);
    s->learned = true;
}

/* What symbols cost from now on: as with a code of their own for symbols like these, or with the fixed one. */
static void price(struct sluice_deflater *s, const struct statistics *symbols)
{
    if (s->options.strategy == SLUICE_STRATEGY_FIXED)
        sluice_costs_fixed(&learned_of(s)->costs);
    else
        sluice_costs(&learned_of(s)->costs, symbols);
}

/* Finds the way through all of a stretch, and what symbols each cell has on it. */
static void find_way(struct sluice_deflater *s, const struct stretch *all, unsigned cells)
{
    struct learned *const l = learned_of(s);
    struct statistics *const cell = cells_of(s);
    unsigned passes = s->level->effort->whole;

    if (!s->learned) {
        /* Nothing is known of what symbols cost: that of a quick way must do, and is soon to be improved. */
        memset(cell, 0, cells * sizeof *cell);
        sluice_path_quick(all, cell, PLAN_CELL);
        learn(s, cells);
        passes++;
    }
    for (; passes > 0; passes--) {
        price(s, &l->symbols);
        sluice_path(all, &l->costs, costs_of(s), steps_of(s));
        memset(cell, 0, cells * sizeof *cell);
        sluice_path_count(all, &l->costs, steps_of(s), cell, PLAN_CELL);
        learn(s, cells);
    }
}

static void subtract(struct statistics *from, const struct statistics *of)
{
    for (unsigned i = 0; i < LITLEN_SYMBOLS; i++)
        from->litlen[i] -= of->litlen[i];
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        from->distance[i] -= of->distance[i];
}

/* The symbols of a part of the way through a stretch. */
static void count_part(struct sluice_deflater *s, const struct stretch *all, size_t begin, size_t end,
                       struct statistics *symbols)
{
    const uint8_t *const counts = all->counts + begin;
    const struct stretch part = {all->data + begin, counts, all->matches + count_matches(all->counts, begin), NULL,
                                 end - begin};

    memset(symbols, 0, sizeof *symbols);
    sluice_path_count(&part, &learned_of(s)->costs, steps_of(s) + begin, symbols, end - begin);
}

/* Moves the border before block b by less and less to where both blocks cost least. */
static void move_border(struct sluice_deflater *s, const struct stretch *all, unsigned b)
{
    struct learned *const l = learned_of(s);
    const uint16_t *const step = steps_of(s);
    const size_t begin = l->plan[b - 1], end = l->plan[b + 1];
    struct statistics *const left = &cells_of(s)[l->cell[b - 1]], *const right = &cells_of(s)[l->cell[b]];
    uint64_t cost = cost_of(s, left) + cost_of(s, right);

    for (size_t by = PLAN_CELL / 2; by >= LEAST_MOVE; by /= 2) {
        for (int forward = 0; forward < 2; forward++) {
            const size_t border = l->plan[b], aim = forward ? border + by : border > by ? border - by : 0;
            size_t to = forward ? border : begin;
            struct statistics moved, less, more;

            while (to < aim && to < end)
                to += step[to];
            if (to == begin || to == border || to >= end)
                continue;
            count_part(s, all, forward ? border : to, forward ? to : border, &moved);
            less = forward ? *right : *left;
            more = forward ? *left : *right;
            sluice_statistics_add(&more, &moved);
            subtract(&less, &moved);

            const uint64_t here = cost_of(s, &less) + cost_of(s, &more);

            if (here < cost) {
                cost = here;
                *(forward ? right : left) = less;
                *(forward ? left : right) = more;
                l->plan[b] = (uint32_t)to;
            }
        }
    }
}

static void make_plan(struct sluice_deflater *s)
{
    struct learned *const l = learned_of(s);
    const size_t bytes = s->next - s->block;
    const struct stretch all = stretch_of(s, 0, bytes);
    const unsigned cells = (unsigned)((bytes + PLAN_CELL - 1) / PLAN_CELL);
    const uint16_t *const step = steps_of(s);
    size_t at = 0;

    find_way(s, &all, cells);
    s->planned = join_cells(s, cells_of(s), cells, l->cell);
    s->plan_at = 0;
    /* A block begins with the first step that its first cell has. */
    for (unsigned b = 0; b < s->planned; b++) {
        while (at < (size_t)l->cell[b] * PLAN_CELL)
            at += step[at];
        l->plan[b] = (uint32_t)at;
    }
    l->plan[s->planned] = (uint32_t)bytes;
    for (unsigned b = 1; b < s->planned && s->level->effort->exact; b++)
        move_border(s, &all, b);
}

void sluice_plan_chunk(struct sluice_deflater *s)
{
    const struct effort *const effort = s->level->effort;

    s->literal = s->chunk = s->next;
    if (s->next - s->block + CHUNK <= effort->bytes && s->match_end + 8 * CHUNK <= effort->matches)
        return;
    make_plan(s);

    /* The last block is planned again with what follows, unless it takes up most of the room already. */
    const size_t before = learned_of(s)->plan[s->planned - 1], bytes = s->next - s->block;
    const struct stretch last = stretch_of(s, before, bytes - before);

    if (bytes - before <= effort->bytes / 4 * 3 && (size_t)(last.end - last.matches) <= effort->matches / 4 * 3)
        s->planned--;
}

void sluice_plan_end(struct sluice_deflater *s)
{
    s->literal = s->chunk = s->next;
    make_plan(s);
}

/* The bits of a block of these symbols, with the codes that are better for it. */
static uint64_t bits_of(const struct statistics *of)
{
    uint8_t litlen[LITLEN_SYMBOLS], distance[DISTANCE_SYMBOLS];
    struct statistics block = *of;
    struct dynamic dynamic;
    struct costs fixed;
    uint64_t by_fixed = 7, own, extra = 0;

    block.litlen[END_OF_BLOCK] = 1;
    own = sluice_dynamic(&dynamic, &block, litlen, distance, DYNAMIC_THOROUGH);
    sluice_costs_fixed(&fixed);
    for (unsigned i = 0; i < 256; i++)
        by_fixed += (uint64_t)of->litlen[i] * (fixed.literal[i] / COST_BIT);
    for (unsigned i = 0; i < LENGTH_CODES; i++) {
        by_fixed += (uint64_t)of->litlen[LENGTH_FIRST + i] * (fixed.length[sluice_length_base[i]] / COST_BIT);
        extra += (uint64_t)of->litlen[LENGTH_FIRST + i] * sluice_length_extra[i];
    }
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++) {
        by_fixed += (uint64_t)of->distance[i] * (fixed.distance[i] / COST_BIT);
        extra += (uint64_t)of->distance[i] * sluice_distance_extra[i];
    }
    return by_fixed < own + extra ? by_fixed : own + extra;
}

/*
 * A small block may take fewer bits on the way that is best with the fixed codes, at `fixed` costs. True: this is then
 * the one.
 */
static bool try_fixed(struct sluice_deflater *s, const struct stretch *block, const struct costs *fixed,
                      struct statistics *symbols, uint16_t *steps)
{
    uint16_t other[SMALL_BLOCK];
    struct statistics counted;

    sluice_path(block, fixed, costs_of(s), other);
    memset(&counted, 0, sizeof counted);
    sluice_path_count(block, fixed, other, &counted, block->bytes);
    if (bits_of(&counted) >= bits_of(symbols))
        return false;
    *symbols = counted;
    memcpy(steps, other, block->bytes * sizeof *steps);
    return true;
}

bool sluice_plan_next(struct sluice_deflater *s)
{
    struct learned *const l = learned_of(s);
    const size_t begin = l->plan[s->plan_at], bytes = l->plan[s->plan_at + 1] - begin, left = s->next - s->block;
    const struct stretch block = stretch_of(s, 0, bytes);
    struct statistics *const symbols = &cells_of(s)[l->cell[s->plan_at]];
    uint16_t *const steps = steps_of(s) + begin;
    const struct costs *costs = &l->costs;
    struct costs fixed;

    for (unsigned pass = 0; pass < s->level->effort->passes; pass++) {
        price(s, symbols);
        sluice_path(&block, &l->costs, costs_of(s), steps);
        memset(symbols, 0, sizeof *symbols);
        sluice_path_count(&block, &l->costs, steps, symbols, bytes);
    }
    if (bytes <= SMALL_BLOCK && s->options.strategy != SLUICE_STRATEGY_FIXED) {
        sluice_costs_fixed(&fixed);
        if (try_fixed(s, &block, &fixed, symbols, steps))
            costs = &fixed; /* those of the blocks that follow stay what they are */
    }
    s->seen = *symbols;
    s->now = sluice_path_tokens(&block, costs, steps, tokens_of(s), literals_of(s));
    /* The writer looks at some literals before a match, there or not; what lies behind the buffer is there as well. */
    const size_t spare = (size_t)s->level->literals * 1024 - s->now.literals;

    memset(literals_of(s) + s->now.literals, 0, spare < LITERALS_AT_ONCE ? spare : LITERALS_AT_ONCE);
    s->cache_begin += (uint32_t)bytes;
    s->match_begin = (uint32_t)(block.end - matches_of(s));
    s->planned--;
    s->plan_at++;
    return sluice_block_close(s, s->closing && bytes == left && s->next == s->filled);
}
