/*
 * sandbox: a process behind the walls tries what it must not be able to do, one thing after the other, and what it must
 * still be able to do; meanwhile its server serves. The same attempts without walls show that each could succeed.
 */
#define _GNU_SOURCE
#include "net/sandbox.h"

#include "net/http_server.h"
#include "net/listen.h"
#include "net/root.h"
#include "net/server.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BOTH = SANDBOX_FILES | SANDBOX_CALLS };

/* folder/secret is folder.fd, folder/root/… is served. Both have a file that could be executed, were it a program. */
static struct folder folder;
static char secret[FOLDER_PATH_ROOM + 8], program_outside[FOLDER_PATH_ROOM + 8];
static int root = -1, tcp = -1, local = -1, log_fd = -1, memory_fd = -1;
static struct sockaddr_in listener = {.sin_family = AF_INET};

static void put(int at, const char *name, mode_t mode)
{
    const int fd = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC, mode);

    if (fd < 0 || write(fd, "content", 7) != 7)
        perror(name);
    close(fd);
}

static void prepare(void)
{
    char path[FOLDER_PATH_ROOM + 8];

    folder = folder_make("sandbox");
    snprintf(secret, sizeof secret, "%s/secret", folder.path);
    snprintf(program_outside, sizeof program_outside, "%s/program", folder.path);
    put(folder.fd, "secret", 0644);
    put(folder.fd, "program", 0755);
    mkdirat(folder.fd, "root", 0755);
    root = openat(folder.fd, "root", O_RDONLY | O_DIRECTORY);
    put(root, "file", 0644);
    put(root, "program", 0755);
    put(root, "victim", 0644);
    mkdirat(root, "sub", 0755);
    put(root, "sub/file", 0644);
    snprintf(path, sizeof path, "%s/log", folder.path);
    log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    memory_fd = memfd_create("copies", MFD_CLOEXEC);
}

/* ---- what must be refused: each gives -1 and errno, or 0 if it could be done ---- */

static int done(long result)
{
    return result < 0 ? -1 : 0;
}

static int opened(int fd)
{
    if (fd >= 0)
        close(fd);
    return fd < 0 ? -1 : 0;
}

struct how {
    uint64_t flags, mode, resolve;
};
enum { OPENAT2 = 437, LANDLOCK_ABI = 444, CLONE3 = 435, IO_URING_SETUP = 425, PIDFD_OPEN = 434 };

static int by_openat2(int at, const char *name, int flags)
{
    const struct how how = {.flags = (uint64_t)flags, .mode = flags & O_CREAT ? 0644 : 0};

    return opened((int)syscall(OPENAT2, at, name, &how, sizeof how));
}

static int open_outside(void) { return opened(open(secret, O_RDONLY)); }
static int open_passwd(void) { return opened(open("/etc/passwd", O_RDONLY)); }
static int open_null(void) { return opened(open("/dev/null", O_RDWR)); }
static int open_memory(void) { return opened(open("/proc/self/mem", O_RDWR)); }
static int list_slash(void) { return opened(open("/", O_RDONLY | O_DIRECTORY)); }
static int open_above(void) { return opened(openat(root, "../secret", O_RDONLY)); }
static int open_above_by_openat2(void) { return by_openat2(root, "../secret", O_RDONLY); }
static int open_to_write(void) { return opened(openat(root, "file", O_WRONLY)); }
static int open_to_both(void) { return opened(openat(root, "file", O_RDWR)); }
static int open_to_cut(void) { return opened(openat(root, "file", O_RDONLY | O_TRUNC)); }
static int write_by_openat2(void) { return by_openat2(root, "file", O_WRONLY); }
static int make_by_openat2(void) { return by_openat2(root, "made2", O_WRONLY | O_CREAT); }
static int make_file(void) { return opened(openat(root, "made", O_WRONLY | O_CREAT, 0644)); }
static int make_nameless(void) { return opened(openat(root, ".", O_WRONLY | O_TMPFILE, 0644)); }
static int append_to_log_again(void) { return opened(openat(root, "../log", O_WRONLY | O_APPEND)); }
static int cut_file(void) { return done(truncate(secret, 0)); }
static int remove_file(void) { return done(unlinkat(root, "victim", 0)); }
static int make_folder(void) { return done(mkdirat(root, "folder", 0755)); }
static int move_file(void) { return done(renameat(root, "file", root, "file")); }
static int make_link(void) { return done(linkat(root, "file", root, "linked", 0)); }
static int make_symlink(void) { return done(symlinkat("file", root, "symlink")); }
static int make_fifo(void) { return done(mkfifoat(root, "fifo", 0644)); }
static int change_mode(void) { return done(fchmodat(root, "file", 0644, 0)); }
static int change_mode_by_fd(void) { return done(fchmod(root, 0755)); }
static int change_owner(void) { return done(fchownat(root, "file", geteuid(), getegid(), 0)); }
static int change_time(void) { return done(utimensat(root, "file", NULL, 0)); }
static int change_log_size(void) { return done(ftruncate(log_fd, 0)); }
static int go_elsewhere(void) { return done(chdir("/")); }

