/*
 * server: limits of connections, in all and of one client, of requests, of a head, and of slowness; whoever is beyond
 * one is told so at once, and the others do not notice.
 */
#include "net/bare_server.h"
#include "net/file_send.h"
#include "net/http_server.h"
#include "net/server.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/support/serving.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { LARGE = 8 * 1024 * 1024 };
static struct folder folder;
static unsigned char *large;

static void prepare(void)
{
    large = malloc(LARGE);
    folder_noise(large, LARGE);
    folder = folder_make("limits");
    folder_put(&folder, "file", "content", 7);
    folder_put(&folder, "large", large, LARGE);
    folder_age();
}

static void clean(void)
{
    folder_remove(&folder);
    free(large);
}

/* ---- the server ---- */

static struct serving serving;
static int port, bare_port;

static void run(struct server_options o)
{
    o.level = 1;
    serving_make(&serving, o, folder.fd);
    port = serving_listen(&serving, "0.0.0.0:0", &http_protocol);
    bare_port = serving_listen(&serving, "0.0.0.0:0", &bare_protocol);
    serving_start(&serving);
}

/* Ends it; the log must have that text (NULL: any). */
static void halt(const char *logged)
{
    serving_halt(&serving, SERVER_END);
    if (logged)
        CHECK(serving_logged(&serving, logged));
    serving_forget(&serving);
}

/* ---- clients ---- */

/* Connects from another address of this machine: 127.0.0.N. */
static int connect_from(int n)
{
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7F000000u + (unsigned)n)};
    const struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = LOOPBACK_PATIENCE};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0 ||
        connect(fd, (const struct sockaddr *)&to, sizeof to) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static const char get_file[] = "GET /file HTTP/1.1\r\nHost: a\r\n\r\n";
static const char get_last[] = "GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/* Asks on a connection that goes on, and reads the answer: all of it, since its last byte is known. */
static bool asks(int fd)
{
    char data[1024];
    size_t size = 0, got;

    loopback_send(fd, get_file, sizeof get_file - 1);
    while (size < sizeof data && loopback_read(fd, data + size, 1, &got) == LOOPBACK_MORE) {
        size++;
        if (size > 7 && memcmp(data + size - 7, "content", 7) == 0)
            return true;
    }
    return false;
}

/* All that the server says to a text, until it closes in order; the caller frees it. */
static char *says(int fd, const char *text, size_t size)
{
    unsigned char *data;
    size_t got;

    loopback_send(fd, text, size);
    CHECK_EQ(loopback_read_all(fd, &data, &got), LOOPBACK_CLOSED);
    close(fd);
    data = realloc(data, got + 1);
    data[got] = '\0';
    return (char *)data;
}

static void is_told(int fd, const char *beginning)
{
    char *const text = says(fd, get_last, sizeof get_last - 1);

    if (!CHECK(strncmp(text, beginning, strlen(beginning)) == 0))
        printf("    it said: %.100s\n", text);
    free(text);
}

static const char refused[] = "HTTP/1.1 503 Service Unavailable\r\n", served[] = "HTTP/1.1 200 OK\r\n";

/* A place becomes free when the server has seen that a client left. */
static bool is_soon_served(int n)
{
    bool is = false;

    for (int i = 0; i < LOOPBACK_PATIENCE * 100 && !is; i++) {
        char *const text = says(connect_from(n), get_last, sizeof get_last - 1);

        is = strncmp(text, served, strlen(served)) == 0;
        free(text);
        if (!is)
            folder_pause(10);
    }
    return is;
}

/* ---- how many ---- */

static void one_client_has_so_many(void)
{
    struct server_options o = server_defaults();
    int fds[3];

    check_context("of one client");
    o.max_per_address = 3;
    o.threads = 2;
    run(o);
    for (int i = 0; i < 3; i++)
        CHECK(asks(fds[i] = connect_from(2)));
    for (int i = 0; i < 10; i++)
        is_told(connect_from(2), refused);
    is_told(connect_from(3), served); /* another is not concerned */
    for (int i = 0; i < 3; i++)
        CHECK(asks(fds[i])); /* nor are those that there are */
    close(fds[1]);
    CHECK(is_soon_served(2));
    close(fds[0]);
    close(fds[2]);
    halt("beyond 3 of one client");
}

/* The bare protocol's refusal is a close without a byte. */
static void bare_clients_count_too(void)
{
    struct server_options o = server_defaults();
    char *text;

    check_context("of one client, bare");
    o.max_per_address = 1;
    run(o);
    const int fd = connect_from(1);

    CHECK(asks(fd));
    text = says(loopback_connect(bare_port, false), "file\n", 5);
    CHECK_EQ(strlen(text), 0);
    free(text);
    close(fd);
    halt(NULL);
}

