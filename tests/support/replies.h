/*
 * replies.h: what a hostile server says, put together from parts: bytes, their compressed forms, and responses of HTTP.
 */
#ifndef TESTS_REPLIES_H
#define TESTS_REPLIES_H

#include "sluice.h"
#include "tests/support/hostile.h"

#include <stddef.h>

/* Bytes with a size, in memory that lasts until replies_forget(). */
struct bytes {
    const unsigned char *data;
    size_t size;
};

/* vectors/lorem.txt and its forms. */
extern struct bytes lorem, lorem_gz, lorem_zlib, lorem_raw;

/* Reads them; to be called once, at the top of the tree. */
void replies_make(void);

/* Gives back the memory of all that has been put together since. */
void replies_forget(void);

/* Memory to put bytes together in; ends the test when there is no more. */
unsigned char *room(size_t size);

struct bytes text(const char *text);
struct bytes part(struct bytes b, size_t from, size_t size);
struct bytes joined(struct bytes a, struct bytes b);
struct bytes coded(struct bytes plain, sluice_format format);

/* A copy whose byte at `at` has other bits: those of `mask` are flipped. */
struct bytes flipped(struct bytes b, size_t at, unsigned char mask);

/* In chunks of `chunk` bytes, with the last one and `trailer` (RFC 9112 7.1). */
struct bytes chunked(struct bytes b, size_t chunk, const char *trailer);

/* A response of HTTP: the head, and the body behind it. */
struct hostile_script reply(struct bytes body, const char *head, ...) __attribute__((format(printf, 2, 3)));

#define OK "HTTP/1.1 200 OK\r\n"
#define CLOSE "Connection: close\r\n"
#define GZIP "Content-Encoding: gzip\r\n"
#define DEFLATE "Content-Encoding: deflate\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

/* What a server of the bare protocol says. */
struct hostile_script bare_reply(struct bytes stream);

#endif
