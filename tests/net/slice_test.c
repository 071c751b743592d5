/*
 * slice: at the highest levels what is compressed is compressed beside the loop, for many clients at once, whether they
 * stay or leave, and the server can stop at any moment of it. What comes is the file.
 */
#include "net/slice.h"

#include "net/bare_server.h"
#include "net/http_server.h"
#include "net/server.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/support/serving.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT = 300000 };
static struct folder folder;
static struct serving serving;
static int http_port, bare_port;
static unsigned char *text;

static void prepare(void)
{
    text = malloc(TEXT);
    folder_text(text, TEXT);
    folder = folder_make("slice");
    folder_put(&folder, "text.txt", text, TEXT);
    folder_age();
}

static void run(void)
{
    struct server_options o = serving_options();

    o.threads = 1;
    o.level = SLUICE_LEVEL_STRONGEST;
    serving_make(&serving, o, folder.fd);
    http_port = serving_listen(&serving, "127.0.0.1:0", &http_protocol);
    bare_port = serving_listen(&serving, "127.0.0.1:0", &bare_protocol);
    serving_start(&serving);
}

/* ---- clients ---- */

static const char get[] = "GET /text.txt HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n", name[] = "text.txt\n";

static int ask(bool bare)
{
    const int fd = loopback_connect(bare ? bare_port : http_port, false);

    if (bare)
        loopback_send(fd, name, sizeof name - 1);
    else
        loopback_send(fd, get, sizeof get - 1);
    return fd;
}

struct client {
    bool bare, whole;
    pthread_t thread;
};

/* HTTP/1.0: the content ends with the connection, and no chunks are in it. */
static void *fetch(void *owner)
{
    struct client *const client = owner;
    const int fd = ask(client->bare);
    unsigned char *data, *begin, *const out = malloc(TEXT + 1);
    size_t size, written = 0;
    sluice_inflate_options o = sluice_inflate_defaults();
    sluice_inflater *const inflater = sluice_inflate_new(&o, NULL);
    const bool closed = loopback_read_all(fd, &data, &size) == LOOPBACK_CLOSED;

    data = realloc(data, size + 1);
    data[size] = '\0';
    begin = data;
    if (!client->bare)
        for (size_t i = 0; i + 4 < size; i++)
            if (memcmp(data + i, "\r\n\r\n", 4) == 0) {
                begin = data + i + 4;
                break;
            }
    client->whole = closed &&
                    sluice_decompress(inflater, begin, size - (size_t)(begin - data), out, TEXT + 1, &written) ==
                        SLUICE_OK &&
                    written == TEXT && memcmp(out, text, TEXT) == 0;
    sluice_inflate_free(inflater);
    free(out);
    free(data);
    close(fd);
    return NULL;
}

static void many_at_once(void)
{
    static struct client clients[12];
    enum { COUNT = sizeof clients / sizeof *clients };

    check_context("many at once");
    run();
    for (int i = 0; i < COUNT; i++) {
        clients[i].bare = i % 3 == 0;
        CHECK_EQ(pthread_create(&clients[i].thread, NULL, fetch, &clients[i]), 0);
    }
    for (int i = 0; i < COUNT; i++) {
        pthread_join(clients[i].thread, NULL);
        CHECK(clients[i].whole);
    }
    serving_end(&serving, SERVER_FINISH);
}

static void who_leaves_takes_nothing_along(void)
{
    struct client client = {.bare = false};

    check_context("leaving");
    run();
    for (int i = 0; i < 20; i++) {
        const int fd = ask(i % 2);

        folder_pause(i % 5);
        loopback_reset(fd);
    }
    fetch(&client);
    CHECK(client.whole);
    serving_end(&serving, SERVER_FINISH);
}

static void it_stops_at_any_moment(void)
{
    const int before = loopback_descriptors();

    for (int i = 0; i < 15; i++) {
        int fds[4];

        check_context("stop %d", i);
        run();
        for (int k = 0; k < 4; k++)
            fds[k] = ask(k % 2);
        folder_pause(3 * i);
        serving_end(&serving, SERVER_END);
        for (int k = 0; k < 4; k++)
            close(fds[k]);
        CHECK_EQ(loopback_descriptors(), before);
    }
}

int main(void)
{
    const int before = loopback_descriptors();

    prepare();
    many_at_once();
    who_leaves_takes_nothing_along();
    it_stops_at_any_moment();
    folder_remove(&folder);
    free(text);
    check_context("descriptors");
    CHECK_EQ(loopback_descriptors(), before);
    return check_report("net/slice");
}
