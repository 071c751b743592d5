/*
 * parallel_test.c: the decoder with threads that decode ahead: the same bytes, verdict, position and input left as the
 * reference decoder's, whatever the number of threads, the size of pieces and the cuts of input; on streams with every
 * kind of flush, on several members, on what only looks like a mark or a member, and on broken ones.
 *
 * `parallel_test SEED` runs that round alone.
 */
#include "inflate/parallel.h"
#include "tests/support/check.h"
#include "tests/support/decode.h"
#include "tests/support/samples.h"
#include "tests/support/vectors.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 250, STREAM = 300000, PART = 60000, MEMBERS_MAX = 4 };

static uint8_t data[PART], stream[STREAM], changed[STREAM], want_output[DECODE_ROOM];
static struct reference_result want;

static size_t below(uint64_t *random, size_t n) { return (size_t)(check_random(random) >> 33) % n; }

/* ---- One run ---- */

struct way {
    unsigned threads;
    size_t piece;
    size_t input;     /* bytes that are handed over at a time, at most; 0: all at once */
    uint64_t *random; /* not NULL: fewer, too */
};

static uint64_t taken_over;

static sluice_parallel_inflater *make(const struct reference_options *o, const struct way *way)
{
    sluice_parallel_inflate_options options = sluice_parallel_inflate_defaults();

    options.inflate = decode_options(o, 0);
    options.threads = way->threads;
    options.piece = way->piece;
    return sluice_parallel_inflate_new(&options, NULL);
}

/* What was taken and is behind the stream must be just that. */
static void look_behind(sluice_parallel_inflater *p, const uint8_t *in, size_t pos, struct decode_result *result)
{
    size_t at = (size_t)result->where.input;
    const void *span;
    size_t length;

    for (;;) {
        sluice_parallel_inflate_behind(p, &span, &length);
        if (length == 0)
            break;
        if (length > pos - at || memcmp(span, in + at, length) != 0) {
            result->broken = "what was taken from behind the stream is not what there was";
            return;
        }
        at += length;
    }
    if (at != pos)
        result->broken = "input was taken that is neither of the stream nor behind it";
}

static void decode_parallel(const struct reference_options *o, const struct way *way, const uint8_t *in, size_t size,
                            struct decode_result *result)
{
    sluice_parallel_inflater *const p = make(o, way);
    sluice_status status = SLUICE_NEED_INPUT;
    size_t pos = 0, handed = 0;

    memset(result, 0, offsetof(struct decode_result, block));
    if (!p) {
        result->broken = "no decoder";
        return;
    }
    if (o->format == SLUICE_RAW && o->dictionary)
        CHECK_EQ(sluice_parallel_inflate_set_dictionary(p, o->dictionary, o->dictionary_size), SLUICE_OK);
    while (!result->broken) {
        size_t n = size - handed;
        const void *span;
        size_t length;

        if (pos == handed) {
            if (way->input && way->input < n)
                n = way->input;
            handed += way->random && n > 1 ? 1 + below(way->random, n) : n;
        }

        sluice_input piece = {in, handed, pos};

        status = sluice_parallel_inflate_next(p, &piece, handed == size, &span, &length);
        pos = piece.pos;
        if (length > DECODE_ROOM - result->length)
            abort();
        if (length > 0)
            memcpy(decode_output + result->length, span, length);
        result->length += length;
        if (pos > handed)
            result->broken = "a step moved pos beyond size";
        if (status == SLUICE_NEED_OUTPUT && length == 0)
            result->broken = "NEED_OUTPUT and no span";
        if (status == SLUICE_NEED_INPUT && pos < handed)
            result->broken = "NEED_INPUT with input left";
        if (status == SLUICE_NEED_INPUT && handed == size)
            result->broken = "NEED_INPUT behind the last input";
        if (status == SLUICE_NEED_DICTIONARY && o->dictionary) {
            status = sluice_parallel_inflate_set_dictionary(p, o->dictionary, o->dictionary_size);
            if (status == SLUICE_OK)
                continue;
        }
        if (status != SLUICE_NEED_OUTPUT && status != SLUICE_NEED_INPUT)
            break;
    }
    result->status = status;
    result->where = sluice_parallel_inflate_where(p);
    if (result->where.output != result->length && !result->broken)
        result->broken = "sluice_parallel_inflate_where() counts another output than came out";
    if (status != SLUICE_ERR_DICTIONARY && !result->broken) {
        sluice_input nothing = {in, pos, pos};
        const void *span;
        size_t length;

        if (sluice_parallel_inflate_next(p, &nothing, 1, &span, &length) != status || length > 0)
            result->broken = "the result that ended the stream did not stay";
    }
    if (status == SLUICE_END && !result->broken)
        look_behind(p, in, pos, result);
    taken_over += p->taken_over;
    sluice_parallel_inflate_free(p);
}

