/*
 * http_body.h: finds in the bytes of a connection what is a body's content, and where the body ends.
 *
 * Of a request's body the end alone is of interest: a server of files has no use for bodies, but a client may send one
 * with any method (RFC 9110 9.3.1); so it is read and thrown away. Of a response's body the content is given piece by
 * piece.
 *
 * All zero after the kind and size have been set: at the beginning.
 */
#ifndef NET_HTTP_BODY_H
#define NET_HTTP_BODY_H

#include "net/http_request.h"

enum {
    /* Bytes of content that are read away; beyond, it costs less to close the connection. */
    HTTP_BODY_MOST = 1024 * 1024,
    /* Bytes that chunk extensions and trailers may have in all: each chunk of one byte can bring its own. In a
       response, whose size nobody knows, this is for what stands between two pieces of content. */
    HTTP_BODY_FRAMING_MOST = 64 * 1024
};

/* Where in a chunked body we are (RFC 9112 7.1). */
enum http_body_state {
    HTTP_CHUNK_SIZE_FIRST, /* the first digit of a chunk's size */
    HTTP_CHUNK_SIZE,       /* more digits, an extension, or the line's end */
    HTTP_CHUNK_EXTENSION,
    HTTP_CHUNK_SIZE_LF,
    HTTP_CHUNK_DATA,
    HTTP_CHUNK_DATA_CR,
    HTTP_CHUNK_DATA_LF,
    HTTP_TRAILER_BEGIN, /* a trailer's first byte, or the end of the body */
    HTTP_TRAILER_NAME,
    HTTP_TRAILER_VALUE,
    HTTP_TRAILER_LF,
    HTTP_TRAILER_END_LF, /* of the empty line that ends the body */
    HTTP_BODY_DONE
};

struct http_body {
    enum http_body_kind kind;
    uint64_t left;    /* bytes of content that are still to come: of the body, or of the chunk */
    uint64_t content; /* bytes of content so far */
    size_t framing;   /* bytes of everything else */
    enum http_body_state state;
};

/* Begins with the body that a request announces. */
void http_body_begin(struct http_body *body, const struct http_request *request);

/*
 * Takes what belongs to the body of the `size` bytes at `data`, and counts it in *taken. 0: the body is over;
 * HTTP_MORE: all bytes have been taken and more must come; else the status code to refuse it with, after which the
 * connection must be closed: 400, or 413 beyond the limits above.
 */
unsigned http_body_skip(struct http_body *body, const char *data, size_t size, size_t *taken);

/* Begins with the body that a response announces. size: that of HTTP_BODY_LENGTH. */
void http_body_begin_response(struct http_body *body, enum http_body_kind kind, uint64_t size);

/*
 * Takes framing, and the next piece of content, of the `size` bytes at `data`: *taken counts both, and the last
 * *content of the bytes taken are content. 0: the body is over (a last piece may come with it); HTTP_MORE: go on, with
 * more bytes if all have been taken; 400: this is no chunked body; 413: too much framing. HTTP_BODY_CLOSE is never
 * over.
 */
unsigned http_body_next(struct http_body *body, const char *data, size_t size, size_t *taken, size_t *content);

#endif
