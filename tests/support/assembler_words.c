/* assembler_words.c: lines cut into words, and what a word says. */
#include "tests/support/assembler_inside.h"

#include <stdlib.h>
#include <string.h>

unsigned long long as_number(struct assembler *a, const char *text, const char **rest)
{
    char *end;
    const bool binary = text[0] == '0' && text[1] == 'b';
    unsigned long long value;

    if (text[0] == '\'' && text[1] && text[2] == '\'') {
        *rest = text + 3;
        return (unsigned char)text[1];
    }
    value = strtoull(binary ? text + 2 : text, &end, binary ? 2 : 0);
    if (end == text)
        as_fail(a, "a number is wanted, not \"%s\"", text);
    *rest = end;
    return value;
}

unsigned long long as_whole_number(struct assembler *a, const char *text, unsigned long long most)
{
    const char *rest;
    const unsigned long long value = as_number(a, text, &rest);

    if (*rest)
        as_fail(a, "what is \"%s\" behind the number?", rest);
    if (value > most)
        as_fail(a, "%llu is more than %llu", value, most);
    return value;
}

bool as_more(const struct assembler *a) { return a->next < a->words; }

const struct word *as_word(struct assembler *a)
{
    if (!as_more(a))
        as_fail(a, "something is missing at the end of the line");
    return &a->word[a->next++];
}

unsigned as_next_number(struct assembler *a, unsigned most)
{
    return (unsigned)as_whole_number(a, as_word(a)->text, most);
}

const char *as_option(struct assembler *a, const char *begin)
{
    const size_t n = strlen(begin);

    if (!as_more(a) || strncmp(a->word[a->next].text, begin, n) != 0)
        return NULL;
    return a->word[a->next++].text + n;
}

bool as_flag(struct assembler *a, const char *word)
{
    if (!as_more(a) || strcmp(a->word[a->next].text, word) != 0)
        return false;
    a->next++;
    return true;
}

unsigned as_wrong_by(struct assembler *a, const char *name)
{
    char begin[20];
    const char *rest;

    snprintf(begin, sizeof begin, "%s^", name);
    rest = as_option(a, begin);
    return rest ? (unsigned)as_whole_number(a, rest, 0xffffffff) : 0;
}

static char escaped(struct assembler *a, const char **p)
{
    const char c = *(*p)++;

    switch (c) {
    case 'n':
        return '\n';
    case '0':
        return 0;
    case 'x': {
        char hex[3] = {0}, *end;
        long value;

        memcpy(hex, *p, strlen(*p) < 2 ? strlen(*p) : 2);
        value = strtol(hex, &end, 16);
        *p += end - hex;
        return (char)value;
    }
    case '"':
    case '\\':
        return c;
    default:
        as_fail(a, "unknown escape \\%c", c);
    }
}

void as_split(struct assembler *a, const char *p)
{
    char *to = a->storage;

    a->words = a->next = 0;
    for (;;) {
        while (*p == ' ' || *p == '\t')
            p++;
        if (*p == 0 || *p == '#')
            return;
        if (a->words == WORDS_MAX)
            as_fail(a, "too many words");

        struct word *w = &a->word[a->words++];

        w->text = to;
        w->quoted = false;
        while (*p && *p != ' ' && *p != '\t' && *p != '#') {
            if (*p == '\'' && p[1] && p[2] == '\'') {
                memcpy(to, p, 3);
                to += 3;
                p += 3;
            } else if (*p == '"') {
                w->quoted = true;
                for (p++; *p != '"';) {
                    if (*p == 0)
                        as_fail(a, "a quote is not closed");
                    if (*p == '\\') {
                        p++;
                        *to++ = escaped(a, &p);
                    } else {
                        *to++ = *p++;
                    }
                }
                p++;
            } else {
                *to++ = *p++;
            }
        }
        w->size = (size_t)(to - w->text);
        *to++ = 0;
    }
}
