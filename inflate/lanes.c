/*
 * lanes.c: the fastest loop: decodes one block at several places at once.
 *
 * Decoding is slow because it is serial: the place of a codeword is known only when the one before it has been looked
 * up. But whoever begins in the middle of a codeword soon, after a hundred bits or so, falls into step with the true
 * sequence, and then stays in step, for what follows depends on the place alone. So a few lanes begin at once, a
 * stretch apart, and each takes one token after another. Where a lane arrives at a place that the next lane has been at
 * too, the next lane's tokens from there on are the true ones. What it took before that is thrown away.
 *
 * A token is at most one literal, and then a literal or a match. It is taken without a branch: what is literal and what
 * is match cannot be predicted, and a wrong prediction costs as much as a token. A round has three passes:
 *
 *   take       all lanes take tokens: they look up entries and note them, with the bits where they were found
 *   work out   what the notes mean, eight tokens at a time
 *   carry out  the tokens of the true sequence, lane after lane
 *
 * Nothing is decided here about what is right: at whatever is not plain the true sequence ends, and the careful path
 * goes on from that place.
 */
#include "inflate/state.h"

/* Without AVX2 and BMI2 lanes are slower than the plain fast loop: 0.66 against 0.84 of libdeflate's speed. */
static void lanes_none(struct sluice_inflater *s, struct step *t)
{
    (void)s;
    (void)t;
}

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)

#include <string.h>

#if defined(__GNUC__) && !defined(__clang__)
/* gcc would gather the notes of a token in a vector before it stores them, at twice the cost. */
#pragma GCC optimize("no-tree-slp-vectorize")
#endif

enum {
    LANES = 4,
    TOKENS_AIM = 128, /* that a lane should take until it is where the next one began */
    TOKENS_MOST = 176, /* that it takes at most, */
    TOKENS = TOKENS_MOST + 24, /* and with those that it takes alone to fall into step with the next one */
    UNMET = TOKENS + 1, /* no number of a token: the lanes do not meet */
    SYNC_BITS = 128,  /* how far it goes on: then it is most likely in step with the next one */
    TOKEN_BITS = LITLEN_ROOT + LITLEN_ROOT + 5 + DISTANCE_ROOT + 13, /* that a token consumes at most */
    TOKENS_LEAST = 64, /* for shorter lanes the copy of the last input is not worth it */
    TOKENS_FEW = 24,  /* for shorter ones a round is not; and where it gives fewer it is the last one */
    INPUT_BEHIND = TOKENS * TOKEN_BITS / 8 + 8, /* that a lane may read from where it begins */
    INPUT_ENOUGH = (LANES - 1) * TOKENS_AIM * TOKEN_BITS / 8 + INPUT_BEHIND,
    COPY = 32,        /* bytes that are copied at once; twice as much while many matches are longer */
    LONG = INT32_MIN  /* flag of a distance: the copy is longer than that, or overlaps itself */
};

_Static_assert(FAST_OUTPUT_MARGIN >= 1 + MATCH_MAX + 2 * COPY, "a token stays within the room");
_Static_assert(TOKENS % 8 == 0 && TOKENS_MOST % 16 == 0, "the loops' strides");
_Static_assert(TOKEN_BITS <= 57, "a token fits in what one load of eight bytes gives at any bit");

/* What a lane notes, and what is made of it. */
struct notes {
    uint32_t first[LANES][TOKENS];  /* entry: a literal comes first; then: byte 0 the literal, byte 1 how many */
    uint32_t second[LANES][TOKENS]; /* entry: literal or length */
    uint32_t third[LANES][TOKENS];  /* entry: distance, or ENTRY_NOTHING */
    uint32_t bits2[LANES][TOKENS];  /* from the second's codeword on; then: bytes that it stands for */
    uint32_t bits3[LANES][TOKENS];  /* from the third's codeword on; then: distance, 0 with a literal, LONG added */
    uint32_t end[LANES][TOKENS];    /* place of the next token, in bits */
    uint8_t beyond[2 * COPY];       /* what the copy of a literal may read */
};

