/*
 * parse_fast.c: the fast parser: a few candidates a position, a choice between two neighbours.
 *
 * What costs time in a parser is that each step waits for the one before: where a match ends tells where to look next,
 * the hash there tells the slot, the slot the candidate, the candidate whether and how long it matches. So a batch of
 * positions is looked up and put into the table first, all of them and without a branch; that only notes distances.
 * Choosing then goes from match to match over the notes: eight bytes of a position are compared with those at both
 * candidates, the longer match is held against that of the next position, and only a match of seven bytes and more is
 * looked at again for its true length.
 *
 * The candidates of a hash are a slot of two or four places, the newest first. A batch that ends in a long match makes
 * the next one small, since most of its notes would not be used.
 */
#include "deflate/parse.h"

enum {
    LOADED = 8,       /* bytes that the look-up of a position loads */
    SHORT_MAX = 7,    /* the longest length that eight bytes are sure to tell */
    LEAST = 4,        /* the shortest match */
    BATCH_LEAST = 16,
    LONG_MATCH = 64,  /* bytes; where tokens stand for more than this the next batch is small */
    BEHIND = 16,      /* positions at the end of a long match that are looked up too, for the sake of the table */
    FAR = 8192,       /* a match from farther is not one of a run or of a short period */
    WAYS_MAX = 4,     /* candidates of a position, at most */
    STRIDE = 16       /* positions whose distances are computed at once; a batch is a multiple */
};

/* Of each position, one behind the other, the distances of its candidates, the newest first. */
struct notes {
    uint16_t distance[WAYS_MAX * (BATCH + STRIDE)];
};

/* Puts a place at the front of a slot. Gives what was in it. */
static inline uint32_t push2(uint16_t *slot, uint16_t place)
{
    const uint32_t two = load_native32(slot);

    store_native32(slot, native32_push(two, place));
    return two;
}

static inline uint64_t push4(uint16_t *slot, uint16_t place)
{
    const uint64_t four = load_native64(slot);

    store_native64(slot, native64_push(four, place));
    return four;
}

/*
 * Turns the places of the candidates of STRIDE positions, the first of which is at `place`, into distances. One that
 * reaches too far, as do those that the table had from before the stream, is made to reach just far enough: what is
 * there may match as well.
 */
static inline __attribute__((always_inline)) void to_distances(uint16_t *noted, uint16_t place, uint16_t reach,
                                                               unsigned ways)
{
    for (unsigned k = 0; k < STRIDE * ways; k++) {
        const uint16_t distance = (uint16_t)(place + k / ways - noted[k]);

        noted[k] = distance < reach ? distance : reach;
    }
}

/* Looks the n positions from data + first on up and puts them into the table. */
static inline __attribute__((always_inline)) void look_up(const struct sluice_deflater *s, uint16_t *slots,
                                                          struct notes *notes, size_t first, size_t n, unsigned ways)
{
    const uint8_t *const at = s->data + first;
    const unsigned bits = s->level->hash_bits - (ways == 2 ? 1u : 2u);
    const size_t history = first - s->history, window = window_reach(s);
    const uint32_t place = (uint32_t)first + s->bias;

    for (size_t i = 0; i < n; i++) {
        uint16_t *const slot = &slots[ways * hash4(load32(at + i), bits)];

        if (ways == 2)
            store_native32(&notes->distance[2 * i], push2(slot, (uint16_t)(place + i)));
        else
            store_native64(&notes->distance[4 * i], push4(slot, (uint16_t)(place + i)));
    }
    if (history >= window) {
        for (size_t i = 0; i < n; i += STRIDE)
            to_distances(&notes->distance[ways * i], (uint16_t)(place + i), (uint16_t)window, ways);
        return;
    }
    for (size_t i = 0; i < ways * n; i++) {
        const uint16_t distance = (uint16_t)(place + i / ways - notes->distance[i]);
        const size_t reach = history + i / ways < window ? history + i / ways : window;

        notes->distance[i] = (uint16_t)(distance < reach ? distance : reach);
    }
}

/* How many of the first eight bytes are equal at a distance: up to SHORT_MAX. */
static inline unsigned equal_bytes(const uint8_t *at, uint64_t bytes, size_t distance)
{
    return (unsigned)__builtin_ctzll((bytes ^ load64(at - distance)) | UINT64_C(1) << 63) / 8;
}

struct match {
    unsigned length, distance;
};

static inline __attribute__((always_inline)) bool matches(const uint16_t *noted, const uint8_t *at, unsigned ways)
{
    const uint32_t bytes = load32(at);

    for (unsigned w = 0; w < ways; w++)
        if (load32(at - noted[w]) == bytes)
            return true;
    return false;
}

/* The longest of the candidates, as far as the first bytes tell; the nearest of those that are equal. */
static inline __attribute__((always_inline)) struct match first_look(const uint16_t *noted, const uint8_t *at,
                                                                     unsigned ways)
{
    const uint64_t bytes = load64(at);
    struct match match = {equal_bytes(at, bytes, noted[0]), noted[0]};

    for (unsigned w = 1; w < ways; w++) {
        const unsigned length = equal_bytes(at, bytes, noted[w]);
        const bool better = length > match.length;

        match.length = better ? length : match.length;
        match.distance = better ? noted[w] : match.distance;
    }
    return match;
}

