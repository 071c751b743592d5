/*
 * parse_fast.c: the fast parser: a few candidates a position, a choice between two neighbours.
 *
 * What costs time in a parser is that each step waits for the one before: where a match ends tells where to look next,
 * the hash there tells the slot, the slot the candidate, the candidate whether and how long it matches. So a batch of
 * positions is looked up and put into the table first, all of them and without a branch; that only notes candidates.
 * Choosing then goes from match to match over the notes: eight bytes of a position are compared with those at its
 * candidates, the longer match is held against that of the next position, and only a match of seven bytes and more is
 * looked at again for its true length.
 *
 * The candidates of a hash are a slot of two or four places, the newest last. A batch that ends in a long match makes
 * the next one small, since most of its notes would not be used.
 */
#include "deflate/parse.h"

#if defined(__GNUC__) && !defined(__clang__)
/* Measured: 2 % at two ways, 13 % at four, whose loops it unrolls. */
#pragma GCC optimize("O3", "no-tree-slp-vectorize")
#endif

enum {
    LOADED = 8,       /* bytes that the look-up of a position loads */
    SHORT_MAX = 7,    /* the longest length that eight bytes are sure to tell */
    LEAST = 4,        /* the shortest match */
    BATCH_LEAST = 16,
    LONG_MATCH = 64,  /* bytes; where tokens stand for more than this the next batch is small */
    BEHIND = 8,      /* positions at the end of a long match that are looked up too, for the sake of the table */
    FAR = 8192,       /* a match from farther is not one of a run or of a short period */
    WAYS_MAX = 4,     /* candidates of a position, at most */
    STRIDE = 16,      /* positions that are computed with at once; a batch is a multiple */
    AT_ONCE = 4       /* positions that are looked up between two looks at the loop's counter */
};

_Static_assert(WINDOW_MAX <= -INT16_MIN, "a distance fits, negative");
_Static_assert(BATCH % STRIDE == 0 && BATCH_LEAST % STRIDE == 0 && STRIDE % AT_ONCE == 0, "nothing is left over");

/*
 * Of each position, one behind the other, where its candidates are from there: their distances, negative. The newest
 * comes last.
 */
struct notes {
    int16_t back[WAYS_MAX * (BATCH + STRIDE)];
};

#define INLINE static inline __attribute__((always_inline))

/* Notes what is in a slot and puts a place, as bytes.h has it, behind it, as the oldest goes. */
INLINE void look_up2(uint16_t *slot, int16_t *noted, uint32_t place)
{
    const uint32_t two = load_native32(slot);

    memcpy(noted, &two, sizeof two);
    store_native32(slot, native32_push(two, place));
}

INLINE void look_up4(uint16_t *slot, int16_t *noted, uint64_t place)
{
    const uint64_t four = load_native64(slot);

    memcpy(noted, &four, sizeof four);
    store_native64(slot, native64_push(four, place));
}

/*
 * Turns the places of the candidates of STRIDE positions, the first of which is at `place`, into what is noted. One
 * that reaches too far, as do those that the table had from before the stream, is made to reach just far enough: what
 * is there may match as well. `history`: the bytes before the first position; the very first one, which has none, gets
 * nonsense.
 */
INLINE void to_distances(int16_t *noted, uint16_t place, uint16_t history, uint16_t window, unsigned ways)
{
    for (unsigned k = 0; k < STRIDE * ways; k++) {
        const uint16_t here = (uint16_t)(place + k / ways), before = (uint16_t)(history + k / ways);
        const uint16_t farthest = (uint16_t)-(before < window ? before : window);
        const uint16_t back = (uint16_t)((uint16_t)noted[k] - here);

        noted[k] = (int16_t)(back > farthest ? back : farthest);
    }
}

/* log2 of the slots */
INLINE unsigned slot_bits(const struct sluice_deflater *s, unsigned ways)
{
    return s->level->hash_bits - (ways == 2 ? 1u : 2u);
}

INLINE uint16_t *slot_at(uint16_t *slots, const uint8_t *at, unsigned bits, unsigned ways)
{
    return &slots[(size_t)hash4(load32(at), bits) * ways];
}

/* Looks the n positions from data + first on up and puts them into the table. */
INLINE void look_up(struct sluice_deflater *s, struct notes *notes, size_t first, size_t n, unsigned ways)
{
    uint16_t *const slots = head_of(s);
    const unsigned bits = slot_bits(s, ways);
    const uint8_t *const at = s->data + first;
    const size_t history = first - s->history < WINDOW_MAX ? first - s->history : WINDOW_MAX;
    const uint16_t window = (uint16_t)window_reach(s);
    const uint32_t place = (uint32_t)first + s->bias;
    uint32_t place2 = native32_new(place);
    uint64_t place4 = native64_new(place);
    size_t i = 0;

    for (; i + AT_ONCE <= n; i += AT_ONCE) {
        for (unsigned k = 0; k < AT_ONCE; k++) {
            uint16_t *const slot = slot_at(slots, at + i + k, bits, ways);

            if (ways == 2)
                look_up2(slot, &notes->back[2 * (i + k)], place2 + k * NATIVE32_STEP);
            else
                look_up4(slot, &notes->back[4 * (i + k)], place4 + k * NATIVE64_STEP);
        }
        place2 += AT_ONCE * NATIVE32_STEP;
        place4 += AT_ONCE * NATIVE64_STEP;
    }
    for (; i < n; i++, place2 += NATIVE32_STEP, place4 += NATIVE64_STEP) {
        uint16_t *const slot = slot_at(slots, at + i, bits, ways);

        if (ways == 2)
            look_up2(slot, &notes->back[2 * i], place2);
        else
            look_up4(slot, &notes->back[4 * i], place4);
    }
    for (i = 0; i < n; i += STRIDE)
        to_distances(&notes->back[ways * i], (uint16_t)(place + i), (uint16_t)(history + i), window, ways);
}

