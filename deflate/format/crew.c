/* crew.c: see crew.h. */
#include "deflate/format/crew.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Whom a thread is. */
struct crew_member {
    struct crew *crew;
    unsigned number;
    pthread_t thread;
};

/* ---- Life ---- */

unsigned sluice_crew_threads(unsigned asked, unsigned most)
{
    const long processors = asked ? 0 : sysconf(_SC_NPROCESSORS_ONLN);

    return asked ? asked : processors < 1 ? 1 : processors > (long)most ? most : (unsigned)processors;
}

size_t sluice_crew_size(unsigned threads, unsigned places)
{
    return threads * sizeof(struct crew_member) + places * sizeof(bool);
}

bool sluice_crew_init(struct crew *crew, const struct crew_work *work, void *user)
{
    memset(crew, 0, sizeof *crew);
    crew->work = work;
    crew->user = user;
    if (pthread_mutex_init(&crew->mutex, NULL) != 0)
        return false;
    if (pthread_cond_init(&crew->for_work, NULL) == 0) {
        if (pthread_cond_init(&crew->for_done, NULL) == 0)
            return true;
        pthread_cond_destroy(&crew->for_work);
    }
    pthread_mutex_destroy(&crew->mutex);
    return false;
}

void sluice_crew_begin(struct crew *crew, unsigned threads, unsigned places, void *memory)
{
    crew->threads = threads;
    crew->places = places;
    crew->members = memory;
    crew->done = (bool *)(crew->members + threads);
    crew->filled = crew->taken = 0;
    crew->refused = crew->helped = false;
}

void sluice_crew_stop(struct crew *crew)
{
    pthread_mutex_lock(&crew->mutex);
    crew->stop = true;
    pthread_cond_broadcast(&crew->for_work);
    pthread_mutex_unlock(&crew->mutex);
    for (; crew->started > 0; crew->started--)
        pthread_join(crew->members[crew->started - 1].thread, NULL);
    crew->stop = false;
}

void sluice_crew_end(struct crew *crew)
{
    pthread_cond_destroy(&crew->for_done);
    pthread_cond_destroy(&crew->for_work);
    pthread_mutex_destroy(&crew->mutex);
}

/* ---- The threads ---- */

static bool *done_of(struct crew *crew, uint64_t number)
{
    return &crew->done[number % crew->places];
}

static void begin(struct crew *crew, unsigned member)
{
    if (crew->work->begin)
        crew->work->begin(crew->user, member);
}

/* Takes the next piece and works on it. With the mutex locked, which it is not meanwhile. */
static void work(struct crew *crew, unsigned member)
{
    const uint64_t number = crew->taken++;

    pthread_mutex_unlock(&crew->mutex);
    crew->work->piece(crew->user, member, number);
    pthread_mutex_lock(&crew->mutex);
    *done_of(crew, number) = true;
    pthread_cond_signal(&crew->for_done);
}

static void *run(void *user)
{
    const struct crew_member *const member = user;
    struct crew *const crew = member->crew;

    begin(crew, member->number);
    pthread_mutex_lock(&crew->mutex);
    while (!crew->stop) {
        if (crew->taken < crew->filled)
            work(crew, member->number);
        else
            pthread_cond_wait(&crew->for_work, &crew->mutex);
    }
    pthread_mutex_unlock(&crew->mutex);
    return NULL;
}

/* Starts another thread. Signals are the program's business, and its threads'. */
static void start(struct crew *crew)
{
    struct crew_member *const member = &crew->members[crew->started];
    sigset_t all, before;

    *member = (struct crew_member){.crew = crew, .number = crew->started};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&member->thread, NULL, run, member) == 0)
        crew->started++;
    else
        crew->refused = true;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- The user's thread ---- */

void sluice_crew_hand_over(struct crew *crew, bool more)
{
    if (more && crew->started < crew->threads && !crew->refused)
        start(crew);
    pthread_mutex_lock(&crew->mutex);
    *done_of(crew, crew->filled++) = false;
    pthread_cond_signal(&crew->for_work);
    pthread_mutex_unlock(&crew->mutex);
}

bool sluice_crew_is_done(struct crew *crew, uint64_t number)
{
    bool done;

    pthread_mutex_lock(&crew->mutex);
    done = *done_of(crew, number);
    pthread_mutex_unlock(&crew->mutex);
    return done;
}

static void wait_for(struct crew *crew, uint64_t number)
{
    while (crew->started > 0 && !*done_of(crew, number))
        pthread_cond_wait(&crew->for_done, &crew->mutex);
}

void sluice_crew_wait(struct crew *crew, uint64_t number)
{
    pthread_mutex_lock(&crew->mutex);
    wait_for(crew, number);
    pthread_mutex_unlock(&crew->mutex);
}

void sluice_crew_wait_or_help(struct crew *crew, uint64_t number)
{
    const unsigned last = crew->threads - 1;

    if (crew->started < crew->threads && !crew->helped) {
        begin(crew, last);
        crew->helped = true;
    }
    pthread_mutex_lock(&crew->mutex);
    if (!*done_of(crew, number) && crew->started < crew->threads && crew->taken < crew->filled)
        work(crew, last);
    else
        wait_for(crew, number);
    pthread_mutex_unlock(&crew->mutex);
}

void sluice_crew_take_back(struct crew *crew, uint64_t number)
{
    pthread_mutex_lock(&crew->mutex);
    while (crew->taken <= number)
        *done_of(crew, crew->taken++) = true;
    wait_for(crew, number);
    pthread_mutex_unlock(&crew->mutex);
}
