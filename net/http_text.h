/*
 * http_text.h: the texts that the heads of HTTP are made of (RFC 9110 5.5, 5.6): which characters may stand where, and
 * lists.
 */
#ifndef NET_HTTP_TEXT_H
#define NET_HTTP_TEXT_H

#include "net/ascii.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that need not end with NUL. data NULL: absent. */
struct http_text {
    const char *data;
    size_t size;
};

/* Where a character may stand. */
enum {
    HTTP_IN_TOKEN = 1,  /* tchar (RFC 9110 5.6.2) */
    HTTP_IN_VALUE = 2,  /* in a field's value: VCHAR, SP, HTAB, obs-text (RFC 9110 5.5) */
    HTTP_IN_TARGET = 4, /* in a target: printable ASCII but space; and bytes above, which clients send unencoded though
                           they should not (curl does): they cannot be misread as a border of anything */
    HTTP_IN_HOST = 8    /* in a host: what RFC 3986 3.2.2 allows in a registered name */
};

/* By character; those from 128 on may stand in values and targets. */
extern const unsigned char http_places[128];

static inline bool http_may_stand(char c, unsigned place)
{
    const unsigned char byte = (unsigned char)c;

    return ((byte < 128 ? http_places[byte] : HTTP_IN_VALUE | HTTP_IN_TARGET) & place) != 0;
}

/* May all of them? */
bool http_all_may_stand(const char *p, const char *end, unsigned place);

/* SP and HTAB, which are whitespace. */
static inline bool http_is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* The text without the whitespace around it. */
struct http_text http_trimmed(const char *p, const char *end);

/* Is it this word, whatever the case of its letters? `word` is in lower case. */
bool http_text_is(const struct http_text *text, const char *word);

/*
 * The next element of a comma-separated list (RFC 9110 5.6.1), without the whitespace around it; empty elements are
 * passed over. *list is shortened. A comma within a quoted string does not end an element. False: there is none.
 */
bool http_list_next(struct http_text *list, struct http_text *element);

#endif
