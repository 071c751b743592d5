/*
 * http_site.h: a small site and the server that serves it over HTTP, in this process, for the tests of what its clients
 * meet with; and a client who asks for one thing and reads the answer.
 */
#ifndef TESTS_HTTP_SITE_H
#define TESTS_HTTP_SITE_H

#include "tests/support/folder.h"
#include "tests/support/http_answers.h"
#include "tests/support/serving.h"

struct site_file {
    const char *name;
    unsigned char *data;
    size_t size;
};

/*
 * Beside the files: folder/ with inner.txt ("inner"), site/ with index.html ("<p>index</p>"), .git/ with config,
 * .hidden, outside (a link out of it), fifo, and odd/ with names that a page must escape.
 */
struct site {
    struct folder folder;
    struct site_file lorem, text, noise, large, empty, packed; /* packed: text whose name says that it is a picture */
    struct serving serving;
    int port;
};
extern struct site site;

enum { SITE_LOREM = 335, SITE_TEXT = 59000, SITE_NOISE = 100000, SITE_LARGE = 6 * 1024 * 1024 };

void site_make(void);
void site_remove(void);

/* Serves it, until site_halt(): the log is in site.serving, until serving_forget(). */
void site_serve(struct server_options options);
void site_halt(void);

/* site_halt() for whom the log does not matter. */
void site_end(void);

/* A connection to the server. */
int site_dial(void);

/* All that the server says to these bytes, sent in pieces, until it closes. The caller frees it. */
unsigned char *site_converse(const char *request, size_t size, size_t piece, struct http_reading *reading);

/*
 * One request, "METHOD PATH" and further fields with their line ends, and its answer; site_done() gives both back.
 * What is said must be one whole response.
 */
unsigned char *site_ask(const char *what, const char *fields, struct http_got *got);
void site_done(unsigned char *data, struct http_got *got);

/* Does the answer have this field with this value (NULL: not at all)? If not it is told. */
bool site_field_is(const struct http_got *got, const char *name, const char *value);

/* Is this text in the content? */
bool site_has(const struct http_got *got, const char *text);

/* Checks that the content, decoded from "gzip" or "deflate" or (NULL) as it is, is what is wanted, and no byte more. */
void site_decoded_is(const struct http_got *got, const char *coding, const unsigned char *want, size_t size);

#endif
