/*
 * frame.c: what stands around DEFLATE data: the zlib frame (RFC 1950 2.2) and the gzip frame (RFC 1952 2.3).
 */
#include "deflate/format/frames.h"
#include "deflate/state.h"

static void pend_big_endian32(struct sluice_deflater *s, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        sluice_pend_byte(s, value >> shift & 0xff);
}

static void pend_little_endian32(struct sluice_deflater *s, uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
        sluice_pend_byte(s, value >> shift & 0xff);
}

/* FLEVEL tells in two bits what kind of level it was: fastest, fast, default, strongest. */
static unsigned zlib_level(const struct sluice_deflater *s)
{
    const int level = s->options.level;

    if (level < 2 || s->options.strategy == SLUICE_STRATEGY_HUFFMAN || s->options.strategy == SLUICE_STRATEGY_RLE)
        return 0;
    return level < SLUICE_LEVEL_DEFAULT ? 1 : level == SLUICE_LEVEL_DEFAULT ? 2 : 3;
}

static void zlib_header(struct sluice_deflater *s)
{
    const unsigned cmf = (s->options.window_bits - WINDOW_BITS_MIN) << ZLIB_WINDOW_SHIFT | FRAME_METHOD_DEFLATE;
    unsigned flg = zlib_level(s) << ZLIB_LEVEL_SHIFT | (s->has_dictionary ? ZLIB_FLAG_DICTIONARY : 0);

    flg += (ZLIB_CHECK_MODULUS - (cmf << 8 | flg) % ZLIB_CHECK_MODULUS) % ZLIB_CHECK_MODULUS;
    sluice_pend_byte(s, cmf);
    sluice_pend_byte(s, flg);
    if (s->has_dictionary)
        pend_big_endian32(s, s->dictionary_id);
}

/* The header's bytes count for its own CRC. */
static void gzip_byte(struct sluice_deflater *s, unsigned byte)
{
    const uint8_t b = (uint8_t)byte;

    s->header_crc = sluice_crc32(s->header_crc, &b, 1);
    sluice_pend_byte(s, byte);
}

static void gzip_fixed(struct sluice_deflater *s)
{
    const sluice_gzip_header *h = s->header;
    unsigned flags = 0;

    if (h)
        flags = (h->text ? GZIP_FLAG_TEXT : 0) | (h->header_crc ? GZIP_FLAG_HEADER_CRC : 0) |
                (h->extra ? GZIP_FLAG_EXTRA : 0) | (h->name ? GZIP_FLAG_NAME : 0) |
                (h->comment ? GZIP_FLAG_COMMENT : 0);
    s->header_crc = 0;
    gzip_byte(s, GZIP_ID1);
    gzip_byte(s, GZIP_ID2);
    gzip_byte(s, FRAME_METHOD_DEFLATE);
    gzip_byte(s, flags);
    for (int shift = 0; shift < 32; shift += 8)
        gzip_byte(s, h ? h->time >> shift & 0xff : 0);
    gzip_byte(s, s->options.level >= 9 ? GZIP_XFL_STRONGEST : s->options.level == 1 ? GZIP_XFL_FASTEST : 0);
    gzip_byte(s, h ? h->os : GZIP_OS_UNKNOWN);
    if (h && h->extra) {
        gzip_byte(s, h->extra_size & 0xff);
        gzip_byte(s, h->extra_size >> 8 & 0xff);
    }
}

/* As much of a field as there is room for. True: all of it. */
static bool gzip_field(struct sluice_deflater *s, const void *field, size_t size)
{
    const uint8_t *p = field;

    while (s->header_at < size && s->pending_end < PENDING_SIZE - WRITE_MARGIN)
        gzip_byte(s, p[s->header_at++]);
    return s->header_at == size;
}

/* The parts in their order: the fixed ones, extra, name, comment, CRC. A NUL ends name and comment. */
static bool gzip_header(struct sluice_deflater *s)
{
    const sluice_gzip_header *h = s->header;

    for (; s->header_part < 5; s->header_part++, s->header_at = 0) {
        if (s->header_part == 0)
            gzip_fixed(s);
        if (!h)
            continue;
        if (s->header_part == 1 && h->extra && !gzip_field(s, h->extra, h->extra_size))
            return false;
        if (s->header_part == 2 && h->name) {
            if (!gzip_field(s, h->name, h->name_size))
                return false;
            gzip_byte(s, 0);
        }
        if (s->header_part == 3 && h->comment) {
            if (!gzip_field(s, h->comment, h->comment_size))
                return false;
            gzip_byte(s, 0);
        }
        if (s->header_part == 4 && h->header_crc) {
            const uint32_t crc = s->header_crc;

            sluice_pend_byte(s, crc & 0xff);
            sluice_pend_byte(s, crc >> 8 & 0xff);
        }
    }
    return true;
}

bool sluice_frame_header(struct sluice_deflater *s)
{
    if (s->options.format == SLUICE_GZIP)
        return gzip_header(s);
    if (s->options.format == SLUICE_ZLIB)
        zlib_header(s);
    return true;
}

void sluice_frame_trailer(struct sluice_deflater *s)
{
    sluice_pend_align(s);
    if (s->options.format == SLUICE_ZLIB) {
        pend_big_endian32(s, s->check);
    } else if (s->options.format == SLUICE_GZIP) {
        pend_little_endian32(s, s->check);
        pend_little_endian32(s, (uint32_t)s->taken);
    }
}
