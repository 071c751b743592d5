/* options_test.c: how a command line is read, said as rows of a table and what they must give. */
#include "app/options.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

enum { KEEP = 1, VERBOSE, SUFFIX, LEVEL, SIZE, TIME, COUNT, LISTING, FORMAT, ANY };

static const struct option table[] = {
    {.kind = OPTION_GROUP, .help = "What to do"},
    {KEEP, 'k', "keep", NULL, OPTION_FLAG, 0, 0, "keep the input"},
    {VERBOSE, 'v', "verbose", NULL, OPTION_FLAG, 0, 0, "say what is done"},
    {VERBOSE, 0, "loud", NULL, OPTION_FLAG, 0, 0, NULL},
    {LEVEL, 0, NULL, NULL, OPTION_DIGITS, 0, 12, "compression level"},
    {.kind = OPTION_GROUP, .help = "Values"},
    {SUFFIX, 'S', "suffix", ".SUF", OPTION_TEXT, 0, 0, "suffix of the name"},
    {SIZE, 's', "size", "SIZE", OPTION_SIZE, 1024, UINT64_C(1) << 30, "memory"},
    {TIME, 't', "timeout", "SECONDS", OPTION_SECONDS, 500, 60000, "give up after this time"},
    {COUNT, 'n', "number", "N", OPTION_NUMBER, 1, 0, "how many"},
    {LISTING, 0, "listing", NULL, OPTION_SWITCH, 0, 0, "list a directory"},
    {FORMAT, 'F', "format", "gzip|zlib|raw", OPTION_CHOICE, 0, 0, "format"},
    {ANY, 0, "a-name-that-is-far-too-long-for-its-column", "VALUE", OPTION_NUMBER, 0, 0,
     "a text that is so long that it has to be broken into lines, each of which begins below the first one"},
    {0},
};

/* Reads `line`, split at blanks (a lone ~ is an empty argument), and writes what was found as one text. */
static const char *read_line(const char *line)
{
    static char found[1024];
    char copy[256];
    char *argv[32] = {"program"};
    int argc = 1, id;
    struct options o;

    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "~") == 0 ? "" : word;
    argv[argc] = NULL;
    options_begin(&o, "program", table, argc, argv);
    found[0] = '\0';
    while ((id = options_next(&o)) != OPTION_END) {
        const size_t n = strlen(found);
        const char *comma = n ? ", " : "";

        if (id == OPTION_ERROR)
            snprintf(found + n, sizeof found - n, "%serror <%s>", comma, o.error);
        else if (id == OPTION_OPERAND)
            snprintf(found + n, sizeof found - n, "%soperand <%s>", comma, o.text);
        else if (id == SUFFIX)
            snprintf(found + n, sizeof found - n, "%ssuffix <%s>", comma, o.text);
        else
            snprintf(found + n, sizeof found - n, "%s%d=%llu", comma, id, (unsigned long long)o.number);
    }
    return found;
}

