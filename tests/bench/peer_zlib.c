/*
 * peer_zlib.c: zlib, or a library with its interface, levels 1 to 9, whole buffers and streams. The structure, the
 * signatures and the numbers are those of its public header, which need not be installed.
 */
#include "tests/bench/corpus.h"
#include "tests/bench/load.h"
#include "tests/bench/peers.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct stream {
    const uint8_t *next_in;
    unsigned avail_in;
    unsigned long total_in;
    uint8_t *next_out;
    unsigned avail_out;
    unsigned long total_out;
    const char *message;
    void *state;
    void *(*allocate)(void *, unsigned, unsigned);
    void (*release)(void *, void *);
    void *opaque;
    int data_type;
    unsigned long adler, reserved;
};

enum { DONE = 0, STREAM_END = 1, BUFFER_ERROR = -5 };
enum { NO_FLUSH = 0, SYNC_FLUSH = 2, FINISH = 4 };
enum { METHOD_DEFLATE = 8, MEMORY_LEVEL = 8, STRATEGY_DEFAULT = 0 };

struct library {
    int (*deflate_init)(struct stream *, int level, int method, int window_bits, int memory, int strategy,
                        const char *version, int stream_size);
    int (*deflate)(struct stream *, int flush);
    int (*deflate_end)(struct stream *);
    int (*deflate_reset)(struct stream *);
    int (*inflate_init)(struct stream *, int window_bits, const char *version, int stream_size);
    int (*inflate)(struct stream *, int flush);
    int (*inflate_reset)(struct stream *);
    unsigned long (*adler32)(unsigned long, const uint8_t *, unsigned);
    unsigned long (*crc32)(unsigned long, const uint8_t *, unsigned);
};

/* An encoder or a decoder. */
struct object {
    const struct library *library;
    struct stream stream;
    uint8_t *room;
    size_t room_size;
};

static int window_bits(enum frame frame)
{
    return frame == FRAME_RAW ? -15 : frame == FRAME_ZLIB ? 15 : 15 + 16;
}

static void *encoder(const struct codec *codec, int level, enum frame frame)
{
    struct object *o = bench_alloc(sizeof *o);

    *o = (struct object){.library = codec->library};
    return o->library->deflate_init(&o->stream, level, METHOD_DEFLATE, window_bits(frame), MEMORY_LEVEL,
                                    STRATEGY_DEFAULT, "1", (int)sizeof o->stream) == DONE
               ? o
               : NULL;
}

static size_t compress_stream(void *object, const uint8_t *data, size_t size, size_t piece, bool messages,
                              uint8_t *out, size_t room)
{
    struct object *o = object;
    int s = DONE;

    o->library->deflate_reset(&o->stream);
    o->stream.next_out = out;
    o->stream.avail_out = (unsigned)(room < UINT_MAX ? room : UINT_MAX);
    for (size_t at = 0; at < size && s == DONE; at += piece) {
        size_t n = size - at < piece ? size - at : piece;

        o->stream.next_in = data + at;
        o->stream.avail_in = (unsigned)n;
        s = o->library->deflate(&o->stream, at + n == size ? FINISH : messages ? SYNC_FLUSH : NO_FLUSH);
    }
    return s == STREAM_END ? (size_t)(o->stream.next_out - out) : 0;
}

static size_t compress(void *object, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    return compress_stream(object, data, size, size, false, out, room);
}

static void discard_encoder(const struct codec *codec, void *object)
{
    ((const struct library *)codec->library)->deflate_end(&((struct object *)object)->stream);
    free(object);
}

static void *decoder(const struct codec *codec, enum frame frame)
{
    struct object *o = bench_alloc(sizeof *o);

    *o = (struct object){.library = codec->library};
    return o->library->inflate_init(&o->stream, window_bits(frame), "1", (int)sizeof o->stream) == DONE ? o : NULL;
}

static size_t decompress(void *object, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    struct object *o = object;

    o->library->inflate_reset(&o->stream);
    o->stream.next_in = data;
    o->stream.avail_in = (unsigned)size;
    o->stream.next_out = out;
    o->stream.avail_out = (unsigned)room;
    return o->library->inflate(&o->stream, FINISH) == STREAM_END ? (size_t)(o->stream.next_out - out) : 0;
}

static bool decompress_stream(void *object, const uint8_t *data, size_t size, struct cut cut, struct sink *sink)
{
    struct object *o = object;
    int s = DONE;

    if (cut.output > o->room_size)
        o->room = bench_alloc(o->room_size = cut.output);
    o->library->inflate_reset(&o->stream);
    for (size_t at = 0; at < size && s == DONE; at += cut.input) {
        o->stream.next_in = data + at;
        o->stream.avail_in = (unsigned)(size - at < cut.input ? size - at : cut.input);
        do {
            o->stream.next_out = o->room;
            o->stream.avail_out = (unsigned)cut.output;
            s = o->library->inflate(&o->stream, NO_FLUSH);
            if (s == BUFFER_ERROR) /* nothing to do: the room was full just when the input ended */
                s = DONE;
            sink->take(sink, o->room, cut.output - o->stream.avail_out);
        } while (s == DONE && o->stream.avail_out == 0);
    }
    return s == STREAM_END;
}

static uint32_t adler32(const struct codec *codec, uint32_t adler, const uint8_t *data, size_t size)
{
    return (uint32_t)((const struct library *)codec->library)->adler32(adler, data, (unsigned)size);
}

static uint32_t crc32(const struct codec *codec, uint32_t crc, const uint8_t *data, size_t size)
{
    return (uint32_t)((const struct library *)codec->library)->crc32(crc, data, (unsigned)size);
}

bool peer_zlib(struct codec *codec, const char *path)
{
    void *library = load_library("zlib", path);
    struct library *lib;

    if (!library)
        return false;
    lib = bench_alloc(sizeof *lib);
    load_symbol(library, "deflateInit2_", &lib->deflate_init);
    load_symbol(library, "deflate", &lib->deflate);
    load_symbol(library, "deflateEnd", &lib->deflate_end);
    load_symbol(library, "deflateReset", &lib->deflate_reset);
    load_symbol(library, "inflateInit2_", &lib->inflate_init);
    load_symbol(library, "inflate", &lib->inflate);
    load_symbol(library, "inflateReset", &lib->inflate_reset);
    load_symbol(library, "adler32", &lib->adler32);
    load_symbol(library, "crc32", &lib->crc32);
    *codec = (struct codec){
        .name = "zlib",
        .least_level = 1,
        .most_level = 9,
        .library = lib,
        .encoder = encoder,
        .compress = compress,
        .discard_encoder = discard_encoder,
        .decoder = decoder,
        .decompress = decompress,
        .decompress_stream = decompress_stream,
        .compress_stream = compress_stream,
        .adler32 = adler32,
        .crc32 = crc32,
    };
    return true;
}
