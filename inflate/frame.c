/*
 * frame.c: what stands around DEFLATE data: the zlib frame (RFC 1950 2.2) and the gzip frame (RFC 1952 2.3).
 *
 * Every byte is judged as soon as it is there, in the order of the stream. The bit buffer is empty at byte borders, so
 * headers are read from the input directly.
 */
#include "deflate/format/frame_check.h"
#include "deflate/format/frames.h"
#include "inflate/state.h"

#include <string.h>

static bool next_byte(struct step *t, unsigned *byte)
{
    if (t->in == t->in_end)
        return false;
    *byte = *t->in++;
    return true;
}

/* The position of the byte that has just been taken. */
static uint64_t last_byte(const struct sluice_inflater *s, const struct step *t)
{
    return position(s, t) - 8;
}

sluice_status sluice_state_detect(struct sluice_inflater *s, struct step *t)
{
    if (t->in == t->in_end)
        return SLUICE_NEED_INPUT;

    const unsigned first = *t->in;

    if (first == GZIP_ID1) {
        s->format = SLUICE_GZIP;
        return go(s, STATE_GZIP_ID1);
    }
    /* Raw data that begins with these four bits would be a stored block with padding that no encoder writes. */
    if ((first & 15) == FRAME_METHOD_DEFLATE) {
        s->format = SLUICE_ZLIB;
        return go(s, STATE_ZLIB_METHOD);
    }
    if (s->format == SLUICE_AUTO)
        return fail(s, SLUICE_ERR_FORMAT, position(s, t));
    s->format = SLUICE_RAW;
    return go(s, STATE_BLOCK);
}

/* ---- zlib ---- */

sluice_status sluice_state_zlib_method(struct sluice_inflater *s, struct step *t)
{
    unsigned cmf;

    if (!next_byte(t, &cmf))
        return SLUICE_NEED_INPUT;
    if ((cmf & 15) != FRAME_METHOD_DEFLATE)
        return fail(s, SLUICE_ERR_ZLIB_METHOD, last_byte(s, t));

    const unsigned cinfo = cmf >> ZLIB_WINDOW_SHIFT;

    if (cinfo > ZLIB_CINFO_MAX || cinfo + 8 > s->options.window_bits)
        return fail(s, SLUICE_ERR_ZLIB_WINDOW, last_byte(s, t) + ZLIB_WINDOW_SHIFT);
    s->window_bits = cinfo + 8;
    return go(s, STATE_ZLIB_FLAGS);
}

sluice_status sluice_state_zlib_flags(struct sluice_inflater *s, struct step *t)
{
    unsigned flg;
    const unsigned cmf = (s->window_bits - 8) << ZLIB_WINDOW_SHIFT | FRAME_METHOD_DEFLATE;

    if (!next_byte(t, &flg))
        return SLUICE_NEED_INPUT;
    if ((cmf << 8 | flg) % ZLIB_CHECK_MODULUS)
        return fail(s, SLUICE_ERR_ZLIB_CHECK, last_byte(s, t));
    s->check = frame_check_start(SLUICE_ZLIB);
    return go(s, flg & ZLIB_FLAG_DICTIONARY ? STATE_ZLIB_DICT_ID : STATE_BLOCK);
}

/* Four bytes, the most significant first, as zlib writes numbers. */
static bool take_big_endian32(struct step *t, uint32_t *value)
{
    if (!need(t, 32))
        return false;
    *value = __builtin_bswap32((uint32_t)t->bits);
    drop(t, 32);
    give_back(t);
    return true;
}

sluice_status sluice_state_zlib_dict_id(struct sluice_inflater *s, struct step *t)
{
    if (!take_big_endian32(t, &s->dictionary_id))
        return SLUICE_NEED_INPUT;
    return go(s, STATE_ZLIB_DICT);
}

/* sluice_inflate_set_dictionary() leads out of this state. */
sluice_status sluice_state_zlib_dict(struct sluice_inflater *s, struct step *t)
{
    (void)s;
    (void)t;
    return SLUICE_NEED_DICTIONARY;
}

sluice_status sluice_state_zlib_adler(struct sluice_inflater *s, struct step *t)
{
    const uint64_t bit = position(s, t);
    uint32_t adler;

    sluice_inflate_fold(s, t);
    if (!take_big_endian32(t, &adler))
        return SLUICE_NEED_INPUT;
    if (adler != s->check)
        return fail(s, SLUICE_ERR_ZLIB_ADLER, bit);
    return go(s, STATE_DONE);
}

/* ---- gzip ---- */

