/*
 * inflate.c: the decoder as its users see it: the object's life, the three forms of a step, what can be set and asked.
 *
 * A streaming decoder decodes into its own window, one contiguous region: up to 2^window_bits bytes of history and, to
 * the right of them, WINDOW_FRESH bytes of fresh output. When the region is full the history is moved to its front.
 * sluice_inflate_next() lends the fresh bytes, sluice_inflate() copies them out. sluice_decompress() decodes straight
 * into the caller's buffer, which is its own history.
 */
#include "deflate/format/memory.h"
#include "inflate/state.h"

#include <stddef.h>
#include <string.h>

_Static_assert(sizeof(struct sluice_inflater) + WINDOW_MAX + WINDOW_FRESH <= 65536, "the promised size");
_Static_assert(sizeof(struct sluice_inflater) <= 24 * 1024, "the promised size without a window");

sluice_inflate_options sluice_inflate_defaults(void)
{
    return (sluice_inflate_options){.format = SLUICE_AUTO, .window_bits = WINDOW_BITS_MAX};
}

/* ---- Life ---- */

static bool valid(const sluice_inflate_options *o)
{
    return (unsigned)o->format <= SLUICE_AUTO_RAW && o->window_bits >= WINDOW_BITS_MIN &&
           o->window_bits <= WINDOW_BITS_MAX &&
           (o->flags & ~(unsigned)(SLUICE_STOP_AT_BLOCK | SLUICE_ONE_MEMBER | SLUICE_NO_WINDOW)) == 0;
}

static size_t window_size(const sluice_inflate_options *o)
{
    return o->flags & SLUICE_NO_WINDOW ? 0 : ((size_t)1 << o->window_bits) + WINDOW_FRESH;
}

size_t sluice_inflate_size(const sluice_inflate_options *options)
{
    const sluice_inflate_options defaults = sluice_inflate_defaults();

    if (!options)
        options = &defaults;
    return valid(options) ? sizeof(struct sluice_inflater) + window_size(options) : 0;
}

/* Everything before the tables is set; the tables and the window need no clearing. */
static void begin(struct sluice_inflater *s)
{
    static const uint8_t first_state[] = {[SLUICE_RAW] = STATE_BLOCK,
                                          [SLUICE_ZLIB] = STATE_ZLIB_METHOD,
                                          [SLUICE_GZIP] = STATE_GZIP_ID1,
                                          [SLUICE_AUTO] = STATE_DETECT,
                                          [SLUICE_AUTO_RAW] = STATE_DETECT};

    s->bits = 0;
    s->count = 0;
    s->state = first_state[s->options.format];
    s->final = s->block_reported = s->skip_bits = 0;
    s->window_bits = s->options.window_bits;
    s->format = s->options.format;
    s->status = s->held = SLUICE_OK;
    s->dictionary_id = 0;
    s->taken = s->put = s->member_put = s->error_bit = s->end = 0;
    s->history = s->given = s->filled = 0;
    s->header = NULL;
    s->strikes = 0;
    s->token_bits = TOKEN_BITS_GUESS * 16; /* not those of the last stream, which may have been quite another */
    s->token_bytes = TOKEN_BYTES_GUESS * 16;
}

sluice_inflater *sluice_inflate_init(void *memory, size_t size, const sluice_inflate_options *options)
{
    const size_t needed = sluice_inflate_size(options);
    struct sluice_inflater *s = memory;

    if (!memory || needed == 0 || size < needed || (uintptr_t)memory % _Alignof(max_align_t))
        return NULL;
    memset(s, 0, offsetof(struct sluice_inflater, litlen));
    s->options = options ? *options : sluice_inflate_defaults();
    s->window_size = window_size(&s->options);
    s->object_size = size;
    s->fast = sluice_inflate_fast();
    s->lanes = sluice_inflate_lanes();
    begin(s);
    return s;
}

sluice_inflater *sluice_inflate_new(const sluice_inflate_options *options, const sluice_allocator *allocator)
{
    const size_t size = sluice_inflate_size(options);

    if (!allocator)
        allocator = &sluice_by_malloc;
    if (size == 0)
        return NULL;

    void *memory = allocator->alloc(allocator->user, size);
    struct sluice_inflater *s = sluice_inflate_init(memory, size, options);

    if (s)
        s->allocator = *allocator;
    else if (memory)
        allocator->free(allocator->user, memory);
    return s;
}

void sluice_inflate_free(sluice_inflater *inflater)
{
    if (!inflater)
        return;

    const sluice_allocator allocator = inflater->allocator;

    allocator.free(allocator.user, inflater);
}

sluice_status sluice_inflate_reset(sluice_inflater *inflater, const sluice_inflate_options *options)
{
    if (options) {
        const size_t needed = sluice_inflate_size(options);

        if (needed == 0)
            return SLUICE_ERR_ARGUMENT;
        if (needed > inflater->object_size)
            return SLUICE_ERR_MEMORY;
        inflater->options = *options;
        inflater->window_size = window_size(options);
    }
    begin(inflater);
    return SLUICE_OK;
}

