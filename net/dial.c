/* dial.c: see dial.h. */
#define _GNU_SOURCE /* SOCK_NONBLOCK and SOCK_CLOEXEC: in POSIX since 2024, in Linux and the BSDs long before */
#include "net/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Notes why there is no connection, and leaves the socket. */
static enum dial_result leave(struct dial *d, enum dial_result outcome, const char *why)
{
    snprintf(d->error, sizeof d->error, "%s", why);
    if (d->fd >= 0)
        close(d->fd);
    d->fd = -1;
    d->outcome = outcome;
    return outcome;
}

/* The same for what a system call said. */
static enum dial_result leave_by_error(struct dial *d, int error)
{
    switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
        return leave(d, DIAL_EXHAUSTED, strerror(error));
    case ETIMEDOUT:
        return leave(d, DIAL_TIMED_OUT, strerror(error));
    default:
        return leave(d, DIAL_FAILED, strerror(error));
    }
}

static enum dial_result begin_local(struct dial *d, const struct url *url)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const size_t size = strlen(url->host);
    const socklen_t address_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + 1);

    if (size >= sizeof address.sun_path)
        return leave(d, DIAL_FAILED, "the path of a local socket has at most 107 bytes");
    memcpy(address.sun_path, url->host, size);
    d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (d->fd < 0)
        return leave_by_error(d, errno);
    /* Connecting to a local socket is done or refused at once (EAGAIN: the server has no place left). */
    if (connect(d->fd, (const struct sockaddr *)&address, address_size) < 0)
        return leave_by_error(d, errno);
    return DIAL_WAIT;
}

enum dial_result dial_begin(struct dial *d, const struct url *url, uint64_t now, uint64_t timeout)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    char port[8];
    int failure;

    *d = (struct dial){.fd = -1, .until = now, .deadline = timeout ? now + timeout : UINT64_MAX};
    if (url->local)
        return begin_local(d, url);
    snprintf(port, sizeof port, "%u", (unsigned)url->port);
    failure = getaddrinfo(url->host, port, &hints, &d->found);
    if (failure != 0) {
        d->found = NULL;
        if (failure == EAI_SYSTEM)
            return leave_by_error(d, errno);
        return leave(d, failure == EAI_MEMORY ? DIAL_EXHAUSTED : DIAL_FAILED, gai_strerror(failure));
    }
    d->next = d->found;
    return DIAL_WAIT;
}

void dial_end(struct dial *d)
{
    if (d->fd >= 0)
        close(d->fd);
    d->fd = -1;
    if (d->found)
        freeaddrinfo(d->found);
    d->found = d->next = NULL;
}

/* Begins to connect to the next address. */
static void try_next(struct dial *d, uint64_t now)
{
    const struct addrinfo *const a = d->next;
    uint64_t left = 1;
    const int on = 1;

    d->next = a->ai_next;
    for (const struct addrinfo *rest = d->next; rest; rest = rest->ai_next)
        left++;
    d->until = d->deadline == UINT64_MAX ? UINT64_MAX : now + (d->deadline > now ? d->deadline - now : 0) / left;
    d->fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
    if (d->fd < 0) {
        leave_by_error(d, errno);
        return;
    }
    setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* a request is one small piece: nothing to wait for */
    if (connect(d->fd, a->ai_addr, a->ai_addrlen) < 0 && errno != EINPROGRESS && errno != EINTR)
        leave_by_error(d, errno);
}

/* Whether the connection has come about: 1 yes, 0 not yet, -1 no, with errno. */
static int look(int fd)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer, error_size = sizeof(int);
    int error = 0;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size) < 0)
        return -1;
    if (error != 0) {
        errno = error;
        return -1;
    }
    if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0)
        return 1;
    return errno == ENOTCONN ? 0 : -1;
}

enum dial_result dial_step(struct dial *d, uint64_t now)
{
    for (;;) {
        if (d->fd >= 0) {
            const int connected = look(d->fd);

            if (connected > 0) {
                if (d->found)
                    freeaddrinfo(d->found);
                d->found = d->next = NULL;
                return DIAL_CONNECTED;
            }
            if (connected == 0 && now < d->until)
                return DIAL_WAIT;
            leave_by_error(d, connected < 0 ? errno : ETIMEDOUT);
        }
        if (!d->next) {
            dial_end(d);
            return d->outcome;
        }
        try_next(d, now);
    }
}
