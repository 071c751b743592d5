/*
 * probe.c: recognising data that cannot be compressed, at the speed of memory.
 *
 * Asked only when the data before was better stored. The bytes must be about equally frequent, which their squares
 * tell, and a few looks into the hash tables must find nothing that came before. Repeats shorter than a chunk may
 * escape them.
 */
#include "deflate/state.h"

#include <string.h>

enum {
    STRIDE = 64,       /* every so many positions one is put into the tables */
    LOOKS = STRIDE,    /* positions in a row that are looked up: one is as far from a multiple as the other was */

    SAMPLED = CHUNK / 4, /* bytes that are counted: eight of every 32 */

    /*
     * Random bytes give SAMPLED^2 / 256 + SAMPLED, 5,120, give or take a hundred. A tenth more is worth less than
     * one bit in ten bytes, which the header of a block outweighs.
     */
    SQUARES_MOST = 5700
};

/* Counts a byte. Gives how many there were before. */
static inline uint32_t count(uint16_t *counts, uint8_t byte)
{
    return counts[byte]++;
}

/*
 * The sum of the squares of how often each byte occurs; it may stop as soon as that is too much. One more of what there
 * were n of adds 2 n + 1.
 */
static uint32_t squares(const uint8_t *data, size_t ahead)
{
    uint16_t counts[256];
    uint32_t before = 0;

    _Static_assert(SAMPLED <= UINT16_MAX, "a count fits");
    memset(counts, 0, sizeof counts);
    for (const uint8_t *at = data; at < data + CHUNK && before <= SQUARES_MOST / 2; at += 32) {
        __builtin_prefetch(at + ahead);
        before += count(counts, at[0]);
        before += count(counts, at[1]);
        before += count(counts, at[2]);
        before += count(counts, at[3]);
        before += count(counts, at[4]);
        before += count(counts, at[5]);
        before += count(counts, at[6]);
        before += count(counts, at[7]);
    }
    return 2 * before + SAMPLED;
}

bool sluice_looks_random(struct sluice_deflater *s)
{
    const size_t begin = s->next;

    if (squares(s->data + begin, s->filled - begin < 2 * CHUNK ? 0 : CHUNK) > SQUARES_MOST)
        return false;
    for (size_t at = begin; at < begin + LOOKS; at++) {
        if (s->level->method->probe(s, at)) {
            /* What has been looked at is in the tables and must not be put there again: it stays literals. */
            s->next = at + 1;
            if (s->mapped < s->next)
                s->mapped = s->next;
            return false;
        }
    }
    for (size_t at = begin + LOOKS; at < begin + CHUNK; at += STRIDE)
        s->level->method->probe(s, at);
    return true;
}
