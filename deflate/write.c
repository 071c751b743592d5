/*
 * write.c: blocks as bits: the header of a block, its tokens in their codes, stored runs (RFC 1951 3.2.3 to 3.2.7).
 *
 * Tokens are written straight into the caller's room while there are WRITE_MARGIN bytes of it, and else into the
 * pending buffer, which is then put out as room comes. So nothing inside a token has to look at the room.
 */
#include "deflate/bits.h"
#include "deflate/state.h"
#include "deflate/huffman.h"
#include "deflate/tokens.h"

#include <assert.h>
#include <string.h>

/* 17 bits, 19 lengths of the code length code, and each code length in up to 7 bits and 7 extra bits */
_Static_assert((17 + 3 * PRECODE_SYMBOLS + 14 * (LITLEN_SYMBOLS + DISTANCE_SYMBOLS)) / 8 + 2 * BITS_MARGIN <=
                   WRITE_MARGIN,
               "the header of a block fits");
_Static_assert((LITLEN_LIMIT * TOKEN_RUN_MAX + LITLEN_LIMIT + 5 + CODE_BITS_MAX + 13) / 8 + 2 * BITS_MARGIN <=
                   WRITE_MARGIN,
               "a token fits");
_Static_assert(4 * LITLEN_LIMIT + 7 <= 64, "four literals are put between two flushes");
_Static_assert(LITLEN_LIMIT + 5 + CODE_BITS_MAX + 13 + 7 <= 64, "a match is put between two flushes");

_Static_assert(LITERALS_AT_ONCE * LITLEN_LIMIT + 7 <= 64, "they are put between two flushes");

/* ---- Pending ---- */

bool sluice_write_pending(struct sluice_deflater *s, sluice_output *out)
{
    const size_t room = out->size - out->pos, waiting = s->pending_end - s->pending_begin;
    const size_t n = waiting < room ? waiting : room;

    if (n > 0)
        memcpy((uint8_t *)out->data + out->pos, s->pending + s->pending_begin, n);
    out->pos += n;
    s->pending_begin += (uint32_t)n;
    if (s->pending_begin < s->pending_end)
        return false;
    s->pending_begin = s->pending_end = 0;
    return true;
}

void sluice_pend_bits(struct sluice_deflater *s, uint32_t bits, unsigned count)
{
    struct bits b = {s->bits, s->bit_count, s->pending + s->pending_end};

    assert(s->pending_end + BITS_MARGIN <= PENDING_SIZE);
    bits_put(&b, bits, count);
    bits_flush(&b);
    s->bits = b.bits;
    s->bit_count = b.count;
    s->pending_end = (uint32_t)(b.out - s->pending);
}

void sluice_pend_align(struct sluice_deflater *s)
{
    sluice_pend_bits(s, 0, (8 - s->bit_count) & 7);
}

void sluice_pend_byte(struct sluice_deflater *s, unsigned byte)
{
    sluice_pend_bits(s, byte, 8);
}

/* ---- Stored (3.2.4) ---- */

bool sluice_write_run(struct sluice_deflater *s, sluice_output *out)
{
    if (!s->begun_block) {
        s->stored_left = s->run_size < sluice_run_limit(s) ? s->run_size : sluice_run_limit(s);
        sluice_pend_bits(s, (s->run_last && s->stored_left == s->run_size ? 1u : 0) | BLOCK_STORED << 1, 3);
        sluice_pend_align(s);
        sluice_pend_bits(s, (uint32_t)s->stored_left, 16);
        sluice_pend_bits(s, (uint32_t)s->stored_left ^ 0xffff, 16);
        s->begun_block = true;
    }
    if (!sluice_write_pending(s, out))
        return false;

    const size_t room = out->size - out->pos;
    const size_t n = s->stored_left < room ? s->stored_left : room;

    if (n > 0)
        memcpy((uint8_t *)out->data + out->pos, s->data + s->run, n);
    out->pos += n;
    s->run += n;
    s->run_size -= n;
    s->stored_left -= n;
    if (s->stored_left > 0)
        return false;
    s->begun_block = false;
    return true;
}

