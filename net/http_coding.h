/*
 * http_coding.h: which coding a client wants to be answered in.
 */
#ifndef NET_HTTP_CODING_H
#define NET_HTTP_CODING_H

#include "net/http_request.h"

enum http_coding {
    HTTP_IDENTITY,
    HTTP_GZIP,
    HTTP_DEFLATE, /* the zlib format (RFC 9110 8.4.1.2) */
    HTTP_NO_CODING /* none of these will do: 406 */
};

/*
 * The content coding that Accept-Encoding wants most (RFC 9110 12.5.3); of equals gzip before deflate before identity.
 * Without the field the client has not said that it understands any, so it is identity. With `compress` false, because
 * the file is compressed already, identity wins wherever it is acceptable.
 */
enum http_coding http_content_coding(const struct http_request *request, bool compress);

/*
 * The transfer coding that TE wants most (RFC 9110 10.1.4); HTTP_IDENTITY: none but chunked. It counts only from
 * HTTP/1.1 on, and if Connection names it, since otherwise it may have been passed on by a proxy that does not know it.
 */
enum http_coding http_transfer_coding(const struct http_request *request);

/*
 * Takes the name off an element such as "gzip ; q=0.5", and gives its weight in thousandths (RFC 9110 12.4.2), 1000 if
 * it has none. False: no weight, but something else, or nothing readable.
 */
bool http_weight(struct http_text element, struct http_text *name, unsigned *weight);

#endif
