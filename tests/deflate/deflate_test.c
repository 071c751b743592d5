/*
 * deflate_test.c: the encoder as an object: its memory, its life, what may be called when, dictionaries, changes of
 * level, where it says it is.
 */
#include "tests/support/check.h"
#include "tests/support/encode.h"
#include "tests/support/inspect.h"
#include "tests/support/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 200000, STREAM_ROOM = LARGEST + LARGEST / 8 };

static uint8_t data[LARGEST], packed[STREAM_ROOM], other[STREAM_ROOM];

static sluice_deflater *encoder(sluice_format format, int level)
{
    const sluice_deflate_options o = encode_options(format, level, SLUICE_STRATEGY_DEFAULT, 15);

    return encode_new(&o);
}

static sluice_status step(sluice_deflater *d, size_t size, sluice_flush flush)
{
    sluice_input in = {data, size, 0};
    sluice_output out = {other, sizeof other, 0};

    return sluice_deflate(d, &in, &out, flush);
}

static size_t whole(sluice_deflater *d, const uint8_t *from, size_t size, uint8_t *out)
{
    size_t written;

    CHECK_EQ(sluice_compress(d, from, size, out, STREAM_ROOM, &written), SLUICE_OK);
    return written;
}

/* ---- Options and memory ---- */

static void test_options(void)
{
    const sluice_deflate_options defaults = sluice_deflate_defaults();

    CHECK_EQ(defaults.format, SLUICE_ZLIB);
    CHECK_EQ(defaults.level, 6);
    CHECK_EQ(defaults.strategy, SLUICE_STRATEGY_DEFAULT);
    CHECK_EQ(defaults.window_bits, 15);
    CHECK(sluice_deflate_size(NULL) == sluice_deflate_size(&defaults));
    for (int format = -1; format <= 5; format++) {
        for (int level = -1; level <= 13; level++) {
            for (int strategy = -1; strategy <= 4; strategy++) {
                for (unsigned window = 7; window <= 16; window++) {
                    const sluice_deflate_options o = {(sluice_format)format, level, (sluice_strategy)strategy, window};
                    const bool valid = format >= 0 && format <= 2 && level >= 0 && level <= 12 && strategy >= 0 &&
                                       strategy <= 3 && window >= 8 && window <= 15;

                    if ((sluice_deflate_size(&o) > 0) != valid) {
                        check_context("format %d, level %d, strategy %d, window %u", format, level, strategy, window);
                        CHECK_EQ(sluice_deflate_size(&o) > 0, valid);
                    }
                }
            }
        }
    }
    for (int level = 0; level <= 12; level++) {
        const sluice_deflate_options o = encode_options(SLUICE_GZIP, level, SLUICE_STRATEGY_DEFAULT, 15);
        const size_t most = level <= 1 ? 96 << 10 : level <= 6 ? 320 << 10 : level <= 9 ? 700 << 10 : 6 << 20;

        check_context("the state of level %d, %zu bytes", level, sluice_deflate_size(&o));
        CHECK(level == 0 || sluice_deflate_size(&o) <= most);
    }
}

/* In the caller's memory, against a page that faults: no byte more than was asked for. */
static void test_memory(void)
{
    for (int level = 0; level <= 12; level++) {
        for (sluice_strategy strategy = 0; strategy <= SLUICE_STRATEGY_FIXED; strategy++) {
            const sluice_deflate_options o = encode_options(SLUICE_ZLIB, level, strategy, 15);
            const size_t size = sluice_deflate_size(&o);
            uint8_t *const memory = check_guarded(size + 15, false);
            uint8_t *const at = memory + (16 - (uintptr_t)memory % 16) % 16; /* ends at most 15 bytes before the page */

            check_context("level %d, strategy %d", level, strategy);
            CHECK(sluice_deflate_init(NULL, size, &o) == NULL);
            CHECK(sluice_deflate_init(at, size - 1, &o) == NULL);
            CHECK(sluice_deflate_init(at, 0, &o) == NULL);
            for (unsigned aside = 1; aside < 16; aside++)
                CHECK(sluice_deflate_init(at + aside, size + 64, &o) == NULL);
            memset(at, 0xd7, size);

            sluice_deflater *const d = sluice_deflate_init(at, size, &o);

            if (CHECK(d != NULL)) {
                sample_mixture(data, 150000, 4);
                CHECK(encode_decodes(packed, whole(d, data, 150000, packed), SLUICE_ZLIB, 15, data, 150000));
            }
            check_guarded_free(memory, size + 15, false);
        }
    }
}

