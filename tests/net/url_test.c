/*
 * Addresses: what each form means, and what is refused with which word in the message.
 */
#include "net/url.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_what_is_read(void)
{
    static const struct {
        const char *text;
        const char *server;
        const char *name;
    } good[] = {
        {"sluice://host/a", "host:1950", "a"},
        {"sluice://host:1/a", "host:1", "a"},
        {"sluice://host:65535/a", "host:65535", "a"},
        {"sluice://host:/a", "host:1950", "a"}, /* RFC 3986 3.2.3: an empty port is the default */
        {"SLUICE://Host.example-1_2./a", "Host.example-1_2.:1950", "a"},
        {"sluice://127.0.0.1:1950/dir/file.txt", "127.0.0.1:1950", "dir/file.txt"},
        {"sluice://[::1]/a", "[::1]:1950", "a"},
        {"sluice://[::ffff:1.2.3.4]:99/a", "[::ffff:1.2.3.4]:99", "a"},
        {"sluice://[fe80::1%25eth0]:99/a", "[fe80::1%eth0]:99", "a"},
        {"sluice://h/%6c%6F%72em%20ipsum%3F%23%25", "h:1950", "lorem ipsum?#%"},
        {"sluice://h/a:b@c//d", "h:1950", "a:b@c//d"},
        {"sluice://h/\xC3\xA4%C3%A4", "h:1950", "\xC3\xA4\xC3\xA4"},
        {"sluice://h//etc/passwd", "h:1950", "/etc/passwd"},
        {"sluice://h/..", "h:1950", ".."},
        {"sluice://unix:/run/sluice.sock:/dir/a", "unix:/run/sluice.sock", "dir/a"},
        {"sluice://unix:sock:/a:/b", "unix:sock", "a:/b"},
        {"sluice://unix:/odd%3A/sock:/a", "unix:/odd:/sock", "a"},
        {"sluice://unix:80/a", "unix:80", "a"}, /* a host that is called unix */
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char error[URL_ERROR_ROOM] = "", name[URL_NAME_MAX + 1] = "", server[URL_SERVER_ROOM];
        struct url url;
        size_t size = 0;

        check_context("%s", good[i].text);
        if (!CHECK(url_parse(good[i].text, &url, error)) || !CHECK(url_name(&url, name, &size, error)))
            printf("    %s\n", error);
        CHECK_EQ(url.scheme, URL_SLUICE);
        url_server(&url, server);
        CHECK_BYTES(server, strlen(server), good[i].server, strlen(good[i].server));
        CHECK_BYTES(name, size, good[i].name, strlen(good[i].name));
        CHECK_EQ(url.local, strncmp(good[i].server, "unix:", 5) == 0 && url.port == 0);
    }
}

/* The error of a text, whichever part it is in; empty if there is none. */
static const char *error_of(const char *text)
{
    static char error[URL_ERROR_ROOM];
    static char name[URL_NAME_MAX + 1];
    struct url url;
    size_t size;

    *error = '\0';
    return url_parse(text, &url, error) && url_name(&url, name, &size, error) ? "" : error;
}

static void test_what_is_refused(void)
{
    static const struct {
        const char *text;
        const char *says;
    } bad[] = {
        {"", "begins with sluice://"},
        {"host/a", "begins with sluice://"},
        {"sluice:/h/a", "begins with sluice://"},
        {"ftp://h/a", "ftp:// is no known kind"},
        {"sluic://h/a", "sluic:// is no known kind"},
        {"sluices://h/a", "sluices:// is no known kind"},
        {"://h/a", "no known kind"},
        {"sluice:///a", "host is missing"},
        {"sluice://:80/a", "host is missing"},
        {"sluice://h:0/a", "1 to 65535"},
        {"sluice://h:65536/a", "1 to 65535"},
        {"sluice://h:99999999999999999999/a", "1 to 65535"},
        {"sluice://h:-1/a", "1 to 65535"},
        {"sluice://h:8o/a", "1 to 65535"},
        {"sluice://::1/a", "in brackets"},
        {"sluice://1::1/a", "in brackets"},
        {"sluice://[::1/a", "closing bracket"},
        {"sluice://[]/a", "no IPv6 address"},
        {"sluice://[1.2.3.4]/a", "no IPv6 address"},
        {"sluice://[::g]/a", "no IPv6 address"},
        {"sluice://[::1]x/a", "no host has"},
        {"sluice://h h/a", "no host has"},
        {"sluice://h%20h/a", "no host has"},
        {"sluice://me:secret@h/a", "user names"},
        {"sluice://h", "name of the file is missing"},
        {"sluice://h/", "name of the file is missing"},
        {"sluice://h/a?b", "%3F"},
        {"sluice://h/a#b", "%3F"},
        {"sluice://h?b", "%3F"},
        {"sluice://h/%", "two hexadecimal digits"},
        {"sluice://h/%4", "two hexadecimal digits"},
        {"sluice://h/%4g", "two hexadecimal digits"},
        {"sluice://h/a%00b", "NUL"},
        {"sluice://h/a%0Ab", "end of a line"},
        {"sluice://h/a%0d", "end of a line"},
        {"sluice://unix:/run/sock", "unix:SOCKET:/NAME"},
        {"sluice://unix:", "unix:SOCKET:/NAME"},
        {"sluice://unix::/a", "unix:SOCKET:/NAME"},
        {"sluice://unix:/a%00:/a", "NUL"},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        check_context("%s", bad[i].text);
        if (!CHECK(strstr(error_of(bad[i].text), bad[i].says) != NULL))
            printf("    says: %s\n", error_of(bad[i].text));
    }
}

