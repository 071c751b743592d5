/*
 * parse_optimal.c: the levels that look for the cheapest tokens: finds the matches of each position and keeps them.
 * What they are good for is decided later, for a whole stretch at once: see plan.c.
 */
#include "deflate/match_tree.h"
#include "deflate/path.h"
#include "deflate/plan.h"

#include <string.h>

/* The last positions before a flush had too few bytes to be hashed; now they may have. */
static void insert_skipped(struct sluice_deflater *s, const struct tree *t)
{
    for (; s->skipped > 0 && s->filled - s->next + s->skipped >= TREE_HASHED; s->skipped--) {
        const size_t left = s->filled - s->next + s->skipped;

        tree_find(t, s->data + s->next - s->skipped, left < MATCH_MAX ? (unsigned)left : MATCH_MAX, false, NULL);
    }
}

void sluice_parse_optimal(struct sluice_deflater *s, size_t stop)
{
    sluice_plan_compact(s);

    const struct tree t = tree_of(s);
    uint8_t *const counts = counts_of(s) - s->block;
    uint32_t *match = matches_of(s) + s->match_end;
    const uint32_t *const full = matches_of(s) + s->level->effort->matches - MATCHES_MOST;
    size_t next = s->next;

    insert_skipped(s, &t);
    for (; next < stop; next++) {
        const uint8_t *const at = t.data + next;
        const size_t left = s->filled - next;
        const unsigned most = left < MATCH_MAX ? (unsigned)left : MATCH_MAX;

        counts[next] = 0;
        if (left < TREE_HASHED) {
            s->skipped++;
            s->covered = 0;
        } else if (s->covered > 0 || match > full) {
            /* What lies inside a long match is not looked at. */
            if (left >= LOOKAHEAD)
                tree_find_fast(&t, at, false, match);
            else
                tree_find(&t, at, most, false, match);
            s->covered -= s->covered > 0;
        } else {
            uint32_t *const end = left >= LOOKAHEAD ? tree_find_fast(&t, at, true, match)
                                                    : tree_find(&t, at, most, true, match);

            counts[next] = (uint8_t)(end - match);
            match = end;
            if (counts[next] && entry_length(end[-1]) >= s->level->nice)
                s->covered = entry_length(end[-1]) - 1;
        }
    }
    s->next = next;
    s->match_end = (uint32_t)(match - matches_of(s));
}

void sluice_index_optimal(struct sluice_deflater *s)
{
    const struct tree t = tree_of(s);

    for (size_t i = 0; i + TREE_HASHED <= s->next; i++) {
        const size_t left = s->next - i;

        tree_find(&t, s->data + i, left < MATCH_MAX ? (unsigned)left : MATCH_MAX, false, NULL);
    }
}
