/* connection.c: see connection.h. */
#include "net/connection.h"

#include "net/file_send.h"
#include "net/tally.h"
#include "net/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * The orderly end waits this long for the peer's side, in ms, less when the server stops, and throws away this much
 * that the peer still sends. A peer that has not taken all by then still gets it from the kernel, unless it sends more.
 */
enum { LINGER_LONGEST = 30000, LINGER_STOPPING = 1000, LINGER_MOST = 1024 * 1024 };

/*
 * Bytes that the kernel may hold for a peer beyond what is on its way. Without a bound it takes megabytes at once: the
 * file would be read long before the peer takes it, and a slow but steady peer could look as if it took nothing. A
 * socket that does not have the option does without.
 */
enum { UNSENT_MOST = 64 * 1024, UNSENT_LENT = 4 * 1024 * 1024 };
#ifdef TCP_NOTSENT_LOWAT
enum { UNSENT_OPTION = TCP_NOTSENT_LOWAT };
#else
enum { UNSENT_OPTION = -1 };
#endif

/* Where the system has no such flag, a packet more goes out. */
#ifdef MSG_MORE
enum { MSG_MORE_TO_COME = MSG_MORE };
#else
enum { MSG_MORE_TO_COME = 0 };
#endif

static const struct protocol lingering;

/* ---- beginning and end ---- */

struct connection *connection_new(int fd, const struct protocol *protocol, const struct sockaddr *peer, socklen_t size)
{
    const int on = 1, unsent = UNSENT_MOST;
    struct connection *c = calloc(1, protocol->size);
    char text[ADDRESS_TEXT_ROOM];

    if (!c || fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        free(c);
        close(fd);
        return NULL;
    }
    c->protocol = protocol;
    c->watch.fd = fd;
    if (peer->sa_family == AF_UNIX) {
        memcpy(c->peer, "unix:", 6); /* a client may name its socket as it likes; it is no use in a log */
    } else {
        /*
         * What is sent is sent in large pieces; their last, short packet must not wait for the peer (RFC 1122 4.2.3.4)
         */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(fd, IPPROTO_TCP, UNSENT_OPTION, &unsent, sizeof unsent);
        address_format(text, peer, size);
        memcpy(c->peer, text, sizeof c->peer - 1);
    }
    return c;
}

void connection_discard(struct connection *c)
{
    close(c->watch.fd);
    free(c);
}

static void on_ready(void *owner, unsigned events)
{
    struct connection *c = owner;

    (void)events; /* the protocol knows what it has asked for */
    c->protocol->ready(c);
}

static void on_timer(void *owner)
{
    struct connection *c = owner;

    if (c->deadline == 0)
        return;
    if (loop_now(c->worker->loop) < c->deadline) {
        loop_set(c->worker->loop, &c->timer, c->deadline);
        return;
    }
    c->deadline = 0;
    c->protocol->timeout(c);
}

/* Puts it on the thread. */
static void place(struct connection *c, struct worker *worker)
{
    c->worker = worker;
    c->watch.ready = on_ready;
    c->timer.passed = on_timer;
    c->watch.owner = c->timer.owner = c;
    c->next = worker->connections;
    if (c->next)
        c->next->previous = c;
    worker->connections = c;
}

void connection_begin(struct connection *c, struct worker *worker)
{
    place(c, worker);
    c->accepted = loop_now(worker->loop);
    pace_begin(&c->pace, worker->options->limit_rate, c->accepted);
    c->protocol->begin(c);
}

/* The protocol has let go. Closes and frees. */
static void end(struct connection *c)
{
    struct worker *const worker = c->worker;

    loop_want(worker->loop, &c->watch, 0);
    loop_unset(worker->loop, &c->timer);
    if (c->next)
        c->next->previous = c->previous;
    if (c->previous)
        c->previous->next = c->next;
    else
        worker->connections = c->next;
    free(c->pending);
    if (c->refused) {
        worker->refusals--;
    } else {
        tally_leave(worker->tally, c->client);
        atomic_fetch_sub(&worker->load, 1);
        atomic_fetch_sub(worker->total, 1);
    }
    connection_discard(c);
}

void connection_abort(struct connection *c)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};

    c->protocol->release(c);
    setsockopt(c->watch.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    end(c);
}

/* ---- waiting ---- */

bool connection_want(struct connection *c, unsigned events)
{
    return loop_want(c->worker->loop, &c->watch, events);
}

