/* transfer.c: see transfer.h. */
#include "app/client/transfer.h"

#include "app/client/part.h"
#include "app/client/target.h"
#include "net/bare_client.h"
#include "net/quote.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Before the first further try, twice as long before each one after it, and never longer than the last. */
enum { BACK_OFF_FIRST_MS = 500, BACK_OFF_LAST_MS = 60000 };

/* ---- What is printed ---- */

__attribute__((format(printf, 2, 3))) static void say(struct transfer *t, const char *format, ...)
{
    char quoted[QUOTE_ROOM];
    va_list args;

    progress_clear(t->progress);
    fprintf(stderr, CLIENT ": %s: ", quote(quoted, t->text, strlen(t->text)));
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    putc('\n', stderr);
}

/* The name, as far as it can stand on a terminal as it is. */
static void make_label(struct transfer *t)
{
    const char *const from = t->name_size > 0 ? t->name : t->url.host;
    size_t i;

    for (i = 0; from[i]; i++) {
        const unsigned char c = (unsigned char)from[i];

        t->label[i] = c < ' ' || c >= 127 ? '?' : (char)c;
    }
    t->label[i] = '\0';
}

/* `response matches file contents: True`, or False and where. */
static void say_comparison(struct transfer *t)
{
    const struct compare *const c = &t->compare;
    const char *const detail = c->file_ended     ? "the file ends at"
                               : c->stream_ended ? "the response ends at"
                                                 : "the first difference is at";
    char line[128];

    progress_clear(t->progress);
    if (c->differs)
        snprintf(line, sizeof line, "response matches file contents: False (%s offset %" PRIu64 ")", detail, c->same);
    else
        snprintf(line, sizeof line, "response matches file contents: True");
    if (t->trace.out)
        trace_event(&t->trace, line);
    else if (!t->settings->quiet || c->differs)
        fprintf(t->says, "%s\n", line);
    fflush(t->says);
}

static void say_summary(struct transfer *t, uint64_t now)
{
    char ratio[32] = "";
    char before[64] = "";
    const uint64_t passed = now - t->begun;
    const uint64_t came = t->bytes > t->from_before ? t->bytes - t->from_before : 0;

    if (t->settings->quiet)
        return;
    progress_clear(t->progress);
    if (came > 0 && t->wire > 0)
        snprintf(ratio, sizeof ratio, ", ratio %.2f", (double)came / (double)t->wire);
    if (t->from_before > 0)
        snprintf(before, sizeof before, " (%" PRIu64 " of them from an earlier run)", t->from_before);
    fprintf(stderr, "%s: %" PRIu64 " bytes%s, on the wire %" PRIu64 " bytes%s, %" PRIu64 ".%03u s\n", t->label,
            t->bytes, before, t->wire, ratio, passed / 1000, (unsigned)(passed % 1000));
}

/* ---- The end ---- */

/* What is in the output file. */
static uint64_t kept_bytes(const struct transfer *t)
{
    return t->settings->save_compressed ? t->coded : t->bytes;
}

/* Whether what is there may be gone on with: not after a defect, since where the wrong bytes began nobody knows. */
static bool is_worth_keeping(const struct transfer *t, enum verdict verdict)
{
    return t->keeps && t->out.fd >= 0 && kept_bytes(t) > 0 && *t->validator && verdict != VERDICT_CORRUPT &&
           verdict != VERDICT_DIFFERS;
}

static void end(struct transfer *t, enum verdict verdict)
{
    char quoted[QUOTE_ROOM];

    fetch_end(t->fetch);
    t->fetch = NULL;
    if (is_worth_keeping(t, verdict)) {
        if (!t->settings->quiet)
            say(t, "%" PRIu64 " bytes are kept beside %s; -C goes on there", kept_bytes(t),
                quote(quoted, t->path, strlen(t->path)));
        outfile_keep(&t->out);
    } else {
        if (t->keeps && t->out.fd >= 0)
            part_remove(t->path);
        outfile_abandon(&t->out);
    }
    compare_end(&t->compare);
    free(t->path);
    free(t->text);
    t->path = t->text = NULL;
    t->verdict = verdict;
    t->state = TRANSFER_DONE;
}

/* Trouble with a file here. */
static void end_local(struct transfer *t, const char *what, const char *path, const char *why)
{
    char quoted[QUOTE_ROOM];

    say(t, "%s %s: %s", what, path ? quote(quoted, path, strlen(path)) : "standard output", why);
    end(t, VERDICT_LOCAL);
}

