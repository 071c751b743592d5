/*
 * http_type.h: what kind of thing a file is, by its name, and whether it is worth compressing.
 */
#ifndef NET_HTTP_TYPE_H
#define NET_HTTP_TYPE_H

#include <stdbool.h>
#include <stddef.h>

enum http_packing {
    HTTP_LOOSE,  /* compresses well */
    HTTP_PACKED, /* compressed already by its format */
    HTTP_UNSURE  /* the name does not tell: http_looks_packed() does */
};

struct http_type {
    const char *name; /* a value of Content-Type. A static string. */
    enum http_packing packing;
};

/* The type of a file by the last component of its name: by its ending, whatever the case, or by the whole of it. */
struct http_type http_type_of(const char *name, size_t size);

/* Bytes from the beginning of a file that are enough to judge it by. */
enum { HTTP_PROBE = 4096 };

/*
 * Do these bytes look as if nothing could be saved on them? True for compressed and encrypted data and for noise; false
 * for text, code, sound and pictures that are not compressed, and for too few bytes to tell.
 */
bool http_looks_packed(const void *data, size_t size);

#endif
