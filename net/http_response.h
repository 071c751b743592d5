/*
 * http_response.h: reads the head of an HTTP/1.1 response (RFC 9112), strictly where a mistake could make a part pass
 * for the whole: what says twice how long the body is must say the same.
 *
 * As with requests (http_request.h), http_response_scan() finds the end of the head however the bytes trickle in, and
 * http_response_parse() reads it as a whole. Nothing is allocated; a response points into the bytes it was read from.
 */
#ifndef NET_HTTP_RESPONSE_H
#define NET_HTTP_RESPONSE_H

#include "net/http_coding.h"
#include "net/http_request.h"

enum {
    HTTP_RESPONSE_LONGEST = 65536, /* bytes of a head; sites that set many cookies come near 16 KiB */
    HTTP_RESPONSE_FIELDS_MOST = 200    /* lines of fields in a head */
};

/* What Content-Range says (RFC 9110 14.4). */
struct http_part {
    bool given;           /* there is such a field, in bytes, and these are the bytes enclosed: */
    uint64_t first, last; /* both inclusive; first <= last */
    bool total_known;
    uint64_t total;       /* bytes of the whole file; above last */
};

struct http_response {
    unsigned status;           /* 100 to 599 */
    unsigned minor;            /* HTTP/1.minor: 0 or 1 (a later one is read as 1) */
    struct http_text reason;   /* may be empty */
    bool keep_alive;           /* the connection goes on when the body is over */
    enum http_body_kind body;
    uint64_t length;           /* HTTP_BODY_LENGTH */
    enum http_coding content;  /* what Content-Encoding names; HTTP_NO_CODING: another one, or several */
    enum http_coding transfer; /* the same below chunked */
    struct http_text content_name, transfer_name; /* the field, for a message; absent if there is none */
    struct http_text etag;          /* with its quotes; only a strong one */
    struct http_text last_modified, date, location;
    struct http_part part;
    uint64_t retry_after;      /* seconds; 0: nothing said, or by a date */
};

enum { HTTP_BAD = 2 };

/*
 * Looks for the end of a head in the `size` bytes at `data`, those from the same beginning as the last time and what
 * has come since. 0: the head is the first scan->size bytes; HTTP_MORE; else HTTP_BAD and *why: this is no response, or
 * its head is too long. A line may end with LF alone (RFC 9112 2.2).
 */
unsigned http_response_scan(struct http_scan *scan, const char *data, size_t size, const char **why);

/*
 * Reads the head of `size` bytes at `data`, in which folded lines are joined (RFC 9112 5.2). NULL, or what is wrong
 * with it: a static text. The answer to HEAD is not meant.
 */
const char *http_response_parse(struct http_response *response, char *data, size_t size);

#endif
