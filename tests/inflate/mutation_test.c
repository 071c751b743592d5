/*
 * mutation_test.c: the decoder against the reference decoder, on streams that nobody would write.
 *
 * Each round takes a stream (random blocks from bits_generate(), in a frame or bare, or one of vectors/), changes it or
 * leaves it, and decodes it three times: by the reference, by sluice_decompress(), and in random pieces by one of the
 * streaming forms. All must agree on verdict, bytes, position and the input taken. Everything follows from one seed
 * for each round, which is printed when something differs: `mutation_test SEED` runs that round alone, and
 * `mutation_test SEED COUNT` so many from there on. A hundred longer streams move the window on.
 */
#include "tests/support/bits.h"
#include "tests/support/check.h"
#include "tests/support/decode.h"
#include "tests/support/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS = 200000,
    LONG_ROUNDS = 100,
    FAILURES_MAX = 10, /* then it stops: they are mostly one and the same */
    STREAM_MAX = 6000,
    LONG_STREAM_MAX = 200000,
    LONG_OUTPUT = 150000,
    OUTPUT_MAX = 5000, /* of most rounds, so that a match of matches does not take the time of a hundred rounds */
    SEED_STREAMS_MAX = 256
};

static uint8_t dictionary[600];
static uint8_t reference_output[DECODE_ROOM];
static struct vector *seeds[SEED_STREAMS_MAX];
static size_t seed_count;

static unsigned below(uint64_t *random, size_t n)
{
    return (unsigned)((check_random(random) >> 33) % n);
}

static size_t put_bytes(uint8_t *p, uint64_t value, unsigned count, bool big_endian)
{
    for (unsigned i = 0; i < count; i++)
        p[i] = (uint8_t)(value >> 8 * (big_endian ? count - 1 - i : i));
    return count;
}

/* Puts the frame that `o` asks for around DEFLATE data, with checksums that are right if the data is. */
static size_t put_frame(const struct reference_options *o, uint64_t *random, const uint8_t *body, size_t body_size,
                        uint8_t *stream)
{
    static struct reference_result result;
    struct reference_options raw = *o;
    size_t n = 0;
    unsigned cinfo = below(random, 4) ? o->window_bits - 8 : below(random, 8);

    raw.format = SLUICE_RAW;
    raw.start_bit = 0;
    if (o->format == SLUICE_ZLIB && o->dictionary == NULL)
        raw.dictionary = NULL;
    reference_decode(&raw, body, body_size, reference_output, DECODE_ROOM, &result);

    const size_t length = (size_t)result.where.output;

    /* What the blocks did not take of the body is put behind the frame. */
    const size_t used = result.status == SLUICE_END ? (size_t)result.where.input : body_size;

    if (o->format == SLUICE_ZLIB) {
        const unsigned flags = (o->dictionary ? 32u : 0) | below(random, 4) << 6;
        const unsigned header = (cinfo << 4 | 8) << 8 | flags;

        n += put_bytes(stream, header + (31 - header % 31) % 31, 2, true);
        if (o->dictionary)
            n += put_bytes(stream + n, sluice_adler32(1, o->dictionary, o->dictionary_size), 4, true);
    } else if (o->format == SLUICE_GZIP) {
        const unsigned flags = below(random, 3) ? 0 : below(random, 32);

        n += put_bytes(stream, 0x00088b1f | (uint64_t)flags << 24 | check_random(random) << 32, 8, false);
        n += put_bytes(stream + n, 0xff00, 2, false);
        if (flags & 4) {
            const unsigned size = below(random, 20);

            n += put_bytes(stream + n, size, 2, false);
            for (unsigned i = 0; i < size; i++)
                stream[n++] = (uint8_t)below(random, 256);
        }
        for (unsigned flag = 8; flag <= 16; flag *= 2)
            if (flags & flag) {
                const unsigned size = below(random, 9);

                n += put_bytes(stream + n, check_random(random) | 0x0101010101010101, size, false);
                stream[n++] = 0;
            }
        if (flags & 2)
            n += put_bytes(stream + n, sluice_crc32(0, stream, n), 2, false);
    }
    memcpy(stream + n, body, used);
    n += used;
    if (o->format == SLUICE_ZLIB) {
        n += put_bytes(stream + n, sluice_adler32(1, reference_output, length), 4, true);
    } else if (o->format == SLUICE_GZIP) {
        n += put_bytes(stream + n, sluice_crc32(0, reference_output, length), 4, false);
        n += put_bytes(stream + n, length, 4, false);
    }
    memcpy(stream + n, body + used, body_size - used);
    return n + body_size - used;
}

