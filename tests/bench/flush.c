/*
 * flush.c: encoding as a stream: in 64 KiB pieces, where nothing should be lost beside the whole-buffer call, and
 * flushed (sync) after each message of 200 bytes to 2 KB, as a chat or a log does.
 */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHOLE = 0, BUFFER = 64 << 10, MOST_JOBS = 64 };

struct job {
    const struct codec *codec;
    void *encoder;
    char name[24];
    size_t piece;
    bool messages;
    const struct sample_file *file;
    uint8_t *out;
    size_t room, size;
    double total_size, total_seconds;
    bool failed;
};

static bool run(void *arg)
{
    struct job *j = arg;

    j->size = j->piece == WHOLE ? j->codec->compress(j->encoder, j->file->data, j->file->size, j->out, j->room)
                                : j->codec->compress_stream(j->encoder, j->file->data, j->file->size, j->piece,
                                                            j->messages, j->out, j->room);
    return j->size != 0;
}

static size_t enlist(const struct bench *bench, struct job jobs[MOST_JOBS], size_t piece, bool messages)
{
    size_t n = 0;

    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *codec = &bench->peers[i];
        bool ours = i == 0 || strcmp(codec->name, "before") == 0;

        if (!codec->compress_stream)
            continue;
        for (int level = codec->least_level; level <= codec->most_level && n < MOST_JOBS; level++) {
            bool chosen = (ours ? bench->levels : bench->peer_levels)[level] && (level == 1 || level % 3 == 0);
            void *encoder = chosen ? codec->encoder(codec, level, bench->frame) : NULL;

            if (!encoder)
                continue;
            jobs[n] = (struct job){.codec = codec, .encoder = encoder, .piece = piece, .messages = messages};
            snprintf(jobs[n].name, sizeof jobs[n].name, "%s %d", codec->name, level);
            n++;
        }
    }
    return n;
}

static void table_of(const struct bench *bench, const char *title, size_t piece, bool messages)
{
    static struct job jobs[MOST_JOBS];
    struct contender contenders[MOST_JOBS] = {{0}};
    size_t n = enlist(bench, jobs, piece, messages);

    for (size_t i = 0; i < n; i++)
        contenders[i] = (struct contender){.name = jobs[i].name, .run = run, .arg = &jobs[i]};
    for (size_t f = 0; f < bench->corpus.count; f++) {
        const struct sample_file *file = &bench->corpus.files[f];
        size_t room = bench_bound(file->size, piece);
        uint8_t *out = bench_alloc(room);

        for (size_t i = 0; i < n; i++) {
            jobs[i].file = file;
            jobs[i].out = out;
            jobs[i].room = room;
            if (run(&jobs[i]))
                bench_verify(bench, jobs[i].codec, jobs[i].name, out, jobs[i].size, file->data, file->size);
        }
        race_run(&bench->race, contenders, n);
        for (size_t i = 0; i < n; i++) {
            jobs[i].total_size += (double)jobs[i].size;
            jobs[i].total_seconds += contenders[i].seconds;
            jobs[i].failed |= contenders[i].seconds <= 0;
        }
        free(out);
    }
    printf("\n%s\nsize, ratio, MB/s over all files\n", title);
    for (size_t i = 0; i < n; i++) {
        double bytes = (double)bench->corpus.total;

        if (jobs[i].failed)
            printf("%-14s failed\n", jobs[i].name);
        else
            printf("%-14s %12.0f %8.4f %9.1f\n", jobs[i].name, jobs[i].total_size, bytes / jobs[i].total_size,
                   bytes / jobs[i].total_seconds / 1e6);
    }
    fflush(stdout);
}

void bench_flush(const struct bench *bench)
{
    table_of(bench, "## compress, whole buffer (for the next)", WHOLE, false);
    table_of(bench, "## compress as a stream, 64 KiB pieces", BUFFER, false);
    table_of(bench, "## compress, a sync flush after each 200 bytes", 200, true);
    table_of(bench, "## compress, a sync flush after each 2,000 bytes", 2000, true);
}