sluice_status sluice_state_gzip_id1(struct sluice_inflater *s, struct step *t)
{
    unsigned byte;

    if (!next_byte(t, &byte))
        return SLUICE_NEED_INPUT;
    return byte == GZIP_ID1 ? go(s, STATE_GZIP_ID2) : fail(s, SLUICE_ERR_GZIP_ID, last_byte(s, t));
}

sluice_status sluice_state_gzip_id2(struct sluice_inflater *s, struct step *t)
{
    unsigned byte;

    if (!next_byte(t, &byte))
        return SLUICE_NEED_INPUT;
    return byte == GZIP_ID2 ? go(s, STATE_GZIP_METHOD) : fail(s, SLUICE_ERR_GZIP_ID, last_byte(s, t));
}

sluice_status sluice_state_gzip_method(struct sluice_inflater *s, struct step *t)
{
    unsigned byte;

    if (!next_byte(t, &byte))
        return SLUICE_NEED_INPUT;
    if (byte != FRAME_METHOD_DEFLATE)
        return fail(s, SLUICE_ERR_GZIP_METHOD, last_byte(s, t));
    return go(s, STATE_GZIP_FLAGS);
}

/* Everything from the flags on goes into the header's CRC; what comes before is always the same. */
static void header_byte(struct sluice_inflater *s, unsigned byte)
{
    const uint8_t b = (uint8_t)byte;

    if (s->gzip_flags & GZIP_FLAG_HEADER_CRC)
        s->header_crc = sluice_crc32(s->header_crc, &b, 1);
}

sluice_status sluice_state_gzip_flags(struct sluice_inflater *s, struct step *t)
{
    static const uint8_t start[3] = {GZIP_ID1, GZIP_ID2, FRAME_METHOD_DEFLATE};
    unsigned flags;

    if (!next_byte(t, &flags))
        return SLUICE_NEED_INPUT;
    if (flags & GZIP_FLAGS_RESERVED)
        return fail(s, SLUICE_ERR_GZIP_FLAGS, last_byte(s, t));
    s->gzip_flags = flags;
    s->header_crc = sluice_crc32(0, start, sizeof start);
    header_byte(s, flags);
    s->check = frame_check_start(SLUICE_GZIP);
    s->index = 0;
    if (s->header) {
        sluice_gzip_header *h = s->header;

        h->complete = 0;
        h->time = 0;
        h->text = (flags & GZIP_FLAG_TEXT) != 0;
        h->header_crc = (flags & GZIP_FLAG_HEADER_CRC) != 0;
        h->has_extra = (flags & GZIP_FLAG_EXTRA) != 0;
        h->has_name = (flags & GZIP_FLAG_NAME) != 0;
        h->has_comment = (flags & GZIP_FLAG_COMMENT) != 0;
        h->extra_size = h->name_size = h->comment_size = 0;
    }
    return go(s, STATE_GZIP_FIXED);
}

/* MTIME, four bytes, the least significant first; XFL; OS. */
sluice_status sluice_state_gzip_fixed(struct sluice_inflater *s, struct step *t)
{
    unsigned byte;

    for (; s->index < 6; s->index++) {
        if (!next_byte(t, &byte))
            return SLUICE_NEED_INPUT;
        header_byte(s, byte);
        if (!s->header)
            continue;
        if (s->index < 4)
            s->header->time |= (uint32_t)byte << 8 * s->index;
        else if (s->index == 4)
            s->header->xfl = (uint8_t)byte;
        else
            s->header->os = (uint8_t)byte;
    }
    s->index = 0;
    s->length = 0;
    return go(s, STATE_GZIP_XLEN);
}

sluice_status sluice_state_gzip_xlen(struct sluice_inflater *s, struct step *t)
{
    unsigned byte;

    if (s->gzip_flags & GZIP_FLAG_EXTRA) {
        for (; s->index < 2; s->index++) {
            if (!next_byte(t, &byte))
                return SLUICE_NEED_INPUT;
            header_byte(s, byte);
            s->length |= byte << 8 * s->index;
        }
        if (s->header)
            s->header->extra_size = s->length;
    }
    s->index = 0;
    return go(s, STATE_GZIP_EXTRA);
}

sluice_status sluice_state_gzip_extra(struct sluice_inflater *s, struct step *t)
{
    unsigned byte;

    for (; s->index < s->length; s->index++) {
        if (!next_byte(t, &byte))
            return SLUICE_NEED_INPUT;
        header_byte(s, byte);
        if (s->header && s->header->extra && s->index < s->header->extra_room)
            s->header->extra[s->index] = (uint8_t)byte;
    }
    return go(s, STATE_GZIP_NAME);
}

