/*
 * worst.c: streams that are made to take long. What a decoder promises about time is a bound in nanoseconds for each
 * byte that goes in or comes out: here is how near the worst streams that we know come to it, ours beside the others.
 *
 * Streams are raw. A decoder that refuses one, or makes another length of it than ours, has no figure.
 */
#include "tests/bench/bench.h"
#include "tests/support/bits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    INPUT = 1 << 18,    /* bytes of a stream, about */
    OUTPUT = 1 << 24,   /* what it decodes to at most */
    ROOM_BEHIND = 1 << 16,
    LITLEN = 286, DISTANCES = 30, PRECODE = 19
};

static const uint8_t precode_order[PRECODE] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

/* ---- Parts of a stream ---- */

static void put_last_block(struct bit_writer *w)
{
    bits_put(w, 1 | 1 << 1, 3);
    bits_put_codeword(w, 0, 7);
}

/* The header of a dynamic block; each length is written with a codeword of five bits, none is repeated. */
static void put_codes(struct bit_writer *w, const uint8_t *litlen, unsigned litlens, const uint8_t *distances,
                      unsigned distance_count)
{
    /* 16 of 5 bits for 0 to 15 would leave half unused: 13 of 4 bits and 6 of 5 make a code for all 19. */
    static const uint8_t lengths[PRECODE] = {4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5};
    uint16_t word[PRECODE];

    bits_assign(lengths, PRECODE, word);
    bits_put(w, 2 << 1, 3);
    bits_put(w, litlens - 257, 5);
    bits_put(w, distance_count - 1, 5);
    bits_put(w, PRECODE - 4, 4);
    for (unsigned i = 0; i < PRECODE; i++)
        bits_put(w, lengths[precode_order[i]], 3);
    for (unsigned i = 0; i < litlens + distance_count; i++) {
        const unsigned length = i < litlens ? litlen[i] : distances[i - litlens];

        bits_put_codeword(w, word[length], lengths[length]);
    }
}

/* The shortest header there is: no literal, the end of the block alone, by repeated zeros. */
static void put_shortest_codes(struct bit_writer *w)
{
    /*
     * precode: 1 and 18, one bit each: "0" is 1, "1" is 18. 256 zeros are 138 + 118; one length for 256, one distance.
     */
    bits_put(w, 2 << 1, 3);
    bits_put(w, 0, 5);
    bits_put(w, 0, 5);
    bits_put(w, 18 - 4, 4);
    for (unsigned i = 0; i < 18; i++)
        bits_put(w, precode_order[i] == 18 || precode_order[i] == 1, 3);
    bits_put(w, 1, 1);
    bits_put(w, 138 - 11, 7);
    bits_put(w, 1, 1);
    bits_put(w, 118 - 11, 7);
    bits_put(w, 0, 1);
    bits_put(w, 0, 1);
}

/* 256 symbols of 8 bits, 0 without a code, by "repeat": the most symbols for the bits. No distances. */
static void put_many_codes(struct bit_writer *w)
{
    bits_put(w, 2 << 1, 3);
    bits_put(w, 0, 5);
    bits_put(w, 0, 5);
    bits_put(w, 5 - 4, 4);
    bits_put(w, 1 | 0 << 3 | 0 << 6 | 2 << 9 | 2 << 12, 15); /* 16: one bit, 0 and 8: two */
    bits_put_codeword(w, 2, 2);
    bits_put_codeword(w, 3, 2);
    for (unsigned i = 0; i < 42; i++) {
        bits_put_codeword(w, 0, 1);
        bits_put(w, 6 - 3, 2);
    }
    bits_put_codeword(w, 0, 1);
    bits_put(w, 3 - 3, 2);
    bits_put_codeword(w, 2, 2);
}

/*
 * Lengths of a complete code of `n` symbols as uneven as can be: 1, 2, 3 … and the rest of `most` bits or just above.
 */
static void uneven(uint8_t *lengths, unsigned n, unsigned most)
{
    unsigned left = 1u << most, i = 0; /* of the space of codewords, in those of `most` bits */

    for (; i < n; i++) {
        unsigned bits = 1;

        /* The longest stretch that leaves a codeword of `most` bits for each that follows. */
        while (bits < most && (left < 1u << (most - bits) || left - (1u << (most - bits)) < n - i - 1))
            bits++;
        lengths[i] = (uint8_t)bits;
        left -= 1u << (most - bits);
    }
    /* What is left goes to the last ones, which are the longest. */
    while (left > 0)
        for (i = n; i-- > 0 && left > 0;)
            if (lengths[i] > 1 && left >= 1u << (most - lengths[i])) {
                left -= 1u << (most - lengths[i]);
                lengths[i]--;
            }
}

/* ---- The streams: each fills w until it has INPUT bytes or would decode to more than OUTPUT ---- */

static void empty_stored(struct bit_writer *w)
{
    while (bits_bytes(w) < INPUT) {
        bits_put(w, 0, 3);
        bits_align(w, 0);
        bits_put(w, 0xffff0000, 32);
    }
}

