/*
 * http_server, http_reply, http_content: what a client of HTTP meets with, and what the server keeps to whatever
 * clients do. The server runs in this process, the clients are sockets on loopback.
 */
#include "net/http_server.h"
#include "net/level.h"
#include "net/listen.h"
#include "net/server.h"
#include "net/transfer.h"
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/http_answers.h"
#include "tests/support/loopback.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- the folder that is served ---- */

enum { LOREM = 335, TEXT = 59000, NOISE = 100000, LARGE = 6 * 1024 * 1024 };
static char folder[] = "/tmp/sluice-http-XXXXXX";
static int root = -1;

struct content {
    const char *name;
    unsigned char *data;
    size_t size;
};
static struct content lorem = {"lorem.txt", NULL, LOREM}, text = {"text.html", NULL, TEXT},
                      noise = {"noise", NULL, NOISE},
                      large = {"large.txt", NULL, LARGE}, empty = {"empty", NULL, 0}, packed = {"text.jpg", NULL, TEXT};

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

/* Words of a few letters: it compresses to about a third, and differs everywhere. */
static void fill_text(unsigned char *data, size_t size)
{
    uint64_t seed = 7;

    for (size_t i = 0; i < size; i++) {
        const uint64_t r = check_random(&seed) >> 33;

        data[i] = (unsigned char)(r % 6 == 0 ? ' ' : "etaoinsh"[r % 8]);
    }
}

static void make_files(void)
{
    FILE *const file = fopen("vectors/lorem.txt", "rb");
    struct content *const all[] = {&lorem, &text, &noise, &large, &empty, &packed};
    uint64_t seed = 3;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        all[i]->data = malloc(all[i]->size + 1);
    if (!file || fread(lorem.data, 1, LOREM, file) != LOREM || !mkdtemp(folder)) {
        perror("vectors/lorem.txt");
        exit(1);
    }
    fclose(file);
    fill_text(text.data, TEXT);
    fill_text(packed.data, TEXT);
    fill_text(large.data, LARGE);
    for (size_t i = 0; i < NOISE; i++)
        noise.data[i] = (unsigned char)(check_random(&seed) >> 56);
    root = open(folder, O_RDONLY | O_DIRECTORY);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        put(all[i]->name, all[i]->data, all[i]->size);
    mkdirat(root, "folder", 0755);
    put("folder/inner.txt", "inner", 5);
    mkdirat(root, "site", 0755);
    put("site/index.html", "<p>index</p>", 11);
    mkdirat(root, ".git", 0755);
    put(".git/config", "secret", 6);
    put(".hidden", "secret", 6);
    if (symlinkat("/etc/passwd", root, "outside") != 0)
        perror("outside");
    mkfifoat(root, "fifo", 0644);
    mkdirat(root, "odd", 0755);
    put("odd/a&b <i>\"'.txt", "x", 1);
    put("odd/100% #1?.txt", "y", 1);
    put("odd/\xC3\xA4\xFF.txt", "z", 1);
    pause_ms(TRANSFER_FRESH + 10);
}

static void remove_files(void)
{
    static const char *const names[] = {
        "lorem.txt", "text.html", "noise", "large.txt", "empty", "text.jpg", "folder/inner.txt", "site/index.html",
        ".git/config", ".hidden", "outside", "fifo", "odd/a&b <i>\"'.txt", "odd/100% #1?.txt", "odd/\xC3\xA4\xFF.txt",
        "changing.txt"};
    static const char *const folders[] = {"folder", "site", ".git", "odd"};
    struct content *const all[] = {&lorem, &text, &noise, &large, &empty, &packed};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlinkat(root, names[i], 0);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        unlinkat(root, folders[i], AT_REMOVEDIR);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]->data);
    close(root);
    rmdir(folder);
}

/* ---- the server ---- */

static struct server *server;
static int port;
static char *log_text; /* complete once the server has ended */
static size_t log_size;
static FILE *log_file;

static struct server_options options(void)
{
    struct server_options o = server_defaults();

    o.level = 1;
    o.threads = 2;
    return o;
}

static void run(struct server_options o)
{
    char error[LISTEN_ERROR_ROOM + SERVER_ERROR_ROOM], name[ADDRESS_TEXT_ROOM];
    struct address address;
    const char *why;
    int fds[LISTEN_MOST];

    log_file = open_memstream(&log_text, &log_size);
    o.log = log_file;
    server = server_new(&o, root, error);
    address_parse("127.0.0.1:0", &address, &why);
    if (!server || listen_open(&address, fds, error) != 1 || !server_listen(server, fds[0], &http_protocol) ||
        !server_start(server, error)) {
        printf("%s\n", error);
        exit(1);
    }
    port = atoi(strrchr(listen_name(fds[0], name), ':') + 1);
}

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

static bool logged(const char *what)
{
    const bool is = strstr(log_text, what) != NULL;

    if (!is)
        printf("    the log is:\n%s", log_text);
    return is;
}

/* ---- the client ---- */

