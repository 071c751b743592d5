/*
 * http_server_state.h: what the files of the HTTP server share, a connection's memory and its machine. Nobody else
 * includes it. http_server.c reads requests and runs the machine, http_exchange.c begins and ends what is kept for a
 * request, http_send.c sends its answer.
 */
#ifndef NET_HTTP_SERVER_STATE_H
#define NET_HTTP_SERVER_STATE_H

#include "net/http_body.h"
#include "net/http_reply.h"
#include "net/http_server.h"
#include "net/slice.h"
#include "net/worker.h"

enum http_state { HTTP_ASK, HTTP_SKIP, HTTP_REPLY, HTTP_SEND };

/* How a state's function ends. */
enum http_step {
    HTTP_STEP_ON,     /* the next state can go on at once */
    HTTP_STEP_WAIT,   /* until the socket is ready or the deadline passes */
    HTTP_STEP_FINISH, /* end the connection in order */
    HTTP_STEP_ABORT   /* end it by a reset */
};

/* A request and its reply: what is needed from the first until the last byte of it, and no longer. */
struct http_exchange {
    struct http_request request; /* points into the connection's `in`, or into `head` */
    char *head;                  /* the head's own copy, if there is a body: reading that moves `in` */
    struct http_body body;
    bool told;                   /* "100 Continue" has been sent */
    struct http_reply_wait wait; /* of the reply */
    struct http_reply reply;     /* from HTTP_SEND on */
    struct slice *slice;         /* of it, that is compressed beside the loop; or NULL */
    bool head_sent, whole;       /* the head, the last byte has been handed to the connection */
    uint64_t began;              /* on the loop's clock */
    bool lent, unlendable;       /* bytes of the file have been lent to the socket; cannot be lent */
    uint64_t copied;             /* bytes sent since the last that were lent */
    uint64_t lent_until;         /* 0, or when the client must have taken what was lent */
    uint64_t lent_pause;         /* ms until it is asked again whether it has */
    uint64_t content;            /* bytes of content that have been handed to the connection, without chunks' framing */
    const char *reason;          /* why it was broken off, a static string; or NULL */
};

struct http {
    struct connection c;    /* first, so that both are one */
    enum http_state state;
    bool last;              /* the connection ends with this exchange */
    unsigned turn;          /* requests answered, and pieces copied, in this turn */
    unsigned long served;   /* requests answered */
    char *in;               /* what has come: in[in_at, in_size) is not used up; NULL: nothing */
    size_t in_at, in_size;
    struct http_scan scan;  /* of the head that begins at in_at */
    uint64_t ask_until;     /* when the request must be complete; or, if nothing of it has come, begun */
    struct http_exchange *x; /* NULL: none yet */
};

static inline struct loop *http_loop(const struct http *h)
{
    return h->c.worker->loop;
}

static inline bool http_is_stopping(const struct http *h)
{
    return h->c.worker->stop >= SERVER_FINISH;
}

/* The connection is to be ended by a reset. The log of the exchange, if there is one, gives the reason. */
static inline enum http_step http_abort(struct http *h, const char *reason)
{
    if (h->x)
        h->x->reason = reason;
    return HTTP_STEP_ABORT;
}

/* Begins what is kept for a request, h->x, which is NULL. False: no memory. */
bool http_exchange_begin(struct http *h);

/* Logs it, counts it and gives all of it back. Without one it does nothing. */
void http_exchange_end(struct http *h);

/* The state HTTP_SEND: the head, and a slice of the content, as the socket has room. */
enum http_step http_send(struct http *h);

/* The connection goes on when its socket has room; that of one which is idle has it at once. */
enum http_step http_send_wait(struct http *h);

/* The exchange is over: on to the next request, or to the end of the connection. */
enum http_step http_next_request(struct http *h);

/* Runs the machine until it has to wait; may end the connection. The type is that of slice_begin()'s `ready`. */
void http_go_on(void *http);

#endif
