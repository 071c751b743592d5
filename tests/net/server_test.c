/*
 * server, connection, bare_server: what a client of the bare protocol meets with, and what the server keeps to whatever
 * clients do. The server runs in this process, the clients are sockets on loopback.
 */
#include "net/bare_server.h"
#include "net/listen.h"
#include "net/root.h"
#include "net/server.h"
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/loopback.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The folder that is served: a small file, and one of noise that is larger than sockets buffer. */
enum { SMALL = 335, LARGE = 8 * 1024 * 1024 };
static char folder[] = "/tmp/sluice-server-XXXXXX";
static unsigned char small[SMALL], *large;
static int root = -1;

static void put(const char *name, const void *data, size_t size)
{
    const int fd = openat(root, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        perror(name);
        exit(1);
    }
    close(fd);
}

static void pause_ms(long ms)
{
    const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

/* ---- a server to be tested ---- */

static struct server *server;
static int port;
static char *log_text; /* what has been logged so far; complete once the server has ended */
static size_t log_size;
static FILE *log_file;

static struct server_options options(void)
{
    struct server_options o = server_defaults();

    o.level = 1;
    o.threads = 2;
    return o;
}

static void start(void)
{
    char error[SERVER_ERROR_ROOM];

    if (!server_start(server, error)) {
        printf("%s\n", error);
        exit(1);
    }
}

/* Makes a server that listens, but does not run yet. */
static void make(struct server_options o)
{
    char error[LISTEN_ERROR_ROOM + SERVER_ERROR_ROOM], name[ADDRESS_TEXT_ROOM];
    struct address address;
    const char *why;
    int fds[LISTEN_MOST];

    log_file = open_memstream(&log_text, &log_size);
    o.log = log_file;
    server = server_new(&o, root, error);
    address_parse("127.0.0.1:0", &address, &why);
    if (!server || listen_open(&address, fds, error) != 1 || !server_listen(server, fds[0], &bare_protocol)) {
        printf("%s\n", error);
        exit(1);
    }
    port = atoi(strrchr(listen_name(fds[0], name), ':') + 1);
}

static void run(struct server_options o)
{
    make(o);
    start();
}

/* Waits for its end and frees it. The log can be read until halt_done(). */
static void halt(enum server_stop how)
{
    server_stop(server, how);
    CHECK_EQ(server_wait(server), how != SERVER_END);
    server_free(server);
    fclose(log_file);
}

static void halt_done(void)
{
    free(log_text);
    log_text = NULL;
}

static bool logged(const char *text)
{
    const bool is = strstr(log_text, text) != NULL;

    if (!is)
        printf("    the log has no '%s':\n%s\n", text, log_text);
    return is;
}

/* Until the log has `text`, which another thread writes. For what has no other sign. */
static bool soon_logged(const char *text)
{
    bool is = false;

    for (int i = 0; i < LOOPBACK_PATIENCE * 100 && !is; i++) {
        flockfile(log_file);
        is = log_text && strstr(log_text, text);
        funlockfile(log_file);
        if (!is)
            pause_ms(10);
    }
    return is;
}

/* ---- clients ---- */

static int client(bool small_buffer)
{
    const int fd = loopback_connect(port, small_buffer);

    CHECK(fd >= 0);
    return fd;
}

static int ask_bytes(const void *name, size_t size)
{
    const int fd = client(false);

    loopback_send(fd, name, size);
    return fd;
}

static int ask(const char *name)
{
    return ask_bytes(name, strlen(name));
}

/*
 * Reads to the end, `begun` bytes of the stream being in `beginning` already, and decodes it all into `decoded`.
 */
static unsigned char beginning[5000], *decoded;
static size_t decoded_size;

static enum loopback_end read_and_decode(int fd, size_t begun, sluice_status *status)
{
    unsigned char *rest, *all;
    size_t size;
    const enum loopback_end end = loopback_read_all(fd, &rest, &size);

    all = malloc(begun + size + 1);
    if (!all) {
        perror("malloc");
        exit(1);
    }
    memcpy(all, beginning, begun);
    memcpy(all + begun, rest, size);
    *status = sluice_decompress(NULL, all, begun + size, decoded, LARGE + 1, &decoded_size);
    free(rest);
    free(all);
    close(fd);
    return end;
}

/* The whole of `want` comes, and then an orderly close. */
static void gets_rest(int fd, size_t begun, const void *want, size_t want_size)
{
    sluice_status status;

    CHECK_EQ(read_and_decode(fd, begun, &status), LOOPBACK_CLOSED);
    CHECK_EQ(status, SLUICE_OK);
    CHECK_BYTES(decoded, decoded_size, want, want_size);
}

static void gets_whole(int fd, const void *want, size_t want_size)
{
    gets_rest(fd, 0, want, want_size);
}

/* What has come when the connection ends is a stream that is cut short, and the end is a reset. */
static void gets_no_whole(int fd)
{
    sluice_status status;

    CHECK_EQ(read_and_decode(fd, sizeof beginning, &status), LOOPBACK_RESET);
    CHECK_EQ(status, SLUICE_ERR_TRUNCATED);
}

/* An orderly close with no byte. */
static void is_refused(int fd)
{
    char byte;
    size_t got;

    CHECK_EQ(loopback_read(fd, &byte, 1, &got), LOOPBACK_CLOSED);
    CHECK_EQ(got, 0);
    close(fd);
}

/* ---- how a name ends ---- */

static void a_name_ends_at_a_newline(void)
{
    run(options());
    check_context("LF");
    gets_whole(ask("small\n"), small, SMALL);
    check_context("CR LF");
    gets_whole(ask("small\r\n"), small, SMALL);
    check_context("what follows the newline is not looked at, and breaks nothing");
    gets_whole(ask("small\nlarge\n"), small, SMALL);
    int fd = ask("small\n");

    loopback_send(fd, large, 300000);
    gets_whole(fd, small, SMALL);
    fd = client(true); /* much of the answer still waits in the kernel when the server has sent it all */
    loopback_send(fd, "large\n", 6);
    loopback_send(fd, large, 50000);
    gets_whole(fd, large, LARGE);
    halt(SERVER_FINISH);
    halt_done();
}

static void a_name_ends_where_the_client_ends_its_side(void)
{
    run(options());
    check_context("half-close");
    int fd = ask("small");

    shutdown(fd, SHUT_WR);
    gets_whole(fd, small, SMALL);
    check_context("half-close behind a newline");
    fd = ask("large\n");
    shutdown(fd, SHUT_WR);
    gets_whole(fd, large, LARGE);
    check_context("half-close with no name");
    fd = client(false);
    shutdown(fd, SHUT_WR);
    is_refused(fd);
    halt(SERVER_FINISH);
    CHECK(logged("\"\" gone 0 0"));
    halt_done();
}

/* As the first client of the protocol does it. */
static void a_name_ends_with_silence(void)
{
    run(options());
    check_context("silence");
    gets_whole(ask("small"), small, SMALL);
    halt(SERVER_FINISH);
    halt_done();
}

static void a_name_may_come_in_pieces(void)
{
    run(options());
    check_context("pieces");
    const int on = client(false);

    for (const char *p = "small\r\n"; *p; p++)
        loopback_send(on, p, 1);
    gets_whole(on, small, SMALL);
    halt(SERVER_FINISH);
    halt_done();
}

/* ---- what is refused ---- */

static void a_refusal_is_an_orderly_close_with_no_byte(void)
{
    static const struct {
        const char *name, *line;
    } cases[] = {
        {"none\n", "\"none\" refused 0 0"},
        {"\n", "\"\" refused 0 0"},
        {"\r\n", "\"\" refused 0 0"},
        {"../server_test.c\n", "\"../server_test.c\" refused 0 0"},
        {"folder/../../x\n", "leads above the root"},
        {"/etc/passwd\n", "\"/etc/passwd\" refused 0 0"},
        {".hidden\n", "\".hidden\" refused 0 0"},
        {"folder\n", "\"folder\" refused 0 0"},
        {"fifo\n", "\"fifo\" refused 0 0"},
        {"way-out\n", "\"way-out\" refused 0 0"},
        {"forged\" ok 1 1 0.0\x1b[1m\rbare\n", "\"forged\\\" ok 1 1 0.0\\x1b[1m\\rbare\" refused 0 0"},
    };
    static const char nul[] = "small\0.txt\n";
    static char name[ROOT_NAME_LONGEST + 100];

    run(options());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_context("refusal of %.20s", cases[i].name);
        is_refused(ask(cases[i].name));
    }
    check_context("refusal of a NUL");
    is_refused(ask_bytes(nul, sizeof nul - 1));

    /* 4096 bytes are a name, though of no file; one more is none, with a newline or without, and no end need come. */
    for (size_t i = 0; i < sizeof name; i++)
        name[i] = i % 2 ? '/' : 'x';
    name[ROOT_NAME_LONGEST - 1] = 'y';
    check_context("refusal of 4096 bytes");
    memcpy(name + ROOT_NAME_LONGEST, "\r\n", 2);
    is_refused(ask_bytes(name, ROOT_NAME_LONGEST + 2));
    check_context("refusal of 4097 bytes");
    memcpy(name + ROOT_NAME_LONGEST, "z\n", 2);
    is_refused(ask_bytes(name, ROOT_NAME_LONGEST + 2));
    memcpy(name + ROOT_NAME_LONGEST, "zz", 2);
    is_refused(ask_bytes(name, ROOT_NAME_LONGEST + 2));
    check_context("refusal of what never ends");
    int fd = client(false);

    for (int i = 0; i < 2000 && !loopback_readable(fd); i++)
        loopback_send(fd, name, 4000);
    CHECK(loopback_readable(fd));
    is_refused(fd);

    halt(SERVER_FINISH);
    check_context("the log of refusals");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK(logged(cases[i].line));
    CHECK(logged("NUL in name"));
    CHECK(logged("no such file"));
    CHECK(logged("name too long"));
    CHECK(logged("link leads outside"));
    halt_done();
}