/* Changes a few bits, bytes or the order of things. */
static size_t mutate(uint8_t *data, size_t size, uint64_t *random)
{
    for (unsigned times = 1 + below(random, 3); times > 0 && size > 0; times--) {
        const size_t at = below(random, 4) ? below(random, size) : below(random, size < 16 ? size : 16);

        switch (below(random, 8)) {
        case 0:
        case 1:
        case 2:
            data[at] ^= (uint8_t)(1u << below(random, 8));
            break;
        case 3:
            data[at] = (uint8_t)below(random, 256);
            break;
        case 4:
            memmove(data + at, data + at + 1, size - at - 1);
            size--;
            break;
        case 5:
            if (size < STREAM_MAX) {
                memmove(data + at + 1, data + at, size - at);
                data[at] = (uint8_t)below(random, 256);
                size++;
            }
            break;
        case 6:
            size = at;
            break;
        default: { /* one part over another */
            const size_t from = below(random, size), room = size - (at > from ? at : from);

            memmove(data + at, data + from, 1 + below(random, room));
        }
        }
    }
    return size;
}

static size_t make_stream(struct reference_options *o, uint64_t *random, uint8_t *stream)
{
    static uint8_t body[STREAM_MAX];
    struct bit_writer w = {.data = body, .size = 2500};
    size_t size;

    if (seed_count > 0 && below(random, 4) == 0) {
        const struct vector *v = seeds[below(random, seed_count)];

        *o = v->options;
        memcpy(stream, v->stream, v->stream_size);
        return mutate(stream, v->stream_size, random);
    }
    o->format = (sluice_format)below(random, 3);
    o->window_bits = below(random, 3) ? 15 : 8 + below(random, 8);
    o->max_output = below(random, 4) ? OUTPUT_MAX : 1 + below(random, 300);
    o->one_member = below(random, 8) == 0;
    if (o->format != SLUICE_GZIP && below(random, 5) == 0) {
        o->dictionary = dictionary;
        o->dictionary_size = 1 + below(random, sizeof dictionary);
    }
    if (o->format == SLUICE_RAW && below(random, 5) == 0) {
        o->start_bit = below(random, 8);
        bits_put(&w, check_random(random), o->start_bit);
    }
    bits_generate(&w, random, o->dictionary_size, 0);
    size = bits_bytes(&w);
    if (below(random, 2))
        size = mutate(body, size, random);
    if (o->format == SLUICE_RAW)
        memcpy(stream, body, size);
    else
        size = put_frame(o, random, body, size, stream);
    if (o->format == SLUICE_GZIP && below(random, 4) == 0) { /* another member */
        w.bit = 0;
        bits_generate(&w, random, 0, 0);
        size += put_frame(o, random, body, bits_bytes(&w), stream + size);
    }
    if (below(random, 8) == 0) {
        static const uint8_t trailing[] = {0x1f, 0x1f, 0x8b, 8, 0, 0};
        const size_t from = below(random, sizeof trailing), n = 1 + below(random, sizeof trailing - from);

        memcpy(stream + size, trailing + from, n);
        size += n;
    }
    if (below(random, 4) == 0)
        size = mutate(stream, size, random);
    if (o->format != SLUICE_RAW && !o->dictionary && below(random, 4) == 0)
        o->format = below(random, 2) ? SLUICE_AUTO : SLUICE_AUTO_RAW;
    else if (o->format == SLUICE_ZLIB && below(random, 16) == 0)
        o->dictionary = NULL, o->dictionary_size = 0;
    return size;
}

static unsigned long statuses[100];

