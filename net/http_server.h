/*
 * http_server.h: HTTP/1.1 (RFC 9110, 9112) for the files beneath the root, the server's side.
 *
 * Persistent connections and pipelining; GET, HEAD, OPTIONS; content codings and transfer codings gzip and deflate;
 * conditions, ranges, folders. Requests whose end can be read in two ways are refused and the connection is closed.
 * What a request is answered with is http_reply.h's matter.
 *
 * Memory: a connection that waits for a request has its structure alone (below 1 KiB); a request adds its head and the
 * reply (4 KiB), a compressed one an encoder, a client that does not read what it asked for at most WORKER_OUTPUT.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "net/connection.h"

/* Requests that came in one piece and are answered in one turn; then the others have theirs. */
enum { HTTP_TURN = 16 };

/* When the server stops: how long, in ms, a client that has connected and not asked may still do so. */
enum { HTTP_LAST_CALL = 1000 };

extern const struct protocol http_protocol;

#endif
