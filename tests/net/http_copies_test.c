/*
 * http_reply with copies that are compressed already: those that the server keeps in memory, and FILE.gz beside FILE.
 * What is sent is always what the file is now.
 */
#include "net/http_reply.h"

#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/http_site.h"
#include "tests/support/loopback.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Asked for several times by each thread, so that it is known and there are copies; then written anew, replaced by a
 * rename, taken away.
 */
static void changed_files_are_not_answered_with_what_they_were(const char *fields, const char *coding)
{
    const struct site_file *const contents[] = {&site.text, &site.packed, &site.lorem, &site.noise};
    struct http_got got;
    unsigned char *data;

    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        const struct site_file *const is = contents[i];
        const size_t size = is->size - i; /* two are of the same size otherwise */

        if (i % 2 == 0) {
            folder_put(&site.folder, "changing.txt", is->data, size);
        } else {
            folder_put(&site.folder, "new.txt", is->data, size);
            CHECK_EQ(renameat(site.folder.fd, "new.txt", site.folder.fd, "changing.txt"), 0);
        }
        for (int k = 0; k < 8; k++) {
            data = site_ask("GET /changing.txt", fields, &got);
            CHECK_EQ(got.status, 200);
            site_decoded_is(&got, coding, is->data, size);
            if (!coding && k > 0)
                CHECK(got.sized);
            site_done(data, &got);
            data = site_ask("HEAD /changing.txt", fields, &got);
            CHECK_EQ(got.status, 200);
            site_done(data, &got);
        }
        data = site_ask("GET /changing.txt", "Range: bytes=10-19\r\n", &got);
        CHECK_EQ(got.status, 206);
        CHECK_BYTES(got.content, got.content_size, is->data + 10, 10);
        site_done(data, &got);
    }
    unlinkat(site.folder.fd, "changing.txt", 0);
    for (int k = 0; k < 4; k++) {
        data = site_ask("GET /changing.txt", fields, &got);
        CHECK_EQ(got.status, 404);
        site_done(data, &got);
    }
}

/* The same bytes, tags and all, whether they are compressed for this client or come from a copy. */
static void the_cache(void)
{
    static const char gzip[] = "Accept-Encoding: gzip\r\n", get[] = "GET /large.txt";
    struct server_options o = serving_options();
    struct http_got first, again;
    unsigned char *data, *data_again;
    char tag[100];

    o.cache = 32 << 20;
    site_serve(o);
    data = site_ask(get, gzip, &first);
    CHECK(first.chunked);
    snprintf(tag, sizeof tag, "%s", http_got_field(&first, "ETag"));
    data_again = site_ask(get, gzip, &again);
    CHECK(again.sized); /* its size is known now */
    CHECK(site_field_is(&again, "ETag", tag) && site_field_is(&again, "Content-Encoding", "gzip"));
    CHECK_BYTES(again.content, again.content_size, first.content, first.content_size);
    site_done(data_again, &again);
    data_again = site_ask(get, "TE: gzip\r\nConnection: TE\r\n", &again);
    CHECK(site_field_is(&again, "Transfer-Encoding", "gzip, chunked"));
    CHECK(site_field_is(&again, "Content-Encoding", NULL));
    CHECK_BYTES(again.content, again.content_size, first.content, first.content_size);
    site_done(data_again, &again);
    site_done(data, &first);

    changed_files_are_not_answered_with_what_they_were(gzip, "gzip");
    changed_files_are_not_answered_with_what_they_were("", NULL);
    site_halt();
    CHECK(serving_logged(&site.serving, "\"GET /large.txt HTTP/1.1\" 200 "));
    serving_forget(&site.serving);
}

/*
 * Many ask at once for what nobody has asked for before: one of them fills the copy, the others wait, and get that.
 * Those who had it from the copy know its size: their number is returned.
 */
static unsigned many_ask_for_a_copy(void)
{
    static const char request[] = "GET /large.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                  "Accept-Encoding: gzip\r\n\r\n";
    enum { CLIENTS = 12 };
    struct server_options o = serving_options();
    int fds[CLIENTS];
    unsigned char *data[CLIENTS];
    size_t sizes[CLIENTS] = {0};
    unsigned open_ones = CLIENTS, sized = 0;

    check_context("a copy for many");
    o.cache = 32 << 20;
    o.threads = 1;
    site_serve(o);
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = loopback_connect(site.port, false);
        data[i] = malloc(SITE_LARGE);
        loopback_send(fds[i], request, sizeof request - 1);
    }
    while (open_ones > 0)
        for (int i = 0; i < CLIENTS; i++) {
            const ssize_t got =
                fds[i] >= 0 ? recv(fds[i], data[i] + sizes[i], SITE_LARGE - sizes[i], MSG_DONTWAIT) : -1;

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
        site_decoded_is(&got, "gzip", site.large.data, SITE_LARGE);
        sized += got.sized;
        site_done(data[i], &got);
    }
    CHECK(sized < CLIENTS);
    site_end();
    return sized;
}