/* An allocator that counts, and fails if asked to. */
struct counting {
    unsigned allocated, freed;
    size_t size;
    bool fail, misalign;
    void *block;
};

static void *counting_alloc(void *user, size_t size)
{
    struct counting *const c = user;

    c->allocated++;
    c->size = size;
    if (c->fail)
        return NULL;
    c->block = malloc(size + 8);
    return c->misalign ? (uint8_t *)c->block + 4 : c->block;
}

static void counting_free(void *user, void *memory)
{
    struct counting *const c = user;

    c->freed++;
    CHECK(memory == (c->misalign ? (uint8_t *)c->block + 4 : c->block));
    free(c->block);
}

static void test_allocator(void)
{
    struct counting c = {0, 0, 0, false, false, NULL};
    sluice_allocator allocator = {counting_alloc, counting_free, &c};
    const sluice_deflate_options bad = encode_options(SLUICE_AUTO, 6, SLUICE_STRATEGY_DEFAULT, 15);
    sluice_deflater *d;

    check_context("allocators");
    sluice_deflate_free(NULL);
    d = sluice_deflate_new(NULL, &allocator);
    allocator = (sluice_allocator){NULL, NULL, NULL}; /* it was copied */
    CHECK_EQ(c.allocated, 1);
    CHECK_EQ(c.size, sluice_deflate_size(NULL));
    whole(d, data, 1000, packed);
    sluice_deflate_reset(d, NULL);
    CHECK_EQ(c.allocated, 1);
    sluice_deflate_free(d);
    CHECK_EQ(c.freed, 1);

    allocator = (sluice_allocator){counting_alloc, counting_free, &c};
    c.fail = true;
    CHECK(sluice_deflate_new(NULL, &allocator) == NULL);
    CHECK_EQ(c.freed, 1);
    c.fail = false;
    c.misalign = true; /* no alignment for any type: refused, and given back */
    CHECK(sluice_deflate_new(NULL, &allocator) == NULL);
    CHECK_EQ(c.freed, 2);
    c.allocated = 0;
    CHECK(sluice_deflate_new(&bad, &allocator) == NULL);
    CHECK_EQ(c.allocated, 0);
    CHECK(sluice_deflate_new(&bad, NULL) == NULL);
}

/* ---- A step's arguments ---- */

