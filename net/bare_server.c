/*
 * bare_server.c: see bare_server.h. A state is a function that does one bounded piece of work and tells how to go on:
 *
 *     NAME   gathers the name
 *     OPEN   finds the file; a refusal is an orderly close with no byte sent, which no zlib stream can be. One that has
 *            just changed is left to age first
 *     SEND   a slice of the file, compressed, whenever the socket has room
 */
#include "net/bare_server.h"

#include "net/root.h"
#include "net/slice.h"
#include "net/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is kept of a name until its end is seen: one byte more than may be, for a CR whose LF is still to come. */
enum { NAME_KEPT = ROOT_NAME_LONGEST + 1 };

enum bare_state { BARE_NAME, BARE_OPEN, BARE_SEND };

/* How a state's function ends. Those that end the connection have put the result into it. */
enum bare_step {
    STEP_ON,     /* the next state can go on at once */
    STEP_WAIT,   /* until the socket is ready or the deadline passes */
    STEP_FINISH, /* end in order */
    STEP_ABORT   /* end by a reset */
};

struct bare {
    struct connection c;
    enum bare_state state;
    uint64_t ask_until;     /* when the name must be complete */
    uint64_t silent_at;     /* when the client's silence ends the name, if something has come; else 0 */
    unsigned char *name;    /* what has come of it, or NULL */
    size_t name_size;
    int file;               /* -1, or the file that is being sent */
    bool aged;              /* the file was fresh and has been waited for */
    bool whole;             /* the stream's end has been put out */
    struct transfer transfer;
    struct slice *slice;    /* of it, that is compressed beside the loop; or NULL */
    uint64_t sent;          /* bytes of the stream */
    enum request_result result;
    const char *reason;
};

static enum bare_step end_with(struct bare *b, enum bare_step step, enum request_result result, const char *reason)
{
    b->result = result;
    b->reason = reason;
    return step;
}

static struct loop *loop_of(struct bare *b)
{
    return b->c.worker->loop;
}

/* ---- NAME ---- */

/* Adds what has come to the name; *ended is set if its end has. False: no memory. */
static bool add_to_name(struct bare *b, const unsigned char *data, size_t size, bool *ended)
{
    const unsigned char *const newline = memchr(data, '\n', size);
    const size_t fresh = newline ? (size_t)(newline - data) : size;
    const size_t room = NAME_KEPT - b->name_size;
    const size_t kept = fresh < room ? fresh : room;
    unsigned char *const name = realloc(b->name, b->name_size + kept + 1);

    if (!name)
        return false;
    memcpy(name + b->name_size, data, kept);
    b->name = name;
    b->name_size += kept;
    if (newline && kept == fresh && b->name_size > 0 && name[b->name_size - 1] == '\r')
        b->name_size--;
    /* A name that is too long already need not be waited for. */
    *ended = newline || kept < fresh;
    return true;
}

static enum bare_step step_name(struct bare *b)
{
    const uint64_t now = loop_now(loop_of(b));
    bool ended = false;
    size_t got;

    /* One byte of scratch more than is kept: then a name that is too long is known to be. */
    switch (connection_receive(&b->c, b->c.worker->output, NAME_KEPT + 1, &got)) {
    case RECEIVE_BYTES:
        if (!add_to_name(b, b->c.worker->output, got, &ended))
            return end_with(b, STEP_FINISH, REQUEST_REFUSED, "out of memory");
        b->silent_at = now + BARE_SILENCE;
        break;
    case RECEIVE_END:
        if (b->name_size == 0)
            return end_with(b, STEP_FINISH, REQUEST_GONE, "asked for nothing");
        ended = true;
        break;
    case RECEIVE_GONE:
        return end_with(b, STEP_ABORT, REQUEST_GONE, "before it asked");
    case RECEIVE_NOTHING:
        /* Only now that nothing waits is it silence; a busy server may come late to bytes that came in time. */
        ended = b->silent_at && now >= b->silent_at;
        break;
    }
    if (ended) {
        b->state = BARE_OPEN;
        return STEP_ON;
    }
    if (now >= b->ask_until)
        return end_with(b, STEP_FINISH, REQUEST_TIMEOUT, "no whole name came");
    connection_deadline(&b->c, b->silent_at && b->silent_at < b->ask_until ? b->silent_at : b->ask_until);
    return STEP_WAIT;
}

