/* samples.c: see samples.h. */
#include "tests/support/samples.h"

#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

size_t sample_below(uint64_t *random, size_t n)
{
    return (size_t)((check_random(random) >> 20) % n);
}

static void zeros(uint8_t *to, size_t size, uint64_t seed)
{
    (void)seed;
    memset(to, 0, size);
}

void sample_random(uint8_t *to, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)(check_random(&seed) >> 40);
}

/* Sentences over a small vocabulary of made words, some far more common than others. */
void sample_text(uint8_t *to, size_t size, uint64_t seed)
{
    static const char letters[] = "etaoinshrdlucmfw";
    char words[300][12];

    for (int w = 0; w < 300; w++) {
        const size_t length = 2 + sample_below(&seed, 9);

        for (size_t i = 0; i < length; i++)
            words[w][i] = letters[sample_below(&seed, 4 * (1 + sample_below(&seed, 4)))];
        words[w][length] = 0;
    }
    for (size_t n = 0; n < size;) {
        const char *word = words[sample_below(&seed, 1 + sample_below(&seed, 300))];

        while (*word && n < size)
            to[n++] = (uint8_t)*word++;
        if (n < size)
            to[n++] = sample_below(&seed, 9) ? ' ' : '\n';
    }
}

/* Symbols that do not repeat as strings but differ in how common they are: Huffman codes alone help. */
static void skewed(uint8_t *to, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++) {
        const uint64_t x = check_random(&seed);

        to[i] = (uint8_t)(4 * __builtin_ctzll(x >> 4 | UINT64_C(1) << 50) + (int)(x >> 62));
    }
}

/* A record of which a few bytes change each time. */
static void records(uint8_t *to, size_t size, uint64_t seed)
{
    uint8_t record[24];

    sample_random(record, sizeof record, seed);
    for (size_t i = 0; i < size; i++) {
        if (i % sizeof record == 0)
            for (int change = 0; change < 3; change++)
                record[sample_below(&seed, sizeof record)] = (uint8_t)sample_below(&seed, 40);
        to[i] = record[i % sizeof record];
    }
}

void sample_two_letters(uint8_t *to, size_t size, uint64_t seed)
{
    for (size_t n = 0; n < size;) {
        size_t run = 1 + sample_below(&seed, 300);

        if (run > size - n)
            run = size - n;
        if (n > 0 && sample_below(&seed, 3)) {
            const size_t distance = 1 + sample_below(&seed, n < 2000 ? n : 2000);

            for (; run > 0; run--, n++)
                to[n] = to[n - distance];
        } else {
            for (; run > 0; run--)
                to[n++] = (uint8_t)('a' + sample_below(&seed, 2));
        }
    }
}

void sample_period(uint8_t *to, size_t size, size_t unit)
{
    sample_random(to, unit < size ? unit : size, unit);
    for (size_t i = unit; i < size; i++)
        to[i] = to[i - unit];
}

/* A string over and over, with one byte changed here and there. */
static void periodic(uint8_t *to, size_t size, uint64_t seed)
{
    sample_period(to, size, 2 + (size_t)(seed % 400));
    for (size_t i = 0; i < size; i += 300 + sample_below(&seed, 5000))
        to[i] ^= 0x80;
}

void sample_de_bruijn(uint8_t *to, size_t size, uint64_t seed)
{
    static uint8_t next[64 * 64];
    unsigned a = 0, b = (unsigned)seed % 64;

    memset(next, 63, sizeof next);
    for (size_t i = 0; i < size; i++) {
        const unsigned c = next[64 * a + b];

        next[64 * a + b] = (uint8_t)(c ? c - 1 : 63);
        to[i] = (uint8_t)(c + 32);
        a = b;
        b = c;
    }
}

/* Compressible and incompressible by turns, in stretches that are short against a block, or long. */
static void alternating(uint8_t *to, size_t size, uint64_t seed)
{
    const size_t stretch = 1 + sample_below(&seed, sample_below(&seed, 2) ? 500 : 20000);
    bool noise = true;

    for (size_t n = 0, part; n < size; n += part, noise = !noise) {
        part = 1 + sample_below(&seed, stretch);
        if (part > size - n)
            part = size - n;
        if (noise)
            sample_random(to + n, part, check_random(&seed) | 1);
        else
            sample_text(to + n, part, 5);
    }
}

/* Text, and then nothing but noise. */
static void turning(uint8_t *to, size_t size, uint64_t seed)
{
    const size_t text = size < 40960 ? size : 40960;

    sample_text(to, text, seed);
    sample_random(to + text, size - text, seed);
}

/* Noise, then all of it again from as far back as can be referred to, or one byte nearer or farther. */
static void far_copy(uint8_t *to, size_t size, uint64_t seed)
{
    const size_t distance = 32767 + sample_below(&seed, 3);

    sample_random(to, size, seed);
    for (size_t i = distance; i < size; i++)
        to[i] = to[i - distance];
}

/* Bytes that share few bits with their neighbours, and runs of 1 to 600 of one byte. */
static void runs(uint8_t *to, size_t size, uint64_t seed)
{
    for (size_t n = 0; n < size;) {
        const size_t run = 1 + sample_below(&seed, sample_below(&seed, 5) ? 8 : 600);
        const int byte = (int)sample_below(&seed, 256);

        for (size_t i = 0; i < run && n < size; i++)
            to[n++] = (uint8_t)byte;
    }
}

void sample_mixture(uint8_t *to, size_t size, uint64_t seed)
{
    const size_t longest = sample_below(&seed, 3) ? 3000 : 60000;

    for (size_t n = 0, part; n < size; n += part) {
        part = 1 + sample_below(&seed, sample_below(&seed, 3) ? 300 : longest);
        if (part > size - n)
            part = size - n;
        if (n > 0 && sample_below(&seed, 2)) {
            const size_t about = (size_t)1 << (8 + sample_below(&seed, 8));
            size_t distance = sample_below(&seed, 2) ? about - 2 + sample_below(&seed, 4)
                                                     : 1 + sample_below(&seed, about);

            distance = distance < n ? distance : n;
            for (size_t i = 0; i < part; i++)
                to[n + i] = to[n + i - distance];
        } else {
            const struct sample *const kind = &samples[sample_below(&seed, SAMPLES - 1)];

            kind->make(to + n, part, check_random(&seed) | 1);
        }
    }
}

const struct sample samples[SAMPLES] = {
    {"zeros", zeros},
    {"noise", sample_random},
    {"text", sample_text},
    {"skewed literals", skewed},
    {"records", records},
    {"two letters", sample_two_letters},
    {"periods", periodic},
    {"de Bruijn", sample_de_bruijn},
    {"alternating", alternating},
    {"text, then noise", turning},
    {"far copy", far_copy},
    {"runs", runs},
    {"mixture", sample_mixture},
};

size_t sample_sources(uint8_t *to, size_t size)
{
    static const char *const files[] = {"sluice.h", "Makefile", "deflate/deflate.c", "deflate/block.c",
                                        "deflate/state.h", "deflate/write.c", "deflate/huffman.c", "inflate/inflate.c",
                                        "inflate/block.c", "inflate/frame.c", "tests/support/reference.c"};
    size_t n = 0;

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *f = fopen(files[i], "rb");

        if (!f)
            continue;
        n += fread(to + n, 1, size - n, f);
        fclose(f);
    }
    return n;
}
