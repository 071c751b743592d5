/*
 * http_condition.h: requests that are to be carried out only if the file is, or is not, what the client has seen
 * (RFC 9110 13).
 */
#ifndef NET_HTTP_CONDITION_H
#define NET_HTTP_CONDITION_H

#include "net/http_request.h"

/* What a client may have seen of a representation, and when it is asked. */
struct http_validators {
    const char *etag; /* with its quotes, and strong: no W/ before it */
    int64_t modified; /* seconds since 1970 */
    int64_t now;      /* the same; what Date says */
};

/*
 * Judges If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since in the order of RFC 9110 13.2.2: 0: go on;
 * 304: the client has it already; 412: it wants another. A date that cannot be read counts as no condition, and so do
 * two dates.
 */
unsigned http_condition_judge(const struct http_request *request, const struct http_validators *validators);

/* May Range be followed? By If-Range (RFC 9110 13.1.5): a part is of use only to who has the rest of the same. */
bool http_condition_range(const struct http_request *request, const struct http_validators *validators);

#endif
