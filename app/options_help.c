/* options_help.c: the help text of a table of options; see options.h. */
#include "app/options.h"
#include "sluice.h"

#include <string.h>

enum {
    LINE_WIDTH = 80,
    SPELLING_MAX = 28 /* a longer spelling stands on a line of its own, so that one does not push all texts right */
};

/* Writes "  -S, --suffix SUF" and gives its width. */
static size_t spell(char *to, size_t room, const struct option *option)
{
    const char *before = option->argument ? " " : "", *argument = option->argument ? option->argument : "";

    if (option->kind == OPTION_DIGITS)
        snprintf(to, room, "  -%llu to -%llu", (unsigned long long)option->min, (unsigned long long)option->max);
    else if (option->kind == OPTION_SWITCH)
        snprintf(to, room, "      --%s, --no-%s", option->name, option->name);
    else if (option->letter && option->name)
        snprintf(to, room, "  -%c, --%s%s%s", option->letter, option->name, before, argument);
    else if (option->letter)
        snprintf(to, room, "  -%c%s%s", option->letter, before, argument);
    else
        snprintf(to, room, "      --%s%s%s", option->name, before, argument);
    return strlen(to);
}

/* Prints `text` from column `column` on, breaking lines at blanks; the cursor is already there. */
static void print_text(FILE *to, const char *text, size_t column)
{
    size_t at = column;

    while (*text) {
        const size_t blank = strspn(text, " "), word = strcspn(text + blank, " ");

        if (at > column && at + blank + word > LINE_WIDTH) {
            fprintf(to, "\n%*s", (int)column, "");
            at = column;
        } else {
            fprintf(to, "%*s", (int)blank, "");
            at += blank;
        }
        fprintf(to, "%.*s", (int)word, text + blank);
        at += word;
        text += blank + word;
    }
    fputc('\n', to);
}

void options_help(const struct option *table, FILE *to)
{
    char spelling[128];
    size_t column = 0;

    for (const struct option *option = table; option->kind != OPTION_LAST; option++)
        if (option->kind != OPTION_GROUP && option->help) {
            const size_t width = spell(spelling, sizeof spelling, option);

            if (width <= SPELLING_MAX && width > column)
                column = width;
        }
    column += 2;
    for (const struct option *option = table; option->kind != OPTION_LAST; option++) {
        if (!option->help)
            continue;
        if (option->kind == OPTION_GROUP) {
            fprintf(to, "\n%s:\n", option->help);
            continue;
        }
        const size_t width = spell(spelling, sizeof spelling, option);

        if (width + 2 > column)
            fprintf(to, "%s\n%*s", spelling, (int)column, "");
        else
            fprintf(to, "%-*s", (int)column, spelling);
        print_text(to, option->help, column);
    }
}

void options_version(const char *program, FILE *to)
{
    fprintf(to, "%s %s\n", program, SLUICE_VERSION);
}