static int dial(void)
{
    const int fd = loopback_connect(port, false), on = 1;

    if (fd < 0) {
        perror("connect");
        exit(1);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* All that the server says to these bytes, sent in pieces, until it closes. The caller frees it. */
static unsigned char *converse(const char *request, size_t size, size_t piece, struct http_reading *reading)
{
    const int fd = dial();
    unsigned char *data;

    for (size_t at = 0; at < size; at += piece)
        loopback_send(fd, request + at, size - at < piece ? size - at : piece);
    shutdown(fd, SHUT_WR);
    CHECK_EQ(loopback_read_all(fd, &data, &reading->size), LOOPBACK_CLOSED);
    reading->data = data;
    close(fd);
    return data;
}

/* One request, "METHOD PATH" and further fields with their line ends; the answer is *got, its bytes are returned. */
static unsigned char *ask(const char *what, const char *fields, struct http_got *got)
{
    char request[20000];
    struct http_reading reading;
    unsigned char *data;

    snprintf(request, sizeof request, "%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n", what, fields);
    check_context("%.60s %.60s", what, fields);
    data = converse(request, strlen(request), sizeof request, &reading);
    CHECK(http_got_next(&reading, strncmp(what, "HEAD ", 5) == 0, got));
    CHECK_EQ(reading.size, 0);
    CHECK(got->whole);
    return data;
}

static void done(unsigned char *data, struct http_got *got)
{
    free(got->content);
    free(data);
}

static bool field_is(const struct http_got *got, const char *name, const char *value)
{
    const char *const there = http_got_field(got, name);
    const bool is = value ? there && strcmp(there, value) == 0 : !there;

    if (!is)
        printf("    %s: %s, not %s\n", name, there ? there : "(absent)", value ? value : "(absent)");
    return is;
}

/* Decodes what a coding has made. */
static void decoded_is(const struct http_got *got, const char *coding, const unsigned char *want, size_t size)
{
    unsigned char *const out = malloc(size + 1);
    size_t written = got->content_size;
    sluice_inflate_options o = sluice_inflate_defaults();
    sluice_inflater *inflater;

    if (!coding) {
        CHECK_BYTES(got->content, got->content_size, want, size);
        free(out);
        return;
    }
    o.format = strcmp(coding, "gzip") == 0 ? SLUICE_GZIP : SLUICE_ZLIB;
    inflater = sluice_inflate_new(&o, NULL);
    CHECK_EQ(sluice_decompress(inflater, got->content, got->content_size, out, size + 1, &written), SLUICE_OK);
    CHECK_EQ(sluice_inflate_where(inflater).input, got->content_size);
    CHECK_BYTES(out, written, want, size);
    sluice_inflate_free(inflater);
    free(out);
}

/* ---- requests and what is said to them ---- */

/*
 * Each is followed by a second request on the same connection, which must be answered where the end of the first is
 * certain, and must not be where it is not: else the second could have been smuggled in.
 */
static const struct {
    const char *request;
    const char *statuses; /* of all responses */
    const char *says;     /* in the head of the first; NULL: nothing in particular */
} rows[] = {
    /* ---- methods and targets ---- */
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"HEAD /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"OPTIONS /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "204 200", "Allow: GET, HEAD, OPTIONS"},
    {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "204 200", "Allow: GET, HEAD, OPTIONS"},
    {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", "400", "Connection: close"},
    {"POST /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "405 200", "Allow: GET, HEAD, OPTIONS"},
    {"DELETE /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "405 200", "Allow: GET, HEAD, OPTIONS"},
    {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "405 200", "Allow: GET, HEAD, OPTIONS"},
    {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "405 200", "Allow: GET, HEAD, OPTIONS"},
    {"BREW /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "501 200", "Content-Type: text/html"},
    {"get /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "501 200", NULL},
    {"GET http://a/lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET https://a:443/lorem.txt?x=y HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "400", "Connection: close"},
    {"GET ftp://a/lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt?query HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET /%6Corem%2etxt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET /lorem%2 HTTP/1.1\r\nHost: a\r\n\r\n", "400 200", NULL},
    {"GET /lorem.txt%00 HTTP/1.1\r\nHost: a\r\n\r\n", "400 200", NULL},
    {"GET /folder%2finner.txt HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /lorem.txt#top HTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET /absent HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", "Content-Type: text/html"},
    {"GET /lorem.txt/ HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET //lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /folder//inner.txt HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /../secret HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /%2e%2e/secret HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /folder/../lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /.hidden HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /.git/config HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /.git/ HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /outside HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /fifo HTTP/1.1\r\nHost: a\r\n\r\n", "404 200", NULL},
    {"GET /folder HTTP/1.1\r\nHost: a\r\n\r\n", "301 200", "Location: /folder/\r\n"},
    {"GET /folder?sort=size HTTP/1.1\r\nHost: a\r\n\r\n", "301 200", "Location: /folder/?sort=size\r\n"},
    {"GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 5"},
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Type: text/html; charset=utf-8"},
    {"GET /site/ HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", "Content-Length: 11"},

    /* ---- versions and connections ---- */
    {"GET /lorem.txt HTTP/1.0\r\n\r\n", "200", "Connection: close"},
    {"GET /lorem.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "200 200", "Connection: keep-alive"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200", "Connection: close"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n", "200", "Connection: close"},
    {"GET /lorem.txt HTTP/1.9\r\nHost: a\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/2.0\r\nHost: a\r\n\r\n", "505", "Connection: close"},
    {"GET /lorem.txt HTTP/0.9\r\nHost: a\r\n\r\n", "505", NULL},
    {"GET /lorem.txt\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt http/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET  /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt  HTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET\t/lorem.txt\tHTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {" GET /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "400", NULL},
    {"\r\nGET /lorem.txt HTTP/1.1\r\nHost: a\r\n\r\n", "200 200", NULL},
    {"\026\003\001\002\r\n\r\n", "400", NULL},

    /* ---- Host and the form of fields ---- */
    {"GET /lorem.txt HTTP/1.1\r\n\r\n", "400", "Connection: close"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a b\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a/b\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost:\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost : a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\n Host: a\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\nHost: a\n\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nX: \001\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nX(: b\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nExpect: miracle\r\n\r\n", "417", NULL},

    /* ---- bodies, and the forms by which requests are smuggled ---- */
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "200 200", NULL},
    {"POST /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "405 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\nhello", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", "413", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", "413", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
     "", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n000\r\nT: v\r\n"
     "\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
     "", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \013chunked\r\n\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", "400", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", "413", NULL},

    /* ---- codings ---- */
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", "200 200", "Content-Encoding: gzip"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: x-gzip\r\n\r\n", "200 200", "Content-Encoding: gzip"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip;q=0.5, deflate\r\n\r\n"
     "", "200 200", "Content-Encoding: deflate"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: *\r\n\r\n", "200 200", "Content-Encoding: gzip"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: identity, gzip;q=0.1\r\n\r\n"
     "", "200 200", "Content-Length: 59000"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n", "200 200", "Content-Length: 59000"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br, identity;q=0\r\n\r\n"
     "", "406 200", "Vary: Accept-Encoding"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: *;q=0\r\n\r\n", "406 200", NULL},
    {"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: *;q=0\r\n\r\n", "406 200", NULL},
    {"GET /noise HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", "200 200", "Content-Length: 100000"},
    {"GET /noise HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, identity;q=0\r\n\r\n"
     "", "200 200", "Content-Encoding: gzip"},
    {"GET /text.jpg HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", "200 200", "Content-Type: image/jpeg"},
    {"GET /empty HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", "200 200", "Content-Length: 0"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nTE: gzip\r\nConnection: TE\r\n\r\n"
     "", "200 200", "Transfer-Encoding: gzip, chunked"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nTE: deflate, trailers\r\nConnection: TE\r\n\r\n"
     "", "200 200", "Transfer-Encoding: deflate, chunked"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nTE: gzip\r\n\r\n", "200 200", "Content-Length: 59000"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nTE: gzip;q=0\r\nConnection: TE\r\n\r\n"
     "", "200 200", "Content-Length: 59000"},
    {"GET /text.html HTTP/1.0\r\nTE: gzip\r\nConnection: TE\r\n\r\n", "200", "Content-Length: 59000"},

    /* ---- ranges ---- */
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\n\r\n", "206 200", "Content-Range: bytes 0-0/335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=300-\r\n\r\n", "206 200", "Content-Range: bytes 300-334/335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=-5\r\n\r\n", "206 200", "Content-Range: bytes 330-334/335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=-999\r\n\r\n", "206 200", "Content-Range: bytes 0-334/335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=335-\r\n\r\n", "416 200", "Content-Range: bytes */335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=-0\r\n\r\n", "416 200", "Content-Range: bytes */335"},
    {"GET /empty HTTP/1.1\r\nHost: a\r\nRange: bytes=0-\r\n\r\n", "416 200", "Content-Range: bytes */0"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=5-1\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: lines=1-2\r\n\r\n", "200 200", "Content-Length: 335"},
    {"HEAD /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\n\r\n", "200 200", "Content-Length: 335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9,5-20,21-30\r\n\r\n"
     "", "206 200", "Content-Range: bytes 0-30/335"},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1,10-11\r\n\r\n"
     "", "206 200", "Content-Type: multipart/byteranges; boundary="},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nIf-Range: \"x\"\r\n\r\n"
     "", "200 200", "Content-Length: 335"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip\r\n\r\n"
     "", "206 200", "Content-Range: bytes 0-1/59000"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip, identity;q=0\r\n\r\n"
     "", "200 200", "Content-Encoding: gzip"},
    {"GET /text.html HTTP/1.1\r\nHost: a\r\nRange: bytes=9-\r\nTE: gzip\r\nConnection: TE\r\n\r\n"
     "", "206 200", "Transfer-Encoding: gzip, chunked"},

    /* ---- conditions ---- */
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n", "304 200", "ETag: "},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\"\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\n\r\n", "412 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Match: *\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT\r\n\r\n"
     "", "304 200", "Last-Modified: "},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"
     "", "412 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\"\r\n"
     "If-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT\r\n\r\n", "200 200", NULL},
    {"GET /lorem.txt HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\nRange: bytes=999-\r\n\r\n", "412 200", NULL},
};

/* All that is said to a row's request, checked. */
static void check_row(size_t i, size_t piece)
{
    static const char second[] = "GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    char request[4096], statuses[64] = "";
    const int size = snprintf(request, sizeof request, "%s%s", rows[i].request, second);
    struct http_reading reading;
    struct http_got got;
    unsigned char *const data = converse(request, (size_t)size, piece, &reading);
    bool first = true;

    check_context("in pieces of %zu: %s", piece, rows[i].request);
    while (http_got_next(&reading, first && strncmp(request, "HEAD ", 5) == 0, &got)) {
        snprintf(statuses + strlen(statuses), sizeof statuses - strlen(statuses), first ? "%u" : " %u", got.status);
        CHECK(got.whole);
        if (got.head) {
            char *const head = strndup(got.head, got.head_size);

            CHECK(http_got_field(&got, "Date") && http_got_field(&got, "Server"));
            CHECK_EQ(strcmp(head + got.head_size - 4, "\r\n\r\n"), 0);
            if (first && rows[i].says && !CHECK(strstr(head, rows[i].says) != NULL))
                printf("    not '%s' in: %s", rows[i].says, head);
            free(head);
        }
        if (!first && got.status == 200)
            CHECK_BYTES(got.content, got.content_size, "inner", 5);
        first = false;
        free(got.content);
    }
    if (!CHECK(strcmp(statuses, rows[i].statuses) == 0))
        printf("    it said %s, not %s\n", statuses, rows[i].statuses);
    free(data);
}

static void each_request_has_its_answer_however_it_is_cut(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row(i, 4096);
        check_row(i, 1);
        check_row(i, 17 + i % 13);
    }
}

/* Requests with bytes changed, left out and doubled: whatever they are, there is an end, and the next client is served. */
static void mutated_requests(void)
{
    uint64_t seed = 1;
    struct http_got got;

    for (int i = 0; i < 1500; i++) {
        char request[8192];
        struct http_reading reading;
        size_t size = (size_t)snprintf(request, sizeof request, "%s",
                                       rows[check_random(&seed) % (sizeof rows / sizeof *rows)].request);

        for (uint64_t k = check_random(&seed) % 4 + 1; k-- > 0;) {
            const size_t at = (size_t)(check_random(&seed) % size);
            static const char likely[] = "\r\n: ,;=-0\t\"*%/";

            switch (check_random(&seed) % 4) {
            case 0:
                request[at] = (char)(check_random(&seed) >> 50);
                break;
            case 1:
                request[at] = likely[check_random(&seed) % (sizeof likely - 1)];
                break;
            case 2:
                memmove(request + at, request + at + 1, size - at - 1);
                size -= size > 1;
                break;
            default:
                memmove(request + size, request + at, size - at);
                size += size - at;
                break;
            }
            if (size > sizeof request / 2)
                size = sizeof request / 2;
        }
        unsigned char *const data = converse(request, size, i % 3 == 0 ? 5 : size, &reading);

        check_context("mutation %d", i);
        while (http_got_next(&reading, false, &got)) {
            free(got.content);
            if (got.status == 0 || !got.whole)
                break; /* an answer to what has become a HEAD cannot be told apart here */
        }
        free(data);
    }
    unsigned char *const data = ask("GET /lorem.txt", "", &got);

    CHECK_BYTES(got.content, got.content_size, lorem.data, lorem.size);
    done(data, &got);
}

static void too_long_is_told(void)
{
    static char request[40000];
    struct http_reading reading;
    struct http_got got;
    unsigned char *data;
    static const struct {
        size_t path, field;
        unsigned status;
    } cases[] = {{7900, 0, 414}, /* the line may be so long, but no file's name */
                 {9000, 0, 414}, {10, 9000, 200}, {10, 17000, 431}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *p = request + sprintf(request, "GET /lorem.txt");

        if (cases[i].path > 10) {
            memset(p, 'x', cases[i].path);
            p += cases[i].path;
        }
        p += sprintf(p, " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ");
        memset(p, 'y', cases[i].field);
        p += cases[i].field;
        p += sprintf(p, "\r\n\r\n");
        check_context("path of %zu, field of %zu bytes", cases[i].path, cases[i].field);
        data = converse(request, (size_t)(p - request), 40000, &reading);
        CHECK(http_got_next(&reading, false, &got));
        CHECK_EQ(got.status, cases[i].status);
        done(data, &got);
    }
    char *p = request + sprintf(request, "GET / HTTP/1.1\r\nHost: a\r\n");

    for (int i = 0; i < 200; i++)
        p += sprintf(p, "X: y\r\n");
    p += sprintf(p, "\r\n");
    check_context("many fields");
    data = converse(request, (size_t)(p - request), 40000, &reading);
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 431);
    done(data, &got);
}

/* A hundred requests at once: answered in their order, each with its own content. */
static void pipelining(void)
{
    static const size_t pieces[] = {100000, 1000, 7, 1};
    static char request[20000];
    struct http_reading reading;
    struct http_got got;
    size_t size = 0;

    for (int i = 0; i < 100; i++)
        size += (size_t)snprintf(request + size, sizeof request - size, "GET /%s HTTP/1.1\r\nHost: a\r\n%s\r\n",
                                 i % 3 == 0 ? "lorem.txt" : i % 3 == 1 ? "folder/inner.txt" : "text.html",
                                 i % 4 == 0 ? "Accept-Encoding: gzip\r\n" : "");
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        unsigned char *const data = converse(request, size, pieces[k], &reading);
        int i = 0;

        check_context("pipelining, pieces of %zu", pieces[k]);
        for (; http_got_next(&reading, false, &got); i++) {
            const struct content inner = {"", (unsigned char *)"inner", 5};
            const struct content *const want = i % 3 == 0 ? &lorem : i % 3 == 1 ? &inner : &text;

            CHECK(got.status == 200 && got.whole);
            decoded_is(&got, i % 4 == 0 && i % 3 != 1 ? "gzip" : NULL, want->data, want->size);
            free(got.content);
        }
        CHECK_EQ(i, 100);
        free(data);
    }
}

static void expectations(void)
{
    static const char get[] = "GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                              "Content-Length: 3\r\nConnection: close\r\n\r\n";
    static const char post[] = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    char text_of[sizeof go_on];
    unsigned char *data;
    struct http_reading reading;
    struct http_got got;
    size_t size;
    int fd = dial();

    check_context("Expect");
    loopback_send(fd, get, sizeof get - 1);
    CHECK_EQ(loopback_read(fd, text_of, sizeof go_on - 1, &size), LOOPBACK_MORE);
    CHECK_BYTES(text_of, size, go_on, sizeof go_on - 1);
    loopback_send(fd, "abc", 3);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 200);
    CHECK_BYTES(got.content, got.content_size, "inner", 5);
    done(data, &got);

    /* Where the body is of no use, that is told at once, and the connection ends. */
    fd = dial();
    loopback_send(fd, post, sizeof post - 1);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 405);
    CHECK(field_is(&got, "Connection", "close"));
    done(data, &got);
}

/* ---- codings ---- */

static void every_file_in_every_coding(void)
{
    static const struct {
        const char *fields, *content, *transfer;
    } wishes[] = {
        {"", NULL, NULL},
        {"Accept-Encoding: gzip\r\n", "gzip", NULL},
        {"Accept-Encoding: gzip, deflate, br\r\n", "gzip", NULL},
        {"Accept-Encoding: deflate\r\n", "deflate", NULL},
        {"TE: gzip\r\nConnection: TE\r\n", NULL, "gzip"},
        {"TE: deflate\r\nConnection: TE\r\n", NULL, "deflate"},
        {"Accept-Encoding: gzip\r\nTE: gzip\r\nConnection: TE\r\n", "gzip", NULL},
    };
    const struct content *const all[] = {&lorem, &text, &noise, &large, &empty, &packed};
    char etags[3][100], what[100];
    struct http_got got, head;

    for (size_t f = 0; f < sizeof all / sizeof *all; f++) {
        const bool coded = all[f] != &noise && all[f] != &empty && all[f] != &packed;

        memset(etags, 0, sizeof etags);
        for (size_t w = 0; w < sizeof wishes / sizeof *wishes; w++) {
            const char *const content = coded ? wishes[w].content : NULL;
            const char *const transfer = coded ? wishes[w].transfer : NULL;
            char framing[40];

            snprintf(what, sizeof what, "GET /%s", all[f]->name);
            unsigned char *const data = ask(what, wishes[w].fields, &got);

            CHECK_EQ(got.status, 200);
            CHECK(field_is(&got, "Content-Encoding", content));
            CHECK(field_is(&got, "Vary", "Accept-Encoding"));
            snprintf(framing, sizeof framing, "%s, chunked", transfer ? transfer : "");
            if (transfer)
                CHECK(field_is(&got, "Transfer-Encoding", framing));
            if (!content)
                CHECK(field_is(&got, "Accept-Ranges", "bytes"));
            decoded_is(&got, content ? content : transfer, all[f]->data, all[f]->size);

            /* A tag stands for one sequence of bytes: in any transfer coding, and in one content coding. */
            char *const tag = etags[!content ? 0 : strcmp(content, "gzip") == 0 ? 1 : 2];
            const char *const now = http_got_field(&got, "ETag");

            CHECK(now && now[0] == '"');
            if (now && tag[0])
                CHECK_EQ(strcmp(tag, now), 0);
            if (now)
                snprintf(tag, sizeof etags[0], "%s", now);

            /* HEAD says the same, but what only the sending itself makes known. */
            snprintf(what, sizeof what, "HEAD /%s", all[f]->name);
            unsigned char *const head_data = ask(what, wishes[w].fields, &head);

            CHECK_EQ(head.status, 200);
            CHECK_EQ(head.content_size, 0);
            static const char *const same[] = {"Content-Type", "ETag", "Last-Modified", "Content-Encoding", "Vary",
                                               "Accept-Ranges"};
            for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
                const char *const value = http_got_field(&got, same[i]);
                char *const copy = value ? strdup(value) : NULL;

                CHECK(field_is(&head, same[i], copy));
                free(copy);
            }
            if (!content && !transfer) {
                snprintf(framing, sizeof framing, "%zu", all[f]->size);
                CHECK(field_is(&head, "Content-Length", framing));
            }
            done(head_data, &head);
            done(data, &got);
        }
        CHECK(!coded || (strcmp(etags[0], etags[1]) != 0 && strcmp(etags[1], etags[2]) != 0 &&
                         strcmp(etags[0], etags[2]) != 0));
    }
}

