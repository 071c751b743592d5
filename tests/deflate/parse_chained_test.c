/*
 * parse_chained_test.c: level 10 finds at each position the longest match, and for each shorter length one that is as
 * cheap as the nearest, as a search through all of the window tells; but inside a long match only longer ones.
 */
#include "deflate/path.h"
#include "deflate/plan.h"
#include "deflate/tokens.h"
#include "tests/support/check.h"

#include <string.h>

enum { SIZE = 24000, LETTERS = 8, LONG = 9 /* a match of which something is kept for the next position */ };

static uint8_t data[SIZE];

/* Few letters, so that matches are many and short; chains are shorter than the level's depth. */
static void make_letters(void)
{
    uint64_t random = 5;

    for (size_t i = 0; i < SIZE; i++)
        data[i] = (uint8_t)('a' + (check_random(&random) >> 33) % LETTERS);
}

/* nearest[n]: the least distance of a match of n bytes, 0 if there is none. Gives the length of the longest. */
static unsigned search_all(size_t at, uint32_t nearest[MATCH_MAX + 1])
{
    unsigned longest = 0;

    for (uint32_t distance = 1; distance <= at && distance <= WINDOW_MAX; distance++) {
        unsigned length = 0;

        while (length < MATCH_MAX && data[at + length - distance] == data[at + length])
            length++;
        for (; longest < length; longest++)
            nearest[longest + 1] = distance;
    }
    return longest;
}

/* What the parser has kept of one position. */
static void check_matches(size_t at, const uint32_t *match, unsigned count, bool inside)
{
    uint32_t nearest[MATCH_MAX + 1] = {0};
    const unsigned longest = search_all(at, nearest);
    unsigned length = MATCH_MIN - 1, distance = 0;

    for (unsigned i = 0; i < count; i++) {
        check_context("position %zu, match %u of %u", at, i, count);
        CHECK(entry_length(match[i]) > length && entry_distance(match[i]) > distance);
        length = entry_length(match[i]);
        distance = entry_distance(match[i]);
        CHECK_EQ(entry_symbol(match[i]), distance_symbol(distance - 1));
        CHECK(distance <= at && memcmp(data + at, data + at - distance, length) == 0);
    }
    check_context("position %zu", at);
    if (longest > MATCH_MIN)
        CHECK_EQ(length, longest);
    for (unsigned n = MATCH_MIN + 1; n <= longest && !inside; n++) {
        unsigned i = 0;

        while (i + 1 < count && entry_length(match[i]) < n)
            i++;
        check_context("position %zu, length %u", at, n);
        CHECK(count > 0 && entry_symbol(match[i]) <= distance_symbol(nearest[n] - 1));
    }
}

int main(void)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    struct sluice_deflater *s;
    uint8_t out[16];
    sluice_input in = {data, SIZE, 0};
    sluice_output room = {out, sizeof out, 0};
    bool inside = false;
    size_t kept = 0;

    make_letters();
    options.level = 10;
    s = sluice_deflate_new(&options, NULL);
    CHECK_EQ(sluice_deflate(s, &in, &room, SLUICE_FLUSH_NONE), SLUICE_NEED_INPUT);
    CHECK(s->next > SIZE / 2 && s->block == 0);

    const uint32_t *match = matches_of(s);

    for (size_t at = 0; at < s->next; at++) {
        const unsigned count = counts_of(s)[at];

        check_matches(at, match, count, inside);
        inside = count > 0 && entry_length(match[count - 1]) >= LONG;
        match += count;
        kept += inside;
    }
    CHECK(kept > 0); /* there were such */
    CHECK_EQ(match - matches_of(s), s->match_end);
    sluice_deflate_free(s);
    return check_report("deflate/parse_chained");
}
