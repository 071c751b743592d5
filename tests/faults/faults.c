/*
 * faults.c: system calls that fail on purpose. It is linked into copies of the programs (build/faults/), whose calls of
 * the functions below the linker leads here (--wrap); the C library's own calls stay as they are.
 *
 * The environment says what is to happen:
 *
 *   SLUICE_FAULT=NAME:N:ERROR   the N-th call of that function, counted from 0, fails with this errno
 *   SLUICE_FAULT=short:SEED     reads and writes take a few bytes, or one
 *   SLUICE_FAULT=intr:SEED      every third call that can be interrupted gives EINTR
 *   SLUICE_FAULT=again:SEED     every third call on a socket that does not block, or on a standard stream, gives EAGAIN
 *   SLUICE_FAULT=clock:SEED     the date steps at each look, by up to a year to and fro; the steady clock does not
 *   SLUICE_FAULT_TOLD=FILE      gets a byte when the call has failed, so that the test knows whether there was an N-th
 *
 * Functions come in several spellings: with 64 for large files, and with _chk or _2 where the build is fortified.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

enum mode { MODE_NONE, MODE_ONE, MODE_SHORT, MODE_INTERRUPT, MODE_AGAIN, MODE_CLOCK };

static struct {
    enum mode mode;
    char name[32];
    int at, error;
    int told; /* the file to write to; open from the start, since a confined server opens none */
    atomic_int calls;
    atomic_uint random;
} plan;

long __real_syscall(long number, ...);