/* A client of HTTP/1.0 knows no chunks: the end of the connection is the end of what has no size. */
static void http_1_0(void)
{
    static const char small[] = "GET /lorem.txt HTTP/1.0\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n";
    static const char big[] = "GET /large.txt HTTP/1.0\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n";
    char both[400];
    struct http_reading reading;
    struct http_got got;
    unsigned char *data;

    check_context("HTTP/1.0");
    snprintf(both, sizeof both, "%s%s%s", small, big, small); /* the last is lost with the connection */
    data = converse(both, strlen(both), sizeof both, &reading);
    CHECK(http_got_next(&reading, false, &got));
    CHECK(got.sized && field_is(&got, "Connection", "keep-alive"));
    decoded_is(&got, "gzip", lorem.data, lorem.size);
    free(got.content);
    CHECK(http_got_next(&reading, false, &got));
    CHECK(!got.sized && !got.chunked && field_is(&got, "Connection", "close") &&
          field_is(&got, "Transfer-Encoding", NULL));
    decoded_is(&got, "gzip", large.data, large.size);
    done(data, &got);
}

/* ---- ranges ---- */

static void ranges_are_parts_of_the_file(void)
{
    uint64_t seed = 11;
    char what[40], fields[200], want[100];
    struct http_got got;

    for (int i = 0; i < 60; i++) {
        const struct content *const file = i % 3 == 0 ? &large : i % 3 == 1 ? &text : &noise;
        const size_t first = (size_t)(check_random(&seed) % file->size);
        const size_t last = first + (size_t)(check_random(&seed) % (file->size - first));
        const bool te = i % 2 != 0 && file != &noise;

        snprintf(what, sizeof what, "GET /%s", file->name);
        snprintf(fields, sizeof fields, "Range: bytes=%zu-%zu\r\nAccept-Encoding: gzip\r\n%s", first, last,
                 te ? "TE: gzip\r\nConnection: TE\r\n" : "");
        unsigned char *const data = ask(what, fields, &got);

        CHECK_EQ(got.status, 206);
        snprintf(want, sizeof want, "bytes %zu-%zu/%zu", first, last, file->size);
        CHECK(field_is(&got, "Content-Range", want));
        CHECK(field_is(&got, "Content-Encoding", NULL));
        CHECK_EQ(got.sized, !te);
        decoded_is(&got, te ? "gzip" : NULL, file->data + first, last - first + 1);
        done(data, &got);
    }
}

