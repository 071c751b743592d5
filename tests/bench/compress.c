/*
 * compress.c: every encoder at every level on whole buffers, and each of our levels beside the peers' joint curve.
 *
 * The curve: of all points (size, speed) of all peers those that no other beats in both; between two neighbours the
 * logarithm of the speed is taken as linear in the size. A level of ours is compared with the curve at its own size.
 * Where it is smaller than everything on the curve there is nothing to compare with, and it is said to be beyond.
 */
#include "tests/bench/bench.h"
#include "tests/bench/curve.h"
#include "tests/bench/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job {
    const struct codec *codec;
    int level;
    void *encoder;
    char name[24];
    const struct sample_file *file;
    uint8_t *out;
    size_t size; /* of the stream that the last run made */

    /* over all files */
    double total_size, total_seconds;
    bool failed;

    /* of ours: the file where it compares worst with the curve */
    double worst;
    const char *worst_file;
};

enum { MOST_JOBS = 64 };

static bool run(void *arg)
{
    struct job *j = arg;

    j->size = j->codec->compress(j->encoder, j->file->data, j->file->size, j->out,
                                 bench_bound(j->file->size, j->file->size));
    return j->size != 0;
}

static bool is_ours(const struct job *job)
{
    return strcmp(job->codec->name, "sluice") == 0;
}

static bool is_peer(const struct job *job)
{
    return !is_ours(job) && strcmp(job->codec->name, "before") != 0;
}

static size_t enlist(const struct bench *bench, struct job jobs[MOST_JOBS])
{
    size_t n = 0;

    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *codec = &bench->peers[i];
        struct job job = {.codec = codec, .worst = 1e9, .worst_file = ""};

        for (job.level = codec->least_level; job.level <= codec->most_level && n < MOST_JOBS; job.level++) {
            if (!(is_peer(&job) ? bench->peer_levels : bench->levels)[job.level])
                continue;
            job.encoder = codec->encoder(codec, job.level, bench->frame);
            if (!job.encoder)
                continue;
            snprintf(job.name, sizeof job.name, "%s %d", codec->name, job.level);
            jobs[n++] = job;
        }
    }
    return n;
}

/* The peers' curve on one file, or over all (file NULL). */
static void draw_curve(struct curve *curve, const struct job *jobs, const struct contender *contenders, size_t n,
                       const struct sample_file *file)
{
    *curve = (struct curve){0};
    for (size_t i = 0; i < n; i++) {
        double size = file ? (double)jobs[i].size : jobs[i].total_size;
        double seconds = file ? contenders[i].seconds : jobs[i].total_seconds;

        if (is_peer(&jobs[i]) && !jobs[i].failed && seconds > 0)
            curve_add(curve, size, 1 / seconds, jobs[i].name);
    }
    curve_close(curve);
}

static void race_file(const struct bench *bench, const struct sample_file *file, struct job *jobs,
                      struct contender *contenders, size_t n)
{
    uint8_t *out = bench_alloc(bench_bound(file->size, file->size));
    struct curve curve;

    for (size_t i = 0; i < n; i++) {
        jobs[i].file = file;
        jobs[i].out = out;
        if (run(&jobs[i]))
            bench_verify(bench, jobs[i].codec, jobs[i].name, out, jobs[i].size, file->data, file->size);
    }
    race_run(&bench->race, contenders, n);
    free(out);
    draw_curve(&curve, jobs, contenders, n, file);
    for (size_t i = 0; i < n; i++) {
        double there = curve_speed(&curve, (double)jobs[i].size);

        jobs[i].total_size += (double)jobs[i].size;
        jobs[i].total_seconds += contenders[i].seconds;
        jobs[i].failed |= contenders[i].seconds <= 0;
        if (there > 0 && contenders[i].seconds > 0 && 1 / contenders[i].seconds / there < jobs[i].worst) {
            jobs[i].worst = 1 / contenders[i].seconds / there;
            jobs[i].worst_file = file->name;
        }
    }
}

static void print_row(const struct job *job, double bytes, double size, double seconds, const struct curve *curve)
{
    double there = curve_speed(curve, size);
    char where[80];

    if (job->failed) {
        printf("%-14s failed\n", job->name);
        return;
    }
    printf("%-14s %12.0f %8.4f %9.1f", job->name, size, bytes / size, bytes / seconds / 1e6);
    if (curve->count > 0 && !is_peer(job)) {
        curve_where(curve, size, where, sizeof where);
        if (there > 0)
            printf("   %5.2fx of %s", 1 / seconds / there, where);
        else
            printf("   beyond the smallest peer (%s) by %.2f %%, %.2fx its speed", curve->points[0].name,
                   100 * (1 - size / curve->points[0].size), 1 / seconds / curve->points[0].speed);
    }
    printf("\n");
}

static void print_file(const struct sample_file *file, const struct job *jobs, const struct contender *contenders,
                       size_t n)
{
    struct curve curve;

    draw_curve(&curve, jobs, contenders, n, file);
    printf("\n%s, %zu bytes\n", file->name, file->size);
    for (size_t i = 0; i < n; i++)
        print_row(&jobs[i], (double)file->size, (double)jobs[i].size, contenders[i].seconds, &curve);
    fflush(stdout);
}

void bench_compress(const struct bench *bench)
{
    static struct job jobs[MOST_JOBS];
    struct contender contenders[MOST_JOBS] = {{0}};
    struct curve curve;
    double bytes = (double)bench->corpus.total;
    size_t n = enlist(bench, jobs);

    printf("\n## compress, whole buffer\nsize, ratio, MB/s; for ours the speed beside the peers' joint curve at that "
           "size\n");
    for (size_t i = 0; i < n; i++)
        contenders[i] = (struct contender){.name = jobs[i].name, .run = run, .arg = &jobs[i]};
    for (size_t f = 0; f < bench->corpus.count; f++) {
        race_file(bench, &bench->corpus.files[f], jobs, contenders, n);
        if (bench->per_file)
            print_file(&bench->corpus.files[f], jobs, contenders, n);
    }
    draw_curve(&curve, jobs, contenders, n, NULL);
    printf("\ntotal, %.0f bytes\n", bytes);
    for (size_t i = 0; i < n; i++) {
        print_row(&jobs[i], bytes, jobs[i].total_size, jobs[i].total_seconds, &curve);
        if (is_ours(&jobs[i]) && curve.count > 0 && jobs[i].worst < 1e9)
            printf("%-14s worst file: %.2fx on %s\n", "", jobs[i].worst, jobs[i].worst_file);
    }
    if (bench->picture) {
        struct picture picture = {.title = "DEFLATE encoders: speed against ratio"};

        for (size_t i = 0; i < n; i++)
            if (!jobs[i].failed && jobs[i].total_seconds > 0)
                picture_point(&picture, jobs[i].codec->name, jobs[i].level, bytes / jobs[i].total_size,
                              bytes / jobs[i].total_seconds / 1e6);
        picture_write(&picture, bench->picture);
    }
}
