/*
 * deflate.c: the encoder as its users see it: the object's life, a step, the whole-buffer call, what can be set.
 */
#include "deflate/format/frame_check.h"
#include "deflate/format/memory.h"
#include "deflate/match.h"
#include "deflate/plan.h"
#include "deflate/split.h"
#include "deflate/state.h"
#include "deflate/sweep.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

sluice_deflate_options sluice_deflate_defaults(void)
{
    return (sluice_deflate_options){SLUICE_ZLIB, SLUICE_LEVEL_DEFAULT, SLUICE_STRATEGY_DEFAULT, WINDOW_BITS_MAX};
}

/* ---- Life ---- */

static bool valid(const sluice_deflate_options *o)
{
    return (unsigned)o->format <= SLUICE_GZIP && o->level >= 0 && o->level <= SLUICE_LEVEL_STRONGEST &&
           (unsigned)o->strategy <= SLUICE_STRATEGY_FIXED && o->window_bits >= WINDOW_BITS_MIN &&
           o->window_bits <= WINDOW_BITS_MAX;
}

size_t sluice_deflate_size(const sluice_deflate_options *options)
{
    const sluice_deflate_options defaults = sluice_deflate_defaults();

    if (!options)
        options = &defaults;
    return valid(options) ? sluice_layout(sluice_level(options->level, options->strategy)).size : 0;
}

/*
 * The hash tables become empty, with what is linked to them, and the places go on from where nothing can be mistaken
 * for something.
 */
static void clear_tables(struct sluice_deflater *s)
{
    memset(head_of(s), 0, s->at.tokens - s->at.head);
    s->bias = s->swept = PLACE_FAR;
}

/* Takes up the level that the options name. */
static void set_level(struct sluice_deflater *s)
{
    s->level = sluice_level(s->options.level, s->options.strategy);
    s->at = sluice_layout(s->level);
    s->learned = false;
}

/* A new stream; the places in the hash tables go on. */
/* No position from here on is in a hash table. */
static size_t known_until(const struct sluice_deflater *s)
{
    return s->mapped > s->next ? s->mapped : s->next;
}

static void begin(struct sluice_deflater *s)
{
    s->bias += (uint32_t)known_until(s);
    s->header = NULL;
    s->state = STATE_HEADER;
    s->flush = s->last_flush = SLUICE_FLUSH_NONE;
    s->closing = s->begun = s->in_place = s->has_dictionary = s->ended = false;
    s->check = frame_check_start(s->options.format);
    s->header_part = 0;
    s->header_at = 0;
    s->taken = s->put = 0;
    s->filled = s->history = s->next = s->chunk = s->literal = s->mapped = 0;
    s->unknown3 = false;
    s->batch = BATCH;
    s->literal_cost = LITERAL_COST_TO_GUESS;
    s->skipped = s->held_length = s->last_distance = 0;
    s->block = s->run = s->run_size = 0;
    s->block_waits = s->begun_block = false;
    s->now = s->settled = s->counted = s->checked = (struct mark){0};
    memset(&s->seen, 0, sizeof s->seen);
    memset(&s->fresh, 0, sizeof s->fresh);
    s->fresh_symbols = 0;
    s->cache_begin = s->match_begin = s->match_end = s->covered = s->planned = 0;
    s->learned = false;
    s->bits = 0;
    s->bit_count = 0;
    s->pending_begin = s->pending_end = 0;
}

sluice_deflater *sluice_deflate_init(void *memory, size_t size, const sluice_deflate_options *options)
{
    const size_t needed = sluice_deflate_size(options);
    struct sluice_deflater *s = memory;

    if (!memory || needed == 0 || size < needed || (uintptr_t)memory % _Alignof(max_align_t))
        return NULL;
    memset(s, 0, sizeof *s);
    s->options = options ? *options : sluice_deflate_defaults();
    s->object_size = size;
    set_level(s);
    begin(s);
    clear_tables(s);
    return s;
}

