/* bare_site.c: see bare_site.h. */
#include "tests/support/bare_site.h"

#include "net/bare_server.h"
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/loopback.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct bare_site bare;

static unsigned char begun[BARE_BEGUN], *decoded;
static size_t decoded_size;

void bare_make(void)
{
    bare.large = malloc(BARE_LARGE);
    decoded = malloc(BARE_LARGE + 1);
    if (!bare.large || !decoded)
        abort();
    folder_noise(bare.large, BARE_LARGE);
    for (size_t i = 0; i < BARE_SMALL; i++)
        bare.small[i] = (unsigned char)"Lorem ipsum "[i % 12];
    bare.folder = folder_make("bare");
    folder_put(&bare.folder, "small", bare.small, BARE_SMALL);
    folder_put(&bare.folder, "large", bare.large, BARE_LARGE);
    folder_put(&bare.folder, ".hidden", bare.small, BARE_SMALL);
    mkdirat(bare.folder.fd, "folder", 0755);
    folder_put(&bare.folder, "folder/deep", "deep", 4);
    mkfifoat(bare.folder.fd, "fifo", 0644);
    if (symlinkat("/etc/passwd", bare.folder.fd, "way-out") < 0)
        abort();
}

void bare_remove(void)
{
    folder_remove(&bare.folder);
    free(bare.large);
    free(decoded);
}

/* ---- the server ---- */

void bare_listen(struct server_options options)
{
    serving_make(&bare.serving, options, bare.folder.fd);
    bare.port = serving_listen(&bare.serving, "127.0.0.1:0", &bare_protocol);
}

void bare_start(void)
{
    serving_start(&bare.serving);
}

void bare_serve(struct server_options options)
{
    bare_listen(options);
    bare_start();
}

void bare_halt(void)
{
    serving_halt(&bare.serving, SERVER_FINISH);
}

void bare_forget(void)
{
    serving_forget(&bare.serving);
}

void bare_end(void)
{
    bare_halt();
    bare_forget();
}

/* ---- clients ---- */

int bare_client(bool small_buffer)
{
    const int fd = loopback_connect(bare.port, small_buffer);

    CHECK(fd >= 0);
    return fd;
}

int bare_ask_bytes(const void *name, size_t size)
{
    const int fd = bare_client(false);

    loopback_send(fd, name, size);
    return fd;
}

int bare_ask(const char *name)
{
    return bare_ask_bytes(name, strlen(name));
}

int bare_has_begun(const char *name)
{
    const int fd = bare_client(true);
    size_t got;

    loopback_send(fd, name, strlen(name));
    CHECK_EQ(loopback_read(fd, begun, sizeof begun, &got), LOOPBACK_MORE);
    return fd;
}

/* Reads to the end, `before` bytes having been read already, and decodes it all into `decoded`. */
static enum loopback_end read_and_decode(int fd, size_t before, sluice_status *status)
{
    unsigned char *rest, *all;
    size_t size;
    const enum loopback_end end = loopback_read_all(fd, &rest, &size);

    all = malloc(before + size + 1);
    if (!all)
        abort();
    memcpy(all, begun, before);
    memcpy(all + before, rest, size);
    *status = sluice_decompress(NULL, all, before + size, decoded, BARE_LARGE + 1, &decoded_size);
    free(rest);
    free(all);
    close(fd);
    return end;
}

static void gets_from(int fd, size_t before, const void *want, size_t want_size)
{
    sluice_status status;

    CHECK_EQ(read_and_decode(fd, before, &status), LOOPBACK_CLOSED);
    CHECK_EQ(status, SLUICE_OK);
    CHECK_BYTES(decoded, decoded_size, want, want_size);
}

void bare_gets_whole(int fd, const void *want, size_t want_size)
{
    gets_from(fd, 0, want, want_size);
}

void bare_gets_rest(int fd, const void *want, size_t want_size)
{
    gets_from(fd, BARE_BEGUN, want, want_size);
}

void bare_gets_no_whole(int fd)
{
    sluice_status status;

    CHECK_EQ(read_and_decode(fd, BARE_BEGUN, &status), LOOPBACK_RESET);
    CHECK_EQ(status, SLUICE_ERR_TRUNCATED);
}

void bare_is_refused(int fd)
{
    char byte;
    size_t got;

    CHECK_EQ(loopback_read(fd, &byte, 1, &got), LOOPBACK_CLOSED);
    CHECK_EQ(got, 0);
    close(fd);
}
