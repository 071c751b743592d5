/*
 * pieces.h: data of several pieces, and the encoder that works on several at a time over it: common to its tests.
 */
#ifndef TESTS_PIECES_H
#define TESTS_PIECES_H

#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PIECE = 4096, DATA = 10 * PIECE + 77, ROOM = 2 * DATA };

/* The data, and room for its stream, for another to compare, and for what a stream gives. */
extern uint8_t data[DATA], stream[ROOM], first[ROOM], plain[DATA + 1];

/* Words, and now and then noise and a run, so that pieces are stored, coded and nearly nothing. */
void pieces_make(void);

/* Pieces of PIECE bytes. */
sluice_parallel_options pieces_options(sluice_format format, int level, unsigned threads);

/* Compresses data[0, size) by steps of so much input and room, 0 for all. Gives the length of the stream. */
size_t pieces_compress(sluice_parallel *p, size_t size, size_t input, size_t room);

/* The same by an object of its own. */
size_t pieces_compress_once(const sluice_parallel_options *o, size_t size, size_t input, size_t room);

/* Decodes all of a stream: true if it gives the first `size` bytes of the data. */
bool pieces_decode(const uint8_t *from, size_t length, size_t size, sluice_format format);

#endif
