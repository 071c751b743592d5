/*
 * file.c: one file. May it be processed, where does the result go, what happens to the source?
 *
 * The result is written beside its final name (app/outfile.h) and appears whole or not at all; only then, and only if
 * it was to be replaced, is the source removed.
 */
#define _XOPEN_SOURCE 700 /* S_ISVTX */
#include "app/outfile.h"
#include "app/tool/explain.h"
#include "app/tool/metadata.h"
#include "app/tool/names.h"
#include "app/tool/run.h"
#include "app/tool/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char standard_input[] = "stdin";

/* The work on one input. */
struct job {
    struct run *run;
    const char *name;        /* the input as messages call it */
    char *found;             /* the input's path if a suffix had to be added to it, else NULL */
    const char *path;        /* the input's path; NULL: standard input */
    int fd;
    struct stat st;          /* of the input when it was opened */
    struct suffix suffix;    /* the input's, decompressing; text NULL: none */
    char *target;            /* the result's path; NULL: standard output */
    struct outfile out;
    bool opened;             /* `out` is open */
    bool target_exists;      /* and may be replaced: that has been settled when `out` is opened */
    bool refused;            /* it could not be opened, and that has been said */
    bool replaces;           /* the source goes when the result is there */
    uint64_t hole;           /* zeros at the end of the result that have been skipped and not written */
};

/* ---- The input ---- */

static bool writes_standard_output(const struct run *run)
{
    return run->to_stdout || (run->output && strcmp(run->output, "-") == 0);
}

/* Is there a result beside the source, so that the rules for files that are replaced hold? */
static bool in_place(const struct run *run)
{
    return (run->action == ACTION_COMPRESS || run->action == ACTION_DECOMPRESS) && !run->to_stdout && !run->output;
}

