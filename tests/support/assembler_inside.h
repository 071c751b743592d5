/*
 * assembler_inside.h: what the parts of the assembler share, and nobody else includes: its state, the words of a line,
 * and a function for each statement.
 */
#ifndef TESTS_ASSEMBLER_INSIDE_H
#define TESTS_ASSEMBLER_INSIDE_H

#include "tests/support/bits.h"
#include "tests/support/vectors.h"

#include <setjmp.h>

enum {
    STREAM_MAX = 1 << 18,
    OUTPUT_MAX = 1 << 18,
    LINE_MAX = 2000,
    WORDS_MAX = 330 /* of a line: every code length of a block can be named */
};

/* A word of a line; text in quotes has its escapes resolved and may hold any byte. */
struct word {
    const char *text;
    size_t size;
    bool quoted;
};

struct assembler {
    const char *name; /* NULL: lenient */
    unsigned line;
    unsigned long left; /* symbols and numbers that may still be written */
    jmp_buf error;

    struct word word[WORDS_MAX];
    unsigned words, next; /* how many there are, and the one to be read next */
    char storage[2 * LINE_MAX];

    bool open; /* a vector is being assembled */
    struct vector vector;
    struct bit_writer out;
    uint8_t output[OUTPUT_MAX];
    size_t output_size, member_start, before; /* before: bytes of dictionary before the output, in dictionary[] */
    const uint8_t *dictionary;
    bool judged; /* the verdict is known; no more output */

    unsigned litlen_count, distance_count;
    uint8_t litlen[288], distances[32], precode[19];
    unsigned hlit, hdist, hclen;
    uint8_t coded[512], coded_extra[512]; /* the symbols that code the lengths of a dynamic block */
    unsigned coded_count;
};

/* Ends the line, or all, with a message. */
_Noreturn void as_fail(struct assembler *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* To be called for everything that can be repeated in a line. */
void as_spend(struct assembler *a);

/* ---- The words of a line (assembler_words.c) ---- */

/* Cuts a line into words. Quotes may stand within a word (name="a b"); a quoted character ('#') is left as it is. */
void as_split(struct assembler *a, const char *line);

/* Is there another word? The next one; a number that it is; one that it begins with, or is. */
bool as_more(const struct assembler *a);
const struct word *as_word(struct assembler *a);
unsigned as_next_number(struct assembler *a, unsigned most);
unsigned long long as_number(struct assembler *a, const char *text, const char **rest);
unsigned long long as_whole_number(struct assembler *a, const char *text, unsigned long long most);

/* If the next word begins like this, takes it and gives the rest of it; if it is this, takes it. */
const char *as_option(struct assembler *a, const char *begin);
bool as_flag(struct assembler *a, const char *word);

/* "^N" as the next word, or attached to `name`: what a right value is made wrong with; 0 without. */
unsigned as_wrong_by(struct assembler *a, const char *name);

/* ---- What is written ---- */

/* A byte of output that a decoder must give. */
void as_give(struct assembler *a, uint8_t byte);

/* A number of some bytes, the least significant first, at a byte border. */
void as_put(struct assembler *a, uint32_t value, unsigned bytes);

/* ---- The statements: assembler.h has their language ---- */

void do_zlib(struct assembler *a); /* assembler_frames.c */
void do_gzip(struct assembler *a);
void do_adler(struct assembler *a);
void do_crc(struct assembler *a);
void do_size(struct assembler *a);

void do_block(struct assembler *a); /* assembler_blocks.c */
void do_stored(struct assembler *a);
void do_litlen(struct assembler *a);
void do_distances(struct assembler *a);
void do_header(struct assembler *a);
void do_hlit(struct assembler *a);
void do_hdist(struct assembler *a);
void do_hclen(struct assembler *a);
void do_precode(struct assembler *a);
void do_lengths(struct assembler *a);

void do_literal(struct assembler *a); /* assembler_data.c */
void do_symbol(struct assembler *a);
void do_distance(struct assembler *a);
void do_match(struct assembler *a);
void do_end(struct assembler *a);

#endif
