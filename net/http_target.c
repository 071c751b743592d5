/* http_target.c: see http_target.h. */
#include "net/http_target.h"

unsigned http_target_name(const struct http_text *path, char *name, size_t *size, bool *folder)
{
    const char *p = path->data;
    const char *end = p + path->size;

    *size = 0;
    *folder = false;
    if (p == end || *p != '/' || path->size > HTTP_NAME_ROOM)
        return 400;
    if (end[-1] == '/') { /* which may be the first one */
        *folder = true;
        end--;
    }
    if (*folder && path->size == 2) /* a part of the name that is empty, as everywhere else */
        return 404;
    for (p += p < end; p < end; p++) {
        char c = *p;

        if (c == '%') {
            const int high = end - p > 2 ? ascii_hex(p[1]) : -1;
            const int low = high >= 0 ? ascii_hex(p[2]) : -1;

            if (low < 0 || high + low == 0)
                return 400;
            c = (char)(high << 4 | low);
            if (c == '/')
                return 404;
            p += 2;
        }
        name[(*size)++] = c;
    }
    return 0;
}