sluice_deflater *sluice_deflate_new(const sluice_deflate_options *options, const sluice_allocator *allocator)
{
    const size_t size = sluice_deflate_size(options);

    if (!allocator)
        allocator = &sluice_by_malloc;
    if (size == 0)
        return NULL;

    void *memory = allocator->alloc(allocator->user, size);
    struct sluice_deflater *s = sluice_deflate_init(memory, size, options);

    if (s)
        s->allocator = *allocator;
    else if (memory)
        allocator->free(allocator->user, memory);
    return s;
}

void sluice_deflate_free(sluice_deflater *deflater)
{
    if (!deflater)
        return;

    const sluice_allocator allocator = deflater->allocator;

    allocator.free(allocator.user, deflater);
}

sluice_status sluice_deflate_reset(sluice_deflater *deflater, const sluice_deflate_options *options)
{
    struct sluice_deflater *s = deflater;

    if (options) {
        const size_t needed = sluice_deflate_size(options);

        if (needed == 0)
            return SLUICE_ERR_ARGUMENT;
        if (needed > s->object_size)
            return SLUICE_ERR_MEMORY;
        s->options = *options;
    }
    begin(s);
    if (sluice_level(s->options.level, s->options.strategy) != s->level) {
        set_level(s);
        clear_tables(s);
    }
    return SLUICE_OK;
}

sluice_status sluice_deflate_copy(sluice_deflater *to, const sluice_deflater *from)
{
    const size_t object_size = to->object_size;
    const sluice_allocator allocator = to->allocator;

    if (object_size < from->at.size)
        return SLUICE_ERR_MEMORY;
    if (to != from)
        memcpy(to, from, from->at.size);
    to->object_size = object_size;
    to->allocator = allocator;
    return SLUICE_OK;
}

/* ---- The region ---- */

/* Where the data begins that is still needed: as history, to be stored, or to be made tokens of. */
static size_t needed_from(const struct sluice_deflater *s)
{
    const size_t reach = window_reach(s);
    size_t from = s->next - s->history > reach ? s->next - reach : s->history;
    const size_t unchecked = s->block + s->checked.bytes;

    if (unchecked < from)
        from = unchecked;
    if (s->run_size > 0 && s->run < from)
        from = s->run;
    return from;
}

/* Moves what is needed to the front of the window. */
static void slide(struct sluice_deflater *s)
{
    const size_t shift = needed_from(s);
    uint8_t *const window = window_of(s);

    if (shift == 0)
        return;
    memmove(window, window + shift, s->filled - shift);
    s->filled -= shift;
    s->next -= shift;
    s->chunk -= shift;
    s->literal -= shift;
    s->mapped = s->mapped > shift ? s->mapped - shift : 0;
    s->bias += (uint32_t)shift;
    /* A block that began before is told by its tokens alone; so is a run that is empty. */
    s->block -= shift;
    s->run -= shift;
    s->history = s->history > shift ? s->history - shift : 0;
}

static void sweep_tables(struct sluice_deflater *s)
{
    const uint32_t place = s->bias + (uint32_t)known_until(s);

    if (place - s->swept < SWEEP_INTERVAL)
        return;
    sluice_sweep(head_of(s), (s->at.previous - s->at.head) / sizeof(uint16_t), place);
    s->swept = place;
}

/* Copies input into the window. */
static void take_input(struct sluice_deflater *s, sluice_input *in)
{
    size_t n = in->size - in->pos;

    if (n == 0 || s->in_place)
        return; /* in->data may be NULL */

    const uint8_t *const from = (const uint8_t *)in->data + in->pos;

    if (s->at.window_size - s->filled < n && s->at.window_size - s->filled < CHUNK)
        slide(s);
    if (n > s->at.window_size - s->filled)
        n = s->at.window_size - s->filled;
    memcpy(window_of(s) + s->filled, from, n);
    s->check = frame_check(s->options.format, s->check, from, n);
    s->filled += n;
    s->taken += n;
    in->pos += n;
    s->last_flush = SLUICE_FLUSH_NONE;
}

