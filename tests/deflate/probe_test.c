/*
 * probe_test.c: what looks random is taken for it; what is not, or came before, is not.
 */
#include "deflate/state.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <string.h>

enum { ROOM = 8 * CHUNK };

static uint8_t data[ROOM];

/* An object of a level at the beginning of `data`, all of which is there. */
static struct sluice_deflater *at_beginning(int level)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    struct sluice_deflater *s;

    options.level = level;
    s = sluice_deflate_new(&options, NULL);
    s->data = data;
    s->filled = sizeof data;
    s->next = s->mapped = 0;
    return s;
}

/* Whether the chunk at `next` looks random; the position moves on as the encoder would move it. */
static bool looks_random(struct sluice_deflater *s)
{
    const size_t begin = s->next;
    const bool random = sluice_looks_random(s);

    if (random)
        CHECK_EQ(s->next, begin);
    else
        CHECK(s->next >= begin && s->next <= begin + CHUNK);
    if (random)
        s->next = s->mapped = begin + CHUNK;
    return random;
}

static void test_random(int level, uint64_t seed)
{
    struct sluice_deflater *const s = at_beginning(level);

    sample_random(data, sizeof data, seed);
    for (unsigned chunk = 0; chunk < ROOM / CHUNK - 1; chunk++)
        CHECK(looks_random(s));
    sluice_deflate_free(s);
}

/* Bytes of seven bits, text, and zeros are not equally frequent. */
static void test_uneven(int level)
{
    struct sluice_deflater *s = at_beginning(level);

    sample_random(data, sizeof data, 5);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] &= 0x7f;
    CHECK(!looks_random(s));
    sluice_deflate_free(s);

    s = at_beginning(level);
    sample_text(data, sizeof data, 6);
    CHECK(!looks_random(s));
    sluice_deflate_free(s);

    s = at_beginning(level);
    memset(data, 0, sizeof data);
    CHECK(!looks_random(s));
    sluice_deflate_free(s);
}

/* Random bytes that came before, at whatever distance: known by their second chunk, if not by their first. */
static void test_repeated(int level, size_t distance)
{
    struct sluice_deflater *const s = at_beginning(level);
    unsigned chunks = 0;

    sample_random(data, sizeof data, 7);
    memcpy(data + 5 * CHUNK, data + 5 * CHUNK - distance, 2 * CHUNK);
    check_context("level %d, distance %zu", level, distance);
    while (chunks < 7 && looks_random(s))
        chunks++;
    CHECK(chunks == 5 || chunks == 6);
    sluice_deflate_free(s);
}

int main(void)
{
    for (int level = 1; level <= 9; level++) {
        check_context("level %d", level);
        for (uint64_t seed = 1; seed <= 20; seed++)
            test_random(level, seed);
        test_uneven(level);
        for (size_t distance = 2 * CHUNK; distance < 5 * CHUNK; distance += 64)
            test_repeated(level, distance);
    }
    return check_report("deflate/probe");
}
