/*
 * bytes.h: loads and stores of several bytes at once, little-endian, at any address.
 *
 * memcpy is how C says "unaligned"; compilers turn each of these into one instruction, with a byte swap on big-endian
 * machines.
 */
#ifndef SLUICE_FORMAT_BYTES_H
#define SLUICE_FORMAT_BYTES_H

#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
static inline uint64_t bytes_le64(uint64_t x) { return __builtin_bswap64(x); }
static inline uint32_t bytes_le32(uint32_t x) { return __builtin_bswap32(x); }
static inline uint16_t bytes_le16(uint16_t x) { return __builtin_bswap16(x); }
#else
static inline uint64_t bytes_le64(uint64_t x) { return x; }
static inline uint32_t bytes_le32(uint32_t x) { return x; }
static inline uint16_t bytes_le16(uint16_t x) { return x; }
#endif

static inline uint64_t load64(const void *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return bytes_le64(x);
}

static inline uint32_t load32(const void *p)
{
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return bytes_le32(x);
}

static inline uint16_t load16(const void *p)
{
    uint16_t x;
    memcpy(&x, p, sizeof x);
    return bytes_le16(x);
}

static inline void store64(void *p, uint64_t x)
{
    x = bytes_le64(x);
    memcpy(p, &x, sizeof x);
}

static inline void store32(void *p, uint32_t x)
{
    x = bytes_le32(x);
    memcpy(p, &x, sizeof x);
}

static inline void store16(void *p, uint16_t x)
{
    x = bytes_le16(x);
    memcpy(p, &x, sizeof x);
}

/*
 * Two or four numbers of 16 bits in one, in the order in which they lie in memory as such numbers. push() moves each
 * one place to the front, drops the first, and puts a new one last.
 */
static inline uint32_t load_native32(const uint16_t *p)
{
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline uint64_t load_native64(const uint16_t *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline void store_native32(uint16_t *p, uint32_t x) { memcpy(p, &x, sizeof x); }
static inline void store_native64(uint16_t *p, uint64_t x) { memcpy(p, &x, sizeof x); }

/* The new one comes as native32_new() or native64_new() give it, plus the STEP once for each one more. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define NATIVE32_STEP UINT32_C(1)
#define NATIVE64_STEP UINT64_C(1)
static inline uint32_t native32_new(uint32_t n) { return n; }
static inline uint64_t native64_new(uint32_t n) { return n; }
static inline uint32_t native32_push(uint32_t x, uint32_t last) { return x << 16 | (last & 0xffff); }
static inline uint64_t native64_push(uint64_t x, uint64_t last) { return x << 16 | (last & 0xffff); }
#else
#define NATIVE32_STEP (UINT32_C(1) << 16)
#define NATIVE64_STEP (UINT64_C(1) << 48)
static inline uint32_t native32_new(uint32_t n) { return n << 16; }
static inline uint64_t native64_new(uint32_t n) { return (uint64_t)n << 48; }
static inline uint32_t native32_push(uint32_t x, uint32_t last) { return (x >> 16) + last; }
static inline uint64_t native64_push(uint64_t x, uint64_t last) { return (x >> 16) + last; }
#endif

#endif
