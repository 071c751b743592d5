/*
 * http_reply.c: see http_reply.h. A reply comes about in this order, each a function: method, name, file or folder,
 * form (coding, or a part of the identity), conditions, content.
 */
#include "net/http_reply.h"

#include "net/http_condition.h"
#include "net/http_listing.h"
#include "net/http_page.h"
#include "net/http_range.h"
#include "net/http_target.h"
#include "net/http_type.h"
#include "net/known_files.h"
#include "net/root.h"
#include "net/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* No coding makes less of fewer bytes: the frame of gzip alone has 18. */
enum { COMPRESSED_LEAST = 20 };

/*
 * A file up to this size is kept as it is. What is larger is lent from the system's own copy of it (see file_send.h),
 * beside which opening it costs little.
 */
enum { KEPT_PLAIN_MOST = 256 * 1024 };

static const char index_name[] = "index.html";
static const char html[] = "text/html; charset=utf-8";

/*
 * A copy that somebody fills is waited for in pauses of so many ms, as long as it grows by so many bytes in each: slower
 * than that is a client's link, and no reason to keep others waiting.
 */
enum { FILL_PAUSE = 5, FILL_LEAST = 2048, FILL_PAUSES = 200 };

/* ---- content ---- */

/* The page becomes the content, unless the request is a HEAD; its size is told in any case. */
static void use_page(struct http_reply *reply, struct http_page *page, bool head)
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

    *reply = (struct http_reply){
        .answer = {.status = status, .type = html, .framing = HTTP_SIZED}, .content.fd = -1, .reason = reason};
    reply->answer.allow = status == 405;
    reply->answer.retry = status == 503;
    http_page_error(&page, status);
    if (page.failed) { /* then without a page */
        free(page.text);
        return;
    }
    use_page(reply, &page, head);
}

/* The same, once a file has been opened: it is closed. */
static void fail(struct http_reply *reply, unsigned status, bool head, const char *reason)
{
    if (reply->content.fd >= 0)
        close(reply->content.fd);
    http_reply_error(reply, status, head, reason);
}

/* The content goes through an encoder, in the coding of the content or of the transfer. False: no memory. */
static bool compress(struct http_reply *reply, struct worker *worker, enum http_coding coding, bool head, bool sized)
{
    /* HTTP/1.0 knows no chunks. */
    reply->answer.framing = sized ? HTTP_CHUNKED : HTTP_UNTIL_CLOSE;
    if (head)
        return true;
    level_begin(&reply->content.level, worker->options->level, loop_busy(worker->loop), &worker->hardest,
                level_clock());
    reply->content.deflater = encoders_take(&worker->encoders, coding == HTTP_GZIP ? SLUICE_GZIP : SLUICE_ZLIB,
                                            reply->content.level.now);
    return reply->content.deflater != NULL;
}

/*
 * The content is a copy of the whole file in a coding, if there is one. If there is none but it can be made, what is
 * sent will be kept for others.
 */
static bool use_copy(struct http_reply *reply, struct worker *worker, enum http_coding coding)
{
    struct http_content *const content = &reply->content;
    uint64_t place = 0;
    size_t size;

    if (!worker->cache)
        return false;
    reply->copy = http_cache_take(worker->cache, &content->before, coding, &reply->filling);
    if (!reply->copy || reply->filling)
        return false;
    if (content->fd >= 0)
        close(content->fd);
    content->fd = -1;
    /* It is only read from there; http_reply_end() knows whose it is, and whose the file. */
    content->page = (char *)(uintptr_t)http_copy_data(reply->copy, &size);
    if (!content->page) {
        content->fd = http_copy_file(worker->cache, reply->copy, &place);
        content->fixed = true;
    }
    content->parts[0] = (struct http_range){place, place + size};
    content->part_count = 1;
    if (reply->answer.transfer == HTTP_IDENTITY) {
        reply->answer.framing = HTTP_SIZED;
        reply->answer.size = size;
    } else {
        reply->answer.framing = HTTP_CHUNKED;
    }
    return true;
}

/* No memory for an encoder. */
static void give_up_copy(struct http_reply *reply, struct worker *worker, bool head)
{
    if (reply->copy)
        http_cache_release(worker->cache, reply->copy);
    fail(reply, 503, head, "out of memory");
}

