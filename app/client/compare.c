/* compare.c: see compare.h. */
#include "app/client/compare.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of the file that are looked at in one go, on the stack. */
enum { PIECE = 16384 };

int compare_begin(struct compare *c, const char *path)
{
    struct stat st;

    *c = (struct compare){.fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (c->fd < 0)
        return -1;
    if (fstat(c->fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        compare_end(c);
        errno = EISDIR;
        return -1;
    }
    return 0;
}

void compare_end(struct compare *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

int compare_restart(struct compare *c)
{
    c->same = 0;
    c->differs = c->file_ended = c->stream_ended = false;
    return lseek(c->fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

/* Reads up to `size` bytes: as many as there are, or -1. */
static ssize_t read_piece(int fd, void *to, size_t size)
{
    ssize_t n;

    do
        n = read(fd, to, size);
    while (n < 0 && errno == EINTR);
    return n;
}

int compare_bytes(struct compare *c, const void *data, size_t size)
{
    const unsigned char *p = data;
    unsigned char piece[PIECE];

    while (size > 0 && !c->differs) {
        const ssize_t n = read_piece(c->fd, piece, size < PIECE ? size : PIECE);

        if (n < 0)
            return -1;
        c->differs = c->file_ended = n == 0;
        if (n > 0 && memcmp(p, piece, (size_t)n) != 0) {
            size_t i = 0;

            while (p[i] == piece[i])
                i++;
            c->same += i;
            c->differs = true;
            return 0;
        }
        c->same += (uint64_t)n;
        p += n;
        size -= (size_t)n;
    }
    return 0;
}

int compare_finish(struct compare *c)
{
    unsigned char more;
    const ssize_t n = c->differs ? 0 : read_piece(c->fd, &more, 1);

    if (n > 0)
        c->differs = c->stream_ended = true;
    return n < 0 ? -1 : 0;
}
