/*
 * round_trip_test.c: what is compressed comes back, for all kinds of data at all levels, strategies, windows and
 * formats; and the bytes are the same however a stream is cut, in one call or in many, by an object that is fresh or
 * used, or by its copy. Now and then the readable reference decoder is asked too.
 */
#include "tests/support/check.h"
#include "tests/support/encode.h"
#include "tests/support/inspect.h"
#include "tests/support/reference.h"
#include "tests/support/samples.h"

#include <stdio.h>
#include <string.h>

enum { LARGEST = 200000, STREAM_ROOM = LARGEST + LARGEST / 8 + 100 };

static uint8_t data[LARGEST], packed[STREAM_ROOM], other[STREAM_ROOM], unpacked[LARGEST];

static size_t whole(sluice_deflater *d, size_t size, uint8_t *out)
{
    size_t written;

    CHECK_EQ(sluice_compress(d, data, size, out, STREAM_ROOM, &written), SLUICE_OK);
    return written;
}

static size_t streamed(sluice_deflater *d, size_t size, struct encode_cut cut, uint8_t *out)
{
    struct encoding e = {d, data, 0, out, STREAM_ROOM, 0, cut, NULL};

    CHECK_EQ(sluice_deflate_reset(d, NULL), SLUICE_OK);
    CHECK_EQ(encode_more(&e, size, SLUICE_FLUSH_FINISH), SLUICE_END);
    if (!CHECK(e.broken == NULL))
        printf("    %s\n", e.broken);
    return e.length;
}

/* What came out is whole, within the bound and the window, and has nothing that old readers cannot take. */
static void check_stream(const sluice_deflate_options *o, size_t n, size_t size)
{
    const size_t header = o->format == SLUICE_ZLIB ? 2 : o->format == SLUICE_GZIP ? 10 : 0;
    const size_t trailer = o->format == SLUICE_ZLIB ? 4 : o->format == SLUICE_GZIP ? 8 : 0;
    struct inspection i;

    CHECK(n <= sluice_compress_bound(size, o->format));
    CHECK(encode_decodes(packed, n, o->format, o->window_bits, data, size));
    i = inspect_deflate(packed + header, n - header - trailer, data, size, 0);
    if (!CHECK(i.wrong == NULL))
        printf("    at byte %zu of data: %s\n", i.bytes, i.wrong);
    CHECK_EQ(i.bytes, size);
    CHECK(i.last);
    CHECK_EQ((i.bits + 7) / 8, n - header - trailer);
    CHECK(i.least_distance_codes >= 2);
    CHECK(i.longest_litlen <= 15);
    CHECK(i.farthest <= (size_t)1 << o->window_bits);
    CHECK_EQ(i.before, 0);
    if (o->level == 0)
        CHECK_EQ(i.blocks[1] - i.empty[1] + i.blocks[2], 0);
    else if (o->strategy == SLUICE_STRATEGY_HUFFMAN)
        CHECK_EQ(i.matches, 0);
    else if (o->strategy == SLUICE_STRATEGY_RLE)
        CHECK(i.farthest <= 1);
    else if (o->strategy == SLUICE_STRATEGY_FIXED)
        CHECK_EQ(i.blocks[2], 0);
}

static void check_reference(const sluice_deflate_options *o, size_t n, size_t size)
{
    static struct reference_result result;
    const struct reference_options options = {.format = o->format, .window_bits = o->window_bits};

    reference_decode(&options, packed, n, unpacked, sizeof unpacked, &result);
    CHECK_EQ(result.status, SLUICE_END);
    CHECK_EQ(result.where.input, n);
    CHECK_BYTES(unpacked, result.where.output, data, size);
}

/* ---- Inputs ---- */