/* flag ? a : b, never by a branch. */
static inline __attribute__((always_inline)) uint64_t choose(uint32_t flag, uint64_t a, uint64_t b)
{
    __asm__("test %1, %1\n\tcmovz %2, %0" : "+r"(a) : "r"(flag), "r"(b) : "cc");
    return a;
}

/* The value is needed here and now: keeps gcc from holding back a sum until all its parts are there. */
#define KEEP(x) __asm__("" : "+r"(x))

/* As choose(), for the place of the third entry: ENTRY_NOTHING's if the second is no match. */
static inline __attribute__((always_inline)) uint64_t index3(uint32_t second, uint64_t a)
{
    static const uint64_t nothing = 1 << DISTANCE_ROOT;

    __asm__("test %2, %1\n\tcmovz %3, %0" : "+r"(a) : "r"(second), "i"(ENTRY_MATCH), "m"(nothing) : "cc");
    return a;
}

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static inline __attribute__((always_inline)) uint64_t bits_at(const uint8_t *base, uint32_t place)
{
    return load64(base + (place >> 3)) >> (place & 7);
}

/* A byte of an entry by a load of its own, which costs less than to cut it out. */
static inline __attribute__((always_inline)) uint32_t byte_of(const uint32_t *entry, unsigned byte)
{
    return ((const uint8_t *)entry)[byte];
}

/*
 * Takes token i of a lane from `place` and gives the place behind it; *seen collects the flags of its entries. The
 * order is that in which the fewest registers are needed: all lanes' places must keep theirs.
 */
static inline __attribute__((always_inline)) uint32_t take_token(const struct sluice_inflater *s, const uint8_t *base,
                                                                 uint32_t place, struct notes *n, unsigned lane,
                                                                 size_t i, uint32_t *seen)
{
    uint64_t bits = bits_at(base, place);
    size_t index = low_bits(bits, LITLEN_ROOT);
    uint32_t entry, lead;

    n->first[lane][i] = s->litlen[index];
    lead = byte_of(&s->litlen[index], 3);
    bits >>= lead & 63; /* not moved by a match, which is then looked up again */
    place += lead;
    KEEP(place);
    n->bits2[lane][i] = (uint32_t)bits;
    index = low_bits(bits, LITLEN_ROOT);
    entry = s->litlen[index];
    lead = byte_of(&s->litlen[index], 0);
    n->second[lane][i] = entry;
    *seen |= entry;
    KEEP(*seen);
    bits >>= lead & 63;
    place += lead;
    KEEP(place);
    n->bits3[lane][i] = (uint32_t)bits;
    index = index3(entry, low_bits(bits, DISTANCE_ROOT));
    entry = s->distances[index];
    n->third[lane][i] = entry;
    *seen |= entry;
    KEEP(*seen);
    place += byte_of(&s->distances[index], 0);
    n->end[lane][i] = place;
    return place;
}