static const struct reading {
    const char *line, *found;
} readings[] = {
    {"", ""},
    /* spellings */
    {"-k", "1=1"},
    {"-kv", "1=1, 2=1"},
    {"--keep --verbose --loud", "1=1, 2=1, 2=1"},
    {"-S.x", "suffix <.x>"},
    {"-S .x", "suffix <.x>"},
    {"-kS.x", "1=1, suffix <.x>"},
    {"-kS .x", "1=1, suffix <.x>"},
    {"--suffix=.x", "suffix <.x>"},
    {"--suffix .x", "suffix <.x>"},
    {"--suffix=a=b", "suffix <a=b>"},
    {"--suffix -k", "suffix <-k>"},
    {"--listing --no-listing", "8=1, 8=0"},
    /* operands */
    {"a -k b", "operand <a>, 1=1, operand <b>"},
    {"-k - a", "1=1, operand <->, operand <a>"},
    {"-k -- -v --keep -- a", "1=1, operand <-v>, operand <--keep>, operand <-->, operand <a>"},
    {"~", "operand <>"},
    /* levels */
    {"-0 -9 -12", "4=0, 4=9, 4=12"},
    {"-k9v", "1=1, 4=9, 2=1"},
    {"-12k", "4=12, 1=1"},
    {"-13", "error <-13: 13 is not between 0 and 12>"},
    {"-13k", "error <-13: 13 is not between 0 and 12>, 1=1"},
    {"-99999999999999999999999", "error <-99999999999999999999: 99999999999999999999 is not between 0 and 12>"},
    /* values */
    {"--size 1024 -s 64k -s64K -s 3M -s 1G", "5=1024, 5=65536, 5=65536, 5=3145728, 5=1073741824"},
    {"-s 1023", "error <-s: 1023 is not between 1k and 1G>"},
    {"-s 2G", "error <-s: 2G is not between 1k and 1G>"},
    {"-s 64kb", "error <-s: '64kb' is not a size such as 4096, 64k, 16M or 2G>"},
    {"-s 99999999999G", "error <-s: '99999999999G' is not a size such as 4096, 64k, 16M or 2G>"},
    {"-s k", "error <-s: 'k' is not a size such as 4096, 64k, 16M or 2G>"},
    {"--timeout 30 -t .5 -t 0.5 -t 1.2345 -t 1.0000", "6=30000, 6=500, 6=500, 6=1235, 6=1000"},
    {"-t 0.4999", "6=500"},
    {"-t 0.4", "error <-t: 0.4 is not between 0.500 and 60>"},
    {"-t 61", "error <-t: 61 is not between 0.500 and 60>"},
    {"-t 1s", "error <-t: '1s' is not a time in seconds such as 30 or 0.5>"},
    {"-t .", "error <-t: '.' is not a time in seconds such as 30 or 0.5>"},
    {"-t 1.", "error <-t: '1.' is not a time in seconds such as 30 or 0.5>"},
    {"-t -1", "error <-t: '-1' is not a time in seconds such as 30 or 0.5>"},
    {"-n 18446744073709551615", "7=18446744073709551615"},
    {"-n 18446744073709551616", "error <-n: '18446744073709551616' is not a whole number>"},
    {"-n 0", "error <-n: 0 is less than 1>"},
    {"-n -1", "error <-n: '-1' is not a whole number>"},
    {"-n +1", "error <-n: '+1' is not a whole number>"},
    {"--number=0x10", "error <--number: '0x10' is not a whole number>"},
    {"-F zlib --format=raw", "9=1, 9=2"},
    {"-F zli", "error <-F: 'zli' is none of gzip|zlib|raw>"},
    {"-F ~", "error <-F: '' is none of gzip|zlib|raw>"},
    /* mistakes; the reading goes on behind them */
    {"-x -k", "error <-x: no such option>, 1=1"},
    {"-xk", "error <-x: no such option>, 1=1"},
    {"--keeping", "error <--keeping: no such option>"},
    {"--kee", "error <--kee: no such option; --keep?>"},
    {"--no-keep", "error <--no-keep: no such option>"},
    {"--no-", "error <--no-: no such option>"},
    {"--=x", "error <--: no such option>"},
    {"--keep=1", "error <--keep: takes no value>"},
    {"--suffix", "error <--suffix: a value is missing, .SUF>"},
    {"-kS", "1=1, error <-S: a value is missing, .SUF>"},
    {"--suffix= -k", "error <--suffix: the value is empty, .SUF is needed>, 1=1"},
    {"-S ~", "error <-S: the value is empty, .SUF is needed>"},
    {"-F \x1b[31m", "error <-F: '?[31m' is none of gzip|zlib|raw>"},
};

static void read_every_line(void)
{
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        const char *found = read_line(readings[i].line);

        check_context("arguments: %s\n    got  %s\n    want %s", readings[i].line, found, readings[i].found);
        CHECK(strcmp(found, readings[i].found) == 0);
    }
}

static void no_arguments_at_all(void)
{
    struct options o;
    char *const argv[] = {NULL};

    options_begin(&o, "program", table, 0, argv);
    CHECK_EQ(options_next(&o), OPTION_END);
}

/* What `print` writes to a file. */
static char *printed(void (*print)(FILE *to))
{
    static char text[4096];
    FILE *file = tmpfile();

    text[0] = '\0';
    if (!CHECK(file != NULL))
        return text;
    print(file);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void print_help(FILE *to) { options_help(table, to); }
static void print_version(FILE *to) { options_version("sluice-server", to); }
static void print_complaint(FILE *to)
{
    char *const argv[] = {"program", "--level=13", NULL};
    struct options o;

    options_begin(&o, "sluice-server", table, 2, argv);
    CHECK_EQ(options_next(&o), OPTION_ERROR);
    options_complain(&o, to);
}

static void help_is_aligned(void)
{
    static const char want[] =
        "\nWhat to do:\n"
        "  -k, --keep                  keep the input\n"
        "  -v, --verbose               say what is done\n"
        "  -0 to -12                   compression level\n"
        "\nValues:\n"
        "  -S, --suffix .SUF           suffix of the name\n"
        "  -s, --size SIZE             memory\n"
        "  -t, --timeout SECONDS       give up after this time\n"
        "  -n, --number N              how many\n"
        "      --listing, --no-listing\n"
        "                              list a directory\n"
        "  -F, --format gzip|zlib|raw  format\n"
        "      --a-name-that-is-far-too-long-for-its-column VALUE\n"
        "                              a text that is so long that it has to be broken\n"
        "                              into lines, each of which begins below the first\n"
        "                              one\n";
    char *got = printed(print_help);

    check_context("help:\n%s", got);
    CHECK_BYTES(got, strlen(got), want, strlen(want));
}

static void version_and_complaint(void)
{
    CHECK(strcmp(printed(print_version), "sluice-server 0.1.0\n") == 0);
    CHECK(strcmp(printed(print_complaint),
                 "sluice-server: --level: no such option\nTry 'sluice-server --help'.\n") == 0);
}

int main(void)
{
    read_every_line();
    no_arguments_at_all();
    help_is_aligned();
    version_and_complaint();
    return check_report("app/options");
}
