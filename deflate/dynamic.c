/*
 * dynamic.c: see dynamic.h.
 *
 * Code lengths are sent in a code of their own, the precode, in which some symbols stand for repetitions. Which are
 * best to use depends on the lengths in the precode, and these on which are used. So a first choice is made as if all
 * were equal; and then, if time is no matter, the best choice for the precode that comes of it, again and again.
 *
 * The lengths that are best for the data are not always best altogether: where neighbours have nearly the same
 * frequency, making them equal costs the data little and may save more in the header.
 */
#include "deflate/dynamic.h"
#include "deflate/format/bytes.h"
#include "deflate/huffman.h"

#include <string.h>

enum {
    LENGTHS = LITLEN_SYMBOLS + DISTANCE_SYMBOLS,
    ROUNDS = 4, /* after which little changes */

    /* What repetitions reach, and their extra bits */
    COPY_LEAST = 3,
    COPY_MOST = 6,
    COPY_EXTRA = 2,
    ZEROS_LEAST = 3,
    ZEROS_MOST = 10,
    ZEROS_EXTRA = 3,
    ZEROS_LONG_LEAST = 11,
    ZEROS_LONG_MOST = 138,
    ZEROS_LONG_EXTRA = 7,

    SMOOTH_LEAST = 4 /* neighbours that are made equal; for fewer a repetition saves nothing */
};

/* Items as the writer takes them: symbol | extra << 5. */
struct items {
    uint16_t item[LENGTHS];
    unsigned n;
    uint32_t frequency[PRECODE_SYMBOLS];
};

static inline void put_item(struct items *items, unsigned symbol, unsigned extra)
{
    items->frequency[symbol]++;
    items->item[items->n++] = (uint16_t)(symbol | extra << 5);
}

/* A run of equal lengths, as if all items cost the same. */
static void put_run(struct items *items, unsigned length, unsigned same)
{
    if (length == 0) {
        while (same >= ZEROS_LONG_LEAST) {
            const unsigned repeat = same < ZEROS_LONG_MOST ? same : ZEROS_LONG_MOST;

            put_item(items, PRECODE_ZEROS_LONG, repeat - ZEROS_LONG_LEAST);
            same -= repeat;
        }
        if (same >= ZEROS_LEAST) {
            put_item(items, PRECODE_ZEROS, same - ZEROS_LEAST);
            same = 0;
        }
    } else {
        put_item(items, length, 0);
        same--;
        while (same >= COPY_LEAST) {
            /* Not 6 of 7 or 8, which would leave one or two by themselves */
            const unsigned repeat = same == 7 ? 4 : same == 8 ? 5 : same < COPY_MOST ? same : COPY_MOST;

            put_item(items, PRECODE_COPY, repeat - COPY_LEAST);
            same -= repeat;
        }
    }
    for (; same > 0; same--)
        put_item(items, length, 0);
}

/* How a run is made up: of repetitions, long ones (of zeros alone) and short ones, and single items for the rest. */
struct run_parts {
    unsigned longs, shorts, singles;
    uint32_t cost;
};

/* What so many long and short repetitions leave to single items, if a run of n is not too short for them. */
static void try_parts(struct run_parts *best, unsigned n, unsigned longs, unsigned shorts, const uint8_t *bits,
                      unsigned length)
{
    const unsigned least = length ? COPY_LEAST : ZEROS_LEAST, most = length ? COPY_MOST : ZEROS_MOST;
    const unsigned covered = ZEROS_LONG_MOST * longs + most * shorts;
    const unsigned singles = covered < n ? n - covered : 0;
    const uint32_t cost = longs * bits[PRECODE_ZEROS_LONG] +
                          shorts * bits[length ? PRECODE_COPY : PRECODE_ZEROS] + singles * bits[length];

    if (ZEROS_LONG_LEAST * longs + least * shorts <= n && cost < best->cost)
        *best = (struct run_parts){longs, shorts, singles, cost};
}

/*
 * A run of equal lengths in the fewest bits, when the symbols of the precode take `bits` with their extra bits. Only
 * the number of each kind of item counts, and the cost is linear in it: so of short repetitions there are none, or as
 * many as the run is long enough for, or one more for what is left over.
 */
