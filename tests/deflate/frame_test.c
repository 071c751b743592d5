/*
 * frame_test.c: the zlib header (RFC 1950 2.2) and trailer, and the gzip header with every combination of fields and
 * its trailer (RFC 1952 2.3), byte by byte and as the decoder reads them back.
 */
#include "tests/support/check.h"
#include "tests/support/encode.h"
#include "tests/support/samples.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE = 3000, STREAM_ROOM = 200000 };

static uint8_t data[SIZE], packed[STREAM_ROOM], whole[STREAM_ROOM];

static size_t encode(sluice_deflater *d, uint8_t *out, size_t room)
{
    struct encoding e = {d, data, 0, out, STREAM_ROOM, 0, {0, room, NULL, false}, NULL};

    CHECK_EQ(encode_more(&e, SIZE, SLUICE_FLUSH_FINISH), SLUICE_END);
    CHECK(e.broken == NULL);
    return e.length;
}

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t little_endian(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void test_zlib(void)
{
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        for (sluice_strategy strategy = 0; strategy <= SLUICE_STRATEGY_FIXED; strategy++) {
            for (unsigned window = 8; window <= 15; window++) {
                for (int dictionary = 0; dictionary < 2; dictionary++) {
                    const sluice_deflate_options o = encode_options(SLUICE_ZLIB, level, strategy, window);
                    sluice_deflater *const d = encode_new(&o);
                    size_t n;

                    check_context("level %d, strategy %d, window %u, dictionary %d", level, strategy, window,
                                  dictionary);
                    if (dictionary)
                        CHECK_EQ(sluice_deflate_set_dictionary(d, data, 1000), SLUICE_OK);
                    n = encode(d, packed, 0);
                    CHECK_EQ(packed[0], (window - 8) << 4 | 8);
                    CHECK_EQ((packed[0] << 8 | packed[1]) % 31, 0);
                    CHECK_EQ(packed[1] >> 5 & 1, dictionary);
                    CHECK(level > 0 || packed[1] >> 6 == 0);
                    CHECK(level != 9 || strategy == SLUICE_STRATEGY_HUFFMAN || strategy == SLUICE_STRATEGY_RLE ||
                          packed[1] >> 6 == 3);
                    CHECK(level != 6 || strategy || packed[1] >> 6 == 2);
                    if (dictionary)
                        CHECK_EQ(big_endian(packed + 2), sluice_adler32(1, data, 1000));
                    CHECK_EQ(big_endian(packed + n - 4), sluice_adler32(1, data, SIZE));
                    sluice_deflate_free(d);
                }
            }
        }
    }
}

/* ---- gzip ---- */

/* Memory of exactly the field's size: one byte read too far faults. */
static void *field(size_t size, unsigned seed)
{
    uint8_t *const p = check_guarded(size, false);

    for (size_t i = 0; i < size; i++)
        p[i] = (uint8_t)(1 + (i * 7 + seed) % 255);
    return p;
}

/* Reads the header back, and compares the fields. */
static void read_back(size_t length, const sluice_gzip_header *want)
{
    static uint8_t extra[70000], out[SIZE + 1];
    static char name[70000], comment[70000];
    sluice_gzip_header got = {.extra = extra, .extra_room = sizeof extra, .name = name, .name_room = sizeof name,
                              .comment = comment, .comment_room = sizeof comment};
    sluice_inflate_options options = sluice_inflate_defaults();
    sluice_input in = {packed, length, 0};
    sluice_output to = {out, sizeof out, 0};

    options.format = SLUICE_GZIP;

    sluice_inflater *const inflater = sluice_inflate_new(&options, NULL);

    CHECK_EQ(sluice_inflate_get_header(inflater, &got), SLUICE_OK);
    CHECK_EQ(sluice_inflate(inflater, &in, &to), SLUICE_END);
    CHECK_EQ(in.pos, length);
    CHECK_BYTES(out, to.pos, data, SIZE);
    CHECK_EQ(got.complete, 1);
    CHECK_EQ(got.time, want->time);
    CHECK_EQ(got.text, want->text);
    CHECK_EQ(got.header_crc, want->header_crc);
    CHECK_EQ(got.os, want->os);
    CHECK_EQ(got.has_extra, want->extra != NULL);
    CHECK_EQ(got.has_name, want->name != NULL);
    CHECK_EQ(got.has_comment, want->comment != NULL);
    if (want->extra)
        CHECK_BYTES(extra, got.extra_size, want->extra, want->extra_size);
    if (want->name)
        CHECK_BYTES(name, got.name_size, want->name, want->name_size);
    if (want->comment)
        CHECK_BYTES(comment, got.comment_size, want->comment, want->comment_size);
    sluice_inflate_free(inflater);
}