static void test_arguments(void)
{
    sluice_deflater *const d = encoder(SLUICE_ZLIB, 6);
    const sluice_deflate_options bad = encode_options(SLUICE_ZLIB, 13, SLUICE_STRATEGY_DEFAULT, 15);
    const sluice_deflate_options large = encode_options(SLUICE_ZLIB, 12, SLUICE_STRATEGY_DEFAULT, 15);
    size_t written;

    check_context("arguments");
    CHECK_EQ(step(d, 0, (sluice_flush)6), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(step(d, 0, (sluice_flush)-1), SLUICE_ERR_ARGUMENT);

    struct {
        sluice_input in;
        sluice_output out;
        sluice_status want;
    } cases[] = {
        {{data, 5, 6}, {other, 5, 0}, SLUICE_ERR_ARGUMENT}, {{NULL, 5, 0}, {other, 5, 0}, SLUICE_ERR_ARGUMENT},
        {{data, 5, 0}, {other, 5, 6}, SLUICE_ERR_ARGUMENT}, {{data, 5, 0}, {NULL, 5, 0}, SLUICE_ERR_ARGUMENT},
        {{NULL, 0, 0}, {NULL, 0, 0}, SLUICE_NEED_OUTPUT},   {{data, 5, 5}, {other, 5, 5}, SLUICE_NEED_OUTPUT},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t in_pos = cases[i].in.pos, out_pos = cases[i].out.pos;

        CHECK_EQ(sluice_deflate(d, &cases[i].in, &cases[i].out, SLUICE_FLUSH_NONE), cases[i].want);
        CHECK_EQ(cases[i].in.pos, in_pos);
        CHECK_EQ(cases[i].out.pos, out_pos);
    }
    /* None of that did anything. */
    CHECK_EQ(step(d, 1000, SLUICE_FLUSH_FINISH), SLUICE_END);

    CHECK_EQ(sluice_deflate_reset(d, &bad), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_deflate_reset(d, &large), SLUICE_ERR_MEMORY);
    CHECK_EQ(sluice_deflate_reset(d, NULL), SLUICE_OK);
    CHECK_EQ(step(d, 1000, SLUICE_FLUSH_FINISH), SLUICE_END);
    CHECK_EQ(sluice_deflate_set_dictionary(d, NULL, 1), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_compress(d, NULL, 1, other, 100, &written), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_compress(d, data, 1, NULL, 100, &written), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(written, 0);
    CHECK_EQ(sluice_compress(d, NULL, 0, other, 100, &written), SLUICE_OK);
    CHECK(encode_decodes(other, written, SLUICE_ZLIB, 15, data, 0));
    CHECK_EQ(sluice_compress(d, NULL, 0, NULL, 0, &written), SLUICE_ERR_ROOM);
    CHECK_EQ(sluice_compress(NULL, data, 1000, other, sizeof other, &written), SLUICE_OK);
    CHECK(encode_decodes(other, written, SLUICE_ZLIB, 15, data, 1000));
    CHECK_EQ(sluice_compress(NULL, data, 1000, other, 10, &written), SLUICE_ERR_ROOM);
    sluice_deflate_free(d);
}

/* After the whole-buffer call a stream begins with a reset. */
static void test_after_whole(void)
{
    sluice_deflater *const d = encoder(SLUICE_RAW, 6);
    size_t written;

    check_context("after the whole-buffer call");
    for (size_t room = 20; room <= STREAM_ROOM; room *= 1000) {
        sluice_compress(d, data, 5000, packed, room, &written);
        CHECK_EQ(step(d, 0, SLUICE_FLUSH_NONE), SLUICE_ERR_STATE);
        CHECK_EQ(sluice_deflate_set_dictionary(d, data, 10), SLUICE_ERR_STATE);
        CHECK_EQ(sluice_deflate_change(d, 1, SLUICE_STRATEGY_DEFAULT), SLUICE_ERR_STATE);
        CHECK_EQ(sluice_deflate_reset(d, NULL), SLUICE_OK);
        CHECK_EQ(step(d, 1000, SLUICE_FLUSH_FINISH), SLUICE_END);
    }
    sluice_deflate_free(d);
}

/* ---- The whole-buffer call and its room ---- */

static void test_room(void)
{
    for (int level = 0; level <= 12; level++) {
        sluice_deflater *const d = encoder(SLUICE_GZIP, level);

        for (unsigned k = 0; k < SAMPLES; k++) {
            const size_t size = 1 + 3000 * k;
            uint8_t *const in = check_guarded(size, false);
            size_t n, written;

            check_context("level %d, %s, %zu bytes", level, samples[k].name, size);
            samples[k].make(in, size, k + 1);
            n = whole(d, in, size, packed);
            for (size_t less = 0; less <= n; less += less < 12 ? 1 : n / 7 + 1) {
                uint8_t *const out = check_guarded(n - less, false);

                CHECK_EQ(sluice_compress(d, in, size, out, n - less, &written), less ? SLUICE_ERR_ROOM : SLUICE_OK);
                CHECK(written <= n - less);
                CHECK_BYTES(out, written, packed, written);
                check_guarded_free(out, n - less, false);
            }
            check_guarded_free(in, size, false);
        }
        sluice_deflate_free(d);
    }
}

/* ---- Where ---- */

static void test_where(void)
{
    for (int level = 0; level <= 12; level++) {
        sluice_deflater *const d = encoder(SLUICE_ZLIB, level);
        sluice_position w = sluice_deflate_where(d);
        sluice_input in = {data, 50000, 0};
        sluice_output out = {packed, 0, 0};
        size_t n;

        check_context("level %d", level);
        sample_mixture(data, LARGEST, 6);
        CHECK_EQ(w.input + w.output + w.bit, 0);
        while (in.pos < in.size) {
            out.size += 700;
            CHECK(sluice_deflate(d, &in, &out, SLUICE_FLUSH_NONE) >= 0);
            w = sluice_deflate_where(d);
            CHECK_EQ(w.input, in.pos);
            CHECK(w.output >= out.pos && w.output < out.pos + 4096 && w.bit < 8);
        }
        out.size = sizeof packed;
        CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_BLOCK), SLUICE_OK);
        w = sluice_deflate_where(d);
        CHECK_EQ(w.output, out.pos);

        /*
         * All whole bytes are out, and the block has ended at that bit: what a sync flush adds is 3 bits, and aligned.
         */
        const size_t before = out.pos;

        CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_SYNC), SLUICE_OK);
        CHECK_EQ(out.pos, before + (w.bit + 3 + 7) / 8 + 4);
        in.size = LARGEST;
        CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
        w = sluice_deflate_where(d);
        CHECK_EQ(w.input, LARGEST);
        CHECK_EQ(w.output, out.pos);
        CHECK_EQ(w.bit, 0);
        n = whole(d, data, 12345, other);
        w = sluice_deflate_where(d);
        CHECK_EQ(w.input, 12345);
        CHECK_EQ(w.output, n);
        sluice_deflate_reset(d, NULL);
        w = sluice_deflate_where(d);
        CHECK_EQ(w.input + w.output + w.bit, 0);
        sluice_deflate_free(d);
    }
}

