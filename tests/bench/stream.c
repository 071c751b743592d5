/*
 * stream.c: decoding in pieces: 64 KiB and 1,460 bytes (a network segment) at a time, into a 64 KiB buffer or borrowed,
 * beside our own whole-buffer call, which is the first column.
 */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 64 << 10, SEGMENT = 1460, MOST_JOBS = 16 };

struct job {
    const struct codec *codec;
    void *decoder;
    bool whole;
    struct cut cut;
    char name[32];
    const uint8_t *stream;
    size_t stream_size;
    uint8_t *out;
    const struct sample_file *file;
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

static bool run(void *arg)
{
    struct job *j = arg;
    struct sink sink = {.take = count};

    if (j->whole)
        return j->codec->decompress(j->decoder, j->stream, j->stream_size, j->out, j->file->size) == j->file->size;
    return j->codec->decompress_stream(j->decoder, j->stream, j->stream_size, j->cut, &sink) &&
           sink.taken == j->file->size;
}

/* Once, with each byte compared. */
static bool is_right(struct job *j)
{
    struct sink sink = {.take = compare, .expected = j->file->data};

    if (j->whole)
        return run(j) && memcmp(j->out, j->file->data, j->file->size) == 0;
    return j->codec->decompress_stream(j->decoder, j->stream, j->stream_size, j->cut, &sink) && !sink.differs &&
           sink.taken == j->file->size;
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
            void *decoder;

            if (ways[w].whole ? i > 0 && codec->decompress_stream != NULL
                              : !codec->decompress_stream || (ways[w].cut.output == 0 && !codec->borrows))
                continue;
            decoder = codec->decoder(codec, bench->frame);
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
    struct speed_table table;
    struct maker maker;
    size_t n = enlist(bench, jobs);

    if (n == 0 || !bench_maker(bench, "zlib6", &maker)) {
        printf("\nstream: no decoder or no zlib\n");
        return;
    }
    for (size_t i = 0; i < n; i++)
        contenders[i] = (struct contender){.name = jobs[i].name, .run = run, .arg = &jobs[i]};
    speed_head(&table, "## decompress as a stream (made by zlib6)", contenders, n);
    for (size_t f = 0; f < bench->corpus.count; f++) {
        const struct sample_file *file = &bench->corpus.files[f];
        size_t stream_size;
        uint8_t *stream = bench_make(&maker, file->data, file->size, &stream_size);
        uint8_t *out = bench_alloc(file->size);

        for (size_t i = 0; i < n; i++) {
            jobs[i].stream = stream;
            jobs[i].stream_size = stream_size;
            jobs[i].out = out;
            jobs[i].file = file;
            if (!is_right(&jobs[i]))
                fprintf(stderr, "bench: %s decodes %s wrongly\n", jobs[i].name, file->name);
        }
        race_run(&bench->race, contenders, n);
        speed_row(&table, file->name, file->size, contenders, bench->per_file);
        free(stream);
        free(out);
    }
    speed_total(&table);
}
