/* taken.c: see taken.h. */
#include "app/client/taken.h"

#include <stdlib.h>

/* FNV-1a, stirred once more so that the low bits, which choose the place, depend on all. Never 0. */
static uint64_t hash(const char *path)
{
    uint64_t h = 0xCBF29CE484222325u;

    for (; *path; path++)
        h = (h ^ (unsigned char)*path) * 0x100000001B3u;
    h ^= h >> 32;
    return h ? h : 1;
}

/* The place where `h` stands, or the free one where it would. */
static size_t find(const struct taken *t, uint64_t h)
{
    size_t i = (size_t)h & (t->room - 1);

    while (t->hashes[i] != 0 && t->hashes[i] != h)
        i = (i + 1) & (t->room - 1);
    return i;
}

bool taken_has(const struct taken *t, const char *path)
{
    const uint64_t h = hash(path);

    return t->room > 0 && t->hashes[find(t, h)] == h;
}

static bool grow(struct taken *t)
{
    struct taken larger = {.room = t->room ? 2 * t->room : 64, .count = t->count};

    larger.hashes = calloc(larger.room, sizeof *larger.hashes);
    if (!larger.hashes)
        return false;
    for (size_t i = 0; i < t->room; i++)
        if (t->hashes[i])
            larger.hashes[find(&larger, t->hashes[i])] = t->hashes[i];
    free(t->hashes);
    *t = larger;
    return true;
}

bool taken_add(struct taken *t, const char *path)
{
    const uint64_t h = hash(path);

    if (2 * (t->count + 1) > t->room && !grow(t))
        return false;

    uint64_t *const place = &t->hashes[find(t, h)];

    t->count += *place == 0;
    *place = h;
    return true;
}

void taken_free(struct taken *t)
{
    free(t->hashes);
    *t = (struct taken){0};
}
