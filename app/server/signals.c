/* signals.c: see signals.h. */
#include "app/server/signals.h"

#include "net/request_log.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void make_set(sigset_t *set, bool log_is_file)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    if (log_is_file)
        sigaddset(set, SIGHUP);
}

void signals_block(bool log_is_file)
{
    sigset_t set;

    make_set(&set, log_is_file);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* Lines that are being written go to the old file whole, those after them to the new one. */
static void open_log_anew(struct signals *s)
{
    const int fresh = keeper_open_log(s->keeper);

    if (fresh < 0) {
        request_log_note(s->log, "the log cannot be opened anew, the old one goes on: %s", strerror(errno));
        return;
    }
    flockfile(s->log);
    fflush(s->log);
    dup2(fresh, fileno(s->log));
    funlockfile(s->log);
    close(fresh);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The next signal, or 0 when the moment has come (0: none comes). */
static int next_signal(const sigset_t *set, int64_t until)
{
    for (;;) {
        const int64_t left = until - now_ms();
        const struct timespec wait = {.tv_sec = (time_t)(left / 1000), .tv_nsec = (long)(left % 1000) * 1000000};
        int sig;

        if (until != 0 && left <= 0)
            return 0;
        sig = until ? sigtimedwait(set, NULL, &wait) : sigwaitinfo(set, NULL);
        if (sig > 0)
            return sig;
    }
}

static void *await(void *owner)
{
    struct signals *const s = owner;
    enum server_stop how = SERVER_FINISH;
    int64_t until = 0;
    sigset_t set;

    make_set(&set, s->log != NULL);
    for (;;) {
        const int sig = next_signal(&set, until);

        if (atomic_load(&s->done))
            return NULL;
        if (sig == SIGHUP) {
            open_log_anew(s);
            continue;
        }
        server_stop(s->server, how);
        /* The first asks to finish, the second, or the end of the time for that, breaks off. */
        until = how == SERVER_FINISH && s->stop_timeout ? now_ms() + s->stop_timeout : 0;
        how = SERVER_END;
    }
}

bool signals_begin(struct signals *s)
{
    return pthread_create(&s->thread, NULL, await, s) == 0;
}

void signals_end(struct signals *s)
{
    atomic_store(&s->done, true);
    pthread_kill(s->thread, SIGTERM);
    pthread_join(s->thread, NULL);
}
