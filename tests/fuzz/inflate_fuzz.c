/*
 * The decoder in every format, by all its calls and cut at random, against the reference decoder: the same verdict,
 * bytes, position and input taken.
 *
 * input: format and flags, window and start bit, sizes of the pieces of input and of room, limit of output, a call to
 * copy the decoder after, two bytes of chance; then the stream.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/support/decode.h"

#include <string.h>

enum { OUTPUT_MAX = 40000 };

static const size_t pieces[] = {0, 1, 2, 3, 5, 7, 13, 40, 300, 1000, 4096};
enum { PIECES = sizeof pieces / sizeof *pieces };

static uint8_t dictionary[600], want_output[OUTPUT_MAX + 1];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    for (size_t i = 0; i < sizeof dictionary; i++)
        dictionary[i] = (uint8_t)(i * i + i / 3);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct reference_result want;
    static struct decode_result got;
    struct fuzz_input in = {data, size};
    const unsigned kind = fuzz_byte(&in), window = fuzz_byte(&in), piece = fuzz_byte(&in), limit = fuzz_byte(&in);
    const unsigned copy = fuzz_byte(&in);
    uint64_t random = fuzz_word(&in) * 2 + 1;
    struct reference_options o = {.format = (sluice_format)(kind % 5), .window_bits = 8 + window % 8,
                                  .one_member = kind & 16, .max_output = limit ? limit * limit / 2 + 1 : OUTPUT_MAX};
    struct decode_cut cut = {.input = pieces[piece % PIECES], .output = pieces[piece / 16 % PIECES],
                             .random = kind & 32 ? &random : NULL, .at_start = kind & 64, .copy_after = copy % 32};
    const unsigned flags = kind & 128 ? (unsigned)SLUICE_STOP_AT_BLOCK : 0;

    if (o.format == SLUICE_RAW)
        o.start_bit = window / 8 % 8;
    if (window & 64 && (o.format == SLUICE_RAW || o.format == SLUICE_ZLIB)) {
        o.dictionary = dictionary;
        o.dictionary_size = sizeof dictionary - copy;
    }
    if (in.size == 0)
        o.start_bit = 0;
    reference_decode(&o, in.data, in.size, want_output, sizeof want_output, &want);
    MUST(want.status != SLUICE_ERR_ROOM);
    if (!o.dictionary && !o.start_bit) {
        decode_whole(&o, in.data, in.size, (size_t)want.where.output + (kind & 64 ? 0 : 1000), cut.at_start, &got);
        MUST(decode_agrees(&got, &want, want_output, "decode_whole"));
    }
    decode_stream(&o, flags, in.data, in.size, &cut, &got);
    MUST(decode_agrees(&got, &want, want_output, "decode_stream"));
    if (flags)
        MUST(decode_blocks_agree(&got, &want, "decode_stream"));
    decode_borrowed(&o, flags, in.data, in.size, &cut, &got);
    MUST(decode_agrees(&got, &want, want_output, "decode_borrowed"));
    return 0;
}