void http_reply_keep(struct http_reply *reply, struct worker *worker, const void *data, size_t size, bool whole)
{
    if (!reply->filling || !reply->copy)
        return;
    if (!http_cache_put(worker->cache, reply->copy, data, size)) {
        http_cache_release(worker->cache, reply->copy);
        reply->copy = NULL;
    } else if (whole) {
        http_cache_finish(worker->cache, reply->copy);
        reply->filling = false;
        http_cache_release(worker->cache, reply->copy);
        reply->copy = NULL;
    }
}

/* ---- errors of names ---- */

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

static void refuse_name(struct http_reply *reply, enum root_verdict verdict, bool head)
{
    http_reply_error(reply, status_of(verdict), head, root_reason(verdict));
}

/* ---- a file ---- */

static bool is_compressible(int fd, const struct stat *status, const struct http_type *type)
{
    char begin[HTTP_PROBE];
    ssize_t got;

    if (status->st_size < COMPRESSED_LEAST || type->packing == HTTP_PACKED)
        return false;
    if (type->packing == HTTP_LOOSE)
        return true;
    got = pread(fd, begin, sizeof begin, 0);
    return got < 0 || !http_looks_packed(begin, (size_t)got);
}

/*
 * A tag is strong: it stands for these bytes alone. Files are told apart as their content is: by who they are, how
 * large, and when they were last changed to the nanosecond. Each coding is another representation (RFC 9110 8.8.3.3).
 */
static void write_etag(char *etag, const struct stat *s, enum http_coding coding)
{
    const uint64_t parts[] = {(uint64_t)s->st_ino, (uint64_t)s->st_size, (uint64_t)s->st_mtim.tv_sec,
                              (uint64_t)s->st_mtim.tv_nsec};
    const char *const mark = coding == HTTP_GZIP ? "gzip" : coding == HTTP_DEFLATE ? "deflate" : "";
    char *p = etag;

    *p++ = '"';
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        unsigned digits = 1;

        while (digits < 16 && parts[i] >> (4 * digits) != 0)
            digits++;
        while (digits-- > 0)
            *p++ = "0123456789abcdef"[parts[i] >> (4 * digits) & 15];
        if (i + 1 < sizeof parts / sizeof *parts || *mark)
            *p++ = '-';
    }
    memcpy(p, mark, strlen(mark));
    p += strlen(mark);
    memcpy(p, "\"", 2);
}

static struct http_validators validators(const struct http_answer *answer)
{
    return (struct http_validators){.etag = answer->etag, .modified = answer->modified, .now = time(NULL)};
}

/*
 * Which parts of the file are asked for? HTTP_RANGE_WHOLE if none, or if they are to be passed over: for other methods
 * than GET (RFC 9110 14.2), when If-Range does not hold, and when the identity, whose parts they are, is not wanted.
 */
static enum http_range_verdict find_ranges(struct http_reply *reply, const struct http_request *request,
                                           const struct stat *status)
{
    struct http_text value, other;
    unsigned from = 0;

    if (request->method != HTTP_GET || !http_request_field(request, HTTP_RANGE, &from, &value) ||
        http_request_field(request, HTTP_RANGE, &from, &other) ||
        http_content_coding(request, false) != HTTP_IDENTITY)
        return HTTP_RANGE_WHOLE;

    const struct http_validators v = validators(&reply->answer);

    if (!http_condition_range(request, &v))
        return HTTP_RANGE_WHOLE;
    return http_range_parse(&value, (uint64_t)status->st_size, reply->content.parts, &reply->content.part_count);
}

/* A boundary that is in the file only if someone guessed it: it depends on the time, and on where in memory we are. */
static void write_boundary(char *boundary, const void *place)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    const uint64_t mixed =
        ((uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec ^ (uint64_t)(uintptr_t)place << 16) * 0x9E3779B97F4A7C15u;

    snprintf(boundary, HTTP_BOUNDARY_ROOM, "sluice-%016" PRIx64, mixed);
}

