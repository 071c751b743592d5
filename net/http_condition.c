/* http_condition.c: see http_condition.h. */
#include "net/http_condition.h"

#include "net/http_date.h"

#include <string.h>

/*
 * Takes the next entity tag off a list (RFC 9110 8.8.3): *tag is its text with the quotes, *weak whether W/ stood
 * before it. A backslash is no escape in it. False: the list is over, or goes on with something that is no tag.
 */
static bool next_tag(struct http_text *list, struct http_text *tag, bool *weak)
{
    const char *p = list->data;
    const char *const end = p + list->size;
    const char *close;

    while (p < end && (*p == ' ' || *p == '\t' || *p == ','))
        p++;
    *weak = end - p >= 2 && p[0] == 'W' && p[1] == '/';
    if (*weak)
        p += 2;
    if (p == end || *p != '"')
        return false;
    close = memchr(p + 1, '"', (size_t)(end - p - 1));
    if (!close)
        return false;
    *tag = (struct http_text){p, (size_t)(close + 1 - p)};
    *list = (struct http_text){close + 1, (size_t)(end - close - 1)};
    return true;
}

static bool is_tag(const struct http_text *tag, const char *etag)
{
    return tag->size == strlen(etag) && memcmp(tag->data, etag, tag->size) == 0;
}

enum matching { NO_FIELD, NO_MATCH, MATCH };

/* Is the file's tag among those of a field? With `strong` the weak ones do not count (RFC 9110 8.8.3.2). */
static enum matching match(const struct http_request *request, enum http_field field, const char *etag, bool strong)
{
    struct http_text value, tag;
    enum matching result = NO_FIELD;
    unsigned from = 0;
    bool weak;

    while (http_request_field(request, field, &from, &value)) {
        if (http_text_is(&value, "*"))
            return MATCH;
        if (result == NO_FIELD)
            result = NO_MATCH;
        while (next_tag(&value, &tag, &weak))
            if (is_tag(&tag, etag) && !(strong && weak))
                result = MATCH;
    }
    return result;
}

/* The date of a field that stands there once and can be read. */
static bool date_of(const struct http_request *request, enum http_field field, int64_t now, int64_t *date)
{
    struct http_text value, other;
    unsigned from = 0;

    return http_request_field(request, field, &from, &value) && !http_request_field(request, field, &from, &other) &&
           http_date_parse(&value, now, date);
}

unsigned http_condition_judge(const struct http_request *request, const struct http_validators *v)
{
    const bool reads = request->method == HTTP_GET || request->method == HTTP_HEAD;
    const enum matching wanted = match(request, HTTP_IF_MATCH, v->etag, true);
    const enum matching known = match(request, HTTP_IF_NONE_MATCH, v->etag, false);
    int64_t date;

    if (wanted == NO_MATCH)
        return 412;
    if (wanted == NO_FIELD && date_of(request, HTTP_IF_UNMODIFIED_SINCE, v->now, &date) && v->modified > date)
        return 412;
    if (known == MATCH)
        return reads ? 304 : 412;
    if (known == NO_FIELD && reads && date_of(request, HTTP_IF_MODIFIED_SINCE, v->now, &date) && v->modified <= date)
        return 304;
    return 0;
}

bool http_condition_range(const struct http_request *request, const struct http_validators *v)
{
    struct http_text value, tag;
    unsigned from = 0;
    bool weak;
    int64_t date;

    if (!http_request_field(request, HTTP_IF_RANGE, &from, &value))
        return true;
    if (next_tag(&value, &tag, &weak))
        return !weak && value.size == 0 && is_tag(&tag, v->etag);
    /* A date is good for this only if the file cannot have changed twice within its second (RFC 9110 8.8.2.2). */
    return date_of(request, HTTP_IF_RANGE, v->now, &date) && date == v->modified && v->modified < v->now;
}