static void put_run_best(struct items *items, unsigned length, unsigned same, const uint8_t *bits)
{
    const unsigned least = length ? COPY_LEAST : ZEROS_LEAST, most = length ? COPY_MOST : ZEROS_MOST;
    struct run_parts best = {0, 0, 0, UINT32_MAX};

    if (length != 0) {
        put_item(items, length, 0);
        same--;
    }
    for (unsigned longs = 0; longs == 0 || (length == 0 && ZEROS_LONG_MOST * (longs - 1) < same); longs++) {
        const unsigned covered = ZEROS_LONG_MOST * longs, left = same > covered ? same - covered : 0;

        try_parts(&best, same, longs, 0, bits, length);
        try_parts(&best, same, longs, left / most, bits, length);
        try_parts(&best, same, longs, left / most + 1, bits, length);
    }
    for (same -= best.singles; best.longs > 0; best.longs--) {
        const unsigned others = ZEROS_LONG_LEAST * (best.longs - 1) + least * best.shorts;
        const unsigned r = same - others < ZEROS_LONG_MOST ? same - others : ZEROS_LONG_MOST;

        put_item(items, PRECODE_ZEROS_LONG, r - ZEROS_LONG_LEAST);
        same -= r;
    }
    for (; best.shorts > 0; best.shorts--) {
        const unsigned others = least * (best.shorts - 1), r = same - others < most ? same - others : most;

        put_item(items, length ? PRECODE_COPY : PRECODE_ZEROS, r - least);
        same -= r;
    }
    for (; best.singles > 0; best.singles--)
        put_item(items, length, 0);
}

/* How many lengths from the first on are equal to it. Something else lies behind the last, and seven bytes more. */
static unsigned run_at(const uint8_t *lengths)
{
    const uint64_t first = lengths[0] * UINT64_C(0x0101010101010101);
    unsigned same = 0;
    uint64_t difference;

    while ((difference = load64(lengths + same) ^ first) == 0)
        same += 8;
    return same + (unsigned)__builtin_ctzll(difference) / 8;
}

/* `bits` NULL: as if all items cost the same. Behind the n lengths there is what run_at() asks for. */
static void make_items(struct items *items, const uint8_t *lengths, unsigned n, const uint8_t *bits)
{
    items->n = 0;
    memset(items->frequency, 0, sizeof items->frequency);
    for (unsigned i = 0, same; i < n; i += same) {
        same = run_at(lengths + i);
        if (bits)
            put_run_best(items, lengths[i], same, bits);
        else
            put_run(items, lengths[i], same);
    }
}

/* The bits that items take with the precode that is best for them. */
static uint32_t make_precode(const struct items *items, uint8_t *precode, unsigned *hclen)
{
    uint32_t bits = COPY_EXTRA * items->frequency[PRECODE_COPY] + ZEROS_EXTRA * items->frequency[PRECODE_ZEROS] +
                    ZEROS_LONG_EXTRA * items->frequency[PRECODE_ZEROS_LONG];

    bits += (uint32_t)sluice_huffman_lengths(precode, items->frequency, PRECODE_SYMBOLS, PRECODE_BITS_MAX);
    for (*hclen = PRECODE_SYMBOLS; *hclen > 4 && precode[sluice_precode_order[*hclen - 1]] == 0;)
        --*hclen;
    return bits + 3 * *hclen;
}

