/*
 * decode.h: runs the library's decoder over a whole stream in each of its forms, as a strict user would.
 *
 * A user who believes every sentence of sluice.h: input and room are handed over in pieces, each piece lies against a
 * page that faults when touched, and every result is held to what the header says of it. A promise that is broken is
 * reported in words (`broken`), apart from the verdict on the stream.
 */
#ifndef TESTS_DECODE_H
#define TESTS_DECODE_H

#include "tests/support/reference.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a stream is handed over. */
struct decode_cut {
    size_t input, output; /* sizes of pieces; 0: all at once (output: all the room there is) */
    uint64_t *random;     /* not NULL: sizes are drawn from 1 to these */
    bool at_start;        /* pieces begin, rather than end, at a faulting page */
    size_t copy_after;    /* go on in a copy of the decoder after so many calls; 0: never */
};

struct decode_result {
    sluice_status status;   /* SLUICE_END, SLUICE_NEED_DICTIONARY or the error, as the reference puts it */
    sluice_position where;
    uint64_t consumed;      /* input taken, as the calls said */
    size_t length;          /* output, in decode_output */
    const char *broken;     /* NULL, or the promise that was broken */
    size_t calls;
    size_t block_count;     /* SLUICE_BLOCK results */
    struct reference_block block[REFERENCE_BLOCKS];
};

enum {
    DECODE_ROOM = 1 << 20, /* no stream that is decoded here has more output */
    DECODE_INPUT = 1 << 20 /* nor input */
};

/* The output of the last run. */
extern uint8_t decode_output[DECODE_ROOM];

/* If not NULL it gets each decoder before a run, reset: to choose the loops that it decodes with (inflate/state.h). */
extern void (*decode_prepare)(sluice_inflater *inflater);

/* The library's options that correspond to the reference's, with other flags as given. */
sluice_inflate_options decode_options(const struct reference_options *options, unsigned flags);

/* sluice_decompress(), with `room` bytes of room; not for streams with a dictionary or a start bit. */
void decode_whole(const struct reference_options *options, const void *data, size_t size, size_t room, bool at_start,
                  struct decode_result *result);

/* sluice_inflate(). flags: SLUICE_STOP_AT_BLOCK or 0. */
void decode_stream(const struct reference_options *options, unsigned flags, const void *data, size_t size,
                   const struct decode_cut *cut, struct decode_result *result);

/* sluice_inflate_next(). */
void decode_borrowed(const struct reference_options *options, unsigned flags, const void *data, size_t size,
                     const struct decode_cut *cut, struct decode_result *result);

/*
 * Checks a run against the reference: verdict, output, position, and that no promise was broken. `form` is printed
 * where a check's file name would be.
 */
bool decode_agrees(const struct decode_result *got, const struct reference_result *want, const uint8_t *want_output,
                   const char *form);

/* Checks that the blocks that were reported are those that the reference found. */
bool decode_blocks_agree(const struct decode_result *got, const struct reference_result *want, const char *form);

#endif