/* The n-th of many inputs; its size, or SIZE_MAX behind the last. */
static size_t input(unsigned n, const char **name)
{
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 100, 257, 258, 259, 260, 4095, 4096, 4097, 32767, 32768,
                                   32769, 65535, 65536, 65537};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };

    if (n < SIZES) {
        *name = "text";
        sample_text(data, sizes[n], n + 1);
        return sizes[n];
    }
    n -= SIZES;
    if (n < SIZES) {
        *name = "noise";
        sample_random(data, sizes[n], n + 1);
        return sizes[n];
    }
    n -= SIZES;
    if (n < SAMPLES) {
        *name = samples[n].name;
        samples[n].make(data, 90000, n + 5);
        return 90000;
    }
    n -= SAMPLES;
    if (n < 39) {
        *name = "a period of 2 to 40";
        sample_period(data, 3000, n + 2);
        return 3000;
    }
    n -= 39;
    if (n < 4) {
        *name = "noise again from 32766 to 32769 behind";
        sample_random(data, 66000, n + 1);
        memcpy(data + 32766 + n, data, 30000);
        return 66000;
    }
    n -= 4;
    if (n < 8) {
        /* Stored at first; then what was there before comes again, from the n-th of nearby places on. */
        *name = "noise, then matches in it";
        sample_random(data, 60000, 3);
        for (size_t at = 20000 + n; at < 59000; at += 4096 + 9)
            memmove(data + at, data + at - 5000, 700);
        return 60000;
    }
    if (n == 8) {
        *name = "the project's sources";
        return sample_sources(data, LARGEST);
    }
    return SIZE_MAX;
}

/* Every input at every level, each in another format, window and strategy. */
static void test_inputs(void)
{
    uint64_t random = 1;
    const char *name;
    size_t size;

    for (unsigned n = 0; (size = input(n, &name)) != SIZE_MAX; n++) {
        for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
            const sluice_format format = (sluice_format)sample_below(&random, 3);
            const unsigned window = sample_below(&random, 2) ? 15 : 8 + (unsigned)sample_below(&random, 8);
            const sluice_strategy strategy = (sluice_strategy)(sample_below(&random, 3) ? 0 : sample_below(&random, 4));
            const sluice_deflate_options o = encode_options(format, level, strategy, window);
            sluice_deflater *const d = encode_new(&o);
            const size_t length = whole(d, size, packed);

            check_context("%s, %zu bytes, level %d, strategy %d, window %u, format %d", name, size, level, strategy,
                          window, format);
            check_stream(&o, length, size);
            if (n % 7 == 0)
                check_reference(&o, length, size);
            CHECK_BYTES(other, streamed(d, size, (struct encode_cut){0, 0, NULL, false}, other), packed, length);
            sluice_deflate_free(d);
        }
    }
}

/* Every format, strategy and window with some inputs that show the difference. */
static void test_options(void)
{
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        const sluice_deflate_options largest = encode_options(SLUICE_RAW, level, SLUICE_STRATEGY_DEFAULT, 15);
        sluice_deflater *const d = encode_new(&largest);

        for (sluice_strategy strategy = 0; strategy <= SLUICE_STRATEGY_FIXED; strategy++) {
            for (unsigned window = 8; window <= 15; window++) {
                for (sluice_format format = SLUICE_RAW; format <= SLUICE_GZIP; format++) {
                    const sluice_deflate_options o = encode_options(format, level, strategy, window);
                    const size_t size = level < 10 ? 12000 : 5000;

                    if (sluice_deflate_reset(d, &o) == SLUICE_ERR_MEMORY)
                        continue; /* a strategy's state can be the larger one */
                    check_context("level %d, strategy %d, window %u, format %d", level, strategy, window, format);
                    sample_mixture(data, size, window * 4 + strategy);
                    check_stream(&o, whole(d, size, packed), size);
                }
            }
        }
        sluice_deflate_free(d);
    }
}

/* ---- Cuts ---- */

