/*
 * huffman_test.c: codes of every shape, told apart and decoded (RFC 1951 3.2.2, 3.2.7).
 *
 * The tables are tested by what they are for: a stream is written whose dynamic block declares a code, followed by its
 * codewords, and the decoder must find what the reference finds. Small alphabets are gone through exhaustively: every
 * assignment of lengths, complete, incomplete or over-subscribed.
 */
#include "tests/support/bits.h"
#include "tests/support/check.h"
#include "tests/support/decode.h"

#include <string.h>

enum { LITLEN = 286, DISTANCES = 30, STREAM_MAX = 8000 };

static uint8_t stream[STREAM_MAX], expected[DECODE_ROOM];
static struct reference_result want;
static struct decode_result got;

/* Of the streams of a test, how many were refused: a test of many shapes must have met both kinds. */
static unsigned long accepted, refused;

static void agree(const struct bit_writer *w)
{
    static const struct reference_options options = {.window_bits = 15};
    const struct decode_cut bytewise = {.input = 1, .output = 1};

    reference_decode(&options, stream, bits_bytes(w), expected, sizeof expected, &want);
    want.status == SLUICE_END ? accepted++ : refused++;
    decode_whole(&options, stream, bits_bytes(w), (size_t)want.where.output + 400, false, &got);
    decode_agrees(&got, &want, expected, "decode_whole");
    decode_stream(&options, 0, stream, bits_bytes(w), &bytewise, &got);
    decode_agrees(&got, &want, expected, "decode_stream");
}

static void both_kinds(const char *of)
{
    check_context("%s: %lu accepted, %lu refused", of, accepted, refused);
    CHECK(accepted > 0);
    CHECK(refused > 0);
    accepted = refused = 0;
}

/* The header of a dynamic block, every length by a codeword of four or five bits. */
static struct bit_writer begin_dynamic(const uint8_t *litlen, const uint8_t *distances)
{
    struct bit_writer w = {.data = stream, .size = sizeof stream};
    uint8_t precode[19] = {0};
    uint16_t word[19];

    bits_put(&w, 1, 1);
    bits_put(&w, 2, 2);
    bits_put(&w, LITLEN - 257, 5);
    bits_put(&w, DISTANCES - 1, 5);
    bits_put(&w, 19 - 4, 4);
    for (unsigned i = 0; i < 19; i++) { /* the order of lengths does not matter where all are alike: 13 of 4, 6 of 5 */
        static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

        precode[order[i]] = order[i] < 13 ? 4 : 5;
        bits_put(&w, precode[order[i]], 3);
    }
    bits_assign(precode, 19, word);
    for (unsigned i = 0; i < LITLEN; i++)
        bits_put_codeword(&w, word[litlen[i]], precode[litlen[i]]);
    for (unsigned i = 0; i < DISTANCES; i++)
        bits_put_codeword(&w, word[distances[i]], precode[distances[i]]);
    return w;
}

/* Every literal that has a codeword, then the end. */
static void literals_and_end(struct bit_writer *w, const uint8_t *litlen)
{
    uint16_t word[LITLEN];

    bits_assign(litlen, LITLEN, word);
    for (unsigned i = 0; i < 256; i++)
        if (litlen[i])
            bits_put_codeword(w, word[i], litlen[i]);
    bits_put_codeword(w, word[256], litlen[256]);
}

/* Every way to give five symbols lengths from 0 to 5. */
static void every_small_litlen_code(void)
{
    static const uint16_t symbols[5] = {0, 'a', 255, 256, 285};
    uint8_t litlen[LITLEN] = {0}, distances[DISTANCES] = {1};
    unsigned choice[5] = {0};

    for (bool more = true; more;) {
        struct bit_writer w;

        for (unsigned i = 0; i < 5; i++)
            litlen[symbols[i]] = (uint8_t)choice[i];
        check_context("litlen lengths %u %u %u %u %u", choice[0], choice[1], choice[2], choice[3], choice[4]);
        w = begin_dynamic(litlen, distances);
        literals_and_end(&w, litlen);
        bits_put(&w, 0xffff, 16); /* what comes behind a single codeword's end is not looked at */
        agree(&w);
        more = false;
        for (unsigned i = 0; i < 5 && !more; i++) {
            choice[i] = (choice[i] + 1) % 6;
            more = choice[i] != 0;
        }
    }
    both_kinds("litlen codes");
}

