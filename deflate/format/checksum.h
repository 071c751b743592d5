/*
 * checksum.h: the ways to compute a checksum that a machine offers.
 *
 * Each way gives the same result. The public functions use the best; the tests go through all.
 */
#ifndef SLUICE_FORMAT_CHECKSUM_H
#define SLUICE_FORMAT_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* As sluice_adler32() and sluice_crc32(). */
typedef uint32_t checksum_function(uint32_t sum, const uint8_t *data, size_t size);

struct checksum_path {
    const char *name;
    checksum_function *sum;
};

enum { CHECKSUM_PATHS_MAX = 4 };

/* Fills in the ways that this machine can go, the best first, plain C last, and gives their number. */
unsigned sluice_adler32_paths(struct checksum_path paths[CHECKSUM_PATHS_MAX]);
unsigned sluice_crc32_paths(struct checksum_path paths[CHECKSUM_PATHS_MAX]);

/* Those of them that need instructions beyond plain C: none in the portable build (adler32_x86.c, crc32_x86.c). */
unsigned sluice_adler32_simd_paths(struct checksum_path paths[CHECKSUM_PATHS_MAX - 1]);
unsigned sluice_crc32_simd_paths(struct checksum_path paths[CHECKSUM_PATHS_MAX - 1]);

#endif
