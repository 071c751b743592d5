/*
 * server.c: threads, and how connections come to them; see server.h.
 *
 * All threads watch the same listening sockets, so that a socket may be of any kind, may have been inherited, and loses
 * no client when a thread ends. Whoever is free accepts; if another thread has fewer connections, the new one is handed
 * to it. So long transfers spread evenly, however the kernel wakes the threads.
 */
#include "net/server.h"

#include "net/connection.h"
#include "net/http_cache.h"
#include "net/known_files.h"
#include "net/level.h"
#include "net/listen.h"
#include "net/slice.h"
#include "net/tally.h"
#include "net/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections that one turn takes from one socket: a flood of them must not keep the others waiting. */
enum { ACCEPT_MOST = 64 };

/* How long no connection is taken when descriptors have run out, in ms. Those who come wait in the kernel's queue. */
enum { ACCEPT_PAUSE = 100 };

/* Places that protocols which are not for clients have beyond the limit of connections: who looks after the server. */
enum { APART_MOST = 16 };

/* A flood is told to the log at most this often, in ms. */
enum { FLOOD_PAUSE = 1000 };

struct listener {
    int fd;
    bool inherited; /* somebody else's too: the file of a Unix socket stays */
    const struct protocol *protocol;
};

struct worker_listener {
    struct worker *worker;
    const struct listener *listener;
    struct loop_watch watch;
};

struct server {
    struct server_options options;
    int root;
    struct listener *listeners;
    size_t listener_count;
    struct http_cache *cache; /* NULL: none */
    struct tally *tally;      /* NULL: clients are not counted */
    struct worker *workers; /* options.threads of them, once it has been started */
    unsigned made, running; /* workers whose parts are made, whose thread runs */
    atomic_int stop;        /* enum server_stop; only grows */
    atomic_uint connections;
    atomic_uint listening;  /* threads that still accept; the last one closes the sockets */
    atomic_int taken;       /* options.once: the one connection has been; a byte is exchanged by a library on RISC-V */
    atomic_bool broken_off;
};

struct server_options server_defaults(void)
{
    return (struct server_options){.level = SLUICE_LEVEL_DEFAULT,
                                   .threads = 1,
                                   .max_connections = 1000,
                                   .request_timeout = 30000,
                                   .idle_timeout = 60000,
                                   .listing = true};
}

/* ---- accepting ---- */

static void tell_flood(struct worker *worker, bool of_one)
{
    const uint64_t now = loop_now(worker->loop);

    worker->flood++;
    worker->flood_of_one += of_one;
    if (worker->flood_told && now < worker->flood_told + FLOOD_PAUSE)
        return;
    request_log_note(worker->options->log, "%lu connections refused: %lu beyond %u in all, %lu beyond %u of one client",
                     worker->flood, worker->flood - worker->flood_of_one, worker->options->max_connections,
                     worker->flood_of_one, worker->options->max_per_address);
    worker->flood = worker->flood_of_one = 0;
    worker->flood_told = now;
}

static struct worker *least_loaded(struct worker *self)
{
    struct server *const server = self->server;
    struct worker *best = self;

    for (unsigned i = 0; i < server->options.threads; i++)
        if (atomic_load(&server->workers[i].load) < atomic_load(&best->load))
            best = &server->workers[i];
    return best;
}

/* Gives the connection to another thread. False: that one takes no mail any more. */
static bool hand_over(struct worker *to, struct connection *c)
{
    bool taken;

    pthread_mutex_lock(&to->mail_lock);
    taken = !to->gone;
    if (taken) {
        c->next = to->mail;
        to->mail = c;
        atomic_fetch_add(&to->load, 1);
    }
    pthread_mutex_unlock(&to->mail_lock);
    if (taken)
        loop_wake(to->loop);
    return taken;
}

