/*
 * flush_test.c: what a flush brings out: after it all data so far can be decoded from the output so far, and it ends as
 * sluice.h says; asked for again without input it adds nothing; and what a stream is after it has been finished.
 */
#include "tests/support/check.h"
#include "tests/support/encode.h"
#include "tests/support/inspect.h"
#include "tests/support/samples.h"

#include <stdio.h>
#include <string.h>

enum { LARGEST = 150000, STREAM_ROOM = 4 * LARGEST };

static uint8_t data[LARGEST], packed[STREAM_ROOM], other[STREAM_ROOM];

static struct encoding encoding_of(int level, sluice_format format, unsigned window_bits, uint8_t *out)
{
    const sluice_deflate_options options = encode_options(format, level, SLUICE_STRATEGY_DEFAULT, window_bits);

    return (struct encoding){encode_new(&options), data, 0, out, STREAM_ROOM, 0, {0, 0, NULL, false}, NULL};
}

static void more(struct encoding *e, size_t size, sluice_flush flush)
{
    CHECK_EQ(encode_more(e, size, flush), flush == SLUICE_FLUSH_NONE     ? SLUICE_NEED_INPUT
                                          : flush == SLUICE_FLUSH_FINISH ? SLUICE_END
                                                                         : SLUICE_OK);
    if (!CHECK(e->broken == NULL))
        printf("    %s\n", e->broken);
}

static struct inspection inspect(const struct encoding *e, size_t size)
{
    const struct inspection i = inspect_deflate(e->out, e->length, data, size, 0);

    if (!CHECK(i.wrong == NULL))
        printf("    at byte %zu of data: %s\n", i.bytes, i.wrong);
    return i;
}

/* A decoder of raw data that is given what there is so far. */
struct follower {
    sluice_inflater *inflater;
    sluice_input in;
    sluice_output out;
};

static void all_decodable(struct follower *f, const struct encoding *e)
{
    static uint8_t unpacked[LARGEST];

    if (!f->inflater) {
        sluice_inflate_options options = sluice_inflate_defaults();

        options.format = SLUICE_RAW;
        f->inflater = sluice_inflate_new(&options, NULL);
        f->in = (sluice_input){e->out, 0, 0};
        f->out = (sluice_output){unpacked, sizeof unpacked, 0};
    }
    f->in.size = e->length;
    CHECK_EQ(sluice_inflate(f->inflater, &f->in, &f->out), SLUICE_NEED_INPUT);
    if (f->out.pos != e->pos || memcmp(unpacked, data, e->pos) != 0)
        CHECK_BYTES(unpacked, f->out.pos, data, e->pos);
}

/* ---- Messages ---- */

/* Message after message, each with a flush behind it. */
static void messages(int level, sluice_flush flush, size_t most, size_t size, unsigned window_bits)
{
    struct encoding e = encoding_of(level, SLUICE_RAW, window_bits, packed);
    struct follower f = {NULL, {NULL, 0, 0}, {NULL, 0, 0}};
    uint64_t random = most + size;
    size_t flushes = 0;

    check_context("level %d, flush %d after messages of up to %zu bytes, window %u", level, flush, most, window_bits);
    while (e.pos < size) {
        const size_t left = size - e.pos, n = 1 + sample_below(&random, most);
        const size_t before = e.length;
        sluice_position where;

        more(&e, n < left ? n : left, flush);
        flushes++;
        where = sluice_deflate_where(e.deflater);
        CHECK_EQ(where.input, e.pos);
        CHECK_EQ(where.output, e.length);
        CHECK(where.bit < 8);
        if (flush >= SLUICE_FLUSH_SYNC) {
            CHECK_EQ(where.bit, 0);
            CHECK_BYTES(packed + e.length - 4, 4, "\0\0\xff\xff", 4);
            CHECK_EQ(inspect_deflate(packed + before, e.length - before, data, 0, 0).last, 0);
        }
        if (flush >= SLUICE_FLUSH_PARTIAL)
            all_decodable(&f, &e);
        if (flush == SLUICE_FLUSH_FULL) {
            /* Since the last one nothing refers to anything before. */
            const size_t from = e.pos - (n < left ? n : left);
            const struct inspection i = inspect_deflate(packed + before, e.length - before, data + from,
                                                        e.pos - from, 0);

            CHECK(i.wrong == NULL);
            CHECK_EQ(i.bytes, e.pos - from);
            CHECK_EQ(i.bits, 8 * (e.length - before));
        }
    }
    more(&e, 0, SLUICE_FLUSH_FINISH);

    const struct inspection i = inspect(&e, size);

    CHECK(i.last);
    CHECK_EQ(i.bytes, size);
    CHECK_EQ((i.bits + 7) / 8, e.length);
    CHECK(i.farthest <= (size_t)1 << window_bits);
    if (flush == SLUICE_FLUSH_PARTIAL)
        CHECK(i.empty[1] >= flushes); /* an empty fixed block each time */
    if (flush >= SLUICE_FLUSH_SYNC)
        CHECK(i.empty[0] >= flushes); /* an empty stored block */
    if (flush == SLUICE_FLUSH_BLOCK)
        CHECK_EQ(i.empty[0] + i.empty[2], 0);
    sluice_inflate_free(f.inflater);
    sluice_deflate_free(e.deflater);
}

