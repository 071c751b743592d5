/*
 * crc32.c: CRC-32 (RFC 1952 8), the remainder of the message as a polynomial over GF(2), bits reversed.
 */
#include "sluice.h"

enum { POLYNOMIAL = (int)0xedb88320 };

uint32_t sluice_crc32(uint32_t crc, const void *data, size_t size)
{
    const uint8_t *p = data;

    crc = ~crc;
    for (; size > 0; size--) {
        crc ^= *p++;
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ ((0u - (crc & 1)) & (uint32_t)POLYNOMIAL);
    }
    return ~crc;
}

/* The product of two polynomials modulo the CRC's, both bit-reversed: x^0 is the top bit. */
static uint32_t multiply(uint32_t a, uint32_t b)
{
    uint32_t product = 0;

    for (; a; a <<= 1) {
        if (a >> 31)
            product ^= b;
        b = b >> 1 ^ ((0u - (b & 1)) & (uint32_t)POLYNOMIAL);
    }
    return product;
}

uint32_t sluice_crc32_combine(uint32_t a, uint32_t b, uint64_t b_size)
{
    uint32_t square = UINT32_C(1) << 23; /* x^8: one byte */

    /* Appending n bytes multiplies a by x^(8n); square and multiply over the bits of n. */
    for (; b_size; b_size >>= 1) {
        if (b_size & 1)
            a = multiply(square, a);
        square = multiply(square, square);
    }
    return a ^ b;
}
