/* http_answers.c: see http_answers.h. */
#include "tests/support/http_answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *find(const char *data, size_t size, const char *text)
{
    const size_t length = strlen(text);

    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(data + i, text, length) == 0)
            return data + i;
    return NULL;
}

const char *http_got_field(const struct http_got *got, const char *name)
{
    static char value[65536];
    const char *line = got->head, *const end = got->head + got->head_size;

    while ((line = find(line, (size_t)(end - line), "\r\n")) != NULL) {
        const size_t size = strlen(name);

        line += 2;
        if ((size_t)(end - line) > size + 2 && strncasecmp(line, name, size) == 0 &&
            memcmp(line + size, ": ", 2) == 0) {
            const char *const stop = find(line, (size_t)(end - line), "\r\n");

            snprintf(value, sizeof value, "%.*s", (int)(stop - line - (ptrdiff_t)size - 2), line + size + 2);
            return value;
        }
    }
    return NULL;
}

static void take(struct http_reading *from, size_t size, struct http_got *got)
{
    memcpy(got->content + got->content_size, from->data, size);
    got->content_size += size;
    from->data += size;
    from->size -= size;
}

/* Takes chunks up to the last one, or as far as they go. */
static void take_chunks(struct http_reading *from, struct http_got *got)
{
    for (;;) {
        const char *const end = find((const char *)from->data, from->size, "\r\n");
        char *stop;
        unsigned long size;

        if (!end)
            return;
        size = strtoul((const char *)from->data, &stop, 16);
        if (stop != end || stop == (const char *)from->data)
            return;
        from->size -= (size_t)(end + 2 - (const char *)from->data);
        from->data = (const unsigned char *)end + 2;
        if (size > from->size)
            size = from->size;
        else if (from->size - size < 2 || memcmp(from->data + size, "\r\n", 2) != 0)
            return;
        else if (size == 0)
            got->whole = true;
        take(from, size, got);
        if (from->size >= 2) {
            from->data += 2;
            from->size -= 2;
        }
        if (got->whole || from->size == 0)
            return;
    }
}

bool http_got_next(struct http_reading *from, bool head, struct http_got *got)
{
    const char *const data = (const char *)from->data;
    const char *const end = find(data, from->size, "\r\n\r\n");
    const char *length, *coding;

    *got = (struct http_got){0};
    if (from->size == 0)
        return false;
    got->content = malloc(from->size);
    if (!got->content || !end || from->size < 15 || memcmp(data, "HTTP/1.1 ", 9) != 0 || data[12] != ' ') {
        from->size = 0;
        return true;
    }
    got->status = (unsigned)atoi(data + 9);
    got->head = data;
    got->head_size = (size_t)(end + 4 - data);
    from->data += got->head_size;
    from->size -= got->head_size;
    length = http_got_field(got, "Content-Length");
    got->sized = length != NULL;
    const size_t size = length ? (size_t)strtoull(length, NULL, 10) : 0;

    coding = http_got_field(got, "Transfer-Encoding");
    got->chunked = coding && strlen(coding) >= 7 && strcmp(coding + strlen(coding) - 7, "chunked") == 0;
    if (head || got->status == 204 || got->status == 304 || got->status < 200) {
        got->whole = true;
    } else if (got->chunked) {
        take_chunks(from, got);
    } else if (got->sized) {
        got->whole = from->size >= size;
        take(from, got->whole ? size : from->size, got);
    } else {
        got->whole = true; /* as far as HTTP can tell */
        take(from, from->size, got);
    }
    return true;
}
