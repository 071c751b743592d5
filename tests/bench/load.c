/* load.c: see load.h. */
#include "tests/bench/load.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

void *load_library(const char *name, const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (!library)
        fprintf(stderr, "bench: without %s: %s\n", name, dlerror());
    return library;
}

void load_symbol(void *library, const char *symbol, void *pointer)
{
    void *address = dlsym(library, symbol);

    memcpy(pointer, &address, sizeof address);
}
