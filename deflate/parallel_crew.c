/*
 * parallel_crew.c: the threads. Each takes the next piece that nobody has taken, compresses it, and says so.
 *
 * They are started one by one as pieces are handed over, so that a short stream starts none. As long as there are fewer
 * than asked for, the caller's thread lends a hand where it would only wait: with the last deflater, which no thread
 * uses then.
 */
#include "deflate/parallel.h"

#include <signal.h>

static sluice_deflater *deflater_of(struct sluice_parallel *p, unsigned number)
{
    return (sluice_deflater *)(void *)(p->deflaters + number * p->deflater_size);
}

static void make_deflater(struct sluice_parallel *p, unsigned number)
{
    sluice_deflate_options raw = p->options.deflate;

    raw.format = SLUICE_RAW;
    sluice_deflate_init(deflater_of(p, number), p->deflater_size, &raw);
}

/* Takes the next piece and compresses it. With the mutex locked, which it is not meanwhile. */
static void work(struct sluice_parallel *p, unsigned number)
{
    struct piece *const piece = piece_of(p, p->taken++);

    pthread_mutex_unlock(&p->mutex);
    sluice_piece_compress(p, piece, deflater_of(p, number));
    pthread_mutex_lock(&p->mutex);
    piece->done = true;
    pthread_cond_signal(&p->done);
}

static void *run_worker(void *user)
{
    const struct worker *const worker = user;
    struct sluice_parallel *const p = worker->parallel;

    make_deflater(p, worker->number);
    pthread_mutex_lock(&p->mutex);
    while (!p->stop) {
        if (p->taken < p->filled)
            work(p, worker->number);
        else
            pthread_cond_wait(&p->work, &p->mutex);
    }
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

/* Starts another thread. Signals are the program's business, and its threads'. */
static void start(struct sluice_parallel *p)
{
    struct worker *const worker = &p->workers[p->started];
    sigset_t all, before;

    *worker = (struct worker){.parallel = p, .number = p->started};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&worker->thread, NULL, run_worker, worker) == 0)
        p->started++;
    else
        p->refused = true;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void sluice_crew_hand_over(struct sluice_parallel *p)
{
    struct piece *const piece = piece_of(p, p->filled);
    const bool alone = p->filled == 0 && piece->flush == SLUICE_FLUSH_FINISH;

    piece->put = piece->made = 0;
    piece->failed = piece->done = false;
    if (p->options.threads > 1 && p->started < p->options.threads && !p->refused && !alone)
        start(p);
    pthread_mutex_lock(&p->mutex);
    p->filled++;
    pthread_cond_signal(&p->work);
    pthread_mutex_unlock(&p->mutex);
}

bool sluice_crew_is_done(struct sluice_parallel *p)
{
    bool done;

    pthread_mutex_lock(&p->mutex);
    done = piece_of(p, p->head)->done;
    pthread_mutex_unlock(&p->mutex);
    return done;
}

void sluice_crew_wait(struct sluice_parallel *p)
{
    const struct piece *const piece = piece_of(p, p->head);
    const unsigned last = p->options.threads - 1;

    if (p->started < p->options.threads && !p->own_deflater) {
        make_deflater(p, last);
        p->own_deflater = true;
    }
    pthread_mutex_lock(&p->mutex);
    if (!piece->done && p->started < p->options.threads && p->taken < p->filled)
        work(p, last);
    else
        while (!piece->done)
            pthread_cond_wait(&p->done, &p->mutex);
    pthread_mutex_unlock(&p->mutex);
}

void sluice_crew_stop(struct sluice_parallel *p)
{
    pthread_mutex_lock(&p->mutex);
    p->stop = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->mutex);
    for (; p->started > 0; p->started--)
        pthread_join(p->workers[p->started - 1].thread, NULL);
    p->stop = false;
}