static void stored_bytes(struct bit_writer *w)
{
    while (bits_bytes(w) < INPUT) {
        bits_put(w, 0, 3);
        bits_align(w, 0);
        bits_put(w, 0xfffe0001, 32);
        bits_put(w, 'x', 8);
    }
}

static void empty_fixed(struct bit_writer *w)
{
    while (bits_bytes(w) < INPUT) {
        bits_put(w, 1 << 1, 3);
        bits_put_codeword(w, 0, 7);
    }
}

static void empty_dynamic(struct bit_writer *w)
{
    while (bits_bytes(w) < INPUT) {
        put_shortest_codes(w);
        bits_put(w, 0, 1);
    }
}

/* Fixed and dynamic in turn: the tables of the fixed codes are built each time. */
static void fixed_after_dynamic(struct bit_writer *w)
{
    while (bits_bytes(w) < INPUT) {
        put_shortest_codes(w);
        bits_put(w, 0, 1);
        bits_put(w, 1 << 1, 3);
        bits_put_codeword(w, 0, 7);
    }
}

static void many_codes(struct bit_writer *w)
{
    while (bits_bytes(w) < INPUT) {
        put_many_codes(w);
        bits_put_codeword(w, 255, 8);
    }
}

/* Blocks with codes of all symbols, as uneven as can be, of which only the end of the block is used. */
static void large_codes(struct bit_writer *w)
{
    uint8_t litlen[LITLEN], distances[DISTANCES], swap;
    uint16_t word[LITLEN];

    uneven(litlen, LITLEN, 15);
    swap = litlen[256]; /* the end of the block gets the shortest */
    litlen[256] = litlen[0];
    litlen[0] = swap;
    uneven(distances, DISTANCES, 15);
    bits_assign(litlen, LITLEN, word);
    while (bits_bytes(w) < INPUT) {
        put_codes(w, litlen, LITLEN, distances, DISTANCES);
        bits_put_codeword(w, word[256], litlen[256]);
    }
}

/* One block of matches or literals whose codewords are the longest: every look-up goes through a subtable. */
static void long_codewords(struct bit_writer *w, bool matches)
{
    uint8_t litlen[LITLEN], distances[DISTANCES];
    uint16_t word[LITLEN], distance_word[DISTANCES];
    uint64_t random = 5;

    uneven(litlen, LITLEN, 15);
    if (!matches) /* the long ones to the literals */
        for (unsigned i = 0; i < LITLEN / 2; i++) {
            const uint8_t swap = litlen[i];

            litlen[i] = litlen[LITLEN - 1 - i];
            litlen[LITLEN - 1 - i] = swap;
        }
    uneven(distances, DISTANCES, 15);
    bits_assign(litlen, LITLEN, word);
    bits_assign(distances, DISTANCES, distance_word);
    put_codes(w, litlen, LITLEN, distances, DISTANCES);
    for (unsigned i = 0; i < 32768; i++)
        bits_put_codeword(w, word[i % 100], litlen[i % 100]);
    while (bits_bytes(w) < INPUT) {
        const unsigned r = (unsigned)(random = random * 6364136223846793005u + 1442695040888963407u, random >> 33);
        const unsigned literal = r % 100, symbol = 257 + r % 8, far = 18 + r % 11;
        unsigned base, extra;

        if (!matches) {
            bits_put_codeword(w, word[literal], litlen[literal]);
            continue;
        }
        bits_put_codeword(w, word[symbol], litlen[symbol]);
        bits_distance_symbol(far, &base, &extra);
        bits_put_codeword(w, distance_word[far], distances[far]);
        bits_put(w, r >> 8, extra);
    }
    bits_put_codeword(w, word[256], litlen[256]);
}

static void long_literals(struct bit_writer *w) { long_codewords(w, false); }
static void long_matches(struct bit_writer *w) { long_codewords(w, true); }

/* Fixed codes: `length`s at distances in turn; nothing else after the first bytes. */
static void fixed_matches(struct bit_writer *w, unsigned symbol, unsigned distance_symbol, unsigned alternate)
{
    size_t put = 32768;
    unsigned base, extra, length, length_extra;

    bits_put(w, 1 << 1, 3);
    for (unsigned i = 0; i < 32768; i++)
        bits_put_codeword(w, 0x30 + i * 37 % 100, 8);
    bits_length_symbol(symbol, &length, &length_extra);
    for (unsigned i = 0; bits_bytes(w) < INPUT && put < OUTPUT; i++) {
        const unsigned d = i % 2 ? alternate : distance_symbol;

        /* codewords: 256 to 279 have seven bits from 0 on, 280 to 287 eight from 0xc0 on */
        bits_put_codeword(w, symbol < 280 ? symbol - 256 : 0xc0 + symbol - 280, symbol < 280 ? 7 : 8);
        bits_put(w, 0, length_extra);
        bits_distance_symbol(d, &base, &extra);
        bits_put_codeword(w, d, 5);
        bits_put(w, i * 2654435761u, extra);
        put += length;
    }
    bits_put_codeword(w, 0, 7);
}

