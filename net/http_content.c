/* http_content.c: see http_content.h. */
#include "net/http_content.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Room for the head of a part: two fields, a type of at most 80 bytes, three numbers of at most 20 digits. */
enum { PART_HEAD_ROOM = 300 };

/* ---- pieces: with several parts, head, part, head, part …, end; else the part alone ---- */

static unsigned piece_count(const struct http_content *c)
{
    return c->multipart ? 2 * c->part_count + 1 : c->part_count;
}

static bool is_head(const struct http_content *c, unsigned piece)
{
    return c->multipart && piece % 2 == 0;
}

static const struct http_range *part_of(const struct http_content *c, unsigned piece)
{
    return &c->parts[c->multipart ? piece / 2 : piece];
}

/* The head of the part, or the end, that is piece number `piece`. Returns its size. */
static size_t head_text(const struct http_content *c, unsigned piece, char *text)
{
    const unsigned part = piece / 2;
    int size;

    if (part == c->part_count)
        size = snprintf(text, PART_HEAD_ROOM, "\r\n--%s--\r\n", c->boundary);
    else
        size = snprintf(text, PART_HEAD_ROOM,
                        "%s--%s\r\nContent-Type: %s\r\nContent-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64
                        "\r\n\r\n",
                        part ? "\r\n" : "", c->boundary, c->type, c->parts[part].first, c->parts[part].end - 1,
                        (uint64_t)c->before.st_size);
    return size < PART_HEAD_ROOM ? (size_t)size : PART_HEAD_ROOM - 1;
}

static uint64_t piece_size(const struct http_content *c, unsigned piece)
{
    char text[PART_HEAD_ROOM];

    if (is_head(c, piece))
        return head_text(c, piece, text);
    return part_of(c, piece)->end - part_of(c, piece)->first;
}

uint64_t http_content_size(const struct http_content *c)
{
    uint64_t size = 0;

    for (unsigned i = 0; i < piece_count(c); i++)
        size += piece_size(c, i);
    return size;
}

/* On to the next piece when this one is over: at once, if it is the whole of an empty file. */
static void settle(struct http_content *c)
{
    while (c->piece < piece_count(c) && c->at == piece_size(c, c->piece)) {
        c->piece++;
        c->at = 0;
    }
}

void http_content_begin(struct http_content *c)
{
    c->piece = 0;
    c->at = c->taken = 0;
    c->checked = false;
    settle(c);
}

/* Bytes of the piece have been taken. */
static void advance(struct http_content *c, uint64_t size)
{
    c->at += size;
    if (!is_head(c, c->piece))
        c->taken += size;
    settle(c);
}

/* ---- a step ---- */

/*
 * Finds the next bytes, at most `most` of this piece: *data is where they are, in `room` if they must be fetched.
 * Returns their number; 0: *trouble tells.
 */
static size_t fetch(const struct http_content *c, void *room, size_t most, const char **data,
                    enum transfer_status *trouble)
{
    const uint64_t left = piece_size(c, c->piece) - c->at;
    const size_t wanted = left < most ? (size_t)left : most;
    ssize_t got;

    *data = room;
    if (is_head(c, c->piece)) {
        char text[PART_HEAD_ROOM];

        head_text(c, c->piece, text);
        memcpy(room, text + c->at, wanted);
        return wanted;
    }

    const uint64_t offset = part_of(c, c->piece)->first + c->at;

    if (c->fd < 0) {
        *data = c->page + offset;
        return wanted;
    }
    do
        got = pread(c->fd, room, wanted, (off_t)offset);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        *trouble = got < 0 ? TRANSFER_BROKEN : TRANSFER_CHANGED; /* it has shrunk */
    return got > 0 ? (size_t)got : 0;
}

/* Takes the next bytes, at most `most`, and puts out what comes of them. Returns how many it took. */
static size_t take_piece(struct http_content *c, void *scratch, size_t most, sluice_output *out,
                         enum transfer_status *status)
{
    const size_t room = out->size - out->pos;
    char *const place = c->deflater ? scratch : (char *)out->data + out->pos;
    const char *data;
    size_t got;

    if (!c->deflater && most > room)
        most = room;
    got = fetch(c, place, most, &data, status);
    if (got == 0)
        return 0;
    if (!c->deflater) {
        if (data != place)
            memcpy(place, data, got);
        out->pos += got;
        advance(c, got);
        return got;
    }

    sluice_input in = {data, got, 0};
    const sluice_status settled = level_settle(&c->level, c->deflater, out);

    if (settled == SLUICE_NEED_OUTPUT)
        return 0;
    if (settled < 0 || sluice_deflate(c->deflater, &in, out, SLUICE_FLUSH_NONE) < 0) {
        errno = 0;
        *status = TRANSFER_BROKEN;
        return 0;
    }
    advance(c, in.pos);
    return in.pos;
}

static enum transfer_status flush(struct http_content *c, sluice_output *out)
{
    sluice_input nothing = {NULL, 0, 0};
    sluice_status status;

    if (!c->deflater)
        return TRANSFER_DONE;
    status = sluice_deflate(c->deflater, &nothing, out, SLUICE_FLUSH_FINISH);
    if (status >= 0)
        return status == SLUICE_END ? TRANSFER_DONE : TRANSFER_GOING;
    errno = 0;
    return TRANSFER_BROKEN;
}

enum transfer_status http_content_step(struct http_content *c, const struct transfer_buffer *buffer,
                                       sluice_output *out)
{
    enum transfer_status status = TRANSFER_GOING;
    size_t slice = buffer->slice;

    if (c->deflater && c->level.moves && slice > level_slice(c->level.wanted))
        slice = level_slice(c->level.wanted);
    while (status == TRANSFER_GOING && c->piece < piece_count(c) && slice > 0 && out->pos < out->size) {
        const size_t most = slice < buffer->size ? slice : buffer->size;

        slice -= take_piece(c, buffer->data, most, out, &status);
    }
    if (status == TRANSFER_GOING && c->piece == piece_count(c) && !c->checked) {
        status = c->fd >= 0 && !c->fixed ? transfer_compare(c->fd, &c->before) : TRANSFER_GOING;
        c->checked = status == TRANSFER_GOING;
    }
    if (status == TRANSFER_GOING && c->checked)
        status = flush(c, out);
    return status;
}

/* ---- without a step ---- */

bool http_content_is_over(const struct http_content *c)
{
    return c->piece == piece_count(c);
}

uint64_t http_content_plain(const struct http_content *c, uint64_t *offset)
{
    if (c->deflater || c->fd < 0 || c->piece == piece_count(c) || is_head(c, c->piece))
        return 0;
    *offset = part_of(c, c->piece)->first + c->at;
    return piece_size(c, c->piece) - c->at;
}

uint64_t http_content_memory(const struct http_content *c, const char **data)
{
    if (c->deflater || c->fd >= 0 || c->piece == piece_count(c))
        return 0;
    *data = c->page + part_of(c, c->piece)->first + c->at;
    return piece_size(c, c->piece) - c->at;
}

void http_content_skip(struct http_content *c, uint64_t size)
{
    advance(c, size);
}
