/* memory_file_posix.c: POSIX has no file without a name; copies stay in ordinary memory. See memory_file.h. */
#include "net/memory_file.h"

int memory_file_open(void)
{
    return -1;
}

bool memory_file_put(int fd, uint64_t offset, const void *data, size_t size)
{
    (void)fd;
    (void)offset;
    (void)data;
    (void)size;
    return false;
}

void memory_file_drop(int fd, uint64_t offset, size_t size)
{
    (void)fd;
    (void)offset;
    (void)size;
}