/* Every combination of fields, each absent, empty or there. */
static void test_gzip_fields(void)
{
    const sluice_deflate_options o = encode_options(SLUICE_GZIP, 6, SLUICE_STRATEGY_DEFAULT, 15);
    sluice_deflater *const d = encode_new(&o);
    uint8_t *const extra = field(9, 1);
    char *const name = field(5, 2), *const comment = field(14, 3);

    for (unsigned i = 0; i < 3 * 3 * 3 * 4; i++) {
        const unsigned e = i % 3, n = i / 3 % 3, c = i / 9 % 3, flags = i / 27;
        /* An empty field is one too: what it points to is not read. */
        const sluice_gzip_header header = {
            .time = 0x12345678u * i, .text = flags & 1, .header_crc = flags > 1, .os = (uint8_t)(i % 14),
            .extra = e ? extra : NULL, .extra_size = e == 2 ? 9 : 0,
            .name = n ? name : NULL, .name_size = n == 2 ? 5 : 0,
            .comment = c ? comment : NULL, .comment_size = c == 2 ? 14 : 0};
        size_t length, again;

        check_context("extra %u, name %u, comment %u, flags %u", e, n, c, flags);
        sluice_deflate_reset(d, NULL);
        CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_OK);
        length = encode(d, packed, 0);
        CHECK_BYTES(packed, 3, "\x1f\x8b\x08", 3);
        CHECK_EQ(packed[3], flags | (e > 0 ? 4u : 0) | (n > 0 ? 8u : 0) | (c > 0 ? 16u : 0));
        CHECK_EQ(little_endian(packed + 4), header.time);
        CHECK_EQ(packed[9], header.os);
        CHECK_EQ(little_endian(packed + length - 8), sluice_crc32(0, data, SIZE));
        CHECK_EQ(little_endian(packed + length - 4), SIZE);
        read_back(length, &header);

        sluice_deflate_reset(d, NULL);
        CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_OK);
        again = encode(d, whole, 1);
        CHECK_BYTES(whole, again, packed, length);
    }
    check_guarded_free(extra, 9, false);
    check_guarded_free(name, 5, false);
    check_guarded_free(comment, 14, false);
    sluice_deflate_free(d);
}

/* Fields longer than any buffer inside, in rooms of all sizes; one of exactly 65,535 bytes. */
static void test_gzip_long(void)
{
    static const size_t sizes[] = {1400, 1408, 2048, 5000, 65535}, rooms[] = {0, 1, 2, 7, 64, 1000, 4096};
    const sluice_deflate_options o = encode_options(SLUICE_GZIP, 1, SLUICE_STRATEGY_DEFAULT, 15);
    sluice_deflater *const d = encode_new(&o);

    for (unsigned k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        const size_t size = sizes[k];
        const sluice_gzip_header header = {.header_crc = 1, .os = 3, .extra = field(size, 4), .extra_size = size,
                                           .name = field(size + 1, 5), .name_size = size + 1,
                                           .comment = field(size - 1, 6), .comment_size = size - 1};
        size_t length = 0;

        for (unsigned r = 0; r < sizeof rooms / sizeof rooms[0]; r++) {
            check_context("fields of %zu bytes, rooms of %zu", size, rooms[r]);
            sluice_deflate_reset(d, NULL);
            CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_OK);
            if (r == 0) {
                length = encode(d, packed, 0);
                read_back(length, &header);
            } else {
                CHECK_BYTES(whole, encode(d, whole, rooms[r]), packed, length);
            }
        }
        check_guarded_free(header.extra, size, false);
        check_guarded_free(header.name, size + 1, false);
        check_guarded_free(header.comment, size - 1, false);
    }
    sluice_deflate_free(d);
}

