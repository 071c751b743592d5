/*
 * guard_test.c: what the decoder touches. Each vector, and random blocks with codes of every length, are decoded with
 * the input cut in two at every byte, and with the output cut in two at every byte, by each of the decoder's loops.
 * Input lies between pages that fault, first against the one behind it and then against the one before it, and cannot
 * be written; so does the room for output. So a read or write of one byte too far is seen, also one that only puts back
 * what was there. Beside the room, and in the part of it that a call was not to touch, a pattern must stay.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "inflate/state.h"
#include "tests/support/bits.h"
#include "tests/support/check.h"
#include "tests/support/reference.h"
#include "tests/support/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    ROOM = 1 << 17,        /* no vector is larger, decoded or not, except those that are left out */
    CUTS_MAX = 160,        /* of one stream; of a longer one these, evenly spread, and its first and last ones */
    PATTERN = 0xa5,
    BESIDE = 64,           /* bytes of pattern beside the room, on the side where no page faults */
    RANDOM_STREAMS = 60,
    BEFORE = 40            /* bytes of the room that were filled before the call, in a streaming step */
};

static uint8_t want_output[ROOM];
static struct reference_result want;
static size_t page;

/* ROOM bytes at `begin`, between two pages that fault. */
struct area {
    uint8_t *begin;
    uint8_t *writable; /* the same memory, where it can be written */
};

static void *check_map(void *p)
{
    if (p == MAP_FAILED) {
        perror("guard_test");
        exit(1);
    }
    return p;
}

