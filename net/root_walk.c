/*
 * root_walk.c: confinement with POSIX alone. Each component is opened from the descriptor of the one before it, none
 * may be a link, and none is `..`: so no step leads up or aside, even if folders are renamed meanwhile.
 */
#include "net/root.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Is the last component, which could not be opened as a folder, a link? O_NOFOLLOW with O_DIRECTORY says ENOTDIR. */
static int reason_for(int folder, const char *component, int error)
{
    struct stat st;

    if (error == ENOTDIR && fstatat(folder, component, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
        return ELOOP;
    return error;
}

int root_walk(int root, const char *name, int flags)
{
    char component[256]; /* NAME_MAX is 255 wherever this runs; a longer one is refused, not cut */
    int folder = root;

    for (;;) {
        const char *const slash = strchr(name, '/');
        const size_t size = slash ? (size_t)(slash - name) : strlen(name);
        int next = -1, reason = ENAMETOOLONG;

        if (size < sizeof component) {
            memcpy(component, name, size);
            component[size] = '\0';
            next = slash ? openat(folder, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                         : openat(folder, component, flags | O_NOFOLLOW);
            reason = next < 0 ? reason_for(folder, component, errno) : 0;
        }
        if (folder != root)
            close(folder);
        if (next < 0 || !slash) {
            errno = reason;
            return next;
        }
        folder = next;
        name = slash + 1;
    }
}
