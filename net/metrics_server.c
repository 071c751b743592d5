/* metrics_server.c: see metrics_server.h. One request a connection: who reads such figures comes every few seconds. */
#include "net/metrics_server.h"

#include "net/http_date.h"
#include "net/http_request.h"
#include "net/server.h"
#include "net/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Bytes that a request may have. */
enum { REQUEST_MOST = 4096 };

struct asking {
    struct connection c;
    struct http_scan scan;
    char *in; /* the request so far, REQUEST_MOST bytes of room; NULL: the answer is being sent */
    size_t size;
};

/* Ends it, once all that is kept has gone. */
static void send_rest(struct asking *a)
{
    switch (connection_drain(&a->c)) {
    case SEND_ALL:
        connection_finish(&a->c);
        break;
    case SEND_WAIT:
        if (!connection_want(&a->c, LOOP_WRITE))
            connection_abort(&a->c);
        break;
    case SEND_GONE:
        connection_abort(&a->c);
        break;
    }
}

static void answer(struct asking *a, const char *status, const char *content, size_t size, bool head)
{
    char text[300], date[HTTP_DATE_ROOM];
    const int n = snprintf(text, sizeof text,
                           "HTTP/1.1 %s\r\nDate: %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                           "Content-Length: %zu\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
                           status, http_date_format(date, time(NULL)), size);

    free(a->in);
    a->in = NULL;
    connection_patience(&a->c);
    connection_deadline(&a->c, a->c.judge_at);
    if (connection_send(&a->c, text, (size_t)n) != SEND_ALL) /* a fresh socket takes so little, or nobody is there */
        connection_abort(&a->c);
    else if (!head && size > 0 && connection_send(&a->c, content, size) == SEND_GONE)
        connection_abort(&a->c);
    else
        send_rest(a);
}

static void answer_error(struct asking *a, const char *status)
{
    answer(a, status, "", 0, false);
}

static void answer_metrics(struct asking *a, bool head)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const out = open_memstream(&text, &size);
    bool ok = out != NULL;

    if (out) {
        server_write_metrics(a->c.worker->server, out);
        ok = fclose(out) == 0;
    }
    if (ok)
        answer(a, "200 OK", text, size, head);
    else
        answer_error(a, "503 Service Unavailable");
    free(text);
}

/* The head is whole. */
static void answer_request(struct asking *a)
{
    static const char path[] = "/metrics";
    struct http_request request;

    if (http_request_parse(&request, a->in + a->scan.start, a->scan.size) != 0)
        answer_error(a, "400 Bad Request");
    else if (request.method != HTTP_GET && request.method != HTTP_HEAD)
        answer_error(a, "405 Method Not Allowed\r\nAllow: GET, HEAD"); /* RFC 9110 15.5.6 asks for it */
    else if (request.path.size != sizeof path - 1 || memcmp(request.path.data, path, sizeof path - 1) != 0)
        answer_error(a, "404 Not Found");
    else
        answer_metrics(a, request.method == HTTP_HEAD);
}

static void asking_ready(struct connection *c)
{
    struct asking *const a = (struct asking *)c;
    unsigned status = HTTP_MORE;
    size_t got;

    if (!a->in) {
        send_rest(a);
        return;
    }
    while (status == HTTP_MORE) {
        switch (connection_receive(c, a->in + a->size, REQUEST_MOST - a->size, &got)) {
        case RECEIVE_BYTES:
            a->size += got;
            status = http_head_scan(&a->scan, a->in, a->size);
            break;
        case RECEIVE_NOTHING:
            return;
        case RECEIVE_END:
        case RECEIVE_GONE:
            connection_abort(c);
            return;
        }
        if (status == HTTP_MORE && a->size == REQUEST_MOST)
            status = 431;
    }
    if (status == 0)
        answer_request(a);
    else
        answer_error(a, status == 431 ? "431 Request Header Fields Too Large" : "400 Bad Request");
}

static void asking_begin(struct connection *c)
{
    struct asking *const a = (struct asking *)c;

    a->in = malloc(REQUEST_MOST);
    if (!a->in || !connection_want(c, LOOP_READ)) {
        connection_abort(c);
        return;
    }
    connection_deadline(c, c->accepted + c->worker->options->request_timeout);
    asking_ready(c);
}

/* It took too long to ask, or to take the answer; and what it reads is no transfer that a stop would wait for. */
static void asking_stop(struct connection *c, bool now)
{
    (void)now;
    connection_abort(c);
}

static void asking_release(struct connection *c)
{
    struct asking *const a = (struct asking *)c;

    free(a->in);
    a->in = NULL;
}

const struct protocol metrics_protocol = {.name = "metrics",
                                          .apart = true,
                                          .size = sizeof(struct asking),
                                          .begin = asking_begin,
                                          .ready = asking_ready,
                                          .timeout = connection_abort,
                                          .stop = asking_stop,
                                          .release = asking_release};
