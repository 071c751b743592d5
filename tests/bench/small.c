/*
 * small.c: pieces of 1, 4 and 10 KB, each a stream of its own, with objects that are reused: what it costs to begin.
 */
#include "tests/bench/decoders.h"
#include "tests/bench/encoders.h"

#include <stdio.h>

enum { PIECES = 256, SIZES = 3 };

static const struct {
    const char *label;
    size_t size;
} sizes[SIZES] = {{"1 KB", 1000}, {"4 KB", 4000}, {"10 KB", 10000}};

static void race_decoders(const struct bench *bench, const struct corpus *pieces, const char *label, bool head)
{
    struct decoder_race *race;
    struct maker maker;
    const char *name = bench_any_maker(bench, &maker);
    char title[80];

    if (!name)
        return;
    race = decoders_race(bench, pieces, &maker);
    snprintf(title, sizeof title, "## decompress small streams made by %s", name);
    if (head && race->count > 0)
        speed_head(title, race->contenders, race->count);
    if (race->count > 0)
        speed_row(label, pieces->total, race->contenders, race->count, pieces->count);
    decoders_free(race);
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
