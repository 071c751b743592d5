/*
 * settings.h: what the command line of sluice-client asks for.
 */
#ifndef APP_CLIENT_SETTINGS_H
#define APP_CLIENT_SETTINGS_H

#include "app/progress.h"
#include "net/fetch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLIENT "sluice-client"

struct settings {
    char **urls;         /* `count` of them, in the order of the command line */
    size_t count;
    const char *list;    /* a file with more of them, "-": standard input, or NULL */
    const char *output;  /* the one file to write, "-": standard output, or NULL */
    const char *folder;  /* where files get the names of their URLs, or NULL: the working directory */
    const char *compare; /* the file to compare with, or NULL */
    struct fetch_limits limits;
    uint64_t rate;       /* bytes a second on the wire, all transfers together; 0: no limit */
    uint64_t max_time;   /* milliseconds that a file may take in all; 0: no limit */
    unsigned retries;
    unsigned at_once;    /* transfers at the same time */
    enum progress_choice progress;
    const char *accept;   /* HTTP: the value of Accept-Encoding */
    const char **headers; /* HTTP: further fields, `header_count` of them */
    size_t header_count;
    bool save_compressed; /* HTTP: write the stream as it came */
    bool resume;          /* keep what came of a file, and go on with what an earlier run kept */
    bool trace, quiet, verbose;
};

/*
 * Reads the command line. False: the program is to end with *code, all has been said. What settings point to is
 * argv's; settings_free() frees the rest.
 */
bool settings_read(struct settings *s, int argc, char **argv, int *code);

void settings_free(struct settings *s);

/* Nothing is written to a file: the file is only compared. */
static inline bool settings_only_compare(const struct settings *s) { return s->compare && !s->output && !s->folder; }

/* The file goes to standard output. */
static inline bool settings_to_output(const struct settings *s)
{
    return s->output && s->output[0] == '-' && s->output[1] == '\0';
}

#endif
