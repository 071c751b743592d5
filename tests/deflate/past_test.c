/*
 * past_test.c: what other encoders, and the sums beside them, have stumbled over in the past, in the situation that
 * ours would have it in. tests/README.md says where the tests of the others are.
 */
#include "tests/support/check.h"
#include "tests/support/encode.h"
#include "tests/support/reference.h"
#include "tests/support/samples.h"

#include <string.h>

enum { SIZE = 120000, ROOM = SIZE + SIZE / 4 + 1024 };

static uint8_t data[SIZE], stream[ROOM], plain[SIZE + 1];

/*
 * Short matches from far away, and few letters: under fixed codes a match of 3 at a distance above 16384 takes 25 bits,
 * more than its three bytes. An encoder that reckons with less than that writes over what it has yet to read.
 */
static void distant_matches(uint64_t seed)
{
    sample_random(data, SIZE, seed);
    for (size_t i = 33000; i + 4 < SIZE; i += 4)
        memcpy(data + i, data + i - 32768 + (i * 7 % 5000), 3);
}

/* CVE-2018-25032: the output that waits, and fixed codes. */
static void pending_output_with_fixed_codes(void)
{
    static const size_t rooms[] = {0, 1, 3, 4096};
    static struct reference_result result;

    for (int level = 1; level <= SLUICE_LEVEL_STRONGEST; level++)
        for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
            const sluice_deflate_options o = encode_options(SLUICE_RAW, level, SLUICE_STRATEGY_FIXED, 15);
            const struct reference_options r = {.format = SLUICE_RAW, .window_bits = 15};
            struct encoding e = {encode_new(&o), data, 0, stream, ROOM, 0, {0, rooms[i], NULL, false}, NULL};
            const size_t size = level >= 10 ? 50000 : SIZE;

            check_context("level %d, room %zu", level, rooms[i]);
            distant_matches((uint64_t)level);
            CHECK_EQ(encode_more(&e, size, SLUICE_FLUSH_FINISH), SLUICE_END);
            CHECK(e.broken == NULL);
            reference_decode(&r, stream, e.length, plain, sizeof plain, &result);
            CHECK_EQ(result.status, SLUICE_END);
            CHECK_BYTES(plain, (size_t)result.where.output, data, size);
            sluice_deflate_free(e.deflater);
        }
}

/* CVE-2026-27171: sums of parts ended never where the length was out of range. Ours has none that is. */
static void sums_of_parts_of_any_length(void)
{
    static const uint64_t lengths[] = {0, 1, INT32_MAX, (uint64_t)INT32_MAX + 1, UINT32_MAX, INT64_MAX,
                                       (uint64_t)INT64_MAX + 1, UINT64_MAX};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        check_context("%llu bytes", (unsigned long long)lengths[i]);
        CHECK_EQ(sluice_crc32_combine(0, 0x12345678, lengths[i]), 0x12345678); /* nothing before it */
        CHECK_EQ(sluice_adler32_combine(1, 0x12345678, lengths[i]), 0x12345678);
        CHECK(sluice_crc32_combine(1, 0, lengths[i]) != 0);
    }
}

int main(void)
{
    pending_output_with_fixed_codes();
    sums_of_parts_of_any_length();
    return check_report("deflate/past");
}
