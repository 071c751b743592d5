/* explain.c: a whole stream and its verdict; see explain.h. */
#include "app/tool/explain.h"
#include "deflate/format/frames.h"

#include <inttypes.h>
#include <string.h>

/* AUTO: by the first byte, as the decoder does. */
static bool detect(struct explain *e)
{
    if (e->format != SLUICE_AUTO)
        return true;
    if (!bits_have(&e->in, 8))
        return explain_fail(e, SLUICE_ERR_TRUNCATED, 0);

    const unsigned first = bits_peek_byte(&e->in, 0);

    if (first == GZIP_ID1)
        e->format = SLUICE_GZIP;
    else if ((first & 15) == FRAME_METHOD_DEFLATE)
        e->format = SLUICE_ZLIB;
    else
        return explain_fail(e, SLUICE_ERR_FORMAT, 0);
    return true;
}

static void raw_dictionary(struct explain *e)
{
    const size_t n = e->dictionary_size < WINDOW_MAX ? e->dictionary_size : WINDOW_MAX;

    if (n > 0)
        memcpy(e->window + (WINDOW_MAX - n), e->dictionary + (e->dictionary_size - n), n);
    e->reach = n;
}

static bool zlib_stream(struct explain *e)
{
    e->adler = 1;
    return explain_zlib_header(e) && explain_blocks(e) && explain_zlib_trailer(e);
}

/* Members follow each other; only 1f 8b begins another one (RFC 1952 2.2). */
static bool gzip_stream(struct explain *e)
{
    do {
        e->crc = 0;
        e->reach = 0;
        e->member_put = e->put;
        if (!explain_gzip_header(e) || !explain_blocks(e) || !explain_gzip_trailer(e))
            return false;
    } while (bits_have(&e->in, 16) && bits_peek_byte(&e->in, 0) == GZIP_ID1 && bits_peek_byte(&e->in, 1) == GZIP_ID2);
    return true;
}

static bool raw_stream(struct explain *e)
{
    raw_dictionary(e);
    if (!explain_blocks(e))
        return false;
    explain_padding(e); /* the rest of the last byte belongs to the stream */
    return true;
}

static bool stream(struct explain *e)
{
    if (!detect(e))
        return false;
    switch (e->format) {
    case SLUICE_ZLIB:
        return zlib_stream(e);
    case SLUICE_GZIP:
        return gzip_stream(e);
    default:
        return raw_stream(e);
    }
}

static void print_legend(struct explain *e, const char *name)
{
    explain_note(e, "%s", name);
    explain_note(e, "  at      where the element begins: byte of the stream, bit of the byte (0 the least one)");
    explain_note(e, "  output  how many bytes had been put out before it");
    explain_note(e, "  bits    in the order in which they come; of a number the least significant one is first");
    explain_note(e, "\n%10s %9s  %-24s  meaning", "at", "output", "bits (or bytes)");
}

static void print_verdict(struct explain *e, const sluice_position *where)
{
    switch (e->status) {
    case SLUICE_END:
        if (bits_have(&e->in, 8))
            explain_note(e, "\nbehind the stream, at byte %" PRIu64 ": more bytes, which do not belong to it",
                         where->input);
        explain_note(e, "\nend: the stream is whole, %" PRIu64 " bytes for %" PRIu64 " bytes of output", where->input,
                     where->output);
        break;
    case SLUICE_NEED_DICTIONARY:
        explain_note(e, "\nend: %s; give it with -D", sluice_status_text(e->status));
        break;
    default:
        explain_note(e, "\ndefect: %s at byte %" PRIu64 " bit %u, after %" PRIu64 " bytes of output: %s",
                     sluice_status_name(e->status), where->input, where->bit, where->output,
                     sluice_status_text(e->status));
        break;
    }
}

sluice_status explain_stream(struct explain *e, int fd, const char *name, sluice_format format, const void *dictionary,
                             size_t dictionary_size, FILE *out, sluice_position *where, int *read_error)
{
    bits_open(&e->in, fd);
    e->out = out;
    e->format = format;
    e->dictionary = dictionary;
    e->dictionary_size = dictionary_size;
    e->put = e->reach = e->member_put = 0;
    e->blocks = 0;
    e->window_bits = WINDOW_BITS_MAX;
    e->status = SLUICE_END;
    explain_begin(e);
    print_legend(e, name);

    const bool whole = stream(e);
    const uint64_t bit = whole ? bits_position(&e->in) : e->defect;

    where->input = bit / 8;
    where->bit = (unsigned)(bit % 8);
    where->output = e->put;
    *read_error = e->in.error;
    print_verdict(e, where);
    return e->status;
}