static void make_area(struct area *area, int protection)
{
    uint8_t *const p = check_map(mmap(NULL, ROOM + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    FILE *const memory = tmpfile();

    if (!memory || ftruncate(fileno(memory), ROOM) < 0) {
        perror("guard_test");
        exit(1);
    }
    area->begin = check_map(mmap(p + page, ROOM, protection, MAP_SHARED | MAP_FIXED, fileno(memory), 0));
    area->writable = check_map(mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(memory), 0));
    fclose(memory);
}

/* `size` bytes of an area lie against its beginning or its end: so far from the beginning. */
static size_t place(size_t size, bool at_start) { return at_start ? 0 : ROOM - size; }

static struct area input, output;

/* The stream, where it can only be read. */
static const uint8_t *lay_input(const uint8_t *data, size_t size, bool at_start)
{
    if (size > 0)
        memcpy(input.writable + place(size, at_start), data, size);
    return input.begin + place(size, at_start);
}

/* The room, and the pattern in it and beside it. */
static uint8_t *lay_output(size_t size, bool at_start)
{
    uint8_t *const out = output.begin + place(size, at_start);

    memset(out - (at_start ? 0 : BESIDE), PATTERN, size + BESIDE);
    return out;
}

static bool all_pattern(const uint8_t *p, size_t size)
{
    return size == 0 || (p[0] == PATTERN && memcmp(p, p + 1, size - 1) == 0);
}

/* ---- The decoder's loops ---- */

typedef void loop_function(struct sluice_inflater *s, struct step *t);

static void no_loop(struct sluice_inflater *s, struct step *t)
{
    (void)s;
    (void)t;
}

enum { PATHS = 3 };

static void choose_path(sluice_inflater *s, unsigned path)
{
    s->fast = path == 0 ? no_loop : sluice_inflate_fast();
    s->lanes = path == 2 ? sluice_inflate_lanes() : no_loop;
}

/* ---- Runs ---- */

static sluice_inflate_options options_of(const struct reference_options *o)
{
    return (sluice_inflate_options){o->format, o->window_bits, o->one_member ? SLUICE_ONE_MEMBER : 0u, o->max_output};
}

/* The decoder of all runs, set up for this one. */
static sluice_inflater *decoder(const struct reference_options *o, unsigned path)
{
    static sluice_inflater *s;
    const sluice_inflate_options options = options_of(o);

    if (!s)
        s = sluice_inflate_new(NULL, NULL);
    sluice_inflate_reset(s, &options);
    choose_path(s, path);
    if (o->start_bit)
        sluice_inflate_start_at_bit(s, o->start_bit);
    if (o->dictionary && o->format == SLUICE_RAW)
        sluice_inflate_set_dictionary(s, o->dictionary, o->dictionary_size);
    return s;
}

struct progress {
    sluice_inflater *s;
    const struct vector *v;
    size_t taken, put;
    sluice_status status;
    bool at_start;
};

/* Steps with input up to the byte `upto` of the stream and room up to the byte `room` of the output. */
static void step(struct progress *p, size_t upto, size_t room)
{
    const size_t n = upto - p->taken, before = p->put < BEFORE ? p->put : BEFORE, size = before + room - p->put;
    const uint8_t *const in = lay_input(p->v->stream + p->taken, n, p->at_start);
    uint8_t *const out = lay_output(size, p->at_start);
    sluice_input i = {in, n, 0};
    sluice_output o = {out, size, before};

    do {
        p->status = sluice_inflate(p->s, &i, &o);
        if (p->status == SLUICE_NEED_DICTIONARY && p->v->options.dictionary)
            p->status = sluice_inflate_set_dictionary(p->s, p->v->options.dictionary, p->v->options.dictionary_size);
    } while (p->status == SLUICE_OK);
    CHECK(o.pos <= size);
    CHECK(memcmp(out + before, want_output + p->put, o.pos - before) == 0);
    CHECK(all_pattern(out, before));
    CHECK(all_pattern(out + o.pos, size - o.pos)); /* a streaming step writes what it puts out and no more */
    CHECK(all_pattern(p->at_start ? out + size : out - BESIDE, BESIDE));
    p->taken += i.pos;
    p->put += o.pos - before;
}

/* The last word on the stream must be the reference's. */
static void conclude(struct progress *p)
{
    if (p->status == SLUICE_NEED_INPUT || p->status == SLUICE_END)
        p->status = sluice_inflate_finish(p->s);
    CHECK_EQ(p->status, want.status);
    CHECK_EQ(p->put, want.where.output);
    CHECK_EQ(sluice_inflate_where(p->s).input * 8 + sluice_inflate_where(p->s).bit,
             want.where.input * 8 + want.where.bit);
}

static void cut_streaming(const struct vector *v, unsigned path, bool at_start, size_t input_cut, size_t output_cut)
{
    struct progress p = {decoder(&v->options, path), v, 0, 0, SLUICE_OK, at_start};
    const size_t all = (size_t)want.where.output;

    check_context("%s: input cut at %zu of %zu, output at %zu of %zu, path %u, against the page %s", v->file, input_cut,
                  v->stream_size, output_cut, all, path, at_start ? "before" : "behind");
    step(&p, input_cut, output_cut);
    if (p.status == SLUICE_NEED_OUTPUT)
        step(&p, p.taken > input_cut ? p.taken : input_cut, all);
    if (p.status >= 0)
        step(&p, v->stream_size, p.put > output_cut ? all : output_cut);
    if (p.status == SLUICE_NEED_OUTPUT)
        step(&p, v->stream_size, all);
    conclude(&p);
}

/* The same cut of input, output lent. */
static void cut_borrowed(const struct vector *v, unsigned path, bool at_start, size_t cut)
{
    struct progress p = {decoder(&v->options, path), v, 0, 0, SLUICE_OK, at_start};
    const size_t upto[2] = {cut, v->stream_size};

    check_context("%s: input cut at %zu of %zu, output lent, path %u, against the page %s", v->file, cut,
                  v->stream_size, path, at_start ? "before" : "behind");
    for (unsigned i = 0; i < 2 && p.status >= 0; i++) {
        sluice_input in = {lay_input(v->stream + p.taken, upto[i] - p.taken, at_start), upto[i] - p.taken, 0};

        do {
            const void *span;
            size_t length;

            p.status = sluice_inflate_next(p.s, &in, &span, &length);
            CHECK(length <= (size_t)want.where.output - p.put &&
                  (length == 0 || memcmp(span, want_output + p.put, length) == 0));
            p.put += length;
            if (p.status == SLUICE_NEED_DICTIONARY && v->options.dictionary)
                p.status = sluice_inflate_set_dictionary(p.s, v->options.dictionary, v->options.dictionary_size);
        } while (p.status == SLUICE_NEED_OUTPUT || p.status == SLUICE_OK);
        p.taken += in.pos;
    }
    conclude(&p);
}

/* The whole-buffer call with the first `size` bytes, and `room` bytes of room. */
static void whole(const struct vector *v, unsigned path, bool at_start, size_t size, size_t room)
{
    const uint8_t *const in = lay_input(v->stream, size, at_start);
    uint8_t *const out = lay_output(room, at_start);
    sluice_inflater *const s = decoder(&v->options, path);
    size_t written;

    check_context("%s: %zu bytes whole, room of %zu, path %u, against the page %s", v->file, size, room, path,
                  at_start ? "before" : "behind");

    const sluice_status status = sluice_decompress(s, in, size, out, room, &written);

    CHECK(written <= room && memcmp(out, want_output, written) == 0);
    CHECK(all_pattern(at_start ? out + room : out - BESIDE, BESIDE)); /* no byte past the room is touched */
    if (size == v->stream_size && room >= want.where.output)
        CHECK_EQ(status == SLUICE_OK ? SLUICE_END : status, want.status);
}

/* The i-th cut of something that has `size` bytes: all of them, or the first and last ones and some between. */
static size_t cut_at(size_t i, size_t size)
{
    if (size < CUTS_MAX || i < CUTS_MAX / 4)
        return i;
    if (i >= CUTS_MAX - CUTS_MAX / 4)
        return size - (CUTS_MAX - 1 - i);
    return CUTS_MAX / 4 + (i - CUTS_MAX / 4) * (size - CUTS_MAX / 2) / (CUTS_MAX / 2);
}

static size_t cuts_of(size_t size) { return size < CUTS_MAX ? size + 1 : CUTS_MAX; }

static void run(const struct vector *v)
{
    const size_t all = (size_t)want.where.output;
    const bool whole_can = !v->options.dictionary && !v->options.start_bit;

    for (unsigned way = 0; way < 2 * PATHS; way++) {
        const unsigned path = way / 2;
        const bool at_start = way % 2;

        for (size_t i = 0; i < cuts_of(v->stream_size); i++) {
            const size_t cut = cut_at(i, v->stream_size);

            cut_streaming(v, path, at_start, cut, all);
            cut_borrowed(v, path, at_start, cut);
            if (whole_can)
                whole(v, path, at_start, cut, all);
        }
        for (size_t i = 0; i < cuts_of(all); i++) {
            cut_streaming(v, path, at_start, v->stream_size, cut_at(i, all));
            if (whole_can)
                whole(v, path, at_start, v->stream_size, cut_at(i, all));
        }
    }
}

static void judge_and_run(const struct vector *v)
{
    reference_decode(&v->options, v->stream, v->stream_size, want_output, ROOM, &want);
    if (want.where.output < ROOM - BEFORE - BESIDE && v->stream_size < ROOM && want.status != SLUICE_ERR_ROOM)
        run(v);
}

static void random_streams(void)
{
    static uint8_t stream[400];
    uint64_t random = 20261125;

    for (unsigned i = 0; i < RANDOM_STREAMS; i++) {
        struct bit_writer w = {.data = stream, .size = sizeof stream};
        struct vector v = {.options = {.format = SLUICE_RAW, .window_bits = 15}, .stream = stream};

        snprintf(v.file, sizeof v.file, "random stream %u", i);
        bits_generate(&w, &random, 0, i % 2 ? 1000 : 0);
        v.stream_size = bits_bytes(&w);
        judge_and_run(&v);
    }
}

int main(int argc, char **argv)
{
    page = (size_t)sysconf(_SC_PAGESIZE);
    make_area(&input, PROT_READ);
    make_area(&output, PROT_READ | PROT_WRITE);
    for (const struct vector *v = vectors_load(); v; v = v->next)
        if (argc < 2 || strcmp(argv[1], v->file) == 0)
            judge_and_run(v);
    if (argc < 2)
        random_streams();
    return check_report("inflate/guard");
}
