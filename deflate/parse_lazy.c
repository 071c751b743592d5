/*
 * parse_lazy.c: lazy matching, over rows or chains.
 *
 * A match that is found is held back while the next position is tried; if that has a better one, the first byte
 * becomes a literal. A match of three bytes is worth it only when near: the last position with the same three bytes is
 * looked up in a small table of its own.
 *
 * The same parser is compiled once for each match finder.
 */
#include "deflate/log.h"
#include "deflate/match_chain.h"
#include "deflate/match_row.h"
#include "deflate/parse.h"

enum {
    HASHED = 4,           /* bytes that are hashed; fewer at the end cannot be looked up */
    MATCH_BITS = 11,      /* that a match takes beside the extra bits of its distance, about: measured */
    NEAR3 = 4096,         /* a match of three bytes that is farther costs more than its literals */
    LONG_HELD = 16,       /* a match that is held back and this long is seldom bettered: a quarter of the depth will do */
    INSERT_LONG = 64,     /* of a match longer than this, so many positions at its end are put into the tables */
    INSERT_LONGEST = 192, /* and of one longer than this */
    INSERT_FEW = 16,      /* only so many */
    PROBED = 8            /* bytes of a match that tells that data is not random */
};

struct finder {
    struct rows rows; /* one of the two is used */
    struct chains chains;
    uint16_t *head3;
    unsigned hash3_bits;
    const uint8_t *data, *begin;
    size_t window;
    uint32_t bias;
    unsigned depth, nice, literal_cost;
};

static inline struct finder finder_of(struct sluice_deflater *s)
{
    uint8_t *const tags = (uint8_t *)previous_of(s);
    const unsigned row_bits = s->level->hash_bits - (unsigned)ROW_SHIFT;

    return (struct finder){{head_of(s), tags, tags + ((size_t)ROW << row_bits), row_bits},
                           {head_of(s), previous_of(s), s->level->hash_bits},
                           head3_of(s),
                           s->level->hash3_bits,
                           s->data,
                           s->data + s->history,
                           window_reach(s),
                           s->bias,
                           s->level->depth,
                           s->level->nice, s->literal_cost};
}

static inline uint32_t place_of(const struct finder *f, const uint8_t *at)
{
    return (uint32_t)(at - f->data) + f->bias;
}

/* Puts `at` into the tables. */
static inline __attribute__((always_inline)) void insert(const struct finder *f, const uint8_t *at, bool rows)
{
    const uint32_t bytes = load32(at), place = place_of(f, at);

    f->head3[hash3(bytes, f->hash3_bits)] = (uint16_t)place;
    if (rows)
        row_insert(&f->rows, bytes, place);
    else
        chain_insert(&f->chains, bytes, place);
}

/* Whether a match takes fewer bits than its bytes as literals, as far as the block's symbols so far can tell. */
static inline bool worth(const struct finder *f, unsigned length, unsigned distance)
{
    return length * f->literal_cost >= LOG_UNIT * (MATCH_BITS + 31 - (unsigned)__builtin_clz(distance));
}

/*
 * The longest match at `at` of more than `least` and at most `most` bytes: its length, or 0 if there is none
 * that is worth it. Puts `at` into the tables.
 */
static inline __attribute__((always_inline)) unsigned find(const struct finder *f, const uint8_t *at, unsigned least,
                                                           unsigned most, unsigned depth, unsigned *distance, bool rows)
{
    const uint32_t bytes = load32(at), place = place_of(f, at);
    const size_t history = (size_t)(at - f->begin);
    const uint32_t reach = (uint32_t)(history < f->window ? history : f->window);
    uint16_t *const slot3 = &f->head3[hash3(bytes, f->hash3_bits)];
    const uint32_t distance3 = (uint16_t)(place - *slot3);
    struct best best = {least < MATCH_MIN ? MATCH_MIN : least, 0, most, f->nice < most ? f->nice : most};

    *slot3 = (uint16_t)place;
    if (rows)
        row_find(&f->rows, &best, at, bytes, place, reach, depth);
    else
        chain_find(&f->chains, &best, at, bytes, place, reach, depth);
    *distance = best.distance;
    if (best.distance)
        return worth(f, best.length, best.distance) ? best.length : 0;
    if (least >= MATCH_MIN || distance3 - 1u >= (reach < NEAR3 ? reach : NEAR3) ||
        ((load32(at - distance3) ^ bytes) & 0xffffff) != 0 || !worth(f, MATCH_MIN, distance3))
        return 0;
    *distance = distance3;
    return MATCH_MIN;
}

