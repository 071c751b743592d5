/* encode.c: see encode.h. */
#include "tests/support/encode.h"

#include "tests/support/check.h"
#include "tests/support/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IDLE_MAX = 3 }; /* steps in a row, with input or a flush to do and with room, that may move nothing */

struct guarded {
    uint8_t *ends, *begins;
};

static uint8_t *piece_of(struct guarded *memory, size_t size, bool at_start)
{
    if (!memory->ends) {
        memory->ends = check_guarded(ENCODE_PIECE, false);
        memory->begins = check_guarded(ENCODE_PIECE, true);
    }
    return at_start ? memory->begins : memory->ends + ENCODE_PIECE - size;
}

static size_t piece_size(const struct encoding *e, size_t size, size_t left)
{
    if (left > ENCODE_PIECE)
        left = ENCODE_PIECE;
    if (size == 0 || size > left)
        size = left;
    if (e->cut.random && size > 0)
        size = sample_below(e->cut.random, 16) ? 1 + sample_below(e->cut.random, size) : 0;
    return size;
}

static sluice_status broken(struct encoding *e, const char *promise)
{
    if (!e->broken)
        e->broken = promise;
    return SLUICE_ERR_STATE;
}

sluice_status encode_more(struct encoding *e, size_t size, sluice_flush flush)
{
    static struct guarded input_memory, output_memory;
    const size_t end = e->pos + size;
    size_t handed = e->pos;
    unsigned idle = 0;

    for (;;) {
        if (handed == e->pos)
            handed += piece_size(e, e->cut.input, end - handed);

        const size_t n = handed - e->pos, room = piece_size(e, e->cut.room, e->room - e->length);
        const sluice_flush f = handed == end ? flush : SLUICE_FLUSH_NONE;
        uint8_t *const piece = piece_of(&input_memory, n, e->cut.at_start);
        uint8_t *const space = piece_of(&output_memory, room, e->cut.at_start);

        if (n > 0)
            memcpy(piece, e->data + e->pos, n);

        sluice_input in = {n > 0 ? piece : NULL, n, 0};
        sluice_output out = {room > 0 ? space : NULL, room, 0};
        const sluice_status status = sluice_deflate(e->deflater, &in, &out, f);

        if (in.pos > n || out.pos > room || in.size != n || out.size != room)
            return broken(e, "a step moved pos beyond size, or changed size");
        if (n > 0)
            memset(piece, 0xee, n); /* what is taken is the encoder's own */
        if (out.pos > 0)
            memcpy(e->out + e->length, space, out.pos);
        e->pos += in.pos;
        e->length += out.pos;
        if (status < 0)
            return status;
        idle = in.pos == 0 && out.pos == 0 && room > 0 && status == SLUICE_NEED_OUTPUT ? idle + 1 : 0;
        if (idle > IDLE_MAX)
            return broken(e, "steps that move nothing");
        if (status == SLUICE_NEED_OUTPUT) {
            if (out.pos < room)
                return broken(e, "NEED_OUTPUT with room left");
            if (e->length == e->room)
                return broken(e, "more than the room");
            continue;
        }
        if (in.pos < n)
            return broken(e, "input left without NEED_OUTPUT");
        if (status != (f == SLUICE_FLUSH_NONE ? SLUICE_NEED_INPUT : f == SLUICE_FLUSH_FINISH ? SLUICE_END : SLUICE_OK))
            return broken(e, "a result that does not go with the flush");
        if (handed == end && f == flush)
            return status;
    }
}

sluice_deflate_options encode_options(sluice_format format, int level, sluice_strategy strategy, unsigned window_bits)
{
    return (sluice_deflate_options){format, level, strategy, window_bits};
}

/* Memory that is never twice the same: what an encoder does must not depend on it. */
static void *dirty_alloc(void *user, size_t size)
{
    static int byte = 0x5a;
    void *const memory = malloc(size);

    (void)user;
    if (memory)
        memset(memory, byte += 0x35, size);
    return memory;
}

static void dirty_free(void *user, void *memory)
{
    (void)user;
    free(memory);
}

sluice_deflater *encode_new(const sluice_deflate_options *options)
{
    static const sluice_allocator dirty = {dirty_alloc, dirty_free, NULL};
    sluice_deflater *const deflater = sluice_deflate_new(options, &dirty);

    if (!deflater) {
        fprintf(stderr, "encode_new: no encoder\n");
        exit(1);
    }
    return deflater;
}

bool encode_decodes(const uint8_t *stream, size_t size, sluice_format format, unsigned window_bits,
                    const uint8_t *data, size_t data_size)
{
    static sluice_inflater *inflater;
    static uint8_t *out;
    static size_t out_size;
    sluice_inflate_options options = sluice_inflate_defaults();
    size_t written;

    options.format = format;
    options.window_bits = window_bits;
    if (!inflater)
        inflater = sluice_inflate_new(NULL, NULL);
    if (out_size < data_size + 1) {
        free(out);
        out_size = data_size + 1;
        out = malloc(out_size);
    }
    if (!inflater || !out || sluice_inflate_reset(inflater, &options) != SLUICE_OK)
        return false;
    return sluice_decompress(inflater, stream, size, out, data_size + 1, &written) == SLUICE_OK &&
           sluice_inflate_where(inflater).input == size && written == data_size &&
           (data_size == 0 || memcmp(out, data, data_size) == 0);
}
