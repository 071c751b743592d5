/*
 * match_row_test.c: the tags of a row that are equal are found wherever they stand, and come newest first. The twin without
 * vectors is tested by match_row_plain_test.c.
 */
#include "deflate/match_row.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <string.h>

#ifndef MATCH_ROW_TEST
#define MATCH_ROW_TEST "deflate/match_row"
#endif

static void test_equal(void)
{
    uint64_t random = 3;

    for (int round = 0; round < 3000; round++) {
        uint8_t tags[ROW];
        const unsigned values = 1 + (unsigned)sample_below(&random, round % 2 ? 4 : 256);
        const uint8_t tag = (uint8_t)(sample_below(&random, 2) ? 255 - sample_below(&random, values) : sample_below(&random, values));
        uint64_t want = 0;

        for (unsigned i = 0; i < ROW; i++) {
            /* Neighbours in value too, over which a carry could run. */
            tags[i] = (uint8_t)(sample_below(&random, 3) ? tag + sample_below(&random, 3) - 1 : sample_below(&random, 256));
            want |= (uint64_t)(tags[i] == tag) << i;
        }
        check_context("round %d, tag %u", round, tag);
        CHECK(row_equal(tags, tag) == want);
    }
}

static void test_rotate(void)
{
    for (unsigned newest = 0; newest < ROW; newest++) {
        for (unsigned bit = 0; bit < ROW; bit++) {
            const uint64_t turned = row_rotate(UINT64_C(1) << bit, newest);

            CHECK(turned == UINT64_C(1) << (bit - newest) % ROW);
        }
    }
}

/* What is put in comes out newest first; a row keeps its last ROW positions. */
static void test_order(void)
{
    uint16_t place[ROW];
    uint8_t tag[ROW], newest[1] = {0};
    const struct rows rows = {place, tag, newest, 0};

    memset(place, 0, sizeof place);
    memset(tag, 0xff, sizeof tag);
    for (unsigned n = 1; n < 3 * ROW; n++) {
        unsigned k = 0;

        row_put(&rows, n % 2, n);
        for (uint64_t left = row_rotate(row_equal(tag, (uint8_t)(n % 2)), newest[0]); left; left &= left - 1, k++) {
            check_context("%u put in, number %u", n, k);
            CHECK_EQ(place[(newest[0] + (unsigned)__builtin_ctzll(left)) % ROW], n - 2 * k);
        }
        CHECK_EQ(k, n < ROW ? (n + 1) / 2 : ROW / 2);
    }
}

int main(void)
{
    test_equal();
    test_rotate();
    test_order();
    return check_report(MATCH_ROW_TEST);
}
