/*
 * http_client_state.h: what http_client.c and http_client_judge.c share: the machine's memory. Nobody else includes it.
 */
#ifndef NET_HTTP_CLIENT_STATE_H
#define NET_HTTP_CLIENT_STATE_H

#include "net/fetch_link.h"
#include "net/http_body.h"
#include "net/http_client.h"
#include "net/http_decode.h"
#include "net/http_response.h"

enum http_client_state {
    HTTP_CLIENT_CONNECTING,
    HTTP_CLIENT_ASKING,
    HTTP_CLIENT_PRIMING,  /* the decoder gets what was kept of the stream */
    HTTP_CLIENT_HEADING,  /* the head of the response comes */
    HTTP_CLIENT_READING,  /* a piece of the body is read, */
    HTTP_CLIENT_FRAMING,  /* what is content of it found, */
    HTTP_CLIENT_DECODING, /* and decoded */
    HTTP_CLIENT_DONE,
    HTTP_CLIENT_STATES
};

struct http_client {
    struct fetch_link link; /* first, so that fetch, link and client are one */
    enum http_client_state state;
    struct http_wishes wishes;

    /* The server */
    struct url url;        /* asked now; its path is the caller's, or in moved[] */
    char first_server[URL_SERVER_ROOM];
    unsigned redirects;
    char moved[2][URL_LENGTH_MAX + 1]; /* by turns: one redirect is relative to the one before */
    char *request;
    size_t request_size, request_sent;

    /* The part that is there already; have 0: none, or no longer of use */
    uint64_t have;
    unsigned char tail[HTTP_TAIL_MOST];
    size_t tail_size;
    char validator[HTTP_VALIDATOR_ROOM];
    ssize_t (*read)(void *user, uint64_t offset, void *to, size_t size); /* wishes.coded: see http_rest */
    void *read_user;
    uint64_t primed;       /* bytes that the decoder has had of it */
    unsigned char primer[16384];

    /* The response */
    char head[HTTP_RESPONSE_LONGEST];
    size_t head_size;
    struct http_scan scan;
    unsigned interim;
    bool keep_alive;
    struct http_body body;
    bool body_over;
    struct http_decode decode;
    size_t overlap;        /* bytes of the tail that have not come once more */
    uint64_t part_left;    /* bytes of the file that a 206 still owes; UINT64_MAX: not known */
    bool part_stops_early; /* a 206 that ends before the file does */
    bool gave;             /* the piece that was read last has given a byte of the file */
    bool begun;            /* FETCH_BEGINS has been given */

    unsigned char buffer[]; /* limits.block bytes */
};

/*
 * The next request, to c->url, by a connection that is kept if `reuse` allows it; that one may be closed by the server
 * at any time, which is no failure yet.
 */
int http_client_start(struct http_client *c, bool reuse, uint64_t now);

/* What we have is of no use: from the beginning, with a new request. */
int http_client_start_afresh(struct http_client *c, uint64_t now);

/*
 * What the head in c->head means: another request, an interim response, a refusal, or the file, whose FETCH_BEGINS is
 * given, and the machine then frames and decodes it.
 */
int http_client_judge(struct http_client *c, uint64_t now);

/* FETCH_FAILED: this is no good response. */
int http_client_no_response(struct http_client *c, const char *why);

#endif
