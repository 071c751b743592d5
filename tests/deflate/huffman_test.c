/*
 * huffman_test.c: code lengths are optimal, within their limit, and make a whole code of at least two symbols;
 * codewords are those of RFC 1951 3.2.2, turned round.
 */
#include "deflate/huffman.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <string.h>

enum { MOST = LITLEN_SYMBOLS_FIXED };

static uint64_t cost_of(const uint8_t *length, const uint32_t *frequency, unsigned symbols)
{
    uint64_t cost = 0;

    for (unsigned i = 0; i < symbols; i++)
        cost += (uint64_t)length[i] * frequency[i];
    return cost;
}

/* Huffman's algorithm as its inventor put it: the two lightest become one, which costs their sum. */
static uint64_t huffman_cost(const uint32_t *frequency, unsigned symbols)
{
    uint64_t weight[MOST], cost = 0;
    unsigned n = 0;

    for (unsigned i = 0; i < symbols; i++)
        if (frequency[i])
            weight[n++] = frequency[i];
    if (n == 1)
        return weight[0];
    while (n > 1) {
        for (unsigned k = 0; k < 2; k++)
            for (unsigned i = k + 1; i < n; i++)
                if (weight[i] < weight[k]) {
                    const uint64_t w = weight[i];

                    weight[i] = weight[k];
                    weight[k] = w;
                }
        weight[0] += weight[1];
        cost += weight[0];
        weight[1] = weight[--n];
    }
    return cost;
}

/*
 * The least cost under a limit, by trying: going down one bit at a time with `places` codewords open, so many of them
 * become leaves, which the heaviest of the symbols left take. f[] is sorted, the heaviest first.
 */
static uint64_t limited_cost(const uint64_t *f, unsigned n, unsigned places, unsigned bits_left)
{
    uint64_t best = UINT64_MAX;

    if (n == 0)
        return places == 0 ? 0 : UINT64_MAX;
    if (places > n || (uint64_t)places << bits_left < n)
        return UINT64_MAX;
    for (unsigned leaves = 0; leaves <= places; leaves++) {
        const unsigned open = 2 * (places - leaves);
        const uint64_t below = open == 0 && n == leaves ? 0
                               : bits_left == 0         ? UINT64_MAX
                                                        : limited_cost(f + leaves, n - leaves, open, bits_left - 1);

        if (below != UINT64_MAX) {
            uint64_t cost = below;

            for (unsigned i = leaves; i < n; i++)
                cost += f[i];
            if (cost < best)
                best = cost;
        }
    }
    return best;
}

/* Of all codes whose codewords have at most `limit` bits, the least cost. */
static uint64_t least_cost(const uint32_t *frequency, unsigned symbols, unsigned limit)
{
    uint64_t f[MOST], sum = 0, below;
    unsigned n = 0;

    for (unsigned i = 0; i < symbols; i++) {
        unsigned at = n;

        if (frequency[i] == 0)
            continue;
        for (; at > 0 && f[at - 1] < frequency[i]; at--)
            f[at] = f[at - 1];
        f[at] = frequency[i];
        sum += frequency[i];
        n++;
    }
    below = limited_cost(f, n, 2, limit - 1);
    return below + sum;
}

static void check_lengths(const uint32_t *frequency, unsigned symbols, unsigned limit, uint64_t cost)
{
    uint8_t length[MOST + 1];
    unsigned used = 0, coded = 0;
    uint32_t kraft = 0;

    memset(length, 0x77, sizeof length);
    sluice_huffman_lengths(length, frequency, symbols, limit);
    CHECK_EQ(length[symbols], 0x77);
    for (unsigned i = 0; i < symbols; i++) {
        used += frequency[i] != 0;
        coded += length[i] != 0;
        if (length[i])
            kraft += 1u << 15 >> length[i];
        if (frequency[i] && length[i] == 0)
            CHECK(length[i] > 0);
        if (length[i] > limit)
            CHECK_EQ(length[i], limit);
    }
    CHECK_EQ(kraft, 1u << 15);
    CHECK_EQ(coded, used < 2 ? 2 : used);
    CHECK_EQ(cost_of(length, frequency, symbols), cost);
}

static void test_few(void)
{
    uint32_t frequency[MOST] = {0};

    check_context("no symbol");
    check_lengths(frequency, DISTANCE_SYMBOLS, CODE_BITS_MAX, 0);
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++) {
        check_context("symbol %u alone", i);
        memset(frequency, 0, sizeof frequency);
        frequency[i] = 5;
        check_lengths(frequency, DISTANCE_SYMBOLS, CODE_BITS_MAX, 5);
        for (unsigned k = 0; k < i; k++) {
            frequency[k] = 1000000;
            check_lengths(frequency, DISTANCE_SYMBOLS, CODE_BITS_MAX, 1000005);
            frequency[k] = 0;
        }
    }
}

