/*
 * transfer.h: one file on its way: fetched, decoded, compared, written, and what becomes of it in the end.
 *
 * A transfer is stepped as a fetch is, by the loop that runs several of them (crew.h). It owns the fetch and the output
 * file, tries again if it may, and prints what is to be said about it.
 */
#ifndef APP_CLIENT_TRANSFER_H
#define APP_CLIENT_TRANSFER_H

#include "app/client/compare.h"
#include "app/client/settings.h"
#include "app/client/taken.h"
#include "app/client/verdict.h"
#include "app/outfile.h"
#include "app/progress.h"
#include "net/fetch.h"
#include "net/http_client.h"
#include "net/trace.h"
#include "net/url.h"

enum transfer_state {
    TRANSFER_ACTIVE, /* step again */
    TRANSFER_WAITS,  /* step again when fd (if not -1) is ready for `events`, or the clock shows `deadline` */
    TRANSFER_DONE    /* `verdict` stands; all is closed */
};

struct transfer {
    enum transfer_state state;
    enum verdict verdict;
    int fd;
    short events;
    uint64_t deadline;
    uint64_t wire;        /* bytes that have come, without those of tries that were given up from the start */
    uint64_t bytes;       /* of the file that are there, counting what an earlier run has left */
    uint64_t coded;       /* --save-compressed: of the stream that are there, counted so too */
    uint64_t total;       /* bytes of the file in the end; 0: not known */
    uint64_t wire_total;  /* what wire will come to; 0: not known */
    size_t place;         /* among all URLs, from 0: whose verdict is the first */
    char label[URL_NAME_MAX + 1]; /* the name, with what could disturb a terminal replaced */

    /* private */
    const struct settings *settings;
    struct progress *progress; /* cleared before something is printed */
    struct taken *taken;       /* the files of this run */
    struct trace trace;
    FILE *says;                /* where the comparison's result goes */
    char *text;                /* the URL; url points into it */
    struct url url;
    char name[URL_NAME_MAX + 1];
    size_t name_size;
    char *path;                /* of the output, or NULL: standard output, or none */
    struct outfile out;
    struct compare compare;
    struct http_wishes wishes;
    struct fetch *fetch;       /* NULL: between two tries */
    unsigned tries;            /* that have failed */
    unsigned fruitless;        /* of them the last, one after another, that brought nothing to go on with */

    /* To go on in the middle, which HTTP alone can */
    bool keeps;                /* -C: what is there is left for another run if this one does not get to the end */
    uint64_t from_before;      /* bytes of the file that an earlier run has left */
    uint64_t wire_before;      /* bytes on the wire in the tries before this one */
    char validator[HTTP_VALIDATOR_ROOM]; /* of the version that the bytes are of; empty: cannot go on */
    unsigned char tail[HTTP_TAIL_MOST];  /* the last bytes that are there */
    size_t tail_size;          /* invariant: at most bytes */
    uint64_t begun;            /* clock in milliseconds */
    uint64_t until;            /* when it must be there; UINT64_MAX: whenever it is */
};

/* What belongs to the whole run, and outlives the transfers. */
struct transfer_run {
    const struct settings *settings;
    struct progress *progress;
    struct taken *taken;
    struct http_pool *pool;
};

/*
 * Begins; the state is TRANSFER_DONE at once if the URL or a file here is bad. `place`: of the URL among all of the
 * run, from 0. `now`: a clock in milliseconds.
 */
void transfer_begin(struct transfer *t, const struct transfer_run *run, const char *url, size_t place, uint64_t now);

/* One step. Takes at most `room` bytes, at least 1, from the wire; gives how many it took. */
size_t transfer_step(struct transfer *t, uint64_t now, size_t room);

#endif
