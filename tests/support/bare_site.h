/*
 * bare_site.h: a folder and the server that serves it by the bare protocol, in this process, for the tests of what its
 * clients meet with; and clients who ask and check what they get.
 */
#ifndef TESTS_BARE_SITE_H
#define TESTS_BARE_SITE_H

#include "tests/support/folder.h"
#include "tests/support/serving.h"

/* A small file, and one of noise that is larger than sockets buffer. */
enum { BARE_SMALL = 335, BARE_LARGE = 8 * 1024 * 1024 };

/* The files "small" and "large"; .hidden, folder/deep ("deep"), fifo, and way-out, a link out of it. */
struct bare_site {
    struct folder folder;
    unsigned char small[BARE_SMALL], *large;
    struct serving serving;
    int port;
};
extern struct bare_site bare;

void bare_make(void);
void bare_remove(void);

/* Makes a server that listens and does not run yet; begins to run it; both. */
void bare_listen(struct server_options options);
void bare_start(void);
void bare_serve(struct server_options options);

/*
 * Waits for its end and frees it; the log is there until bare_forget(). bare_end(): both, for whom it does not matter.
 */
void bare_halt(void);
void bare_forget(void);
void bare_end(void);

/* A client that is connected; one that has sent these bytes; this text. */
int bare_client(bool small_buffer);
int bare_ask_bytes(const void *name, size_t size);
int bare_ask(const char *name);

/*
 * One that has asked for `name` and read BARE_BEGUN bytes, which are remembered; the server can go on only as it reads
 * on.
 */
enum { BARE_BEGUN = 5000 };
int bare_has_begun(const char *name);

/* Checks that the whole of `want` comes, and then an orderly close; closes. The second: to one that has begun. */
void bare_gets_whole(int fd, const void *want, size_t want_size);
void bare_gets_rest(int fd, const void *want, size_t want_size);

/* Checks, for one that has begun, that what comes is a stream cut short, and a reset its end; closes. */
void bare_gets_no_whole(int fd);

/* Checks that the end is an orderly close with no byte; closes. */
void bare_is_refused(int fd);

#endif