/* How many of the first eight bytes are equal: up to SHORT_MAX. */
INLINE unsigned equal_bytes(const uint8_t *at, uint64_t bytes, ptrdiff_t back)
{
    return (unsigned)__builtin_ctzll((bytes ^ load64(at + back)) | UINT64_C(1) << 63) / 8;
}

struct match {
    unsigned length;
    int back;
};

INLINE bool matches(const int16_t *noted, const uint8_t *at, unsigned ways)
{
    const uint32_t bytes = load32(at);
    bool either = load32(at + noted[0]) == bytes;

    if (ways == 2) {
        either |= load32(at + noted[1]) == bytes;
        return either;
    }
    for (unsigned w = ways; w-- > 0;)
        if (load32(at + noted[w]) == bytes)
            return true;
    return false;
}

/* The longest of the candidates, as far as the first bytes tell; the nearest of those that are equal. */
INLINE struct match first_look(const int16_t *noted, const uint8_t *at, unsigned ways)
{
    const uint64_t bytes = load64(at);
    struct match match = {equal_bytes(at, bytes, noted[ways - 1]), noted[ways - 1]};

    for (unsigned w = ways - 1; w-- > 0;) {
        const unsigned length = equal_bytes(at, bytes, noted[w]);
        const bool better = length > match.length;

        match.length = better ? length : match.length;
        match.back = better ? noted[w] : match.back;
    }
    return match;
}

/* The longest of the candidates in full, of which one has SHORT_MAX bytes at least. */
INLINE struct match full_look(const int16_t *noted, const uint8_t *at, unsigned most, unsigned ways)
{
    const uint64_t bytes = load64(at);
    struct match match = {0, 0};

    for (unsigned w = ways; w-- > 0 && match.length < most;) {
        if ((bytes ^ load64(at + noted[w])) << 8)
            continue;

        const unsigned length = match_length(at + noted[w], at, SHORT_MAX, most);

        if (length > match.length)
            match = (struct match){length, noted[w]};
    }
    return match;
}

/* Chooses among the n positions from `base` on, beginning with the i-th. Gives the position behind. */
INLINE size_t choose(struct parse *p, const struct notes *notes, const uint8_t *base, size_t i, size_t n,
                     const uint8_t *end, bool near_end, unsigned ways)
{
    while (i < n) {
        const uint8_t *at = base + i;
        const int16_t *noted = &notes->back[ways * i];

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
            match.back = better ? next.back : match.back;
        }
        if (match.length == SHORT_MAX)
            match = full_look(noted, at, near_end && end - at < MATCH_MAX ? (unsigned)(end - at) : MATCH_MAX, ways);
        parse_match(p, at, match.length, (unsigned)-match.back, near_end);
        i += match.length;
    }
    return i;
}

INLINE void parse(struct sluice_deflater *s, size_t stop, unsigned ways)
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

        look_up(s, &notes, first, known, ways);
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

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)

/* The same with the instructions of newer processors; they are worth a tenth. */
#define TARGET_NEWER __attribute__((target("avx2,bmi,bmi2")))

TARGET_NEWER static void parse2_newer(struct sluice_deflater *s, size_t stop) { parse(s, stop, 2); }
TARGET_NEWER static void parse4_newer(struct sluice_deflater *s, size_t stop) { parse(s, stop, 4); }

static bool is_newer(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

#else

static void parse2_newer(struct sluice_deflater *s, size_t stop) { parse(s, stop, 2); }
static void parse4_newer(struct sluice_deflater *s, size_t stop) { parse(s, stop, 4); }
static bool is_newer(void) { return true; }

#endif

INLINE void index_all(struct sluice_deflater *s, unsigned ways)
{
    struct notes notes;
    const size_t end = s->next < LOADED ? 0 : s->next - LOADED + 1;

    for (size_t first = 0; first < end; first += BATCH)
        look_up(s, &notes, first, end - first < BATCH ? end - first : BATCH, ways);
    s->mapped = end;
}

INLINE bool probe(struct sluice_deflater *s, size_t at, unsigned ways)
{
    const uint64_t bytes = load64(s->data + at);
    uint16_t *const slot = slot_at(head_of(s), s->data + at, slot_bits(s, ways), ways);
    const uint16_t place = (uint16_t)(s->bias + (uint32_t)at), distance = (uint16_t)(place - slot[ways - 1]);
    int16_t noted[WAYS_MAX];

    if (ways == 2)
        look_up2(slot, noted, native32_new(place));
    else
        look_up4(slot, noted, native64_new(place));
    return distance - 1u < parse_reach(s, at) && load64(s->data + at - distance) == bytes;
}

void sluice_parse_fast2(struct sluice_deflater *s, size_t stop)
{
    if (is_newer())
        parse2_newer(s, stop);
    else
        parse(s, stop, 2);
}

void sluice_parse_fast4(struct sluice_deflater *s, size_t stop)
{
    if (is_newer())
        parse4_newer(s, stop);
    else
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
