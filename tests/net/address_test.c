/*
 * address: where to listen, as a user writes it, and socket addresses as text.
 */
#include "net/address.h"
#include "tests/support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

static void reads(const char *text, bool is_unix, const char *host, const char *port)
{
    struct address address;
    const char *why = NULL;

    check_context("%s", text);
    if (!CHECK(address_parse(text, &address, &why)))
        return;
    CHECK_EQ(address.is_unix, is_unix);
    CHECK_EQ(strcmp(address.host, host), 0);
    CHECK_EQ(strcmp(address.port, port), 0);
}

static void refuses(const char *text, const char *reason)
{
    struct address address;
    const char *why = "";

    check_context("'%.60s'", text);
    CHECK(!address_parse(text, &address, &why));
    CHECK(strstr(why, reason) != NULL);
}

static void the_forms_of_an_address(void)
{
    reads("127.0.0.1:1950", false, "127.0.0.1", "1950");
    reads("localhost:0", false, "localhost", "0");
    reads("example.org:65535", false, "example.org", "65535");
    reads("[::1]:80", false, "::1", "80");
    reads("[fe80::1%eth0]:00080", false, "fe80::1%eth0", "80");
    reads("1950", false, "127.0.0.1", "1950");
    reads("unix:/run/sluice.sock", true, "/run/sluice.sock", "");
    reads("unix:a:1", true, "a:1", "");
}

static void what_is_no_address(void)
{
    char longest[400];

    refuses("", "port");
    refuses("localhost", "port");
    refuses("localhost:", "port");
    refuses("localhost:http", "port");
    refuses("localhost:65536", "port");
    refuses("localhost:-1", "port");
    refuses("localhost:+1", "port");
    refuses("localhost: 1", "port");
    refuses("localhost:1 ", "port");
    refuses("localhost:000001", "port");
    refuses(":80", "host");
    refuses("[]:80", "host");
    refuses("[::1:80", "brackets");
    refuses("::1:80", "brackets");
    refuses("a b:80", "host");
    refuses("/tmp/x:80", "host");
    refuses("unix:", "path");
    memset(longest, 'x', sizeof longest);
    memcpy(longest, "unix:", 5);
    longest[5 + sizeof((struct sockaddr_un *)0)->sun_path] = '\0';
    refuses(longest, "too long");
    memset(longest, 'x', sizeof longest);
    memcpy(longest + 300, ":1", 3);
    refuses(longest, "host");
}

static void formats(const void *address, size_t size, const char *want)
{
    char text[ADDRESS_TEXT_ROOM];

    check_context("%s", want);
    address_format(text, address, (socklen_t)size);
    CHECK_BYTES(text, strlen(text), want, strlen(want));
}

static void socket_addresses_as_text(void)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(1950)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(8080)};
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    char text[ADDRESS_TEXT_ROOM];

    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_addr.s6_addr[15] = 1;
    formats(&v4, sizeof v4, "127.0.0.1:1950");
    formats(&v6, sizeof v6, "[::1]:8080");
    formats(&un, offsetof(struct sockaddr_un, sun_path), "unix:");
    strcpy(un.sun_path, "/tmp/x");
    formats(&un, sizeof un, "unix:/tmp/x");
    memset(un.sun_path, 'y', sizeof un.sun_path); /* a full path has no NUL */
    address_format(text, (const struct sockaddr *)&un, sizeof un);
    CHECK_EQ(strlen(text), 5 + sizeof un.sun_path);
    v4.sin_family = 9999;
    formats(&v4, sizeof v4, "unknown");
}

int main(void)
{
    the_forms_of_an_address();
    what_is_no_address();
    socket_addresses_as_text();
    return check_report("net/address");
}
