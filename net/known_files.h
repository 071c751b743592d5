/*
 * known_files.h: files that a thread has served lately, by name. The next request for one then costs a look at it
 * instead of an opening; what is sent comes from the cache of copies (http_cache.h).
 *
 * A name is known only after it has been opened beneath the root (root.h), and counts only while it leads to the very
 * file that it led to then: device, inode, size and times are compared at every request, so nothing stale is served,
 * and nothing that has not been opened in the strict way before. One thread owns a set.
 */
#ifndef NET_KNOWN_FILES_H
#define NET_KNOWN_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct known_file {
    char *name;         /* beneath the root, with a NUL at its end; NULL: the place is free */
    size_t size;        /* of the name */
    struct stat status;
    bool compressible;
    bool gzip;          /* it has been looked into, and begins as gzip does */
};

struct known_files;

/* NULL: no memory. */
struct known_files *known_files_new(void);
void known_files_free(struct known_files *files);

/* The file of this name, if it is known and still what it was; looks at it. Good until the next call. Else NULL. */
const struct known_file *known_files_find(struct known_files *files, int root, const char *name, size_t size);

/*
 * A file has been opened and is this. It must not be fresh (see transfer.h), or a change of it could pass unseen. What
 * has been known for longest in the same place is forgotten.
 */
void known_files_add(struct known_files *files, const char *name, size_t size, const struct stat *status,
                     bool compressible, bool gzip);

/* The same file, with the same content? */
bool known_files_same(const struct stat *a, const struct stat *b);

#endif
