/*
 * bits.h: a file read bit by bit, with the position of each bit.
 *
 * DEFLATE packs bits into bytes from the least significant one on (RFC 1951 3.1.1). This reader is for the eyes, not
 * for speed: it holds one buffer of the file and counts where it is.
 */
#ifndef APP_TOOL_BITS_H
#define APP_TOOL_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BITS_BUFFER_SIZE = 64 * 1024 };

struct bits {
    int fd;
    int error;         /* errno of a failed read, which is then taken for the end of the file; 0: none */
    bool ended;        /* nothing follows what is in the buffer */
    uint64_t before;   /* bytes of the file before the buffer */
    size_t size;       /* bytes in the buffer */
    size_t next;       /* bits of the buffer that have been taken; invariant: next <= 8 * size */
    uint8_t buffer[BITS_BUFFER_SIZE];
};

void bits_open(struct bits *b, int fd);

/* Are `count` more bits (at most 64) there? */
bool bits_have(struct bits *b, unsigned count);

/* Takes the next bit; it must be there. */
unsigned bits_take(struct bits *b);

/* The byte that lies `ahead` bytes behind the next one, when at the border of a byte; it must be there. */
uint8_t bits_peek_byte(const struct bits *b, size_t ahead);

/* The number of bits before the next one, and of those in the whole file once its end has been seen. */
uint64_t bits_position(const struct bits *b);
uint64_t bits_end(const struct bits *b);

#endif