static void admit(struct worker *self, const struct listener *listener, int fd, const struct sockaddr *peer,
                  socklen_t size)
{
    struct tally_client *client = NULL;
    const bool apart = listener->protocol->apart;
    const unsigned most = self->options->max_connections + (apart ? APART_MOST : 0);
    struct worker *best;
    struct connection *c;
    bool of_one = false;

    if (self->options->once && atomic_exchange(&self->server->taken, 1)) {
        connection_refuse(fd, listener->protocol, self);
        return;
    }
    if (atomic_fetch_add(&self->server->connections, 1) >= most ||
        (of_one = self->tally && !apart && !tally_enter(self->tally, peer, &client))) {
        atomic_fetch_sub(&self->server->connections, 1);
        connection_refuse(fd, listener->protocol, self);
        metric_add(of_one ? &self->metrics.refused_of_one : &self->metrics.refused, 1);
        tell_flood(self, of_one);
        return;
    }
    c = connection_new(fd, listener->protocol, peer, size);
    if (!c) {
        tally_leave(self->tally, client);
        atomic_fetch_sub(&self->server->connections, 1);
        return;
    }
    c->client = client;
    metric_add(&self->metrics.accepted, 1);
    best = least_loaded(self);
    if (best != self && hand_over(best, c))
        return;
    atomic_fetch_add(&self->load, 1);
    connection_begin(c, self);
}

/* Takes at most `most` connections. False: descriptors or memory have run out. */
static bool accept_some(struct worker *worker, const struct listener *listener, int most)
{
    for (int i = 0; i < most; i++) {
        struct sockaddr_storage peer;
        socklen_t size = sizeof peer;

        memset(&peer, 0, sizeof peer);
        const int fd = accept(listener->fd, (struct sockaddr *)&peer, &size);

        if (fd >= 0) {
            if (size == 0 || peer.ss_family == 0) /* some systems tell nothing of a Unix socket's client */
                peer.ss_family = AF_UNIX;
            admit(worker, listener, fd, (struct sockaddr *)&peer, size);
            if (worker->options->once)
                return true;
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            return false;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            /* Nobody is left; or trouble with that one client, of which there are many kinds (accept(2)). */
            return true;
        }
    }
    return true;
}

static bool watch_listeners(struct worker *worker, unsigned events)
{
    bool ok = true;

    for (size_t i = 0; i < worker->server->listener_count; i++)
        ok = loop_want(worker->loop, &worker->listeners[i].watch, events) && ok;
    return ok;
}

static void listener_ready(void *owner, unsigned events)
{
    struct worker_listener *const wl = owner;
    struct worker *const worker = wl->worker;

    (void)events;
    if (!accept_some(worker, wl->listener, ACCEPT_MOST)) {
        watch_listeners(worker, 0);
        loop_set(worker->loop, &worker->accept_pause, loop_now(worker->loop) + ACCEPT_PAUSE);
    }
    if (worker->options->once && atomic_load(&worker->server->taken))
        server_stop(worker->server, SERVER_CLOSED);
}

static void pause_passed(void *owner)
{
    struct worker *const worker = owner;

    if (worker->stop == SERVER_RUNNING && !watch_listeners(worker, LOOP_READ | LOOP_SHARED))
        loop_set(worker->loop, &worker->accept_pause, loop_now(worker->loop) + ACCEPT_PAUSE);
}

/* ---- a thread ---- */

static void close_listener(struct listener *listener)
{
    if (listener->fd < 0)
        return;
    if (listener->inherited)
        close(listener->fd);
    else
        listen_close(listener->fd);
    listener->fd = -1;
}

static void stop_listening(struct worker *worker)
{
    struct server *const server = worker->server;

    loop_unset(worker->loop, &worker->accept_pause);
    watch_listeners(worker, 0);
    if (atomic_fetch_sub(&server->listening, 1) != 1)
        return;
    for (size_t i = 0; i < server->listener_count; i++) {
        /* The kernel has told those in its queue that they are connected: they are served too. */
        if (!server->options.once)
            accept_some(worker, &server->listeners[i], LISTEN_BACKLOG);
        close_listener(&server->listeners[i]);
    }
}

static void stop_connections(struct worker *worker, bool now)
{
    struct connection *c = worker->connections, *next;

    if (now && c)
        atomic_store(&worker->server->broken_off, true);
    for (; c; c = next) {
        next = c->next;
        c->protocol->stop(c, now);
    }
}

