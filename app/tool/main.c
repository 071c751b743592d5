/*
 * main.c: the command line of `sluice`. What a run consists of is in run.h.
 *
 * Called gunzip or zcat the program does what its namesakes do. Options may also stand in the environment variable
 * SLUICE, separated by blanks; those of the command line come after them.
 */
#include "app/options.h"
#include "app/outfile.h"
#include "app/standard_files.h"
#include "app/tool/names.h"
#include "app/tool/run.h"
#include "app/tool/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OPT_DECOMPRESS = 1, OPT_TEST, OPT_LIST, OPT_EXPLAIN, OPT_STDOUT, OPT_OUTPUT, OPT_SUFFIX, OPT_KEEP, OPT_FORCE,
    OPT_RECURSIVE, OPT_NAME, OPT_NO_NAME, OPT_TIME, OPT_NO_TIME, OPT_COMMENT, OPT_SYNCHRONOUS, OPT_LEVEL, OPT_FAST,
    OPT_BEST, OPT_FORMAT, OPT_ZLIB, OPT_PROCESSES, OPT_BLOCKSIZE, OPT_INDEPENDENT, OPT_RSYNCABLE, OPT_HUFFMAN,
    OPT_RLE, OPT_DICTIONARY, OPT_VERBOSE, OPT_QUIET, OPT_PROGRESS, OPT_HELP, OPT_LICENSE, OPT_VERSION
};

