/*
 * fast.c: the fast loop: the literals and matches of a block while there is plenty of input and room.
 *
 * It runs while at least FAST_INPUT_MARGIN bytes of input and FAST_OUTPUT_MARGIN bytes of room remain, so that nothing
 * inside an iteration needs a check. Where less room is left, which is a third of a stream of 1 KB, a second copy of it
 * looks at each match whether it fits. Whatever is not a plain literal or match (the end of the block, a defect) it
 * leaves untouched, for the careful path in block.c to judge.
 */
#include "inflate/state.h"

#include <string.h>

#if defined(__GNUC__) && !defined(__clang__)
/* Measured: 3 % faster than -O2; but the copy must not be made a loop over vectors, most matches are short. */
#pragma GCC optimize("O3", "no-tree-vectorize")
#endif

enum {
    COPY_BEYOND = 39, /* bytes that a copy may write beyond its end */
    NEAR_MARGIN = 8   /* room for the literals of an iteration */
};

/* The most that an iteration writes: two literals, a match, and what a copy in whole words runs over. */
_Static_assert(FAST_OUTPUT_MARGIN >= 2 + MATCH_MAX + COPY_BEYOND, "an iteration stays within the room");
/* Two refills of at most 7 bytes each, both by loads of 8. */
_Static_assert(FAST_INPUT_MARGIN >= 7 + 7 + 8, "an iteration stays within the input");
/* After a refill there are 56 bits: two literals of the root table, then a length with its extra bits. */
_Static_assert(2 * LITLEN_ROOT + CODE_BITS_MAX + 5 <= 56, "one refill is enough before the distance");
/* After the second refill: a distance with its extra bits, then the look-up of the next symbol. */
_Static_assert(CODE_BITS_MAX + 13 + LITLEN_ROOT <= 56, "one refill is enough for the distance");

/* Five words, one after the other: the next may lie where the one before has just been put. */
static inline __attribute__((always_inline)) void copy_words(uint8_t *out, const uint8_t *from)
{
    store64(out, load64(from));
    store64(out + 8, load64(from + 8));
    store64(out + 16, load64(from + 16));
    store64(out + 24, load64(from + 24));
    store64(out + 32, load64(from + 32));
}

/*
 * Copies `length` bytes from `distance` before `out`; may write up to COPY_BEYOND bytes beyond. An 8-byte word may be
 * copied at once where the distance is 8 or more; most matches are done with five of them. Shorter distances repeat a
 * pattern: each word repeats it at least once more.
 */
static inline __attribute__((always_inline)) void copy_match(uint8_t *out, size_t distance, size_t length)
{
    const uint8_t *from = out - distance;
    uint8_t *const end = out + length;

    if (__builtin_expect(distance >= 8, 1)) {
        copy_words(out, from);
        if (__builtin_expect(length > 40, 0))
            do {
                out += 40;
                from += 40;
                copy_words(out, from);
            } while (out + 40 < end);
    } else if (distance == 1) {
        const uint64_t pattern = from[0] * UINT64_C(0x0101010101010101);

        do {
            store64(out, pattern);
            store64(out + 8, pattern);
            store64(out + 16, pattern);
            store64(out + 24, pattern);
            out += 32;
        } while (out < end);
    } else {
        do {
            store64(out, load64(from));
            out += distance;
            store64(out, load64(from));
            out += distance;
        } while (out < end);
    }
}

/* Of `count` only the lowest six bits count: whole entries are subtracted from it. */
#define REFILL() \
    do { \
        bits |= load64(in) << (count & 63); \
        in += 7 - (count >> 3 & 7); \
        count |= 56; \
    } while (0)
#define CONSUME(entry) (bits >>= (entry) & 63, count -= (entry))

/* The lowest bits of `bits`, of which byte 0 of an entry says how many: an instruction of its own in BMI2. */
typedef uint64_t low_by_entry(uint64_t bits, uint32_t entry);

static inline uint64_t low_plain(uint64_t bits, uint32_t entry)
{
    return low_bits(bits, entry_bits(entry));
}

/* The extra bits of an entry that is a length or a distance, of which `bits` begins with its codeword. */
static inline __attribute__((always_inline)) size_t extra(low_by_entry *low, uint64_t bits, uint32_t entry)
{
    return (size_t)(low(bits, entry) >> entry_code_bits(entry));
}

/* A distance that is not plain, which is a defect: the careful path judges it. */
static void hand_over(struct sluice_inflater *s, size_t length)
{
    s->length = (unsigned)length;
    s->state = STATE_DISTANCE;
}

