/*
 * result.c: where the result of a job goes.
 *
 * It is written beside its final name (app/outfile.h) and appears whole or not at all; only then, and only if it was to
 * be replaced, is the source removed.
 */
#include "app/tool/job.h"
#include "app/tool/metadata.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* May the file that has the target's name be replaced? Asks if someone is there to answer. */
static bool may_replace(struct job *job)
{
    struct run *run = job->run;
    struct stat st;

    job->target_exists = lstat(job->target, &st) == 0;
    if (run->force || !job->target_exists)
        return true;
    if (run->output && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
        return true; /* -o /dev/null */
    if (job->path && isatty(STDIN_FILENO) && isatty(STDERR_FILENO) &&
        report_question(run, job->target, "already exists; replace it (y or n)?"))
        return true;
    report_warning(run, job->target, "already exists; not overwritten");
    return false;
}

/* -N: the name in the gzip header, without folders, in the folder of the input. */
static bool take_stored_name(struct job *job)
{
    const sluice_gzip_header *header = &job->run->codec->header;
    const char *name;
    char *target;

    if (!header->has_name || header->name_size >= header->name_room)
        return true;
    job->run->codec->name[header->name_size] = '\0';
    name = names_last_component(job->run->codec->name);
    if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    target = names_sibling(job->path, name);
    if (!target)
        return false;
    free(job->target);
    job->target = target;
    return true;
}

/* The last component of a path is not what tells its folder. */
static bool is_same_folder(const char *a, const char *b)
{
    const size_t n = (size_t)(names_last_component(a) - a);

    return (size_t)(names_last_component(b) - b) == n && memcmp(a, b, n) == 0;
}

/* What an earlier run that was killed has left beside this result is removed, once for each folder. */
static void sweep(struct run *run, const char *target)
{
    if (run->swept && is_same_folder(run->swept, target))
        return;
    outfile_sweep_beside(target);
    free(run->swept);
    run->swept = strdup(target);
}

/* Opens the result when its first byte, or its end, is there: by then a gzip header has told its name. */
bool result_open(struct job *job)
{
    struct run *run = job->run;
    unsigned flags = 0;
    bool fine;

    if (job->out.fd >= 0)
        return true;
    if (!job->target) {
        outfile_standard_output(&job->out);
        return true;
    }
    if (run->action == ACTION_DECOMPRESS && run->name_use == HEADER_ALWAYS && job_in_place(run) &&
        !take_stored_name(job)) {
        errno = ENOMEM;
        return false;
    }
    job->refused = true;
    if (!may_replace(job))
        return false;
    if (!job->target_exists)
        flags |= OUTFILE_NEW;
    if (run->output)
        flags |= OUTFILE_THROUGH;
    if (job->replaces || run->synchronous)
        flags |= OUTFILE_SYNC;
    sweep(run, job->target);
    fine = outfile_open(&job->out, job->target, flags, job->path ? 0600 : 0666) == 0;
    if (!fine)
        report_errno(run, job->target);
    job->refused = !fine;
    return fine;
}

/* ---- Holes ---- */

enum {
    HOLE_BLOCK = 4096 /* the block size of most file systems: fewer zeros make no hole */
};

/* How many zeros `bytes` begins with. */
static size_t leading_zeros(const uint8_t *bytes, size_t size)
{
    static const uint8_t zeros[HOLE_BLOCK];
    size_t n = 0;

    while (size - n >= HOLE_BLOCK && memcmp(bytes + n, zeros, HOLE_BLOCK) == 0)
        n += HOLE_BLOCK;
    while (n < size && bytes[n] == 0)
        n++;
    return n;
}

/* How many bytes come before the next block that is all zeros; looked for at every block of `bytes`. */
static size_t data_before_hole(const uint8_t *bytes, size_t size)
{
    size_t n = 0;

    while (n < size && !(bytes[n] == 0 && size - n >= HOLE_BLOCK && leading_zeros(bytes + n, HOLE_BLOCK) == HOLE_BLOCK))
        n += size - n < HOLE_BLOCK ? size - n : HOLE_BLOCK;
    return n;
}

/*
 * Writes `bytes`, but remembers zeros as a hole: those that go on with one, those that fill a block, and those that
 * fill all of `bytes`, for they may go on in the next piece.
 */
static bool write_sparse(struct job *job, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        const size_t zeros = leading_zeros(bytes, size);

        if (job->hole > 0 || zeros >= HOLE_BLOCK || zeros == size) {
            job->hole += zeros;
            bytes += zeros;
            size -= zeros;
        }

        const size_t data = data_before_hole(bytes, size);

        if (data > 0) {
            if (job->hole > 0 && lseek(job->out.fd, (off_t)job->hole, SEEK_CUR) < 0)
                return false;
            job->hole = 0;
            if (outfile_write(&job->out, bytes, data) < 0)
                return false;
        }
        bytes += data;
        size -= data;
    }
    return true;
}

/* A hole at the very end needs the length to be set. */
static bool end_hole(struct job *job)
{
    const off_t end = lseek(job->out.fd, 0, SEEK_CUR);

    if (job->hole == 0)
        return true;
    return end >= 0 && ftruncate(job->out.fd, end + (off_t)job->hole) == 0;
}

bool result_sink(void *user, const void *data, size_t size)
{
    struct job *job = user;

    if (!result_open(job))
        return false;
    if (job->run->action == ACTION_DECOMPRESS && !job->out.direct)
        return write_sparse(job, data, size);
    return outfile_write(&job->out, data, size) == 0;
}

/* ---- Completing it ---- */

/* Has the input been written to while it was read? Then it must not be removed. */
static bool source_is_unchanged(const struct job *job)
{
    struct stat now, named;

    return fstat(job->fd, &now) == 0 && now.st_size == job->st.st_size &&
           now.st_mtim.tv_sec == job->st.st_mtim.tv_sec && now.st_mtim.tv_nsec == job->st.st_mtim.tv_nsec &&
           stat(job->path, &named) == 0 && named.st_dev == now.st_dev && named.st_ino == now.st_ino;
}

/* The result is complete: gives it its name, and removes the source if it is to be replaced. */
bool result_finish(struct job *job, const struct stream_end *end)
{
    struct run *run = job->run;
    uint32_t seconds = 0;

    if (!result_open(job)) {
        if (!job->refused)
            report_errno(run, job->name);
        return false;
    }
    if (job->out.direct) {
        if (outfile_commit(&job->out) == 0)
            return true;
        report_errno(run, job->target ? job->target : "stdout");
        return false;
    }
    if (!end_hole(job)) {
        report_errno(run, job->target);
        return false;
    }
    if (run->action == ACTION_DECOMPRESS && run->time_use == HEADER_ALWAYS && end->format == SLUICE_GZIP)
        seconds = run->codec->header.time;
    if (job->path && S_ISREG(job->st.st_mode) && metadata_carry(job->out.fd, &job->st, seconds) < 0)
        report_warning(run, job->target, "mode or times cannot be set: %s", strerror(errno));
    if (outfile_commit(&job->out) < 0) {
        if (errno == EEXIST)
            report_warning(run, job->target, "already exists; not overwritten");
        else
            report_errno(run, job->target);
        return false;
    }
    if (!job->replaces)
        return true;
    if (!source_is_unchanged(job))
        report_warning(run, job->name, "changed while it was read -- kept");
    else if (unlink(job->path) < 0)
        report_errno(run, job->name);
    return true;
}
