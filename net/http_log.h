/*
 * http_log.h: a line for each request, in the form that programs which read logs know, with our figures behind it:
 *
 *     127.0.0.1 - - [24/Nov/2026:22:03:44 +0000] "GET /lorem.txt HTTP/1.1" 200 219 335 gzip 0.204
 *
 * client, time, request line (see quote.h), status, bytes of content sent, bytes of the file that were read, coding,
 * seconds, and why it was refused or broken off. The combined form has Referer and User-Agent before our figures.
 */
#ifndef NET_HTTP_LOG_H
#define NET_HTTP_LOG_H

#include "net/http_request.h"

#include <stdio.h>

struct http_record {
    const char *peer;          /* as in struct connection */
    struct http_text line, referer, agent;
    unsigned status;           /* 0: none was sent */
    uint64_t file_bytes, content_bytes;
    const char *coding;
    uint64_t milliseconds;
    const char *reason;        /* NULL: none */
};

/* Writes the line to `log` in one piece. log NULL: does nothing. From any thread. */
void http_log(FILE *log, bool combined, const struct http_record *record);

#endif
