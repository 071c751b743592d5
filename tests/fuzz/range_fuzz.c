/*
 * Ranges and conditions of requests against a plain evaluation of what RFC 9110 says: 14.1.2 for ranges, 13.1 and
 * 13.2.2 for conditions.
 *
 * input: the size of the file (a byte and how it is to be taken); then lines of fields.
 */
#include "net/http_condition.h"
#include "net/http_date.h"
#include "net/http_range.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

const char *const fuzz_words[] = {
    "Range: bytes=", "Range: bytes=0-0,-1,5-\r\n", "bytes=", "BYTES=", "-", ",", "0-", "-0", "-5", "5-2",
    "18446744073709551615",
    "18446744073709551616", "99999999999999999999-", "If-Range: ", "If-None-Match: ", "If-Match: ",
    "If-Modified-Since: ",
    "If-Unmodified-Since: ", "\"x\"", "W/\"x\"", "\"y\"", "*", "\r\n", " ", "\t", "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:38 GMT", NULL,
};

static const struct http_validators validators = {"\"x\"", 784111777, 1700000000};

/* Numbers beyond all files are cut to this, which no byte has for its place. */
#define BEYOND UINT64_MAX

static bool number(const char **p, const char *end, uint64_t *value)
{
    const char *const begin = *p;

    for (*value = 0; *p < end && **p >= '0' && **p <= '9'; ++*p) {
        const unsigned digit = (unsigned)(**p - '0');

        *value = *value > (BEYOND - digit) / 10 ? BEYOND : *value * 10 + digit;
    }
    return *p > begin;
}

/* Does the value, a right one, ask for byte `at` of `size`? -1: it is no right one. */
static int asks_for(const struct http_text *value, uint64_t size, uint64_t at)
{
    const char *p = value->data, *const end = value->data + value->size;
    unsigned count = 0;
    int yes = 0;

    if (value->size < 6)
        return -1;
    for (unsigned i = 0; i < 6; i++)
        if ((p[i] | (i < 5 ? 32 : 0)) != "bytes="[i])
            return -1;
    for (p += 6;; p++) {
        uint64_t first, last;

        while (p < end && (*p == ' ' || *p == '\t'))
            p++;
        if (p < end && *p != ',') {
            count++;
            if (*p == '-') {
                p++;
                if (!number(&p, end, &last))
                    return -1;
                yes |= at < size && at >= (last < size ? size - last : 0);
            } else {
                if (!number(&p, end, &first) || p == end || *p++ != '-')
                    return -1;
                if (!number(&p, end, &last))
                    last = BEYOND;
                else if (last < first)
                    return -1;
                yes |= at >= first && at <= last && at < size;
            }
        }
        while (p < end && (*p == ' ' || *p == '\t'))
            p++;
        if (p == end)
            return count == 0 || count > HTTP_RANGES_MOST ? -1 : yes;
        if (*p != ',')
            return -1;
    }
}

static bool covered(const struct http_range *ranges, unsigned count, uint64_t at)
{
    for (unsigned i = 0; i < count; i++)
        if (at >= ranges[i].first && at < ranges[i].end)
            return true;
    return false;
}

static void judge_range(const struct http_text *value, uint64_t size)
{
    struct http_range ranges[HTTP_RANGES_MOST];
    unsigned count;
    const enum http_range_verdict verdict = http_range_parse(value, size, ranges, &count);
    const bool right = asks_for(value, size, 0) >= 0;

    if (memchr(value->data, '"', value->size))
        return; /* a comma in quotes is no border, which only matters where all is wrong */
    MUST(right == (verdict != HTTP_RANGE_WHOLE));
    if (!right)
        return;
    for (unsigned i = 0; i < count; i++) {
        MUST(ranges[i].first < ranges[i].end && ranges[i].end <= size);
        MUST(asks_for(value, size, ranges[i].first) == 1 && asks_for(value, size, ranges[i].end - 1) == 1);
        MUST(ranges[i].first == 0 || asks_for(value, size, ranges[i].first - 1) == 0);
        MUST(ranges[i].end == size || asks_for(value, size, ranges[i].end) == 0);
    }
    for (uint64_t at = 0; at < 300 && at < size; at++) {
        MUST(asks_for(value, size, at) == covered(ranges, count, at));
        MUST(asks_for(value, size, size - 1 - at) == covered(ranges, count, size - 1 - at));
    }
}