/* ---- Coded ---- */

#define INLINE static inline __attribute__((always_inline))

INLINE void put_code(struct bits *b, uint32_t code)
{
    b->bits |= (uint64_t)code_bits(code) << (b->count & BITS_COUNT_MASK);
    b->count += code; /* its length, and what stands above it, which does not count */
}

static uint8_t *write_dynamic_header(struct sluice_deflater *s, uint8_t *out)
{
    static const uint8_t extra_bits[PRECODE_SYMBOLS] = {
        [PRECODE_COPY] = 2, [PRECODE_ZEROS] = 3, [PRECODE_ZEROS_LONG] = 7};
    const struct dynamic *const d = &s->dynamic;
    struct bits b = {s->bits, s->bit_count, out};
    uint32_t precode[PRECODE_SYMBOLS];

    bits_put(&b, (uint32_t)(d->hlit - 257) | (uint32_t)(d->hdist - 1) << 5 | (uint32_t)(d->hclen - 4) << 10, 5 + 5 + 4);
    bits_flush(&b);
    for (unsigned i = 0; i < d->hclen; i++) {
        bits_put(&b, d->precode[sluice_precode_order[i]], 3);
        if (i % 16 == 15)
            bits_flush(&b);
    }
    bits_flush(&b);
    sluice_huffman_codes(precode, d->precode, PRECODE_SYMBOLS);
    for (unsigned i = 0; i < d->items; i++) {
        const unsigned symbol = d->item[i] & 31, extra = d->item[i] >> 5;

        put_code(&b, precode[symbol]);
        bits_put(&b, extra, extra_bits[symbol]);
        if (i % 3 == 2)
            bits_flush(&b);
    }
    bits_flush(&b);
    s->bits = b.bits;
    s->bit_count = b.count;
    return b.out;
}

INLINE void put_literals(struct bits *b, const uint32_t *codes, const uint8_t *literals, unsigned n)
{
    for (; n >= 4; n -= 4, literals += 4) {
        put_code(b, codes[literals[0]]);
        put_code(b, codes[literals[1]]);
        put_code(b, codes[literals[2]]);
        put_code(b, codes[literals[3]]);
        bits_flush(b);
    }
    if (n == 0)
        return;
    put_code(b, codes[literals[0]]);
    if (n > 1)
        put_code(b, codes[literals[1]]);
    if (n > 2)
        put_code(b, codes[literals[2]]);
    bits_flush(b);
}

/*
 * The literals before a match: mostly a few, and nobody can foresee how many. So the last LITERALS_AT_ONCE are always
 * made a word of, and so many of its bits are put as belong to those that there are.
 */
INLINE void put_run(struct bits *b, const uint32_t *codes, const uint8_t *literals, unsigned n)
{
    for (; n > LITERALS_AT_ONCE; n -= LITERALS_AT_ONCE, literals += LITERALS_AT_ONCE) {
        for (unsigned k = 0; k < LITERALS_AT_ONCE; k++)
            put_code(b, codes[literals[k]]);
        bits_flush(b);
    }

    const uint32_t first = codes[literals[0]], second = codes[literals[1]];
    const uint32_t third = codes[literals[2]], fourth = codes[literals[3]];
    const uint32_t two = first + second, three = two + third, four = three + fourth; /* as put_code() counts */
    const uint64_t word = code_bits(first) | (uint64_t)code_bits(second) << (first & BITS_COUNT_MASK) |
                          (uint64_t)code_bits(third) << (two & BITS_COUNT_MASK) |
                          (uint64_t)code_bits(fourth) << (three & BITS_COUNT_MASK);
    /* A byte each for the bits of none of them, one, two, three and four: compilers make branches of a choice. */
    const uint64_t counts = code_length(first) << 8 | code_length(two) << 16 | three << 24 | (uint64_t)four << 32;
    const uint32_t count = (uint32_t)(counts >> 8 * n);

    b->bits |= (word & ~(~UINT64_C(0) << (count & BITS_COUNT_MASK))) << (b->count & BITS_COUNT_MASK);
    b->count += count;
    bits_flush(b);
}

