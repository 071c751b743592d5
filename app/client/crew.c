/* crew.c: see crew.h. */
#include "app/client/crew.h"

#include "app/client/source.h"
#include "app/client/transfer.h"
#include "net/pace.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Steps that a transfer may do before the others have their turn: a few pieces' worth of reading and writing. */
enum { STEPS_A_TURN = 64 };

/* While a line of progress is shown it is brought up to date this often, though nothing comes. */
enum { PROGRESS_MS = 500 };

struct crew {
    const struct settings *settings;
    struct source *source;
    bool source_ended, source_late; /* it has no further URL, has none yet */
    struct transfer **transfers; /* settings->at_once of them, NULL where there is none */
    struct pollfd *polled;       /* room for one each, and the list */
    size_t running;              /* transfers that are not NULL */
    struct pace pace;
    bool paced;                  /* the rate holds the transfers back now */
    struct progress progress;
    struct taken taken;
    struct http_pool pool;
    uint64_t wire, bytes;        /* of the transfers that are done */
    size_t begun, whole;         /* URLs */
    enum verdict verdict;
    size_t failed_first;         /* the place of the URL whose verdict it is, if it is not VERDICT_OK */
};

static uint64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void count(struct crew *c, size_t place, enum verdict verdict)
{
    if (verdict == VERDICT_OK)
        c->whole++;
    else if (c->verdict == VERDICT_OK || place < c->failed_first) {
        c->verdict = verdict;
        c->failed_first = place;
    }
}

/* Begins transfers until all hands are busy or no URL is left. */
static void begin_transfers(struct crew *c, uint64_t now)
{
    const char *url;

    c->source_late = false;
    for (size_t i = 0; i < c->settings->at_once && !c->source_ended && !c->source_late; i++) {
        if (c->transfers[i])
            continue;

        const enum source_result result = source_next(c->source, &url);

        if (result == SOURCE_FAILED) {
            progress_clear(&c->progress);
            fprintf(stderr, CLIENT ": %s: %s\n", c->settings->list, strerror(errno));
            count(c, c->begun++, VERDICT_LOCAL);
        }
        c->source_late = result == SOURCE_LATER;
        c->source_ended = result == SOURCE_END || result == SOURCE_FAILED;
        if (result != SOURCE_URL)
            break;
        c->transfers[i] = malloc(sizeof **c->transfers);
        if (!c->transfers[i]) {
            progress_clear(&c->progress);
            fputs(CLIENT ": no memory\n", stderr);
            count(c, c->begun++, VERDICT_LOCAL);
            continue;
        }
        transfer_begin(c->transfers[i],
                       &(struct transfer_run){c->settings, &c->progress, &c->taken, &c->pool}, url, c->begun++, now);
        c->running++;
    }
}

/* Gives one transfer its turn. */
static void take_turn(struct crew *c, struct transfer *t, uint64_t now)
{
    for (int i = 0; i < STEPS_A_TURN && t->state != TRANSFER_DONE; i++) {
        const size_t room = pace_room(&c->pace, now);

        if (room == 0) {
            c->paced = true;
            return;
        }
        pace_spend(&c->pace, transfer_step(t, now, room));
        if (t->state == TRANSFER_WAITS)
            return;
    }
}

static void take_turns(struct crew *c, uint64_t now)
{
    c->paced = false;
    for (size_t i = 0; i < c->settings->at_once; i++) {
        struct transfer *const t = c->transfers[i];

        if (!t)
            continue;
        take_turn(c, t, now);
        if (t->state == TRANSFER_DONE) {
            count(c, t->place, t->verdict);
            c->wire += t->wire;
            c->bytes += t->bytes;
            c->transfers[i] = NULL;
            c->running--;
            free(t);
        }
    }
}

/* Waits until a transfer has something to do, or a hand that is free another URL; not at all if that is so already. */
static void wait_for_any(struct crew *c, uint64_t now)
{
    uint64_t until = c->paced ? pace_next(&c->pace) : c->progress.on ? now + PROGRESS_MS : UINT64_MAX;
    nfds_t n = 0;

    if (c->running < c->settings->at_once && !c->source_ended) {
        if (!c->source_late)
            return;
        c->polled[n++] = (struct pollfd){.fd = c->source->fd, .events = POLLIN};
    }
    for (size_t i = 0; i < c->settings->at_once; i++) {
        const struct transfer *const t = c->transfers[i];

        if (!t)
            continue;
        if (t->state == TRANSFER_ACTIVE && !c->paced)
            return;
        if (t->state != TRANSFER_WAITS)
            continue;
        if (t->deadline < until)
            until = t->deadline;
        if (t->fd >= 0 && !c->paced)
            c->polled[n++] = (struct pollfd){.fd = t->fd, .events = t->events};
    }

    const uint64_t left = until > now ? until - now : 0;

    poll(c->polled, n, until == UINT64_MAX ? -1 : left < 3600000 ? (int)left : 3600000);
}

static void show_progress(struct crew *c, uint64_t now)
{
    struct progress_state state = {.wire = c->wire, .bytes = c->bytes};
    char several[32];

    if (!c->progress.on || c->running == 0)
        return;
    snprintf(several, sizeof several, "%zu files", c->running);
    state.label = several;
    for (size_t i = 0; i < c->settings->at_once; i++)
        if (c->transfers[i]) {
            state.wire += c->transfers[i]->wire;
            state.bytes += c->transfers[i]->bytes;
            if (c->running == 1) {
                state.label = c->transfers[i]->label;
                state.total = c->transfers[i]->total;
                state.wire_total = c->transfers[i]->wire_total;
                state.wire = c->transfers[i]->wire; /* so that shares and totals speak of the same file */
                state.bytes = c->transfers[i]->bytes;
            }
        }
    progress_show(&c->progress, &state, now);
}

static void run(struct crew *c)
{
    uint64_t now = clock_ms();

    pace_begin(&c->pace, c->settings->rate, now);
    progress_begin(&c->progress, stderr, c->settings->progress, now);
    for (;;) {
        begin_transfers(c, now);
        if (c->running == 0 && c->source_ended)
            break;
        take_turns(c, now);
        show_progress(c, now);
        if (c->running > 0 || c->source_late)
            wait_for_any(c, now);
        now = clock_ms();
    }
    progress_clear(&c->progress);
    if (c->begun > 1 && !c->settings->quiet)
        fprintf(stderr, "%zu of %zu files came whole\n", c->whole, c->begun);
}

enum verdict crew_run(const struct settings *settings)
{
    struct crew c = {.settings = settings, .source = malloc(sizeof *c.source)};

    c.transfers = calloc(settings->at_once, sizeof *c.transfers);
    c.polled = calloc(settings->at_once + 1, sizeof *c.polled);
    if (!c.source || !c.transfers || !c.polled) {
        fputs(CLIENT ": no memory\n", stderr);
        c.verdict = VERDICT_LOCAL;
    } else if (source_begin(c.source, settings) < 0) {
        fprintf(stderr, CLIENT ": %s: %s\n", settings->list, strerror(errno));
        c.verdict = VERDICT_LOCAL;
    } else {
        run(&c);
        source_end(c.source);
    }
    taken_free(&c.taken);
    http_pool_close(&c.pool);
    free(c.source);
    free(c.transfers);
    free(c.polled);
    return c.verdict;
}
