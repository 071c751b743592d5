/* file.c: one input: opens it, decides whether it may be processed, and settles what its result is called. */
#define _XOPEN_SOURCE 700 /* S_ISVTX */
#include "app/tool/job.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char standard_input[] = "stdin";

/* ---- The input ---- */

bool job_in_place(const struct run *run)
{
    return (run->action == ACTION_COMPRESS || run->action == ACTION_DECOMPRESS) && !run->to_stdout && !run->output;
}

static bool writes_standard_output(const struct run *run)
{
    return run->to_stdout || (run->output && strcmp(run->output, "-") == 0);
}

static int open_flags(const struct run *run)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;

    if (job_in_place(run)) {
        flags |= O_NONBLOCK; /* a FIFO will be refused, not waited for */
        if (!run->force)
            flags |= O_NOFOLLOW;
    }
    return flags;
}

/* Opens the input; one that is not there may be there with a suffix. */
static bool open_input(struct job *job, const char *path)
{
    struct run *run = job->run;

    job->path = job->name = path;
    job->fd = open(path, open_flags(run));
    if (job->fd < 0 && errno == ENOENT && run->action != ACTION_COMPRESS && *path) {
        struct suffix suffix;
        const char *tried;

        for (size_t i = 0; !names_suffix(path, run->suffix, &suffix) && (tried = names_try(i, run->suffix)); i++) {
            char *with = names_join(path, tried);

            if (!with)
                break;
            job->fd = open(with, open_flags(run));
            if (job->fd >= 0) {
                job->found = with;
                job->path = job->name = with;
                break;
            }
            free(with);
        }
        if (job->fd < 0)
            errno = ENOENT;
    }
    if (job->fd < 0 && errno == ELOOP) {
        report_error(run, path, "is a symbolic link; -f follows it, -c reads through it");
        return false;
    }
    if (job->fd < 0 || fstat(job->fd, &job->st) < 0) {
        report_errno(run, path);
        return false;
    }
    return true;
}

/* gzip's rules for what is replaced by its result. */
static bool may_be_replaced(const struct job *job)
{
    struct run *run = job->run;

    if (!S_ISREG(job->st.st_mode))
        report_warning(run, job->name, "is not a folder or a regular file -- ignored");
    else if (job->st.st_mode & S_ISUID)
        report_warning(run, job->name, "is set-user-ID on execution -- ignored");
    else if (job->st.st_mode & S_ISGID)
        report_warning(run, job->name, "is set-group-ID on execution -- ignored");
    else if (!run->force && (job->st.st_mode & S_ISVTX))
        report_warning(run, job->name, "has the sticky bit set -- ignored");
    else if (!run->force && job->st.st_nlink > 1)
        report_warning(run, job->name, "has %ju other link%s -- ignored", (uintmax_t)job->st.st_nlink - 1,
                       job->st.st_nlink > 2 ? "s" : "");
    else
        return true;
    return false;
}

/* ---- Names ---- */

static const char *suffix_to_add(const struct run *run)
{
    return run->suffix ? run->suffix : names_default_suffix(run->format);
}

/* Settles the target's name when compressing. */
static bool name_compressed(struct job *job)
{
    struct run *run = job->run;
    struct suffix suffix;

    if (!run->force && names_suffix(job->path, run->suffix, &suffix)) {
        /* As in gzip this is no warning to the exit code, so that a folder can be compressed again. */
        if (run->verbose || (!run->recursive && !run->quiet)) {
            const int before = run->exit_code;

            report_warning(run, job->name, "already has %s suffix -- unchanged", suffix.text);
            run->exit_code = before;
        }
        return false;
    }
    job->target = names_join(job->path, suffix_to_add(run));
    return true;
}

/* Settles the target's name when decompressing, and what the suffix says of the format. */
static bool name_decompressed(struct job *job)
{
    struct run *run = job->run;
    const bool known = job->path && names_suffix(job->path, run->suffix, &job->suffix);

    if (!job_in_place(run)) {
        if (known || !run->recursive)
            return true;
    } else if (known) {
        job->target = names_replace(job->path, &job->suffix);
        return true;
    }
    if (!run->recursive || run->verbose)
        report_warning(run, job->name, "unknown suffix -- ignored");
    return false;
}

/* ---- From the name to the work ---- */

static void begin(struct job *job, struct run *run)
{
    *job = (struct job){.run = run, .fd = -1};
    outfile_init(&job->out);
}

/* What has been opened is closed; a result without its name is removed. */
static void end(struct job *job)
{
    outfile_abandon(&job->out);
    if (job->fd > STDIN_FILENO)
        close(job->fd);
    free(job->found);
    free(job->target);
}

/* -o names the result, whatever the input is called. */
static bool settle_output(struct job *job)
{
    struct run *run = job->run;

    if (!run->output || writes_standard_output(run) ||
        (run->action != ACTION_COMPRESS && run->action != ACTION_DECOMPRESS))
        return true;
    job->target = strdup(run->output);
    if (!job->target)
        report_errno(run, run->output);
    return job->target != NULL;
}

static void process_file(struct job *job, const char *path)
{
    struct run *run = job->run;

    if (!open_input(job, path))
        return;
    if (S_ISDIR(job->st.st_mode)) {
        if (run->recursive) {
            close(job->fd); /* or a deep tree would use up all descriptors */
            job->fd = -1;
            tree_process(run, path);
        } else {
            report_warning(run, path, "is a folder -- ignored");
        }
        return;
    }
    if (job_in_place(run)) {
        if (!may_be_replaced(job))
            return;
        job->replaces = !run->keep;
    }
    if (run->action == ACTION_COMPRESS ? job_in_place(run) && !name_compressed(job) : !name_decompressed(job))
        return;
    if (job_in_place(run) && !job->target)
        report_error(run, path, "not enough memory");
    else if (settle_output(job))
        job_work(job);
}

void file_process(struct run *run, const char *path)
{
    struct job job;

    begin(&job, run);
    process_file(&job, path);
    end(&job);
}

void file_standard_input(struct run *run)
{
    struct job job;

    begin(&job, run);
    job.name = standard_input;
    job.fd = STDIN_FILENO;
    if (fstat(job.fd, &job.st) < 0)
        report_errno(run, standard_input);
    else if (settle_output(&job))
        job_work(&job);
    end(&job);
}
