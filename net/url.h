/*
 * url.h: reads the addresses of files (RFC 3986, of which only what names a file on a server is taken).
 *
 *     sluice://HOST[:PORT]/NAME          HOST is a name, an IPv4 address or an IPv6 address in brackets
 *     sluice://unix:SOCKET:/NAME         SOCKET is the path of a local socket; servers spell it unix:SOCKET
 *     http://HOST[:PORT]/PATH[?QUERY]    and with unix:SOCKET: too
 *
 * NAME, and SOCKET too, may hold any byte but NUL as %XX. PATH is sent as it is written.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    URL_LENGTH_MAX = 16384, /* bytes of a whole URL: a name of the longest kind with every byte as %XX, and its host */
    URL_HOST_MAX = 255,     /* bytes of a host name (RFC 1035 2.3.4) and more than a local socket's path can have */
    URL_NAME_MAX = 4096,    /* bytes of a name on the bare protocol, which has this limit */
    URL_ERROR_ROOM = 160    /* room for an error's text with its NUL */
};

enum url_scheme { URL_SLUICE, URL_HTTP, URL_HTTPS };

/* The port where none is written: that of the bare protocol, after the number of the RFC that defines its format. */
enum { URL_PORT_SLUICE = 1950, URL_PORT_HTTP = 80, URL_PORT_HTTPS = 443 };

struct url {
    enum url_scheme scheme;
    bool local;                  /* host is the path of a local socket; port is 0 */
    uint16_t port;               /* 1 to 65535 if not local */
    char host[URL_HOST_MAX + 1]; /* without brackets; not empty */
    const char *path;            /* from the slash behind the host on, still encoded; points into the text parsed */
};

/* Reads `text`, which must live as long as *url is used. False: `error` says what is wrong with it. */
bool url_parse(const char *text, struct url *url, char error[URL_ERROR_ROOM]);

/*
 * Decodes the path without its first slash into name[URL_NAME_MAX + 1], ended by a NUL that does not count in *size.
 * False, with `error`: it is empty or too long, holds NUL or the end of a line (which ends a name on the bare
 * protocol), a bad %XX, or a `?` or `#` that is not written %3F or %23.
 */
bool url_name(const struct url *url, char name[URL_NAME_MAX + 1], size_t *size, char error[URL_ERROR_ROOM]);

/*
 * The same for a file that HTTP names: what is behind a `?` or `#` is no part of its name. It may be empty, and end in
 * a slash; a control character is refused, since it has no place in the name of a file here.
 */
bool url_file_name(const struct url *url, char name[URL_NAME_MAX + 1], size_t *size, char error[URL_ERROR_ROOM]);

/* Room for url_target(): a path of the longest kind of which every byte becomes %XX, a slash before it, and the NUL. */
enum { URL_TARGET_ROOM = 3 * URL_LENGTH_MAX + 2 };

/*
 * Writes the target of an HTTP request for *url (RFC 9112 3.2.1): path and query without the fragment. What is no
 * character of a URL (a space, a byte above 126, a control character, a % that begins no %XX) becomes %XX, so that it
 * cannot be taken for a border. Returns the length without the NUL behind it.
 */
size_t url_target(const struct url *url, char out[URL_TARGET_ROOM]);

/*
 * Where a redirect leads: `reference`, `size` bytes, as it stands in Location, against the URL it came from
 * (RFC 3986 5.2). text[URL_LENGTH_MAX + 1] must live as long as *to is used. False, with `error`: it is no address, or
 * not one of HTTP, or that of a local socket, to which a stranger must not send us.
 */
bool url_resolve(const struct url *base, const char *reference, size_t size, char *text, struct url *to,
                 char error[URL_ERROR_ROOM]);

/* Room for url_server(): brackets, colon, port and NUL beside the host. */
enum { URL_SERVER_ROOM = URL_HOST_MAX + 16 };

/* Writes HOST:PORT, [V6]:PORT or unix:SOCKET. Returns out. */
char *url_server(const struct url *url, char out[URL_SERVER_ROOM]);

#endif
