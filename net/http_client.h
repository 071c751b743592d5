/*
 * http_client.h: fetches a file by HTTP/1.1 (RFC 9110, 9112), and says whether it came whole.
 *
 * Whole is a file whose response ended where it said it would (its length, its last chunk), whose codings each came to
 * the end of their stream with the right checksum, and behind which nothing came. A body with neither length nor chunks
 * nor coding ends with the connection, which proves nothing: it is taken if the connection ends in order, with a note.
 *
 * Redirects are followed, ten at most, to HTTP only and never to a local socket; the user's own fields (which may hold
 * a password) stay with the server that they were meant for.
 *
 * The events are those of fetch.h. FETCH_BEGINS comes before the first byte of the file; FETCH_READ tells heads too,
 * but `wire` counts bodies alone.
 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "net/fetch.h"
#include "net/http_pool.h"
#include "net/url.h"

#include <stdbool.h>
#include <sys/types.h>

/* Redirects that are followed: browsers allow 20, curl 50; honest servers need two or three. */
enum { HTTP_REDIRECTS_MOST = 10 };

/* How the file is to be asked for. All of it outlives the fetch. */
struct http_wishes {
    const char *accept;         /* the value of Accept-Encoding: gzip, deflate and identity are understood */
    const char *const *headers; /* further fields "Name: value", good by http_ask_header() */
    size_t header_count;
    bool coded;                 /* give FETCH_CODED too; what comes in no gzip form is refused */
    struct http_pool *pool;     /* where connections are kept; NULL: they are closed */
};

enum { HTTP_VALIDATOR_ROOM = 256, HTTP_TAIL_MOST = 4096 };

/* What an earlier fetch got, to go on from there. All zero: nothing. */
struct http_rest {
    uint64_t have;         /* bytes of the file, from its beginning; with `coded`: of the stream as it came */
    const char *validator; /* that fetch's; NULL: begin afresh */
    const void *tail;      /* the last tail_size of the bytes that are there, which come once more and are compared: */
    size_t tail_size;      /* at most HTTP_TAIL_MOST and at most `have` */
    /* With `coded`: reads what is there, up to `size` bytes from an offset on, for the decoder, which begins with it.
       As pread(2); outlives the fetch, as `user` does. NULL: a coded fetch begins afresh. */
    ssize_t (*read)(void *user, uint64_t offset, void *to, size_t size);
    void *user;
};

/*
 * Begins to fetch *url, which is copied but for its path; that must outlive the fetch. rest may be NULL and need not
 * outlive the call. If the file has changed, or the server gives no parts, FETCH_BEGINS tells of an offset of 0, and
 * the file comes from its beginning. A coded fetch that goes on tells of an offset of 0 and a coded_offset above 0: the
 * file is given from its beginning, but of the stream only what was not there. NULL: no memory.
 */
struct fetch *http_client_begin(const struct url *url, const struct fetch_limits *limits,
                                const struct http_wishes *wishes, const struct http_rest *rest, uint64_t now);

#endif
