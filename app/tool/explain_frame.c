/* explain_frame.c: what stands around DEFLATE data: the zlib frame (RFC 1950 2.2) and the gzip frame (RFC 1952 2.3). */
#include "app/tool/explain.h"
#include "deflate/format/frames.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* ---- zlib ---- */

/* Four bytes, the most significant first. */
static bool big_endian32(struct explain *e, uint32_t *value)
{
    unsigned byte;

    if (!bits_have(&e->in, 32))
        return explain_fail(e, SLUICE_ERR_TRUNCATED, bits_end(&e->in));
    *value = 0;
    for (unsigned i = 0; i < 4; i++) {
        explain_byte(e, &byte);
        *value = *value << 8 | byte;
    }
    return true;
}

/* Makes the last bytes of the dictionary, as many as the window has, the history. */
static void use_dictionary(struct explain *e)
{
    const size_t window = (size_t)1 << e->window_bits;
    const size_t n = e->dictionary_size < window ? e->dictionary_size : window;
    const uint8_t *from = e->dictionary ? e->dictionary + (e->dictionary_size - n) : NULL;

    /* The output begins at place 0, so the dictionary ends before it. */
    for (size_t i = 0; i < n; i++)
        e->window[WINDOW_MAX - n + i] = from[i];
    e->reach = n;
}

static bool dictionary_id(struct explain *e)
{
    uint32_t id;

    explain_begin(e);
    if (!big_endian32(e, &id))
        return false;
    explain_line(e, "DICTID: the Adler-32 of the dictionary, %08" PRIx32, id);
    if (!e->dictionary)
        return explain_fail(e, SLUICE_NEED_DICTIONARY, bits_position(&e->in));
    if (sluice_adler32(1, e->dictionary, e->dictionary_size) != id)
        return explain_fail(e, SLUICE_ERR_DICTIONARY, bits_position(&e->in));
    use_dictionary(e);
    return true;
}

bool explain_zlib_header(struct explain *e)
{
    static const char *const levels[] = {"fastest", "fast", "default", "strongest"};
    unsigned cmf, flg;

    explain_note(e, "\nzlib header (RFC 1950 2.2)");
    explain_begin(e);
    if (!explain_byte(e, &cmf))
        return false;

    const unsigned cinfo = cmf >> ZLIB_WINDOW_SHIFT;

    explain_line(e, "CMF: method %u%s, window 2^%u", cmf & 15,
                 (cmf & 15) == FRAME_METHOD_DEFLATE ? " (deflate)" : "", cinfo + 8);
    if ((cmf & 15) != FRAME_METHOD_DEFLATE)
        return explain_fail(e, SLUICE_ERR_ZLIB_METHOD, e->begin);
    if (cinfo > ZLIB_CINFO_MAX)
        return explain_fail(e, SLUICE_ERR_ZLIB_WINDOW, e->begin + ZLIB_WINDOW_SHIFT);
    e->window_bits = cinfo + 8;

    explain_begin(e);
    if (!explain_byte(e, &flg))
        return false;
    explain_line(e, "FLG: level \"%s\", %s dictionary; %02x%02x is %s of 31", levels[flg >> ZLIB_LEVEL_SHIFT],
                 flg & ZLIB_FLAG_DICTIONARY ? "a" : "no", cmf, flg,
                 (cmf << 8 | flg) % ZLIB_CHECK_MODULUS ? "no multiple" : "a multiple");
    if ((cmf << 8 | flg) % ZLIB_CHECK_MODULUS)
        return explain_fail(e, SLUICE_ERR_ZLIB_CHECK, e->begin);
    return !(flg & ZLIB_FLAG_DICTIONARY) || dictionary_id(e);
}

static const char *agreement(bool same) { return same ? "the same" : "it differs"; }

bool explain_zlib_trailer(struct explain *e)
{
    uint32_t adler = 0;

    explain_padding(e);
    explain_note(e, "\nzlib trailer");
    explain_begin(e);
    if (!big_endian32(e, &adler))
        return false;
    explain_line(e, "ADLER32 %08" PRIx32 "; that of the output is %08" PRIx32 ": %s", adler, e->adler,
                 agreement(adler == e->adler));
    return adler == e->adler || explain_fail(e, SLUICE_ERR_ZLIB_ADLER, e->begin);
}

