/*
 * http_send.c: the answer of the HTTP server on its way out, see http_server_state.h. Content goes one of three ways:
 *
 *     settled    a page, a kept copy or its file: nobody changes it, so it is sent from where it is
 *     lent       the first bytes of a plain file, which the socket takes from the system's own copy of it
 *     in slices  all else: read, compressed if wanted, framed and copied; before the last slice of a file the file is
 *                compared with what it was, so that one which changes is never sent to an end that looks right
 *
 * The first slice has the head before it.
 */
#include "net/http_server_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A chunk's size in hexadecimal and a line end before it, a line end behind it, and behind the last one the end. */
enum { CHUNK_BEFORE = 10, CHUNK_BEHIND = 7 };

enum http_step http_send_wait(struct http *h)
{
    if (h->x)
        level_leave(&h->x->reply.content.level, level_clock());
    return connection_want(&h->c, LOOP_WRITE) ? HTTP_STEP_WAIT : http_abort(h, "out of memory");
}

/*
 * Frames the content of this slice as a chunk, and widens begin and end to take in the framing. There is room for it on
 * both sides.
 */
static void frame(const struct http_exchange *x, unsigned char **begin, unsigned char **end)
{
    char size[CHUNK_BEFORE + 1];
    const size_t content = (size_t)(*end - *begin);

    /* What has no content, as the answer to a HEAD, has no last chunk either: it would be taken for the next answer. */
    if (x->reply.answer.framing != HTTP_CHUNKED || x->reply.content.part_count == 0)
        return;
    if (content > 0) { /* a chunk of no bytes would be the last */
        const int n = snprintf(size, sizeof size, "%zX\r\n", content);

        *begin -= n;
        memcpy(*begin, size, (size_t)n);
        memcpy(*end, "\r\n", 2);
        *end += 2;
    }
    if (x->whole) {
        memcpy(*end, "0\r\n\r\n", 5);
        *end += 5;
    }
}

/*
 * How the end is told. If all of the content is here already, its size is known, and the connection can go on whatever
 * the version of the client.
 */
static void settle_framing(struct http *h, size_t content)
{
    struct http_exchange *const x = h->x;
    struct http_answer *const answer = &x->reply.answer;

    if (x->whole && answer->transfer == HTTP_IDENTITY && x->reply.content.part_count > 0 &&
        (answer->framing == HTTP_CHUNKED || answer->framing == HTTP_UNTIL_CLOSE)) {
        answer->framing = HTTP_SIZED;
        answer->size = content;
    }
    if (answer->framing == HTTP_UNTIL_CLOSE || http_is_stopping(h))
        h->last = true;
    answer->close = h->last;
}

/* Room that the head takes at most. */
static size_t head_room(const struct http_exchange *x)
{
    return HTTP_ANSWER_ROOM + (x->reply.answer.location ? strlen(x->reply.answer.location) : 0);
}

/* Writes the head at `place`, which is to be sent now. Returns its size. */
static size_t write_head(struct http *h, unsigned char *place)
{
    h->x->head_sent = true;
    return http_answer_write(&h->x->reply.answer, h->x->request.minor, time(NULL), (char *)place, head_room(h->x));
}

/* Puts the head before what is at *begin. The room for it begins at `place`. */
static void put_head(struct http *h, unsigned char *place, unsigned char **begin)
{
    const size_t size = write_head(h, place);

    *begin -= size;
    memmove(*begin, place, size);
}

/* The content cannot go on. As long as nothing has been sent, an honest answer is still possible. */
static enum http_step break_off(struct http *h, enum transfer_status status)
{
    struct http_exchange *const x = h->x;
    const char *const reason = status == TRANSFER_CHANGED ? "the file changed while it was sent"
                               : errno                    ? "the file cannot be read"
                                                          : "cannot compress";

    if (x->head_sent)
        return http_abort(h, reason);
    http_reply_end(&x->reply, h->c.worker);
    http_reply_error(&x->reply, status == TRANSFER_CHANGED ? 503 : 500, x->request.method == HTTP_HEAD, reason);
    return HTTP_STEP_ON;
}

/*
 * The last bytes of a file, from which on it is copied and not lent: enough to keep the connection busy until what was
 * lent before has arrived. A turn lends so much at most, a fraction of a ms of work. It is asked whether it has arrived
 * after 1 ms, 2 ms, 4 ms … up to LENT_PAUSE: a near client is not kept waiting, a far one costs little.
 */
enum { COPIED_LAST = 64 * 1024, LENT_A_TURN = 2 * 1024 * 1024, LENT_PAUSE = 64 };

/* Is the content there, as it goes out, and nobody changes it? */
static bool is_settled(const struct http_exchange *x)
{
    const struct http_content *const content = &x->reply.content;

    return x->reply.answer.framing == HTTP_SIZED && !content->deflater && (content->fd < 0 || content->fixed);
}

