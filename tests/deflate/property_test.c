/*
 * property_test.c: whatever is asked of an encoder, in whatever order, what comes out is right.
 *
 * A case is drawn from a seed: options, data, where which flush comes, where level and strategy change, dictionaries.
 * It is run twice: in one step a flush by an object in fresh memory, and in random pieces by an object that has been
 * used for all the cases before, with a copy taking its place somewhere. Both must give the same bytes; after each
 * flush all data so far must be decodable; and each stretch from one full flush to the next is read token by token
 * against the data, with nothing before it but its dictionary.
 *
 * `property_test SEED COUNT` runs COUNT cases from SEED on; a failure names its seed.
 */
#include "tests/support/check.h"
#include "tests/support/encode.h"
#include "tests/support/inspect.h"
#include "tests/support/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CASES = 1500,
    LARGEST = 400000,
    EVENTS = 40,
    STREAM_ROOM = LARGEST + LARGEST / 8 + 64 * EVENTS + 1024,
    DICTIONARY = 40000
};

/* What is done with the next bytes of data. */
struct event {
    size_t size;
    sluice_flush flush;
    bool change, dictionary, copy; /* each before the bytes are handed over; a copy after some of them */
    int level;
    sluice_strategy strategy;
    size_t dictionary_from, dictionary_size;
};

struct scenario {
    sluice_deflate_options options;
    size_t size;
    unsigned events;
    struct event event[EVENTS];
};

/* A stretch that begins with the stream or behind a full flush. */
struct stretch {
    size_t stream, data, dictionary_from, dictionary_size;
};

struct outcome {
    size_t length;
    unsigned stretches;
    struct stretch stretch[EVENTS + 1];
};

static uint8_t data[LARGEST], dictionary[DICTIONARY], once[STREAM_ROOM], again[STREAM_ROOM];

/* ---- Drawing a case ---- */

static size_t some_size(uint64_t *random)
{
    static const size_t most[] = {4, 40, 300, 300, 3000, 3000, 9000, 40000, 70000, 70000};

    return sample_below(random, sample_below(random, 100) ? most[sample_below(random, 10)] : LARGEST + 1);
}

static int some_level(uint64_t *random)
{
    return (int)sample_below(random, SLUICE_LEVEL_STRONGEST + 1);
}

static sluice_strategy some_strategy(uint64_t *random)
{
    return sample_below(random, 4) ? SLUICE_STRATEGY_DEFAULT : (sluice_strategy)sample_below(random, 4);
}

static void some_dictionary(uint64_t *random, struct event *e)
{
    e->dictionary = true;
    e->dictionary_size =
        sample_below(random, 4) ? sample_below(random, DICTIONARY + 1) : 32768 + sample_below(random, 4);
    e->dictionary_from = sample_below(random, DICTIONARY - e->dictionary_size + 1);
}

static void draw(struct scenario *s, uint64_t seed)
{
    uint64_t random = seed * 2 + 1;
    size_t left;

    for (int i = 0; i < 4; i++)
        check_random(&random);
    memset(s, 0, sizeof *s);
    s->options.format = (sluice_format)sample_below(&random, 3);
    s->options.level = some_level(&random);
    s->options.strategy = some_strategy(&random);
    s->options.window_bits = sample_below(&random, 3) ? 15 : 8 + (unsigned)sample_below(&random, 8);
    s->size = left = some_size(&random);
    samples[sample_below(&random, 3) ? SAMPLES - 1 : sample_below(&random, SAMPLES)].make(data, s->size, seed + 1);
    samples[sample_below(&random, SAMPLES)].make(dictionary, DICTIONARY, seed + 2);
    for (size_t i = sample_below(&random, 6); i > 0 && s->size > 0; i--) {
        /* Something of the dictionary in the data */
        size_t n = sample_below(&random, 600), to = sample_below(&random, s->size);

        n = n < s->size - to ? n : s->size - to;
        memcpy(data + to, dictionary + sample_below(&random, DICTIONARY - n), n);
    }

    const unsigned flushes = (unsigned)(sample_below(&random, 2) ? sample_below(&random, EVENTS) : 0);
    const bool changes = sample_below(&random, 3) == 0, small = sample_below(&random, 2);
    bool after_full = false, boundary = true;

    for (unsigned i = 0; i <= flushes; i++) {
        struct event *const e = &s->event[s->events++];

        e->size = i == flushes ? left : sample_below(&random, small && left > 100 ? 100 : left + 1);
        left -= e->size;
        e->flush = i == flushes ? SLUICE_FLUSH_FINISH : (sluice_flush)sample_below(&random, SLUICE_FLUSH_FINISH);
        if (changes && boundary && sample_below(&random, 2)) {
            e->change = true;
            e->level = some_level(&random);
            e->strategy = some_strategy(&random);
        }
        if (i == 0 ? s->options.format != SLUICE_GZIP && sample_below(&random, 4) == 0
                   : after_full && s->options.format == SLUICE_RAW && sample_below(&random, 2))
            some_dictionary(&random, e);
        e->copy = sample_below(&random, 8) == 0;
        boundary = e->flush != SLUICE_FLUSH_NONE;
        after_full = e->flush == SLUICE_FLUSH_FULL;
    }
}

