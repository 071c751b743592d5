/*
 * inspect.h: what an encoder wrote, seen from outside: reads DEFLATE data token by token against the data that it must
 * stand for, and tells what it is made of.
 */
#ifndef TESTS_INSPECT_H
#define TESTS_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inspection {
    const char *wrong;  /* NULL, or what no encoder may write */
    uint64_t bits;      /* read, up to the end of the last block, or of the last whole one */
    size_t bytes;       /* of data that they stand for */
    bool last;          /* the last block has been read */
    size_t blocks[3];   /* by type (RFC 1951 3.2.3) */
    size_t empty[3];    /* those of them that stand for no byte */
    size_t matches;
    size_t farthest;    /* the largest distance */
    size_t before;      /* how far a distance reached before the first byte of data */
    unsigned least_distance_codes; /* of all dynamic blocks; 99: there was none */
    unsigned longest_litlen;       /* codeword in a dynamic block */
};

/*
 * Reads blocks until the last one or the end of the stream. Inside `data` all must be as written: what follows it is an
 * error. `history` bytes before `data` may be referred to.
 */
struct inspection inspect_deflate(const uint8_t *stream, size_t size, const uint8_t *data, size_t data_size,
                                  size_t history);

#endif