/* Takes `what` off the front of the content. */
static bool takes(const unsigned char **p, const unsigned char *end, const void *what, size_t size)
{
    if ((size_t)(end - *p) < size || memcmp(*p, what, size) != 0)
        return false;
    *p += size;
    return true;
}

static void several_ranges(void)
{
    static const struct {
        size_t first, last;
    } parts[] = {{1000, 2999}, {0, 0}, {TEXT - 5, TEXT - 1}};
    static const char form[] = "multipart/byteranges; boundary=";
    char boundary[80] = "", part[300];
    struct http_got got;
    unsigned char *const data = ask("GET /text.html", "Range: bytes=1000-1999,2000-2999,0-0, -5,99999-\r\n", &got);
    const char *const type = http_got_field(&got, "Content-Type");
    const unsigned char *p = got.content, *const end = p + got.content_size;

    CHECK_EQ(got.status, 206);
    CHECK(got.sized);
    CHECK(type && strncmp(type, form, sizeof form - 1) == 0);
    if (type && strlen(type) > sizeof form)
        snprintf(boundary, sizeof boundary, "%s", type + sizeof form - 1);
    CHECK(field_is(&got, "Content-Range", NULL));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const int size = snprintf(part, sizeof part,
                                  "%s--%s\r\nContent-Type: text/html; charset=utf-8\r\n"
                                  "Content-Range: bytes %zu-%zu/%d\r\n\r\n",
                                  i ? "\r\n" : "", boundary, parts[i].first, parts[i].last, TEXT);

        CHECK(takes(&p, end, part, (size_t)size));
        CHECK(takes(&p, end, text.data + parts[i].first, parts[i].last - parts[i].first + 1));
    }
    snprintf(part, sizeof part, "\r\n--%s--\r\n", boundary);
    CHECK(takes(&p, end, part, strlen(part)));
    CHECK(p == end);
    done(data, &got);
}

