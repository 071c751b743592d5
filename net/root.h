/*
 * root.h: opens files beneath one folder, and nothing else, whatever the name says and whoever moves things about.
 *
 * A name is judged twice. root_judge() looks at its text. The opening itself is confined by the kernel (openat2 with
 * RESOLVE_BENEATH on Linux) or by walking the components one by one, where no link is ever opened (elsewhere, and on
 * old kernels), so that no race between looking and opening leads outside. What is opened must be a regular file.
 *
 * Symbolic links: a relative link that stays beneath the root is followed, any other is refused.
 */
#ifndef NET_ROOT_H
#define NET_ROOT_H

#include <stddef.h>
#include <sys/stat.h>

/* Longest name in bytes: that of the bare protocol, and what a kernel takes as a path. */
enum { ROOT_NAME_LONGEST = 4096 };

/* Why a name is refused. root_reason() has a text for each. */
enum root_verdict {
    ROOT_OK,
    ROOT_EMPTY,     /* no name */
    ROOT_LONG,      /* over ROOT_NAME_LONGEST, or a component over what the file system takes */
    ROOT_NUL,       /* a NUL within the name */
    ROOT_ABSOLUTE,  /* begins with a slash */
    ROOT_PARENT,    /* a component is `..` */
    ROOT_HIDDEN,    /* a component begins with a dot */
    ROOT_COMPONENT, /* a component is empty: two slashes, or one at the end */
    ROOT_ABSENT,    /* there is no such file */
    ROOT_OUTSIDE,   /* a link leads outside the root, or may */
    ROOT_DENIED,    /* the server may not read it */
    ROOT_FOLDER,    /* it is a directory */
    ROOT_SPECIAL,   /* it is a device, a FIFO or a socket */
    ROOT_BUSY,      /* too many files are open, or no memory: not the client's fault */
    ROOT_TROUBLE    /* any other error of the system: errno tells */
};

/* What is wrong with the text of a name, or ROOT_OK. */
enum root_verdict root_judge(const void *name, size_t size);

/*
 * Opens the regular file `name` (size bytes, no NUL needed) beneath the folder `root` for reading. *fd is the caller's
 * to close, *status what it is. Anything but ROOT_OK leaves *fd at -1. Never blocks on a FIFO, and gives a terminal no
 * power over the process.
 */
enum root_verdict root_open(int root, const void *name, size_t size, int *fd, struct stat *status);

/* Opens the folder `name` beneath `root` to read what is in it; the empty name is the root itself. As root_open(). */
enum root_verdict root_open_folder(int root, const void *name, size_t size, int *fd);

/* A few words for a log. A static string. */
const char *root_reason(enum root_verdict verdict);

/*
 * Opens what root_judge() has let pass, with `flags` for open(), or gives -1 and errno: ELOOP or EXDEV where a link is
 * in the way. The first is the best that the system has, and is chosen by file; the second needs POSIX alone.
 */
int root_beneath(int root, const char *name, int flags);
int root_walk(int root, const char *name, int flags);

#endif
