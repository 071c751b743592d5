/*
 * small.c: pieces of 1, 4 and 10 KB, each a stream of its own, with objects that are reused: what it costs to begin.
 */
#include "tests/bench/encoders.h"

#include <stdio.h>
#include <stdlib.h>

enum { PIECES = 256, SIZES = 3 };

static const struct {
    const char *label;
    size_t size;
} sizes[SIZES] = {{"1 KB", 1000}, {"4 KB", 4000}, {"10 KB", 10000}};

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

static void race_decoders(const struct bench *bench, const struct corpus *pieces, const char *label, bool head)
{
    struct job jobs[MOST_PEERS];
    struct contender contenders[MOST_PEERS] = {{0}};
    struct corpus streams;
    struct maker maker;
    uint8_t *out = bench_alloc(bench_largest(pieces));
    const char *name = bench_any_maker(bench, &maker);
    char title[80];
    size_t n = 0;

    if (name) {
        streams = bench_make(&maker, pieces);
        for (size_t i = 0; i < bench->peer_count; i++) {
            void *decoder = bench->peers[i].decoder(&bench->peers[i], bench->frame);

            if (!decoder)
                continue;
            jobs[n] = (struct job){&bench->peers[i], decoder, pieces, &streams, out};
            contenders[n] = (struct contender){.name = bench->peers[i].name, .run = run, .arg = &jobs[n]};
            n++;
        }
        race_run(&bench->race, contenders, n, pieces->count);
        snprintf(title, sizeof title, "## decompress small streams made by %s", name);
        if (head && n > 0)
            speed_head(title, contenders, n);
        if (n > 0)
            speed_row(label, pieces->total, contenders, n, pieces->count);
        race_free(contenders, n);
        corpus_free(&streams);
    }
    free(out);
}

void bench_small(const struct bench *bench)
{
    struct corpus pieces[SIZES];

    for (size_t i = 0; i < SIZES; i++) {
        pieces[i] = corpus_pieces(&bench->corpus, sizes[i].size, PIECES);
        if (pieces[i].count > 0)
            race_decoders(bench, &pieces[i], sizes[i].label, i == 0);
    }
    printf("\n## compress small inputs\nsize, ratio, MB/s\n");
    for (size_t i = 0; i < SIZES; i++) {
        struct encoder_race *race = encoders_race(bench, &pieces[i], (struct manner){.few_levels = true});

        printf("\n%s: %zu pieces, %zu bytes\n", sizes[i].label, pieces[i].count, pieces[i].total);
        for (size_t k = 0; k < race->count && pieces[i].count > 0; k++) {
            encoder_print(race, k, pieces[i].count);
            printf("\n");
        }
        encoders_free(race);
        corpus_free(&pieces[i]);
    }
}
