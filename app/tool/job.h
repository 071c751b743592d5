/*
 * job.h: the work on one input, from its name to that of its result.
 *
 *   file.c    opens the input, says what may be replaced, settles names
 *   work.c    runs the codec, and says how it went
 *   result.c  opens, writes and completes the result, and removes the source
 */
#ifndef APP_TOOL_JOB_H
#define APP_TOOL_JOB_H

#include "app/outfile.h"
#include "app/tool/names.h"
#include "app/tool/run.h"
#include "app/tool/stream.h"

#include <sys/stat.h>

/* The work on one input. */
struct job {
    struct run *run;
    const char *name;        /* the input as messages call it */
    char *found;             /* the input's path if a suffix had to be added to it, else NULL */
    const char *path;        /* the input's path; NULL: standard input */
    int fd;
    struct stat st;          /* of the input when it was opened */
    struct suffix suffix;    /* the input's, decompressing; text NULL: none */
    char *target;            /* the result's path; NULL: standard output */
    struct outfile out;
    bool target_exists;      /* and may be replaced: that has been settled when `out` is opened */
    bool refused;            /* it could not be opened, and that has been said */
    bool replaces;           /* the source goes when the result is there */
    uint64_t hole;           /* zeros at the end of the result that have been skipped and not written */
};

/* Is the result to stand beside the source, so that the rules for files that are replaced hold? */
bool job_in_place(const struct run *run);

/* Does what the command line asks for; the input is open, and the names are settled. */
void job_work(struct job *job);

/*
 * Opens the result, once; -N needs the gzip header to have been read. False with errno, or, with job->refused, after
 * having said why.
 */
bool result_open(struct job *job);

/* The sink for the codec (see stream.h); `user` is the job. Opens the result if it is not open yet. */
bool result_sink(void *user, const void *data, size_t size);

/* The result is complete: gives it its metadata and its name, then removes the source if it is to be replaced. */
bool result_finish(struct job *job, const struct stream_end *end);

#endif