/* ---- files ---- */

static void files_of_any_size_arrive_whole(void)
{
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 1000000};

    run(options());
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check_context("%zu bytes", sizes[i]);
        put("sized", large, sizes[i]);
        gets_whole(ask("sized\n"), large, sizes[i]);
    }
    check_context("in a folder");
    gets_whole(ask("folder/deep\n"), "deep", 4);
    halt(SERVER_FINISH);
    CHECK(logged("\"sized\" ok 1000000 "));
    halt_done();
    unlinkat(root, "sized", 0);
}

/* A client has asked for `name` and read into `beginning`; the server can go on only as the client reads. */
static int has_begun(const char *name)
{
    const int fd = client(true);
    size_t got;

    loopback_send(fd, name, strlen(name));
    CHECK_EQ(loopback_read(fd, beginning, sizeof beginning, &got), LOOPBACK_MORE);
    return fd;
}

static void a_file_that_changes_is_broken_off(void)
{
    int fd, file;

    run(options());
    check_context("a file that grows");
    put("changing", large, LARGE);
    fd = has_begun("changing\n");
    file = openat(root, "changing", O_WRONLY | O_APPEND);
    CHECK_EQ(write(file, "x", 1), 1);
    close(file);
    gets_no_whole(fd);

    check_context("a file that shrinks");
    put("changing", large, LARGE);
    fd = has_begun("changing\n");
    file = openat(root, "changing", O_WRONLY);
    CHECK_EQ(ftruncate(file, LARGE / 2), 0);
    close(file);
    gets_no_whole(fd);
    unlinkat(root, "changing", 0);
    halt(SERVER_FINISH);
    CHECK(logged("\"changing\" changed "));
    halt_done();
}

