/*
 * stream.c: decoding in pieces: 64 KiB and 1,460 bytes (a network segment) at a time, into a 64 KiB buffer or borrowed,
 * beside our own whole-buffer call, which is the first column.
 */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 64 << 10, SEGMENT = 1460, MOST_JOBS = 20 };

struct job {
    const struct codec *codec;
    void *decoder;
    bool whole;
    struct cut cut;
    char name[32];
    const struct corpus *files, *streams;
    uint8_t *out;
};

static void compare(struct sink *sink, const uint8_t *data, size_t size)
{
    if (memcmp(sink->expected + sink->taken, data, size) != 0)
        sink->differs = true;
    sink->taken += size;
}

static void count(struct sink *sink, const uint8_t *data, size_t size)
{
    (void)data;
    sink->taken += size;
}

static bool decode(struct job *j, size_t item, struct sink *sink)
{
    const struct sample_file *stream = &j->streams->files[item];
    size_t size = j->files->files[item].size;

    if (j->whole)
        return j->codec->decompress(j->decoder, stream->data, stream->size, j->out, size) == size;
    return j->codec->decompress_stream(j->decoder, stream->data, stream->size, j->cut, sink) && sink->taken == size;
}

static bool run(void *arg, size_t item)
{
    struct sink sink = {.take = count};

    return decode(arg, item, &sink);
}

static void check(struct job *job, size_t item)
{
    const struct sample_file *file = &job->files->files[item];
    struct sink sink = {.take = compare, .expected = file->data};

    if (!decode(job, item, &sink) || sink.differs || (job->whole && memcmp(job->out, file->data, file->size) != 0))
        fprintf(stderr, "bench: %s decodes %s wrongly\n", job->name, file->name);
}

static size_t enlist(const struct bench *bench, struct job jobs[MOST_JOBS])
{
    static const struct {
        const char *name;
        bool whole;
        struct cut cut;
    } ways[] = {
        {"whole", true, {0, 0}},
        {"64K>64K", false, {BUFFER, BUFFER}},
        {"64K lent", false, {BUFFER, 0}},
        {"1460>64K", false, {SEGMENT, BUFFER}},
        {"1460 lent", false, {SEGMENT, 0}},
    };
    size_t n = 0;

    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *codec = &bench->peers[i];

        for (size_t w = 0; w < sizeof ways / sizeof ways[0] && n < MOST_JOBS; w++) {
            bool streams = codec->decompress_stream && (ways[w].cut.output != 0 || codec->borrows);
            bool wanted = ways[w].whole ? i == 0 || !codec->decompress_stream : streams;
            void *decoder = wanted ? codec->decoder(codec, bench->frame) : NULL;

            if (!decoder)
                continue;
            jobs[n] = (struct job){.codec = codec, .decoder = decoder, .whole = ways[w].whole, .cut = ways[w].cut};
            snprintf(jobs[n].name, sizeof jobs[n].name, "%.9s %s", codec->name, ways[w].name);
            n++;
        }
    }
    return n;
}

void bench_stream(const struct bench *bench)
{
    struct job jobs[MOST_JOBS];
    struct contender contenders[MOST_JOBS] = {{0}};
    struct corpus streams;
    struct maker maker;
    uint8_t *out;
    size_t n = enlist(bench, jobs);
    const char *name = bench_any_maker(bench, &maker);
    char title[80];

    if (n == 0 || !name) {
        printf("\nstream: nothing to decode, or with\n");
        return;
    }
    streams = bench_make(&maker, &bench->corpus);
    out = bench_alloc(bench_largest(&bench->corpus));
    for (size_t i = 0; i < n; i++) {
        jobs[i].files = &bench->corpus;
        jobs[i].streams = &streams;
        jobs[i].out = out;
        contenders[i] = (struct contender){.name = jobs[i].name, .run = run, .arg = &jobs[i]};
        for (size_t item = 0; item < streams.count; item++)
            check(&jobs[i], item);
    }
    race_run(&bench->race, contenders, n, streams.count);
    snprintf(title, sizeof title, "## decompress as a stream, made by %s", name);
    speed_table(title, contenders, n, &bench->corpus, bench->per_file);
    race_free(contenders, n);
    corpus_free(&streams);
    free(out);
}
