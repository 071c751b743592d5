/*
 * crc32.c: CRC-32 (RFC 1952 8), the remainder of the message as a polynomial over GF(2), bits reversed.
 *
 * The way in plain C, the choice among the ways, and the sum of a whole from the sums of its parts.
 */
#include "deflate/format/bytes.h"
#include "deflate/format/checksum.h"
#include "sluice.h"

#include <stdatomic.h>

enum { POLYNOMIAL = (int)0xedb88320 };

/*
 * Tables of what a byte contributes to the remainder, by the number of bytes that follow it. The contribution is
 * linear: a row is given by those of the byte's eight bits, from the highest to the lowest; with n bytes following
 * these are x^(32 + 8n) to x^(39 + 8n).
 */
#define BIT(value, mask, power) ((value) & (mask) ? UINT32_C(power) : 0u)
#define ENTRY(v, a, b, c, d, e, f, g, h) \
    (BIT(v, 128, a) ^ BIT(v, 64, b) ^ BIT(v, 32, c) ^ BIT(v, 16, d) ^ BIT(v, 8, e) ^ BIT(v, 4, f) ^ BIT(v, 2, g) ^ \
     BIT(v, 1, h))
#define ENTRIES4(v, ...) \
    ENTRY(v, __VA_ARGS__), ENTRY((v) + 1, __VA_ARGS__), ENTRY((v) + 2, __VA_ARGS__), ENTRY((v) + 3, __VA_ARGS__)
#define ENTRIES16(v, ...) \
    ENTRIES4(v, __VA_ARGS__), ENTRIES4((v) + 4, __VA_ARGS__), ENTRIES4((v) + 8, __VA_ARGS__), \
        ENTRIES4((v) + 12, __VA_ARGS__)
#define ENTRIES64(v, ...) \
    ENTRIES16(v, __VA_ARGS__), ENTRIES16((v) + 16, __VA_ARGS__), ENTRIES16((v) + 32, __VA_ARGS__), \
        ENTRIES16((v) + 48, __VA_ARGS__)
#define ROW(...) \
    {ENTRIES64(0, __VA_ARGS__), ENTRIES64(64, __VA_ARGS__), ENTRIES64(128, __VA_ARGS__), ENTRIES64(192, __VA_ARGS__)}

/* followed_by[n]: n bytes follow. */
static const uint32_t followed_by[8][256] = {
    ROW(0xedb88320, 0x76dc4190, 0x3b6e20c8, 0x1db71064, 0x0edb8832, 0x076dc419, 0xee0e612c, 0x77073096),
    ROW(0x3b83984b, 0xf0794f05, 0x958424a2, 0x4ac21251, 0xc8d98a08, 0x646cc504, 0x32366282, 0x191b3141),
    ROW(0xe1351b80, 0x709a8dc0, 0x384d46e0, 0x1c26a370, 0x0e1351b8, 0x0709a8dc, 0x0384d46e, 0x01c26a37),
    ROW(0xed59b63b, 0x9b14583d, 0xa032af3e, 0x5019579f, 0xc5b428ef, 0x8f629757, 0xaa09c88b, 0xb8bc6765),
    ROW(0xb1e6b092, 0x58f35849, 0xc1c12f04, 0x60e09782, 0x30704bc1, 0xf580a6c0, 0x7ac05360, 0x3d6029b0),
    ROW(0x1eb014d8, 0x0f580a6c, 0x07ac0536, 0x03d6029b, 0xec53826d, 0x9b914216, 0x4dc8a10b, 0xcb5cd3a5),
    ROW(0x8816eaf2, 0x440b7579, 0xcfbd399c, 0x67de9cce, 0x33ef4e67, 0xf44f2413, 0x979f1129, 0xa6770bb4),
    ROW(0x533b85da, 0x299dc2ed, 0xf9766256, 0x7cbb312b, 0xd3e51bb5, 0x844a0efa, 0x4225077d, 0xccaa009e),
};

