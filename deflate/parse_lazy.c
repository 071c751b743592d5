/*
 * parse_lazy.c: hash chains with lazy matching.
 *
 * Each position is put into a table by the hash of its four bytes; the position that stood there before is linked to
 * it, and so all earlier ones with that hash, newest first. The search follows the chain, as far as the level
 * allows, for the longest match. A match of three bytes is worth it only when near: the last position with the same
 * three bytes is looked up in a small table of its own.
 *
 * A match that is found is held back while the next position is tried; if that has a better one, the first byte
 * becomes a literal.
 */
#include "deflate/parse.h"

enum {
    LINKS_MASK = WINDOW_MAX - 1, /* a position's link lies at its place modulo the window */
    HASHED = 4,                  /* bytes that are hashed; fewer at the end cannot be looked up */
    NEAR3 = 4096,                /* a match of three bytes that is farther costs more than its literals */
    INSERT_MOST = 64             /* positions of a long match that are put into the table at its end */
};

struct finder {
    uint16_t *head, *head3, *previous;
    unsigned hash_bits, hash3_bits;
    const uint8_t *data, *begin, *end;
    size_t window;
    uint32_t bias;
    unsigned depth, nice;
};

static inline struct finder finder_of(struct sluice_deflater *s)
{
    return (struct finder){head_of(s), head3_of(s), previous_of(s), s->level->hash_bits, s->level->hash3_bits,
                           s->data, s->data + s->history, s->data + s->filled, window_reach(s), s->bias,
                           s->level->depth, s->level->nice};
}

/* Puts `at` into the tables. Gives the place that stood there before; *place3 likewise. */
static inline __attribute__((always_inline)) uint32_t insert(const struct finder *f, const uint8_t *at,
                                                             uint32_t *place3)
{
    const uint32_t bytes = load32(at), place = (uint32_t)(at - f->data) + f->bias;
    uint16_t *const slot = &f->head[hash4(bytes, f->hash_bits)];
    uint16_t *const slot3 = &f->head3[hash3(bytes, f->hash3_bits)];
    const uint32_t before = *slot;

    *place3 = *slot3;
    *slot3 = (uint16_t)place;
    f->previous[place & LINKS_MASK] = (uint16_t)before;
    *slot = (uint16_t)place;
    return before;
}

/* The longest match at `at` of more than `least` and at most `most` bytes: its length, or 0 if there is none. */
static inline __attribute__((always_inline)) unsigned find(const struct finder *f, const uint8_t *at, unsigned least,
                                                           unsigned most, unsigned depth, unsigned *distance)
{
    uint32_t place3;
    const uint32_t place = (uint32_t)(at - f->data) + f->bias;
    uint32_t d = (uint16_t)(place - insert(f, at, &place3));
    const size_t history = (size_t)(at - f->begin);
    const uint32_t reach = (uint32_t)(history < f->window ? history : f->window);
    const uint32_t bytes = load32(at);
    const unsigned nice = f->nice < most ? f->nice : most;
    unsigned length = least < 3 ? 3 : least, found = 0;

    if (least < 3) {
        const uint32_t d3 = (uint16_t)(place - place3);

        if (d3 - 1u < (reach < NEAR3 ? reach : NEAR3) && ((load32(at - d3) ^ bytes) & 0xffffff) == 0) {
            found = 3;
            *distance = d3;
        }
    }
    if (length >= most)
        return found;
    for (; d - 1u < reach; depth--) {
        const uint8_t *const from = at - d;

        if (load32(from + length - 3) == load32(at + length - 3) && load32(from) == bytes) {
            const unsigned n = match_length(from, at, 4, most);

            if (n > length) {
                found = length = n;
                *distance = d;
                if (n >= nice)
                    break;
            }
        }
        if (depth == 1)
            break;

        /* A link that does not lead farther back is one of a position that has left the window. */
        const uint32_t farther = (uint16_t)(place - f->previous[(place - d) & LINKS_MASK]);

        if (farther <= d)
            break;
        d = farther;
    }
    return found;
}

static inline void insert_through(struct sluice_deflater *s, const struct finder *f, size_t from, size_t to)
{
    uint32_t place3;

    if (to - from > INSERT_MOST)
        from = to - INSERT_MOST;
    for (; from < to && s->filled - from >= HASHED; from++)
        insert(f, f->data + from, &place3);
}

/* The last positions before a flush had too few bytes to be hashed; now they may have. */
static inline void insert_skipped(struct sluice_deflater *s, const struct finder *f)
{
    uint32_t place3;

    for (; s->skipped > 0 && s->filled - s->next >= HASHED; s->skipped--)
        insert(f, f->data + s->next - s->skipped, &place3);
}

/* Whether a match is worth more than another that begins one position before. */
static inline bool better(unsigned length, unsigned distance, unsigned than_length, unsigned than_distance)
{
    /* A byte more outweighs the literal; four times the distance costs two bits. */
    const int gain = 4 * ((int)length - (int)than_length);
    const int cost = (31 - __builtin_clz(distance)) - (31 - __builtin_clz(than_distance));

    return gain - cost > 2;
}

static inline __attribute__((always_inline)) void parse_until(struct sluice_deflater *s, struct parse *p, size_t stop,
                                                              bool near_end)
{
    const struct finder f = finder_of(s);
    const unsigned lazy = s->level->lazy, nice = s->level->nice;
    size_t next = s->next;
    unsigned length = s->held_length, distance = s->held_distance;

    insert_skipped(s, &f);
    while (next < stop) {
        const uint8_t *const at = f.data + next;
        const size_t left = near_end ? s->filled - next : LOOKAHEAD;

        if (near_end && left < HASHED + 1u) {
            if (length >= MATCH_MIN)
                goto take;
            s->skipped = (unsigned)(stop - next);
            next = stop;
            break;
        }
        const unsigned most = near_end && left < MATCH_MAX ? (unsigned)left : MATCH_MAX;

        if (length < MATCH_MIN) {
            length = find(&f, at, 2, most, f.depth, &distance);
            if (length == 0) {
                next++;
                continue;
            }
        }
        if (length < lazy && length < most) {
            unsigned next_distance;
            const unsigned next_most = near_end && left <= MATCH_MAX ? most - 1 : most;
            const unsigned depth = length >= nice / 2 ? f.depth / 4 + 1 : f.depth;
            const unsigned found = find(&f, at + 1, length > 4 ? length - 1 : 3, next_most, depth, &next_distance);

            if (found && better(found, next_distance, length, distance)) {
                length = found;
                distance = next_distance;
                next++;
                continue;
            }
            s->inserted = next + 2;
        } else {
            s->inserted = next + 1;
        }
    take:
        parse_match(p, at, length, distance, near_end);
        if (s->inserted <= next)
            s->inserted = next + 1;
        next += length;
        insert_through(s, &f, s->inserted, next);
        length = 0;
    }
    s->next = next;
    s->held_length = length;
    s->held_distance = distance;
}

void sluice_parse_lazy(struct sluice_deflater *s, size_t stop)
{
    struct parse p = parse_begin(s);
    const size_t safe = s->filled > LOOKAHEAD ? s->filled - LOOKAHEAD : 0;

    parse_until(s, &p, safe < stop ? safe : stop, false);
    parse_until(s, &p, stop, true);
    parse_end(s, &p);
}

void sluice_index_lazy(struct sluice_deflater *s)
{
    const struct finder f = finder_of(s);
    uint32_t place3;

    for (size_t i = 0; i + HASHED <= s->next; i++)
        insert(&f, s->data + i, &place3);
}