/* Before main(), and before any thread: the first call may come from anywhere. */
static void __attribute__((constructor)) read_plan(void)
{
    const char *const text = getenv("SLUICE_FAULT");
    const char *const colon = text ? strchr(text, ':') : NULL;
    const char *const told = getenv("SLUICE_FAULT_TOLD");

    plan.told = -1;
    if (!colon || (size_t)(colon - text) >= sizeof plan.name)
        return;
    memcpy(plan.name, text, (size_t)(colon - text));
    plan.at = atoi(colon + 1);
    atomic_store(&plan.random, (unsigned)plan.at * 2654435761u + 1);
    plan.mode = strcmp(plan.name, "short") == 0   ? MODE_SHORT
                : strcmp(plan.name, "intr") == 0  ? MODE_INTERRUPT
                : strcmp(plan.name, "again") == 0 ? MODE_AGAIN
                : strcmp(plan.name, "clock") == 0 ? MODE_CLOCK
                                                  : MODE_ONE;
    plan.error = strchr(colon + 1, ':') ? atoi(strchr(colon + 1, ':') + 1) : EIO;
    if (told)
        plan.told = (int)__real_syscall(SYS_openat, AT_FDCWD, told, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
}

/* Is this call the one to fail? */
static bool fails(const char *name)
{
    if (plan.mode != MODE_ONE || strcmp(name, plan.name) != 0 || atomic_fetch_add(&plan.calls, 1) != plan.at)
        return false;
    if (plan.told >= 0)
        __real_syscall(SYS_write, plan.told, "!", 1);
    errno = plan.error;
    return true;
}

static unsigned chance(unsigned n)
{
    unsigned x = atomic_load(&plan.random);

    x = x * 1664525u + 1013904223u; /* threads may draw the same: it is only chance */
    atomic_store(&plan.random, x);
    return (x >> 16) % n;
}

/* Is this call interrupted? */
static bool interrupted(void)
{
    if (plan.mode != MODE_INTERRUPT || chance(3) != 0)
        return false;
    errno = EINTR;
    return true;
}

static bool not_ready(void)
{
    if (plan.mode != MODE_AGAIN || chance(3) != 0)
        return false;
    errno = EAGAIN;
    return true;
}

static size_t shortened(size_t size)
{
    const size_t some = plan.mode == MODE_SHORT ? 1 + chance(7) * chance(3) : size;

    return some < size ? some : size;
}

/* ---- Memory ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
FILE *__real_open_memstream(char **p, size_t *size);

void *__wrap_malloc(size_t size) { return fails("malloc") ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t n, size_t size) { return fails("malloc") ? NULL : __real_calloc(n, size); }
void *__wrap_realloc(void *p, size_t size) { return fails("malloc") ? NULL : __real_realloc(p, size); }
char *__wrap_strdup(const char *s) { return fails("malloc") ? NULL : __real_strdup(s); }
char *__wrap_strndup(const char *s, size_t n) { return fails("malloc") ? NULL : __real_strndup(s, n); }
FILE *__wrap_open_memstream(char **p, size_t *size) { return fails("malloc") ? NULL : __real_open_memstream(p, size); }

/* ---- Files ---- */

ssize_t __real_read(int fd, void *p, size_t size);
ssize_t __real_pwrite64(int fd, const void *p, size_t size, off64_t at);
int __real_close(int fd);
int __real_fcntl64(int fd, int what, ...);
int __real_fallocate64(int fd, int mode, off64_t at, off64_t size);
int __real_memfd_create(const char *name, unsigned flags);
ssize_t __real_readlinkat(int folder, const char *path, char *p, size_t size);
int __real_dup2(int from, int to);
FILE *__real_fdopen(int fd, const char *mode);
char *__real_realpath(const char *path, char *p);
int __real_fchown(int fd, uid_t user, gid_t group);
int __real_futimens(int fd, const struct timespec times[2]);
int __real_access(const char *path, int mode);
int __real_faccessat(int folder, const char *path, int mode, int flags);
ssize_t __real_pread64(int fd, void *p, size_t size, off64_t at);
ssize_t __real_write(int fd, const void *p, size_t size);
int __real_fsync(int fd);
int __real_ftruncate64(int fd, off64_t size);
int __real_renameat(int from, const char *a, int to, const char *b);
int __real_linkat(int from, const char *a, int to, const char *b, int flags);
int __real_unlinkat(int folder, const char *name, int flags);
int __real_unlink(const char *name);
int __real_fchmod(int fd, mode_t mode);
int __real_flock(int fd, int what);
int __real_dup(int fd);
int __real_fstat64(int fd, struct stat64 *st);
int __real_stat64(const char *path, struct stat64 *st);
int __real_lstat64(const char *path, struct stat64 *st);
int __real_fstatat64(int folder, const char *path, struct stat64 *st, int flags);
off64_t __real_lseek64(int fd, off64_t at, int from);
FILE *__real_fopen64(const char *path, const char *mode);
DIR *__real_opendir(const char *path);
DIR *__real_fdopendir(int fd);
struct dirent64 *__real_readdir64(DIR *d);

/* Files are always ready; a pipe or a terminal is not. */
static bool stream_not_ready(int fd) { return fd <= STDERR_FILENO && not_ready(); }

ssize_t __wrap_read(int fd, void *p, size_t size)
{
    return fails("read") || interrupted() || stream_not_ready(fd) ? -1 : __real_read(fd, p, shortened(size));
}

ssize_t __wrap_pread64(int fd, void *p, size_t size, off64_t at)
{
    return fails("pread") || interrupted() ? -1 : __real_pread64(fd, p, shortened(size), at);
}

ssize_t __wrap___read_chk(int fd, void *p, size_t size, size_t room)
{
    return size > room ? (abort(), -1) : __wrap_read(fd, p, size);
}

ssize_t __wrap___pread64_chk(int fd, void *p, size_t size, off64_t at, size_t room)
{
    return size > room ? (abort(), -1) : __wrap_pread64(fd, p, size, at);
}

ssize_t __wrap_write(int fd, const void *p, size_t size)
{
    return fails("write") || interrupted() || stream_not_ready(fd) ? -1 : __real_write(fd, p, shortened(size));
}

int __wrap_open64(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    const unsigned mode = flags & O_CREAT ? va_arg(args, unsigned) : 0;
    va_end(args);
    return fails("open") ? -1 : (int)__real_syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int __wrap___open64_2(const char *path, int flags) { return __wrap_open64(path, flags, 0u); }

int __wrap_openat64(int folder, const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    const unsigned mode = flags & O_CREAT ? va_arg(args, unsigned) : 0;
    va_end(args);
    return fails("open") ? -1 : (int)__real_syscall(SYS_openat, folder, path, flags, mode);
}

int __wrap___openat64_2(int folder, const char *path, int flags) { return __wrap_openat64(folder, path, flags, 0u); }

/* openat2() comes this way, and what confines the server: with five arguments at most, so that no more are fetched. */
long __wrap_syscall(long number, ...)
{
    va_list args;
    long a[5];

    va_start(args, number);
    for (int i = 0; i < 5; i++)
        a[i] = va_arg(args, long);
    va_end(args);
    return number == SYS_openat2 && fails("open") ? -1 : __real_syscall(number, a[0], a[1], a[2], a[3], a[4]);
}

ssize_t __wrap_pwrite64(int fd, const void *p, size_t size, off64_t at)
{
    return fails("write") || interrupted() ? -1 : __real_pwrite64(fd, p, shortened(size), at);
}

/* The descriptor is gone all the same, as on Linux. */
int __wrap_close(int fd)
{
    const int result = __real_close(fd);

    return fails("close") ? -1 : result;
}

/* The argument, if there is one, is a number or a pointer: either fits. */
int __wrap_fcntl64(int fd, int what, ...)
{
    va_list args;

    va_start(args, what);
    const long argument = what == F_GETFD || what == F_GETFL ? 0 : va_arg(args, long);
    va_end(args);
    return fails("fcntl") ? -1 : __real_fcntl64(fd, what, argument);
}

ssize_t __wrap_readlinkat(int folder, const char *path, char *p, size_t size)
{
    return fails("readlink") ? -1 : __real_readlinkat(folder, path, p, size);
}

int __wrap_fallocate64(int fd, int mode, off64_t at, off64_t size)
{
    return fails("fallocate") ? -1 : __real_fallocate64(fd, mode, at, size);
}

int __wrap_faccessat(int folder, const char *path, int mode, int flags)
{
    return fails("access") ? -1 : __real_faccessat(folder, path, mode, flags);
}

int __wrap_memfd_create(const char *name, unsigned flags)
{
    return fails("memfd") ? -1 : __real_memfd_create(name, flags);
}

int __wrap_dup2(int from, int to) { return fails("dup") || interrupted() ? -1 : __real_dup2(from, to); }
FILE *__wrap_fdopen(int fd, const char *mode) { return fails("malloc") ? NULL : __real_fdopen(fd, mode); }
char *__wrap_realpath(const char *path, char *p) { return fails("realpath") ? NULL : __real_realpath(path, p); }
int __wrap_fchown(int fd, uid_t user, gid_t group) { return fails("fchown") ? -1 : __real_fchown(fd, user, group); }
int __wrap_futimens(int fd, const struct timespec t[2]) { return fails("futimens") ? -1 : __real_futimens(fd, t); }
int __wrap_access(const char *path, int mode) { return fails("access") ? -1 : __real_access(path, mode); }
int __wrap_unlink(const char *name) { return fails("unlink") ? -1 : __real_unlink(name); }
int __wrap_fsync(int fd) { return fails("fsync") ? -1 : __real_fsync(fd); }
int __wrap_ftruncate64(int fd, off64_t size) { return fails("ftruncate") ? -1 : __real_ftruncate64(fd, size); }
int __wrap_fchmod(int fd, mode_t mode) { return fails("fchmod") ? -1 : __real_fchmod(fd, mode); }
int __wrap_flock(int fd, int what) { return fails("flock") ? -1 : __real_flock(fd, what); }
int __wrap_dup(int fd) { return fails("dup") ? -1 : __real_dup(fd); }
int __wrap_fstat64(int fd, struct stat64 *st) { return fails("stat") ? -1 : __real_fstat64(fd, st); }
int __wrap_stat64(const char *path, struct stat64 *st) { return fails("stat") ? -1 : __real_stat64(path, st); }
int __wrap_lstat64(const char *path, struct stat64 *st) { return fails("stat") ? -1 : __real_lstat64(path, st); }
off64_t __wrap_lseek64(int fd, off64_t at, int from) { return fails("lseek") ? -1 : __real_lseek64(fd, at, from); }
FILE *__wrap_fopen64(const char *path, const char *mode) { return fails("open") ? NULL : __real_fopen64(path, mode); }
DIR *__wrap_opendir(const char *path) { return fails("opendir") ? NULL : __real_opendir(path); }
DIR *__wrap_fdopendir(int fd) { return fails("opendir") ? NULL : __real_fdopendir(fd); }
struct dirent64 *__wrap_readdir64(DIR *d) { return fails("readdir") ? NULL : __real_readdir64(d); }

int __wrap_fstatat64(int folder, const char *path, struct stat64 *st, int flags)
{
    return fails("stat") ? -1 : __real_fstatat64(folder, path, st, flags);
}

int __wrap_renameat(int from, const char *a, int to, const char *b)
{
    return fails("rename") ? -1 : __real_renameat(from, a, to, b);
}

int __wrap_linkat(int from, const char *a, int to, const char *b, int flags)
{
    return fails("link") ? -1 : __real_linkat(from, a, to, b, flags);
}

int __wrap_unlinkat(int folder, const char *name, int flags)
{
    return fails("unlink") ? -1 : __real_unlinkat(folder, name, flags);
}

/* ---- Sockets ---- */

ssize_t __real_recv(int fd, void *p, size_t size, int flags);
ssize_t __real_send(int fd, const void *p, size_t size, int flags);
ssize_t __real_sendfile64(int to, int from, off64_t *at, size_t size);
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
int __real_socketpair(int domain, int type, int protocol, int fds[2]);
int __real_getpeername(int fd, struct sockaddr *address, socklen_t *size);
int __real_accept(int fd, struct sockaddr *address, socklen_t *size);
int __real_socket(int domain, int type, int protocol);
int __real_bind(int fd, const struct sockaddr *address, socklen_t size);
int __real_listen(int fd, int backlog);
int __real_connect(int fd, const struct sockaddr *address, socklen_t size);
int __real_setsockopt(int fd, int level, int name, const void *value, socklen_t size);
int __real_getsockopt(int fd, int level, int name, void *value, socklen_t *size);
int __real_getsockname(int fd, struct sockaddr *address, socklen_t *size);
int __real_shutdown(int fd, int how);
int __real_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found);

/* A socket that blocks is never not ready. */
static bool socket_not_ready(int fd)
{
    return plan.mode == MODE_AGAIN && (__real_fcntl64(fd, F_GETFL) & O_NONBLOCK) && not_ready();
}

/* A connection that fails once is broken for good. */
static bool breaks(const char *name, int fd)
{
    if (!fails(name))
        return false;
    __real_shutdown(fd, SHUT_RDWR);
    errno = plan.error;
    return true;
}

ssize_t __wrap_recv(int fd, void *p, size_t size, int flags)
{
    return breaks("recv", fd) || interrupted() || socket_not_ready(fd) ? -1
                                                                     : __real_recv(fd, p, shortened(size), flags);
}

ssize_t __wrap___recv_chk(int fd, void *p, size_t size, size_t room, int flags)
{
    return size > room ? (abort(), -1) : __wrap_recv(fd, p, size, flags);
}

ssize_t __wrap_send(int fd, const void *p, size_t size, int flags)
{
    return breaks("send", fd) || interrupted() || socket_not_ready(fd) ? -1
                                                                     : __real_send(fd, p, shortened(size), flags);
}

/* A short one is of one piece alone, the first that is not empty: no socket takes nothing of something. */
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct iovec first = message->msg_iov[message->msg_iovlen > 1 && message->msg_iov[0].iov_len == 0];
    struct msghdr less = *message;

    if (breaks("send", fd) || interrupted() || socket_not_ready(fd))
        return -1;
    first.iov_len = shortened(first.iov_len);
    less.msg_iov = &first;
    less.msg_iovlen = 1;
    return __real_sendmsg(fd, plan.mode == MODE_SHORT ? &less : message, flags);
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
    return fails("recv") || interrupted() ? -1 : __real_recvmsg(fd, message, flags);
}

