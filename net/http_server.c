/*
 * http_server.c: see http_server.h. A state is a function that does one bounded piece of work and tells how to go on:
 *
 *     ASK    gathers the head of a request; what comes behind it is kept for the next
 *     SKIP   reads its body away
 *     REPLY  finds the reply; a file that has just changed is left to age first, a copy that is being made to be made
 *     SEND   the head, and a slice of the content, whenever the socket has room; then ASK again, or the end
 */
#include "net/http_server_state.h"

#include <stdlib.h>
#include <string.h>

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
    if (h->in)
        memcpy(in, h->in + h->in_at, left);
    memcpy(in + left, data, size);
    free(h->in);
    h->in = in;
    h->in_at = 0;
    h->in_size = left + size;
    return true;
}

/* ---- ASK ---- */

/* Answers with an error after which nobody can tell where the next request would begin. */
static enum http_step refuse(struct http *h, unsigned status, const char *reason)
{
    if (!h->x && !http_exchange_begin(h))
        return HTTP_STEP_ABORT;
    http_reply_error(&h->x->reply, status, h->x->request.method == HTTP_HEAD, reason);
    h->last = true;
    h->state = HTTP_SEND;
    connection_patience(&h->c);
    return HTTP_STEP_ON;
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
    struct http_exchange *x;
    unsigned status;

    if (!http_exchange_begin(h))
        return HTTP_STEP_ABORT;
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
            return HTTP_STEP_ABORT;
        memcpy(x->head, head, size);
        http_request_parse(&x->request, x->head, size);
        http_body_begin(&x->body, &x->request);
        h->state = HTTP_SKIP;
    }
    return HTTP_STEP_ON;
}

static enum http_step wait_to_read(struct http *h)
{
    connection_deadline(&h->c, h->ask_until);
    return connection_want(&h->c, LOOP_READ) ? HTTP_STEP_WAIT : http_abort(h, "out of memory");
}

static enum http_step step_ask(struct http *h)
{
    char *const scratch = (char *)h->c.worker->output;
    const uint64_t now = loop_now(http_loop(h));
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
                return HTTP_STEP_ABORT;
            break;
        case RECEIVE_END: /* the half of a request is none */
            return HTTP_STEP_FINISH;
        case RECEIVE_GONE:
            return HTTP_STEP_ABORT;
        case RECEIVE_NOTHING:
            if (now >= h->ask_until || (http_is_stopping(h) && !h->in && h->served > 0))
                return h->in ? refuse(h, 408, "no whole request came") : HTTP_STEP_FINISH;
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
        return http_abort(h, "the client went away");
    return HTTP_STEP_ON;
}

static enum http_step step_skip(struct http *h)
{
    struct http_exchange *const x = h->x;
    char *const scratch = (char *)h->c.worker->output;
    size_t got, taken;
    unsigned status = http_body_skip(&x->body, in_place(h), in_left(h), &taken);

    h->in_at += taken;
    if (status == HTTP_MORE && x->request.expects_continue && !x->told) {
        if (x->request.method == HTTP_NOT_ALLOWED || x->request.method == HTTP_UNKNOWN) {
            h->last = true; /* it hears at once that its body is of no use (RFC 9110 10.1.1) */
            h->state = HTTP_REPLY;
            return HTTP_STEP_ON;
        }
        if (tell_to_continue(h) == HTTP_STEP_ABORT)
            return HTTP_STEP_ABORT;
    }
    if (status == HTTP_MORE) {
        switch (connection_receive(&h->c, scratch, WORKER_OUTPUT, &got)) {
        case RECEIVE_BYTES:
            status = http_body_skip(&x->body, scratch, got, &taken);
            if (status == 0 && taken < got && !keep(h, scratch + taken, got - taken))
                return http_abort(h, "out of memory");
            break;
        case RECEIVE_END:
            return refuse(h, 400, "the body is cut short");
        case RECEIVE_GONE:
            return http_abort(h, "the client went away");
        case RECEIVE_NOTHING:
            if (loop_now(http_loop(h)) >= h->ask_until)
                return refuse(h, 408, "no whole body came");
            break;
        }
    }
    if (status == HTTP_MORE)
        return wait_to_read(h);
    if (status != 0)
        return refuse(h, status, status == 413 ? "body too large" : "bad chunk");
    h->state = HTTP_REPLY;
    return HTTP_STEP_ON;
}

/* ---- REPLY ---- */

static enum http_step step_reply(struct http *h)
{
    struct http_exchange *const x = h->x;

    if (http_reply_make(&x->reply, h->c.worker, &x->request, &x->wait)) {
        h->state = HTTP_SEND;
        connection_patience(&h->c);
        return HTTP_STEP_ON;
    }
    connection_want(&h->c, 0);
    connection_deadline(&h->c, loop_now(http_loop(h)) + x->wait.ms);
    return HTTP_STEP_WAIT;
}

/* ---- on to the next ---- */

enum http_step http_next_request(struct http *h)
{
    const struct server_options *const options = h->c.worker->options;
    const uint64_t now = loop_now(http_loop(h));

    http_exchange_end(h);
    h->served++;
    if (h->last)
        return HTTP_STEP_FINISH;
    h->state = HTTP_ASK;
    if (in_left(h) == 0) {
        drop_in(h);
        h->ask_until = now + options->idle_timeout;
        if (!http_is_stopping(h))
            return wait_to_read(h);
    } else {
        h->ask_until = now + options->request_timeout;
    }
    if (++h->turn < HTTP_TURN)
        return HTTP_STEP_ON;
    connection_deadline(&h->c, h->ask_until);
    return http_send_wait(h); /* which is over at once, when the others have had their turn */
}

/* ---- the machine ---- */

static enum http_step (*const step_of[])(struct http *) = {
    [HTTP_ASK] = step_ask, [HTTP_SKIP] = step_skip, [HTTP_REPLY] = step_reply, [HTTP_SEND] = http_send};

static void conclude(struct http *h, enum http_step step)
{
    h->turn = 0;
    while (step == HTTP_STEP_ON)
        step = step_of[h->state](h);
    if (step == HTTP_STEP_FINISH)
        connection_finish(&h->c);
    else if (step == HTTP_STEP_ABORT)
        connection_abort(&h->c);
}

void http_go_on(void *http)
{
    conclude(http, HTTP_STEP_ON);
}

static void http_ready(struct connection *c)
{
    http_go_on(c);
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
        conclude(h, http_abort(h, "the client takes too little"));
    else if (h->state == HTTP_SEND && c->watch.wanted != 0)
        connection_deadline(c, c->judge_at);
    else
        conclude(h, HTTP_STEP_ON);
}

static void http_stop(struct connection *c, bool now)
{
    struct http *const h = (struct http *)c;
    const uint64_t last_call = loop_now(c->worker->loop) + HTTP_LAST_CALL;

    if (now) {
        conclude(h, http_abort(h, "the server was ended"));
    } else if (h->state == HTTP_ASK || h->state == HTTP_SKIP) {
        if (last_call < h->ask_until)
            h->ask_until = last_call;
        conclude(h, HTTP_STEP_ON);
    }
}

static void http_release(struct connection *c)
{
    struct http *const h = (struct http *)c;

    http_exchange_end(h);
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
