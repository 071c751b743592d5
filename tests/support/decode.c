/*
 * decode.c: see decode.h.
 */
#include "tests/support/decode.h"

#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* Calls in a row that may move nothing: a result that had waited, then SLUICE_BLOCK, then the end. */
    IDLE_MAX = 4
};

uint8_t decode_output[DECODE_ROOM];
void (*decode_prepare)(sluice_inflater *inflater);

/* Memory against a faulting page, made once for each use. */
struct guarded {
    uint8_t *ends, *begins;
    size_t size;
};

static struct guarded input_memory = {.size = DECODE_INPUT}, output_memory = {.size = DECODE_ROOM};

static uint8_t *piece_of(struct guarded *memory, size_t size, bool at_start)
{
    if (!memory->ends) {
        memory->ends = check_guarded(memory->size, false);
        memory->begins = check_guarded(memory->size, true);
    }
    if (size > memory->size)
        abort();
    return at_start ? memory->begins : memory->ends + memory->size - size;
}

/* The decoders that all runs use in turn: a run must not depend on what the object decoded before. */
static sluice_inflater *object(unsigned which)
{
    static sluice_inflater *objects[2];

    if (!objects[which])
        objects[which] = sluice_inflate_new(NULL, NULL);
    return objects[which];
}

sluice_inflate_options decode_options(const struct reference_options *options, unsigned flags)
{
    return (sluice_inflate_options){.format = options->format,
                                    .window_bits = options->window_bits,
                                    .flags = flags | (options->one_member ? SLUICE_ONE_MEMBER : 0),
                                    .max_output = options->max_output};
}

static size_t piece_size(size_t size, size_t left, uint64_t *random)
{
    if (size == 0 || size > left)
        size = left;
    if (random && size > 0)
        size = 1 + (size_t)(check_random(random) % size);
    return size;
}

void decode_whole(const struct reference_options *options, const void *data, size_t size, size_t room, bool at_start,
                  struct decode_result *result)
{
    const sluice_inflate_options o = decode_options(options, 0);
    sluice_inflater *s = object(0);
    uint8_t *in = piece_of(&input_memory, size, at_start), *out = piece_of(&output_memory, room, at_start);

    memset(result, 0, offsetof(struct decode_result, block));
    if (size > 0)
        memcpy(in, data, size);
    sluice_inflate_reset(s, &o);
    if (decode_prepare)
        decode_prepare(s);

    const sluice_status status = sluice_decompress(s, in, size, out, room, &result->length);

    result->status = status == SLUICE_OK ? SLUICE_END : status;
    result->where = sluice_inflate_where(s);
    result->consumed = result->where.input;
    result->calls = 1;
    if (status == SLUICE_END || status == SLUICE_NEED_INPUT || status == SLUICE_NEED_OUTPUT || status == SLUICE_BLOCK)
        result->broken = "sluice_decompress() gave the result of a step";
    if (result->length > room)
        result->broken = "sluice_decompress() wrote more than the room";
    else
        memcpy(decode_output, out, result->length);
    if (result->where.output != result->length)
        result->broken = "sluice_inflate_where() counts another output than sluice_decompress()";
}

/* A run in progress. */
struct run {
    const struct reference_options *options;
    const struct decode_cut *cut;
    struct decode_result *result;
    sluice_inflater *s;
    const uint8_t *data;
    size_t size, pos;   /* the stream, and what the decoder has taken of it */
    size_t handed;      /* end of the piece that is being handed over */
    unsigned flags;
};

static bool broken(struct run *run, const char *promise)
{
    if (!run->result->broken)
        run->result->broken = promise;
    return false;
}

