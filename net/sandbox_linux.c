/*
 * sandbox_linux.c: Landlock and seccomp; see sandbox.h.
 *
 * The filter of calls is a list of what is allowed, and everything else fails with EPERM, which the program takes for
 * any other failure: a call that a future C library makes instead of an old one shows as an error, not as a crash.
 * Calls that are allowed whatever their arguments are remembered by the kernel (5.11) and then cost next to nothing.
 */
#define _GNU_SOURCE /* syscall, CLONE_… */
#include "net/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- files: Landlock. From linux/landlock.h, which the C library's headers need not bring along ---- */

struct landlock_ruleset {
    uint64_t files, net, scoped;
};

struct landlock_beneath {
    uint64_t allowed;
    int32_t folder;
} __attribute__((packed));

enum { LANDLOCK_CREATE = 444, LANDLOCK_ADD_RULE = 445, LANDLOCK_RESTRICT = 446 }; /* the same on all processors */
enum { LANDLOCK_VERSION = 1, LANDLOCK_RULE_BENEATH = 1 };
enum { LANDLOCK_READ_FILE = 1 << 2, LANDLOCK_READ_FOLDER = 1 << 3 };

/* What each version of Landlock can forbid, and how large its structure is. */
static const struct {
    uint64_t files, net, scoped;
    size_t size;
} landlock_versions[] = {
    {0, 0, 0, 0},
    {(1 << 13) - 1, 0, 0, 8},  /* 1: execute, read, write, make, remove */
    {(1 << 14) - 1, 0, 0, 8},  /* 2: move between folders */
    {(1 << 15) - 1, 0, 0, 8},  /* 3: truncate */
    {(1 << 15) - 1, 3, 0, 16}, /* 4: bind and connect a TCP socket */
    {(1 << 16) - 1, 3, 0, 16}, /* 5: ioctl on a device */
    {(1 << 16) - 1, 3, 3, 24}  /* 6: connect to abstract Unix sockets, and signals, outside */
};
enum { LANDLOCK_NEWEST = sizeof landlock_versions / sizeof *landlock_versions - 1 };

static bool confine_files(int root)
{
    const long version = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION);

    if (version < 1)
        return false;
    const long known = version < LANDLOCK_NEWEST ? version : LANDLOCK_NEWEST;
    const struct landlock_ruleset all = {landlock_versions[known].files, landlock_versions[known].net,
                                         landlock_versions[known].scoped};
    const struct landlock_beneath beneath = {LANDLOCK_READ_FILE | LANDLOCK_READ_FOLDER, root};
    const int rules = (int)syscall(LANDLOCK_CREATE, &all, landlock_versions[known].size, 0);
    bool ok;

    if (rules < 0)
        return false;
    ok = syscall(LANDLOCK_ADD_RULE, rules, LANDLOCK_RULE_BENEATH, &beneath, 0) == 0 &&
         syscall(LANDLOCK_RESTRICT, rules, 0) == 0;
    const int reason = errno;

    close(rules);
    errno = reason;
    return ok;
}

/* ---- calls: seccomp ---- */

/* Calls that older headers do not name, and those that some processors never had. */
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif
#ifndef SYS_rseq
#define SYS_rseq (-1)
#endif
#ifndef SYS_open
#define SYS_open (-1)
#endif

#ifndef SYS_accept
#define SYS_accept (-1)
#endif
#ifndef SYS_mmap
#define SYS_mmap (-1)
#endif
#ifndef SYS_newfstatat
#define SYS_newfstatat (-1)
#endif

#if defined(__x86_64__) && defined(__LP64__)
enum { OWN_PROCESSOR = (int)AUDIT_ARCH_X86_64 };
static const int old_calls[] = {SYS_poll, SYS_epoll_wait, SYS_pipe, SYS_select, SYS_stat, SYS_lstat, SYS_readlink,
                                SYS_getdents, SYS_time, SYS_epoll_create, SYS_access, SYS_dup2};
#elif defined(__aarch64__) && defined(__LP64__)
enum { OWN_PROCESSOR = (int)AUDIT_ARCH_AARCH64 };
static const int old_calls[] = {-1};
#elif defined(__riscv) && __riscv_xlen == 64
enum { OWN_PROCESSOR = (int)AUDIT_ARCH_RISCV64 };
static const int old_calls[] = {-1};
#else
enum { OWN_PROCESSOR = 0 }; /* their calls have not been gone through: no filter */
static const int old_calls[] = {-1};
#endif

/* Allowed whatever the arguments: -1 is none. */
static const int calls[] = {
    /* bytes */
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_preadv, SYS_pwrite64, SYS_lseek, SYS_sendfile,
    /* sockets that there are, and those that clients open */
    SYS_accept, SYS_accept4, SYS_sendto, SYS_sendmsg, SYS_recvfrom, SYS_recvmsg, SYS_shutdown, SYS_setsockopt,
    SYS_getsockopt, SYS_getsockname, SYS_getpeername,
    /* descriptors */
    SYS_close, SYS_fcntl, SYS_dup, SYS_dup3, SYS_pipe2, SYS_eventfd2, SYS_epoll_create1, SYS_epoll_ctl,
    SYS_epoll_pwait, SYS_epoll_pwait2, SYS_ppoll, SYS_pselect6,
    /* looking at files */
    SYS_fstat, SYS_newfstatat, SYS_statx, SYS_readlinkat, SYS_getdents64, SYS_faccessat,
    /* memory, and threads that there are */
    SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk, SYS_futex, SYS_set_robust_list, SYS_rseq, SYS_membarrier,
    SYS_sched_yield, SYS_sched_getaffinity, SYS_gettid, SYS_getpid, SYS_set_tid_address, SYS_exit, SYS_exit_group,
    SYS_wait4,
    /* signals and time */
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigtimedwait, SYS_sigaltstack, SYS_restart_syscall,
    SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_getrusage,
    SYS_getrandom, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid};

