/* inspect.c: see inspect.h. Its numbers are those of RFC 1951, written anew: it shares no table with the library. */
#include "tests/support/inspect.h"

#include <string.h>

struct reader {
    const uint8_t *stream;
    uint64_t bits, bit;
    const uint8_t *data;
    size_t data_size, at, history;
    struct inspection *to;
    bool short_of_bits;
};

struct code {
    uint16_t count[16], symbol[288];
};

static unsigned take(struct reader *r, unsigned n)
{
    unsigned value = 0;

    if (r->bits - r->bit < n) {
        r->short_of_bits = true;
        r->bit = r->bits;
        return 0;
    }
    for (unsigned i = 0; i < n; i++, r->bit++)
        value |= (unsigned)(r->stream[r->bit / 8] >> r->bit % 8 & 1) << i;
    return value;
}

static bool wrong(struct reader *r, const char *what)
{
    if (!r->to->wrong && !r->short_of_bits)
        r->to->wrong = what;
    return false;
}

/* A whole code: neither bits left over nor too few (RFC 1951 3.2.2). */
static bool make_code(struct reader *r, struct code *c, const uint8_t *length, unsigned symbols)
{
    unsigned first[16], left = 1, at = 0;

    memset(c->count, 0, sizeof c->count);
    for (unsigned i = 0; i < symbols; i++)
        c->count[length[i]]++;
    c->count[0] = 0;
    for (unsigned n = 1; n < 16; n++) {
        left *= 2;
        if (left < c->count[n])
            return wrong(r, "an over-subscribed code");
        left -= c->count[n];
        first[n] = at;
        at += c->count[n];
    }
    for (unsigned i = 0; i < symbols; i++)
        if (length[i])
            c->symbol[first[length[i]]++] = (uint16_t)i;
    return left == 0 || wrong(r, "an incomplete code");
}

static unsigned symbol(struct reader *r, const struct code *c)
{
    unsigned word = 0, first = 0, at = 0;

    for (unsigned n = 1; n < 16; n++) {
        word = word << 1 | take(r, 1);
        first <<= 1;
        if (word - first < c->count[n])
            return c->symbol[at + word - first];
        first += c->count[n];
        at += c->count[n];
    }
    wrong(r, "bits that are no codeword");
    return 0;
}

static bool dynamic_codes(struct reader *r, struct code *litlen, struct code *distance)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    const unsigned hlit = take(r, 5) + 257, hdist = take(r, 5) + 1, hclen = take(r, 4) + 4;
    uint8_t length[288 + 32] = {0}, precode_length[19] = {0};
    unsigned codes = 0;
    struct code precode;

    if (hlit > 286 || hdist > 30)
        return wrong(r, "more codes declared than there are");
    for (unsigned i = 0; i < hclen; i++)
        precode_length[order[i]] = (uint8_t)take(r, 3);
    if (!make_code(r, &precode, precode_length, 19))
        return false;
    for (unsigned i = 0; i < hlit + hdist && !r->short_of_bits && !r->to->wrong;) {
        const unsigned s = symbol(r, &precode);
        unsigned times = 1;
        uint8_t value = (uint8_t)s;

        if (s == 16) {
            if (i == 0)
                return wrong(r, "a repeat of nothing");
            value = length[i - 1];
            times = 3 + take(r, 2);
        } else if (s > 16) {
            value = 0;
            times = s == 17 ? 3 + take(r, 3) : 11 + take(r, 7);
        }
        if (i + times > hlit + hdist)
            return wrong(r, "a repeat that goes too far");
        memset(length + i, value, times);
        i += times;
    }
    if (length[256] == 0)
        return wrong(r, "no end of block");
    for (unsigned i = 0; i < hlit; i++)
        if (length[i] > r->to->longest_litlen)
            r->to->longest_litlen = length[i];
    for (unsigned i = 0; i < hdist; i++)
        codes += length[hlit + i] != 0;
    if (codes < r->to->least_distance_codes)
        r->to->least_distance_codes = codes;
    return make_code(r, litlen, length, hlit) && make_code(r, distance, length + hlit, hdist);
}