/* ---- many clients, and bad ones ---- */

enum { CROWD = 150 };

static void everyone_in_a_crowd_is_served(void)
{
    int fds[CROWD];

    run(options());
    for (int i = 0; i < CROWD; i++)
        fds[i] = ask(i % 10 ? "small\n" : "large\n");
    for (int i = CROWD - 1; i >= 0; i--) { /* who came last is read first */
        check_context("client %d of a crowd", i);
        gets_whole(fds[i], i % 10 ? small : large, i % 10 ? SMALL : LARGE);
    }
    halt(SERVER_FINISH);
    halt_done();
}

static void who_does_not_read_keeps_nobody_waiting(void)
{
    int fds[20];
    struct server_options o = options();

    o.threads = 1;
    run(o);
    for (int i = 0; i < 20; i++)
        fds[i] = has_begun("large\n");
    check_context("a client beside 20 that do not read");
    gets_whole(ask("large\n"), large, LARGE);
    gets_whole(ask("small\n"), small, SMALL);
    halt(SERVER_END);
    for (int i = 0; i < 20; i++)
        close(fds[i]);
    CHECK(logged("\"large\" stopped "));
    halt_done();
}

static void clients_may_vanish_at_any_moment(void)
{
    static unsigned char bytes[200000];
    uint64_t seed = 3;
    size_t got;
    const int before = loopback_descriptors();

    run(options());
    for (int i = 0; i < 300; i++) {
        const int fd = client(i % 3 == 0);
        const uint64_t r = check_random(&seed);

        if (r & 1)
            loopback_send(fd, "large\n", r >> 8 & 1 ? 6 : r >> 9 & 3);
        if (r & 2 && r & 1 && r >> 8 & 1)
            loopback_read(fd, bytes, (size_t)(r >> 16) % sizeof bytes, &got);
        if (r & 4)
            loopback_reset(fd);
        else
            close(fd);
    }
    check_context("after 300 that vanished");
    gets_whole(ask("small\n"), small, SMALL);
    halt(SERVER_FINISH);
    CHECK(logged(" gone "));
    halt_done();
    check_context("descriptors");
    CHECK_EQ(loopback_descriptors(), before);
}

