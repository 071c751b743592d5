/*
 * parallel.c: the encoder that works on several pieces at a time, as its users see it: its life, a step, the
 * whole-buffer call. What it is made of is in parallel.h.
 */
#include "deflate/parallel.h"

#include "deflate/format/frame_check.h"
#include "deflate/format/memory.h"

#include <string.h>

enum {
    PIECE_DEFAULT = 512 * 1024, /* priming and indexing 32 KiB again is little beside it, and so are its own codes */

    /* While a thread works on a piece, another one is filled or waits to be put out. A piece is primed from the place
     * before its own: two at least. */
    PLACES_PER_THREAD = 2
};

sluice_parallel_options sluice_parallel_defaults(void)
{
    return (sluice_parallel_options){sluice_deflate_defaults(), 0, PIECE_DEFAULT, 0};
}

/* ---- Life ---- */

/* Checks the options and settles the number of threads. */
static bool settle(sluice_parallel_options *to, const sluice_parallel_options *options)
{
    *to = options ? *options : sluice_parallel_defaults();
    to->threads = sluice_crew_threads(to->threads, SLUICE_THREADS_MAX);
    return sluice_deflate_size(&to->deflate) > 0 && to->threads <= SLUICE_THREADS_MAX &&
           to->piece >= SLUICE_PIECE_MIN && to->piece <= SLUICE_PIECE_MAX &&
           (to->flags & ~(unsigned)(SLUICE_INDEPENDENT | SLUICE_RSYNCABLE)) == 0;
}

/* Where the parts lie; their sum. SIZE_MAX if that is more than an object can have. */
static size_t lay_out(struct sluice_parallel *p, const sluice_parallel_options *o)
{
    const unsigned places = o->threads * PLACES_PER_THREAD;
    const size_t deflater_size = memory_aligned(sluice_deflate_size(&o->deflate));
    const size_t output_room = memory_aligned(sluice_piece_room(o->piece));
    const size_t input_room = memory_aligned(WINDOW_MAX + o->piece);
    const size_t crew = memory_aligned(sizeof *p);
    const size_t pieces = crew + memory_aligned(sluice_crew_size(o->threads, places));
    const size_t deflaters = pieces + memory_aligned(places * sizeof *p->pieces);
    const size_t inputs = deflaters + o->threads * deflater_size;

    if (input_room + output_room > (SIZE_MAX / 2 - inputs) / places)
        return SIZE_MAX;
    if (p) {
        uint8_t *const base = (uint8_t *)p;

        sluice_crew_begin(&p->crew, o->threads, places, base + crew);
        p->pieces = (struct piece *)(void *)(base + pieces);
        p->deflaters = base + deflaters;
        p->deflater_size = deflater_size;
        p->output_room = output_room;
        p->places = places;
        for (unsigned i = 0; i < places; i++) {
            p->pieces[i].input = base + inputs + i * (input_room + output_room);
            p->pieces[i].output = p->pieces[i].input + input_room;
        }
    }
    return inputs + places * (input_room + output_room);
}

size_t sluice_parallel_size(const sluice_parallel_options *options)
{
    sluice_parallel_options settled;

    if (!settle(&settled, options))
        return 0;

    const size_t size = lay_out(NULL, &settled);

    return size < SIZE_MAX ? size : 0;
}

/* A new stream; no threads run. */
static void begin(struct sluice_parallel *p)
{
    lay_out(p, &p->options);
    memset(&p->frame, 0, sizeof p->frame);
    p->frame.options = p->options.deflate;
    p->frame.state = STATE_HEADER;
    p->frame.check = frame_check_start(p->options.deflate.format);
    p->flush = p->last_flush = SLUICE_FLUSH_NONE;
    p->error = SLUICE_OK;
    p->open = p->apart = false;
    p->head = 0;
    p->pieces[0].history = 0;
}

/* ---- What a thread does, each with a deflater of its own ---- */

static sluice_deflater *deflater_of(struct sluice_parallel *p, unsigned member)
{
    return (sluice_deflater *)(void *)(p->deflaters + member * p->deflater_size);
}

static void begin_member(void *user, unsigned member)
{
    struct sluice_parallel *const p = user;
    sluice_deflate_options raw = p->options.deflate;

    raw.format = SLUICE_RAW;
    sluice_deflate_init(deflater_of(p, member), p->deflater_size, &raw);
}

static void compress_piece(void *user, unsigned member, uint64_t number)
{
    struct sluice_parallel *const p = user;

    sluice_piece_compress(p, piece_of(p, number), deflater_of(p, member));
}

static const struct crew_work compressing = {begin_member, compress_piece};

/* ---- Making and freeing ---- */

sluice_parallel *sluice_parallel_new(const sluice_parallel_options *options, const sluice_allocator *allocator)
{
    const size_t size = sluice_parallel_size(options);
    struct sluice_parallel *p;

    if (!allocator)
        allocator = &sluice_by_malloc;
    if (size == 0 || !(p = allocator->alloc(allocator->user, size)))
        return NULL;
    memset(p, 0, sizeof *p);
    p->allocator = *allocator;
    p->object_size = size;
    settle(&p->options, options);
    if (!sluice_crew_init(&p->crew, &compressing, p)) {
        allocator->free(allocator->user, p);
        return NULL;
    }
    begin(p);
    return p;
}

