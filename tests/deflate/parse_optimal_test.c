/*
 * parse_optimal_test.c: levels 10 to 12: what comes out decodes, is the same however the calls are cut, never exceeds
 * the bound, and is smaller than what level 9 makes.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST = 700000 };

static uint8_t data[LARGEST], packed[LARGEST + LARGEST / 8], other[LARGEST + LARGEST / 8], unpacked[LARGEST + 1];

static unsigned below(uint64_t *random, size_t n)
{
    return (unsigned)((check_random(random) >> 33) % n);
}

/* ---- Data ---- */

/* Sentences over a small vocabulary of made words. */
static void make_text(uint8_t *to, size_t size, uint64_t seed)
{
    char words[400][12];
    uint64_t random = seed;

    for (int w = 0; w < 400; w++) {
        const unsigned length = 2 + below(&random, 9);

        for (unsigned i = 0; i < length; i++)
            words[w][i] = (char)("etaoinshrdlucmfw"[below(&random, 4 + 4 * (1 + below(&random, 3)))]);
        words[w][length] = 0;
    }
    for (size_t n = 0; n < size;) {
        const char *word = words[below(&random, 1 + below(&random, 400))];

        while (*word && n < size)
            to[n++] = (uint8_t)*word++;
        if (n < size)
            to[n++] = below(&random, 9) ? ' ' : '\n';
    }
}

static void make_random(uint8_t *to, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)(check_random(&seed) >> 40);
}

/* Records of which a few bytes change: many matches of three and four bytes, and long ones. */
static void make_records(uint8_t *to, size_t size, uint64_t seed)
{
    uint8_t record[24];

    make_random(record, sizeof record, 7);
    for (size_t i = 0; i < size; i++) {
        if (i % sizeof record == 0)
            for (int change = 0; change < 3; change++)
                record[below(&seed, sizeof record)] = (uint8_t)below(&seed, 40);
        to[i] = record[i % sizeof record];
    }
}

static void make_zeros(uint8_t *to, size_t size, uint64_t seed)
{
    memset(to, (int)(seed & 1), size);
}

/* A string over and over, with one byte changed here and there. */
static void make_periodic(uint8_t *to, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)(i % 251);
    for (size_t i = 0; i < size; i += 300 + below(&seed, 5000))
        to[i] ^= 0x80;
}

/*
 * Long strings over few letters that begin alike. A few come again and again, the others seldom: in a tree of matches
 * the node of a frequent one is replaced by the next of the same, and what hangs below it grows older than any window.
 */
static void make_revenants(uint8_t *to, size_t size, uint64_t seed)
{
    enum { STRINGS = 400, FREQUENT = 40, LENGTH = 300 };
    static uint8_t pool[STRINGS][LENGTH];

    for (int p = 0; p < STRINGS; p++)
        for (int i = 0; i < LENGTH; i++)
            pool[p][i] = (uint8_t)("abcd"[i < 4 ? 0 : below(&seed, 4)]);
    for (size_t n = 0, part; n < size; n += part) {
        const unsigned which = below(&seed, 8) ? below(&seed, FREQUENT) : below(&seed, STRINGS);

        part = LENGTH - below(&seed, 40);
        part = part < size - n ? part : size - n;
        memcpy(to + n, pool[which], part);
    }
}

/* Stretches of all kinds of all sizes: blocks of each type, stored runs that go on and that break off. */
static void make_mixture(uint8_t *to, size_t size, uint64_t seed)
{
    static void (*const kinds[])(uint8_t *, size_t, uint64_t) = {make_text, make_random, make_records, make_zeros,
                                                                make_random, make_periodic};

    for (size_t n = 0, part; n < size; n += part) {
        part = 1 + below(&seed, below(&seed, 4) ? 9000 : 150000);
        if (part > size - n)
            part = size - n;
        kinds[below(&seed, sizeof kinds / sizeof kinds[0])](to + n, part, check_random(&seed) | 1);
    }
}

