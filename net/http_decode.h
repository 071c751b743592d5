/*
 * http_decode.h: from the bytes of a body to those of the file: the transfer coding is taken off, then the content
 * coding. Each is a decoder that lends its output to the next, so that nothing is copied on the way.
 */
#ifndef NET_HTTP_DECODE_H
#define NET_HTTP_DECODE_H

#include "net/http_coding.h"
#include "sluice.h"

#include <stdbool.h>

/* All zero: no coding at all, the bytes are those of the file. */
struct http_decode {
    struct http_decoder {
        sluice_inflater *inflater; /* NULL: identity */
        sluice_input in;
        uint64_t given;            /* bytes of input so far */
    } decoders[2];                 /* transfer coding, content coding */
    sluice_input in;               /* what the body gave and nobody has taken */
    /* After HTTP_DECODE_DEFECT */
    sluice_status status;
    sluice_position where;
};

enum http_decode_result {
    HTTP_DECODE_SPAN,  /* the next bytes of the file */
    HTTP_DECODE_MORE,  /* all has been taken; more is needed */
    HTTP_DECODE_END,   /* http_decode_finish() alone: all is whole */
    HTTP_DECODE_EXTRA, /* bytes follow the end of a coding's stream; where.input: its end */
    HTTP_DECODE_DEFECT /* status and where */
};

/* Makes decoders for the codings. False: no memory; nothing is held then. */
bool http_decode_begin(struct http_decode *decode, enum http_coding transfer, enum http_coding coding);

void http_decode_end(struct http_decode *decode);

/* The next bytes of the body, which must stay until HTTP_DECODE_MORE. To be called at the beginning or after that. */
void http_decode_give(struct http_decode *decode, const void *data, size_t size);

/* One step. *span stays valid until the next. */
enum http_decode_result http_decode_next(struct http_decode *decode, const void **span, size_t *length);

/* The body is over, and HTTP_DECODE_MORE has been given: whole, or what is wrong (SLUICE_ERR_TRUNCATED: a cut). */
enum http_decode_result http_decode_finish(struct http_decode *decode);

/* Is there a coding? Each of them tells its own end. */
static inline bool http_decode_is_coded(const struct http_decode *decode)
{
    return decode->decoders[0].inflater || decode->decoders[1].inflater;
}

/* Has a coding no checksum? That is so of deflate in the raw form that some servers send under this name. */
bool http_decode_is_unchecked(const struct http_decode *decode);

#endif
