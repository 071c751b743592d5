/* level: what --level auto decides, where a transfer comes to rest, and that a change of level breaks no stream. */
#include "net/level.h"

#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

static int next(int level, unsigned waited, unsigned busy)
{
    return level_next(&(struct level_signs){
        .level = level, .hardest = LEVEL_HARDEST, .elapsed = 1000, .waited = waited, .busy = busy});
}

static void decisions(void)
{
    static const struct {
        const char *what;
        int level;
        unsigned waited, busy;
        int want;
    } table[] = {
        {"the link is waited for, the thread is free", 6, 800, 200, 7},
        {"half of the time is enough", 6, 500, 699, 7},
        {"less than half is not", 6, 499, 200, 6},
        {"the thread has no time to give", 6, 800, 700, 6},
        {"the thread is short of time, whatever the client waits for", 6, 990, 950, 5},
        {"compressing is waited for", 6, 124, 300, 5},
        {"in between all is well", 6, 125, 300, 6},
        {"level 10 takes a link that idles", 9, 899, 100, 9},
        {"then it is had", 9, 900, 100, 10},
        {"it is kept", 10, 200, 100, 10},
        {"and left at once", 10, 100, 100, 8},
        {"nothing lies above it", 10, 999, 0, 10},
        {"nor below level 1", 1, 0, 1000, 1},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        check_context("%s", table[i].what);
        CHECK_EQ(next(table[i].level, table[i].waited, table[i].busy), table[i].want);
    }
    check_context("no seat is free");
    CHECK_EQ(level_next(&(struct level_signs){.level = 9, .hardest = 9, .elapsed = 10, .waited = 10}), 9);
    check_context("no time has passed");
    CHECK_EQ(level_next(&(struct level_signs){.level = 5, .hardest = 10}), 4);
    for (int level = 1; level <= 10; level++)
        for (unsigned waited = 0; waited <= 1000; waited += 50)
            for (unsigned busy = 0; busy <= 1000; busy += 50) {
                const int to = next(level, waited, busy);

                CHECK(to >= 1 && to <= 10 && abs(to - level) <= 2);
            }
    check_context("the first level");
    CHECK_EQ(level_first(0), 6);
    CHECK_EQ(level_first(800), 3);
    CHECK_EQ(level_first(1000), 1);
}

/* ---- a transfer in made-up time: what it comes to on links of several speeds ---- */

/* Nanoseconds that a byte of the file takes at a level, about as measured. */
static const unsigned cost[] = {0, 7, 8, 9, 12, 14, 16, 24, 32, 36, 140};

/* The level at the end of a file of 40 MB on a link that takes so many bytes of the file a second. */
static int comes_to(uint64_t rate, unsigned busy, unsigned *seats, bool *held)
{
    struct level level;
    uint64_t now = 1000, taken = 0, arrived = 0;
    int lowest = LEVEL_HARDEST, highest = 0;

    level_begin(&level, LEVEL_AUTO, 0, seats, now);
    while (taken < 40000000) {
        const size_t slice = level_slice(level.now);

        level_enter(&level, now);
        level_decide(&level, taken, busy, now);
        level.now = level.wanted;
        taken += slice;
        now += slice * cost[level.now];
        if (taken > 20000000) {
            lowest = level.now < lowest ? level.now : lowest;
            highest = level.now > highest ? level.now : highest;
        }
        level_leave(&level, now);
        /* The link takes it in its time, and holds as much as 64 KiB before that. */
        arrived = (arrived > now ? arrived : now) + slice * 1000000000 / rate;
        if (arrived > now + 65536 * UINT64_C(1000000000) / rate)
            now = arrived - 65536 * UINT64_C(1000000000) / rate;
        now += 1000;
    }
    *held = highest - lowest <= 1; /* it does not swing */
    level_end(&level);
    return level.now;
}

static void where_it_comes_to_rest(void)
{
    unsigned seats = 0;
    bool held;

    check_context("a link faster than any level");
    CHECK_EQ(comes_to(1000000000, 900, &seats, &held), 1);
    CHECK(held);
    check_context("a link of 60 MB of the file a second");
    const int middle = comes_to(60000000, 500, &seats, &held);

    CHECK(middle >= 4 && middle <= 7 && held);
    check_context("a slow link");
    CHECK_EQ(comes_to(300000, 50, &seats, &held), 10);
    CHECK(held);
    CHECK_EQ(seats, 0);
    check_context("a slow link and no seat");
    seats = LEVEL_HARDEST_SEATS;
    CHECK_EQ(comes_to(300000, 50, &seats, &held), 9);
    CHECK_EQ(seats, LEVEL_HARDEST_SEATS);
    seats = 0;
    check_context("a slow link, and a thread that has no time");
    CHECK_EQ(comes_to(300000, 990, &seats, &held), 1);
    check_context("a level that was told stays");
    struct level told;

    level_begin(&told, 5, 1000, &seats, 0);
    level_enter(&told, 5);
    level_decide(&told, 1 << 30, 1000, 1000);
    CHECK(told.now == 5 && told.wanted == 5);
    level_end(&told);
    CHECK_EQ(seats, 0);
}

/* ---- the stream ---- */

static void any_change_gives_one_stream(void)
{
    enum { SIZE = 400000, PIECE = 7000 };
    unsigned char *const data = malloc(SIZE), *const back = malloc(SIZE);
    unsigned char *const stream = malloc(SIZE * 2);
    sluice_deflate_options options = sluice_deflate_defaults();
    uint64_t seed = 11;
    size_t written;

    check_context("changes");
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (unsigned char)("etaoin shrdlu"[check_random(&seed) % 13]);
    options.level = LEVEL_HARDEST;
    for (size_t room = 1; room < 3000; room = room * 3 + 1) {
        sluice_deflater *const deflater = sluice_deflate_new(&options, NULL);
        struct level level = {.now = LEVEL_HARDEST, .wanted = LEVEL_HARDEST};
        sluice_input in = {data, 0, 0};
        sluice_output out = {stream, 0, 0};
        sluice_status status = SLUICE_OK;
        unsigned changes = 0;

        while (in.pos < SIZE && status >= 0) {
            if (level.now == level.wanted && in.pos == in.size) {
                level.wanted = (int)(check_random(&seed) % 10) + 1;
                in.size = in.size + PIECE < SIZE ? in.size + PIECE : SIZE;
            }
            out.size = out.pos + room;
            status = level_settle(&level, deflater, &out);
            if (status == SLUICE_OK) {
                changes++;
                status = sluice_deflate(deflater, &in, &out, SLUICE_FLUSH_NONE);
            }
        }
        while (status >= 0 && status != SLUICE_END) {
            out.size = out.pos + room;
            status = sluice_deflate(deflater, &in, &out, SLUICE_FLUSH_FINISH);
        }
        CHECK_EQ(status, SLUICE_END);
        CHECK(changes >= SIZE / PIECE);
        CHECK_EQ(sluice_decompress(NULL, stream, out.pos, back, SIZE, &written), SLUICE_OK);
        CHECK_BYTES(back, written, data, SIZE);
        sluice_deflate_free(deflater);
    }
    free(data);
    free(back);
    free(stream);
}

int main(void)
{
    decisions();
    where_it_comes_to_rest();
    any_change_gives_one_stream();
    return check_report("net/level");
}
