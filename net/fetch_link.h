/*
 * fetch_link.h: the connection of a fetch, the same for all protocols: it is dialled, what is asked is sent, what comes
 * is read a piece at a time, and time that passes without anything is counted.
 *
 * A protocol puts a struct fetch_link first into its own, so that fetch, link and protocol are one. What a function
 * here gives is what a step is to return, or LINK_GO_ON: then the machine runs its next state.
 */
#ifndef NET_FETCH_LINK_H
#define NET_FETCH_LINK_H

#include "net/dial.h"
#include "net/fetch.h"
#include "net/url.h"

/* No event. */
enum { LINK_GO_ON = -1 };

struct fetch_link {
    struct fetch fetch; /* first, so that one is the other */
    struct fetch_limits limits;
    uint64_t wire_max;  /* bytes that may travel, see fetch_wire_allowed() */
    char server[URL_SERVER_ROOM];
    struct dial dial;
    enum dial_result dial_begun; /* what dial_begin() gave: a failure is told of by the first step */
    bool dialling;      /* dial holds something; invariant: then fetch.fd is its or -1 */
    bool reused;        /* the connection has carried another response */
    bool waiting;       /* the last call on the socket had to wait; fetch.deadline was set when it first did */
    int send_error;     /* what ended the sending, or 0: a read may then see no more than an end */
    sluice_input in;    /* what was read and is not taken; data is `buffer` */
    unsigned char *buffer; /* limits.block bytes, the protocol's */
};

/* Sets it up, not connected. */
void link_init(struct fetch_link *l, const struct fetch_limits *limits, unsigned char *buffer);

/* Begins to dial, once link_leave() has been called or nothing was dialled yet; fd not -1: a connection that is kept is
 * taken instead. */
void link_begin(struct fetch_link *l, const struct url *url, int fd, uint64_t now);

/* Closes what is open. */
void link_leave(struct fetch_link *l);

/* FETCH_WAIT, FETCH_CONNECTED or FETCH_FAILED. */
int link_connect(struct fetch_link *l, uint64_t now);

/* Sends what *sent of the `size` bytes leaves. FETCH_WAIT, or LINK_GO_ON: all is sent, or send_error says why not. */
int link_send(struct fetch_link *l, const char *data, size_t size, size_t *sent, uint64_t now);

/*
 * Reads a piece of at most `room` bytes. FETCH_READ: it is in `in`. LINK_GO_ON: the connection has ended, in order
 * (*error 0) or by an error.
 */
int link_read(struct fetch_link *l, uint64_t now, size_t room, int *error);

/* Gives an event with what belongs to it. */
static inline int link_event(struct fetch_link *l, enum fetch_event what, const void *data, size_t size)
{
    l->fetch.data = data;
    l->fetch.size = size;
    return (int)what;
}

/* FETCH_FAILED, with the message. The protocol's machine is not to be stepped any more. */
int link_fail(struct fetch_link *l, enum fetch_failure failure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* FETCH_FAILED: more has travelled than a file of the size allowed can need. */
int link_fail_wire(struct fetch_link *l);

/* FETCH_FAILED: the file is larger than allowed. */
int link_fail_size(struct fetch_link *l);

#endif