static const struct option table[] = {
    {.kind = OPTION_GROUP, .help = "What to do (without any of these: compress)"},
    {OPT_DECOMPRESS, 'd', "decompress", NULL, OPTION_FLAG, 0, 0, "decompress"},
    {OPT_DECOMPRESS, 0, "uncompress", NULL, OPTION_FLAG, 0, 0, NULL},
    {OPT_TEST, 't', "test", NULL, OPTION_FLAG, 0, 0, "decompress without writing anything"},
    {OPT_LIST, 'l', "list", NULL, OPTION_FLAG, 0, 0, "list sizes, ratio and name; with -v checksum and date too"},
    {OPT_EXPLAIN, 0, "explain", NULL, OPTION_FLAG, 0, 0,
     "print the stream bit by bit, to learn from or to find a defect"},
    {.kind = OPTION_GROUP, .help = "Where the result goes (without any of these: in the place of the file)"},
    {OPT_STDOUT, 'c', "stdout", NULL, OPTION_FLAG, 0, 0, "to standard output; the file is kept"},
    {OPT_STDOUT, 0, "to-stdout", NULL, OPTION_FLAG, 0, 0, NULL},
    {OPT_OUTPUT, 'o', "output", "FILE", OPTION_TEXT, 0, 0, "to FILE (- for standard output); the file is kept"},
    {OPT_SUFFIX, 'S', "suffix", ".SUF", OPTION_TEXT, 0, 0, "use this suffix instead of .gz, .zz or .deflate"},
    {.kind = OPTION_GROUP, .help = "Files"},
    {OPT_KEEP, 'k', "keep", NULL, OPTION_FLAG, 0, 0, "keep the file"},
    {OPT_FORCE, 'f', "force", NULL, OPTION_FLAG, 0, 0,
     "replace existing files, follow links, write to a terminal; with -dc copy what is not compressed"},
    {OPT_RECURSIVE, 'r', "recursive", NULL, OPTION_FLAG, 0, 0, "process folders with all that is in them"},
    {OPT_NO_NAME, 'n', "no-name", NULL, OPTION_FLAG, 0, 0,
     "keep no name and time in a gzip header, use none from it (default with -d)"},
    {OPT_NAME, 'N', "name", NULL, OPTION_FLAG, 0, 0, "keep name and time in a gzip header, use those in it"},
    {OPT_NO_TIME, 'm', "no-time", NULL, OPTION_FLAG, 0, 0, "as -n, for the time only"},
    {OPT_TIME, 'M', "time", NULL, OPTION_FLAG, 0, 0, "as -N, for the time only"},
    {OPT_COMMENT, 'C', "comment", "TEXT", OPTION_TEXT, 0, 0, "put a comment into the gzip header"},
    {OPT_SYNCHRONOUS, 'Y', "synchronous", NULL, OPTION_FLAG, 0, 0,
     "wait until results are on the disk (always so before a file is removed)"},
    {.kind = OPTION_GROUP, .help = "Compression"},
    {OPT_LEVEL, 0, NULL, NULL, OPTION_DIGITS, 0, 12,
     "level: 0 stores, 1 is the fastest, 6 the default, 9 the strongest for every day"},
    {OPT_FAST, 0, "fast", NULL, OPTION_FLAG, 0, 0, "as -1"},
    {OPT_BEST, 0, "best", NULL, OPTION_FLAG, 0, 0, "as -9"},
    {OPT_FORMAT, 'F', "format", "gzip|zlib|raw|auto", OPTION_CHOICE, 0, 0,
     "format of the stream; auto (default): gzip to compress, by the first byte to decompress"},
    {OPT_ZLIB, 'z', "zlib", NULL, OPTION_FLAG, 0, 0, "as -F zlib"},
    {OPT_HUFFMAN, 'H', "huffman", NULL, OPTION_FLAG, 0, 0, "look for no matches: Huffman codes only"},
    {OPT_RLE, 'U', "rle", NULL, OPTION_FLAG, 0, 0, "look for runs only"},
    {OPT_DICTIONARY, 'D', "dictionary", "FILE", OPTION_TEXT, 0, 0, "preset dictionary, for zlib and raw"},
    {.kind = OPTION_GROUP, .help = "Compression of pieces in parallel (any of these asks for it)"},
    {OPT_PROCESSES, 'p', "processes", "N", OPTION_NUMBER, 0, SLUICE_THREADS_MAX,
     "by N threads; 0 (default): as many as processors. The result is the same for every N. "
     "With -d and -t: N threads decode ahead"},
    {OPT_BLOCKSIZE, 'b', "blocksize", "KIB", OPTION_NUMBER, 1, SLUICE_PIECE_MAX / 1024,
     "pieces of this size in KiB; default 512, with --rsyncable 64"},
    {OPT_INDEPENDENT, 'i', "independent", NULL, OPTION_FLAG, 0, 0,
     "pieces that can be decompressed without those before them"},
    {OPT_RSYNCABLE, 'R', "rsyncable", NULL, OPTION_FLAG, 0, 0,
     "pieces end where the data says so: a change in the data changes little of the result"},
    {.kind = OPTION_GROUP, .help = "Other"},
    {OPT_VERBOSE, 'v', "verbose", NULL, OPTION_FLAG, 0, 0, "say what has been done"},
    {OPT_QUIET, 'q', "quiet", NULL, OPTION_FLAG, 0, 0, "no warnings"},
    {OPT_PROGRESS, 0, "progress", "auto|always|never", OPTION_CHOICE, 0, 0,
     "a line that tells how far long work is; auto (default): if standard error is a terminal"},
    {OPT_HELP, 'h', "help", NULL, OPTION_FLAG, 0, 0, "this text"},
    {OPT_LICENSE, 'L', "license", NULL, OPTION_FLAG, 0, 0, "the licence"},
    {OPT_VERSION, 'V', "version", NULL, OPTION_FLAG, 0, 0, "the version"},
    {0},
};

static const sluice_format formats[] = {SLUICE_GZIP, SLUICE_ZLIB, SLUICE_RAW, SLUICE_AUTO}; /* as in the table */

static void print_help(const char *program)
{
    printf("Usage: %s [OPTION]... [FILE]...\n"
           "Compresses or decompresses files in the gzip, zlib and raw DEFLATE formats.\n"
           "Without a FILE, or for -, standard input goes to standard output.\n", program);
    options_help(table, stdout);
    printf("\nExit status: 0 well, 1 error, 2 warning.\n");
}

/* ---- The preset dictionary ---- */

enum { DICTIONARY_MAX = 64 * 1024 * 1024 /* only its last 32 KiB can be used, but its checksum covers all of it */ };

static bool read_dictionary(struct run *run, const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t room = 0;
    ssize_t n = -1;

    free(run->dictionary);
    run->dictionary = NULL;
    run->dictionary_size = 0;
    while (fd >= 0) {
        if (run->dictionary_size == room) {
            uint8_t *larger = NULL;

            if (room == DICTIONARY_MAX)
                errno = EFBIG;
            else
                larger = realloc(run->dictionary, room = room ? 2 * room : 65536);
            n = -1;
            if (!larger)
                break;
            run->dictionary = larger;
        }
        n = read(fd, run->dictionary + run->dictionary_size, room - run->dictionary_size);
        if (n <= 0 && !(n < 0 && errno == EINTR))
            break;
        if (n > 0)
            run->dictionary_size += (size_t)n;
    }
    if (n < 0)
        report_errno(run, path);
    if (fd >= 0)
        close(fd);
    return n >= 0;
}