void sluice_parallel_free(sluice_parallel *parallel)
{
    if (!parallel)
        return;
    sluice_crew_stop(&parallel->crew);
    sluice_crew_end(&parallel->crew);

    const sluice_allocator allocator = parallel->allocator;

    allocator.free(allocator.user, parallel);
}

sluice_status sluice_parallel_reset(sluice_parallel *parallel, const sluice_parallel_options *options)
{
    struct sluice_parallel *p = parallel;
    sluice_parallel_options settled = p->options;

    if (options && !settle(&settled, options))
        return SLUICE_ERR_ARGUMENT;
    if (lay_out(NULL, &settled) > p->object_size)
        return SLUICE_ERR_MEMORY;
    sluice_crew_stop(&p->crew);
    p->options = settled;
    begin(p);
    return SLUICE_OK;
}

/* ---- Before the first step ---- */

sluice_status sluice_parallel_set_dictionary(sluice_parallel *parallel, const void *dictionary, size_t size)
{
    struct sluice_parallel *p = parallel;
    const size_t n = size < WINDOW_MAX ? size : WINDOW_MAX;

    if (!dictionary && size)
        return SLUICE_ERR_ARGUMENT;
    if (p->options.deflate.format == SLUICE_GZIP || p->frame.begun)
        return SLUICE_ERR_STATE;
    if (p->options.deflate.format == SLUICE_ZLIB) {
        p->frame.dictionary_id = sluice_adler32(1, dictionary, size);
        p->frame.has_dictionary = true;
    }
    if (n > 0)
        memcpy(p->pieces[0].input + WINDOW_MAX - n, (const uint8_t *)dictionary + size - n, n);
    p->pieces[0].history = n;
    return SLUICE_OK;
}

sluice_status sluice_parallel_set_header(sluice_parallel *parallel, const sluice_gzip_header *header)
{
    return sluice_deflate_set_header(&parallel->frame, header);
}

/* ---- Putting out ---- */

/* Puts out what is ready. False: there is no room for all of it. */
static bool put_out(struct sluice_parallel *p, sluice_output *out)
{
    while (sluice_write_pending(&p->frame, out) && p->frame.state == STATE_HEADER)
        if (sluice_frame_header(&p->frame))
            p->frame.state = STATE_BLOCK;
    if (p->frame.pending_begin < p->frame.pending_end)
        return false;
    while (p->error == SLUICE_OK && p->head < p->crew.filled && sluice_crew_is_done(&p->crew, p->head)) {
        struct piece *const piece = piece_of(p, p->head);
        const size_t left = piece->made - piece->put, room = out->size - out->pos;
        const size_t n = left < room ? left : room;

        if (piece->failed) {
            p->error = SLUICE_ERR_ROOM;
            break;
        }
        if (n > 0)
            memcpy((uint8_t *)out->data + out->pos, piece->output + piece->put, n);
        piece->put += n;
        out->pos += n;
        if (n < left)
            return false;
        p->frame.check = frame_check_combine(p->options.deflate.format, p->frame.check, piece->check, piece->size);
        p->head++;
    }
    return true;
}

/* ---- Taking in ---- */

/* The place `filled` gets its history. False: its last piece is not put out yet. */
static bool open_piece(struct sluice_parallel *p)
{
    struct piece *const piece = piece_of(p, p->crew.filled);

    if (p->open)
        return true;
    if (p->crew.filled - p->head == p->places)
        return false;
    if (p->apart || (p->crew.filled > 0 && p->options.flags & SLUICE_INDEPENDENT)) {
        piece->history = 0;
    } else if (p->crew.filled > 0) {
        const struct piece *const before = piece_of(p, p->crew.filled - 1);
        const size_t known = before->history + before->size;

        piece->history = known < WINDOW_MAX ? known : WINDOW_MAX;
        memcpy(piece->input + WINDOW_MAX - piece->history,
               before->input + WINDOW_MAX + before->size - piece->history, piece->history);
    }
    piece->size = 0;
    piece->complete = false;
    p->content = 0;
    p->open = true;
    p->apart = false;
    return true;
}

/* The piece that is open ends here. */
static void end_piece(struct sluice_parallel *p, sluice_flush flush)
{
    const bool marked = flush == SLUICE_FLUSH_SYNC || flush == SLUICE_FLUSH_FULL || flush == SLUICE_FLUSH_FINISH;
    struct piece *const piece = piece_of(p, p->crew.filled);

    p->apart = flush == SLUICE_FLUSH_FULL;
    if (flush != SLUICE_FLUSH_FINISH && p->options.flags & SLUICE_INDEPENDENT)
        flush = SLUICE_FLUSH_FULL;
    else if (!marked)
        flush = SLUICE_FLUSH_NONE;
    piece->flush = flush;
    piece->put = piece->made = 0;
    piece->failed = false;
    p->open = false;
    /* One piece that is all there is, the caller's thread compresses. */
    sluice_crew_hand_over(&p->crew, p->options.threads > 1 &&
                                        !(p->crew.filled == 0 && flush == SLUICE_FLUSH_FINISH));
}

