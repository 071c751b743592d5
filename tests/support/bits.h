/*
 * bits.h: writing DEFLATE streams by hand: bits, codewords, and random streams for the tests.
 */
#ifndef TESTS_BITS_H
#define TESTS_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits are appended to data[0..size); what does not fit sets `full` and is lost. */
struct bit_writer {
    uint8_t *data;
    size_t size;
    uint64_t bit; /* bits written so far */
    bool full;
};

/* A number: its least significant bit first (RFC 1951 3.1.1). */
void bits_put(struct bit_writer *w, uint64_t value, unsigned count);

/* A codeword: its most significant bit first. */
void bits_put_codeword(struct bit_writer *w, unsigned word, unsigned count);

/* Zeros (or ones) up to the next byte border. */
void bits_align(struct bit_writer *w, unsigned padding);

/* The bytes begun. */
size_t bits_bytes(const struct bit_writer *w);

/*
 * The codewords that code lengths stand for (RFC 1951 3.2.2), word[i] of lengths[i] bits. Of an over-subscribed code
 * the words are cut to their length: such a code is written to be refused.
 */
void bits_assign(const uint8_t *lengths, unsigned symbols, uint16_t *word);

/* The length of the match that litlen symbol 257 to 285 begins, or its distance: the base and how many extra bits. */
void bits_length_symbol(unsigned symbol, unsigned *base, unsigned *extra);
void bits_distance_symbol(unsigned symbol, unsigned *base, unsigned *extra);

/*
 * Writes random DEFLATE data: stored, fixed, and dynamic blocks with codes of every shape. Mostly valid; about one in
 * eight has a flaw made on purpose. `reach` bytes of dictionary may be referred to. enough 0: a few short blocks; else
 * blocks until so many bytes of output are there, without flaws on purpose.
 */
void bits_generate(struct bit_writer *w, uint64_t *random, size_t reach, size_t enough);

#endif
