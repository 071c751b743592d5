/*
 * parallel_test.c: the encoder that works on several pieces at a time. Its bytes depend on the data and the options,
 * not on the number of threads nor on how the calls are cut; and they are a stream that decodes.
 */
#include "deflate/parallel.h"
#include "sluice.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 4096, DATA = 10 * PIECE + 77, ROOM = 2 * DATA };

static uint8_t data[DATA], stream[ROOM], first[ROOM], plain[DATA + 1];

/* Words, and now and then noise and a run, so that pieces are stored, coded and nearly nothing. */
static void make_data(void)
{
    static const char *const words[] = {"water ", "gate ", "sluice ", "lock ", "weir ", "mill ", "race ", "pond\n"};
    uint64_t random = 7;
    size_t n = 0;

    while (n < DATA) {
        const uint64_t r = check_random(&random);
        const size_t left = DATA - n;
        size_t length = r % 400 == 0 ? 3000 + r / 1000 % 3000 : r % 400 == 1 ? 5000 : 0;

        if (length > left)
            length = left;
        if (r % 400 == 0) {
            for (size_t i = 0; i < length; i++)
                data[n + i] = (uint8_t)(check_random(&random) >> 40);
        } else if (r % 400 == 1) {
            memset(data + n, 'a', length);
        } else {
            const char *word = words[r >> 20 & 7];

            length = strlen(word) < left ? strlen(word) : left;
            memcpy(data + n, word, length);
        }
        n += length;
    }
}

static sluice_parallel_options options_of(sluice_format format, int level, unsigned threads)
{
    sluice_parallel_options o = sluice_parallel_defaults();

    o.deflate.format = format;
    o.deflate.level = level;
    o.threads = threads;
    o.piece = PIECE;
    return o;
}

/* Decodes all of a stream: true if it gives the first `size` bytes of the data. */
static bool decodes(const uint8_t *from, size_t length, size_t size, sluice_format format)
{
    sluice_inflate_options o = sluice_inflate_defaults();
    sluice_inflater *inflater;
    sluice_status status;
    size_t written;

    o.format = format;
    inflater = sluice_inflate_new(&o, NULL);
    memset(plain, 0x55, sizeof plain);
    status = sluice_decompress(inflater, from, length, plain, sizeof plain, &written);

    const bool whole = sluice_inflate_where(inflater).input == length;

    sluice_inflate_free(inflater);
    return CHECK_EQ(status, SLUICE_OK) && CHECK(whole) && CHECK_BYTES(plain, written, data, size);
}

/* Compresses data[0, size) by steps of so much input and room, 0 for all. Gives the length of the stream. */
static size_t compress(sluice_parallel *p, size_t size, size_t input, size_t room)
{
    sluice_input in = {data, 0, 0};
    sluice_output out = {stream, 0, 0};
    sluice_status status;

    do {
        in.size = input == 0 || size - in.pos < input ? size : in.pos + input;
        out.size = room == 0 || ROOM - out.pos < room ? ROOM : out.pos + room;
        status = sluice_parallel_deflate(p, &in, &out, in.size == size ? SLUICE_FLUSH_FINISH : SLUICE_FLUSH_NONE);
        if (status == SLUICE_NEED_INPUT)
            CHECK_EQ(in.pos, in.size);
        if (status == SLUICE_NEED_OUTPUT)
            CHECK_EQ(out.pos, out.size);
    } while (status == SLUICE_NEED_INPUT || (status == SLUICE_NEED_OUTPUT && out.pos < ROOM));
    CHECK_EQ(status, SLUICE_END);
    CHECK_EQ(in.pos, size);
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
    return out.pos;
}

static size_t compress_once(const sluice_parallel_options *o, size_t size, size_t input, size_t room)
{
    sluice_parallel *p = sluice_parallel_new(o, NULL);
    const size_t length = CHECK(p != NULL) ? compress(p, size, input, room) : 0;

    sluice_parallel_free(p);
    return length;
}

/* ---- The bytes ---- */