INLINE void put_match(struct bits *b, const uint32_t *length_code, const uint32_t *distance_code, uint32_t token)
{
    const unsigned index = token_distance_index(token), extra = distance_extra(index);

    put_code(b, length_code[token_length_index(token)]);
    put_code(b, distance_code[distance_symbol(index)]);
    bits_put(b, index & ~(~0u << extra), extra);
    bits_flush(b);
}

/* Writes tokens to [out, end) while a whole one surely fits, then the end of the block. Gives the new out. */
INLINE uint8_t *write_them(struct sluice_deflater *s, uint8_t *out, uint8_t *end)
{
    const uint32_t *const tokens = tokens_of(s);
    const uint8_t *literals = literals_of(s) + s->written.literals;
    struct bits b = {s->bits, s->bit_count, out};
    uint32_t t = s->written.tokens;

    for (; end - b.out >= WRITE_MARGIN; t++) {
        if (t == s->cut.tokens) {
            put_code(&b, s->litlen_code[END_OF_BLOCK]);
            bits_flush(&b);
            s->tokens_out = true;
            break;
        }
        if (token_is_literals(tokens[t])) {
            const uint32_t left = s->run_left ? s->run_left : token_literals(tokens[t]);
            const uint32_t n = left < TOKEN_RUN_MAX ? left : TOKEN_RUN_MAX;

            put_literals(&b, s->litlen_code, literals, n);
            literals += n;
            s->run_left = left - n;
            if (s->run_left > 0)
                t--;
            continue;
        }
        put_run(&b, s->litlen_code, literals, token_run(tokens[t]));
        literals += token_run(tokens[t]);
        put_match(&b, s->length_code, s->distance_code, tokens[t]);
    }
    s->written.tokens = t;
    s->written.literals = (uint32_t)(literals - literals_of(s));
    s->bits = b.bits;
    s->bit_count = b.count;
    return b.out;
}

static uint8_t *write_plainly(struct sluice_deflater *s, uint8_t *out, uint8_t *end)
{
    return write_them(s, out, end);
}

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)

/* The same by instructions that shift by any register and cut off any number of bits. */
__attribute__((target("bmi,bmi2"))) static uint8_t *write_bmi2(struct sluice_deflater *s, uint8_t *out, uint8_t *end)
{
    return write_them(s, out, end);
}

static uint8_t *write_tokens(struct sluice_deflater *s, uint8_t *out, uint8_t *end)
{
    if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
        return write_bmi2(s, out, end);
    return write_plainly(s, out, end);
}

#else

static uint8_t *write_tokens(struct sluice_deflater *s, uint8_t *out, uint8_t *end)
{
    return write_plainly(s, out, end);
}

#endif

bool sluice_write_block(struct sluice_deflater *s, sluice_output *out)
{
    if (!s->begun_block) {
        s->begun_block = true;
        s->tokens_out = false;
        s->written = (struct mark){0};
        s->run_left = 0;
        sluice_pend_bits(s, (s->last ? 1u : 0) | (s->fixed ? 1u * BLOCK_FIXED : 1u * BLOCK_DYNAMIC) << 1, 3);
        if (!s->fixed)
            s->pending_end = (uint32_t)(write_dynamic_header(s, s->pending + s->pending_end) - s->pending);
    }
    for (;;) {
        if (!sluice_write_pending(s, out))
            return false;
        if (s->tokens_out) {
            s->begun_block = false;
            return true;
        }
        if (out->size - out->pos >= WRITE_MARGIN) {
            uint8_t *const data = out->data;

            out->pos = (size_t)(write_tokens(s, data + out->pos, data + out->size) - data);
        } else {
            s->pending_end = (uint32_t)(write_tokens(s, s->pending, s->pending + PENDING_SIZE) - s->pending);
        }
    }
}
