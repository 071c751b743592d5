/*
 * decompress.c: whole buffers: every decoder on the same streams, which several encoders made (bench.h: from).
 */
#include "tests/bench/decoders.h"

#include <stdio.h>
#include <string.h>

static void table_of(const struct bench *bench, const char *encoder)
{
    static const char *const frames[] = {"raw", "zlib", "gzip"};
    struct decoder_race *race;
    struct maker maker;
    char title[128];

    if (!bench_maker(bench, encoder, &maker)) {
        printf("\nstreams made by %s: absent\n", encoder);
        return;
    }
    race = decoders_race(bench, &bench->corpus, &maker);
    snprintf(title, sizeof title, "## decompress, whole buffer, %s streams made by %s", frames[bench->frame], encoder);
    if (race->count > 0)
        speed_table(title, race->contenders, race->count, &bench->corpus, bench->per_file);
    decoders_free(race);
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
