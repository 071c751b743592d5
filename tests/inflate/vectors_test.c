/*
 * vectors_test.c: the conformance runner: every vector of vectors/MANIFEST through every entry point of the decoder.
 *
 * The whole-buffer call, the streaming call with input and room cut into pieces of 1, 2, 3, 7, 64, 4096 bytes and
 * whole, the borrowed form with the same cuts of input; with every piece against a faulting page; with the decoder
 * copied on the way, blocks reported, limits set; and each stream cut short at every byte. Each time verdict, output,
 * position and the input taken must be the same.
 */
#include "tests/support/check.h"
#include "tests/support/decode.h"
#include "tests/support/vectors.h"

#include <string.h>

enum {
    /* The reference decodes every cut of a stream up to this size; beyond, it would take too long. */
    REFERENCE_CUTS_MAX = 700,
    ROOMS_MAX = 300,         /* rooms that are too small are tried up to this, and down from the right one */
    COPIED_OUTPUT_MAX = 3000 /* streams with more output than this are not decoded with copies on the way */
};

static const size_t pieces[] = {1, 2, 3, 7, 64, 4096, 0};
enum { PIECES = sizeof pieces / sizeof *pieces };

static uint8_t expected[DECODE_ROOM];
static struct reference_result want;
static struct decode_result got;

/* What the decoder must find in the first `size` bytes of the stream. */
static void judge(const struct vector *v, const struct reference_options *options, size_t size)
{
    reference_decode(options, v->stream, size, expected, sizeof expected, &want);
}

static bool whole_can(const struct reference_options *options)
{
    return !options->dictionary && !options->start_bit;
}

static void whole(const struct vector *v, const struct reference_options *options, size_t size)
{
    static const size_t spare[] = {0, 1, 5000};

    for (size_t i = 0; i < sizeof spare / sizeof *spare; i++)
        for (int at_start = 0; at_start < 2; at_start++) {
            check_context("%s: %zu of %zu bytes whole, %zu bytes of room to spare", v->file, size, v->stream_size,
                          spare[i]);
            decode_whole(options, v->stream, size, (size_t)want.where.output + spare[i], at_start, &got);
            decode_agrees(&got, &want, expected, "decode_whole");
        }
}

/* With less room than there is output, the call fails, and what it has put out is right. */
static void whole_without_room(const struct vector *v)
{
    const size_t output = (size_t)want.where.output;

    for (size_t room = 0; room < output; room++) {
        if (room >= ROOMS_MAX && output - room > ROOMS_MAX)
            continue;
        check_context("%s: whole, %zu of %zu bytes of room", v->file, room, output);
        decode_whole(&v->options, v->stream, v->stream_size, room, false, &got);
        CHECK_EQ(got.status, SLUICE_ERR_ROOM);
        CHECK(got.length <= room);
        CHECK_BYTES(decode_output, got.length, expected, got.length);
    }
}

static void streaming(const struct vector *v, unsigned flags, size_t copy_after)
{
    for (size_t i = 0; i < PIECES; i++) {
        struct decode_cut cut = {.input = pieces[i], .copy_after = copy_after, .at_start = i % 2};

        for (size_t k = 0; k < PIECES; k++) {
            cut.output = pieces[k];
            check_context("%s: streaming, input by %zu, room by %zu, flags %u, copied after %zu calls", v->file,
                          cut.input, cut.output, flags, copy_after);
            decode_stream(&v->options, flags, v->stream, v->stream_size, &cut, &got);
            decode_agrees(&got, &want, expected, "decode_stream");
            if (flags)
                decode_blocks_agree(&got, &want, "decode_stream");
        }
        check_context("%s: borrowed, input by %zu, flags %u, copied after %zu calls", v->file, cut.input, flags,
                      copy_after);
        decode_borrowed(&v->options, flags, v->stream, v->stream_size, &cut, &got);
        decode_agrees(&got, &want, expected, "decode_borrowed");
        if (flags)
            decode_blocks_agree(&got, &want, "decode_borrowed");
    }
}

/* One form after the other, by the number of the cut, so that each form meets every kind of element. */
static void shortened(const struct vector *v, size_t size)
{
    const struct decode_cut cut = {.input = pieces[size % PIECES], .output = pieces[size / PIECES % PIECES]};

    check_context("%s: cut to %zu of %zu bytes, input by %zu, room by %zu", v->file, size, v->stream_size, cut.input,
                  cut.output);
    if (whole_can(&v->options)) {
        decode_whole(&v->options, v->stream, size, (size_t)want.where.output, false, &got);
        decode_agrees(&got, &want, expected, "decode_whole");
    }
    if (size % 3 != 0) {
        decode_stream(&v->options, 0, v->stream, size, &cut, &got);
        decode_agrees(&got, &want, expected, "decode_stream");
    } else {
        decode_borrowed(&v->options, 0, v->stream, size, &cut, &got);
        decode_agrees(&got, &want, expected, "decode_borrowed");
    }
}

