/*
 * sweep_test.c: a sweep leaves what is near as it is and sets what is far to be just too far, whatever does it.
 */
#include "deflate/sweep.h"
#include "deflate/match.h"

#include "tests/support/check.h"

#include <string.h>

enum { ENTRIES = 256 };

int main(void)
{
    uint16_t *const table = check_guarded(ENTRIES * sizeof *table, false);
    uint16_t before[ENTRIES], plain[ENTRIES];
    uint64_t random = 9;

    for (int round = 0; round < 300; round++) {
        const uint32_t place = (uint32_t)check_random(&random);

        for (unsigned i = 0; i < ENTRIES; i++)
            before[i] = (uint16_t)(check_random(&random) >> 20);
        before[0] = (uint16_t)(place - WINDOW_MAX);
        before[1] = (uint16_t)(place - PLACE_FAR);
        before[2] = (uint16_t)(place - PLACE_FAR - 1);
        before[3] = (uint16_t)place;
        memcpy(plain, before, sizeof plain);
        sweep(plain, ENTRIES, place);
        memcpy(table, before, sizeof before);
        sluice_sweep(table, ENTRIES, place);
        CHECK_BYTES(table, sizeof plain, plain, sizeof plain);
        for (unsigned i = 0; i < ENTRIES; i++) {
            const unsigned distance = (uint16_t)(place - before[i]);

            if (distance <= WINDOW_MAX)
                CHECK_EQ(table[i], before[i]);
            else
                CHECK_EQ((uint16_t)(place - table[i]), PLACE_FAR);
        }
        memcpy(table, before, sizeof before);
        if (sluice_sweep_simd(table, ENTRIES, place))
            CHECK_BYTES(table, sizeof plain, plain, sizeof plain);
    }
    check_guarded_free(table, ENTRIES * sizeof *table, false);
    return check_report("deflate/sweep");
}