/* ---- Options ---- */

/* Takes one option; false: the program is to end. */
static bool take_option(struct run *run, const struct options *o, int id)
{
    switch (id) {
    case OPT_DECOMPRESS:
        if (run->action == ACTION_COMPRESS)
            run->action = ACTION_DECOMPRESS; /* -dt tests, as -t alone does */
        break;
    case OPT_TEST:
        run->action = ACTION_TEST;
        break;
    case OPT_LIST:
        run->action = ACTION_LIST;
        break;
    case OPT_EXPLAIN:
        run->action = ACTION_EXPLAIN;
        break;
    case OPT_STDOUT:
        run->to_stdout = true;
        break;
    case OPT_OUTPUT:
        run->output = o->text;
        break;
    case OPT_SUFFIX:
        run->suffix = o->text;
        if (strchr(o->text, '/')) {
            report_error(run, NULL, "--suffix: '%s' contains a '/'", o->text);
            return false;
        }
        break;
    case OPT_KEEP:
        run->keep = true;
        break;
    case OPT_FORCE:
        run->force = true;
        break;
    case OPT_RECURSIVE:
        run->recursive = true;
        break;
    case OPT_NAME:
        run->name_use = run->time_use = HEADER_ALWAYS;
        break;
    case OPT_NO_NAME:
        run->name_use = run->time_use = HEADER_NEVER;
        break;
    case OPT_TIME:
        run->time_use = HEADER_ALWAYS;
        break;
    case OPT_NO_TIME:
        run->time_use = HEADER_NEVER;
        break;
    case OPT_COMMENT:
        run->comment = o->text;
        break;
    case OPT_SYNCHRONOUS:
        run->synchronous = true;
        break;
    case OPT_LEVEL:
        run->level = (int)o->number;
        break;
    case OPT_FAST:
        run->level = 1;
        break;
    case OPT_BEST:
        run->level = 9;
        break;
    case OPT_FORMAT:
        run->format = formats[o->number];
        break;
    case OPT_ZLIB:
        run->format = SLUICE_ZLIB;
        break;
    case OPT_HUFFMAN:
        run->strategy = SLUICE_STRATEGY_HUFFMAN;
        break;
    case OPT_RLE:
        run->strategy = SLUICE_STRATEGY_RLE;
        break;
    case OPT_PROCESSES:
        run->in_pieces = true;
        run->pieces.threads = (unsigned)o->number;
        break;
    case OPT_BLOCKSIZE:
        run->in_pieces = true;
        run->pieces.piece = (size_t)o->number * 1024;
        break;
    case OPT_INDEPENDENT:
        run->in_pieces = true;
        run->pieces.flags |= SLUICE_INDEPENDENT;
        break;
    case OPT_RSYNCABLE:
        run->in_pieces = true;
        run->pieces.flags |= SLUICE_RSYNCABLE;
        break;
    case OPT_DICTIONARY:
        return read_dictionary(run, o->text);
    case OPT_VERBOSE:
        run->verbose++;
        run->quiet = false;
        break;
    case OPT_QUIET:
        run->quiet = true;
        run->verbose = 0;
        break;
    case OPT_PROGRESS:
        run->progress_choice = (enum progress_choice)o->number;
        break;
    case OPT_HELP:
        print_help(run->program);
        return false;
    case OPT_LICENSE:
        puts("sluice comes under the MIT licence: do with it what you like, without warranty. See the file LICENSE.");
        return false;
    case OPT_VERSION:
        options_version("sluice", stdout);
        return false;
    default:
        break;
    }
    return true;
}

/* Reads a command line; operands are collected in operands[*count...]. False: the program is to end. */
static bool read_options(struct run *run, int argc, char *const *argv, const char **operands, size_t *count)
{
    struct options o;
    int id;

    options_begin(&o, run->program, table, argc, argv);
    while ((id = options_next(&o)) != OPTION_END) {
        if (id == OPTION_OPERAND) {
            operands[(*count)++] = o.text;
        } else if (id == OPTION_ERROR) {
            options_complain(&o, stderr);
            run->exit_code = EXIT_ERROR;
            return false;
        } else if (!take_option(run, &o, id)) {
            return false;
        }
    }
    return true;
}

