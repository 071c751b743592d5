/* work.c: what is done with an input that is open: compress, decompress, test, list or explain; and how it went. */
#include "app/tool/explain.h"
#include "app/tool/job.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static sluice_format input_format(const struct job *job)
{
    if (job->run->format == SLUICE_AUTO && job->suffix.text)
        return job->suffix.format;
    return job->run->format;
}

static bool nowhere(void *user, const void *data, size_t size)
{
    (void)user;
    (void)data;
    (void)size;
    return true;
}

/* ---- Compressing and decompressing ---- */

enum { RSYNCABLE_PIECE = 64 * 1024 /* half of it on average, which is what a change costs once or twice */ };

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
    sluice_parallel_options options = run->pieces;
    sluice_gzip_header header;

    options.deflate = sluice_deflate_defaults();
    options.deflate.format = run->format == SLUICE_AUTO ? SLUICE_GZIP : run->format;
    options.deflate.level = run->level;
    options.deflate.strategy = run->strategy;
    if (options.piece == 0)
        options.piece = options.flags & SLUICE_RSYNCABLE ? RSYNCABLE_PIECE : sluice_parallel_defaults().piece;
    if (options.deflate.format == SLUICE_GZIP)
        describe(job, &header);
    stream_compress(run->codec, &options, run->in_pieces, &header, run->dictionary, run->dictionary_size,
                    result_sink, job, end);
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

/*
 * How many threads decode ahead, if -p asks for them; 1: none. A file that is smaller than what one of them is given at
 * a time is not worth it.
 */
static unsigned threads_ahead(const struct job *job)
{
    const struct run *run = job->run;
    const long online = sysconf(_SC_NPROCESSORS_ONLN);

    if (!run->in_pieces ||
        (S_ISREG(job->st.st_mode) && (uint64_t)job->st.st_size <= sluice_parallel_inflate_defaults().piece))
        return 1;
    if (run->pieces.threads > 0)
        return run->pieces.threads;
    return online < 1 ? 1 : online > SLUICE_THREADS_MAX ? SLUICE_THREADS_MAX : (unsigned)online;
}

static void decompress(struct job *job, struct stream_end *end)
{
    struct run *run = job->run;
    const bool discards = run->action == ACTION_TEST || run->action == ACTION_LIST;

    if (passes_through(job))
        stream_copy(run->codec, result_sink, job, end);
    else
        stream_decompress(run->codec, input_format(job), run->dictionary, run->dictionary_size,
                          threads_ahead(job), run->action == ACTION_LIST && run->verbose > 0,
                          discards ? nowhere : result_sink, job, end);
}

/* Says what went wrong; true if nothing did. */
static bool went_well(struct job *job, const struct stream_end *end)
{
    struct run *run = job->run;
    const char *target = job->target ? job->target : "stdout";

    switch (end->fault) {
    case STREAM_FINE:
        if (end->garbage)
            report_warning(run, job->name,
                           "decompressed, but bytes that do not belong to the stream follow at byte %" PRIu64,
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

/* ---- What is said of it ---- */

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
        report_result(job->run, job->name, "%5.1f%% -- %s %s", saved, job->replaces ? "replaced with" : "created",
                      job->target);
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

void job_work(struct job *job)
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
    if (job->target && !(run->action == ACTION_DECOMPRESS && run->name_use == HEADER_ALWAYS) && !result_open(job))
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
    else if (run->action == ACTION_TEST || result_finish(job, &end))
        say_result(job, &end);
}