void connection_deadline(struct connection *c, uint64_t at)
{
    c->deadline = at;
    if (at != 0 && (!c->timer.set || c->timer.due > at))
        loop_set(c->worker->loop, &c->timer, at);
}

/* ---- bytes ---- */

enum connection_receive connection_receive(struct connection *c, void *data, size_t size, size_t *got)
{
    ssize_t n;

    do
        n = recv(c->watch.fd, data, size, 0);
    while (n < 0 && errno == EINTR);
    *got = n > 0 ? (size_t)n : 0;
    if (n > 0)
        return RECEIVE_BYTES;
    if (n == 0)
        return RECEIVE_END;
    return errno == EAGAIN || errno == EWOULDBLOCK ? RECEIVE_NOTHING : RECEIVE_GONE;
}

/* Sends what goes; *sent counts it. */
static enum connection_send send_some(struct connection *c, const unsigned char *data, size_t size, size_t *sent)
{
    *sent = 0;
    while (*sent < size) {
        const ssize_t n = send(c->watch.fd, data + *sent, size - *sent, MSG_NOSIGNAL);

        if (n >= 0)
            *sent += (size_t)n;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return SEND_WAIT;
        else if (errno != EINTR)
            return SEND_GONE;
    }
    return SEND_ALL;
}

size_t connection_allowance(struct connection *c)
{
    return pace_room(&c->pace, loop_now(c->worker->loop));
}

/* Keeps what the socket did not take. */
static enum connection_send keep(struct connection *c, const unsigned char *data, size_t size)
{
    c->pending = malloc(size);
    if (!c->pending)
        return SEND_GONE;
    memcpy(c->pending, data, size);
    c->pending_at = 0;
    c->pending_size = size;
    return SEND_WAIT;
}

/* Bytes have been handed over. */
static void count(struct connection *c, size_t size)
{
    c->given += size;
    pace_spend(&c->pace, size);
}

enum connection_send connection_send(struct connection *c, const void *data, size_t size)
{
    size_t sent;
    const enum connection_send result = send_some(c, data, size, &sent);

    count(c, size);
    return result == SEND_WAIT ? keep(c, (const unsigned char *)data + sent, size - sent) : result;
}

enum connection_send connection_send_some(struct connection *c, const void *data, size_t size, size_t *sent)
{
    const enum connection_send result = send_some(c, data, size, sent);

    count(c, *sent);
    return result;
}

enum connection_send connection_send_behind(struct connection *c, const void *before, size_t before_size,
                                            const void *data, size_t size, bool more, size_t *sent)
{
    /* sendmsg() reads only; its structures are made for receiving too. */
    struct iovec pieces[2] = {{(void *)(uintptr_t)before, before_size}, {(void *)(uintptr_t)data, size}};
    const struct msghdr message = {.msg_iov = pieces, .msg_iovlen = size > 0 ? 2 : 1};
    ssize_t n;

    do
        n = sendmsg(c->watch.fd, &message, MSG_NOSIGNAL | (more ? MSG_MORE_TO_COME : 0));
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
        return SEND_GONE;

    const size_t all = n > 0 ? (size_t)n : 0;

    *sent = all > before_size ? all - before_size : 0;
    count(c, before_size + *sent);
    if (all < before_size)
        return keep(c, (const unsigned char *)before + all, before_size - all);
    return *sent == size ? SEND_ALL : SEND_WAIT;
}

enum connection_send connection_send_file(struct connection *c, int file, uint64_t offset, size_t size, size_t *sent)
{
    ssize_t n;

    *sent = 0;
    if (strcmp(c->peer, "unix:") == 0) /* nothing tells when such a peer has taken what it was lent */
        return SEND_ALL;
    do
        n = file_send(c->watch.fd, file, offset, size);
    while (n < 0 && errno == EINTR);
    if (n > 0) {
        *sent = (size_t)n;
        count(c, *sent);
    }
    if (n < 0 && errno != ENOSYS)
        return errno == EAGAIN || errno == EWOULDBLOCK ? SEND_WAIT : SEND_GONE;
    return SEND_ALL;
}

uint64_t connection_waiting(struct connection *c)
{
    return file_send_waiting(c->watch.fd);
}

