/*
 * memory.h: where objects come from whose maker named no allocator.
 */
#ifndef SLUICE_FORMAT_MEMORY_H
#define SLUICE_FORMAT_MEMORY_H

#include "sluice.h"

/* malloc() and free() */
extern const sluice_allocator sluice_by_malloc;

#endif
