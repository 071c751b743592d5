/* transfer.c: see transfer.h. */
#include "net/transfer.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

void transfer_begin(struct transfer *transfer, int fd, const struct stat *status, sluice_deflater *deflater,
                    const struct level *level, const struct trace *trace)
{
    *transfer = (struct transfer){.fd = fd, .size = (uint64_t)status->st_size, .before = *status, .deflater = deflater,
                                  .level = *level, .trace = trace};
}

bool transfer_is_fresh(const struct stat *status)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    /* A time in the future is no reason to wait: somebody's clock is wrong. */
    const int64_t age = ((int64_t)now.tv_sec - status->st_ctim.tv_sec) * 1000 +
                        (now.tv_nsec - status->st_ctim.tv_nsec) / 1000000;

    return age >= 0 && age < TRANSFER_FRESH;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/*
 * Is the file still what it was? The time of modification can be set back by whoever writes, the time of change cannot.
 * But the latter moves too when a name is taken from the file or given to it, as when a new version is renamed over it:
 * the count of names tells that case, in which the old content is whole and may be sent to its end.
 * A byte behind the end betrays files whose size is not what the system says: those of /proc are of size 0.
 */
enum transfer_status transfer_compare(int fd, const struct stat *before)
{
    struct stat now;
    char byte;

    if (fstat(fd, &now) < 0)
        return TRANSFER_BROKEN;
    if (now.st_size != before->st_size || !same_time(&now.st_mtim, &before->st_mtim))
        return TRANSFER_CHANGED;
    if (!same_time(&now.st_ctim, &before->st_ctim) && now.st_nlink == before->st_nlink)
        return TRANSFER_CHANGED;
    return now.st_size > 0 || pread(fd, &byte, 1, 0) == 0 ? TRANSFER_GOING : TRANSFER_CHANGED;
}

/* Shows what a step of the encoder has put out: out[from..pos). */
static void trace_output(const struct trace *trace, const char *what, const sluice_output *out, size_t from)
{
    trace_hex(trace, what, (const char *)out->data + from, out->pos - from);
}

/* Reads a piece and lets the encoder take of it what it can. */
static enum transfer_status compress_piece(struct transfer *transfer, void *data, size_t size, sluice_output *out)
{
    const size_t before = out->pos;
    ssize_t got;

    do
        got = pread(transfer->fd, data, size, (off_t)transfer->offset);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return got < 0 ? TRANSFER_BROKEN : TRANSFER_CHANGED; /* it has shrunk */

    const uint64_t end = transfer->offset + (uint64_t)got;
    const uint64_t fresh = transfer->shown > transfer->offset ? transfer->shown : transfer->offset;

    if (end > fresh) {
        trace_text(transfer->trace, "RAW", (const char *)data + (fresh - transfer->offset), (size_t)(end - fresh));
        transfer->shown = end;
    }

    sluice_input in = {data, (size_t)got, 0};
    const sluice_status settled = level_settle(&transfer->level, transfer->deflater, out);

    if (settled == SLUICE_NEED_OUTPUT)
        return TRANSFER_GOING;
    if (settled < 0 || sluice_deflate(transfer->deflater, &in, out, SLUICE_FLUSH_NONE) < 0) {
        errno = 0;
        return TRANSFER_BROKEN;
    }
    transfer->offset += in.pos;
    if (out->pos > before)
        trace_output(transfer->trace, "SENDING", out, before);
    else
        trace_event(transfer->trace, "BUFFERING");
    return TRANSFER_GOING;
}

/* All has been taken: brings out what the encoder holds, in pieces of `piece` bytes (which only a trace shows). */
static enum transfer_status flush_piece(struct transfer *transfer, size_t piece, sluice_output *out)
{
    const size_t before = out->pos;
    sluice_output part = {out->data, out->size, out->pos};
    sluice_input nothing = {NULL, 0, 0};
    sluice_status status;

    if (transfer->trace->out && part.size - part.pos > piece)
        part.size = part.pos + piece;
    status = sluice_deflate(transfer->deflater, &nothing, &part, SLUICE_FLUSH_FINISH);
    out->pos = part.pos;
    if (status < 0) {
        errno = 0;
        return TRANSFER_BROKEN;
    }
    if (out->pos > before)
        trace_output(transfer->trace, "FLUSHING", out, before);
    return status == SLUICE_END ? TRANSFER_DONE : TRANSFER_GOING;
}

enum transfer_status transfer_step(struct transfer *transfer, const struct transfer_buffer *buffer,
                                   sluice_output *out)
{
    enum transfer_status status = TRANSFER_GOING;
    const uint64_t left = transfer->size - transfer->offset;
    const size_t most = transfer->level.moves ? level_slice(transfer->level.wanted) : buffer->slice;
    const size_t slice = most < buffer->slice ? most : buffer->slice;
    const uint64_t stop = transfer->offset + (left < slice ? left : slice);

    while (status == TRANSFER_GOING && transfer->offset < stop && out->pos < out->size) {
        const uint64_t wanted = stop - transfer->offset;

        status = compress_piece(transfer, buffer->data, wanted < buffer->size ? (size_t)wanted : buffer->size, out);
    }
    if (status == TRANSFER_GOING && transfer->offset == transfer->size && !transfer->checked) {
        status = transfer_compare(transfer->fd, &transfer->before);
        transfer->checked = status == TRANSFER_GOING;
    }
    while (status == TRANSFER_GOING && transfer->checked && out->pos < out->size)
        status = flush_piece(transfer, buffer->size, out);
    return status;
}
