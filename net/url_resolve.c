/* url_resolve.c: where a redirect leads, see url.h. After the algorithm of RFC 3986 5.2. */
#include "net/url.h"

#include <stdio.h>
#include <string.h>

static bool wrong(char error[URL_ERROR_ROOM], const char *what)
{
    snprintf(error, URL_ERROR_ROOM, "%s", what);
    return false;
}

/* The length of `scheme:` at the beginning of a reference, or 0. */
static size_t scheme_length(const char *text)
{
    size_t n = 0;

    while ((text[n] >= 'a' && text[n] <= 'z') || (text[n] >= 'A' && text[n] <= 'Z') ||
           (n > 0 && text[n] && strchr("0123456789+-.", text[n])))
        n++;
    return n > 0 && text[n] == ':' ? n + 1 : 0;
}

/* Takes the components . and .. out of the path, `size` bytes that begin with a slash (5.2.4). Returns the new size. */
static size_t remove_dots(char *path, size_t size)
{
    size_t to = 0;

    for (size_t from = 0; from < size;) {
        size_t n = 1;

        while (from + n < size && path[from + n] != '/')
            n++;

        const bool last = from + n == size;
        const bool dot = n == 2 && path[from + 1] == '.';
        const bool dots = n == 3 && path[from + 1] == '.' && path[from + 2] == '.';

        if (dots)
            while (to > 0 && path[--to] != '/')
                ;
        if (!dot && !dots) {
            memmove(path + to, path + from, n);
            to += n;
        } else if (last) {
            path[to++] = '/'; /* they name a folder; there is room, since a component has been left out */
        }
        from += n;
    }
    return to;
}

/* An address with a scheme, which `text` holds. */
static bool take_address(const char *text, struct url *to, char error[URL_ERROR_ROOM])
{
    if (!url_parse(text, to, error))
        return false;
    if (to->scheme == URL_HTTPS)
        return wrong(error, "https is not spoken here; let a proxy that ends TLS stand before the server");
    if (to->scheme != URL_HTTP)
        return wrong(error, "HTTP cannot lead to another protocol");
    return !to->local || wrong(error, "a redirect must not lead to a local socket");
}

bool url_resolve(const struct url *base, const char *reference, size_t size, char *text, struct url *to,
                 char error[URL_ERROR_ROOM])
{
    const char *const base_path = *base->path == '/' ? base->path : "/";
    const size_t base_size = strcspn(base_path, "?#");
    size_t n = 0, path_size;
    char tail[URL_LENGTH_MAX + 1]; /* query and fragment of the reference */

    if (size + base_size + sizeof "http:" > URL_LENGTH_MAX)
        return wrong(error, "the address is too long");
    if (memchr(reference, '\0', size))
        return wrong(error, "the address holds a NUL byte");
    memcpy(text, reference, size);
    text[size] = '\0';
    if (scheme_length(text))
        return take_address(text, to, error);
    if (text[0] == '/' && text[1] == '/') {
        memmove(text + 5, text, size + 1);
        memcpy(text, "http:", 5);
        return take_address(text, to, error);
    }
    *to = *base;
    to->path = text;
    path_size = strcspn(text, "?#");
    memcpy(tail, text + path_size, size - path_size + 1);
    if (path_size == 0) { /* the same file, with another query or with the same one */
        const char *const kept = *tail == '?' ? "" : base_path + base_size;
        const size_t kept_size = strcspn(kept, "#");

        if (base_size + kept_size + strlen(tail) > URL_LENGTH_MAX)
            return wrong(error, "the address is too long");
        memcpy(text, base_path, base_size);
        memcpy(text + base_size, kept, kept_size);
        strcpy(text + base_size + kept_size, tail);
        return true;
    }
    if (*text != '/') { /* relative to the folder of the base */
        for (n = base_size; base_path[n - 1] != '/'; n--)
            ;
        memmove(text + n, text, path_size);
        memcpy(text, base_path, n);
    }
    n = remove_dots(text, n + path_size);
    strcpy(text + n, tail);
    return true;
}
