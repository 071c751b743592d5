/*
 * hello.h: a few streams of some bytes, and one step of the decoder with them.
 */
#ifndef TESTS_HELLO_H
#define TESTS_HELLO_H

#include "sluice.h"

#include <stddef.h>
#include <stdint.h>

enum { HELLO = 20, HELLO_ZLIB = 18, RAW_FROM = 2, RAW_SIZE = HELLO_ZLIB - 6, MEMBER = 24, EMPTY_MEMBER = 20 };

/* "hello, hello, hello\n", its stream by zlib, which is bare from RAW_FROM on. */
extern const char hello[HELLO + 1];
extern const uint8_t hello_zlib[HELLO_ZLIB];

/* A gzip member of no output; and three of one stored byte each: "a", "b", "c", which hello_make() makes. */
extern const uint8_t hello_empty_member[EMPTY_MEMBER];
extern uint8_t hello_members[3 * MEMBER];
void hello_make(void);

/* The default options with this format, and a decoder of them. */
sluice_inflate_options hello_options(sluice_format format);
sluice_inflater *hello_inflater(sluice_format format);

/* One step with so much input and so much room; *in_used and *out_used may be NULL. */
sluice_status hello_step(sluice_inflater *s, const void *data, size_t size, void *room, size_t room_size,
                         size_t *in_used, size_t *out_used);

#endif
