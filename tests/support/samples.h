/*
 * samples.h: data to compress, of many kinds: each shows an encoder another face. The same seed gives the same bytes.
 */
#ifndef TESTS_SAMPLES_H
#define TESTS_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct sample {
    const char *name;
    void (*make)(uint8_t *to, size_t size, uint64_t seed);
};

enum { SAMPLES = 13 };
extern const struct sample samples[SAMPLES];

void sample_random(uint8_t *to, size_t size, uint64_t seed);
void sample_text(uint8_t *to, size_t size, uint64_t seed);
/* Two letters, long strings of which come again: everything matches somewhere, and trees and chains grow deep. */
void sample_two_letters(uint8_t *to, size_t size, uint64_t seed);
/* Every string of three of 64 letters comes once before any comes again: a de Bruijn sequence by its greedy rule. */
void sample_de_bruijn(uint8_t *to, size_t size, uint64_t seed);
/* Stretches of all kinds and lengths, some of them copies from a distance around 2^8 to 2^15. */
void sample_mixture(uint8_t *to, size_t size, uint64_t seed);
/* `unit` random bytes over and over. */
void sample_period(uint8_t *to, size_t size, size_t unit);

/* The project's own sources one behind the other: as much as there is and fits. To be run at the top of the tree. */
size_t sample_sources(uint8_t *to, size_t size);

/* A number below n, n at least 1. */
size_t sample_below(uint64_t *random, size_t n);

#endif
