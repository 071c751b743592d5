/*
 * http_range_proof_test.c: range arithmetic, exhaustively up to a bound. For files of 0 to 5 bytes, and every set of
 * one, two or three ranges of the forms first-last, first- and -length with numbers from 0 to 6, the bytes that
 * http_range_parse() gives are those that RFC 9110 14.1.2 says, no byte twice, none beyond the end; its verdict is
 * right; and the ranges it gives neither overlap nor touch. For the largest files, up to 2^64 - 1 bytes, the same is
 * shown with numbers around the size and around 2^64.
 */
#include "net/http_range.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

enum { NUMBERS = 7, FORMS = NUMBERS * NUMBERS + 2 * NUMBERS, LARGEST = 5 };

/* One range: its text, whether it is a right one, and the bytes of each size of file it stands for. */
static struct form {
    char text[12];
    bool right;
    unsigned bytes[LARGEST + 1];
} forms[FORMS];

static void make_forms(void)
{
    unsigned n = 0;

    for (unsigned first = 0; first < NUMBERS; first++)
        for (unsigned last = 0; last < NUMBERS; last++, n++) {
            snprintf(forms[n].text, sizeof forms[n].text, "%u-%u", first, last);
            forms[n].right = first <= last;
            for (unsigned size = 0; size <= LARGEST; size++)
                for (unsigned at = first; at <= last && at < size; at++)
                    forms[n].bytes[size] |= 1u << at;
        }
    for (unsigned number = 0; number < NUMBERS; number++, n++) {
        snprintf(forms[n].text, sizeof forms[n].text, "%u-", number);
        forms[n].right = true;
        for (unsigned size = 0; size <= LARGEST; size++)
            for (unsigned at = number; at < size; at++)
                forms[n].bytes[size] |= 1u << at;
    }
    for (unsigned number = 0; number < NUMBERS; number++, n++) {
        snprintf(forms[n].text, sizeof forms[n].text, "-%u", number);
        forms[n].right = true;
        for (unsigned size = 0; size <= LARGEST; size++)
            for (unsigned back = 1; back <= number && back <= size; back++)
                forms[n].bytes[size] |= 1u << (size - back);
    }
}

static bool as_defined(const char *text, unsigned size, bool right, unsigned bytes)
{
    const struct http_text value = {text, strlen(text)};
    struct http_range ranges[HTTP_RANGES_MOST];
    unsigned count, got = 0;
    const enum http_range_verdict verdict = http_range_parse(&value, size, ranges, &count);

    if (!right)
        return verdict == HTTP_RANGE_WHOLE && count == 0;
    if (bytes == 0)
        return verdict == HTTP_RANGE_OUTSIDE && count == 0;
    if (verdict != HTTP_RANGE_PARTS)
        return false;
    for (unsigned i = 0; i < count; i++) {
        if (ranges[i].first >= ranges[i].end || ranges[i].end > size)
            return false;
        for (unsigned k = 0; k < i; k++)
            if (ranges[i].first <= ranges[k].end && ranges[k].first <= ranges[i].end)
                return false;
        for (uint64_t at = ranges[i].first; at < ranges[i].end; at++)
            got |= 1u << at;
    }
    return got == bytes;
}

static void every_set(void)
{
    char text[64];

    for (unsigned size = 0; size <= LARGEST; size++)
        for (unsigned a = 0; a < FORMS; a++)
            for (unsigned b = 0; b <= FORMS; b++)     /* FORMS: no second range */
                for (unsigned c = 0; c <= FORMS; c++) { /* nor a third */
                    const struct form none = {"", true, {0}};
                    const struct form *const x = &forms[a], *const y = b < FORMS ? &forms[b] : &none,
                                      *const z = c < FORMS ? &forms[c] : &none;

                    if (b == FORMS && c < FORMS)
                        continue;
                    snprintf(text, sizeof text, "bytes=%.11s%s%.11s%s%.11s", x->text, b < FORMS ? "," : "", y->text,
                             c < FORMS ? "," : "", z->text);
                    check_context("%s of %u bytes", text, size);
                    CHECK(as_defined(text, size, x->right && y->right && z->right,
                                     x->bytes[size] | y->bytes[size] | z->bytes[size]));
                }
}

/* One range of a file of nearly 2^64 bytes, from numbers where something could overflow. */
static void largest_files(void)
{
    static const uint64_t numbers[] = {0, 1, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX - 2, UINT64_MAX - 1,
                                       UINT64_MAX};
    enum { N = sizeof numbers / sizeof *numbers };

    for (unsigned s = 0; s < N; s++)
        for (unsigned a = 0; a < N; a++)
            for (unsigned b = 0; b < N; b++)
                for (unsigned form = 0; form < 3; form++) {
                    const uint64_t size = numbers[s], first = numbers[a], last = numbers[b];
                    struct http_range ranges[HTTP_RANGES_MOST];
                    char text[64];
                    unsigned count;
                    uint64_t begin, end; /* the bytes enclosed; begin > end: none */
                    bool right = true, some;

                    if (form == 0) {
                        snprintf(text, sizeof text, "bytes=%llu-%llu", (unsigned long long)first,
                                 (unsigned long long)last);
                        right = first <= last;
                        some = first < size;
                        begin = first;
                        end = size > 0 && last > size - 1 ? size - 1 : last;
                    } else if (form == 1) {
                        snprintf(text, sizeof text, "bytes=%llu-", (unsigned long long)first);
                        some = first < size;
                        begin = first;
                        end = size - 1;
                    } else {
                        snprintf(text, sizeof text, "bytes=-%llu", (unsigned long long)last);
                        some = last > 0 && size > 0;
                        begin = last < size ? size - last : 0;
                        end = size - 1;
                    }
                    const struct http_text value = {text, strlen(text)};
                    const enum http_range_verdict verdict = http_range_parse(&value, size, ranges, &count);

                    check_context("%s of %llu bytes", text, (unsigned long long)size);
                    if (!right) {
                        CHECK_EQ(verdict, HTTP_RANGE_WHOLE);
                    } else if (!some) {
                        CHECK_EQ(verdict, HTTP_RANGE_OUTSIDE);
                    } else {
                        CHECK_EQ(verdict, HTTP_RANGE_PARTS);
                        CHECK(count == 1 && ranges[0].first == begin && ranges[0].end - 1 == end);
                    }
                }
}

int main(void)
{
    make_forms();
    every_set();
    largest_files();
    return check_report("net/http_range_proof");
}
