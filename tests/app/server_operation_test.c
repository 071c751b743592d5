/*
 * sluice-server as it is run: what it gives up once it has started, sockets that are handed over to it, a restart that
 * no client notices, the log that is opened anew, and the time that transfers have at the end.
 */
#include "net/sandbox.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/here.h"
#include "tests/support/loopback.h"
#include "tests/support/program.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char server[8192], fetcher[8192];
enum { LARGE = 8 * 1024 * 1024 };

static void put(const char *name, mode_t mode)
{
    here_put_text(name, "content");
    chmod(name, mode);
}

static void prepare(void)
{
    unsigned char *const noise = malloc(LARGE);

    here_begin("operation");
    mkdir("root", 0755);
    put("root/file", 0644);
    put("root/private", 0600);
    folder_noise(noise, LARGE);
    here_put("root/large", noise, LARGE);
    free(noise);
    mkdir("closed", 0700);
    put("closed/file", 0600);
}

/* ---- running it ---- */

static void begin(struct program *p, const char *a, const char *b, const char *c, const char *d, const char *e)
{
    const char *const arguments[] = {server, a, b, c, d, e, NULL};

    check_context("sluice-server %s %s %s %s", a ? a : "", a && b ? b : "", a && b && c ? c : "",
                  a && b && c && d ? d : "");
    program_start(p, arguments, 0);
}

static void run(struct program *p, const char *a, const char *b, const char *c, const char *d, const char *e)
{
    begin(p, a, b, c, d, e);
    program_wait(p);
}

static void end(struct program *p)
{
    kill(p->pid, SIGTERM);
    program_wait(p);
    CHECK_EQ(p->code, 0);
}

/* The port in the next line that it prints, "listening PROTOCOL 127.0.0.1:PORT"; 0: another line, or none. */
static int listening_port(struct program *p, const char *protocol)
{
    char line[256], form[64];
    size_t size = 0;

    while (size < sizeof line - 1 && read(p->out_fd, line + size, 1) == 1 && line[size] != '\n')
        size++;
    line[size] = '\0';
    snprintf(form, sizeof form, "listening %s 127.0.0.1:", protocol);
    return strncmp(line, form, strlen(form)) == 0 ? atoi(line + strlen(form)) : 0;
}

/* The status of a GET, or 0. */
static int get_on(int fd, const char *path)
{
    char request[128];
    unsigned char *data;
    size_t size;
    int status;

    if (fd < 0)
        return 0;
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", path);
    loopback_send(fd, request, strlen(request));
    status = loopback_read_all(fd, &data, &size) == LOOPBACK_CLOSED && size > 12 ? atoi((char *)data + 9) : 0;
    free(data);
    close(fd);
    return status;
}

static int get(int port, const char *path)
{
    return get_on(loopback_connect(port, false), path);
}

/* ---- what it gives up ---- */