static void threads_and_cuts_do_not_matter(void)
{
    static const unsigned threads[] = {1, 2, 3, 8};
    static const size_t cuts[][2] = {{0, 0}, {1, 0}, {0, 1}, {777, 3}, {PIECE, PIECE}, {PIECE - 1, 50000}, {3 * PIECE, 100}};
    static const unsigned flags[] = {0, SLUICE_INDEPENDENT, SLUICE_RSYNCABLE, SLUICE_INDEPENDENT | SLUICE_RSYNCABLE};

    for (size_t f = 0; f < sizeof flags / sizeof *flags; f++) {
        sluice_parallel_options o = options_of(SLUICE_GZIP, 6, 1);

        o.flags = flags[f];

        const size_t length = compress_once(&o, DATA, 0, 0);

        memcpy(first, stream, length);
        decodes(first, length, DATA, SLUICE_GZIP);
        for (size_t t = 0; t < sizeof threads / sizeof *threads; t++)
            for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
                check_context("flags %u, %u threads, steps of %zu and %zu bytes", flags[f], threads[t], cuts[c][0],
                              cuts[c][1]);
                o.threads = threads[t];
                CHECK_BYTES(stream, compress_once(&o, DATA, cuts[c][0], cuts[c][1]), first, length);
            }
    }
}

static void every_format_level_and_strategy_decodes(void)
{
    for (int format = SLUICE_RAW; format <= SLUICE_GZIP; format++)
        for (int level = 0; level <= 12; level++) {
            sluice_parallel_options o = options_of((sluice_format)format, level, 3);

            o.deflate.strategy = format == SLUICE_RAW ? (sluice_strategy)(level % 4) : SLUICE_STRATEGY_DEFAULT;
            o.deflate.window_bits = 15u - (unsigned)level % 8;
            check_context("format %d, level %d", format, level);

            const size_t length = compress_once(&o, DATA, 0, 0);

            memcpy(first, stream, length);
            decodes(first, length, DATA, (sluice_format)format);
            o.threads = 1;
            CHECK_BYTES(stream, compress_once(&o, DATA, 0, 0), first, length);
        }
}

/* What is one piece is the same stream as sluice_compress() makes. */
static void sizes_around_the_borders_of_pieces(void)
{
    static const size_t sizes[] = {0, 1, 2, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE - 1, 2 * PIECE, 2 * PIECE + 1,
                                   9 * PIECE - 1, 9 * PIECE, 9 * PIECE + 1};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int level = 0; level <= 6; level += 3) {
            const sluice_parallel_options o = options_of(SLUICE_ZLIB, level, 2);
            const size_t length = compress_once(&o, sizes[i], 0, 0);

            check_context("%zu bytes, level %d", sizes[i], level);
            decodes(stream, length, sizes[i], SLUICE_ZLIB);
            memcpy(first, stream, length);
            CHECK_BYTES(stream, compress_once(&o, sizes[i], 1, 0), first, length);
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
    sluice_parallel_options o = options_of(SLUICE_RAW, 6, 2);
    const size_t primed = compress_once(&o, DATA, 0, 0);

    o.flags = SLUICE_INDEPENDENT;
    CHECK(primed < compress_once(&o, DATA, 0, 0));
}

/* ---- Independent pieces ---- */

static void an_independent_piece_decodes_by_itself(void)
{
    sluice_parallel_options o = options_of(SLUICE_RAW, 9, 2);
    sluice_inflate_options io = sluice_inflate_defaults();
    size_t length, pieces = 0;

    o.flags = SLUICE_INDEPENDENT;
    io.format = SLUICE_RAW;
    length = compress_once(&o, DATA, 0, 0);
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
    sluice_parallel_options o = options_of(SLUICE_RAW, 6, 2);
    size_t a, b;

    for (int independent = 0; independent < 2; independent++) {
        o.piece = 2048;
        o.flags = SLUICE_RSYNCABLE | (independent ? SLUICE_INDEPENDENT : 0);
        a = compress_once(&o, DATA, 0, 0);
        memcpy(first, stream, a);
        /* A byte goes from near the beginning. What was at a distance of 32 KiB before a piece differs for long. */
        memmove(data + 1000, data + 1001, DATA - 1001);
        b = compress_once(&o, DATA - 1, 0, 0);
        check_context("independent %d: %zu and %zu bytes end in %zu that are the same", independent, a, b,
                      common_end(first, a, stream, b));
        CHECK(common_end(first, a, stream, b) > (independent ? a / 5 * 4 : a / 30));
        decodes(stream, b, DATA - 1, SLUICE_RAW);
        make_data();
    }
    o.flags = 0;
    a = compress_once(&o, DATA, 0, 0);
    memcpy(first, stream, a);
    memmove(data + 1000, data + 1001, DATA - 1001);
    b = compress_once(&o, DATA - 1, 0, 0);
    CHECK(common_end(first, a, stream, b) < 100);
    make_data();
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
    const sluice_parallel_options o = options_of(SLUICE_ZLIB, 6, 2);
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
        decodes(stream, out.pos, DATA, SLUICE_ZLIB);
    }
    sluice_parallel_free(p);
}

