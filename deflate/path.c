/*
 * path.c: see path.h.
 *
 * The cheapest way from each position to the end of the block is known once it is known for all positions behind it:
 * so the search goes backwards. At a position there is the literal, and each length up to that of the longest match,
 * for which the nearest distance is the cheapest.
 *
 * A way is a number: what it costs, and in the low bits the length of its first step, so that the least of several is
 * found without a branch. These numbers may overflow, since only ways from positions that are near each other are ever
 * compared, by their difference.
 */
#include "deflate/path.h"
#include "deflate/tokens.h"

#include <string.h>

/* Two vectors of four, as the compiler makes them for any machine */
typedef int32_t four __attribute__((vector_size(16)));

typedef struct {
    four a, b;
} lanes;

static inline lanes lanes_load(const void *p)
{
    lanes v;

    memcpy(&v, p, sizeof v);
    return v;
}

static inline lanes lanes_fill(int32_t n) { return (lanes){{n, n, n, n}, {n, n, n, n}}; }
static inline lanes lanes_sum(lanes x, lanes y) { return (lanes){x.a + y.a, x.b + y.b}; }
static inline lanes lanes_difference(lanes x, lanes y) { return (lanes){x.a - y.a, x.b - y.b}; }

static inline four choose(four condition, four x, four y) { return (x & condition) | (y & ~condition); }

static inline lanes lanes_least(lanes x, lanes y)
{
    return (lanes){choose(x.a < y.a, x.a, y.a), choose(x.b < y.b, x.b, y.b)};
}

static inline lanes lanes_greatest(lanes x, lanes y)
{
    return (lanes){choose(x.a < y.a, y.a, x.a), choose(x.b < y.b, y.b, x.b)};
}

static inline int32_t least_lane(lanes v)
{
    const four l = choose(v.a < v.b, v.a, v.b);
    const int32_t x = l[0] < l[1] ? l[0] : l[1], y = l[2] < l[3] ? l[2] : l[3];

    return x < y ? x : y;
}

#define PATH_TARGET
#include "deflate/path_steps.h"

void sluice_path_plain(const struct stretch *on, const struct costs *costs, uint32_t *cost, uint16_t *step)
{
    find_path(on, costs, cost, step);
}

void sluice_path(const struct stretch *on, const struct costs *costs, uint32_t *cost, uint16_t *step)
{
    if (!sluice_path_simd(on, costs, cost, step))
        sluice_path_plain(on, costs, cost, step);
}

/* The cheapest of the matches that are long enough. */
static inline uint32_t match_of(const uint32_t *match, unsigned n, unsigned length, const struct costs *costs)
{
    uint32_t best = match[--n];

    while (n > 0 && entry_length(match[n - 1]) >= length) {
        n--;
        if (costs->distance[entry_symbol(match[n])] <= costs->distance[entry_symbol(best)])
            best = match[n];
    }
    return best;
}

void sluice_path_count(const struct stretch *on, const struct costs *costs, const uint16_t *step,
                       struct statistics *cells, size_t cell)
{
    const uint32_t *match = on->matches;

    for (size_t i = 0, next = cell; i < on->bytes;) {
        const unsigned length = step[i];

        while (i >= next) {
            cells++;
            next += cell;
        }
        if (length == 1) {
            match += on->counts[i];
            cells->litlen[on->data[i++]]++;
            continue;
        }
        cells->litlen[length_symbol(length - MATCH_MIN)]++;
        cells->distance[entry_symbol(match_of(match, on->counts[i], length, costs))]++;
        match += count_matches(on->counts + i, length);
        i += length;
    }
}

struct mark sluice_path_tokens(const struct stretch *on, const struct costs *costs, const uint16_t *step,
                               uint32_t *tokens, uint8_t *literals)
{
    const uint32_t *match = on->matches;
    struct mark mark = {0, 0, on->bytes};
    uint32_t run = 0;

    for (size_t i = 0; i < on->bytes;) {
        const unsigned length = step[i];

        if (length == 1) {
            match += on->counts[i];
            literals[mark.literals++] = on->data[i++];
            run++;
            continue;
        }
        if (run > TOKEN_RUN_MAX) {
            tokens[mark.tokens++] = TOKEN_LITERALS | run;
            run = 0;
        }
        tokens[mark.tokens++] = token_match(run, length, entry_distance(match_of(match, on->counts[i], length, costs)));
        run = 0;
        match += count_matches(on->counts + i, length);
        i += length;
    }
    if (run > 0)
        tokens[mark.tokens++] = TOKEN_LITERALS | run;
    return mark;
}

/* The longest match at a position whose matches end at `end`; one of three bytes only if it is near. */
static inline uint32_t longest(unsigned count, const uint32_t *end)
{
    enum { NEAR3 = 4096 };

    if (count == 0 || (end[-1] >> ENTRY_LENGTH_SHIFT == MATCH_MIN && entry_distance(end[-1]) > NEAR3))
        return 0;
    return end[-1];
}

void sluice_path_quick(const struct stretch *on, struct statistics *cells, size_t cell)
{
    const uint32_t *matches = on->matches;

    for (size_t i = 0, next = cell; i < on->bytes;) {
        uint32_t entry;

        while (i >= next) {
            cells++;
            next += cell;
        }
        matches += on->counts[i];
        entry = longest(on->counts[i], matches);
        if (entry && i + 1 < on->bytes && on->counts[i + 1] &&
            entry_length(matches[on->counts[i + 1] - 1]) > entry_length(entry))
            entry = 0;
        if (entry == 0) {
            cells->litlen[on->data[i++]]++;
            continue;
        }
        cells->litlen[length_symbol(entry_length(entry) - MATCH_MIN)]++;
        cells->distance[entry_symbol(entry)]++;

        const size_t end = i + entry_length(entry) < on->bytes ? i + entry_length(entry) : on->bytes;

        matches += count_matches(on->counts + i + 1, end - i - 1);
        i = end;
    }
}
