/* http_site.c: see http_site.h. */
#include "tests/support/http_site.h"

#include "net/http_server.h"
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/loopback.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct site site = {
    .lorem = {"lorem.txt", NULL, SITE_LOREM}, .text = {"text.html", NULL, SITE_TEXT},
    .noise = {"noise", NULL, SITE_NOISE},     .large = {"large.txt", NULL, SITE_LARGE},
    .empty = {"empty", NULL, 0},              .packed = {"text.jpg", NULL, SITE_TEXT}};
static struct site_file *const files[] = {&site.lorem, &site.text, &site.noise, &site.large, &site.empty, &site.packed};

void site_make(void)
{
    FILE *const file = fopen("vectors/lorem.txt", "rb");

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        files[i]->data = malloc(files[i]->size + 1);
    if (!file || fread(site.lorem.data, 1, SITE_LOREM, file) != SITE_LOREM) {
        perror("vectors/lorem.txt");
        exit(1);
    }
    fclose(file);
    folder_text(site.text.data, SITE_TEXT);
    folder_text(site.packed.data, SITE_TEXT);
    folder_text(site.large.data, SITE_LARGE);
    folder_noise(site.noise.data, SITE_NOISE);
    site.folder = folder_make("http");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        folder_put(&site.folder, files[i]->name, files[i]->data, files[i]->size);
    mkdirat(site.folder.fd, "folder", 0755);
    folder_put(&site.folder, "folder/inner.txt", "inner", 5);
    mkdirat(site.folder.fd, "site", 0755);
    folder_put(&site.folder, "site/index.html", "<p>index</p>", 12);
    mkdirat(site.folder.fd, ".git", 0755);
    folder_put(&site.folder, ".git/config", "secret", 6);
    folder_put(&site.folder, ".hidden", "secret", 6);
    if (symlinkat("/etc/passwd", site.folder.fd, "outside") != 0)
        perror("outside");
    mkfifoat(site.folder.fd, "fifo", 0644);
    mkdirat(site.folder.fd, "odd", 0755);
    folder_put(&site.folder, "odd/a&b <i>\"'.txt", "x", 1);
    folder_put(&site.folder, "odd/100% #1?.txt", "y", 1);
    folder_put(&site.folder, "odd/\xC3\xA4\xFF.txt", "z", 1);
    folder_age();
}

void site_remove(void)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        free(files[i]->data);
    folder_remove(&site.folder);
}

/* ---- the server ---- */

void site_serve(struct server_options options)
{
    serving_make(&site.serving, options, site.folder.fd);
    site.port = serving_listen(&site.serving, "127.0.0.1:0", &http_protocol);
    serving_start(&site.serving);
}

void site_halt(void)
{
    serving_halt(&site.serving, SERVER_FINISH);
}

void site_end(void)
{
    serving_end(&site.serving, SERVER_FINISH);
}

/* ---- the client ---- */

int site_dial(void)
{
    const int fd = loopback_connect(site.port, false), on = 1;

    if (fd < 0) {
        perror("connect");
        exit(1);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

unsigned char *site_converse(const char *request, size_t size, size_t piece, struct http_reading *reading)
{
    const int fd = site_dial();
    unsigned char *data;

    for (size_t at = 0; at < size; at += piece)
        loopback_send(fd, request + at, size - at < piece ? size - at : piece);
    shutdown(fd, SHUT_WR);
    CHECK_EQ(loopback_read_all(fd, &data, &reading->size), LOOPBACK_CLOSED);
    reading->data = data;
    close(fd);
    return data;
}

unsigned char *site_ask(const char *what, const char *fields, struct http_got *got)
{
    char request[20000];
    struct http_reading reading;
    unsigned char *data;

    snprintf(request, sizeof request, "%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n", what, fields);
    check_context("%.60s %.60s", what, fields);
    data = site_converse(request, strlen(request), sizeof request, &reading);
    CHECK(http_got_next(&reading, strncmp(what, "HEAD ", 5) == 0, got));
    CHECK_EQ(reading.size, 0);
    CHECK(got->whole);
    return data;
}

void site_done(unsigned char *data, struct http_got *got)
{
    free(got->content);
    free(data);
}

bool site_field_is(const struct http_got *got, const char *name, const char *value)
{
    const char *const there = http_got_field(got, name);
    const bool is = value ? there && strcmp(there, value) == 0 : !there;

    if (!is)
        printf("    %s: %s, not %s\n", name, there ? there : "(absent)", value ? value : "(absent)");
    return is;
}

bool site_has(const struct http_got *got, const char *text)
{
    char *const page = strndup((const char *)got->content, got->content_size);
    const bool is = strstr(page, text) != NULL;

    free(page);
    return is;
}

void site_decoded_is(const struct http_got *got, const char *coding, const unsigned char *want, size_t size)
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
