/* level.c: see level.h. */
#include "net/level.h"

#include <time.h>

/*
 * Shares, in thousandths. A client that waits for its link more than half of the time leaves time for the next level,
 * since no step up to level 9 takes more than half as long again; level 10 takes four times as long as level 9. Below
 * an eighth it is compressing that everyone waits for. In between all is well: a level that moves to and fro gains
 * nothing.
 */
enum { LINK_WAITED = 500, LINK_IDLES = 900, LINK_HURRIES = 125 };

/* A thread that hardly waits is short of time, whatever its clients wait for; one that waits more has time to give. */
enum { THREAD_SHORT = 950, THREAD_FREE = 700 };

int level_next(const struct level_signs *s)
{
    const uint64_t waited = s->elapsed > 0 ? s->waited * 1000 / s->elapsed : 0;
    int step = 0;

    if (s->busy >= THREAD_SHORT || waited < LINK_HURRIES)
        step = -1;
    else if (s->busy < THREAD_FREE && waited >= LINK_WAITED)
        step = s->level >= LEVEL_EVERYDAY && waited < LINK_IDLES ? 0 : 1;
    if (s->level == LEVEL_HARDEST && step < 0)
        step = -2; /* it costs as much as all others together: not by and by */

    const int next = s->level + step;

    return next < LEVEL_LIGHTEST ? LEVEL_LIGHTEST : next > s->hardest ? s->hardest : next;
}

int level_first(unsigned busy)
{
    /* Most files are too small to learn anything by: the thread's need alone decides. */
    return busy >= THREAD_SHORT ? LEVEL_LIGHTEST : busy >= THREAD_FREE ? (LEVEL_LIGHTEST + SLUICE_LEVEL_DEFAULT) / 2
                                                                       : SLUICE_LEVEL_DEFAULT;
}

size_t level_slice(int level)
{
    return level <= 4 ? 64 * 1024 : level <= 9 ? 32 * 1024 : 8 * 1024;
}

uint64_t level_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void level_begin(struct level *level, int told, unsigned busy, unsigned *seats, uint64_t now)
{
    *level = (struct level){.moves = told == LEVEL_AUTO, .seats = seats};
    level->now = level->wanted = level->moves ? level_first(busy) : told;
    level->decided = now;
}

void level_leave(struct level *level, uint64_t now)
{
    level->left = now;
}

void level_enter(struct level *level, uint64_t now)
{
    if (level->left)
        level->waited += now - level->left;
    level->left = 0;
}

void level_decide(struct level *level, uint64_t taken, unsigned busy, uint64_t now)
{
    /* With a change under way the encoder stands inside a flush, which must be brought to its end. */
    if (!level->moves || level->now != level->wanted || taken - level->taken < LEVEL_PERIOD)
        return;

    const bool free_seat = level->now == LEVEL_HARDEST || *level->seats < LEVEL_HARDEST_SEATS;

    level->wanted = level_next(&(struct level_signs){.level = level->now,
                                                     .hardest = free_seat ? LEVEL_HARDEST : LEVEL_EVERYDAY,
                                                     .elapsed = now - level->decided,
                                                     .waited = level->waited,
                                                     .busy = busy});
    if (level->now == LEVEL_HARDEST)
        --*level->seats;
    if (level->wanted == LEVEL_HARDEST) {
        ++*level->seats;
        level->was_hardest = true;
    }
    level->taken = taken;
    level->decided = now;
    level->waited = 0;
}

sluice_status level_settle(struct level *level, sluice_deflater *deflater, sluice_output *out)
{
    sluice_input nothing = {NULL, 0, 0};
    sluice_status status;

    if (level->now == level->wanted)
        return SLUICE_OK;
    status = sluice_deflate(deflater, &nothing, out, SLUICE_FLUSH_BLOCK);
    if (status == SLUICE_OK)
        status = sluice_deflate_change(deflater, level->wanted, SLUICE_STRATEGY_DEFAULT);
    if (status == SLUICE_OK)
        level->now = level->wanted;
    return status;
}

void level_end(struct level *level)
{
    if (level->moves && level->wanted == LEVEL_HARDEST)
        --*level->seats;
    level->moves = false;
}
