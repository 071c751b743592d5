/*
 * options.h: the command line of a program, from one table.
 *
 * A program writes down each option once, in a table: how it is spelled, what kind of value it takes, within which
 * bounds, and what it is for. From the table come the reading of the arguments, precise errors, and the help text, so
 * that they cannot disagree. Reading is a loop in the program's hands:
 *
 *     options_begin(&o, "sluice-server", table, argc, argv);
 *     while ((id = options_next(&o)) != OPTION_END)
 *         switch (id) {
 *         case OPT_LEVEL:      level = (int)o.number; break;
 *         case OPTION_OPERAND: root = o.text; break;
 *         case OPTION_ERROR:   options_complain(&o, stderr); return 1;
 *         }
 *
 * Understood: -k, -kv (bundled), -S.gz, -S .gz, --suffix=.gz, --suffix .gz, --listing and --no-listing, -9 and -12
 * (OPTION_DIGITS), options after operands, and `--`, behind which everything is an operand. A lone `-` is an operand.
 * Long names are not abbreviated: an abbreviation that works today would break when an option is added.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum option_kind {
    OPTION_LAST = 0, /* ends the table: an empty row {0} */
    OPTION_GROUP,    /* no option: `help` is a heading in the help text */
    OPTION_FLAG,     /* takes no value; number is 1 */
    OPTION_SWITCH,   /* --name gives number 1, --no-name 0 */
    OPTION_DIGITS,   /* the number itself is the option: -0 to -12; has no letter and no name */
    OPTION_TEXT,     /* any text that is not empty: text */
    OPTION_NUMBER,   /* a whole number: number */
    OPTION_SIZE,     /* bytes, a whole number with k, K, M, G or T behind it for powers of 1024: number */
    OPTION_SECONDS,  /* seconds as a decimal number: number holds milliseconds, a fraction of one counts as one */
    OPTION_CHOICE    /* one of the words of `argument`, separated by '|': number is its place, from 0 */
};

struct option {
    int id;               /* what options_next() gives; the program's own number, above 0. Several rows may share one:
                             other spellings, shown in the help only if they have a help text of their own. */
    char letter;          /* short form; 0: none */
    const char *name;     /* long form without dashes; NULL: none */
    const char *argument; /* what the help calls the value; for OPTION_CHOICE the words */
    enum option_kind kind;
    uint64_t min, max;    /* bounds of `number`, both allowed; max 0: no upper bound */
    const char *help;     /* what it is for; broken into lines where it is printed. NULL: not shown */
};

/* What options_next() gives beside the ids of the table. */
enum { OPTION_END = 0, OPTION_OPERAND = -1, OPTION_ERROR = -2 };

struct options {
    /* What was found, valid until the next call */
    const char *text; /* the value as it was written, or the operand */
    uint64_t number;  /* the value of a kind that has one */
    char error[256];  /* OPTION_ERROR: what is wrong, beginning with the option as it was spelled */

    /* Where the reading is */
    const char *program;
    const struct option *table;
    char *const *arguments; /* what is left, up to a NULL */
    const char *bundle;     /* the rest of an argument of short options, or NULL */
    bool operands_only;     /* `--` has been seen */
};

/* Begins to read argv[1] up to argv[argc - 1]; argv[argc] is NULL as in main(). All must outlive the reading. */
void options_begin(struct options *o, const char *program, const struct option *table, int argc, char *const *argv);

/* The next option's id, OPTION_OPERAND, OPTION_ERROR (the reading may go on behind it) or OPTION_END. */
int options_next(struct options *o);

/* Prints "PROGRAM: what is wrong" and a line that names --help. */
void options_complain(const struct options *o, FILE *to);

/* Prints the table: groups, spellings in one column, help texts in another, lines of at most 80 columns. */
void options_help(const struct option *table, FILE *to);

/* Prints "PROGRAM 0.1.0". */
void options_version(const char *program, FILE *to);

/* The values by themselves: false if the text is not one. *milliseconds is rounded up. */
bool option_parse_number(const char *text, uint64_t *number);
bool option_parse_size(const char *text, uint64_t *size);
bool option_parse_seconds(const char *text, uint64_t *milliseconds);

#endif
