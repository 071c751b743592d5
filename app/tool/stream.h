/*
 * stream.h: from a descriptor through the codec to a sink, a bounded piece at a time.
 */
#ifndef APP_TOOL_STREAM_H
#define APP_TOOL_STREAM_H

#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* Large enough that system calls cost nothing beside the codec, small enough for the second-level cache. */
    STREAM_BUFFER_SIZE = 256 * 1024,

    /* A name kept in a gzip header: no file system has longer ones. */
    STREAM_NAME_MAX = 4096
};

/* Takes `size` bytes of output: true, or false with errno. */
typedef bool stream_sink(void *user, const void *data, size_t size);

/* Told now and then how many bytes have been read and put out. */
typedef void stream_tick(void *user, uint64_t taken, uint64_t given);

/* The codec with its buffers; it is kept from file to file. */
struct codec {
    sluice_inflater *inflater; /* what decompresses, each made when it is needed; `ahead` if threads decode ahead */
    sluice_parallel_inflater *ahead;
    sluice_deflater *deflater; /* what compresses, likewise */
    sluice_parallel *parallel;
    uint8_t *input, *output;   /* STREAM_BUFFER_SIZE bytes each */
    int fd;
    bool ended;                /* the end of the input has been read */
    sluice_input in;           /* what is left of `input` */
    uint64_t taken, given;     /* bytes of the file read so far, and put out */
    stream_tick *tick;         /* called once a buffer with tick_user, or NULL */
    void *tick_user;
    sluice_gzip_header header; /* decompressing: that of the last gzip member */
    char name[STREAM_NAME_MAX];
};

enum stream_fault {
    STREAM_FINE,
    STREAM_DEFECT, /* of the stream: see status, where */
    STREAM_READ,   /* the input: see error */
    STREAM_WRITE,  /* the output: see error */
    STREAM_MEMORY
};

/* How a stream went. */
struct stream_end {
    enum stream_fault fault;
    int error;
    sluice_status status;
    sluice_position where;   /* of the defect, or of the end */
    uint64_t input, output;  /* bytes of the stream, and of what it holds */
    sluice_format format;
    bool garbage;            /* something follows the stream, not only zeros */
    uint32_t crc;            /* CRC-32 of the output, if asked for */
};

/* Gets the memory that all work needs: false without. */
bool stream_new(struct codec *codec);
void stream_free(struct codec *codec);

/* Turns to a new input. */
void stream_begin(struct codec *codec, int fd);

/* Reads the first `size` bytes, if the input has so many: gives how many of them are there, or -1 with errno. */
int stream_peek(struct codec *codec, size_t size, const uint8_t **bytes);

/*
 * Compresses all of the input. in_pieces: in parallel; otherwise only options->deflate counts. header: for gzip.
 * dictionary: for zlib and raw, or NULL.
 */
void stream_compress(struct codec *codec, const sluice_parallel_options *options, bool in_pieces,
                     const sluice_gzip_header *header, const void *dictionary, size_t dictionary_size,
                     stream_sink *sink, void *user, struct stream_end *end);

/*
 * Decompresses the stream that the input begins with, and looks at what follows it. threads: more than 1: with so many
 * that decode ahead. with_crc: end->crc is wanted.
 */
void stream_decompress(struct codec *codec, sluice_format format, const void *dictionary, size_t dictionary_size,
                       unsigned threads, bool with_crc, stream_sink *sink, void *user, struct stream_end *end);

/* Passes the input on as it is. */
void stream_copy(struct codec *codec, stream_sink *sink, void *user, struct stream_end *end);

#endif
