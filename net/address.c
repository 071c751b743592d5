/* address.c: see address.h. */
#define _DEFAULT_SOURCE /* NI_MAXHOST */
#include "net/address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

static const char unix_prefix[] = "unix:";
enum { UNIX_PREFIX_SIZE = sizeof unix_prefix - 1 };

static bool parse_port(const char *text, char *port)
{
    unsigned value = 0;
    size_t i = 0;

    for (; text[i] >= '0' && text[i] <= '9' && i < 5; i++)
        value = value * 10 + (unsigned)(text[i] - '0');
    if (i == 0 || text[i] || value > 65535)
        return false;
    snprintf(port, 6, "%u", value);
    return true;
}

static bool parse_host(const char *text, size_t size, char *host)
{
    if (size == 0 || size >= ADDRESS_HOST_ROOM)
        return false;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || text[i] == '/' || text[i] == '[' || text[i] == ']')
            return false;
    memcpy(host, text, size);
    host[size] = '\0';
    return true;
}

static bool parse_unix(const char *path, struct address *address, const char **why)
{
    const size_t size = strlen(path);

    if (size == 0 || size >= sizeof((struct sockaddr_un *)0)->sun_path) {
        *why = size ? "the path is too long for a Unix socket" : "unix: wants a path";
        return false;
    }
    address->is_unix = true;
    memcpy(address->host, path, size + 1);
    return true;
}

bool address_parse(const char *text, struct address *address, const char **why)
{
    const char *const colon = strrchr(text, ':');
    const size_t host_size = colon ? (size_t)(colon - text) : 0;
    bool host_ok;

    memset(address, 0, sizeof *address);
    if (strncmp(text, unix_prefix, UNIX_PREFIX_SIZE) == 0)
        return parse_unix(text + UNIX_PREFIX_SIZE, address, why);

    if (!parse_port(colon ? colon + 1 : text, address->port)) {
        *why = "the port is not a number from 0 to 65535";
        return false;
    }
    if (!colon)
        host_ok = parse_host("127.0.0.1", 9, address->host);
    else if (host_size > 2 && text[0] == '[' && text[host_size - 1] == ']')
        host_ok = parse_host(text + 1, host_size - 2, address->host);
    else if (memchr(text, ':', host_size)) {
        *why = "an IPv6 address stands in brackets, as in [::1]:8080";
        return false;
    } else
        host_ok = parse_host(text, host_size, address->host);
    if (!host_ok)
        *why = "the host is not a name or an address";
    return host_ok;
}

char *address_format(char *text, const struct sockaddr *address, socklen_t size)
{
    char host[NI_MAXHOST], port[NI_MAXSERV];

    if (address->sa_family == AF_UNIX) {
        const struct sockaddr_un *un = (const struct sockaddr_un *)(const void *)address;
        const size_t before = offsetof(struct sockaddr_un, sun_path);
        const size_t room = size > before ? size - before : 0;

        /* The path need not end with NUL; an unnamed socket has none; a name in Linux' own space begins with NUL. */
        snprintf(text, ADDRESS_TEXT_ROOM, "%s%.*s", unix_prefix, (int)room, room ? un->sun_path : "");
    } else if (getnameinfo(address, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        snprintf(text, ADDRESS_TEXT_ROOM, "unknown");
    } else {
        snprintf(text, ADDRESS_TEXT_ROOM, address->sa_family == AF_INET6 ? "[%.64s]:%.5s" : "%.64s:%.5s", host, port);
    }
    return text;
}
