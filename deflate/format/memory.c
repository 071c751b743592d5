/* memory.c: see memory.h. */
#include "deflate/format/memory.h"

#include <stdlib.h>

static void *by_malloc(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void by_free(void *user, void *memory)
{
    (void)user;
    free(memory);
}

const sluice_allocator sluice_by_malloc = {by_malloc, by_free, NULL};
