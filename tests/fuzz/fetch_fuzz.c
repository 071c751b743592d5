/*
 * The client's whole way of receiving, over HTTP and the bare protocol: the input is what servers say. Whatever it is,
 * the fetch ends; and if a fetch says that a file came whole, then no beginning of the same bytes passes for another
 * whole file.
 *
 * Connections are real, over a local socket. No name is looked up: every host is that socket, so that redirects come
 * back to us. What a server says ends with ~~~~; what follows is for the next connection.
 *
 * input: protocol, and how connections end; size of pieces; what is wished for; where the bytes are cut for the second
 * run; then what servers say.
 */
#define _GNU_SOURCE /* accept4, mkdtemp */
#include "net/bare_client.h"
#include "net/http_client.h"
#include "tests/fuzz/fuzz.h"

#include <netdb.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const char *const fuzz_words[] = {
    "HTTP/1.1 200 OK\r\n", "HTTP/1.0 200 OK\r\n", "HTTP/1.1 206 x\r\n", "HTTP/1.1 301 x\r\n", "HTTP/1.1 416 x\r\n",
    "HTTP/1.1 503 x\r\n", "HTTP/1.1 100 x\r\n\r\n", "\r\n", "\n", "\r\n\r\n", "~~~~", "Content-Length: ",
    "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Content-Encoding: gzip\r\n",
    "Content-Encoding: deflate\r\n", "Content-Range: bytes 0-4/10\r\n", "Content-Range: bytes 4-9/10\r\n",
    "ETag: \"x\"\r\n",
    "Location: /\r\n", "Location: http://b/\r\n", "Location: unix:x:/\r\n", "Location: https://b/\r\n",
    "Retry-After: 1\r\n",
    "Connection: close\r\n", "0\r\n\r\n", "5\r\nhello\r\n", "\x1f\x8b\x08", "x\x9c", "hello", NULL,
};

enum { FILE_MAX = 1 << 18, STEPS_MAX = 200000 };

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static char folder[] = "/tmp/sluice-fuzz-XXXXXX";
static int listener = -1;

static void remove_socket(void)
{
    unlink(address.sun_path);
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    MUST(mkdtemp(folder) != NULL);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/s", folder);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    MUST(bind(listener, (const struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 16) == 0);
    atexit(remove_socket);
    return 0;
}

/* In place of the C library's: every host is the local socket. */
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    static struct addrinfo here;

    (void)host, (void)service, (void)hints;
    here = (struct addrinfo){.ai_family = AF_UNIX, .ai_socktype = SOCK_STREAM, .ai_addr = (struct sockaddr *)&address,
                             .ai_addrlen = sizeof address};
    *found = &here;
    return 0;
}

void freeaddrinfo(struct addrinfo *found) { (void)found; }

/* What servers still have to say, and the connection of the one that is speaking. */
struct server {
    const uint8_t *data;
    size_t size, piece;
    bool reset; /* connections end with what was asked unread, which resets them */
    int fd;
};

