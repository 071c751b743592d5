/*
 * main.c: the benchmark's command line. Never part of a test: it says how fast, the tests say how right.
 */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct part {
    const char *name;
    void (*run)(const struct bench *);
} parts[] = {
    {"checksum", bench_checksum}, {"decompress", bench_decompress}, {"stream", bench_stream},
    {"compress", bench_compress}, {"small", bench_small},           {"flush", bench_flush},
    {"worst", bench_worst},         {"slow", bench_slow},
};

enum { PARTS = sizeof parts / sizeof parts[0] };

static int usage(FILE *to)
{
    fprintf(to,
            "usage: bench [PART...] [OPTION...] [FILE or FOLDER...]\n"
            "parts (none named: all):\n"
            "  checksum     Adler-32 and CRC-32 at several sizes\n"
            "  decompress   whole buffers, all decoders\n"
            "  stream       decoding in pieces, borrowed and not\n"
            "  compress     whole buffers, all encoders and levels, beside the peers' joint curve\n"
            "  small        1, 4 and 10 KB, objects reused\n"
            "  flush        a stream flushed after each message\n"
            "  worst        streams made to take a decoder long\n"
            "  slow         inputs made to take an encoder long, all levels\n"
            "options:\n"
            "  --runs N         rounds of each race (default 5); the median counts\n"
            "  --sample MS      what a sample lasts at least (default 10); short work is repeated\n"
            "  --budget S       seconds that one contender may take in one race (default 4)\n"
            "  --levels LIST    ours, e.g. 1,6,9 or 1-9 (default 0-12)\n"
            "  --peer-levels LIST  theirs (default 0-12)\n"
            "  --peers LIST     of libdeflate,isal,zlib (default all)\n"
            "  --from LIST      encoders of the streams to decode (default zlib6,libdeflate12,own6)\n"
            "  --frame raw|zlib|gzip  (default raw)\n"
            "  --total          totals only, no row a file\n"
            "  --svg FILE       compress: draw speed against ratio\n"
            "environment: SLUICE_BENCH_SLUICE, _BEFORE (an earlier build, raced too), _LIBDEFLATE, _ISAL, _ZLIB:\n"
            "  paths of shared libraries\n"
            "without files: the tree's sources and made data\n");
    return to == stdout ? 0 : 1;
}

/* "1,6,9" or "1-9"; false: not such a list. */
static bool read_levels(const char *text, bool levels[MOST_LEVELS])
{
    memset(levels, 0, MOST_LEVELS * sizeof levels[0]);
    while (*text) {
        char *end;
        long first = strtol(text, &end, 10), last = first;

        if (end == text)
            return false;
        if (*end == '-') {
            text = end + 1;
            last = strtol(text, &end, 10);
            if (end == text)
                return false;
        }
        if (first < 0 || last >= MOST_LEVELS || (*end && *end != ','))
            return false;
        for (long l = first; l <= last; l++)
            levels[l] = true;
        text = end + (*end == ',');
    }
    return true;
}

static bool read_frame(const char *text, enum frame *frame)
{
    static const char *const names[] = {"raw", "zlib", "gzip"};

    for (int i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            *frame = (enum frame)i;
            return true;
        }
    }
    return false;
}

/* One option that takes a value; false: no such option, or a bad value. */
static bool read_option(struct bench *bench, const char **peers, const char *option, const char *value)
{
    if (strcmp(option, "--runs") == 0)
        return (bench->race.rounds = (unsigned)strtoul(value, NULL, 10)) > 0;
    if (strcmp(option, "--sample") == 0)
        return (bench->race.sample = atof(value) / 1000) > 0;
    if (strcmp(option, "--budget") == 0)
        return (bench->race.budget = atof(value)) > 0;
    if (strcmp(option, "--levels") == 0)
        return read_levels(value, bench->levels);
    if (strcmp(option, "--peer-levels") == 0)
        return read_levels(value, bench->peer_levels);
    if (strcmp(option, "--frame") == 0)
        return read_frame(value, &bench->frame);
    if (strcmp(option, "--peers") == 0)
        *peers = value;
    else if (strcmp(option, "--from") == 0)
        bench->from = value;
    else if (strcmp(option, "--svg") == 0)
        bench->picture = value;
    else
        return false;
    return true;
}

static bool choose_part(bool chosen[PARTS], const char *name)
{
    for (size_t p = 0; p < PARTS; p++) {
        if (strcmp(name, parts[p].name) == 0) {
            chosen[p] = true;
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    struct bench bench = {
        .race = {.rounds = 5, .sample = 0.01, .budget = 4},
        .per_file = true,
        .from = "zlib6,libdeflate12,own6",
    };
    bool chosen[PARTS] = {false}, some = false;
    const char *peers = NULL;

    read_levels("0-12", bench.levels);
    read_levels("0-12", bench.peer_levels);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return usage(stdout);
        if (strcmp(argv[i], "--total") == 0) {
            bench.per_file = false;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            if (i + 1 == argc || !read_option(&bench, &peers, argv[i], argv[i + 1])) {
                fprintf(stderr, "bench: %s: no such option, or a bad value\n", argv[i]);
                return usage(stderr);
            }
            i++;
        } else if (choose_part(chosen, argv[i])) {
            some = true;
        } else {
            corpus_add_path(&bench.corpus, argv[i]);
        }
    }
    if (bench.corpus.count == 0)
        corpus_add_default(&bench.corpus);
    bench.peer_count = peers_load(bench.peers, argv[0], peers);
    for (size_t p = 0; p < PARTS; p++)
        if (chosen[p] || !some)
            parts[p].run(&bench);
    corpus_free(&bench.corpus);
    return 0;
}
