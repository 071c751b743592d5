/*
 * http_range: which bytes of a file are wanted. The file has 100 bytes unless said otherwise.
 */
#include "net/http_range.h"
#include "tests/support/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* `want`: "first-end first-end …", "whole" or "outside". */
static void of_size(uint64_t size, const char *value, const char *want)
{
    const struct http_text text = {value, strlen(value)};
    struct http_range ranges[HTTP_RANGES_MOST];
    unsigned count;
    char got[1024] = "";
    const enum http_range_verdict verdict = http_range_parse(&text, size, ranges, &count);

    check_context("%s of %" PRIu64, value, size);
    if (verdict == HTTP_RANGE_WHOLE)
        strcpy(got, "whole");
    else if (verdict == HTTP_RANGE_OUTSIDE)
        strcpy(got, "outside");
    CHECK(count <= HTTP_RANGES_MOST && (count > 0) == (verdict == HTTP_RANGE_PARTS));
    for (unsigned i = 0; i < count; i++) {
        const size_t at = strlen(got);

        CHECK(ranges[i].first < ranges[i].end && ranges[i].end <= size);
        snprintf(got + at, sizeof got - at, "%s%" PRIu64 "-%" PRIu64, i ? " " : "", ranges[i].first, ranges[i].end);
    }
    if (!CHECK(strcmp(got, want) == 0))
        printf("    got %s, want %s\n", got, want);
}

static void wants(const char *value, const char *want)
{
    of_size(100, value, want);
}

static void one_range(void)
{
    wants("bytes=0-0", "0-1");
    wants("bytes=0-99", "0-100");
    wants("bytes=10-19", "10-20");
    wants("bytes=10-", "10-100");
    wants("bytes=99-", "99-100");
    wants("bytes=90-1000", "90-100");
    wants("bytes=-1", "99-100");
    wants("bytes=-100", "0-100");
    wants("bytes=-101", "0-100");
    wants("Bytes=1-2", "1-3");
    wants("bytes= 1-2 ", "1-3");
    wants("bytes=1-2,", "1-3");
    wants("bytes=0-99999999999999999999999", "0-100");
    of_size(UINT64_C(5000000000), "bytes=4294967296-", "4294967296-5000000000");
    of_size(UINT64_MAX, "bytes=18446744073709551614-18446744073709551615",
            "18446744073709551614-18446744073709551615");
}

static void several_ranges(void)
{
    wants("bytes=0-1,10-11", "0-2 10-12");
    wants("bytes=10-11, 0-1", "10-12 0-2");
    wants("bytes=0-1 ,\t-1", "0-2 99-100");
    wants("bytes=0-1,200-300,10-11", "0-2 10-12");
    /* those that overlap or touch are one, where the first of them stood */
    wants("bytes=0-9,5-14", "0-15");
    wants("bytes=0-9,10-19", "0-20");
    wants("bytes=10-19,0-9", "0-20");
    wants("bytes=0-9,11-19", "0-10 11-20");
    wants("bytes=0-1,10-11,50-51,0-60", "0-61");
    wants("bytes=50-51,0-1,10-11,2-10", "50-52 0-12");
    wants("bytes=0-,0-,0-,0-", "0-100");
}

static void outside(void)
{
    wants("bytes=100-", "outside");
    wants("bytes=100-200", "outside");
    wants("bytes=-0", "outside");
    wants("bytes=100-,200-,-0", "outside");
    of_size(0, "bytes=0-", "outside");
    of_size(0, "bytes=-1", "outside");
    wants("bytes=99999999999999999999999-", "outside");
}

static void what_is_ignored(void)
{
    wants("", "whole");
    wants("bytes", "whole");
    wants("bytes=", "whole");
    wants("bytes=,", "whole");
    wants("bytes=-", "whole");
    wants("bytes=x", "whole");
    wants("bytes=1", "whole");
    wants("bytes=1-x", "whole");
    wants("bytes=2-1", "whole");
    wants("bytes=--1", "whole");
    wants("bytes=1--2", "whole");
    wants("bytes=+1-2", "whole");
    wants("bytes=1 - 2", "whole");
    wants("bytes=0x1-2", "whole");
    wants("bytes:0-1", "whole");
    wants("items=0-1", "whole");
    wants("bytes=0-1,x", "whole");
    wants("bytes =0-1", "whole");
}

static void there_is_a_limit(void)
{
    char value[512] = "bytes=";

    for (unsigned i = 0; i < HTTP_RANGES_MOST; i++)
        sprintf(value + strlen(value), "%s%u-%u", i ? "," : "", 2 * i, 2 * i);
    struct http_text text = {value, strlen(value)};
    struct http_range ranges[HTTP_RANGES_MOST];
    unsigned count;

    check_context("limit");
    CHECK_EQ(http_range_parse(&text, 100, ranges, &count), HTTP_RANGE_PARTS);
    CHECK_EQ(count, HTTP_RANGES_MOST);
    strcat(value, ",0-1");
    text.size = strlen(value);
    CHECK_EQ(http_range_parse(&text, 100, ranges, &count), HTTP_RANGE_WHOLE);
    CHECK_EQ(count, 0);
}

/* Any set against a map of bytes: the same bytes are covered, and no two ranges touch. */
static void random_sets_cover_what_they_say(void)
{
    uint64_t seed = 4;
    long wrong = 0;

    check_context("random sets");
    for (int round = 0; round < 5000; round++) {
        char value[512] = "bytes=";
        struct http_range ranges[HTTP_RANGES_MOST];
        unsigned char wanted[100] = {0}, covered[100] = {0};
        unsigned count;

        for (uint64_t i = 0; i <= check_random(&seed) % 8; i++) {
            const unsigned first = (unsigned)(check_random(&seed) >> 32) % 110;
            const unsigned last = first + (unsigned)(check_random(&seed) >> 32) % 12;

            sprintf(value + strlen(value), "%u-%u,", first, last);
            for (unsigned b = first; b <= last && b < 100; b++)
                wanted[b] = 1;
        }
        const struct http_text text = {value, strlen(value)};

        http_range_parse(&text, 100, ranges, &count);
        for (unsigned i = 0; i < count; i++) {
            for (uint64_t b = ranges[i].first; b < ranges[i].end; b++)
                wrong += covered[b]++;
            for (unsigned k = 0; k < i; k++)
                wrong += ranges[i].first <= ranges[k].end && ranges[k].first <= ranges[i].end;
        }
        wrong += memcmp(wanted, covered, sizeof wanted) != 0;
    }
    CHECK_EQ(wrong, 0);
}

int main(void)
{
    one_range();
    several_ranges();
    outside();
    what_is_ignored();
    there_is_a_limit();
    random_sets_cover_what_they_say();
    return check_report("net/http_range");
}
