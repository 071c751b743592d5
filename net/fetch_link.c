/* fetch_link.c: see fetch_link.h. */
#include "net/fetch_link.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Failures ---- */

int link_fail(struct fetch_link *l, enum fetch_failure failure, const char *format, ...)
{
    struct fetch *const f = &l->fetch;
    va_list args;

    va_start(args, format);
    vsnprintf(f->message, sizeof f->message, format, args);
    va_end(args);
    f->failure = failure;
    f->passes = failure == FETCH_NO_CONNECTION || failure == FETCH_CUT_SHORT || failure == FETCH_TIMED_OUT;
    return FETCH_FAILED;
}

int link_fail_wire(struct fetch_link *l)
{
    return link_fail(l, FETCH_TOO_LARGE, "%" PRIu64 " bytes have come for a file of at most %" PRIu64,
                     l->fetch.wire, l->limits.max_size);
}

int link_fail_size(struct fetch_link *l)
{
    return link_fail(l, FETCH_TOO_LARGE, "the file is larger than the %" PRIu64 " bytes allowed",
                     l->limits.max_size);
}

/* ---- The connection ---- */

void link_init(struct fetch_link *l, const struct fetch_limits *limits, unsigned char *buffer)
{
    l->fetch.fd = -1;
    l->fetch.deadline = UINT64_MAX;
    l->limits = *limits;
    l->wire_max = fetch_wire_allowed(limits->max_size);
    l->buffer = buffer;
}

void link_begin(struct fetch_link *l, const struct url *url, int fd, uint64_t now)
{
    l->fetch.fd = fd;
    l->reused = fd >= 0;
    l->send_error = 0;
    l->waiting = false;
    l->in = (sluice_input){0};
    if (l->reused)
        return;
    l->dial_begun = dial_begin(&l->dial, url, now, l->limits.timeout);
    l->dialling = l->dial_begun == DIAL_WAIT;
}

void link_leave(struct fetch_link *l)
{
    if (l->dialling)
        dial_end(&l->dial);
    else if (l->fetch.fd >= 0)
        close(l->fetch.fd);
    l->dialling = false;
    l->fetch.fd = -1;
}

static int not_connected(struct fetch_link *l, enum dial_result result)
{
    l->dialling = false;
    l->fetch.fd = -1;
    if (result == DIAL_TIMED_OUT)
        return link_fail(l, FETCH_TIMED_OUT, "timed out: %s did not answer", l->server);
    return link_fail(l, result == DIAL_EXHAUSTED ? FETCH_LOCAL : FETCH_NO_CONNECTION, "could not connect to %s: %s",
                     l->server, l->dial.error);
}

int link_connect(struct fetch_link *l, uint64_t now)
{
    if (l->reused)
        return FETCH_CONNECTED;

    const enum dial_result result = l->dialling ? dial_step(&l->dial, now) : l->dial_begun;

    switch (result) {
    case DIAL_WAIT:
        l->fetch.fd = l->dial.fd;
        l->fetch.events = POLLOUT;
        l->fetch.deadline = l->dial.until;
        return FETCH_WAIT;
    case DIAL_CONNECTED:
        l->dialling = false;
        l->fetch.fd = l->dial.fd;
        return FETCH_CONNECTED;
    default:
        return not_connected(l, result);
    }
}

/* The socket has nothing to do for us: the time that it may keep us waiting begins with the first time it says so. */
static int wait_for(struct fetch_link *l, short events, uint64_t now)
{
    const uint64_t timeout = l->limits.timeout;

    if (!l->waiting)
        l->fetch.deadline = timeout ? now + timeout : UINT64_MAX;
    l->waiting = true;
    l->fetch.events = events;
    if (now < l->fetch.deadline)
        return FETCH_WAIT;
    return link_fail(l, FETCH_TIMED_OUT, "timed out: nothing came from %s for %" PRIu64 ".%03u s, after %" PRIu64
                     " bytes", l->server, timeout / 1000, (unsigned)(timeout % 1000), l->fetch.wire);
}

int link_send(struct fetch_link *l, const char *data, size_t size, size_t *sent, uint64_t now)
{
    while (*sent < size) {
        const ssize_t n = send(l->fetch.fd, data + *sent, size - *sent, MSG_NOSIGNAL);

        if (n >= 0)
            *sent += (size_t)n;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return wait_for(l, POLLOUT, now);
        else if (errno != EINTR) {
            l->send_error = errno;
            break; /* what the server had sent before can still be read */
        }
    }
    l->waiting = false;
    return LINK_GO_ON;
}

int link_read(struct fetch_link *l, uint64_t now, size_t room, int *error)
{
    const size_t size = room < l->limits.block ? room : l->limits.block;
    ssize_t n;

    do
        n = recv(l->fetch.fd, l->buffer, size, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return wait_for(l, POLLIN, now);
    l->waiting = false;
    *error = n < 0 ? errno : l->send_error;
    if (n <= 0)
        return LINK_GO_ON;
    l->in = (sluice_input){l->buffer, (size_t)n, 0};
    return link_event(l, FETCH_READ, l->buffer, (size_t)n);
}
