/*
 * parse.h: what the parsers share: a position's surroundings, and putting out tokens.
 *
 * A parser goes from s->next on until it reaches `stop` or passes it with a match. The caller sees to it that either
 * LOOKAHEAD bytes are there behind `stop`, or the data ends at s->filled for good. Literals at the end need not be put
 * out: whoever ends the chunk does that.
 */
#ifndef SLUICE_DEFLATE_PARSE_H
#define SLUICE_DEFLATE_PARSE_H

#include "deflate/match.h"
#include "deflate/state.h"
#include "deflate/tokens.h"

#include <string.h>

/* Literals are copied this many at a time: LOOKAHEAD bytes are there to be read, the buffer has as many to spare. */
enum { LITERALS_STRIDE = 16 };

/* What a parser keeps in registers, taken from the object when it begins and given back when it ends. */
struct parse {
    const uint8_t *data;
    uint32_t *token;
    uint8_t *literals;     /* where the next literal goes */
    const uint8_t *literal; /* those from here on are not copied yet */
    const uint8_t *end;     /* of the data that is there */
};

static inline struct parse parse_begin(struct sluice_deflater *s)
{
    return (struct parse){s->data, tokens_of(s) + s->now.tokens, literals_of(s) + s->now.literals,
                          s->data + s->literal, s->data + s->filled};
}

static inline void parse_end(struct sluice_deflater *s, const struct parse *p)
{
    s->now.tokens = (uint32_t)(p->token - tokens_of(s));
    s->now.literals = (uint32_t)(p->literals - literals_of(s));
    s->literal = (size_t)(p->literal - s->data);
}

/* The bytes from p->literal to `at` are literals. `near_end`: there may be less than a stride of data behind them. */
static inline void parse_literals(struct parse *p, const uint8_t *at, bool near_end)
{
    size_t n = (size_t)(at - p->literal);

    if (near_end && p->end - at < LITERALS_STRIDE) {
        memcpy(p->literals, p->literal, n);
    } else {
        memcpy(p->literals, p->literal, LITERALS_STRIDE); /* even if there are none: nobody can foresee that */
        for (size_t i = LITERALS_STRIDE; i < n; i += LITERALS_STRIDE)
            memcpy(p->literals + i, p->literal + i, LITERALS_STRIDE);
    }
    p->literals += n;
    p->literal = at;
}

static inline void parse_match(struct parse *p, const uint8_t *at, unsigned length, unsigned distance, bool near_end)
{
    uint32_t run = (uint32_t)(at - p->literal);

    parse_literals(p, at, near_end);
    if (run > TOKEN_RUN_MAX) {
        *p->token++ = TOKEN_LITERALS | run;
        run = 0;
    }
    *p->token++ = token_match(run, length, distance);
    p->literal = at + length;
}

/* How far back a match at `at` may reach. */
static inline uint32_t parse_reach(const struct sluice_deflater *s, size_t at)
{
    const size_t history = at - s->history, window = window_reach(s);

    return (uint32_t)(history < window ? history : window);
}

/* The parsers. Each is a row's first entry in levels.c. */
void sluice_parse_huffman(struct sluice_deflater *s, size_t stop); /* parse_plain.c */
void sluice_parse_rle(struct sluice_deflater *s, size_t stop);     /* parse_plain.c */
void sluice_parse_fast2(struct sluice_deflater *s, size_t stop);
void sluice_parse_fast4(struct sluice_deflater *s, size_t stop);
void sluice_parse_lazy(struct sluice_deflater *s, size_t stop);    /* parse_lazy.c */
void sluice_parse_lazy2(struct sluice_deflater *s, size_t stop);   /* parse_lazy.c */
void sluice_parse_chained(struct sluice_deflater *s, size_t stop); /* parse_chained.c */
void sluice_parse_optimal(struct sluice_deflater *s, size_t stop); /* parse_optimal.c */

/* And what goes with some of them: a row's second entry. */
void sluice_index_fast2(struct sluice_deflater *s);
void sluice_index_fast4(struct sluice_deflater *s);
void sluice_index_lazy(struct sluice_deflater *s);
void sluice_index_optimal(struct sluice_deflater *s);

/* A row's third entry: puts one position into the tables and tells whether eight bytes there match. */
bool sluice_probe_fast2(struct sluice_deflater *s, size_t at);
bool sluice_probe_fast4(struct sluice_deflater *s, size_t at);
bool sluice_probe_lazy(struct sluice_deflater *s, size_t at);

#endif
