/*
 * compare.h: compares a stream of bytes with a file, a piece at a time.
 */
#ifndef APP_CLIENT_COMPARE_H
#define APP_CLIENT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compare {
    int fd;
    uint64_t same;     /* bytes that are equal from the beginning: the offset of the first that differs */
    bool differs;      /* found; invariant: then `same` does not change any more */
    bool file_ended;   /* the difference is that the file is the shorter one */
    bool stream_ended; /* the difference is that the stream is the shorter one */
};

/* Opens the file. 0, or -1 with errno. */
int compare_begin(struct compare *c, const char *path);

/* The next bytes of the stream. 0 whether they are equal or not, or -1 with errno: the file cannot be read. */
int compare_bytes(struct compare *c, const void *data, size_t size);

/* The stream is at its end: whether the file is too. 0 or -1 as above. */
int compare_finish(struct compare *c);

/* From the beginning again. 0 or -1. */
int compare_restart(struct compare *c);

void compare_end(struct compare *c);

#endif