/* Puts the positions from `from` to `to`, which a match covers, into the tables; the last ones only if it is long. */
static inline __attribute__((always_inline)) void insert_through(const struct sluice_deflater *s,
                                                                 const struct finder *f, size_t from, size_t to,
                                                                 bool rows)
{
    if (to - from > INSERT_LONG)
        from = to - (to - from > INSERT_LONGEST ? INSERT_FEW : INSERT_LONG);
    for (; from < to && s->filled - from >= HASHED; from++)
        insert(f, f->data + from, rows);
}

/* The last positions before a flush had too few bytes to be hashed; now they may have. */
static inline void insert_skipped(struct sluice_deflater *s, const struct finder *f, bool rows)
{
    for (; s->skipped > 0 && s->filled - s->next + s->skipped >= HASHED; s->skipped--)
        insert(f, f->data + s->next - s->skipped, rows);
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
                                                              bool near_end, bool rows)
{
    const struct finder f = finder_of(s);
    const unsigned lazy = s->level->lazy;
    size_t next = s->next;
    unsigned length = s->held_length, distance = s->held_distance;

    insert_skipped(s, &f, rows);
    while (next < stop) {
        const uint8_t *const at = f.data + next;
        const size_t left = near_end ? s->filled - next : LOOKAHEAD;
        const unsigned most = near_end && left < MATCH_MAX ? (unsigned)left : MATCH_MAX;
        size_t inserted = next + 1; /* what is held back has been put in, as has what is found */

        if (near_end && left <= HASHED) {
            if (length == 0) {
                s->skipped += (unsigned)(stop - next);
                next = stop;
                break;
            }
        } else {
            if (length == 0) {
                length = find(&f, at, 0, most, f.depth, &distance, rows);
                if (length == 0) {
                    next++;
                    continue;
                }
            }
            if (length < lazy && length < most) {
                unsigned next_distance;
                const unsigned next_most = near_end && left <= MATCH_MAX ? most - 1 : most;
                const unsigned depth = length >= LONG_HELD ? (f.depth + 3) / 4 : f.depth;
                const unsigned found = find(&f, at + 1, length > 4 ? length - 1 : MATCH_MIN, next_most, depth,
                                            &next_distance, rows);

                if (found && better(found, next_distance, length, distance)) {
                    length = found;
                    distance = next_distance;
                    next++;
                    continue;
                }
                inserted = next + 2;
            }
        }
        parse_match(p, at, length, distance, near_end);
        next += length;
        insert_through(s, &f, inserted, next, rows);
        length = 0;
    }
    s->next = next;
    s->held_length = length;
    s->held_distance = distance;
}

static inline __attribute__((always_inline)) void parse(struct sluice_deflater *s, size_t stop, bool rows)
{
    struct parse p = parse_begin(s);
    const size_t safe = s->filled > LOOKAHEAD ? s->filled - LOOKAHEAD : 0;

    parse_until(s, &p, safe < stop ? safe : stop, false, rows);
    parse_until(s, &p, stop, true, rows);
    parse_end(s, &p);
}

static inline __attribute__((always_inline)) void index_all(struct sluice_deflater *s, bool rows)
{
    const struct finder f = finder_of(s);

    for (size_t i = 0; i + HASHED <= s->next; i++)
        insert(&f, s->data + i, rows);
}

void sluice_parse_rows(struct sluice_deflater *s, size_t stop)
{
    parse(s, stop, true);
}

void sluice_parse_chains(struct sluice_deflater *s, size_t stop)
{
    parse(s, stop, false);
}

static inline __attribute__((always_inline)) bool probe(struct sluice_deflater *s, size_t at, bool rows)
{
    const struct finder f = finder_of(s);
    unsigned distance;

    return find(&f, s->data + at, PROBED - 1, PROBED, 1, &distance, rows) != 0;
}

bool sluice_probe_rows(struct sluice_deflater *s, size_t at)
{
    return probe(s, at, true);
}

bool sluice_probe_chains(struct sluice_deflater *s, size_t at)
{
    return probe(s, at, false);
}

void sluice_index_rows(struct sluice_deflater *s)
{
    index_all(s, true);
}

void sluice_index_chains(struct sluice_deflater *s)
{
    index_all(s, false);
}
