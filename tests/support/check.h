/*
 * check.h: the smallest test framework that names what failed.
 *
 * A test program calls CHECK… in functions of its own and ends with `return check_report("name");`. The macros exist
 * because only a macro can name the expression and the line.
 */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts one check; prints `file:line: what` and the printf-style detail when it failed. Returns ok. */
bool check_that(bool ok, const char *file, int line, const char *what);
bool check_equal(long long got, long long want, const char *file, int line, const char *what);
bool check_bytes(const void *got, size_t got_size, const void *want, size_t want_size, const char *file, int line,
                 const char *what);

/* A line printed before the first failure that follows: what was being tested. */
void check_context(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "name: N passed, N failed" and returns the exit status. */
int check_report(const char *name);

#define CHECK(condition) check_that((condition), __FILE__, __LINE__, #condition)
#define CHECK_EQ(got, want) check_equal((long long)(got), (long long)(want), __FILE__, __LINE__, #got " == " #want)
#define CHECK_BYTES(got, got_size, want, want_size) \
    check_bytes((got), (got_size), (want), (want_size), __FILE__, __LINE__, #got " == " #want)

/* A fixed pseudo-random sequence (xorshift64*), so that a failure can be repeated. */
uint64_t check_random(uint64_t *state);

/* Memory of `size` bytes that ends (or, with at_start, begins) at a page that faults when touched. */
void *check_guarded(size_t size, bool at_start);
void check_guarded_free(void *memory, size_t size, bool at_start);

#endif