sluice_status sluice_inflate_copy(sluice_inflater *to, const sluice_inflater *from)
{
    const size_t used = sizeof *from + from->window_size;
    const size_t object_size = to->object_size;
    const sluice_allocator allocator = to->allocator;

    if (object_size < used)
        return SLUICE_ERR_MEMORY;
    if (to != from)
        memcpy(to, from, sizeof *from + (from->window_size ? from->filled : 0));
    to->object_size = object_size;
    to->allocator = allocator;
    return SLUICE_OK;
}

/* ---- Steps ---- */

/* Moves the history to the front of the window when there is little room behind it. All output has been fetched. */
static void make_room(struct sluice_inflater *s)
{
    if (s->window_size - s->filled >= WINDOW_ROOM_MIN)
        return;

    const size_t keep = s->window_size - WINDOW_FRESH;
    const size_t shift = s->filled - keep;

    memmove(s->window, s->window + shift, keep);
    s->history = s->history > shift ? s->history - shift : 0;
    s->filled = s->given = keep;
}

/* Sets the end of the room to where max_output is reached, if that comes first. */
static void cap(const struct sluice_inflater *s, struct step *t)
{
    const uint64_t limit = s->options.max_output;

    t->capped = limit != 0 && limit - s->put <= (uint64_t)(t->out_end - t->out);
    if (t->capped)
        t->out_end = t->out + (limit - s->put);
}

/* Decodes what fits into the window behind the output that has been fetched. */
static sluice_status run_window(struct sluice_inflater *s, sluice_input *in)
{
    struct step t = {0};
    static const uint8_t nothing[1];
    const uint8_t *data = in->data ? in->data : nothing;

    make_room(s);
    t.in = data + in->pos;
    t.in_end = data + in->size;
    t.out = s->window + s->filled;
    t.out_end = s->window + s->window_size;
    t.history = s->window + s->history;
    cap(s, &t);
    t.soft = !t.capped;

    const sluice_status status = sluice_inflate_run(s, &t);

    in->pos = (size_t)(t.in - data);
    s->filled = (size_t)(t.out - s->window);
    s->history = (size_t)(t.history - s->window);
    return status;
}

static bool bad_buffers(const sluice_inflater *s, const sluice_input *in)
{
    return in->pos > in->size || (!in->data && in->size) || s->window_size == 0;
}

sluice_status sluice_inflate(sluice_inflater *inflater, sluice_input *in, sluice_output *out)
{
    struct sluice_inflater *s = inflater;
    bool ran = false;

    if (bad_buffers(s, in))
        return s->window_size ? SLUICE_ERR_ARGUMENT : SLUICE_ERR_STATE;
    if (out->pos > out->size || (!out->data && out->size))
        return SLUICE_ERR_ARGUMENT;
    for (;;) {
        size_t n = s->filled - s->given;

        if (n > 0) {
            n = n < out->size - out->pos ? n : out->size - out->pos;
            if (n > 0)
                memcpy((uint8_t *)out->data + out->pos, s->window + s->given, n);
            out->pos += n;
            s->given += n;
            if (s->given < s->filled)
                return SLUICE_NEED_OUTPUT;
        }
        if (s->held != SLUICE_OK) {
            const sluice_status held = s->held;

            s->held = SLUICE_OK;
            /* If it is from an earlier call, input that has come since may lead on, behind a gzip member too. */
            if (ran || in->pos == in->size || (held != SLUICE_NEED_INPUT && held != SLUICE_END))
                return held;
        }
        const sluice_status status = run_window(s, in);

        ran = true;
        /* What the run ended with is said after its output has gone out. */
        if (status != SLUICE_NEED_OUTPUT)
            s->held = status;
    }
}

sluice_status sluice_inflate_next(sluice_inflater *inflater, sluice_input *in, const void **span, size_t *length)
{
    struct sluice_inflater *s = inflater;

    *span = NULL;
    *length = 0;
    if (bad_buffers(s, in))
        return s->window_size ? SLUICE_ERR_ARGUMENT : SLUICE_ERR_STATE;
    if (s->given < s->filled || s->held != SLUICE_OK)
        return SLUICE_ERR_STATE;

    const sluice_status status = run_window(s, in);

    *span = s->window + s->given;
    *length = s->filled - s->given;
    s->given = s->filled;
    return status;
}

sluice_status sluice_inflate_finish(sluice_inflater *inflater)
{
    struct sluice_inflater *s = inflater;

    if (s->given < s->filled)
        return SLUICE_NEED_OUTPUT;
    if (s->status < 0)
        return s->status;
    if (s->state == STATE_DONE || s->state == STATE_MEMBER || s->state == STATE_MEMBER_ID2)
        return SLUICE_END;
    return fail(s, SLUICE_ERR_TRUNCATED, s->taken * 8);
}