/* ---- A step ---- */

/*
 * Where a chunk begins behind data that is stored, it is looked at before it is parsed. True: it is stored too, or what
 * is there of it does not suffice to tell.
 */
static bool pass_over(struct sluice_deflater *s, bool *stored)
{
    *stored = false;
    if (s->run_size == 0 || !s->level->method->probe || s->next != s->chunk || s->now.bytes > 0 || s->held_length > 0)
        return false;
    if (s->filled - s->next < CHUNK + LOOKAHEAD)
        return !s->closing;
    sweep_tables(s);
    if (!sluice_looks_random(s))
        return false;
    s->next += CHUNK;
    if (s->mapped < s->next)
        s->mapped = s->next;
    *stored = true;
    sluice_block_store(s);
    return true;
}

/* Lets the parser go on. False: it needs more input, or the data has ended and all of it is written. */
static bool parse(struct sluice_deflater *s)
{
    const size_t end = s->filled, ahead = LOOKAHEAD + s->level->method->ahead;
    size_t stop = s->chunk + CHUNK;
    bool stored;

    if (s->planned > 0) {
        sluice_plan_next(s);
        return true;
    }
    if (pass_over(s, &stored))
        return stored;
    if (!s->closing && stop + ahead > end)
        stop = end > ahead ? end - ahead : 0;
    else if (stop > end)
        stop = end;
    if (s->next < stop) {
        sweep_tables(s);
        if (s->literal_cost == LITERAL_COST_TO_GUESS && s->level->lazy > 0)
            s->literal_cost = sluice_literal_cost_guess(s->data + s->next, end - s->next);
        s->level->method->parse(s, stop);
    }
    if (s->next - s->chunk >= CHUNK) {
        sluice_block_chunk(s);
        return true;
    }
    return s->closing && sluice_block_end(s);
}

/* Nothing that follows refers to what lies before, which may slide out of the window and is not indexed any more. */
static void forget_history(struct sluice_deflater *s)
{
    s->history = s->mapped = s->next;
    s->skipped = 0;
}

/* What a flush ends with (see sluice_flush). */
static void put_marker(struct sluice_deflater *s)
{
    switch (s->flush) {
    case SLUICE_FLUSH_PARTIAL:
        sluice_pend_bits(s, BLOCK_FIXED << 1, 3 + 7);
        break;
    case SLUICE_FLUSH_FULL:
    case SLUICE_FLUSH_SYNC:
        sluice_pend_bits(s, BLOCK_STORED << 1, 3);
        sluice_pend_align(s);
        sluice_pend_bits(s, 0xffff0000, 32);
        break;
    case SLUICE_FLUSH_FINISH:
        if (!s->ended)
            sluice_pend_bits(s, 1 | BLOCK_FIXED << 1, 3 + 7);
        break;
    case SLUICE_FLUSH_BLOCK:
    case SLUICE_FLUSH_NONE:
        break;
    }
    if (s->flush == SLUICE_FLUSH_FULL)
        forget_history(s);
}