/* ---- conditions ---- */

static unsigned status_of(const char *what, const char *form, const char *value, const char *more)
{
    char fields[400];
    struct http_got got;

    snprintf(fields, sizeof fields, form, value);
    snprintf(fields + strlen(fields), sizeof fields - strlen(fields), "%s", more);
    unsigned char *const data = ask(what, fields, &got);
    const unsigned status = got.status;

    CHECK(status != 304 || got.content_size == 0);
    done(data, &got);
    return status;
}

static void conditions_with_what_the_server_said(void)
{
    static const char gzip[] = "Accept-Encoding: gzip\r\n", part[] = "Range: bytes=1-2\r\n";
    static const char get[] = "GET /text.html";
    char plain[100], coded[100], date[100];
    struct http_got got;
    unsigned char *data = ask(get, "", &got);

    snprintf(plain, sizeof plain, "%s", http_got_field(&got, "ETag"));
    snprintf(date, sizeof date, "%s", http_got_field(&got, "Last-Modified"));
    done(data, &got);
    data = ask(get, gzip, &got);
    snprintf(coded, sizeof coded, "%s", http_got_field(&got, "ETag"));
    done(data, &got);

    CHECK_EQ(status_of(get, "If-None-Match: %s\r\n", plain, ""), 304);
    CHECK_EQ(status_of(get, "If-None-Match: W/%s\r\n", plain, ""), 304);
    CHECK_EQ(status_of(get, "If-None-Match: \"x\", %s\r\n", plain, ""), 304);
    CHECK_EQ(status_of("HEAD /text.html", "If-None-Match: %s\r\n", plain, ""), 304);
    CHECK_EQ(status_of(get, "If-None-Match: %s\r\n", coded, gzip), 304);
    CHECK_EQ(status_of(get, "If-None-Match: %s\r\n", plain, gzip), 200); /* it has the other form */
    CHECK_EQ(status_of(get, "If-None-Match: %s\r\n", coded, ""), 200);
    CHECK_EQ(status_of(get, "If-Match: %s\r\n", plain, ""), 200);
    CHECK_EQ(status_of(get, "If-Match: W/%s\r\n", plain, ""), 412);
    CHECK_EQ(status_of(get, "If-Match: %s\r\n", plain, gzip), 412);
    CHECK_EQ(status_of(get, "If-Modified-Since: %s\r\n", date, ""), 304);
    CHECK_EQ(status_of(get, "If-Unmodified-Since: %s\r\n", date, ""), 200);
    CHECK_EQ(status_of(get, "If-Range: %s\r\n", plain, part), 206);
    CHECK_EQ(status_of(get, "If-Range: W/%s\r\n", plain, part), 200);
    CHECK_EQ(status_of(get, "If-Range: %s\r\n", coded, part), 200);
    CHECK_EQ(status_of(get, "If-Range: %s\r\nAccept-Encoding: gzip\r\n", plain, part), 206);
    CHECK_EQ(status_of(get, "If-None-Match: %s\r\n", plain, part), 304);
}

/* ---- folders ---- */

static bool has(const struct http_got *got, const char *what)
{
    char *const page = strndup((const char *)got->content, got->content_size);
    const bool is = strstr(page, what) != NULL;

    free(page);
    return is;
}

static void the_page_of_a_folder(void)
{
    struct http_got got;
    unsigned char *data = ask("GET /", "", &got);

    CHECK(has(&got, "<a href=\"./lorem.txt\">lorem.txt</a></td><td class=\"s\">335 B</td>"));
    CHECK(has(&got, "<a href=\"./folder/\">folder/</a>"));
    CHECK(has(&got, "6.0 MiB"));
    CHECK(!has(&got, "hidden") && !has(&got, ".git") && !has(&got, "outside") && !has(&got, "fifo"));
    CHECK(!has(&got, "<script"));
    CHECK(field_is(&got, "Cache-Control", "no-cache"));
    done(data, &got);

    data = ask("GET /odd/", "", &got);
    CHECK(has(&got, "<a href=\"./a%26b%20%3Ci%3E%22%27.txt\">a&amp;b &lt;i&gt;&quot;&#39;.txt</a>"));
    CHECK(has(&got, "<a href=\"./100%25%20%231%3F.txt\">100% #1?.txt</a>"));
    CHECK(has(&got, "<a href=\"./%C3%A4%FF.txt\">\xC3\xA4\xEF\xBF\xBD.txt</a>"));
    CHECK(has(&got, "<a href=\"../\">"));
    done(data, &got);

    /* The links lead to the files. */
    data = ask("GET /odd/a%26b%20%3Ci%3E%22%27.txt", "", &got);
    CHECK_BYTES(got.content, got.content_size, "x", 1);
    done(data, &got);
    data = ask("GET /odd/%C3%A4%FF.txt", "", &got);
    CHECK_BYTES(got.content, got.content_size, "z", 1);
    done(data, &got);

    /* Whoever has it already is told so, until something in the folder changes. */
    char fields[200];

    data = ask("GET /odd/", "Accept-Encoding: gzip\r\n", &got);
    CHECK(field_is(&got, "Content-Encoding", "gzip"));
    CHECK(strncmp(http_got_field(&got, "ETag"), "W/\"", 3) == 0);
    snprintf(fields, sizeof fields, "If-None-Match: \"x\", %s\r\nIf-Modified-Since: %s\r\n", http_got_field(&got, "ETag"),
             "Sat, 01 Jan 2000 00:00:00 GMT");
    done(data, &got);
    data = ask("GET /odd/", fields, &got);
    CHECK_EQ(got.status, 304);
    done(data, &got);
    put("odd/more", "w", 1);
    data = ask("GET /odd/", fields, &got);
    CHECK_EQ(got.status, 200);
    CHECK(has(&got, "more"));
    done(data, &got);
    unlinkat(root, "odd/more", 0);
    data = ask("GET /odd/", "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT\r\n", &got);
    CHECK_EQ(got.status, 200); /* a page has no date */
    done(data, &got);

    data = ask("GET /", "Accept-Encoding: gzip\r\n", &got);
    CHECK(field_is(&got, "Content-Encoding", "gzip"));
    done(data, &got);
    data = ask("GET /site/", "", &got);
    CHECK_BYTES(got.content, got.content_size, "<p>index</p>", 11);
    done(data, &got);
}

