/* file_send_linux.c: sendfile(2), and the count of bytes that a TCP socket keeps for a retransmission (tcp(7)). */
#define _GNU_SOURCE
#include "net/file_send.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>

ssize_t file_send(int socket, int file, uint64_t offset, size_t size)
{
    off_t from = (off_t)offset;
    const ssize_t sent = sendfile(socket, file, &from, size);

    /* Some file systems cannot; to read from them works all the same. */
    if (sent < 0 && errno == EINVAL)
        errno = ENOSYS;
    return sent;
}

uint64_t file_send_waiting(int socket)
{
    int waiting;

    return ioctl(socket, SIOCOUTQ, &waiting) == 0 && waiting > 0 ? (uint64_t)waiting : 0;
}

bool file_send_tells(void)
{
    return true;
}