/* Another URL of this run has been written under the same name. True: the transfer has ended. */
static bool end_if_taken(struct transfer *t)
{
    if (!t->path || !taken_has(t->taken, t->path))
        return false;
    end_local(t, "cannot write", t->path, "an earlier URL of this run is written there");
    return true;
}

/* Gives the file its name. False: the transfer has ended. */
static bool commit(struct transfer *t)
{
    if (t->out.fd < 0)
        return true;
    if (end_if_taken(t)) /* while this one was on its way */
        return false;
    if (outfile_commit(&t->out) < 0 || (t->path && !taken_add(t->taken, t->path))) {
        end_local(t, "cannot write", t->path, strerror(errno));
        return false;
    }
    if (t->keeps)
        part_remove(t->path);
    return true;
}

/* The stream was whole: the comparison decides, then the file gets its name. */
static void end_whole(struct transfer *t, uint64_t now)
{
    if (t->fetch->note && !t->settings->quiet)
        say(t, "warning: %s", t->fetch->note);
    fetch_end(t->fetch); /* what the disk still needs, the server need not wait for */
    t->fetch = NULL;
    if (t->compare.fd >= 0) {
        if (compare_finish(&t->compare) < 0) {
            end_local(t, "cannot read", t->settings->compare, strerror(errno));
            return;
        }
        say_comparison(t);
        if (t->compare.differs) {
            end(t, VERDICT_DIFFERS);
            return;
        }
    }
    if (commit(t)) {
        say_summary(t, now);
        end(t, VERDICT_OK);
    }
}

static enum verdict verdict_of(enum fetch_failure failure)
{
    static const enum verdict verdicts[] = {
        [FETCH_NO_CONNECTION] = VERDICT_NO_CONNECTION, [FETCH_REFUSED] = VERDICT_REFUSED,
        [FETCH_CORRUPT] = VERDICT_CORRUPT,             [FETCH_CUT_SHORT] = VERDICT_CUT_SHORT,
        [FETCH_TIMED_OUT] = VERDICT_LIMIT,             [FETCH_TOO_LARGE] = VERDICT_LIMIT,
        [FETCH_LOCAL] = VERDICT_LOCAL,
    };

    return verdicts[failure];
}

/* ---- Trying, and trying again ---- */

static void wait_until(struct transfer *t, uint64_t deadline)
{
    t->deadline = deadline < t->until ? deadline : t->until;
    t->state = TRANSFER_WAITS;
}

/* The time for it all is over. */
static void end_late(struct transfer *t)
{
    say(t, "timed out: not there after %" PRIu64 ".%03u s; %" PRIu64 " bytes of the file had come",
        t->settings->max_time / 1000, (unsigned)(t->settings->max_time % 1000), t->bytes);
    end(t, VERDICT_LIMIT);
}

/* Can a further try go on where the last one stopped? A stream only if the decoder can begin with what is there. */
static bool can_go_on(const struct transfer *t)
{
    return t->url.scheme == URL_HTTP && *t->validator &&
           (!t->settings->save_compressed || (t->out.fd >= 0 && !t->out.direct));
}

/* What is there, for the decoder of a stream that is gone on with. */
static ssize_t read_kept(void *user, uint64_t offset, void *to, size_t size)
{
    const struct transfer *const t = user;

    return pread(t->out.fd, to, size, (off_t)offset);
}

static struct fetch *begin_fetch(struct transfer *t, uint64_t now)
{
    const struct http_rest rest = {
        .have = kept_bytes(t), .read = read_kept, .user = t, .validator = can_go_on(t) ? t->validator : NULL,
        .tail = t->tail, .tail_size = t->tail_size};

    if (t->url.scheme == URL_HTTP)
        return http_client_begin(&t->url, &t->settings->limits, &t->wishes, &rest, now);
    return bare_client_begin(&t->url, &t->settings->limits, now);
}

static void try_once(struct transfer *t, uint64_t now)
{
    char server[URL_SERVER_ROOM];

    t->wire_before = t->wire;
    if (t->settings->verbose)
        say(t, "connecting to %s", url_server(&t->url, server));
    if (t->trace.out) {
        fprintf(t->trace.out, "%s: Contacting server on %s\n", t->trace.who, url_server(&t->url, server));
        fflush(t->trace.out);
    }
    t->fetch = begin_fetch(t, now);
    if (!t->fetch) {
        say(t, "no memory");
        end(t, VERDICT_LOCAL);
        return;
    }
    t->state = TRANSFER_ACTIVE;
}

