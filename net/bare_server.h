/*
 * bare_server.h: the bare protocol, the server's side. The client sends a file's name, the server answers with one zlib
 * stream of the file and closes.
 */
#ifndef NET_BARE_SERVER_H
#define NET_BARE_SERVER_H

#include "net/connection.h"

/*
 * The name ends at a newline (LF or CRLF, no part of it), where the client ends its side, or when at least one byte has
 * come and nothing more for this many ms: the first client of this protocol sends a name and simply waits.
 */
enum { BARE_SILENCE = 200 };

/* When the server stops: how long, in ms, a client that is connected may still take to send its name. */
enum { BARE_LAST_CALL = 1000 };

extern const struct protocol bare_protocol;

#endif