/* In which order do the names stand on the page? */
static void order_is(const char *what, const char *a, const char *b, const char *c)
{
    struct http_got got;
    unsigned char *const data = ask(what, "", &got);
    char *const page = strndup((const char *)got.content, got.content_size);
    const char *const at_a = strstr(page, a), *const at_b = strstr(page, b), *const at_c = strstr(page, c);

    CHECK(at_a && at_b && at_c && at_a < at_b && at_b < at_c);
    free(page);
    done(data, &got);
}

static void orders_of_a_folder(void)
{
    order_is("GET /", "./folder/\"", "./large.txt\"", "./noise\"");
    order_is("GET /?sort=name", "./folder/\"", "./large.txt\"", "./noise\"");
    order_is("GET /?sort=-name", "./site/\"", "./folder/\"", "./text.html\"");
    order_is("GET /?sort=-name", "./text.html\"", "./noise\"", "./large.txt\"");
    order_is("GET /?sort=size", "./empty\"", "./lorem.txt\"", "./large.txt\"");
    order_is("GET /?sort=-size", "./large.txt\"", "./lorem.txt\"", "./empty\"");
    order_is("GET /?sort=nonsense", "./folder/\"", "./large.txt\"", "./noise\"");
}

/* ---- files that change while they are sent ---- */

/* More than the kernel holds, so that the change comes before the end is sent. */
enum { CHANGING = LARGE / 2 };

enum { CHANGE_NONE, CHANGE_BYTES, CHANGE_TRUNCATE, CHANGE_APPEND, CHANGE_REPLACE, CHANGE_DELETE, CHANGES };

static void change(int how)
{
    const int fd = openat(root, "changing.txt", O_WRONLY);

    switch (how) {
    case CHANGE_BYTES:
        CHECK_EQ(pwrite(fd, "changed", 7, CHANGING - 7), 7);
        break;
    case CHANGE_TRUNCATE:
        CHECK_EQ(ftruncate(fd, CHANGING - 7), 0);
        break;
    case CHANGE_APPEND:
        CHECK_EQ(pwrite(fd, "more", 4, CHANGING), 4);
        break;
    case CHANGE_REPLACE:
        put("changing.new", "new", 3);
        CHECK_EQ(renameat(root, "changing.new", root, "changing.txt"), 0);
        break;
    case CHANGE_DELETE:
        CHECK_EQ(unlinkat(root, "changing.txt", 0), 0);
        break;
    default:
        break;
    }
    close(fd);
}

/*
 * Asks for a file, takes a little of it, lets it change, and takes the rest. What has been written over must not arrive
 * as a whole; what has another file in its place, or no name any more, is still whole.
 */
static void a_changing_file(int how, const char *fields, const char *coding)
{
    char request[300];
    unsigned char begin[1000], *rest, *all;
    size_t got_size, rest_size;
    struct http_reading reading;
    struct http_got got;
    enum loopback_end end;
    int fd;

    put("changing.txt", large.data, CHANGING);
    pause_ms(TRANSFER_FRESH + 10);
    check_context("change %d, %s", how, fields);
    fd = loopback_connect(port, true);
    snprintf(request, sizeof request, "GET /changing.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n", fields);
    loopback_send(fd, request, strlen(request));
    CHECK_EQ(loopback_read(fd, begin, sizeof begin, &got_size), LOOPBACK_MORE);
    change(how);
    end = loopback_read_all(fd, &rest, &rest_size);
    close(fd);
    all = malloc(got_size + rest_size);
    memcpy(all, begin, got_size);
    memcpy(all + got_size, rest, rest_size);
    reading = (struct http_reading){all, got_size + rest_size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 200);
    if (how == CHANGE_NONE || how == CHANGE_REPLACE || how == CHANGE_DELETE) {
        CHECK_EQ(end, LOOPBACK_CLOSED);
        CHECK(got.whole);
        decoded_is(&got, coding, large.data, CHANGING);
    } else {
        CHECK_EQ(end, LOOPBACK_RESET);
        CHECK(!got.whole);
    }
    free(rest);
    done(all, &got);
    unlinkat(root, "changing.txt", 0);
}

static void files_that_change(bool only_coded)
{
    for (int how = CHANGE_NONE; how < CHANGES; how++) {
        a_changing_file(how, "Accept-Encoding: gzip\r\n", "gzip");
        if (only_coded)
            continue;
        a_changing_file(how, "", NULL);
        a_changing_file(how, "TE: gzip\r\nConnection: TE\r\n", "gzip");
    }
}

/* ---- clients that are slow, silent or gone ---- */

static void a_client_that_takes_a_little_at_a_time(void)
{
    static const char request[] = "GET /large.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                  "Accept-Encoding: gzip\r\n\r\n";
    unsigned char *const data = malloc(LARGE);
    struct http_reading reading;
    struct http_got got;
    size_t size = 0, now;
    enum loopback_end end;
    const int fd = loopback_connect(port, true);

    check_context("a slow client");
    loopback_send(fd, request, sizeof request - 1);
    for (int i = 0;; i++) {
        end = loopback_read(fd, data + size, 40000, &now);
        size += now;
        if (end != LOOPBACK_MORE)
            break;
        if (i % 16 == 0)
            pause_ms(5);
    }
    close(fd);
    CHECK_EQ(end, LOOPBACK_CLOSED);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK(got.whole);
    decoded_is(&got, "gzip", large.data, LARGE);
    done(data, &got);
}

static void clients_that_go_away_leave_nothing_behind(void)
{
    static const char *const requests[] = {"", "GET /large", "GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n",
                                           "GET /large.txt HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n",
                                           "GET /lorem.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx",
                                           "GET / HTTP/1.1\r\nHost: a\r\nTE: gzip\r\nConnection: TE\r\n\r\n"};
    int before, after = -1;
    char byte;
    size_t got;

    check_context("clients that go away");
    pause_ms(50);
    before = loopback_descriptors();
    for (int i = 0; i < 120; i++) {
        const char *const request = requests[(size_t)i % (sizeof requests / sizeof *requests)];
        const int fd = loopback_connect(port, true);

        loopback_send(fd, request, strlen(request));
        if (i % 2 && i % 6 > 1 && i % 6 != 4)
            CHECK_EQ(loopback_read(fd, &byte, 1, &got), LOOPBACK_MORE);
        if (i % 4 < 2)
            loopback_reset(fd);
        else
            close(fd);
    }
    for (int i = 0; i < 500; i++) { /* until the server has noticed all of them */
        after = loopback_descriptors();
        if (after <= before)
            break;
        pause_ms(10);
    }
    CHECK_EQ(after, before);
}

