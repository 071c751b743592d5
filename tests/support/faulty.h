/*
 * faulty.h: runs a program whose calls fail on purpose (tests/faults/faults.c), in a folder of its own.
 */
#ifndef TESTS_FAULTY_H
#define TESTS_FAULTY_H

#include "tests/support/program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A function whose calls are made to fail, and with what, up to a 0. */
struct fault {
    const char *name;
    int errors[6];
};

/* Makes a folder and goes there. To be called first; the paths of the programs are found before. */
void faulty_begin(void);

/* Removes the folder with all that is in it. */
void faulty_end(void);

/*
 * Each call fails, and with each error: FULL=true in the environment, as `make check` has it. Else the first calls fail
 * and then some of them, with the first error.
 */
bool faulty_is_full(void);

/* The path of the faulty copy of a program, and of the program itself. Static strings. */
const char *faulty_program(const char *name);
const char *sound_program(const char *name);

/* What faults the programs started from now on have; NULL, or for a mode of faults.c its name and seed: none fails. */
void faulty_plan(const char *name, int at, int error);

/* Has the call that was to fail been made, since the plan? */
bool faulty_happened(void);

/* Calls once(user) with one call after another of each function failing, until a run gets through without. */
void faulty_each(const struct fault *faults, size_t count, const char *what, void (*once)(void *user), void *user);

/* The name of the function that fails now. */
const char *faulty_name(void);

/*
 * Reads where a server that has been started listens: the first port on 127.0.0.1 of each protocol, 0: none. False: it
 * has ended before it told.
 */
bool faulty_listens(struct program *server, int *http, int *bare);

/* ---- Files in the folder ---- */

void faulty_write(const char *name, const void *data, size_t size);

/* Is the file there with just these bytes? As they are, or (packed) when decompressed. */
bool faulty_holds(const char *name, const void *data, size_t size);
bool faulty_holds_packed(const char *name, const void *data, size_t size);
bool faulty_exists(const char *name);

/* The files of a folder whose names hold this. */
int faulty_count(const char *folder, const char *part);

#endif
