/*
 * slow.c: inputs that are made to slow an encoder down: all levels of all encoders on each, to see that none collapses.
 */
#include "deflate/match.h"
#include "tests/bench/encoders.h"

#include <stdio.h>
#include <string.h>

enum { SLOW_SIZE = 1 << 20 };

/* xorshift64*, so that every machine makes the same */
static uint32_t draw(uint64_t *random, uint32_t below)
{
    *random ^= *random >> 12;
    *random ^= *random << 25;
    *random ^= *random >> 27;
    return (uint32_t)((*random * UINT64_C(0x2545f4914f6cdd1d) >> 33) % below);
}

static void make_zeros(uint8_t *to, size_t size) { memset(to, 0, size); }

static void make_noise(uint8_t *to, size_t size)
{
    uint64_t random = 1;

    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)draw(&random, 256);
}

static void repeat(uint8_t *to, size_t size, size_t period)
{
    make_noise(to, period);
    for (size_t i = period; i < size; i++)
        to[i] = to[i - period];
}

static void make_period_3(uint8_t *to, size_t size) { repeat(to, size, 3); }
static void make_period_1000(uint8_t *to, size_t size) { repeat(to, size, 1000); }
static void make_period_30000(uint8_t *to, size_t size) { repeat(to, size, 30000); }

/* The same 300 bytes over and over, with another byte of them changed each time: all match nearly, none far. */
static void make_one_difference(uint8_t *to, size_t size)
{
    uint64_t random = 2;

    repeat(to, size, 300);
    for (size_t i = 0; i + 300 <= size; i += 300)
        to[i + draw(&random, 300)] ^= (uint8_t)(1 + draw(&random, 255));
}

static void make_two_letters(uint8_t *to, size_t size)
{
    uint64_t random = 3;

    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)('a' + draw(&random, 2));
}

/* Runs of one letter, each of another length, with another letter between: chains as long as the window. */
static void make_runs(uint8_t *to, size_t size)
{
    uint64_t random = 4;

    memset(to, 'a', size);
    for (size_t i = 0; i < size; i += 1 + draw(&random, 400))
        to[i] = 'b';
}

/* Four bytes that come again and again, and never twice with the same four behind them. */
static void make_one_prefix(uint8_t *to, size_t size)
{
    uint64_t random = 5;

    for (size_t i = 0; i < size; i++)
        to[i] = i % 8 < 4 ? (uint8_t)"once"[i % 8] : (uint8_t)draw(&random, 256);
}

/*
 * Strings of four bytes that the encoder's own hash takes for the same: those whose product with its factor is small.
 */
static void make_collisions(uint8_t *to, size_t size)
{
    uint32_t inverse = 1;
    uint64_t random = 6;

    for (int i = 0; i < 5; i++) /* Newton's iteration: each step doubles the bits that are right */
        inverse *= 2 - hash4(1, 32) * inverse;
    for (size_t i = 0; i + 4 <= size; i += 4)
        store32(to + i, draw(&random, 1 << 16) * inverse);
}

/* Each string of three of 64 letters once, by the greedy rule, and then again. */
static void make_de_bruijn(uint8_t *to, size_t size)
{
    enum { LETTERS = 64, STRINGS = LETTERS * LETTERS * LETTERS };
    static uint8_t next[LETTERS * LETTERS];
    uint32_t state = 0;

    memset(next, LETTERS, sizeof next);
    for (size_t i = 0; i < size; i++) {
        if (i % STRINGS == 0)
            memset(next, LETTERS, sizeof next);
        if (next[state] == 0)
            next[state] = LETTERS;
        to[i] = (uint8_t)(' ' + --next[state]);
        state = (state * LETTERS + next[state]) % (LETTERS * LETTERS);
    }
}

static const struct {
    const char *name;
    void (*make)(uint8_t *to, size_t size);
} inputs[] = {
    {"zeros", make_zeros},
    {"noise", make_noise},
    {"a period of 3", make_period_3},
    {"a period of 1,000", make_period_1000},
    {"a period of 30,000", make_period_30000},
    {"300 bytes, one of them changed each time", make_one_difference},
    {"two letters", make_two_letters},
    {"runs of one letter", make_runs},
    {"one prefix of four bytes", make_one_prefix},
    {"strings of one hash", make_collisions},
    {"de Bruijn, 64 letters, order 3", make_de_bruijn},
};

void bench_slow(const struct bench *bench)
{
    struct corpus made = {0};

    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        uint8_t *const data = bench_alloc(SLOW_SIZE);

        inputs[i].make(data, SLOW_SIZE);
        corpus_add(&made, inputs[i].name, data, SLOW_SIZE);
    }

    struct encoder_race *race = encoders_race(bench, &made, (struct manner){0});

    printf("\n## inputs made to take an encoder long, whole buffer, %d bytes each\nMB/s at each level\n", SLOW_SIZE);
    for (size_t f = 0; f < made.count; f++) {
        printf("\n%s\n", made.files[f].name);
        for (size_t i = 0; i < race->count; i++) {
            if (i == 0 || race->jobs[i].codec != race->jobs[i - 1].codec)
                printf("%s%-12s", i ? "\n" : "", race->jobs[i].codec->name);
            printf(" %2d:%-6.4g", race->jobs[i].level,
                   race->contenders[i].failed ? 0 : SLOW_SIZE / race->contenders[i].seconds[f] / 1e6);
        }
        printf("\n");
    }
    fflush(stdout);
    encoders_free(race);
    corpus_free(&made);
}
