/* memory_file_linux.c: memfd_create(2); holes give memory back. See memory_file.h. */
#define _GNU_SOURCE
#include "net/memory_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int memory_file_open(void)
{
    return memfd_create("sluice copies", MFD_CLOEXEC);
}

bool memory_file_put(int fd, uint64_t offset, const void *data, size_t size)
{
    size_t done = 0;

    while (done < size) {
        const ssize_t n = pwrite(fd, (const char *)data + done, size - done, (off_t)(offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            memory_file_drop(fd, offset, size);
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

void memory_file_drop(int fd, uint64_t offset, size_t size)
{
    const size_t places = (size + MEMORY_FILE_PLACE - 1) / MEMORY_FILE_PLACE;

    fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)(places * MEMORY_FILE_PLACE));
}
