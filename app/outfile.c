/*
 * outfile.c: see outfile.h.
 *
 * The temporaries that exist are listed in a table of fixed places, so that a signal handler, which may neither
 * allocate nor wait, can remove them. This table is the one piece of global state: a signal has no other way to reach a
 * program.
 */
#define _GNU_SOURCE /* flock is declared with it everywhere */
#include "app/outfile.h"

#include "app/writeback.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Outputs open at once in one process: above what the programs use (one a transfer or worker thread, and a note). */
#define OUTFILE_OPEN_MAX 72

/* What makes a temporary of NAME: "." NAME ".sluice-part-" and six letters or digits. */
#define PART ".sluice-part-"
#define PART_RANDOM 6

/* What makes the temporary of NAME that is kept: "." NAME and this. No sweep takes it for one of the others. */
#define KEPT ".sluice-kept"

/* A file's name has at most this many bytes on the usual file systems: a longer temporary gets a shorter NAME in it. */
#define NAME_BYTES_MAX 255

/* Names tried before giving up. Each has 62^6 chances: one try is the rule. */
#define NAME_TRIES 100

/* What is to be synced in the end is handed to the disk each time so much has been written: often enough that little is
 * left, and in pieces that a disk likes. */
#define WRITEBACK_PIECE (4 << 20)

/* Names of a folder that a sweep looks at: a folder of millions must not make a small job long. */
#define SWEEP_NAMES_MAX 20000

/* ---- The table that the signal handler reads ---- */

struct temporary {
    atomic_int state;     /* FREE, TAKEN (being filled in), LISTED (folder and name are valid and the file is ours) */
    int folder;
    char name[PATH_MAX];
};

enum { FREE, TAKEN, LISTED };

static struct temporary temporaries[OUTFILE_OPEN_MAX];

static int temporary_take(void)
{
    for (int i = 0; i < OUTFILE_OPEN_MAX; i++) {
        int expected = FREE;

        if (atomic_compare_exchange_strong(&temporaries[i].state, &expected, TAKEN))
            return i;
    }
    errno = EMFILE;
    return -1;
}

static void remove_and_die(int signal_number)
{
    for (int i = 0; i < OUTFILE_OPEN_MAX; i++)
        if (atomic_load(&temporaries[i].state) == LISTED)
            unlinkat(temporaries[i].folder, temporaries[i].name, 0);
    raise(signal_number); /* SA_RESETHAND and SA_NODEFER: this ends the process here */
}