/* A field that ends with a NUL, kept as far as there is room. */
static bool take_text(struct sluice_inflater *s, struct step *t, char *text, size_t room, size_t *size)
{
    unsigned byte;

    for (;;) {
        if (!next_byte(t, &byte))
            return false;
        header_byte(s, byte);
        if (byte == 0)
            return true;
        if (!size)
            continue;
        if (text && *size < room)
            text[*size] = (char)byte;
        ++*size;
    }
}

sluice_status sluice_state_gzip_name(struct sluice_inflater *s, struct step *t)
{
    sluice_gzip_header *h = s->header;

    if ((s->gzip_flags & GZIP_FLAG_NAME) &&
        !take_text(s, t, h ? h->name : NULL, h ? h->name_room : 0, h ? &h->name_size : NULL))
        return SLUICE_NEED_INPUT;
    return go(s, STATE_GZIP_COMMENT);
}

sluice_status sluice_state_gzip_comment(struct sluice_inflater *s, struct step *t)
{
    sluice_gzip_header *h = s->header;

    if ((s->gzip_flags & GZIP_FLAG_COMMENT) &&
        !take_text(s, t, h ? h->comment : NULL, h ? h->comment_room : 0, h ? &h->comment_size : NULL))
        return SLUICE_NEED_INPUT;
    return go(s, STATE_GZIP_HCRC);
}

sluice_status sluice_state_gzip_hcrc(struct sluice_inflater *s, struct step *t)
{
    if (s->gzip_flags & GZIP_FLAG_HEADER_CRC) {
        if (!need(t, 16))
            return SLUICE_NEED_INPUT;
        if (low_bits(t->bits, 16) != (s->header_crc & 0xffff))
            return fail(s, SLUICE_ERR_GZIP_HEADER_CRC, position(s, t));
        drop(t, 16);
        give_back(t);
    }
    if (s->header)
        s->header->complete = 1;
    return go(s, STATE_BLOCK);
}

sluice_status sluice_state_gzip_crc(struct sluice_inflater *s, struct step *t)
{
    sluice_inflate_fold(s, t);
    if (!need(t, 32))
        return SLUICE_NEED_INPUT;
    if ((uint32_t)t->bits != s->check)
        return fail(s, SLUICE_ERR_GZIP_CRC, position(s, t));
    drop(t, 32);
    return go(s, STATE_GZIP_SIZE);
}

sluice_status sluice_state_gzip_size(struct sluice_inflater *s, struct step *t)
{
    const uint64_t size = s->put + (uint64_t)(t->out - t->out_begin) - s->member_put;

    if (!need(t, 32))
        return SLUICE_NEED_INPUT;
    if ((uint32_t)t->bits != (uint32_t)size)
        return fail(s, SLUICE_ERR_GZIP_SIZE, position(s, t));
    drop(t, 32);
    give_back(t);
    s->end = position(s, t) / 8;
    return go(s, s->options.flags & SLUICE_ONE_MEMBER ? STATE_DONE : STATE_MEMBER);
}

/* Distances of a member do not reach into the one before, and it has a checksum and a length of its own. */
static sluice_status begin_member(struct sluice_inflater *s, struct step *t)
{
    t->history = t->out;
    s->member_put = s->put + (uint64_t)(t->out - t->out_begin);
    return go(s, STATE_GZIP_METHOD);
}

/* Here the stream may end. Only 1F 8B begins another member; the bytes of anything else are left where they are. */
sluice_status sluice_state_member(struct sluice_inflater *s, struct step *t)
{
    if (t->in == t->in_end)
        return SLUICE_END;
    if (t->in[0] != GZIP_ID1)
        return go(s, STATE_DONE);
    if (t->in_end - t->in == 1) {
        t->in++;
        s->state = STATE_MEMBER_ID2;
        return SLUICE_END;
    }
    if (t->in[1] != GZIP_ID2)
        return go(s, STATE_DONE);
    t->in += 2;
    return begin_member(s, t);
}

sluice_status sluice_state_member_id2(struct sluice_inflater *s, struct step *t)
{
    if (t->in == t->in_end)
        return SLUICE_END;
    if (*t->in != GZIP_ID2)
        return go(s, STATE_DONE);
    t->in++;
    return begin_member(s, t);
}

sluice_status sluice_state_done(struct sluice_inflater *s, struct step *t)
{
    /* A gzip stream has noted its end with its last member: a byte may have been taken since. */
    if (s->format != SLUICE_GZIP && s->end == 0)
        s->end = position(s, t) / 8;
    return SLUICE_END;
}

void sluice_inflate_trailer(struct sluice_inflater *s, struct step *t)
{
    align_to_byte(t);
    s->state = s->format == SLUICE_ZLIB   ? STATE_ZLIB_ADLER
               : s->format == SLUICE_GZIP ? STATE_GZIP_CRC
                                          : STATE_DONE;
}