/* More than wait for their refusal to be read: each hears it, or is closed, and none holds a place. */
static void there_are_so_many(void)
{
    enum { REFUSED = 3 * CONNECTION_REFUSALS_MOST };
    struct server_options o = server_defaults();
    int fds[REFUSED], fd;
    char data[16];
    size_t got;

    check_context("in all");
    o.max_connections = 1;
    run(o);
    CHECK(asks(fd = connect_from(1)));
    for (int i = 0; i < REFUSED; i++) {
        fds[i] = connect_from(1);
        CHECK_EQ(loopback_read(fds[i], data, 12, &got), LOOPBACK_MORE);
        CHECK_BYTES(data, got, "HTTP/1.1 503", 12);
    }
    CHECK(asks(fd));
    close(fd);
    CHECK(is_soon_served(1));
    for (int i = 0; i < REFUSED; i++)
        close(fds[i]);
    halt("beyond 1 in all, 0 beyond 0 of one client");
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;

    for (const char *p = text; (p = strstr(p, what)) != NULL; p += strlen(what))
        count++;
    return count;
}

static void a_connection_has_so_many_requests(void)
{
    struct server_options o = server_defaults();
    char five[5 * sizeof get_file] = "", *text;

    check_context("requests");
    o.max_requests = 3;
    run(o);
    for (int i = 0; i < 5; i++)
        strcat(five, get_file);
    text = says(connect_from(1), five, strlen(five));
    CHECK_EQ(count_of(text, served), 3);
    CHECK_EQ(count_of(text, "Connection: close\r\n"), 1);
    CHECK(strstr(strstr(text, "Connection: close"), served) == NULL); /* in the last */
    free(text);
    halt(NULL);
}

/* ---- how much ---- */

static void head_of(size_t size, const char *beginning)
{
    char *const head = malloc(size), *text;
    const size_t before = (size_t)sprintf(head, "GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ");

    check_context("a head of %zu bytes", size);
    memset(head + before, 'x', size - before - 4);
    memcpy(head + size - 4, "\r\n\r\n", 4);
    text = says(connect_from(1), head, size);
    CHECK(strncmp(text, beginning, strlen(beginning)) == 0);
    free(text);
    free(head);
}

static void a_head_has_so_many_bytes(void)
{
    static const char too_large[] = "HTTP/1.1 431 ";
    struct server_options o = server_defaults();

    run(o);
    head_of(16 * 1024, served);
    head_of(16 * 1024 + 1, too_large);
    halt(NULL);
    o.max_header = 600;
    run(o);
    head_of(600, served);
    head_of(601, too_large);
    halt(NULL);
    o.max_header = 60000;
    run(o);
    head_of(60000, served);
    head_of(60001, too_large);
    halt(NULL);
}

/* ---- how slowly ---- */

/* Asks for the large file and takes 1000 bytes every 5 ms for a while, then the rest. Is it whole? */
static bool takes(int to, const char *request, long ms, bool nothing)
{
    const int fd = loopback_connect(to, true);
    static char bytes[1000];
    unsigned char *rest;
    size_t got, size = 0, left;
    bool whole;

    loopback_send(fd, request, strlen(request));
    for (long waited = 0; waited < ms; waited += 5) {
        if (!nothing && loopback_read(fd, bytes, sizeof bytes, &got) != LOOPBACK_MORE)
            break;
        size += nothing ? 0 : got;
        folder_pause(5);
    }
    whole = loopback_read_all(fd, &rest, &left) == LOOPBACK_CLOSED && size + left > LARGE;
    free(rest);
    close(fd);
    return whole;
}

static bool takes_slowly(int to, const char *request, long ms)
{
    return takes(to, request, ms, false);
}

static void who_takes_too_little_is_broken_off(void)
{
    static const char get[] = "GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    struct server_options o = server_defaults();

    o.idle_timeout = 200;
    o.min_rate = 100 * 1000 * 1000;
    check_context("below the least rate");
    run(o);
    /* Where the system does not tell what waits only one who takes nothing is known to be slow. */
    CHECK(!takes(port, get, 2000, !file_send_tells()));
    CHECK(!takes(bare_port, "large\n", 2000, !file_send_tells()));
    halt("the client takes too little");

    check_context("above the least rate");
    o.min_rate = 1000;
    if (!file_send_tells()) /* then a rate shows only over a time in which the socket's buffer has room several times */
        o.idle_timeout = 10000;
    run(o);
    CHECK(takes_slowly(port, get, 1000));
    CHECK(takes_slowly(bare_port, "large\n", 1000));
    halt(NULL);

    check_context("a rate that is the server's own doing");
    o.limit_rate = 4 * 1000 * 1000; /* of which half must be taken, so that a busy machine may halt for a while */
    o.min_rate = 100 * 1000 * 1000;
    o.idle_timeout = o.idle_timeout < 1000 ? 1000 : o.idle_timeout;
    run(o);
    CHECK(takes_slowly(port, get, 0));
    halt(NULL);
}

int main(void)
{
    prepare();
    one_client_has_so_many();
    bare_clients_count_too();
    there_are_so_many();
    a_connection_has_so_many_requests();
    a_head_has_so_many_bytes();
    who_takes_too_little_is_broken_off();
    clean();
    return check_report("net/server_limits");
}
