/*
 * source.h: the URLs that are to be fetched, one after another: those of the command line, then those of the list. The
 * list may be a pipe whose writer takes its time: the transfers that run are not kept waiting by it.
 */
#ifndef APP_CLIENT_SOURCE_H
#define APP_CLIENT_SOURCE_H

#include "app/client/settings.h"
#include "net/url.h"

/* A line of the longest kind, one byte that makes it too long, its end, and a NUL. */
enum { SOURCE_ROOM = URL_LENGTH_MAX + 4 };

struct source {
    const struct settings *settings;
    size_t given;             /* URLs of the command line that were given */
    int fd;                   /* of the list; -1: none, or read to its end */
    bool ended;               /* nothing follows what is in text[] */
    bool skips;               /* the rest of a line that was too long comes next */
    size_t begin, end;        /* text[begin, end) has been read and not given */
    char text[SOURCE_ROOM];
};

enum source_result {
    SOURCE_URL,
    SOURCE_LATER,  /* none is there yet: poll s->fd for POLLIN */
    SOURCE_END,
    SOURCE_FAILED  /* the list could not be read to its end; that comes next. errno */
};

/* Opens the list. 0, or -1 with errno. */
int source_begin(struct source *s, const struct settings *settings);

/*
 * The next URL, valid until the next call. Empty lines and lines that begin with # are passed over. A line that is
 * longer than any URL is given cut, still longer than any URL, so that it is refused as one.
 */
enum source_result source_next(struct source *s, const char **url);

void source_end(struct source *s);

#endif
