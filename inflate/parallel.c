/*
 * parallel.c: the decoder with threads that decode ahead, as its users see it: its life, and a step, which is the
 * judge's. What it is made of is in parallel.h.
 */
#include "inflate/parallel.h"

#include "deflate/format/frame_check.h"
#include "deflate/format/frames.h"
#include "deflate/format/memory.h"

#include <string.h>

enum {
    /* What a thread is given at a time: much beside what it costs to hand it over, little beside the caches. */
    PIECE_DEFAULT = 128 * 1024,

    /* While a thread works on a piece, another one is filled or waits to be put out. */
    PLACES_PER_THREAD = 2,

    /* Pieces of data that is compressed very well are shorter, so that their output has room, but not below this. */
    LEAST_PART = 64
};

sluice_parallel_inflate_options sluice_parallel_inflate_defaults(void)
{
    return (sluice_parallel_inflate_options){sluice_inflate_defaults(), 0, PIECE_DEFAULT};
}

/* ---- Life ---- */

/* Checks the options and settles the number of threads. */
static bool settle(sluice_parallel_inflate_options *to, const sluice_parallel_inflate_options *options)
{
    *to = options ? *options : sluice_parallel_inflate_defaults();
    to->threads = sluice_crew_threads(to->threads, SLUICE_THREADS_MAX);
    return sluice_inflate_size(&to->inflate) > 0 && (to->inflate.flags & ~(unsigned)SLUICE_ONE_MEMBER) == 0 &&
           to->threads <= SLUICE_THREADS_MAX && to->piece >= SLUICE_AHEAD_MIN && to->piece <= SLUICE_AHEAD_MAX;
}

/* Of the judge, and of a scout's decoder. */
static sluice_inflate_options options_of(const sluice_parallel_inflate_options *o, unsigned flag)
{
    sluice_inflate_options options = o->inflate;

    options.flags |= SLUICE_STOP_AT_BLOCK | flag;
    return options;
}

static struct sluice_inflater *scout_of(const struct sluice_parallel_inflater *p, unsigned member)
{
    return (struct sluice_inflater *)(void *)(p->scouts + member * p->scout_size);
}

/* Where the parts lie; their sum. SIZE_MAX if that is more than an object can have. */
static size_t lay_out(struct sluice_parallel_inflater *p, const sluice_parallel_inflate_options *o)
{
    const unsigned places = o->threads * PLACES_PER_THREAD;
    const sluice_inflate_options judge_options = options_of(o, 0), scout_options = options_of(o, SLUICE_NO_WINDOW);
    const size_t scout_size = memory_aligned(sluice_inflate_size(&scout_options));
    const size_t input_room = memory_aligned(INPUT_PIECES * o->piece);
    const size_t output_room = memory_aligned(OUTPUT_PIECES * o->piece);
    const size_t runs_size = memory_aligned(RUNS_MAX * sizeof(struct run));
    const size_t place_size = input_room + output_room + runs_size;
    const size_t crew = memory_aligned(sizeof *p);
    const size_t judge = crew + memory_aligned(sluice_crew_size(o->threads, places));
    const size_t pieces = judge + memory_aligned(sluice_inflate_size(&judge_options));
    const size_t scouts = pieces + memory_aligned(places * sizeof *p->pieces);
    const size_t rooms = scouts + o->threads * scout_size;

    if (place_size > (SIZE_MAX / 2 - rooms) / places)
        return SIZE_MAX;
    if (p) {
        uint8_t *const base = (uint8_t *)p;

        sluice_crew_begin(&p->crew, o->threads, places, base + crew);
        p->judge = (struct sluice_inflater *)(void *)(base + judge);
        p->scouts = base + scouts;
        p->scout_size = scout_size;
        p->pieces = (struct piece *)(void *)(base + pieces);
        p->places = places;
        sluice_inflate_init(p->judge, sluice_inflate_size(&judge_options), &judge_options);
        for (unsigned i = 0; i < o->threads; i++)
            sluice_inflate_init(scout_of(p, i), scout_size, &scout_options);
        for (unsigned i = 0; i < places; i++) {
            uint8_t *const room = base + rooms + i * place_size;

            p->pieces[i].runs = (struct run *)(void *)room;
            p->pieces[i].input = room + runs_size;
            p->pieces[i].output = p->pieces[i].input + input_room;
        }
    }
    return rooms + places * place_size;
}

