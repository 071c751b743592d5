/*
 * frame_test.c: headers and trailers, gone through exhaustively where they are small (RFC 1950 2.2, RFC 1952 2.3).
 */
#include "tests/support/check.h"
#include "tests/support/decode.h"

#include <string.h>

static sluice_inflater *decoder;
static uint8_t out[100];

static sluice_status decode(const uint8_t *stream, size_t size, const sluice_inflate_options *options)
{
    size_t written;

    sluice_inflate_reset(decoder, options);
    return sluice_decompress(decoder, stream, size, out, sizeof out, &written);
}

/* All 65,536 pairs of CMF and FLG, each before an empty block, for each largest window that can be asked for. */
static void every_zlib_header(void)
{
    for (unsigned window = 8; window <= 15; window++) {
        const sluice_inflate_options options = {.format = SLUICE_ZLIB, .window_bits = window};

        for (unsigned header = 0; header < 0x10000; header++) {
            const uint8_t stream[] = {(uint8_t)(header >> 8), (uint8_t)header, 3, 0, 0, 0, 0, 1};
            const unsigned method = header >> 8 & 15, cinfo = header >> 12;
            const sluice_status status = decode(stream, sizeof stream, &options);

            if (method != 8 ? status == SLUICE_ERR_ZLIB_METHOD
                : cinfo + 8 > window ? status == SLUICE_ERR_ZLIB_WINDOW
                : header % 31 ? status == SLUICE_ERR_ZLIB_CHECK
                : header & 32 ? status == SLUICE_NEED_DICTIONARY
                              : status == SLUICE_OK)
                continue;
            check_context("header %04x, window_bits %u: %s", header, window, sluice_status_name(status));
            CHECK(false);
        }
        CHECK(true);
    }
}

/* Every single bit of a whole stream matters, but for the level, which FCHECK guards too. */
static void every_bit_of_a_zlib_stream(void)
{
    static const uint8_t good[] = {0x78, 0x9c, 0x4b, 0x04, 0x00, 0x00, 0x62, 0x00, 0x62}; /* "a" */
    const sluice_inflate_options options = {.format = SLUICE_ZLIB, .window_bits = 15};
    uint8_t stream[sizeof good];

    CHECK_EQ(decode(good, sizeof good, &options), SLUICE_OK);
    for (unsigned bit = 0; bit < 8 * sizeof good; bit++) {
        memcpy(stream, good, sizeof good);
        stream[bit / 8] ^= (uint8_t)(1u << bit % 8);
        check_context("bit %u flipped", bit);
        /* The last 6 bits of the fixed block's bytes are padding: 3 header, 8 literal, 7 end = 18 of 24. */
        if (bit >= 16 + 18 && bit < 40)
            CHECK_EQ(decode(stream, sizeof stream, &options), SLUICE_OK);
        else
            CHECK(decode(stream, sizeof stream, &options) < 0);
    }
}

