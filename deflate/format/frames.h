/*
 * frames.h: the constants of the zlib frame (RFC 1950 2.2) and the gzip frame (RFC 1952 2.3).
 */
#ifndef SLUICE_FORMAT_FRAMES_H
#define SLUICE_FORMAT_FRAMES_H

enum {
    FRAME_METHOD_DEFLATE = 8, /* CM in both frames */

    ZLIB_WINDOW_SHIFT = 4,    /* CMF: CINFO is log2 of the window less 8 */
    ZLIB_CINFO_MAX = 7,
    ZLIB_CHECK_MODULUS = 31,  /* CMF * 256 + FLG is a multiple of this */
    ZLIB_FLAG_DICTIONARY = 32,
    ZLIB_LEVEL_SHIFT = 6,
    ZLIB_HEADER_SIZE = 2,
    ZLIB_TRAILER_SIZE = 4,

    GZIP_ID1 = 0x1f,
    GZIP_ID2 = 0x8b,
    GZIP_FLAG_TEXT = 1,
    GZIP_FLAG_HEADER_CRC = 2,
    GZIP_FLAG_EXTRA = 4,
    GZIP_FLAG_NAME = 8,
    GZIP_FLAG_COMMENT = 16,
    GZIP_FLAGS_RESERVED = 0xe0,
    GZIP_HEADER_SIZE = 10,
    GZIP_TRAILER_SIZE = 8,
    GZIP_OS_UNKNOWN = 255,
    GZIP_XFL_STRONGEST = 2,
    GZIP_XFL_FASTEST = 4
};

#endif
