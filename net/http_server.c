/*
 * http_server.c: see http_server.h. A state is a function that does one bounded piece of work and tells how to go on:
 *
 *     ASK    gathers the head of a request; what comes behind it is kept for the next
 *     SKIP   reads its body away
 *     REPLY  finds the reply; a file that has just changed is left to age first, a copy that is being made to be made
 *     SEND   the head, and a slice of the content, whenever the socket has room; then ASK again, or the end
 */
#include "net/http_server.h"

#include "net/http_answer.h"
#include "net/http_body.h"
#include "net/http_log.h"
#include "net/http_reply.h"
#include "net/slice.h"
#include "net/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum http_state { HTTP_ASK, HTTP_SKIP, HTTP_REPLY, HTTP_SEND };

/* How a state's function ends. */
enum http_step {
    STEP_ON,     /* the next state can go on at once */
    STEP_WAIT,   /* until the socket is ready or the deadline passes */
    STEP_FINISH, /* end the connection in order */
    STEP_ABORT   /* end it by a reset */
};

/* A request and its reply: what is needed from the first until the last byte of it, and no longer. */
struct exchange {
    struct http_request request; /* points into the connection's `in`, or into `head` */
    char *head;                  /* the head's own copy, if there is a body: reading that moves `in` */
    struct http_body body;
    bool told;                   /* "100 Continue" has been sent */
    struct http_reply_wait wait; /* of the reply */
    struct http_reply reply;     /* from HTTP_SEND on */
    struct slice *slice;         /* of it, that is compressed beside the loop; or NULL */
    bool head_sent, whole;       /* the head, the last byte has been handed to the connection */
    uint64_t began;
    bool lent, unlendable;       /* bytes of the file have been lent to the socket; cannot be lent */
    uint64_t copied;             /* bytes sent since the last that were lent */
    uint64_t lent_until;         /* 0, or when the client must have taken what was lent */
    uint64_t lent_pause;         /* ms until it is asked again whether it has */
    uint64_t content;            /* bytes of content that have been handed to the connection, without chunks' framing */
    const char *reason;          /* why it was broken off */
};

struct http {
    struct connection c;
    enum http_state state;
    bool last;              /* the connection ends with this exchange */
    unsigned turn;          /* requests answered in this turn */
    unsigned long served;   /* requests answered */
    char *in;               /* what has come: in[in_at, in_size) is not used up; NULL: nothing */
    size_t in_at, in_size;
    struct http_scan scan;  /* of the head that begins at in_at */
    uint64_t ask_until;     /* when the request must be complete; or, if nothing of it has come, begun */
    struct exchange *x;     /* NULL: none yet */
};

static struct loop *loop_of(struct http *h)
{
    return h->c.worker->loop;
}

static bool is_stopping(struct http *h)
{
    return h->c.worker->stop >= SERVER_FINISH;
}

static enum http_step abort_with(struct http *h, const char *reason)
{
    if (h->x)
        h->x->reason = reason;
    return STEP_ABORT;
}

/* ---- input ---- */

static size_t in_left(const struct http *h)
{
    return h->in_size - h->in_at;
}

static const char *in_place(const struct http *h)
{
    return h->in ? h->in + h->in_at : "";
}

static void drop_in(struct http *h)
{
    free(h->in);
    h->in = NULL;
    h->in_at = h->in_size = 0;
}

/* Keeps what has come behind what is there. Not while a request points into it. False: no memory. */
static bool keep(struct http *h, const char *data, size_t size)
{
    const size_t left = in_left(h);
    char *const in = malloc(left + size);

    if (!in)
        return false;
    if (left > 0)
        memcpy(in, h->in + h->in_at, left);
    memcpy(in + left, data, size);
    free(h->in);
    h->in = in;
    h->in_at = 0;
    h->in_size = left + size;
    return true;
}

/* ---- the log ---- */

static struct http_text field_of(const struct http_request *request, enum http_field field)
{
    struct http_text value = {NULL, 0};
    unsigned from = 0;

    http_request_field(request, field, &from, &value);
    return value;
}

