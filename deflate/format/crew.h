/*
 * crew.h: threads that work through numbered pieces, one thread a piece, while the user's thread hands pieces over and
 * takes them back in their order. The encoder and the decoder of several pieces at a time each have one.
 *
 * The numbers of pieces only grow; what a piece is lies with the crew's user, in a ring of places, number n in place n
 * modulo their number. Always
 *
 *     taken <= filled <= taken + places
 *
 * Threads are started one by one as pieces are handed over, so that a short stream starts none. Where the system gives
 * none, the crew stays smaller than asked for, and the user's own thread can lend a hand.
 */
#ifndef SLUICE_FORMAT_CREW_H
#define SLUICE_FORMAT_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a crew does. `member` is a number below `threads`, and no two threads have the same. */
struct crew_work {
    void (*begin)(void *user, unsigned member);                  /* before its first piece; or NULL */
    void (*piece)(void *user, unsigned member, uint64_t number);
};

struct crew {
    const struct crew_work *work;
    void *user;
    unsigned threads; /* how many there may be */
    unsigned places;

    /* Parts of the user's object */
    struct crew_member *members; /* `threads` of them */
    bool *done;                  /* `places` of them */

    uint64_t filled, taken; /* guarded by the mutex where others than the user's thread look, as `done` is */
    pthread_mutex_t mutex;
    pthread_cond_t for_work; /* a piece has been handed over, or all is to stop */
    pthread_cond_t for_done; /* a piece is done */
    atomic_bool stop;
    unsigned started; /* threads that run: the first so many members */
    bool refused;     /* the system gave no more of them */
    bool helped;      /* the user's thread has begun as the last member */
};

/* As many threads as an option asks for; 0: one for each processor, up to `most`. */
unsigned sluice_crew_threads(unsigned asked, unsigned most);

/* Bytes that a crew needs beside its structure. */
size_t sluice_crew_size(unsigned threads, unsigned places);

/* Makes what the system must give. False: it gives none. Then sluice_crew_begin(). */
bool sluice_crew_init(struct crew *crew, const struct crew_work *work, void *user);

/* Makes it ready for a new stream; no thread may run. `memory` has sluice_crew_size() bytes, aligned as malloc()'s. */
void sluice_crew_begin(struct crew *crew, unsigned threads, unsigned places, void *memory);

/* Stops and ends all threads; pieces that are not done are lost. A long piece looks at crew->stop. */
void sluice_crew_stop(struct crew *crew);

/* Gives back what sluice_crew_init() got; no thread may run. */
void sluice_crew_end(struct crew *crew);

/* Hands the piece with the number `filled` over; `more`: it is worth starting another thread, if there can be one. */
void sluice_crew_hand_over(struct crew *crew, bool more);

/* Whether the piece with this number, which has been handed over, is done. */
bool sluice_crew_is_done(struct crew *crew, uint64_t number);

/* Waits until it is; if there is no thread, nothing comes of it. */
void sluice_crew_wait(struct crew *crew, uint64_t number);

/*
 * The same by a thread that has nothing better to do: if there are fewer threads than asked for, and a piece is left to
 * be taken, works on that as the last member, which no thread is then.
 */
void sluice_crew_wait_or_help(struct crew *crew, uint64_t number);

/* Takes the pieces up to this number away from the threads, and waits until none is at work on it. */
void sluice_crew_take_back(struct crew *crew, uint64_t number);

#endif
