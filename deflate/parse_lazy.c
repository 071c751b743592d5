/*
 * parse_lazy.c: lazy matching, over hash chains.
 *
 * A match that is found is held back while the next position is tried, at the strongest levels also the one behind;
 * if that has a better one, the bytes before it become literals. A short match is taken only where it is cheaper than
 * its bytes as literals, as far as the block's symbols so far can tell.
 */
#include "deflate/log.h"
#include "deflate/match_chain.h"
#include "deflate/parse.h"

enum {
    MATCH_BITS = 9,      /* that a match takes beside the extra bits of its distance, about: measured */
    THREE_BITS = 8,      /* and one of three bytes: its length is a frequent one where it is taken at all */
    THREE_LITERAL = 7,   /* bits of a literal: where they are cheaper no match of three bytes pays */
    SHORT = 8,           /* a match of this length is worth it at every distance */
    LONG_MATCH = 192,    /* behind a longer one only few positions are put into the tables, and of those inside it */
    PUT_LEAST = 6,       /* only so many */
    FAR = 8192,          /* unless it is from so far that it is not one of a run or of a short period */
    BETTER = 2,          /* quarters of a byte by which a match must be better than the one before it: measured */
    BETTER_BY_TWO = 6,   /* and than the one two before */
    SKIP_SHIFT = 5,      /* behind so many literals in a row, log2, every other position is passed over: measured; */
    SKIP_SHIFT_TWO = 8,  /* at the strongest levels */
    PROBED = 8           /* bytes of a match that tells that data is not random */
};

_Static_assert(PUT_LEAST >= 3, "the parser looks at two positions ahead");

struct finder {
    struct chains chains;
    size_t history, window;
    unsigned nice;
    uint32_t farthest[SHORT]; /* by length: up to this distance a match takes fewer bits than its bytes as literals */
};

static struct finder finder_of(struct sluice_deflater *s)
{
    struct finder f = {chains_of(s), s->history, window_reach(s), s->level->nice, {0}};

    for (unsigned length = MATCH_MIN; length < SHORT; length++) {
        const unsigned need = length == MATCH_MIN ? THREE_BITS : MATCH_BITS;
        const unsigned have = length * s->literal_cost / LOG_UNIT;

        f.farthest[length] = have < need ? 0 : have - need > 15 ? WINDOW_MAX : (2u << (have - need)) - 1;
    }
    if (s->literal_cost < THREE_LITERAL * LOG_UNIT)
        f.farthest[MATCH_MIN] = 0;
    return f;
}

static inline bool worth(const struct finder *f, struct match m)
{
    return m.length >= SHORT || m.distance <= f->farthest[m.length];
}

/*
 * The longest match at `next` of more than `least`, which is at least 3, and at most `most` bytes; length 0 if there is
 * none that is worth it. If `three`, one of three bytes will do.
 */
static inline __attribute__((always_inline)) struct match find(const struct finder *f, size_t next, unsigned least,
                                                               unsigned most, unsigned depth, bool three,
                                                               size_t mapped)
{
    const uint8_t *const at = f->chains.data + next;
    const uint32_t bytes = load32(at), place = (uint32_t)next + f->chains.bias;
    const size_t history = next - f->history;
    const uint32_t reach = (uint32_t)(history < f->window ? history : f->window);
    const struct match best = chain_find(f->chains.link, (struct match){least, 0}, at, bytes, place,
                                         (unsigned)(mapped - next - 1), reach, depth, most,
                                         f->nice < most ? f->nice : most, three);

    if (best.distance && worth(f, best))
        return best;
    if (three && f->farthest[MATCH_MIN]) {
        const uint32_t distance = f->chains.near[place & NEAR_MASK];

        if (chain_hit(at, bytes << 8, distance, f->farthest[MATCH_MIN] < reach ? f->farthest[MATCH_MIN] : reach, 8))
            return (struct match){MATCH_MIN, distance};
    }
    return (struct match){0, 0};
}

/*
 * Whether a match is worth more than another that begins before it. Reckoned in quarters of a byte: four times the
 * distance costs two bits.
 */
static inline bool better(struct match m, struct match than, int by)
{
    const int gain = 4 * ((int)m.length - (int)than.length);
    const int cost = __builtin_clz(than.distance) - __builtin_clz(m.distance);

    return gain - cost > by;
}

/* Puts more positions into the tables, so that those that are looked at from `next` on are among them. */
static inline void put_ahead(struct sluice_deflater *s, const struct finder *f, size_t next, bool near_end)
{
    const size_t hashed = s->filled < CHAIN_HASHED ? 0 : s->filled - CHAIN_HASHED + 1;
    const size_t wanted = next + s->batch, to = near_end && hashed < wanted ? hashed : wanted;

    if (s->batch < BATCH)
        s->batch *= 2;
    if (to > s->mapped) {
        if (f->farthest[MATCH_MIN]) {
            chain_put(&f->chains, s->mapped, to, true);
        } else {
            chain_put(&f->chains, s->mapped, to, false);
            s->unknown3 = true;
        }
        s->mapped = to;
    }
}