int __wrap_socketpair(int domain, int type, int protocol, int fds[2])
{
    return fails("socket") ? -1 : __real_socketpair(domain, type, protocol, fds);
}

int __wrap_getpeername(int fd, struct sockaddr *address, socklen_t *size)
{
    return fails("peername") ? -1 : __real_getpeername(fd, address, size);
}

ssize_t __wrap_sendfile64(int to, int from, off64_t *at, size_t size)
{
    if (fails("sendfile") || interrupted() || socket_not_ready(to))
        return -1;
    return __real_sendfile64(to, from, at, shortened(size));
}

int __wrap_accept(int fd, struct sockaddr *address, socklen_t *size)
{
    return fails("accept") || interrupted() || socket_not_ready(fd) ? -1 : __real_accept(fd, address, size);
}

int __wrap_socket(int domain, int type, int protocol)
{
    return fails("socket") ? -1 : __real_socket(domain, type, protocol);
}

int __wrap_bind(int fd, const struct sockaddr *address, socklen_t size)
{
    return fails("bind") ? -1 : __real_bind(fd, address, size);
}

int __wrap_listen(int fd, int backlog) { return fails("listen") ? -1 : __real_listen(fd, backlog); }

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    return fails("connect") ? -1 : __real_connect(fd, address, size);
}

