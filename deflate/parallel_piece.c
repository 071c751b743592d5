/*
 * parallel_piece.c: a piece: where it ends, and how it becomes blocks.
 *
 * A piece is compressed as a raw stream of its own with the bytes before it as its dictionary. All but the last end in
 * a block that is not the stream's last one, and on a byte border, so that pieces put one behind the other are a
 * stream.
 */
#include "deflate/format/bytes.h"
#include "deflate/format/frame_check.h"
#include "deflate/parallel.h"

#include <assert.h>

/* ---- Where it ends ---- */

enum {
    /* Of the last so many bytes it depends whether a piece ends: older ones are shifted out of `content`. */
    CONTENT_BYTES = 64
};

_Static_assert(SLUICE_PIECE_MIN / RSYNC_LEAST >= CONTENT_BYTES, "what a piece ends by is all its own");

/* Whether the data ends a piece here: once in `every` places by chance. */
static bool ends_here(uint64_t content, uint32_t every)
{
    /* Fibonacci hashing: the upper bits depend on all of the bytes. The product of two 32-bit numbers picks evenly. */
    const uint64_t hash = content * UINT64_C(0x9e3779b97f4a7c15) >> 32;

    return hash * every >> 32 == 0;
}

static void fill_by_content(struct sluice_parallel *p, struct piece *piece, sluice_input *in)
{
    const uint8_t *const data = in->data;
    uint8_t *const to = piece->input + WINDOW_MAX;
    const size_t least = p->options.piece / RSYNC_LEAST;
    size_t left = in->size - in->pos;

    /* What nothing depends on is copied at once. */
    if (piece->size < least - CONTENT_BYTES) {
        const size_t n = least - CONTENT_BYTES - piece->size < left ? least - CONTENT_BYTES - piece->size : left;

        memcpy(to + piece->size, data + in->pos, n);
        piece->size += n;
        in->pos += n;
        left -= n;
        p->content = 0;
    }
    for (; left > 0 && !piece->complete; left--) {
        const uint8_t byte = data[in->pos++];

        /* One more than the byte, so that zeros, which are frequent, end no piece. */
        p->content = (p->content << 1) + byte + 1;
        to[piece->size++] = byte;
        piece->complete = piece->size == p->options.piece ||
                          (piece->size >= least && ends_here(p->content, (uint32_t)least));
    }
}

void sluice_piece_fill(struct sluice_parallel *p, struct piece *piece, sluice_input *in)
{
    const size_t room = p->options.piece - piece->size, left = in->size - in->pos;
    const size_t n = left < room ? left : room;

    if (n == 0)
        return; /* in->data may be NULL */
    if (p->options.flags & SLUICE_RSYNCABLE) {
        fill_by_content(p, piece, in);
        return;
    }
    memcpy(piece->input + WINDOW_MAX + piece->size, (const uint8_t *)in->data + in->pos, n);
    piece->size += n;
    in->pos += n;
    piece->complete = piece->size == p->options.piece;
}

/* ---- How it becomes blocks ---- */

size_t sluice_piece_room(size_t size)
{
    return sluice_compress_bound(size, SLUICE_RAW) + BORDER_MAX;
}

/*
 * Ends on a byte with the fewest bits: an empty block with the fixed codes has ten bits, so that from an even place up
 * to three of them lead to a border; from an odd one only an empty stored block does, which has its own padding.
 */
static void put_border(struct sluice_deflater *s)
{
    if (s->bit_count % 2 == 0) {
        while (s->bit_count > 0)
            sluice_pend_bits(s, BLOCK_FIXED << 1, 3 + 7);
    } else {
        sluice_pend_bits(s, BLOCK_STORED << 1, 3);
        sluice_pend_align(s);
        sluice_pend_bits(s, 0xffff0000, 32);
    }
}

void sluice_piece_compress(const struct sluice_parallel *p, struct piece *piece, sluice_deflater *deflater)
{
    const uint8_t *const data = piece->input + WINDOW_MAX;
    const sluice_format format = p->options.deflate.format;
    const sluice_flush flush = piece->flush == SLUICE_FLUSH_NONE ? SLUICE_FLUSH_BLOCK : piece->flush;
    const sluice_status complete = flush == SLUICE_FLUSH_FINISH ? SLUICE_END : SLUICE_OK;
    sluice_output out = {piece->output, p->output_room, 0};
    sluice_input in = {data, 0, 0};
    sluice_status status;

    sluice_deflate_reset(deflater, NULL);
    if (piece->history > 0)
        sluice_deflate_set_dictionary(deflater, data - piece->history, piece->history);
    do {
        if (atomic_load_explicit(&p->crew.stop, memory_order_relaxed))
            return;
        in.size = piece->size - in.pos > PIECE_SLICE ? in.pos + PIECE_SLICE : piece->size;
        status = sluice_deflate(deflater, &in, &out, in.size == piece->size ? flush : SLUICE_FLUSH_NONE);
    } while (status == SLUICE_NEED_INPUT);
    if (status == complete && piece->flush == SLUICE_FLUSH_NONE) {
        put_border(deflater);
        if (!sluice_write_pending(deflater, &out))
            status = SLUICE_NEED_OUTPUT;
    }
    assert(status == complete);
    piece->failed = status != complete;
    piece->made = out.pos;
    piece->check = frame_check(format, frame_check_start(format), data, piece->size);
}
