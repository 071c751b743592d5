/*
 * places_test.c: positions in the hash tables count on from stream to stream and wrap at 2^16 and 2^32. An object whose
 * places begin anywhere, just before they wrap too, makes the bytes that a fresh one makes: so 4 GiB and more need not
 * be pushed through it to know. (The only test that looks into the object: it sets where the places begin.)
 */
#include "deflate/match.h"
#include "deflate/state.h"

#include "tests/support/check.h"
#include "tests/support/encode.h"
#include "tests/support/samples.h"

#include <string.h>

enum { SIZE = 150000, STREAM_ROOM = SIZE + SIZE / 8 };

static uint8_t data[SIZE], packed[STREAM_ROOM], other[STREAM_ROOM];

/* The object's places begin at `place`; its tables know nothing. */
static void begin_at(struct sluice_deflater *s, uint32_t place)
{
    const size_t entries = (s->at.previous - s->at.head) / sizeof(uint16_t);
    uint16_t *const table = head_of(s);

    s->bias = s->swept = place;
    for (size_t i = 0; i < entries; i++)
        table[i] = (uint16_t)(place - PLACE_FAR);
}

static size_t streamed(sluice_deflater *d, size_t size, size_t input, size_t dictionary)
{
    struct encoding e = {d, data + dictionary, 0, other, STREAM_ROOM, 0, {input, 0, NULL, false}, NULL};

    if (dictionary)
        CHECK_EQ(sluice_deflate_set_dictionary(d, data, dictionary), SLUICE_OK);
    CHECK_EQ(encode_more(&e, (size - dictionary) / 2, SLUICE_FLUSH_SYNC), SLUICE_OK);
    CHECK_EQ(encode_more(&e, size - dictionary - (size - dictionary) / 2, SLUICE_FLUSH_FINISH), SLUICE_END);
    return e.length;
}

int main(void)
{
    static uint8_t want[3][STREAM_ROOM];

    sample_mixture(data, SIZE, 5);
    for (int level = 1; level <= SLUICE_LEVEL_STRONGEST; level++) {
        const size_t size = level < 10 ? SIZE : 70000;
        const uint32_t step = level < 7 ? 3001 : level < 10 ? 9001 : 30011;
        const sluice_deflate_options o = encode_options(SLUICE_RAW, level, SLUICE_STRATEGY_DEFAULT,
                                                        level % 4 == 3 ? 12 : 15);
        sluice_deflater *const d = encode_new(&o);
        size_t length[3], n;

        CHECK_EQ(sluice_compress(d, data, size, want[0], STREAM_ROOM, &length[0]), SLUICE_OK);
        for (int k = 1; k < 3; k++) {
            sluice_deflate_reset(d, NULL);
            length[k] = streamed(d, size, 0, k == 1 ? 0 : 32768);
            memcpy(want[k], other, length[k]);
        }
        for (uint32_t from = 0; from < 2 * 65536; from += step) {
            /* Through the border of 2^32, and of each 2^16 on the way; and somewhere in the middle. */
            const uint32_t place = from % 2 ? 0u - from : UINT32_C(0x7fff0000) + from;

            check_context("level %d, places from %u", level, place);
            sluice_deflate_reset(d, NULL);
            begin_at(d, place);
            CHECK_EQ(sluice_compress(d, data, size, packed, STREAM_ROOM, &n), SLUICE_OK);
            CHECK_BYTES(packed, n, want[0], length[0]);
            for (int k = 1; k < 3; k++) {
                sluice_deflate_reset(d, NULL);
                begin_at(d, place);
                n = streamed(d, size, k == 1 ? 4001 : 0, k == 1 ? 0 : 32768);
                CHECK_BYTES(other, n, want[k], length[k]);
            }
        }
        sluice_deflate_free(d);
    }
    return check_report("deflate/places");
}
