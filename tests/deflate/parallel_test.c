/*
 * parallel_test.c: what the encoder that works on several pieces at a time writes. Its bytes depend on the data and the
 * options, not on the number of threads nor on how the calls are cut; and they are a stream that decodes.
 */
#include "tests/support/check.h"
#include "tests/support/pieces.h"

#include <string.h>

/* ---- The bytes ---- */

static void threads_and_cuts_do_not_matter(void)
{
    static const unsigned threads[] = {1, 2, 3, 8};
    static const size_t cuts[][2] = {{0, 0},         {1, 0},             {0, 1},           {777, 3},
                                     {PIECE, PIECE}, {PIECE - 1, 50000}, {3 * PIECE, 100}}; /* input and room */
    static const unsigned flags[] = {0, SLUICE_INDEPENDENT, SLUICE_RSYNCABLE, SLUICE_INDEPENDENT | SLUICE_RSYNCABLE};

    for (size_t f = 0; f < sizeof flags / sizeof *flags; f++) {
        sluice_parallel_options o = pieces_options(SLUICE_GZIP, 6, 1);

        o.flags = flags[f];

        const size_t length = pieces_compress_once(&o, DATA, 0, 0);

        memcpy(first, stream, length);
        pieces_decode(first, length, DATA, SLUICE_GZIP);
        for (size_t t = 0; t < sizeof threads / sizeof *threads; t++)
            for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
                check_context("flags %u, %u threads, steps of %zu and %zu bytes", flags[f], threads[t], cuts[c][0],
                              cuts[c][1]);
                o.threads = threads[t];
                CHECK_BYTES(stream, pieces_compress_once(&o, DATA, cuts[c][0], cuts[c][1]), first, length);
            }
    }
}

static void every_format_level_and_strategy_decodes(void)
{
    for (int format = SLUICE_RAW; format <= SLUICE_GZIP; format++)
        for (int level = 0; level <= 12; level++) {
            sluice_parallel_options o = pieces_options((sluice_format)format, level, 3);

            o.deflate.strategy = format == SLUICE_RAW ? (sluice_strategy)(level % 4) : SLUICE_STRATEGY_DEFAULT;
            o.deflate.window_bits = 15u - (unsigned)level % 8;
            check_context("format %d, level %d", format, level);

            const size_t length = pieces_compress_once(&o, DATA, 0, 0);

            memcpy(first, stream, length);
            pieces_decode(first, length, DATA, (sluice_format)format);
            o.threads = 1;
            CHECK_BYTES(stream, pieces_compress_once(&o, DATA, 0, 0), first, length);
        }
}

/* What is one piece is the same stream as sluice_compress() makes. */
static void sizes_around_the_borders_of_pieces(void)
{
    static const size_t sizes[] = {0, 1, 2, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE - 1, 2 * PIECE, 2 * PIECE + 1,
                                   9 * PIECE - 1, 9 * PIECE, 9 * PIECE + 1};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int level = 0; level <= 6; level += 3) {
            const sluice_parallel_options o = pieces_options(SLUICE_ZLIB, level, 2);
            const size_t length = pieces_compress_once(&o, sizes[i], 0, 0);

            check_context("%zu bytes, level %d", sizes[i], level);
            pieces_decode(stream, length, sizes[i], SLUICE_ZLIB);
            memcpy(first, stream, length);
            CHECK_BYTES(stream, pieces_compress_once(&o, sizes[i], 1, 0), first, length);
            if (sizes[i] <= PIECE) {
                sluice_deflater *d = sluice_deflate_new(&o.deflate, NULL);
                size_t written;

                CHECK_EQ(sluice_compress(d, data, sizes[i], stream, ROOM, &written), SLUICE_OK);
                CHECK_BYTES(first, length, stream, written);
                sluice_deflate_free(d);
            }
        }
}

static void priming_is_worth_it(void)
{
    sluice_parallel_options o = pieces_options(SLUICE_RAW, 6, 2);
    const size_t primed = pieces_compress_once(&o, DATA, 0, 0);

    o.flags = SLUICE_INDEPENDENT;
    CHECK(primed < pieces_compress_once(&o, DATA, 0, 0));
}

