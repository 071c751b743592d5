/*
 * write_test.c: the headers of dynamic blocks, whose code lengths come in runs of all sizes, of zeros and of others;
 * the types of blocks that are chosen; stored blocks of all sizes. All is read back bit by bit.
 */
#include "tests/support/check.h"
#include "tests/support/encode.h"
#include "tests/support/inspect.h"
#include "tests/support/samples.h"

#include <stdio.h>
#include <string.h>

enum { LARGEST = 300000, STREAM_ROOM = LARGEST + 1000 };

static uint8_t data[LARGEST], packed[STREAM_ROOM];

static struct inspection encode(int level, sluice_strategy strategy, size_t size)
{
    static sluice_deflater *deflater;
    const sluice_deflate_options o = encode_options(SLUICE_RAW, level, strategy, 15);
    struct inspection i;
    size_t n;

    if (!deflater) {
        const sluice_deflate_options largest = encode_options(SLUICE_RAW, 9, SLUICE_STRATEGY_DEFAULT, 15);

        deflater = encode_new(&largest);
    }
    CHECK_EQ(sluice_deflate_reset(deflater, &o), SLUICE_OK);
    CHECK_EQ(sluice_compress(deflater, data, size, packed, STREAM_ROOM, &n), SLUICE_OK);
    i = inspect_deflate(packed, n, data, size, 0);
    if (!CHECK(i.wrong == NULL))
        printf("    at byte %zu of data: %s\n", i.bytes, i.wrong);
    CHECK_EQ(i.bytes, size);
    CHECK(i.last);
    CHECK_EQ((i.bits + 7) / 8, n);
    CHECK(i.least_distance_codes >= 2);
    return i;
}

/* Two literals so far apart: all runs of zeros before, between and behind them. */
static void test_zeros(void)
{
    for (unsigned first = 0; first < 256; first += first < 24 || first > 100 ? 1 : 9) {
        for (unsigned second = first + 1; second < 256; second += second - first < 20 ? 1 : 13) {
            const size_t size = 700;

            check_context("literals %u and %u", first, second);
            for (size_t k = 0; k < size; k++)
                data[k] = (uint8_t)(k * k / 7 % 3 ? first : second);
            CHECK_EQ(encode(6, SLUICE_STRATEGY_HUFFMAN, size).blocks[2], 1);
        }
    }
}

/* So many literals with codes of one length, one behind the other or with gaps: all runs of what is not zero. */
static void test_repeats(void)
{
    for (unsigned count = 2; count <= 256; count++) {
        for (unsigned step = 1; step <= 256 / count && step < 6; step++) {
            const size_t size = 40 * count;
            uint64_t random = count;

            check_context("%u literals, %u apart", count, step);
            for (size_t k = 0; k < size; k++)
                data[k] = (uint8_t)(step * (sample_below(&random, 30) ? k % count : 0));
            encode(6, SLUICE_STRATEGY_HUFFMAN, size);
        }
    }
}

/* Codes of all shapes, as deep as they may be. */
static void test_shapes(void)
{
    uint64_t random = 3;
    unsigned deepest = 0;

    for (int round = 0; round < 300; round++) {
        const unsigned symbols = 2 + (unsigned)sample_below(&random, 255);
        const unsigned spread = 1 + (unsigned)sample_below(&random, 30);
        const size_t size = 500 + sample_below(&random, 30000);
        struct inspection i;

        check_context("round %d", round);
        for (size_t k = 0; k < size; k++) {
            const uint64_t x = check_random(&random);
            const unsigned low = (unsigned)__builtin_ctzll(x | UINT64_C(1) << 40);

            data[k] = (uint8_t)((low * spread + (x >> 60)) % symbols * 37);
        }
        i = encode(round % 10, round % 3 ? SLUICE_STRATEGY_DEFAULT : SLUICE_STRATEGY_HUFFMAN, size);
        deepest = i.longest_litlen > deepest ? i.longest_litlen : deepest;
    }
    CHECK(deepest >= 12);
}

/* The cheapest form is taken. */
static void test_types(void)
{
    struct inspection i;

    check_context("types of blocks");
    sample_random(data, 5000, 1);
    i = encode(6, SLUICE_STRATEGY_DEFAULT, 5000);
    CHECK_EQ(i.blocks[0], 1);
    CHECK_EQ(i.blocks[1] + i.blocks[2], 0);
    CHECK_EQ(i.bits, 8 * 5005);
    sample_text(data, 20000, 1);
    CHECK(encode(6, SLUICE_STRATEGY_DEFAULT, 20000).blocks[2] >= 1);
    CHECK_EQ(encode(6, SLUICE_STRATEGY_FIXED, 20000).blocks[2], 0);
    CHECK_EQ(encode(6, SLUICE_STRATEGY_DEFAULT, 12).blocks[1], 1);
    i = encode(6, SLUICE_STRATEGY_DEFAULT, 0);
    CHECK_EQ(i.bits, 10);
    i = encode(0, SLUICE_STRATEGY_DEFAULT, LARGEST);
    CHECK_EQ(i.blocks[0], (LARGEST + 65534) / 65535);
}

/* Stored blocks of every size around their borders. */
static void test_stored(void)
{
    sample_random(data, LARGEST, 2);
    for (size_t blocks = 0; blocks <= 4; blocks++) {
        for (size_t size = blocks * 65535 - (blocks ? 3 : 0); size <= blocks * 65535 + 3; size++) {
            for (int level = 0; level <= 9; level += level == 1 ? 5 : 1) {
                check_context("%zu bytes, level %d", size, level);
                CHECK(encode(level, SLUICE_STRATEGY_DEFAULT, size).matches < 20);
            }
        }
    }
}

int main(void)
{
    test_zeros();
    test_repeats();
    test_shapes();
    test_types();
    test_stored();
    return check_report("deflate/write");
}