static void fixed_codes(struct reader *r, struct code *litlen, struct code *distance)
{
    uint8_t length[288], five[32];

    for (unsigned i = 0; i < 288; i++)
        length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    memset(five, 5, sizeof five);
    make_code(r, litlen, length, 288);
    make_code(r, distance, five, 32);
}

/* Three, and then four lengths to each power of two; two distances (3.2.5). */
static size_t match_length(struct reader *r, unsigned s)
{
    const unsigned extra = s < 8 ? 0 : s / 4 - 1;

    return s == 28 ? 258 : 3 + (s < 8 ? s : ((4 + s % 4) << extra) + take(r, extra));
}

static size_t match_distance(struct reader *r, unsigned s)
{
    const unsigned extra = s < 4 ? 0 : s / 2 - 1;

    return 1 + (s < 4 ? s : ((size_t)(2 + s % 2) << extra) + take(r, extra));
}

static bool match(struct reader *r, unsigned s, const struct code *distances)
{
    const size_t length = match_length(r, s - 257);
    const unsigned d = symbol(r, distances);
    const size_t distance = match_distance(r, d < 30 ? d : 0);

    if (d >= 30 || s > 285)
        return wrong(r, "a symbol that does not occur");
    if (r->short_of_bits)
        return false;
    if (distance > r->at + r->history)
        return wrong(r, "a distance that reaches before the history");
    if (length > r->data_size - r->at)
        return wrong(r, "more than the data");
    if (distance > r->at && distance - r->at > r->to->before)
        r->to->before = distance - r->at;
    for (size_t i = 0; i < length; i++)
        if (r->data[r->at + i] != *(r->data + r->at + i - distance))
            return wrong(r, "a match with what is not the same");
    r->at += length;
    r->to->matches++;
    if (distance > r->to->farthest)
        r->to->farthest = distance;
    return true;
}

static bool coded(struct reader *r, const struct code *litlen, const struct code *distances)
{
    while (!r->short_of_bits && !r->to->wrong) {
        const unsigned s = symbol(r, litlen);

        if (r->short_of_bits || r->to->wrong)
            return false;
        if (s == 256)
            return true;
        if (s > 256) {
            if (!match(r, s, distances))
                return false;
        } else if (r->at == r->data_size || r->data[r->at++] != s) {
            return wrong(r, "a literal that is another");
        }
    }
    return false;
}

static bool stored(struct reader *r)
{
    r->bit = (r->bit + 7) / 8 * 8;

    const unsigned length = take(r, 16), complement = take(r, 16);

    if (r->short_of_bits || r->bits - r->bit < 8 * (uint64_t)length)
        return false;
    if (length != (complement ^ 0xffff))
        return wrong(r, "NLEN is not LEN's complement");
    if (length > r->data_size - r->at || memcmp(r->data + r->at, r->stream + r->bit / 8, length) != 0)
        return wrong(r, "stored bytes that are others");
    r->at += length;
    r->bit += 8 * (uint64_t)length;
    return true;
}

struct inspection inspect_deflate(const uint8_t *stream, size_t size, const uint8_t *data, size_t data_size,
                                  size_t history)
{
    struct inspection to = {.least_distance_codes = 99};
    struct reader r = {stream, 8 * (uint64_t)size, 0, data, data_size, 0, history, &to, false};
    struct code litlen, distances;

    while (!to.last) {
        const unsigned last = take(&r, 1), type = take(&r, 2);
        const size_t before = r.at;
        bool whole = false;

        if (r.short_of_bits)
            break;
        if (type == 0) {
            whole = stored(&r);
        } else if (type == 1) {
            fixed_codes(&r, &litlen, &distances);
            whole = coded(&r, &litlen, &distances);
        } else if (type == 2) {
            whole = dynamic_codes(&r, &litlen, &distances) && coded(&r, &litlen, &distances);
        } else {
            wrong(&r, "block type 3");
        }
        if (!whole)
            break;
        to.blocks[type]++;
        to.empty[type] += r.at == before;
        to.bits = r.bit;
        to.bytes = r.at;
        to.last = last;
    }
    return to;
}
