/*
 * http_reply, http_content: the forms of a file, in every coding, in parts, and on conditions; the pages of folders.
 * They are the same whether the server keeps copies of what it compressed, chooses the level itself, or limits the
 * rate.
 */
#include "net/http_reply.h"

#include "net/level.h"
#include "tests/support/check.h"
#include "tests/support/http_site.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    const struct site_file *const all[] = {&site.lorem, &site.text,  &site.noise,
                                           &site.large, &site.empty, &site.packed};
    char etags[3][100], what[100];
    struct http_got got, head;

    for (size_t f = 0; f < sizeof all / sizeof *all; f++) {
        const bool coded = all[f] != &site.noise && all[f] != &site.empty && all[f] != &site.packed;

        memset(etags, 0, sizeof etags);
        for (size_t w = 0; w < sizeof wishes / sizeof *wishes; w++) {
            const char *const content = coded ? wishes[w].content : NULL;
            const char *const transfer = coded ? wishes[w].transfer : NULL;
            char framing[40];

            snprintf(what, sizeof what, "GET /%s", all[f]->name);
            unsigned char *const data = site_ask(what, wishes[w].fields, &got);

            CHECK_EQ(got.status, 200);
            CHECK(site_field_is(&got, "Content-Encoding", content));
            CHECK(site_field_is(&got, "Vary", "Accept-Encoding"));
            snprintf(framing, sizeof framing, "%s, chunked", transfer ? transfer : "");
            if (transfer)
                CHECK(site_field_is(&got, "Transfer-Encoding", framing));
            if (!content)
                CHECK(site_field_is(&got, "Accept-Ranges", "bytes"));
            site_decoded_is(&got, content ? content : transfer, all[f]->data, all[f]->size);

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
            unsigned char *const head_data = site_ask(what, wishes[w].fields, &head);

            CHECK_EQ(head.status, 200);
            CHECK_EQ(head.content_size, 0);
            static const char *const same[] = {"Content-Type", "ETag", "Last-Modified", "Content-Encoding", "Vary",
                                               "Accept-Ranges"};
            for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
                const char *const value = http_got_field(&got, same[i]);
                char *const copy = value ? strdup(value) : NULL;

                CHECK(site_field_is(&head, same[i], copy));
                free(copy);
            }
            if (!content && !transfer) {
                snprintf(framing, sizeof framing, "%zu", all[f]->size);
                CHECK(site_field_is(&head, "Content-Length", framing));
            }
            site_done(head_data, &head);
            site_done(data, &got);
        }
        CHECK(!coded || (strcmp(etags[0], etags[1]) != 0 && strcmp(etags[1], etags[2]) != 0 &&
                         strcmp(etags[0], etags[2]) != 0));
    }
}

/* ---- ranges ---- */

