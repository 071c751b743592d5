/*
 * http_range.h: which parts of a file a client wants (RFC 9110 14).
 */
#ifndef NET_HTTP_RANGE_H
#define NET_HTTP_RANGE_H

#include "net/http_text.h"

/* More ranges than this in one request serve nobody but an attacker (RFC 9110 14.2, 17.15). */
enum { HTTP_RANGES_MOST = 16 };

/* The bytes from `first` up to, but without, `end`. Never empty. */
struct http_range {
    uint64_t first, end;
};

enum http_range_verdict {
    HTTP_RANGE_WHOLE,  /* no ranges, or nothing that must be understood: send the whole with 200 */
    HTTP_RANGE_PARTS,  /* send these with 206 */
    HTTP_RANGE_OUTSIDE /* none lies within the file: 416 */
};

/*
 * Reads the value of Range for a file of `size` bytes. The ranges are in the order of the request; those that overlap
 * or touch are merged, and those outside are left out. A unit other than bytes, a set that cannot be read, and one of
 * more than HTTP_RANGES_MOST ranges are ignored, as the RFC allows.
 */
enum http_range_verdict http_range_parse(const struct http_text *value, uint64_t size, struct http_range *ranges,
                                         unsigned *count);

#endif
