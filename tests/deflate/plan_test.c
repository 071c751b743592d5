/*
 * plan_test.c: blocks end where the data changes, within a cell; data that stays the same is one block as far as that
 * goes; what is planned is in the blocks, however long it is.
 */
#include "deflate/plan.h"

#include "tests/support/check.h"
#include "tests/support/inspect.h"
#include "tests/support/samples.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE = 700000, ROOM = SIZE + SIZE / 8 };

static uint8_t data[SIZE], packed[ROOM];

/* The bytes of `size` bytes in messages, each flushed. */
static size_t messages_of(int level, sluice_strategy strategy, size_t size, size_t message)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    sluice_output out = {packed, sizeof packed, 0};
    sluice_deflater *s;

    options.format = SLUICE_RAW;
    options.level = level;
    options.strategy = strategy;
    s = sluice_deflate_new(&options, NULL);
    for (size_t at = 0; at < size; at += message) {
        sluice_input in = {data + at, size - at < message ? size - at : message, 0};

        CHECK_EQ(sluice_deflate(s, &in, &out, SLUICE_FLUSH_SYNC), SLUICE_OK);
    }
    sluice_deflate_free(s);
    CHECK(!inspect_deflate(packed, out.pos, data, size, 0).wrong);
    return out.pos;
}

static struct inspection blocks_of(int level, size_t size, size_t *written)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    sluice_deflater *s;

    options.format = SLUICE_RAW;
    options.level = level;
    s = sluice_deflate_new(&options, NULL);
    CHECK_EQ(sluice_compress(s, data, size, packed, sizeof packed, written), SLUICE_OK);
    sluice_deflate_free(s);
    return inspect_deflate(packed, *written, data, size, 0);
}

/* Letters of two kinds that have nothing in common, so many that no match is worth it: only their frequencies count. */
static void make_halves(size_t size, size_t border, uint64_t seed)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(i < border ? sample_below(&seed, 64) : 128 + sample_below(&seed, 128));
}

static void test_one_kind(int level, size_t size)
{
    size_t written;

    make_halves(size, size, size);

    const struct inspection i = blocks_of(level, size, &written);

    check_context("level %d, %zu bytes of one kind", level, size);
    CHECK(!i.wrong && i.last && i.bytes == size);
    CHECK_EQ(i.blocks[2], 1);
    CHECK_EQ(i.blocks[0] + i.blocks[1], 0);
}

/* Two kinds take a block each, and few bits more than each by itself. */
static void test_two_kinds(int level, size_t size, size_t border)
{
    size_t together, first, second;

    make_halves(size, border, size);

    const struct inspection i = blocks_of(level, size, &together);

    check_context("level %d, %zu bytes, another kind from %zu on", level, size, border);
    CHECK(!i.wrong && i.last && i.bytes == size);
    /* The cell that has both kinds may be left by itself. */
    CHECK(i.blocks[2] == 2 || (i.blocks[2] == 3 && border % PLAN_CELL));
    blocks_of(level, border, &first);
    memmove(data, data + border, size - border);
    blocks_of(level, size - border, &second);
    /* Level 10 puts borders between cells: bytes of the one kind in the code of the other take longest codewords. */
    CHECK(together <= first + second + (level == 10 ? PLAN_CELL : 64 + 8));
}

/* The fixed codes are thought of before it is decided which matches to take: what they could do is never bettered. */
static void test_messages(int level)
{
    for (size_t message = 100; message < 2000; message += 300) {
        sample_sources(data, 60000);
        check_context("level %d, messages of %zu bytes", level, message);
        CHECK(messages_of(level, SLUICE_STRATEGY_DEFAULT, 60000, message) <=
              messages_of(level, SLUICE_STRATEGY_FIXED, 60000, message));
    }
}

/* More than is planned at once, and sizes around what is. */
static void test_long(int level)
{
    static const size_t sizes[] = {1, PLAN_CELL - 1, PLAN_CELL, PLAN_CELL + 1, 128 << 10, (128 << 10) + 1, 256 << 10,
                                   SIZE};

    sample_mixture(data, SIZE, 4);
    for (unsigned k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        size_t written;
        const struct inspection i = blocks_of(level, sizes[k], &written);

        check_context("level %d, %zu bytes", level, sizes[k]);
        CHECK(!i.wrong && i.last && i.bytes == sizes[k]);
    }
}

int main(void)
{
    for (int level = 10; level <= 12; level++) {
        test_one_kind(level, 30000);
        test_one_kind(level, 90000);
        test_two_kinds(level, 60000, 20 * PLAN_CELL);
        test_two_kinds(level, 60000, 20 * PLAN_CELL + 700);
        test_two_kinds(level, 100000, 33333);
        test_messages(level);
        test_long(level);
    }
    return check_report("deflate/plan");
}