static char *const no_arguments[] = {NULL};
static int execute_outside(void) { return done(execve(program_outside, no_arguments, no_arguments)); }
static int execute_inside(void) { return done(syscall(SYS_execveat, root, "program", no_arguments, no_arguments, 0)); }

static int wait_for(pid_t pid)
{
    if (pid == 0)
        _exit(0);
    return pid < 0 ? -1 : (waitpid(pid, NULL, 0), 0);
}

static int start_process(void) { return wait_for(fork()); }
static int start_by_clone(void) { return wait_for((pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL)); }

static int start_by_clone3(void)
{
    const struct {
        uint64_t flags, pidfd, child, parent, signal, stack, size, tls;
    } arguments = {.signal = SIGCHLD};

    return wait_for((pid_t)syscall(CLONE3, &arguments, sizeof arguments));
}

static int open_socket(void) { return opened(socket(AF_INET, SOCK_STREAM, 0)); }
static int open_datagrams(void) { return opened(socket(AF_INET, SOCK_DGRAM, 0)); }
static int open_local_socket(void) { return opened(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int open_netlink(void) { return opened(socket(AF_NETLINK, SOCK_RAW, 0)); }
static int open_pair(void)
{
    int ends[2];

    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 ? -1 : 0;
}
static int connect_tcp(void) { return done(connect(tcp, (const struct sockaddr *)&listener, sizeof listener)); }
static int bind_local(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};

    snprintf(un.sun_path, sizeof un.sun_path, "%s/socket", folder.path);
    return done(bind(local, (const struct sockaddr *)&un, sizeof un));
}
static int bind_tcp(void)
{
    const struct sockaddr_in any = {.sin_family = AF_INET};

    return done(bind(tcp, (const struct sockaddr *)&any, sizeof any));
}

static int signal_other(void) { return done(kill(getppid(), 0)); }
static int signal_thread_of_other(void) { return done(syscall(SYS_tgkill, getppid(), getppid(), 0)); }
static int trace_self(void) { return done(ptrace(PTRACE_TRACEME, 0, NULL, NULL)); }
static int hold_other(void) { return opened((int)syscall(PIDFD_OPEN, getppid(), 0)); }
static int make_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1
                                                                                                             : 0;
}
static int become_code(void)
{
    void *const page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return done(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}
static int make_memory_file(void) { return opened((int)syscall(SYS_memfd_create, "x", 0)); }
static int become_user(void) { return done(setuid(geteuid())); }
static int change_rights(void) { return done(syscall(SYS_prctl, 38 /* PR_SET_NO_NEW_PRIVS */, 1, 0, 0, 0)); }
static int change_limits(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_CORE, &limit);
    return done(setrlimit(RLIMIT_CORE, &limit));
}
static int other_namespace(void) { return done(syscall(SYS_unshare, 0)); }
static int use_ring(void)
{
    char parameters[120] = {0};

    return opened((int)syscall(IO_URING_SETUP, 1, parameters));
}
static int name_by_handle(void)
{
    struct {
        unsigned size;
        int type;
        unsigned char data[128];
    } handle = {.size = 128};
    int mount;

    return done(syscall(SYS_name_to_handle_at, root, "file", &handle, &mount, 0));
}

/*
 * Which wall refuses it. Without any it works, or fails for another reason than a want of rights; where this machine
 * may not do it anyway that cannot be shown, and `doubtful` says so.
 */