/* The same with subtables, one symbol a token. False: here the plain sequence ends. */
static bool take_long_token(const struct sluice_inflater *s, const uint8_t *base, uint32_t place, struct notes *n,
                            unsigned lane, size_t i)
{
    enum { EXTRA_ALONE = 16 }; /* in the place of the entry's bit numbers: bits2 and bits3 are just the extra bits */
    uint64_t bits = bits_at(base, place);
    uint32_t entry = s->litlen[low_bits(bits, LITLEN_ROOT)];

    if ((entry & ENTRY_EXCEPTION) && (entry & ENTRY_SUBTABLE)) {
        bits >>= LITLEN_ROOT;
        place += LITLEN_ROOT;
        entry = s->litlen[subtable_offset(entry) + low_bits(bits, subtable_index_bits(entry))];
    }
    if (entry & ENTRY_EXCEPTION)
        return false;
    n->first[lane][i] = ENTRY_MATCH;
    n->second[lane][i] = (entry & ~UINT32_C(0x7fff)) | EXTRA_ALONE;
    n->bits2[lane][i] = (uint32_t)(low_bits(bits, entry_bits(entry)) >> entry_code_bits(entry));
    n->third[lane][i] = ENTRY_NOTHING;
    place += entry_bits(entry);
    if (entry & ENTRY_MATCH) {
        bits = bits_at(base, place);
        entry = s->distances[low_bits(bits, DISTANCE_ROOT)];
        if ((entry & ENTRY_EXCEPTION) && (entry & ENTRY_SUBTABLE)) {
            bits >>= DISTANCE_ROOT;
            place += DISTANCE_ROOT;
            entry = s->distances[subtable_offset(entry) + low_bits(bits, subtable_index_bits(entry))];
        }
        if (entry & ENTRY_EXCEPTION)
            return false;
        n->third[lane][i] = (entry & ~UINT32_C(0xffff)) | EXTRA_ALONE;
        n->bits3[lane][i] = (uint32_t)(low_bits(bits, entry_bits(entry)) >> entry_code_bits(entry));
        place += entry_bits(entry);
    }
    n->end[lane][i] = place;
    return true;
}

static inline bool take_any_token(const struct sluice_inflater *s, const uint8_t *base, uint32_t place, struct notes *n,
                                  unsigned lane, size_t i)
{
    uint32_t seen = 0;

    take_token(s, base, place, n, lane, i, &seen);
    return !(seen & ENTRY_EXCEPTION) || take_long_token(s, base, place, n, lane, i);
}

/*
 * All lanes take tokens until each is in the next one's stretch. count[] receives how many; where one lane meets what
 * is not plain all stop. A function of its own, so that nothing else wants registers. Where it lies within a line of
 * the instruction cache makes 3 %; this is one of the two good places of four for gcc 12's code.
 */
__attribute__((noinline, aligned(64), target("bmi,bmi2"))) static void
take_tokens(const struct sluice_inflater *s, const uint8_t *base, const uint32_t begin[LANES], uint32_t enough,
            struct notes *n, size_t count[LANES])
{
    __asm__ volatile(".skip 32, 0x90");
    uint32_t place0 = begin[0], place1 = begin[1], place2 = begin[2], place3 = begin[3];
    size_t i = 0;

    do {
        const size_t stop = i + 16;

        do {
            uint32_t seen = 0;

            place0 = take_token(s, base, place0, n, 0, i, &seen);
            place1 = take_token(s, base, place1, n, 1, i, &seen);
            place2 = take_token(s, base, place2, n, 2, i, &seen);
            place3 = take_token(s, base, place3, n, 3, i, &seen);
            if (__builtin_expect(seen & ENTRY_EXCEPTION, 0)) {
                unsigned taken = 0;

                for (unsigned k = 0; k < LANES; k++) {
                    const bool plain = !((n->second[k][i] | n->third[k][i]) & ENTRY_EXCEPTION);

                    count[k] = i + (plain || take_long_token(s, base, i ? n->end[k][i - 1] : begin[k], n, k, i));
                    taken += count[k] > i;
                }
                if (taken < LANES)
                    return;
                place0 = n->end[0][i];
                place1 = n->end[1][i];
                place2 = n->end[2][i];
                place3 = n->end[3][i];
            }
        } while (++i < stop);
    } while (i < TOKENS_MOST &&
             (place0 - begin[0] < enough || place1 - begin[1] < enough || place2 - begin[2] < enough));
    count[0] = count[1] = count[2] = count[3] = i;
}

typedef uint32_t eight __attribute__((vector_size(32)));
typedef int32_t eight_signed __attribute__((vector_size(32)));

