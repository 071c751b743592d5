/* streams.c: makes the streams that are decoded, and verifies those that were made (bench.h). */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct codec *bench_peer(const struct bench *bench, const char *name)
{
    for (size_t i = 0; i < bench->peer_count; i++)
        if (strcmp(bench->peers[i].name, name) == 0)
            return &bench->peers[i];
    return NULL;
}

size_t bench_bound(size_t size, size_t piece)
{
    enum { FRAME = 64, FLUSH = 64 };

    return size + size / 8 + FRAME + (size / (piece ? piece : 1) + 1) * FLUSH;
}

bool bench_maker(const struct bench *bench, const char *name, struct maker *maker)
{
    char letters[32];
    size_t n = strcspn(name, "0123456789");

    snprintf(letters, sizeof letters, "%.*s", (int)n, name);
    maker->codec = bench_peer(bench, strcmp(letters, "own") == 0 ? "sluice" : letters);
    maker->encoder = maker->codec ? maker->codec->encoder(maker->codec, atoi(name + n), bench->frame) : NULL;
    return maker->encoder != NULL;
}

const char *bench_any_maker(const struct bench *bench, struct maker *maker)
{
    static const char *const names[] = {"zlib6", "libdeflate6", "own6"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (bench_maker(bench, names[i], maker))
            return names[i];
    return NULL;
}

struct corpus bench_make(const struct maker *maker, const struct corpus *files)
{
    struct corpus streams = {0};

    for (size_t i = 0; i < files->count; i++) {
        const struct sample_file *f = &files->files[i];
        size_t room = bench_bound(f->size, f->size);
        uint8_t *out = bench_alloc(room);
        size_t size = maker->codec->compress(maker->encoder, f->data, f->size, out, room);

        if (size == 0) {
            fprintf(stderr, "bench: %s failed to compress %s\n", maker->codec->name, f->name);
            exit(1);
        }
        corpus_add(&streams, f->name, out, size);
    }
    return streams;
}

size_t bench_largest(const struct corpus *files)
{
    size_t most = 0;

    for (size_t i = 0; i < files->count; i++)
        if (files->files[i].size > most)
            most = files->files[i].size;
    return most;
}

void bench_verify(const struct bench *bench, const struct codec *maker, const char *what, const uint8_t *stream,
                  size_t stream_size, const uint8_t *data, size_t size)
{
    uint8_t *back = bench_alloc(size);

    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *judge = &bench->peers[i];
        void *decoder = NULL;

        if (judge != maker && strcmp(judge->name, "before") != 0)
            decoder = judge->decoder(judge, bench->frame);
        if (!decoder)
            continue;
        if (judge->decompress(decoder, stream, stream_size, back, size) != size || memcmp(back, data, size) != 0) {
            fprintf(stderr, "bench: %s (%s) made of %s a stream that %s does not decode to it\n", maker->name, what,
                    what, judge->name);
            exit(1);
        }
        break;
    }
    free(back);
}