size_t sluice_parallel_inflate_size(const sluice_parallel_inflate_options *options)
{
    sluice_parallel_inflate_options settled;

    if (!settle(&settled, options))
        return 0;

    const size_t size = lay_out(NULL, &settled);

    return size < SIZE_MAX ? size : 0;
}

/* A new stream; no threads run. */
static void begin(struct sluice_parallel_inflater *p)
{
    lay_out(p, &p->options);
    p->pos = 0;
    p->at_block = p->entered = p->open = p->last = p->ended = false;
    p->head = p->taken_over = 0;
}

/* ---- What a thread does, each with a decoder of its own ---- */

static void scout_piece(void *user, unsigned member, uint64_t number)
{
    struct sluice_parallel_inflater *const p = user;
    struct piece *const piece = piece_of(p, number);

    if (piece->start != START_NONE && !atomic_load_explicit(&piece->unwanted, memory_order_relaxed))
        sluice_scout_piece(piece, OUTPUT_PIECES * p->options.piece, &p->options.inflate, scout_of(p, member));
}

static const struct crew_work scouting = {NULL, scout_piece};

/* ---- Making and freeing ---- */

sluice_parallel_inflater *sluice_parallel_inflate_new(const sluice_parallel_inflate_options *options,
                                                      const sluice_allocator *allocator)
{
    const size_t size = sluice_parallel_inflate_size(options);
    struct sluice_parallel_inflater *p;

    if (!allocator)
        allocator = &sluice_by_malloc;
    if (size == 0 || !(p = allocator->alloc(allocator->user, size)))
        return NULL;
    memset(p, 0, sizeof *p);
    p->allocator = *allocator;
    p->object_size = size;
    settle(&p->options, options);
    if (!sluice_crew_init(&p->crew, &scouting, p)) {
        allocator->free(allocator->user, p);
        return NULL;
    }
    begin(p);
    return p;
}

/* Stops the threads; what they have not brought is lost. */
static void stop(struct sluice_parallel_inflater *p)
{
    for (uint64_t n = p->head; n < p->crew.filled; n++)
        atomic_store(&piece_of(p, n)->unwanted, true);
    sluice_crew_stop(&p->crew);
}

void sluice_parallel_inflate_free(sluice_parallel_inflater *parallel)
{
    if (!parallel)
        return;
    stop(parallel);
    sluice_crew_end(&parallel->crew);

    const sluice_allocator allocator = parallel->allocator;

    allocator.free(allocator.user, parallel);
}

sluice_status sluice_parallel_inflate_reset(sluice_parallel_inflater *parallel,
                                            const sluice_parallel_inflate_options *options)
{
    struct sluice_parallel_inflater *p = parallel;
    sluice_parallel_inflate_options settled = p->options;

    if (options && !settle(&settled, options))
        return SLUICE_ERR_ARGUMENT;
    if (lay_out(NULL, &settled) > p->object_size)
        return SLUICE_ERR_MEMORY;
    stop(p);
    p->options = settled;
    begin(p);
    return SLUICE_OK;
}

/* ---- Taking in ---- */

/* The place `filled` is made ready; what the piece before has too much is its beginning. False: it is not free yet. */
static bool open_piece(struct sluice_parallel_inflater *p)
{
    struct piece *const piece = piece_of(p, p->crew.filled);

    if (p->open)
        return true;
    if (p->crew.filled - p->head == p->places)
        return false;
    if (p->crew.filled >= p->places)
        sluice_crew_take_back(&p->crew, p->crew.filled - p->places);
    piece->size = piece->looked = piece->cut = 0;
    piece->start = START_STREAM;
    piece->at = 0;
    if (p->crew.filled > 0) {
        const struct piece *const before = piece_of(p, p->crew.filled - 1);

        piece->start = before->next_start;
        piece->at = before->at + before->cut;
        piece->size = before->size - before->cut;
        memcpy(piece->input, before->input + before->cut, piece->size);
    }
    p->open = true;
    return true;
}

/* The piece that is open ends at its cut. */
static void end_piece(struct sluice_parallel_inflater *p)
{
    struct piece *const piece = piece_of(p, p->crew.filled);

    piece->format = p->judge->format;
    piece->window_bits = p->judge->window_bits;
    piece->run_count = 0;
    atomic_store(&piece->unwanted, false);
    p->open = false;
    sluice_crew_hand_over(&p->crew, piece->start != START_NONE);
}