static const struct kind {
    const char *name;
    void (*make)(uint8_t *to, size_t size, uint64_t seed);
} kinds[] = {
    {"text", make_text},         {"random", make_random},       {"records", make_records}, {"zeros", make_zeros},
    {"periodic", make_periodic}, {"de Bruijn", sample_de_bruijn}, {"mixture", make_mixture},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* ---- Ways to compress ---- */

static sluice_deflater *encoder(int level, sluice_format format, unsigned window_bits)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    sluice_deflater *d;

    options.level = level;
    options.format = format;
    options.window_bits = window_bits;
    d = sluice_deflate_new(&options, NULL);
    if (!d)
        abort();
    return d;
}

static size_t whole(sluice_deflater *d, size_t size)
{
    size_t written;

    CHECK_EQ(sluice_compress(d, data, size, packed, sizeof packed, &written), SLUICE_OK);
    return written;
}

/* By pieces of random sizes up to these; 0: all at once. A flush, chosen by `flushes`, after some pieces. */
static size_t by_pieces(sluice_deflater *d, size_t size, size_t input, size_t room, uint64_t *random,
                        const char *flushes)
{
    sluice_input in = {data, 0, 0};
    sluice_output out = {other, 0, 0};
    sluice_flush flush = SLUICE_FLUSH_NONE;

    sluice_deflate_reset(d, NULL);
    for (;;) {
        if (in.pos == in.size && flush == SLUICE_FLUSH_NONE) {
            in.size += input ? 1 + below(random, input) : size;
            in.size = in.size < size ? in.size : size;
            if (in.size == size)
                flush = SLUICE_FLUSH_FINISH;
            else if (*flushes)
                flush = (sluice_flush)(flushes[below(random, strlen(flushes))] - '0');
        }
        if (out.pos == out.size) {
            out.size += room ? 1 + below(random, room) : sizeof other;
            out.size = out.size < sizeof other ? out.size : sizeof other;
        }

        const sluice_status status = sluice_deflate(d, &in, &out, flush);

        if (status == SLUICE_END || status < 0) {
            CHECK_EQ(status, SLUICE_END);
            return out.pos;
        }
        if (status == SLUICE_OK)
            flush = SLUICE_FLUSH_NONE;
    }
}

static void check_decodes(const uint8_t *stream, size_t stream_size, sluice_format format, size_t size)
{
    sluice_inflate_options options = sluice_inflate_defaults();
    sluice_inflater *inflater;
    size_t written;

    options.format = format;
    inflater = sluice_inflate_new(&options, NULL);
    CHECK_EQ(sluice_decompress(inflater, stream, stream_size, unpacked, sizeof unpacked, &written), SLUICE_OK);
    CHECK_EQ(sluice_inflate_where(inflater).input, stream_size);
    CHECK_BYTES(unpacked, written, data, size);
    sluice_inflate_free(inflater);
}

/* ---- What is tested ---- */

/* Each kind at each level: decodes, within the bound, and not larger than level 9's. */
static void test_round_trips(void)
{
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 100, 2047, 2048, 2049, 4096, 40000, 300000};

    for (unsigned k = 0; k < KINDS; k++) {
        for (unsigned z = 0; z < sizeof sizes / sizeof sizes[0]; z++) {
            sluice_deflater *nine = encoder(9, SLUICE_ZLIB, 15);
            size_t before;

            kinds[k].make(data, sizes[z], 3);
            before = whole(nine, sizes[z]);
            sluice_deflate_free(nine);
            for (int level = 10; level <= 12; level++) {
                sluice_deflater *d = encoder(level, SLUICE_ZLIB, 15);
                size_t n;

                check_context("%s, %zu bytes, level %d", kinds[k].name, sizes[z], level);
                n = whole(d, sizes[z]);
                check_decodes(packed, n, SLUICE_ZLIB, sizes[z]);
                CHECK(n <= sluice_compress_bound(sizes[z], SLUICE_ZLIB));
                /* blocks end though they could go on for ever, at level 10 each 128 KiB */
                CHECK(n <= before + before / 200 + 192 * (1 + sizes[z] / 131072));
                sluice_deflate_free(d);
            }
        }
    }
}

