/* http_text.c: see http_text.h. */
#include "net/http_text.h"

/* The test compares it with the rules. */
const unsigned char http_places[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    2, 15, 6, 7, 15, 15, 15, 15, 14, 14, 15, 15, 14, 15, 15, 6,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 6, 14, 6, 14, 6, 6,
    6, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 6, 6, 6, 7, 15,
    7, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 6, 7, 6, 15, 0,
};

bool http_all_may_stand(const char *p, const char *end, unsigned place)
{
    for (; p < end; p++)
        if (!http_may_stand(*p, place))
            return false;
    return true;
}

struct http_text http_trimmed(const char *p, const char *end)
{
    while (p < end && http_is_space(*p))
        p++;
    while (end > p && http_is_space(end[-1]))
        end--;
    return (struct http_text){p, (size_t)(end - p)};
}

bool http_text_is(const struct http_text *text, const char *word)
{
    size_t i = 0;

    while (i < text->size && word[i] && ascii_lower(text->data[i]) == word[i])
        i++;
    return i == text->size && !word[i];
}

bool http_list_next(struct http_text *list, struct http_text *element)
{
    const char *p = list->data;
    const char *const end = p + list->size;
    const char *begin;
    bool quoted = false;

    while (p < end && (http_is_space(*p) || *p == ','))
        p++;
    for (begin = p; p < end && (quoted || *p != ','); p++) {
        if (quoted && *p == '\\' && p + 1 < end)
            p++;
        else if (*p == '"')
            quoted = !quoted;
    }
    *list = (struct http_text){p, (size_t)(end - p)};
    *element = http_trimmed(begin, p);
    return element->size > 0;
}
