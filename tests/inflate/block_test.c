/*
 * block_test.c: blocks, gone through exhaustively where they are small (RFC 1951 3.2).
 */
#include "tests/support/bits.h"
#include "tests/support/check.h"
#include "tests/support/decode.h"

#include <string.h>

static uint8_t stream[70000], expected[DECODE_ROOM];
static struct reference_result want;
static struct decode_result got;
static const struct reference_options raw = {.window_bits = 15};

static void agree(const struct reference_options *options, size_t size)
{
    const struct decode_cut bytewise = {.input = 1, .output = 1};

    reference_decode(options, stream, size, expected, sizeof expected, &want);
    decode_whole(options, stream, size, (size_t)want.where.output, false, &got);
    decode_agrees(&got, &want, expected, "decode_whole");
    decode_stream(options, 0, stream, size, &bytewise, &got);
    decode_agrees(&got, &want, expected, "decode_stream");
}

/* All streams of one and two bytes, and of three that begin with each type of block. */
static void every_short_stream(void)
{
    for (unsigned size = 0; size <= 2; size++)
        for (unsigned value = 0; value < 1u << 8 * size; value++) {
            stream[0] = (uint8_t)value;
            stream[1] = (uint8_t)(value >> 8);
            check_context("%u bytes, %06x", size, value);
            agree(&raw, size);
        }
    for (unsigned value = 0; value < 1u << 24; value += 251) {
        stream[0] = (uint8_t)value;
        stream[1] = (uint8_t)(value >> 8);
        stream[2] = (uint8_t)(value >> 16);
        check_context("3 bytes, %06x", value);
        agree(&raw, 3);
    }
}

/* A final fixed block of one match, every length symbol with every distance symbol, after `before` literals. */
static void every_match(void)
{
    for (unsigned before = 0; before <= 40; before += 20)
        for (unsigned symbol = 257; symbol < 288; symbol++)
            for (unsigned distance = 0; distance < 32; distance++) {
                struct bit_writer w = {.data = stream, .size = sizeof stream};
                unsigned base, extra;

                bits_put(&w, 3, 3);
                for (unsigned i = 0; i < before; i++)
                    bits_put_codeword(&w, 0x30 + 'a' + i % 26, 8);
                if (symbol < 280)
                    bits_put_codeword(&w, symbol - 256, 7);
                else
                    bits_put_codeword(&w, 0xc0 + symbol - 280, 8);
                bits_length_symbol(symbol, &base, &extra);
                bits_put(&w, symbol * distance, extra);
                bits_put_codeword(&w, distance, 5);
                bits_distance_symbol(distance, &base, &extra);
                bits_put(&w, distance, extra);
                bits_put_codeword(&w, 0, 7);
                check_context("%u literals, then symbol %u and distance symbol %u", before, symbol, distance);
                agree(&raw, bits_bytes(&w));
            }
}

/* Every distance from 1 to 600 with lengths around the sizes of a wide copy, where a fast loop has room to run. */
static void every_near_distance(void)
{
    static const unsigned lengths[] = {3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 255, 258};
    unsigned distance = 1;

    for (; distance <= 600; distance += distance < 80 ? 1 : 13) {
        struct bit_writer w = {.data = stream, .size = sizeof stream};

        bits_put(&w, 3, 3);
        for (unsigned i = 0; i < 600; i++)
            bits_put_codeword(&w, 0x30 + i * i % 143, 8);
        for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            unsigned symbol = 285, code = 29, base, extra;

            for (;; symbol--) {
                bits_length_symbol(symbol, &base, &extra);
                if (base <= lengths[i])
                    break;
            }
            if (symbol < 280)
                bits_put_codeword(&w, symbol - 256, 7);
            else
                bits_put_codeword(&w, 0xc0 + symbol - 280, 8);
            bits_put(&w, lengths[i] - base, extra);
            for (;; code--) {
                bits_distance_symbol(code, &base, &extra);
                if (base <= distance)
                    break;
            }
            bits_put_codeword(&w, code, 5);
            bits_put(&w, distance - base, extra);
            bits_put_codeword(&w, 0x30 + i, 8);
        }
        bits_put_codeword(&w, 0, 7);
        bits_put(&w, 0, 64 * 1); /* a little behind it */
        check_context("distance %u", distance);
        agree(&raw, bits_bytes(&w));
        CHECK_EQ(want.status, SLUICE_END);
    }
}