/* Works out tokens i to i + 7; adds up their bytes, and how many are longer than COPY. */
static inline __attribute__((always_inline)) void work_out_eight(struct notes *n, unsigned lane, size_t i, int32_t most,
                                                                 eight *bytes, eight *longer)
{
    const eight one = {1, 1, 1, 1, 1, 1, 1, 1};
    eight first, second, third, bits2, bits3;

    memcpy(&first, &n->first[lane][i], sizeof first);
    memcpy(&second, &n->second[lane][i], sizeof second);
    memcpy(&third, &n->third[lane][i], sizeof third);
    memcpy(&bits2, &n->bits2[lane][i], sizeof bits2);
    memcpy(&bits3, &n->bits3[lane][i], sizeof bits3);

    const eight is_match = (eight)((eight_signed)(second << 16) >> 31);
    const eight extra2 = (bits2 & ((one << (second & 31)) - 1)) >> (second >> 8 & 31);
    const eight extra3 = (bits3 & ((one << (third & 31)) - 1)) >> (third >> 8 & 31);
    const eight length = (((second >> 16 & 255) + extra2 + (MATCH_MIN - 1)) & is_match) + 1;
    const eight distance = (third >> 16) + extra3;
    const eight overlaps = (eight)((eight_signed)length > (eight_signed)distance) & is_match;
    const eight is_long = (eight)((eight_signed)length > most) | overlaps;
    const eight literals = (first >> 15 & 1) ^ 1;
    const eight stored = distance | (is_long & (uint32_t)LONG);

    first = (first >> 16 & 255) | literals << 8;
    memcpy(&n->first[lane][i], &first, sizeof first);
    memcpy(&n->bits2[lane][i], &length, sizeof length);
    memcpy(&n->bits3[lane][i], &stored, sizeof stored);
    *bytes += literals + length;
    *longer -= (eight)((eight_signed)length > COPY); /* which is -1 */
}

static inline __attribute__((always_inline)) size_t work_out(struct notes *n, unsigned lane, size_t count,
                                                             int32_t most, size_t *longer)
{
    eight bytes = {0}, count_longer = {0};
    size_t all = 0;

    for (size_t i = count; i % 8 != 0; i++)
        n->first[lane][i] = n->second[lane][i] = n->third[lane][i] = n->bits2[lane][i] = n->bits3[lane][i] = 0;
    for (size_t i = 0; i < count; i += 8)
        work_out_eight(n, lane, i, most, &bytes, &count_longer);
    for (int k = 0; k < 8; k++) {
        all += bytes[k];
        *longer += count_longer[k];
    }
    return all;
}

typedef long long block32 __attribute__((vector_size(32), aligned(1), may_alias));

/* COPY bytes, or twice as many; if the blocks overlap, those are right that lie before their distance. */
static inline __attribute__((always_inline)) void copy_block(uint8_t *to, const uint8_t *from, bool twice)
{
    const block32 low = *(const block32 *)from;

    if (twice) {
        const block32 high = *(const block32 *)(from + COPY);

        *(block32 *)(to + COPY) = high;
    }
    *(block32 *)to = low;
}

/* A match whose source and destination overlap, or that is longer than COPY; may write COPY - 1 bytes beyond. */
static inline void copy_long(uint8_t *out, size_t distance, size_t length)
{
    uint8_t *const end = out + length;

    if (distance >= COPY) {
        do {
            copy_block(out, out - distance, false);
            out += COPY;
        } while (out < end);
    } else if (distance >= 8) {
        do {
            store64(out, load64(out - distance));
            out += 8;
        } while (out < end);
    } else if (distance == 1) {
        memset(out, out[-1], length);
    } else {
        do {
            *out = *(out - distance);
            out++;
        } while (out < end);
    }
}

/*
 * Carries out tokens i to count - 1 of a lane; stops at a distance that reaches too far, or, if it is to be looked at,
 * where out_stop is passed. Gives the number of the token that it stopped at.
 */
