/*
 * parallel_life_test.c: the object that encodes several pieces at a time: what can be set, whole buffers, errors of
 * use, reset, streams that are left, and what becomes of it without memory and threads.
 */
#include "deflate/parallel.h"
#include "tests/support/check.h"
#include "tests/support/pieces.h"

#include <stdlib.h>
#include <string.h>

/* ---- Frames ---- */

static void a_gzip_header_is_written(void)
{
    static char comment[10000];
    const sluice_parallel_options o = pieces_options(SLUICE_GZIP, 6, 2);
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
        CHECK_BYTES(stream, pieces_compress(p, 100, 0, room), first, out.pos);
        CHECK_EQ(sluice_parallel_set_header(p, &header), SLUICE_ERR_STATE);
    }
    sluice_parallel_free(p);
    sluice_deflate_free(d);
}

static void a_dictionary_primes_the_first_piece(void)
{
    for (int format = SLUICE_RAW; format <= SLUICE_ZLIB; format++) {
        const sluice_parallel_options o = pieces_options((sluice_format)format, 6, 2);
        sluice_parallel *p = sluice_parallel_new(&o, NULL);
        sluice_inflate_options io = sluice_inflate_defaults();
        sluice_inflater *inflater;
        sluice_output out = {plain, sizeof plain, 0};
        size_t length;

        io.format = (sluice_format)format;
        inflater = sluice_inflate_new(&io, NULL);
        CHECK_EQ(sluice_parallel_set_dictionary(p, data, 3000), SLUICE_OK);
        length = pieces_compress(p, 3000, 0, 0);
        CHECK(length < 200);
        CHECK_EQ(sluice_parallel_set_dictionary(p, data, 3000), SLUICE_ERR_STATE);
        sluice_parallel_reset(p, NULL);
        CHECK_EQ(sluice_parallel_set_dictionary(p, data, DATA), SLUICE_OK);
        length = pieces_compress(p, DATA, 0, 0);

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
            sluice_parallel_options o = pieces_options(SLUICE_GZIP, level, 2);

            o.flags = flags[f];
            o.piece = SLUICE_PIECE_MIN;

            const size_t bound = sluice_compress_parallel_bound(DATA, &o);
            sluice_parallel *p = sluice_parallel_new(&o, NULL);

            check_context("flags %u, level %d", flags[f], level);
            CHECK(bound <= ROOM);
            CHECK_EQ(sluice_compress_parallel(p, noise, DATA, room, bound, &length), SLUICE_OK);
            CHECK_EQ(sluice_compress_parallel(p, data, DATA, room, bound, &length), SLUICE_OK);
            pieces_decode(room, length, DATA, SLUICE_GZIP);
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
    pieces_decode(room, length, DATA, SLUICE_ZLIB);
    CHECK_EQ(sluice_compress_parallel(NULL, NULL, 0, room, ROOM, &length), SLUICE_OK);
    pieces_decode(room, length, 0, SLUICE_ZLIB);
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
    const sluice_parallel_options o = pieces_options(SLUICE_GZIP, 6, 2);
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
    pieces_decode(stream, out.pos, 100, SLUICE_GZIP);
    sluice_parallel_free(p);
    sluice_parallel_free(NULL);
}

/* One object for streams of other options: the bytes are those of a new one. */
static void reset_to_other_options(void)
{
    sluice_parallel_options largest = pieces_options(SLUICE_GZIP, 12, 8);
    sluice_parallel *p = sluice_parallel_new(&largest, NULL);

    for (int level = 12; level >= 0; level -= 2) {
        sluice_parallel_options o = pieces_options((sluice_format)(level % 3), level, 1u + (unsigned)level / 4);
        size_t length;

        check_context("level %d", level);
        o.piece = 1024u + 100u * (unsigned)level;
        length = pieces_compress_once(&o, DATA, 0, 0);
        memcpy(first, stream, length);
        CHECK_EQ(sluice_parallel_reset(p, &o), SLUICE_OK);
        CHECK_BYTES(stream, pieces_compress(p, DATA, 0, 0), first, length);
    }
    sluice_parallel_free(p);
}

/* A stream that is left at any point leaves nothing behind, and does not touch what follows in the same object. */
static void abandoned_streams(void)
{
    const sluice_parallel_options o = pieces_options(SLUICE_ZLIB, 9, 3);
    const size_t length = pieces_compress_once(&o, DATA, 0, 0);

    memcpy(first, stream, length);
    for (size_t size = 1; size < DATA; size = size * 3 + 1)
        for (size_t room = 0; room < 300; room += 299) {
            sluice_parallel *p = sluice_parallel_new(&o, NULL);
            sluice_input in = {data, size, 0};
            sluice_output out = {stream, room, 0};

            sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_NONE);
            CHECK_EQ(sluice_parallel_reset(p, NULL), SLUICE_OK);
            CHECK_BYTES(stream, pieces_compress(p, DATA, 0, 0), first, length);
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
    const sluice_parallel_options o = pieces_options(SLUICE_ZLIB, 6, 2);

    for (size_t n = 0;; n++) {
        struct counted c = {n, 0};
        const sluice_allocator a = {counted_alloc, counted_free, &c};
        sluice_parallel *p = sluice_parallel_new(&o, &a);

        if (p)
            pieces_decode(stream, pieces_compress(p, DATA, 0, 0), DATA, SLUICE_ZLIB);
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
    const sluice_parallel_options o = pieces_options(SLUICE_ZLIB, 6, 4);
    const size_t length = pieces_compress_once(&o, DATA, 0, 0);

    memcpy(first, stream, length);
    for (size_t pieces = 0; pieces < 5; pieces++) {
        sluice_parallel *p = sluice_parallel_new(&o, NULL);
        sluice_input in = {data, pieces * PIECE, 0};
        sluice_output out = {stream, ROOM, 0};

        check_context("refused after %zu pieces", pieces);
        sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_NONE);
        p->crew.refused = true;
        in.size = DATA;
        CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
        CHECK(p->crew.started < 4);
        CHECK_BYTES(stream, out.pos, first, length);
        sluice_parallel_free(p);
    }
}

static void short_streams_start_no_thread(void)
{
    const sluice_parallel_options o = pieces_options(SLUICE_ZLIB, 6, 4);
    sluice_parallel *p = sluice_parallel_new(&o, NULL);

    pieces_compress(p, PIECE, 0, 0);
    CHECK_EQ(p->crew.started, 0);
    sluice_parallel_reset(p, NULL);
    pieces_compress(p, DATA, 0, 0);
    CHECK_EQ(p->crew.started, 4);
    sluice_parallel_free(p);
}

int main(void)
{
    pieces_make();
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
    return check_report("deflate/parallel_life");
}
