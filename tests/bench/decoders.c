/* decoders.c: see decoders.h. */
#include "tests/bench/decoders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool run(void *arg, size_t item)
{
    struct decoder_job *j = arg;
    const struct sample_file *stream = &j->streams->files[item];
    size_t size = j->files->files[item].size;

    return j->codec->decompress(j->decoder, stream->data, stream->size, j->out, size) == size;
}

static void check(struct decoder_job *job, size_t item)
{
    const struct sample_file *file = &job->files->files[item];

    memset(job->out, 0xa5, file->size);
    if (!run(job, item) || memcmp(job->out, file->data, file->size) != 0)
        fprintf(stderr, "bench: %s decodes %s wrongly\n", job->codec->name, file->name);
}

struct decoder_race *decoders_race(const struct bench *bench, const struct corpus *files, const struct maker *maker)
{
    struct decoder_race *race = bench_alloc(sizeof *race);

    memset(race, 0, sizeof *race);
    race->streams = bench_make(maker, files);
    race->out = bench_alloc(bench_largest(files));
    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *codec = &bench->peers[i];
        void *decoder = codec->decoder ? codec->decoder(codec, bench->frame) : NULL;
        struct decoder_job *job = &race->jobs[race->count];

        if (!decoder)
            continue;
        *job = (struct decoder_job){codec, decoder, files, &race->streams, race->out};
        race->contenders[race->count] = (struct contender){.name = codec->name, .run = run, .arg = job};
        for (size_t item = 0; item < files->count; item++)
            check(job, item);
        race->count++;
    }
    race_run(&bench->race, race->contenders, race->count, files->count);
    return race;
}

void decoders_free(struct decoder_race *race)
{
    race_free(race->contenders, race->count);
    corpus_free(&race->streams);
    free(race->out);
    free(race);
}