/* Bytes of the file that the content was made of; a copy in memory stands for the file that it was made of. */
static uint64_t read_of_file(const struct exchange *x)
{
    const struct http_content *const content = &x->reply.content;

    if (x->reply.copy && !x->reply.filling)
        return x->whole ? (uint64_t)content->before.st_size : 0;
    return content->fd >= 0 ? content->taken : 0;
}

static void log_exchange(struct http *h)
{
    const struct exchange *const x = h->x;
    const struct server_options *const options = h->c.worker->options;
    const struct http_answer *const answer = &x->reply.answer;

    if (!options->log)
        return;
    http_log(options->log, options->log_combined,
             &(struct http_record){.peer = h->c.peer,
                                   .line = x->request.line,
                                   .referer = field_of(&x->request, HTTP_REFERER),
                                   .agent = field_of(&x->request, HTTP_USER_AGENT),
                                   .status = answer->status,
                                   .file_bytes = read_of_file(x),
                                   .content_bytes = x->content,
                                   .coding = http_coding_name(answer->coding != HTTP_IDENTITY ? answer->coding
                                                                                              : answer->transfer),
                                   .milliseconds = loop_now(loop_of(h)) - x->began,
                                   .reason = x->reason ? x->reason : x->reply.reason});
}

/* The coding in which the content went, as a coding of the content or of the transfer. */
static enum http_coding coding_of(const struct http_answer *answer)
{
    return answer->coding != HTTP_IDENTITY ? answer->coding : answer->transfer;
}

static void count_exchange(struct http *h)
{
    const struct exchange *const x = h->x;
    struct metrics *const metrics = &h->c.worker->metrics;

    metrics_count_http(metrics, x->head_sent ? x->reply.answer.status : 0, coding_of(&x->reply.answer), read_of_file(x),
                       x->content);
    if (x->reply.copy && !x->reply.filling)
        metric_add(&metrics->cache_hits, 1);
    if (x->reply.content.deflater)
        metric_add(&metrics->compressions, 1);
}

static void end_exchange(struct http *h)
{
    if (!h->x)
        return;
    slice_cancel(h->x->slice);
    if (h->x->lent)
        connection_hold(&h->c, false);
    log_exchange(h);
    count_exchange(h);
    http_reply_end(&h->x->reply, h->c.worker);
    free(h->x->head);
    free(h->x);
    h->x = NULL;
}

/* ---- ASK ---- */

static bool begin_exchange(struct http *h)
{
    h->x = calloc(1, sizeof *h->x);
    if (!h->x)
        return false;
    h->x->began = loop_now(loop_of(h));
    h->x->request.minor = 1;
    h->x->reply.content.fd = -1;
    return true;
}

/* Answers with an error after which nobody can tell where the next request would begin. */
static enum http_step refuse(struct http *h, unsigned status, const char *reason)
{
    if (!h->x && !begin_exchange(h))
        return STEP_ABORT;
    http_reply_error(&h->x->reply, status, h->x->request.method == HTTP_HEAD, reason);
    h->last = true;
    h->state = HTTP_SEND;
    connection_patience(&h->c);
    return STEP_ON;
}

/* Is it the last request that the connection may have? */
static bool is_last_allowed(const struct http *h)
{
    const unsigned most = h->c.worker->options->max_requests;

    return most > 0 && h->served + 1 >= most;
}

/* A head is whole. */
static enum http_step take_head(struct http *h)
{
    const char *const head = h->in + h->in_at + h->scan.start;
    const size_t size = h->scan.size;
    struct exchange *x;
    unsigned status;

    if (!begin_exchange(h))
        return STEP_ABORT;
    x = h->x;
    h->in_at += h->scan.start + size;
    h->scan = (struct http_scan){.most = h->c.worker->options->max_header};
    status = http_request_parse(&x->request, head, size);
    if (status != 0)
        return refuse(h, status, x->request.why);
    trace_name(&h->c.worker->options->trace, "client asked for:", x->request.path.data, x->request.path.size);
    h->last = !x->request.keep_alive || is_last_allowed(h);
    h->state = HTTP_REPLY;
    if (x->request.body != HTTP_BODY_NONE) {
        x->head = malloc(size);
        if (!x->head)
            return STEP_ABORT;
        memcpy(x->head, head, size);
        http_request_parse(&x->request, x->head, size);
        http_body_begin(&x->body, &x->request);
        h->state = HTTP_SKIP;
    }
    return STEP_ON;
}

