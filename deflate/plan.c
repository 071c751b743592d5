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

/* The first `bytes` bytes of what is planned. */
static struct stretch stretch_of(struct sluice_deflater *s, size_t bytes)
{
    const uint8_t *const counts = counts_of(s) + s->cache_begin;
    const uint32_t *const matches = matches_of(s) + s->match_begin;
    size_t n = 0;

    for (size_t i = 0; i < bytes; i++)
        n += counts[i];
    return (struct stretch){s->data + s->block, counts, matches, matches + n, bytes};
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

static void make_plan(struct sluice_deflater *s)
{
    const size_t bytes = s->next - s->block;
    const struct stretch all = stretch_of(s, bytes);
    const unsigned n = (unsigned)((bytes + PLAN_CELL - 1) / PLAN_CELL);
    struct statistics *const cells = cells_of(s);

    memset(cells, 0, n * sizeof *cells);
    sluice_path_quick(&all, cells, PLAN_CELL);
    for (unsigned pass = 0; pass < s->level->effort->whole; pass++) {
        struct statistics sum = {{0}, {0}};
        struct costs costs;

        for (unsigned i = 0; i < n; i++)
            sluice_statistics_add(&sum, &cells[i]);
        sluice_costs(&costs, &sum);
        sluice_path(&all, &costs, costs_of(s), steps_of(s));
        memset(cells, 0, n * sizeof *cells);
        sluice_path_count(&all, &costs, steps_of(s), cells, PLAN_CELL);
    }
    s->planned = join_cells(cells, n, s->plan);
    s->plan[s->planned] = (uint16_t)n;
    s->plan_at = 0;
}

void sluice_plan_chunk(struct sluice_deflater *s)
{
    const struct effort *const effort = s->level->effort;

    s->literal = s->chunk = s->next;
    if (s->next - s->block + CHUNK <= effort->bytes && s->match_end + 8 * CHUNK <= effort->matches)
        return;
    make_plan(s);

    /* The last block is planned again with what follows, unless it takes up most of the room already. */
    const size_t before = (size_t)s->plan[s->planned - 1] * PLAN_CELL;
    const struct stretch blocks = stretch_of(s, before);
    const size_t matches = s->match_end - (size_t)(blocks.end - matches_of(s));

    if (s->next - s->block - before <= effort->bytes / 4 * 3 && matches <= effort->matches / 4 * 3)
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
    const size_t cells = s->plan[at + 1] - s->plan[at], left = s->next - s->block;
    const size_t bytes = cells * PLAN_CELL < left ? cells * PLAN_CELL : left;
    const struct stretch block = stretch_of(s, bytes);
    uint16_t *const steps = steps_of(s);
    struct statistics *best = &cells_of(s)[s->plan[at]];
    struct costs costs;

    for (unsigned pass = 0; pass < s->level->effort->passes; pass++) {
        sluice_costs(&costs, best);
        sluice_path(&block, &costs, costs_of(s), steps);
        memset(best, 0, sizeof *best);
        sluice_path_count(&block, &costs, steps, best, bytes);
    }
    s->seen = *best;
    s->now = sluice_path_tokens(&block, &costs, steps, tokens_of(s), literals_of(s));
    s->cache_begin += (uint32_t)bytes;
    s->match_begin = (uint32_t)(block.end - matches_of(s));
    s->planned--;
    s->plan_at++;
    return sluice_block_close(s, s->closing && s->planned == 0 && bytes == left && s->next == s->filled);
}
