/* file_send_posix.c: POSIX has no such call. */
#include "net/file_send.h"

#include <errno.h>

ssize_t file_send(int socket, int file, uint64_t offset, size_t size)
{
    (void)socket;
    (void)file;
    (void)offset;
    (void)size;
    errno = ENOSYS;
    return -1;
}

uint64_t file_send_waiting(int socket)
{
    (void)socket;
    return 0;
}

bool file_send_tells(void)
{
    return false;
}