/* Holds `times` ways to decode a stream, drawn at random, to the reference. */
static bool compare(const struct reference_options *o, const uint8_t *in, size_t size, unsigned times, uint64_t *random)
{
    static const size_t pieces[] = {64, 100, 300, 1000, 4000, 20000}, inputs[] = {0, 1, 3, 500, 5000};
    static struct decode_result got;
    bool fine = true;

    reference_decode(o, in, size, want_output, DECODE_ROOM, &want);
    for (unsigned i = 0; i < times && fine; i++) {
        struct way way = {.threads = 1 + (unsigned)below(random, 4), .piece = pieces[below(random, 6)]};

        way.input = inputs[size > 20000 ? below(random, 2) * 4 : below(random, 5)];
        way.random = below(random, 2) ? random : NULL;
        decode_parallel(o, &way, in, size, &got);
        fine = decode_agrees(&got, &want, want_output, "decode_parallel");
        if (!fine)
            printf("    %zu bytes, format %d, %u threads, pieces of %zu, input by %zu%s\n", size, o->format,
                   way.threads, way.piece, way.input, way.random ? " at most" : "");
    }
    return fine;
}

/* ---- Streams ---- */

/*
 * One stream with flushes of all kinds, or of the kind `always`, at random places. Data of every kind; also streams
 * that were made before, which stay as they are where they cannot be compressed: full of marks and members that are
 * none.
 */
static size_t put_stream(uint8_t *to, size_t room, sluice_format format, sluice_flush always, uint64_t *random)
{
    static uint8_t nested[PART];
    static size_t nested_size;
    sluice_deflate_options o = sluice_deflate_defaults();
    const size_t size = below(random, 8) ? below(random, PART) : below(random, 20);

    o.format = format;
    o.level = (int)below(random, 10);
    o.window_bits = below(random, 4) ? 15 : 9 + (unsigned)below(random, 6);
    samples[below(random, SAMPLES)].make(data, size, *random);
    if (nested_size > 0 && below(random, 3) == 0)
        for (size_t at = below(random, 3000); at < size; at += 1 + below(random, 20000)) {
            const size_t from = below(random, nested_size), most = nested_size - from;
            const size_t n = size - at < most ? size - at : most;

            memcpy(data + at, nested + from, n);
        }

    sluice_deflater *const d = sluice_deflate_new(&o, NULL);
    sluice_output out = {to, room, 0};
    sluice_input in = {data, 0, 0};
    sluice_status status;

    do {
        const size_t n = 1 + below(random, below(random, 3) ? 3000 : 30000);
        sluice_flush flush = always ? always : (sluice_flush)below(random, 5);

        in.size = size - in.pos < n ? size : in.pos + n;
        if (in.size == size)
            flush = SLUICE_FLUSH_FINISH;
        status = sluice_deflate(d, &in, &out, flush);
    } while (status == SLUICE_OK || status == SLUICE_NEED_INPUT);
    CHECK_EQ(status, SLUICE_END);
    sluice_deflate_free(d);
    if (out.pos < PART && (nested_size == 0 || below(random, 3) == 0))
        memcpy(nested, to, nested_size = out.pos);
    return out.pos;
}

static size_t put_streams(struct reference_options *o, uint64_t *random)
{
    const sluice_flush always = below(random, 2) ? SLUICE_FLUSH_FULL : SLUICE_FLUSH_NONE;
    size_t members = 1, size = 0;

    o->format = (sluice_format)below(random, 3);
    if (o->format == SLUICE_GZIP)
        members += below(random, MEMBERS_MAX);
    while (members-- > 0)
        size += put_stream(stream + size, STREAM / MEMBERS_MAX, o->format, always, random);
    if (below(random, 4) == 0) { /* something behind it that begins like a member */
        static const uint8_t trailing[] = {0x1f, 0x8b, 8, 0, 0, 0};
        const size_t from = below(random, 2), n = 1 + below(random, sizeof trailing - from);

        memcpy(stream + size, trailing + from, n);
        size += n;
    }
    if (below(random, 4) == 0 && o->format != SLUICE_RAW)
        o->format = below(random, 2) ? SLUICE_AUTO : SLUICE_AUTO_RAW;
    return size;
}