static void beyond_the_limit_clients_are_closed_at_once(void)
{
    struct server_options o = options();
    int fds[5];

    o.max_connections = 5;
    run(o);
    check_context("flood");
    for (int i = 0; i < 5; i++)
        fds[i] = has_begun("large\n");
    for (int i = 0; i < 100; i++)
        is_refused(client(false));
    for (int i = 0; i < 5; i++)
        close(fds[i]);
    /* Their places become free when the server has seen that they left. */
    check_context("a place that became free");
    for (int i = 0; i < LOOPBACK_PATIENCE * 100; i++) {
        char byte;
        size_t got;
        const int fd = ask("small\n");
        const enum loopback_end end = loopback_read(fd, &byte, 1, &got);

        close(fd);
        if (end == LOOPBACK_MORE)
            break;
        pause_ms(10);
    }
    gets_whole(ask("small\n"), small, SMALL);
    halt(SERVER_FINISH);
    CHECK(logged("beyond 5 in all, 0 beyond 0 of one client"));
    halt_done();
}

/* Opens a crowd of connections, more than the server has descriptors for, leaves, and asks once more. For a child. */
static int crowd_beyond_descriptors(void)
{
    struct rlimit limit;
    int fds[CROWD];
    char byte;
    size_t got;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < CROWD; i++) {
        fds[i] = loopback_connect(port, true);
        loopback_send(fds[i], "large\n", 6);
    }
    /* Who is served, who is refused, who waits: that is as may be. But the first has been served. */
    if (loopback_read(fds[0], &byte, 1, &got) != LOOPBACK_MORE)
        return 1;
    for (int i = 0; i < CROWD; i++)
        close(fds[i]);
    for (int i = 0; i < LOOPBACK_PATIENCE * 100; i++) {
        const int fd = loopback_connect(port, false);

        loopback_send(fd, "small\n", 6);
        if (loopback_read(fd, &byte, 1, &got) == LOOPBACK_MORE)
            return 0;
        close(fd);
        pause_ms(10);
    }
    return 2;
}