/* A flush where nothing was added since the last border, and one with no input at all. */
static void a_flush_of_nothing(void)
{
    const sluice_parallel_options o = options_of(SLUICE_ZLIB, 6, 2);
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
    decodes(stream, out.pos, PIECE, SLUICE_ZLIB);
    sluice_parallel_free(p);
}

static void nothing_after_a_full_flush_refers_to_what_is_before(void)
{
    const sluice_parallel_options o = options_of(SLUICE_RAW, 6, 2);
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
 * x: 3 + 8 + 7 bits under the fixed codes. To the next byte by empty blocks of ten bits: three. With a byte of nine bits
 * behind it, 27 bits: no way but an empty stored block.
 */
static void borders_take_the_fewest_bits(void)
{
    static const struct {
        const char *data;
        size_t size, stream;
    } cases[] = {{"x", 1, 6}, {"x\xff", 2, 8}, {"xyz", 3, 8}};
    const sluice_parallel_options o = options_of(SLUICE_RAW, 6, 2);
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

/* ---- Frames ---- */

static void a_gzip_header_is_written(void)
{
    static char comment[10000];
    const sluice_parallel_options o = options_of(SLUICE_GZIP, 6, 2);
    sluice_gzip_header header = {.time = 12345, .os = 3, .name = (char *)(uintptr_t)"name", .name_size = 4,
                                 .header_crc = 1, .comment = comment, .comment_size = sizeof comment};
    sluice_deflater *d = sluice_deflate_new(&o.deflate, NULL);
    sluice_parallel *p = sluice_parallel_new(&o, NULL);
    sluice_input in = {data, 100, 0};
    sluice_output out = {first, ROOM, 0};

    memset(comment, 'c', sizeof comment);
    CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_OK);
    CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
    for (size_t room = 1; room < 20000; room = room * 7 + 1) {
        check_context("room %zu", room);
        CHECK_EQ(sluice_parallel_reset(p, NULL), SLUICE_OK);
        CHECK_EQ(sluice_parallel_set_header(p, &header), SLUICE_OK);
        CHECK_BYTES(stream, compress(p, 100, 0, room), first, out.pos);
        CHECK_EQ(sluice_parallel_set_header(p, &header), SLUICE_ERR_STATE);
    }
    sluice_parallel_free(p);
    sluice_deflate_free(d);
}

static void a_dictionary_primes_the_first_piece(void)
{
    for (int format = SLUICE_RAW; format <= SLUICE_ZLIB; format++) {
        const sluice_parallel_options o = options_of((sluice_format)format, 6, 2);
        sluice_parallel *p = sluice_parallel_new(&o, NULL);
        sluice_inflate_options io = sluice_inflate_defaults();
        sluice_inflater *inflater;
        sluice_output out = {plain, sizeof plain, 0};
        size_t length;

        io.format = (sluice_format)format;
        inflater = sluice_inflate_new(&io, NULL);
        CHECK_EQ(sluice_parallel_set_dictionary(p, data, 3000), SLUICE_OK);
        length = compress(p, 3000, 0, 0);
        CHECK(length < 200);
        CHECK_EQ(sluice_parallel_set_dictionary(p, data, 3000), SLUICE_ERR_STATE);
        sluice_parallel_reset(p, NULL);
        CHECK_EQ(sluice_parallel_set_dictionary(p, data, DATA), SLUICE_OK);
        length = compress(p, DATA, 0, 0);

        sluice_input in = {stream, length, 0};

        if (format == SLUICE_ZLIB)
            CHECK_EQ(sluice_inflate(inflater, &in, &out), SLUICE_NEED_DICTIONARY);
        CHECK_EQ(sluice_inflate_set_dictionary(inflater, data, DATA), SLUICE_OK);
        CHECK_EQ(sluice_inflate(inflater, &in, &out), SLUICE_END);
        CHECK_BYTES(plain, out.pos, data, DATA);
        sluice_inflate_free(inflater);
        sluice_parallel_free(p);
    }
}

/* ---- The whole-buffer call ---- */

static void whole_buffers(void)
{
    static const unsigned flags[] = {0, SLUICE_INDEPENDENT, SLUICE_RSYNCABLE | SLUICE_INDEPENDENT};
    static uint8_t noise[DATA], room[ROOM];
    uint64_t random = 3;
    size_t length, written;

    for (size_t i = 0; i < DATA; i++)
        noise[i] = (uint8_t)(check_random(&random) >> 40);
    for (size_t f = 0; f < sizeof flags / sizeof *flags; f++)
        for (int level = 0; level <= 12; level += 3) {
            sluice_parallel_options o = options_of(SLUICE_GZIP, level, 2);

            o.flags = flags[f];
            o.piece = SLUICE_PIECE_MIN;

            const size_t bound = sluice_compress_parallel_bound(DATA, &o);
            sluice_parallel *p = sluice_parallel_new(&o, NULL);

            check_context("flags %u, level %d", flags[f], level);
            CHECK(bound <= ROOM);
            CHECK_EQ(sluice_compress_parallel(p, noise, DATA, room, bound, &length), SLUICE_OK);
            CHECK_EQ(sluice_compress_parallel(p, data, DATA, room, bound, &length), SLUICE_OK);
            decodes(room, length, DATA, SLUICE_GZIP);
            memset(room + length, 0x55, 1);
            CHECK_EQ(sluice_compress_parallel(p, data, DATA, room, length, &written), SLUICE_OK);
            CHECK_EQ(written, length);
            CHECK_EQ(sluice_compress_parallel(p, data, DATA, room, length - 1, &written), SLUICE_ERR_ROOM);
            CHECK_EQ(sluice_compress_parallel(p, data, DATA, room, 0, &written), SLUICE_ERR_ROOM);
            CHECK_EQ(written, 0);
            CHECK_EQ(room[length], 0x55);
            sluice_parallel_free(p);
        }
    CHECK_EQ(sluice_compress_parallel(NULL, data, DATA, room, ROOM, &length), SLUICE_OK);
    decodes(room, length, DATA, SLUICE_ZLIB);
    CHECK_EQ(sluice_compress_parallel(NULL, NULL, 0, room, ROOM, &length), SLUICE_OK);
    decodes(room, length, 0, SLUICE_ZLIB);
}

/* ---- Life ---- */

static void options_out_of_range(void)
{
    sluice_parallel_options o = sluice_parallel_defaults();

    CHECK(sluice_parallel_size(NULL) > 0);
    CHECK_EQ(o.piece, 512 * 1024);
    o.threads = SLUICE_THREADS_MAX + 1;
    CHECK_EQ(sluice_parallel_size(&o), 0);
    CHECK(!sluice_parallel_new(&o, NULL));
    o.threads = 1;
    o.piece = SLUICE_PIECE_MIN - 1;
    CHECK_EQ(sluice_parallel_size(&o), 0);
    CHECK_EQ(sluice_compress_parallel_bound(1, &o), 0);
    o.piece = (size_t)SLUICE_PIECE_MAX + 1;
    CHECK_EQ(sluice_parallel_size(&o), 0);
    o.piece = SLUICE_PIECE_MIN;
    o.flags = 4;
    CHECK_EQ(sluice_parallel_size(&o), 0);
    o.flags = 0;
    o.deflate.level = 13;
    CHECK_EQ(sluice_parallel_size(&o), 0);
}

static void use_out_of_order(void)
{
    const sluice_parallel_options o = options_of(SLUICE_GZIP, 6, 2);
    sluice_parallel_options large = o;
    sluice_parallel *p = sluice_parallel_new(&o, NULL);
    sluice_input in = {data, DATA, 0};
    sluice_output out = {stream, 10, 0};

    large.deflate.level = 12;
    large.threads = 8;
    CHECK_EQ(sluice_parallel_reset(p, &large), SLUICE_ERR_MEMORY);
    large.threads = SLUICE_THREADS_MAX + 1;
    CHECK_EQ(sluice_parallel_reset(p, &large), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_parallel_set_dictionary(p, data, 10), SLUICE_ERR_STATE);
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, (sluice_flush)6), SLUICE_ERR_ARGUMENT);
    in.size = 100;
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_NEED_OUTPUT);
    in.size = 200;
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_ERR_STATE);
    in.size = 100;
    out.size = ROOM;
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_NONE), SLUICE_END);
    decodes(stream, out.pos, 100, SLUICE_GZIP);
    sluice_parallel_free(p);
    sluice_parallel_free(NULL);
}