/* Options from the environment: words separated by blanks. *words keeps them, to be freed at the end. */
static bool read_environment(struct run *run, char **words)
{
    const char *value = getenv("SLUICE");
    const size_t room = value ? strlen(value) / 2 + 3 : 0;
    char **argv;
    const char **operands;
    size_t count = 0;
    int argc = 1;
    bool fine = true;

    *words = NULL;
    if (!value || !*value)
        return true;
    argv = calloc(room, sizeof *argv);
    operands = calloc(room, sizeof *operands);
    *words = strdup(value);
    if (argv && operands && *words) {
        argv[0] = (char *)(uintptr_t)run->program; /* only read */
        for (char *word = *words;;) {
            word += strspn(word, " \t");
            if (!*word)
                break;
            argv[argc++] = word;
            word += strcspn(word, " \t");
            if (*word)
                *word++ = '\0';
        }
        fine = read_options(run, argc, argv, operands, &count);
        if (fine && count > 0) {
            report_error(run, NULL, "the environment variable SLUICE holds '%s'; only options may stand there",
                         operands[0]);
            fine = false;
        }
    } else {
        report_errno(run, "SLUICE");
        fine = false;
    }
    free(argv);
    free(operands);
    return fine;
}

/* What the name says that the program was called by. */
static void obey_name(struct run *run)
{
    if (strcmp(run->program, "gunzip") == 0 || strcmp(run->program, "ungzip") == 0)
        run->action = ACTION_DECOMPRESS;
    if (strcmp(run->program, "zcat") == 0 || strcmp(run->program, "gzcat") == 0) {
        run->action = ACTION_DECOMPRESS;
        run->to_stdout = true;
    }
}

/* Options that do not go together. */
static bool options_agree(struct run *run, size_t count)
{
    const bool compressing = run->action == ACTION_COMPRESS;

    if (run->output && run->to_stdout)
        report_error(run, NULL, "--output and --stdout: only one of them");
    else if (run->output && (count > 1 || run->recursive))
        report_error(run, NULL, "--output: goes with one input, not with several or --recursive");
    else if (run->output && !compressing && run->action != ACTION_DECOMPRESS)
        report_error(run, NULL, "--output: goes with compressing and decompressing only");
    else if (run->dictionary && compressing && (run->format == SLUICE_GZIP || run->format == SLUICE_AUTO))
        report_error(run, NULL, "--dictionary: the gzip format knows none; use --format zlib or raw");
    else
        return true;
    return false;
}

static void process_all(struct run *run, const char *const *operands, size_t count)
{
    progress_begin(&run->progress, stderr, run->quiet ? PROGRESS_NEVER : run->progress_choice, report_clock());
    if (count == 0)
        file_standard_input(run);
    for (size_t i = 0; i < count; i++)
        if (strcmp(operands[i], "-") == 0)
            file_standard_input(run);
        else
            file_process(run, operands[i]);
    if (run->action == ACTION_LIST)
        list_totals(run);
}

int main(int argc, char **argv)
{
    struct codec codec;
    struct run run = {.program = argc > 0 && *argv[0] ? names_last_component(argv[0]) : "sluice",
                      .level = SLUICE_LEVEL_DEFAULT, .format = SLUICE_AUTO, .codec = &codec};
    const char **operands = calloc((size_t)argc + 1, sizeof *operands);
    char *words = NULL;
    size_t count = 0;

    standard_files_hold();
    obey_name(&run);
    if (!operands || !stream_new(&codec)) {
        report_error(&run, NULL, "not enough memory");
        free(operands);
        return run.exit_code;
    }
    outfile_guard_signals();
    if (read_environment(&run, &words) && read_options(&run, argc, argv, operands, &count) &&
        options_agree(&run, count))
        process_all(&run, operands, count);
    progress_clear(&run.progress);
    if (fflush(stdout) != 0 || ferror(stdout))
        report_errno(&run, "stdout");
    stream_free(&codec);
    free(run.dictionary);
    free(run.swept);
    free(words);
    free(operands);
    return run.exit_code;
}
