/* program.c: see program.h. */
#define _GNU_SOURCE
#include "tests/support/program.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

const char *program_path(const char *name)
{
    static char path[2 * PATH_MAX];
    const char *const built = getenv("B");
    char folder[PATH_MAX];

    if (built && *built == '/')
        snprintf(path, sizeof path, "%s/%s", built, name);
    else if (getcwd(folder, sizeof folder))
        snprintf(path, sizeof path, "%s/%s/%s", folder, built ? built : "build", name);
    return path;
}

/* Whatever goes wrong, a test ends: its programs have so many seconds. */
enum { PATIENCE = 60, PATIENCE_LONG = 3600 };

static void start(struct program *p, const char *const *arguments, const char *input, size_t file_limit,
                  unsigned seconds)
{
    int out[2], err[2];

    memset(p, 0, sizeof *p);
    if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
        abort();
    fflush(stdout);
    p->pid = fork();
    if (p->pid == 0) {
        const struct rlimit limit = {file_limit, file_limit};

        if (file_limit)
            setrlimit(RLIMIT_FSIZE, &limit);
        /* A shell that runs the tests in the background has them ignore SIGINT, which is inherited. */
        signal(SIGINT, SIG_DFL);
        signal(SIGQUIT, SIG_DFL);
        alarm(seconds);
        dup2(open(input, O_RDONLY), 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        execv(arguments[0], (char *const *)arguments);
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    p->out_fd = out[0];
    p->err_fd = err[0];
}

void program_start(struct program *p, const char *const *arguments, size_t file_limit)
{
    start(p, arguments, "/dev/null", file_limit, PATIENCE);
}

void program_start_reading(struct program *p, const char *const *arguments, const char *input)
{
    start(p, arguments, input, 0, PATIENCE);
}

void program_serve(struct program *p, const char *const *arguments)
{
    start(p, arguments, "/dev/null", 0, PATIENCE_LONG);
}

/* Takes a piece of one of the outputs; 0 when it has ended. */
static ssize_t take(int fd, char *to, size_t room, size_t *size)
{
    char piece[4096];
    const ssize_t n = read(fd, piece, sizeof piece);

    for (ssize_t i = 0; i < n; i++, ++*size)
        if (*size < room - 1)
            to[*size] = piece[i];
    return n;
}

void program_wait(struct program *p)
{
    struct pollfd fds[2] = {{.fd = p->out_fd, .events = POLLIN}, {.fd = p->err_fd, .events = POLLIN}};
    int status = 0;

    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        poll(fds, 2, -1);
        if (fds[0].revents && take(fds[0].fd, p->out, sizeof p->out, &p->out_size) <= 0)
            fds[0].fd = -1;
        if (fds[1].revents && take(fds[1].fd, p->err, sizeof p->err, &p->err_size) <= 0)
            fds[1].fd = -1;
        fds[0].revents = fds[1].revents = 0;
    }
    close(p->out_fd);
    close(p->err_fd);
    waitpid(p->pid, &status, 0);
    p->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    p->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int program_descriptors(const struct program *p)
{
    char path[40];
    DIR *d;
    int n = 0;

    snprintf(path, sizeof path, "/proc/%d/fd", (int)p->pid);
    d = opendir(path);
    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return n;
}