/* 206: one part, or several. */
static void use_ranges(struct http_reply *reply, const struct stat *status)
{
    struct http_answer *const answer = &reply->answer;
    struct http_content *const content = &reply->content;

    answer->status = 206;
    answer->total = (uint64_t)status->st_size;
    if (content->part_count == 1) {
        answer->partial = true;
        answer->first = content->parts[0].first;
        answer->end = content->parts[0].end;
    } else {
        content->multipart = true;
        content->type = answer->type;
        write_boundary(content->boundary, reply);
        answer->boundary = content->boundary;
    }
}

/* The head of 304 and 412 says which representation it is about, and no more. */
static void answer_condition(struct http_reply *reply, unsigned status, bool head)
{
    const struct http_answer about = reply->answer;

    if (status == 412)
        fail(reply, 412, head, "precondition failed");
    reply->answer.status = status;
    if (status == 304) {
        reply->answer = (struct http_answer){.status = 304, .framing = HTTP_UNFRAMED, .dated = about.dated,
                                             .modified = about.modified};
        reply->content.part_count = 0;
    }
    memcpy(reply->answer.etag, about.etag, sizeof about.etag);
    reply->answer.varies = true;
}

/* A file that may be sent: open, or known from before, and then fd is -1 until it is needed. */
struct source {
    const char *name;
    size_t size;
    int fd;
    struct stat status;
    bool known;        /* and so asked for a second time at least */
    bool settled;      /* it has not changed so lately that it could change once more unseen: copies of it may be kept */
    bool compressible;
    bool gzip;         /* it begins as gzip does; of one that is known, false may be true */
};

static bool find_known(struct source *source, struct worker *worker)
{
    const struct known_file *const known =
        worker->known ? known_files_find(worker->known, worker->root, source->name, source->size) : NULL;

    source->known = source->settled = known != NULL;
    source->fd = -1;
    if (known) {
        source->status = known->status;
        source->compressible = known->compressible;
        source->gzip = known->gzip;
    }
    return known != NULL;
}

/* It has been opened and looked into, and is known from now on. */
static void make_known(struct source *source, struct worker *worker)
{
    source->settled = !transfer_is_fresh(&source->status);
    if (worker->known && source->settled)
        known_files_add(worker->known, source->name, source->size, &source->status, source->compressible, source->gzip);
}

/* Makes the source's file the content, in the place of what is. */
static void use_source(struct http_content *content, const struct source *source)
{
    if (content->fd >= 0)
        close(content->fd);
    content->fd = source->fd;
    content->before = source->status;
}

/* Opens what was only known, if it is needed. False: it is not what it was a moment ago. */
static bool open_known(struct http_content *content, struct worker *worker, const struct source *source)
{
    struct stat status;

    return content->fd >= 0 ||
           (root_open(worker->root, source->name, source->size, &content->fd, &status) == ROOT_OK &&
            known_files_same(&status, &content->before));
}

/*
 * Finds FILE.gz, if there is one that is not older than FILE. It is sent as it is, so it must at least begin as gzip
 * does; that it holds the same is for who put it there to see to.
 */
static bool find_prepared(struct source *gz, struct worker *worker, const struct source *source)
{
    static const unsigned char magic[2] = {0x1F, 0x8B};
    unsigned char begin[2];

    if (!find_known(gz, worker) || !gz->gzip) {
        if (root_open(worker->root, gz->name, gz->size, &gz->fd, &gz->status) != ROOT_OK)
            return false;
        gz->gzip = pread(gz->fd, begin, 2, 0) == 2 && memcmp(begin, magic, 2) == 0;
        gz->compressible = gz->known = false;
        make_known(gz, worker);
    }
    const struct timespec *const a = &gz->status.st_mtim, *const b = &source->status.st_mtim;
    const bool older = a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);

    if (!older && gz->settled && gz->gzip)
        return true;
    if (gz->fd >= 0)
        close(gz->fd);
    return false;
}

/* Is somebody filling the copy that this reply wants, and getting on with it? Then to wait spares doing it again. */
static bool is_worth_waiting(const struct http_content *content, struct worker *worker, enum http_coding coding,
                             struct http_reply_wait *wait)
{
    const size_t progress = worker->cache ? http_cache_progress(worker->cache, &content->before, coding) : 0;

