/*
 * Each system call that an output file makes fails once, in a loop that ends when a run gets through: whatever fails,
 * the target is the old file or the new one, whole, and the result says which; no temporary stays, no descriptor is
 * lost.
 *
 * The calls are caught by functions of the same name in this program, which the linker prefers to the C library's.
 */
#define _GNU_SOURCE /* syscall */
#include "app/outfile.h"
#include "tests/support/check.h"
#include "tests/support/here.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool armed;
static int calls, fail_at, fail_with;
static const char *failed;

/* Whether this call is the one to fail. */
static bool fault(const char *name)
{
    if (!armed || calls++ != fail_at)
        return false;
    failed = name;
    errno = fail_with;
    return true;
}

int openat(int folder, const char *name, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    const unsigned mode = flags & O_CREAT ? va_arg(args, unsigned) : 0;
    va_end(args);
    return fault("openat") ? -1 : (int)syscall(SYS_openat, folder, name, flags, mode);
}

int flock(int fd, int operation) { return fault("flock") ? -1 : (int)syscall(SYS_flock, fd, operation); }
int fchmod(int fd, mode_t mode) { return fault("fchmod") ? -1 : (int)syscall(SYS_fchmod, fd, mode); }
int fsync(int fd) { return fault("fsync") ? -1 : (int)syscall(SYS_fsync, fd); }
int ftruncate(int fd, off_t size) { return fault("ftruncate") ? -1 : (int)syscall(SYS_ftruncate, fd, size); }
int dup(int fd) { return fault("dup") ? -1 : (int)syscall(SYS_dup, fd); }
ssize_t write(int fd, const void *p, size_t size) { return fault("write") ? -1 : syscall(SYS_write, fd, p, size); }

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    return fault("linkat") ? -1 : (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return fault("renameat") ? -1 : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

static int entries(const char *folder)
{
    DIR *d = opendir(folder);
    int n = -2; /* "." and ".." */

    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

/* Writes "new" to the file f, in two goes with a restart between. */
static bool write_new(unsigned flags)
{
    struct outfile o;

    if (outfile_open(&o, "f", flags, 0666) < 0)
        return CHECK_EQ(o.fd, -1) && false;
    if (outfile_write(&o, "a first try", 11) == 0 && outfile_restart(&o) == 0 && outfile_write(&o, "new", 3) == 0)
        return outfile_commit(&o) == 0;
    outfile_abandon(&o);
    return false;
}

/* Gives how many faults were put in before a run got through. */
static int each_call_fails(unsigned flags, bool there, int error)
{
    for (fail_at = 0;; fail_at++) {
        const int open_before = entries("/proc/self/fd");

        unlink("f");
        if (there)
            here_put_text("f", "old");
        calls = 0;
        failed = NULL;
        fail_with = error;
        armed = true;
        const bool ok = write_new(flags);
        armed = false;
        check_context("flags %u, %s, call %d: %s fails by %s", flags, there ? "replacing" : "new", fail_at,
                      failed ? failed : "nothing", strerror(error));
        /* the one failure that comes when the file is there already: its folder cannot be synced */
        const bool is_there = here_holds_text("f", "new");
        CHECK(is_there || (there ? here_holds_text("f", "old") : access("f", F_OK) < 0));
        CHECK(!ok || is_there);
        CHECK(ok || !is_there || (failed && strcmp(failed, "fsync") == 0));
        CHECK_EQ(entries("."), there || is_there);
        CHECK_EQ(entries("/proc/self/fd"), open_before);
        if (!failed) {
            CHECK(ok);
            return fail_at;
        }
    }
}

int main(void)
{
    static const int errors[] = {EIO, ENOSPC, EACCES, EPERM, EEXIST, EWOULDBLOCK, EINTR, EINVAL, ENOLCK, EMFILE};

    umask(022);
    here_begin("faults");
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        CHECK(each_call_fails(0, false, errors[i]) >= 6);
        CHECK(each_call_fails(OUTFILE_SYNC, true, errors[i]) >= 8);
        CHECK(each_call_fails(OUTFILE_SYNC | OUTFILE_THROUGH, true, errors[i]) >= 9);
        CHECK(each_call_fails(OUTFILE_SYNC | OUTFILE_NEW, false, errors[i]) >= 8);
    }
    unlink("f");
    CHECK_EQ(here_entries(), 0);
    here_end();
    return check_report("app/outfile_faults");
}
