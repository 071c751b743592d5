/*
 * http_reply_file.c: the reply that a file gets, see http_reply_inside.h. Its form is chosen in this order: a part of
 * the identity or a coding, FILE.gz for gzip, what the conditions say of it; then its bytes are found: a copy in
 * memory, or the file itself, through an encoder if there is a coding.
 */
#include "net/http_reply_inside.h"

#include "net/http_condition.h"
#include "net/http_range.h"
#include "net/http_type.h"
#include "net/worker.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * A file up to this size is kept as it is. What is larger is lent from the system's own copy of it (see file_send.h),
 * beside which opening it costs little.
 */
enum { KEPT_PLAIN_MOST = 256 * 1024 };

/*
 * A copy that somebody fills is waited for in pauses of so many ms, as long as it grows by so many bytes in each:
 * slower than that is a client's link, and no reason to keep others waiting.
 */
enum { FILL_PAUSE = 5, FILL_LEAST = 2048, FILL_PAUSES = 200 };

/* ---- its form ---- */

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
    for (const char *from = mark; *from != '\0'; from++)
        *p++ = *from;
    *p++ = '"';
    *p = '\0';
}

static struct http_validators validators(const struct http_answer *answer)
{
    return (struct http_validators){.etag = answer->etag, .modified = answer->modified, .now = time(NULL)};
}

/*
 * Which parts of the file are asked for? HTTP_RANGE_WHOLE if none, or if they are to be passed over: for other methods
 * than GET (RFC 9110 14.2), when If-Range does not hold, and when the identity, whose parts they are, is not wanted.
 */
static enum http_range_verdict find_ranges(struct http_reply *reply, const struct http_request *request)
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
    return http_range_parse(&value, (uint64_t)reply->content.before.st_size, reply->content.parts,
                            &reply->content.part_count);
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
static void use_ranges(struct http_reply *reply)
{
    struct http_answer *const answer = &reply->answer;
    struct http_content *const content = &reply->content;

    answer->status = 206;
    answer->total = (uint64_t)content->before.st_size;
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

/* 416: the file has no such bytes; it tells how many it has. */
static void refuse_ranges(struct http_reply *reply, bool head)
{
    const uint64_t total = (uint64_t)reply->content.before.st_size;

    http_reply_fail(reply, 416, head, "no such range");
    reply->answer.unsatisfied = true;
    reply->answer.total = total;
    reply->answer.varies = true;
}

/* Is there a FILE.gz to send instead, whose name goes into `name`? */
static bool find_prepared(struct http_source *gz, char *name, struct worker *worker, const struct http_source *source)
{
    static const char suffix[] = {'.', 'g', 'z'};

    if (!worker->options->precompressed || source->size > ROOT_NAME_LONGEST)
        return false;
    memcpy(name, source->name, source->size);
    memcpy(name + source->size, suffix, sizeof suffix);
    *gz = (struct http_source){.name = name, .size = source->size + sizeof suffix};
    return http_source_find_prepared(gz, worker, source);
}

/* ---- its bytes ---- */

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
 * Finds the content's bytes, which go out in `coding`: of the content or of the transfer, or none. False, as
 * http_reply_file().
 */
static bool find_content(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                         const struct http_source *source, enum http_coding coding, struct http_reply_wait *wait)
{
    struct http_answer *const answer = &reply->answer;
    struct http_content *const content = &reply->content;
    const bool keeps = source->settled && answer->status == 200 &&
                       (coding != HTTP_IDENTITY || (source->known && content->before.st_size <= KEPT_PLAIN_MOST));

    if (keeps && use_copy(reply, worker, coding))
        return true;
    if (keeps && !reply->copy && is_worth_waiting(content, worker, coding, wait))
        return false;
    if (!http_source_open(source, content, worker))
        return false;
    if (coding == HTTP_IDENTITY) {
        answer->framing = HTTP_SIZED;
        answer->size = http_content_size(content);
    } else if (!http_reply_compress(reply, worker, coding, false, request->minor >= 1)) {
        if (reply->copy)
            http_cache_release(worker->cache, reply->copy);
        http_reply_fail(reply, 503, false, "out of memory");
    }
    return true;
}

/* The answer to a HEAD is that to a GET, as far as it can be told without doing the work. */
static void answer_head(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                        enum http_coding coding)
{
    if (coding != HTTP_IDENTITY) {
        http_reply_compress(reply, worker, coding, true, request->minor >= 1);
    } else {
        reply->answer.framing = HTTP_SIZED;
        reply->answer.size = http_content_size(&reply->content);
    }
    reply->content.part_count = 0;
}

bool http_reply_file(struct http_reply *reply, struct worker *worker, const struct http_request *request,
                     struct http_source *source, struct http_reply_wait *wait)
{
    struct http_answer *const answer = &reply->answer;
    struct http_content *const content = &reply->content;
    const struct stat *const status = &content->before; /* of the file that is sent */
    const bool head = request->method == HTTP_HEAD;
    char gz_name[ROOT_NAME_LONGEST + 3];
    struct http_source gz;
    enum http_range_verdict ranges;
    unsigned condition;

    if (!source->known)
        http_source_look_into(source, worker);
    http_source_use(source, content);
    answer->status = 200;
    answer->type = http_type_of(source->name, source->size).name;
    answer->dated = true;
    answer->modified = status->st_mtim.tv_sec;
    answer->varies = true;
    write_etag(answer->etag, status, HTTP_IDENTITY);

    ranges = find_ranges(reply, request);
    if (ranges == HTTP_RANGE_WHOLE)
        answer->coding = http_content_coding(request, source->compressible);
    if (answer->coding == HTTP_NO_CODING) {
        http_reply_fail(reply, 406, head, "no acceptable coding");
        reply->answer.varies = true;
        return true;
    }
    if (answer->coding == HTTP_IDENTITY && source->compressible)
        answer->transfer = http_transfer_coding(request);

    enum http_coding coding = answer->coding != HTTP_IDENTITY ? answer->coding : answer->transfer; /* to be made */

    if (answer->coding == HTTP_GZIP && find_prepared(&gz, gz_name, worker, source)) {
        source = &gz;
        http_source_use(source, content);
        coding = HTTP_IDENTITY;
    }
    if (answer->coding != HTTP_IDENTITY)
        write_etag(answer->etag, status, answer->coding);
    answer->ranges = answer->coding == HTTP_IDENTITY;

    const struct http_validators v = validators(answer);

    condition = http_condition_judge(request, &v);
    if (condition != 0) {
        http_reply_condition(reply, condition, head);
        return true;
    }
    if (ranges == HTTP_RANGE_OUTSIDE) {
        refuse_ranges(reply, head);
        return true;
    }
    if (ranges == HTTP_RANGE_PARTS) {
        use_ranges(reply);
    } else {
        content->parts[0] = (struct http_range){0, (uint64_t)status->st_size};
        content->part_count = 1;
    }
    if (head)
        answer_head(reply, worker, request, coding);
    else if (!find_content(reply, worker, request, source, coding, wait))
        return false;
    http_content_begin(content);
    return true;
}
