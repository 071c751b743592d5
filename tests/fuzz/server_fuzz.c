/*
 * The whole server, HTTP and the bare protocol: whatever a client sends, what comes back is no other file's, what is
 * outside the folder never comes, and the next client is served.
 *
 * The server runs in this process. Outside its folder lies a file with a mark, reached by links, and within it one that
 * is hidden; the mark must not be in any answer, compressed or not.
 *
 * input: protocol, size of pieces; then what a client sends.
 */
#define _GNU_SOURCE /* mkdtemp, memmem */
#include "net/bare_server.h"
#include "net/http_server.h"
#include "net/listen.h"
#include "net/server.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/http_answers.h"
#include "tests/support/reference.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

const char *const fuzz_words[] = {
    "GET ", "HEAD ", "OPTIONS ", "POST ", " HTTP/1.1\r\n", " HTTP/1.0\r\n", "\r\n", "\r\n\r\n", "\n", "Host: a\r\n",
    "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "Connection: TE\r\n",
    "TE: gzip\r\n",
    "Expect: 100-continue\r\n", "Range: bytes=0-3\r\n", "Range: bytes=0-0,-1,5-7\r\n", "If-Range: \"x\"\r\n",
    "If-None-Match: *\r\n", "Accept-Encoding: gzip\r\n", "Accept-Encoding: deflate\r\n", "/", "/a.txt", "/folder/",
    "/folder",
    "/out", "/up/", "/.hidden", "..", "%2e%2e", "%2f", "%5c", "%00", "//", "/./", "5\r\nhello\r\n", "0\r\n\r\n", NULL,
};

static const char mark[] = "a mark that is nowhere but outside, 27182818284590452353602874713527";
static char base[] = "/tmp/sluice-fuzz-XXXXXX", text[3000];
static struct sockaddr_un addresses[2];
static struct server *server;
static int root = -1;
enum { ANSWER_MAX = 1 << 20 };

static void put(const char *name, const void *data, size_t size)
{
    char path[200];
    int fd;

    snprintf(path, sizeof path, "%s/%s", base, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
}

static void clean_up(void)
{
    char command[200];

    server_stop(server, SERVER_END);
    server_wait(server);
    server_free(server);
    snprintf(command, sizeof command, "rm -rf '%s'", base);
    (void)!system(command);
}

static void listen_at(int which, const struct protocol *protocol)
{
    char error[LISTEN_ERROR_ROOM];
    struct address address = {.is_unix = true};
    int fds[LISTEN_MOST];

    addresses[which].sun_family = AF_UNIX;
    snprintf(addresses[which].sun_path, sizeof addresses[which].sun_path, "%s/socket%d", base, which);
    snprintf(address.host, sizeof address.host, "%s", addresses[which].sun_path);
    MUST(listen_open(&address, fds, error) == 1);
    MUST(server_listen(server, fds[0], protocol));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char path[200], error[SERVER_ERROR_ROOM];
    struct server_options options = server_defaults();

    (void)argc, (void)argv;
    MUST(mkdtemp(base) != NULL);
    snprintf(path, sizeof path, "%s/root", base);
    MUST(mkdir(path, 0755) == 0);
    snprintf(path, sizeof path, "%s/root/folder", base);
    MUST(mkdir(path, 0755) == 0);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i * i / 7 % 26);
    put("secret", mark, sizeof mark - 1);
    put("root/.hidden", mark, sizeof mark - 1);
    put("root/a.txt", text, sizeof text);
    put("root/folder/b.txt", text, 100);
    put("root/folder/empty", "", 0);
    snprintf(path, sizeof path, "%s/root/out", base);
    MUST(symlink("../secret", path) == 0);
    snprintf(path, sizeof path, "%s/root/up", base);
    MUST(symlink("..", path) == 0);
    snprintf(path, sizeof path, "%s/root/fifo", base);
    MUST(mkfifo(path, 0644) == 0);
    snprintf(path, sizeof path, "%s/root", base);
    root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    options.level = 1;
    options.cache = 1 << 20;
    options.request_timeout = options.idle_timeout = 2000;
    server = server_new(&options, root, error);
    MUST(server != NULL);
    listen_at(0, &http_protocol);
    listen_at(1, &bare_protocol);
    MUST(server_start(server, error));
    atexit(clean_up);
    return 0;
}

