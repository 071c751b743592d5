/*
 * flush.c: encoding as a stream: in 64 KiB pieces, where nothing should be lost beside the whole-buffer call, and
 * flushed (sync) after each message of 200 bytes to 2 KB, as a chat or a log does.
 */
#include "tests/bench/encoders.h"

#include <stdio.h>

static void table_of(const struct bench *bench, const char *title, struct manner manner)
{
    struct encoder_race *race = encoders_race(bench, &bench->corpus, manner);

    printf("\n%s\nsize, ratio, MB/s over all files\n", title);
    for (size_t i = 0; i < race->count; i++) {
        encoder_print(race, i, bench->corpus.count);
        printf("\n");
    }
    fflush(stdout);
    encoders_free(race);
}

void bench_flush(const struct bench *bench)
{
    table_of(bench, "## compress, whole buffer, to compare the next with", (struct manner){0, false, true});
    table_of(bench, "## compress as a stream, 64 KiB pieces", (struct manner){64 << 10, false, true});
    table_of(bench, "## compress, a sync flush after each 200 bytes", (struct manner){200, true, true});
    table_of(bench, "## compress, a sync flush after each 2,000 bytes", (struct manner){2000, true, true});
}
