/*
 * slice.h: a slice of a transfer that is compressed beside the event loop (see compressor.h): what comes of it is kept
 * until its owner takes it.
 */
#ifndef NET_SLICE_H
#define NET_SLICE_H

#include "net/compressor.h"
#include "net/transfer.h"
#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>

struct worker;
struct slice;

/* The first level at which a step of the encoder may take longer than a turn of a loop (tests/bench/JOURNAL.md). */
enum { SLICE_LEVEL = 10 };

/* One step of `content`, as http_content_step() and transfer_step() are. */
typedef enum transfer_status slice_step(void *content, const struct transfer_buffer *buffer, sluice_output *out);

/*
 * Has a step of `content`, which puts out at most `room` bytes, done beside the loop of `worker`; then ready(owner) is
 * called, on the loop's thread. Until then nobody may touch `content`. NULL: it cannot be; the step is to be done here.
 */
struct slice *slice_begin(struct worker *worker, slice_step *step, void *content, size_t room,
                          void (*ready)(void *owner), void *owner);

/* Adds to `out` what has come of it, and frees it. Not before `ready`. As the step, which may have set errno. */
enum transfer_status slice_take(struct slice *slice, sluice_output *out);

/* Frees it, in whatever state it is; may wait until the step is over. NULL is fine. */
void slice_cancel(struct slice *slice);

#endif
