/* corpus.c: see corpus.h. */
#define _XOPEN_SOURCE 700 /* strdup, scandir */
#include "tests/bench/corpus.h"

#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void *bench_alloc(size_t size)
{
    void *p = malloc(size ? size : 1);

    if (!p) {
        fprintf(stderr, "bench: no memory for %zu bytes\n", size);
        exit(1);
    }
    return p;
}

void corpus_add(struct corpus *corpus, const char *name, uint8_t *data, size_t size)
{
    corpus->files = realloc(corpus->files, (corpus->count + 1) * sizeof *corpus->files);
    if (!corpus->files) {
        perror("bench");
        exit(1);
    }
    corpus->files[corpus->count++] = (struct sample_file){strdup(name), data, size};
    corpus->total += size;
}

void corpus_free(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++) {
        free(corpus->files[i].name);
        free(corpus->files[i].data);
    }
    free(corpus->files);
    *corpus = (struct corpus){0};
}

static uint8_t *read_whole(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t room = 0, got;

    if (!f) {
        perror(path);
        exit(1);
    }
    *size = 0;
    do {
        if (*size == room) {
            room = room ? 2 * room : 1 << 16;
            data = realloc(data, room);
            if (!data) {
                perror(path);
                exit(1);
            }
        }
        got = fread(data + *size, 1, room - *size, f);
        *size += got;
    } while (got > 0);
    fclose(f);
    return data;
}

static void add_folder(struct corpus *corpus, const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, alphasort);

    if (n < 0) {
        perror(path);
        exit(1);
    }
    for (int i = 0; i < n; i++) {
        char below[4096];

        snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            corpus_add_path(corpus, below);
        free(entries[i]);
    }
    free(entries);
}

void corpus_add_path(struct corpus *corpus, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct stat st;

    if (stat(path, &st)) {
        perror(path);
        exit(1);
    }
    if (S_ISDIR(st.st_mode)) {
        add_folder(corpus, path);
    } else if (S_ISREG(st.st_mode) && st.st_size > 0) {
        size_t size;
        uint8_t *data = read_whole(path, &size);

        corpus_add(corpus, slash ? slash + 1 : path, data, size);
    }
}

/* The generator of all made input: xorshift64*, whose upper bits are good. */
static uint32_t draw(uint64_t *state, uint32_t below)
{
    uint64_t x = *state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return (uint32_t)((x * UINT64_C(2685821657736338717) >> 32) * below >> 32);
}

enum { MADE_SIZE = 2 << 20 };

struct text {
    uint8_t *data;
    size_t size;
};

static void put(struct text *t, const char *format, ...)
{
    char line[512];
    va_list args;
    size_t n;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    n = strlen(line);
    if (n > MADE_SIZE - t->size)
        n = MADE_SIZE - t->size;
    memcpy(t->data + t->size, line, n);
    t->size += n;
}

/* Words of made syllables, their frequency falling as 1/rank as in speech. */
static void make_text(struct text *t, uint64_t *seed)
{
    static const char *const syllables[] = {"ba", "che", "di", "fol", "gu", "in", "ka", "lor", "men", "na", "or",
                                            "per", "qui", "ra", "sti", "tur", "um", "ven", "wy", "zo"};
    enum { WORDS = 4000, COLUMN = 78 };
    static char words[WORDS][24];
    size_t column = 0;

    for (int w = 0; w < WORDS; w++) {
        words[w][0] = 0;
        for (unsigned k = 1 + draw(seed, 2) + (w > 100) + draw(seed, 2); k > 0; k--)
            strcat(words[w], syllables[draw(seed, 20)]);
    }
    while (t->size < MADE_SIZE) {
        double u = (double)draw(seed, 1 << 24) / (1 << 24);
        const char *word = words[(unsigned)pow(WORDS, u) % WORDS];
        const char *stop = draw(seed, 12) ? "" : draw(seed, 3) ? "," : ".";

        column += strlen(word) + 1;
        put(t, "%s%s%s", word, stop, column > COLUMN ? "\n" : " ");
        if (column > COLUMN)
            column = 0;
    }
}

