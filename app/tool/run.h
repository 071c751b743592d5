/*
 * run.h: one run of the tool: what the command line asks for, what the work needs, and what has come of it.
 *
 *   main.c      the command line
 *   job.h       one input: file.c, work.c, result.c
 *   names.c     suffixes: from the name of a file to that of its result
 *   metadata.c  mode, owner and times go with the data
 *   tree.c      folders, with -r
 *   stream.c    the work itself: from a descriptor through the codec to a sink, a bounded piece at a time
 *   list.c      -l
 *   report.c    messages and the exit code
 *   explain*.c  --explain, a decoder to be read
 */
#ifndef APP_TOOL_RUN_H
#define APP_TOOL_RUN_H

#include "app/progress.h"
#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum action { ACTION_COMPRESS, ACTION_DECOMPRESS, ACTION_TEST, ACTION_LIST, ACTION_EXPLAIN };

/* gzip's exit codes. A warning never hides an error. */
enum { EXIT_FINE = 0, EXIT_ERROR = 1, EXIT_WARNING = 2 };

/*
 * Whether a gzip header keeps the original name (or time) when compressing, and gives it back when decompressing.
 * By default it keeps it and does not give it back.
 */
enum header_use { HEADER_DEFAULT, HEADER_NEVER, HEADER_ALWAYS };

struct run {
    /* What is asked for; settled before the first file. */
    const char *program;  /* what messages begin with */
    enum action action;
    int level;
    sluice_format format; /* AUTO: gzip when compressing; otherwise by the suffix or the first byte */
    const char *suffix;   /* -S; NULL: the format's own */
    const char *output;   /* -o; NULL: by the name of the input */
    bool to_stdout, keep, force, recursive, quiet, synchronous;
    int verbose;
    enum header_use name_use, time_use;
    enum progress_choice progress_choice;
    const char *comment;  /* -C: for gzip headers; NULL: none */
    sluice_strategy strategy;
    bool in_pieces;       /* compress pieces in parallel */
    sluice_parallel_options pieces; /* how; piece 0: the size is not given. `deflate` is not used. */
    uint8_t *dictionary;  /* -D; NULL: none */
    size_t dictionary_size;

    /* What the work needs */
    struct codec *codec;
    struct progress progress;
    char *swept;          /* a result whose folder has been swept, the last such; NULL: none */

    /* What has come of it */
    int exit_code;
    unsigned long listed; /* files listed, and their sums */
    uint64_t listed_input, listed_output;
};

/* An error or a warning about `name` (NULL: none): printed as "PROGRAM: NAME: TEXT", and noted in the exit code. */
void report_error(struct run *run, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
void report_warning(struct run *run, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same for a call that failed: the text of errno. */
void report_errno(struct run *run, const char *name);

/* A defect of a stream, with its place. */
void report_defect(struct run *run, const char *name, sluice_status status, const sluice_position *where);

/* Asks about `name` on standard error and reads a line of standard input: true if the answer begins with a y. */
bool report_question(struct run *run, const char *name, const char *question);

/* A line on standard error that is no complaint: "NAME:\tTEXT". */
void report_result(struct run *run, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A clock in milliseconds, for the line of progress. */
uint64_t report_clock(void);

/* The bytes saved, in percent of the original. */
double saved_percent(uint64_t compressed, uint64_t original);

/* Compresses, decompresses, tests, lists or explains what the command line names. */
void file_process(struct run *run, const char *path);
void file_standard_input(struct run *run);

/* Does so with all that is in a folder and below. */
void tree_process(struct run *run, const char *path);

struct stream_end;

/* Prints the row of one file in the list of -l, and at the end the sums. time: of the file, or -1. */
void list_row(struct run *run, const struct stream_end *end, const char *name, int64_t time);
void list_totals(struct run *run);

#endif