/* Do all threads of the process have this line in their status? */
static bool all_threads_say(pid_t pid, const char *line)
{
    char path[128], text[8192];
    const struct dirent *entry;
    unsigned threads = 0, say = 0;
    DIR *tasks;

    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    tasks = opendir(path);
    while (tasks && (entry = readdir(tasks)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%ld/task/%.20s/status", (long)pid, entry->d_name);
        const int fd = open(path, O_RDONLY);
        const ssize_t size = read(fd, text, sizeof text - 1);

        close(fd);
        text[size > 0 ? size : 0] = '\0';
        threads++;
        say += strstr(text, line) != NULL;
    }
    if (tasks)
        closedir(tasks);
    return threads > 1 && say == threads;
}

/* Which walls stand on this system in this build. */
static unsigned walls(void)
{
    int status = 0;
    const pid_t pid = fork();

    if (pid == 0) {
        char lacking[SANDBOX_TEXT_ROOM];

        _exit((int)sandbox_enter(open("/", O_RDONLY | O_DIRECTORY), SANDBOX_FILES | SANDBOX_CALLS, lacking));
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
}

static void every_thread_is_confined(void)
{
    const unsigned stand = walls();
    struct program p;

    begin(&p, "--http=0", "--threads=2", "root", NULL, NULL);
    const int port = listening_port(&p, "http");

    if (stand & SANDBOX_CALLS) {
        CHECK(all_threads_say(p.pid, "Seccomp:\t2\n"));
        CHECK(all_threads_say(p.pid, "NoNewPrivs:\t1\n"));
    } else {
        printf("SKIPPED: no seccomp on this system, or in this build\n");
    }
    CHECK_EQ(get(port, "/file"), 200);
    CHECK_EQ(get(port, "/"), 200);
    CHECK_EQ(get(port, "/large"), 200);
    end(&p);
    CHECK_EQ(strstr(p.err, "not confined") == NULL, stand == (SANDBOX_FILES | SANDBOX_CALLS));

    begin(&p, "--http=0", "--no-sandbox", "root", NULL, NULL);
    CHECK_EQ(get(listening_port(&p, "http"), "/file"), 200);
    CHECK(!all_threads_say(p.pid, "Seccomp:\t2\n"));
    end(&p);
    CHECK(strstr(p.err, "not confined") == NULL);
}

static void root_becomes_somebody_else(void)
{
    struct program p;
    int port;

    begin(&p, "--http=0", "--threads=2", "root", NULL, NULL);
    port = listening_port(&p, "http");
    CHECK(all_threads_say(p.pid, "\nCapEff:\t0000000000000000\n"));
    CHECK(!all_threads_say(p.pid, "\nUid:\t0\t"));
    CHECK_EQ(get(port, "/file"), 200);
    CHECK_EQ(get(port, "/private"), 403);
    end(&p);
    CHECK(strstr(p.err, "now the user nobody\n") != NULL);

    /* A folder that root alone can read is to be read, or root would not have been told to serve it. */
    begin(&p, "--http=0", "--threads=2", "closed", NULL, NULL);
    port = listening_port(&p, "http");
    CHECK(!all_threads_say(p.pid, "\nUid:\t0\t"));
    CHECK(all_threads_say(p.pid, "\nCapEff:\t0000000000000004\n"));
    CHECK_EQ(get(port, "/file"), 200);
    end(&p);
    CHECK(strstr(p.err, "with the right to read") != NULL);

    begin(&p, "--http=0", "--user=1234", "root", NULL, NULL);
    CHECK_EQ(get(listening_port(&p, "http"), "/file"), 200);
    CHECK(all_threads_say(p.pid, "\nUid:\t1234\t1234\t1234\t1234\n"));
    CHECK(all_threads_say(p.pid, "\nGid:\t1234\t1234\t1234\t1234\n"));
    end(&p);
    begin(&p, "--http=0", "--user=root", "root", NULL, NULL);
    CHECK_EQ(get(listening_port(&p, "http"), "/private"), 200);
    CHECK(all_threads_say(p.pid, "\nUid:\t0\t"));
    end(&p);
}

static void users(void)
{
    struct program p;

    begin(&p, "--http=0", "root", NULL, NULL, NULL);
    CHECK(listening_port(&p, "http") > 0);
    end(&p);
    if (strstr(p.err, "stays root")) {
        printf("SKIPPED: in this build root stays root\n");
        return;
    }
    run(&p, "--http=0", "--user=no-such-user", "root", NULL, NULL);
    CHECK_EQ(p.code, 4);
    CHECK(strstr(p.err, "there is no user 'no-such-user'") != NULL);
    if (geteuid() == 0) {
        root_becomes_somebody_else();
    } else {
        printf("SKIPPED: root alone can become somebody else\n");
        run(&p, "--http=0", "--user=root", "root", NULL, NULL);
        CHECK_EQ(p.code, 4);
        CHECK(strstr(p.err, "only root can") != NULL);
    }
}

/* ---- the log ---- */

static bool file_has(const char *name, const char *text)
{
    char content[4096];
    const int fd = open(name, O_RDONLY);
    const ssize_t size = fd < 0 ? 0 : read(fd, content, sizeof content - 1);

    close(fd);
    content[size > 0 ? size : 0] = '\0';
    return strstr(content, text) != NULL;
}

static void the_log_is_opened_anew(void)
{
    struct program p;

    put("log", 0644);
    begin(&p, "--http=0", "--log-file=log", "root", NULL, NULL);
    const int port = listening_port(&p, "http");

    CHECK_EQ(get(port, "/file?first"), 200);
    rename("log", "log.1");
    kill(p.pid, SIGHUP);
    for (int i = 0; i < 1000 && access("log", F_OK) < 0; i++)
        folder_pause(10);
    folder_pause(20); /* it is there; it is in use a moment later */
    CHECK_EQ(get(port, "/file?second"), 200);
    end(&p);
    CHECK(file_has("log.1", "content")); /* what was there stays */
    CHECK(file_has("log.1", "?first") && !file_has("log.1", "?second"));
    CHECK(file_has("log", "?second") && !file_has("log", "?first"));
    CHECK(strstr(p.err, "GET") == NULL);
    unlink("log");
    unlink("log.1");

    run(&p, "--http=0", "--log-file=no-such-folder/log", "root", NULL, NULL);
    CHECK_EQ(p.code, 4);
    CHECK(strstr(p.err, "no-such-folder/log") != NULL);
}

/* ---- the files of its sockets ---- */

static void sockets_leave_nothing(void)
{
    struct program p;

    begin(&p, "--http=0", "--bare=unix:socket", "root", NULL, NULL);
    CHECK(listening_port(&p, "http") > 0);
    CHECK(access("socket", F_OK) == 0);
    end(&p);
    CHECK(access("socket", F_OK) < 0);

    check_context("the server is killed");
    begin(&p, "--http=0", "--bare=unix:socket", "root", NULL, NULL);
    CHECK(listening_port(&p, "http") > 0);
    kill(p.pid, SIGKILL);
    program_wait(&p);
    for (int i = 0; i < 1000 && access("socket", F_OK) == 0; i++)
        folder_pause(10);
    CHECK(access("socket", F_OK) < 0);
}

/* ---- sockets that are handed over ---- */

static int listener(int *port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof in;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&in, size) < 0 || listen(fd, 1000) < 0 ||
        getsockname(fd, (struct sockaddr *)&in, &size) < 0) {
        perror("listen");
        exit(1);
    }
    *port = ntohs(in.sin_port);
    return fd;
}

