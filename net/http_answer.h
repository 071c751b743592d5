/*
 * http_answer.h: the head of a response: what it says, and how that is written.
 */
#ifndef NET_HTTP_ANSWER_H
#define NET_HTTP_ANSWER_H

#include "net/http_coding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the client knows where the content ends (RFC 9112 6.3). */
enum http_framing {
    HTTP_UNFRAMED,   /* there is none, by the status: 204, 304 */
    HTTP_SIZED,      /* Content-Length */
    HTTP_CHUNKED,    /* Transfer-Encoding */
    HTTP_UNTIL_CLOSE /* by the end of the connection */
};

/* An entity tag with its quotes: inode, size, seconds, nanoseconds in hexadecimal, and a mark of the coding. */
enum { HTTP_ETAG_ROOM = 80 };

struct http_answer {
    unsigned status;
    enum http_framing framing;
    uint64_t size;                /* HTTP_SIZED */
    const char *type;             /* NULL: no content type. Lives as long as the answer */
    char etag[HTTP_ETAG_ROOM];    /* empty: none */
    bool dated;                   /* `modified` holds the time of the last change */
    int64_t modified;
    enum http_coding coding;      /* of the content */
    enum http_coding transfer;    /* of the transfer, beneath the chunks */
    bool varies;                  /* another Accept-Encoding may have had another answer */
    bool ranges;                  /* parts of it can be asked for */
    bool partial;                 /* Content-Range: first to end of total (206) */
    bool unsatisfied;             /* Content-Range: total alone (416) */
    uint64_t first, end, total;
    const char *boundary;         /* of parts, in the type multipart/byteranges; NULL: no parts */
    bool allow;                   /* list the methods */
    bool retry;                   /* it may go better in a second */
    char *location;               /* NULL: none. The answer owns it */
    bool no_store;                /* a page that may be another one the next time */
    bool close;                   /* the connection ends with it */
};

/* Bytes that a head has at most without its location. */
enum { HTTP_ANSWER_ROOM = 1024 };

/* Writes the head for a client of HTTP/1.`minor` at the time `now`. Returns its size. */
size_t http_answer_write(const struct http_answer *answer, unsigned minor, int64_t now, char *out, size_t room);

/* The names of codings in fields. A static string. */
const char *http_coding_name(enum http_coding coding);

#endif