/* ---- A decoder that follows ---- */

struct follower {
    sluice_inflater *inflater;
    sluice_input in;
    sluice_output out;
    bool off;
};

static uint8_t followed[LARGEST + 1];

static void follow_begin(struct follower *f, const struct scenario *s, const uint8_t *stream)
{
    static sluice_inflater *inflater;
    sluice_inflate_options options = sluice_inflate_defaults();

    if (!inflater)
        inflater = sluice_inflate_new(NULL, NULL);
    options.format = s->options.format;
    options.window_bits = s->options.window_bits;
    sluice_inflate_reset(inflater, &options);
    *f = (struct follower){inflater, {stream, 0, 0}, {followed, sizeof followed, 0}, false};
    if (s->event[0].dictionary && s->options.format == SLUICE_RAW)
        sluice_inflate_set_dictionary(inflater, dictionary + s->event[0].dictionary_from,
                                      s->event[0].dictionary_size);
}

/* All data so far must come out of the stream so far. */
static void follow(struct follower *f, const struct scenario *s, size_t length, size_t given, bool end)
{
    sluice_status status;

    if (f->off)
        return;
    f->in.size = length;
    status = sluice_inflate(f->inflater, &f->in, &f->out);
    if (status == SLUICE_NEED_DICTIONARY) {
        CHECK_EQ(sluice_inflate_set_dictionary(f->inflater, dictionary + s->event[0].dictionary_from,
                                               s->event[0].dictionary_size),
                 SLUICE_OK);
        status = sluice_inflate(f->inflater, &f->in, &f->out);
    }
    CHECK_EQ(status, end ? SLUICE_END : SLUICE_NEED_INPUT);
    CHECK_EQ(f->in.pos, length);
    if (f->out.pos != given || memcmp(followed, data, given) != 0)
        CHECK_BYTES(followed, f->out.pos, data, given);
}

/* ---- Running a case ---- */

/* The objects that all cases use, large enough for every level; the second takes over where a copy is made. */
static sluice_deflater *used[2];

static size_t run(const struct scenario *s, sluice_deflater *d, uint8_t *out, struct encode_cut cut, bool copies,
                  struct outcome *o)
{
    struct encoding e = {d, data, 0, out, STREAM_ROOM, 0, cut, NULL};
    struct follower f;

    follow_begin(&f, s, out);
    *o = (struct outcome){0, 1, {{0, 0, 0, 0}}};
    for (unsigned i = 0; i < s->events; i++) {
        const struct event *const event = &s->event[i];
        const size_t first = event->copy ? event->size / 3 : 0;
        sluice_status status;

        if (event->dictionary) {
            uint8_t *const given = malloc(event->dictionary_size + 1); /* it is copied */

            memcpy(given, dictionary + event->dictionary_from, event->dictionary_size);
            CHECK_EQ(sluice_deflate_set_dictionary(e.deflater, given, event->dictionary_size), SLUICE_OK);
            free(given);
            o->stretch[o->stretches - 1].dictionary_from = event->dictionary_from;
            o->stretch[o->stretches - 1].dictionary_size = event->dictionary_size;
            f.off |= i > 0; /* the decoder has no such call in the middle of a stream */
        }
        if (event->change)
            CHECK_EQ(sluice_deflate_change(e.deflater, event->level, event->strategy), SLUICE_OK);
        CHECK_EQ(encode_more(&e, first, SLUICE_FLUSH_NONE), SLUICE_NEED_INPUT);
        if (event->copy && copies) {
            sluice_deflater *const other = used[e.deflater == used[0]];

            CHECK_EQ(sluice_deflate_copy(other, e.deflater), SLUICE_OK);
            e.deflater = other;
        }
        status = encode_more(&e, event->size - first, event->flush);
        if (e.broken)
            CHECK(e.broken == NULL), printf("    %s\n", e.broken);
        if (status != (event->flush == SLUICE_FLUSH_NONE     ? SLUICE_NEED_INPUT
                       : event->flush == SLUICE_FLUSH_FINISH ? SLUICE_END
                                                             : SLUICE_OK)) {
            CHECK_EQ(status, SLUICE_OK);
            break;
        }

        const sluice_position where = sluice_deflate_where(e.deflater);

        CHECK_EQ(where.input, e.pos);
        if (event->flush != SLUICE_FLUSH_NONE) {
            CHECK_EQ(where.output, e.length);
            CHECK(where.bit < 8);
        }
        if (event->flush >= SLUICE_FLUSH_SYNC)
            CHECK_EQ(where.bit, 0);
        if (event->flush >= SLUICE_FLUSH_PARTIAL)
            follow(&f, s, e.length, e.pos, event->flush == SLUICE_FLUSH_FINISH);
        if (event->flush == SLUICE_FLUSH_FULL)
            o->stretch[o->stretches++] = (struct stretch){e.length, e.pos, 0, 0};
    }
    o->length = e.length;
    return e.length;
}