/* Data whose matches lie at all distances, long enough that places in the tables come around many times. */
static void test_old_links(void)
{
    for (int level = 10; level <= 12; level++) {
        sluice_deflater *d = encoder(level, SLUICE_ZLIB, 15);

        for (uint64_t seed = 1; seed <= 4; seed++) {
            check_context("level %d, seed %d", level, (int)seed);
            make_revenants(data, LARGEST, seed);
            check_decodes(packed, whole(d, LARGEST), SLUICE_ZLIB, LARGEST);
        }
        sluice_deflate_free(d);
    }
}

/* However the calls are cut, the bytes are those of the whole-buffer call. */
static void test_cuts(void)
{
    static const struct {
        size_t input, room;
    } cuts[] = {{0, 0}, {1, 0}, {0, 1}, {7, 3}, {5000, 600}, {70000, 70000}, {0, 2000}, {300000, 100}};
    uint64_t random = 5;

    for (int level = 10; level <= 12; level++) {
        sluice_deflater *d = encoder(level, SLUICE_GZIP, 15);

        for (unsigned c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
            const size_t size = level == 10 || c == 4 ? LARGEST : 60000;
            size_t n;

            check_context("level %d, pieces of %zu and %zu", level, cuts[c].input, cuts[c].room);
            make_mixture(data, size, 1 + c);
            n = whole(d, size);
            check_decodes(packed, n, SLUICE_GZIP, size);
            CHECK(n <= sluice_compress_bound(size, SLUICE_GZIP));
            CHECK_BYTES(other, by_pieces(d, size, cuts[c].input, cuts[c].room, &random, ""), packed, n);
        }
        sluice_deflate_free(d);
    }
}

/* With flushes of all kinds, in any window: decodes; and the same bytes once more from the object reused. */
static void test_flushes(void)
{
    static const char *const flushes[] = {"1", "2", "3", "4", "01234"};
    uint64_t random = 11;

    for (int level = 10; level <= 12; level++) {
        for (unsigned f = 0; f < sizeof flushes / sizeof flushes[0]; f++) {
            sluice_deflater *d = encoder(level, SLUICE_ZLIB, f == 3 ? 8 : 15);
            const size_t size = 30000 + below(&random, 100000);
            uint64_t once = 77, again = 77;
            size_t n;

            check_context("level %d, flushes %s", level, flushes[f]);
            make_mixture(data, size, f + 9);
            n = by_pieces(d, size, f % 2 ? 200 : 20000, 0, &once, flushes[f]);
            check_decodes(other, n, SLUICE_ZLIB, size);
            memcpy(packed, other, n);
            CHECK_BYTES(other, by_pieces(d, size, f % 2 ? 200 : 20000, 0, &again, flushes[f]), packed, n);
            sluice_deflate_free(d);
        }
    }
}

/* With the fixed codes alone the cheapest way is the cheapest in these: not larger than level 9's. */
static void test_fixed(void)
{
    size_t size[13];

    make_records(data, 100000, 4);
    for (int level = 9; level <= 12; level++) {
        sluice_deflate_options options = sluice_deflate_defaults();
        sluice_deflater *d;

        options.level = level;
        options.strategy = SLUICE_STRATEGY_FIXED;
        d = sluice_deflate_new(&options, NULL);
        size[level] = whole(d, 100000);
        check_context("level %d with fixed codes", level);
        check_decodes(packed, size[level], SLUICE_ZLIB, 100000);
        CHECK(size[level] <= size[9]);
        sluice_deflate_free(d);
    }
}

