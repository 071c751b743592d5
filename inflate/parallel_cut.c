/*
 * parallel_cut.c: where pieces of the input begin: behind the mark of a flush, and with the header of a gzip member.
 *
 * A flush ends with an empty stored block: LEN 0000 and NLEN FFFF on byte borders (RFC 1951 3.2.4). Compressed data has
 * the same four bytes by chance once in 4 GiB, a member's first four bytes once in 128 MiB.
 */
#include "deflate/format/frames.h"
#include "inflate/parallel.h"

#include <string.h>

enum {
    MARK_SIZE = 4,
    LOOK_BEHIND = 4, /* bytes from a beginning on that must be there to judge it */

    /* Input is taken in such slices once a beginning may come: what is behind it in the slice is copied once more. */
    SLICE = 16 * 1024
};

static bool is_mark(const uint8_t *p)
{
    return p[0] == 0 && p[1] == 0 && p[2] == 0xff && p[3] == 0xff;
}

static bool is_member(const uint8_t *p)
{
    return p[0] == GZIP_ID1 && p[1] == GZIP_ID2 && p[2] == FRAME_METHOD_DEFLATE && (p[3] & GZIP_FLAGS_RESERVED) == 0;
}

/* The first place of data[from..to) behind a mark, which may begin before `from`; `to` if there is none. */
static size_t find_mark(const uint8_t *data, size_t from, size_t to)
{
    if (from < MARK_SIZE)
        from = MARK_SIZE;
    while (from < to) {
        const uint8_t *const ff = memchr(data + from - 1, 0xff, to - from);

        if (!ff)
            break;
        from = (size_t)(ff - data) + 1;
        if (is_mark(data + from - MARK_SIZE))
            return from;
        from++;
    }
    return to;
}

static size_t find_member(const uint8_t *data, size_t from, size_t to)
{
    while (from < to) {
        const uint8_t *const id = memchr(data + from, GZIP_ID1, to - from);

        if (!id)
            break;
        from = (size_t)(id - data);
        if (is_member(id))
            return from;
        from++;
    }
    return to;
}

/* Looks through what has come; true if a beginning is there. */
static bool look(struct piece *piece, size_t least, bool members)
{
    const size_t from = piece->looked > least ? piece->looked : least;

    if (piece->size < from + LOOK_BEHIND)
        return false;

    const size_t to = piece->size - LOOK_BEHIND + 1;
    const size_t mark = find_mark(piece->input, from, to);
    const size_t member = members ? find_member(piece->input, from, mark) : mark;

    piece->looked = to;
    if (member == to)
        return false;
    piece->cut = member;
    piece->next_start = member < mark ? START_MEMBER : START_BLOCK;
    return true;
}

bool sluice_cut_fill(struct piece *piece, size_t least, size_t room, bool members, sluice_input *in)
{
    for (;;) {
        if (look(piece, least, members))
            return true;
        if (piece->size == room) {
            piece->cut = room;
            piece->next_start = START_NONE;
            return true;
        }

        const size_t left = in->size - in->pos;
        size_t n = piece->size < least ? least - piece->size + SLICE : SLICE;

        n = n < room - piece->size ? n : room - piece->size;
        n = n < left ? n : left;
        if (n == 0)
            return false;
        memcpy(piece->input + piece->size, (const uint8_t *)in->data + in->pos, n);
        piece->size += n;
        in->pos += n;
    }
}
