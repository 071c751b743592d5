/*
 * encoders.h: encoders that are kept for the next transfer. Making one costs fresh pages of memory, resetting one next
 * to nothing, and most files are small. One thread owns a set.
 */
#ifndef NET_ENCODERS_H
#define NET_ENCODERS_H

#include "sluice.h"

#include <stdbool.h>

/* Idle encoders a thread keeps; at level 6 a few MiB. More are only needed while more clients are served at once. */
enum { ENCODERS_KEPT = 8 };

struct encoders {
    sluice_deflate_options options;
    sluice_deflater *idle[ENCODERS_KEPT];
    unsigned count;
};

/*
 * An encoder at the beginning of a stream in a format at a level, otherwise with the set's options, whose level is the
 * highest that it can be changed to. NULL: no memory.
 */
sluice_deflater *encoders_take(struct encoders *encoders, sluice_format format, int level);

/* Gives back what encoders_take() gave, which is freed unless it is worth keeping. NULL is fine. */
void encoders_give(struct encoders *encoders, sluice_deflater *deflater, bool keep);

/* Frees those that are idle. */
void encoders_free(struct encoders *encoders);

#endif
