/*
 * memory_file.h: a file in memory alone, for copies that are sent without being copied once more. It only grows: each
 * piece has a place of its own for ever, so that bytes on their way to a client are never written over; what is dropped
 * gives its memory back. Chosen by file.
 */
#ifndef NET_MEMORY_FILE_H
#define NET_MEMORY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A piece begins at a multiple of this, so that no two share a page, however large the system's pages are. What is not
 * written takes no memory.
 */
enum { MEMORY_FILE_PLACE = 2 * 1024 * 1024 };

/* Opens one; a descriptor. -1: there is no such thing here, or no descriptor. */
int memory_file_open(void);

/* Writes a piece. False: no memory; nothing is held. */
bool memory_file_put(int fd, uint64_t offset, const void *data, size_t size);

/* Gives back the memory of a piece; readers that have been lent its pages keep them. */
void memory_file_drop(int fd, uint64_t offset, size_t size);

#endif
