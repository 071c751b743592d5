/*
 * http_reply.c: see http_reply.h. A reply comes about in this order: method, name, file or folder; then
 * http_reply_file.c or http_reply_folder.c goes on with form (coding, or a part of the identity), conditions, content.
 */
#include "net/http_reply_inside.h"

#include "net/http_target.h"
#include "net/worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char index_name[] = "index.html";
const char http_reply_page_type[] = "text/html; charset=utf-8";

/* ---- pages and errors ---- */

void http_reply_page(struct http_reply *reply, struct http_page *page, bool head)
{
    reply->answer.framing = HTTP_SIZED;
    reply->answer.size = page->size;
    reply->content.fd = -1;
    if (head) {
        free(page->text);
        return;
    }
    reply->content.page = page->text;
    reply->content.parts[0] = (struct http_range){0, page->size};
    reply->content.part_count = 1;
    http_content_begin(&reply->content);
}

void http_reply_error(struct http_reply *reply, unsigned status, bool head, const char *reason)
{
    struct http_page page = {0};

    *reply = (struct http_reply){.answer = {.status = status, .type = http_reply_page_type, .framing = HTTP_SIZED},
                                 .content.fd = -1,
                                 .reason = reason};
    reply->answer.allow = status == 405;
    reply->answer.retry = status == 503;
    http_page_error(&page, status);
    if (page.failed) { /* then without a page */
        free(page.text);
        return;
    }
    http_reply_page(reply, &page, head);
}

void http_reply_fail(struct http_reply *reply, unsigned status, bool head, const char *reason)
{
    if (reply->content.fd >= 0)
        close(reply->content.fd);
    http_reply_error(reply, status, head, reason);
}

void http_reply_condition(struct http_reply *reply, unsigned status, bool head)
{
    const struct http_answer about = reply->answer;

    if (status == 412)
        http_reply_fail(reply, 412, head, "precondition failed");
    reply->answer.status = status;
    if (status == 304) {
        reply->answer = (struct http_answer){.status = 304, .framing = HTTP_UNFRAMED, .dated = about.dated,
                                             .modified = about.modified};
        reply->content.part_count = 0;
    }
    memcpy(reply->answer.etag, about.etag, sizeof about.etag);
    reply->answer.varies = true;
}

static unsigned status_of(enum root_verdict verdict)
{
    switch (verdict) {
    case ROOT_NUL:
        return 400;
    case ROOT_LONG:
        return 414;
    case ROOT_DENIED:
        return 403;
    case ROOT_BUSY:
        return 503;
    case ROOT_TROUBLE:
        return 500;
    case ROOT_OK:
    case ROOT_EMPTY:
    case ROOT_ABSOLUTE:
    case ROOT_PARENT:
    case ROOT_HIDDEN:
    case ROOT_COMPONENT:
    case ROOT_ABSENT:
    case ROOT_OUTSIDE:
    case ROOT_FOLDER:
    case ROOT_SPECIAL:
        break;
    }
    return 404; /* and not a word about what may be there */
}

void http_reply_refuse(struct http_reply *reply, enum root_verdict verdict, bool head)
{
    http_reply_error(reply, status_of(verdict), head, root_reason(verdict));
}

/* ---- what goes out ---- */

bool http_reply_compress(struct http_reply *reply, struct worker *worker, enum http_coding coding, bool head,
                         bool chunks)
{
    reply->answer.framing = chunks ? HTTP_CHUNKED : HTTP_UNTIL_CLOSE;
    if (head)
        return true;
    level_begin(&reply->content.level, worker->options->level, loop_busy(worker->loop), &worker->hardest,
                level_clock());
    reply->content.deflater = encoders_take(&worker->encoders, coding == HTTP_GZIP ? SLUICE_GZIP : SLUICE_ZLIB,
                                            reply->content.level.now);
    return reply->content.deflater != NULL;
}

void http_reply_keep(struct http_reply *reply, struct worker *worker, const void *data, size_t size, bool whole)
{
    if (!reply->filling || !reply->copy)
        return;

    const bool kept = http_cache_put(worker->cache, reply->copy, data, size);

    if (kept && whole)
        http_cache_finish(worker->cache, reply->copy);
    if (!kept || whole) {
        http_cache_release(worker->cache, reply->copy);
        reply->copy = NULL;
        reply->filling = false;
    }
}

