/*
 * parse_plain.c: parsers that look for no matches, or only for the nearest: level 0 and two of the strategies.
 */
#include "deflate/parse.h"

/* What no match covers is literals: here, everything. Level 0 too: its level says that all is stored. */
void sluice_parse_huffman(struct sluice_deflater *s, size_t stop)
{
    s->next = stop;
}

void sluice_parse_rle(struct sluice_deflater *s, size_t stop)
{
    struct parse p = parse_begin(s);
    const uint8_t *at = s->data + s->next;
    const uint8_t *const stop_at = s->data + stop, *const end = s->data + s->filled;

    while (at < stop_at) {
        const size_t left = (size_t)(end - at);
        const unsigned most = left < MATCH_MAX ? (unsigned)left : MATCH_MAX;
        const unsigned length = at > s->data + s->history ? match_length(at - 1, at, 0, most) : 0;

        if (length >= MATCH_MIN) {
            parse_match(&p, at, length, 1, true);
            at += length;
        } else {
            at++;
        }
    }
    s->next = (size_t)(at - s->data);
    parse_end(s, &p);
}