/* One object for streams of other options: the bytes are those of a new one. */
static void reset_to_other_options(void)
{
    sluice_parallel_options largest = options_of(SLUICE_GZIP, 12, 8);
    sluice_parallel *p = sluice_parallel_new(&largest, NULL);

    for (int level = 12; level >= 0; level -= 2) {
        sluice_parallel_options o = options_of((sluice_format)(level % 3), level, 1u + (unsigned)level / 4);
        size_t length;

        check_context("level %d", level);
        o.piece = 1024u + 100u * (unsigned)level;
        length = compress_once(&o, DATA, 0, 0);
        memcpy(first, stream, length);
        CHECK_EQ(sluice_parallel_reset(p, &o), SLUICE_OK);
        CHECK_BYTES(stream, compress(p, DATA, 0, 0), first, length);
    }
    sluice_parallel_free(p);
}

/* A stream that is left at any point leaves nothing behind, and what follows in the same object is not touched by it. */
static void abandoned_streams(void)
{
    const sluice_parallel_options o = options_of(SLUICE_ZLIB, 9, 3);
    const size_t length = compress_once(&o, DATA, 0, 0);

    memcpy(first, stream, length);
    for (size_t size = 1; size < DATA; size = size * 3 + 1)
        for (size_t room = 0; room < 300; room += 299) {
            sluice_parallel *p = sluice_parallel_new(&o, NULL);
            sluice_input in = {data, size, 0};
            sluice_output out = {stream, room, 0};

            sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_NONE);
            CHECK_EQ(sluice_parallel_reset(p, NULL), SLUICE_OK);
            CHECK_BYTES(stream, compress(p, DATA, 0, 0), first, length);
            CHECK_EQ(sluice_parallel_reset(p, NULL), SLUICE_OK);
            in.pos = out.pos = 0;
            sluice_parallel_deflate(p, &in, &out, size % 2 ? SLUICE_FLUSH_FINISH : SLUICE_FLUSH_SYNC);
            sluice_parallel_free(p);
        }
}