static void test_messages(void)
{
    static const size_t most[] = {1, 5, 20, 90, 300, 5000};

    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        for (sluice_flush flush = SLUICE_FLUSH_BLOCK; flush < SLUICE_FLUSH_FINISH; flush++) {
            for (unsigned m = 0; m < sizeof most / sizeof most[0]; m++) {
                const size_t size = (most[m] < 20 ? 700 : most[m] < 5000 ? 2500 : 40000) / (level < 10 ? 1u : 4u);

                sample_two_letters(data, size, m + 3);
                messages(level, flush, most[m], size, 15);
                sample_text(data, size, m + 3);
                messages(level, flush, most[m], size, m == 3 ? 8 : 15);
            }
            sample_mixture(data, 60000, 3);
            messages(level, flush, 25000, 60000, 15);
        }
    }
}

/* So many bytes one at a time that the window slides: what waits at a flush must not slide out of it. */
static void test_bytes(void)
{
    for (int level = 1; level <= SLUICE_LEVEL_STRONGEST; level++) {
        struct encoding e = encoding_of(level, SLUICE_RAW, level % 2 ? 15 : 8, packed);

        check_context("level %d, one byte at a time", level);
        sample_two_letters(data, LARGEST, (unsigned)level);
        more(&e, 60000, SLUICE_FLUSH_NONE);
        while (e.pos < 100000)
            more(&e, 1, SLUICE_FLUSH_BLOCK);
        more(&e, LARGEST - e.pos, SLUICE_FLUSH_FINISH);
        CHECK_EQ(inspect(&e, LARGEST).bytes, LARGEST);
        sluice_deflate_free(e.deflater);
    }
}

/* ---- Again, and one after the other ---- */

static void test_again(void)
{
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        for (sluice_flush first = SLUICE_FLUSH_BLOCK; first <= SLUICE_FLUSH_FINISH; first++) {
            for (sluice_flush second = SLUICE_FLUSH_NONE; second <= SLUICE_FLUSH_FINISH; second++) {
                for (int size = 0; size <= 1500; size += 1500) {
                    struct encoding e = encoding_of(level, SLUICE_ZLIB, 15, packed);

                    check_context("level %d, %d bytes, flush %d, then %d", level, size, first, second);
                    sample_text(data, 2000, 5);
                    more(&e, (size_t)size, first);

                    const size_t before = e.length;

                    if (first == SLUICE_FLUSH_FINISH) {
                        sluice_input in = {NULL, 0, 0};
                        sluice_output out = {packed + e.length, 100, 0};

                        CHECK_EQ(sluice_deflate(e.deflater, &in, &out, second), SLUICE_END);
                        CHECK_EQ(out.pos, 0);
                        in = (sluice_input){data, 1, 0};
                        CHECK_EQ(sluice_deflate(e.deflater, &in, &out, second), SLUICE_ERR_STATE);
                        CHECK_EQ(in.pos + out.pos, 0);
                    } else {
                        more(&e, 0, second);
                        CHECK((e.length > before) == (second > first && second > SLUICE_FLUSH_BLOCK));
                        more(&e, 0, SLUICE_FLUSH_FINISH);
                    }
                    CHECK(encode_decodes(packed, e.length, SLUICE_ZLIB, 15, data, (size_t)size));
                    sluice_deflate_free(e.deflater);
                }
            }
        }
    }
}

/* ---- In little room ---- */