/* ---- gzip ---- */

/* A byte of the gzip header, counted into the header's CRC. */
static bool header_byte(struct explain *e, unsigned *byte, uint32_t *crc)
{
    if (!explain_byte(e, byte))
        return false;

    const uint8_t b = (uint8_t)*byte;

    *crc = sluice_crc32(*crc, &b, 1);
    return true;
}

static bool gzip_id(struct explain *e, uint32_t *crc)
{
    static const uint8_t ids[] = {GZIP_ID1, GZIP_ID2};
    unsigned byte;

    explain_begin(e);
    for (size_t i = 0; i < sizeof ids; i++) {
        const uint64_t begin = bits_position(&e->in);

        if (!header_byte(e, &byte, crc))
            return false;
        if (byte != ids[i]) {
            explain_line(e, "ID: not 1f 8b");
            return explain_fail(e, SLUICE_ERR_GZIP_ID, begin);
        }
    }
    explain_line(e, "ID: gzip");
    return true;
}

/* The names of the flags that are set. */
static const char *flag_names(char to[64], unsigned flags)
{
    static const struct {
        unsigned flag;
        const char *name;
    } names[] = {{GZIP_FLAG_TEXT, " FTEXT"}, {GZIP_FLAG_HEADER_CRC, " FHCRC"}, {GZIP_FLAG_EXTRA, " FEXTRA"},
                 {GZIP_FLAG_NAME, " FNAME"}, {GZIP_FLAG_COMMENT, " FCOMMENT"}, {GZIP_FLAGS_RESERVED, " reserved"}};

    to[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (flags & names[i].flag)
            strcat(to, names[i].name); /* all of them are shorter than `to` */
    return to[0] ? to : " none";
}

static bool gzip_method_and_flags(struct explain *e, unsigned *flags, uint32_t *crc)
{
    char names[64];
    unsigned method;

    explain_begin(e);
    if (!header_byte(e, &method, crc))
        return false;
    explain_line(e, "CM: method %u%s", method, method == FRAME_METHOD_DEFLATE ? " (deflate)" : "");
    if (method != FRAME_METHOD_DEFLATE)
        return explain_fail(e, SLUICE_ERR_GZIP_METHOD, e->begin);
    explain_begin(e);
    if (!header_byte(e, flags, crc))
        return false;
    explain_line(e, "FLG:%s", flag_names(names, *flags));
    if (*flags & GZIP_FLAGS_RESERVED)
        return explain_fail(e, SLUICE_ERR_GZIP_FLAGS, e->begin);
    return true;
}

static bool gzip_time_and_system(struct explain *e, uint32_t *crc)
{
    unsigned byte;
    uint32_t seconds = 0;

    explain_begin(e);
    for (unsigned i = 0; i < 4; i++) {
        if (!header_byte(e, &byte, crc))
            return false;
        seconds |= (uint32_t)byte << 8 * i;
    }

    const time_t when = (time_t)seconds;
    struct tm utc;
    char text[32] = "none";

    if (seconds != 0 && gmtime_r(&when, &utc))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc);
    explain_line(e, "MTIME: %s", text);
    explain_begin(e);
    if (!header_byte(e, &byte, crc))
        return false;
    explain_line(e, "XFL %u%s", byte,
                 byte == GZIP_XFL_STRONGEST ? ": strongest" : byte == GZIP_XFL_FASTEST ? ": fastest" : "");
    explain_begin(e);
    if (!header_byte(e, &byte, crc))
        return false;
    explain_line(e, "OS %u%s", byte, byte == 3 ? ": Unix" : byte == GZIP_OS_UNKNOWN ? ": unknown" : "");
    return true;
}

/* Shows bytes of a field a line at a time, so that a field of any length needs no memory. */
struct field {
    const char *name;
    uint8_t bytes[QUOTED_MAX];
    size_t size;
};

