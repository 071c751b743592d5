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
 * The candidates of a hash are a slot of two places, the newer first. A batch that ends in a long match makes the next
 * one small, since most of its notes would not be used.
 */
#include "deflate/parse.h"

enum {
    LOADED = 8,       /* bytes that the look-up of a position loads */
    SHORT_MAX = 7,    /* the longest length that eight bytes are sure to tell */
    LEAST = 4,        /* the shortest match */
    BATCH_LEAST = 16,
    LONG_MATCH = 64,  /* bytes; where tokens stand for more than this the next batch is small */
    BEHIND = 16,      /* positions at the end of a long match that are looked up too, for the sake of the table */
    SPARE = 1         /* the choice looks at one position behind the batch */
};

/* The distances of the candidates of each position. */
struct notes {
    uint16_t newer[BATCH + SPARE], older[BATCH + SPARE];
};

/*
 * Looks the n positions from data + first on up and puts them into the table. A distance that reaches too far, as do
 * those that the table had from before the stream, is made to reach just far enough: what is there may match as well.
 */
static void look_up(const struct sluice_deflater *s, uint16_t *slots, struct notes *notes, size_t first, size_t n)
{
    const uint8_t *const at = s->data + first;
    const unsigned bits = s->level->hash_bits - 1u;
    const size_t history = first - s->history, window = window_reach(s);
    const uint32_t place = (uint32_t)first + s->bias;

    for (size_t i = 0; i < n; i++) {
        const uint16_t reach = (uint16_t)(history + i < window ? history + i : window);
        uint16_t *const slot = &slots[2 * hash4(load32(at + i), bits)];
        const uint32_t two = load32(slot), here = (uint16_t)(place + i);
        const uint16_t newer = (uint16_t)(here - two), older = (uint16_t)(here - (two >> 16));

        store32(slot, two << 16 | here);
        notes->newer[i] = newer < reach ? newer : reach;
        notes->older[i] = older < reach ? older : reach;
    }
    notes->newer[n] = notes->older[n] = 0;
}

/* How many of the first eight bytes are equal at a distance: up to SHORT_MAX. */
static inline unsigned equal_bytes(const uint8_t *at, uint64_t bytes, size_t distance)
{
    return (unsigned)__builtin_ctzll((bytes ^ load64(at - distance)) | UINT64_C(1) << 63) / 8;
}

struct match {
    unsigned length, distance;
};

/* The longer of the two candidates, as far as the first bytes tell. */
static inline __attribute__((always_inline)) struct match first_look(const struct notes *notes, size_t i,
                                                                     const uint8_t *at)
{
    const uint64_t bytes = load64(at);
    const unsigned newer = equal_bytes(at, bytes, notes->newer[i]), older = equal_bytes(at, bytes, notes->older[i]);
    const bool take_older = older > newer;

    return (struct match){take_older ? older : newer, take_older ? notes->older[i] : notes->newer[i]};
}

/* The longer of the two in full; the nearer one if they are equal. */
static inline __attribute__((always_inline)) struct match full_look(const struct notes *notes, size_t i,
                                                                    const uint8_t *at, unsigned most)
{
    const unsigned newer = match_length(at - notes->newer[i], at, 0, most);
    const unsigned older = notes->older[i] == notes->newer[i] ? 0 : match_length(at - notes->older[i], at, 0, most);

    return older > newer ? (struct match){older, notes->older[i]} : (struct match){newer, notes->newer[i]};
}

/* Chooses among the n positions from `base` on, beginning with the i-th. Gives the position behind. */
static inline __attribute__((always_inline)) size_t choose(struct parse *p, const struct notes *notes,
                                                           const uint8_t *base, size_t i, size_t n,
                                                           const uint8_t *end, bool near_end)
{
    while (i < n) {
        const uint8_t *at = base + i;
        const uint32_t bytes = load32(at);

        if (load32(at - notes->newer[i]) != bytes && load32(at - notes->older[i]) != bytes) {
            i++;
            continue;
        }

        struct match match = first_look(notes, i, at);

        if (match.length < SHORT_MAX && i + 1 < n) {
            const struct match next = first_look(notes, i + 1, at + 1);
            const bool better = next.length > match.length;

            i += better;
            at += better;
            match.length = better ? next.length : match.length;
            match.distance = better ? next.distance : match.distance;
        }
        if (match.length == SHORT_MAX)
            match = full_look(notes, i, at, near_end && end - at < MATCH_MAX ? (unsigned)(end - at) : MATCH_MAX);
        parse_match(p, at, match.length, match.distance, near_end);
        i += match.length;
    }
    return i;
}

void sluice_parse_fast(struct sluice_deflater *s, size_t stop)
{
    struct parse p = parse_begin(s);
    struct notes notes;

    while (s->next < stop) {
        const size_t first = s->mapped + BEHIND > s->next ? s->mapped : s->next - BEHIND;
        const size_t there = s->filled - first, n = there < s->batch ? there : s->batch;
        const bool near_end = there < n + LOOKAHEAD; /* the data ends here */
        const size_t known = !near_end ? n : there < LOADED ? 0 : there - LOADED + 1 < n ? there - LOADED + 1 : n;
        const uint8_t *const base = s->data + first, *const end = s->data + s->filled;
        /* The first byte of all, or after a full flush, has nothing before it. */
        const size_t i = s->next - first + (s->next == s->history);

        const uint32_t *const token = p.token;
        const size_t before = s->next;

        look_up(s, head_of(s), &notes, first, known);
        s->next = first + (near_end ? choose(&p, &notes, base, i, known, end, true)
                                    : choose(&p, &notes, base, i, known, end, false));
        s->mapped = first + known;
        if (s->next < first + n)
            s->next = first + n;
        s->batch = s->next - before > LONG_MATCH * (size_t)(p.token - token + 1) ? BATCH_LEAST : s->batch * 2 < BATCH ? s->batch * 2 : BATCH;
    }
    parse_end(s, &p);
}

void sluice_index_fast(struct sluice_deflater *s)
{
    struct notes notes;
    const size_t end = s->next < LOADED ? 0 : s->next - LOADED + 1;

    for (size_t first = 0; first < end; first += BATCH)
        look_up(s, head_of(s), &notes, first, end - first < BATCH ? end - first : BATCH);
    s->mapped = end;
}

bool sluice_probe_fast(struct sluice_deflater *s, size_t at)
{
    const uint64_t bytes = load64(s->data + at);
    uint16_t *const slot = &head_of(s)[2 * hash4((uint32_t)bytes, s->level->hash_bits - 1u)];
    const uint32_t two = load32(slot), here = (uint16_t)(s->bias + (uint32_t)at), reach = parse_reach(s, at);
    const uint16_t newer = (uint16_t)(here - two);

    store32(slot, two << 16 | here);
    return newer - 1u < reach && load64(s->data + at - newer) == bytes;
}