static void times_run_out(void)
{
    static const char half[] = "GET /lorem.txt HTTP/1.1\r\n";
    static const char body[] = "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n";
    static const char stall[] = "GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char keep[] = "GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    struct server_options o = options();
    struct http_reading reading;
    struct http_got got;
    unsigned char *data;
    size_t size;
    int fd;

    o.request_timeout = 150;
    o.idle_timeout = 150;
    run(o);
    check_context("half a request");
    fd = dial();
    loopback_send(fd, half, sizeof half - 1);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 408);
    CHECK(field_is(&got, "Connection", "close"));
    done(data, &got);

    check_context("half a body");
    fd = dial();
    loopback_send(fd, body, sizeof body - 1);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 408);
    done(data, &got);

    check_context("no request");
    fd = dial();
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    CHECK_EQ(size, 0);
    free(data);
    close(fd);

    check_context("no further request");
    fd = dial();
    loopback_send(fd, keep, sizeof keep - 1);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_CLOSED);
    close(fd);
    reading = (struct http_reading){data, size};
    CHECK(http_got_next(&reading, false, &got));
    CHECK_EQ(got.status, 200);
    CHECK_EQ(reading.size, 0);
    done(data, &got);

    check_context("a client that takes nothing");
    fd = loopback_connect(port, true);
    loopback_send(fd, stall, sizeof stall - 1);
    pause_ms(1000);
    CHECK_EQ(loopback_read_all(fd, &data, &size), LOOPBACK_RESET);
    CHECK(size < LARGE);
    free(data);
    close(fd);
    halt(SERVER_FINISH);
    CHECK(logged("408"));
    CHECK(logged("the client takes too little"));
    halt_done();
}

/* ---- stop, log, options ---- */

static void a_stop_lets_what_was_asked_for_arrive(void)
{
    static const char keep[] = "GET /folder/inner.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char big[] = "GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    unsigned char some[1000], *data;
    size_t size, rest;
    int idle, busy;

    run(options());
    check_context("stop");
    idle = dial();
    loopback_send(idle, keep, sizeof keep - 1);
    CHECK_EQ(loopback_read(idle, some, 200, &size), LOOPBACK_MORE);
    busy = loopback_connect(port, true);
    loopback_send(busy, big, sizeof big - 1);
    CHECK_EQ(loopback_read(busy, some, sizeof some, &size), LOOPBACK_MORE);
    server_stop(server, SERVER_FINISH);
    CHECK_EQ(loopback_read_all(idle, &data, &rest), LOOPBACK_CLOSED);
    free(data);
    CHECK_EQ(loopback_read_all(busy, &data, &rest), LOOPBACK_CLOSED);
    CHECK(size + rest > LARGE);
    free(data);
    close(idle);
    close(busy);
    halt(SERVER_FINISH);
    halt_done();
}

static void the_log(void)
{
    struct server_options o = options();
    struct http_got got;
    unsigned char *data;

    o.log_combined = true;
    run(o);
    data = ask("GET /lorem.txt", "Accept-Encoding: gzip\r\nReferer: http://x/\r\nUser-Agent: a \"b\"\r\n", &got);
    CHECK(got.content_size > 0);
    char line[200];

    snprintf(line, sizeof line, "\"GET /lorem.txt HTTP/1.1\" 200 %zu \"http://x/\" \"a \\\"b\\\"\" 335 gzip ",
             got.content_size);
    done(data, &got);
    data = ask("GET /absent", "", &got);
    done(data, &got);
    struct http_reading reading;

    data = converse("GET \033[31m\r\n\r\n", 13, 13, &reading);
    free(data);
    halt(SERVER_FINISH);
    CHECK(logged("127.0.0.1 - - ["));
    CHECK(logged(line));
    CHECK(logged("\"GET /absent HTTP/1.1\" 404 "));
    CHECK(logged(" no such file\n"));
    CHECK(logged("\"GET \\x1b[31m\" 400 "));
    halt_done();
}

static void folders_need_not_be_listed(void)
{
    struct server_options o = options();
    struct http_got got;
    unsigned char *data;

    o.listing = false;
    run(o);
    data = ask("GET /", "", &got);
    CHECK_EQ(got.status, 403);
    CHECK(!has(&got, "lorem"));
    done(data, &got);
    data = ask("GET /site/", "", &got);
    CHECK_EQ(got.status, 200);
    done(data, &got);
    data = ask("GET /absent/", "", &got);
    CHECK_EQ(got.status, 404);
    done(data, &got);
    halt(SERVER_FINISH);
    halt_done();
}

/* ---- copies that are compressed already ---- */

/*
 * Asked for several times by each thread, so that it is known and there are copies; then written anew, replaced by a
 * rename, taken away.
 */
static void changed_files_are_not_answered_with_what_they_were(const char *fields, const char *coding)
{
    const struct content *const contents[] = {&text, &packed, &lorem, &noise};
    struct http_got got;
    unsigned char *data;

    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        const struct content *const is = contents[i];
        const size_t size = is->size - i; /* two are of the same size otherwise */

        if (i % 2 == 0) {
            put("changing.txt", is->data, size);
        } else {
            put("new.txt", is->data, size);
            CHECK_EQ(renameat(root, "new.txt", root, "changing.txt"), 0);
        }
        for (int k = 0; k < 8; k++) {
            data = ask("GET /changing.txt", fields, &got);
            CHECK_EQ(got.status, 200);
            decoded_is(&got, coding, is->data, size);
            if (!coding && k > 0)
                CHECK(got.sized);
            done(data, &got);
            data = ask("HEAD /changing.txt", fields, &got);
            CHECK_EQ(got.status, 200);
            done(data, &got);
        }
        data = ask("GET /changing.txt", "Range: bytes=10-19\r\n", &got);
        CHECK_EQ(got.status, 206);
        CHECK_BYTES(got.content, got.content_size, is->data + 10, 10);
        done(data, &got);
    }
    unlinkat(root, "changing.txt", 0);
    for (int k = 0; k < 4; k++) {
        data = ask("GET /changing.txt", fields, &got);
        CHECK_EQ(got.status, 404);
        done(data, &got);
    }
}

/* The same bytes, tags and all, whether they are compressed for this client or come from a copy. */
static void the_cache(void)
{
    static const char gzip[] = "Accept-Encoding: gzip\r\n", get[] = "GET /large.txt";
    struct server_options o = options();
    struct http_got first, again;
    unsigned char *data, *data_again;
    char tag[100];

    o.cache = 32 << 20;
    run(o);
    data = ask(get, gzip, &first);
    CHECK(first.chunked);
    snprintf(tag, sizeof tag, "%s", http_got_field(&first, "ETag"));
    data_again = ask(get, gzip, &again);
    CHECK(again.sized); /* its size is known now */
    CHECK(field_is(&again, "ETag", tag) && field_is(&again, "Content-Encoding", "gzip"));
    CHECK_BYTES(again.content, again.content_size, first.content, first.content_size);
    done(data_again, &again);
    data_again = ask(get, "TE: gzip\r\nConnection: TE\r\n", &again);
    CHECK(field_is(&again, "Transfer-Encoding", "gzip, chunked") && field_is(&again, "Content-Encoding", NULL));
    CHECK_BYTES(again.content, again.content_size, first.content, first.content_size);
    done(data_again, &again);
    done(data, &first);

    every_file_in_every_coding();
    conditions_with_what_the_server_said();
    files_that_change(true);
    a_client_that_takes_a_little_at_a_time();

    changed_files_are_not_answered_with_what_they_were(gzip, "gzip");
    changed_files_are_not_answered_with_what_they_were("", NULL);
    halt(SERVER_FINISH);
    CHECK(logged("\"GET /large.txt HTTP/1.1\" 200 "));
    halt_done();
}

