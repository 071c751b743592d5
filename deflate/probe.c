/*
 * probe.c: recognising data that cannot be compressed, at the speed of memory.
 *
 * Asked only when the data before was better stored. The bytes must be about equally frequent, which their squares
 * tell, and a few looks into the hash tables must find nothing that came before. Repeats shorter than a chunk may
 * escape them.
 */
#include "deflate/format/bytes.h"
#include "deflate/state.h"

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

static uint32_t squares(const uint8_t *data)
{
    uint16_t count[2][256] = {{0}}; /* two, so that equal bytes in a row do not wait for each other */
    int32_t sum = 0;

    _Static_assert(SAMPLED <= INT16_MAX, "a count fits");
    for (size_t i = 0; i < CHUNK; i += 32) {
        const uint64_t bytes = load64(data + i);

        for (unsigned k = 0; k < 8; k++)
            count[k % 2][bytes >> 8 * k & 255]++;
    }
    for (unsigned i = 0; i < 256; i++) {
        const int16_t n = (int16_t)(count[0][i] + count[1][i]); /* signed, since then vectors have an instruction */

        sum += n * n;
    }
    return (uint32_t)sum;
}

bool sluice_looks_random(struct sluice_deflater *s)
{
    const size_t begin = s->next;

    if (squares(s->data + begin) > SQUARES_MOST)
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
