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
    const struct corpus *files, *streams;
    uint8_t *out;
};

static bool run(void *arg, size_t item)
{
    struct job *j = arg;
    const struct sample_file *stream = &j->streams->files[item];
    size_t size = j->files->files[item].size;

    return j->codec->decompress(j->decoder, stream->data, stream->size, j->out, size) == size;
}

static void check(struct job *job, size_t item)
{
    const struct sample_file *file = &job->files->files[item];

    memset(job->out, 0xa5, file->size);
    if (!run(job, item) || memcmp(job->out, file->data, file->size) != 0)
        fprintf(stderr, "bench: %s decodes %s wrongly\n", job->codec->name, file->name);
}

static void table_of(const struct bench *bench, const char *encoder)
{
    static const char *const frames[] = {"raw", "zlib", "gzip"};
    struct job jobs[MOST_PEERS];
    struct contender contenders[MOST_PEERS] = {{0}};
    struct corpus streams;
    struct maker maker;
    uint8_t *out;
    char title[128];
    size_t n = 0;

    if (!bench_maker(bench, encoder, &maker)) {
        printf("\nstreams made by %s: absent\n", encoder);
        return;
    }
    streams = bench_make(&maker, &bench->corpus);
    out = bench_alloc(bench_largest(&bench->corpus));
    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *codec = &bench->peers[i];
        void *decoder = codec->decoder ? codec->decoder(codec, bench->frame) : NULL;

        if (!decoder)
            continue;
        jobs[n] = (struct job){codec, decoder, &bench->corpus, &streams, out};
        contenders[n] = (struct contender){.name = codec->name, .run = run, .arg = &jobs[n]};
        for (size_t item = 0; item < streams.count; item++)
            check(&jobs[n], item);
        n++;
    }
    if (n > 0) {
        snprintf(title, sizeof title, "## decompress, whole buffer, %s streams made by %s", frames[bench->frame],
                 encoder);
        race_run(&bench->race, contenders, n, streams.count);
        speed_table(title, contenders, n, &bench->corpus, bench->per_file);
        race_free(contenders, n);
    }
    corpus_free(&streams);
    free(out);
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
