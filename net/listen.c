/* listen.c: see listen.h. */
#include "net/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The socket's flags, its address, and listen(). On failure errno tells why, and the socket is closed. */
static int open_socket(const struct sockaddr *to, socklen_t size)
{
    const int on = 1;
    const int fd = socket(to->sa_family, SOCK_STREAM, 0);

    if (fd < 0)
        return -1;
    /*
     * SO_REUSEADDR so that a restarted server need not wait for old connections to be forgotten; it does not let two
     * servers share a port. An IPv6 socket takes no IPv4, so that 0.0.0.0:P and [::]:P can be listened on together.
     */
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ||
        (to->sa_family != AF_UNIX && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) ||
        (to->sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0) ||
        bind(fd, to, size) < 0 || listen(fd, LISTEN_BACKLOG) < 0) {
        const int reason = errno;

        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

/* Is there a socket file at the path that nobody answers? */
static bool is_left_behind(const struct sockaddr_un *un)
{
    struct stat st;
    bool dead = false;
    int fd;

    if (lstat(un->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
        return false;
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0)
        return false;
    /* Non-blocking: a server whose queue is full must not hold us up (EAGAIN: it lives). */
    if (fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
        dead = connect(fd, (const struct sockaddr *)(const void *)un, sizeof *un) < 0 && errno == ECONNREFUSED;
    close(fd);
    return dead;
}

static size_t open_unix(const struct address *address, int *fds, char *error)
{
    struct sockaddr_un un;

    memset(&un, 0, sizeof un);
    un.sun_family = AF_UNIX;
    memcpy(un.sun_path, address->host, strlen(address->host) + 1); /* address_parse() has seen that it fits */
    fds[0] = open_socket((const struct sockaddr *)(const void *)&un, sizeof un);
    if (fds[0] < 0 && errno == EADDRINUSE && is_left_behind(&un) && unlink(un.sun_path) == 0)
        fds[0] = open_socket((const struct sockaddr *)(const void *)&un, sizeof un);
    if (fds[0] < 0) {
        snprintf(error, LISTEN_ERROR_ROOM, "cannot listen on unix:%s: %s", address->host, strerror(errno));
        return 0;
    }
    return 1;
}

/* The port that `fd` was given becomes that of `to`. */
static void take_port(int fd, struct sockaddr *to)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;

    if (getsockname(fd, (struct sockaddr *)&bound, &size) < 0)
        return;
    const in_port_t port = bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                       : ((struct sockaddr_in *)&bound)->sin_port;

    if (to->sa_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)to)->sin6_port = port;
    else
        ((struct sockaddr_in *)(void *)to)->sin_port = port;
}

size_t listen_open(const struct address *address, int *fds, char *error)
{
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    const bool any_port = strcmp(address->port, "0") == 0;
    struct addrinfo *all, *a;
    size_t count = 0;
    int reason = 0;

    if (address->is_unix)
        return open_unix(address, fds, error);

    const int looked_up = getaddrinfo(address->host, address->port, &hints, &all);

    if (looked_up != 0) {
        snprintf(error, LISTEN_ERROR_ROOM, "cannot listen on %s port %s: %s", address->host, address->port,
                 looked_up == EAI_SYSTEM ? strerror(errno) : gai_strerror(looked_up));
        return 0;
    }
    for (a = all; a && count < LISTEN_MOST; a = a->ai_next) {
        if (a->ai_family != AF_INET && a->ai_family != AF_INET6)
            continue;
        if (any_port && count > 0)
            take_port(fds[0], a->ai_addr);
        fds[count] = open_socket(a->ai_addr, a->ai_addrlen);
        if (fds[count] >= 0) {
            count++;
        } else {
            reason = errno;
            if (reason != EADDRNOTAVAIL && reason != EAFNOSUPPORT)
                break;
        }
    }
    if (count == 0 || (a && count < LISTEN_MOST)) {
        while (count > 0)
            close(fds[--count]);
        snprintf(error, LISTEN_ERROR_ROOM, "cannot listen on %s port %s: %s", address->host, address->port,
                 reason ? strerror(reason) : "the name has no address");
    }
    freeaddrinfo(all);
    return count;
}

char *listen_name(int fd, char *text)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;

    memset(&bound, 0, sizeof bound);
    if (getsockname(fd, (struct sockaddr *)&bound, &size) < 0)
        size = 0;
    return address_format(text, (const struct sockaddr *)&bound, size);
}

void listen_close(int fd)
{
    char name[ADDRESS_TEXT_ROOM];

    listen_name(fd, name);
    close(fd);
    if (strncmp(name, "unix:", 5) == 0)
        unlink(name + 5);
}