static void make_records(struct text *t, uint64_t *seed)
{
    static const char *const states[] = {"open", "closed", "waiting", "rejected"};

    for (unsigned id = 1000; t->size < MADE_SIZE; id++)
        put(t, "  {\"id\": %u, \"state\": \"%s\", \"user\": \"u%04x\", \"price\": %u.%02u, \"tags\": [%u, %u]},\n", id,
            states[draw(seed, 4)], draw(seed, 700), draw(seed, 300), draw(seed, 100), draw(seed, 9), draw(seed, 40));
}

/* Like machine code and its tables: records of fields, some constant, some small, some drifting, some random. */
static void make_binary(struct text *t, uint64_t *seed)
{
    uint32_t drift = 0x400000;

    while (t->size + 16 <= MADE_SIZE) {
        uint8_t *p = t->data + t->size;

        drift += draw(seed, 64);
        p[0] = (uint8_t)(0x48 + draw(seed, 3));
        p[1] = draw(seed, 3) ? 0x8b : (uint8_t)draw(seed, 256);
        for (int k = 0; k < 4; k++)
            p[2 + k] = (uint8_t)(drift >> 8 * k);
        for (int k = 6; k < 10; k++)
            p[k] = (uint8_t)(draw(seed, 16) * draw(seed, 16));
        p[10] = p[11] = 0;
        p[12] = (uint8_t)draw(seed, 256);
        p[13] = (uint8_t)draw(seed, 8);
        p[14] = 0xff;
        p[15] = (uint8_t)(draw(seed, 10) ? 0 : draw(seed, 256));
        t->size += 16;
    }
}

static void make_noise(struct text *t, uint64_t *seed)
{
    while (t->size < MADE_SIZE)
        t->data[t->size++] = (uint8_t)draw(seed, 256);
}

/* The tree's sources one after the other, as a tar would hold them. */
static void add_sources(struct corpus *corpus)
{
    static const char *const folders[] = {"deflate", "inflate", "net", "app", "tests"};
    struct corpus tree = {0};
    uint8_t *all;
    size_t n = 0;
    struct stat st;

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (stat(folders[i], &st) == 0)
            corpus_add_path(&tree, folders[i]);
    all = bench_alloc(tree.total);
    for (size_t i = 0; i < tree.count; i++) {
        memcpy(all + n, tree.files[i].data, tree.files[i].size);
        n += tree.files[i].size;
    }
    if (n > 0)
        corpus_add(corpus, "sources", all, n);
    corpus_free(&tree);
}

void corpus_add_default(struct corpus *corpus)
{
    static const struct {
        const char *name;
        void (*make)(struct text *, uint64_t *);
    } made[] = {{"text", make_text}, {"records", make_records}, {"binary", make_binary}, {"noise", make_noise}};
    uint64_t seed = 1950;

    add_sources(corpus);
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        struct text t = {bench_alloc(MADE_SIZE), 0};

        made[i].make(&t, &seed);
        corpus_add(corpus, made[i].name, t.data, t.size);
    }
}

struct corpus corpus_pieces(const struct corpus *corpus, size_t size, size_t count)
{
    struct corpus pieces = {0};
    size_t possible = 0, seen = 0;

    for (size_t i = 0; i < corpus->count; i++)
        possible += corpus->files[i].size / size;
    for (size_t i = 0; i < corpus->count; i++) {
        for (size_t at = 0; at + size <= corpus->files[i].size; at += size, seen++) {
            uint8_t *data;

            /* every (possible/count)-th one */
            if (possible > count && seen * count / possible == (seen + 1) * count / possible)
                continue;
            data = bench_alloc(size);
            memcpy(data, corpus->files[i].data + at, size);
            corpus_add(&pieces, corpus->files[i].name, data, size);
        }
    }
    return pieces;
}