static inline __attribute__((always_inline)) size_t carry_out(const struct notes *n, unsigned lane, size_t i,
                                                              size_t count, uint8_t **out_io, const uint8_t *out_stop,
                                                              bool look, bool twice, const uint8_t *history)
{
    uint8_t *out = *out_io;

    for (; i < count && (!look || out <= out_stop); i++) {
        const uint8_t *const first = (const uint8_t *)&n->first[lane][i];
        const size_t length = n->bits2[lane][i];
        size_t distance = n->bits3[lane][i];
        uint8_t *to;

        *out = first[0];
        to = out + first[1];
        if (__builtin_expect(distance > (size_t)(to - history), 0)) {
            distance &= ~(uint32_t)LONG;
            if (distance > (size_t)(to - history))
                break;
            copy_long(to, distance, length);
        } else {
            /* A literal is copied like a match, from the entry itself. */
            const uint8_t *const literal = (const uint8_t *)&n->second[lane][i] + 2;
            const uint8_t *const from =
                (const uint8_t *)(uintptr_t)choose((uint32_t)distance, (uintptr_t)(to - distance), (uintptr_t)literal);

            copy_block(to, from, twice);
        }
        out = to + length;
    }
    *out_io = out;
    return i;
}

/*
 * Goes on with a lane until it is where the next one has been. Gives the number of the next one's token that follows,
 * or a number beyond all of them: TOKENS if one of the two has come to an end, UNMET if they do not meet.
 */
static inline size_t join_lanes(const struct sluice_inflater *s, const uint8_t *base, const uint32_t begin[LANES],
                                struct notes *n, size_t count[LANES], unsigned lane)
{
    const unsigned next = lane + 1;
    uint32_t here = count[lane] ? n->end[lane][count[lane] - 1] : begin[lane], there = begin[next];
    size_t i = 0;

    for (;;) {
        while (there < here && i < count[next])
            there = n->end[next][i++];
        if (there == here)
            return i;
        /* A lane that has not got that far was held to be faster than it is. */
        if (count[lane] == TOKENS)
            return here > begin[next] + SYNC_BITS ? UNMET : TOKENS;
        if (there < here || !take_any_token(s, base, here, n, lane, count[lane]))
            return TOKENS;
        here = n->end[lane][count[lane]++];
    }
}

/*
 * A round. Places count from the first bit of `base`, whose `size` bytes are the input; all that a round can read is
 * there, the rest being zeros. Lanes are `apart` bits apart. Gives the number of tokens carried out; fewer than `few`
 * are a strike if the reason is that lanes did not meet.
 */
