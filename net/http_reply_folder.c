/* http_reply_folder.c: the reply that a folder gets, see http_reply_inside.h. */
#include "net/http_reply_inside.h"

#include "net/http_condition.h"
#include "net/http_listing.h"
#include "net/worker.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

void http_reply_redirect(struct http_reply *reply, const struct http_request *request, const char *name, size_t size)
{
    const bool head = request->method == HTTP_HEAD;
    struct http_page location = {0};

    http_page_add(&location, "/");
    http_page_add_url(&location, name, size);
    http_page_add(&location, "/");
    if (request->query.data && request->query.size > 0) {
        http_page_add(&location, "?");
        for (size_t i = 0; i < request->query.size; i++) {
            const char c[2] = {request->query.data[i], '\0'};

            if ((unsigned char)c[0] < 128) /* printable, as the parser has seen to */
                http_page_add(&location, c);
            else
                http_page_add_url(&location, c, 1);
        }
    }
    if (location.failed) {
        free(location.text);
        http_reply_error(reply, 503, head, "out of memory");
        return;
    }
    http_reply_error(reply, 301, head, NULL);
    reply->answer.location = location.text;
}

/*
 * A weak tag: the page is the same to a reader, whatever coding it comes in. Sixty-four bits of its text, which nobody
 * but the owner of the folder can write to.
 */
static void write_page_etag(char *etag, const struct http_page *page)
{
    uint64_t hash = 0xCBF29CE484222325u; /* FNV-1a */

    for (size_t i = 0; i < page->size; i++)
        hash = (hash ^ (unsigned char)page->text[i]) * 0x100000001B3u;
    snprintf(etag, HTTP_ETAG_ROOM, "W/\"%016" PRIx64 "\"", hash);
}

/* Does the client have this page? Its tag is all that a page can be known by: it has no date. */
static bool is_page_known(const struct http_answer *answer, const struct http_request *request)
{
    const struct http_validators v = {.etag = answer->etag + 2, .now = time(NULL)}; /* judged without its W/ */
    struct http_text value;
    unsigned from = 0;

    return http_request_field(request, HTTP_IF_NONE_MATCH, &from, &value) && http_condition_judge(request, &v) == 304;
}

void http_reply_listing(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                        const char *name, size_t size)
{
    const bool head = request->method == HTTP_HEAD;
    struct http_page page = {0};
    enum root_verdict verdict;
    enum http_coding coding;
    bool written;
    int fd;

    verdict = root_open_folder(worker->root, name, size, &fd);
    if (verdict != ROOT_OK) {
        http_reply_refuse(reply, verdict, head);
        return;
    }
    coding = http_content_coding(request, true);
    if (!worker->options->listing) {
        close(fd);
        http_reply_error(reply, 403, head, "folders are not listed");
        return;
    }
    if (coding == HTTP_NO_CODING) {
        close(fd);
        http_reply_error(reply, 406, head, "no acceptable coding");
        reply->answer.varies = true;
        return;
    }
    written = http_listing_write(&page, worker->root, fd, name, size, &request->query);
    close(fd);
    if (!written) {
        free(page.text);
        http_reply_error(reply, 503, head, "the folder cannot be read, or no memory");
        return;
    }
    reply->answer = (struct http_answer){
        .status = 200, .type = http_reply_page_type, .varies = true, .no_store = true, .coding = coding};
    write_page_etag(reply->answer.etag, &page);

    if (is_page_known(&reply->answer, request)) {
        free(page.text);
        http_reply_condition(reply, 304, head);
        return;
    }
    if (coding == HTTP_IDENTITY)
        reply->answer.transfer = http_transfer_coding(request);
    http_reply_page(reply, &page, head);
    if (coding == HTTP_IDENTITY)
        coding = reply->answer.transfer;
    if (coding != HTTP_IDENTITY && !http_reply_compress(reply, worker, coding, head, request->minor >= 1)) {
        http_reply_end(reply, worker);
        http_reply_error(reply, 503, head, "out of memory");
    }
}