/* The least that a piece has: what is likely to fill its room for output by three quarters, if that is little. */
static size_t least_of(const struct sluice_parallel_inflater *p)
{
    const struct sluice_inflater *const s = p->judge;
    const size_t piece = p->options.piece, room = OUTPUT_PIECES * piece / 4 * 3;

    if (s->put <= room || s->taken > s->put / (OUTPUT_PIECES / 2))
        return piece;

    const uint64_t likely = room * s->taken / s->put;

    return likely > piece                ? piece
           : likely < piece / LEAST_PART ? piece / LEAST_PART
                                         : (size_t)likely;
}

/* The first byte of all tells the judge what format and window the stream has: more than that scouts need not know. */
static void show_first_byte(struct sluice_parallel_inflater *p, const sluice_input *in)
{
    sluice_input first = {(const uint8_t *)in->data + in->pos, 1, 0};
    const void *span;
    size_t length;

    p->at_block = sluice_inflate_next(p->judge, &first, &span, &length) == SLUICE_BLOCK;
    p->pos = first.pos;
}

/* Takes input as long as there is a place for it. */
static void take_input(struct sluice_parallel_inflater *p, sluice_input *in, bool last)
{
    const bool members = !(p->options.inflate.flags & SLUICE_ONE_MEMBER);
    const size_t room = INPUT_PIECES * p->options.piece;

    while (!p->last && open_piece(p)) {
        struct piece *const piece = piece_of(p, p->crew.filled);

        if (piece->at == 0 && piece->size == 0 && in->pos < in->size)
            show_first_byte(p, in);
        if (sluice_cut_fill(piece, least_of(p), room, members && p->judge->format == SLUICE_GZIP, in)) {
            end_piece(p);
        } else {
            if (!last)
                return;
            piece->cut = piece->size;
            piece->next_start = START_NONE;
            p->last = true;
            end_piece(p);
        }
    }
}

/* ---- Taking over ---- */

/* Puts `size` bytes behind what the judge's window holds, all of which has been fetched. */
static void remember(struct sluice_inflater *s, const uint8_t *data, size_t size)
{
    const size_t keep = s->window_size - WINDOW_FRESH;

    if (size > keep) {
        data += size - keep;
        s->history = s->filled = 0;
        size = keep;
    } else if (s->filled > keep - size) {
        const size_t shift = s->filled - (keep - size);

        memmove(s->window, s->window + shift, keep - size);
        s->history = s->history > shift ? s->history - shift : 0;
        s->filled = keep - size;
    }
    memcpy(s->window + s->filled, data, size);
    s->given = s->filled += size;
}

/* The judge, at the first bit of the run's first block, comes to stand behind its last one. */
static void take_over(struct sluice_parallel_inflater *p, const struct piece *piece, const struct run *run)
{
    struct sluice_inflater *const s = p->judge;

    s->check = frame_check_combine(s->format, s->check, run->check, run->size);
    s->taken += run->end - run->begin;
    s->put += run->size;
    s->count = run->left;
    s->bits = run->left ? (uint64_t)piece->input[run->end - 1] >> (8 - run->left) : 0;
    s->block_reported = 0;
    if (run->size > 0)
        remember(s, piece->output + run->output, run->size);
    if (run->final) {
        struct step t = {0};

        s->final = 1;
        sluice_inflate_trailer(s, &t);
    }
    p->pos = run->end;
    p->at_block = false;
    p->taken_over++;
}

/* The run that begins where the judge stands, or NULL. */
static const struct run *run_here(struct sluice_parallel_inflater *p, const struct piece *piece)
{
    const struct sluice_inflater *const s = p->judge;
    const uint64_t limit = s->options.max_output;

    if (!p->at_block || s->count > 0 || piece->start == START_NONE || piece->unwanted)
        return NULL;
    sluice_crew_wait(&p->crew, p->head);
    for (size_t i = 0; i < piece->run_count; i++)
        if (piece->runs[i].begin == p->pos && (limit == 0 || piece->runs[i].size <= limit - s->put))
            return &piece->runs[i];
    return NULL;
}

/* Comes to the head's beginning: if it is none for the judge, nothing of it will be used, and none waits for it. */
static void enter(struct sluice_parallel_inflater *p)
{
    struct piece *const piece = piece_of(p, p->head);
    const struct sluice_inflater *const s = p->judge;

    if ((piece->start == START_BLOCK && !(p->at_block && s->count == 0)) ||
        (piece->start == START_MEMBER && s->state != STATE_MEMBER))
        atomic_store(&piece->unwanted, true);
    p->entered = true;
}

