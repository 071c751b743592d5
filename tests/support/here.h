/*
 * here.h: a folder of its own that a test works in, as the user of a program does: names are relative to it. What goes
 * wrong in setting it up ends the test.
 */
#ifndef TESTS_HERE_H
#define TESTS_HERE_H

#include <stdbool.h>
#include <stddef.h>

/* Makes it, with `name` in its path, and changes into it. */
void here_begin(const char *name);

/* Leaves it, and removes it with all that is in it. */
void here_end(void);

/* Writes a file; what was there is gone. */
void here_put(const char *name, const void *data, size_t size);
void here_put_text(const char *name, const char *text);

/* Reads at most `room` bytes of any file: how many, 0 too if there is none. */
size_t here_load(const char *name, void *to, size_t room);

/* Is there a file of that name with this content? */
bool here_holds(const char *name, const void *data, size_t size);
bool here_holds_text(const char *name, const char *text);

/* How many entries there are; the same, and removes all that are no folders. */
int here_entries(void);
int here_clear(void);

/* The size of the largest file whose name begins with `prefix`: -1 if there is none. */
long long here_size(const char *prefix);

#endif