/* A server with the descriptors as 3 and up, and LISTEN_FDS saying so. pid 0: its own, as it should be. */
static void begin_with(struct program *p, const int *fds, int count, const char *names, long pid, const char *option)
{
    int out[2], err[2];

    memset(p, 0, sizeof *p);
    if (pipe(out) < 0 || pipe(err) < 0)
        abort();
    fflush(stdout);
    p->pid = fork();
    if (p->pid == 0) {
        char text[32];

        alarm(60);
        dup2(out[1], 1);
        dup2(err[1], 2);
        for (int i = 0; i < count; i++) /* out of the way first */
            dup2(fds[i], 100 + i);
        for (int fd = 3; fd < 100; fd++)
            close(fd);
        for (int i = 0; i < count; i++) {
            dup2(100 + i, 3 + i);
            close(100 + i);
        }
        snprintf(text, sizeof text, "%ld", pid ? pid : (long)getpid());
        setenv("LISTEN_PID", text, 1);
        snprintf(text, sizeof text, "%d", count);
        setenv("LISTEN_FDS", text, 1);
        if (names)
            setenv("LISTEN_FDNAMES", names, 1);
        execl(server, server, "--threads=2", option, "root", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    p->out_fd = out[0];
    p->err_fd = err[0];
}

static void sockets_are_handed_over(void)
{
    struct program p;
    unsigned char *data;
    size_t size;
    int ports[3], fds[3], other;

    check_context("handed over");
    for (int i = 0; i < 3; i++)
        fds[i] = listener(&ports[i]);
    begin_with(&p, fds, 3, "web:bare:metrics", 0, "-q");
    CHECK_EQ(listening_port(&p, "http"), ports[0]);
    CHECK_EQ(listening_port(&p, "bare"), ports[1]);
    CHECK_EQ(listening_port(&p, "metrics"), ports[2]);
    CHECK_EQ(get(ports[0], "/file"), 200);
    CHECK_EQ(get(ports[2], "/metrics"), 200);
    const int fd = loopback_connect(ports[1], false);

    loopback_send(fd, "file\n", 5);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    CHECK(size > 2 && data[0] == 0x78);
    free(data);
    close(fd);
    end(&p);
    CHECK_EQ(p.out_size, 0); /* no address more */

    check_context("handed over without names, and an address of its own");
    begin_with(&p, fds, 1, NULL, 0, "--http=0");
    CHECK_EQ(listening_port(&p, "http"), ports[0]);
    other = listening_port(&p, "http");
    CHECK(other > 0 && other != ports[0]);
    CHECK_EQ(get(ports[0], "/file"), 200);
    CHECK_EQ(get(other, "/file"), 200);
    end(&p);

    check_context("handed over to another process");
    begin_with(&p, fds, 1, NULL, 1, "--http=0");
    other = listening_port(&p, "http");
    CHECK(other > 0 && other != ports[0]);
    end(&p);

    check_context("handed over: no socket");
    other = open("root/file", O_RDONLY);
    begin_with(&p, &other, 1, NULL, 0, "-q");
    program_wait(&p);
    CHECK_EQ(p.code, 2);
    CHECK(strstr(p.err, "descriptor 3") != NULL);
    close(other);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
}

/* A Unix socket that is handed over belongs to who opened it: its file stays. */
static void a_socket_of_others_stays(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "socket"};
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct program p;

    check_context("Unix socket handed over");
    if (!CHECK(bind(fd, (struct sockaddr *)&un, sizeof un) == 0 && listen(fd, 10) == 0))
        return;
    begin_with(&p, &fd, 1, "http", 0, "-q");
    const int client = socket(AF_UNIX, SOCK_STREAM, 0);

    CHECK(connect(client, (struct sockaddr *)&un, sizeof un) == 0);
    CHECK_EQ(get_on(client, "/file"), 200);
    end(&p);
    CHECK(access("socket", F_OK) == 0);
    close(fd);
    unlink("socket");
}

/* ---- a restart ---- */

struct load {
    int port;
    atomic_bool stop;
    unsigned good, bad;
};

static void *load(void *owner)
{
    struct load *const l = owner;

    while (!atomic_load(&l->stop))
        if (get(l->port, "/file") == 200)
            l->good++;
        else
            l->bad++;
    return NULL;
}

static void no_client_notices_a_restart(void)
{
    static struct program old, fresh;
    struct load loads[3];
    pthread_t threads[3];
    unsigned good = 0, bad = 0;
    int port, fd = listener(&port);

    check_context("restart");
    begin_with(&old, &fd, 1, NULL, 0, "-q");
    CHECK_EQ(listening_port(&old, "http"), port);
    for (int i = 0; i < 3; i++) {
        loads[i] = (struct load){.port = port};
        pthread_create(&threads[i], NULL, load, &loads[i]);
    }
    for (int i = 0; i < 5; i++) {
        begin_with(&fresh, &fd, 1, NULL, 0, "-q");
        CHECK_EQ(listening_port(&fresh, "http"), port);
        end(&old);
        old = fresh;
    }
    for (int i = 0; i < 3; i++) {
        atomic_store(&loads[i].stop, true);
        pthread_join(threads[i], NULL);
        good += loads[i].good;
        bad += loads[i].bad;
    }
    end(&old);
    CHECK(good > 10);
    CHECK_EQ(bad, 0);
    close(fd);
}

/* ---- standard files that are closed ---- */

/*
 * What it opens gets their numbers, the file of the kept copies among it, unless they are held: then what is logged
 * would land in what the next client gets.
 */
static void nothing_is_printed_into_its_own_files(void)
{
    enum { TEXT = 300 * 1024 };
    unsigned char *const text = malloc(TEXT);
    char command[9000];
    struct program p, fetch;
    struct stat st;

    folder_text(text, TEXT);
    here_put("root/text", text, TEXT);
    free(text);
    folder_age();
    snprintf(command, sizeof command, "exec %s --http=unix:socket root 0<&- 1>&- 2>&-", server);
    check_context("%s", command);
    program_start(&p, (const char *const[]){"/bin/sh", "-c", command, NULL}, 0);
    for (int i = 0; i < 5000 && stat("socket", &st) < 0; i++)
        folder_pause(2);
    for (int i = 0; i < 3; i++) {
        program_start(&fetch, (const char *const[]){fetcher, "--retries=9", "--compare=root/text",
                                                    "http://unix:./socket:/text", NULL}, 0);
        program_wait(&fetch);
        if (!CHECK_EQ(fetch.code, 0))
            printf("    %s\n", fetch.err);
    }
    end(&p);
    unlink("root/text");
}

/* ---- the end ---- */

static void transfers_have_a_time_to_finish(void)
{
    static char bytes[1000];
    struct program p;
    size_t got;

    begin(&p, "--level=0", "--bare=0", "--timeout-stop=0.2", "root", NULL);
    const int fd = loopback_connect(listening_port(&p, "bare"), true);

    loopback_send(fd, "large\n", 6);
    CHECK_EQ(loopback_read(fd, bytes, sizeof bytes, &got), LOOPBACK_MORE);
    kill(p.pid, SIGTERM);
    program_wait(&p);
    CHECK_EQ(p.code, 5);
    CHECK(strstr(p.err, "\"large\" stopped ") != NULL);
    close(fd);
}

int main(void)
{
    snprintf(server, sizeof server, "%s", program_path("sluice-server"));
    snprintf(fetcher, sizeof fetcher, "%s", program_path("sluice-client"));
    signal(SIGPIPE, SIG_IGN);
    prepare();
    every_thread_is_confined();
    users();
    the_log_is_opened_anew();
    sockets_leave_nothing();
    sockets_are_handed_over();
    a_socket_of_others_stays();
    no_client_notices_a_restart();
    nothing_is_printed_into_its_own_files();
    transfers_have_a_time_to_finish();
    here_end();
    return check_report("app/server_operation");
}