/* Every way to give four distance symbols lengths from 0 to 4, and then a match by each sequence of four bits. */
static void every_small_distance_code(void)
{
    static const uint8_t symbols[4] = {0, 3, 4, 29};
    uint8_t litlen[LITLEN] = {0}, distances[DISTANCES] = {0};

    litlen['a'] = 1;
    litlen[256] = litlen[257] = 2; /* codewords 0, 10, 11 */
    for (unsigned choice = 0; choice < 5 * 5 * 5 * 5; choice++)
        for (unsigned bits = 0; bits < 16; bits++) {
            struct bit_writer w;

            for (unsigned i = 0, n = choice; i < 4; i++, n /= 5)
                distances[symbols[i]] = (uint8_t)(n % 5);
            check_context("distance lengths %u %u %u %u, then bits %u", distances[0], distances[3], distances[4],
                          distances[29], bits);
            w = begin_dynamic(litlen, distances);
            for (unsigned i = 0; i < 6; i++)
                bits_put_codeword(&w, 0, 1);
            bits_put_codeword(&w, 3, 2);
            bits_put(&w, bits, 4);
            bits_put(&w, 0, 15);
            bits_put_codeword(&w, 2, 2);
            agree(&w);
        }
    both_kinds("distance codes");
}

/* Every way to give the code length symbols 0, 1, 16, 18 lengths from 0 to 7. */
static void every_small_precode(void)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    for (unsigned choice = 0; choice < 1u << 12; choice++) {
        struct bit_writer w = {.data = stream, .size = sizeof stream};
        uint8_t precode[19] = {[0] = choice & 7, [1] = choice >> 3 & 7, [16] = choice >> 6 & 7, [18] = choice >> 9 & 7};
        uint16_t word[19];

        check_context("precode lengths 0:%u 1:%u 16:%u 18:%u", precode[0], precode[1], precode[16], precode[18]);
        bits_put(&w, 1, 1);
        bits_put(&w, 2, 2);
        bits_put(&w, 0, 5);
        bits_put(&w, 1, 5);
        bits_put(&w, 18 - 4, 4);
        for (unsigned i = 0; i < 18; i++)
            bits_put(&w, precode[order[i]], 3);
        bits_assign(precode, 19, word);
        if (precode[18]) {
            bits_put_codeword(&w, word[18], precode[18]); /* 138 zeros and 109 */
            bits_put(&w, 127, 7);
            bits_put_codeword(&w, word[18], precode[18]);
            bits_put(&w, 98, 7);
        } else if (precode[16]) {
            bits_put_codeword(&w, word[0], precode[0]); /* a zero and 41 times 6 more */
            for (unsigned i = 0; i < 41; i++) {
                bits_put_codeword(&w, word[16], precode[16]);
                bits_put(&w, 3, 2);
            }
        } else {
            for (unsigned i = 0; i < 247; i++)
                bits_put_codeword(&w, word[0], precode[0]);
        }
        for (unsigned i = 247; i < 256; i++)
            bits_put_codeword(&w, word[0], precode[0]);
        for (unsigned i = 0; i < 3; i++) /* 256, and two distances */
            bits_put_codeword(&w, word[1], precode[1]);
        bits_put_codeword(&w, 0, 1);
        agree(&w);
    }
    both_kinds("code length codes");
}

/* A code as lopsided as can be: every length up to `longest`, for codewords on both sides of every table's root. */
static void every_longest_length(void)
{
    for (unsigned longest = 1; longest <= 15; longest++)
        for (unsigned reversed = 0; reversed < 2; reversed++) {
            uint8_t litlen[LITLEN] = {0}, distances[DISTANCES] = {0};
            struct bit_writer w;

            for (unsigned i = 0; i <= longest; i++) {
                const unsigned length = i < longest ? i + 1 : longest;

                litlen[i == 0 ? 256 : reversed ? 200 - i : i] = (uint8_t)length;
                distances[reversed ? 29 - i : i] = (uint8_t)length;
            }
            check_context("lengths 1 to %u, %s", longest, reversed ? "reversed" : "in order");
            w = begin_dynamic(litlen, distances);
            literals_and_end(&w, litlen);
            agree(&w);
            CHECK_EQ(want.status, SLUICE_END);
        }
}

/* All symbols with codewords of as equal a length as possible; a shift by one symbol at a time of the longer ones. */
static void every_literal_at_both_lengths(void)
{
    for (unsigned shift = 0; shift < LITLEN; shift += 13) {
        uint8_t litlen[LITLEN], distances[DISTANCES];
        struct bit_writer w;

        for (unsigned i = 0; i < LITLEN; i++) /* 226 of 8 bits and 60 of 9 */
            litlen[(i + shift) % LITLEN] = i < 226 ? 8 : 9;
        for (unsigned i = 0; i < DISTANCES; i++) /* 2 of 4 and 28 of 5 */
            distances[(i + shift) % DISTANCES] = i < 2 ? 4 : 5;
        check_context("all symbols, shifted by %u", shift);
        w = begin_dynamic(litlen, distances);
        literals_and_end(&w, litlen);
        agree(&w);
        CHECK_EQ(want.status, SLUICE_END);
    }
}

int main(void)
{
    every_small_litlen_code();
    every_small_distance_code();
    every_small_precode();
    every_longest_length();
    every_literal_at_both_lengths();
    return check_report("inflate/huffman");
}