/* Carries out what server_stop() has asked for. Runs when a stop or mail has come. */
static void take_orders(void *owner)
{
    struct worker *const worker = owner;
    const enum server_stop stop = (enum server_stop)atomic_load(&worker->server->stop);
    const bool harder = stop > worker->stop;
    struct connection *mail, *next;

    if (worker->compressor)
        compressor_collect(worker->compressor);
    if (harder && worker->stop == SERVER_RUNNING)
        stop_listening(worker);

    pthread_mutex_lock(&worker->mail_lock);
    mail = worker->mail;
    worker->mail = NULL;
    pthread_mutex_unlock(&worker->mail_lock);
    const bool fresh = mail != NULL;

    for (; mail; mail = next) {
        next = mail->next;
        mail->next = NULL;
        connection_begin(mail, worker);
    }

    worker->stop = stop;
    if ((harder || fresh) && stop >= SERVER_FINISH)
        stop_connections(worker, stop == SERVER_END);
}

/* Has the thread nothing left to do? Then nothing more is handed to it either. */
static bool is_done(struct worker *worker)
{
    bool done;

    if (worker->stop == SERVER_RUNNING || worker->connections)
        return false;
    pthread_mutex_lock(&worker->mail_lock);
    done = worker->gone = !worker->mail;
    pthread_mutex_unlock(&worker->mail_lock);
    return done;
}

static void *work(void *owner)
{
    struct worker *const worker = owner;

    while (!is_done(worker)) {
        if (!loop_turn(worker->loop, -1)) {
            request_log_note(worker->options->log, "waiting for events failed: %s", strerror(errno));
            server_stop(worker->server, SERVER_END);
            take_orders(worker);
        }
    }
    return NULL;
}

/* ---- making and ending it ---- */

struct server *server_new(const struct server_options *options, int root, char *error)
{
    struct server *server = calloc(1, sizeof *server);

    if (!server) {
        snprintf(error, SERVER_ERROR_ROOM, "out of memory");
        return NULL;
    }
    server->options = *options;
    server->root = root;
    server->cache = options->cache > 0 ? http_cache_new(options->cache) : NULL;
    server->tally = options->max_per_address > 0 ? tally_new(options->max_per_address) : NULL;
    if ((options->cache > 0 && !server->cache) || (options->max_per_address > 0 && !server->tally)) {
        snprintf(error, SERVER_ERROR_ROOM, "out of memory");
        http_cache_free(server->cache);
        tally_free(server->tally);
        free(server);
        return NULL;
    }
    return server;
}

static bool add_listener(struct server *server, int fd, bool inherited, const struct protocol *protocol)
{
    struct listener *more = realloc(server->listeners, (server->listener_count + 1) * sizeof *more);

    if (!more)
        return false;
    server->listeners = more;
    more[server->listener_count++] = (struct listener){.fd = fd, .inherited = inherited, .protocol = protocol};
    return true;
}

bool server_listen(struct server *server, int fd, const struct protocol *protocol)
{
    return add_listener(server, fd, false, protocol);
}

bool server_adopt(struct server *server, int fd, const struct protocol *protocol)
{
    return add_listener(server, fd, true, protocol);
}

static bool make_worker(struct worker *worker, struct server *server)
{
    const struct server_options *const o = &server->options;
    const size_t slice = level_slice(o->level);

    worker->server = server;
    worker->options = o;
    worker->total = &server->connections;
    worker->root = server->root;
    worker->cache = server->cache;
    worker->known = server->cache ? known_files_new() : NULL;
    worker->tally = server->tally;
    worker->encoders.options = sluice_deflate_defaults();
    worker->encoders.options.level = o->level == LEVEL_AUTO ? LEVEL_HARDEST : o->level;
    worker->accept_pause.passed = pause_passed;
    worker->accept_pause.owner = worker;
    worker->input.slice = slice;
    worker->input.size = o->block && o->block < slice ? o->block : slice;
    /* The orderly end of a connection throws away into it as well: it must not be tiny. */
    worker->input.data = malloc(WORKER_INPUT);
    worker->beside = worker->input;
    worker->beside.data = o->level >= SLICE_LEVEL ? malloc(WORKER_INPUT) : NULL;
    worker->output = malloc(WORKER_OUTPUT);
    worker->listeners = calloc(server->listener_count, sizeof *worker->listeners);
    worker->loop = loop_new(take_orders, worker);
    if (!worker->input.data || !worker->output || !worker->listeners || !worker->loop ||
        (worker->cache && !worker->known))
        return false;
    /* Without one, all is done in the loop. */
    worker->compressor = worker->beside.data ? compressor_new(worker->loop) : NULL;
    for (size_t i = 0; i < server->listener_count; i++) {
        worker->listeners[i] = (struct worker_listener){.worker = worker, .listener = &server->listeners[i]};
        worker->listeners[i].watch.fd = server->listeners[i].fd;
        worker->listeners[i].watch.ready = listener_ready;
        worker->listeners[i].watch.owner = &worker->listeners[i];
    }
    return watch_listeners(worker, LOOP_READ | LOOP_SHARED);
}