/* ---- Memory and threads that are not there ---- */

struct counted {
    size_t left, live;
};

static void *counted_alloc(void *user, size_t size)
{
    struct counted *c = user;

    if (c->left == 0)
        return NULL;
    c->left--;
    c->live++;
    return malloc(size);
}

static void counted_free(void *user, void *memory)
{
    struct counted *c = user;

    c->live--;
    free(memory);
}

static void memory_comes_from_the_allocator_alone(void)
{
    const sluice_parallel_options o = options_of(SLUICE_ZLIB, 6, 2);

    for (size_t n = 0;; n++) {
        struct counted c = {n, 0};
        const sluice_allocator a = {counted_alloc, counted_free, &c};
        sluice_parallel *p = sluice_parallel_new(&o, &a);

        if (p)
            decodes(stream, compress(p, DATA, 0, 0), DATA, SLUICE_ZLIB);
        sluice_parallel_free(p);
        CHECK_EQ(c.live, 0);
        if (p) {
            CHECK_EQ(n, 1);
            break;
        }
    }
}

/* From some piece on the system gives no more threads: the caller's lends a hand. */
static void fewer_threads_than_asked_for(void)
{
    const sluice_parallel_options o = options_of(SLUICE_ZLIB, 6, 4);
    const size_t length = compress_once(&o, DATA, 0, 0);

    memcpy(first, stream, length);
    for (size_t pieces = 0; pieces < 5; pieces++) {
        sluice_parallel *p = sluice_parallel_new(&o, NULL);
        sluice_input in = {data, pieces * PIECE, 0};
        sluice_output out = {stream, ROOM, 0};

        check_context("refused after %zu pieces", pieces);
        sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_NONE);
        p->refused = true;
        in.size = DATA;
        CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
        CHECK(p->started < 4);
        CHECK_BYTES(stream, out.pos, first, length);
        sluice_parallel_free(p);
    }
}

static void short_streams_start_no_thread(void)
{
    const sluice_parallel_options o = options_of(SLUICE_ZLIB, 6, 4);
    sluice_parallel *p = sluice_parallel_new(&o, NULL);

    compress(p, PIECE, 0, 0);
    CHECK_EQ(p->started, 0);
    sluice_parallel_reset(p, NULL);
    compress(p, DATA, 0, 0);
    CHECK_EQ(p->started, 4);
    sluice_parallel_free(p);
}

int main(void)
{
    make_data();
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
    a_gzip_header_is_written();
    a_dictionary_primes_the_first_piece();
    whole_buffers();
    options_out_of_range();
    use_out_of_order();
    reset_to_other_options();
    abandoned_streams();
    memory_comes_from_the_allocator_alone();
    fewer_threads_than_asked_for();
    short_streams_start_no_thread();
    return check_report("deflate/parallel");
}