/*
 * Sends what is settled, from where it is: a page together with the head, a copy in a file behind it. No copy of it is
 * made for the socket, and none kept. HTTP_STEP_ON: it cannot be lent, and goes the way of all other content.
 */
static enum http_step send_settled(struct http *h, size_t allowance)
{
    struct http_exchange *const x = h->x;
    struct http_content *const content = &x->reply.content;
    unsigned char *const head = h->c.worker->output;
    size_t head_size = 0, most = allowance < LENT_A_TURN ? allowance : LENT_A_TURN, sent = 0;
    enum connection_send result = SEND_ALL;
    uint64_t offset;
    const char *data = NULL;
    const uint64_t left = content->fd < 0 ? http_content_memory(content, &data) : http_content_plain(content, &offset);

    if (left < most)
        most = (size_t)left;
    if (!x->head_sent) {
        settle_framing(h, 0);
        head_size = write_head(h, head);
    }
    if (content->fd < 0)
        result = connection_send_behind(&h->c, head, head_size, data, most, false, &sent);
    else if (head_size > 0)
        result = connection_send_behind(&h->c, head, head_size, NULL, 0, most > 0, &sent);
    if (content->fd >= 0 && result == SEND_ALL && most > 0) {
        result = connection_send_file(&h->c, content->fd, offset, most, &sent);
        x->unlendable = result == SEND_ALL && sent == 0;
    }
    if (result == SEND_GONE)
        return http_abort(h, "the client went away");
    x->content += sent;
    http_content_skip(content, sent);
    x->whole = http_content_is_over(content);
    if (x->unlendable)
        return HTTP_STEP_ON;
    if (x->whole && !h->c.pending)
        return http_next_request(h);
    if (content->fd >= 0 && !x->lent) {
        x->lent = true;
        connection_hold(&h->c, true);
    }
    return http_send_wait(h);
}

/*
 * Lends the next bytes of the file, if there are many. HTTP_STEP_ON: there are not, or it cannot be done; to be copied.
 */
static enum http_step lend(struct http *h, size_t allowance)
{
    struct http_exchange *const x = h->x;
    uint64_t offset, plain;
    size_t most = allowance < LENT_A_TURN ? allowance : LENT_A_TURN, sent;
    enum connection_send result;

    if (x->unlendable || !x->head_sent || x->reply.answer.framing != HTTP_SIZED || x->reply.filling)
        return HTTP_STEP_ON;
    plain = http_content_plain(&x->reply.content, &offset);
    if (plain <= COPIED_LAST)
        return HTTP_STEP_ON;
    if (plain - COPIED_LAST < most)
        most = (size_t)(plain - COPIED_LAST);
    result = connection_send_file(&h->c, x->reply.content.fd, offset, most, &sent);
    if (result == SEND_GONE)
        return http_abort(h, "the client went away");
    if (sent == 0 && result == SEND_ALL) {
        x->unlendable = true;
        return HTTP_STEP_ON;
    }
    if (sent > 0) {
        if (!x->lent)
            connection_hold(&h->c, true);
        x->lent = true;
        x->copied = 0;
        x->content += sent;
        http_content_skip(&x->reply.content, sent);
    }
    return http_send_wait(h);
}

/*
 * Are there bytes on loan, with the last slice next? They must have arrived before the file is compared for the last
 * time, or a change after that could still reach the client. Waits then.
 */
static bool must_wait_for_loan(struct http *h, size_t room)
{
    struct http_exchange *const x = h->x;
    const uint64_t now = loop_now(http_loop(h));
    uint64_t offset;

    if (!x->lent || x->reply.content.fixed || http_content_plain(&x->reply.content, &offset) > room ||
        connection_waiting(&h->c) <= x->copied)
        return false;
    if (x->lent_until == 0) {
        x->lent_until = now + h->c.worker->options->idle_timeout;
        x->lent_pause = 1;
    }
    connection_want(&h->c, 0);
    connection_deadline(&h->c, now + x->lent_pause);
    if (x->lent_pause < LENT_PAUSE)
        x->lent_pause *= 2;
    return true;
}

/*
 * Compressed bytes that a turn puts out, which are kept if the client stalls: with the encoder of level 1 (94 KiB), the
 * exchange and the connection they stay below 128 KiB.
 */
enum { CODED_A_TURN = 28 * 1024 };

static enum transfer_status step_beside(void *content, const struct transfer_buffer *buffer, sluice_output *out)
{
    return http_content_step(content, buffer, out);
}

