/* http_decode.c: see http_decode.h. */
#include "net/http_decode.h"

static bool begin_decoder(struct http_decoder *d, enum http_coding coding)
{
    sluice_inflate_options options = sluice_inflate_defaults();

    if (coding == HTTP_IDENTITY)
        return true;
    options.format = coding == HTTP_GZIP ? SLUICE_GZIP : SLUICE_AUTO_RAW;
    d->inflater = sluice_inflate_new(&options, NULL);
    return d->inflater != NULL;
}

bool http_decode_begin(struct http_decode *decode, enum http_coding transfer, enum http_coding coding)
{
    *decode = (struct http_decode){0};
    if (begin_decoder(&decode->decoders[0], transfer) && begin_decoder(&decode->decoders[1], coding))
        return true;
    http_decode_end(decode);
    return false;
}

void http_decode_end(struct http_decode *decode)
{
    for (int i = 0; i < 2; i++) {
        sluice_inflate_free(decode->decoders[i].inflater);
        decode->decoders[i].inflater = NULL;
    }
}

void http_decode_give(struct http_decode *decode, const void *data, size_t size)
{
    decode->in = (sluice_input){data, size, 0};
}

static enum http_decode_result defect(struct http_decode *decode, const struct http_decoder *d, sluice_status status)
{
    decode->status = status;
    decode->where = sluice_inflate_where(d->inflater);
    return status == SLUICE_END ? HTTP_DECODE_EXTRA : HTTP_DECODE_DEFECT;
}

/* The next bytes behind `stage` decoders. */
static enum http_decode_result pull(struct http_decode *decode, int stage, const void **span, size_t *length)
{
    if (stage == 0) {
        *span = decode->in.data;
        *length = decode->in.size - decode->in.pos;
        decode->in.pos = decode->in.size;
        return *length > 0 ? HTTP_DECODE_SPAN : HTTP_DECODE_MORE;
    }

    struct http_decoder *const d = &decode->decoders[stage - 1];

    if (!d->inflater)
        return pull(decode, stage - 1, span, length);
    for (;;) {
        const sluice_status status = sluice_inflate_next(d->inflater, &d->in, span, length);

        if (*length > 0) /* the verdict, if there is one, is given again the next time */
            return HTTP_DECODE_SPAN;
        if (status == SLUICE_NEED_OUTPUT)
            continue;
        /* At the end of a gzip member another one may follow. */
        if ((status != SLUICE_NEED_INPUT && status != SLUICE_END) || d->in.pos < d->in.size)
            return defect(decode, d, status);

        const void *data;
        size_t size;
        const enum http_decode_result result = pull(decode, stage - 1, &data, &size);

        if (result != HTTP_DECODE_SPAN)
            return result;
        d->in = (sluice_input){data, size, 0};
        d->given += size;
    }
}

enum http_decode_result http_decode_next(struct http_decode *decode, const void **span, size_t *length)
{
    return pull(decode, 2, span, length);
}

enum http_decode_result http_decode_finish(struct http_decode *decode)
{
    for (int i = 0; i < 2; i++) {
        const struct http_decoder *const d = &decode->decoders[i];

        if (!d->inflater)
            continue;

        const sluice_status status = sluice_inflate_finish(d->inflater);

        /* A last byte that could have begun another gzip member has been taken, and belongs to nothing. */
        if (status != SLUICE_END || sluice_inflate_where(d->inflater).input != d->given)
            return defect(decode, d, status);
    }
    return HTTP_DECODE_END;
}

bool http_decode_is_unchecked(const struct http_decode *decode)
{
    for (int i = 0; i < 2; i++)
        if (decode->decoders[i].inflater && sluice_inflate_format(decode->decoders[i].inflater) == SLUICE_RAW)
            return true;
    return false;
}
