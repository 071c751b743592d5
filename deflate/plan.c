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
#include "deflate/path.h"

#include <string.h>

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

static size_t sum_of(const uint8_t *counts, size_t n)
{
    size_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += counts[i];
    return sum;
}

/* So many bytes of what is planned. */
static struct stretch stretch_of(struct sluice_deflater *s, size_t begin, size_t bytes)
{
    const uint8_t *const counts = counts_of(s) + s->cache_begin;
    const uint32_t *const matches = matches_of(s) + s->match_begin + sum_of(counts, begin);

    return (struct stretch){s->data + s->block + begin, counts + begin, matches,
                            matches + sum_of(counts + begin, bytes), bytes};
}

/* Joins the n cells to blocks. Gives their number; first[] are the cells they begin with, which have their statistics. */
static unsigned join_cells(struct statistics *cells, unsigned n, uint16_t *first)
{
    uint64_t cost[PLAN_CELLS];
    int64_t gain[PLAN_CELLS]; /* of joining it with the next */
    struct statistics both;

    for (unsigned i = 0; i < n; i++) {
        first[i] = (uint16_t)i;
        cost[i] = sluice_cost_block(&cells[i]);
    }
    for (unsigned i = 0; i + 1 < n; i++) {
        both = cells[i];
        sluice_statistics_add(&both, &cells[i + 1]);
        gain[i] = (int64_t)(cost[i] + cost[i + 1] - sluice_cost_block(&both));
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
            gain[i] = (int64_t)(cost[i] + cost[i + 1] - sluice_cost_block(&both));
        }
    }
    return n;
}

/* What is known of symbols are from now on those that the cells have. */
static void learn(struct sluice_deflater *s, unsigned cells)
{
    memset(&learned_of(s)->symbols, 0, sizeof learned_of(s)->symbols);
    for (unsigned i = 0; i < cells; i++)
        sluice_statistics_add(&learned_of(s)->symbols, &cells_of(s)[i]);
    s->learned = true;
}

/* Finds the way through all of a stretch, and what symbols each cell has on it. */
static void find_way(struct sluice_deflater *s, const struct stretch *all, unsigned cells)
{
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
        sluice_costs(&learned_of(s)->costs, &learned_of(s)->symbols);
        sluice_path(all, &learned_of(s)->costs, costs_of(s), steps_of(s));
        memset(cell, 0, cells * sizeof *cell);
        sluice_path_count(all, &learned_of(s)->costs, steps_of(s), cell, PLAN_CELL);
        learn(s, cells);
    }
}

static void make_plan(struct sluice_deflater *s)
{
    const size_t bytes = s->next - s->block;
    const struct stretch all = stretch_of(s, 0, bytes);
    const unsigned cells = (unsigned)((bytes + PLAN_CELL - 1) / PLAN_CELL);
    const uint16_t *const step = steps_of(s);

    find_way(s, &all, cells);
    s->planned = join_cells(cells_of(s), cells, s->plan_cell);
    s->plan_at = 0;

    /* A block begins with the first step that its first cell has. */
    size_t i = 0;

    for (unsigned b = 0; b < s->planned; b++) {
        while (i < (size_t)s->plan_cell[b] * PLAN_CELL)
            i += step[i];
        s->plan[b] = (uint32_t)i;
    }
    s->plan[s->planned] = (uint32_t)bytes;
}

void sluice_plan_chunk(struct sluice_deflater *s)
{
    const struct effort *const effort = s->level->effort;

    s->literal = s->chunk = s->next;
    if (s->next - s->block + CHUNK <= effort->bytes && s->match_end + 8 * CHUNK <= effort->matches)
        return;
    make_plan(s);

    /* The last block is planned again with what follows, unless it takes up most of the room already. */
    const size_t before = s->plan[s->planned - 1], bytes = s->next - s->block;
    const struct stretch last = stretch_of(s, before, bytes - before);

    if (bytes - before <= effort->bytes / 4 * 3 && (size_t)(last.end - last.matches) <= effort->matches / 4 * 3)
        s->planned--;
}

void sluice_plan_end(struct sluice_deflater *s)
{
    s->literal = s->chunk = s->next;
    make_plan(s);
}

bool sluice_plan_next(struct sluice_deflater *s)
{
    const unsigned at = s->plan_at;
    const size_t bytes = s->plan[at + 1] - s->plan[at], left = s->next - s->block;
    const struct stretch block = stretch_of(s, 0, bytes);
    struct statistics *const symbols = &cells_of(s)[s->plan_cell[at]];
    uint16_t *const steps = steps_of(s) + s->plan[at];

    for (unsigned pass = 0; pass < s->level->effort->passes; pass++) {
        sluice_costs(&learned_of(s)->costs, symbols);
        sluice_path(&block, &learned_of(s)->costs, costs_of(s), steps);
        memset(symbols, 0, sizeof *symbols);
        sluice_path_count(&block, &learned_of(s)->costs, steps, symbols, bytes);
    }
    s->seen = *symbols;
    s->now = sluice_path_tokens(&block, &learned_of(s)->costs, steps, tokens_of(s), literals_of(s));
    /* The writer looks before a match at three literals, there or not: so many bytes each match has left free. */
    if (s->now.literals + MATCH_MIN <= bytes)
        memset(literals_of(s) + s->now.literals, 0, MATCH_MIN);
    s->cache_begin += (uint32_t)bytes;
    s->match_begin = (uint32_t)(block.end - matches_of(s));
    s->planned--;
    s->plan_at++;
    return sluice_block_close(s, s->closing && bytes == left && s->next == s->filled);
}