/* The longest of the candidates in full. */
static inline __attribute__((always_inline)) struct match full_look(const uint16_t *noted, const uint8_t *at,
                                                                    unsigned most, unsigned ways)
{
    struct match match = {match_length(at - noted[0], at, 0, most), noted[0]};

    for (unsigned w = 1; w < ways && match.length < most; w++) {
        const unsigned length = noted[w] == noted[w - 1] ? 0 : match_length(at - noted[w], at, 0, most);

        if (length > match.length)
            match = (struct match){length, noted[w]};
    }
    return match;
}

/* Chooses among the n positions from `base` on, beginning with the i-th. Gives the position behind. */
static inline __attribute__((always_inline)) size_t choose(struct parse *p, const struct notes *notes,
                                                           const uint8_t *base, size_t i, size_t n,
                                                           const uint8_t *end, bool near_end, unsigned ways)
{
    while (i < n) {
        const uint8_t *at = base + i;
        const uint16_t *noted = &notes->distance[ways * i];

        if (!matches(noted, at, ways)) {
            i++;
            continue;
        }

        struct match match = first_look(noted, at, ways);

        if (match.length < SHORT_MAX && i + 1 < n) {
            const struct match next = first_look(noted + ways, at + 1, ways);
            const bool better = next.length > match.length;

            i += better;
            at += better;
            noted += better ? ways : 0;
            match.length = better ? next.length : match.length;
            match.distance = better ? next.distance : match.distance;
        }
        if (match.length == SHORT_MAX)
            match = full_look(noted, at, near_end && end - at < MATCH_MAX ? (unsigned)(end - at) : MATCH_MAX, ways);
        parse_match(p, at, match.length, match.distance, near_end);
        i += match.length;
    }
    return i;
}

static inline __attribute__((always_inline)) void parse(struct sluice_deflater *s, size_t stop, unsigned ways)
{
    const bool small = s->level->hash_bits < WINDOW_BITS_MAX; /* a table that cannot hold all positions of a window */
    struct parse p = parse_begin(s);
    struct notes notes;

    while (s->next < stop) {
        /* Inside a long match from near no position needs to be looked up: so runs go by quickly. */
        const bool skips = s->mapped + BEHIND < s->next && (s->last_distance < FAR || small);
        const size_t first = skips ? s->next - BEHIND : s->mapped;
        const size_t there = s->filled - first, n = there < s->batch ? there : s->batch;
        const bool near_end = there < n + LOOKAHEAD; /* the data ends here */
        const size_t known = !near_end ? n : there < LOADED ? 0 : there - LOADED + 1 < n ? there - LOADED + 1 : n;
        const uint8_t *const base = s->data + first, *const end = s->data + s->filled;
        /* The first byte of all has nothing before it. */
        const size_t i = s->next > s->history ? s->next - first : 1, before = s->next;
        const uint32_t *const token = p.token;

        look_up(s, head_of(s), &notes, first, known, ways);
        s->next = first + (near_end ? choose(&p, &notes, base, i, known, end, true, ways)
                                    : choose(&p, &notes, base, i, known, end, false, ways));
        s->mapped = first + known;
        if (p.token > token && !token_is_literals(p.token[-1]))
            s->last_distance = token_distance_index(p.token[-1]) + 1;
        if (s->next < first + n)
            s->next = first + n;
        if (s->next - before > LONG_MATCH * (size_t)(p.token - token + 1))
            s->batch = BATCH_LEAST;
        else if (s->batch < BATCH)
            s->batch *= 2;
    }
    parse_end(s, &p);
}

static inline __attribute__((always_inline)) void index_all(struct sluice_deflater *s, unsigned ways)
{
    struct notes notes;
    const size_t end = s->next < LOADED ? 0 : s->next - LOADED + 1;

    for (size_t first = 0; first < end; first += BATCH)
        look_up(s, head_of(s), &notes, first, end - first < BATCH ? end - first : BATCH, ways);
    s->mapped = end;
}

static inline __attribute__((always_inline)) bool probe(struct sluice_deflater *s, size_t at, unsigned ways)
{
    const uint64_t bytes = load64(s->data + at);
    const unsigned bits = s->level->hash_bits - (ways == 2 ? 1u : 2u);
    uint16_t *const slot = &head_of(s)[ways * hash4((uint32_t)bytes, bits)];
    const uint16_t place = (uint16_t)(s->bias + (uint32_t)at), distance = (uint16_t)(place - *slot);

    if (ways == 2)
        push2(slot, place);
    else
        push4(slot, place);
    return distance - 1u < parse_reach(s, at) && load64(s->data + at - distance) == bytes;
}

void sluice_parse_fast2(struct sluice_deflater *s, size_t stop)
{
    parse(s, stop, 2);
}

void sluice_parse_fast4(struct sluice_deflater *s, size_t stop)
{
    parse(s, stop, 4);
}

void sluice_index_fast2(struct sluice_deflater *s)
{
    index_all(s, 2);
}

void sluice_index_fast4(struct sluice_deflater *s)
{
    index_all(s, 4);
}

bool sluice_probe_fast2(struct sluice_deflater *s, size_t at)
{
    return probe(s, at, 2);
}

bool sluice_probe_fast4(struct sluice_deflater *s, size_t at)
{
    return probe(s, at, 4);
}
