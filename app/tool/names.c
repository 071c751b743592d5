/* names.c: see names.h. */
#include "app/tool/names.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct suffix suffixes[] = {
    {".gz", "", SLUICE_AUTO},      {".zz", "", SLUICE_AUTO}, {".zlib", "", SLUICE_AUTO}, {".deflate", "", SLUICE_RAW},
    {".tgz", ".tar", SLUICE_AUTO}, {".taz", ".tar", SLUICE_AUTO},
    {".z", "", SLUICE_AUTO},       {"-gz", "", SLUICE_AUTO}, {"-z", "", SLUICE_AUTO},    {"_z", "", SLUICE_AUTO},
};

enum { SUFFIXES = sizeof suffixes / sizeof suffixes[0] };

const char *names_default_suffix(sluice_format format)
{
    switch (format) {
    case SLUICE_ZLIB:
        return ".zz";
    case SLUICE_RAW:
        return ".deflate";
    default:
        return ".gz";
    }
}

/* A suffix needs a name before it: ".gz" and "folder/.gz" are names without one. */
static bool ends_in(const char *path, const char *suffix)
{
    const size_t n = strlen(path), m = strlen(suffix);

    return n > m && path[n - m - 1] != '/' && strcasecmp(path + n - m, suffix) == 0;
}

bool names_suffix(const char *path, const char *own, struct suffix *found)
{
    if (own && ends_in(path, own)) {
        *found = (struct suffix){own, "", SLUICE_AUTO};
        for (size_t i = 0; i < SUFFIXES; i++)
            if (strcasecmp(own, suffixes[i].text) == 0)
                *found = suffixes[i];
        return true;
    }
    for (size_t i = 0; i < SUFFIXES; i++)
        if (ends_in(path, suffixes[i].text)) {
            *found = suffixes[i];
            return true;
        }
    return false;
}

const char *names_try(size_t index, const char *own)
{
    static const char *const tried[] = {".gz", ".zz", ".zlib", ".deflate", ".z", "-gz", "-z"};

    if (own) {
        if (index == 0)
            return own;
        index--;
    }
    return index < sizeof tried / sizeof tried[0] ? tried[index] : NULL;
}

/* The first `n` bytes of a and all of b. */
static char *concatenate(const char *a, size_t n, const char *b)
{
    const size_t m = strlen(b);
    char *name = malloc(n + m + 1);

    if (name) {
        memcpy(name, a, n);
        memcpy(name + n, b, m + 1);
    }
    return name;
}

char *names_join(const char *path, const char *suffix)
{
    return concatenate(path, strlen(path), suffix);
}

char *names_replace(const char *path, const struct suffix *suffix)
{
    return concatenate(path, strlen(path) - strlen(suffix->text), suffix->replacement);
}

const char *names_last_component(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

char *names_sibling(const char *path, const char *name)
{
    return concatenate(path, (size_t)(names_last_component(path) - path), name);
}