/* Forgets what has come. False: what went to standard output cannot be taken back, or a file here fails (errno). */
static bool forget(struct transfer *t)
{
    if (t->bytes == 0 && t->coded == 0)
        return true;
    if (t->out.fd >= 0 && outfile_restart(&t->out) < 0)
        return false;
    if (t->compare.fd >= 0 && compare_restart(&t->compare) < 0)
        return false;
    t->bytes = t->coded = t->from_before = t->tail_size = 0;
    t->wire = t->wire_before = 0;
    t->validator[0] = '\0';
    return true;
}

static void failed(struct transfer *t, uint64_t now)
{
    const char *where = "";
    uint64_t pause = BACK_OFF_FIRST_MS;

    if (t->bytes > 0)
        where = can_go_on(t)                   ? ", going on where it stopped"
                : t->url.scheme == URL_SLUICE  ? ", from the start: this protocol cannot go on in the middle"
                : t->settings->save_compressed ? ", from the start: what has been passed on cannot be read again"
                                               : ", from the start: the server gives nothing to know the file by";
    if (t->tries >= t->settings->retries || !t->fetch->passes || (!can_go_on(t) && !forget(t))) {
        say(t, "%s", t->fetch->message);
        end(t, verdict_of(t->fetch->failure));
        return;
    }
    if (t->fetch->bytes > 0 && can_go_on(t))
        t->fruitless = 0; /* a link that breaks often, but brings something each time */
    for (unsigned i = 0; i < t->fruitless && pause < BACK_OFF_LAST_MS; i++)
        pause *= 2;
    if (pause > BACK_OFF_LAST_MS)
        pause = BACK_OFF_LAST_MS;
    if (pause < t->fetch->pause)
        pause = t->fetch->pause;
    t->tries++;
    t->fruitless++;
    if (!t->settings->quiet)
        say(t, "%s; trying again in %u.%u s%s", t->fetch->message, (unsigned)(pause / 1000),
            (unsigned)(pause % 1000 / 100), where);
    fetch_end(t->fetch);
    t->fetch = NULL;
    t->fd = -1;
    wait_until(t, now + pause);
}

/* ---- Steps ---- */

/* Keeps the last bytes, by which the next try makes sure that it goes on with the same file. */
static void keep_tail(struct transfer *t, const unsigned char *data, size_t size)
{
    const size_t fresh = size < HTTP_TAIL_MOST ? size : HTTP_TAIL_MOST;
    const size_t old = t->tail_size < HTTP_TAIL_MOST - fresh ? t->tail_size : HTTP_TAIL_MOST - fresh;

    memmove(t->tail, t->tail + t->tail_size - old, old);
    memcpy(t->tail + old, data + size - fresh, fresh);
    t->tail_size = old + fresh;
}

static void write_out(struct transfer *t, const void *data, size_t size)
{
    if (t->out.fd >= 0 && outfile_write(&t->out, data, size) < 0)
        end_local(t, "cannot write", t->path, strerror(errno));
}

/* The next bytes of the stream, which --save-compressed keeps as they come. */
static void take_coded(struct transfer *t, const void *data, size_t size)
{
    write_out(t, data, size);
    t->coded += size;
    if (t->state != TRANSFER_DONE)
        keep_tail(t, data, size);
}

/* The next bytes of the file. */
static void take_span(struct transfer *t, const void *data, size_t size)
{
    trace_text(&t->trace, "DECOMPRESSED", data, size);
    if (!t->settings->save_compressed) {
        write_out(t, data, size);
        if (t->state == TRANSFER_DONE)
            return;
    }
    t->bytes += size;
    if (!t->settings->save_compressed)
        keep_tail(t, data, size);
    if (t->compare.fd >= 0 && compare_bytes(&t->compare, data, size) < 0)
        end_local(t, "cannot read", t->settings->compare, strerror(errno));
}

/* The stream goes on, but the decoder begins with what is there: so does all that is known of the file. */
static void decode_again(struct transfer *t)
{
    t->bytes = 0;
    if (t->compare.fd >= 0 && compare_restart(&t->compare) < 0)
        end_local(t, "cannot read", t->settings->compare, strerror(errno));
}