/* Leaves the head, all of which has been taken. */
static void leave(struct sluice_parallel_inflater *p)
{
    p->head++;
    p->pos = 0;
    p->entered = false;
}

/* ---- A step ---- */

/* What the judge says with no input left: in the end that is final. */
static sluice_status conclude(struct sluice_parallel_inflater *p, sluice_status status)
{
    if (status == SLUICE_NEED_INPUT || status == SLUICE_BLOCK)
        status = sluice_inflate_finish(p->judge);
    if (status == SLUICE_END && !p->ended) {
        p->ended = true;
        p->behind = sluice_inflate_where(p->judge).input;
    }
    return status;
}

static sluice_status run(struct sluice_parallel_inflater *p, const void **span, size_t *length)
{
    struct piece *const piece = piece_of(p, p->head);
    const struct run *over;

    if (!p->entered)
        enter(p);
    over = run_here(p, piece);
    if (over) {
        *span = piece->output + over->output;
        *length = over->size;
        take_over(p, piece, over);
        return SLUICE_NEED_OUTPUT;
    }

    sluice_input in = {piece->input, piece->cut, p->pos};
    const sluice_status status = sluice_inflate_next(p->judge, &in, span, length);

    p->pos = in.pos;
    p->at_block = status == SLUICE_BLOCK;
    return status;
}

sluice_status sluice_parallel_inflate_next(sluice_parallel_inflater *parallel, sluice_input *in, int last,
                                           const void **span, size_t *length)
{
    struct sluice_parallel_inflater *p = parallel;

    *span = NULL;
    *length = 0;
    if (in->pos > in->size || (!in->data && in->size))
        return SLUICE_ERR_ARGUMENT;
    if (p->ended)
        return SLUICE_END;
    for (;;) {
        sluice_status status;

        take_input(p, in, last != 0);
        if (p->head == p->crew.filled || (!last && p->crew.filled - p->head < p->places))
            return p->last ? conclude(p, SLUICE_NEED_INPUT) : SLUICE_NEED_INPUT;
        status = run(p, span, length);
        /* Behind a member more may come: that is the end only if nothing does. */
        if (status == SLUICE_END && p->judge->state != STATE_DONE)
            status = SLUICE_NEED_INPUT;
        if (status < 0 || status == SLUICE_NEED_DICTIONARY || status == SLUICE_END)
            return conclude(p, status);
        if (p->pos == piece_of(p, p->head)->cut &&
            (status == SLUICE_NEED_INPUT || (p->at_block && p->judge->count == 0)))
            leave(p);
        if (*length > 0)
            return SLUICE_NEED_OUTPUT;
    }
}

/* ---- What can be set and asked ---- */

void sluice_parallel_inflate_behind(sluice_parallel_inflater *parallel, const void **span, size_t *length)
{
    static const uint8_t id1 = GZIP_ID1;
    struct sluice_parallel_inflater *p = parallel;

    *span = NULL;
    *length = 0;
    if (!p->ended)
        return;
    /* The judge may have taken a byte that might have begun a member: the only one, of which the value is known. */
    if (p->behind < p->judge->taken) {
        *span = &id1;
        *length = 1;
        p->behind++;
        return;
    }
    for (uint64_t n = p->head; n < p->crew.filled + p->open; n++) {
        const struct piece *const piece = piece_of(p, n);
        const bool last = n + 1 == p->crew.filled + p->open;
        const uint64_t end = piece->at + (last ? piece->size : piece->cut);

        if (p->behind < end) {
            *span = piece->input + (p->behind - piece->at);
            *length = (size_t)(end - p->behind);
            p->behind = end;
            return;
        }
    }
}

sluice_status sluice_parallel_inflate_set_dictionary(sluice_parallel_inflater *parallel, const void *dictionary,
                                                     size_t size)
{
    return sluice_inflate_set_dictionary(parallel->judge, dictionary, size);
}

sluice_status sluice_parallel_inflate_get_header(sluice_parallel_inflater *parallel, sluice_gzip_header *header)
{
    return sluice_inflate_get_header(parallel->judge, header);
}

sluice_position sluice_parallel_inflate_where(const sluice_parallel_inflater *parallel)
{
    return sluice_inflate_where(parallel->judge);
}

sluice_format sluice_parallel_inflate_format(const sluice_parallel_inflater *parallel)
{
    return sluice_inflate_format(parallel->judge);
}