/* ---- Independent pieces ---- */

static void an_independent_piece_decodes_by_itself(void)
{
    sluice_parallel_options o = pieces_options(SLUICE_RAW, 9, 2);
    sluice_inflate_options io = sluice_inflate_defaults();
    size_t length, pieces = 0;

    o.flags = SLUICE_INDEPENDENT;
    io.format = SLUICE_RAW;
    length = pieces_compress_once(&o, DATA, 0, 0);
    for (size_t i = 4; i < length; i++) {
        if (memcmp(stream + i - 4, "\0\0\xff\xff", 4) != 0)
            continue;

        sluice_inflater *inflater = sluice_inflate_new(&io, NULL);
        sluice_input in = {stream + i, length - i, 0};
        sluice_output out = {plain, sizeof plain, 0};

        pieces++;
        CHECK_EQ(sluice_inflate(inflater, &in, &out), SLUICE_END);
        CHECK_BYTES(plain, out.pos, data + pieces * PIECE, DATA - pieces * PIECE);
        sluice_inflate_free(inflater);
    }
    CHECK_EQ(pieces, DATA / PIECE);
}

/* ---- Cuts by content ---- */

/* Bytes that both streams end in. */
static size_t common_end(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
    size_t n = 0;

    while (n < a_size && n < b_size && a[a_size - 1 - n] == b[b_size - 1 - n])
        n++;
    return n;
}

static void pieces_by_content_come_again_behind_a_change(void)
{
    sluice_parallel_options o = pieces_options(SLUICE_RAW, 6, 2);
    size_t a, b;

    for (int independent = 0; independent < 2; independent++) {
        o.piece = 2048;
        o.flags = SLUICE_RSYNCABLE | (independent ? SLUICE_INDEPENDENT : 0);
        a = pieces_compress_once(&o, DATA, 0, 0);
        memcpy(first, stream, a);
        /* A byte goes from near the beginning. What was at a distance of 32 KiB before a piece differs for long. */
        memmove(data + 1000, data + 1001, DATA - 1001);
        b = pieces_compress_once(&o, DATA - 1, 0, 0);
        check_context("independent %d: %zu and %zu bytes end in %zu that are the same", independent, a, b,
                      common_end(first, a, stream, b));
        CHECK(common_end(first, a, stream, b) > (independent ? a / 5 * 4 : a / 30));
        pieces_decode(stream, b, DATA - 1, SLUICE_RAW);
        pieces_make();
    }
    o.flags = 0;
    a = pieces_compress_once(&o, DATA, 0, 0);
    memcpy(first, stream, a);
    memmove(data + 1000, data + 1001, DATA - 1001);
    b = pieces_compress_once(&o, DATA - 1, 0, 0);
    CHECK(common_end(first, a, stream, b) < 100);
    pieces_make();
}

/* ---- Flushes ---- */

/* Bytes that a stream gives so far. */
static size_t decoded_so_far(const uint8_t *from, size_t length)
{
    sluice_inflater *inflater = sluice_inflate_new(NULL, NULL);
    sluice_input in = {from, length, 0};
    sluice_output out = {plain, sizeof plain, 0};

    CHECK_EQ(sluice_inflate(inflater, &in, &out), SLUICE_NEED_INPUT);
    CHECK(memcmp(plain, data, out.pos) == 0);
    sluice_inflate_free(inflater);
    return out.pos;
}