/* One call of sluice_inflate() with pieces of input and room; false if a promise was broken. */
static bool call_stream(struct run *run, sluice_status *status)
{
    struct decode_result *result = run->result;
    const size_t n = run->handed - run->pos;
    const size_t room = piece_size(run->cut->output, DECODE_ROOM - result->length, run->cut->random);
    uint8_t *piece = piece_of(&input_memory, n, run->cut->at_start);
    uint8_t *space = piece_of(&output_memory, room, run->cut->at_start);

    if (n > 0)
        memcpy(piece, run->data + run->pos, n);

    sluice_input in = {n > 0 ? piece : NULL, n, 0};
    sluice_output out = {space, room, 0};

    *status = sluice_inflate(run->s, &in, &out);
    if (in.pos > n || out.pos > room || in.size != n || out.size != room)
        return broken(run, "a step moved pos beyond size, or changed size");
    memcpy(decode_output + result->length, space, out.pos);
    run->pos += in.pos;
    result->length += out.pos;
    if (*status == SLUICE_NEED_INPUT && in.pos < n)
        return broken(run, "NEED_INPUT with input left");
    if (*status == SLUICE_NEED_OUTPUT && out.pos < room)
        return broken(run, "NEED_OUTPUT with room left");
    return true;
}

static bool call_borrowed(struct run *run, sluice_status *status)
{
    struct decode_result *result = run->result;
    const size_t n = run->handed - run->pos;
    uint8_t *piece = piece_of(&input_memory, n, run->cut->at_start);
    const void *span;
    size_t length;

    if (n > 0)
        memcpy(piece, run->data + run->pos, n);

    sluice_input in = {n > 0 ? piece : NULL, n, 0};

    *status = sluice_inflate_next(run->s, &in, &span, &length);
    if (in.pos > n || in.size != n)
        return broken(run, "a step moved pos beyond size, or changed size");
    if (length > DECODE_ROOM - result->length)
        abort();
    if (length > 0)
        memcpy(decode_output + result->length, span, length);
    run->pos += in.pos;
    result->length += length;
    if (*status == SLUICE_NEED_INPUT && in.pos < n)
        return broken(run, "NEED_INPUT with input left");
    if (*status == SLUICE_NEED_OUTPUT && length == 0)
        return broken(run, "NEED_OUTPUT and no span");
    return true;
}

typedef bool call_function(struct run *run, sluice_status *status);

static void go_on_in_copy(struct run *run)
{
    sluice_inflater *to = object(run->s == object(0));

    sluice_inflate_reset(to, NULL);
    if (sluice_inflate_copy(to, run->s) != SLUICE_OK)
        broken(run, "sluice_inflate_copy() failed between equal objects");
    sluice_inflate_reset(run->s, NULL); /* what happens to the original must not matter */
    run->s = to;
}

/* A result that ends the run must come again, without anything being taken or given. */
static void expect_sticky(struct run *run, call_function *call, sluice_status status)
{
    const size_t pos = run->pos, length = run->result->length;
    sluice_status again;

    if (status == SLUICE_ERR_DICTIONARY)
        return;
    run->handed = run->size;
    if (status == SLUICE_END && sluice_inflate_format(run->s) == SLUICE_GZIP)
        run->handed = run->pos; /* more input may begin another member; with none, the stream has still ended */
    if (call(run, &again) && (again != status || run->pos != pos || run->result->length != length))
        broken(run, "the result that ended the stream did not stay");
    if (status < 0 && sluice_inflate_finish(run->s) != status)
        broken(run, "sluice_inflate_finish() gave another error than the step");
}