/* ---- Dictionaries ---- */

/* Of any size, in any window: used, as far as the window reaches, and no farther. */
static void test_dictionary(void)
{
    static const size_t sizes[] = {0, 1, 3, 4, 255, 256, 257, 300, 4096, 32766, 32767, 32768, 32769, 60000};
    static uint8_t unpacked[4000];

    for (int level = 0; level <= 12; level++) {
        sluice_deflater *const d = encoder(SLUICE_RAW, level);

        for (unsigned k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            for (unsigned window = k % 2 ? 8 : 15; window <= 15; window += 7) {
                for (sluice_format format = SLUICE_RAW; format <= SLUICE_ZLIB; format++) {
                    const sluice_deflate_options o = encode_options(format, level, SLUICE_STRATEGY_DEFAULT, window);
                    const size_t size = sizes[k], reach = (size_t)1 << window;
                    const size_t history = size < reach ? size : reach;
                    /*
                     * Noise: nothing but the dictionary helps. What comes again is the first that the window reaches;
                     * the trees of levels 10 to 12 reach one byte less.
                     */
                    const size_t back = level >= 10 && history == 32768 ? history - 1 : history;
                    uint8_t *const text = data + size;
                    const size_t again = history < 2000 ? history : 2000, n = again + 500;
                    struct encoding e = {d, text, 0, packed, STREAM_ROOM, 0, {0, 0, NULL, false}, NULL};
                    sluice_inflate_options options = sluice_inflate_defaults();
                    sluice_input in = {packed, 0, 0};
                    sluice_output out = {unpacked, sizeof unpacked, 0};

                    check_context("level %d, format %d, window %u, dictionary of %zu", level, format, window, size);
                    sample_random(data, size + n, size + 3);
                    memcpy(text, text - back, again);
                    CHECK_EQ(sluice_deflate_reset(d, &o), SLUICE_OK);
                    CHECK_EQ(sluice_deflate_set_dictionary(d, size ? data : NULL, size), SLUICE_OK);
                    CHECK_EQ(encode_more(&e, n, SLUICE_FLUSH_FINISH), SLUICE_END);
                    in.size = e.length;

                    const size_t header = format == SLUICE_ZLIB ? 6 : 0, trailer = format == SLUICE_ZLIB ? 4 : 0;
                    const struct inspection i = inspect_deflate(packed + header, e.length - header - trailer, text, n,
                                                                history);

                    CHECK(i.wrong == NULL);
                    CHECK_EQ(i.bytes, n);
                    CHECK(i.farthest <= reach);
                    CHECK(level == 0 || (level == 1 && size > 4096) || again < 200 || e.length < 500 + 100 + again / 2);

                    options.format = format;
                    options.window_bits = window;

                    sluice_inflater *const inflater = sluice_inflate_new(&options, NULL);

                    if (format == SLUICE_ZLIB) {
                        CHECK_EQ(sluice_inflate(inflater, &in, &out), SLUICE_NEED_DICTIONARY);
                        CHECK_EQ(sluice_inflate_dictionary_id(inflater), sluice_adler32(1, data, size));
                    }
                    CHECK_EQ(sluice_inflate_set_dictionary(inflater, data, size), SLUICE_OK);
                    CHECK_EQ(sluice_inflate(inflater, &in, &out), SLUICE_END);
                    CHECK_BYTES(unpacked, out.pos, text, n);
                    sluice_inflate_free(inflater);
                }
            }
        }
        sluice_deflate_free(d);
    }
}

