/*
 * parallel_crew.c: the threads. Each takes the next piece that nobody has taken, decodes it ahead, and says so.
 *
 * They are started one by one as pieces are handed over that a scout can begin with, so that a short stream starts none.
 */
#include "inflate/parallel.h"

#include <signal.h>

/* Takes the next piece and decodes it. With the mutex locked, which it is not meanwhile. */
static void work(struct sluice_parallel_inflater *p, struct sluice_inflater *inflater)
{
    struct piece *const piece = piece_of(p, p->taken++);

    if (piece->start != START_NONE && !atomic_load_explicit(&piece->unwanted, memory_order_relaxed)) {
        pthread_mutex_unlock(&p->mutex);
        sluice_scout_piece(piece, OUTPUT_PIECES * p->options.piece, &p->options.inflate, inflater);
        pthread_mutex_lock(&p->mutex);
    }
    piece->done = true;
    pthread_cond_signal(&p->done);
}

static void *run_scout(void *user)
{
    const struct scout *const scout = user;
    struct sluice_parallel_inflater *const p = scout->parallel;

    pthread_mutex_lock(&p->mutex);
    while (!p->stop) {
        if (p->taken < p->filled)
            work(p, scout->inflater);
        else
            pthread_cond_wait(&p->work, &p->mutex);
    }
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

/* Starts another thread. Signals are the program's business, and its threads'. */
static void start(struct sluice_parallel_inflater *p)
{
    struct scout *const scout = &p->scouts[p->started];
    sigset_t all, before;

    scout->parallel = p;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&scout->thread, NULL, run_scout, scout) == 0)
        p->started++;
    else
        p->refused = true;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void sluice_scouts_hand_over(struct sluice_parallel_inflater *p)
{
    struct piece *const piece = piece_of(p, p->filled);

    piece->done = false;
    piece->run_count = 0;
    atomic_store(&piece->unwanted, false);
    if (piece->start != START_NONE && p->started < p->options.threads && !p->refused)
        start(p);
    pthread_mutex_lock(&p->mutex);
    p->filled++;
    pthread_cond_signal(&p->work);
    pthread_mutex_unlock(&p->mutex);
}

void sluice_scouts_wait(struct sluice_parallel_inflater *p)
{
    struct piece *const piece = piece_of(p, p->head);

    pthread_mutex_lock(&p->mutex);
    while (p->started > 0 && !piece->done)
        pthread_cond_wait(&p->done, &p->mutex);
    pthread_mutex_unlock(&p->mutex);
}

void sluice_scouts_leave(struct sluice_parallel_inflater *p, uint64_t number)
{
    pthread_mutex_lock(&p->mutex);
    while (p->taken <= number)
        piece_of(p, p->taken++)->done = true;
    while (!piece_of(p, number)->done)
        pthread_cond_wait(&p->done, &p->mutex);
    pthread_mutex_unlock(&p->mutex);
}

void sluice_scouts_stop(struct sluice_parallel_inflater *p)
{
    pthread_mutex_lock(&p->mutex);
    p->stop = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->mutex);
    for (uint64_t n = p->head; n < p->filled; n++)
        atomic_store(&piece_of(p, n)->unwanted, true);
    for (; p->started > 0; p->started--)
        pthread_join(p->scouts[p->started - 1].thread, NULL);
    p->stop = false;
}