/* The value of a field that comes once; data NULL: it does not, or twice. */
static struct http_text only(const struct http_request *r, enum http_field kind, unsigned *count)
{
    struct http_text value = {0}, first = {0};
    unsigned from = 0;

    for (*count = 0; http_request_field(r, kind, &from, &value); ++*count)
        first = value;
    return *count == 1 ? first : (struct http_text){0};
}

static bool is(const struct http_text *t, const char *text)
{
    return t->data && t->size == strlen(text) && memcmp(t->data, text, t->size) == 0;
}

static void judge_conditions(const struct http_request *r)
{
    unsigned match, none, since, unless, if_range;
    const struct http_text match_value = only(r, HTTP_IF_MATCH, &match);
    const struct http_text none_value = only(r, HTTP_IF_NONE_MATCH, &none);
    const struct http_text since_value = only(r, HTTP_IF_MODIFIED_SINCE, &since);
    const struct http_text unless_value = only(r, HTTP_IF_UNMODIFIED_SINCE, &unless);
    const struct http_text range_value = only(r, HTTP_IF_RANGE, &if_range);
    const unsigned verdict = http_condition_judge(r, &validators);
    const bool reads = r->method == HTTP_GET || r->method == HTTP_HEAD;
    int64_t seconds;

    if (match + none + since + unless == 0)
        MUST(verdict == 0);
    /* Where one condition stands alone and is of a plain kind, the verdict is known. */
    if (match == 1 && none == 0 && since == 0) {
        if (is(&match_value, "\"x\"") || is(&match_value, "*"))
            MUST(verdict == 0);
        if (is(&match_value, "\"y\"") || is(&match_value, "W/\"x\""))
            MUST(verdict == 412);
    }
    if (none == 1 && match + unless == 0) {
        if (is(&none_value, "\"x\"") || is(&none_value, "W/\"x\"") || is(&none_value, "*"))
            MUST(verdict == (reads ? 304 : 412));
        if (is(&none_value, "\"y\""))
            MUST(verdict == 0);
    }
    if (since == 1 && match + none + unless == 0)
        MUST(verdict == (reads && http_date_parse(&since_value, validators.now, &seconds) &&
                         validators.modified <= seconds ? 304 : 0));
    if (unless == 1 && match + none + since == 0)
        MUST(verdict == (http_date_parse(&unless_value, validators.now, &seconds) && validators.modified > seconds
                             ? 412 : 0));
    if (if_range == 0)
        MUST(http_condition_range(r, &validators));
    if (if_range == 1 && (is(&range_value, "W/\"x\"") || is(&range_value, "\"y\"") || is(&range_value, "*")))
        MUST(!http_condition_range(r, &validators));
    if (if_range == 1 && is(&range_value, "\"x\""))
        MUST(http_condition_range(r, &validators));
}

static void judge_date(const struct http_text *value)
{
    char text[HTTP_DATE_ROOM];
    int64_t seconds, again;

    if (!http_date_parse(value, validators.now, &seconds))
        return;
    const struct http_text same = {http_date_format(text, seconds), HTTP_DATE_ROOM - 1};

    MUST(http_date_parse(&same, validators.now, &again) && again == seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char begin[] = "GET / HTTP/1.1\r\nHost: a\r\n";
    static struct http_request request;
    static char head[HTTP_HEAD_LONGEST];
    struct fuzz_input in = {data, size};
    const uint64_t byte = fuzz_byte(&in);
    const uint64_t file = byte < 200 ? byte : byte < 230 ? (uint64_t)1 << (byte - 190) : UINT64_MAX - (255 - byte);
    const size_t n = sizeof begin - 1;

    if (in.size > sizeof head - n - 4)
        return 0;
    memcpy(head, begin, n);
    memcpy(head + n, in.data, in.size);
    memcpy(head + n + in.size, "\r\n\r\n", 4);
    struct http_scan scan = {0};

    if (http_head_scan(&scan, head, n + in.size + 4) != 0 || http_request_parse(&request, head, scan.size) != 0)
        return 0;
    for (unsigned i = 0; i < request.field_count; i++) {
        if (request.fields[i].kind == HTTP_RANGE)
            judge_range(&request.fields[i].value, file);
        judge_date(&request.fields[i].value);
    }
    judge_conditions(&request);
    return 0;
}
