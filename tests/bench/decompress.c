/*
 * decompress.c: whole buffers: every decoder on the same streams, which several encoders made (bench.h: from).
 */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job {
    const struct codec *codec;
    void *decoder;
    const uint8_t *stream;
    size_t stream_size;
    uint8_t *out;
    size_t size;
};

static bool run(void *arg)
{
    struct job *j = arg;

    return j->codec->decompress(j->decoder, j->stream, j->stream_size, j->out, j->size) == j->size;
}

/* One stream through every decoder. */
static void race_file(const struct bench *bench, const struct maker *maker, const struct sample_file *file,
                      struct job *jobs, struct contender *contenders, size_t n)
{
    size_t stream_size;
    uint8_t *stream = bench_make(maker, file->data, file->size, &stream_size);
    uint8_t *out = bench_alloc(file->size);

    for (size_t i = 0; i < n; i++) {
        jobs[i].stream = stream;
        jobs[i].stream_size = stream_size;
        jobs[i].out = out;
        jobs[i].size = file->size;
        memset(out, 0xa5, file->size);
        if (!run(&jobs[i]) || memcmp(out, file->data, file->size) != 0)
            fprintf(stderr, "bench: %s decodes %s, compressed by %s, wrongly\n", contenders[i].name, file->name,
                    maker->codec->name);
    }
    race_run(&bench->race, contenders, n);
    free(stream);
    free(out);
}

static void table_of(const struct bench *bench, const char *encoder)
{
    static const char *const frames[] = {"raw", "zlib", "gzip"};
    struct job jobs[MOST_PEERS];
    struct contender contenders[MOST_PEERS];
    struct speed_table table;
    struct maker maker;
    char title[128];
    size_t n = 0;

    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *codec = &bench->peers[i];
        void *decoder = codec->decoder ? codec->decoder(codec, bench->frame) : NULL;

        if (!decoder)
            continue;
        jobs[n] = (struct job){.codec = codec, .decoder = decoder};
        contenders[n] = (struct contender){.name = codec->name, .run = run, .arg = &jobs[n]};
        n++;
    }
    if (n == 0 || !bench_maker(bench, encoder, &maker)) {
        printf("\nstreams made by %s: absent\n", encoder);
        return;
    }
    snprintf(title, sizeof title, "## decompress, whole buffer, %s streams made by %s", frames[bench->frame], encoder);
    speed_head(&table, title, contenders, n);
    for (size_t f = 0; f < bench->corpus.count; f++) {
        const struct sample_file *file = &bench->corpus.files[f];

        race_file(bench, &maker, file, jobs, contenders, n);
        speed_row(&table, file->name, file->size, contenders, bench->per_file);
    }
    speed_total(&table);
}

void bench_decompress(const struct bench *bench)
{
    const char *list = bench->from;

    while (*list) {
        size_t span = strcspn(list, ",");
        char encoder[32];

        snprintf(encoder, sizeof encoder, "%.*s", (int)span, list);
        table_of(bench, encoder);
        list += span + (list[span] == ',');
    }
}
