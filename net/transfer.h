/*
 * transfer.h: a file on its way out: read, compressed, a bounded piece at a time, and at its end compared with what it
 * was at the beginning. A file that changed meanwhile never becomes a stream that looks whole.
 *
 * A transfer holds no data: what the encoder has not taken of a read is read again at the next step. So a thread needs
 * one buffer for all its transfers, and a stalled client costs an encoder.
 */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H

#include "net/level.h"
#include "net/trace.h"
#include "sluice.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * A file that changes twice within a tick of the clock that file systems use can keep its times (most tick every 4 or
 * 10 ms). So a file that has changed within this many ms may change once more without a trace.
 */
enum { TRANSFER_FRESH = 20 };

/* Has the file changed so shortly before now that a transfer had better begin when it has aged a little? */
bool transfer_is_fresh(const struct stat *status);

enum transfer_status {
    TRANSFER_GOING,   /* the room is full, or the slice used up: go on */
    TRANSFER_DONE,    /* the stream's end has been put out */
    TRANSFER_CHANGED, /* the file is not what it was: the stream must be broken off */
    TRANSFER_BROKEN   /* reading failed (errno), or compressing did (errno 0) */
};

/*
 * Is the file still what it was? TRANSFER_GOING: yes; TRANSFER_CHANGED, TRANSFER_BROKEN (errno). To be asked when all
 * of it has been read and before the last of it is sent.
 */
enum transfer_status transfer_compare(int fd, const struct stat *before);

struct transfer {
    int fd;
    uint64_t offset; /* bytes of the file that the encoder has taken; at most size */
    uint64_t size;   /* of the file, when it was opened */
    uint64_t shown;  /* bytes that have been traced as RAW */
    bool checked;    /* all has been read, and the file was still the same after that */
    struct stat before;
    sluice_deflater *deflater;
    struct level level; /* of the deflater */
    const struct trace *trace;
};

/*
 * Begins to send the file fd, which fstat() has described as *status, through `deflater`, which stands at the beginning
 * of a stream, at the level that has been begun. All stay the caller's, who takes them back when it is done.
 */
void transfer_begin(struct transfer *transfer, int fd, const struct stat *status, sluice_deflater *deflater,
                    const struct level *level, const struct trace *trace);

/* The memory of a step: `size` bytes at `data` to read into. A step takes at most `slice` bytes of the file. */
struct transfer_buffer {
    void *data;
    size_t size;
    size_t slice;
};

/* One step: fills `out` as far as the slice goes. What is in `out` belongs to the stream unless it is broken off. */
enum transfer_status transfer_step(struct transfer *transfer, const struct transfer_buffer *buffer,
                                   sluice_output *out);

#endif