/* The header for these code lengths. Gives its bits. */
static uint32_t make_header(struct dynamic *dynamic, const uint8_t *litlen, const uint8_t *distance, bool thorough)
{
    uint8_t lengths[LENGTHS + 8], precode[PRECODE_SYMBOLS];
    unsigned hlit = LITLEN_SYMBOLS, hdist = DISTANCE_SYMBOLS, hclen;
    uint32_t least = UINT32_MAX;
    struct items items;

    while (litlen[hlit - 1] == 0)
        hlit--;
    while (distance[hdist - 1] == 0)
        hdist--;
    memcpy(lengths, litlen, hlit);
    memcpy(lengths + hlit, distance, hdist);
    memset(lengths + hlit + hdist, UINT8_MAX, 8);
    make_items(&items, lengths, hlit + hdist, NULL);
    for (unsigned round = 0;; round++) {
        const uint32_t bits = make_precode(&items, precode, &hclen);
        const bool better = bits < least;

        if (better) {
            least = bits;
            dynamic->hclen = (uint16_t)hclen;
            dynamic->items = (uint16_t)items.n;
            memcpy(dynamic->item, items.item, items.n * sizeof *items.item);
            memcpy(dynamic->precode, precode, sizeof precode);
        }
        if (!thorough || !better || round == ROUNDS)
            break;
        for (unsigned i = 0; i < PRECODE_SYMBOLS; i++)
            if (precode[i] == 0)
                precode[i] = PRECODE_BITS_MAX;
        precode[PRECODE_COPY] = (uint8_t)(precode[PRECODE_COPY] + COPY_EXTRA);
        precode[PRECODE_ZEROS] = (uint8_t)(precode[PRECODE_ZEROS] + ZEROS_EXTRA);
        precode[PRECODE_ZEROS_LONG] = (uint8_t)(precode[PRECODE_ZEROS_LONG] + ZEROS_LONG_EXTRA);
        make_items(&items, lengths, hlit + hdist, precode);
    }
    dynamic->hlit = (uint16_t)hlit;
    dynamic->hdist = (uint16_t)hdist;
    return 3 + 5 + 5 + 4 + least;
}

/* Makes neighbours equal that differ by no more than 1 in `part`. */
static void smooth(uint32_t *frequency, unsigned symbols, unsigned part)
{
    for (unsigned i = 0, n; i < symbols; i += n) {
        uint64_t sum = frequency[i];
        uint32_t low = frequency[i], high = low;

        for (n = 1; i + n < symbols; n++) {
            const uint32_t f = frequency[i + n];
            const uint32_t l = f < low ? f : low, h = f > high ? f : high;

            if (l == 0 || (uint64_t)(h - l) * part > h + 2 * part)
                break;
            low = l;
            high = h;
            sum += f;
        }
        if (n >= SMOOTH_LEAST)
            for (unsigned k = i; k < i + n; k++)
                frequency[k] = (uint32_t)((sum + n / 2) / n);
    }
}

static uint64_t bits_of(const struct statistics *of, const uint8_t *litlen, const uint8_t *distance)
{
    uint64_t bits = 0;

    for (unsigned i = 0; i < LITLEN_SYMBOLS; i++)
        bits += (uint64_t)of->litlen[i] * litlen[i];
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        bits += (uint64_t)of->distance[i] * distance[i];
    return bits;
}

uint64_t sluice_dynamic(struct dynamic *dynamic, const struct statistics *of, uint8_t *litlen, uint8_t *distance,
                        enum dynamic_effort effort)
{
    static const unsigned parts[] = {2, 4, 8};
    uint64_t least = sluice_huffman_lengths(litlen, of->litlen, LITLEN_SYMBOLS, LITLEN_LIMIT) +
                     sluice_huffman_lengths(distance, of->distance, DISTANCE_SYMBOLS, CODE_BITS_MAX);

    least += make_header(dynamic, litlen, distance, effort != DYNAMIC_QUICK);
    for (unsigned i = 0; effort == DYNAMIC_SMOOTH && i < sizeof parts / sizeof parts[0]; i++) {
        uint8_t other_litlen[LITLEN_SYMBOLS], other_distance[DISTANCE_SYMBOLS];
        struct statistics even = *of;
        struct dynamic other;
        uint64_t bits;

        smooth(even.litlen, LITLEN_SYMBOLS, parts[i]);
        smooth(even.distance, DISTANCE_SYMBOLS, parts[i]);
        sluice_huffman_lengths(other_litlen, even.litlen, LITLEN_SYMBOLS, LITLEN_LIMIT);
        sluice_huffman_lengths(other_distance, even.distance, DISTANCE_SYMBOLS, CODE_BITS_MAX);
        bits = make_header(&other, other_litlen, other_distance, true) + bits_of(of, other_litlen, other_distance);
        if (bits < least) {
            least = bits;
            *dynamic = other;
            memcpy(litlen, other_litlen, sizeof other_litlen);
            memcpy(distance, other_distance, sizeof other_distance);
        }
    }
    return least;
}
