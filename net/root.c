/* root.c: see root.h. */
#include "net/root.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum root_verdict judge_component(const char *component, size_t size)
{
    if (size == 0)
        return ROOT_COMPONENT;
    if (component[0] != '.')
        return ROOT_OK;
    return size == 2 && component[1] == '.' ? ROOT_PARENT : ROOT_HIDDEN;
}

enum root_verdict root_judge(const void *name, size_t size)
{
    const char *p = name;
    const char *const end = p + size;

    if (size == 0)
        return ROOT_EMPTY;
    if (size > ROOT_NAME_LONGEST)
        return ROOT_LONG;
    if (memchr(p, '\0', size))
        return ROOT_NUL;
    if (*p == '/')
        return ROOT_ABSOLUTE;
    for (;;) {
        const char *slash = memchr(p, '/', (size_t)(end - p));
        const char *stop = slash ? slash : end;
        const enum root_verdict verdict = judge_component(p, (size_t)(stop - p));

        if (verdict != ROOT_OK || !slash)
            return verdict;
        p = slash + 1;
    }
}

static enum root_verdict verdict_of_error(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return ROOT_ABSENT;
    case ENAMETOOLONG:
        return ROOT_LONG;
    case ELOOP:
    case EXDEV:
        return ROOT_OUTSIDE;
    case EACCES:
    case EPERM:
        return ROOT_DENIED;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return ROOT_BUSY;
    case ENXIO: /* a socket, or a device without a driver */
    case ENODEV:
        return ROOT_SPECIAL;
    default:
        return ROOT_TROUBLE;
    }
}

/* A name that has been judged, as a string. */
static void put_name(char path[ROOT_NAME_LONGEST + 1], const void *name, size_t size)
{
    memcpy(path, name, size);
    path[size] = '\0';
}

enum root_verdict root_open(int root, const void *name, size_t size, int *fd, struct stat *status)
{
    char path[ROOT_NAME_LONGEST + 1];
    enum root_verdict verdict = root_judge(name, size);

    *fd = -1;
    if (verdict != ROOT_OK)
        return verdict;
    put_name(path, name, size);

    /* Non-blocking, or else the opening of a FIFO waits for a writer. It has no effect on a regular file. */
    const int opened = root_beneath(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (opened < 0)
        return verdict_of_error(errno);
    if (fstat(opened, status) < 0)
        verdict = ROOT_TROUBLE;
    else if (S_ISDIR(status->st_mode))
        verdict = ROOT_FOLDER;
    else if (!S_ISREG(status->st_mode))
        verdict = ROOT_SPECIAL;
    if (verdict != ROOT_OK) {
        const int reason = errno;

        close(opened);
        errno = reason;
        return verdict;
    }
    *fd = opened;
    return ROOT_OK;
}

enum root_verdict root_open_folder(int root, const void *name, size_t size, int *fd)
{
    char path[ROOT_NAME_LONGEST + 1] = ".";
    const enum root_verdict verdict = size > 0 ? root_judge(name, size) : ROOT_OK;

    *fd = -1;
    if (verdict != ROOT_OK)
        return verdict;
    if (size > 0)
        put_name(path, name, size);
    *fd = root_beneath(root, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return *fd < 0 ? verdict_of_error(errno) : ROOT_OK;
}

const char *root_reason(enum root_verdict verdict)
{
    switch (verdict) {
    case ROOT_OK: return "ok";
    case ROOT_EMPTY: return "empty name";
    case ROOT_LONG: return "name too long";
    case ROOT_NUL: return "NUL in name";
    case ROOT_ABSOLUTE: return "absolute name";
    case ROOT_PARENT: return "leads above the root";
    case ROOT_HIDDEN: return "hidden file";
    case ROOT_COMPONENT: return "empty component in name";
    case ROOT_ABSENT: return "no such file";
    case ROOT_OUTSIDE: return "link leads outside the root";
    case ROOT_DENIED: return "permission denied";
    case ROOT_FOLDER: return "directory";
    case ROOT_SPECIAL: return "not a regular file";
    case ROOT_BUSY: return "out of descriptors or memory";
    case ROOT_TROUBLE: return "cannot be opened";
    }
    return "unknown";
}
