/*
 * peer_sluice.c: our own library as a codec of the races. It is loaded like any other, so that two builds of it can
 * race each other.
 */
#include "sluice.h"
#include "tests/bench/corpus.h"
#include "tests/bench/load.h"
#include "tests/bench/peers.h"

#include <stdlib.h>
#include <string.h>

struct library {
    sluice_deflate_options (*deflate_defaults)(void);
    sluice_deflater *(*deflate_new)(const sluice_deflate_options *, const sluice_allocator *);
    void (*deflate_free)(sluice_deflater *);
    sluice_status (*deflate_reset)(sluice_deflater *, const sluice_deflate_options *);
    sluice_status (*deflate)(sluice_deflater *, sluice_input *, sluice_output *, sluice_flush);
    sluice_status (*compress)(sluice_deflater *, const void *, size_t, void *, size_t, size_t *);
    sluice_inflate_options (*inflate_defaults)(void);
    sluice_inflater *(*inflate_new)(const sluice_inflate_options *, const sluice_allocator *);
    sluice_status (*inflate_reset)(sluice_inflater *, const sluice_inflate_options *);
    sluice_status (*inflate)(sluice_inflater *, sluice_input *, sluice_output *);
    sluice_status (*inflate_next)(sluice_inflater *, sluice_input *, const void **, size_t *);
    sluice_status (*decompress)(sluice_inflater *, const void *, size_t, void *, size_t, size_t *);
    uint32_t (*adler32)(uint32_t, const void *, size_t);
    uint32_t (*crc32)(uint32_t, const void *, size_t);
};

struct encoder {
    const struct library *library;
    sluice_deflater *deflater;
};

/* Two objects: one without a window for whole buffers, one with a window for streams. */
struct decoder {
    const struct library *library;
    sluice_inflater *whole, *streaming;
    uint8_t *room;
    size_t room_size;
};

static sluice_format format_of(enum frame frame)
{
    return frame == FRAME_RAW ? SLUICE_RAW : frame == FRAME_ZLIB ? SLUICE_ZLIB : SLUICE_GZIP;
}

static void *encoder(const struct codec *codec, int level, enum frame frame)
{
    const struct library *lib = codec->library;
    struct encoder *e = bench_alloc(sizeof *e);
    sluice_deflate_options options;

    if (!lib->compress || !lib->deflate_new || !lib->deflate_defaults)
        return NULL;
    options = lib->deflate_defaults();
    options.level = level;
    options.format = format_of(frame);
    *e = (struct encoder){lib, lib->deflate_new(&options, NULL)};
    return e->deflater ? e : NULL;
}

static size_t compress(void *object, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    struct encoder *e = object;
    size_t written = 0;

    return e->library->compress(e->deflater, data, size, out, room, &written) == SLUICE_OK ? written : 0;
}

static size_t compress_stream(void *object, const uint8_t *data, size_t size, size_t piece, bool messages,
                              uint8_t *out, size_t room)
{
    struct encoder *e = object;
    sluice_output o = {out, room, 0};
    sluice_status s = SLUICE_OK;

    e->library->deflate_reset(e->deflater, NULL);
    for (size_t at = 0; at < size && s >= 0; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        sluice_input in = {data + at, n, 0};

        s = e->library->deflate(e->deflater, &in, &o,
                                at + n == size ? SLUICE_FLUSH_FINISH
                                : messages     ? SLUICE_FLUSH_SYNC
                                               : SLUICE_FLUSH_NONE);
    }
    return s == SLUICE_END ? o.pos : 0;
}

static void discard_encoder(const struct codec *codec, void *object)
{
    ((const struct library *)codec->library)->deflate_free(((struct encoder *)object)->deflater);
    free(object);
}

