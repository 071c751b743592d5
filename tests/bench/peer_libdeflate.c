/* peer_libdeflate.c: libdeflate, levels 1 to 12, whole buffers only. The signatures are those of its public header. */
#include "tests/bench/corpus.h"
#include "tests/bench/load.h"
#include "tests/bench/peers.h"

#include <stdlib.h>

typedef size_t compress_function(void *compressor, const void *in, size_t in_size, void *out, size_t room);
typedef int decompress_function(void *decompressor, const void *in, size_t in_size, void *out, size_t room,
                                size_t *written);

struct library {
    void *(*alloc_compressor)(int level);
    void *(*alloc_decompressor)(void);
    void (*free_compressor)(void *);
    compress_function *compress[3];
    decompress_function *decompress[3];
    uint32_t (*adler32)(uint32_t, const void *, size_t);
    uint32_t (*crc32)(uint32_t, const void *, size_t);
};

struct encoder {
    void *compressor;
    compress_function *compress;
};

struct decoder {
    void *decompressor;
    decompress_function *decompress;
};

static void *encoder(const struct codec *codec, int level, enum frame frame)
{
    const struct library *lib = codec->library;
    struct encoder *e = bench_alloc(sizeof *e);

    *e = (struct encoder){lib->alloc_compressor(level), lib->compress[frame]};
    return e->compressor ? e : NULL;
}

static size_t compress(void *object, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    struct encoder *e = object;

    return e->compress(e->compressor, data, size, out, room);
}

static void discard_encoder(const struct codec *codec, void *object)
{
    ((const struct library *)codec->library)->free_compressor(((struct encoder *)object)->compressor);
    free(object);
}

static void *decoder(const struct codec *codec, enum frame frame)
{
    const struct library *lib = codec->library;
    struct decoder *d = bench_alloc(sizeof *d);

    *d = (struct decoder){lib->alloc_decompressor(), lib->decompress[frame]};
    return d->decompressor ? d : NULL;
}

static size_t decompress(void *object, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    struct decoder *d = object;
    size_t written = 0;

    return d->decompress(d->decompressor, data, size, out, room, &written) == 0 ? written : 0;
}

static uint32_t adler32(const struct codec *codec, uint32_t adler, const uint8_t *data, size_t size)
{
    return ((const struct library *)codec->library)->adler32(adler, data, size);
}

static uint32_t crc32(const struct codec *codec, uint32_t crc, const uint8_t *data, size_t size)
{
    return ((const struct library *)codec->library)->crc32(crc, data, size);
}

bool peer_libdeflate(struct codec *codec, const char *path)
{
    void *library = load_library("libdeflate", path);
    struct library *lib;

    if (!library)
        return false;
    lib = bench_alloc(sizeof *lib);
    load_symbol(library, "libdeflate_alloc_compressor", &lib->alloc_compressor);
    load_symbol(library, "libdeflate_free_compressor", &lib->free_compressor);
    load_symbol(library, "libdeflate_alloc_decompressor", &lib->alloc_decompressor);
    load_symbol(library, "libdeflate_deflate_compress", &lib->compress[FRAME_RAW]);
    load_symbol(library, "libdeflate_zlib_compress", &lib->compress[FRAME_ZLIB]);
    load_symbol(library, "libdeflate_gzip_compress", &lib->compress[FRAME_GZIP]);
    load_symbol(library, "libdeflate_deflate_decompress", &lib->decompress[FRAME_RAW]);
    load_symbol(library, "libdeflate_zlib_decompress", &lib->decompress[FRAME_ZLIB]);
    load_symbol(library, "libdeflate_gzip_decompress", &lib->decompress[FRAME_GZIP]);
    load_symbol(library, "libdeflate_adler32", &lib->adler32);
    load_symbol(library, "libdeflate_crc32", &lib->crc32);
    *codec = (struct codec){
        .name = "libdeflate",
        .least_level = 1,
        .most_level = 12,
        .library = lib,
        .encoder = encoder,
        .compress = compress,
        .discard_encoder = discard_encoder,
        .decoder = decoder,
        .decompress = decompress,
        .adler32 = adler32,
        .crc32 = crc32,
    };
    return true;
}
