/* url.c: see url.h. */
#include "net/url.h"

#include "net/ascii.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static bool wrong(char error[URL_ERROR_ROOM], const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(error, URL_ERROR_ROOM, format, args);
    va_end(args);
    return false;
}

/* The characters of a host name. The underline is in no host's proper name, but in many that are in use. */
static bool is_host_character(char c)
{
    return ascii_is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '-' || c == '.' || c == '_';
}

/*
 * Decodes `size` bytes at `from` into `to`, which has room for `room` bytes; *length says how many came out.
 * `part` names what is decoded, for the error.
 */
static bool decode(const char *from, size_t size, char *to, size_t room, size_t *length, const char *part,
                   char error[URL_ERROR_ROOM])
{
    const char *const end = from + size;
    size_t n = 0;

    while (from < end) {
        unsigned char c = (unsigned char)*from++;

        if (c == '%') {
            const int high = end - from >= 2 ? ascii_hex(from[0]) : -1;
            const int low = high >= 0 ? ascii_hex(from[1]) : -1;

            if (low < 0)
                return wrong(error, "the %s has a %% without two hexadecimal digits; %% itself is %%25", part);
            c = (unsigned char)(high * 16 + low);
            from += 2;
        }
        if (c == '\0')
            return wrong(error, "the %s holds a NUL byte (%%00)", part);
        if (n == room)
            return wrong(error, "the %s is longer than %zu bytes", part, room);
        to[n++] = (char)c;
    }
    *length = n;
    return true;
}

/* Reads the scheme and `://`; gives what follows, or NULL. */
static const char *take_scheme(const char *text, struct url *url, char error[URL_ERROR_ROOM])
{
    static const struct {
        const char *name;
        enum url_scheme scheme;
        uint16_t port;
    } schemes[] = {{"sluice", URL_SLUICE, URL_PORT_SLUICE},
                   {"http", URL_HTTP, URL_PORT_HTTP},
                   {"https", URL_HTTPS, URL_PORT_HTTPS}};
    const char *const mark = strstr(text, "://");
    const size_t size = mark ? (size_t)(mark - text) : 0;

    for (size_t i = 0; mark && i < sizeof schemes / sizeof *schemes; i++) {
        size_t n = 0;

        while (n < size && ascii_lower(text[n]) == schemes[i].name[n])
            n++;
        if (n == size && schemes[i].name[n] == '\0') {
            url->scheme = schemes[i].scheme;
            url->port = schemes[i].port;
            return mark + 3;
        }
    }
    if (mark && size <= 32)
        wrong(error, "%.*s:// is no known kind of address; sluice://HOST/NAME and http://HOST/PATH are", (int)size,
              text);
    else
        wrong(error, "an address begins with sluice:// or http://");
    return NULL;
}

static bool take_port(const char *text, size_t size, struct url *url, char error[URL_ERROR_ROOM])
{
    unsigned port = 0;

    for (size_t i = 0; i < size; i++) {
        if (!ascii_is_digit(text[i]) || (port = port * 10 + (unsigned)(text[i] - '0')) > 65535)
            return wrong(error, "the port is not a number from 1 to 65535");
    }
    if (size > 0 && port == 0)
        return wrong(error, "the port is not a number from 1 to 65535");
    if (size > 0) /* an empty port is the default one (RFC 3986 3.2.3) */
        url->port = (uint16_t)port;
    return true;
}

/* unix:SOCKET:/NAME; `text` is at SOCKET, which ends at the first ":/" behind its beginning. */
static bool take_socket(const char *text, struct url *url, char error[URL_ERROR_ROOM])
{
    const char *const end = *text ? strstr(text + 1, ":/") : NULL;
    size_t length;

    if (!end)
        return wrong(error, "a local socket is written unix:SOCKET:/NAME");
    if (!decode(text, (size_t)(end - text), url->host, URL_HOST_MAX, &length, "socket's path", error))
        return false;
    url->host[length] = '\0';
    url->local = true;
    url->port = 0;
    url->path = end + 1;
    return true;
}

/* [V6]; `size` bytes between the brackets. What is in them is left to the resolver, but a zone's %25 is decoded. */
static bool take_v6(const char *text, size_t size, struct url *url, char error[URL_ERROR_ROOM])
{
    const size_t digits = strspn(text, "0123456789abcdefABCDEF:.");
    size_t length;

    if (digits < 2 || (digits < size && text[digits] != '%') || !memchr(text, ':', digits))
        return wrong(error, "what is in brackets is no IPv6 address");
    if (!decode(text, size, url->host, URL_HOST_MAX, &length, "host", error))
        return false;
    url->host[length] = '\0';
    return true;
}