/* When a dictionary may be given. The last one given counts. */
static void test_dictionary_states(void)
{
    sluice_deflater *const d = encoder(SLUICE_GZIP, 6);
    const sluice_deflate_options raw = encode_options(SLUICE_RAW, 6, SLUICE_STRATEGY_DEFAULT, 15);
    const sluice_deflate_options zlib = encode_options(SLUICE_ZLIB, 6, SLUICE_STRATEGY_DEFAULT, 15);
    size_t n;

    check_context("states of a dictionary");
    sample_text(data, LARGEST, 3);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data, 100), SLUICE_ERR_STATE);

    CHECK_EQ(sluice_deflate_reset(d, &zlib), SLUICE_OK);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data, 100), SLUICE_OK);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data + 100, 200), SLUICE_OK);
    CHECK_EQ(step(d, 0, SLUICE_FLUSH_NONE), SLUICE_NEED_INPUT);
    CHECK_BYTES(other + 2, 4,
                ((uint8_t[]){(uint8_t)(sluice_adler32(1, data + 100, 200) >> 24),
                             (uint8_t)(sluice_adler32(1, data + 100, 200) >> 16),
                             (uint8_t)(sluice_adler32(1, data + 100, 200) >> 8),
                             (uint8_t)sluice_adler32(1, data + 100, 200)}), 4);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data, 100), SLUICE_ERR_STATE);
    CHECK_EQ(step(d, 10, SLUICE_FLUSH_FULL), SLUICE_OK);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data, 100), SLUICE_ERR_STATE);

    CHECK_EQ(sluice_deflate_reset(d, &raw), SLUICE_OK);
    CHECK_EQ(step(d, 1000, SLUICE_FLUSH_SYNC), SLUICE_OK);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data, 100), SLUICE_ERR_STATE);
    CHECK_EQ(step(d, 0, SLUICE_FLUSH_FULL), SLUICE_OK);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data, 100), SLUICE_OK);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data, 200), SLUICE_OK);
    CHECK_EQ(step(d, 1, SLUICE_FLUSH_NONE), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data, 100), SLUICE_ERR_STATE);
    CHECK_EQ(step(d, 0, SLUICE_FLUSH_FINISH), SLUICE_END);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data, 100), SLUICE_ERR_STATE);

    /* A reset forgets it: the stream is as if it had never been. */
    n = whole(d, data, 3000, packed);
    sluice_deflate_reset(d, NULL);
    CHECK_EQ(sluice_deflate_set_dictionary(d, data, 3000), SLUICE_OK);
    CHECK_EQ(sluice_deflate_reset(d, NULL), SLUICE_OK);

    struct encoding e = {d, data, 0, other, STREAM_ROOM, 0, {0, 0, NULL, false}, NULL};

    CHECK_EQ(encode_more(&e, 3000, SLUICE_FLUSH_FINISH), SLUICE_END);
    CHECK_BYTES(other, e.length, packed, n);
    sluice_deflate_free(d);
}