static inline __attribute__((always_inline)) size_t decode_round(struct sluice_inflater *s, struct step *t,
                                                                 const uint8_t *base, size_t size, uint32_t apart,
                                                                 size_t few)
{
    _Alignas(64) struct notes n; /* vectors of 32 bytes do not cross lines */
    const uint32_t start = (0 - t->count) & 7, limit = size < INPUT_ENOUGH ? (uint32_t)size * 8 : UINT32_MAX;
    const uint32_t begin[LANES] = {start, start + apart, start + 2 * apart, start + 3 * apart};
    uint8_t *const out_stop = t->out_end - FAST_OUTPUT_MARGIN;
    /* Not all of a long history: LONG is to be more than any distance. */
    const uint8_t *const history = t->out - smaller((size_t)(t->out - t->history), WINDOW_MAX);
    size_t count[LANES], done = 0, skip = 0, longer = 0;
    uint32_t at = start;
    uint8_t *out = t->out;

    take_tokens(s, base, begin, apart + SYNC_BITS, &n, count);
    for (unsigned k = 0; k < LANES && skip < TOKENS; k++) {
        size_t next = k + 1 < LANES ? join_lanes(s, base, begin, &n, count, k) : TOKENS;

        for (; count[k] > skip && n.end[k][count[k] - 1] > limit; count[k]--)
            next = TOKENS;

        const bool twice = s->long_matches;
        const size_t bytes = work_out(&n, k, count[k], twice ? 2 * COPY : COPY, &longer);
        size_t i;

        if ((size_t)(t->out_end - out) <= bytes + FAST_OUTPUT_MARGIN)
            i = carry_out(&n, k, skip, count[k], &out, out_stop, true, true, history);
        else if (twice)
            i = carry_out(&n, k, skip, count[k], &out, out_stop, false, true, history);
        else
            i = carry_out(&n, k, skip, count[k], &out, out_stop, false, false, history);
        if (i > skip)
            at = n.end[k][i - 1];
        done += i - skip;
        if (i < count[k])
            break;
        skip = next;
    }
    s->long_matches = longer > (count[0] + count[1]) / 8;
    s->strikes = (uint8_t)(s->strikes + (skip == UNMET && done < few));
    if (done >= 64) {
        s->token_bits = (uint16_t)((at - start) * 16 / done);
        s->token_bytes = (uint16_t)((size_t)(out - t->out) * 16 / done);
    }
    t->out = out;
    if (at - start <= t->count) {
        drop(t, at - start); /* the bits may be from before this step's input: they cannot be given back */
    } else {
        t->in = t->in - ((start + t->count) >> 3) + ((at + 7) >> 3);
        t->count = (0 - at) & 7;
        t->bits = t->count ? (uint64_t)t->in[-1] >> (8 - t->count) : 0;
    }
    return done;
}

static inline __attribute__((always_inline)) void lanes_loop(struct sluice_inflater *s, struct step *t)
{
    while (s->strikes < LANE_STRIKES) {
        const ptrdiff_t room = t->out_end - t->out - FAST_OUTPUT_MARGIN;
        const size_t front = (t->count + 7) >> 3; /* bytes that the bit buffer holds, the first not as a whole */
        const bool taken_before = (size_t)(t->in - t->in_begin) < front;
        const uint8_t *base = t->in - (taken_before ? 0 : front);
        size_t size = (size_t)(t->in_end - t->in) + front;
        uint8_t padded[INPUT_ENOUGH + INPUT_BEHIND];
        size_t aim = TOKENS_AIM, done;

        /* Near the end of input or room the lanes are shorter, so that they get just there. */
        aim = smaller(aim, room < 0 ? 0 : (size_t)room * 16 / (LANES * (s->token_bytes + 1u)));
        if (aim < TOKENS_FEW)
            break;
        if (size < INPUT_ENOUGH)
            aim = smaller(aim, size * 8 * 16 / (LANES * (s->token_bits + 1u)));
        if (aim < TOKENS_LEAST && size < INPUT_ENOUGH)
            break;
        if (size < INPUT_ENOUGH || taken_before) {
            size = smaller(size, INPUT_ENOUGH);
            store64(padded, low_bits(t->bits, t->count) << ((0 - t->count) & 7));
            memcpy(padded + front, t->in, size - front);
            memset(padded + size, 0, INPUT_BEHIND);
            base = padded;
        }
        if (t->out - t->folded >= FOLD_SIZE)
            sluice_inflate_fold(s, t);
        done = decode_round(s, t, base, size, (uint32_t)(s->token_bits * aim / 16), 2 * aim);
        if (done < TOKENS_FEW)
            break;
    }
}

/* Placed as take_tokens() is. */
__attribute__((aligned(64), target("bmi,bmi2,avx2"))) static void lanes_avx2(struct sluice_inflater *s, struct step *t)
{
    __asm__ volatile(".skip 48, 0x90");
    lanes_loop(s, t);
}

void (*sluice_inflate_lanes(void))(struct sluice_inflater *, struct step *)
{
    return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("avx2") ? lanes_avx2 : lanes_none;
}

#else

void (*sluice_inflate_lanes(void))(struct sluice_inflater *, struct step *)
{
    return lanes_none;
}

#endif
