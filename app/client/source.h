/*
 * source.h: the URLs that are to be fetched, one after another: those of the command line, then those of the list.
 */
#ifndef APP_CLIENT_SOURCE_H
#define APP_CLIENT_SOURCE_H

#include "app/client/settings.h"
#include "net/url.h"

#include <stdio.h>

struct source {
    const struct settings *settings;
    size_t given;                   /* URLs of the command line that were given */
    FILE *list;                     /* NULL: none, or read to its end */
    char line[URL_LENGTH_MAX + 3];  /* one byte too long, line end, NUL */
};

enum source_result { SOURCE_URL, SOURCE_END, SOURCE_FAILED };

/* Opens the list. 0, or -1 with errno. */
int source_begin(struct source *s, const struct settings *settings);

/*
 * The next URL, valid until the next call. SOURCE_FAILED, with errno: the list could not be read to its end; the end
 * comes next. Empty lines and lines that begin with # are passed over. A line that is longer than any URL is given cut,
 * still longer than any URL, so that it is refused as one.
 */
enum source_result source_next(struct source *s, const char **url);

void source_end(struct source *s);

#endif