/* The bytes of the file come next, from an offset on: the one that was asked for, or 0. */
static void begins(struct transfer *t, const struct fetch *f)
{
    const uint64_t from = t->settings->save_compressed ? f->coded_offset : f->offset;

    t->total = f->total;
    if (from > 0) {
        if (t->settings->verbose)
            say(t, "going on at byte %" PRIu64, from);
        t->wire_total = f->wire_total ? t->wire_before + f->wire_total : 0;
        if (t->settings->save_compressed)
            decode_again(t);
        return;
    }
    if (kept_bytes(t) > 0 && !t->settings->quiet)
        say(t, "the file has changed, or the server gives no parts of it: from the start");
    if (!forget(t)) {
        say(t, "what has been written cannot be taken back: %s", strerror(errno));
        end(t, VERDICT_CUT_SHORT);
        return;
    }
    t->wire_total = f->wire_total;
    snprintf(t->validator, sizeof t->validator, "%s", f->validator ? f->validator : "");
    if (!t->keeps)
        return;
    part_remove(t->path);
    if (*t->validator && !part_write(t->path, t->text, t->validator)) {
        if (!t->settings->quiet)
            say(t, "warning: no note can be kept for -C: %s", strerror(errno));
        t->keeps = false; /* the part is removed with the note at the end */
    }
}

size_t transfer_step(struct transfer *t, uint64_t now, size_t room)
{
    if (t->state == TRANSFER_DONE)
        return 0;
    if (now >= t->until) {
        end_late(t);
        return 0;
    }
    if (!t->fetch) { /* between two tries */
        if (now >= t->deadline)
            try_once(t, now);
        return 0;
    }

    char quoted[QUOTE_ROOM];
    const enum fetch_event event = fetch_step(t->fetch, now, room);
    struct fetch *const f = t->fetch;

    t->state = TRANSFER_ACTIVE;
    t->wire = t->wire_before + f->wire;
    switch (event) {
    case FETCH_WAIT:
        t->fd = f->fd;
        t->events = f->events;
        wait_until(t, f->deadline);
        return 0;
    case FETCH_CONNECTED:
        if (t->settings->verbose)
            say(t, "connected, asking for the file");
        trace_name(&t->trace, "sending filename:", t->name, t->name_size);
        return 0;
    case FETCH_MOVED:
        if (t->settings->verbose)
            say(t, "the server sends us to %s", quote(quoted, f->data, f->size));
        return 0;
    case FETCH_BEGINS:
        begins(t, f);
        return 0;
    case FETCH_READ:
        trace_hex(&t->trace, "READ", f->data, f->size);
        return f->size;
    case FETCH_CODED:
        take_coded(t, f->data, f->size);
        return 0;
    case FETCH_SPAN:
        take_span(t, f->data, f->size);
        return 0;
    case FETCH_BUFFERING:
        trace_event(&t->trace, "BUFFERING");
        return 0;
    case FETCH_UNUSED:
        trace_hex(&t->trace, "UNUSED", f->data, f->size);
        if (!t->settings->quiet)
            say(t, "warning: %zu bytes came behind the end of the stream and were not used", f->size);
        return 0;
    case FETCH_END:
        end_whole(t, now);
        return 0;
    case FETCH_FAILED:
        failed(t, now);
        return 0;
    }
    return 0;
}

/* ---- The beginning ---- */

/* What is wrong with the URL, or NULL. Prints nothing. */
static const char *read_url(struct transfer *t, char error[URL_ERROR_ROOM])
{
    if (!url_parse(t->text, &t->url, error))
        return error;
    if (t->url.scheme == URL_HTTPS)
        return "https is not spoken here; let a proxy that ends TLS stand before the server";
    if (t->url.scheme == URL_HTTP)
        return url_file_name(&t->url, t->name, &t->name_size, error) ? NULL : error;
    if (t->settings->save_compressed)
        return "--save-compressed: this protocol sends no gzip stream; http does";
    return url_name(&t->url, t->name, &t->name_size, error) ? NULL : error;
}

/* Under which name the file is written, in t->path. False: the transfer has ended. */
static bool choose_path(struct transfer *t)
{
    const struct settings *const s = t->settings;
    const char *error = NULL;
    char *longer;

    t->path = s->output ? strdup(s->output) : target_path(s->folder, t->name, t->name_size, &error);
    if (t->path && !s->output && s->save_compressed) {
        longer = realloc(t->path, strlen(t->path) + sizeof ".gz");
        if (longer)
            strcat(longer, ".gz");
        else
            free(t->path);
        t->path = longer;
    }
    if (t->path)
        return true;
    say(t, "%s", error ? error : "no memory");
    end(t, error ? VERDICT_USAGE : VERDICT_LOCAL);
    return false;
}