/* A full flush after a dictionary forgets it, though it has nothing to put out. */
static void test_dictionary_forgotten(void)
{
    for (int level = 0; level <= 12; level++) {
        sluice_deflater *const d = encoder(SLUICE_RAW, level);
        struct encoding e = {d, data, 0, packed, STREAM_ROOM, 0, {0, 0, NULL, false}, NULL};
        size_t before;
        struct inspection i;

        check_context("level %d", level);
        CHECK_EQ(encode_more(&e, 100, SLUICE_FLUSH_FULL), SLUICE_OK);
        CHECK_EQ(sluice_deflate_set_dictionary(d, data, 5000), SLUICE_OK);
        before = e.length;
        CHECK_EQ(encode_more(&e, 0, SLUICE_FLUSH_FULL), SLUICE_OK);
        CHECK_EQ(e.length, before);
        CHECK_EQ(encode_more(&e, 2000, SLUICE_FLUSH_FINISH), SLUICE_END);
        i = inspect_deflate(packed + before, e.length - before, data + 100, 2000, 0);
        CHECK(i.wrong == NULL);
        CHECK_EQ(i.bytes, 2000);
        sluice_deflate_free(d);
    }
}

/* ---- Changes ---- */

/* From each level and strategy to each other, at each kind of boundary; the window stays of use. */
static void test_changes(void)
{
    enum { KINDS = (SLUICE_LEVEL_STRONGEST + 1) * 4, PART = 3000 };
    sluice_deflater *const d = encoder(SLUICE_ZLIB, SLUICE_LEVEL_STRONGEST);

    sample_text(data, 4 * PART, 7);
    memcpy(data + PART, data, PART); /* the same again: found in the window, if matches are looked for */
    for (int from = 0; from < KINDS; from++) {
        for (int to = 0; to < KINDS; to++) {
            const sluice_deflate_options o = encode_options(SLUICE_ZLIB, from % 13, (sluice_strategy)(from / 13), 15);
            struct encoding e = {d, data, 0, packed, STREAM_ROOM, 0, {0, 0, NULL, false}, NULL};
            size_t before;

            check_context("from level %d, strategy %d to level %d, strategy %d", from % 13, from / 13, to % 13,
                          to / 13);
            CHECK_EQ(sluice_deflate_reset(d, &o), SLUICE_OK);
            encode_more(&e, PART, SLUICE_FLUSH_BLOCK + (sluice_flush)((from + to) % 4));
            before = e.length;
            CHECK_EQ(sluice_deflate_change(d, to % 13, (sluice_strategy)(to / 13)), SLUICE_OK);
            encode_more(&e, PART, SLUICE_FLUSH_SYNC);
            if (to % 13 > 0 && (to / 13 == 0 || to / 13 == 3) && (from + to) % 4 != 3)
                CHECK(e.length - before < PART / 20);
            CHECK_EQ(encode_more(&e, 2 * PART, SLUICE_FLUSH_FINISH), SLUICE_END);
            CHECK(encode_decodes(packed, e.length, SLUICE_ZLIB, 15, data, 4 * PART));
        }
    }
    sluice_deflate_free(d);
}