sluice_status sluice_decompress(sluice_inflater *inflater, const void *data, size_t size, void *out, size_t room,
                                size_t *written)
{
    static const uint8_t nothing[1];
    uint8_t nowhere[1];
    struct sluice_inflater *s = inflater;
    struct step t = {0};
    sluice_status status;

    *written = 0;
    if ((!data && size) || (!out && room))
        return SLUICE_ERR_ARGUMENT;
    if (!s) {
        sluice_inflate_options options = sluice_inflate_defaults();

        options.flags = SLUICE_NO_WINDOW;
        s = sluice_inflate_new(&options, NULL);
        if (!s)
            return SLUICE_ERR_MEMORY;
        status = sluice_decompress(s, data, size, out, room, written);
        sluice_inflate_free(s);
        return status;
    }
    begin(s);
    t.in = data ? data : nothing;
    t.in_end = t.in + size;
    t.out = t.history = out ? out : nowhere;
    t.out_end = t.out + room;
    cap(s, &t);
    do
        status = sluice_inflate_run(s, &t);
    while (status == SLUICE_BLOCK);
    *written = (size_t)s->put;
    switch (status) {
    case SLUICE_END:
        return SLUICE_OK;
    case SLUICE_NEED_INPUT:
        return fail(s, SLUICE_ERR_TRUNCATED, s->taken * 8);
    case SLUICE_NEED_OUTPUT:
        return s->status = SLUICE_ERR_ROOM;
    default:
        return status;
    }
}

/* ---- What can be set and asked ---- */

sluice_status sluice_inflate_set_dictionary(sluice_inflater *inflater, const void *dictionary, size_t size)
{
    struct sluice_inflater *s = inflater;
    const size_t window = (size_t)1 << s->window_bits;
    const uint8_t *data = dictionary;
    const bool before_raw = s->options.format == SLUICE_RAW && s->taken == 0 && s->put == 0 &&
                            (s->state == STATE_BLOCK || s->state == STATE_SKIP_BITS);

    if (!dictionary && size)
        return SLUICE_ERR_ARGUMENT;
    if (s->status < 0)
        return s->status;
    if (s->window_size == 0 || (!before_raw && s->state != STATE_ZLIB_DICT))
        return SLUICE_ERR_STATE;
    if (s->state == STATE_ZLIB_DICT) {
        if (sluice_adler32(1, data, size) != s->dictionary_id)
            return SLUICE_ERR_DICTIONARY;
        s->state = STATE_BLOCK;
        s->held = SLUICE_OK;
    }
    if (size > window) {
        data += size - window;
        size = window;
    }
    if (size > 0)
        memcpy(s->window, data, size);
    s->history = 0;
    s->given = s->filled = size;
    return SLUICE_OK;
}

uint32_t sluice_inflate_dictionary_id(const sluice_inflater *inflater)
{
    return inflater->state == STATE_ZLIB_DICT_ID ? 0 : inflater->dictionary_id;
}

sluice_status sluice_inflate_get_header(sluice_inflater *inflater, sluice_gzip_header *header)
{
    if (inflater->taken > 0)
        return SLUICE_ERR_STATE;
    inflater->header = header;
    if (header)
        header->complete = 0;
    return SLUICE_OK;
}

sluice_status sluice_inflate_start_at_bit(sluice_inflater *inflater, unsigned bits)
{
    if (bits > 7)
        return SLUICE_ERR_ARGUMENT;
    if (inflater->options.format != SLUICE_RAW || inflater->taken > 0 || inflater->block_reported)
        return SLUICE_ERR_STATE;
    inflater->skip_bits = (uint8_t)bits;
    inflater->state = STATE_SKIP_BITS;
    return SLUICE_OK;
}

sluice_position sluice_inflate_where(const sluice_inflater *inflater)
{
    const struct sluice_inflater *s = inflater;
    sluice_position p = {.input = s->taken, .output = s->put};

    /* What the last run ended with counts once it has been said, which is when its output has gone out. */
    if (s->given < s->filled)
        return p;
    if (s->status < 0 && s->status != SLUICE_ERR_ROOM) {
        p.input = s->error_bit / 8;
        p.bit = (unsigned)(s->error_bit % 8);
    } else if (s->end != 0 && (s->state == STATE_DONE || s->state == STATE_MEMBER || s->state == STATE_MEMBER_ID2)) {
        p.input = s->end;
    } else if (s->state == STATE_BLOCK && s->block_reported) {
        p.input = (s->taken * 8 - s->count) / 8;
        p.bit = (unsigned)((s->taken * 8 - s->count) % 8);
    }
    return p;
}

sluice_format sluice_inflate_format(const sluice_inflater *inflater)
{
    return inflater->format;
}
