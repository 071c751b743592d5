/*
 * small_inputs_proof_test.c: every input up to a bound, at every level: it decodes to itself, and it keeps to
 * sluice_compress_bound(); with just the room that it takes it fits, and with a byte less it does not.
 *
 * Gone through are all strings over two letters of up to 8 bytes and over three of up to 5, at each of the 13 levels,
 * with each of the four strategies, raw and gzip; and all strings of up to two bytes of any value at levels 1
 * and 6. That is where an encoder has least to hide an off-by-one behind: no match, the first match, the last bytes. It
 * shows nothing of longer inputs; of those round_trip_test, property_test and the fuzzer try many.
 */
#include "tests/support/check.h"
#include "tests/support/encode.h"

#include <string.h>

enum { LONGEST = 8, ROOM = 64 };

static sluice_deflater *deflater;
static sluice_inflater *inflater;
static sluice_deflate_options options;

static bool holds(const uint8_t *data, size_t size)
{
    uint8_t packed[ROOM], plain[LONGEST + 1];
    size_t written, decoded, again;

    return sluice_compress(deflater, data, size, packed, ROOM, &written) == SLUICE_OK &&
           written <= sluice_compress_bound(size, options.format) &&
           sluice_decompress(inflater, packed, written, plain, sizeof plain, &decoded) == SLUICE_OK &&
           decoded == size && memcmp(plain, data, size) == 0 && sluice_inflate_where(inflater).input == written &&
           sluice_compress(deflater, data, size, packed, written, &again) == SLUICE_OK && again == written &&
           sluice_compress(deflater, data, size, packed, written - 1, &again) == SLUICE_ERR_ROOM;
}

/* All strings of `letters` letters, up to `longest` bytes. */
static void every_string(unsigned letters, unsigned longest)
{
    for (unsigned size = 0, all = 1; size <= longest; size++, all *= letters)
        for (unsigned n = 0; n < all; n++) {
            uint8_t data[LONGEST];

            for (unsigned i = 0, rest = n; i < size; i++, rest /= letters)
                data[i] = (uint8_t)(letters < 256 ? 'a' + rest % letters : rest % letters);
            if (!holds(data, size)) {
                check_context("%u letters, %u bytes, number %u, level %d, strategy %d, format %d", letters, size, n,
                              options.level, options.strategy, options.format);
                CHECK(false);
                return;
            }
        }
    CHECK(true);
}

static void use(sluice_format format, int level, sluice_strategy strategy)
{
    sluice_inflate_options inflate = sluice_inflate_defaults();

    options = encode_options(format, level, strategy, 15);
    inflate.format = format;
    CHECK_EQ(sluice_deflate_reset(deflater, &options), SLUICE_OK);
    CHECK_EQ(sluice_inflate_reset(inflater, &inflate), SLUICE_OK);
}

int main(void)
{
    static const int levels[] = {1, 6};

    options = encode_options(SLUICE_RAW, SLUICE_LEVEL_STRONGEST, SLUICE_STRATEGY_DEFAULT, 15);
    deflater = encode_new(&options);
    inflater = sluice_inflate_new(NULL, NULL);
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++)
        for (int strategy = 0; strategy < 4; strategy++) {
            use(strategy % 2 ? SLUICE_GZIP : SLUICE_RAW, level, (sluice_strategy)strategy);
            every_string(2, LONGEST);
            every_string(3, 5);
        }
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        use(SLUICE_ZLIB, levels[i], SLUICE_STRATEGY_DEFAULT);
        every_string(256, 2);
    }
    sluice_deflate_free(deflater);
    sluice_inflate_free(inflater);
    return check_report("deflate/small_inputs_proof");
}