static bool round_of(uint64_t seed)
{
    static uint8_t stream[4 * STREAM_MAX];
    static struct reference_result want;
    static struct decode_result got;
    struct reference_options o = {.window_bits = 15};
    uint64_t random = seed * 0x9e3779b97f4a7c15u + 1;
    const size_t size = make_stream(&o, &random, stream);
    const unsigned form = below(&random, 4);
    const unsigned flags = below(&random, 4) ? 0 : (unsigned)SLUICE_STOP_AT_BLOCK;
    static const size_t limits[] = {1, 2, 3, 7, 40, 400, 0};
    struct decode_cut cut = {0};
    bool ok = true;

    /* One draw a statement: the order must not be the compiler's choice. */
    cut.input = limits[below(&random, 7)];
    cut.output = limits[below(&random, 7)];
    cut.random = below(&random, 2) ? &random : NULL;
    cut.at_start = below(&random, 4) == 0;
    cut.copy_after = below(&random, 8) ? 0 : 1 + below(&random, 20);
    check_context("seed %llu: %zu bytes, format %d, window_bits %u, dictionary %zu, max_output %llu, start_bit %u",
                  (unsigned long long)seed, size, o.format, o.window_bits, o.dictionary_size,
                  (unsigned long long)o.max_output, o.start_bit);
    reference_decode(&o, stream, size, reference_output, DECODE_ROOM, &want);
    statuses[want.status < 0 ? -want.status : 80 + want.status]++;

    if (!o.dictionary && !o.start_bit) {
        /* Room for the output and no more, or so much more that the fast loop runs to the end. */
        const size_t room = (size_t)want.where.output + (below(&random, 2) ? 0 : 1000);

        decode_whole(&o, stream, size, room, cut.at_start, &got);
        ok &= decode_agrees(&got, &want, reference_output, "decode_whole");
    }
    (form == 0 ? decode_borrowed : decode_stream)(&o, flags, stream, size, &cut, &got);
    ok &= decode_agrees(&got, &want, reference_output, form == 0 ? "decode_borrowed" : "decode_stream");
    if (flags)
        ok &= decode_blocks_agree(&got, &want, form == 0 ? "decode_borrowed" : "decode_stream");
    return ok;
}

/*
 * A stream long enough that a window of 32 KiB moves on several times: as it is, and with a few bits flipped somewhere.
 */
static bool long_round_of(uint64_t seed)
{
    static uint8_t stream[2 * LONG_STREAM_MAX], body[LONG_STREAM_MAX - 100];
    static struct reference_result want;
    static struct decode_result got;
    uint64_t random = seed * 0x9e3779b97f4a7c15u + 7;
    struct bit_writer w = {.data = body, .size = sizeof body};
    struct reference_options o = {.window_bits = 15, .format = (sluice_format)below(&random, 3)};
    struct decode_cut cut = {.random = &random};
    size_t size;
    bool ok = true;

    bits_generate(&w, &random, 0, LONG_OUTPUT);
    size = put_frame(&o, &random, body, bits_bytes(&w), stream);
    if (o.format == SLUICE_GZIP) { /* the window moves on over the border of members too */
        w.bit = 0;
        bits_generate(&w, &random, 0, LONG_OUTPUT);
        size += put_frame(&o, &random, body, bits_bytes(&w), stream + size);
    }
    for (unsigned flips = below(&random, 3); flips > 0; flips--)
        stream[below(&random, size)] ^= (uint8_t)(1u << below(&random, 8));
    cut.input = 1 + below(&random, 5000);
    cut.output = 1 + below(&random, 60000);
    check_context("long seed %llu: %zu bytes, format %d", (unsigned long long)seed, size, o.format);
    reference_decode(&o, stream, size, reference_output, DECODE_ROOM, &want);
    statuses[want.status < 0 ? -want.status : 80 + want.status]++;
    decode_whole(&o, stream, size, (size_t)want.where.output, seed % 2, &got);
    ok &= decode_agrees(&got, &want, reference_output, "decode_whole");
    decode_stream(&o, 0, stream, size, &cut, &got);
    ok &= decode_agrees(&got, &want, reference_output, "decode_stream");
    decode_borrowed(&o, 0, stream, size, &cut, &got);
    ok &= decode_agrees(&got, &want, reference_output, "decode_borrowed");
    return ok;
}

/* The table of what the rounds were made of, for those who run this by hand. */
static void print_statuses(void)
{
    for (int i = 0; i < 100; i++)
        if (statuses[i])
            printf("%8lu  %s\n", statuses[i], sluice_status_name((sluice_status)(i < 80 ? -i : i - 80)));
}

int main(int argc, char **argv)
{
    unsigned failures = 0;

    for (size_t i = 0; i < sizeof dictionary; i++)
        dictionary[i] = (uint8_t)(i * i + i / 3);
    for (struct vector *v = vectors_load(); v && seed_count < SEED_STREAMS_MAX; v = v->next)
        if (v->stream_size < STREAM_MAX / 4)
            seeds[seed_count++] = v;
    if (argc > 1) {
        const uint64_t first = strtoull(argv[1], NULL, 10), count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;

        for (uint64_t seed = first; seed < first + count && failures < FAILURES_MAX; seed++)
            failures += !round_of(seed);
        return check_report("inflate/mutation");
    }
    for (uint64_t seed = 0; seed < ROUNDS && failures < FAILURES_MAX; seed++)
        failures += !round_of(seed);
    for (uint64_t seed = 0; seed < LONG_ROUNDS && failures < FAILURES_MAX; seed++)
        failures += !long_round_of(seed);
    print_statuses();
    return check_report("inflate/mutation");
}