static void test_change_states(void)
{
    sluice_deflater *const d = encoder(SLUICE_ZLIB, 6);
    sluice_input in = {data, 30000, 0};
    sluice_output out = {other, 10, 0};

    check_context("states of a change");
    sample_random(data, 30000, 3);
    CHECK_EQ(sluice_deflate_change(d, 13, SLUICE_STRATEGY_DEFAULT), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_deflate_change(d, -1, SLUICE_STRATEGY_DEFAULT), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_deflate_change(d, 6, (sluice_strategy)4), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_deflate_change(d, 12, SLUICE_STRATEGY_DEFAULT), SLUICE_ERR_MEMORY);
    CHECK_EQ(sluice_deflate_change(d, 1, SLUICE_STRATEGY_RLE), SLUICE_OK);
    CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_SYNC), SLUICE_NEED_OUTPUT);
    CHECK_EQ(sluice_deflate_change(d, 1, SLUICE_STRATEGY_DEFAULT), SLUICE_ERR_STATE);
    out.size = sizeof other;
    CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_SYNC), SLUICE_OK);
    CHECK_EQ(sluice_deflate_change(d, 1, SLUICE_STRATEGY_DEFAULT), SLUICE_OK);
    CHECK_EQ(sluice_deflate_change(d, 6, SLUICE_STRATEGY_DEFAULT), SLUICE_OK);
    CHECK_EQ(step(d, 1, SLUICE_FLUSH_NONE), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_deflate_change(d, 6, SLUICE_STRATEGY_DEFAULT), SLUICE_ERR_STATE);
    CHECK_EQ(step(d, 0, SLUICE_FLUSH_FINISH), SLUICE_END);
    CHECK_EQ(sluice_deflate_change(d, 6, SLUICE_STRATEGY_DEFAULT), SLUICE_ERR_STATE);
    sluice_deflate_free(d);
}

/* ---- Copies ---- */

static void test_copy(void)
{
    sluice_deflater *const small = encoder(SLUICE_GZIP, 1);
    struct counting c = {0, 0, 0, false, false, NULL};
    const sluice_allocator allocator = {counting_alloc, counting_free, &c};
    const sluice_deflate_options largest = encode_options(SLUICE_RAW, 12, SLUICE_STRATEGY_DEFAULT, 15);
    sluice_deflater *const to = sluice_deflate_new(&largest, &allocator);

    for (int level = 0; level <= 12; level++) {
        sluice_deflater *const d = encoder(SLUICE_GZIP, level);
        struct encoding a = {d, data, 0, packed, STREAM_ROOM, 0, {0, 0, NULL, false}, NULL};

        check_context("level %d", level);
        sample_mixture(data, LARGEST, (unsigned)level + 40);
        CHECK_EQ(encode_more(&a, 120001, SLUICE_FLUSH_NONE), SLUICE_NEED_INPUT);
        CHECK_EQ(sluice_deflate_copy(d, d), SLUICE_OK);
        CHECK_EQ(sluice_deflate_copy(to, d), SLUICE_OK);
        if (level > 1 && level != 0)
            CHECK_EQ(sluice_deflate_copy(small, d), SLUICE_ERR_MEMORY);

        struct encoding b = a;
        const size_t before = a.length;

        b.deflater = to;
        b.out = other;
        b.cut.room = 100;
        CHECK_EQ(encode_more(&a, LARGEST - 120001, SLUICE_FLUSH_FINISH), SLUICE_END);
        CHECK_EQ(encode_more(&b, LARGEST - 120001, SLUICE_FLUSH_FINISH), SLUICE_END);
        CHECK_BYTES(other + before, b.length - before, packed + before, a.length - before);
        CHECK(encode_decodes(packed, a.length, SLUICE_GZIP, 15, data, LARGEST));
        sluice_deflate_free(d);
    }
    /* The copy keeps its own allocator, and its memory is as large as it was. */
    CHECK_EQ(sluice_deflate_reset(to, &largest), SLUICE_OK);
    sluice_deflate_free(to);
    CHECK_EQ(c.freed, 1);
    sluice_deflate_free(small);
}

int main(void)
{
    sample_text(data, LARGEST, 2);
    test_options();
    test_memory();
    test_allocator();
    test_arguments();
    test_after_whole();
    test_room();
    test_where();
    test_dictionary();
    test_dictionary_states();
    test_dictionary_forgotten();
    test_changes();
    test_change_states();
    test_copy();
    return check_report("deflate/deflate");
}
