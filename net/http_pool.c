/* http_pool.c: see http_pool.h. */
#include "net/http_pool.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void leave_out(struct http_pool *pool, size_t place)
{
    pool->count--;
    memmove(&pool->idle[place], &pool->idle[place + 1], (pool->count - place) * sizeof pool->idle[0]);
}

/* What comes unasked is an end, an error, or the rest of a response that has been read already: nothing to build on. */
static bool is_silent(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

int http_pool_take(struct http_pool *pool, const char *server)
{
    for (size_t i = pool->count; i-- > 0;) {
        const int fd = pool->idle[i].fd;

        if (strcmp(pool->idle[i].server, server) != 0)
            continue;
        leave_out(pool, i);
        if (is_silent(fd))
            return fd;
        close(fd);
    }
    return -1;
}

void http_pool_put(struct http_pool *pool, int fd, const char *server)
{
    if (pool->count == HTTP_POOL_MOST) {
        close(pool->idle[0].fd);
        leave_out(pool, 0);
    }
    pool->idle[pool->count].fd = fd;
    strcpy(pool->idle[pool->count].server, server); /* fits: both have URL_SERVER_ROOM */
    pool->count++;
}

void http_pool_close(struct http_pool *pool)
{
    while (pool->count > 0)
        close(pool->idle[--pool->count].fd);
}
