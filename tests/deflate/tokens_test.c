/*
 * tokens_test.c: the symbols of all lengths and distances are those of the RFC's tables, and a token gives back what
 * was put into it.
 */
#include "deflate/tokens.h"

#include "tests/support/check.h"

/* RFC 1951 3.2.5, row by row: the first length of each symbol and its extra bits. */
static const struct {
    unsigned symbol, extra, first, last;
} lengths[] = {
    {257, 0, 3, 3},     {258, 0, 4, 4},     {259, 0, 5, 5},     {260, 0, 6, 6},     {261, 0, 7, 7},
    {262, 0, 8, 8},     {263, 0, 9, 9},     {264, 0, 10, 10},   {265, 1, 11, 12},   {266, 1, 13, 14},
    {267, 1, 15, 16},   {268, 1, 17, 18},   {269, 2, 19, 22},   {270, 2, 23, 26},   {271, 2, 27, 30},
    {272, 2, 31, 34},   {273, 3, 35, 42},   {274, 3, 43, 50},   {275, 3, 51, 58},   {276, 3, 59, 66},
    {277, 4, 67, 82},   {278, 4, 83, 98},   {279, 4, 99, 114},  {280, 4, 115, 130}, {281, 5, 131, 162},
    {282, 5, 163, 194}, {283, 5, 195, 226}, {284, 5, 227, 257}, {285, 0, 258, 258},
};

static const struct {
    unsigned symbol, extra, first, last;
} distances[] = {
    {0, 0, 1, 1},          {1, 0, 2, 2},          {2, 0, 3, 3},           {3, 0, 4, 4},
    {4, 1, 5, 6},          {5, 1, 7, 8},          {6, 2, 9, 12},          {7, 2, 13, 16},
    {8, 3, 17, 24},        {9, 3, 25, 32},        {10, 4, 33, 48},        {11, 4, 49, 64},
    {12, 5, 65, 96},       {13, 5, 97, 128},      {14, 6, 129, 192},      {15, 6, 193, 256},
    {16, 7, 257, 384},     {17, 7, 385, 512},     {18, 8, 513, 768},      {19, 8, 769, 1024},
    {20, 9, 1025, 1536},   {21, 9, 1537, 2048},   {22, 10, 2049, 3072},   {23, 10, 3073, 4096},
    {24, 11, 4097, 6144},  {25, 11, 6145, 8192},  {26, 12, 8193, 12288},  {27, 12, 12289, 16384},
    {28, 13, 16385, 24576}, {29, 13, 24577, 32768},
};

static void test_symbols(void)
{
    unsigned next = MATCH_MIN;

    for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        CHECK_EQ(sluice_length_base[i], lengths[i].first);
        CHECK_EQ(sluice_length_extra[i], lengths[i].extra);
        for (unsigned length = lengths[i].first; length <= lengths[i].last; length++, next++) {
            CHECK_EQ(length, next);
            CHECK_EQ(length_symbol(length - MATCH_MIN), lengths[i].symbol);
        }
    }
    CHECK_EQ(next, MATCH_MAX + 1);
    next = 1;
    for (unsigned i = 0; i < sizeof distances / sizeof distances[0]; i++) {
        CHECK_EQ(sluice_distance_base[i], distances[i].first);
        CHECK_EQ(sluice_distance_extra[i], distances[i].extra);
        for (unsigned distance = distances[i].first; distance <= distances[i].last; distance++, next++) {
            CHECK_EQ(distance, next);
            CHECK_EQ(distance_symbol(distance - 1), distances[i].symbol);
            CHECK_EQ(distance_extra(distance - 1), distances[i].extra);
        }
    }
    CHECK_EQ(next, WINDOW_MAX + 1);
}

static void test_packing(void)
{
    for (unsigned run = 0; run <= TOKEN_RUN_MAX; run += run < 3 ? 1 : 36) {
        for (unsigned length = MATCH_MIN; length <= MATCH_MAX; length++) {
            for (unsigned distance = 1; distance <= WINDOW_MAX;
                 distance = distance < 3 ? distance + 1 : distance * 2 - 1) {
                const uint32_t token = token_match(run, length, distance);

                CHECK(!token_is_literals(token));
                CHECK_EQ(token_run(token), run);
                CHECK_EQ(token_length_index(token), length - MATCH_MIN);
                CHECK_EQ(token_distance_index(token), distance - 1);
            }
            CHECK_EQ(token_distance_index(token_match(run, length, WINDOW_MAX)), WINDOW_MAX - 1);
        }
    }
    for (unsigned n = 1; n < 1u << 20; n = n * 3 + 1) {
        CHECK(token_is_literals(TOKEN_LITERALS | n));
        CHECK_EQ(token_literals(TOKEN_LITERALS | n), n);
    }
}

int main(void)
{
    test_symbols();
    test_packing();
    return check_report("deflate/tokens");
}