static enum http_step wait_to_read(struct http *h)
{
    connection_deadline(&h->c, h->ask_until);
    return connection_want(&h->c, LOOP_READ) ? STEP_WAIT : abort_with(h, "out of memory");
}

static enum http_step step_ask(struct http *h)
{
    char *const scratch = (char *)h->c.worker->output;
    const uint64_t now = loop_now(loop_of(h));
    size_t got;

    for (;;) {
        const unsigned status = http_head_scan(&h->scan, in_place(h), in_left(h));

        if (status == 0)
            return take_head(h);
        if (status != HTTP_MORE)
            return refuse(h, status, "bad head");
        switch (connection_receive(&h->c, scratch, WORKER_OUTPUT, &got)) {
        case RECEIVE_BYTES:
            if (!h->in && h->served > 0) /* the first byte of a further request */
                h->ask_until = now + h->c.worker->options->request_timeout;
            if (!keep(h, scratch, got))
                return STEP_ABORT;
            break;
        case RECEIVE_END: /* the half of a request is none */
            return STEP_FINISH;
        case RECEIVE_GONE:
            return STEP_ABORT;
        case RECEIVE_NOTHING:
            if (now >= h->ask_until || (is_stopping(h) && !h->in && h->served > 0))
                return h->in ? refuse(h, 408, "no whole request came") : STEP_FINISH;
            return wait_to_read(h);
        }
    }
}

/* ---- SKIP ---- */

/* The client waits to be told that its body is wanted. It is not, but the connection is. */
static enum http_step tell_to_continue(struct http *h)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

    h->x->told = true;
    if (connection_drain(&h->c) == SEND_ALL && connection_send(&h->c, text, sizeof text - 1) == SEND_GONE)
        return abort_with(h, "the client went away");
    return STEP_ON;
}

static enum http_step step_skip(struct http *h)
{
    struct exchange *const x = h->x;
    char *const scratch = (char *)h->c.worker->output;
    size_t got, taken;
    unsigned status = http_body_skip(&x->body, in_place(h), in_left(h), &taken);

    h->in_at += taken;
    if (status == HTTP_MORE && x->request.expects_continue && !x->told) {
        if (x->request.method == HTTP_NOT_ALLOWED || x->request.method == HTTP_UNKNOWN) {
            h->last = true; /* it hears at once that its body is of no use (RFC 9110 10.1.1) */
            h->state = HTTP_REPLY;
            return STEP_ON;
        }
        if (tell_to_continue(h) == STEP_ABORT)
            return STEP_ABORT;
    }
    if (status == HTTP_MORE) {
        switch (connection_receive(&h->c, scratch, WORKER_OUTPUT, &got)) {
        case RECEIVE_BYTES:
            status = http_body_skip(&x->body, scratch, got, &taken);
            if (status == 0 && taken < got && !keep(h, scratch + taken, got - taken))
                return abort_with(h, "out of memory");
            break;
        case RECEIVE_END:
            return refuse(h, 400, "the body is cut short");
        case RECEIVE_GONE:
            return abort_with(h, "the client went away");
        case RECEIVE_NOTHING:
            if (loop_now(loop_of(h)) >= h->ask_until)
                return refuse(h, 408, "no whole body came");
            break;
        }
    }
    if (status == HTTP_MORE)
        return wait_to_read(h);
    if (status != 0)
        return refuse(h, status, status == 413 ? "body too large" : "bad chunk");
    h->state = HTTP_REPLY;
    return STEP_ON;
}

/* ---- REPLY ---- */

static enum http_step step_reply(struct http *h)
{
    struct exchange *const x = h->x;

    if (http_reply_make(&x->reply, h->c.worker, &x->request, &x->wait)) {
        h->state = HTTP_SEND;
        connection_patience(&h->c);
        return STEP_ON;
    }
    connection_want(&h->c, 0);
    connection_deadline(&h->c, loop_now(loop_of(h)) + x->wait.ms);
    return STEP_WAIT;
}

