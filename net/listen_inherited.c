/* listen_inherited.c: see listen_inherited.h. */
#include "net/listen_inherited.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A whole decimal number; -1: it is none. */
static long number(const char *text)
{
    char *end;
    long value;

    if (!text || text[0] < '0' || text[0] > '9')
        return -1;
    errno = 0;
    value = strtol(text, &end, 10);
    return *end || errno ? -1 : value;
}

/* Cuts the text at its colons. Names that are missing stay empty. */
static void split(char *text, const char **names, long count)
{
    for (long i = 0; i < count; i++) {
        char *const colon = text ? strchr(text, ':') : NULL;

        names[i] = text ? text : "";
        if (colon)
            *colon = '\0';
        text = colon ? colon + 1 : NULL;
    }
}

int listen_inherited(const char **names, char *error)
{
    const char *const pid = getenv("LISTEN_PID"), *const fds = getenv("LISTEN_FDS");
    char *const all = getenv("LISTEN_FDNAMES");
    const bool ours = pid && fds && number(pid) == (long)getpid();
    const long count = ours ? number(fds) : 0;

    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (count < 0 || count > LISTEN_INHERITED_MOST) {
        snprintf(error, LISTEN_INHERITED_ROOM, "LISTEN_FDS: not a number from 0 to %d", LISTEN_INHERITED_MOST);
        return -1;
    }
    split(all, names, count);
    return (int)count;
}

bool listen_adopt(int fd, char *error)
{
    int type = 0, listens = 0;
    socklen_t size = sizeof type;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0) {
        snprintf(error, LISTEN_INHERITED_ROOM, "descriptor %d, inherited: %s", fd, strerror(errno));
        return false;
    }
    size = sizeof listens;
    if (type != SOCK_STREAM || getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) < 0 || !listens) {
        snprintf(error, LISTEN_INHERITED_ROOM, "descriptor %d, inherited: not a socket that listens", fd);
        return false;
    }
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
        snprintf(error, LISTEN_INHERITED_ROOM, "descriptor %d, inherited: %s", fd, strerror(errno));
        return false;
    }
    return true;
}
