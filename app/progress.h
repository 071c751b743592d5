/*
 * progress.h: one line on a terminal that tells how far the work is, and sizes as people read them.
 */
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The words auto|always|never of an option, in this order. */
enum progress_choice { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

/* What there is to tell. */
struct progress_state {
    const char *label; /* what is worked on; shown from its end if it is long */
    uint64_t wire;     /* bytes of the compressed form so far */
    uint64_t bytes;    /* bytes of the file so far */
    uint64_t total;    /* bytes of the file in the end; 0: not known */
    uint64_t wire_total; /* what wire will come to; 0: not known */
};

struct progress {
    FILE *to;
    bool on;
    bool shown;      /* the line stands on the terminal */
    uint64_t last;   /* clock in milliseconds of the last line; 0: none yet */
    uint64_t wire, bytes; /* what that line told */
    double wire_rate, byte_rate; /* bytes a second, smoothed over some seconds */
};

/* PROGRESS_AUTO: on if `to` is a terminal. */
void progress_begin(struct progress *p, FILE *to, enum progress_choice choice, uint64_t now);

/* Shows the state, at most some times a second. `now`: a clock in milliseconds. */
void progress_show(struct progress *p, const struct progress_state *state, uint64_t now);

/* Removes the line, so that a message can be printed; the next progress_show() brings it back. */
void progress_clear(struct progress *p);

/* A new piece of work begins: the rates of the last one do not count. */
void progress_restart(struct progress *p, uint64_t now);

/*
 * Writes the line into out[room], at most `columns` characters of it, without the return before it.
 * Exposed for the tests.
 */
void progress_line(char *out, size_t room, size_t columns, const struct progress_state *state, double wire_rate,
                   double byte_rate);

/* "999 B", "1.00 kB", "12.3 MB", "456 GB": powers of 1000, three figures. Returns out. */
enum { PROGRESS_SIZE_ROOM = 16 };
char *progress_size(char out[PROGRESS_SIZE_ROOM], uint64_t bytes);

#endif
