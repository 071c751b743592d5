/*
 * http_cache.h: compressed copies of files in memory, shared by all threads of a server, so that a file is compressed
 * for its first client and then only sent.
 *
 * Small files that compress to nothing smaller, or whose clients do not ask for it, are kept as they are once they have
 * been asked for twice: to send them from here costs less than to open them.
 *
 * A copy is known by what the file was: device, inode, size, times of modification and change to the nanosecond. So a
 * file that has changed is another one, and its old copy is soon the one that has not been used for longest, which is
 * the one that makes room. While a copy is being filled, others wait for it
 * (http_reply.c) or compress on their own; a copy in use is never taken away.
 */
#ifndef NET_HTTP_CACHE_H
#define NET_HTTP_CACHE_H

#include "net/http_coding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct http_cache;
struct http_copy;

/* Makes a cache that holds at most `limit` bytes, copies and what is told about them. NULL: no memory. */
struct http_cache *http_cache_new(uint64_t limit);

/* Frees it; no copy may be in use. NULL is fine. */
void http_cache_free(struct http_cache *cache);

/*
 * The copy of a file in a coding, which is in use until http_cache_release(). *fill: there was none, and this one is
 * empty, for the caller to fill. NULL: neither; somebody is filling it, or there is no room.
 */
struct http_copy *http_cache_take(struct http_cache *cache, const struct stat *file, enum http_coding coding,
                                  bool *fill);

/* Is somebody filling this copy? Then how many bytes it has, and one more; else 0. */
size_t http_cache_progress(struct http_cache *cache, const struct stat *file, enum http_coding coding);

/* Adds bytes to a copy that is being filled. False: there is no room for it; it is to be released. */
bool http_cache_put(struct http_cache *cache, struct http_copy *copy, const void *data, size_t size);

/* The copy is whole, and others may have it. */
void http_cache_finish(struct http_cache *cache, struct http_copy *copy);

/* The caller has done with the copy. If it was not finished it is forgotten. */
void http_cache_release(struct http_cache *cache, struct http_copy *copy);

/*
 * The bytes of a copy that was taken whole, which stay until it is released. NULL: they are *size bytes of a file, see
 * http_copy_file().
 */
const char *http_copy_data(const struct http_copy *copy, size_t *size);

/*
 * The file that holds a large copy, the cache's own, and where it is in it. Its bytes may be lent (see file_send.h) and
 * never change, not even once the copy has been forgotten.
 */
int http_copy_file(const struct http_cache *cache, const struct http_copy *copy, uint64_t *offset);

#endif
