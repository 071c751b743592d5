/*
 * compress.c: every encoder at every level on whole buffers, and each of our levels beside the peers' joint curve.
 */
#include "tests/bench/curve.h"
#include "tests/bench/encoders.h"
#include "tests/bench/picture.h"

#include <stdio.h>

/* The peers' curve on one file, or on all (item: the number of files). */
static void draw_curve(struct curve *curve, const struct encoder_race *race, size_t item)
{
    *curve = (struct curve){0};
    for (size_t i = 0; i < race->count; i++)
        if (encoder_is_peer(&race->jobs[i]) && !race->contenders[i].failed)
            curve_add(curve, (double)race->jobs[i].sizes[item], 1 / race->contenders[i].seconds[item],
                      race->jobs[i].name);
    curve_close(curve);
}

/* A build of ours beside the curve. */
static void print_beside(const struct curve *curve, double size, double speed)
{
    double there = curve_speed(curve, size);
    const struct curve_point *smallest = &curve->points[0];
    char where[80];

    curve_where(curve, size, where, sizeof where);
    if (there > 0)
        printf("   %5.2fx of %s", speed / there, where);
    else
        printf("   %5.2fx of %s, and %.2f %% smaller than it", speed / smallest->speed, smallest->name,
               100 * (1 - size / smallest->size));
}

static void print_table(const struct encoder_race *race, size_t item)
{
    struct curve curve;

    draw_curve(&curve, race, item);
    for (size_t i = 0; i < race->count; i++) {
        encoder_print(race, i, item);
        if (!encoder_is_peer(&race->jobs[i]) && !race->contenders[i].failed && curve.count > 0)
            print_beside(&curve, (double)race->jobs[i].sizes[item], 1 / race->contenders[i].seconds[item]);
        printf("\n");
    }
    fflush(stdout);
}

/* For each of our levels the file where it does worst beside the curve. */
static void print_worst(const struct encoder_race *race, const struct corpus *files)
{
    printf("\nworst file of each level, beside the curve there\n");
    for (size_t i = 0; i < race->count; i++) {
        double worst = 0;
        const char *name = NULL;

        if (!encoder_is_ours(&race->jobs[i]) || race->contenders[i].failed)
            continue;
        for (size_t item = 0; item < files->count; item++) {
            struct curve curve;
            double there;

            draw_curve(&curve, race, item);
            there = curve_speed(&curve, (double)race->jobs[i].sizes[item]);
            if (there > 0 && (!name || 1 / race->contenders[i].seconds[item] / there < worst)) {
                worst = 1 / race->contenders[i].seconds[item] / there;
                name = files->files[item].name;
            }
        }
        if (name)
            printf("%-14s %5.2fx on %s\n", race->jobs[i].name, worst, name);
    }
}

static void draw_picture(const struct encoder_race *race, const struct corpus *files, const char *path)
{
    struct picture picture = {.title = "DEFLATE encoders: speed against ratio"};

    for (size_t i = 0; i < race->count; i++)
        if (!race->contenders[i].failed)
            picture_point(&picture, race->jobs[i].codec->name, race->jobs[i].level,
                          (double)files->total / (double)race->jobs[i].sizes[files->count],
                          (double)files->total / race->contenders[i].seconds[files->count] / 1e6);
    picture_write(&picture, path);
}

void bench_compress(const struct bench *bench)
{
    const struct corpus *files = &bench->corpus;
    struct encoder_race *race = encoders_race(bench, files, (struct manner){0});

    printf("\n## compress, whole buffer\nsize, ratio, MB/s; for ours the speed beside the peers' joint curve at that "
           "size\n");
    for (size_t f = 0; f < files->count && bench->per_file; f++) {
        printf("\n%s, %zu bytes\n", files->files[f].name, files->files[f].size);
        print_table(race, f);
    }
    printf("\ntotal, %zu bytes\n", files->total);
    print_table(race, files->count);
    print_worst(race, files);
    if (bench->picture)
        draw_picture(race, files, bench->picture);
    encoders_free(race);
}
