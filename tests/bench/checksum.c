/*
 * checksum.c: Adler-32 and CRC-32 of all codecs, on data that is in the first-level cache or not far from it, at an
 * address that is not aligned.
 */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

struct job {
    const struct codec *codec;
    uint32_t (*sum)(const struct codec *, uint32_t, const uint8_t *, size_t);
    const uint8_t *data;
    size_t size;
    uint32_t result;
};

enum { CALLS = 64 }; /* in one run, each continuing the last one's sum, as the calls of a stream do */

static bool run(void *arg, size_t item)
{
    struct job *j = arg;

    (void)item;
    j->result = 1;
    for (int i = 0; i < CALLS; i++)
        j->result = j->sum(j->codec, j->result, j->data, j->size);
    return true;
}

static void table_of(const struct bench *bench, bool adler, const uint8_t *data)
{
    static const size_t sizes[] = {16, 64, 100, 258, 1000, 4096, 65536, 1 << 20};
    struct job jobs[MOST_PEERS];
    struct contender contenders[MOST_PEERS] = {{0}};
    size_t n = 0;

    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *codec = &bench->peers[i];

        jobs[n] = (struct job){.codec = codec, .sum = adler ? codec->adler32 : codec->crc32, .data = data};
        contenders[n] = (struct contender){.name = codec->name, .run = run, .arg = &jobs[n]};
        if (jobs[n].sum)
            n++;
    }
    speed_head(adler ? "## Adler-32" : "## CRC-32", contenders, n);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        char label[32];

        for (size_t i = 0; i < n; i++)
            jobs[i].size = sizes[s];
        race_run(&bench->race, contenders, n, 1);
        for (size_t i = 1; i < n; i++)
            if (jobs[i].result != jobs[0].result)
                fprintf(stderr, "bench: %s's sum of %zu bytes is not %s's\n", contenders[i].name, sizes[s],
                        contenders[0].name);
        snprintf(label, sizeof label, "%d calls of %zu", CALLS, sizes[s]);
        speed_row(label, sizes[s] * CALLS, contenders, n, 1);
        race_free(contenders, n);
    }
}

void bench_checksum(const struct bench *bench)
{
    enum { MOST = 1 << 20, ASIDE = 3 };
    uint8_t *data = bench_alloc(MOST + ASIDE);

    for (size_t i = 0; i < MOST + ASIDE; i++)
        data[i] = (uint8_t)(i * i >> 7 ^ i);
    table_of(bench, true, data + ASIDE);
    table_of(bench, false, data + ASIDE);
    free(data);
}