void outfile_guard_signals(void)
{
    static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    struct sigaction action = {.sa_handler = remove_and_die, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction was;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        if (sigaction(deadly[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
            sigaction(deadly[i], &action, NULL);
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGXFSZ, &ignore, NULL);
}

/* ---- Names ---- */

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Where the last component of `path` begins. */
static const char *last_component(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Bits that differ between processes and calls. They need not be secret: O_EXCL settles who owns a name. */
static uint64_t fresh_bits(void)
{
    static atomic_uint_fast64_t calls;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);

    uint64_t x = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30 ^ (uint64_t)getpid() << 40;

    x += atomic_fetch_add(&calls, 1) * 0x9E3779B97F4A7C15u;
    x ^= x >> 31;
    x *= 0xBF58476D1CE4E5B9u;
    return x ^ x >> 27;
}

/* Writes the name of a temporary for `final` (which may hold a folder) into `out`. -1: it does not fit in PATH_MAX. */
static int temporary_name(char out[PATH_MAX], const char *final)
{
    const char *base = last_component(final);
    const int kept_max = NAME_BYTES_MAX - 1 - (int)(sizeof PART - 1) - PART_RANDOM;
    char random[PART_RANDOM + 1];
    uint64_t x = fresh_bits();

    for (int i = 0; i < PART_RANDOM; i++, x /= sizeof alphabet - 1)
        random[i] = alphabet[x % (sizeof alphabet - 1)];
    random[PART_RANDOM] = '\0';
    if (snprintf(out, PATH_MAX, "%.*s.%.*s" PART "%s", (int)(base - final), final, kept_max, base, random) < PATH_MAX)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

bool outfile_beside(char *out, size_t room, const char *path, const char *suffix)
{
    const char *const base = last_component(path);
    const int kept_max = NAME_BYTES_MAX - 1 - (int)strlen(suffix);
    const int size = snprintf(out, room, "%.*s.%.*s%s", (int)(base - path), path, kept_max, base, suffix);

    return size >= 0 && (size_t)size < room;
}

static bool is_temporary_name(const char *name)
{
    const size_t size = strlen(name);
    const size_t tail = sizeof PART - 1 + PART_RANDOM;

    return size > 1 + tail && name[0] == '.' && memcmp(name + size - tail, PART, sizeof PART - 1) == 0 &&
           strspn(name + size - PART_RANDOM, alphabet) == PART_RANDOM;
}

/* ---- Opening ---- */

void outfile_init(struct outfile *o)
{
    *o = (struct outfile){.fd = -1, .folder = AT_FDCWD, .slot = -1};
}

/* Closes all that *o holds but the temporary's name. */
static void release(struct outfile *o)
{
    if (o->fd >= 0 && !(o->direct && o->fd == STDOUT_FILENO))
        close(o->fd);
    if (o->slot >= 0)
        atomic_store(&temporaries[o->slot].state, FREE);
    if (o->folder != AT_FDCWD)
        close(o->folder);
    free(o->final);
    outfile_init(o);
}

/* Splits `path` into o->folder and o->final. A folder that may be searched but not read is left in the name. */
static int open_folder(struct outfile *o, const char *path)
{
    const char *base = last_component(path);
    char *folder = strdup(path);

    if (!folder)
        return -1;
    if (base == path)
        strcpy(folder, "."); /* fits: the last component is not empty */
    else
        folder[base - path == 1 ? 1 : base - path - 1] = '\0';

    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    free(folder);
    if (fd < 0 && errno != EACCES)
        return -1;
    o->folder = fd < 0 ? AT_FDCWD : fd;
    o->final = strdup(fd < 0 ? path : base);
    return o->final ? 0 : -1;
}

/*
 * Creates one temporary in the place o->slot and locks it. 0; 1: the name is taken or a sweep took it, try another; -1.
 * The signals are held back meanwhile, so that a file that exists is listed.
 */
static int create_once(struct outfile *o, mode_t mode)
{
    struct temporary *t = &temporaries[o->slot];
    struct stat st;
    sigset_t all, was;

    if (temporary_name(t->name, o->final) < 0)
        return -1;
    t->folder = o->folder;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &was);
    o->fd = openat(o->folder, t->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (o->fd >= 0)
        atomic_store(&t->state, LISTED);

    const int error = errno;

    pthread_sigmask(SIG_SETMASK, &was, NULL);
    errno = error;
    if (o->fd < 0)
        return errno == EEXIST ? 1 : -1;
    /* A file system without locks loses the sweep, nothing more. With them, a sweep may have come in between: then it
     * has the lock, or had it and the name is gone. */
    if ((flock(o->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) || fstat(o->fd, &st) < 0 || st.st_nlink == 0) {
        unlinkat(o->folder, t->name, 0);
        atomic_store(&t->state, TAKEN);
        close(o->fd);
        o->fd = -1;
        return 1;
    }
    return 0;
}

/* Does `name` in the folder lead to the open file, a regular one of ours that has no other name? */
static bool is_ours(struct outfile *o, const char *name)
{
    struct stat file, named;

    return fstat(o->fd, &file) == 0 && fstatat(o->folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(file.st_mode) && file.st_uid == geteuid() && file.st_nlink == 1 && file.st_dev == named.st_dev &&
           file.st_ino == named.st_ino;
}

/*
 * Opens the temporary that is kept, or creates it, in the place o->slot, which is not listed for the signal handler.
 * The name can be foretold, so what stands there may be a trap: a link is not followed, what is not ours is refused.
 */
static int create_kept(struct outfile *o, mode_t mode)
{
    struct temporary *t = &temporaries[o->slot];

    if (!outfile_beside(t->name, sizeof t->name, o->final, KEPT)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    t->folder = o->folder;
    o->fd = openat(o->folder, t->name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode);
    if (o->fd < 0)
        return -1;

    const bool busy = flock(o->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;

    if (!busy && is_ours(o, t->name)) {
        o->kept = lseek(o->fd, 0, SEEK_END);
        if (o->kept >= 0)
            return 0;
    }
    close(o->fd);
    o->fd = -1;
    errno = busy ? EBUSY : EEXIST;
    return -1;
}

static int create(struct outfile *o, const char *path, mode_t mode)
{
    int result = 1;

    if (open_folder(o, path) < 0 || (o->slot = temporary_take()) < 0)
        return -1;
    if (o->flags & OUTFILE_KEPT)
        return create_kept(o, mode);
    for (int i = 0; result > 0 && i < NAME_TRIES; i++)
        result = create_once(o, mode);
    if (result > 0)
        errno = EEXIST;
    return result == 0 ? 0 : -1;
}

/* What the target is tells how to write it: 0 by a temporary, 1 directly (o->fd is open), -1 not at all. */
static int look_at_target(struct outfile *o, const char *path, mode_t *mode, bool *keep_mode)
{
    const bool through = (o->flags & OUTFILE_THROUGH) != 0;
    struct stat st;

    if ((through ? stat(path, &st) : lstat(path, &st)) < 0)
        return errno == ENOENT ? 0 : -1;
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (o->flags & OUTFILE_NEW) {
        errno = EEXIST;
        return -1;
    }
    if (S_ISREG(st.st_mode)) {
        if (through) {
            *mode = st.st_mode & 0777;
            *keep_mode = true;
        }
        return through && access(path, W_OK) < 0 ? -1 : 0;
    }
    if (!through) {
        errno = EEXIST;
        return S_ISLNK(st.st_mode) ? 0 : -1;
    }
    o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    o->direct = true;
    return o->fd < 0 ? -1 : 1;
}

int outfile_open(struct outfile *o, const char *path, unsigned flags, mode_t mode)
{
    char *resolved = NULL;
    bool keep_mode = false;
    int result;

    outfile_init(o);
    o->flags = flags;
    if (*last_component(path) == '\0') {
        errno = *path ? EISDIR : ENOENT;
        return -1;
    }
    result = look_at_target(o, path, &mode, &keep_mode);
    if (result == 0) {
        struct stat st;

        /* If it cannot be seen whether it is a link, it must not be replaced as if it were none. */
        if ((flags & OUTFILE_THROUGH) && lstat(path, &st) < 0)
            result = errno == ENOENT ? 0 : -1;
        else if ((flags & OUTFILE_THROUGH) && S_ISLNK(st.st_mode))
            result = (resolved = realpath(path, NULL)) ? 0 : -1;
        if (result == 0)
            result = create(o, resolved ? resolved : path, mode);
        if (result == 0 && keep_mode)
            result = fchmod(o->fd, mode); /* whatever the umask */
    }

    const int error = errno;

    free(resolved);
    errno = error;
    if (result < 0)
        outfile_abandon(o);
    return result < 0 ? -1 : 0;
}

void outfile_standard_output(struct outfile *o)
{
    outfile_init(o);
    o->fd = STDOUT_FILENO;
    o->direct = true;
}

/* ---- Writing and ending ---- */

int outfile_write(struct outfile *o, const void *data, size_t size)
{
    const char *p = data;

    while (size > 0) {
        const ssize_t n = write(o->fd, p, size);

        if (n >= 0) {
            p += n;
            size -= (size_t)n;
            o->unsynced += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd full = {.fd = o->fd, .events = POLLOUT}; /* a pipe that another process made non-blocking */

            poll(&full, 1, -1);
        } else if (errno != EINTR) {
            return -1;
        }
    }
    if (o->flags & OUTFILE_SYNC && !o->direct && o->unsynced >= WRITEBACK_PIECE) {
        writeback_begin(o->fd);
        o->unsynced = 0;
    }
    return 0;
}

int outfile_restart(struct outfile *o)
{
    if (o->direct) {
        errno = ESPIPE;
        return -1;
    }
    o->kept = 0;
    return lseek(o->fd, 0, SEEK_SET) < 0 ? -1 : ftruncate(o->fd, 0);
}

/* Errors that a file system keeps for later come out here. Not every kind of file can be synced: EINVAL is none. */
static int flush(struct outfile *o)
{
    if (o->flags & OUTFILE_SYNC && fsync(o->fd) < 0 && errno != EINVAL)
        return -1;

    /* Network file systems tell of a failed write at close. A copy is closed, since fd holds the lock. */
    const int copy = dup(o->fd);

    return copy < 0 ? 0 : close(copy);
}

static int give_name(struct outfile *o)
{
    const char *temporary = temporaries[o->slot].name;

    if (o->flags & OUTFILE_NEW) {
        if (linkat(o->folder, temporary, o->folder, o->final, 0) == 0) {
            unlinkat(o->folder, temporary, 0);
            return 0;
        }
        if (errno == EEXIST)
            return -1;
        /* No hard links on this file system: look, then rename. */
        if (faccessat(o->folder, o->final, F_OK, 0) == 0) {
            errno = EEXIST;
            return -1;
        }
    }
    return renameat(o->folder, temporary, o->folder, o->final);
}

int outfile_commit(struct outfile *o)
{
    int result = 0;

    if (o->direct) {
        if (o->fd != STDOUT_FILENO) {
            result = close(o->fd);
            o->fd = -1;
        }
        release(o);
        return result;
    }
    if (flush(o) < 0 || give_name(o) < 0) {
        outfile_abandon(o);
        return -1;
    }
    if (o->flags & OUTFILE_SYNC && o->folder != AT_FDCWD && fsync(o->folder) < 0 && errno != EINVAL)
        result = -1;

    const int error = errno;

    release(o);
    errno = error;
    return result;
}

void outfile_abandon(struct outfile *o)
{
    const int error = errno;

    if (o->slot >= 0 && o->fd >= 0)
        unlinkat(o->folder, temporaries[o->slot].name, 0);
    release(o);
    errno = error;
}

void outfile_keep(struct outfile *o)
{
    if (o->flags & OUTFILE_KEPT)
        release(o);
    else
        outfile_abandon(o);
}

/* ---- What a killed process left ---- */

/* Removes the file `name` if it is ours and nobody's work: the lock is to be had. The lock is held until it is gone. */
static bool sweep_one(int folder, const char *name)
{
    const int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    bool gone = false;

    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_nlink == 1 &&
        flock(fd, LOCK_EX | LOCK_NB) == 0)
        gone = unlinkat(folder, name, 0) == 0;
    close(fd);
    return gone;
}

int outfile_sweep(const char *folder)
{
    DIR *d = opendir(folder);
    int gone = 0;

    if (!d)
        return -1;
    for (int seen = 0; seen < SWEEP_NAMES_MAX; seen++) {
        const struct dirent *const entry = readdir(d);

        if (!entry)
            break;
        if (is_temporary_name(entry->d_name))
            gone += sweep_one(dirfd(d), entry->d_name);
    }
    closedir(d);
    return gone;
}

int outfile_sweep_beside(const char *path)
{
    const size_t size = (size_t)(last_component(path) - path);
    char *const folder = size ? strndup(path, size) : strdup(".");
    const int gone = folder ? outfile_sweep(folder) : -1;

    free(folder);
    return gone;
}