void http_reply_end(struct http_reply *reply, struct worker *worker)
{
    if (reply->content.deflater)
        level_end(&reply->content.level);
    encoders_give(&worker->encoders, reply->content.deflater, !reply->content.level.was_hardest);
    if (reply->content.fd >= 0 && !reply->content.fixed)
        close(reply->content.fd);
    if (reply->copy)
        http_cache_release(worker->cache, reply->copy);
    if (!reply->copy || reply->filling)
        free(reply->content.page);
    reply->copy = NULL;
    free(reply->answer.location);
    reply->content.deflater = NULL;
    reply->content.fd = -1;
    reply->content.page = NULL;
    reply->answer.location = NULL;
}

/* ---- finding it ---- */

/* A file that was known and then is another one is looked for anew, so often at most. */
enum { ATTEMPTS = 4 };

enum finding {
    FOUND,       /* the reply is made */
    FOUND_LATER, /* as http_reply_make() gives false */
    NOT_FOUND    /* *verdict says why; ROOT_OK: the file was another one at each attempt */
};

/* Replies with the file `name`, if there is one. */
static enum finding find_file(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                              const char *name, size_t size, struct http_reply_wait *wait, enum root_verdict *verdict)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        struct http_source source = {.name = name, .size = size};

        *verdict = ROOT_OK;
        if (!http_source_find(&source, worker))
            *verdict = root_open(worker->root, name, size, &source.fd, &source.status);
        if (*verdict != ROOT_OK)
            return NOT_FOUND;
        if (!source.known && !wait->aged && transfer_is_fresh(&source.status)) {
            close(source.fd);
            wait->aged = true;
            wait->ms = TRANSFER_FRESH;
            return FOUND_LATER;
        }
        wait->ms = 0;
        if (http_reply_file(reply, worker, request, &source, wait))
            return FOUND;
        http_reply_end(reply, worker);
        *reply = (struct http_reply){.content.fd = -1};
        if (wait->ms > 0)
            return FOUND_LATER;
    }
    return NOT_FOUND;
}

bool http_reply_make(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                     struct http_reply_wait *wait)
{
    const bool head = request->method == HTTP_HEAD;
    char name[HTTP_NAME_ROOM + 1 + sizeof index_name];
    size_t size, file_size;
    bool folder;
    unsigned bad;
    enum root_verdict verdict;
    enum finding finding;

    *reply = (struct http_reply){.content.fd = -1};
    if (request->method == HTTP_OPTIONS) {
        reply->answer = (struct http_answer){.status = 204, .framing = HTTP_UNFRAMED, .allow = true};
        return true;
    }
    if (request->method != HTTP_GET && !head) {
        http_reply_error(reply, request->method == HTTP_UNKNOWN ? 501 : 405, false, "method");
        return true;
    }
    bad = http_target_name(&request->path, name, &size, &folder);
    if (bad) {
        http_reply_error(reply, bad, head, "bad encoding in the path");
        return true;
    }
    file_size = size;
    if (folder) {
        verdict = size > 0 ? root_judge(name, size) : ROOT_OK;
        if (verdict != ROOT_OK) {
            http_reply_refuse(reply, verdict, head);
            return true;
        }
        if (size > 0)
            name[file_size++] = '/';
        memcpy(name + file_size, index_name, sizeof index_name - 1);
        file_size += sizeof index_name - 1;
    }
    finding = find_file(reply, worker, request, name, file_size, wait, &verdict);
    if (finding != NOT_FOUND)
        return finding == FOUND;
    if (verdict == ROOT_OK)
        http_reply_error(reply, 503, head, "the file changes");
    else if (folder && (verdict == ROOT_ABSENT || verdict == ROOT_FOLDER))
        http_reply_listing(reply, worker, request, name, size);
    else if (!folder && verdict == ROOT_FOLDER)
        http_reply_redirect(reply, request, name, size);
    else
        http_reply_refuse(reply, verdict, head);
    return true;
}