/* Breaks the stream, or sets what it is held to. */
static size_t change(size_t size, struct reference_options *o, uint64_t *random)
{
    const size_t at = below(random, size);

    memcpy(changed, stream, size);
    switch (below(random, 6)) {
    case 0:
        return at;
    case 1:
        o->max_output = 1 + below(random, (size_t)want.where.output + 2);
        return size;
    case 2:
        o->window_bits = 8 + (unsigned)below(random, 7);
        return size;
    case 3: /* a part is missing */
        memmove(changed + at, changed + at + (size - at) / 50, size - at - (size - at) / 50);
        return size - (size - at) / 50;
    case 4:
        o->one_member = true;
        return size;
    default:
        changed[at] ^= (uint8_t)(1 << below(random, 8));
        return size;
    }
}

static void round_of(uint64_t seed)
{
    uint64_t random = seed * 0x9e3779b97f4a7c15u + 1;
    struct reference_options o = {.window_bits = 15};
    const size_t size = put_streams(&o, &random);

    check_context("seed %llu, as it is", (unsigned long long)seed);
    if (!compare(&o, stream, size, 3, &random))
        return;
    CHECK(want.status == SLUICE_END || want.where.input + 6 >= size); /* what is behind it may be a broken member */
    for (unsigned i = 0; i < 3; i++) {
        struct reference_options other = o;
        const size_t other_size = change(size, &other, &random);

        check_context("seed %llu, change %u", (unsigned long long)seed, i);
        if (!compare(&other, changed, other_size, 2, &random))
            return;
        reference_decode(&o, stream, size, want_output, DECODE_ROOM, &want);
    }
}

/* ---- That it is worth anything: what has been decoded ahead is used ---- */

static void used_of(const char *what, size_t size, const struct reference_options *o, uint64_t runs)
{
    static struct decode_result got;
    const struct way way = {.threads = 2, .piece = 1000};

    reference_decode(o, stream, size, want_output, DECODE_ROOM, &want);
    taken_over = 0;
    decode_parallel(o, &way, stream, size, &got);
    check_context("%s: how much of what was decoded ahead is used", what);
    decode_agrees(&got, &want, want_output, what);
    CHECK_EQ(taken_over, runs);
}

/* Text in `parts` parts, with a flush behind each, or members of their own. */
static size_t text_in_parts(unsigned parts, sluice_format format, sluice_flush flush)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    sluice_output out = {stream, STREAM, 0};
    sluice_deflater *d;

    options.format = format;
    d = sluice_deflate_new(&options, NULL);
    sample_text(data, PART, 1);
    for (unsigned i = 0; i < parts; i++) {
        sluice_input in = {data + i * (PART / parts), PART / parts, 0};

        sluice_deflate(d, &in, &out, i + 1 == parts ? SLUICE_FLUSH_FINISH : flush);
        if (flush == SLUICE_FLUSH_FINISH)
            sluice_deflate_reset(d, NULL);
    }
    sluice_deflate_free(d);
    return out.pos;
}

static void used(void)
{
    struct reference_options o = {.window_bits = 15, .format = SLUICE_AUTO};
    size_t size = text_in_parts(10, SLUICE_GZIP, SLUICE_FLUSH_FULL);

    used_of("full flushes", size, &o, 10);
    size = text_in_parts(10, SLUICE_ZLIB, SLUICE_FLUSH_FULL);
    used_of("full flushes, zlib", size, &o, 10);
    size = text_in_parts(10, SLUICE_GZIP, SLUICE_FLUSH_FINISH);
    used_of("members", size, &o, 10);
    size = text_in_parts(40, SLUICE_GZIP, SLUICE_FLUSH_FINISH);
    used_of("small members, several a piece", size, &o, 40);
    /* The first piece is no guess; behind the others' beginnings something refers to what came before. */
    size = text_in_parts(10, SLUICE_GZIP, SLUICE_FLUSH_SYNC);
    used_of("sync flushes", size, &o, 1);
}

/* ---- The object ---- */

static size_t allocated, alive;

static void *counting_alloc(void *user, size_t size)
{
    (void)user;
    allocated += size;
    alive++;
    return malloc(size);
}

static void counting_free(void *user, void *memory)
{
    (void)user;
    alive--;
    free(memory);
}

static void memory(void)
{
    static const sluice_allocator counting = {counting_alloc, counting_free, NULL};
    sluice_parallel_inflate_options o = sluice_parallel_inflate_defaults();

    check_context("memory");
    o.threads = 2;

    const size_t size = sluice_parallel_inflate_size(&o);
    sluice_parallel_inflater *p = sluice_parallel_inflate_new(&o, &counting);

    CHECK(p != NULL);
    CHECK_EQ(allocated, size);
    CHECK(size <= 65536 + 2 * (80 * o.piece + 32768)); /* as sluice.h says */
    o.threads = 3;
    CHECK_EQ(sluice_parallel_inflate_reset(p, &o), SLUICE_ERR_MEMORY);
    o.threads = 1;
    CHECK_EQ(sluice_parallel_inflate_reset(p, &o), SLUICE_OK);
    sluice_parallel_inflate_free(p);
    CHECK_EQ(alive, 0);
    sluice_parallel_inflate_free(NULL);
}