/* Nearly all have it from the copy; on a machine so busy that all have waited in vain, they will another time. */
static void many_ask_for_a_copy_at_once(void)
{
    unsigned tries = 0;

    while (many_ask_for_a_copy() == 0 && tries < 10)
        tries++;
    CHECK(tries < 10);
}

static void gzip_of(const char *name, const struct site_file *from)
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
    folder_put(&site.folder, name, out, size);
    free(out);
}

static void files_that_were_compressed_beforehand(uint64_t cache)
{
    static const char gzip[] = "Accept-Encoding: gzip\r\n", get[] = "GET /text.html";
    struct server_options o = serving_options();
    struct http_got got;
    unsigned char *data;
    char tag[100], length[40], fields[200];

    o.precompressed = true;
    o.cache = cache;
    site_serve(o);
    data = site_ask(get, gzip, &got);
    snprintf(tag, sizeof tag, "%s", http_got_field(&got, "ETag"));
    site_done(data, &got);

    gzip_of("text.html.gz", &site.text);
    folder_age();
    data = site_ask(get, gzip, &got);
    CHECK(got.sized);
    CHECK(site_field_is(&got, "Content-Type", "text/html; charset=utf-8"));
    CHECK(site_field_is(&got, "Content-Encoding", "gzip"));
    CHECK(strcmp(http_got_field(&got, "ETag"), tag) != 0); /* other bytes than those made here at level 1 */
    snprintf(tag, sizeof tag, "%s", http_got_field(&got, "ETag"));
    snprintf(length, sizeof length, "%zu", got.content_size);
    site_decoded_is(&got, "gzip", site.text.data, site.text.size);
    site_done(data, &got);
    for (int i = 0; i < 6; i++) { /* by its own name it is a file like others; it does not make it less of a copy */
        data = site_ask(i % 2 ? get : "GET /text.html.gz", gzip, &got);
        CHECK(got.sized && site_field_is(&got, "Content-Length", length));
        CHECK(site_field_is(&got, "Content-Encoding", i % 2 ? "gzip" : NULL));
        site_decoded_is(&got, "gzip", site.text.data, site.text.size);
        site_done(data, &got);
    }
    data = site_ask("HEAD /text.html", gzip, &got);
    CHECK(site_field_is(&got, "Content-Length", length) && site_field_is(&got, "ETag", tag));
    site_done(data, &got);
    snprintf(fields, sizeof fields, "%sIf-None-Match: %s\r\n", gzip, tag);
    data = site_ask(get, fields, &got);
    CHECK_EQ(got.status, 304);
    site_done(data, &got);
    snprintf(fields, sizeof fields, "%sIf-Match: \"x\"\r\n", gzip);
    data = site_ask(get, fields, &got);
    CHECK_EQ(got.status, 412);
    site_done(data, &got);
    data = site_ask(get, "", &got);
    site_decoded_is(&got, NULL, site.text.data, site.text.size);
    site_done(data, &got);

    /* What is older, or is no gzip, is not sent. */
    const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

    CHECK_EQ(utimensat(site.folder.fd, "text.html.gz", old, 0), 0);
    folder_age();
    data = site_ask(get, gzip, &got);
    CHECK(strcmp(http_got_field(&got, "ETag"), tag) != 0);
    site_decoded_is(&got, "gzip", site.text.data, site.text.size);
    site_done(data, &got);
    folder_put(&site.folder, "text.html.gz", "nonsense", 8);
    folder_age();
    data = site_ask(get, gzip, &got);
    site_decoded_is(&got, "gzip", site.text.data, site.text.size);
    site_done(data, &got);
    unlinkat(site.folder.fd, "text.html.gz", 0);
    site_end();
}

int main(void)
{
    site_make();
    the_cache();
    many_ask_for_a_copy_at_once();
    files_that_were_compressed_beforehand(0);
    files_that_were_compressed_beforehand(32 << 20);
    site_remove();
    return check_report("net/http_copies");
}