int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    return fails("sockopt") ? -1 : __real_setsockopt(fd, level, name, value, size);
}

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
    return fails("sockopt") ? -1 : __real_getsockopt(fd, level, name, value, size);
}

int __wrap_getsockname(int fd, struct sockaddr *address, socklen_t *size)
{
    return fails("sockname") ? -1 : __real_getsockname(fd, address, size);
}

int __wrap_shutdown(int fd, int how) { return fails("shutdown") ? -1 : __real_shutdown(fd, how); }

int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    return fails("getaddrinfo") ? EAI_SYSTEM : __real_getaddrinfo(host, service, hints, found);
}

/* ---- Time ---- */

int __real_clock_gettime(clockid_t clock, struct timespec *now);
time_t __real_time(time_t *now);

/* Seconds by which somebody has just set the clock, in all: -A_YEAR to A_YEAR. */
static time_t step(void)
{
    enum { A_DAY = 86400, A_YEAR = 365 };

    return plan.mode == MODE_CLOCK ? ((time_t)chance(2 * A_YEAR + 1) - A_YEAR) * A_DAY : 0;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    const int result = __real_clock_gettime(clock, now);

    if (clock == CLOCK_REALTIME)
        now->tv_sec += step();
    return result;
}

time_t __wrap_time(time_t *now)
{
    const time_t stepped = __real_time(NULL) + step();

    if (now)
        *now = stepped;
    return stepped;
}

