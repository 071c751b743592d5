/*
 * path_steps.h: the search for the cheapest way, for vectors of eight numbers however a file has them.
 *
 * Whoever includes it has defined `lanes`, eight of int32_t in a vector, and for them lanes_load(), lanes_fill(),
 * lanes_sum(), _difference(), _least() and _greatest() (of two, lane by lane) and least_lane(); and PATH_TARGET, what a
 * function needs to be allowed to use them. See path.c for what it does.
 */
#include "deflate/path.h"
#include "deflate/tokens.h"

enum {
    LANES = 8,
    SHORT_MOST = MATCH_MIN + LANES - 1, /* the lengths up to this one fill a vector */

    STEP_BITS = 9, /* of the length of a step */
    STEP_MASK = (1 << STEP_BITS) - 1,
    FAR = INT32_MAX / 2 /* more than any way costs, with room to add what a step costs */
};

/* 258 literals, and as much again that a step may cost more than it is worth */
_Static_assert((int64_t)2 * MATCH_MAX * CODE_BITS_MAX * COST_BIT << STEP_BITS < FAR, "differences fit");
_Static_assert((int)MATCH_MAX <= (int)STEP_MASK, "a step's length fits");
_Static_assert(MATCH_MAX + (int)LANES <= (int)PATH_MARGIN, "what is read behind the last cost is there");

/* For a match of each length, what must not be less: FAR for the lengths that it does not have. */
static const int32_t limits[LANES][LANES] = {
    {INT32_MIN, FAR, FAR, FAR, FAR, FAR, FAR, FAR},
    {INT32_MIN, INT32_MIN, FAR, FAR, FAR, FAR, FAR, FAR},
    {INT32_MIN, INT32_MIN, INT32_MIN, FAR, FAR, FAR, FAR, FAR},
    {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, FAR, FAR, FAR, FAR},
    {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, FAR, FAR, FAR},
    {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, FAR, FAR},
    {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, FAR},
    {INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN},
};

PATH_TARGET static void find_path(const struct stretch *on, const struct costs *costs, uint32_t *cost, uint16_t *step)
{
    uint32_t literal[256], length[MATCH_MAX + LANES], away[DISTANCE_SYMBOLS];
    const uint32_t *matches = on->end;

    for (unsigned i = 0; i < 256; i++)
        literal[i] = costs->literal[i] << STEP_BITS | 1;
    for (unsigned i = 0; i <= MATCH_MAX; i++)
        length[i] = costs->length[i] << STEP_BITS | i;
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        away[i] = costs->distance[i] << STEP_BITS;
    /* No way leads beyond the end: all is too far from there. */
    cost[on->bytes] = 0;
    for (unsigned i = 1; i < PATH_MARGIN; i++)
        cost[on->bytes + i] = FAR & ~(uint32_t)STEP_MASK;

    const lanes short_lengths = lanes_load(length + MATCH_MIN);

    for (size_t i = on->bytes; i-- > 0;) {
        const uint32_t *const to = cost + i;
        const unsigned n = on->counts[i];
        const uint32_t from = to[1];
        int32_t best = (int32_t)literal[on->data[i]];

        if (n > 0) {
            const uint32_t *const end = matches;
            const lanes here = lanes_fill((int32_t)from);
            const lanes short_ways = lanes_difference(lanes_sum(lanes_load(to + MATCH_MIN), short_lengths), here);
            lanes least = lanes_fill(FAR);
            unsigned next = SHORT_MOST + 1;

            matches -= n;
            for (const uint32_t *m = matches; m < end; m++) {
                const unsigned most = entry_length(*m);
                const lanes distance = lanes_fill((int32_t)away[entry_symbol(*m)]);
                lanes ways = lanes_sum(short_ways, distance);

                if (most < SHORT_MOST) {
                    ways = lanes_greatest(ways, lanes_load(limits[most - MATCH_MIN]));
                } else if (most > SHORT_MOST) {
                    /* The last vector ends with the match: some may be looked at twice. */
                    const lanes base = lanes_difference(distance, here);

                    for (; next + LANES <= most; next += LANES)
                        least = lanes_least(least, lanes_sum(lanes_sum(lanes_load(to + next), base),
                                                             lanes_load(length + next)));
                    next = most - LANES + 1;
                    least = lanes_least(least, lanes_sum(lanes_sum(lanes_load(to + next), base),
                                                         lanes_load(length + next)));
                    next = most + 1;
                }
                least = lanes_least(least, ways);
            }

            const int32_t way = least_lane(least);

            best = way < best ? way : best;
        }
        cost[i] = (from + (uint32_t)best) & ~(uint32_t)STEP_MASK;
        step[i] = (uint16_t)(best & STEP_MASK);
    }
}