/* Each value of each of the four first bytes of a gzip header, and what it leads to. */
static void every_gzip_byte(void)
{
    static const uint8_t good[] = {0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    const sluice_inflate_options options = {.format = SLUICE_GZIP, .window_bits = 15};
    uint8_t stream[sizeof good];

    for (unsigned at = 0; at < 10; at++)
        for (unsigned value = 0; value < 256; value++) {
            sluice_status status;
            sluice_position where;

            memcpy(stream, good, sizeof good);
            stream[at] = (uint8_t)value;
            status = decode(stream, sizeof stream, &options);
            where = sluice_inflate_where(decoder);
            check_context("byte %u is %02x", at, value);
            if (value == good[at] || at > 3) {
                CHECK_EQ(status, SLUICE_OK);
            } else if (at < 2) {
                CHECK_EQ(status, SLUICE_ERR_GZIP_ID);
                CHECK_EQ(where.input, at);
            } else if (at == 2) {
                CHECK_EQ(status, SLUICE_ERR_GZIP_METHOD);
                CHECK_EQ(where.input, 2);
            } else if (value & 0xe0) {
                CHECK_EQ(status, SLUICE_ERR_GZIP_FLAGS);
                CHECK_EQ(where.input, 3);
            } else {
                CHECK(status != SLUICE_ERR_GZIP_FLAGS);
            }
        }
}

/* Every set of the five flags, with the fields that they announce and a right CRC-16; then a wrong one. */
static void every_set_of_gzip_fields(void)
{
    const sluice_inflate_options options = {.format = SLUICE_GZIP, .window_bits = 15};

    for (unsigned flags = 0; flags < 32; flags++) {
        uint8_t stream[80] = {0x1f, 0x8b, 8, (uint8_t)flags, 0, 0, 0, 0, 0, 255};
        size_t n = 10, crc_at = 0;

        if (flags & 4) {
            memcpy(stream + n, "\3\0x\0z", 5);
            n += 5;
        }
        if (flags & 8) {
            memcpy(stream + n, "name", 5);
            n += 5;
        }
        if (flags & 16) {
            memcpy(stream + n, "a comment", 10);
            n += 10;
        }
        if (flags & 2) {
            const uint32_t crc = sluice_crc32(0, stream, n);

            crc_at = n;
            stream[n++] = (uint8_t)crc;
            stream[n++] = (uint8_t)(crc >> 8);
        }
        stream[n++] = 3; /* an empty fixed block, CRC-32 and size 0 */
        n += 9;
        check_context("flags %02x", flags);
        CHECK_EQ(decode(stream, n, &options), SLUICE_OK);
        CHECK_EQ(sluice_inflate_where(decoder).input, n);
        if (crc_at) {
            for (unsigned bit = 0; bit < 16; bit++) {
                stream[crc_at + bit / 8] ^= (uint8_t)(1u << bit % 8);
                CHECK_EQ(decode(stream, n, &options), SLUICE_ERR_GZIP_HEADER_CRC);
                CHECK_EQ(sluice_inflate_where(decoder).input, crc_at);
                stream[crc_at + bit / 8] ^= (uint8_t)(1u << bit % 8);
            }
            for (size_t i = 3; i < crc_at; i++) { /* a changed byte of the header is found, one way or another */
                stream[i] ^= 1;
                CHECK(decode(stream, n, &options) < 0);
                stream[i] ^= 1;
            }
        }
    }
}

/* An extra field of the largest size, and a name of 70,000 bytes. */
static void large_gzip_fields(void)
{
    const sluice_inflate_options options = {.format = SLUICE_GZIP, .window_bits = 15};
    static uint8_t stream[10 + 2 + 65535 + 70001 + 10] = {0x1f, 0x8b, 8, 4 | 8, 0, 0, 0, 0, 0, 255, 255, 255};
    const size_t n = sizeof stream;

    memset(stream + 12 + 65535, 'n', 70000);
    stream[n - 10] = 3;
    CHECK_EQ(decode(stream, n, &options), SLUICE_OK);
    CHECK_EQ(sluice_inflate_where(decoder).input, n);
}

/* The first byte alone decides what SLUICE_AUTO and SLUICE_AUTO_RAW make of a stream. */
static void every_first_byte(void)
{
    for (unsigned first = 0; first < 256; first++)
        for (int raw = 0; raw < 2; raw++) {
            const sluice_inflate_options options = {.format = raw ? SLUICE_AUTO_RAW : SLUICE_AUTO, .window_bits = 15};
            const uint8_t byte = (uint8_t)first;
            const sluice_format format = first == 0x1f         ? SLUICE_GZIP
                                         : (first & 15) == 8 ? SLUICE_ZLIB
                                         : raw               ? SLUICE_RAW
                                                             : SLUICE_AUTO;
            sluice_status status;

            check_context("first byte %02x, %s", first, raw ? "auto-raw" : "auto");
            sluice_inflate_reset(decoder, &options);
            CHECK_EQ(sluice_inflate_format(decoder), options.format);
            status = decode(&byte, 1, &options);
            CHECK_EQ(sluice_inflate_format(decoder), format);
            if (format == SLUICE_AUTO)
                CHECK_EQ(status, SLUICE_ERR_FORMAT);
            else
                CHECK(status != SLUICE_ERR_FORMAT);
        }
}

int main(void)
{
    decoder = sluice_inflate_new(NULL, NULL);
    every_zlib_header();
    every_bit_of_a_zlib_stream();
    every_gzip_byte();
    every_set_of_gzip_fields();
    large_gzip_fields();
    every_first_byte();
    sluice_inflate_free(decoder);
    return check_report("inflate/frame");
}
