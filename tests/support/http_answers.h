/*
 * http_answers.h: reads what an HTTP server has sent, strictly, for tests: a run of responses, each with its head and
 * its content as the framing has it.
 */
#ifndef TESTS_HTTP_ANSWERS_H
#define TESTS_HTTP_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

struct http_reading {
    const unsigned char *data; /* what is left of what the server has sent */
    size_t size;
};

struct http_got {
    unsigned status;           /* 0: what comes is no response */
    const char *head;          /* with its empty line */
    size_t head_size;
    unsigned char *content;    /* without framing; the caller frees it */
    size_t content_size;
    bool whole;                /* the framing says that nothing is missing */
    bool sized, chunked;       /* Content-Length, chunks; neither: all that comes */
};

/* Takes the next response, which is one to a HEAD or not. False: nothing is left. */
bool http_got_next(struct http_reading *from, bool head, struct http_got *got);

/* The value of a field, whatever the case of its name, as text that is good until the next call. NULL: absent. */
const char *http_got_field(const struct http_got *got, const char *name);

#endif