/* Many ask at once for what nobody has asked for before: one of them fills the copy, the others wait, and get that. */
static void many_ask_for_a_copy_at_once(void)
{
    static const char request[] = "GET /large.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                  "Accept-Encoding: gzip\r\n\r\n";
    enum { CLIENTS = 12 };
    struct server_options o = options();
    int fds[CLIENTS];
    unsigned char *data[CLIENTS];
    size_t sizes[CLIENTS] = {0};
    unsigned open_ones = CLIENTS, sized = 0;

    check_context("a copy for many");
    o.cache = 32 << 20;
    o.threads = 1;
    run(o);
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = loopback_connect(port, false);
        data[i] = malloc(LARGE);
        loopback_send(fds[i], request, sizeof request - 1);
    }
    while (open_ones > 0)
        for (int i = 0; i < CLIENTS; i++) {
            const ssize_t got =
                fds[i] >= 0 ? recv(fds[i], data[i] + sizes[i], LARGE - sizes[i], MSG_DONTWAIT) : -1;

            if (got > 0) {
                sizes[i] += (size_t)got;
            } else if (got == 0) {
                close(fds[i]);
                fds[i] = -1;
                open_ones--;
            }
        }
    for (int i = 0; i < CLIENTS; i++) {
        struct http_reading reading = {data[i], sizes[i]};
        struct http_got got;

        CHECK(http_got_next(&reading, false, &got));
        CHECK_EQ(got.status, 200);
        decoded_is(&got, "gzip", large.data, LARGE);
        sized += got.sized;
        done(data[i], &got);
    }
    /* Those who had it from a copy know its size: nearly all, but on a busy machine some may have waited in vain. */
    CHECK(sized > 0 && sized < CLIENTS);
    halt(SERVER_FINISH);
    halt_done();
}

/* Whatever level each client comes to be served at, at its pace or at a limited one, he gets the file. */
static void the_level_by_need(void)
{
    struct server_options o = options();

    o.level = LEVEL_AUTO;
    run(o);
    every_file_in_every_coding();
    files_that_change(false);
    a_client_that_takes_a_little_at_a_time();
    clients_that_go_away_leave_nothing_behind();
    halt(SERVER_FINISH);
    halt_done();
    o.limit_rate = 32 << 20;
    run(o);
    every_file_in_every_coding();
    halt(SERVER_FINISH);
    halt_done();
}

static void gzip_of(const char *name, const struct content *from)
{
    sluice_deflate_options o = sluice_deflate_defaults();
    size_t size = sluice_compress_bound(from->size, SLUICE_GZIP);
    unsigned char *const out = malloc(size);
    sluice_deflater *deflater;

    o.format = SLUICE_GZIP;
    o.level = 9;
    deflater = sluice_deflate_new(&o, NULL);
    CHECK_EQ(sluice_compress(deflater, from->data, from->size, out, size, &size), SLUICE_OK);
    sluice_deflate_free(deflater);
    put(name, out, size);
    free(out);
}

static void files_that_were_compressed_beforehand(uint64_t cache)
{
    static const char gzip[] = "Accept-Encoding: gzip\r\n", get[] = "GET /text.html";
    struct server_options o = options();
    struct http_got got;
    unsigned char *data;
    char tag[100], length[40], fields[200];

    o.precompressed = true;
    o.cache = cache;
    run(o);
    data = ask(get, gzip, &got);
    snprintf(tag, sizeof tag, "%s", http_got_field(&got, "ETag"));
    done(data, &got);

    gzip_of("text.html.gz", &text);
    pause_ms(TRANSFER_FRESH + 10);
    data = ask(get, gzip, &got);
    CHECK(got.sized);
    CHECK(field_is(&got, "Content-Type", "text/html; charset=utf-8") && field_is(&got, "Content-Encoding", "gzip"));
    CHECK(strcmp(http_got_field(&got, "ETag"), tag) != 0); /* other bytes than those made here at level 1 */
    snprintf(tag, sizeof tag, "%s", http_got_field(&got, "ETag"));
    snprintf(length, sizeof length, "%zu", got.content_size);
    decoded_is(&got, "gzip", text.data, text.size);
    done(data, &got);
    for (int i = 0; i < 6; i++) { /* by its own name it is a file like others; it does not make it less of a copy */
        data = ask(i % 2 ? get : "GET /text.html.gz", gzip, &got);
        CHECK(got.sized && field_is(&got, "Content-Length", length));
        CHECK(field_is(&got, "Content-Encoding", i % 2 ? "gzip" : NULL));
        decoded_is(&got, "gzip", text.data, text.size);
        done(data, &got);
    }
    data = ask("HEAD /text.html", gzip, &got);
    CHECK(field_is(&got, "Content-Length", length) && field_is(&got, "ETag", tag));
    done(data, &got);
    snprintf(fields, sizeof fields, "%sIf-None-Match: %s\r\n", gzip, tag);
    data = ask(get, fields, &got);
    CHECK_EQ(got.status, 304);
    done(data, &got);
    snprintf(fields, sizeof fields, "%sIf-Match: \"x\"\r\n", gzip);
    data = ask(get, fields, &got);
    CHECK_EQ(got.status, 412);
    done(data, &got);
    data = ask(get, "", &got);
    decoded_is(&got, NULL, text.data, text.size);
    done(data, &got);

    /* What is older, or is no gzip, is not sent. */
    const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

    CHECK_EQ(utimensat(root, "text.html.gz", old, 0), 0);
    pause_ms(TRANSFER_FRESH + 10);
    data = ask(get, gzip, &got);
    CHECK(strcmp(http_got_field(&got, "ETag"), tag) != 0);
    decoded_is(&got, "gzip", text.data, text.size);
    done(data, &got);
    put("text.html.gz", "nonsense", 8);
    pause_ms(TRANSFER_FRESH + 10);
    data = ask(get, gzip, &got);
    decoded_is(&got, "gzip", text.data, text.size);
    done(data, &got);
    unlinkat(root, "text.html.gz", 0);
    halt(SERVER_FINISH);
    halt_done();
}

static void a_limited_rate_changes_no_byte(void)
{
    struct server_options o = options();
    struct http_got got;
    unsigned char *data;

    o.limit_rate = 400000;
    run(o);
    data = ask("GET /noise", "", &got);
    CHECK_BYTES(got.content, got.content_size, noise.data, noise.size);
    done(data, &got);
    halt(SERVER_FINISH);
    halt_done();
}

int main(void)
{
    make_files();
    run(options());
    each_request_has_its_answer_however_it_is_cut();
    mutated_requests();
    too_long_is_told();
    pipelining();
    expectations();
    every_file_in_every_coding();
    http_1_0();
    ranges_are_parts_of_the_file();
    several_ranges();
    conditions_with_what_the_server_said();
    the_page_of_a_folder();
    orders_of_a_folder();
    files_that_change(false);
    a_client_that_takes_a_little_at_a_time();
    clients_that_go_away_leave_nothing_behind();
    halt(SERVER_FINISH);
    halt_done();
    times_run_out();
    a_stop_lets_what_was_asked_for_arrive();
    the_log();
    folders_need_not_be_listed();
    a_limited_rate_changes_no_byte();
    the_cache();
    many_ask_for_a_copy_at_once();
    the_level_by_need();
    files_that_were_compressed_beforehand(0);
    files_that_were_compressed_beforehand(32 << 20);
    remove_files();
    return check_report("net/http_server");
}