/* Bytes that it must take until it is judged, one at least; a rate that we hold it to ourselves is not its fault. */
static uint64_t least_taken(const struct server_options *options)
{
    const uint64_t half = options->limit_rate / 2;
    const uint64_t rate = options->limit_rate > 0 && half < options->min_rate ? half : options->min_rate;
    const uint64_t least = rate * options->idle_timeout / 1000;

    return least > 0 ? least : 1;
}

void connection_patience(struct connection *c)
{
    c->taken = c->given;
    c->judge_at = loop_now(c->worker->loop) + c->worker->options->idle_timeout;
}

bool connection_is_slow(struct connection *c)
{
    const uint64_t waiting = connection_waiting(c) + c->pending_size;
    const uint64_t taken = c->given > waiting ? c->given - waiting : 0;
    bool slow = waiting > 0 && taken < c->taken + least_taken(c->worker->options);

    /*
     * Where the system does not tell what waits, all that shows is that the socket takes nothing. One with a full
     * buffer does that for a while though a slow peer goes on reading: there, --timeout-idle must be longer than that.
     */
    if (!file_send_tells())
        slow = (c->watch.wanted & LOOP_WRITE) && taken <= c->taken;

    c->taken = taken > c->taken ? taken : c->taken;
    c->judge_at = loop_now(c->worker->loop) + c->worker->options->idle_timeout;
    return slow;
}

void connection_hold(struct connection *c, bool more)
{
    const int unsent = more ? UNSENT_LENT : UNSENT_MOST;

    setsockopt(c->watch.fd, IPPROTO_TCP, UNSENT_OPTION, &unsent, sizeof unsent);
}

enum connection_send connection_drain(struct connection *c)
{
    enum connection_send result;
    size_t sent;

    if (!c->pending)
        return SEND_ALL;
    result = send_some(c, c->pending + c->pending_at, c->pending_size, &sent);
    c->pending_at += sent;
    c->pending_size -= sent;
    if (result == SEND_ALL) {
        free(c->pending);
        c->pending = NULL;
    }
    return result;
}

/* ---- the orderly end: a protocol that throws away what comes ---- */

void connection_finish(struct connection *c)
{
    c->protocol->release(c);
    c->protocol = &lingering;
    c->swallowed = 0;
    if (shutdown(c->watch.fd, SHUT_WR) < 0 || !connection_want(c, LOOP_READ)) {
        end(c);
        return;
    }
    connection_deadline(c, loop_now(c->worker->loop) +
                               (c->worker->stop == SERVER_RUNNING ? LINGER_LONGEST : LINGER_STOPPING));
    c->protocol->ready(c);
}

/* What the client has sent so far is read away, or else it would be told of a reset. Has it closed its side? */
static bool drain_refused(int fd)
{
    char bytes[512];
    ssize_t got;

    do
        got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    while (got == (ssize_t)sizeof bytes);
    return got == 0;
}

void connection_refuse(int fd, const struct protocol *protocol, struct worker *worker)
{
    struct connection *c;

    if (protocol->refusal && send(fd, protocol->refusal, strlen(protocol->refusal), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        errno = 0; /* a fresh socket takes so little, or its client is gone */
    shutdown(fd, SHUT_WR);
    if (drain_refused(fd) || worker->refusals == CONNECTION_REFUSALS_MOST ||
        (c = calloc(1, sizeof *c)) == NULL) {
        close(fd);
        return;
    }
    worker->refusals++;
    c->refused = true;
    c->protocol = &lingering;
    c->watch.fd = fd;
    place(c, worker);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || !connection_want(c, LOOP_READ))
        end(c);
    else
        connection_deadline(c, loop_now(worker->loop) + CONNECTION_REFUSAL_LONGEST);
}

static void linger_ready(struct connection *c)
{
    size_t got;
    const enum connection_receive result =
        connection_receive(c, c->worker->input.data, c->worker->input.size, &got);

    c->swallowed += got;
    if (result == RECEIVE_END || result == RECEIVE_GONE || c->swallowed > LINGER_MOST)
        end(c);
}

static void linger_stop(struct connection *c, bool now)
{
    const uint64_t soon = loop_now(c->worker->loop) + LINGER_STOPPING;

    if (now)
        end(c);
    else if (c->deadline > soon)
        connection_deadline(c, soon);
}

static void linger_release(struct connection *c)
{
    (void)c;
}

static const struct protocol lingering = {
    .name = "lingering", .ready = linger_ready, .timeout = end, .stop = linger_stop, .release = linger_release};
