/*
 * path.c: see path.h.
 *
 * The cheapest way from each position to the end of the block is known once it is known for all positions behind it:
 * so the search goes backwards. At a position there is the literal, and each length up to that of the longest match,
 * for which the nearest distance is the cheapest.
 */
#include "deflate/path.h"
#include "deflate/tokens.h"

#include <string.h>

void sluice_path(const struct stretch *on, const struct costs *costs, uint32_t *cost, uint32_t *choice)
{
    const uint32_t *matches = on->matches;

    cost[on->bytes] = 0;
    for (size_t i = on->bytes; i-- > 0;) {
        const uint32_t *const to = cost + i;
        const size_t left = on->bytes - i;
        const unsigned n = on->counts[i];
        uint32_t best = to[1] + costs->literal[on->data[i]], token = 0;
        unsigned length = MATCH_MIN;

        matches -= n;
        for (unsigned m = 0; m < n; m++) {
            const uint32_t entry = matches[m];
            const uint32_t distance = costs->distance[entry_symbol(entry)];
            unsigned most = entry_length(entry), best_length = 0;

            if (most > left)
                most = (unsigned)left;
            for (; length <= most; length++) {
                const uint32_t c = to[length] + costs->length[length] + distance;

                if (c < best) {
                    best = c;
                    best_length = length;
                }
            }
            if (best_length)
                token = token_match(1, best_length, entry_distance(entry));
        }
        cost[i] = best;
        choice[i] = token;
    }
}

void sluice_path_count(const struct stretch *on, const uint32_t *choice, struct statistics *cells, size_t cell)
{
    for (size_t i = 0, next = cell; i < on->bytes;) {
        const uint32_t token = choice[i];

        while (i >= next) {
            cells++;
            next += cell;
        }
        if (token == 0) {
            cells->litlen[on->data[i++]]++;
            continue;
        }
        cells->litlen[length_symbol(token_length_index(token))]++;
        cells->distance[distance_symbol(token_distance_index(token))]++;
        i += token_length_index(token) + MATCH_MIN;
    }
}

struct mark sluice_path_tokens(const struct stretch *on, const uint32_t *choice, uint32_t *tokens, uint8_t *literals)
{
    struct mark end = {0, 0, on->bytes};
    uint32_t run = 0;

    for (size_t i = 0; i < on->bytes;) {
        const uint32_t token = choice[i];

        if (token == 0) {
            literals[end.literals++] = on->data[i++];
            run++;
            continue;
        }
        if (run > TOKEN_RUN_MAX) {
            tokens[end.tokens++] = TOKEN_LITERALS | run;
            run = 0;
        }
        i += token_length_index(token) + MATCH_MIN;
        tokens[end.tokens++] = (token & ~(UINT32_C(0x1ff) << TOKEN_RUN_SHIFT)) | run << TOKEN_RUN_SHIFT;
        run = 0;
    }
    if (run > 0)
        tokens[end.tokens++] = TOKEN_LITERALS | run;
    return end;
}

/* The longest match at a position whose matches end at `end`; one of three bytes only if it is near. */
static inline uint32_t longest(unsigned count, const uint32_t *end)
{
    enum { NEAR3 = 4096 };

    if (count == 0 || (end[-1] >> ENTRY_LENGTH_SHIFT == MATCH_MIN && entry_distance(end[-1]) > NEAR3))
        return 0;
    return end[-1];
}

void sluice_path_quick(const struct stretch *on, struct statistics *cells, size_t cell)
{
    const uint32_t *matches = on->matches;

    for (size_t i = 0; i < on->bytes; i++)
        matches -= on->counts[i];
    for (size_t i = 0, next = cell; i < on->bytes;) {
        uint32_t entry;

        while (i >= next) {
            cells++;
            next += cell;
        }
        matches += on->counts[i];
        entry = longest(on->counts[i], matches);
        if (entry && i + 1 < on->bytes && on->counts[i + 1] &&
            entry_length(matches[on->counts[i + 1] - 1]) > entry_length(entry))
            entry = 0;
        if (entry == 0) {
            cells->litlen[on->data[i++]]++;
            continue;
        }
        cells->litlen[length_symbol(entry_length(entry) - MATCH_MIN)]++;
        cells->distance[entry_symbol(entry)]++;

        const size_t end = i + entry_length(entry);

        for (i++; i < end && i < on->bytes; i++)
            matches += on->counts[i];
    }
}
