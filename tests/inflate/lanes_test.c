/*
 * The decoder on streams that are long enough for its lanes (inflate/lanes.c): the same verdict, bytes and position as
 * the reference, whole and in pieces, with input and output against pages that fault; on good streams, and on such as
 * break off, have a bit wrong somewhere or reach a limit.
 */
#include "tests/support/check.h"
#include "tests/support/decode.h"

#include <stdlib.h>
#include <string.h>

enum { DATA = 150000, STREAM = 200000, ROUNDS = 24 };

static uint8_t data[DATA], stream[STREAM], changed[STREAM], want_output[DECODE_ROOM];

static unsigned below(uint64_t *random, unsigned n) { return (unsigned)((check_random(random) >> 33) % n); }

/* Data of several kinds: each makes other codes, runs of literals, lengths and distances. */
static void make_data(unsigned kind, uint64_t *random)
{
    for (size_t i = 0; i < DATA; i++) {
        switch (kind) {
        case 0: /* words */
            data[i] = (uint8_t)("etaoin shrdlu,.\n"[below(random, 4) * below(random, 5)]);
            break;
        case 1: /* numbers that resemble each other, as in a program */
            data[i] = (uint8_t)(i % 8 < 2 ? below(random, 256) : i % 8 < 5 ? below(random, 6) * 17 : 0);
            break;
        case 2: /* hardly any matches */
            data[i] = (uint8_t)(below(random, 16) * below(random, 16));
            break;
        case 3: /* codewords of every length */
            data[i] = (uint8_t)__builtin_ctz((unsigned)(check_random(random) >> 32) | 1u << 20);
            break;
        default: /* long matches, near and far, and runs */
            data[i] = (uint8_t)(i > 40000 && below(random, 60) ? data[i - (1 + (i >> 7) % 300 * (i >> 9) % 32768)]
                                                               : below(random, 256));
        }
    }
}

static size_t make_stream(unsigned kind, uint64_t *random)
{
    static const struct {
        int level;
        sluice_strategy strategy;
    } ways[] = {{6, SLUICE_STRATEGY_DEFAULT}, {1, SLUICE_STRATEGY_DEFAULT}, {6, SLUICE_STRATEGY_FIXED},
                {6, SLUICE_STRATEGY_HUFFMAN}, {9, SLUICE_STRATEGY_DEFAULT}, {6, SLUICE_STRATEGY_RLE}};
    sluice_deflate_options o = sluice_deflate_defaults();
    size_t written = 0;

    make_data(kind / 6, random);
    o.format = SLUICE_RAW;
    o.level = ways[kind % 6].level;
    o.strategy = ways[kind % 6].strategy;

    sluice_deflater *d = sluice_deflate_new(&o, NULL);

    CHECK_EQ(sluice_compress(d, data, DATA, stream, STREAM, &written), SLUICE_OK);
    sluice_deflate_free(d);
    return written;
}

/* One stream in all forms; the cuts follow from the seed. */
static void compare(const uint8_t *in, size_t size, const struct reference_options *o, uint64_t *random)
{
    static const size_t pieces[] = {0, 65536, 20000, 6000, 1460, 300};
    static struct reference_result want;
    static struct decode_result got;
    struct decode_cut cut = {0};
    const bool at_start = below(random, 2);

    reference_decode(o, in, size, want_output, DECODE_ROOM, &want);
    decode_whole(o, in, size, (size_t)want.where.output + (below(random, 2) ? 0 : below(random, 4000)), at_start, &got);
    decode_agrees(&got, &want, want_output, "decode_whole");

    cut.at_start = at_start;
    cut.input = pieces[below(random, 6)];
    cut.output = pieces[below(random, 6)];
    cut.random = below(random, 2) ? random : NULL;
    cut.copy_after = below(random, 4) ? 0 : 1 + below(random, 10);
    decode_stream(o, 0, in, size, &cut, &got);
    decode_agrees(&got, &want, want_output, "decode_stream");
    cut.input = pieces[below(random, 6)];
    decode_borrowed(o, 0, in, size, &cut, &got);
    decode_agrees(&got, &want, want_output, "decode_borrowed");
}

static void change(size_t *size, struct reference_options *o, uint64_t *random)
{
    switch (below(random, 4)) {
    case 0:
        *size = below(random, (unsigned)*size);
        break;
    case 1:
        o->max_output = 1 + below(random, DATA);
        break;
    case 2:
        o->window_bits = 8 + below(random, 7);
        break;
    default:
        changed[below(random, (unsigned)*size)] ^= (uint8_t)(1 << below(random, 8));
    }
}

int main(void)
{
    uint64_t random = 20261124;

    for (unsigned kind = 0; kind < 30; kind++) {
        const size_t size = make_stream(kind, &random);
        struct reference_options o = {.format = SLUICE_RAW, .window_bits = 15};

        check_context("kind %u, as it is", kind);
        compare(stream, size, &o, &random);
        CHECK_BYTES(want_output, DATA, data, DATA);
        for (unsigned round = 0; round < ROUNDS; round++) {
            struct reference_options other = o;
            size_t other_size = size;

            memcpy(changed, stream, size);
            change(&other_size, &other, &random);
            check_context("kind %u, change %u: %zu bytes, max_output %llu, window_bits %u", kind, round, other_size,
                          (unsigned long long)other.max_output, other.window_bits);
            compare(changed, other_size, &other, &random);
        }
    }
    return check_report("inflate/lanes");
}
