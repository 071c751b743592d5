/*
 * root_openat2.c: confinement by the kernel (Linux 5.6). Older kernels, and sandboxes that forbid the call, are served
 * by the walk.
 */
#define _GNU_SOURCE /* syscall */
#include "net/root.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From linux/openat2.h, which the C library's headers need not bring along. */
struct open_how {
    uint64_t flags, mode, resolve;
};
enum { RESOLVE_NO_MAGICLINKS = 0x02, RESOLVE_BENEATH = 0x08 };
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* The kernel gives EAGAIN when a rename elsewhere keeps it from being sure. Rare; so often, and somebody does it. */
enum { ATTEMPTS = 16 };

int root_beneath(int root, const char *name, int flags)
{
    const struct open_how how = {.flags = (uint64_t)flags, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long fd = -1;

    for (int i = 0; i < ATTEMPTS; i++) {
        fd = syscall(SYS_openat2, root, name, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    if (fd >= 0)
        return (int)fd;
    if (errno == ENOSYS || errno == EPERM || errno == EAGAIN)
        return root_walk(root, name, flags);
    return -1;
}
