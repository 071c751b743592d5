/*
 * parse_fast.c: the fastest parser: for each position the last one with the same hash, and the match there is taken.
 *
 * Where no match is found for long the steps grow, so that data without matches is passed over quickly. Inside a match
 * only a few positions are put into the table.
 */
#include "deflate/parse.h"

enum {
    HASHED = 8,     /* bytes that a position's hash loads; fewer at the end cannot be looked up */
    SKIP_SHIFT = 6, /* after 2^6 positions without a match the steps become 2, and so on */
    STEP_MAX = 64   /* so that a chunk is not passed by more than a match */
};

static inline __attribute__((always_inline)) const uint8_t *parse_until(struct sluice_deflater *s, struct parse *p,
                                                                        const uint8_t *at, const uint8_t *stop,
                                                                        bool near_end)
{
    uint16_t *const head = head_of(s);
    const unsigned hash_bits = s->level->hash_bits;
    const uint8_t *const data = s->data, *const end = data + s->filled;
    const uint8_t *const begin = data + s->history;
    const size_t window = window_reach(s);
    const uint32_t bias = s->bias;
    unsigned misses = s->misses;

    while (at < stop) {
        if (near_end && end - at < HASHED) {
            at = stop;
            break;
        }

        const uint64_t bytes = load64(at);
        const uint32_t place = (uint32_t)(at - data) + bias;
        uint16_t *const slot = &head[hash5(bytes, hash_bits)];
        const uint32_t distance = (uint16_t)(place - *slot);
        const size_t history = (size_t)(at - begin);
        const size_t reach = history < window ? history : window;

        *slot = (uint16_t)place;
        if (distance - 1u >= reach || load32(at - distance) != (uint32_t)bytes) {
            const unsigned step = 1 + (misses >> SKIP_SHIFT);

            misses++;
            at += step < STEP_MAX ? step : STEP_MAX;
            continue;
        }
        misses = 0;

        const unsigned most = near_end && end - at < MATCH_MAX ? (unsigned)(end - at) : MATCH_MAX;
        unsigned length = match_length(at - distance, at, 4, most);

        while (at > p->literal && length < MATCH_MAX && at - distance > begin && at[-1] == (at - distance)[-1])
            at--, length++;
        parse_match(p, at, length, distance, near_end);
        at += length;
        if (!near_end || end - at >= HASHED) {
            head[hash5(load64(at - 2), hash_bits)] = (uint16_t)((uint32_t)(at - 2 - data) + bias);
        }
    }
    s->misses = misses;
    return at;
}

void sluice_parse_fast(struct sluice_deflater *s, size_t stop)
{
    struct parse p = parse_begin(s);
    const uint8_t *at = s->data + s->next;
    const size_t safe = s->filled > LOOKAHEAD ? s->filled - LOOKAHEAD : 0;

    at = parse_until(s, &p, at, s->data + (safe < stop ? safe : stop), false);
    at = parse_until(s, &p, at, s->data + stop, true);
    if (at > s->data + s->filled)
        at = s->data + s->filled;
    s->next = (size_t)(at - s->data);
    parse_end(s, &p);
}

void sluice_index_fast(struct sluice_deflater *s)
{
    uint16_t *const head = head_of(s);

    for (size_t i = 0; i + HASHED <= s->next; i++)
        head[hash5(load64(s->data + i), s->level->hash_bits)] = (uint16_t)((uint32_t)i + s->bias);
}