/* Without a header of its own a stream has no field, no time and no system: the same on every machine. */
static void test_gzip_plain(void)
{
    for (int level = 0; level <= SLUICE_LEVEL_STRONGEST; level++) {
        const sluice_deflate_options o = encode_options(SLUICE_GZIP, level, SLUICE_STRATEGY_DEFAULT, 15);
        sluice_deflater *const d = encode_new(&o);
        const sluice_gzip_header header = {.name = (char[]){"x"}, .name_size = 1};

        check_context("level %d", level);
        encode(d, packed, 0);
        CHECK_BYTES(packed, 8, "\x1f\x8b\x08\0\0\0\0\0", 8);
        CHECK_EQ(packed[8], level >= 9 ? 2 : level == 1 ? 4 : 0);
        CHECK_EQ(packed[9], 255);
        /* A header is of one stream; NULL takes it back. */
        sluice_deflate_reset(d, NULL);
        CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_OK);
        encode(d, packed, 0);
        CHECK_EQ(packed[3], 8);
        sluice_deflate_reset(d, NULL);
        encode(d, packed, 0);
        CHECK_EQ(packed[3], 0);
        sluice_deflate_reset(d, NULL);
        CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_OK);
        CHECK_EQ(sluice_deflate_set_header(d, NULL), SLUICE_OK);
        encode(d, packed, 0);
        CHECK_EQ(packed[3], 0);
        sluice_deflate_free(d);
    }
}

static void test_gzip_refused(void)
{
    const sluice_deflate_options gzip = encode_options(SLUICE_GZIP, 1, SLUICE_STRATEGY_DEFAULT, 15);
    const sluice_deflate_options zlib = encode_options(SLUICE_ZLIB, 1, SLUICE_STRATEGY_DEFAULT, 15);
    sluice_deflater *const d = encode_new(&gzip);
    static uint8_t extra[65536];
    char nul[] = "ab\0c";
    sluice_gzip_header header = {.name = nul, .name_size = 4};
    sluice_input in = {data, 1, 0};
    sluice_output out = {packed, 100, 0};

    check_context("what is refused");
    CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_ERR_ARGUMENT);
    header.name_size = 2; /* up to the NUL */
    CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_OK);
    header = (sluice_gzip_header){.comment = nul, .comment_size = 3};
    CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_ERR_ARGUMENT);
    header = (sluice_gzip_header){.extra = extra, .extra_size = 65536};
    CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_ERR_ARGUMENT);
    header.extra_size = 65535;
    CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_OK);
    sluice_deflate_reset(d, NULL);
    CHECK_EQ(sluice_deflate(d, &in, &out, SLUICE_FLUSH_NONE), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_ERR_STATE);
    CHECK_EQ(sluice_deflate_reset(d, &zlib), SLUICE_OK);
    CHECK_EQ(sluice_deflate_set_header(d, &header), SLUICE_ERR_STATE);
    sluice_deflate_free(d);
}

int main(void)
{
    sample_text(data, SIZE, 3);
    test_zlib();
    test_gzip_fields();
    test_gzip_long();
    test_gzip_plain();
    test_gzip_refused();
    return check_report("deflate/frame");
}
