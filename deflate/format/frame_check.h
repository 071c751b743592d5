/*
 * frame_check.h: the checksum of the data that stands behind it: Adler-32 in the zlib frame, CRC-32 in the gzip frame,
 * none in raw DEFLATE.
 */
#ifndef SLUICE_FORMAT_FRAME_CHECK_H
#define SLUICE_FORMAT_FRAME_CHECK_H

#include "sluice.h"

static inline uint32_t frame_check_start(sluice_format format) { return format == SLUICE_ZLIB ? 1 : 0; }

static inline uint32_t frame_check(sluice_format format, uint32_t check, const void *data, size_t size)
{
    return format == SLUICE_ZLIB   ? sluice_adler32(check, data, size)
           : format == SLUICE_GZIP ? sluice_crc32(check, data, size)
                                   : check;
}

/* Of two pieces, from that of each and the size of the second. */
static inline uint32_t frame_check_combine(sluice_format format, uint32_t first, uint32_t second, uint64_t second_size)
{
    return format == SLUICE_ZLIB   ? sluice_adler32_combine(first, second, second_size)
           : format == SLUICE_GZIP ? sluice_crc32_combine(first, second, second_size)
                                   : first;
}

#endif
