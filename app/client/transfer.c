/* transfer.c: see transfer.h. */
#include "app/client/transfer.h"

#include "app/client/target.h"
#include "net/bare_client.h"
#include "net/quote.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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
    for (size_t i = 0; i < t->name_size; i++) {
        const unsigned char c = (unsigned char)t->name[i];

        t->label[i] = c < ' ' || c >= 127 ? '?' : (char)c;
    }
    t->label[t->name_size] = '\0';
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
    const uint64_t passed = now - t->begun;

    if (t->settings->quiet)
        return;
    progress_clear(t->progress);
    if (t->bytes > 0)
        snprintf(ratio, sizeof ratio, ", ratio %.2f", (double)t->bytes / (double)t->wire);
    fprintf(stderr, "%s: %" PRIu64 " bytes, on the wire %" PRIu64 " bytes%s, %" PRIu64 ".%03u s\n", t->label, t->bytes,
            t->wire, ratio, passed / 1000, (unsigned)(passed % 1000));
}

/* ---- The end ---- */

static void end(struct transfer *t, enum verdict verdict)
{
    fetch_end(t->fetch);
    t->fetch = NULL;
    outfile_abandon(&t->out);
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
    return true;
}

/* The stream was whole: the comparison decides, then the file gets its name. */
static void end_whole(struct transfer *t, uint64_t now)
{
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

static void try_once(struct transfer *t, uint64_t now)
{
    char server[URL_SERVER_ROOM];

    t->try_begun = now;
    t->wire = t->bytes = 0;
    if (t->settings->verbose)
        say(t, "connecting to %s", url_server(&t->url, server));
    if (t->trace.out) {
        fprintf(t->trace.out, "%s: Contacting server on %s\n", t->trace.who, url_server(&t->url, server));
        fflush(t->trace.out);
    }
    t->fetch = bare_client_begin(&t->url, &t->settings->limits, now);
    if (!t->fetch) {
        say(t, "no memory");
        end(t, VERDICT_LOCAL);
        return;
    }
    t->state = TRANSFER_ACTIVE;
}

/* Whether what came can be forgotten and the failure may pass. */
static bool may_try_again(struct transfer *t)
{
    const enum fetch_failure failure = t->fetch->failure;

    if (t->tries >= t->settings->retries)
        return false;
    if (failure != FETCH_NO_CONNECTION && failure != FETCH_CUT_SHORT && failure != FETCH_TIMED_OUT)
        return false;
    if (t->bytes > 0 && t->out.fd >= 0 && outfile_restart(&t->out) < 0)
        return false; /* what went to standard output cannot be taken back */
    return t->bytes == 0 || t->compare.fd < 0 || compare_restart(&t->compare) == 0;
}

static void failed(struct transfer *t, uint64_t now)
{
    uint64_t pause = BACK_OFF_FIRST_MS;

    if (!may_try_again(t)) {
        say(t, "%s", t->fetch->message);
        end(t, verdict_of(t->fetch->failure));
        return;
    }
    for (unsigned i = 0; i < t->tries && pause < BACK_OFF_LAST_MS; i++)
        pause *= 2;
    if (pause > BACK_OFF_LAST_MS)
        pause = BACK_OFF_LAST_MS;
    t->tries++;
    if (!t->settings->quiet)
        say(t, "%s; trying again in %u.%u s%s", t->fetch->message, (unsigned)(pause / 1000),
            (unsigned)(pause % 1000 / 100),
            t->bytes ? ", from the start: this protocol cannot go on in the middle" : "");
    fetch_end(t->fetch);
    t->fetch = NULL;
    t->fd = -1;
    t->deadline = now + pause;
    t->state = TRANSFER_WAITS;
}

/* ---- Steps ---- */

/* The next bytes of the file. False: the transfer has ended. */
static bool take_span(struct transfer *t, const void *data, size_t size)
{
    trace_text(&t->trace, "DECOMPRESSED", data, size);
    if (t->out.fd >= 0 && outfile_write(&t->out, data, size) < 0) {
        end_local(t, "cannot write", t->path, strerror(errno));
        return false;
    }
    if (t->compare.fd >= 0 && compare_bytes(&t->compare, data, size) < 0) {
        end_local(t, "cannot read", t->settings->compare, strerror(errno));
        return false;
    }
    return true;
}

size_t transfer_step(struct transfer *t, uint64_t now, size_t room)
{
    if (t->state == TRANSFER_DONE)
        return 0;
    if (!t->fetch) { /* between two tries */
        if (now >= t->deadline)
            try_once(t, now);
        return 0;
    }

    const enum fetch_event event = fetch_step(t->fetch, now, room);
    struct fetch *const f = t->fetch;

    t->state = TRANSFER_ACTIVE;
    t->wire = f->wire;
    t->bytes = f->bytes;
    switch (event) {
    case FETCH_WAIT:
        t->fd = f->fd;
        t->events = f->events;
        t->deadline = f->deadline;
        t->state = TRANSFER_WAITS;
        return 0;
    case FETCH_CONNECTED:
        if (t->settings->verbose)
            say(t, "connected, asking for the file");
        trace_name(&t->trace, "sending filename:", t->name, t->name_size);
        return 0;
    case FETCH_READ:
        trace_hex(&t->trace, "READ", f->data, f->size);
        return f->size;
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
        return "http is not spoken here; sluice://HOST/NAME is";
    return url_name(&t->url, t->name, &t->name_size, error) ? NULL : error;
}

/* Opens the output, if there is to be one. False: the transfer has ended. */
static bool open_output(struct transfer *t)
{
    const struct settings *const s = t->settings;
    const char *error = NULL;
    int result;

    if (settings_only_compare(s))
        return true;
    if (settings_to_output(s)) {
        outfile_standard_output(&t->out);
        return true;
    }
    t->path = s->output ? strdup(s->output) : target_path(s->folder, t->name, t->name_size, &error);
    if (!t->path) {
        say(t, "%s", error ? error : "no memory");
        end(t, error ? VERDICT_USAGE : VERDICT_LOCAL);
        return false;
    }
    if (end_if_taken(t))
        return false;
    /* What the user named himself is opened as a shell would; a name that came with a URL leads nowhere else. */
    result = outfile_open(&t->out, t->path, OUTFILE_SYNC | (s->output ? OUTFILE_THROUGH : 0), 0666);
    if (result < 0)
        end_local(t, "cannot write", t->path, strerror(errno));
    return result == 0;
}

void transfer_begin(struct transfer *t, const struct settings *settings, struct progress *progress, struct taken *taken,
                    const char *url, size_t place, uint64_t now)
{
    char error[URL_ERROR_ROOM];
    const char *wrong;

    *t = (struct transfer){
        .settings = settings, .progress = progress, .taken = taken, .place = place, .fd = -1, .begun = now};
    t->out.fd = t->compare.fd = t->out.slot = -1;
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
