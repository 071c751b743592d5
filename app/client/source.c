/* source.c: see source.h. */
#include "app/client/source.h"

#include <errno.h>
#include <string.h>

int source_begin(struct source *s, const struct settings *settings)
{
    s->settings = settings;
    s->given = 0;
    s->list = NULL;
    if (!settings->list)
        return 0;
    s->list = strcmp(settings->list, "-") == 0 ? stdin : fopen(settings->list, "re");
    return s->list ? 0 : -1;
}

void source_end(struct source *s)
{
    if (s->list && s->list != stdin)
        fclose(s->list);
    s->list = NULL;
}

/* Passes over what is left of a line that did not fit. */
static void skip_line(FILE *list)
{
    int c;

    do
        c = getc(list);
    while (c != EOF && c != '\n');
}

enum source_result source_next(struct source *s, const char **url)
{
    if (s->given < s->settings->count) {
        *url = s->settings->urls[s->given++];
        return SOURCE_URL;
    }
    while (s->list) {
        errno = 0;
        if (!fgets(s->line, sizeof s->line, s->list)) {
            const int error = ferror(s->list) ? errno : 0;

            source_end(s);
            errno = error;
            return error ? SOURCE_FAILED : SOURCE_END;
        }

        size_t size = strlen(s->line);

        if (size == sizeof s->line - 1 && s->line[size - 1] != '\n')
            skip_line(s->list);
        while (size > 0 && strchr(" \t\r\n", s->line[size - 1]))
            s->line[--size] = '\0';
        *url = s->line + strspn(s->line, " \t");
        if (**url != '\0' && **url != '#')
            return SOURCE_URL;
    }
    return SOURCE_END;
}