/* A flush goes on where it stopped, however little room there is: the bytes are the same. */
static void test_little_room(void)
{
    static const size_t rooms[] = {1, 3, 64, 639, 640, 4096};

    sample_mixture(data, 9000, 8);
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        for (sluice_flush flush = SLUICE_FLUSH_BLOCK; flush <= SLUICE_FLUSH_FINISH; flush++) {
            struct encoding whole = encoding_of(level, SLUICE_GZIP, 15, packed);

            more(&whole, 9000, flush);
            for (unsigned r = 0; r < sizeof rooms / sizeof rooms[0]; r++) {
                struct encoding e = encoding_of(level, SLUICE_GZIP, 15, other);

                check_context("level %d, flush %d, rooms of %zu", level, flush, rooms[r]);
                e.cut.room = rooms[r];
                more(&e, 9000, flush);
                CHECK_BYTES(other, e.length, packed, whole.length);
                sluice_deflate_free(e.deflater);
            }
            sluice_deflate_free(whole.deflater);
        }
    }
}

/* ---- Finishing ---- */

/* FINISH is asked for while input is left: that much more is taken, but nothing new. */
static void test_finish_in_steps(void)
{
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        struct encoding e = encoding_of(level, SLUICE_RAW, 15, packed);
        sluice_input in = {data, LARGEST, 0};
        sluice_output out = {packed, 0, 0};
        sluice_status status;

        check_context("level %d", level);
        sample_random(data, LARGEST, 9);
        do {
            out.size += 5000;
            status = sluice_deflate(e.deflater, &in, &out, SLUICE_FLUSH_FINISH);
            if (status == SLUICE_NEED_OUTPUT && in.pos == in.size) {
                sluice_input new = {data, 1, 0};
                const size_t before = out.pos;

                out.size += 10;
                CHECK_EQ(sluice_deflate(e.deflater, &new, &out, SLUICE_FLUSH_FINISH), SLUICE_ERR_STATE);
                CHECK_EQ(sluice_deflate(e.deflater, &new, &out, SLUICE_FLUSH_NONE), SLUICE_ERR_STATE);
                CHECK_EQ(new.pos + out.pos, before);
                out.size -= 10;
            }
        } while (status == SLUICE_NEED_OUTPUT);
        CHECK_EQ(status, SLUICE_END);
        CHECK(encode_decodes(packed, out.pos, SLUICE_RAW, 15, data, LARGEST));
        sluice_deflate_free(e.deflater);
    }
}

/* A stream of nothing is a stream. */
static void test_nothing(void)
{
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        for (sluice_format format = SLUICE_RAW; format <= SLUICE_GZIP; format++) {
            for (sluice_flush flush = SLUICE_FLUSH_NONE; flush <= SLUICE_FLUSH_FINISH; flush++) {
                struct encoding e = encoding_of(level, format, 15, packed);

                check_context("level %d, format %d, flush %d", level, format, flush);
                more(&e, 0, flush);
                if (flush != SLUICE_FLUSH_FINISH)
                    more(&e, 0, SLUICE_FLUSH_FINISH);
                CHECK(encode_decodes(packed, e.length, format, 15, data, 0));
                sluice_deflate_free(e.deflater);
            }
        }
    }
}

/* A flush that is given up for another, or for more input, while it waits for room: the stream stays whole. */
static void test_change_of_mind(void)
{
    uint64_t random = 77;

    for (int round = 0; round < 200; round++) {
        const int level = (int)sample_below(&random, SLUICE_LEVEL_STRONGEST + 1);
        const size_t size = 1 + sample_below(&random, 30000);
        struct encoding e = encoding_of(level, SLUICE_ZLIB, 15, packed);
        sluice_input in = {data, 0, 0};
        sluice_output out = {packed, 0, 0};
        sluice_status status = SLUICE_OK;

        check_context("round %d, level %d, %zu bytes", round, level, size);
        sample_mixture(data, size, (unsigned)round + 1);
        while (in.pos < size || in.size < size) {
            in.size += sample_below(&random, (size - in.size < 3000 ? size - in.size : 3000) + 1);
            out.size = out.pos + sample_below(&random, 400);
            status = sluice_deflate(e.deflater, &in, &out, (sluice_flush)sample_below(&random, SLUICE_FLUSH_FINISH));
            CHECK(status >= 0);
        }
        out.size = sizeof packed;
        CHECK_EQ(sluice_deflate(e.deflater, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
        CHECK(encode_decodes(packed, out.pos, SLUICE_ZLIB, 15, data, size));
        sluice_deflate_free(e.deflater);
    }
}

int main(void)
{
    test_messages();
    test_bytes();
    test_again();
    test_little_room();
    test_finish_in_steps();
    test_nothing();
    test_change_of_mind();
    return check_report("deflate/flush");
}
