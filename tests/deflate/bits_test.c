/*
 * bits_test.c: the bit writer packs as RFC 1951 3.1.1 says, whatever the widths and however often it is flushed, and
 * touches nothing beyond its margin.
 */
#include "deflate/bits.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

enum { ROUNDS = 500, SIZE = 400 };

int main(void)
{
    uint64_t random = 9;

    for (int round = 0; round < ROUNDS; round++) {
        uint8_t *const out = check_guarded(SIZE + BITS_MARGIN, false);
        uint8_t want[SIZE + 1] = {0};
        struct bits b = {0, 0, out};
        size_t bit = 0;
        unsigned since = 7; /* bits that may wait: those that a flush leaves, and 56 */

        check_context("round %d", round);
        while (b.out < out + SIZE - 8) {
            const unsigned n = (unsigned)sample_below(&random, 1 + (63 - since < 33 ? 63 - since : 33));
            const uint64_t value = check_random(&random) & ((UINT64_C(1) << n) - 1);

            bits_put(&b, value, n);
            for (unsigned i = 0; i < n; i++, bit++)
                want[bit / 8] |= (uint8_t)((value >> i & 1) << bit % 8);
            since += n;
            if (since >= 40 || sample_below(&random, 3) == 0) {
                bits_flush(&b);
                since = 7;
                CHECK(b.count < 8);
                CHECK_EQ(b.bits >> b.count, 0);
                CHECK_EQ((size_t)(b.out - out) * 8 + b.count, bit);
            }
        }
        bits_flush(&b);
        bits_put(&b, 0, (8 - b.count) & 7);
        bits_flush(&b);
        CHECK_BYTES(out, (size_t)(b.out - out), want, (bit + 7) / 8);
        check_guarded_free(out, SIZE + BITS_MARGIN, false);
    }
    return check_report("deflate/bits");
}