/* ---- SEND ---- */

/* A chunk's size in hexadecimal and a line end before it, a line end behind it, and behind the last one the end. */
enum { CHUNK_BEFORE = 10, CHUNK_BEHIND = 7 };

static void slice_ready(void *owner);

static enum http_step wait_to_send(struct http *h)
{
    if (h->x)
        level_leave(&h->x->reply.content.level, level_clock());
    return connection_want(&h->c, LOOP_WRITE) ? STEP_WAIT : abort_with(h, "out of memory");
}

/*
 * Frames the content of this slice as a chunk, and widens begin and end to take in the framing. There is room for it on
 * both sides.
 */
static void frame(const struct exchange *x, unsigned char **begin, unsigned char **end)
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
    struct exchange *const x = h->x;
    struct http_answer *const answer = &x->reply.answer;

    if (x->whole && answer->transfer == HTTP_IDENTITY && x->reply.content.part_count > 0 &&
        (answer->framing == HTTP_CHUNKED || answer->framing == HTTP_UNTIL_CLOSE)) {
        answer->framing = HTTP_SIZED;
        answer->size = content;
    }
    if (answer->framing == HTTP_UNTIL_CLOSE || is_stopping(h))
        h->last = true;
    answer->close = h->last;
}

/* Room that the head takes at most. */
static size_t head_room(const struct exchange *x)
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

/* The exchange is over: on to the next request. */
static enum http_step end_of_exchange(struct http *h)
{
    const struct server_options *const options = h->c.worker->options;
    const uint64_t now = loop_now(loop_of(h));

    end_exchange(h);
    h->served++;
    if (h->last)
        return STEP_FINISH;
    h->state = HTTP_ASK;
    if (in_left(h) == 0) {
        drop_in(h);
        h->ask_until = now + options->idle_timeout;
        if (!is_stopping(h))
            return wait_to_read(h);
    } else {
        h->ask_until = now + options->request_timeout;
    }
    if (++h->turn < HTTP_TURN)
        return STEP_ON;
    connection_deadline(&h->c, h->ask_until);
    return wait_to_send(h); /* which is over at once, when the others have had their turn */
}

/* Nothing has been sent yet, so that an honest answer is still possible. */
static enum http_step start_over(struct http *h, unsigned status, const char *reason)
{
    struct exchange *const x = h->x;

    http_reply_end(&x->reply, h->c.worker);
    http_reply_error(&x->reply, status, x->request.method == HTTP_HEAD, reason);
    return STEP_ON;
}

/*
 * The last bytes of a file, from which on it is copied and not lent: enough to keep the connection busy until what was
 * lent before has arrived. A turn lends so much at most, a fraction of a ms of work. It is asked whether it has arrived
 * after 1 ms, 2 ms, 4 ms … up to LENT_PAUSE: a near client is not kept waiting, a far one costs little.
 */
enum { COPIED_LAST = 64 * 1024, LENT_A_TURN = 2 * 1024 * 1024, LENT_PAUSE = 64 };

/* Is the content there, as it goes out, and nobody changes it? */
static bool is_settled(const struct exchange *x)
{
    const struct http_content *const content = &x->reply.content;

    return x->reply.answer.framing == HTTP_SIZED && !content->deflater && (content->fd < 0 || content->fixed);
}

/*
 * Sends what is settled, from where it is: a page together with the head, a copy in a file behind it. No copy of it is
 * made for the socket, and none kept. STEP_ON: it cannot be lent, and goes the way of all other content.
 */
static enum http_step send_settled(struct http *h, size_t allowance)
{
    struct exchange *const x = h->x;
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
        return abort_with(h, "the client went away");
    x->content += sent;
    http_content_skip(content, sent);
    x->whole = http_content_is_over(content);
    if (x->unlendable)
        return STEP_ON;
    if (x->whole && !h->c.pending)
        return end_of_exchange(h);
    if (content->fd >= 0 && !x->lent) {
        x->lent = true;
        connection_hold(&h->c, true);
    }
    return wait_to_send(h);
}

