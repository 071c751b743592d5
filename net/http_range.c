/* http_range.c: see http_range.h. */
#include "net/http_range.h"

#include <string.h>

/* Takes digits off the front. A number beyond all files is as good as the largest. False: no digit. */
static bool take_number(struct http_text *t, uint64_t *number)
{
    const char *const begin = t->data;

    *number = 0;
    for (; t->size > 0 && t->data[0] >= '0' && t->data[0] <= '9'; t->data++, t->size--) {
        const unsigned digit = (unsigned)(t->data[0] - '0');

        *number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
    }
    return t->data > begin;
}

static bool take_dash(struct http_text *t)
{
    if (t->size == 0 || t->data[0] != '-')
        return false;
    t->data++;
    t->size--;
    return true;
}

/* first-last, first- or -length. False: it is none. *inside: a byte of it is in the file. */
static bool parse_range(struct http_text t, uint64_t size, struct http_range *range, bool *inside)
{
    uint64_t first, last;

    if (take_dash(&t)) {
        if (!take_number(&t, &last) || t.size > 0)
            return false;
        *inside = last > 0 && size > 0;
        *range = (struct http_range){last < size ? size - last : 0, size};
        return true;
    }
    if (!take_number(&t, &first) || !take_dash(&t))
        return false;
    if (t.size == 0)
        last = UINT64_MAX;
    else if (!take_number(&t, &last) || t.size > 0 || last < first)
        return false;
    *inside = first < size;
    *range = (struct http_range){first, last < size ? last + 1 : size};
    return true;
}

/* Adds a range, taking into it all those that it overlaps or touches; it stands where the first of them stood. */
static void add_range(struct http_range *ranges, unsigned *count, struct http_range range)
{
    unsigned place = *count, kept = 0;

    for (unsigned i = 0; i < *count; i++) {
        if (range.first <= ranges[i].end && ranges[i].first <= range.end) {
            range.first = range.first < ranges[i].first ? range.first : ranges[i].first;
            range.end = range.end > ranges[i].end ? range.end : ranges[i].end;
            if (place == *count)
                place = kept++;
        } else {
            ranges[kept++] = ranges[i];
        }
    }
    if (place == *count)
        place = kept++;
    ranges[place] = range;
    *count = kept;
}

enum http_range_verdict http_range_parse(const struct http_text *value, uint64_t size, struct http_range *ranges,
                                         unsigned *count)
{
    static const char unit[] = "bytes=";
    const size_t unit_size = sizeof unit - 1;
    const struct http_text name = {value->data, value->size < unit_size ? value->size : unit_size};
    struct http_text list, element;
    unsigned seen = 0;

    *count = 0;
    if (!http_text_is(&name, unit))
        return HTTP_RANGE_WHOLE;
    list = (struct http_text){value->data + unit_size, value->size - unit_size};
    while (http_list_next(&list, &element)) {
        struct http_range range;
        bool inside;

        if (++seen > HTTP_RANGES_MOST || !parse_range(element, size, &range, &inside)) {
            *count = 0;
            return HTTP_RANGE_WHOLE;
        }
        if (inside)
            add_range(ranges, count, range);
    }
    if (seen == 0)
        return HTTP_RANGE_WHOLE;
    return *count > 0 ? HTTP_RANGE_PARTS : HTTP_RANGE_OUTSIDE;
}
