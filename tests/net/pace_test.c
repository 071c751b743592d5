/*
 * A paced flow: over any stretch of time no more than the rate and the first credit pass, and no less than the rate if
 * it is asked for when pace_next() says. The clock is the test's own.
 */
#include "net/pace.h"
#include "tests/support/check.h"

static void test_no_limit(void)
{
    struct pace p;

    pace_begin(&p, 0, 5);
    CHECK(pace_room(&p, 5) == SIZE_MAX);
    pace_spend(&p, 1000000);
    CHECK(pace_room(&p, 5) == SIZE_MAX);
}

/* Takes all it may at the moments that pace_next() names, for 100 s of the test's clock. */
static uint64_t flow(uint64_t rate, uint64_t *asked)
{
    struct pace p;
    uint64_t now = 1000, passed = 0;

    pace_begin(&p, rate, now);
    for (*asked = 0; now < 1000 + 100000; ++*asked) {
        const size_t room = pace_room(&p, now);

        pace_spend(&p, room);
        passed += room;
        const uint64_t next = pace_next(&p);
        if (!CHECK(next > now))
            break;
        now = next;
    }
    return passed;
}

static void test_the_rate_is_kept(void)
{
    static const uint64_t rates[] = {1, 3, 4, 7, 64, 999, 1000, 1024, 65536, 10000000, UINT64_C(1) << 40};

    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        uint64_t asked;
        const uint64_t passed = flow(rates[i], &asked);

        check_context("rate %llu, passed %llu in 100 s, asked %llu times", (unsigned long long)rates[i],
                      (unsigned long long)passed, (unsigned long long)asked);
        CHECK(passed <= rates[i] * 100);
        CHECK(passed >= rates[i] * 99 - 1);
        CHECK(asked <= 3000); /* each 50 ms, less what a fraction of a byte saves */
    }
}

static void test_a_pause_does_not_become_a_burst(void)
{
    struct pace p;

    pace_begin(&p, 1000, 0);
    CHECK_EQ(pace_room(&p, 0), 0);
    CHECK_EQ(pace_next(&p), 50);
    CHECK_EQ(pace_room(&p, 50), 50);
    CHECK_EQ(pace_room(&p, 1000000), 250);
    pace_spend(&p, 250);
    CHECK_EQ(pace_room(&p, 1000000), 0);
    pace_begin(&p, 1, 0);
    CHECK_EQ(pace_room(&p, 999), 0);
    CHECK_EQ(pace_room(&p, 1000), 1);
    CHECK_EQ(pace_room(&p, UINT64_MAX), 1);
    pace_begin(&p, UINT64_MAX, 0);
    CHECK(pace_room(&p, UINT64_MAX) == (size_t)(PACE_RATE_MAX / 1000 * 250 + PACE_RATE_MAX % 1000 * 250 / 1000));
}

int main(void)
{
    test_no_limit();
    test_the_rate_is_kept();
    test_a_pause_does_not_become_a_burst();
    return check_report("net/pace");
}
