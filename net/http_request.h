/*
 * http_request.h: reads the head of an HTTP/1.1 request (RFC 9112), strictly: what can be read in two ways is refused,
 * since somebody in front of us may have read it in the other.
 *
 * Nothing is allocated, and a request points into the bytes it was read from. First http_head_scan() finds the end of
 * the head, however the bytes trickle in, and looks at each of them once; then http_request_parse() reads it as a
 * whole.
 */
#ifndef NET_HTTP_REQUEST_H
#define NET_HTTP_REQUEST_H

#include "net/http_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTTP_HEAD_LONGEST = 16 * 1024, /* bytes of a head, if nobody says otherwise; with many cookies it has 8 KiB */
    HTTP_LINE_LONGEST = 8 * 1024,  /* bytes of the request line; RFC 9112 3 asks for 8000 at least */
    HTTP_FIELDS_MOST = 100         /* lines of fields in a head */
};

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_OPTIONS,
    HTTP_NOT_ALLOWED, /* a method that everyone knows and we do not offer: 405 (RFC 9110 15.5.6) */
    HTTP_UNKNOWN      /* any other: 501 (RFC 9110 15.6.2) */
};

/* The fields that we have a use for. All others are checked for their form and forgotten. */
enum http_field {
    HTTP_ACCEPT_ENCODING,
    HTTP_CONNECTION,
    HTTP_CONTENT_LENGTH,
    HTTP_EXPECT,
    HTTP_HOST,
    HTTP_IF_MATCH,
    HTTP_IF_MODIFIED_SINCE,
    HTTP_IF_NONE_MATCH,
    HTTP_IF_RANGE,
    HTTP_IF_UNMODIFIED_SINCE,
    HTTP_RANGE,
    HTTP_REFERER,
    HTTP_TE,
    HTTP_TRANSFER_ENCODING,
    HTTP_USER_AGENT,
    HTTP_FIELD_KINDS
};

/* HTTP_BODY_CLOSE, up to the end of the connection, is a response's alone. */
enum http_body_kind { HTTP_BODY_NONE, HTTP_BODY_LENGTH, HTTP_BODY_CHUNKED, HTTP_BODY_CLOSE };

struct http_request {
    enum http_method method;
    struct http_text line;   /* the request line without its end, for a log */
    struct http_text path;   /* of the target, still encoded, from its first slash on; or "*" (only with OPTIONS) */
    struct http_text query;  /* what is behind the '?', or absent */
    struct http_text host;   /* of the target where it names one, else of Host; may be empty or absent */
    unsigned minor;          /* HTTP/1.minor: 0 or 1 (a later one is spoken to as 1, RFC 9110 2.5) */
    bool keep_alive;         /* the client wants the connection to go on (RFC 9112 9.3) */
    bool expects_continue;   /* it waits for "100 Continue" before it sends the body (RFC 9110 10.1.1) */
    bool te_named;           /* "TE" stands in Connection, as it must for TE to count (RFC 9110 10.1.4) */
    enum http_body_kind body;
    uint64_t body_size;      /* HTTP_BODY_LENGTH */

    struct {
        enum http_field kind;
        struct http_text value;
    } fields[HTTP_FIELDS_MOST];
    unsigned field_count;

    const char *why; /* when it is refused: a few words for the log */
};

/* Where a search for the end of a head is. All zero: at the beginning. */
struct http_scan {
    size_t most;  /* bytes that the head may have; 0: HTTP_HEAD_LONGEST */
    size_t start; /* where the head begins: behind an empty line that a client may have left there */
    size_t line;  /* where the line begins that is being looked at */
    size_t seen;  /* bytes that have been looked at */
    size_t size;  /* once the head is whole: bytes up to the end of its last, empty line */
};

enum { HTTP_MORE = 1 };

/*
 * Looks for the end of a head in the `size` bytes at `data`, those from the same beginning as the last time and what
 * has come since. 0: scan->start and scan->size tell where it is; HTTP_MORE: more bytes are needed; else the status
 * code to refuse it with: 400 (a line that ends with LF alone, or a first byte that begins no request), 414, 431.
 */
unsigned http_head_scan(struct http_scan *scan, const char *data, size_t size);

/*
 * Reads the head of `size` bytes at `data` (from scan->start to scan->size). 0: *request is filled in. Else the status
 * code to refuse it with, and request->why; the connection must be closed then, since where the next request would
 * begin is not sure. 400, 413 (a length beyond all bounds), 417 (RFC 9110 10.1.1), 431, 501 (a transfer coding),
 * 505. What is filled in then is good for a log alone. A method that is not offered is no error here.
 */
unsigned http_request_parse(struct http_request *request, const char *data, size_t size);

/*
 * The value of the next field of a kind, from *from on, which begins at 0: lists may be spread over several lines.
 * False: there is none.
 */
bool http_request_field(const struct http_request *request, enum http_field kind, unsigned *from,
                        struct http_text *value);

#endif
