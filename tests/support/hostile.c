/* hostile.c: see hostile.h. */
#define _GNU_SOURCE
#include "tests/support/hostile.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* No process of a test lives longer than this, whatever goes wrong. */
enum { LIFE_SECONDS = 60 };

/* ---- A listening socket ---- */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

static int listen_on(const char *address, int backlog, unsigned *port)
{
    union address a = {.v4 = {.sin_family = AF_INET}};
    socklen_t size = sizeof a.v4;
    int fd;

    if (strchr(address, '/')) {
        a.local.sun_family = AF_UNIX;
        snprintf(a.local.sun_path, sizeof a.local.sun_path, "%s", address);
        size = sizeof a.local;
    } else if (inet_pton(AF_INET6, address, &a.v6.sin6_addr) == 1) {
        a.v6.sin6_family = AF_INET6;
        size = sizeof a.v6;
    } else {
        inet_pton(AF_INET, address, &a.v4.sin_addr);
    }
    fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (bind(fd, &a.any, size) < 0 || listen(fd, backlog) < 0 || getsockname(fd, &a.any, &size) < 0) {
        close(fd);
        return -1;
    }
    *port = a.any.sa_family == AF_INET ? ntohs(a.v4.sin_port) : a.any.sa_family == AF_INET6 ? ntohs(a.v6.sin6_port) : 0;
    return fd;
}

/* ---- One connection ---- */

/* Reads a name or a request, and tells it. False: none has come. */
static bool read_request(int fd, const struct hostile_script *s, int asked)
{
    char name[65536];
    size_t size = 0;
    ssize_t n;

    while (size < sizeof name - 1 && (n = read(fd, name + size, sizeof name - 1 - size)) > 0) {
        size += (size_t)n;
        if (s->one_read || (s->http && size >= 4 && memcmp(name + size - 4, "\r\n\r\n", 4) == 0))
            break;
    }
    name[size++] = '\n';
    return write(asked, name, size) == (ssize_t)size && size > 1;
}

/* Sends what is to be sent. */
static void send_all(int fd, const struct hostile_script *s)
{
    ssize_t n;

    for (size_t sent = 0; sent < s->size; sent += (size_t)n) {
        size_t piece = s->size - sent;

        if (s->piece && s->piece < piece)
            piece = s->piece;
        n = send(fd, (const char *)s->data + sent, piece, MSG_NOSIGNAL);
        if (n <= 0)
            break;
    }
}

static void serve(int fd, const struct hostile_script *s, int asked)
{
    const int on = 1;

    alarm(LIFE_SECONDS);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    while ((read_request(fd, s, asked) || !s->http) && (send_all(fd, s), s->then))
        s = s->then;
    if (s->ending == HOSTILE_RESET) {
        const struct linger at_once = {1, 0};

        /* A reset drops what is not delivered yet: wait until the client's kernel has all of it. */
        for (int left = 1, i = 0; i < 1000 && left > 0; i++) {
            struct tcp_info info;
            socklen_t info_size = sizeof info;

            left = getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_size) == 0 && info.tcpi_unacked > 0;
            if (left)
                poll(NULL, 0, 1);
        }
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    if (s->ending == HOSTILE_STALL) {
        /* On the bare protocol it has shut down sending already: only an error tells that it has gone. */
        struct pollfd gone = {.fd = fd, .events = s->http ? POLLRDHUP : 0};

        poll(&gone, 1, LIFE_SECONDS * 1000);
    }
    close(fd);
}

/* ---- The server ---- */

bool hostile_begin(struct hostile *h, const char *address, const struct hostile_script *scripts, size_t count)
{
    const int listener = listen_on(address, 64, &h->port);
    int names[2];

    if (listener < 0 || pipe2(names, O_CLOEXEC) < 0)
        return false;
    fflush(stdout);
    h->pid = fork();
    if (h->pid == 0) {
        alarm(LIFE_SECONDS);
        setpgid(0, 0); /* so that the whole of it can be ended */
        signal(SIGCHLD, SIG_IGN);
        close(names[0]);
        for (size_t i = 0;; i++) {
            const int fd = accept(listener, NULL, NULL);

            if (fd < 0)
                _exit(1);
            if (fork() == 0) {
                close(listener);
                if (scripts[0].http)
                    dprintf(names[1], "connection %zu\n", i);
                serve(fd, &scripts[i < count ? i : count - 1], names[1]);
                _exit(0);
            }
            close(fd);
        }
    }
    setpgid(h->pid, h->pid);
    close(names[1]);
    close(listener);
    fcntl(names[0], F_SETFL, O_NONBLOCK);
    h->asked = names[0];
    h->told = NULL;
    h->told_size = 0;
    h->scheme = scripts[0].http ? "http" : "sluice";
    return h->pid > 0;
}

void hostile_serve(struct hostile *h, const struct hostile_script *scripts, size_t count)
{
    if (!hostile_begin(h, "127.0.0.1", scripts, count)) {
        perror("a server on 127.0.0.1");
        exit(1);
    }
}

const char *hostile_url(const struct hostile *h, const char *name)
{
    static char urls[8][200];
    static unsigned turn;
    char *const url = urls[turn++ % 8];

    snprintf(url, sizeof urls[0], "%s://127.0.0.1:%u/%s", h->scheme, h->port, name);
    return url;
}

const char *hostile_asked(struct hostile *h)
{
    enum { PIECE = 4096 };
    ssize_t n;

    do {
        char *const more = realloc(h->told, h->told_size + PIECE + 1);

        if (!more)
            abort();
        h->told = more;
        n = read(h->asked, more + h->told_size, PIECE);
        h->told_size += n > 0 ? (size_t)n : 0;
        more[h->told_size] = '\0';
    } while (n > 0);
    return h->told;
}

bool hostile_was_asked(struct hostile *h, const char *what) { return strstr(hostile_asked(h), what) != NULL; }

void hostile_end(struct hostile *h)
{
    kill(-h->pid, SIGKILL);
    waitpid(h->pid, NULL, 0);
    close(h->asked);
    free(h->told);
}

unsigned hostile_closed_port(void)
{
    unsigned port = 0;
    const int fd = listen_on("127.0.0.1", 1, &port);

    close(fd);
    return port;
}

bool hostile_full_port(unsigned *port, int fds[8])
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    int refused = 0;

    inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
    fds[0] = listen_on("127.0.0.1", 0, port);
    a.sin_port = htons((unsigned short)*port);
    for (int i = 1; i < 8; i++) {
        struct pollfd ready = {.events = POLLOUT};

        ready.fd = fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)!connect(fds[i], (struct sockaddr *)&a, sizeof a);
        refused += poll(&ready, 1, 50) == 0; /* not refused and not taken: the queue is full */
    }
    return refused > 0;
}
