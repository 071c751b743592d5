/*
 * names.h: suffixes, and the names of results.
 *
 * gzip's suffixes (.gz -gz .z -z _z .tgz .taz), pigz's for zlib (.zz), and two that say what is in the file (.zlib,
 * .deflate). Case does not matter in reading them.
 */
#ifndef APP_TOOL_NAMES_H
#define APP_TOOL_NAMES_H

#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>

struct suffix {
    const char *text;        /* what the name ends in */
    const char *replacement; /* what stands there instead once decompressed */
    sluice_format format;    /* what such a file holds; AUTO: see the first byte */
};

/* What a compressed file of this format is called. */
const char *names_default_suffix(sluice_format format);

/* The suffix in which `path` ends, `own` (of -S, or NULL) first; false: none, or nothing stands before it. */
bool names_suffix(const char *path, const char *own, struct suffix *found);

/* The suffixes to try for a file that is not there, one after the other from 0; NULL behind the last. */
const char *names_try(size_t index, const char *own);

/* Names by malloc, or NULL: `path` with a suffix behind it; with one replaced; `name` in the folder of `path`. */
char *names_join(const char *path, const char *suffix);
char *names_replace(const char *path, const struct suffix *suffix);
char *names_sibling(const char *path, const char *name);

/* What stands behind the last '/'. */
const char *names_last_component(const char *path);

#endif
