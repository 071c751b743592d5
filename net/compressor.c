/* compressor.c: see compressor.h. Two lists under one lock: what waits, in the order it came, and what is done. */
#include "net/compressor.h"

#include <pthread.h>
#include <stdlib.h>

struct compressor {
    struct loop *loop;
    pthread_mutex_t lock;
    pthread_cond_t come, over; /* a step has come, or the end; a step is no longer at work */
    struct compression *waiting, *done;
    bool started, ends;
    pthread_t thread;
};

/* Puts a step at the end of a list. */
static void append(struct compression **list, struct compression *step)
{
    while (*list)
        list = &(*list)->next;
    step->next = NULL;
    *list = step;
}

static void take_out(struct compression **list, struct compression *step)
{
    while (*list != step)
        list = &(*list)->next;
    *list = step->next;
}

static void *work(void *owner)
{
    struct compressor *const c = owner;

    pthread_mutex_lock(&c->lock);
    while (!c->ends) {
        struct compression *const step = c->waiting;

        if (!step) {
            pthread_cond_wait(&c->come, &c->lock);
            continue;
        }
        c->waiting = step->next;
        step->state = COMPRESSION_RUNS;
        pthread_mutex_unlock(&c->lock);
        step->run(step);
        pthread_mutex_lock(&c->lock);
        step->state = COMPRESSION_DONE;
        append(&c->done, step);
        pthread_cond_signal(&c->over);
        loop_wake(c->loop);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

struct compressor *compressor_new(struct loop *loop)
{
    struct compressor *const c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->loop = loop;
    if (pthread_mutex_init(&c->lock, NULL) == 0) {
        if (pthread_cond_init(&c->come, NULL) == 0) {
            if (pthread_cond_init(&c->over, NULL) == 0)
                return c;
            pthread_cond_destroy(&c->come);
        }
        pthread_mutex_destroy(&c->lock);
    }
    free(c);
    return NULL;
}

void compressor_free(struct compressor *c)
{
    if (!c)
        return;
    if (c->started) {
        pthread_mutex_lock(&c->lock);
        c->ends = true;
        pthread_cond_signal(&c->come);
        pthread_mutex_unlock(&c->lock);
        pthread_join(c->thread, NULL);
    }
    pthread_cond_destroy(&c->over);
    pthread_cond_destroy(&c->come);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

bool compressor_give(struct compressor *c, struct compression *step)
{
    if (!c->started)
        c->started = pthread_create(&c->thread, NULL, work, c) == 0;
    if (!c->started)
        return false;
    pthread_mutex_lock(&c->lock);
    step->state = COMPRESSION_WAITS;
    append(&c->waiting, step);
    pthread_cond_signal(&c->come);
    pthread_mutex_unlock(&c->lock);
    return true;
}

void compressor_cancel(struct compressor *c, struct compression *step)
{
    pthread_mutex_lock(&c->lock);
    while (step->state == COMPRESSION_RUNS)
        pthread_cond_wait(&c->over, &c->lock);
    if (step->state == COMPRESSION_WAITS)
        take_out(&c->waiting, step);
    else if (step->state == COMPRESSION_DONE)
        take_out(&c->done, step);
    step->state = COMPRESSION_NONE;
    pthread_mutex_unlock(&c->lock);
}

void compressor_collect(struct compressor *c)
{
    for (;;) {
        struct compression *step;

        pthread_mutex_lock(&c->lock);
        step = c->done;
        if (step) {
            c->done = step->next;
            step->state = COMPRESSION_NONE;
        }
        pthread_mutex_unlock(&c->lock);
        if (!step)
            return;
        step->done(step); /* which may cancel others, and give the step anew */
    }
}