/* After a flush nothing is held back: what came before can be decoded. */
static void test_latency(void)
{
    for (int level = 10; level <= 12; level++) {
        sluice_deflater *d = encoder(level, SLUICE_RAW, 15);
        sluice_inflate_options options = sluice_inflate_defaults();
        sluice_input in = {data, 0, 0};
        sluice_output out = {packed, sizeof packed, 0};

        options.format = SLUICE_RAW;
        make_text(data, 5000, 21);

        sluice_inflater *inflater = sluice_inflate_new(&options, NULL);
        sluice_input from = {packed, 0, 0};
        sluice_output to = {unpacked, sizeof unpacked, 0};

        for (size_t message = 1; message <= 5; message++) {
            in.size = 1000 * message;
            CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_SYNC), SLUICE_OK);
            from.size = out.pos;
            CHECK_EQ(sluice_inflate(inflater, &from, &to), SLUICE_NEED_INPUT);
            CHECK_BYTES(unpacked, to.pos, data, in.size);
        }
        sluice_inflate_free(inflater);
        sluice_deflate_free(d);
    }
}

/* A dictionary is history as any other. */
static void test_dictionary(void)
{
    for (int level = 10; level <= 12; level++) {
        sluice_deflater *d = encoder(level, SLUICE_RAW, 15);
        sluice_inflate_options options = sluice_inflate_defaults();
        sluice_inflater *inflater;
        sluice_input in = {data + 40000, 2000, 0};
        sluice_output out = {packed, sizeof packed, 0};
        sluice_output to = {unpacked, sizeof unpacked, 0};

        options.format = SLUICE_RAW;
        inflater = sluice_inflate_new(&options, NULL);
        make_random(data, 40000, 5);
        memcpy(data + 40000, data + 10000, 2000);
        CHECK_EQ(sluice_deflate_set_dictionary(d, data, 40000), SLUICE_OK);
        CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
        CHECK(out.pos < 100);

        sluice_input from = {packed, out.pos, 0};

        CHECK_EQ(sluice_inflate_set_dictionary(inflater, data, 40000), SLUICE_OK);
        CHECK_EQ(sluice_inflate(inflater, &from, &to), SLUICE_END);
        CHECK_BYTES(unpacked, to.pos, data + 40000, 2000);
        sluice_inflate_free(inflater);
        sluice_deflate_free(d);
    }
}

/* Levels change between flushes, up and down; a copy goes on as its original does. */
static void test_changes(void)
{
    static const int levels[] = {12, 6, 10, 1, 11, 0, 12, 9, 10};
    sluice_deflater *d = encoder(12, SLUICE_ZLIB, 15), *copy = encoder(12, SLUICE_ZLIB, 15);
    const size_t part = 50000, parts = sizeof levels / sizeof levels[0];
    sluice_input in = {data, 0, 0};
    sluice_output out = {packed, sizeof packed, 0}, out2;

    make_mixture(data, part * parts, 99);
    for (size_t p = 0; p < parts; p++) {
        CHECK_EQ(sluice_deflate_change(d, levels[p], SLUICE_STRATEGY_DEFAULT), SLUICE_OK);
        in.size = part * p + part / 2;
        CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_NONE), SLUICE_NEED_INPUT);
        CHECK_EQ(sluice_deflate_copy(copy, d), SLUICE_OK);

        const size_t from = out.pos, middle = in.pos;

        in.size = part * p + part;
        CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_SYNC), SLUICE_OK);
        in.pos = middle;
        out2 = (sluice_output){other, sizeof other, 0};
        CHECK_EQ(sluice_deflate(copy, &in, &out2, SLUICE_FLUSH_SYNC), SLUICE_OK);
        CHECK_BYTES(other, out2.pos, packed + from, out.pos - from);
    }
    CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
    check_decodes(packed, out.pos, SLUICE_ZLIB, part * parts);
    sluice_deflate_free(copy);
    sluice_deflate_free(d);
}

/* The object is no larger than issue and documentation say: 6 MiB. */
static void test_size(void)
{
    for (int level = 10; level <= 12; level++) {
        sluice_deflate_options options = sluice_deflate_defaults();

        options.level = level;
        CHECK(sluice_deflate_size(&options) <= 6u << 20);
    }
}

int main(void)
{
    test_round_trips();
    test_old_links();
    test_cuts();
    test_flushes();
    test_fixed();
    test_latency();
    test_dictionary();
    test_changes();
    test_size();
    return check_report("deflate/parse_optimal");
}
