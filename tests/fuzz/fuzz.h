/*
 * fuzz.h: what a fuzz harness is made of.
 *
 * A harness is a file NAME_fuzz.c with one function, LLVMFuzzerTestOneInput(), which does something with the bytes that
 * it is given and calls MUST() for all that has to hold whatever they are. It starts from nothing each time: the same
 * bytes have the same course. libFuzzer calls it, or AFL++, or driver.c, which needs nothing but a C compiler.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A harness may have these: what is done once, and a way of its own to change an input (in data[most]). */
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) __attribute__((weak));

/* Words that a harness's inputs are made of, up to a NULL; a harness may have them. */
extern const char *const fuzz_words[] __attribute__((weak));

/* The input as far as it has not been taken. */
struct fuzz_input {
    const uint8_t *data;
    size_t size;
};

/* The next byte; 0 behind the end. */
static inline unsigned fuzz_byte(struct fuzz_input *in)
{
    if (in->size == 0)
        return 0;
    in->size--;
    return *in->data++;
}

/* A number of two bytes. */
static inline unsigned fuzz_word(struct fuzz_input *in)
{
    const unsigned low = fuzz_byte(in);

    return low | fuzz_byte(in) << 8;
}

/* The next `size` bytes, or as many as there are: *size tells. */
static inline const uint8_t *fuzz_bytes(struct fuzz_input *in, size_t *size)
{
    const uint8_t *const bytes = in->data;

    *size = *size < in->size ? *size : in->size;
    in->data += *size;
    in->size -= *size;
    return bytes;
}

/* Ends the program by a signal, as fuzzers want it, if something that must be so is not so. */
static inline void fuzz_must(bool ok, const char *file, int line, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    fflush(NULL);
    abort();
}

/* Only a macro can name the expression and the line. */
#define MUST(condition) fuzz_must((condition), __FILE__, __LINE__, #condition)

#endif
