/* source.c: see source.h. */
#include "app/client/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

int source_begin(struct source *s, const struct settings *settings)
{
    *s = (struct source){.settings = settings, .fd = -1};
    if (!settings->list)
        return 0;
    s->fd = strcmp(settings->list, "-") == 0 ? STDIN_FILENO : open(settings->list, O_RDONLY | O_CLOEXEC);
    return s->fd < 0 ? -1 : 0;
}

void source_end(struct source *s)
{
    if (s->fd > STDIN_FILENO)
        close(s->fd);
    s->fd = -1;
}

/* Reads more behind what is there, if that need not be waited for. SOURCE_URL: there is more, or the end. */
static enum source_result read_more(struct source *s)
{
    struct pollfd readable = {.fd = s->fd, .events = POLLIN};
    ssize_t n;

    memmove(s->text, s->text + s->begin, s->end - s->begin);
    s->end -= s->begin;
    s->begin = 0;
    if (poll(&readable, 1, 0) <= 0)
        return SOURCE_LATER;
    n = read(s->fd, s->text + s->end, sizeof s->text - 1 - s->end);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK ? SOURCE_LATER : SOURCE_FAILED;
    s->ended = n == 0;
    s->end += (size_t)n;
    return SOURCE_URL;
}

/* Takes the next line if it is there, or as much of it as there is room for: *cut. Its end becomes a NUL. */
static char *take_line(struct source *s, size_t *size, bool *cut)
{
    char *const line = s->text + s->begin;
    char *const newline = memchr(line, '\n', s->end - s->begin);
    const bool whole = newline || (s->ended && s->begin < s->end);

    *cut = !whole;
    if (!whole && s->end - s->begin < sizeof s->text - 1)
        return NULL;
    s->begin = newline ? (size_t)(newline - s->text) + 1 : s->end;
    *size = (size_t)((newline ? newline : s->text + s->end) - line);
    line[*size] = '\0';
    return line;
}

/* The URL in a line, or NULL. */
static const char *url_in(char *line, size_t size)
{
    if (memchr(line, '\0', size))
        return "a line with a NUL byte"; /* is none, and is said so; nor is what stands before that byte */
    while (size > 0 && strchr(" \t\r", line[size - 1]))
        line[--size] = '\0';
    line += strspn(line, " \t");
    return *line && *line != '#' ? line : NULL;
}

enum source_result source_next(struct source *s, const char **url)
{
    enum source_result result;

    if (s->given < s->settings->count) {
        *url = s->settings->urls[s->given++];
        return SOURCE_URL;
    }
    while (s->fd >= 0) {
        size_t size;
        bool cut;
        char *const line = take_line(s, &size, &cut);

        if (line) {
            *url = s->skips ? NULL : url_in(line, size);
            s->skips = cut;
            if (*url)
                return SOURCE_URL;
        } else if (s->ended) {
            source_end(s);
        } else if ((result = read_more(s)) != SOURCE_URL) {
            if (result == SOURCE_FAILED) {
                const int error = errno;

                source_end(s);
                errno = error;
            }
            return result;
        }
    }
    return SOURCE_END;
}