static void test_other_kinds_are_told_apart(void)
{
    char error[URL_ERROR_ROOM];
    struct url url;

    CHECK(url_parse("http://h/a?b#c", &url, error) && url.scheme == URL_HTTP && url.port == 80);
    CHECK(strcmp(url.path, "/a?b#c") == 0);
    CHECK(url_parse("https://h:8443/", &url, error) && url.scheme == URL_HTTPS && url.port == 8443);
}

/* The longest that is taken and one more, against a guard page. */
static void test_lengths(void)
{
    char *text = check_guarded(URL_LENGTH_MAX + 2, false);
    char *name = check_guarded(URL_NAME_MAX + 1, false);
    char error[URL_ERROR_ROOM];
    struct url url;
    size_t size;

    memset(text, 'a', URL_LENGTH_MAX + 2);
    memcpy(text, "sluice://h/", 11);
    text[11 + URL_NAME_MAX] = '\0';
    CHECK(url_parse(text, &url, error) && url_name(&url, name, &size, error) && size == URL_NAME_MAX);
    text[11 + URL_NAME_MAX] = 'a';
    text[11 + URL_NAME_MAX + 1] = '\0';
    CHECK(strstr(error_of(text), "longer than 4096") != NULL);
    text[11 + URL_NAME_MAX + 1] = 'a';
    text[URL_LENGTH_MAX + 1] = '\0';
    CHECK(strstr(error_of(text), "longer than 16384") != NULL);

    memset(text, 'a', 300);
    memcpy(text, "sluice://", 9);
    memcpy(text + 9 + URL_HOST_MAX, "/a", 3);
    CHECK(*error_of(text) == '\0');
    memcpy(text + 9 + URL_HOST_MAX, "a/a", 4);
    CHECK(strstr(error_of(text), "longer than 255") != NULL);
    check_guarded_free(text, URL_LENGTH_MAX + 2, false);
    check_guarded_free(name, URL_NAME_MAX + 1, false);
}

/* Any text gives an answer, and reads no byte beyond its NUL. */
static void test_any_text(void)
{
    static const char *const pieces[] = {"sluice", "://", "unix:", "[", "]", ":", "/", "%", "%2", "%25", "@", "a",
                                         "::1", "1", "0", "?", "#", "\x80", " ", "%00", "http"};
    uint64_t state = 7;
    long good = 0;

    for (int i = 0; i < 20000; i++) {
        char built[80] = "";

        if (check_random(&state) % 4 != 0)
            strcpy(built, "sluice://");
        for (uint64_t n = check_random(&state) % 9; n > 0; n--)
            strcat(built, pieces[check_random(&state) % (sizeof pieces / sizeof *pieces)]);

        const size_t size = strlen(built) + 1;
        char *text = malloc(size);

        memcpy(text, built, size);
        good += *error_of(text) == '\0';
        free(text);
    }
    CHECK(good > 0);
}

/* ---- HTTP ---- */

static void test_targets(void)
{
    static const struct {
        const char *text, *target;
    } cases[] = {{"http://h", "/"},          {"http://h/", "/"},           {"http://h/a/b.c?d=e&f", "/a/b.c?d=e&f"},
                 {"http://h?q", "/?q"},      {"http://h/a#b?c", "/a"},     {"http://h/a b", "/a%20b"},
                 {"http://h/%41%2f", "/%41%2f"}, {"http://h/100%", "/100%25"}, {"http://h/%4", "/%254"},
                 {"http://h/\xc3\xa9\r\n\x7f", "/%C3%A9%0D%0A%7F"}, {"http://unix:/s:/a", "/a"}};
    static char target[URL_TARGET_ROOM];
    char error[URL_ERROR_ROOM];
    struct url url;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_context("%s", cases[i].text);
        CHECK(url_parse(cases[i].text, &url, error));

        const size_t length = url_target(&url, target);

        CHECK_EQ(target[length], '\0');
        CHECK_BYTES(target, length, cases[i].target, strlen(cases[i].target));
    }
    char *const longest = check_guarded(URL_LENGTH_MAX + 1, false), *const room = check_guarded(URL_TARGET_ROOM, false);

    memset(longest, ' ', URL_LENGTH_MAX);
    longest[URL_LENGTH_MAX] = '\0';
    memcpy(longest, "http://h/", 9);
    CHECK(url_parse(longest, &url, error));
    CHECK_EQ(url_target(&url, room), 1 + 3 * (URL_LENGTH_MAX - 9));
    check_guarded_free(longest, URL_LENGTH_MAX + 1, false);
    check_guarded_free(room, URL_TARGET_ROOM, false);
}

