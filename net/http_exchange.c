/*
 * http_exchange.c: the beginning and the end of a request and its reply, see http_server_state.h. At its end it is
 * logged and counted.
 */
#include "net/http_server_state.h"

#include "net/http_log.h"

#include <stdlib.h>

bool http_exchange_begin(struct http *h)
{
    h->x = calloc(1, sizeof *h->x);
    if (!h->x)
        return false;
    h->x->began = loop_now(http_loop(h));
    h->x->request.minor = 1;
    h->x->reply.content.fd = -1;
    return true;
}

static struct http_text field_of(const struct http_request *request, enum http_field field)
{
    struct http_text value = {NULL, 0};
    unsigned from = 0;

    http_request_field(request, field, &from, &value);
    return value;
}

/* Bytes of the file that the content was made of; a copy in memory stands for the file that it was made of. */
static uint64_t read_of_file(const struct http_exchange *x)
{
    const struct http_content *const content = &x->reply.content;

    if (x->reply.copy && !x->reply.filling)
        return x->whole ? (uint64_t)content->before.st_size : 0;
    return content->fd >= 0 ? content->taken : 0;
}

/* The coding in which the content went, as a coding of the content or of the transfer. */
static enum http_coding coding_of(const struct http_answer *answer)
{
    return answer->coding != HTTP_IDENTITY ? answer->coding : answer->transfer;
}

static void log_exchange(struct http *h)
{
    const struct http_exchange *const x = h->x;
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
                                   .coding = http_coding_name(coding_of(answer)),
                                   .milliseconds = loop_now(http_loop(h)) - x->began,
                                   .reason = x->reason ? x->reason : x->reply.reason});
}

static void count_exchange(struct http *h)
{
    const struct http_exchange *const x = h->x;
    struct metrics *const metrics = &h->c.worker->metrics;

    metrics_count_http(metrics, x->head_sent ? x->reply.answer.status : 0, coding_of(&x->reply.answer), read_of_file(x),
                       x->content);
    if (x->reply.copy && !x->reply.filling)
        metric_add(&metrics->cache_hits, 1);
    if (x->reply.content.deflater)
        metric_add(&metrics->compressions, 1);
}

void http_exchange_end(struct http *h)
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
