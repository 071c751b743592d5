/*
 * match_chain_test.c: along its chain a position finds what a search through all of the window finds, the nearest of
 * the longest; depth, reach, most and nice bound it; and the table for three bytes tells the newest position with them.
 */
#include "deflate/match_chain.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <string.h>

enum { SIZE = 20000, SLACK = 16, BITS = 12 };

static uint16_t head[1 << BITS], head3[1 << (BITS - CHAIN_BITS3_LESS)], links[WINDOW_MAX + NEAR_SIZE];
static uint8_t data[SIZE + SLACK];

/* Empty tables: what is in them is farther away than any window. */
static struct chains fresh_chains(uint32_t bias)
{
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        head[i] = (uint16_t)(bias - PLACE_FAR);
    for (size_t i = 0; i < sizeof head3 / sizeof head3[0]; i++)
        head3[i] = (uint16_t)(bias - PLACE_FAR);
    memset(links, 0, sizeof links);
    return (struct chains){head, head3, links, links + WINDOW_MAX, BITS, data, bias};
}

/* The nearest of the longest matches of at least four bytes at `at`. */
static struct match search_all(size_t at, uint32_t reach, unsigned most)
{
    struct match best = {3, 0};

    for (uint32_t distance = 1; distance <= reach && distance <= at; distance++) {
        const unsigned length = match_length(data + at - distance, data + at, 0, most);

        if (length > best.length)
            best = (struct match){length, distance};
    }
    return best;
}

static struct match find_at(const struct chains *c, size_t at, unsigned least, unsigned ahead, uint32_t reach,
                            unsigned depth, unsigned most, unsigned nice)
{
    const uint32_t place = (uint32_t)at + c->bias;

    return chain_find(c->link, (struct match){least, 0}, data + at, load32(data + at), place, ahead, reach, depth, most,
                      nice, least == 3);
}

/* A few letters, so that matches are many; and a place that comes around 2^16 on the way. */
static void make_letters(void)
{
    uint64_t random = 11;

    for (size_t i = 0; i < SIZE; i++)
        data[i] = (uint8_t)('a' + check_random(&random) % 4 + (check_random(&random) % 40 == 0 ? 20 : 0));
}

static void test_finds_the_longest(void)
{
    struct chains c;

    make_letters();
    c = fresh_chains(0xfffff000);
    for (size_t at = 0; at + 258 + SLACK < SIZE; at += 500)
        chain_put(&c, at, at + 500, at % 1000 == 0);
    for (size_t at = 7; at + 300 < SIZE; at += 97) {
        const uint32_t reach = at % 3 == 0 ? 400 : (uint32_t)at;
        const struct match want = search_all(at, reach, 258);

        /* by its own chain alone, and by those of the positions behind it */
        for (unsigned ahead = 0; ahead < 300; ahead += ahead < 4 ? 1 : 59) {
            const struct match got = find_at(&c, at, 3, ahead, reach, 100000, 258, 258);

            check_context("at %zu, ahead %u", at, ahead);
            CHECK_EQ(got.distance, want.distance);
            CHECK_EQ(got.length, want.length);
        }
        for (unsigned least = 3; least <= want.length; least++) {
            const struct match got = find_at(&c, at, least, 256, reach, 100000, 258, 258);

            check_context("at %zu, more than %u", at, least);
            CHECK_EQ(got.distance, least < want.length ? want.distance : 0);
        }
    }
}

static void test_bounds(void)
{
    struct chains c;
    struct match m;

    make_letters();
    c = fresh_chains(5);
    chain_put(&c, 0, SIZE - 300, true);

    size_t at = SIZE - 1000;

    while (search_all(at, (uint32_t)at, 258).length < 7)
        at--;

    const struct match longest = search_all(at, (uint32_t)at, 258);

    m = find_at(&c, at, longest.length, 0, (uint32_t)at, 100000, 258, 258);
    CHECK_EQ(m.distance, 0); /* none is longer */
    m = find_at(&c, at, longest.length - 1, 0, (uint32_t)at, 100000, 258, 258);
    CHECK_EQ(m.distance, longest.distance);
    m = find_at(&c, at, 3, 0, longest.distance - 1, 100000, 258, 258);
    CHECK(m.distance < longest.distance);
    m = find_at(&c, at, 3, 0, (uint32_t)at, 100000, 5, 258);
    CHECK_EQ(m.length, 5);
    m = find_at(&c, at, 3, 0, (uint32_t)at, 1, 258, 258);
    CHECK(m.distance == 0 || m.distance == c.link[(at + c.bias) & LINKS_MASK]); /* one candidate alone */
    m = find_at(&c, at, 3, 0, (uint32_t)at, 100000, 258, 5);
    CHECK(m.length >= 5 && m.distance <= longest.distance); /* the first that is nice */
}

static void test_three_bytes(void)
{
    struct chains c;

    make_letters();
    c = fresh_chains(0);
    for (size_t at = 0; at + 4 < SIZE; at += 100) {
        chain_put(&c, at, at + 100 < SIZE - 4 ? at + 100 : SIZE - 4, true);
        for (size_t k = at; k < at + 100 && k + 4 < SIZE; k++) {
            const uint32_t distance = c.near[k & NEAR_MASK];
            uint32_t nearest = 1;

            while (nearest <= k && memcmp(data + k - nearest, data + k, 3) != 0)
                nearest++;
            check_context("at %zu", k);
            /* Another string with the same hash may have come since. */
            if (distance <= k && memcmp(data + k - distance, data + k, 3) == 0)
                CHECK_EQ(distance, nearest);
            else
                CHECK(distance < nearest || nearest > k);
        }
    }
}

/* What was put in without a look at three bytes is unknown until it is forgotten. */
static void test_three_bytes_forgotten(void)
{
    struct chains c;

    memset(data, 'a', SIZE);
    c = fresh_chains(0);
    chain_put(&c, 0, 50, true);
    CHECK_EQ(c.near[49], 1);
    chain_put(&c, 50, 100, false);
    CHECK_EQ(c.near[99], 0); /* as it was */
    CHECK_EQ(c.link[99], 1);
    chain_forget3(&c);
    for (size_t i = 0; i < NEAR_SIZE; i++)
        CHECK_EQ(c.near[i], PLACE_FAR);
    chain_put(&c, 100, 102, true);
    CHECK_EQ(c.near[100], 51); /* the last one that was looked up */
    CHECK_EQ(c.near[101], 1);
}

int main(void)
{
    test_finds_the_longest();
    test_bounds();
    test_three_bytes();
    test_three_bytes_forgotten();
    return check_report("deflate/match_chain");
}
