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
        do {
            memcpy(out, from, 16);
            out += 16;
            from += 16;
        } while (out < end);
    } else if (distance >= 8) {
        do {
            store64(out, load64(from));
            store64(out + 8, load64(from + 8));
            out += 16;
            from += 16;
        } while (out < end);
    } else if (distance == 1) {
        memset(out, from[0], length);
    } else {
        do
            *out++ = *from++;
        while (out < end);
    }
}

static inline __attribute__((always_inline)) void fast_loop(struct sluice_inflater *s, struct step *t)
{
    const uint8_t *in = t->in;
    const uint8_t *const in_stop = t->in_end - FAST_INPUT_MARGIN;
    uint8_t *out = t->out;
    uint8_t *const out_stop = t->out_end - t->folded < FOLD_SIZE + FAST_OUTPUT_MARGIN
                                  ? t->out_end - FAST_OUTPUT_MARGIN
                                  : t->folded + FOLD_SIZE;
    const uint8_t *const history = t->history;
    const uint32_t *const litlen = s->litlen, *const distances = s->distances;
    const uint64_t litlen_mask = (UINT64_C(1) << s->litlen_root) - 1;
    const uint64_t distance_mask = (UINT64_C(1) << s->distance_root) - 1;
    uint64_t bits = t->bits, start_bits;
    unsigned count = t->count, start_count;
    uint32_t entry;
    size_t length, distance;

    while (in <= in_stop && out <= out_stop) {
        bits |= load64(in) << count;
        in += (63 - count) >> 3;
        count |= 56;

        entry = litlen[bits & litlen_mask];
        if (entry & ENTRY_LITERAL) {
            *out++ = (uint8_t)(entry >> 16);
            bits >>= entry & 63;
            count -= entry & 63;
            entry = litlen[bits & litlen_mask];
            if (entry & ENTRY_LITERAL) {
                *out++ = (uint8_t)(entry >> 16);
                bits >>= entry & 63;
                count -= entry & 63;
                entry = litlen[bits & litlen_mask];
                if (entry & ENTRY_LITERAL) {
                    *out++ = (uint8_t)(entry >> 16);
                    bits >>= entry & 63;
                    count -= entry & 63;
                    continue;
                }
            }
        }

        start_bits = bits;
        start_count = count;
        if (entry & ENTRY_EXCEPTION) {
            if (!(entry & ENTRY_SUBTABLE))
                goto exception;
            bits >>= s->litlen_root;
            count -= s->litlen_root;
            entry = litlen[entry_offset(entry) + low_bits(bits, entry_code_bits(entry))];
            if (entry & ENTRY_LITERAL) {
                *out++ = (uint8_t)(entry >> 16);
                bits >>= entry & 63;
                count -= entry & 63;
                continue;
            }
            if (entry & ENTRY_EXCEPTION)
                goto exception;
        }
        length = entry_length(entry) + (low_bits(bits, entry & 63) >> entry_code_bits(entry));
        bits >>= entry & 63;
        count -= entry & 63;

        bits |= load64(in) << count;
        const unsigned refilled = (63 - count) >> 3;
        in += refilled;
        count |= 56;
        entry = distances[bits & distance_mask];
        if (entry & ENTRY_FAR_EXCEPTION) {
            if (!(entry & ENTRY_SUBTABLE)) {
                in -= refilled;
                goto exception;
            }
            bits >>= s->distance_root;
            count -= s->distance_root;
            entry = distances[entry_offset(entry) + low_bits(bits, entry_code_bits(entry))];
            if (entry & ENTRY_FAR_EXCEPTION) {
                in -= refilled;
                goto exception;
            }
        }
        distance = entry_distance(entry) + (low_bits(bits, entry & 63) >> entry_code_bits(entry));
        if (distance > (size_t)(out - history)) {
            in -= refilled;
            goto exception;
        }
        bits >>= entry & 63;
        count -= entry & 63;
        copy_match(out, distance, length);
        out += length;
    }
    start_bits = bits;
    start_count = count;
exception:
    t->in = in;
    t->out = out;
    t->count = start_count;
    t->bits = low_bits(start_bits, start_count);
}

static void fast_plain(struct sluice_inflater *s, struct step *t)
{
    fast_loop(s, t);
}

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)

__attribute__((target("bmi2"))) static void fast_bmi2(struct sluice_inflater *s, struct step *t)
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