/*
 * What an earlier run has left is gone on with, if its note is there: the comparison and the tail are brought to where
 * that run was. False: the transfer has ended.
 */
static bool take_part(struct transfer *t)
{
    unsigned char piece[16384];
    ssize_t n;

    if (t->out.kept == 0)
        return true;
    if (!part_read(t->path, t->text, t->validator)) {
        t->validator[0] = '\0';
        if (outfile_restart(&t->out) == 0)
            return true;
        end_local(t, "cannot write", t->path, strerror(errno));
        return false;
    }
    for (off_t at = 0; at < t->out.kept; at += n) {
        if ((t->compare.fd < 0 || t->settings->save_compressed) && t->out.kept - at > HTTP_TAIL_MOST)
            at = t->out.kept - HTTP_TAIL_MOST; /* the tail is all that is needed */
        do
            n = pread(t->out.fd, piece, sizeof piece, at);
        while (n < 0 && errno == EINTR);
        if (n <= 0) {
            end_local(t, "cannot read what was kept of", t->path, n < 0 ? strerror(errno) : "it has become shorter");
            return false;
        }
        keep_tail(t, piece, (size_t)n);
        if (t->compare.fd >= 0 && !t->settings->save_compressed && compare_bytes(&t->compare, piece, (size_t)n) < 0) {
            end_local(t, "cannot read", t->settings->compare, strerror(errno));
            return false;
        }
    }
    if (t->settings->save_compressed)
        t->coded = (uint64_t)t->out.kept;
    else
        t->bytes = t->from_before = (uint64_t)t->out.kept;
    return true;
}

/* Opens the output, if there is to be one. False: the transfer has ended. */
static bool open_output(struct transfer *t)
{
    const struct settings *const s = t->settings;
    unsigned flags = OUTFILE_SYNC;

    if (settings_only_compare(s))
        return true;
    if (settings_to_output(s)) {
        outfile_standard_output(&t->out);
        return true;
    }
    if (!choose_path(t) || end_if_taken(t))
        return false;
    if (s->resume && t->url.scheme != URL_HTTP) {
        if (!s->quiet)
            say(t, "-C: this protocol cannot go on in the middle, so the file is fetched from its beginning");
    } else if (s->resume) {
        flags |= OUTFILE_KEPT;
    }
    /* What the user named himself is opened as a shell would; a name that came with a URL leads nowhere else. */
    if (outfile_open(&t->out, t->path, flags | (s->output ? OUTFILE_THROUGH : 0), 0666) < 0) {
        end_local(t, "cannot write", t->path, errno == EBUSY ? "another process is fetching it" : strerror(errno));
        return false;
    }
    t->keeps = (flags & OUTFILE_KEPT) && !t->out.direct;
    return !t->keeps || take_part(t);
}

void transfer_begin(struct transfer *t, const struct transfer_run *run, const char *url, size_t place, uint64_t now)
{
    const struct settings *const settings = run->settings;
    char error[URL_ERROR_ROOM];
    const char *wrong;

    *t = (struct transfer){.settings = settings,
                           .progress = run->progress,
                           .taken = run->taken,
                           .place = place,
                           .fd = -1,
                           .begun = now,
                           .until = settings->max_time ? now + settings->max_time : UINT64_MAX,
                           .wishes = {.accept = settings->accept,
                                      .headers = settings->headers,
                                      .header_count = settings->header_count,
                                      .coded = settings->save_compressed,
                                      .pool = run->pool}};
    outfile_init(&t->out);
    t->compare.fd = -1;
    t->says = settings_to_output(settings) ? stderr : stdout;
    t->trace = (struct trace){settings->trace ? t->says : NULL, "Client"};
    t->text = strdup(url);
    if (!t->text) {
        fputs(CLIENT ": no memory\n", stderr);
        end(t, VERDICT_LOCAL);
        return;
    }
    wrong = read_url(t, error);
    if (wrong) {
        say(t, "%s", wrong);
        end(t, VERDICT_USAGE);
        return;
    }
    make_label(t);
    if (settings->compare && compare_begin(&t->compare, settings->compare) < 0) {
        end_local(t, "cannot read", settings->compare, strerror(errno));
        return;
    }
    if (open_output(t))
        try_once(t, now);
}
