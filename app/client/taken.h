/*
 * taken.h: the files that this run has written, so that two URLs whose names end alike do not lose one of them.
 *
 * Kept as 64-bit hashes, 16 bytes a file at most: a list of URLs can be long.
 */
#ifndef APP_CLIENT_TAKEN_H
#define APP_CLIENT_TAKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: none. */
struct taken {
    uint64_t *hashes; /* `room` places, a power of two; 0: free. A hash stands at the first free place from its own */
    size_t room;
    size_t count;     /* invariant: at most half of room, so that a search ends */
};

bool taken_has(const struct taken *t, const char *path);

/* False: no memory. */
bool taken_add(struct taken *t, const char *path);

void taken_free(struct taken *t);

#endif