/* ---- Waiting, threads, processes ---- */

int __real_poll(struct pollfd *fds, nfds_t n, int timeout);
int __real_epoll_create1(int flags);
int __real_epoll_ctl(int epoll, int what, int fd, struct epoll_event *event);
int __real_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout);
int __real_pipe(int fds[2]);
pid_t __real_fork(void);
pid_t __real_waitpid(pid_t pid, int *status, int options);
int __real_sigwaitinfo(const sigset_t *set, siginfo_t *info);
int __real_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout);
int __real_getrlimit64(int what, struct rlimit64 *limit);
int __real_setrlimit64(int what, const struct rlimit64 *limit);
int __real_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __real_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
    return fails("poll") || interrupted() ? -1 : __real_poll(fds, n, timeout);
}

int __wrap___poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room)
{
    return n * sizeof *fds > room ? (abort(), -1) : __wrap_poll(fds, n, timeout);
}

int __wrap_epoll_create1(int flags) { return fails("epoll_create") ? -1 : __real_epoll_create1(flags); }

int __wrap_epoll_ctl(int epoll, int what, int fd, struct epoll_event *event)
{
    return fails("epoll_ctl") ? -1 : __real_epoll_ctl(epoll, what, fd, event);
}

int __wrap_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout)
{
    return fails("epoll_wait") || interrupted() ? -1 : __real_epoll_wait(epoll, events, most, timeout);
}

int __wrap_pipe(int fds[2]) { return fails("pipe") ? -1 : __real_pipe(fds); }

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    return fails("pthread_create") ? plan.error : __real_pthread_create(thread, attributes, run, argument);
}

/* The two give an error as their result, and errno is nobody's. */
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    return fails("pthread_init") ? plan.error : __real_pthread_mutex_init(mutex, attributes);
}

int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
    return fails("pthread_init") ? plan.error : __real_pthread_cond_init(condition, attributes);
}

/* What is to fail fails in the process that has it; a child counts anew what nobody looks at. */
pid_t __wrap_fork(void) { return fails("fork") ? -1 : __real_fork(); }

pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
    return interrupted() ? -1 : __real_waitpid(pid, status, options);
}

int __wrap_sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    return interrupted() ? -1 : __real_sigwaitinfo(set, info);
}

int __wrap_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
    return interrupted() ? -1 : __real_sigtimedwait(set, info, timeout);
}

int __wrap_getrlimit64(int what, struct rlimit64 *limit)
{
    return fails("rlimit") ? -1 : __real_getrlimit64(what, limit);
}

int __wrap_setrlimit64(int what, const struct rlimit64 *limit)
{
    return fails("rlimit") ? -1 : __real_setrlimit64(what, limit);
}