/* Lends the next bytes of the file, if there are many. STEP_ON: there are not, or it cannot be done; to be copied. */
static enum http_step lend(struct http *h, size_t allowance)
{
    struct exchange *const x = h->x;
    uint64_t offset, plain;
    size_t most = allowance < LENT_A_TURN ? allowance : LENT_A_TURN, sent;
    enum connection_send result;

    if (x->unlendable || !x->head_sent || x->reply.answer.framing != HTTP_SIZED || x->reply.filling)
        return STEP_ON;
    plain = http_content_plain(&x->reply.content, &offset);
    if (plain <= COPIED_LAST)
        return STEP_ON;
    if (plain - COPIED_LAST < most)
        most = (size_t)(plain - COPIED_LAST);
    result = connection_send_file(&h->c, x->reply.content.fd, offset, most, &sent);
    if (result == SEND_GONE)
        return abort_with(h, "the client went away");
    if (sent == 0 && result == SEND_ALL) {
        x->unlendable = true;
        return STEP_ON;
    }
    if (sent > 0) {
        if (!x->lent)
            connection_hold(&h->c, true);
        x->lent = true;
        x->copied = 0;
        x->content += sent;
        http_content_skip(&x->reply.content, sent);
    }
    return wait_to_send(h);
}

/*
 * Are there bytes on loan, with the last slice next? They must have arrived before the file is compared for the last
 * time, or a change after that could still reach the client. Waits then.
 */
static bool must_wait_for_loan(struct http *h, size_t room)
{
    struct exchange *const x = h->x;
    const uint64_t now = loop_now(loop_of(h));
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
    struct exchange *const x = h->x;
    struct worker *const worker = h->c.worker;

    if (x->slice || !x->reply.content.deflater || worker->options->level < SLICE_LEVEL)
        return false;
    x->slice = slice_begin(worker, step_beside, &x->reply.content, room, slice_ready, h);
    if (!x->slice)
        return false;
    connection_want(&h->c, 0);
    connection_deadline(&h->c, 0); /* nobody can hurry that */
    return true;
}

/* A step of the content; what is compressed is timed. */
static enum transfer_status step_content(struct exchange *x, struct worker *worker, sluice_output *out)
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

/* The next slice: with the head before it if it is the first. */
static enum http_step send_slice(struct http *h, size_t allowance)
{
    struct exchange *const x = h->x;
    struct worker *const worker = h->c.worker;
    const size_t before = (x->head_sent ? 0 : head_room(x)) + CHUNK_BEFORE;
    const size_t most = x->reply.content.deflater ? CODED_A_TURN : WORKER_OUTPUT;
    const size_t room = most - before - CHUNK_BEHIND;
    unsigned char *begin = worker->output + before, *end = begin;

    if (must_wait_for_loan(h, room))
        return loop_now(loop_of(h)) < x->lent_until ? STEP_WAIT : abort_with(h, "the client takes nothing");

    /* What has been compressed beside the loop was allowed then. */
    sluice_output out = {begin, allowance < room && !x->slice ? allowance : room, 0};

    x->whole = x->reply.content.part_count == 0;
    if (!x->whole && x->reply.content.deflater && loop_is_late(loop_of(h)))
        return wait_to_send(h);
    if (!x->whole && go_beside(h, out.size))
        return STEP_WAIT;
    if (!x->whole) {
        level_decide(&x->reply.content.level, x->reply.content.taken, loop_busy(worker->loop), level_clock());
        switch (step_content(x, worker, &out)) {
        case TRANSFER_DONE:
            x->whole = true;
            break;
        case TRANSFER_GOING:
            break;
        case TRANSFER_CHANGED:
            return x->head_sent ? abort_with(h, "the file changed while it was sent")
                                : start_over(h, 503, "the file changes");
        case TRANSFER_BROKEN:
            return x->head_sent ? abort_with(h, errno ? "the file cannot be read" : "cannot compress")
                                : start_over(h, 500, "the file cannot be read");
        }
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
    if (end == begin)
        return wait_to_send(h);
    switch (connection_send(&h->c, begin, (size_t)(end - begin))) {
    case SEND_GONE:
        return abort_with(h, "the client went away");
    case SEND_WAIT:
        return wait_to_send(h);
    case SEND_ALL:
        break;
    }
    /* Copying is quick and may go on for a while; compressing only when the others have had their turn. */
    if (x->whole || (!x->reply.content.deflater && ++h->turn < HTTP_TURN))
        return STEP_ON;
    return wait_to_send(h);
}

static enum http_step step_send(struct http *h)
{
    enum http_step step;
    size_t allowance;