static void *decoder(const struct codec *codec, enum frame frame)
{
    const struct library *lib = codec->library;
    struct decoder *d = bench_alloc(sizeof *d);
    sluice_inflate_options options;

    if (!lib->decompress || !lib->inflate_new || !lib->inflate_defaults)
        return NULL;
    options = lib->inflate_defaults();
    options.format = format_of(frame);
    *d = (struct decoder){.library = lib, .streaming = lib->inflate_new(&options, NULL)};
    options.flags = SLUICE_NO_WINDOW;
    d->whole = lib->inflate_new(&options, NULL);
    return d->whole && d->streaming ? d : NULL;
}

static size_t decompress(void *object, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    struct decoder *d = object;
    size_t written = 0;

    return d->library->decompress(d->whole, data, size, out, room, &written) == SLUICE_OK ? written : 0;
}

/* Gives to the sink what one piece of input decodes to. */
static sluice_status decode_piece(struct decoder *d, sluice_input *in, size_t output, struct sink *sink)
{
    sluice_status s;

    do {
        const void *span = d->room;
        size_t length;

        if (output) {
            sluice_output o = {d->room, output, 0};

            s = d->library->inflate(d->streaming, in, &o);
            length = o.pos;
        } else {
            s = d->library->inflate_next(d->streaming, in, &span, &length);
        }
        if (length > 0)
            sink->take(sink, span, length);
    } while (s == SLUICE_NEED_OUTPUT);
    return s;
}

static bool decompress_stream(void *object, const uint8_t *data, size_t size, struct cut cut, struct sink *sink)
{
    struct decoder *d = object;
    sluice_status s = SLUICE_NEED_INPUT;

    if (cut.output > d->room_size)
        d->room = bench_alloc(d->room_size = cut.output);
    d->library->inflate_reset(d->streaming, NULL);
    for (size_t at = 0; at < size && s == SLUICE_NEED_INPUT; at += cut.input) {
        sluice_input in = {data + at, size - at < cut.input ? size - at : cut.input, 0};

        s = decode_piece(d, &in, cut.output, sink);
    }
    return s == SLUICE_END;
}

static uint32_t adler32(const struct codec *codec, uint32_t adler, const uint8_t *data, size_t size)
{
    return ((const struct library *)codec->library)->adler32(adler, data, size);
}

static uint32_t crc32(const struct codec *codec, uint32_t crc, const uint8_t *data, size_t size)
{
    return ((const struct library *)codec->library)->crc32(crc, data, size);
}

bool peer_sluice(struct codec *codec, const char *name, const char *path)
{
    void *library = load_library(name, path);
    struct library *lib;

    if (!library)
        return false;
    lib = bench_alloc(sizeof *lib);
    load_symbol(library, "sluice_deflate_defaults", &lib->deflate_defaults);
    load_symbol(library, "sluice_deflate_new", &lib->deflate_new);
    load_symbol(library, "sluice_deflate_free", &lib->deflate_free);
    load_symbol(library, "sluice_deflate_reset", &lib->deflate_reset);
    load_symbol(library, "sluice_deflate", &lib->deflate);
    load_symbol(library, "sluice_compress", &lib->compress);
    load_symbol(library, "sluice_inflate_defaults", &lib->inflate_defaults);
    load_symbol(library, "sluice_inflate_new", &lib->inflate_new);
    load_symbol(library, "sluice_inflate_reset", &lib->inflate_reset);
    load_symbol(library, "sluice_inflate", &lib->inflate);
    load_symbol(library, "sluice_inflate_next", &lib->inflate_next);
    load_symbol(library, "sluice_decompress", &lib->decompress);
    load_symbol(library, "sluice_adler32", &lib->adler32);
    load_symbol(library, "sluice_crc32", &lib->crc32);
    *codec = (struct codec){
        .name = name,
        .least_level = 0,
        .most_level = SLUICE_LEVEL_STRONGEST,
        .library = lib,
        .encoder = encoder,
        .compress = compress,
        .discard_encoder = discard_encoder,
        .decoder = decoder,
        .decompress = decompress,
        .decompress_stream = decompress_stream,
        .compress_stream = compress_stream,
        .borrows = true,
        .adler32 = adler32,
        .crc32 = crc32,
    };
    return true;
}
