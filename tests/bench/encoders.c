/* encoders.c: see encoders.h. */
#include "tests/bench/encoders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool encoder_is_ours(const struct encoder_job *job)
{
    return strcmp(job->codec->name, "sluice") == 0;
}

bool encoder_is_peer(const struct encoder_job *job)
{
    return !encoder_is_ours(job) && strcmp(job->codec->name, "before") != 0;
}

static bool run(void *arg, size_t item)
{
    struct encoder_job *j = arg;
    const struct sample_file *file = &j->files->files[item];

    if (j->manner.piece == 0)
        j->sizes[item] = j->codec->compress(j->encoder, file->data, file->size, j->out, j->room);
    else
        j->sizes[item] = j->codec->compress_stream(j->encoder, file->data, file->size, j->manner.piece,
                                                   j->manner.messages, j->out, j->room);
    return j->sizes[item] != 0;
}

static bool is_chosen(const struct bench *bench, const struct encoder_job *job)
{
    if (job->manner.piece != 0 && !job->codec->compress_stream)
        return false;
    if (job->manner.few_levels && job->level != 1 && job->level % 3 != 0)
        return false;
    return (encoder_is_peer(job) ? bench->peer_levels : bench->levels)[job->level];
}

static void enlist(const struct bench *bench, struct encoder_race *race, const struct corpus *files,
                   struct manner manner)
{
    size_t room = bench_bound(bench_largest(files), manner.piece);
    uint8_t *out = bench_alloc(room);

    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *codec = &bench->peers[i];
        struct encoder_job job = {.codec = codec, .manner = manner, .files = files, .out = out, .room = room};

        for (job.level = codec->least_level; job.level <= codec->most_level; job.level++) {
            job.encoder = is_chosen(bench, &job) ? codec->encoder(codec, job.level, bench->frame) : NULL;
            if (!job.encoder || race->count == MOST_ENCODERS)
                continue;
            job.sizes = bench_alloc((files->count + 1) * sizeof *job.sizes);
            snprintf(job.name, sizeof job.name, "%s %d", codec->name, job.level);
            race->jobs[race->count] = job;
            race->contenders[race->count] =
                (struct contender){.name = race->jobs[race->count].name, .run = run, .arg = &race->jobs[race->count]};
            race->count++;
        }
    }
    if (race->count == 0)
        free(out);
}

static void verify(const struct bench *bench, struct encoder_job *job)
{
    job->sizes[job->files->count] = 0;
    for (size_t item = 0; item < job->files->count; item++) {
        const struct sample_file *file = &job->files->files[item];

        if (run(job, item))
            bench_verify(bench, job->codec, job->name, job->out, job->sizes[item], file->data, file->size);
        job->sizes[job->files->count] += job->sizes[item];
    }
}

struct encoder_race *encoders_race(const struct bench *bench, const struct corpus *files, struct manner manner)
{
    struct encoder_race *race = bench_alloc(sizeof *race);

    memset(race, 0, sizeof *race);
    enlist(bench, race, files, manner);
    for (size_t i = 0; i < race->count; i++)
        verify(bench, &race->jobs[i]);
    race_run(&bench->race, race->contenders, race->count, files->count);
    return race;
}

void encoders_free(struct encoder_race *race)
{
    race_free(race->contenders, race->count);
    if (race->count > 0)
        free(race->jobs[0].out);
    for (size_t i = 0; i < race->count; i++) {
        free(race->jobs[i].sizes);
        race->jobs[i].codec->discard_encoder(race->jobs[i].codec, race->jobs[i].encoder);
    }
    free(race);
}

void encoder_print(const struct encoder_race *race, size_t i, size_t item)
{
    const struct encoder_job *j = &race->jobs[i];
    bool all = item == j->files->count;
    double bytes = (double)(all ? j->files->total : j->files->files[item].size);

    if (race->contenders[i].failed)
        printf("%-14s failed", j->name);
    else
        printf("%-14s %12zu %8.4f %9.1f", j->name, j->sizes[item], bytes / (double)j->sizes[item],
               bytes / race->contenders[i].seconds[item] / 1e6);
}
