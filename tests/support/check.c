/* check.c: see check.h. */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "tests/support/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static long passed, failed;
static char context[512];
static bool context_printed = true;

bool check_that(bool ok, const char *file, int line, const char *what)
{
    if (ok) {
        passed++;
        return true;
    }
    failed++;
    if (!context_printed)
        printf("-- %s\n", context);
    context_printed = true;
    printf("%s:%d: %s\n", file, line, what);
    fflush(stdout);
    return false;
}

bool check_equal(long long got, long long want, const char *file, int line, const char *what)
{
    if (check_that(got == want, file, line, what))
        return true;
    printf("    got %lld, want %lld\n", got, want);
    return false;
}

bool check_bytes(const void *got, size_t got_size, const void *want, size_t want_size, const char *file, int line,
                 const char *what)
{
    size_t n = got_size < want_size ? got_size : want_size;
    size_t i = 0;

    if (check_that(got_size == want_size && (n == 0 || memcmp(got, want, n) == 0), file, line, what))
        return true;
    while (i < n && ((const unsigned char *)got)[i] == ((const unsigned char *)want)[i])
        i++;
    printf("    got %zu bytes, want %zu; they differ at %zu\n", got_size, want_size, i);
    return false;
}

void check_context(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(context, sizeof context, format, args);
    va_end(args);
    context_printed = false;
}

int check_report(const char *name)
{
    printf("%s: %ld passed, %ld failed\n", name, passed, failed);
    return failed ? 1 : 0;
}

uint64_t check_random(uint64_t *state)
{
    uint64_t x = *state ? *state : 88172645463325252u;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * 2685821657736338717u;
}

/* One guard page on either side of the whole pages that hold `size` bytes. */
static size_t guarded_pages(size_t size, size_t page)
{
    return (size + page - 1) / page * page + 2 * page;
}

void *check_guarded(size_t size, bool at_start)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t total = guarded_pages(size, page);
    unsigned char *p = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED || mprotect(p, page, PROT_NONE) || mprotect(p + total - page, page, PROT_NONE)) {
        perror("check_guarded");
        exit(1);
    }
    return at_start ? p + page : p + total - page - size;
}

void check_guarded_free(void *memory, size_t size, bool at_start)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t total = guarded_pages(size, page);
    unsigned char *p = memory;

    munmap(at_start ? p - page : p + size + page - total, total);
}
