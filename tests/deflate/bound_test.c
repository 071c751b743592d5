/*
 * bound_test.c: sluice_compress_bound() is true for the worst that can be thought of, and data that cannot be
 * compressed grows by the headers of stored blocks alone.
 */
#include "tests/support/check.h"
#include "tests/support/encode.h"
#include "tests/support/samples.h"

#include <stdio.h>
#include <string.h>

enum { LARGEST = 1 << 20, STREAM_ROOM = LARGEST + 1000 };

static uint8_t data[LARGEST], packed[STREAM_ROOM];

static size_t whole(sluice_deflater *d, size_t size)
{
    size_t written;

    CHECK_EQ(sluice_compress(d, data, size, packed, STREAM_ROOM, &written), SLUICE_OK);
    return written;
}

static void test_arithmetic(void)
{
    static const size_t frames[] = {0, 6, 18};

    for (sluice_format format = SLUICE_RAW; format <= SLUICE_GZIP; format++) {
        size_t before = 0;

        CHECK_EQ(sluice_compress_bound(SIZE_MAX, format) == SIZE_MAX, 1);
        CHECK_EQ(sluice_compress_bound(SIZE_MAX - 40, format) == SIZE_MAX, 1);
        for (size_t size = 0; size < SIZE_MAX / 4; size = size * 3 / 2 + 1) {
            const size_t bound = sluice_compress_bound(size, format);

            CHECK(bound >= size + frames[format] + 5 * (size / 65535 + 1));
            CHECK(bound >= before);
            CHECK(bound - size <= size / 4000 + 64); /* and is of use */
            before = bound;
        }
    }
}

/* What it adds: each stored block that is whole has so many bytes at least, and two more may not be whole. */
static size_t added(size_t size, size_t frame) { return size / 28672 * 5 + 10 + frame; }

/* The sum is the true one for every size up to 4 MiB, and for those where it last fits in a size_t; then SIZE_MAX. */
static void test_every_size(void)
{
    static const size_t frames[] = {0, 6, 18};

    for (sluice_format format = SLUICE_RAW; format <= SLUICE_GZIP; format++) {
        const size_t frame = frames[format];
        size_t fits = 0, exceeds = SIZE_MAX;
        bool right = true;

        check_context("format %d", format);
        for (size_t size = 0; size < (size_t)4 << 20; size++)
            right &= sluice_compress_bound(size, format) == size + added(size, frame);
        CHECK(right);
        while (exceeds - fits > 1) {
            const size_t middle = fits + (exceeds - fits) / 2;

            *(sluice_compress_bound(middle, format) < SIZE_MAX ? &fits : &exceeds) = middle;
        }
        for (size_t size = fits - 200000; size <= fits; size++)
            right &= sluice_compress_bound(size, format) - size == added(size, frame) &&
                     size < SIZE_MAX - added(size, frame);
        for (size_t size = exceeds; size - exceeds < 200000; size++)
            right &= sluice_compress_bound(size, format) == SIZE_MAX && size >= SIZE_MAX - added(size, frame);
        CHECK(right);
    }
}

/* Noise grows by 5 bytes for each whole stored block; level 1, whose window is small, writes smaller ones. */
static void test_noise(void)
{
    static const size_t sizes[] = {1, 10, 1000, 28672, 28673, 65534, 65535, 65536, 131070, 131071, 300000, LARGEST};

    sample_random(data, LARGEST, 6);
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        const size_t block = level == 1 ? 28672 : 65535;

        for (unsigned k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            const sluice_deflate_options o = encode_options(SLUICE_RAW, level, SLUICE_STRATEGY_DEFAULT, 15);
            sluice_deflater *const d = encode_new(&o);
            const size_t size = level >= 10 && sizes[k] > 300000 ? 300000 : sizes[k];
            const size_t n = whole(d, size);

            check_context("level %d, %zu bytes of noise became %zu", level, size, n);
            CHECK(n <= size + 5 * ((size + block - 1) / block));
            CHECK(n <= sluice_compress_bound(size, SLUICE_RAW));
            sluice_deflate_free(d);
        }
    }
}

/* Stretches of noise with a little between them that is worth coding, or nearly. */
static void alternate(size_t size, size_t noise, size_t between, unsigned kind)
{
    for (size_t at = noise; at < size; at += noise + between) {
        const size_t n = between < size - at ? between : size - at;

        if (kind == 0)
            memset(data + at, 0, n);
        else if (kind == 1)
            for (size_t i = 0; i < n; i++)
                data[at + i] &= 0x7f;
        else if (kind == 2)
            memmove(data + at, data + at - noise, n < noise ? n : noise);
        else
            for (size_t i = 0; i < n; i++)
                data[at + i] &= 0x3f;
    }
}

