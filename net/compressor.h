/*
 * compressor.h: a thread beside an event loop, for steps of work that take longer than a turn may: at its highest
 * levels the encoder works on a block at a time, some 10 to 40 ms, which nothing else should wait for. The loop gives
 * it a step and goes on; when the step is done the loop is woken and told. It is started when it is first needed.
 *
 * A step is in the hands of the compressor from compressor_give() until its `done` is called or compressor_cancel()
 * returns; nobody else may touch what it works on meanwhile.
 */
#ifndef NET_COMPRESSOR_H
#define NET_COMPRESSOR_H

#include "net/loop.h"

#include <stdbool.h>

struct compressor;

struct compression {
    void (*run)(struct compression *step);  /* on the compressor's thread */
    void (*done)(struct compression *step); /* on the loop's thread, by compressor_collect() */
    struct compression *next;               /* the compressor's own, as is the state */
    enum { COMPRESSION_NONE, COMPRESSION_WAITS, COMPRESSION_RUNS, COMPRESSION_DONE } state;
};

/* Makes one that wakes `loop`, whose thread is the caller of all that follows. NULL: no memory. */
struct compressor *compressor_new(struct loop *loop);

/* Frees it; no step may be with it any more. NULL is fine. */
void compressor_free(struct compressor *compressor);

/* Gives it a step, behind those that it has. False: no thread can be started; the step is not taken. */
bool compressor_give(struct compressor *compressor, struct compression *step);

/* Takes a step back whatever its state, and `done` will not be called. If it is at work, waits until that is over. */
void compressor_cancel(struct compressor *compressor, struct compression *step);

/* Calls `done` for those that are done. To be called when the loop has been woken. */
void compressor_collect(struct compressor *compressor);

#endif
