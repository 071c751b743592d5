/*
 * http_source.h: a file that a request has found, open or known from before, and what must be known of it to choose the
 * form in which it is sent.
 */
#ifndef NET_HTTP_SOURCE_H
#define NET_HTTP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct http_content;
struct worker;

struct http_source {
    const char *name; /* beneath the root, size bytes; the caller's */
    size_t size;
    int fd;            /* -1: not open until it is needed; the caller closes it or gives it to a content */
    struct stat status;
    bool known;        /* and so asked for a second time at least */
    bool settled;      /* it has not changed so lately that it could change again unseen: copies of it may be kept */
    bool compressible;
    bool gzip;         /* it begins as gzip does; of one that is known, false may be true */
};

/* Fills in the rest behind the name, if the thread knows such a file and it is still the same. False: fd is -1. */
bool http_source_find(struct http_source *source, struct worker *worker);

/* The rest behind the status of one that has just been opened, and is known from now on. */
void http_source_look_into(struct http_source *source, struct worker *worker);

/* Makes the source's file the content's, in the place of the one that is; the content closes it. */
void http_source_use(const struct http_source *source, struct http_content *content);

/* Opens what was only known, for a content that needs its bytes. False: it is not what it was a moment ago. */
bool http_source_open(const struct http_source *source, struct http_content *content, struct worker *worker);

/*
 * Finds FILE.gz, whose name has been set, if there is one that is not older than FILE. It is sent as it is, so it must
 * at least begin as gzip does; that it holds the same is for who put it there to see to. False: nothing is open.
 */
bool http_source_find_prepared(struct http_source *gz, struct worker *worker, const struct http_source *source);

#endif