/* ---- OPEN ---- */

static enum bare_step step_open(struct bare *b)
{
    struct worker *const worker = b->c.worker;
    sluice_deflater *deflater;
    struct level level;
    struct stat status;
    enum root_verdict verdict;

    if (!b->aged)
        trace_name(&worker->options->trace, "client asked for:", b->name, b->name_size);
    verdict = root_open(worker->root, b->name, b->name_size, &b->file, &status);
    if (verdict != ROOT_OK)
        return end_with(b, STEP_FINISH, REQUEST_REFUSED, root_reason(verdict));
    if (!b->aged && transfer_is_fresh(&status)) {
        close(b->file);
        b->file = -1;
        b->aged = true;
        connection_want(&b->c, 0);
        connection_deadline(&b->c, loop_now(loop_of(b)) + TRANSFER_FRESH);
        return STEP_WAIT;
    }
    level_begin(&level, worker->options->level, loop_busy(worker->loop), &worker->hardest,
                level_clock());
    deflater = encoders_take(&worker->encoders, SLUICE_ZLIB, level.now);
    if (!deflater)
        return end_with(b, STEP_FINISH, REQUEST_REFUSED, "out of memory");
    transfer_begin(&b->transfer, b->file, &status, deflater, &level, &worker->options->trace);
    b->state = BARE_SEND;
    connection_patience(&b->c);
    return STEP_ON;
}

/* ---- SEND ---- */

static enum bare_step wait_to_send(struct bare *b)
{
    level_leave(&b->transfer.level, level_clock());
    return connection_want(&b->c, LOOP_WRITE) ? STEP_WAIT
                                              : end_with(b, STEP_ABORT, REQUEST_FAILED, "out of memory");
}

static void slice_ready(void *owner);

static enum transfer_status step_beside(void *transfer, const struct transfer_buffer *buffer, sluice_output *out)
{
    return transfer_step(transfer, buffer, out);
}

/* Has the next slice compressed beside the loop, if it would take long. */
static bool go_beside(struct bare *b, size_t room)
{
    if (b->slice || b->c.worker->options->level < SLICE_LEVEL)
        return false;
    b->slice = slice_begin(b->c.worker, step_beside, &b->transfer, room, slice_ready, b);
    if (!b->slice)
        return false;
    connection_want(&b->c, 0);
    connection_deadline(&b->c, 0); /* nobody can hurry that */
    return true;
}

static enum transfer_status step_transfer(struct bare *b, sluice_output *out)
{
    struct slice *const slice = b->slice;
    struct worker *const worker = b->c.worker;
    const uint64_t begun = metrics_clock();
    enum transfer_status status;

    b->slice = NULL;
    if (slice)
        return slice_take(slice, out);
    status = transfer_step(&b->transfer, &worker->input, out);
    metric_add(&worker->metrics.compress_us, (unsigned long)(metrics_clock() - begun));
    return status;
}

/* Compresses a slice and sends it. */
static enum bare_step send_slice(struct bare *b, size_t allowance)
{
    /* What has been compressed beside the loop was allowed then. */
    sluice_output out = {b->c.worker->output, allowance < WORKER_OUTPUT && !b->slice ? allowance : WORKER_OUTPUT, 0};

    if (loop_is_late(loop_of(b)))
        return wait_to_send(b);
    if (go_beside(b, out.size))
        return STEP_WAIT;
    switch (step_transfer(b, &out)) {
    case TRANSFER_DONE:
        b->whole = true;
        break;
    case TRANSFER_GOING:
        break;
    case TRANSFER_CHANGED:
        return end_with(b, STEP_ABORT, REQUEST_CHANGED, "the file changed while it was sent");
    case TRANSFER_BROKEN:
        return end_with(b, STEP_ABORT, REQUEST_FAILED, errno ? "the file cannot be read" : "cannot compress");
    }
    b->sent += out.pos;
    switch (connection_send(&b->c, out.data, out.pos)) {
    case SEND_GONE:
        return end_with(b, STEP_ABORT, REQUEST_GONE, "before the end");
    case SEND_WAIT:
        return wait_to_send(b);
    case SEND_ALL:
        break;
    }
    if (b->whole)
        return end_with(b, STEP_FINISH, REQUEST_OK, NULL);
    return wait_to_send(b); /* which will be over at once, but only when the others have had their turn */
}

static enum bare_step step_send(struct bare *b)
{
    size_t allowance;

