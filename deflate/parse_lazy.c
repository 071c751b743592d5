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
#include "deflate/match_row.h"
#include "deflate/parse.h"

enum {
    LINKS_MASK = WINDOW_MAX - 1, /* a position's link lies at its place modulo the window */
    PROBED = 8,                  /* bytes of a match that tells that data is not random */
    HASHED = 4,                  /* bytes that are hashed; fewer at the end cannot be looked up */
    NEAR3 = 4096,                /* a match of three bytes that is farther costs more than its literals */
    INSERT_LONG = 64,            /* of a match longer than this, so many positions at its end are put into the tables */
    INSERT_LONGEST = 192,        /* and of one longer than this */
    INSERT_FEW = 16              /* only so many */
};

struct finder {
    uint16_t *head, *head3, *previous;
    struct rows rows;
    unsigned hash_bits, hash3_bits;
    const uint8_t *data, *begin, *end;
    size_t window;
    uint32_t bias;
    unsigned depth, nice;
};

static inline struct finder finder_of(struct sluice_deflater *s)
{
    uint8_t *const tags = (uint8_t *)previous_of(s);
    const unsigned row_bits = s->level->hash_bits - (unsigned)ROW_SHIFT;

    return (struct finder){head_of(s), head3_of(s), previous_of(s),
                           {head_of(s), tags, tags + ((size_t)ROW << row_bits), row_bits},
                           s->level->hash_bits, s->level->hash3_bits,
                           s->data, s->data + s->history, s->data + s->filled, window_reach(s), s->bias,
                           s->level->depth, s->level->nice};
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
    if (rows) {
        row_insert(&f->rows, bytes, place);
    } else {
        uint16_t *const slot = &f->head[hash4(bytes, f->hash_bits)];

        f->previous[place & LINKS_MASK] = *slot;
        *slot = (uint16_t)place;
    }
}

/* The best match so far at a position. */
struct best {
    unsigned length, distance;
};

/* Whether the position at a distance is a longer match; then it becomes the best. */
static inline __attribute__((always_inline)) bool try_match(struct best *best, const uint8_t *at, uint32_t bytes, uint32_t distance,
                                                            unsigned most)
{
    const uint8_t *const from = at - distance;

    if (load32(from + best->length - 3) != load32(at + best->length - 3) || load32(from) != bytes)
        return false;

    const unsigned length = match_length(from, at, 4, most);

    if (length <= best->length)
        return false;
    best->length = length;
    best->distance = distance;
    return true;
}

static inline __attribute__((always_inline)) void find_in_row(const struct finder *f, struct best *best,
                                                              const uint8_t *at, uint32_t bytes, uint32_t place,
                                                              uint32_t reach, unsigned most, unsigned depth)
{
    const uint32_t hash = hash4(bytes, f->rows.bits + TAG_BITS), row = hash >> TAG_BITS;
    uint16_t *const places = f->rows.place + row * ROW;
    uint8_t *const tags = f->rows.tag + row * ROW;
    const unsigned newest = f->rows.newest[row], slot = (newest - 1u) % ROW;
    const unsigned nice = f->nice < most ? f->nice : most;

    for (uint64_t left = row_rotate(row_equal(tags, (uint8_t)hash), newest); left; left &= left - 1) {
        const uint32_t d = (uint16_t)(place - places[(newest + (unsigned)__builtin_ctzll(left)) % ROW]);

        if (d - 1u >= reach)
            break;
        if (try_match(best, at, bytes, d, most) && best->length >= nice)
            break;
        if (--depth == 0)
            break;
    }
    f->rows.newest[row] = (uint8_t)slot;
    tags[slot] = (uint8_t)hash;
    places[slot] = (uint16_t)place;
}

static inline __attribute__((always_inline)) void find_in_chain(const struct finder *f, struct best *best,
                                                                const uint8_t *at, uint32_t bytes, uint32_t place,
                                                                uint32_t reach, unsigned most, unsigned depth)
{
    uint16_t *const slot = &f->head[hash4(bytes, f->hash_bits)];
    const unsigned nice = f->nice < most ? f->nice : most;
    uint32_t d = (uint16_t)(place - *slot);

    f->previous[place & LINKS_MASK] = *slot;
    *slot = (uint16_t)place;
    for (; d - 1u < reach; depth--) {
        if (try_match(best, at, bytes, d, most) && best->length >= nice)
            break;
        if (depth == 1)
            break;

        /* A link that does not lead farther back is one of a position that has left the window. */
        const uint32_t farther = (uint16_t)(place - f->previous[(place - d) & LINKS_MASK]);

        if (farther <= d)
            break;
        d = farther;
    }
}

/*
 * The longest match at `at` of more than `least` and at most `most` bytes: its length, or 0 if there is none. Puts
 * `at` into the tables.
 */
static inline __attribute__((always_inline)) unsigned find(const struct finder *f, const uint8_t *at, unsigned least,
                                                           unsigned most, unsigned depth, unsigned *distance, bool rows)
{
    const uint32_t bytes = load32(at), place = place_of(f, at);
    const size_t history = (size_t)(at - f->begin);
    const uint32_t reach = (uint32_t)(history < f->window ? history : f->window);
    uint16_t *const slot3 = &f->head3[hash3(bytes, f->hash3_bits)];
    const uint32_t distance3 = (uint16_t)(place - *slot3);
    struct best best = {least < MATCH_MIN ? MATCH_MIN : least, 0};

    *slot3 = (uint16_t)place;
    if (rows)
        find_in_row(f, &best, at, bytes, place, reach, most, depth);
    else
        find_in_chain(f, &best, at, bytes, place, reach, most, depth);
    *distance = best.distance;
    if (best.distance)
        return best.length;
    if (least >= MATCH_MIN || distance3 - 1u >= (reach < NEAR3 ? reach : NEAR3) ||
        ((load32(at - distance3) ^ bytes) & 0xffffff) != 0)
        return 0;
    *distance = distance3;
    return MATCH_MIN;
}

static inline __attribute__((always_inline)) void insert_through(struct sluice_deflater *s, const struct finder *f, size_t from, size_t to,
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

        if (near_end && left < HASHED + 1u) {
            if (length >= MATCH_MIN)
                goto take;
            s->skipped += (unsigned)(stop - next);
            next = stop;
            break;
        }

        const unsigned most = near_end && left < MATCH_MAX ? (unsigned)left : MATCH_MAX;

        if (length < MATCH_MIN) {
            length = find(&f, at, 2, most, f.depth, &distance, rows);
            if (length == 0) {
                next++;
                continue;
            }
        }
        if (length < lazy && length < most) {
            unsigned next_distance;
            const unsigned next_most = near_end && left <= MATCH_MAX ? most - 1 : most;
            const unsigned depth = length >= 16 ? (f.depth + 3) / 4 : f.depth;
            const unsigned found = find(&f, at + 1, length > 4 ? length - 1 : 3, next_most, depth, &next_distance, rows);

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
        insert_through(s, &f, s->inserted, next, rows);
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
