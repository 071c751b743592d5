/* settings.c: see settings.h. */
#include "app/client/settings.h"

#include "app/client/verdict.h"
#include "app/options.h"
#include "net/http_ask.h"
#include "net/pace.h"

#include <stdlib.h>

enum {
    OPT_OUTPUT = 1, OPT_FOLDER, OPT_COMPARE, OPT_INPUT, OPT_RETRIES, OPT_TIMEOUT, OPT_MAX_SIZE, OPT_LIMIT_RATE,
    OPT_AT_ONCE, OPT_PROGRESS, OPT_TRACE, OPT_BLOCK, OPT_QUIET, OPT_VERBOSE, OPT_HELP, OPT_VERSION,
    OPT_RESUME, OPT_CODING, OPT_HEADER, OPT_SAVE_COMPRESSED, OPT_MAX_TIME
};

enum {
    TIMEOUT_DEFAULT_MS = 60000, /* longer than a server needs that compresses its strongest before it sends */
    BLOCK_DEFAULT = 65536,
    BLOCK_MAX = 16 << 20,       /* each transfer holds a block */
    AT_ONCE_MAX = 64,           /* each transfer holds two files and a socket */
    RETRIES_MAX = 1000
};

/* The words of --coding, in this order. */
static const char *const codings[] = {"gzip", "deflate", "identity"};

static const struct option table[] = {
    {.kind = OPTION_GROUP, .help = "Where the file goes"},
    {OPT_OUTPUT, 'o', "output", "FILE", OPTION_TEXT, 0, 0, "write to FILE; - is standard output"},
    {OPT_FOLDER, 'O', "folder", "DIR", OPTION_TEXT, 0, 0,
     "write into DIR, under the last part of the URL's name; the working directory if nothing is said"},
    {OPT_COMPARE, 0, "compare", "FILE", OPTION_TEXT, 0, 0,
     "compare what comes with FILE; without -o or -O nothing is written"},
    {OPT_RESUME, 'C', "resume", NULL, OPTION_FLAG, 0, 0,
     "keep what came of a file that did not come whole, and go on there the next time (HTTP); if it has changed "
     "meanwhile it is fetched from its beginning"},
    {OPT_SAVE_COMPRESSED, 0, "save-compressed", NULL, OPTION_FLAG, 0, 0,
     "write the gzip stream as it came, checked all the same; .gz is added to the URL's name (HTTP); -C goes on "
     "where the server gives parts of the stream"},
    {.kind = OPTION_GROUP, .help = "What is fetched"},
    {OPT_INPUT, 0, "input", "LIST", OPTION_TEXT, 0, 0,
     "fetch the URLs in the file LIST too, one a line; - is standard input"},
    {OPT_AT_ONCE, 'j', "at-once", "N", OPTION_NUMBER, 1, AT_ONCE_MAX, "fetch N files at the same time (default 1)"},
    {OPT_RETRIES, 0, "retries", "N", OPTION_NUMBER, 0, RETRIES_MAX,
     "try N times more when no connection comes about, or one is cut short or silent too long (default 0)"},
    {OPT_CODING, 0, "coding", "gzip|deflate|identity", OPTION_CHOICE, 0, 0,
     "how the file is to travel (HTTP; default: gzip or deflate, as the server likes)"},
    {OPT_HEADER, 0, "header", "FIELD", OPTION_TEXT, 0, 0,
     "send FIELD, written NAME: VALUE, with the request, but not to another server that it leads to (HTTP)"},
    {.kind = OPTION_GROUP, .help = "Limits"},
    {OPT_TIMEOUT, 0, "timeout", "S", OPTION_SECONDS, 0, UINT64_C(1) << 40,
     "give up when connecting takes S seconds, or nothing comes for S seconds (default 60, 0 = never)"},
    {OPT_MAX_TIME, 0, "max-time", "S", OPTION_SECONDS, 1, UINT64_C(1) << 40,
     "give up a file that is not there after S seconds, further tries counted (default: no limit)"},
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
         "Fetches files from a sluice-server, or from any server of HTTP. A file travels\n"
         "compressed and appears under its name whole and verified, or not at all.\n"
         "\n"
         "  URL is  sluice://HOST[:PORT]/NAME   HOST: a name, 1.2.3.4 or [::1]; PORT: 1950\n"
         "      or  http://HOST[:PORT]/PATH     PORT: 80\n"
         "  With unix:SOCKET: for HOST it goes through the local socket at that path.\n"
         "  In NAME and PATH any byte can be written as %XX.");
    options_help(table, stdout);
    puts("\n"
         "Sizes and rates take k, M, G or T for powers of 1024. Of redirects 10 are followed.\n"
         "There is no https here: let a proxy that ends TLS stand before the server.\n"
         "\n"
         "Exit code: 0 all files came whole, 1 usage, 2 could not connect, 3 refused by the\n"
         "server, 4 corrupt data, 5 cut short, 6 trouble with a file here, 7 the comparison\n"
         "differs, 8 a limit of size or time. With several URLs: the code of the first, in\n"
         "their order, that failed; the others are fetched all the same.");
}