/* Has the next slice compressed beside the loop, if it would take long. */
static bool go_beside(struct http *h, size_t room)
{
    struct http_exchange *const x = h->x;
    struct worker *const worker = h->c.worker;

    if (x->slice || !x->reply.content.deflater || worker->options->level < SLICE_LEVEL)
        return false;
    x->slice = slice_begin(worker, step_beside, &x->reply.content, room, http_go_on, h);
    if (!x->slice)
        return false;
    connection_want(&h->c, 0);
    connection_deadline(&h->c, 0); /* nobody can hurry that */
    return true;
}

/* A step of the content; what is compressed is timed. */
static enum transfer_status step_content(struct http_exchange *x, struct worker *worker, sluice_output *out)
{
    if (x->slice) {
        struct slice *const slice = x->slice;

        x->slice = NULL;
        return slice_take(slice, out);
    }
    const bool compresses = x->reply.content.deflater != NULL;
    const uint64_t begun = compresses ? metrics_clock() : 0;
    const enum transfer_status status = http_content_step(&x->reply.content, &worker->input, out);

    if (compresses)
        metric_add(&worker->metrics.compress_us, (unsigned long)(metrics_clock() - begun));
    return status;
}

/* Hands the slice in begin[0..end) to the connection. */
static enum http_step hand_over(struct http *h, const unsigned char *begin, const unsigned char *end)
{
    const struct http_exchange *const x = h->x;

    if (end == begin)
        return http_send_wait(h);
    switch (connection_send(&h->c, begin, (size_t)(end - begin))) {
    case SEND_GONE:
        return http_abort(h, "the client went away");
    case SEND_WAIT:
        return http_send_wait(h);
    case SEND_ALL:
        break;
    }
    /* Copying is quick and may go on for a while; compressing only when the others have had their turn. */
    if (x->whole || (!x->reply.content.deflater && ++h->turn < HTTP_TURN))
        return HTTP_STEP_ON;
    return http_send_wait(h);
}

/* The next slice: with the head before it if it is the first. */
static enum http_step send_slice(struct http *h, size_t allowance)
{
    struct http_exchange *const x = h->x;
    struct worker *const worker = h->c.worker;
    const size_t before = (x->head_sent ? 0 : head_room(x)) + CHUNK_BEFORE;
    const size_t most = x->reply.content.deflater ? CODED_A_TURN : WORKER_OUTPUT;
    const size_t room = most - before - CHUNK_BEHIND;
    unsigned char *begin = worker->output + before, *end = begin;

    if (must_wait_for_loan(h, room))
        return loop_now(http_loop(h)) < x->lent_until ? HTTP_STEP_WAIT : http_abort(h, "the client takes nothing");

    /* What has been compressed beside the loop was allowed then. */
    sluice_output out = {begin, allowance < room && !x->slice ? allowance : room, 0};

    x->whole = x->reply.content.part_count == 0;
    if (!x->whole) {
        enum transfer_status status;

        if (x->reply.content.deflater && loop_is_late(http_loop(h)))
            return http_send_wait(h);
        if (go_beside(h, out.size))
            return HTTP_STEP_WAIT;
        level_decide(&x->reply.content.level, x->reply.content.taken, loop_busy(worker->loop), level_clock());
        status = step_content(x, worker, &out);
        if (status == TRANSFER_CHANGED || status == TRANSFER_BROKEN)
            return break_off(h, status);
        x->whole = status == TRANSFER_DONE;
    }
    end += out.pos;
    http_reply_keep(&x->reply, worker, begin, out.pos, x->whole);
    if (!x->head_sent)
        settle_framing(h, out.pos);
    frame(x, &begin, &end);
    if (!x->head_sent)
        put_head(h, worker->output, &begin);
    x->content += out.pos;
    x->copied += (uint64_t)(end - begin);
    return hand_over(h, begin, end);
}

enum http_step http_send(struct http *h)
{
    enum http_step step;
    size_t allowance;

    switch (connection_drain(&h->c)) {
    case SEND_GONE:
        return http_abort(h, "the client went away");
    case SEND_WAIT:
        return http_send_wait(h);
    case SEND_ALL:
        break;
    }
    if (h->x->whole)
        return http_next_request(h);
    allowance = connection_allowance(&h->c);
    if (allowance == 0) {
        level_leave(&h->x->reply.content.level, level_clock()); /* the rate is the link */
        connection_deadline(&h->c, pace_next(&h->c.pace));
        connection_want(&h->c, 0);
        return HTTP_STEP_WAIT;
    }
    connection_deadline(&h->c, h->c.judge_at);
    level_enter(&h->x->reply.content.level, level_clock());
    if (is_settled(h->x) && !h->x->unlendable) {
        step = send_settled(h, allowance);
        return step == HTTP_STEP_ON && h->x && h->x->unlendable ? send_slice(h, connection_allowance(&h->c)) : step;
    }
    step = lend(h, allowance);
    return step == HTTP_STEP_ON ? send_slice(h, allowance) : step;
}
