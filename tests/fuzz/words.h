/* words.h: a command line from the input of a harness: a word a line. */
#ifndef TESTS_FUZZ_WORDS_H
#define TESTS_FUZZ_WORDS_H

#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { WORDS_MOST = 40, WORDS_ROOM = 8192 };

struct words {
    int count;
    char *word[WORDS_MOST + 2]; /* the program's name, the words, NULL */
    char text[WORDS_ROOM];
};

/* False: the input is too long. A NUL ends a word too: no command line has one within a word. */
static inline bool words_read(struct words *w, const char *name, const uint8_t *data, size_t size)
{
    if (size >= sizeof w->text)
        return false;
    w->word[0] = (char *)(uintptr_t)name; /* only read */
    w->count = 1;
    memcpy(w->text, data, size);
    w->text[size] = 0;
    for (size_t i = 0; i < size && w->count <= WORDS_MOST; i += strlen(w->text + i) + 1) {
        w->text[i + strcspn(w->text + i, "\n")] = 0;
        w->word[w->count++] = w->text + i;
    }
    w->word[w->count] = NULL;
    return true;
}

#endif
