/*
 * level.h: the level of a transfer. It is the one that the server was told, or, with LEVEL_AUTO, moves with the need:
 * lighter while compressing is what the client waits for or the thread has more to do than time, harder while the
 * client's link is what everybody waits for.
 *
 * A transfer runs in turns. From the end of a turn to the beginning of the next it waits: for the link, or, if the
 * thread is busy, for other clients' turns. What share of its time that is, and how busy the thread is, decides after
 * every LEVEL_PERIOD bytes of the file about the next.
 */
#ifndef NET_LEVEL_H
#define NET_LEVEL_H

#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LEVEL_AUTO = -1 };

/*
 * What LEVEL_AUTO keeps to. The last everyday level takes less than half a megabyte a transfer; level 10 takes four, so
 * that only so many transfers of a thread have it at a time.
 */
enum { LEVEL_LIGHTEST = 1, LEVEL_EVERYDAY = 9, LEVEL_HARDEST = 10, LEVEL_HARDEST_SEATS = 8 };

/* Bytes of the file between decisions: a change ends a block, whose header costs some 60 bytes. */
enum { LEVEL_PERIOD = 256 * 1024 };

/* What a decision depends on. */
struct level_signs {
    int level;         /* now */
    int hardest;       /* that may be had now */
    uint64_t elapsed;  /* since the last decision, in any unit */
    uint64_t waited;   /* of that, between turns */
    unsigned busy;     /* thousandths of its time that the thread does not wait (loop_busy()) */
};

/* The level to go on at. It is at most two steps away. */
int level_next(const struct level_signs *signs);

/* The level to begin at, of which nothing is known yet but how busy the thread is. */
int level_first(unsigned busy);

/* Bytes of a file to compress in a turn: a few ms of work, so that nobody waits long for his. */
size_t level_slice(int level);

/* The level of one transfer. */
struct level {
    bool moves;             /* LEVEL_AUTO */
    int now, wanted;        /* they differ until level_settle() has ended the block */
    bool was_hardest;
    unsigned *seats;        /* taken in this thread, by transfers whose wanted level is LEVEL_HARDEST */
    uint64_t taken;         /* bytes of the file at the last decision */
    uint64_t decided, left; /* when, in ns; and when the last turn ended, 0: it is this transfer's turn */
    uint64_t waited;        /* since the decision */
};

/* The clock that the functions below are told of, in ns. */
uint64_t level_clock(void);

/* Begins with what the server was told, a level or LEVEL_AUTO. */
void level_begin(struct level *level, int told, unsigned busy, unsigned *seats, uint64_t now);

/* A turn of the transfer ends, begins. */
void level_leave(struct level *level, uint64_t now);
void level_enter(struct level *level, uint64_t now);

/* So much of the file has been compressed: decides, if it is time to. */
void level_decide(struct level *level, uint64_t taken, unsigned busy, uint64_t now);

/*
 * Brings the encoder to the wanted level, which may put out the end of a block. SLUICE_OK: it is there;
 * SLUICE_NEED_OUTPUT: once there is more room; else an error.
 */
sluice_status level_settle(struct level *level, sluice_deflater *deflater, sluice_output *out);

/* The transfer is over. */
void level_end(struct level *level);

#endif