/* A long match from near has been taken, up to `next`. What is in it is before it too; so runs go by quickly. */
static inline void pass_through(struct sluice_deflater *s, size_t next)
{
    s->batch = PUT_LEAST;
    if (s->mapped + PUT_LEAST < next)
        s->mapped = next - PUT_LEAST;
}

/*
 * The position to go on from, `literals` behind the last match: where nothing matches, not much will for a while. It
 * may lie behind where the parser is to stop, which depends on what data is there, but not behind the chunk.
 */
static inline size_t pass_over(size_t next, size_t literals, unsigned shift, size_t chunk_end)
{
    const size_t to = next + (literals >> shift);

    return to < chunk_end ? to : chunk_end;
}

_Static_assert(CHUNK >> SKIP_SHIFT < LOOKAHEAD, "what is passed over is there");

static inline __attribute__((always_inline)) void parse_until(struct sluice_deflater *s, struct parse *p, size_t stop,
                                                              bool near_end, bool two)
{
    const struct finder f = finder_of(s);
    const unsigned depth = s->level->depth, lazy = s->level->lazy;
    size_t next = s->next;

    if (s->unknown3 && f.farthest[MATCH_MIN]) {
        chain_forget3(&f.chains);
        s->unknown3 = false;
    }

    struct match m = {s->held_length, s->held_distance};

    while (next < stop) {
        const size_t left = near_end ? s->filled - next : LOOKAHEAD;
        const unsigned most = near_end && left < MATCH_MAX ? (unsigned)left : MATCH_MAX;

        if (next + 2 >= s->mapped)
            put_ahead(s, &f, next, near_end);
        if (m.length == 0) {
            if (near_end && left < CHAIN_HASHED) {
                next = stop;
                break;
            }
            if (!near_end)
                chain_prefetch(&f.chains, next + 1);
            m = find(&f, next, MATCH_MIN, most, depth, true, s->mapped);
            if (m.length == 0) {
                next++;
                if (!near_end)
                    next = pass_over(next, (size_t)(f.chains.data + next - p->literal),
                                     two ? SKIP_SHIFT_TWO : SKIP_SHIFT, s->chunk + CHUNK);
                continue;
            }
        }
        if (m.length < lazy && (!near_end || left > m.length + 2u)) {
            const unsigned least = m.length > MATCH_MIN ? m.length - 1 : MATCH_MIN;
            const unsigned left1 = near_end && left <= MATCH_MAX ? (unsigned)left - 1 : MATCH_MAX;
            const struct match other = find(&f, next + 1, least, left1, (depth + 1) / 2, false, s->mapped);

            if (other.length && better(other, m, BETTER)) {
                m = other;
                next++;
                continue;
            }
            if (two) {
                const unsigned left2 = near_end && left <= MATCH_MAX + 1 ? (unsigned)left - 2 : MATCH_MAX;
                const struct match third = find(&f, next + 2, least, left2, (depth + 3) / 4, false, s->mapped);

                if (third.length && better(third, m, BETTER_BY_TWO)) {
                    m = third;
                    next += 2;
                    continue;
                }
            }
        }
        parse_match(p, f.chains.data + next, m.length, m.distance, near_end);
        next += m.length;
        if (m.length > LONG_MATCH && m.distance < FAR)
            pass_through(s, next);
        m.length = 0;
    }
    s->next = next;
    s->held_length = m.length;
    s->held_distance = m.distance;
}

static inline __attribute__((always_inline)) void parse(struct sluice_deflater *s, size_t stop, bool two)
{
    enum { AHEAD = LOOKAHEAD + BATCH };
    struct parse p = parse_begin(s);
    const size_t safe = s->filled > AHEAD ? s->filled - AHEAD : 0;

    parse_until(s, &p, safe < stop ? safe : stop, false, two);
    parse_until(s, &p, stop, true, two);
    parse_end(s, &p);
}

void sluice_parse_lazy(struct sluice_deflater *s, size_t stop)
{
    parse(s, stop, false);
}

void sluice_parse_lazy2(struct sluice_deflater *s, size_t stop)
{
    parse(s, stop, true);
}

void sluice_index_lazy(struct sluice_deflater *s)
{
    const struct chains c = chains_of(s);

    s->mapped = s->next < CHAIN_HASHED ? 0 : s->next - CHAIN_HASHED + 1;
    chain_put(&c, 0, s->mapped, true);
}

bool sluice_probe_lazy(struct sluice_deflater *s, size_t at)
{
    const struct chains c = chains_of(s);
    const uint32_t place = (uint32_t)at + c.bias;

    if (at >= s->mapped) {
        chain_put(&c, at, at + 1, true);
        s->mapped = at + 1;
    }

    const uint32_t distance = c.link[place & LINKS_MASK];

    return distance <= parse_reach(s, at) && match_length(s->data + at - distance, s->data + at, 0, PROBED) == PROBED;
}