    if (progress == 0 || wait->pauses == FILL_PAUSES || (wait->pauses > 0 && progress < wait->progress + FILL_LEAST))
        return false;
    wait->progress = progress;
    wait->pauses++;
    wait->ms = FILL_PAUSE;
    return true;
}

/*
 * Fills in the reply for the source, whose file, if it is open, becomes the content's. False, and nothing is held but by
 * the reply: wait->ms is set; or it was only known, and is not what it was.
 */
static bool reply_with_file(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                            struct source *source, struct http_reply_wait *wait)
{
    struct http_answer *const answer = &reply->answer;
    struct http_content *const content = &reply->content;
    const struct stat *const status = &content->before;
    const struct http_type type = http_type_of(source->name, source->size);
    const bool head = request->method == HTTP_HEAD;
    char gz_name[ROOT_NAME_LONGEST + 4];
    struct source gz = {.name = gz_name, .size = source->size + 3};
    bool prepared = false;
    enum http_range_verdict ranges;
    unsigned condition;

    use_source(content, source);
    if (!source->known) {
        source->compressible = is_compressible(content->fd, status, &type);
        make_known(source, worker);
    }
    answer->status = 200;
    answer->type = type.name;
    answer->dated = true;
    answer->modified = status->st_mtim.tv_sec;
    answer->varies = true;
    write_etag(answer->etag, status, HTTP_IDENTITY);

    ranges = find_ranges(reply, request, status);
    if (ranges == HTTP_RANGE_WHOLE)
        answer->coding = http_content_coding(request, source->compressible);
    if (answer->coding == HTTP_NO_CODING) {
        fail(reply, 406, head, "no acceptable coding");
        reply->answer.varies = true;
        return true;
    }
    if (answer->coding == HTTP_IDENTITY) {
        answer->transfer = source->compressible ? http_transfer_coding(request) : HTTP_IDENTITY;
    } else if (answer->coding == HTTP_GZIP && worker->options->precompressed && source->size <= ROOT_NAME_LONGEST) {
        memcpy(gz_name, source->name, source->size);
        memcpy(gz_name + source->size, ".gz", 4);
        prepared = find_prepared(&gz, worker, source);
        if (prepared) {
            use_source(content, &gz);
            source = &gz;
        }
    }
    if (answer->coding != HTTP_IDENTITY)
        write_etag(answer->etag, status, answer->coding); /* of the file that is sent */
    answer->ranges = answer->coding == HTTP_IDENTITY;

    const struct http_validators v = validators(answer);

    condition = http_condition_judge(request, &v);
    if (condition != 0) {
        answer_condition(reply, condition, head);
        return true;
    }
    if (ranges == HTTP_RANGE_OUTSIDE) {
        const uint64_t total = (uint64_t)status->st_size;

        fail(reply, 416, head, "no such range");
        reply->answer.unsatisfied = true;
        reply->answer.total = total;
        reply->answer.varies = true;
        return true;
    }
    if (ranges == HTTP_RANGE_PARTS) {
        use_ranges(reply, status);
    } else {
        content->parts[0] = (struct http_range){0, (uint64_t)status->st_size};
        content->part_count = 1;
    }
    const enum http_coding coding = prepared                           ? HTTP_IDENTITY
                                    : answer->coding != HTTP_IDENTITY ? answer->coding
                                                                      : answer->transfer;
    const bool keeps = source->settled && answer->status == 200 &&
                       (coding != HTTP_IDENTITY || (source->known && status->st_size <= KEPT_PLAIN_MOST));

    if (head || !keeps || !use_copy(reply, worker, coding)) {
        if (!head && keeps && !reply->copy && is_worth_waiting(content, worker, coding, wait))
            return false;
        if (!head && !open_known(content, worker, source))
            return false;
        if (coding != HTTP_IDENTITY) {
            if (!compress(reply, worker, coding, head, request->minor >= 1))
                give_up_copy(reply, worker, head);
        } else {
            answer->framing = HTTP_SIZED;
            answer->size = http_content_size(content);
        }
        if (head)
            content->part_count = 0;
    }
    http_content_begin(content);
    return true;
}

/* ---- a folder ---- */

