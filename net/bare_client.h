/*
 * bare_client.h: fetches a file over the bare protocol.
 *
 * The client connects and sends the file's name; the server answers with one zlib stream and closes. The name is sent
 * with no newline behind it, for a server that takes all it reads as the name, and the sending side is shut down then,
 * so that a server need not wait to know that the name has ended. An orderly close before any byte is a refusal: no
 * zlib stream is empty. A close, orderly or not, before the stream's end and Adler-32 is a cut.
 *
 * The fetch ends with the stream: it does not wait for the server to close. Bytes that have come behind the stream in
 * the same piece are told of (FETCH_UNUSED) and not used; the file before them is verified and stands.
 */
#ifndef NET_BARE_CLIENT_H
#define NET_BARE_CLIENT_H

#include "net/fetch.h"
#include "net/url.h"

/*
 * Begins to fetch *url, which is copied; its name has been found good by url_name(). Memory held: the decoder (64 KiB)
 * and limits->block bytes. NULL: no memory. A server that cannot be found is told of by the first step.
 */
struct fetch *bare_client_begin(const struct url *url, const struct fetch_limits *limits, uint64_t now);

#endif