/* Takes input as long as there is a place for it. A piece goes on its way when the byte behind it is there. */
static void take_input(struct sluice_parallel *p, sluice_input *in)
{
    while (in->pos < in->size && open_piece(p)) {
        struct piece *const piece = piece_of(p, p->crew.filled);
        const size_t before = in->pos;

        if (piece->complete) {
            end_piece(p, SLUICE_FLUSH_NONE);
            continue;
        }
        sluice_piece_fill(p, piece, in);
        p->frame.taken += in->pos - before;
        p->last_flush = SLUICE_FLUSH_NONE;
    }
}

/* All input up to the flush is taken: hands the rest over. False: there is no place for it. */
static bool begin_flush(struct sluice_parallel *p, sluice_flush flush)
{
    if (!open_piece(p))
        return false;
    if (flush >= SLUICE_FLUSH_SYNC || piece_of(p, p->crew.filled)->size > 0)
        end_piece(p, flush);
    p->flush = flush;
    return true;
}

/* All pieces are out. */
static void end_flush(struct sluice_parallel *p)
{
    if (p->flush == SLUICE_FLUSH_FINISH) {
        sluice_frame_trailer(&p->frame);
        p->frame.state = STATE_END;
    }
    p->last_flush = p->flush;
    p->flush = SLUICE_FLUSH_NONE;
}

/* ---- A step ---- */

static sluice_status run(struct sluice_parallel *p, sluice_input *in, sluice_output *out, sluice_flush flush)
{
    for (;;) {
        const bool out_of_room = !put_out(p, out);

        if (p->error != SLUICE_OK)
            return p->error;
        if (p->frame.state == STATE_END)
            return out_of_room ? SLUICE_NEED_OUTPUT : SLUICE_END;
        if (p->flush != SLUICE_FLUSH_NONE && p->head == p->crew.filled && !out_of_room) {
            end_flush(p);
            continue;
        }
        if (p->flush == SLUICE_FLUSH_NONE) {
            take_input(p, in);
            if (in->pos == in->size) {
                if (flush == SLUICE_FLUSH_NONE)
                    return SLUICE_NEED_INPUT;
                if (flush <= p->last_flush)
                    return SLUICE_OK;
                if (begin_flush(p, flush))
                    continue;
            }
        }
        if (out_of_room)
            return SLUICE_NEED_OUTPUT;
        if (p->head < p->crew.filled)
            sluice_crew_wait_or_help(&p->crew, p->head);
    }
}

sluice_status sluice_parallel_deflate(sluice_parallel *parallel, sluice_input *in, sluice_output *out,
                                      sluice_flush flush)
{
    struct sluice_parallel *p = parallel;

    if ((unsigned)flush > SLUICE_FLUSH_FINISH || in->pos > in->size || (!in->data && in->size) ||
        out->pos > out->size || (!out->data && out->size))
        return SLUICE_ERR_ARGUMENT;
    if (p->error != SLUICE_OK)
        return p->error;
    if ((p->frame.state == STATE_END || p->flush == SLUICE_FLUSH_FINISH) && in->pos < in->size)
        return SLUICE_ERR_STATE;
    p->frame.begun = true;
    return run(p, in, out, flush);
}

/* ---- Whole buffer ---- */

size_t sluice_compress_parallel_bound(size_t size, const sluice_parallel_options *options)
{
    sluice_parallel_options o;

    if (!settle(&o, options))
        return 0;

    const size_t least = o.flags & SLUICE_RSYNCABLE ? o.piece / RSYNC_LEAST : o.piece;
    const size_t each = sluice_piece_room(0);
    const size_t pieces = size / least + 1;
    const size_t whole = sluice_compress_bound(size, o.deflate.format);

    return pieces > (SIZE_MAX - whole) / each ? SIZE_MAX : whole + pieces * each;
}

sluice_status sluice_compress_parallel(sluice_parallel *parallel, const void *data, size_t size, void *out,
                                       size_t room, size_t *written)
{
    sluice_parallel *const p = parallel ? parallel : sluice_parallel_new(NULL, NULL);
    sluice_input in = {data, size, 0};
    sluice_output o = {out, room, 0};
    sluice_status status;

    *written = 0;
    if (!p)
        return SLUICE_ERR_MEMORY;
    sluice_parallel_reset(p, NULL);
    status = sluice_parallel_deflate(p, &in, &o, SLUICE_FLUSH_FINISH);
    *written = o.pos;
    if (!parallel)
        sluice_parallel_free(p);
    return status == SLUICE_END ? SLUICE_OK : status == SLUICE_NEED_OUTPUT ? SLUICE_ERR_ROOM : status;
}
