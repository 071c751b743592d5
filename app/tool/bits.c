/* bits.c: see bits.h. */
#include "app/tool/bits.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void bits_open(struct bits *b, int fd)
{
    b->fd = fd;
    b->error = 0;
    b->ended = false;
    b->before = 0;
    b->size = 0;
    b->next = 0;
}

/* Moves what is left to the front of the buffer and reads once. */
static void refill(struct bits *b)
{
    const size_t used = b->next / 8;
    ssize_t n;

    memmove(b->buffer, b->buffer + used, b->size - used);
    b->before += used;
    b->size -= used;
    b->next %= 8;
    do
        n = read(b->fd, b->buffer + b->size, sizeof b->buffer - b->size);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        b->error = errno;
    if (n <= 0)
        b->ended = true;
    else
        b->size += (size_t)n;
}

bool bits_have(struct bits *b, unsigned count)
{
    while (b->size * 8 - b->next < count && !b->ended)
        refill(b);
    return b->size * 8 - b->next >= count;
}

unsigned bits_take(struct bits *b)
{
    const unsigned bit = (unsigned)b->buffer[b->next / 8] >> b->next % 8 & 1;

    b->next++;
    return bit;
}

uint8_t bits_peek_byte(const struct bits *b, size_t ahead)
{
    return b->buffer[b->next / 8 + ahead];
}

uint64_t bits_position(const struct bits *b)
{
    return b->before * 8 + b->next;
}

uint64_t bits_end(const struct bits *b)
{
    return (b->before + b->size) * 8;
}
