/*
 * copy_proof_test.c: the copies of the decoder's fast loops, for every match that DEFLATE has: each distance from 1 to
 * 32768 with each length from 3 to 258. Shown is that the bytes are those of RFC 1951 3.2.3 (byte i is the one
 * `distance` before it, copied or not), that neither those that they come from nor the eight before the match change,
 * and that none is written beyond what the copy says it may write: the page behind that faults. So FAST_OUTPUT_MARGIN,
 * of which static assertions in the loops say that it is at least an iteration's literals, the longest match and that,
 * is enough.
 */
#include "tests/support/check.h"

#include <string.h>

/* The loops' own files once more, for what is static there, under other names. */
#define sluice_inflate_fast copy_proof_fast
#define sluice_inflate_lanes copy_proof_lanes
#include "inflate/fast.c"
#include "inflate/lanes.c"
#undef sluice_inflate_fast
#undef sluice_inflate_lanes

typedef void copy_function(uint8_t *out, size_t distance, size_t length);

static void copy_fast(uint8_t *out, size_t distance, size_t length) { copy_match(out, distance, length); }

struct copy {
    const char *name;
    copy_function *copy;
    size_t beyond;  /* bytes that it may write behind the match */
};

#if defined(__x86_64__) && !defined(SLUICE_PORTABLE)
static void copy_lanes(uint8_t *out, size_t distance, size_t length) { copy_long(out, distance, length); }

static const struct copy copies[] = {{"the fast loop", copy_fast, COPY_BEYOND}, {"lanes", copy_lanes, COPY - 1}};
#else
static const struct copy copies[] = {{"the fast loop", copy_fast, COPY_BEYOND}};
#endif

enum { BEFORE = 8, AREA = WINDOW_MAX + MATCH_MAX + 64 };

static uint8_t random_bytes[WINDOW_MAX]; /* without zeros, which is what lies where nothing is written */
static uint8_t want[MATCH_MAX];

/* One match that lies so that the last byte that may be written is the last one before the page that faults. */
static bool is_right(const struct copy *c, uint8_t *area, size_t distance, size_t length)
{
    uint8_t *const out = area + AREA - c->beyond - length;
    uint8_t *const from = out - distance;
    const bool far = distance >= length + BEFORE; /* of so many bytes only the ends matter */
    const size_t source = far ? length : distance;

    memcpy(from, random_bytes, source);
    if (far)
        memcpy(out - BEFORE, random_bytes, BEFORE);
    memset(out, 0, length + c->beyond);
    for (size_t i = 0; i < length; i++)
        want[i] = i < distance ? random_bytes[i] : want[i - distance];
    c->copy(out, distance, length);
    return memcmp(out, want, length) == 0 && memcmp(from, random_bytes, source) == 0 &&
           (!far || memcmp(out - BEFORE, random_bytes, BEFORE) == 0);
}

static void every_match(const struct copy *c)
{
    uint8_t *const area = check_guarded(AREA, false);

    for (size_t distance = 1; distance <= WINDOW_MAX; distance++)
        for (size_t length = MATCH_MIN; length <= MATCH_MAX; length++)
            if (!is_right(c, area, distance, length)) {
                check_context("%s: distance %zu, length %zu", c->name, distance, length);
                CHECK(false);
            }
    CHECK(true);
    check_guarded_free(area, AREA, false);
}

int main(void)
{
    uint64_t random = 3;

    for (size_t i = 0; i < sizeof random_bytes; i++)
        random_bytes[i] = (uint8_t)(1 + check_random(&random) % 255);
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        every_match(&copies[i]);
    return check_report("inflate/copy_proof");
}
