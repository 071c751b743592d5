/* settings.c: see settings.h. */
#include "app/client/settings.h"

#include "app/client/verdict.h"
#include "app/options.h"
#include "net/pace.h"

#include <stdlib.h>

enum {
    OPT_OUTPUT = 1, OPT_FOLDER, OPT_COMPARE, OPT_INPUT, OPT_RETRIES, OPT_TIMEOUT, OPT_MAX_SIZE, OPT_LIMIT_RATE,
    OPT_AT_ONCE, OPT_PROGRESS, OPT_TRACE, OPT_BLOCK, OPT_QUIET, OPT_VERBOSE, OPT_HELP, OPT_VERSION
};

enum {
    TIMEOUT_DEFAULT_MS = 60000, /* longer than a server needs that compresses its strongest before it sends */
    BLOCK_DEFAULT = 65536,
    BLOCK_MAX = 16 << 20,       /* each transfer holds a block */
    AT_ONCE_MAX = 64,           /* each transfer holds two files and a socket */
    RETRIES_MAX = 1000
};

static const struct option table[] = {
    {.kind = OPTION_GROUP, .help = "Where the file goes"},
    {OPT_OUTPUT, 'o', "output", "FILE", OPTION_TEXT, 0, 0, "write to FILE; - is standard output"},
    {OPT_FOLDER, 'O', "folder", "DIR", OPTION_TEXT, 0, 0,
     "write into DIR, under the last part of the URL's name; the working directory if nothing is said"},
    {OPT_COMPARE, 0, "compare", "FILE", OPTION_TEXT, 0, 0,
     "compare what comes with FILE; without -o or -O nothing is written"},
    {.kind = OPTION_GROUP, .help = "What is fetched"},
    {OPT_INPUT, 0, "input", "LIST", OPTION_TEXT, 0, 0,
     "fetch the URLs in the file LIST too, one a line; - is standard input"},
    {OPT_AT_ONCE, 'j', "at-once", "N", OPTION_NUMBER, 1, AT_ONCE_MAX, "fetch N files at the same time (default 1)"},
    {OPT_RETRIES, 0, "retries", "N", OPTION_NUMBER, 0, RETRIES_MAX,
     "try N times more when no connection comes about, or one is cut short or silent too long (default 0)"},
    {.kind = OPTION_GROUP, .help = "Limits"},
    {OPT_TIMEOUT, 0, "timeout", "S", OPTION_SECONDS, 0, UINT64_C(1) << 40,
     "give up when connecting takes S seconds, or nothing comes for S seconds (default 60, 0 = never)"},
    {OPT_MAX_SIZE, 0, "max-size", "SIZE", OPTION_SIZE, 1, 0, "give up a file that is larger than SIZE"},
    {OPT_LIMIT_RATE, 0, "limit-rate", "R", OPTION_SIZE, 1, PACE_RATE_MAX,
     "take at most R bytes a second from the wire"},
    {.kind = OPTION_GROUP, .help = "What is told"},
    {OPT_PROGRESS, 0, "progress", "auto|always|never", OPTION_CHOICE, 0, 0,
     "a line that tells how far it is; auto: if standard error is a terminal"},
    {OPT_TRACE, 0, "trace", NULL, OPTION_FLAG, 0, 0, "print each piece as it comes and what it decodes to"},
    {OPT_BLOCK, 0, "block", "N", OPTION_SIZE, 1, BLOCK_MAX, "read at most N bytes at a time (default 64k)"},
    {OPT_QUIET, 'q', "quiet", NULL, OPTION_FLAG, 0, 0, "print errors only"},
    {OPT_VERBOSE, 'v', "verbose", NULL, OPTION_FLAG, 0, 0, "tell of each step"},
    {OPT_HELP, 'h', "help", NULL, OPTION_FLAG, 0, 0, "print this text"},
    {OPT_VERSION, 0, "version", NULL, OPTION_FLAG, 0, 0, "print the version"},
    {0}};