static void hang_up(struct server *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

/* Does a little of a server's work. */
static void serve(struct server *s)
{
    const int next = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    char asked[4096];

    if (next >= 0) {
        const uint8_t *const end = s->fd >= 0 ? memmem(s->data, s->size, "~~~~", 4) : NULL;

        if (s->fd >= 0) { /* the last one did not wait for all of it */
            s->size = end ? s->size - (size_t)(end + 4 - s->data) : 0;
            s->data = end ? end + 4 : NULL;
        }
        hang_up(s);
        s->fd = next;
    }
    if (s->fd < 0)
        return;
    if (!s->reset)
        while (recv(s->fd, asked, sizeof asked, 0) > 0)
            ;

    const size_t n = s->size < s->piece ? s->size : s->piece;
    const uint8_t *const end = s->size ? memmem(s->data, n + 4 < s->size ? n + 4 : s->size, "~~~~", 4) : NULL;
    const size_t here = end && (size_t)(end - s->data) < n ? (size_t)(end - s->data) : n;
    const ssize_t sent = here ? send(s->fd, s->data, here, MSG_NOSIGNAL) : 0;

    if (sent > 0) {
        s->data += sent;
        s->size -= (size_t)sent;
    }
    if (sent < 0 || s->size == 0 || (end && s->data == end)) {
        if (end && s->data == end) {
            s->data += 4;
            s->size -= 4;
        }
        hang_up(s);
    }
}

struct outcome {
    enum fetch_event event;
    const char *note;
    uint64_t offset;
    size_t size;
    uint8_t file[FILE_MAX];
};

static void fetch(const uint8_t *data, size_t size, unsigned kind, size_t piece, unsigned wish, struct outcome *o)
{
    static const char *const headers[] = {"X-A: b"};
    const struct fetch_limits limits = {.timeout = 1000, .max_size = FILE_MAX, .block = 1 + (wish & 7) * 100};
    struct http_pool pool = {0};
    const struct http_wishes wishes = {wish & 8 ? "gzip, deflate" : "identity", headers, wish >> 4 & 1,
                                       wish & 32 && wish & 8, wish & 64 ? &pool : NULL};
    const struct http_rest rest = {4, "\"x\"", "hell", wish & 1 ? 2 : 0, NULL, NULL};
    char error[URL_ERROR_ROOM];
    struct server server = {data, size, piece, kind & 2, -1};
    struct url url;
    uint64_t now = 1000;
    unsigned steps = 0, idle = 0;

    MUST(url_parse(kind & 1 ? "sluice://a/file" : "http://a/file", &url, error));
    struct fetch *const f = kind & 1 ? bare_client_begin(&url, &limits, now)
                                     : http_client_begin(&url, &limits, &wishes, wish & 128 ? &rest : NULL, now);

    MUST(f != NULL);
    o->size = 0;
    o->offset = 0;
    for (;;) {
        o->event = fetch_step(f, now, 1 + (wish & 15) * 64);
        MUST(++steps < STEPS_MAX);
        if (o->event == FETCH_END || o->event == FETCH_FAILED)
            break;
        if (o->event == FETCH_BEGINS) {
            MUST(f->offset == 0 || (kind & 1) == 0);
            o->offset = f->offset;
            o->size = 0;
        } else if (o->event == FETCH_SPAN) {
            MUST(f->size > 0 && f->size <= FILE_MAX - o->size);
            memcpy(o->file + o->size, f->data, f->size);
            o->size += f->size;
        } else if (o->event == FETCH_WAIT) {
            const size_t before = server.size;

            serve(&server);
            idle = server.size == before && server.fd < 0 ? idle + 1 : 0;
            if (idle > 8) /* nothing more will come */
                now = f->deadline == UINT64_MAX ? now + 1 : f->deadline + 1;
            MUST(idle < 100);
        }
    }
    MUST(o->event == FETCH_END || f->message[0]);
    MUST(f->bytes >= o->size);
    o->note = o->event == FETCH_END ? f->note : NULL;
    fetch_end(f);
    http_pool_close(&pool);
    hang_up(&server);
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;)
        close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct outcome whole, cut;
    struct fuzz_input in = {data, size};
    const unsigned kind = fuzz_byte(&in), piece = fuzz_byte(&in), wish = fuzz_byte(&in), where = fuzz_byte(&in);

    fetch(in.data, in.size, kind, 1 + piece * piece, wish, &whole);
    if (whole.event != FETCH_END || whole.note || in.size == 0)
        return 0;
    /* In other pieces it is the same, or bytes that follow are seen, which come too late for the first; */
    fetch(in.data, in.size, kind & 1, 1 + where, wish, &cut);
    if (cut.event == FETCH_END && !cut.note)
        MUST(cut.size == whole.size && cut.offset == whole.offset && memcmp(cut.file, whole.file, whole.size) == 0);
    /* and a part is no whole. */
    fetch(in.data, in.size - 1 - where % in.size, kind, 1 + piece * piece, wish, &cut);
    if (cut.event == FETCH_END && !cut.note)
        MUST(cut.size == whole.size && cut.offset == whole.offset && memcmp(cut.file, whole.file, whole.size) == 0);
    return 0;
}
