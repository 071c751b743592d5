/*
 * fast.c: the fast loop: the literals and matches of a block while there is plenty of input and room.
 *
 * It runs while at least FAST_INPUT_MARGIN bytes of input and FAST_OUTPUT_MARGIN bytes of room remain, so that nothing
 * inside an iteration needs a check. Whatever is not a plain literal or match (the end of the block, a defect) it
 * leaves untouched, for the careful path in block.c to judge.
 */
#include "inflate/state.h"

#include <string.h>

/* The most that an iteration writes: two literals, a match, and what a copy in whole words runs over. */
_Static_assert(FAST_OUTPUT_MARGIN >= 2 + MATCH_MAX + 32, "an iteration stays within the room");
/* Two refills of at most 7 bytes each, both by loads of 8. */
_Static_assert(FAST_INPUT_MARGIN >= 7 + 7 + 8, "an iteration stays within the input");
/* After a refill there are 56 bits: two literals of the root table, then a length with its extra bits. */
_Static_assert(2 * LITLEN_ROOT + CODE_BITS_MAX + 5 <= 56, "one refill is enough before the distance");
/* After the second refill: a distance with its extra bits, then the look-up of the next symbol. */
_Static_assert(CODE_BITS_MAX + 13 + LITLEN_ROOT <= 56, "one refill is enough for the distance");

/*
 * Copies `length` bytes from `distance` before `out`; may write up to 31 bytes beyond. An 8-byte word may be copied at
 * once where the distance is 8 or more; shorter distances repeat a pattern, which is first spread over 8 bytes.
 */
static inline __attribute__((always_inline)) void copy_match(uint8_t *out, size_t distance, size_t length)
{
    const uint8_t *from = out - distance;
    uint8_t *const end = out + length;

    if (distance >= 16) {
        memcpy(out, from, 16);
        memcpy(out + 16, from + 16, 16);
        for (out += 32, from += 32; out < end; out += 32, from += 32) {
            memcpy(out, from, 16);
            memcpy(out + 16, from + 16, 16);
        }
    } else if (distance >= 8) {
        do {
            store64(out, load64(from));
            store64(out + 8, load64(from + 8));
            out += 16;
            from += 16;
        } while (out < end);
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
        /* Each word repeats the pattern at least once more. */
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

static inline __attribute__((always_inline)) void fast_loop(struct sluice_inflater *s, struct step *t)
{
    const uint8_t *in = t->in, *start_in;
    const uint8_t *const in_stop = t->in_end - FAST_INPUT_MARGIN;
    uint8_t *out = t->out;
    uint8_t *const out_stop = t->out_end - t->folded < FOLD_SIZE + FAST_OUTPUT_MARGIN
                                  ? t->out_end - FAST_OUTPUT_MARGIN
                                  : t->folded + FOLD_SIZE;
    const uint8_t *const history = t->history;
    const uint32_t *const litlen = s->litlen, *const distances = s->distances;
    const uint64_t litlen_mask = (UINT64_C(1) << LITLEN_ROOT) - 1;
    const uint64_t distance_mask = (UINT64_C(1) << DISTANCE_ROOT) - 1;
    uint64_t bits = t->bits, start_bits;
    uint32_t count = t->count, start_count;
    uint32_t entry;
    size_t length, distance;

    REFILL();
    entry = litlen[bits & litlen_mask];
    do {
        if (entry_is_literal(entry)) {
            *out++ = (uint8_t)(entry >> 16);
            CONSUME(entry);
            entry = litlen[bits & litlen_mask];
            if (entry_is_literal(entry)) {
                *out++ = (uint8_t)(entry >> 16);
                CONSUME(entry);
                entry = litlen[bits & litlen_mask];
                if (entry_is_literal(entry)) {
                    *out++ = (uint8_t)(entry >> 16);
                    CONSUME(entry);
                    entry = litlen[bits & litlen_mask];
                    REFILL();
                    continue;
                }
            }
        }

        start_bits = bits;
        start_count = count;
        start_in = in;
        if (entry & ENTRY_EXCEPTION) {
            if (!(entry & ENTRY_SUBTABLE))
                goto exception;
            bits >>= LITLEN_ROOT;
            count -= LITLEN_ROOT;
            entry = litlen[subtable_offset(entry) + low_bits(bits, subtable_index_bits(entry))];
            if (entry_is_literal(entry)) {
                *out++ = (uint8_t)(entry >> 16);
                CONSUME(entry);
                entry = litlen[bits & litlen_mask];
                REFILL();
                continue;
            }
            if (entry & ENTRY_EXCEPTION)
                goto exception;
        }
        length = MATCH_MIN + entry_value(entry) + (low_bits(bits, entry_bits(entry)) >> entry_code_bits(entry));
        CONSUME(entry);

        entry = distances[bits & distance_mask];
        if ((count & 63) < CODE_BITS_MAX + 13 + LITLEN_ROOT)
            REFILL();
        if (entry & ENTRY_EXCEPTION) {
            if (!(entry & ENTRY_SUBTABLE))
                goto exception;
            bits >>= DISTANCE_ROOT;
            count -= DISTANCE_ROOT;
            entry = distances[subtable_offset(entry) + low_bits(bits, subtable_index_bits(entry))];
            if (entry & ENTRY_EXCEPTION)
                goto exception;
        }
        distance = entry_distance(entry) + (low_bits(bits, entry_bits(entry)) >> entry_code_bits(entry));
        CONSUME(entry);
        if (distance > (size_t)(out - history))
            goto exception;
        entry = litlen[bits & litlen_mask];
        REFILL();
        copy_match(out, distance, length);
        out += length;
    } while (in <= in_stop && out <= out_stop);
    start_bits = bits;
    start_count = count;
    start_in = in;
exception:
    t->in = start_in;
    t->out = out;
    t->count = start_count & 63;
    t->bits = low_bits(start_bits, t->count);
}

static void fast_plain(struct sluice_inflater *s, struct step *t)
{
    fast_loop(s, t);
}

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)

__attribute__((target("bmi,bmi2"))) static void fast_bmi2(struct sluice_inflater *s, struct step *t)
{
    fast_loop(s, t);
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