/* Goes on until input or room is used up or the flush is complete. */
static sluice_status run(struct sluice_deflater *s, sluice_input *in, sluice_output *out, sluice_flush flush)
{
    for (;;) {
        if (s->state != STATE_BLOCK && s->state != STATE_RUN && !sluice_write_pending(s, out))
            return SLUICE_NEED_OUTPUT;
        switch (s->state) {
        case STATE_HEADER:
            if (sluice_frame_header(s))
                s->state = STATE_PARSE;
            break;
        case STATE_PARSE:
            take_input(s, in);
            if (flush != SLUICE_FLUSH_NONE && in->pos == in->size && !s->closing) {
                if (flush <= s->last_flush) {
                    if (flush == SLUICE_FLUSH_FULL)
                        forget_history(s); /* a dictionary can have been set since */
                    return SLUICE_OK;
                }
                s->closing = true;
                s->flush = flush;
            }
            if (parse(s))
                break;
            if (s->closing)
                s->state = STATE_MARKER;
            else if (in->pos == in->size)
                return SLUICE_NEED_INPUT;
            break;
        case STATE_RUN:
            if (!sluice_write_run(s, out))
                return SLUICE_NEED_OUTPUT;
            if (s->run_size > 0 && (s->run_last || s->block_waits))
                break; /* it was longer than a stored block can be */
            s->ended = s->run_last;
            s->state = s->block_waits ? STATE_BLOCK : STATE_PARSE;
            break;
        case STATE_BLOCK:
            if (!sluice_write_block(s, out))
                return SLUICE_NEED_OUTPUT;
            s->ended = s->last;
            s->block_waits = false;
            sluice_block_next(s);
            s->state = STATE_PARSE;
            break;
        case STATE_MARKER:
            put_marker(s);
            if (s->flush == SLUICE_FLUSH_FINISH)
                sluice_frame_trailer(s);
            s->state = STATE_TRAILER;
            break;
        case STATE_TRAILER:
            s->last_flush = s->flush;
            s->flush = SLUICE_FLUSH_NONE;
            s->closing = false;
            if (s->last_flush == SLUICE_FLUSH_FINISH) {
                s->state = STATE_END;
                return SLUICE_END;
            }
            s->state = STATE_PARSE;
            if (flush != SLUICE_FLUSH_NONE && flush <= s->last_flush && in->pos == in->size)
                return SLUICE_OK;
            break;
        case STATE_END:
            return SLUICE_END;
        }
    }
}

sluice_status sluice_deflate(sluice_deflater *deflater, sluice_input *in, sluice_output *out, sluice_flush flush)
{
    struct sluice_deflater *s = deflater;

    if ((unsigned)flush > SLUICE_FLUSH_FINISH || in->pos > in->size || (!in->data && in->size) ||
        out->pos > out->size || (!out->data && out->size))
        return SLUICE_ERR_ARGUMENT;
    if (s->in_place || ((s->state == STATE_END || s->flush == SLUICE_FLUSH_FINISH) && in->pos < in->size))
        return SLUICE_ERR_STATE;

    const size_t before = out->pos;

    s->begun = true;
    s->data = window_of(s);

    const sluice_status status = run(s, in, out, flush);

    s->put += out->pos - before;
    return status;
}

sluice_status sluice_compress(sluice_deflater *deflater, const void *data, size_t size, void *out, size_t room,
                              size_t *written)
{
    static const uint8_t nothing[1];
    struct sluice_deflater *s = deflater;

    *written = 0;
    if ((!data && size) || (!out && room))
        return SLUICE_ERR_ARGUMENT;
    if (!s) {
        s = sluice_deflate_new(NULL, NULL);
        if (!s)
            return SLUICE_ERR_MEMORY;

        const sluice_status status = sluice_compress(s, data, size, out, room, written);

        sluice_deflate_free(s);
        return status;
    }
    begin(s);

    sluice_input in = {NULL, 0, 0};
    sluice_output o = {out, room, 0};

    s->begun = s->in_place = true;
    s->data = data ? data : nothing;
    s->filled = size;
    s->taken = size;
    s->check = frame_check(s->options.format, s->check, s->data, size);

    const sluice_status status = run(s, &in, &o, SLUICE_FLUSH_FINISH);

    *written = o.pos;
    s->put = o.pos;
    return status == SLUICE_END ? SLUICE_OK : SLUICE_ERR_ROOM;
}

/* ---- What can be set and asked ---- */

/*
 * The bytes before `next`, a window at most, become history that matches can refer to. What was in the tables is
 * forgotten: it is set to be too far from `next`, and so even farther from the positions before it than these are from
 * the first. (A sweep would not do: so many places at once go beyond what it has to spare.)
 */