static void test_alternating(void)
{
    static const size_t noises[] = {20, 300, 1000, 4096, 5000, 12000, 17000, 29000, 40000};
    static const size_t betweens[] = {4, 12, 40, 100, 300, 1500, 6000};
    enum { NOISES = sizeof noises / sizeof noises[0], BETWEENS = sizeof betweens / sizeof betweens[0] };

    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        const sluice_deflate_options o = encode_options(SLUICE_RAW, level, SLUICE_STRATEGY_DEFAULT, 15);
        sluice_deflater *const d = encode_new(&o);

        for (unsigned i = 0; i < NOISES * BETWEENS; i++) {
            const size_t noise = noises[i % NOISES], between = betweens[i / NOISES];
            const size_t size = level < 10 ? 100000 + 37 * i : i % 7 ? 20000 : 90000;
            const unsigned kind = (i + (unsigned)level) % 4;
            size_t n;

            sample_random(data, size, i + 1);
            alternate(size, noise, between, kind);
            n = whole(d, size);
            check_context("level %d, kind %u, %zu bytes, %zu of noise, %zu between", level, kind, size, noise, between);
            if (!CHECK(n <= sluice_compress_bound(size, SLUICE_RAW)))
                printf("    %zu bytes\n", n);
            if (!CHECK(n <= size + 5 * (size / 28672 + 2)))
                printf("    %zu bytes\n", n);
        }
        sluice_deflate_free(d);
    }
}

/* Data whose coded size is close to its stored one, drawn at random, with all strategies and windows. */
static void test_close(void)
{
    uint64_t random = 4;

    for (int round = 0; round < 600; round++) {
        const int level = (int)sample_below(&random, 13);
        const sluice_strategy strategy = (sluice_strategy)sample_below(&random, 4);
        const unsigned window = 8 + (unsigned)sample_below(&random, 8);
        const size_t size = sample_below(&random, level < 10 ? 120000 : 20000);
        const sluice_deflate_options o = encode_options(SLUICE_RAW, level, strategy, window);
        sluice_deflater *const d = encode_new(&o);
        size_t n;

        for (size_t at = 0; at < size;) {
            const size_t most = sample_below(&random, 2) ? 200 : 9000, want = 1 + sample_below(&random, most);
            const size_t part = want < size - at ? want : size - at;
            const unsigned kind = (unsigned)sample_below(&random, 6);
            const unsigned values = 236 + (unsigned)sample_below(&random, 21);

            for (size_t i = at; i < at + part; i++)
                data[i] = (uint8_t)(kind < 3   ? sample_below(&random, 256)
                                    : kind < 5 ? sample_below(&random, values)
                                    : i >= 300 ? data[i - 300] ^ (sample_below(&random, 4) ? 0u : 1u)
                                               : 0u);
            at += part;
        }
        n = whole(d, size);
        check_context("round %d, level %d, strategy %d, window %u, %zu bytes", round, level, strategy, window, size);
        if (!CHECK(n <= sluice_compress_bound(size, SLUICE_RAW)))
            printf("    %zu bytes, bound %zu\n", n, sluice_compress_bound(size, SLUICE_RAW));
        sluice_deflate_free(d);
    }
}

/* The smallest of all: every size up to a few hundred bytes, in each format. */
static void test_small(void)
{
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        for (sluice_strategy strategy = 0; strategy <= SLUICE_STRATEGY_FIXED; strategy++) {
            const sluice_format format = (sluice_format)((level + (int)strategy) % 3);
            const sluice_deflate_options o = encode_options(format, level, strategy, 15);
            sluice_deflater *const d = encode_new(&o);

            for (size_t size = 0; size < 300; size += 1 + size / 20) {
                sample_random(data, size, size + 1);
                check_context("level %d, strategy %d, %zu bytes", level, strategy, size);
                CHECK(whole(d, size) <= sluice_compress_bound(size, format));
                memset(data, 0xff, size); /* nine bits each in the fixed code */
                for (size_t i = 0; i < size; i++)
                    data[i] = (uint8_t)(200 + i % 50);
                CHECK(whole(d, size) <= sluice_compress_bound(size, format));
            }
            sluice_deflate_free(d);
        }
    }
}

/* Noise that comes again from far is found, though it was stored the first time and consists of long matches then. */
static void test_noise_again(void)
{
    enum { PERIOD = 30000 };

    sample_random(data, PERIOD, 8);
    for (size_t i = PERIOD; i < LARGEST; i++)
        data[i] = data[i - PERIOD];
    for (int level = 2; level <= SLUICE_LEVEL_STRONGEST; level++) { /* level 1's table is too small for it */
        const sluice_deflate_options o = encode_options(SLUICE_RAW, level, SLUICE_STRATEGY_DEFAULT, 15);
        sluice_deflater *const d = encode_new(&o);
        const size_t n = whole(d, LARGEST);

        check_context("level %d, %d bytes of noise over and over became %zu", level, PERIOD, n);
        CHECK(n < 2 * PERIOD);
        sluice_deflate_free(d);
    }
}

int main(void)
{
    test_arithmetic();
    test_every_size();
    test_noise();
    test_noise_again();
    test_alternating();
    test_close();
    test_small();
    return check_report("deflate/bound");
}