    switch (connection_drain(&b->c)) {
    case SEND_GONE:
        return end_with(b, STEP_ABORT, REQUEST_GONE, "before the end");
    case SEND_WAIT:
        return wait_to_send(b);
    case SEND_ALL:
        break;
    }
    if (b->whole)
        return end_with(b, STEP_FINISH, REQUEST_OK, NULL);
    allowance = connection_allowance(&b->c);
    if (allowance == 0) {
        level_leave(&b->transfer.level, level_clock()); /* the rate is the link */
        connection_deadline(&b->c, pace_next(&b->c.pace));
        connection_want(&b->c, 0);
        return STEP_WAIT;
    }
    connection_deadline(&b->c, b->c.judge_at);
    level_enter(&b->transfer.level, level_clock());
    level_decide(&b->transfer.level, b->transfer.offset, loop_busy(b->c.worker->loop), level_clock());
    return send_slice(b, allowance);
}

/* ---- the machine ---- */

static enum bare_step (*const step_of[])(struct bare *) = {
    [BARE_NAME] = step_name, [BARE_OPEN] = step_open, [BARE_SEND] = step_send};

static void conclude(struct bare *b, enum bare_step step)
{
    while (step == STEP_ON)
        step = step_of[b->state](b);
    if (step == STEP_FINISH)
        connection_finish(&b->c);
    else if (step == STEP_ABORT)
        connection_abort(&b->c);
}

static void slice_ready(void *owner)
{
    conclude(owner, STEP_ON);
}

static void bare_ready(struct connection *c)
{
    conclude((struct bare *)c, STEP_ON);
}

static void bare_begin(struct connection *c)
{
    struct bare *const b = (struct bare *)c;

    b->file = -1;
    b->ask_until = c->accepted + c->worker->options->request_timeout;
    if (!connection_want(c, LOOP_READ)) {
        conclude(b, end_with(b, STEP_FINISH, REQUEST_REFUSED, "out of memory"));
        return;
    }
    bare_ready(c); /* the name has often come along */
}

static void bare_timeout(struct connection *c)
{
    struct bare *const b = (struct bare *)c;

    /* In SEND: either the rate allows more now, or the client is judged. */
    if (b->state == BARE_SEND && c->watch.wanted != 0 && connection_is_slow(c))
        conclude(b, end_with(b, STEP_ABORT, REQUEST_TIMEOUT, "takes too little"));
    else if (b->state == BARE_SEND && c->watch.wanted != 0)
        connection_deadline(c, c->judge_at);
    else
        conclude(b, STEP_ON);
}

static void bare_stop(struct connection *c, bool now)
{
    struct bare *const b = (struct bare *)c;
    const uint64_t last_call = loop_now(c->worker->loop) + BARE_LAST_CALL;

    if (now) {
        conclude(b, end_with(b, STEP_ABORT, REQUEST_STOPPED, "the server was ended"));
    } else if (b->state == BARE_NAME && last_call < b->ask_until) {
        b->ask_until = last_call;
        if (c->deadline > last_call)
            connection_deadline(c, last_call);
    }
}

static void bare_release(struct connection *c)
{
    struct bare *const b = (struct bare *)c;

    slice_cancel(b->slice);
    request_log(c->worker->options->log,
                &(struct request_record){.protocol = c->protocol->name,
                                         .peer = c->peer,
                                         .name = b->name,
                                         .name_size = b->name_size,
                                         .result = b->result,
                                         .reason = b->reason,
                                         .file_bytes = b->transfer.offset,
                                         .wire_bytes = b->sent,
                                         .milliseconds = loop_now(c->worker->loop) - c->accepted});
    metrics_count_bare(&c->worker->metrics, b->result, b->transfer.offset, b->sent);
    if (b->transfer.deflater) {
        metric_add(&c->worker->metrics.compressions, 1);
        level_end(&b->transfer.level);
    }
    encoders_give(&c->worker->encoders, b->transfer.deflater, !b->transfer.level.was_hardest);
    if (b->file >= 0)
        close(b->file);
    free(b->name);
}

const struct protocol bare_protocol = {.name = "bare",
                                       .size = sizeof(struct bare),
                                       .begin = bare_begin,
                                       .ready = bare_ready,
                                       .timeout = bare_timeout,
                                       .stop = bare_stop,
                                       .release = bare_release};
