/*
 * memory.h: where objects come from whose maker named no allocator, and how the parts of one lie.
 */
#ifndef SLUICE_FORMAT_MEMORY_H
#define SLUICE_FORMAT_MEMORY_H

#include "sluice.h"

/* malloc() and free() */
extern const sluice_allocator sluice_by_malloc;

/* A size that a part of an object can have so that the next begins aligned, and threads hardly share a cache line. */
static inline size_t memory_aligned(size_t size)
{
    return (size + 63) / 64 * 64;
}

#endif