static void field_line(struct explain *e, struct field *f)
{
    char quoted[QUOTED_ROOM];

    e->shown[0] = '\0'; /* the text says it better than hexadecimal */
    explain_line(e, "%s: %s", f->name, explain_quote(quoted, f->bytes, f->size));
    f->size = 0;
}

static bool field_byte(struct explain *e, struct field *f, unsigned *byte, uint32_t *crc)
{
    if (f->size == sizeof f->bytes)
        field_line(e, f);
    if (f->size == 0)
        explain_begin(e);
    if (!header_byte(e, byte, crc))
        return false;
    f->bytes[f->size++] = (uint8_t)*byte;
    return true;
}

static bool gzip_extra(struct explain *e, uint32_t *crc)
{
    struct field f = {.name = "EXTRA"};
    unsigned byte, length = 0;

    explain_begin(e);
    for (unsigned i = 0; i < 2; i++) {
        if (!header_byte(e, &byte, crc))
            return false;
        length |= byte << 8 * i;
    }
    explain_line(e, "XLEN: %u bytes of extra field", length);
    for (; length > 0; length--)
        if (!field_byte(e, &f, &byte, crc))
            return false;
    if (f.size > 0)
        field_line(e, &f);
    return true;
}

static bool gzip_text(struct explain *e, const char *name, uint32_t *crc)
{
    struct field f = {.name = name};
    unsigned byte;

    do
        if (!field_byte(e, &f, &byte, crc))
            return false;
    while (byte != 0);
    field_line(e, &f);
    return true;
}

/* Two or four bytes, the least significant first; all of them are there or none counts. */
static bool little_endian(struct explain *e, unsigned bytes, uint32_t *value)
{
    unsigned byte;

    explain_begin(e);
    if (!bits_have(&e->in, 8 * bytes))
        return explain_fail(e, SLUICE_ERR_TRUNCATED, bits_end(&e->in));
    *value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        explain_byte(e, &byte);
        *value |= (uint32_t)byte << 8 * i;
    }
    return true;
}

bool explain_gzip_header(struct explain *e)
{
    uint32_t crc = 0, stored = 0;
    unsigned flags = 0;

    explain_note(e, "\ngzip header (RFC 1952 2.3)");
    if (!gzip_id(e, &crc) || !gzip_method_and_flags(e, &flags, &crc) || !gzip_time_and_system(e, &crc))
        return false;
    if ((flags & GZIP_FLAG_EXTRA) && !gzip_extra(e, &crc))
        return false;
    if ((flags & GZIP_FLAG_NAME) && !gzip_text(e, "NAME", &crc))
        return false;
    if ((flags & GZIP_FLAG_COMMENT) && !gzip_text(e, "COMMENT", &crc))
        return false;
    if (!(flags & GZIP_FLAG_HEADER_CRC))
        return true;
    if (!little_endian(e, 2, &stored))
        return false;
    explain_line(e, "CRC16 %04" PRIx32 "; that of the header is %04" PRIx32 ": %s", stored, crc & 0xffff,
                 agreement(stored == (crc & 0xffff)));
    return stored == (crc & 0xffff) || explain_fail(e, SLUICE_ERR_GZIP_HEADER_CRC, e->begin);
}

bool explain_gzip_trailer(struct explain *e)
{
    const uint32_t size = (uint32_t)(e->put - e->member_put);
    uint32_t stored = 0;

    explain_padding(e);
    explain_note(e, "\ngzip trailer");
    if (!little_endian(e, 4, &stored))
        return false;
    explain_line(e, "CRC32 %08" PRIx32 "; that of the output is %08" PRIx32 ": %s", stored, e->crc,
                 agreement(stored == e->crc));
    if (stored != e->crc)
        return explain_fail(e, SLUICE_ERR_GZIP_CRC, e->begin);
    if (!little_endian(e, 4, &stored))
        return false;
    explain_line(e, "ISIZE %" PRIu32 "; the output has %" PRIu32 " modulo 2^32: %s", stored, size,
                 agreement(stored == size));
    return stored == size || explain_fail(e, SLUICE_ERR_GZIP_SIZE, e->begin);
}
