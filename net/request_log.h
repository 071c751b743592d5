/*
 * request_log.h: a line for each request:
 *
 *     2026-11-24T22:03:44Z bare 127.0.0.1:55085 "lorem.txt" ok 335 219 0.204
 *     2026-11-24T22:03:45Z bare 127.0.0.1:55086 "../passwd" refused 0 0 0.001 leads above the root
 *
 * time, protocol, peer, name (see quote.h), result, bytes of the file that were read, bytes sent, seconds, and if it
 * was not "ok" the reason. No byte of the name can end the line or the quotation.
 */
#ifndef NET_REQUEST_LOG_H
#define NET_REQUEST_LOG_H

#include <stdint.h>
#include <stdio.h>

enum request_result {
    REQUEST_OK,      /* all has been sent */
    REQUEST_REFUSED, /* nothing has been sent */
    REQUEST_CHANGED, /* broken off: the file changed */
    REQUEST_GONE,    /* the client went away */
    REQUEST_TIMEOUT, /* the client took too long to ask, or to take what it had asked for */
    REQUEST_STOPPED, /* broken off: the server was told to end */
    REQUEST_FAILED   /* broken off: trouble of ours */
};

struct request_record {
    const char *protocol;
    const char *peer;
    const void *name;
    size_t name_size;
    enum request_result result;
    const char *reason; /* NULL: none */
    uint64_t file_bytes, wire_bytes;
    uint64_t milliseconds;
};

/* "ok", "refused" … A static string. */
const char *request_result_name(enum request_result result);

/* Writes the line to `log` in one piece. log NULL: does nothing. From any thread. */
void request_log(FILE *log, const struct request_record *record);

/* Writes a line with the time before it that is about no request. */
void request_log_note(FILE *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
