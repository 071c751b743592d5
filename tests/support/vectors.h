/*
 * vectors.h: the streams below vectors/ and what vectors/MANIFEST says of them.
 */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include "tests/support/reference.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One line of the MANIFEST, whose head explains the columns. */
struct vector {
    struct vector *next;
    char file[80];       /* below vectors/ */
    char dictionary[80]; /* likewise; empty: none */
    struct reference_options options;
    sluice_status status;
    uint64_t bit;        /* position of the end of the stream, or of its defect */
    size_t output_size;
    uint32_t output_crc; /* CRC-32 of the output */
    char why[160];       /* provenance */

    uint8_t *stream;
    size_t stream_size;
};

/* All vectors, in the MANIFEST's order, from the folder vectors/; to be called once. Ends the program if it cannot. */
struct vector *vectors_load(void);

/* Writes a vector's line of the MANIFEST. */
void vectors_print(FILE *to, const struct vector *v);

/* A file below vectors/, in memory that stays; ends the program if it cannot be read. One 0 follows it. */
uint8_t *vectors_read(const char *file, size_t *size);

/* The status with this name; false if there is none. */
bool vectors_status(const char *name, sluice_status *status);

/* The format that a vector's column or source names; false if there is none. */
bool vectors_format(const char *name, sluice_format *format);

#endif
