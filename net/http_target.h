/*
 * http_target.h: the name of a file from the path of a request.
 */
#ifndef NET_HTTP_TARGET_H
#define NET_HTTP_TARGET_H

#include "net/http_request.h"

/* A name is never longer than the path it came from. */
enum { HTTP_NAME_ROOM = HTTP_LINE_LONGEST };

/*
 * Decodes the percent-encoding (RFC 3986 2.1) of a path that begins with '/', and leaves the first slash out:
 * name[*size) is for root_open(), which judges its components. One slash at the end is left out too, and *folder set: a
 * folder is meant, and its relative links work. The root itself is the empty name with *folder set. 0, or the status
 * code to refuse it with: 400 (no encoding, or that of NUL), 404 (the encoding of a slash: it is part of a name, and no
 * file has such a one; to take it for a border would be to read the path in two ways).
 */
unsigned http_target_name(const struct http_text *path, char *name, size_t *size, bool *folder);

#endif