static void free_worker(struct worker *worker)
{
    compressor_free(worker->compressor);
    free(worker->beside.data);
    encoders_free(&worker->encoders);
    loop_free(worker->loop);
    known_files_free(worker->known);
    free(worker->listeners);
    free(worker->input.data);
    free(worker->output);
    pthread_mutex_destroy(&worker->mail_lock);
}

bool server_start(struct server *server, char *error)
{
    const unsigned threads = server->options.threads;
    sigset_t all, before;
    int reason = 0;

    server->workers = calloc(threads, sizeof *server->workers);
    if (!server->workers)
        reason = ENOMEM;
    for (; reason == 0 && server->made < threads; server->made++) {
        struct worker *worker = &server->workers[server->made];

        reason = pthread_mutex_init(&worker->mail_lock, NULL);
        if (reason == 0 && !make_worker(worker, server)) {
            reason = errno ? errno : ENOMEM;
            free_worker(worker);
            break;
        }
    }
    atomic_store(&server->listening, threads);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; reason == 0 && server->running < threads; server->running++) {
        struct worker *const worker = &server->workers[server->running];

        reason = pthread_create(&worker->thread, NULL, work, worker);
        if (reason != 0)
            break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (reason == 0)
        return true;
    snprintf(error, SERVER_ERROR_ROOM, "cannot start %u threads: %s", threads, strerror(reason));
    if (server->running > 0) {
        server_stop(server, SERVER_END);
        server_wait(server);
    }
    return false;
}

void server_stop(struct server *server, enum server_stop how)
{
    int now = atomic_load(&server->stop);

    while (now < (int)how && !atomic_compare_exchange_weak(&server->stop, &now, (int)how))
        ;
    for (unsigned i = 0; i < server->made; i++)
        loop_wake(server->workers[i].loop);
}

bool server_wait(struct server *server)
{
    for (; server->running > 0; server->running--)
        pthread_join(server->workers[server->running - 1].thread, NULL);
    return !atomic_load(&server->broken_off);
}

static void sum_turns(struct loop_turns *sum, const struct loop_turns *one)
{
    const unsigned long longest = atomic_load(&one->longest_us);

    for (unsigned i = 0; i <= LOOP_TURN_STEPS; i++)
        metric_add(&sum->counts[i], atomic_load(&one->counts[i]));
    metric_add(&sum->us, atomic_load(&one->us));
    if (longest > atomic_load(&sum->longest_us))
        atomic_store(&sum->longest_us, longest);
}

void server_write_metrics(struct server *server, FILE *out)
{
    struct metrics sum = {0};
    struct loop_turns turns = {0};

    for (unsigned i = 0; i < server->options.threads; i++) {
        metrics_sum(&sum, &server->workers[i].metrics);
        sum_turns(&turns, loop_turns(server->workers[i].loop));
    }
    metrics_write(out, &sum, &turns, atomic_load(&server->connections));
}

void server_free(struct server *server)
{
    if (!server)
        return;
    for (unsigned i = 0; i < server->made; i++)
        free_worker(&server->workers[i]);
    free(server->workers);
    for (size_t i = 0; i < server->listener_count; i++)
        close_listener(&server->listeners[i]);
    free(server->listeners);
    tally_free(server->tally);
    http_cache_free(server->cache);
    free(server);
}