    switch (connection_drain(&h->c)) {
    case SEND_GONE:
        return abort_with(h, "the client went away");
    case SEND_WAIT:
        return wait_to_send(h);
    case SEND_ALL:
        break;
    }
    if (h->x->whole)
        return end_of_exchange(h);
    allowance = connection_allowance(&h->c);
    if (allowance == 0) {
        level_leave(&h->x->reply.content.level, level_clock()); /* the rate is the link */
        connection_deadline(&h->c, pace_next(&h->c.pace));
        connection_want(&h->c, 0);
        return STEP_WAIT;
    }
    connection_deadline(&h->c, h->c.judge_at);
    level_enter(&h->x->reply.content.level, level_clock());
    if (is_settled(h->x) && !h->x->unlendable) {
        step = send_settled(h, allowance);
        return step == STEP_ON && h->x && h->x->unlendable ? send_slice(h, connection_allowance(&h->c)) : step;
    }
    step = lend(h, allowance);
    return step == STEP_ON ? send_slice(h, allowance) : step;
}

/* ---- the machine ---- */

static enum http_step (*const step_of[])(struct http *) = {
    [HTTP_ASK] = step_ask, [HTTP_SKIP] = step_skip, [HTTP_REPLY] = step_reply, [HTTP_SEND] = step_send};

static void conclude(struct http *h, enum http_step step)
{
    h->turn = 0;
    while (step == STEP_ON)
        step = step_of[h->state](h);
    if (step == STEP_FINISH)
        connection_finish(&h->c);
    else if (step == STEP_ABORT)
        connection_abort(&h->c);
}

static void slice_ready(void *owner)
{
    conclude(owner, STEP_ON);
}

static void http_ready(struct connection *c)
{
    conclude((struct http *)c, STEP_ON);
}

static void http_begin(struct connection *c)
{
    struct http *const h = (struct http *)c;

    h->ask_until = c->accepted + c->worker->options->request_timeout;
    h->scan.most = c->worker->options->max_header;
    http_ready(c); /* the request has often come along */
}

static void http_timeout(struct connection *c)
{
    struct http *const h = (struct http *)c;

    /* In SEND: either the rate allows more now, or the client is judged. */
    if (h->state == HTTP_SEND && c->watch.wanted != 0 && connection_is_slow(c))
        conclude(h, abort_with(h, "the client takes too little"));
    else if (h->state == HTTP_SEND && c->watch.wanted != 0)
        connection_deadline(c, c->judge_at);
    else
        conclude(h, STEP_ON);
}

static void http_stop(struct connection *c, bool now)
{
    struct http *const h = (struct http *)c;
    const uint64_t last_call = loop_now(c->worker->loop) + HTTP_LAST_CALL;

    if (now) {
        conclude(h, abort_with(h, "the server was ended"));
    } else if (h->state == HTTP_ASK || h->state == HTTP_SKIP) {
        if (last_call < h->ask_until)
            h->ask_until = last_call;
        conclude(h, STEP_ON);
    }
}

static void http_release(struct connection *c)
{
    struct http *const h = (struct http *)c;

    end_exchange(h);
    drop_in(h);
}

static const char refusal[] = "HTTP/1.1 503 Service Unavailable\r\n"
                              "Connection: close\r\n"
                              "Retry-After: 1\r\n"
                              "Content-Type: text/plain\r\n"
                              "Content-Length: 39\r\n"
                              "\r\n"
                              "Too many connections; try again later.\n";

const struct protocol http_protocol = {.name = "http",
                                       .refusal = refusal,
                                       .size = sizeof(struct http),
                                       .begin = http_begin,
                                       .ready = http_ready,
                                       .timeout = http_timeout,
                                       .stop = http_stop,
                                       .release = http_release};
