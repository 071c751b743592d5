/*
 * huffman.h: optimal Huffman codes whose codewords are no longer than a limit.
 */
#ifndef SLUICE_DEFLATE_HUFFMAN_H
#define SLUICE_DEFLATE_HUFFMAN_H

#include "deflate/format/tables.h"

#include <stdint.h>

/*
 * Lengths of no more than `limit` bits that code `frequency` in the least bits, which it gives; 0 for a symbol that
 * does not occur. At least two symbols get a code, since some decoders do not take fewer: symbols 0 and 1 where there
 * are not enough. symbols is at most LITLEN_SYMBOLS_FIXED, the sum of the frequencies below 2^31.
 */
uint64_t sluice_huffman_lengths(uint8_t *length, const uint32_t *frequency, unsigned symbols, unsigned limit);

/* The codewords that belong to lengths (RFC 1951 3.2.2), each reversed, since DEFLATE sends its top bit first, and
 * shifted up by 8 with its length below: at most 24 bits. */
void sluice_huffman_codes(uint32_t *code, const uint8_t *length, unsigned symbols);

static inline unsigned code_length(uint32_t code) { return code & 0xff; }
static inline uint32_t code_bits(uint32_t code) { return code >> 8; }

#endif