static void test_cuts(void)
{
    static const size_t pieces[] = {0, 1, 2, 3, 7, 64, 4096};
    enum { PIECES = sizeof pieces / sizeof pieces[0] };
    uint64_t random = 9;

    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        for (unsigned k = 0; k < 4; k++) {
            const sluice_deflate_options o = encode_options((sluice_format)(k % 3), level,
                                                            k == 3 ? (sluice_strategy)(1 + level % 3) : 0, 15);
            sluice_deflater *const d = encode_new(&o);
            const size_t size = level < 10 ? 20000 : 6000;
            size_t n;

            sample_mixture(data, size, k + 20);
            n = whole(d, size, packed);
            CHECK(encode_decodes(packed, n, o.format, 15, data, size));
            for (unsigned i = 0; i < PIECES * PIECES; i++) {
                struct encode_cut cut = {pieces[i % PIECES], pieces[i / PIECES], i % 3 == k % 3 ? &random : NULL,
                                         i % 2};

                check_context("level %d, strategy %d, input %zu, room %zu", level, o.strategy, cut.input, cut.room);
                CHECK_BYTES(other, streamed(d, size, cut, other), packed, n);
            }
            sluice_deflate_free(d);
        }
    }
    /* So much that the window slides several times. */
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        const sluice_deflate_options o = encode_options(SLUICE_ZLIB, level, SLUICE_STRATEGY_DEFAULT,
                                                        level % 2 ? 15 : 9);
        sluice_deflater *const d = encode_new(&o);

        for (unsigned k = 0; k < 3; k++) {
            const size_t size = LARGEST - k;
            struct encode_cut cut = {(size_t[]){997, 64, 33333}[k], (size_t[]){1000, 70000, 200}[k], NULL, false};
            size_t n;

            check_context("level %d, %zu bytes, input %zu, room %zu", level, size, cut.input, cut.room);
            samples[k == 0 ? SAMPLES - 1 : k == 1 ? 8 : 9].make(data, size, k + 4);
            n = whole(d, size, packed);
            CHECK(encode_decodes(packed, n, SLUICE_ZLIB, 15, data, size));
            CHECK_BYTES(other, streamed(d, size, cut, other), packed, n);
        }
        sluice_deflate_free(d);
    }
}

/* ---- Used objects ---- */

/* After any other stream, whole, abandoned or failed for want of room, a stream's bytes are those of a fresh object. */
static void test_used(void)
{
    enum { SIZE = 30000 };
    static uint8_t junk[LARGEST];
    uint64_t random = 3;

    sample_mixture(junk, sizeof junk, 12);
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        const sluice_deflate_options o = encode_options(SLUICE_RAW, level, SLUICE_STRATEGY_DEFAULT, 15);
        sluice_deflater *d = encode_new(&o);
        size_t n, written;

        sample_mixture(data, SIZE, (unsigned)level + 3);
        n = whole(d, SIZE, packed);
        for (int round = 0; round < (level < 10 ? 60 : 15); round++) {
            const size_t size = sample_below(&random, sample_below(&random, 4) ? 3000 : LARGEST);
            const uint8_t *const from = junk + sample_below(&random, sizeof junk - size + 1);
            struct encoding e = {d, from, 0, other, STREAM_ROOM, 0, {0, 0, NULL, false}, NULL};

            check_context("level %d, round %d, after %zu bytes", level, round, size);
            switch (sample_below(&random, 4)) {
            case 0:
                sluice_compress(d, from, size, other, STREAM_ROOM, &written);
                break;
            case 1:
                sluice_compress(d, from, size, other, size / 3, &written);
                break;
            case 2:
                sluice_deflate_reset(d, NULL);
                encode_more(&e, size, (sluice_flush)sample_below(&random, 6));
                break;
            case 3:
                sluice_deflate_reset(d, NULL);
                sluice_deflate_set_dictionary(d, from, size);
                encode_more(&e, size / 7, SLUICE_FLUSH_NONE);
                break;
            }
            CHECK_BYTES(other, whole(d, SIZE, other), packed, n);
        }
        sluice_deflate_free(d);
    }
}

/* Message after message by one object, thousands of them: each as if it were the first. */
static void test_messages(void)
{
    for (int level = 1; level <= SLUICE_LEVEL_STRONGEST; level++) {
        const sluice_deflate_options o = encode_options(SLUICE_RAW, level, SLUICE_STRATEGY_DEFAULT, 15);
        sluice_deflater *const d = encode_new(&o);
        const unsigned messages = level < 10 ? 3000 : 300;
        uint64_t random = 8;

        for (unsigned m = 0; m < messages; m++) {
            const size_t size = sample_below(&random, m % 10 ? 150 : 2000);
            size_t n;

            sample_two_letters(data, size, m + 1);
            n = whole(d, size, packed);
            if (m % 50)
                continue;
            check_context("level %d, message %u, %zu bytes", level, m, size);
            CHECK(encode_decodes(packed, n, SLUICE_RAW, 15, data, size));

            sluice_deflater *const first = encode_new(&o);

            CHECK_BYTES(other, whole(first, size, other), packed, n);
            sluice_deflate_free(first);
        }
        sluice_deflate_free(d);
    }
}

int main(void)
{
    test_inputs();
    test_options();
    test_cuts();
    test_used();
    test_messages();
    return check_report("deflate/round_trip");
}