static void a_flush_brings_out_all_that_was_taken(void)
{
    const sluice_parallel_options o = pieces_options(SLUICE_ZLIB, 6, 2);
    sluice_parallel *p = sluice_parallel_new(&o, NULL);

    for (int flush = SLUICE_FLUSH_BLOCK; flush <= SLUICE_FLUSH_FULL; flush++) {
        sluice_input in = {data, 0, 0};
        sluice_output out = {stream, ROOM, 0};
        size_t before;

        CHECK_EQ(sluice_parallel_reset(p, NULL), SLUICE_OK);
        for (in.size = 100; in.size < DATA; in.size += 1 + in.size * 2 / 3) {
            check_context("flush %d after %zu bytes", flush, in.size);
            CHECK_EQ(sluice_parallel_deflate(p, &in, &out, (sluice_flush)flush), SLUICE_OK);
            CHECK_EQ(in.pos, in.size);
            CHECK_EQ(decoded_so_far(stream, out.pos), in.size);
            if (flush >= SLUICE_FLUSH_SYNC)
                CHECK(memcmp(stream + out.pos - 4, "\0\0\xff\xff", 4) == 0);
            before = out.pos;
            CHECK_EQ(sluice_parallel_deflate(p, &in, &out, (sluice_flush)flush), SLUICE_OK);
            CHECK_EQ(out.pos, before);
        }
        in.size = DATA;
        CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
        pieces_decode(stream, out.pos, DATA, SLUICE_ZLIB);
    }
    sluice_parallel_free(p);
}

/* A flush where nothing was added since the last border, and one with no input at all. */
static void a_flush_of_nothing(void)
{
    const sluice_parallel_options o = pieces_options(SLUICE_ZLIB, 6, 2);
    sluice_parallel *p = sluice_parallel_new(&o, NULL);
    sluice_input in = {data, 0, 0};
    sluice_output out = {stream, ROOM, 0};

    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_NONE), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_BLOCK), SLUICE_OK);
    CHECK_EQ(out.pos, 2);
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_SYNC), SLUICE_OK);
    CHECK_EQ(out.pos, 7);
    in.size = PIECE;
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_PARTIAL), SLUICE_OK);
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FULL), SLUICE_OK);
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
    pieces_decode(stream, out.pos, PIECE, SLUICE_ZLIB);
    sluice_parallel_free(p);
}

static void nothing_after_a_full_flush_refers_to_what_is_before(void)
{
    const sluice_parallel_options o = pieces_options(SLUICE_RAW, 6, 2);
    sluice_inflate_options io = sluice_inflate_defaults();
    sluice_parallel *p = sluice_parallel_new(&o, NULL);
    sluice_inflater *inflater;
    sluice_input in = {data, 20000, 0};
    sluice_output out = {stream, ROOM, 0}, back = {plain, sizeof plain, 0};

    io.format = SLUICE_RAW;
    inflater = sluice_inflate_new(&io, NULL);
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FULL), SLUICE_OK);

    const size_t border = out.pos;

    in.size = DATA;
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
    in = (sluice_input){stream, out.pos, border};
    CHECK_EQ(sluice_inflate(inflater, &in, &back), SLUICE_END);
    CHECK_BYTES(plain, back.pos, data + 20000, DATA - 20000);
    sluice_inflate_free(inflater);
    sluice_parallel_free(p);
}

/*
 * x: 3 + 8 + 7 bits under the fixed codes. To the next byte by empty blocks of ten bits: three. With a byte of nine
 * bits behind it, 27 bits: no way but an empty stored block.
 */
static void borders_take_the_fewest_bits(void)
{
    static const struct {
        const char *data;
        size_t size, stream;
    } cases[] = {{"x", 1, 6}, {"x\xff", 2, 8}, {"xyz", 3, 8}};
    const sluice_parallel_options o = pieces_options(SLUICE_RAW, 6, 2);
    sluice_parallel *p = sluice_parallel_new(&o, NULL);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sluice_input in = {cases[i].data, cases[i].size, 0};
        sluice_output out = {stream, ROOM, 0};

        check_context("case %zu", i);
        sluice_parallel_reset(p, NULL);
        CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_BLOCK), SLUICE_OK);
        CHECK_EQ(out.pos, cases[i].stream);
    }
    sluice_parallel_free(p);
}

int main(void)
{
    pieces_make();
    threads_and_cuts_do_not_matter();
    every_format_level_and_strategy_decodes();
    sizes_around_the_borders_of_pieces();
    priming_is_worth_it();
    an_independent_piece_decodes_by_itself();
    pieces_by_content_come_again_behind_a_change();
    a_flush_brings_out_all_that_was_taken();
    a_flush_of_nothing();
    nothing_after_a_full_flush_refers_to_what_is_before();
    borders_take_the_fewest_bits();
    return check_report("deflate/parallel");
}