static void cut_at_every_byte(const struct vector *v)
{
    for (size_t size = 0; size < v->stream_size; size++) {
        if (v->stream_size <= REFERENCE_CUTS_MAX) {
            judge(v, &v->options, size);
            shortened(v, size);
            continue;
        }
        /* A long stream is a single good one: what its cuts give is known but for how much comes out before. */
        size_t length = (size_t)want.where.output;

        check_context("%s: cut to %zu of %zu bytes", v->file, size, v->stream_size);
        if (v->bit / 8 <= size)
            break;
        want.status = SLUICE_ERR_TRUNCATED;
        want.where = (sluice_position){.input = size};
        if (whole_can(&v->options)) {
            decode_whole(&v->options, v->stream, size, v->output_size, false, &got);
            want.where.output = length = got.length;
            decode_agrees(&got, &want, expected, "decode_whole");
        }
        shortened(v, size);
    }
}

/* max_output at, around and far below the length of the output. */
static void limits(const struct vector *v)
{
    const uint64_t output = v->output_size;
    const uint64_t limit[] = {1, output / 2, output - 1, output, output + 1};

    for (size_t i = 0; i < sizeof limit / sizeof *limit; i++) {
        struct reference_options options = v->options;
        const struct decode_cut cut = {.input = pieces[i], .output = pieces[PIECES - 1 - i]};

        if (output == 0 || limit[i] == 0)
            continue;
        options.max_output = limit[i];
        judge(v, &options, v->stream_size);
        check_context("%s: max_output %llu of %llu", v->file, (unsigned long long)limit[i], (unsigned long long)output);
        if (v->status == SLUICE_END)
            CHECK_EQ(want.status, limit[i] < output ? SLUICE_ERR_LIMIT : SLUICE_END);
        if (whole_can(&options))
            whole(v, &options, v->stream_size);
        decode_stream(&options, 0, v->stream, v->stream_size, &cut, &got);
        decode_agrees(&got, &want, expected, "decode_stream");
        decode_borrowed(&options, 0, v->stream, v->stream_size, &cut, &got);
        decode_agrees(&got, &want, expected, "decode_borrowed");
    }
}

/* The same stream under other names of its format, other windows, one member of several. */
static void other_options(const struct vector *v)
{
    static const struct decode_cut cut = {.input = 3, .output = 7};

    for (unsigned i = 0; i < 5 * 2 * 2; i++) {
        struct reference_options options = v->options;

        options.format = (sluice_format)(i % 5);
        options.one_member = i / 5 % 2;
        options.window_bits = i / 10 ? 8 : 15;
        if (options.format != SLUICE_RAW)
            options.start_bit = 0;
        if (options.format != SLUICE_RAW && options.format != SLUICE_ZLIB) {
            options.dictionary = NULL;
            options.dictionary_size = 0;
        }
        judge(v, &options, v->stream_size);
        check_context("%s: as format %d, window_bits %u, one_member %d", v->file, options.format, options.window_bits,
                      options.one_member);
        if (whole_can(&options)) {
            decode_whole(&options, v->stream, v->stream_size, (size_t)want.where.output, false, &got);
            decode_agrees(&got, &want, expected, "decode_whole");
        }
        decode_stream(&options, 0, v->stream, v->stream_size, &cut, &got);
        decode_agrees(&got, &want, expected, "decode_stream");
    }
}

static void run(const struct vector *v)
{
    judge(v, &v->options, v->stream_size);
    check_context("%s", v->file);
    CHECK_EQ(want.status, v->status);
    if (whole_can(&v->options)) {
        whole(v, &v->options, v->stream_size);
        whole_without_room(v);
    }
    streaming(v, 0, 0);
    streaming(v, SLUICE_STOP_AT_BLOCK, 0);
    for (size_t after = 1; after < 12 && v->output_size <= COPIED_OUTPUT_MAX; after += 3)
        streaming(v, 0, after);
    cut_at_every_byte(v);
    limits(v);
    other_options(v);
}

int main(int argc, char **argv)
{
    for (const struct vector *v = vectors_load(); v; v = v->next)
        if (argc < 2 || strcmp(argv[1], v->file) == 0)
            run(v);
    return check_report("inflate/vectors");
}