/* Allowed if the lower half of an argument, as far as the mask goes, has this value. Several for a call: any. */
struct condition {
    int call;
    unsigned argument;
    uint32_t mask, value;
};
enum { WRITING = O_ACCMODE | O_CREAT | O_TRUNC };
static const struct condition conditions[] = {
    {SYS_openat, 2, WRITING, O_RDONLY},
    {SYS_open, 1, WRITING, O_RDONLY},
    {SYS_mmap, 2, PROT_EXEC, 0},
    {SYS_mprotect, 2, PROT_EXEC, 0},
    {SYS_clone, 0, CLONE_VM | CLONE_THREAD, CLONE_VM | CLONE_THREAD}, /* a thread, not a process */
    {SYS_fallocate, 1, UINT32_MAX, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE}, /* memory of the cache is given back */
    {SYS_ioctl, 1, UINT32_MAX, SIOCOUTQ},
    {SYS_ioctl, 1, UINT32_MAX, FIONREAD},
    {SYS_ioctl, 1, UINT32_MAX, TCGETS} /* isatty(), which the C library asks before it buffers */
};

enum { COUNT_OF_CALLS = sizeof calls / sizeof *calls, COUNT_OF_OLD = sizeof old_calls / sizeof *old_calls };
enum { COUNT_OF_CONDITIONS = sizeof conditions / sizeof *conditions };

/* Six instructions a condition, two a call, and some around them. */
enum { FILTER_ROOM = 6 * (COUNT_OF_CONDITIONS + 1) + 2 * (COUNT_OF_CALLS + COUNT_OF_OLD + 2) + 16 };

struct filter {
    struct sock_filter code[FILTER_ROOM];
    unsigned short size;
};

/* Where the lower half of an argument lies. */
static uint32_t argument_at(unsigned argument)
{
    const uint16_t one = 1;
    const uint32_t low = *(const unsigned char *)&one ? 0 : 4;

    return (uint32_t)offsetof(struct seccomp_data, args) + 8 * argument + low;
}

static void add(struct filter *f, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
    f->code[f->size++] = (struct sock_filter)BPF_JUMP(code, k, yes, no);
}

static void load_call(struct filter *f)
{
    add(f, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
}

static void answer(struct filter *f, uint32_t action)
{
    add(f, BPF_RET | BPF_K, action, 0, 0);
}

/* The number of the call has been loaded, before and after. */
static void add_call(struct filter *f, int call, uint32_t action)
{
    if (call < 0)
        return;
    add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1);
    answer(f, action);
}

static void add_condition(struct filter *f, const struct condition *c, uint32_t value)
{
    if (c->call < 0)
        return;
    add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)c->call, 0, 5);
    add(f, BPF_LD | BPF_W | BPF_ABS, argument_at(c->argument), 0, 0);
    add(f, BPF_ALU | BPF_AND | BPF_K, c->mask, 0, 0);
    add(f, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    answer(f, SECCOMP_RET_ALLOW);
    load_call(f);
}

static void build_filter(struct filter *f, bool files_are_confined)
{
    const struct condition own_signal = {SYS_tgkill, 0, UINT32_MAX, 0};

    add(f, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
    add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)OWN_PROCESSOR, 1, 0);
    answer(f, SECCOMP_RET_ERRNO | EPERM);
    load_call(f);
    for (size_t i = 0; i < COUNT_OF_CONDITIONS; i++)
        add_condition(f, &conditions[i], conditions[i].value);
    add_condition(f, &own_signal, (uint32_t)getpid());
    for (size_t i = 0; i < COUNT_OF_CALLS; i++)
        add_call(f, calls[i], SECCOMP_RET_ALLOW);
    for (size_t i = 0; i < COUNT_OF_OLD; i++)
        add_call(f, old_calls[i], SECCOMP_RET_ALLOW);
    /* Their arguments lie in memory, where a filter cannot look. Without them there are the calls before them. */
    add_call(f, SYS_openat2, files_are_confined ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | ENOSYS);
    add_call(f, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    answer(f, SECCOMP_RET_ERRNO | EPERM);
}

/*
 * SPEC_ALLOW: kernels before 5.16 would otherwise slow the processor down for programs that run others' code; what
 * runs here is ours. Older ones do not know the flag, the oldest not the call.
 */
static bool confine_calls(bool files_are_confined)
{
    struct filter f = {.size = 0};

    if (OWN_PROCESSOR == 0) {
        errno = ENOSYS;
        return false;
    }
    build_filter(&f, files_are_confined);
    const struct sock_fprog program = {f.size, f.code};

    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1u << 2, &program) == 0 ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

unsigned sandbox_enter(int root, unsigned walls, char *lacking)
{
    char files[64] = "", called[64] = "";
    unsigned stand = 0;

    lacking[0] = '\0';
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
        snprintf(lacking, SANDBOX_TEXT_ROOM, "no_new_privs: %s", strerror(errno));
        return 0;
    }
    if (walls & SANDBOX_FILES) {
        if (confine_files(root))
            stand |= SANDBOX_FILES;
        else
            snprintf(files, sizeof files, "no Landlock: %s", strerror(errno));
    }
    if (walls & SANDBOX_CALLS) {
        if (confine_calls(stand & SANDBOX_FILES))
            stand |= SANDBOX_CALLS;
        else
            snprintf(called, sizeof called, "no seccomp: %s", strerror(errno));
    }
    snprintf(lacking, SANDBOX_TEXT_ROOM, "%s%s%s", files, files[0] && called[0] ? "; " : "", called);
    return stand;
}