/* Sends all, reads until the end; gives how much came. */
static size_t talk(int which, const uint8_t *data, size_t size, size_t piece, uint8_t *answer)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t sent = 0, got = 0;
    bool gone = false;

    MUST(fd >= 0 && connect(fd, (const struct sockaddr *)&addresses[which], sizeof *addresses) == 0);
    if (size == 0)
        shutdown(fd, SHUT_WR);
    for (;;) {
        struct pollfd p = {.fd = fd, .events = (short)(POLLIN | (sent < size && !gone ? POLLOUT : 0))};
        const int ready = poll(&p, 1, 20000);

        MUST(ready != 0); /* it hangs */
        if (p.revents & POLLOUT && sent < size && !gone) {
            const size_t n = size - sent < piece ? size - sent : piece;
            const ssize_t done = send(fd, data + sent, n, MSG_NOSIGNAL);

            gone = done < 0;
            sent += done > 0 ? (size_t)done : 0;
            if (sent == size)
                shutdown(fd, SHUT_WR);
            continue;
        }
        if (p.revents) {
            const ssize_t n = recv(fd, answer + got, ANSWER_MAX - got, 0);

            if (n <= 0 || (got += (size_t)n) == ANSWER_MAX)
                break;
        }
    }
    close(fd);
    return got;
}

static void must_not_have_mark(const uint8_t *data, size_t size)
{
    MUST(size == 0 || !memmem(data, size, mark, sizeof mark - 1));
}

static bool is_a_file(const uint8_t *data, size_t size)
{
    return size == 0 || ((size == sizeof text || size == 100) && memcmp(data, text, size) == 0);
}

/* What comes from the bare protocol is nothing, or a whole file. */
static void judge_bare(const uint8_t *answer, size_t size)
{
    static uint8_t file[ANSWER_MAX];
    static struct reference_result result;
    const struct reference_options o = {.format = SLUICE_ZLIB, .window_bits = 15};

    if (size == 0)
        return;
    reference_decode(&o, answer, size, file, sizeof file, &result);
    MUST(result.status == SLUICE_END && result.where.input == size);
    MUST(is_a_file(file, (size_t)result.where.output));
}

/* Each response is one, up to the end, and what is in gzip or deflate can be read. */
static void judge_http(const uint8_t *answer, size_t size)
{
    static uint8_t file[ANSWER_MAX];
    static struct reference_result result;
    struct http_reading reading = {answer, size};
    struct http_got got;

    must_not_have_mark(answer, size);
    while (http_got_next(&reading, false, &got)) {
        const char *const coding = got.status ? http_got_field(&got, "Content-Encoding") : NULL;

        MUST(got.status >= 100 && got.status < 600);
        if (coding && got.whole && got.content_size > 0) {
            const struct reference_options o = {.format = strcmp(coding, "gzip") ? SLUICE_ZLIB : SLUICE_GZIP,
                                                .window_bits = 15};

            reference_decode(&o, got.content, got.content_size, file, sizeof file, &result);
            MUST(result.status == SLUICE_END && result.where.input == got.content_size);
            must_not_have_mark(file, (size_t)result.where.output);
        }
        free(got.content);
        if (!got.whole)
            break; /* the answer to a HEAD, whose content is not there */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char good[] = "GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    static uint8_t answer[ANSWER_MAX];
    static unsigned runs;
    struct fuzz_input in = {data, size};
    const unsigned kind = fuzz_byte(&in), piece = fuzz_byte(&in);
    const size_t got = talk(kind & 1, in.data, in.size, 1 + piece * piece, answer);

    if (kind & 1)
        judge_bare(answer, got);
    else if (!memmem(in.data, in.size, "HEAD", 4))
        judge_http(answer, got);
    else
        must_not_have_mark(answer, got);
    if (runs++ % 16 == 0) {
        const size_t n = talk(0, (const uint8_t *)good, sizeof good - 1, sizeof good, answer);

        MUST(n > sizeof text && memcmp(answer, "HTTP/1.1 200 ", 13) == 0);
        MUST(memcmp(answer + n - sizeof text, text, sizeof text) == 0);
    }
    return 0;
}
