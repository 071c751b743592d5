/*
 * http_reply_inside.h: what the files of http_reply.h share. Nobody else includes it. http_reply.c finds what a request
 * is for, http_reply_file.c answers with a file, http_reply_folder.c with a folder.
 */
#ifndef NET_HTTP_REPLY_INSIDE_H
#define NET_HTTP_REPLY_INSIDE_H

#include "net/http_page.h"
#include "net/http_reply.h"
#include "net/http_source.h"
#include "net/root.h"

/* The type of all pages that the server writes. */
extern const char http_reply_page_type[];

/* An error by what is wrong with a name. */
void http_reply_refuse(struct http_reply *reply, enum root_verdict verdict, bool head);

/* As http_reply_error(), once a file has been opened: it is closed. */
void http_reply_fail(struct http_reply *reply, unsigned status, bool head, const char *reason);

/* The page becomes the content, which frees it, unless the request is a HEAD; its size is told in any case. */
void http_reply_page(struct http_reply *reply, struct http_page *page, bool head);

/*
 * The content goes through an encoder, in the coding of the content or of the transfer; `chunks`: the client knows them
 * (HTTP/1.1). False: no memory.
 */
bool http_reply_compress(struct http_reply *reply, struct worker *worker, enum http_coding coding, bool head,
                         bool chunks);

/* The answer becomes 304 or 412, whose head says which representation it is about, and no more. */
void http_reply_condition(struct http_reply *reply, unsigned status, bool head);

/*
 * Fills in the reply for the source, whose file, if it is open, becomes the content's. False, and nothing is held but
 * by the reply: wait->ms is set; or it was only known, and is not what it was.
 */
bool http_reply_file(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                     struct http_source *source, struct http_reply_wait *wait);

/* For a folder, `name` without a slash at its end, empty for the root: the page that lists it. */
void http_reply_listing(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                        const char *name, size_t size);

/* For a folder that was asked for without a slash at its end: its relative links would lead beside it. */
void http_reply_redirect(struct http_reply *reply, const struct http_request *request, const char *name, size_t size);

#endif
