/*
 * parse_chained.c: level 10: finds the matches of each position, as parse_optimal.c does, but by hash chains instead of
 * a tree. What they are good for is decided by plan.c.
 *
 * Since a search follows whichever chain leads farther (match_chain.h), most of the candidates that it looks at are
 * longer than the one before, and a few of them give nearly all that the tree would, in half the time. A table of many
 * entries keeps the chains free of what only has the same hash.
 */
#include "deflate/match_chain.h"
#include "deflate/parse.h"
#include "deflate/path.h"
#include "deflate/plan.h"

enum {
    HELD_LEAST = 8 /* with so much left of the last position's match only longer ones are looked for: measured */
};

/* How far a search may go. */
struct limits {
    size_t ahead; /* positions behind the one that is looked up that are in the chains too */
    uint32_t reach;
    unsigned depth, most, nice; /* see chain_find(); nice is at most most */
};

static inline uint32_t *put_match(uint32_t *out, unsigned length, uint32_t distance, unsigned *last_symbol)
{
    const unsigned symbol = distance_symbol(distance - 1);

    out -= symbol == *last_symbol; /* of all with the same distance symbol the longest will do */
    *last_symbol = symbol;
    *out++ = match_entry(length, distance, symbol);
    return out;
}

/*
 * Writes the matches of a position to `out`, each longer and farther than the one before. Gives the end of what it
 * wrote: at most MATCHES_MOST more. `held`: what is left of the last position's longest match; nothing shorter is
 * looked for then.
 */
static inline uint32_t *list_matches(const struct chains *c, size_t next, struct match held, struct limits in,
                                     uint32_t *out)
{
    const uint16_t *const link = c->link;
    const uint8_t *const at = c->data + next;
    const uint32_t bytes = load32(at), place = (uint32_t)next + c->bias;
    uint32_t distance = link[place & LINKS_MASK], node = (place - distance) & LINKS_MASK;
    unsigned best = MATCH_MIN, symbol = DISTANCE_SYMBOLS;

    if (held.length > 0) {
        best = held.length;
        out = put_match(out, held.length, held.distance, &symbol);
        if (best >= in.nice)
            return out;
        if (best - 3 <= in.ahead) {
            const uint32_t farther = link[(place + best - 3) & LINKS_MASK];

            if (farther > distance) {
                distance = farther;
                node = (place + best - 3 - farther) & LINKS_MASK;
            }
        }
    } else {
        const uint32_t near = c->near[place & NEAR_MASK];

        if (chain_hit(at, bytes << 8, near, in.reach, 8))
            out = put_match(out, MATCH_MIN, near, &symbol);
        for (unsigned k = 0; k < 2 && !chain_hit(at, bytes, distance, in.reach, 0); k++) {
            if (--in.depth == 0)
                return out;
            distance += link[node];
            node = (place - distance) & LINKS_MASK;
        }
    }

    while (distance <= in.reach) {
        const uint32_t last = load32(at + best - 3);
        const uint8_t *from = at - distance;
        uint32_t step = link[node];

        while (load32(from + best - 3) != last || load32(from) != bytes) {
            if (--in.depth == 0)
                return out;
            distance += step;
            if (distance > in.reach)
                return out;
            from = at - distance;
            node = (node - step) & LINKS_MASK;
            step = link[node];
        }

        const unsigned length = match_length(from, at, 4, in.most);

        if (--in.depth == 0 && length <= best)
            return out;
        if (length > best) {
            best = length;
            out = put_match(out, length, distance, &symbol);
            if (length >= in.nice || in.depth == 0)
                return out;
            if (length - 3 <= in.ahead) {
                const uint32_t farther = link[(place + length - 3) & LINKS_MASK];

                if (farther > distance + step) {
                    distance = farther;
                    node = (place + length - 3 - farther) & LINKS_MASK;
                    continue;
                }
            }
        }
        distance += step;
        node = (node - step) & LINKS_MASK;
    }
    return out;
}

void sluice_parse_chained(struct sluice_deflater *s, size_t stop)
{
    sluice_plan_compact(s);

    const struct chains c = chains_of(s);
    const size_t hashed = s->filled < CHAIN_HASHED ? 0 : s->filled - CHAIN_HASHED + 1;
    uint8_t *const counts = counts_of(s) - s->block;
    uint32_t *match = matches_of(s) + s->match_end;
    const uint32_t *const full = matches_of(s) + s->level->effort->matches - MATCHES_MOST;
    struct match held = {s->held_length, s->held_distance};
    size_t next = s->next;

    for (; next < stop; next++) {
        const size_t left = s->filled - next;
        const unsigned most = left < MATCH_MAX ? (unsigned)left : MATCH_MAX;

        if (next + MATCH_MAX >= s->mapped && s->mapped < hashed) {
            const size_t to = next + BATCH < hashed ? next + BATCH : hashed;

            chain_put(&c, s->mapped, to, true);
            s->mapped = to;
        }
        counts[next] = 0;
        /* What lies inside a long match is not looked at. */
        if (s->covered > 0 || match > full || left < CHAIN_HASHED) {
            s->covered -= s->covered > 0;
            held.length = 0;
            continue;
        }

        const unsigned nice = s->level->nice < most ? s->level->nice : most;
        const struct limits in = {s->mapped - next - 1, parse_reach(s, next), s->level->depth, most, nice};
        uint32_t *const end = list_matches(&c, next, held, in, match);
        const unsigned longest = end > match ? entry_length(end[-1]) : 0;

        held.length = longest > HELD_LEAST ? longest - 1 : 0;
        if (held.length > 0)
            held.distance = entry_distance(end[-1]);
        if (longest >= s->level->nice)
            s->covered = longest - 1;
        counts[next] = (uint8_t)(end - match);
        match = end;
    }
    s->next = next;
    s->held_length = held.length;
    s->held_distance = held.distance;
    s->match_end = (uint32_t)(match - matches_of(s));
}
