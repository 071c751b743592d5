/*
 * http_ask.h: writes the request for a file.
 */
#ifndef NET_HTTP_ASK_H
#define NET_HTTP_ASK_H

#include "net/url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_asking {
    const struct url *url;
    const char *accept;         /* the value of Accept-Encoding */
    const char *const *headers; /* further fields, each good by http_ask_header(); may be NULL if there are none */
    size_t header_count;
    const char *validator;      /* ask for the bytes from `from` on, if the file is still that; NULL: for the whole */
    uint64_t from;
    bool coded;                 /* of the coded form */
};

/*
 * The request, in memory to be freed, of *size bytes; NULL: no memory. A rest is asked for as it is (Accept-Encoding:
 * identity), since bytes of a compressed form are those of another file; but it may travel in a transfer coding, which
 * leaves the file what it is (RFC 9110 10.1.4). With `coded` it is the compressed form whose bytes are wanted.
 */
char *http_ask(const struct http_asking *asking, size_t *size);

/*
 * May the user add this line, `Name: value`? NULL, or what is wrong: a static text. Fields that decide how a response
 * is framed, coded or cut are not for him; Host, User-Agent and Accept replace ours.
 */
const char *http_ask_header(const char *line);

#endif