static void when_descriptors_run_out_the_server_lives_on(void)
{
    struct rlimit before, few;
    int status = -1;

    check_context("out of descriptors");
    getrlimit(RLIMIT_NOFILE, &before);
    make(options());
    fflush(stdout);
    const pid_t child = fork();

    if (child == 0)
        _exit(crowd_beyond_descriptors());
    few = before;
    few.rlim_cur = (rlim_t)loopback_descriptors() + 40;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    start();
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 0);
    halt(SERVER_FINISH);
    setrlimit(RLIMIT_NOFILE, &before);
    halt_done();
}

/* ---- limits in time ---- */

static void who_does_not_ask_is_closed(void)
{
    struct server_options o = options();

    o.request_timeout = 100;
    run(o);
    check_context("no name");
    is_refused(client(false));
    halt(SERVER_FINISH);
    CHECK(logged("\"\" timeout 0 0"));
    halt_done();
}

static void who_takes_nothing_is_broken_off(void)
{
    struct server_options o = options();
    int fd;

    o.idle_timeout = 100;
    run(o);
    check_context("takes nothing");
    fd = has_begun("large\n");
    CHECK(soon_logged("\"large\" timeout "));
    gets_no_whole(fd);
    halt(SERVER_FINISH);
    halt_done();
}

