/*
 * parallel_scout.c: decodes a piece ahead.
 *
 * Blocks are decoded as raw data, and after each it is noted how far they go and what they give: a run ends with the
 * last block that is whole, in the piece and in the room. Behind the last block of a gzip member, eight bytes on, the
 * next member may begin: there is another run. What is in headers and trailers the judge reads again, and judges.
 */
#include "deflate/format/frame_check.h"
#include "deflate/format/frames.h"
#include "inflate/parallel.h"

/* Notes that the run goes as far as the decoder has come, which is to the end of a block. */
static void note(struct run *run, const struct piece *piece, const struct sluice_inflater *s, const struct step *t)
{
    const uint8_t *const fresh = piece->output + run->output + run->size;
    const size_t n = (size_t)(t->out - fresh);

    run->check = frame_check(piece->format, run->check, fresh, n);
    run->size += n;
    run->end = (size_t)(t->in - piece->input);
    run->left = s->count;
}

/* Decodes blocks from run->begin on. False: it begins with none that is whole. */
static bool decode_run(struct run *run, struct piece *piece, size_t room, struct sluice_inflater *s)
{
    const sluice_inflate_options raw = {SLUICE_RAW, piece->window_bits, SLUICE_STOP_AT_BLOCK | SLUICE_NO_WINDOW, 0};
    struct step t = {.in = piece->input + run->begin, .in_end = piece->input + piece->cut,
                     .out = piece->output + run->output, .out_end = piece->output + room};
    sluice_status status = SLUICE_BLOCK;

    t.history = t.out;
    run->end = run->begin;
    run->left = 0;
    run->size = 0;
    run->check = frame_check_start(piece->format);
    run->final = false;
    sluice_inflate_reset(s, &raw);
    while (status == SLUICE_BLOCK && !atomic_load_explicit(&piece->unwanted, memory_order_relaxed)) {
        status = sluice_inflate_run(s, &t);
        if (status == SLUICE_BLOCK || status == SLUICE_END)
            note(run, piece, s, &t);
        run->final = status == SLUICE_END;
    }
    return run->end > run->begin;
}

/* The first block behind the header at data[at..], or 0 if there is none. */
static size_t behind_header(const struct piece *piece, size_t at, sluice_format format, struct sluice_inflater *s)
{
    const sluice_inflate_options framed = {format, piece->window_bits, SLUICE_STOP_AT_BLOCK | SLUICE_NO_WINDOW, 0};
    uint8_t nowhere[1];
    struct step t = {.in = piece->input + at, .in_end = piece->input + piece->cut, .out = nowhere, .out_end = nowhere,
                     .history = nowhere};

    sluice_inflate_reset(s, &framed);
    return sluice_inflate_run(s, &t) == SLUICE_BLOCK ? (size_t)(t.in - piece->input) : 0;
}

void sluice_scout_piece(struct piece *piece, size_t room, const sluice_inflate_options *options,
                        struct sluice_inflater *inflater)
{
    size_t at = 0, output = 0;

    if (piece->start == START_STREAM)
        at = behind_header(piece, 0, options->format, inflater);
    else if (piece->start == START_MEMBER)
        at = behind_header(piece, 0, SLUICE_GZIP, inflater);
    if (at == 0 && piece->start != START_BLOCK && piece->format != SLUICE_RAW)
        return;
    while (piece->run_count < RUNS_MAX) {
        struct run *const run = &piece->runs[piece->run_count];

        run->begin = at;
        run->output = output;
        if (!decode_run(run, piece, room, inflater))
            return;
        piece->run_count++;
        output += run->size;
        at = run->end + GZIP_TRAILER_SIZE;
        if (!run->final || piece->format != SLUICE_GZIP || options->flags & SLUICE_ONE_MEMBER || at >= piece->cut)
            return;
        at = behind_header(piece, at, SLUICE_GZIP, inflater);
        if (at == 0)
            return;
    }
}
