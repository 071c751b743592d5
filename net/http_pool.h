/*
 * http_pool.h: connections that a server keeps open behind a response, for the next file from the same server.
 */
#ifndef NET_HTTP_POOL_H
#define NET_HTTP_POOL_H

#include "net/url.h"

#include <stddef.h>

/* Connections that are kept. Who fetches from more servers than this in turn gains little by keeping them. */
enum { HTTP_POOL_MOST = 16 };

/* All zero: none. */
struct http_pool {
    struct {
        int fd;
        char server[URL_SERVER_ROOM]; /* as url_server() writes it */
    } idle[HTTP_POOL_MOST]; /* the longest kept first */
    size_t count;
};

/* A connection to that server on which nothing has come meanwhile, not even its end; the caller's then. -1: none. */
int http_pool_take(struct http_pool *pool, const char *server);

/* Keeps the connection, the pool's from now on; if there is no place, the one that has been kept longest is closed. */
void http_pool_put(struct http_pool *pool, int fd, const char *server);

void http_pool_close(struct http_pool *pool);

#endif