static void a_rate_can_be_set(void)
{
    struct server_options o = options();
    struct timespec begin, end;

    o.limit_rate = 400000;
    run(o);
    put("rated", large, 200000);
    check_context("rate");
    clock_gettime(CLOCK_MONOTONIC, &begin);
    gets_whole(ask("rated\n"), large, 200000);
    clock_gettime(CLOCK_MONOTONIC, &end);
    /* Half a second by the rate; its last piece is not waited for. It can be longer, but hardly shorter. */
    CHECK((end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000 >= 350);
    halt(SERVER_FINISH);
    halt_done();
    unlinkat(root, "rated", 0);
}

/* ---- stopping ---- */

static void a_stop_lets_transfers_finish(void)
{
    int asked, idle, late;

    run(options());
    check_context("stop");
    asked = has_begun("large\n");
    idle = client(false);
    server_stop(server, SERVER_FINISH);
    is_refused(idle);
    late = loopback_connect(port, false); /* by now nobody listens any more */
    CHECK(late < 0 && errno == ECONNREFUSED);
    gets_rest(asked, sizeof beginning, large, LARGE);
    halt(SERVER_FINISH);
    CHECK(logged("\"large\" ok 8388608 "));
    halt_done();
}

/* The kernel has told them that they are connected. More than one turn accepts. */
enum { QUEUE = 200 };

static void a_stop_serves_those_who_wait_to_be_accepted(void)
{
    int fds[QUEUE];

    check_context("stop with a queue");
    make(options());
    for (int i = 0; i < QUEUE; i++)
        fds[i] = ask("small\n");
    start();
    server_stop(server, SERVER_FINISH);
    for (int i = 0; i < QUEUE; i++)
        gets_whole(fds[i], small, SMALL);
    halt(SERVER_FINISH);
    halt_done();
}

static void a_second_stop_breaks_them_off(void)
{
    int asked;

    run(options());
    check_context("second stop");
    asked = has_begun("large\n");
    server_stop(server, SERVER_FINISH);
    halt(SERVER_END);
    gets_no_whole(asked);
    CHECK(logged("\"large\" stopped "));
    halt_done();
}

static void once_serves_one_connection(void)
{
    struct server_options o = options();

    o.once = true;
    run(o);
    check_context("once");
    gets_whole(ask("small\n"), small, SMALL);
    CHECK(server_wait(server)); /* it ends of itself */
    const int fd = loopback_connect(port, false);

    CHECK(fd < 0 && errno == ECONNREFUSED);
    halt(SERVER_FINISH);
    halt_done();
}

static void a_unix_socket_serves_too(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    struct server_options o = options();
    char error[LISTEN_ERROR_ROOM + SERVER_ERROR_ROOM], text[150];
    struct address address;
    const char *why;
    int fds[LISTEN_MOST];

    check_context("unix socket");
    snprintf(un.sun_path, sizeof un.sun_path, "%s.socket", folder);
    snprintf(text, sizeof text, "unix:%s", un.sun_path);
    server = server_new(&o, root, error);
    address_parse(text, &address, &why);
    if (!CHECK_EQ(listen_open(&address, fds, error), 1) || !CHECK(server_listen(server, fds[0], &bare_protocol)) ||
        !CHECK(server_start(server, error)))
        return;
    for (int i = 0; i < 10; i++) {
        const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

        CHECK_EQ(connect(fd, (struct sockaddr *)&un, sizeof un), 0);
        loopback_send(fd, i % 2 ? "large\n" : "none\n", i % 2 ? 6 : 5);
        if (i % 2)
            gets_whole(fd, large, LARGE);
        else
            is_refused(fd);
    }
    server_stop(server, SERVER_FINISH);
    CHECK(server_wait(server));
    server_free(server);
    CHECK(access(un.sun_path, F_OK) < 0);
}

int main(void)
{
    uint64_t seed = 11;
    const int before = loopback_descriptors();

    large = malloc(LARGE);
    decoded = malloc(LARGE + 1);
    if (!large || !decoded || !mkdtemp(folder) || (root = open(folder, O_RDONLY | O_DIRECTORY)) < 0) {
        perror(folder);
        return 1;
    }
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (unsigned char)(check_random(&seed) >> 56);
    for (size_t i = 0; i < SMALL; i++)
        small[i] = (unsigned char)"Lorem ipsum "[i % 12];
    put("small", small, SMALL);
    put("large", large, LARGE);
    put(".hidden", small, SMALL);
    mkdirat(root, "folder", 0755);
    put("folder/deep", "deep", 4);
    mkfifoat(root, "fifo", 0644);
    symlinkat("/etc/passwd", root, "way-out");

    a_name_ends_at_a_newline();
    a_name_ends_where_the_client_ends_its_side();
    a_name_ends_with_silence();
    a_name_may_come_in_pieces();
    a_refusal_is_an_orderly_close_with_no_byte();
    files_of_any_size_arrive_whole();
    a_file_that_changes_is_broken_off();
    everyone_in_a_crowd_is_served();
    who_does_not_read_keeps_nobody_waiting();
    clients_may_vanish_at_any_moment();
    beyond_the_limit_clients_are_closed_at_once();
    when_descriptors_run_out_the_server_lives_on();
    who_does_not_ask_is_closed();
    who_takes_nothing_is_broken_off();
    a_rate_can_be_set();
    a_stop_lets_transfers_finish();
    a_stop_serves_those_who_wait_to_be_accepted();
    a_second_stop_breaks_them_off();
    once_serves_one_connection();
    a_unix_socket_serves_too();

    static const char *const names[] = {"small", "large", ".hidden", "folder/deep", "fifo", "way-out"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlinkat(root, names[i], 0);
    unlinkat(root, "folder", AT_REMOVEDIR);
    close(root);
    rmdir(folder);
    free(large);
    free(decoded);
    check_context("descriptors at the end");
    CHECK_EQ(loopback_descriptors(), before);
    return check_report("net/server");
}