static void run_steps(struct run *run, call_function *call)
{
    struct decode_result *result = run->result;
    const sluice_inflate_options o = decode_options(run->options, run->flags);
    sluice_status status = SLUICE_OK;
    unsigned idle = 0;

    memset(result, 0, offsetof(struct decode_result, block));
    run->s = object(0);
    sluice_inflate_reset(run->s, &o);
    if (decode_prepare)
        decode_prepare(run->s);
    if (run->options->start_bit && sluice_inflate_start_at_bit(run->s, run->options->start_bit) != SLUICE_OK)
        broken(run, "sluice_inflate_start_at_bit() failed before the first step");
    if (run->options->format == SLUICE_RAW && run->options->dictionary &&
        sluice_inflate_set_dictionary(run->s, run->options->dictionary, run->options->dictionary_size) != SLUICE_OK)
        broken(run, "sluice_inflate_set_dictionary() failed before the first step of a raw stream");

    while (!result->broken) {
        const size_t pos = run->pos, length = result->length;

        if (run->pos == run->handed)
            run->handed += piece_size(run->cut->input, run->size - run->handed, run->cut->random);
        if (!call(run, &status))
            break;
        result->calls++;
        if (run->cut->copy_after && result->calls == run->cut->copy_after)
            go_on_in_copy(run);

        idle = run->pos > pos || result->length > length ? 0 : idle + 1;
        if (idle > IDLE_MAX) {
            broken(run, "calls that do nothing");
            break;
        }
        if (status == SLUICE_NEED_OUTPUT)
            continue;
        if (status == SLUICE_BLOCK) {
            const sluice_position p = sluice_inflate_where(run->s);

            if (!(run->flags & SLUICE_STOP_AT_BLOCK))
                broken(run, "SLUICE_BLOCK without being asked for");
            if (result->block_count < REFERENCE_BLOCKS)
                result->block[result->block_count] = (struct reference_block){p.input * 8 + p.bit, p.output};
            if (p.output != result->length)
                broken(run, "SLUICE_BLOCK before the output ahead of it was out");
            result->block_count++;
            continue;
        }
        if (status == SLUICE_NEED_DICTIONARY && run->options->dictionary) {
            status = sluice_inflate_set_dictionary(run->s, run->options->dictionary, run->options->dictionary_size);
            if (status == SLUICE_OK)
                continue;
        }
        if (status == SLUICE_NEED_INPUT && run->pos < run->size)
            continue;
        if (status == SLUICE_END && run->pos == run->handed && run->handed < run->size)
            continue; /* gzip: another member may begin in the next piece; others give SLUICE_END again */
        if (status == SLUICE_NEED_INPUT || status == SLUICE_END) {
            const sluice_status finish = sluice_inflate_finish(run->s);

            if (status == SLUICE_END && finish != SLUICE_END)
                broken(run, "sluice_inflate_finish() after SLUICE_END");
            status = finish;
        }
        break;
    }
    result->status = status;
    result->where = sluice_inflate_where(run->s);
    result->consumed = run->pos;
    if (!result->broken)
        expect_sticky(run, call, status);
    if (result->where.output != result->length && !result->broken)
        broken(run, "sluice_inflate_where() counts another output than came out");
    if (status == SLUICE_END && !result->broken) {
        /* One byte 1F behind a gzip member may have been taken, if the piece ended with it. */
        const bool taken_1f = sluice_inflate_format(run->s) == SLUICE_GZIP && run->pos == result->where.input + 1 &&
                              run->data[run->pos - 1] == 0x1f;

        if (run->pos != result->where.input && !taken_1f)
            broken(run, "the input taken is not what sluice_inflate_where() says");
    }
}

void decode_stream(const struct reference_options *options, unsigned flags, const void *data, size_t size,
                   const struct decode_cut *cut, struct decode_result *result)
{
    struct run run = {.options = options, .cut = cut, .result = result, .data = data, .size = size, .flags = flags};

    run_steps(&run, call_stream);
}

void decode_borrowed(const struct reference_options *options, unsigned flags, const void *data, size_t size,
                     const struct decode_cut *cut, struct decode_result *result)
{
    struct run run = {.options = options, .cut = cut, .result = result, .data = data, .size = size, .flags = flags};

    run_steps(&run, call_borrowed);
}

bool decode_agrees(const struct decode_result *got, const struct reference_result *want, const uint8_t *want_output,
                   const char *form)
{
    bool ok = true;

    if (got->broken)
        ok &= check_that(false, form, 0, got->broken);
    ok &= check_equal(got->status, want->status, form, 0, "status");
    ok &= check_bytes(decode_output, got->length, want_output, (size_t)want->where.output, form, 0, "output");
    ok &= check_equal((long long)(got->where.input * 8 + got->where.bit),
                      (long long)(want->where.input * 8 + want->where.bit), form, 0, "position in bits");
    return ok;
}

bool decode_blocks_agree(const struct decode_result *got, const struct reference_result *want, const char *form)
{
    const size_t n = want->block_count < REFERENCE_BLOCKS ? want->block_count : REFERENCE_BLOCKS;
    bool ok = check_equal((long long)got->block_count, (long long)want->block_count, form, 0, "blocks reported");

    for (size_t i = 0; ok && i < n; i++)
        ok = check_that(got->block[i].bit == want->block[i].bit && got->block[i].output == want->block[i].output,
                        form, 0, "position of a block");
    return ok;
}
