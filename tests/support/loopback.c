/* loopback.c: see loopback.h. */
#include "tests/support/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int loopback_connect(int port, bool small)
{
    const struct timeval patience = {.tv_sec = LOOPBACK_PATIENCE};
    const int size = 4096;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0)
        return -1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (small)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        const int reason = errno;

        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

void loopback_send(int fd, const void *data, size_t size)
{
    const char *p = data;

    while (size > 0) {
        const ssize_t n = send(fd, p, size, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        p += n;
        size -= (size_t)n;
    }
}

enum loopback_end loopback_read(int fd, void *data, size_t size, size_t *got)
{
    *got = 0;
    while (*got < size) {
        const ssize_t n = recv(fd, (char *)data + *got, size - *got, 0);

        if (n == 0)
            return LOOPBACK_CLOSED;
        if (n > 0)
            *got += (size_t)n;
        else if (errno != EINTR)
            return errno == EAGAIN || errno == EWOULDBLOCK ? LOOPBACK_HANGS : LOOPBACK_RESET;
    }
    return LOOPBACK_MORE;
}

bool loopback_readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 0) > 0;
}

enum loopback_end loopback_read_all(int fd, unsigned char **data, size_t *size)
{
    size_t room = 64 * 1024, got;
    enum loopback_end end;

    *data = malloc(room);
    *size = 0;
    do {
        if (*size == room)
            *data = realloc(*data, room *= 2);
        if (!*data) {
            perror("loopback_read_all");
            exit(1);
        }
        end = loopback_read(fd, *data + *size, room - *size, &got);
        *size += got;
    } while (end == LOOPBACK_MORE);
    return end;
}

void loopback_reset(int fd)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
}

int loopback_descriptors(void)
{
    const int most = (int)sysconf(_SC_OPEN_MAX) < 65536 ? (int)sysconf(_SC_OPEN_MAX) : 65536;
    int count = 0;

    for (int fd = 0; fd < most; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}