static void ranges_are_parts_of_the_file(void)
{
    uint64_t seed = 11;
    char what[40], fields[200], want[100];
    struct http_got got;

    for (int i = 0; i < 60; i++) {
        const struct site_file *const file = i % 3 == 0 ? &site.large : i % 3 == 1 ? &site.text : &site.noise;
        const size_t first = (size_t)(check_random(&seed) % file->size);
        const size_t last = first + (size_t)(check_random(&seed) % (file->size - first));
        const bool te = i % 2 != 0 && file != &site.noise;

        snprintf(what, sizeof what, "GET /%s", file->name);
        snprintf(fields, sizeof fields, "Range: bytes=%zu-%zu\r\nAccept-Encoding: gzip\r\n%s", first, last,
                 te ? "TE: gzip\r\nConnection: TE\r\n" : "");
        unsigned char *const data = site_ask(what, fields, &got);

        CHECK_EQ(got.status, 206);
        snprintf(want, sizeof want, "bytes %zu-%zu/%zu", first, last, file->size);
        CHECK(site_field_is(&got, "Content-Range", want));
        CHECK(site_field_is(&got, "Content-Encoding", NULL));
        CHECK_EQ(got.sized, !te);
        site_decoded_is(&got, te ? "gzip" : NULL, file->data + first, last - first + 1);
        site_done(data, &got);
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
    } parts[] = {{1000, 2999}, {0, 0}, {SITE_TEXT - 5, SITE_TEXT - 1}};
    static const char form[] = "multipart/byteranges; boundary=";
    char boundary[80] = "", part[300];
    struct http_got got;
    unsigned char *const data = site_ask("GET /text.html", "Range: bytes=1000-1999,2000-2999,0-0, -5,99999-\r\n", &got);
    const char *const type = http_got_field(&got, "Content-Type");
    const unsigned char *p = got.content, *const end = p + got.content_size;

    CHECK_EQ(got.status, 206);
    CHECK(got.sized);
    CHECK(type && strncmp(type, form, sizeof form - 1) == 0);
    if (type && strlen(type) > sizeof form)
        snprintf(boundary, sizeof boundary, "%s", type + sizeof form - 1);
    CHECK(site_field_is(&got, "Content-Range", NULL));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const int size = snprintf(part, sizeof part,
                                  "%s--%s\r\nContent-Type: text/html; charset=utf-8\r\n"
                                  "Content-Range: bytes %zu-%zu/%d\r\n\r\n",
                                  i ? "\r\n" : "", boundary, parts[i].first, parts[i].last, SITE_TEXT);

        CHECK(takes(&p, end, part, (size_t)size));
        CHECK(takes(&p, end, site.text.data + parts[i].first, parts[i].last - parts[i].first + 1));
    }
    snprintf(part, sizeof part, "\r\n--%s--\r\n", boundary);
    CHECK(takes(&p, end, part, strlen(part)));
    CHECK(p == end);
    site_done(data, &got);
}

/* ---- conditions ---- */

static unsigned status_of(const char *what, const char *form, const char *value, const char *more)
{
    char fields[400];
    struct http_got got;

    snprintf(fields, sizeof fields, form, value);
    snprintf(fields + strlen(fields), sizeof fields - strlen(fields), "%s", more);
    unsigned char *const data = site_ask(what, fields, &got);
    const unsigned status = got.status;

    CHECK(status != 304 || got.content_size == 0);
    site_done(data, &got);
    return status;
}

