/*
 * http_reply.h: what is answered to a request: finds the file or folder, chooses among its forms by what the client
 * understands, judges conditions and ranges, and gives the head and the content of the response.
 */
#ifndef NET_HTTP_REPLY_H
#define NET_HTTP_REPLY_H

#include "net/http_answer.h"
#include "net/http_cache.h"
#include "net/http_content.h"
#include "net/http_request.h"

struct worker;

struct http_reply {
    struct http_answer answer;
    struct http_content content;
    struct http_copy *copy; /* NULL, or a compressed copy: the content's page, or what is to be filled with it */
    bool filling;
    const char *reason; /* for the log: why it is an error; or NULL */
};

/* What a reply has been waited for; all zero at first. */
struct http_reply_wait {
    unsigned ms;     /* how long to wait now */
    bool aged;       /* the file was fresh, and has been waited for */
    unsigned pauses; /* for a copy that somebody fills, and how far it was then */
    size_t progress;
};

/*
 * Makes the reply to a request that has been read without error. False: it had better wait for wait->ms, and be made
 * then: the file has changed a moment ago and must age, or somebody is compressing it for the cache. A reply must be
 * ended.
 */
bool http_reply_make(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                     struct http_reply_wait *wait);

/* Makes the reply of an error: its page, or, if that is for a HEAD, what stands before it. */
void http_reply_error(struct http_reply *reply, unsigned status, bool head, const char *reason);

/*
 * The content has put out these bytes, which were not framed yet; `whole`: they are the last. If a copy is to be
 * filled, they are kept.
 */
void http_reply_keep(struct http_reply *reply, struct worker *worker, const void *data, size_t size, bool whole);

/* Lets go of the file, the encoder and the page. */
void http_reply_end(struct http_reply *reply, struct worker *worker);

#endif
