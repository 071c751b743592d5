/* part.c: see part.h. */
#include "app/client/part.h"

#include "app/outfile.h"
#include "net/url.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE ".sluice-note"
#define MARK "sluice-part 1\n"

/* A mark, a URL of the longest kind, a validator, the ends of their lines, and a byte that tells it is too long. */
enum { NOTE_ROOM = sizeof MARK + URL_LENGTH_MAX + HTTP_VALIDATOR_ROOM + 8 };

/* Reads the note into text[NOTE_ROOM], with a NUL behind it. A link or a device under this name is none of ours. */
static bool load(const char *path, char *text)
{
    char name[PATH_MAX];
    struct stat st;
    size_t size = 0;
    ssize_t n = 1;
    int fd;

    if (!outfile_beside(name, sizeof name, path, NOTE))
        return false;
    fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid())
        while (size < NOTE_ROOM - 1 && (n = read(fd, text + size, NOTE_ROOM - 1 - size)) > 0)
            size += (size_t)n;
    close(fd);
    text[size] = '\0';
    return size > 0 && n == 0 && strlen(text) == size;
}

/* Takes a line that is this one. */
static const char *take(const char *text, const char *line)
{
    const size_t size = strlen(line);

    return text && strncmp(text, line, size) == 0 ? text + size : NULL;
}

/* It goes into a request as it is: an entity tag or a date; a tag may hold bytes above ASCII (RFC 9110 8.8.3). */
static bool is_validator(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 127)
            return false;
    return size > 0 && size < HTTP_VALIDATOR_ROOM;
}

bool part_read(const char *path, const char *url, char validator[HTTP_VALIDATOR_ROOM])
{
    char *const text = malloc(NOTE_ROOM);
    const char *p = text && load(path, text) ? take(take(take(text, MARK), url), "\n") : NULL;
    const char *const end = p ? strchr(p, '\n') : NULL;
    const bool right = end && end[1] == '\0' && is_validator(p, (size_t)(end - p));

    if (right) {
        memcpy(validator, p, (size_t)(end - p));
        validator[end - p] = '\0';
    }
    free(text);
    return right;
}

bool part_write(const char *path, const char *url, const char *validator)
{
    char name[PATH_MAX];
    struct outfile o;

    if (!outfile_beside(name, sizeof name, path, NOTE) || strchr(url, '\n') ||
        !is_validator(validator, strlen(validator))) {
        errno = EINVAL;
        return false;
    }
    if (outfile_open(&o, name, OUTFILE_SYNC, 0600) < 0)
        return false;
    if (outfile_write(&o, MARK, sizeof MARK - 1) < 0 || outfile_write(&o, url, strlen(url)) < 0 ||
        outfile_write(&o, "\n", 1) < 0 || outfile_write(&o, validator, strlen(validator)) < 0 ||
        outfile_write(&o, "\n", 1) < 0) {
        outfile_abandon(&o);
        return false;
    }
    return outfile_commit(&o) == 0;
}

void part_remove(const char *path)
{
    char name[PATH_MAX];

    if (outfile_beside(name, sizeof name, path, NOTE))
        unlink(name);
}