static void index_history(struct sluice_deflater *s)
{
    const size_t entries = (s->at.previous - s->at.head) / sizeof(uint16_t);
    const uint32_t place = s->bias + (uint32_t)known_until(s);
    uint16_t *const table = head_of(s);

    assert(s->next < PLACE_FAR);
    for (size_t i = 0; i < entries; i++)
        table[i] = (uint16_t)(place - PLACE_FAR);
    s->swept = place;
    s->data = window_of(s);
    if (s->level->method->index)
        s->level->method->index(s);
}

sluice_status sluice_deflate_set_dictionary(sluice_deflater *deflater, const void *dictionary, size_t size)
{
    struct sluice_deflater *s = deflater;
    const uint8_t *data = dictionary;
    const size_t reach = window_reach(s);
    const bool after_full = s->options.format == SLUICE_RAW && s->state == STATE_PARSE &&
                            s->last_flush == SLUICE_FLUSH_FULL && s->next == s->filled;

    if (!dictionary && size)
        return SLUICE_ERR_ARGUMENT;
    if (s->options.format == SLUICE_GZIP || s->in_place || (s->begun && !after_full))
        return SLUICE_ERR_STATE;
    if (s->options.format == SLUICE_ZLIB) {
        s->dictionary_id = sluice_adler32(1, data, size);
        s->has_dictionary = true;
    }
    if (size > reach) {
        data += size - reach;
        size = reach;
    }
    /* The window has nothing in it that is still needed. */
    s->bias += (uint32_t)known_until(s);
    if (size > 0)
        memcpy(window_of(s), data, size);
    s->history = 0;
    s->filled = s->next = s->chunk = s->literal = s->mapped = s->block = size;
    s->skipped = 0;
    index_history(s);
    return SLUICE_OK;
}

sluice_status sluice_deflate_set_header(sluice_deflater *deflater, const sluice_gzip_header *header)
{
    struct sluice_deflater *s = deflater;

    if (s->options.format != SLUICE_GZIP || s->begun)
        return SLUICE_ERR_STATE;
    if (header && ((header->name && memchr(header->name, 0, header->name_size)) ||
                   (header->comment && memchr(header->comment, 0, header->comment_size)) ||
                   (header->extra && header->extra_size > 0xffff)))
        return SLUICE_ERR_ARGUMENT;
    s->header = header;
    return SLUICE_OK;
}

sluice_status sluice_deflate_change(sluice_deflater *deflater, int level, sluice_strategy strategy)
{
    struct sluice_deflater *s = deflater;
    sluice_deflate_options options = s->options;

    options.level = level;
    options.strategy = strategy;
    if (!valid(&options))
        return SLUICE_ERR_ARGUMENT;
    if (s->in_place || s->state == STATE_END ||
        (s->begun && (s->state != STATE_PARSE || s->last_flush == SLUICE_FLUSH_NONE)))
        return SLUICE_ERR_STATE;
    if (sluice_deflate_size(&options) > s->object_size)
        return SLUICE_ERR_MEMORY;
    s->options = options;
    if (sluice_level(level, strategy) == s->level)
        return SLUICE_OK;

    /* The window stays where it is, what lies behind it is laid out anew. */
    slide(s);
    set_level(s);
    s->skipped = 0;
    clear_tables(s);
    index_history(s);
    return SLUICE_OK;
}

sluice_position sluice_deflate_where(const sluice_deflater *deflater)
{
    const struct sluice_deflater *s = deflater;

    return (sluice_position){s->taken, s->bit_count, s->put + (s->pending_end - s->pending_begin)};
}

size_t sluice_compress_bound(size_t size, sluice_format format)
{
    const size_t frame = format == SLUICE_GZIP ? 18 : format == SLUICE_ZLIB ? 6 : 0;
    /* Every block is at most its bytes and the header of a stored block; see run_limit() for its least size. */
    const size_t extra = 5 * (size / STORED_LEAST + 2) + frame;

    return size > SIZE_MAX - extra ? SIZE_MAX : size + extra;
}