static int open_flags(const struct run *run)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;

    if (in_place(run)) {
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

    if (!in_place(run)) {
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

static sluice_format input_format(const struct job *job)
{
    if (job->run->format == SLUICE_AUTO && job->suffix.text)
        return job->suffix.format;
    return job->run->format;
}

/* ---- The result ---- */

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

/* Opens the result when its first byte, or its end, is there: by then a gzip header has told its name. */
static bool open_result(struct job *job)
{
    struct run *run = job->run;
    unsigned flags = 0;
    bool fine;

    if (job->opened)
        return true;
    if (!job->target) {
        outfile_standard_output(&job->out);
        return job->opened = true;
    }
    if (run->action == ACTION_DECOMPRESS && run->name_use == HEADER_ALWAYS && in_place(run) && !take_stored_name(job)) {
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
    fine = outfile_open(&job->out, job->target, flags, job->path ? 0600 : 0666) == 0;
    if (!fine)
        report_errno(run, job->target);
    job->refused = !fine;
    return job->opened = fine;
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
 * Writes `bytes`, but remembers zeros as a hole: those that go on with one, those that fill a block, and those that fill
 * all of `bytes`, for they may go on in the next piece.
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

static bool sink(void *user, const void *data, size_t size)
{
    struct job *job = user;

    if (!open_result(job))
        return false;
    if (job->run->action == ACTION_DECOMPRESS && !job->out.direct)
        return write_sparse(job, data, size);
    return outfile_write(&job->out, data, size) == 0;
}

static bool nowhere(void *user, const void *data, size_t size)
{
    (void)user;
    (void)data;
    (void)size;
    return true;
}

/* ---- The work ---- */

/* What a gzip header is to say of the input. */
static void describe(const struct job *job, sluice_gzip_header *header)
{
    struct run *run = job->run;
    const char *base = job->path ? names_last_component(job->path) : NULL;

    *header = (sluice_gzip_header){.os = 3 /* Unix */};
    if (base && run->name_use != HEADER_NEVER) {
        header->name = (char *)(uintptr_t)base; /* only read */
        header->name_size = strlen(base);
    }
    if (run->comment) {
        header->comment = (char *)(uintptr_t)run->comment;
        header->comment_size = strlen(run->comment);
    }
    if (base && run->time_use != HEADER_NEVER) {
        if (job->st.st_mtime >= 0 && (uint64_t)job->st.st_mtime <= UINT32_MAX)
            header->time = (uint32_t)job->st.st_mtime;
        else
            report_warning(run, job->name, "the time of the file does not fit in a gzip header");
    }
}

static void compress(struct job *job, struct stream_end *end)
{
    struct run *run = job->run;
    sluice_deflate_options options = sluice_deflate_defaults();
    sluice_gzip_header header;

    options.format = run->format == SLUICE_AUTO ? SLUICE_GZIP : run->format;
    options.level = run->level;
    options.strategy = run->strategy;
    if (options.format == SLUICE_GZIP)
        describe(job, &header);
    stream_compress(run->codec, &options, &header, run->dictionary, run->dictionary_size, sink, job, end);
}

/* `zcat -f` shows a file that is not compressed as it is. */
static bool passes_through(struct job *job)
{
    const struct run *run = job->run;
    const uint8_t *bytes;

    if (!run->force || job->target || run->action != ACTION_DECOMPRESS || input_format(job) != SLUICE_AUTO)
        return false;
    if (stream_peek(run->codec, 2, &bytes) < 2)
        return true;
    return !(bytes[0] == 0x1f && bytes[1] == 0x8b) &&
           !((bytes[0] & 0x8f) == 8 && (bytes[0] << 8 | bytes[1]) % 31 == 0);
}

static void decompress(struct job *job, struct stream_end *end)
{
    struct run *run = job->run;
    const bool discards = run->action == ACTION_TEST || run->action == ACTION_LIST;

    if (passes_through(job))
        stream_copy(run->codec, sink, job, end);
    else
        stream_decompress(run->codec, input_format(job), run->dictionary, run->dictionary_size,
                          run->action == ACTION_LIST && run->verbose > 0, discards ? nowhere : sink, job, end);
}

/* Says what went wrong; true if nothing did. */
static bool went_well(struct job *job, const struct stream_end *end)
{
    struct run *run = job->run;
    const char *target = job->target ? job->target : "stdout";

    switch (end->fault) {
    case STREAM_FINE:
        if (end->garbage)
            report_warning(run, job->name, "decompressed, but bytes that do not belong to the stream follow at byte %" PRIu64,
                           end->where.input);
        return true;
    case STREAM_DEFECT:
        report_defect(run, job->name, end->status, &end->where);
        break;
    case STREAM_READ:
        errno = end->error;
        report_errno(run, job->name);
        break;
    case STREAM_WRITE:
        if (!job->refused)
            report_error(run, target, "%s", strerror(end->error));
        break;
    case STREAM_MEMORY:
        report_error(run, job->name, "not enough memory");
        break;
    }
    return false;
}

/* Has the input been written to while it was read? Then it must not be removed. */
static bool source_is_unchanged(const struct job *job)
{
    struct stat now, named;

    return fstat(job->fd, &now) == 0 && now.st_size == job->st.st_size && now.st_mtim.tv_sec == job->st.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == job->st.st_mtim.tv_nsec && stat(job->path, &named) == 0 &&
           named.st_dev == now.st_dev && named.st_ino == now.st_ino;
}

/* The result is complete: gives it its name, and removes the source if it is to be replaced. */
static bool finish(struct job *job, const struct stream_end *end)
{
    struct run *run = job->run;
    uint32_t seconds = 0;

    if (!open_result(job)) {
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

static void say_result(const struct job *job, const struct stream_end *end)
{
    const double saved = saved_percent(end->input, end->output);

    if (job->run->quiet || !job->run->verbose)
        return;
    if (job->run->action == ACTION_TEST)
        report_result(job->run, job->name, " OK");
    else if (!job->target)
        report_result(job->run, job->name, "%5.1f%%", saved);
    else
        report_result(job->run, job->name, "%5.1f%% -- %s %s", saved, job->replaces ? "replaced with" : "created", job->target);
}

static void list(const struct job *job, const struct stream_end *end)
{
    const struct run *run = job->run;
    const sluice_gzip_header *header = &run->codec->header;
    char *plain = job->path && job->suffix.text ? names_replace(job->path, &job->suffix) : NULL;
    const char *name = plain ? plain : job->path ? job->path : "stdout";
    int64_t time = job->path ? (int64_t)job->st.st_mtime : -1;

    if (end->format == SLUICE_GZIP && header->time != 0)
        time = header->time;
    if (run->name_use == HEADER_ALWAYS && header->has_name && header->name_size < header->name_room) {
        run->codec->name[header->name_size] = '\0';
        name = run->codec->name;
    }
    list_row(job->run, end, name, time);
    free(plain);
}

static void explain(struct job *job)
{
    struct run *run = job->run;
    struct explain *e = malloc(sizeof *e);
    sluice_position where;
    sluice_status status;
    int error;

    if (!e) {
        report_errno(run, job->name);
        return;
    }
    status = explain_stream(e, job->fd, job->name, input_format(job), run->dictionary, run->dictionary_size, stdout,
                            &where, &error);
    free(e);
    if (error) {
        errno = error;
        report_errno(run, job->name);
    } else if (status != SLUICE_END) {
        report_defect(run, job->name, status, &where);
    }
}

/* ---- The line of progress ---- */

static void show_progress(void *user, uint64_t taken, uint64_t given)
{
    struct job *job = user;
    const bool compressing = job->run->action == ACTION_COMPRESS;
    const struct progress_state state = {
        .label = job->name,
        .wire = compressing ? given : taken,
        .bytes = compressing ? taken : given,
        .total = compressing && S_ISREG(job->st.st_mode) ? (uint64_t)job->st.st_size : 0,
    };

    progress_show(&job->run->progress, &state, report_clock());
}

/* A result that goes to a terminal is not disturbed. */
static void begin_progress(struct job *job)
{
    struct codec *codec = job->run->codec;
    const bool in_the_way = !job->target && job->run->action != ACTION_TEST && job->run->action != ACTION_LIST &&
                            isatty(STDOUT_FILENO);

    codec->tick = job->run->progress.on && !in_the_way ? show_progress : NULL;
    codec->tick_user = job;
    progress_restart(&job->run->progress, report_clock());
}

/* Compressed data is not for a terminal. */
static bool terminal_is_spared(const struct job *job)
{
    struct run *run = job->run;
    const bool compressing = run->action == ACTION_COMPRESS;

    if (run->force)
        return true;
    if (compressing && !job->target && isatty(STDOUT_FILENO)) {
        report_error(run, NULL, "compressed data is not written to a terminal; -f does it all the same");
        return false;
    }
    if (!compressing && !job->path && isatty(STDIN_FILENO)) {
        report_error(run, NULL, "compressed data is not read from a terminal; -f does it all the same");
        return false;
    }
    return true;
}

/* Work that appends to its own input would never end. */
static bool reads_its_own_output(const struct job *job)
{
    struct run *run = job->run;
    struct stat st;

    if (job->target || run->action == ACTION_TEST || !S_ISREG(job->st.st_mode) || fstat(STDOUT_FILENO, &st) < 0 ||
        st.st_dev != job->st.st_dev || st.st_ino != job->st.st_ino)
        return false;
    report_error(run, job->name, "is standard output too");
    return true;
}

static void work(struct job *job)
{
    struct run *run = job->run;
    struct stream_end end;

    if (!terminal_is_spared(job) || reads_its_own_output(job))
        return;
    if (run->action == ACTION_EXPLAIN) {
        explain(job);
        return;
    }
    stream_begin(run->codec, job->fd);
    begin_progress(job);
    /* What is certain to be refused is refused before the work; -N has to see the header first. */
    if (job->target && !(run->action == ACTION_DECOMPRESS && run->name_use == HEADER_ALWAYS) && !open_result(job))
        return;
    if (run->action == ACTION_COMPRESS)
        compress(job, &end);
    else
        decompress(job, &end);
    progress_clear(&run->progress);
    if (!went_well(job, &end))
        return;
    if (run->action == ACTION_LIST)
        list(job, &end);
    else if (run->action == ACTION_TEST || finish(job, &end))
        say_result(job, &end);
}

static void begin(struct job *job, struct run *run)
{
    *job = (struct job){.run = run, .fd = -1};
    job->out.fd = -1;
}

/* What has been opened is closed; a result without its name is removed. */
static void end(struct job *job)
{
    if (job->opened)
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
    if (in_place(run)) {
        if (!may_be_replaced(job))
            return;
        job->replaces = !run->keep;
    }
    if (run->action == ACTION_COMPRESS ? in_place(run) && !name_compressed(job) : !name_decompressed(job))
        return;
    if (in_place(run) && !job->target)
        report_error(run, path, "not enough memory");
    else if (settle_output(job))
        work(job);
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
        work(&job);
    end(&job);
}