static void help(void)
{
    puts("Usage: " CLIENT " [OPTIONS] URL...\n"
         "\n"
         "Fetches files from a sluice-server. A file travels compressed and appears under\n"
         "its name whole and verified, or not at all.\n"
         "\n"
         "  URL is  sluice://HOST[:PORT]/NAME     HOST: a name, 1.2.3.4 or [::1]; PORT: 1950\n"
         "      or  sluice://unix:SOCKET:/NAME    through the local socket at that path\n"
         "  In NAME any byte can be written as %XX.");
    options_help(table, stdout);
    puts("\n"
         "Sizes and rates take k, M, G or T for powers of 1024.\n"
         "\n"
         "Exit code: 0 all files came whole, 1 usage, 2 could not connect, 3 refused by the\n"
         "server, 4 corrupt data, 5 cut short, 6 trouble with a file here, 7 the comparison\n"
         "differs, 8 a limit of size or time. With several URLs: the code of the first, in\n"
         "their order, that failed; the others are fetched all the same.");
}

/* Takes one option; gives false when the program is to end. */
static bool take(struct settings *s, struct options *o, int id, int *code)
{
    switch (id) {
    case OPT_OUTPUT: s->output = o->text; break;
    case OPT_FOLDER: s->folder = o->text; break;
    case OPT_COMPARE: s->compare = o->text; break;
    case OPT_INPUT: s->list = o->text; break;
    case OPT_RETRIES: s->retries = (unsigned)o->number; break;
    case OPT_TIMEOUT: s->limits.timeout = o->number; break;
    case OPT_MAX_SIZE: s->limits.max_size = o->number; break;
    case OPT_LIMIT_RATE: s->rate = o->number; break;
    case OPT_AT_ONCE: s->at_once = (unsigned)o->number; break;
    case OPT_PROGRESS: s->progress = (enum progress_choice)o->number; break;
    case OPT_TRACE: s->trace = true; break;
    case OPT_BLOCK: s->limits.block = (size_t)o->number; break;
    case OPT_QUIET: s->quiet = true; break;
    case OPT_VERBOSE: s->verbose = true; break;
    case OPTION_OPERAND: s->urls[s->count++] = (char *)o->text; break;
    case OPT_HELP:
        help();
        *code = VERDICT_OK;
        return false;
    case OPT_VERSION:
        options_version(CLIENT, stdout);
        *code = VERDICT_OK;
        return false;
    default:
        options_complain(o, stderr);
        *code = VERDICT_USAGE;
        return false;
    }
    return true;
}

/* What one option says can go against another. NULL: all is well. */
static const char *contradiction(const struct settings *s)
{
    const bool several = s->count > 1 || s->list;

    if (s->count == 0 && !s->list)
        return "an URL is missing";
    if (s->output && s->folder)
        return "-o and -O: a file goes to one of them";
    if (s->output && several && !settings_to_output(s))
        return "-o: several URLs do not fit into one file; -O DIR takes them";
    if (s->compare && several)
        return "--compare: there is one file to compare with, but several URLs";
    if (s->quiet && s->verbose)
        return "-q and -v: one of them";
    return NULL;
}

bool settings_read(struct settings *s, int argc, char **argv, int *code)
{
    struct options o;
    int id;

    *s = (struct settings){.limits = {.timeout = TIMEOUT_DEFAULT_MS, .block = BLOCK_DEFAULT}, .at_once = 1};
    s->urls = calloc((size_t)argc + 1, sizeof *s->urls);
    if (!s->urls) {
        fputs(CLIENT ": no memory\n", stderr);
        *code = VERDICT_LOCAL;
        return false;
    }
    options_begin(&o, CLIENT, table, argc, argv);
    while ((id = options_next(&o)) != OPTION_END)
        if (!take(s, &o, id, code)) {
            free(s->urls);
            return false;
        }

    const char *const wrong = contradiction(s);

    if (wrong) {
        fprintf(stderr, CLIENT ": %s\nTry '" CLIENT " --help'.\n", wrong);
        free(s->urls);
        *code = VERDICT_USAGE;
        return false;
    }
    /* The lines of a trace and the bytes of several files on standard output must not mix. */
    if (s->trace || settings_to_output(s))
        s->at_once = 1;
    if (s->progress == PROGRESS_AUTO && (s->trace || s->quiet || settings_to_output(s)))
        s->progress = PROGRESS_NEVER;
    return true;
}
