/*
 * Adler-32 and CRC-32: every way that this machine can go gives what the definitions say, for every length and place,
 * and touches no byte outside the data; the sum of a whole follows from those of its parts.
 */
#include "deflate/format/checksum.h"
#include "sluice.h"
#include "tests/support/check.h"

#include <string.h>

enum { LONGEST = 700, LARGE = 200000 };

/* RFC 1950 8.2, word by word. */
static uint32_t adler32_defined(uint32_t adler, const uint8_t *p, size_t size)
{
    uint32_t s1 = adler & 0xffff, s2 = adler >> 16;

    for (size_t i = 0; i < size; i++) {
        s1 = (s1 + p[i]) % 65521;
        s2 = (s2 + s1) % 65521;
    }
    return s2 << 16 | s1;
}

/* RFC 1952 8: a division bit by bit. */
static uint32_t crc32_defined(uint32_t crc, const uint8_t *p, size_t size)
{
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}

static void fill(uint8_t *p, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++)
        p[i] = (uint8_t)(check_random(&seed) >> 56);
}

/* Every length, at the end and at the start of a guarded page: that makes every alignment too. */
static void lengths(const struct checksum_path *path, checksum_function *defined)
{
    for (int at_start = 0; at_start < 2; at_start++) {
        for (size_t size = 0; size <= LONGEST; size++) {
            uint8_t *p = check_guarded(size, at_start);
            const uint32_t begin = size % 3 == 0 ? 1 : size % 3 == 1 ? 0xfff0fff0 : 0x12345678;

            check_context("%s, %zu bytes", path->name, size);
            fill(p, size, size + 1);
            CHECK_EQ(path->sum(begin, p, size), defined(begin, p, size));
            check_guarded_free(p, size, at_start);
        }
    }
}

/* All alignments of some lengths around the borders of the vector loops. */
static void alignments(const struct checksum_path *path, checksum_function *defined)
{
    uint8_t *p = check_guarded(LARGE, false);

    fill(p, LARGE, 7);
    for (size_t aside = 0; aside < 65; aside++) {
        for (size_t size = 440; size < 460; size++) {
            check_context("%s, %zu bytes at %zu", path->name, size, aside);
            CHECK_EQ(path->sum(0x00010001, p + aside, size), defined(0x00010001, p + aside, size));
        }
    }
    for (size_t size = 5540; size < LARGE; size = size * 5 / 4 + 3) {
        check_context("%s, %zu bytes", path->name, size);
        CHECK_EQ(path->sum(0xfff0fff0, p, size), defined(0xfff0fff0, p, size));
    }
    /* What makes the sums largest. */
    memset(p, 0xff, LARGE);
    for (size_t size = LARGE - 3000; size <= LARGE; size += 123) {
        check_context("%s, %zu bytes of FF", path->name, size);
        CHECK_EQ(path->sum(0xfff0fff0, p, size), defined(0xfff0fff0, p, size));
    }
    check_guarded_free(p, LARGE, false);
}

static void every_path(const struct checksum_path *paths, unsigned n, checksum_function *defined)
{
    CHECK(n >= 1 && n <= CHECKSUM_PATHS_MAX);
    for (unsigned i = 0; i < n; i++) {
        lengths(&paths[i], defined);
        alignments(&paths[i], defined);
    }
}

static void known_values(void)
{
    check_context("known values");
    CHECK_EQ(sluice_adler32(1, "Wikipedia", 9), 0x11e60398);
    CHECK_EQ(sluice_crc32(0, "123456789", 9), 0xcbf43926);
    CHECK_EQ(sluice_adler32(1, NULL, 0), 1);
    CHECK_EQ(sluice_crc32(0, NULL, 0), 0);
}

static void combine(void)
{
    static uint8_t data[3000];
    uint64_t seed = 3;

    fill(data, sizeof data, 11);
    for (int i = 0; i < 500; i++) {
        const size_t size = (size_t)(check_random(&seed) % (sizeof data + 1));
        const size_t a = i % 5 == 0 ? 0 : i % 5 == 1 ? size : (size_t)(check_random(&seed) % (size + 1));

        check_context("%zu bytes cut at %zu", size, a);
        CHECK_EQ(sluice_adler32_combine(sluice_adler32(1, data, a), sluice_adler32(1, data + a, size - a), size - a),
                 sluice_adler32(1, data, size));
        CHECK_EQ(sluice_crc32_combine(sluice_crc32(0, data, a), sluice_crc32(0, data + a, size - a), size - a),
                 sluice_crc32(0, data, size));
    }
    /* Lengths beyond 32 bits: n zeros in two halves are n zeros. */
    const uint64_t half = UINT64_C(1) << 40;
    uint32_t crc = sluice_crc32(0, "", 1), adler = sluice_adler32(1, "", 1);

    for (uint64_t n = 1; n < half; n *= 2) {
        crc = sluice_crc32_combine(crc, crc, n);
        adler = sluice_adler32_combine(adler, adler, n);
    }
    check_context("2^40 zeros and 2^40 zeros");
    CHECK_EQ(adler, (half % 65521) << 16 | 1);
    CHECK_EQ(sluice_crc32_combine(sluice_crc32_combine(crc, crc, half), sluice_crc32(0, "x", 1), 1),
             sluice_crc32_combine(crc, sluice_crc32_combine(crc, sluice_crc32(0, "x", 1), 1), half + 1));
}

int main(void)
{
    struct checksum_path paths[CHECKSUM_PATHS_MAX];

    known_values();
    every_path(paths, sluice_adler32_paths(paths), adler32_defined);
    every_path(paths, sluice_crc32_paths(paths), crc32_defined);
    combine();
    return check_report("deflate/format/checksum");
}
