/*
 * corpus.h: what is compressed: the files named, or input made here and from the tree, the same on every machine.
 */
#ifndef BENCH_CORPUS_H
#define BENCH_CORPUS_H

#include <stddef.h>
#include <stdint.h>

struct sample_file {
    char *name;
    uint8_t *data;
    size_t size;
};

struct corpus {
    struct sample_file *files;
    size_t count;
    size_t total;
};

/* Adds data from bench_alloc(), which the corpus will free, under a copy of the name. */
void corpus_add(struct corpus *corpus, const char *name, uint8_t *data, size_t size);

/* Adds a file, or all regular files below a folder in the order of their names. Ends the program on trouble. */
void corpus_add_path(struct corpus *corpus, const char *path);

/* Adds the default input: the tree's own sources (when run at its top), and made text, records, binary and noise. */
void corpus_add_default(struct corpus *corpus);

/* Cuts the corpus into pieces of `size` bytes taken at even steps, at most `count` of them. Gives a new corpus. */
struct corpus corpus_pieces(const struct corpus *corpus, size_t size, size_t count);

void corpus_free(struct corpus *corpus);

/* malloc that ends the program when there is no memory. */
void *bench_alloc(size_t size);

#endif
