/*
 * small.c: pieces of 1, 4 and 10 KB, each a stream of its own, with objects that are reused: what it costs to begin.
 */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES = 256, ROOM = 32 << 10 };

struct job {
    const struct codec *codec;
    void *object;
    char name[32];
    const struct corpus *pieces;
    struct corpus streams; /* decoding: what is decoded */
    size_t made;           /* encoding: bytes that the last run made */
};

static bool run_decoder(void *arg)
{
    struct job *j = arg;
    static uint8_t out[ROOM];

    for (size_t i = 0; i < j->streams.count; i++) {
        const struct sample_file *s = &j->streams.files[i];

        if (j->codec->decompress(j->object, s->data, s->size, out, j->pieces->files[i].size) !=
            j->pieces->files[i].size)
            return false;
    }
    return true;
}

static bool run_encoder(void *arg)
{
    struct job *j = arg;
    static uint8_t out[ROOM];

    j->made = 0;
    for (size_t i = 0; i < j->pieces->count; i++) {
        size_t n = j->codec->compress(j->object, j->pieces->files[i].data, j->pieces->files[i].size, out, sizeof out);

        if (n == 0)
            return false;
        j->made += n;
    }
    return true;
}

static void race_decoders(const struct bench *bench, const struct corpus *pieces, struct speed_table *table,
                          const char *label)
{
    struct job jobs[MOST_PEERS];
    struct contender contenders[MOST_PEERS];
    struct corpus streams = {0};
    struct maker maker;
    size_t n = 0;

    if (!bench_maker(bench, "zlib6", &maker))
        return;
    streams.files = bench_alloc(pieces->count * sizeof *streams.files);
    for (streams.count = 0; streams.count < pieces->count; streams.count++) {
        const struct sample_file *p = &pieces->files[streams.count];
        struct sample_file *s = &streams.files[streams.count];

        s->name = NULL;
        s->data = bench_make(&maker, p->data, p->size, &s->size);
    }
    for (size_t i = 0; i < bench->peer_count; i++) {
        void *decoder = bench->peers[i].decoder(&bench->peers[i], bench->frame);

        if (!decoder)
            continue;
        jobs[n] = (struct job){&bench->peers[i], decoder, "", pieces, streams, 0};
        contenders[n] = (struct contender){.name = bench->peers[i].name, .run = run_decoder, .arg = &jobs[n]};
        n++;
    }
    race_run(&bench->race, contenders, n);
    if (table->columns == 0)
        speed_head(table, "## decompress small streams (made by zlib6)", contenders, n);
    speed_row(table, label, pieces->total, contenders, true);
    corpus_free(&streams);
}

static void race_encoders(const struct bench *bench, const struct corpus *pieces, const char *label)
{
    struct job jobs[64];
    struct contender contenders[64];
    size_t n = 0;

    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *codec = &bench->peers[i];
        bool ours = i == 0 || strcmp(codec->name, "before") == 0;

        for (int level = codec->least_level; level <= codec->most_level && n < 64; level++) {
            bool chosen = (ours ? bench->levels : bench->peer_levels)[level] && (level == 1 || level % 3 == 0);
            void *encoder = chosen ? codec->encoder(codec, level, bench->frame) : NULL;

            if (!encoder)
                continue;
            jobs[n] = (struct job){.codec = codec, .object = encoder, .pieces = pieces};
            snprintf(jobs[n].name, sizeof jobs[n].name, "%s %d", codec->name, level);
            contenders[n] = (struct contender){.name = jobs[n].name, .run = run_encoder, .arg = &jobs[n]};
            n++;
        }
    }
    race_run(&bench->race, contenders, n);
    printf("\n%s: %zu pieces, %zu bytes; size, ratio, MB/s\n", label, pieces->count, pieces->total);
    for (size_t i = 0; i < n; i++) {
        if (contenders[i].seconds > 0)
            printf("%-14s %10zu %8.4f %9.1f\n", jobs[i].name, jobs[i].made,
                   (double)pieces->total / (double)jobs[i].made, (double)pieces->total / contenders[i].seconds / 1e6);
        else
            printf("%-14s failed\n", jobs[i].name);
    }
}

void bench_small(const struct bench *bench)
{
    static const struct {
        const char *label;
        size_t size;
    } sizes[] = {{"1 KB", 1000}, {"4 KB", 4000}, {"10 KB", 10000}};
    struct speed_table table = {0};
    struct corpus pieces;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pieces = corpus_pieces(&bench->corpus, sizes[i].size, PIECES);
        race_decoders(bench, &pieces, &table, sizes[i].label);
        corpus_free(&pieces);
    }
    printf("\n## compress small inputs\n");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pieces = corpus_pieces(&bench->corpus, sizes[i].size, PIECES);
        race_encoders(bench, &pieces, sizes[i].label);
        corpus_free(&pieces);
    }
}