/* Each frequency is the sum of those of the two before: no code is deeper. */
static void test_fibonacci(void)
{
    for (unsigned n = 2; n <= 40; n++) {
        uint32_t frequency[MOST] = {0};

        for (unsigned i = 0; i < n; i++)
            frequency[i * 7 % 41] = i < 2 ? 1 : 0;
        for (unsigned i = 2; i < n; i++)
            frequency[i * 7 % 41] = frequency[(i - 1) * 7 % 41] + frequency[(i - 2) * 7 % 41];
        for (unsigned limit = 6; limit <= CODE_BITS_MAX; limit++) {
            check_context("%u Fibonacci numbers, %u bits", n, limit);
            if (n - 1 <= limit)
                check_lengths(frequency, 41, limit, huffman_cost(frequency, 41));
            else if (n <= 16)
                check_lengths(frequency, 41, limit, least_cost(frequency, 41, limit));
            else {
                uint8_t length[MOST];

                sluice_huffman_lengths(length, frequency, 41, limit);
                check_lengths(frequency, 41, limit, cost_of(length, frequency, 41)); /* whole, and no longer */
            }
        }
    }
}

/* The code length code: 19 symbols in at most 7 bits, where the limit is met often. */
static void test_limited(void)
{
    uint64_t random = 3;

    for (int round = 0; round < 600; round++) {
        uint32_t frequency[PRECODE_SYMBOLS] = {0};
        const unsigned n = 2 + (unsigned)sample_below(&random, 11), limit = 5 + (unsigned)sample_below(&random, 3);

        for (unsigned i = 0; i < n; i++) {
            const unsigned shift = (unsigned)sample_below(&random, 16);

            frequency[sample_below(&random, PRECODE_SYMBOLS)] = 1 + (uint32_t)sample_below(&random, 1u << shift);
        }

        unsigned used = 0;

        for (unsigned i = 0; i < PRECODE_SYMBOLS; i++)
            used += frequency[i] != 0;
        check_context("round %d, %u bits", round, limit);
        if (used >= 2)
            check_lengths(frequency, PRECODE_SYMBOLS, limit, least_cost(frequency, PRECODE_SYMBOLS, limit));
    }
}

/* Whole alphabets with frequencies of all shapes, where no limit is met. */
static void test_optimal(void)
{
    uint64_t random = 5;

    for (int round = 0; round < 300; round++) {
        uint32_t frequency[MOST];
        const unsigned symbols = 2 + (unsigned)sample_below(&random, MOST - 1);
        const unsigned shift = (unsigned)sample_below(&random, 20), zeros = 1 + (unsigned)sample_below(&random, 5);
        uint8_t length[MOST];
        unsigned longest = 0;

        for (unsigned i = 0; i < symbols; i++)
            frequency[i] = sample_below(&random, zeros) ? 0 : (uint32_t)sample_below(&random, (size_t)1 << shift);
        check_context("round %d, %u symbols", round, symbols);
        sluice_huffman_lengths(length, frequency, symbols, CODE_BITS_MAX);
        for (unsigned i = 0; i < symbols; i++)
            longest = length[i] > longest ? length[i] : longest;
        if (longest < CODE_BITS_MAX)
            check_lengths(frequency, symbols, CODE_BITS_MAX, huffman_cost(frequency, symbols));
        else
            CHECK(cost_of(length, frequency, symbols) >= huffman_cost(frequency, symbols));
    }
}

/* RFC 1951 3.2.2: codewords of one length are consecutive, shorter ones come first, in the order of the symbols. */
static void test_codes(void)
{
    uint64_t random = 7;

    for (int round = 0; round < 200; round++) {
        uint32_t frequency[MOST], code[MOST];
        uint8_t length[MOST];
        const unsigned symbols = 2 + (unsigned)sample_below(&random, MOST - 1);
        unsigned word = 0;

        for (unsigned i = 0; i < symbols; i++)
            frequency[i] = (uint32_t)sample_below(&random, 4) * (uint32_t)sample_below(&random, (size_t)1 << i % 20);
        check_context("round %d, %u symbols", round, symbols);
        sluice_huffman_lengths(length, frequency, symbols, CODE_BITS_MAX);
        sluice_huffman_codes(code, length, symbols);
        for (unsigned n = 1; n <= CODE_BITS_MAX; n++, word <<= 1) {
            for (unsigned i = 0; i < symbols; i++) {
                unsigned turned = 0;

                if (length[i] != n)
                    continue;
                for (unsigned bit = 0; bit < n; bit++)
                    turned |= (word >> bit & 1) << (n - 1 - bit);
                CHECK_EQ(code_bits(code[i]), turned);
                CHECK_EQ(code_length(code[i]), n);
                word++;
            }
        }
        CHECK_EQ(word, 2u << CODE_BITS_MAX);
        for (unsigned i = 0; i < symbols; i++)
            if (length[i] == 0)
                CHECK_EQ(code[i], 0);
    }

    /* The RFC's own example: lengths 3 3 3 3 3 2 4 4 stand for 010 011 100 101 110 00 1110 1111. */
    static const uint8_t example[8] = {3, 3, 3, 3, 3, 2, 4, 4};
    static const uint8_t want[8] = {2, 6, 1, 5, 3, 0, 7, 15};
    uint32_t code[8];

    sluice_huffman_codes(code, example, 8);
    for (unsigned i = 0; i < 8; i++)
        CHECK_EQ(code_bits(code[i]), want[i]);
}

int main(void)
{
    test_few();
    test_fibonacci();
    test_limited();
    test_optimal();
    test_codes();
    return check_report("deflate/huffman");
}
