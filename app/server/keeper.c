/* keeper.c: see keeper.h. The two talk over a pair of sockets; a descriptor comes along with a message (SCM_RIGHTS). */
#include "app/server/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the server says. */
enum word { WORD_ARM = 'a', WORD_LOG = 'l', WORD_END = 'e' };

/* ns until it is tried again to send an answer for which the system had no memory. */
enum { ANSWER_PAUSE = 10000000 };

/* Read by who cares for logs, written by us. */
enum { LOG_MODE = 0640 };

int keeper_open(const char *log)
{
    return open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, LOG_MODE);
}

/* The room of one descriptor that comes along, aligned as its header must be. */
union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

/* Answers with the log, or with the reason why there is none: in one byte, which comes whole or not at all. */
static void send_log(int fd, const char *log)
{
    union control control;
    const int opened = log ? keeper_open(log) : (errno = ENOENT, -1);
    unsigned char reason = opened >= 0 ? 0 : errno <= UCHAR_MAX ? (unsigned char)errno : EIO;
    struct iovec iov = {&reason, sizeof reason};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};

    memset(&control, 0, sizeof control);
    if (opened >= 0) {
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof opened);
        memcpy(CMSG_DATA(&control.header), &opened, sizeof opened);
    }
    /* The server waits for an answer, and for nothing else meanwhile: one comes, without the log if need be. */
    while (sendmsg(fd, &message, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
        if (errno != EINTR) {
            reason = errno <= UCHAR_MAX ? (unsigned char)errno : EIO;
            message.msg_control = NULL;
            message.msg_controllen = 0;
            nanosleep(&(struct timespec){.tv_nsec = ANSWER_PAUSE}, NULL);
        }
    if (opened >= 0)
        close(opened);
}

static void keep(int fd, const char *log, const char *const *sockets, size_t count)
{
    bool armed = false;
    char word;
    ssize_t got;

    do {
        got = read(fd, &word, 1);
        if (got == 1 && word == WORD_ARM)
            armed = true;
        else if (got == 1 && word == WORD_LOG)
            send_log(fd, log);
    } while (got == 1 ? word != WORD_END : got < 0 && errno == EINTR);
    for (size_t i = 0; armed && i < count; i++)
        unlink(sockets[i]);
}

bool keeper_start(struct keeper *keeper, const char *log, const char *const *sockets, size_t count, int inherited)
{
    int ends[2];
    pid_t pid;

    keeper->fd = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    if (pid == 0) {
        /* Who waits for the end of what the server prints, or for its port, does not wait for the keeper. */
        for (int fd = 0; fd < 3 + inherited; fd++)
            close(fd);
        close(ends[0]);
        /* A signal for the whole group, such as Ctrl-C, is for the server, whose end is the keeper's. */
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        signal(SIGPIPE, SIG_IGN);
        keep(ends[1], log, sockets, count);
        _exit(0);
    }
    close(ends[1]);
    keeper->fd = ends[0];
    keeper->pid = pid;
    return true;
}

static bool say(struct keeper *keeper, enum word word)
{
    const char letter = (char)word;
    ssize_t n;

    do
        n = send(keeper->fd, &letter, 1, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == 1;
}

void keeper_arm(struct keeper *keeper)
{
    if (keeper->fd >= 0)
        say(keeper, WORD_ARM);
}

int keeper_open_log(struct keeper *keeper)
{
    union control control;
    unsigned char reason = 0;
    int opened = -1;
    ssize_t n;
    struct iovec iov = {&reason, sizeof reason};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    const struct cmsghdr *header;

    if (keeper->fd < 0 || !say(keeper, WORD_LOG)) {
        errno = EPIPE;
        return -1;
    }
    do
        n = recvmsg(keeper->fd, &message, 0);
    while (n < 0 && errno == EINTR);
    if (n <= 0) {
        errno = EPIPE;
        return -1;
    }
    header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(&opened, CMSG_DATA(header), sizeof opened);
    errno = reason || opened >= 0 ? reason : EMFILE; /* it has been sent, but there was no room for it here */
    return opened;
}

void keeper_end(struct keeper *keeper)
{
    char byte;
    ssize_t n;

    if (keeper->fd < 0)
        return;
    /* Its end is the answer: then the sockets' files are gone, and whoever waited for the server finds none. */
    n = say(keeper, WORD_END);
    while (n > 0 || (n < 0 && errno == EINTR))
        n = recv(keeper->fd, &byte, 1, 0);
    close(keeper->fd);
    keeper->fd = -1;
    while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}