/*
 * Matches at the distance of 32768 and no other for as long as it takes the window to move twice: whatever has been
 * put out when it moves, the whole of 32 KiB must still be there.
 */
static void the_farthest_distance_all_along(void)
{
    static const size_t cuts[] = {1, 37, 1000, 0};
    struct bit_writer w = {.data = stream, .size = sizeof stream};

    bits_put(&w, 2, 3);
    for (unsigned i = 0; i < 32768; i++)
        bits_put_codeword(&w, 0x30 + i * i / 7 % 143, 8);
    for (unsigned i = 0; i < 9000; i++) {
        bits_put_codeword(&w, 6 + i % 3, 7); /* lengths 8 to 10, without extra bits */
        bits_put_codeword(&w, 29, 5);
        bits_put(&w, 8191, 13);
    }
    bits_put_codeword(&w, 0, 7);
    bits_put(&w, 3, 10);
    CHECK(!w.full);
    reference_decode(&raw, stream, bits_bytes(&w), expected, sizeof expected, &want);
    CHECK_EQ(want.status, SLUICE_END);
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
        for (size_t k = 0; k < sizeof cuts / sizeof *cuts; k++) {
            const struct decode_cut cut = {.input = cuts[i], .output = cuts[k]};

            check_context("distance 32768 all along, input by %zu, room by %zu", cut.input, cut.output);
            decode_stream(&raw, 0, stream, bits_bytes(&w), &cut, &got);
            decode_agrees(&got, &want, expected, "decode_stream");
            decode_borrowed(&raw, 0, stream, bits_bytes(&w), &cut, &got);
            decode_agrees(&got, &want, expected, "decode_borrowed");
        }
}

/* LEN against NLEN: every bit of the complement wrong once, and the largest block. */
static void stored_lengths(void)
{
    static const unsigned lengths[] = {0, 1, 255, 256, 32767, 32768, 65534, 65535};

    for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (unsigned wrong = 0; wrong <= 16; wrong++) {
            struct bit_writer w = {.data = stream, .size = sizeof stream};

            bits_put(&w, 1, 8);
            bits_put(&w, lengths[i], 16);
            bits_put(&w, (~lengths[i] & 0xffff) ^ (wrong < 16 ? 1u << wrong : 0), 16);
            for (unsigned k = 0; k < lengths[i]; k++)
                stream[5 + k] = (uint8_t)(k * 7);
            check_context("LEN %u, wrong bit %u", lengths[i], wrong);
            agree(&raw, 5 + lengths[i]);
            CHECK_EQ(want.status, wrong < 16 ? SLUICE_ERR_STORED_LENGTH : SLUICE_END);
        }
}

/* Every pair of HLIT and HDIST, followed by a code length code and zeros. */
static void every_count(void)
{
    for (unsigned hlit = 0; hlit < 32; hlit++)
        for (unsigned hdist = 0; hdist < 32; hdist++)
            for (unsigned hclen = 0; hclen < 16; hclen++) {
                struct bit_writer w = {.data = stream, .size = sizeof stream};

                bits_put(&w, 5, 3);
                bits_put(&w, hlit, 5);
                bits_put(&w, hdist, 5);
                bits_put(&w, hclen, 4);
                bits_put(&w, 0x249, 12); /* 16, 17, 18 and 0 with one bit each */
                bits_put(&w, 0, 64);
                check_context("HLIT %u, HDIST %u, HCLEN %u", hlit, hdist, hclen);
                agree(&raw, bits_bytes(&w));
                CHECK_EQ(want.status, hlit > 29    ? SLUICE_ERR_LITLEN_COUNT
                                      : hdist > 29 ? SLUICE_ERR_DISTANCE_COUNT
                                                   : SLUICE_ERR_PRECODE_OVERFULL);
            }
}

int main(void)
{
    every_short_stream();
    every_match();
    every_near_distance();
    the_farthest_distance_all_along();
    stored_lengths();
    every_count();
    return check_report("inflate/block");
}