static void conditions_with_what_the_server_said(void)
{
    static const char gzip[] = "Accept-Encoding: gzip\r\n", part[] = "Range: bytes=1-2\r\n";
    static const char get[] = "GET /text.html";
    char plain[100], coded[100], date[100];
    struct http_got got;
    unsigned char *data = site_ask(get, "", &got);

    snprintf(plain, sizeof plain, "%s", http_got_field(&got, "ETag"));
    snprintf(date, sizeof date, "%s", http_got_field(&got, "Last-Modified"));
    site_done(data, &got);
    data = site_ask(get, gzip, &got);
    snprintf(coded, sizeof coded, "%s", http_got_field(&got, "ETag"));
    site_done(data, &got);

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

static void the_page_of_a_folder(void)
{
    struct http_got got;
    unsigned char *data = site_ask("GET /", "", &got);

    CHECK(site_has(&got, "<a href=\"./lorem.txt\">lorem.txt</a></td><td class=\"s\">335 B</td>"));
    CHECK(site_has(&got, "<a href=\"./folder/\">folder/</a>"));
    CHECK(site_has(&got, "6.0 MiB"));
    CHECK(!site_has(&got, "hidden") && !site_has(&got, ".git"));
    CHECK(!site_has(&got, "outside") && !site_has(&got, "fifo"));
    CHECK(!site_has(&got, "<script"));
    CHECK(site_field_is(&got, "Cache-Control", "no-cache"));
    site_done(data, &got);

    data = site_ask("GET /odd/", "", &got);
    CHECK(site_has(&got, "<a href=\"./a%26b%20%3Ci%3E%22%27.txt\">a&amp;b &lt;i&gt;&quot;&#39;.txt</a>"));
    CHECK(site_has(&got, "<a href=\"./100%25%20%231%3F.txt\">100% #1?.txt</a>"));
    CHECK(site_has(&got, "<a href=\"./%C3%A4%FF.txt\">\xC3\xA4\xEF\xBF\xBD.txt</a>"));
    CHECK(site_has(&got, "<a href=\"../\">"));
    site_done(data, &got);

    /* The links lead to the files. */
    data = site_ask("GET /odd/a%26b%20%3Ci%3E%22%27.txt", "", &got);
    CHECK_BYTES(got.content, got.content_size, "x", 1);
    site_done(data, &got);
    data = site_ask("GET /odd/%C3%A4%FF.txt", "", &got);
    CHECK_BYTES(got.content, got.content_size, "z", 1);
    site_done(data, &got);

    /* Whoever has it already is told so, until something in the folder changes. */
    char fields[200];

    data = site_ask("GET /odd/", "Accept-Encoding: gzip\r\n", &got);
    CHECK(site_field_is(&got, "Content-Encoding", "gzip"));
    CHECK(strncmp(http_got_field(&got, "ETag"), "W/\"", 3) == 0);
    snprintf(fields, sizeof fields, "If-None-Match: \"x\", %s\r\nIf-Modified-Since: %s\r\n",
             http_got_field(&got, "ETag"), "Sat, 01 Jan 2000 00:00:00 GMT");
    site_done(data, &got);
    data = site_ask("GET /odd/", fields, &got);
    CHECK_EQ(got.status, 304);
    site_done(data, &got);
    folder_put(&site.folder, "odd/more", "w", 1);
    data = site_ask("GET /odd/", fields, &got);
    CHECK_EQ(got.status, 200);
    CHECK(site_has(&got, "more"));
    site_done(data, &got);
    unlinkat(site.folder.fd, "odd/more", 0);
    data = site_ask("GET /odd/", "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT\r\n", &got);
    CHECK_EQ(got.status, 200); /* a page has no date */
    site_done(data, &got);

    data = site_ask("GET /", "Accept-Encoding: gzip\r\n", &got);
    CHECK(site_field_is(&got, "Content-Encoding", "gzip"));
    site_done(data, &got);
    data = site_ask("GET /site/", "", &got);
    CHECK_BYTES(got.content, got.content_size, "<p>index</p>", 12);
    site_done(data, &got);
}

/* In which order do the names stand on the page? */
static void order_is(const char *what, const char *a, const char *b, const char *c)
{
    struct http_got got;
    unsigned char *const data = site_ask(what, "", &got);
    char *const page = strndup((const char *)got.content, got.content_size);
    const char *const at_a = strstr(page, a), *const at_b = strstr(page, b), *const at_c = strstr(page, c);

    CHECK(at_a && at_b && at_c && at_a < at_b && at_b < at_c);
    free(page);
    site_done(data, &got);
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

static void folders_need_not_be_listed(void)
{
    struct server_options o = serving_options();
    struct http_got got;
    unsigned char *data;

    o.listing = false;
    site_serve(o);
    data = site_ask("GET /", "", &got);
    CHECK_EQ(got.status, 403);
    CHECK(!site_has(&got, "lorem"));
    site_done(data, &got);
    data = site_ask("GET /site/", "", &got);
    CHECK_EQ(got.status, 200);
    site_done(data, &got);
    data = site_ask("GET /absent/", "", &got);
    CHECK_EQ(got.status, 404);
    site_done(data, &got);
    site_end();
}

/* The same bytes and tags from copies, and at whatever level each client comes to be served. */
static void whatever_the_server_is_told(void)
{
    struct server_options o = serving_options();

    o.cache = 32 << 20;
    site_serve(o);
    every_file_in_every_coding();
    conditions_with_what_the_server_said();
    site_end();
    o = serving_options();
    o.level = LEVEL_AUTO;
    site_serve(o);
    every_file_in_every_coding();
    site_end();
    o.limit_rate = 32 << 20;
    site_serve(o);
    every_file_in_every_coding();
    site_end();
}

int main(void)
{
    site_make();
    site_serve(serving_options());
    every_file_in_every_coding();
    ranges_are_parts_of_the_file();
    several_ranges();
    conditions_with_what_the_server_said();
    the_page_of_a_folder();
    orders_of_a_folder();
    site_end();
    folders_need_not_be_listed();
    whatever_the_server_is_told();
    site_remove();
    return check_report("net/http_reply");
}
