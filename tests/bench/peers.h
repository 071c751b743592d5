/*
 * peers.h: the codecs that race, ours among them, each loaded at run time and behind the same few functions.
 *
 * Ours comes from the libsluice.so beside the program, a second build of ours (to compare a change with what was
 * before it) from SLUICE_BENCH_BEFORE. A peer is looked for by its soname, or where the environment says:
 *
 *     SLUICE_BENCH_SLUICE, SLUICE_BENCH_BEFORE, SLUICE_BENCH_LIBDEFLATE, SLUICE_BENCH_ZLIB, SLUICE_BENCH_ISAL
 *
 * A codec that is not there is said to be absent and left out. Decoders live until the program ends.
 */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame { FRAME_RAW, FRAME_ZLIB, FRAME_GZIP };

/* How a stream is cut: input pieces of `input` bytes, output room of `output` bytes, or borrowed output (0). */
struct cut {
    size_t input, output;
};

/* Where decoded spans go. */
struct sink {
    void (*take)(struct sink *sink, const uint8_t *data, size_t size);
    const uint8_t *expected;
    size_t taken;
    bool differs;
};

struct codec {
    const char *name;
    int least_level, most_level; /* most below least: no encoder */
    void *library;               /* what the functions below belong to */

    /* NULL from encoder or decoder: the library does not have it, or not in this frame */
    void *(*encoder)(const struct codec *codec, int level, enum frame frame);
    size_t (*compress)(void *encoder, const uint8_t *data, size_t size, uint8_t *out, size_t room); /* 0: failed */
    void (*discard_encoder)(const struct codec *codec, void *encoder);
    void *(*decoder)(const struct codec *codec, enum frame frame);
    size_t (*decompress)(void *decoder, const uint8_t *data, size_t size, uint8_t *out, size_t room);

    /* Streaming, NULL where there is none. `messages`: each piece of input is flushed (sync) by itself. */
    bool (*decompress_stream)(void *decoder, const uint8_t *data, size_t size, struct cut cut, struct sink *sink);
    size_t (*compress_stream)(void *encoder, const uint8_t *data, size_t size, size_t piece, bool messages,
                              uint8_t *out, size_t room);
    bool borrows; /* decompress_stream knows cut.output 0 */

    uint32_t (*adler32)(const struct codec *codec, uint32_t adler, const uint8_t *data, size_t size);
    uint32_t (*crc32)(const struct codec *codec, uint32_t crc, const uint8_t *data, size_t size);
};

/* Each fills in the codec and gives true, or says on standard error what is not there. */
bool peer_sluice(struct codec *codec, const char *name, const char *path);
bool peer_libdeflate(struct codec *codec, const char *path);
bool peer_zlib(struct codec *codec, const char *path);
bool peer_isal(struct codec *codec, const char *path);

enum { MOST_PEERS = 8 };

/*
 * All that can be had and that `wanted` names (a list with commas; NULL: all), ours first if it is there.
 * `program` is argv[0], beside which our library is looked for. Gives their number.
 */
size_t peers_load(struct codec peers[MOST_PEERS], const char *program, const char *wanted);

/* Whether the list with commas has the word. NULL has all. */
bool list_has(const char *list, const char *word);

#endif