/* A field for the request. False: it is none. */
static bool take_header(struct settings *s, const char *line, int *code)
{
    const char *const wrong = http_ask_header(line);

    if (!wrong) {
        s->headers[s->header_count++] = line;
        return true;
    }
    fprintf(stderr, CLIENT ": --header: %s\nTry '" CLIENT " --help'.\n", wrong);
    *code = VERDICT_USAGE;
    return false;
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
    case OPT_MAX_TIME: s->max_time = o->number; break;
    case OPT_MAX_SIZE: s->limits.max_size = o->number; break;
    case OPT_LIMIT_RATE: s->rate = o->number; break;
    case OPT_AT_ONCE: s->at_once = (unsigned)o->number; break;
    case OPT_PROGRESS: s->progress = (enum progress_choice)o->number; break;
    case OPT_TRACE: s->trace = true; break;
    case OPT_BLOCK: s->limits.block = (size_t)o->number; break;
    case OPT_RESUME: s->resume = true; break;
    case OPT_CODING: s->accept = codings[o->number]; break;
    case OPT_HEADER: return take_header(s, o->text, code);
    case OPT_SAVE_COMPRESSED: s->save_compressed = true; break;
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
        return "a URL is missing";
    if (s->output && s->folder)
        return "-o and -O: a file goes to one of them";
    if (s->output && several && !settings_to_output(s))
        return "-o: several URLs do not fit into one file; -O DIR takes them";
    if (s->compare && several)
        return "--compare: there is one file to compare with, but several URLs";
    if (s->save_compressed && s->accept && s->accept != codings[0])
        return "--save-compressed: gzip is what is saved, and --coding asks for something else";
    if (s->save_compressed && settings_only_compare(s))
        return "--save-compressed: nothing is written with --compare alone";
    if (s->quiet && s->verbose)
        return "-q and -v: one of them";
    return NULL;
}

void settings_free(struct settings *s)
{
    free(s->urls);
    free(s->headers);
    s->urls = NULL;
    s->headers = NULL;
}

bool settings_read(struct settings *s, int argc, char **argv, int *code)
{
    struct options o;
    int id;

    *s = (struct settings){.limits = {.timeout = TIMEOUT_DEFAULT_MS, .block = BLOCK_DEFAULT}, .at_once = 1};
    s->urls = calloc((size_t)argc + 1, sizeof *s->urls);
    s->headers = calloc((size_t)argc + 1, sizeof *s->headers);
    if (!s->urls || !s->headers) {
        settings_free(s);
        fputs(CLIENT ": no memory\n", stderr);
        *code = VERDICT_LOCAL;
        return false;
    }
    options_begin(&o, CLIENT, table, argc, argv);
    while ((id = options_next(&o)) != OPTION_END)
        if (!take(s, &o, id, code)) {
            settings_free(s);
            return false;
        }

    const char *const wrong = contradiction(s);

    if (wrong) {
        fprintf(stderr, CLIENT ": %s\nTry '" CLIENT " --help'.\n", wrong);
        settings_free(s);
        *code = VERDICT_USAGE;
        return false;
    }
    if (!s->accept)
        s->accept = s->save_compressed ? "gzip" : "gzip, deflate";
    /* The lines of a trace and the bytes of several files on standard output must not mix. */
    if (s->trace || settings_to_output(s))
        s->at_once = 1;
    if (s->progress == PROGRESS_AUTO && (s->trace || s->quiet || settings_to_output(s)))
        s->progress = PROGRESS_NEVER;
    return true;
}
