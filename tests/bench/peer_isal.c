/*
 * peer_isal.c: ISA-L's igzip, levels 0 to 3, raw streams. Only the first members of its two structures are named here,
 * as its public header has them; the rest is room that its own init functions fill.
 */
#include "tests/bench/corpus.h"
#include "tests/bench/load.h"
#include "tests/bench/peers.h"

#include <stdlib.h>

struct deflate_state {
    const uint8_t *next_in;
    uint32_t avail_in, total_in;
    uint8_t *next_out;
    uint32_t avail_out, total_out;
    void *tables;
    uint32_t level, level_size;
    uint8_t *level_memory;
    uint16_t end_of_stream, flush, gzip_flag, history_bits;
};

struct inflate_state {
    uint8_t *next_out;
    uint32_t avail_out, total_out;
    const uint8_t *next_in;
    uint64_t bits;
    uint32_t avail_in;
    int32_t bit_count;
};

enum {
    STATE_SIZE = 1 << 20, /* far more than either structure */
    DONE = 0
};

/* The memory that its header calls default for each level. */
static const uint32_t level_sizes[] = {0, 282624, 331776, 348160};

struct library {
    void (*deflate_init)(void *);
    void (*deflate_reset)(void *);
    int (*deflate)(void *);
    void (*inflate_init)(void *);
    void (*inflate_reset)(void *);
    int (*inflate)(void *);
    int (*inflate_stateless)(void *);
    uint32_t (*crc32)(uint32_t, const uint8_t *, uint64_t);
};

struct encoder {
    const struct library *library;
    struct deflate_state *state;
    uint32_t level;
    uint8_t *level_memory;
};

struct decoder {
    const struct library *library;
    struct inflate_state *state;
    uint8_t *room;
    size_t room_size;
};

static void *encoder(const struct codec *codec, int level, enum frame frame)
{
    struct encoder *e = bench_alloc(sizeof *e);

    if (frame != FRAME_RAW)
        return NULL;
    *e = (struct encoder){codec->library, bench_alloc(STATE_SIZE), (uint32_t)level, 
                          bench_alloc(level_sizes[level])};
    e->library->deflate_init(e->state);
    return e;
}

static size_t compress(void *object, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    struct encoder *e = object;
    struct deflate_state *s = e->state;

    e->library->deflate_reset(s);
    s->level = e->level;
    s->level_memory = e->level_memory;
    s->level_size = level_sizes[e->level];
    s->end_of_stream = 1;
    s->next_in = data;
    s->avail_in = (uint32_t)size;
    s->next_out = out;
    s->avail_out = (uint32_t)room;
    return e->library->deflate(s) == DONE && s->avail_in == 0 ? (size_t)(s->next_out - out) : 0;
}

static void discard_encoder(const struct codec *codec, void *object)
{
    struct encoder *e = object;

    (void)codec;
    free(e->state);
    free(e->level_memory);
    free(e);
}

static void *decoder(const struct codec *codec, enum frame frame)
{
    struct decoder *d = bench_alloc(sizeof *d);

    if (frame != FRAME_RAW)
        return NULL;
    *d = (struct decoder){.library = codec->library, .state = bench_alloc(STATE_SIZE)};
    d->library->inflate_init(d->state);
    return d;
}

static size_t decompress(void *object, const uint8_t *data, size_t size, uint8_t *out, size_t room)
{
    struct decoder *d = object;
    struct inflate_state *s = d->state;

    d->library->inflate_reset(s);
    s->next_in = data;
    s->avail_in = (uint32_t)size;
    s->next_out = out;
    s->avail_out = (uint32_t)room;
    return d->library->inflate_stateless(s) == DONE ? (size_t)(s->next_out - out) : 0;
}

static bool decompress_stream(void *object, const uint8_t *data, size_t size, struct cut cut, struct sink *sink)
{
    struct decoder *d = object;
    struct inflate_state *s = d->state;

    if (cut.output > d->room_size)
        d->room = bench_alloc(d->room_size = cut.output);
    d->library->inflate_reset(s);
    for (size_t at = 0; at < size; at += cut.input) {
        s->next_in = data + at;
        s->avail_in = (uint32_t)(size - at < cut.input ? size - at : cut.input);
        do {
            s->next_out = d->room;
            s->avail_out = (uint32_t)cut.output;
            if (d->library->inflate(s) != DONE)
                return false;
            sink->take(sink, d->room, cut.output - s->avail_out);
        } while (s->avail_out == 0);
    }
    return true;
}

static uint32_t crc32(const struct codec *codec, uint32_t crc, const uint8_t *data, size_t size)
{
    return ((const struct library *)codec->library)->crc32(crc, data, size);
}

bool peer_isal(struct codec *codec, const char *path)
{
    void *library = load_library("isal", path);
    struct library *lib;

    if (!library)
        return false;
    lib = bench_alloc(sizeof *lib);
    load_symbol(library, "isal_deflate_init", &lib->deflate_init);
    load_symbol(library, "isal_deflate_reset", &lib->deflate_reset);
    load_symbol(library, "isal_deflate", &lib->deflate);
    load_symbol(library, "isal_inflate_init", &lib->inflate_init);
    load_symbol(library, "isal_inflate_reset", &lib->inflate_reset);
    load_symbol(library, "isal_inflate", &lib->inflate);
    load_symbol(library, "isal_inflate_stateless", &lib->inflate_stateless);
    load_symbol(library, "crc32_gzip_refl", &lib->crc32);
    *codec = (struct codec){
        .name = "isal",
        .least_level = 0,
        .most_level = 3,
        .library = lib,
        .encoder = encoder,
        .compress = compress,
        .discard_encoder = discard_encoder,
        .decoder = decoder,
        .decompress = decompress,
        .decompress_stream = decompress_stream,
        .crc32 = crc32,
    };
    return true;
}