static void short_near(struct bit_writer *w) { fixed_matches(w, 257, 0, 0); }
static void short_far(struct bit_writer *w) { fixed_matches(w, 257, 28, 28); }
static void short_overlapping(struct bit_writer *w) { fixed_matches(w, 264, 1, 2); }
static void long_near(struct bit_writer *w) { fixed_matches(w, 285, 0, 0); }
static void long_overlapping(struct bit_writer *w) { fixed_matches(w, 284, 1, 2); }
static void long_far(struct bit_writer *w) { fixed_matches(w, 285, 28, 28); }

/* Literals and short matches with no pattern that a processor could learn. */
static void unforeseeable(struct bit_writer *w)
{
    uint64_t random = 9;
    size_t put = 0;

    bits_put(w, 1 << 1, 3);
    while (bits_bytes(w) < INPUT) {
        const unsigned r = (unsigned)(random = random * 6364136223846793005u + 1442695040888963407u, random >> 33);
        unsigned base, extra;

        if (put < 40 || r & 1) {
            bits_put_codeword(w, 0x30 + (r >> 1) % 100, 8);
            put++;
            continue;
        }
        bits_put_codeword(w, 1 + (r >> 1) % 4, 7);
        bits_distance_symbol((r >> 4) % 10, &base, &extra);
        bits_put_codeword(w, (r >> 4) % 10, 5);
        bits_put(w, r >> 9, extra);
        put += 3 + (r >> 1) % 4;
    }
    bits_put_codeword(w, 0, 7);
}

static const struct worst {
    const char *name;
    void (*put)(struct bit_writer *w);
} worsts[] = {
    {"empty stored blocks", empty_stored},
    {"stored blocks of one byte", stored_bytes},
    {"empty fixed blocks", empty_fixed},
    {"empty dynamic blocks", empty_dynamic},
    {"fixed, dynamic, empty", fixed_after_dynamic},
    {"many codes, empty blocks", many_codes},
    {"uneven codes, empty blocks", large_codes},
    {"literals of 9 to 15 bits", long_literals},
    {"long codes, short far matches", long_matches},
    {"3 bytes from distance 1", short_near},
    {"3 bytes from far", short_far},
    {"10 bytes, distances 2 and 3", short_overlapping},
    {"258 bytes from distance 1", long_near},
    {"227 bytes, distances 2 and 3", long_overlapping},
    {"258 bytes from far", long_far},
    {"unforeseeable", unforeseeable},
};

enum { WORSTS = sizeof worsts / sizeof worsts[0] };

/* ---- The race ---- */

struct job {
    const struct codec *codec;
    void *decoder;
    struct sample_file stream;
    size_t size;
    uint8_t *out;
};

static bool run(void *arg, size_t item)
{
    struct job *j = arg;

    (void)item;
    return j->codec->decompress(j->decoder, j->stream.data, j->stream.size, j->out, j->size) == j->size;
}

static void race(const struct bench *bench, const struct worst *worst, uint8_t *data, uint8_t *out)
{
    struct bit_writer w = {.data = data, .size = 2 * INPUT};
    struct job jobs[MOST_PEERS];
    struct contender contenders[MOST_PEERS] = {{0}};
    size_t n = 0, size = 0;

    worst->put(&w);
    /* a byte to put out: the peers' whole-buffer calls cannot tell an empty result from a failure */
    bits_put(&w, 1 << 1, 3);
    bits_put_codeword(&w, 0x30 + 'x', 8);
    bits_put_codeword(&w, 0, 7);
    put_last_block(&w);

    for (size_t i = 0; i < bench->peer_count; i++) {
        const struct codec *codec = &bench->peers[i];
        void *decoder = codec->decoder ? codec->decoder(codec, FRAME_RAW) : NULL;

        if (!decoder)
            continue;
        jobs[n] = (struct job){codec, decoder, {NULL, data, bits_bytes(&w)}, size, out};
        if (size == 0) /* ours is the first; it takes more room than is needed */
            size = jobs[n].size = codec->decompress(decoder, data, jobs[n].stream.size, out, OUTPUT + ROOM_BEHIND);
        contenders[n] = (struct contender){.name = codec->name, .run = run, .arg = &jobs[n]};
        n++;
    }
    race_run(&bench->race, contenders, n, 1);
    printf("%-32s %8zu %9zu", worst->name, bits_bytes(&w), size);
    for (size_t i = 0; i < n; i++)
        if (contenders[i].failed)
            printf("  %10s", "-");
        else
            printf("  %10.2f", contenders[i].seconds[1] * 1e9 / (double)(bits_bytes(&w) + size));
    printf("\n");
    fflush(stdout);
    race_free(contenders, n);
}

void bench_worst(const struct bench *bench)
{
    uint8_t *const data = bench_alloc(2 * INPUT), *const out = bench_alloc(OUTPUT + ROOM_BEHIND);

    printf("\n## streams made to take long, whole buffer: ns for each byte of input and output\n");
    printf("%-32s %8s %9s", "", "input", "output");
    for (size_t i = 0; i < bench->peer_count; i++)
        if (bench->peers[i].decoder)
            printf("  %10s", bench->peers[i].name);
    printf("\n");
    for (size_t i = 0; i < WORSTS; i++)
        race(bench, &worsts[i], data, out);
    free(data);
    free(out);
}