static void test_file_names(void)
{
    static const struct {
        const char *text, *name; /* NULL: refused */
    } cases[] = {{"http://h", ""},          {"http://h/?a/b", ""},   {"http://h/a/b?c/d#e", "a/b"},
                 {"http://h/a/", "a/"},
                 {"http://h/%41%20", "A "}, {"http://h/a%0a", NULL}, {"http://h/a\x7f", NULL},     {"http://h/%", NULL},
                 {"http://h/%00", NULL}};
    char name[URL_NAME_MAX + 1], error[URL_ERROR_ROOM];
    struct url url;
    size_t size;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_context("%s", cases[i].text);
        CHECK(url_parse(cases[i].text, &url, error));
        CHECK_EQ(url_file_name(&url, name, &size, error), cases[i].name != NULL);
        if (cases[i].name)
            CHECK_BYTES(name, size, cases[i].name, strlen(cases[i].name));
    }
}

/* The examples of RFC 3986 5.4, with /b/c/d;p?q as base, and more; NULL: refused. */
static void test_where_a_redirect_leads(void)
{
    static const struct {
        const char *reference, *host, *path;
    } cases[] = {
        {"http://g", "g", ""}, {"g", "a", "/b/c/g"}, {"./g", "a", "/b/c/g"}, {"g/", "a", "/b/c/g/"}, {"/g", "a", "/g"},
        {"//g", "g", ""}, {"?y", "a", "/b/c/d;p?y"}, {"g?y", "a", "/b/c/g?y"}, {"#s", "a", "/b/c/d;p?q#s"},
        {"g#s", "a", "/b/c/g#s"}, {";x", "a", "/b/c/;x"}, {"", "a", "/b/c/d;p?q"}, {".", "a", "/b/c/"},
        {"./", "a", "/b/c/"}, {"..", "a", "/b/"}, {"../", "a", "/b/"}, {"../g", "a", "/b/g"}, {"../..", "a", "/"},
        {"../../g", "a", "/g"}, {"../../../g", "a", "/g"}, {"../../../../g", "a", "/g"}, {"/./g", "a", "/g"},
        {"/../g", "a", "/g"}, {"g.", "a", "/b/c/g."}, {"..g", "a", "/b/c/..g"}, {"./../g", "a", "/b/g"},
        {"./g/.", "a", "/b/c/g/"}, {"g/./h", "a", "/b/c/g/h"}, {"g/../h", "a", "/b/c/h"},
        {"g?y/../x", "a", "/b/c/g?y/../x"}, {"g#s/../x", "a", "/b/c/g#s/../x"}, {"HTTP://g:81/h?i", "g", "/h?i"},
        {"//[::1]/x", "::1", "/x"}, {"/a//b", "a", "/a//b"}, {"a:b/c", NULL, NULL}, {"https://g/", NULL, NULL},
        {"sluice://g/h", NULL, NULL}, {"http://unix:/run/s:/h", NULL, NULL}, {"//unix:/run/s:/h", NULL, NULL},
        {"http://u@g/", NULL, NULL}, {"http:g", NULL, NULL}, {"file:///etc/passwd", NULL, NULL}, {"//", NULL, NULL},
    };
    static char text[URL_LENGTH_MAX + 1];
    char error[URL_ERROR_ROOM];
    struct url base, to;

    CHECK(url_parse("http://a:8080/b/c/d;p?q#r", &base, error));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_context("%s", cases[i].reference);
        *error = '\0';
        CHECK_EQ(url_resolve(&base, cases[i].reference, strlen(cases[i].reference), text, &to, error),
                 cases[i].path != NULL);
        if (!cases[i].path) {
            CHECK(*error != '\0');
            continue;
        }
        CHECK_BYTES(to.path, strlen(to.path), cases[i].path, strlen(cases[i].path));
        CHECK_BYTES(to.host, strlen(to.host), cases[i].host, strlen(cases[i].host));
        CHECK_EQ(to.port, strcmp(cases[i].host, "a") == 0 ? 8080 : strstr(cases[i].reference, ":81") ? 81 : 80);
    }
    check_context("a local socket's server may lead to another of its files");
    CHECK(url_parse("http://unix:/run/s:/a/b", &base, error));
    CHECK(url_resolve(&base, "c", 1, text, &to, error) && to.local && strcmp(to.path, "/a/c") == 0);
    check_context("a base without a path");
    CHECK(url_parse("http://h?q", &base, error));
    CHECK(url_resolve(&base, "c", 1, text, &to, error) && strcmp(to.path, "/c") == 0);
    check_context("NUL, and too long");
    CHECK(!url_resolve(&base, "a\0b", 3, text, &to, error));
    char *const endless = malloc(URL_LENGTH_MAX);

    memset(endless, 'a', URL_LENGTH_MAX);
    CHECK(!url_resolve(&base, endless, URL_LENGTH_MAX, text, &to, error));
    free(endless);
}

int main(void)
{
    test_what_is_read();
    test_what_is_refused();
    test_other_kinds_are_told_apart();
    test_lengths();
    test_any_text();
    test_targets();
    test_file_names();
    test_where_a_redirect_leads();
    return check_report("net/url");
}