static const struct attempt {
    const char *what;
    int (*try)(void);
    unsigned walls;
    bool doubtful;
} attempts[] = {
    {"open a file outside", open_outside, SANDBOX_FILES, false},
    {"open /etc/passwd", open_passwd, SANDBOX_FILES, false},
    {"open /dev/null", open_null, BOTH, false},
    {"open its own memory", open_memory, BOTH, false},
    {"list /", list_slash, SANDBOX_FILES, false},
    {"open ../secret", open_above, SANDBOX_FILES, false},
    {"open ../secret by openat2", open_above_by_openat2, BOTH, false},
    {"open to write", open_to_write, BOTH, false},
    {"open to read and write", open_to_both, BOTH, false},
    {"open to cut", open_to_cut, BOTH, false},
    {"open to write by openat2", write_by_openat2, BOTH, false},
    {"make a file by openat2", make_by_openat2, BOTH, false},
    {"make a file", make_file, BOTH, false},
    {"make a file without a name", make_nameless, BOTH, false},
    {"open the log", append_to_log_again, BOTH, false},
    {"cut a file", cut_file, SANDBOX_CALLS, false},
    {"remove a file", remove_file, BOTH, false},
    {"make a folder", make_folder, BOTH, false},
    {"rename", move_file, SANDBOX_CALLS, false},
    {"make a link", make_link, BOTH, false},
    {"make a symbolic link", make_symlink, BOTH, false},
    {"make a FIFO", make_fifo, BOTH, false},
    {"change a mode", change_mode, SANDBOX_CALLS, false},
    {"change a mode by descriptor", change_mode_by_fd, SANDBOX_CALLS, false},
    {"change an owner", change_owner, SANDBOX_CALLS, false},
    {"change a time", change_time, SANDBOX_CALLS, false},
    {"cut the log", change_log_size, SANDBOX_CALLS, false},
    {"go to another folder", go_elsewhere, SANDBOX_CALLS, false},
    {"execute outside", execute_outside, BOTH, false},
    {"execute inside", execute_inside, BOTH, false},
    {"start a process", start_process, SANDBOX_CALLS, false},
    {"start a process by clone", start_by_clone, SANDBOX_CALLS, false},
    {"start a process by clone3", start_by_clone3, SANDBOX_CALLS, true},
    {"open a socket", open_socket, SANDBOX_CALLS, false},
    {"open a socket for datagrams", open_datagrams, SANDBOX_CALLS, false},
    {"open a local socket", open_local_socket, SANDBOX_CALLS, false},
    {"open a netlink socket", open_netlink, SANDBOX_CALLS, false},
    {"open a pair of sockets", open_pair, SANDBOX_CALLS, false},
    {"bind a local socket", bind_local, BOTH, false},
    {"bind a TCP socket", bind_tcp, SANDBOX_CALLS, false},
    {"connect a TCP socket", connect_tcp, SANDBOX_CALLS, false},
    {"signal another process", signal_other, SANDBOX_CALLS, false},
    {"signal a thread of another process", signal_thread_of_other, SANDBOX_CALLS, false},
    {"hold another process", hold_other, SANDBOX_CALLS, true},
    {"be traced", trace_self, SANDBOX_CALLS, false},
    {"make memory that is code", make_code, SANDBOX_CALLS, true},
    {"make code of memory", become_code, SANDBOX_CALLS, true},
    {"make a file in memory", make_memory_file, SANDBOX_CALLS, true},
    {"become another user", become_user, SANDBOX_CALLS, false},
    {"change its rights", change_rights, SANDBOX_CALLS, false},
    {"change its limits", change_limits, SANDBOX_CALLS, false},
    {"enter another namespace", other_namespace, SANDBOX_CALLS, true},
    {"use a ring", use_ring, SANDBOX_CALLS, true},
    {"name a file by its handle", name_by_handle, SANDBOX_CALLS, true}};
enum { ATTEMPTS = sizeof attempts / sizeof *attempts };

/* ---- what must still be possible ---- */

static int read_file(void) { return opened(openat(root, "sub/file", O_RDONLY)); }
static int read_by_root_open(void)
{
    struct stat st;
    int fd;

    return root_open(root, "sub/file", 8, &fd, &st) == ROOT_OK ? opened(fd) : -1;
}
static int list_folder(void) { return opened(openat(root, "sub", O_RDONLY | O_DIRECTORY)); }
static int write_log(void) { return write(log_fd, "line\n", 5) == 5 ? 0 : -1; }
static int take_memory(void)
{
    void *const much = malloc(64 << 20);
    const bool is = much != NULL;

    free(much);
    return is ? 0 : -1;
}
/* The cache keeps its copies in a file in memory that was opened before. */
static int write_memory_file(void)
{
    return memory_fd < 0 || (pwrite(memory_fd, "copy", 4, 4096) == 4 &&
                             fallocate(memory_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096) == 0)
               ? 0
               : -1;
}
static void *nothing(void *unused) { return unused; }
static int start_thread(void)
{
    pthread_t thread;

    errno = pthread_create(&thread, NULL, nothing, NULL);
    return errno ? -1 : pthread_join(thread, NULL);
}
static int signal_self(void) { return pthread_kill(pthread_self(), 0) == 0 ? 0 : -1; }

static const struct {
    const char *what;
    int (*try)(void);
} needs[] = {{"read a file", read_file},     {"open a file as the server does", read_by_root_open},
             {"list a folder", list_folder}, {"write to the log", write_log},
             {"take memory", take_memory},   {"start a thread", start_thread},
             {"write to a file in memory", write_memory_file},
             {"signal its own threads", signal_self}};
enum { NEEDS = sizeof needs / sizeof *needs };

/* ---- the process that tries ---- */

/* What it reports: errno of each attempt and need, 0 where it succeeded; how many; which walls stand; its port. */
struct report {
    unsigned stand;
    int port;
    int attempts[ATTEMPTS], needs[NEEDS];
    bool tried; /* all of them */
};

