/* load.h: a shared library opened at run time, and the addresses in it. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

/* Opens it; says on standard error if it is not to be had, and gives NULL. */
void *load_library(const char *name, const char *path);

/*
 * Stores the address of `symbol`, or NULL, in the function pointer at `pointer`. (A function's address goes by way of
 * memory because C has no conversion from void * to it; POSIX promises that the representation is the same.)
 */
void load_symbol(void *library, const char *symbol, void *pointer);

#endif