/* followed_by_24[n]: 24 + n bytes follow. */
static const uint32_t followed_by_24[8][256] = {
    ROW(0xad2a31b3, 0xbb2d9bf9, 0xb02e4edc, 0x5817276e, 0x2c0b93b7, 0xfbbd4afb, 0x9066265d, 0xa58b900e),
    ROW(0x52c5c807, 0xc4da6723, 0x8fd5b0b1, 0xaa525b78, 0x55292dbc, 0x2a9496de, 0x154a4b6f, 0xe71da697),
    ROW(0x9e36506b, 0xa2a3ab15, 0xbce956aa, 0x5e74ab55, 0xc282d68a, 0x61416b45, 0xdd183682, 0x6e8c1b41),
    ROW(0xdafe8e80, 0x6d7f4740, 0x36bfa3a0, 0x1b5fd1d0, 0x0dafe8e8, 0x06d7f474, 0x036bfa3a, 0x01b5fd1d),
    ROW(0xed627dae, 0x76b13ed7, 0xd6e01c4b, 0x86c88d05, 0xaedcc5a2, 0x576e62d1, 0xc60fb248, 0x6307d924),
    ROW(0x3183ec92, 0x18c1f649, 0xe1d87804, 0x70ec3c02, 0x38761e01, 0xf1838c20, 0x78c1c610, 0x3c60e308),
    ROW(0x1e307184, 0x0f1838c2, 0x078c1c61, 0xee7e8d10, 0x773f4688, 0x3b9fa344, 0x1dcfd1a2, 0x0ee7e8d1),
    ROW(0xeacb7748, 0x7565bba4, 0x3ab2ddd2, 0x1d596ee9, 0xe3143454, 0x718a1a2a, 0x38c50d15, 0xf1da05aa),
};

/* What eight bytes contribute, the first of them the lowest. */
static inline uint32_t contribution(const uint32_t tables[8][256], uint64_t word)
{
    return tables[7][word & 255] ^ tables[6][word >> 8 & 255] ^ tables[5][word >> 16 & 255] ^
           tables[4][word >> 24 & 255] ^ tables[3][word >> 32 & 255] ^ tables[2][word >> 40 & 255] ^
           tables[1][word >> 48 & 255] ^ tables[0][word >> 56];
}

static uint32_t crc32_plain(uint32_t crc, const uint8_t *p, size_t size)
{
    uint64_t c = ~crc;

    if (size >= 64) {
        /* Four remainders, each of every fourth word: none waits for another. */
        uint64_t c1 = 0, c2 = 0, c3 = 0;

        for (; size >= 64; size -= 32, p += 32) {
            c = contribution(followed_by_24, c ^ load64(p));
            c1 = contribution(followed_by_24, c1 ^ load64(p + 8));
            c2 = contribution(followed_by_24, c2 ^ load64(p + 16));
            c3 = contribution(followed_by_24, c3 ^ load64(p + 24));
        }
        c = contribution(followed_by, c ^ load64(p));
        c = contribution(followed_by, c ^ c1 ^ load64(p + 8));
        c = contribution(followed_by, c ^ c2 ^ load64(p + 16));
        c = contribution(followed_by, c ^ c3 ^ load64(p + 24));
        size -= 32;
        p += 32;
    }
    for (; size >= 8; size -= 8, p += 8)
        c = contribution(followed_by, c ^ load64(p));
    for (; size > 0; size--)
        c = c >> 8 ^ followed_by[0][(c ^ *p++) & 255];
    return ~(uint32_t)c;
}

unsigned sluice_crc32_paths(struct checksum_path paths[CHECKSUM_PATHS_MAX])
{
    const unsigned n = sluice_crc32_simd_paths(paths);

    paths[n] = (struct checksum_path){"plain", crc32_plain};
    return n + 1;
}

static uint32_t crc32_first(uint32_t crc, const uint8_t *data, size_t size);

/* The best way, once it has been looked for. Who looks finds the same, so that a race does not matter. */
static _Atomic(checksum_function *) crc32_best = crc32_first;

static uint32_t crc32_first(uint32_t crc, const uint8_t *data, size_t size)
{
    struct checksum_path paths[CHECKSUM_PATHS_MAX];

    sluice_crc32_paths(paths);
    atomic_store_explicit(&crc32_best, paths[0].sum, memory_order_relaxed);
    return paths[0].sum(crc, data, size);
}

uint32_t sluice_crc32(uint32_t crc, const void *data, size_t size)
{
    return atomic_load_explicit(&crc32_best, memory_order_relaxed)(crc, data, size);
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
