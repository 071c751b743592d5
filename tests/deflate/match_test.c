/*
 * match_test.c: comparing never reads or reports more than it may; places in the hash tables keep their meaning over
 * sweeps, and what is too old stays too old.
 */
#include "deflate/match.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <string.h>

/* All lengths, with a difference at each place or none, against a page that faults. */
static void test_match_length(void)
{
    enum { MOST = 300 };
    uint8_t *const b = check_guarded(MOST, false);
    static uint8_t a[MOST + 8];

    for (unsigned most = 0; most <= MOST; most += most < 40 ? 1 : 13) {
        uint8_t *const at = b + MOST - most;

        for (unsigned same = 0; same <= most; same++) {
            for (unsigned from = 0; from <= same; from += from < 9 ? 1 : 7) {
                memset(a, 7, sizeof a);
                memset(at, 7, most);
                if (same < most)
                    at[same] = 8;
                else
                    a[most] = 9; /* what lies behind is not looked at */
                if (match_length(a, at, from, most) != same) {
                    check_context("equal for %u of %u, known from %u", same, most, from);
                    CHECK_EQ(match_length(a, at, from, most), same);
                }
            }
        }
        CHECK_EQ(match_length(a, at, 0, most), most);
    }
    /* Overlapping: a run is as long as what is there. */
    memset(b, 1, MOST);
    CHECK_EQ(match_length(b, b + 1, 0, 258), 258);
    check_guarded_free(b, MOST, false);
}

/* A hash depends on so many bytes and no more, and stays in its table. */
static void test_hashes(void)
{
    uint64_t random = 5;
    unsigned differ[2] = {0, 0};

    for (int i = 0; i < 2000; i++) {
        const uint64_t x = check_random(&random), noise = check_random(&random);

        CHECK_EQ(hash3((uint32_t)x, 13), hash3((uint32_t)((x & 0xffffff) | noise << 24), 13));
        for (unsigned bits = 8; bits <= 20; bits++) {
            CHECK(hash3((uint32_t)x, bits) < 1u << bits);
            CHECK(hash4((uint32_t)x, bits) < 1u << bits);
        }
        differ[0] += hash3((uint32_t)x, 15) != hash3((uint32_t)x ^ 1u << i % 24, 15);
        differ[1] += hash4((uint32_t)x, 15) != hash4((uint32_t)x ^ 1u << i % 32, 15);
    }
    for (unsigned k = 0; k < 2; k++)
        CHECK(differ[k] > 1900);
}

/*
 * Places with a true age beside each, over many sweeps and around the border of 2^32: as long as it is a distance that
 * a window has, the difference tells it; afterwards it never tells one again.
 */
static void test_sweep(void)
{
    enum { ENTRIES = 256 };
    uint16_t table[ENTRIES];
    uint64_t born[ENTRIES];
    uint64_t place = (UINT64_C(1) << 32) - 400000, swept = place, random = 3;

    for (unsigned i = 0; i < ENTRIES; i++) {
        table[i] = (uint16_t)(place - PLACE_FAR);
        born[i] = place - PLACE_FAR;
    }
    for (int step = 0; step < 4000; step++) {
        const size_t at = sample_below(&random, ENTRIES);

        /* A chunk and a batch may pass over the interval, as match.h says. */
        place += sample_below(&random, 400);
        if (place - swept >= SWEEP_INTERVAL + 4096 + 512 + MATCH_MAX - 400) {
            sweep(table, ENTRIES, (uint32_t)place);
            swept = place;
        }
        if (sample_below(&random, 3) == 0) {
            table[at] = (uint16_t)place;
            born[at] = place;
        }
        for (unsigned i = 0; i < ENTRIES; i++) {
            const uint16_t distance = (uint16_t)(place - table[i]);
            const uint64_t age = place - born[i];

            if (age <= WINDOW_MAX ? distance != age : distance <= WINDOW_MAX) {
                check_context("step %d, entry %u", step, i);
                CHECK_EQ(distance, age);
            }
        }
        CHECK(true);
    }
}

int main(void)
{
    test_match_length();
    test_hashes();
    test_sweep();
    return check_report("deflate/match");
}