/* near: there is less room than FAST_OUTPUT_MARGIN. */
static inline __attribute__((always_inline)) void fast_loop(struct sluice_inflater *s, struct step *t,
                                                            low_by_entry *low, bool near)
{
    const uint8_t *in = t->in;
    const uint8_t *const in_stop = t->in_end - FAST_INPUT_MARGIN;
    uint8_t *out = t->out;
    uint8_t *const out_end = t->out_end;
    uint8_t *const out_stop = near                                                  ? out_end - NEAR_MARGIN
                              : out_end - t->folded < FOLD_SIZE + FAST_OUTPUT_MARGIN ? out_end - FAST_OUTPUT_MARGIN
                                                                                    : t->folded + FOLD_SIZE;
    const uint8_t *const history = t->history;
    const uint32_t *const litlen = s->litlen, *const distances = s->distances;
    const uint64_t litlen_mask = (UINT64_C(1) << LITLEN_ROOT) - 1;
    const uint64_t distance_mask = (UINT64_C(1) << DISTANCE_ROOT) - 1;
    uint64_t bits = t->bits, saved, before;
    uint32_t count = t->count, entry, root_entry;
    size_t length, distance;
    uint8_t literal;

    REFILL();
    entry = litlen[bits & litlen_mask];
    do {
        saved = bits;
        CONSUME(entry);
        if (entry_is_literal(entry)) {
            literal = (uint8_t)(entry >> 16);
            entry = litlen[bits & litlen_mask];
            saved = bits;
            CONSUME(entry);
            *out++ = literal;
            if (entry_is_literal(entry)) {
                literal = (uint8_t)(entry >> 16);
                entry = litlen[bits & litlen_mask];
                saved = bits;
                CONSUME(entry);
                *out++ = literal;
                if (entry_is_literal(entry)) {
                    literal = (uint8_t)(entry >> 16);
                    entry = litlen[bits & litlen_mask];
                    REFILL();
                    *out++ = literal;
                    continue;
                }
            }
        }
        root_entry = 0;
        before = saved;
        if (__builtin_expect(entry & ENTRY_EXCEPTION, 0)) {
            root_entry = entry;
            if (!(entry & ENTRY_SUBTABLE)) {
                count += entry;
                bits = saved;
                break;
            }
            entry = litlen[subtable_offset(entry) + low_bits(bits, subtable_index_bits(entry))];
            if (entry & ENTRY_EXCEPTION) {
                count += root_entry;
                bits = saved;
                break;
            }
            saved = bits;
            CONSUME(entry);
            if (entry_is_literal(entry)) {
                literal = (uint8_t)(entry >> 16);
                entry = litlen[bits & litlen_mask];
                REFILL();
                *out++ = literal;
                continue;
            }
        }
        length = MATCH_MIN + (entry >> 16) + extra(low, saved, entry);
        if (near && length + COPY_BEYOND > (size_t)(out_end - out)) {
            count += root_entry + entry;
            bits = before;
            break;
        }

        entry = distances[bits & distance_mask];
        if (__builtin_expect(entry & ENTRY_EXCEPTION, 0)) {
            if ((count & 63) < CODE_BITS_MAX + 13 + LITLEN_ROOT)
                REFILL();
            if (!(entry & ENTRY_SUBTABLE)) {
                hand_over(s, length);
                break;
            }
            saved = bits;
            bits >>= DISTANCE_ROOT;
            entry = distances[subtable_offset(entry) + low_bits(bits, subtable_index_bits(entry))];
            distance = entry & ENTRY_EXCEPTION ? SIZE_MAX : entry_distance(entry) + extra(low, bits, entry);
            if (distance > (size_t)(out - history)) {
                bits = saved;
                hand_over(s, length);
                break;
            }
            count -= DISTANCE_ROOT;
            CONSUME(entry);
        } else {
            if (__builtin_expect((count & 63) < DISTANCE_ROOT + 13 + LITLEN_ROOT, 0))
                REFILL();
            distance = entry_distance(entry) + extra(low, bits, entry);
            if (__builtin_expect(distance > (size_t)(out - history), 0)) {
                hand_over(s, length);
                break;
            }
            CONSUME(entry);
        }
        entry = litlen[bits & litlen_mask];
        REFILL();
        copy_match(out, distance, length);
        out += length;
    } while (in <= in_stop && out <= out_stop);
    t->in = in;
    t->out = out;
    t->count = count & 63;
    t->bits = low_bits(bits, t->count);
}

static inline __attribute__((always_inline)) void fast_loops(struct sluice_inflater *s, struct step *t,
                                                             low_by_entry *low)
{
    if (t->out_end - t->out >= FAST_OUTPUT_MARGIN)
        fast_loop(s, t, low, false);
    else
        fast_loop(s, t, low, true);
}

static void fast_plain(struct sluice_inflater *s, struct step *t)
{
    fast_loops(s, t, low_plain);
}

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)

__attribute__((target("bmi,bmi2"))) static inline uint64_t low_bmi2(uint64_t bits, uint32_t entry)
{
    return __builtin_ia32_bzhi_di(bits, entry);
}

/*
 * Where the loop's branches lie within the lines of the instruction cache makes 2 % on binaries and 6 % on text. Of
 * eight places tried, this is one of the two good ones for gcc 12's code; others lose nothing by it.
 */
__attribute__((target("bmi,bmi2"), aligned(64))) static void fast_bmi2(struct sluice_inflater *s, struct step *t)
{
    __asm__ volatile(".skip 32, 0x90");
    fast_loops(s, t, low_bmi2);
}

void (*sluice_inflate_fast(void))(struct sluice_inflater *, struct step *)
{
    return __builtin_cpu_supports("bmi2") ? fast_bmi2 : fast_plain;
}

#else

void (*sluice_inflate_fast(void))(struct sluice_inflater *, struct step *)
{
    return fast_plain;
}

#endif
