/*
 * paths_test.c: the decoder's loops one by one: the careful path alone, the portable fast loop, this machine's fast
 * loop, the lanes with and without it. A decoder that has no other gives the same verdict, bytes, position and input
 * taken as the reference decoder, on the vectors and on random streams, good and broken, whole and in random pieces.
 *
 * `paths_test SEED` runs that round alone.
 */
#include "inflate/state.h"
#include "tests/support/bits.h"
#include "tests/support/check.h"
#include "tests/support/decode.h"
#include "tests/support/samples.h"
#include "tests/support/vectors.h"

#include <stdlib.h>
#include <string.h>

/* The fast loop as a machine has it that knows no other: the file once more, under another name. */
#ifndef SLUICE_PORTABLE
#define SLUICE_PORTABLE
#endif
#define sluice_inflate_fast portable_fast
void (*portable_fast(void))(struct sluice_inflater *s, struct step *t);
#include "inflate/fast.c"
#undef sluice_inflate_fast

enum { ROUNDS = 2500, DATA = 40000, STREAM = 60000 };

typedef void loop_function(struct sluice_inflater *s, struct step *t);

static unsigned long calls; /* of a loop that is watched */

static void no_loop(struct sluice_inflater *s, struct step *t)
{
    (void)s;
    (void)t;
    calls++;
}

struct path {
    const char *name;
    loop_function *fast, *lanes;
};

enum { PATHS = 5 };
static struct path paths[PATHS];
static const struct path *path;

static void choose_path(sluice_inflater *s)
{
    s->fast = path->fast;
    s->lanes = path->lanes;
}

static void name_paths(void)
{
    paths[0] = (struct path){"the careful path", no_loop, no_loop};
    paths[1] = (struct path){"the portable loop", portable_fast(), no_loop};
    paths[2] = (struct path){"this machine's loop", sluice_inflate_fast(), no_loop};
    paths[3] = (struct path){"lanes, then the careful path", no_loop, sluice_inflate_lanes()};
    paths[4] = (struct path){"lanes, then this machine's loop", sluice_inflate_fast(), sluice_inflate_lanes()};
    decode_prepare = choose_path;
}

static uint8_t data[DATA], stream[STREAM], want_output[DECODE_ROOM];
static struct reference_result want;

static size_t below(uint64_t *random, size_t n) { return (size_t)(check_random(random) >> 33) % n; }

/* One stream by all paths; the cuts follow from the seed. */
static bool compare(const struct reference_options *o, const uint8_t *in, size_t size, uint64_t *random)
{
    static const size_t pieces[] = {1, 7, 64, 300, 1460, 20000, 0};
    static struct decode_result got;
    bool fine = true;

    reference_decode(o, in, size, want_output, DECODE_ROOM, &want);
    for (size_t i = 0; i < PATHS && fine; i++) {
        const bool at_start = below(random, 2);
        struct decode_cut cut = {.at_start = at_start};

        path = &paths[i];
        cut.input = pieces[below(random, 7)];
        cut.output = pieces[below(random, 7)];
        cut.random = below(random, 2) ? random : NULL;
        cut.copy_after = below(random, 4) ? 0 : 1 + below(random, 9);
        if (!o->dictionary && !o->start_bit) {
            decode_whole(o, in, size, (size_t)want.where.output + (below(random, 2) ? 0 : below(random, 3000)),
                         at_start, &got);
            fine &= decode_agrees(&got, &want, want_output, path->name);
        }
        decode_stream(o, 0, in, size, &cut, &got);
        fine &= decode_agrees(&got, &want, want_output, path->name);
        decode_borrowed(o, 0, in, size, &cut, &got);
        fine &= decode_agrees(&got, &want, want_output, path->name);
    }
    return fine;
}

/* A stream of the encoder's, of data of any kind; or one of random blocks. */
static size_t make_stream(struct reference_options *o, uint64_t *random)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    size_t written = 0;

    o->format = (sluice_format)below(random, 3);
    if (below(random, 3) == 0) {
        struct bit_writer w = {.data = stream, .size = STREAM / 2};

        o->format = SLUICE_RAW;
        bits_generate(&w, random, 0, below(random, 2) ? DATA : 500);
        return bits_bytes(&w);
    }
    options.format = o->format;
    options.level = (int)below(random, 10);
    options.strategy = (sluice_strategy)below(random, 4);
    options.window_bits = below(random, 2) ? 15 : 9 + (unsigned)below(random, 6);

    const size_t size = 1 + below(random, below(random, 2) ? DATA : 3000);
    sluice_deflater *const d = sluice_deflate_new(&options, NULL);

    samples[below(random, SAMPLES)].make(data, size, *random);
    CHECK_EQ(sluice_compress(d, data, size, stream, STREAM, &written), SLUICE_OK);
    sluice_deflate_free(d);
    return written;
}

static size_t change(size_t size, struct reference_options *o, uint64_t *random)
{
    switch (below(random, 6)) {
    case 0:
        return below(random, size);
    case 1:
        o->max_output = 1 + below(random, DATA);
        return size;
    case 2:
        o->window_bits = 8 + (unsigned)below(random, 7);
        return size;
    case 3:
        return size;
    default:
        for (size_t times = 1 + below(random, 3); times > 0; times--)
            stream[below(random, below(random, 2) ? size : 1 + size / 20)] ^= (uint8_t)(1 << below(random, 8));
        return size;
    }
}

static void round_of(uint64_t seed)
{
    uint64_t random = seed * 0x9e3779b97f4a7c15u + 3;
    struct reference_options o = {.window_bits = 15};
    size_t size = make_stream(&o, &random);

    if (size == 0)
        return;
    size = change(size, &o, &random);
    check_context("seed %llu: %zu bytes, format %d, window_bits %u, max_output %llu", (unsigned long long)seed, size,
                  o.format, o.window_bits, (unsigned long long)o.max_output);
    compare(&o, stream, size, &random);
}

/* A path that is chosen is gone: what follows would show nothing else. */
static void choice_is_obeyed(void)
{
    struct reference_options o = {.window_bits = 15, .format = SLUICE_ZLIB};
    static struct decode_result got;
    size_t written = 0;

    check_context("the choice of a path");
    sample_text(data, DATA, 1);
    sluice_compress(NULL, data, DATA, stream, STREAM, &written);
    path = &paths[0];
    calls = 0;
    decode_whole(&o, stream, written, DATA, false, &got);
    CHECK_EQ(got.status, SLUICE_END);
    CHECK(calls > 2 * DATA / 10); /* of both, before each symbol far from the edges */
    path = &paths[2];
    calls = 0;
    decode_whole(&o, stream, written, DATA, false, &got);
    CHECK(calls > 0);             /* in the place of the lanes, before each stretch that the loop takes */
    CHECK(calls < DATA / 100);
}

int main(int argc, char **argv)
{
    uint64_t random = 11;

    name_paths();
    if (argc > 1) {
        round_of(strtoull(argv[1], NULL, 10));
        return check_report("inflate/paths");
    }
    choice_is_obeyed();
    for (const struct vector *v = vectors_load(); v; v = v->next) {
        check_context("%s", v->file);
        compare(&v->options, v->stream, v->stream_size, &random);
    }
    for (uint64_t seed = 0; seed < ROUNDS; seed++)
        round_of(seed);
    return check_report("inflate/paths");
}