static void mistakes(void)
{
    const sluice_parallel_inflate_options fine = sluice_parallel_inflate_defaults();
    sluice_parallel_inflate_options o = fine;
    sluice_parallel_inflater *p;
    sluice_input in = {data, 10, 11};
    const void *span;
    size_t length;

    check_context("mistakes");
    CHECK(sluice_parallel_inflate_size(NULL) > 0);
    o.threads = SLUICE_THREADS_MAX + 1;
    CHECK_EQ(sluice_parallel_inflate_size(&o), 0);
    o = fine;
    o.piece = SLUICE_AHEAD_MIN - 1;
    CHECK(sluice_parallel_inflate_new(&o, NULL) == NULL);
    o.piece = SLUICE_AHEAD_MAX + 1;
    CHECK(sluice_parallel_inflate_new(&o, NULL) == NULL);
    o = fine;
    o.inflate.flags = SLUICE_STOP_AT_BLOCK;
    CHECK(sluice_parallel_inflate_new(&o, NULL) == NULL);
    o.inflate.flags = SLUICE_NO_WINDOW;
    CHECK(sluice_parallel_inflate_new(&o, NULL) == NULL);
    o = fine;
    o.threads = 1;
    p = sluice_parallel_inflate_new(&o, NULL);
    CHECK_EQ(sluice_parallel_inflate_next(p, &in, 0, &span, &length), SLUICE_ERR_ARGUMENT);
    in = (sluice_input){NULL, 1, 0};
    CHECK_EQ(sluice_parallel_inflate_next(p, &in, 0, &span, &length), SLUICE_ERR_ARGUMENT);
    in = (sluice_input){NULL, 0, 0};
    CHECK_EQ(sluice_parallel_inflate_next(p, &in, 0, &span, &length), SLUICE_NEED_INPUT);
    sluice_parallel_inflate_behind(p, &span, &length);
    CHECK_EQ(length, 0);
    CHECK_EQ(sluice_parallel_inflate_next(p, &in, 1, &span, &length), SLUICE_ERR_TRUNCATED);
    sluice_parallel_inflate_free(p);
}

/* Reset, and freed, in the middle of things; the header of the last member is told. */
static void again(void)
{
    sluice_parallel_inflate_options o = sluice_parallel_inflate_defaults();
    const size_t size = text_in_parts(10, SLUICE_GZIP, SLUICE_FLUSH_FINISH);
    sluice_parallel_inflater *p;

    check_context("again and again");
    o.threads = 3;
    o.piece = 500;
    p = sluice_parallel_inflate_new(&o, NULL);
    for (size_t stop = 0; stop < 60000; stop += 2000) {
        sluice_gzip_header header = {.complete = 7};
        sluice_input in = {stream, size, 0};
        size_t length, sum = 0;
        const void *span;
        sluice_status status = SLUICE_OK;

        sluice_parallel_inflate_reset(p, NULL);
        CHECK_EQ(sluice_parallel_inflate_get_header(p, &header), SLUICE_OK);
        while (sum <= stop &&
               (status = sluice_parallel_inflate_next(p, &in, 1, &span, &length)) == SLUICE_NEED_OUTPUT) {
            CHECK(memcmp(data + sum, span, length) == 0);
            sum += length;
        }
        CHECK(status == SLUICE_END ? sum == PART : sum > stop);
        CHECK_EQ(header.os, 255);
        CHECK_EQ(header.complete, 1);
        CHECK_EQ(sluice_parallel_inflate_format(p), SLUICE_GZIP);
    }
    sluice_parallel_inflate_free(p);
}

int main(int argc, char **argv)
{
    uint64_t random = 7;

    if (argc > 1) {
        round_of(strtoull(argv[1], NULL, 10));
        return check_report("inflate/parallel");
    }
    mistakes();
    memory();
    again();
    used();
    for (const struct vector *v = vectors_load(); v; v = v->next) {
        check_context("%s", v->file);
        if (v->options.start_bit == 0)
            compare(&v->options, v->stream, v->stream_size, 4, &random);
    }
    for (uint64_t seed = 0; seed < ROUNDS; seed++)
        round_of(seed);
    return check_report("inflate/parallel");
}