static bool take_authority(const char *text, struct url *url, char error[URL_ERROR_ROOM])
{
    const size_t size = strcspn(text, "/?#");
    const char *const end = text + size;
    const char *rest;

    url->path = end;
    if (memchr(text, '@', size))
        return wrong(error, "user names and passwords (…@HOST) are not known here");
    if (*text == '[') {
        const char *const close = memchr(text, ']', size);

        if (!close)
            return wrong(error, "a closing bracket is missing behind the IPv6 address");
        if (!take_v6(text + 1, (size_t)(close - text - 1), url, error))
            return false;
        rest = close + 1;
    } else {
        size_t n = 0;

        while (n < size && is_host_character(text[n]))
            n++;
        if (n > URL_HOST_MAX)
            return wrong(error, "the host is longer than %d bytes", URL_HOST_MAX);
        memcpy(url->host, text, n);
        url->host[n] = '\0';
        rest = text + n;
    }
    if (rest < end && *rest == ':' && memchr(rest + 1, ':', (size_t)(end - rest - 1)))
        return wrong(error, "an IPv6 address is written in brackets, [::1]");
    if (!*url->host)
        return wrong(error, "the host is missing");
    if (rest == end)
        return true;
    if (*rest != ':')
        return wrong(error, "the host holds a character that no host has");
    return take_port(rest + 1, (size_t)(end - rest - 1), url, error);
}

bool url_parse(const char *text, struct url *url, char error[URL_ERROR_ROOM])
{
    *url = (struct url){.scheme = URL_SLUICE};
    if (strlen(text) > URL_LENGTH_MAX)
        return wrong(error, "the address is longer than %d bytes", URL_LENGTH_MAX);

    const char *const rest = take_scheme(text, url, error);

    if (!rest)
        return false;
    if (strncmp(rest, "unix:", 5) == 0 && !ascii_is_digit(rest[5])) /* unix:80 is a host of that name */
        return take_socket(rest + 5, url, error);
    return take_authority(rest, url, error);
}

bool url_name(const struct url *url, char name[URL_NAME_MAX + 1], size_t *size, char error[URL_ERROR_ROOM])
{
    const char *const path = *url->path == '/' ? url->path + 1 : url->path;

    if (strpbrk(path, "?#"))
        return wrong(error, "the name holds a ? or #; written %%3F or %%23 it can be meant");
    if (!decode(path, strlen(path), name, URL_NAME_MAX, size, "name", error))
        return false;
    name[*size] = '\0';
    if (*size == 0)
        return wrong(error, "the name of the file is missing");
    if (memchr(name, '\n', *size) || memchr(name, '\r', *size))
        return wrong(error, "the name holds the end of a line, which this protocol cannot send");
    return true;
}

bool url_file_name(const struct url *url, char name[URL_NAME_MAX + 1], size_t *size, char error[URL_ERROR_ROOM])
{
    const char *const path = *url->path == '/' ? url->path + 1 : url->path;

    if (!decode(path, strcspn(path, "?#"), name, URL_NAME_MAX, size, "name", error))
        return false;
    name[*size] = '\0';
    for (size_t i = 0; i < *size; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 127)
            return wrong(error, "the name holds a control character");
    return true;
}

size_t url_target(const struct url *url, char out[URL_TARGET_ROOM])
{
    static const char digits[] = "0123456789ABCDEF";
    const char *p = url->path;
    size_t n = 0;

    if (*p != '/')
        out[n++] = '/';
    for (; *p && *p != '#'; p++) {
        const unsigned char c = (unsigned char)*p;
        const bool bare_percent = c == '%' && (ascii_hex(p[1]) < 0 || ascii_hex(p[2]) < 0);

        if (c > ' ' && c < 127 && !bare_percent) {
            out[n++] = *p;
            continue;
        }
        out[n++] = '%';
        out[n++] = digits[c >> 4];
        out[n++] = digits[c & 15];
    }
    out[n] = '\0';
    return n;
}

char *url_server(const struct url *url, char out[URL_SERVER_ROOM])
{
    if (url->local)
        snprintf(out, URL_SERVER_ROOM, "unix:%s", url->host);
    else if (strchr(url->host, ':'))
        snprintf(out, URL_SERVER_ROOM, "[%s]:%u", url->host, (unsigned)url->port);
    else
        snprintf(out, URL_SERVER_ROOM, "%s:%u", url->host, (unsigned)url->port);
    return out;
}