/* Reads a stretch of raw data, up to `end` in the stream. */
static void inspect_stretch(const struct scenario *s, const struct stretch *from, size_t begin, size_t end,
                            size_t data_end, bool last)
{
    static uint8_t context[DICTIONARY + LARGEST];
    const size_t window = (size_t)1 << s->options.window_bits;
    const size_t history = from->dictionary_size < window ? from->dictionary_size : window;
    const size_t n = data_end - from->data;

    memcpy(context, dictionary + from->dictionary_from + from->dictionary_size - history, history);
    memcpy(context + history, data + from->data, n);

    const struct inspection i = inspect_deflate(once + begin, end - begin, context + history, n, history);

    if (i.wrong)
        CHECK(i.wrong == NULL), printf("    at byte %zu of data: %s\n", from->data + i.bytes, i.wrong);
    CHECK_EQ(i.bytes, n);
    CHECK_EQ((i.bits + 7) / 8, end - begin);
    CHECK_EQ(i.last, last);
    CHECK(i.farthest <= window);
    CHECK(i.least_distance_codes >= 2);
}

static void inspect(const struct scenario *s, const struct outcome *o)
{
    const bool zlib = s->options.format == SLUICE_ZLIB;
    const size_t header = zlib ? s->event[0].dictionary ? 6 : 2 : s->options.format == SLUICE_GZIP ? 10 : 0;
    const size_t trailer = zlib ? 4 : s->options.format == SLUICE_GZIP ? 8 : 0;

    for (unsigned i = 0; i < o->stretches; i++) {
        const bool last = i + 1 == o->stretches;

        inspect_stretch(s, &o->stretch[i], i ? o->stretch[i].stream : header,
                        last ? o->length - trailer : o->stretch[i + 1].stream,
                        last ? s->size : o->stretch[i + 1].data, last);
    }
}

/* A stream without flushes is what the whole-buffer call makes, and within the bound. */
static void compare_whole(const struct scenario *s, size_t length)
{
    size_t written;

    if (s->events > 1 || s->event[0].dictionary || s->event[0].change)
        return;
    CHECK(length <= sluice_compress_bound(s->size, s->options.format));
    CHECK_EQ(sluice_deflate_reset(used[0], &s->options), SLUICE_OK);
    CHECK_EQ(sluice_compress(used[0], data, s->size, again, length, &written), SLUICE_OK);
    CHECK_BYTES(again, written, once, length);
}

static void run_case(uint64_t seed)
{
    static struct scenario s;
    static struct outcome first, second;
    uint64_t random = seed;
    struct encode_cut cut = {0, 0, NULL, false};
    sluice_deflate_options largest = sluice_deflate_defaults();

    draw(&s, seed);
    check_context("seed %llu: level %d, strategy %d, format %d, window %u, %zu bytes, %u events",
                  (unsigned long long)seed, s.options.level, s.options.strategy, s.options.format,
                  s.options.window_bits, s.size, s.events);
    if (!used[0]) {
        largest.level = SLUICE_LEVEL_STRONGEST;
        used[0] = encode_new(&largest);
        used[1] = encode_new(&largest);
    }

    largest = s.options;
    for (unsigned i = 0; i < s.events; i++)
        if (s.event[i].change) {
            largest.level = SLUICE_LEVEL_STRONGEST;
            largest.strategy = SLUICE_STRATEGY_DEFAULT;
        }

    sluice_deflater *const fresh = encode_new(&largest);

    CHECK_EQ(sluice_deflate_reset(fresh, &s.options), SLUICE_OK);
    run(&s, fresh, once, cut, false, &first);
    sluice_deflate_free(fresh);
    inspect(&s, &first);

    static const size_t pieces[] = {0, 1, 2, 3, 7, 64, 700, 4096, 100000};

    cut.input = pieces[sample_below(&random, 9)];
    cut.room = pieces[sample_below(&random, 9)];
    if (s.size > 20000 && cut.input && cut.input < 64)
        cut.input *= 64;
    if (s.size > 20000 && cut.room && cut.room < 64)
        cut.room *= 64;
    if (sample_below(&random, 2))
        cut.random = &random;
    cut.at_start = sample_below(&random, 2);
    CHECK_EQ(sluice_deflate_reset(used[0], &s.options), SLUICE_OK);
    run(&s, used[0], again, cut, true, &second);
    CHECK_BYTES(again, second.length, once, first.length);
    compare_whole(&s, first.length);
}

int main(int argc, char **argv)
{
    const uint64_t begin = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    const uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 0) : CASES;

    for (uint64_t i = 0; i < count; i++)
        run_case(begin + i);
    sluice_deflate_free(used[0]);
    sluice_deflate_free(used[1]);
    return check_report("deflate/property");
}