/* A folder without a slash at its end: its relative links would lead beside it. */
static void redirect(struct http_reply *reply, const struct http_request *request, const char *name, size_t size)
{
    struct http_page location = {0};

    http_reply_error(reply, 301, request->method == HTTP_HEAD, NULL);
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
    http_page_add(&location, "");
    if (!location.failed) {
        location.text[location.size] = '\0'; /* a text that grows has room for it */
        reply->answer.location = location.text;
    } else {
        free(location.text);
        http_reply_error(reply, 503, request->method == HTTP_HEAD, "out of memory");
    }
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

static void reply_with_listing(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                               const char *name, size_t size)
{
    const bool head = request->method == HTTP_HEAD;
    struct http_page page = {0};
    enum root_verdict verdict;
    enum http_coding coding;
    int fd;

    verdict = root_open_folder(worker->root, name, size, &fd);
    if (verdict != ROOT_OK) {
        refuse_name(reply, verdict, head);
        return;
    }
    coding = http_content_coding(request, true);
    if (!worker->options->listing || coding == HTTP_NO_CODING) {
        close(fd);
        http_reply_error(reply, worker->options->listing ? 406 : 403, head, "folders are not listed");
        if (worker->options->listing)
            reply->reason = "no acceptable coding";
        reply->answer.varies = worker->options->listing;
        return;
    }
    if (!http_listing_write(&page, worker->root, fd, name, size, &request->query)) {
        close(fd);
        free(page.text);
        http_reply_error(reply, 503, head, "out of memory");
        return;
    }
    close(fd);
    reply->answer = (struct http_answer){
        .status = 200, .type = html, .varies = true, .no_store = true, .coding = coding};
    write_page_etag(reply->answer.etag, &page);

    if (is_page_known(&reply->answer, request)) {
        free(page.text);
        answer_condition(reply, 304, head);
        return;
    }
    if (coding == HTTP_IDENTITY)
        reply->answer.transfer = http_transfer_coding(request);
    use_page(reply, &page, head);
    if (coding == HTTP_IDENTITY)
        coding = reply->answer.transfer;
    if (coding != HTTP_IDENTITY && !compress(reply, worker, coding, head, request->minor >= 1)) {
        http_reply_end(reply, worker);
        http_reply_error(reply, 503, head, "out of memory");
    }
}

/* ---- finding it ---- */

/* A file that was known and then is another one is looked for anew, so often at most. */
enum { ATTEMPTS = 4 };

bool http_reply_make(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                     struct http_reply_wait *wait)
{
    const bool head = request->method == HTTP_HEAD;
    char name[HTTP_NAME_ROOM + sizeof index_name + 1];
    size_t size, found_size;
    bool folder;
    unsigned bad;
    enum root_verdict verdict = ROOT_OK;

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
    found_size = size;
    if (folder) {
        if (size > 0 && root_judge(name, size) != ROOT_OK) {
            refuse_name(reply, root_judge(name, size), head);
            return true;
        }
        if (size > 0)
            name[found_size++] = '/';
        memcpy(name + found_size, index_name, sizeof index_name - 1);
        found_size += sizeof index_name - 1;
    }
    for (int i = 0; verdict == ROOT_OK && i < ATTEMPTS; i++) {
        struct source source = {.name = name, .size = found_size};

        if (!find_known(&source, worker))
            verdict = root_open(worker->root, name, found_size, &source.fd, &source.status);
        if (verdict == ROOT_OK && !source.known && !wait->aged && transfer_is_fresh(&source.status)) {
            close(source.fd);
            wait->aged = true;
            wait->ms = TRANSFER_FRESH;
            return false;
        }
        wait->ms = 0;
        if (verdict == ROOT_OK && reply_with_file(reply, worker, request, &source, wait))
            return true;
        http_reply_end(reply, worker);
        *reply = (struct http_reply){.content.fd = -1};
        if (wait->ms > 0)
            return false;
    }
    if (verdict == ROOT_OK)
        http_reply_error(reply, 503, head, "the file changes");
    else if (folder && (verdict == ROOT_ABSENT || verdict == ROOT_FOLDER))
        reply_with_listing(reply, worker, request, name, size);
    else if (!folder && verdict == ROOT_FOLDER)
        redirect(reply, request, name, size);
    else
        refuse_name(reply, verdict, head);
    return true;
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