static struct server *start_server(int *port)
{
    struct server_options options = server_defaults();
    char error[LISTEN_ERROR_ROOM + SERVER_ERROR_ROOM], name[ADDRESS_TEXT_ROOM];
    struct address address;
    const char *why;
    int fds[LISTEN_MOST];
    struct server *const server = server_new(&options, root, error);

    address_parse("127.0.0.1:0", &address, &why);
    if (!server || listen_open(&address, fds, error) != 1 || !server_listen(server, fds[0], &http_protocol))
        return NULL;
    *port = atoi(strrchr(listen_name(fds[0], name), ':') + 1);
    return server;
}

static int error_of(int (*try)(void))
{
    errno = 0;
    return try() < 0 ? errno : 0;
}

static void try_all(struct report *report, unsigned walls, int stop)
{
    char lacking[SANDBOX_TEXT_ROOM], error[SERVER_ERROR_ROOM], byte;
    struct server *const server = start_server(&report->port);

    if (!server)
        _exit(1);
    listener.sin_port = htons((uint16_t)report->port);
    listener.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    tcp = socket(AF_INET, SOCK_STREAM, 0);
    local = socket(AF_UNIX, SOCK_STREAM, 0);
    if (walls)
        report->stand = sandbox_enter(root, walls, lacking);
    if (!server_start(server, error))
        _exit(1);
    for (size_t i = 0; i < ATTEMPTS; i++)
        report->attempts[i] = error_of(attempts[i].try);
    for (size_t i = 0; i < NEEDS; i++)
        report->needs[i] = error_of(needs[i].try);
    report->tried = true;
    while (read(stop, &byte, 1) > 0) /* the parent asks the server for something meanwhile */
        ;
    close(tcp); /* which may have become a client of the server's */
    server_stop(server, SERVER_FINISH);
    server_wait(server);
    server_free(server);
    _exit(0);
}

/* Its server answers, behind the walls as before them. */
static void it_serves(const struct report *report)
{
    static const char request[] = "GET /sub/file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    unsigned char *data;
    size_t size;
    const int fd = loopback_connect(report->port, false);

    if (!CHECK(fd >= 0))
        return;
    loopback_send(fd, request, sizeof request - 1);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    CHECK(size > 15 && memcmp(data, "HTTP/1.1 200 OK", 15) == 0 && memcmp(data + size - 7, "content", 7) == 0);
    free(data);
    close(fd);
}

static void run(struct report *report, unsigned walls)
{
    int ends[2], status;
    pid_t pid;

    check_context("walls %u", walls);
    memset(report, 0, sizeof *report);
    if (pipe(ends) < 0 || (pid = fork()) < 0)
        return;
    if (pid == 0) {
        close(ends[1]);
        try_all(report, walls, ends[0]);
    }
    close(ends[0]);
    for (int i = 0; i < 500 && !*(volatile bool *)&report->tried && waitpid(pid, &status, WNOHANG) == 0; i++) {
        const struct timespec time = {.tv_nsec = 10000000};

        nanosleep(&time, NULL);
    }
    if (CHECK(report->tried))
        it_serves(report);
    close(ends[1]);
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool is_refusal(int error)
{
    return error == EPERM || error == EACCES || error == ENOSYS || error == EXDEV;
}

static void judge(const struct report *report)
{
    for (size_t i = 0; i < ATTEMPTS; i++) {
        check_context("walls %u: %s: %s", report->stand, attempts[i].what, strerror(report->attempts[i]));
        if (attempts[i].walls & report->stand)
            CHECK(is_refusal(report->attempts[i]));
        else if (report->stand == 0 && !attempts[i].doubtful && geteuid() == 0)
            CHECK(!is_refusal(report->attempts[i]));
    }
    for (size_t i = 0; i < NEEDS; i++) {
        check_context("walls %u: %s", report->stand, needs[i].what);
        CHECK_EQ(report->needs[i], 0);
    }
}

int main(void)
{
    static const unsigned walls[] = {BOTH, SANDBOX_FILES, SANDBOX_CALLS, 0};
    struct report *const report =
        mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char lacking[SANDBOX_TEXT_ROOM] = "";

    prepare();
    /* With no walls last: that one changes the folder. */
    for (size_t i = 0; i < sizeof walls / sizeof *walls; i++) {
        run(report, walls[i]);
        judge(report);
        if (report->stand != walls[i])
            printf("SKIPPED: of the walls %u only %u stand on this system, or in this build\n", walls[i],
                   report->stand);
    }
    check_context("none asked for");
    CHECK_EQ(sandbox_enter(root, 0, lacking), 0);
    folder_remove(&folder);
    return check_report("net/sandbox");
}
