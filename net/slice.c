/* slice.c: see slice.h. */
#include "net/slice.h"

#include "net/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct slice {
    struct compression base; /* the first member: the compressor knows it alone */
    struct worker *worker;
    slice_step *step;
    void *content;
    void (*ready)(void *owner);
    void *owner;
    enum transfer_status status;
    int error;
    unsigned long us;
    sluice_output out; /* of `data` */
    unsigned char data[];
};

static void run(struct compression *base)
{
    struct slice *const s = (struct slice *)base;
    const uint64_t begun = metrics_clock();

    errno = 0;
    s->status = s->step(s->content, &s->worker->beside, &s->out);
    s->error = errno;
    s->us = (unsigned long)(metrics_clock() - begun);
}

static void done(struct compression *base)
{
    struct slice *const s = (struct slice *)base;

    s->ready(s->owner);
}

struct slice *slice_begin(struct worker *worker, slice_step *step, void *content, size_t room,
                          void (*ready)(void *owner), void *owner)
{
    struct slice *const s = worker->compressor ? malloc(sizeof *s + room) : NULL;

    if (!s)
        return NULL;
    *s = (struct slice){.base = {.run = run, .done = done},
                        .worker = worker,
                        .step = step,
                        .content = content,
                        .ready = ready,
                        .owner = owner,
                        .out = {s->data, room, 0}};
    if (compressor_give(worker->compressor, &s->base))
        return s;
    free(s);
    return NULL;
}

enum transfer_status slice_take(struct slice *s, sluice_output *out)
{
    const enum transfer_status status = s->status;
    const int error = s->error;

    memcpy((unsigned char *)out->data + out->pos, s->data, s->out.pos);
    out->pos += s->out.pos;
    metric_add(&s->worker->metrics.compress_us, s->us);
    free(s);
    errno = error;
    return status;
}

void slice_cancel(struct slice *s)
{
    if (!s)
        return;
    compressor_cancel(s->worker->compressor, &s->base);
    free(s);
}
