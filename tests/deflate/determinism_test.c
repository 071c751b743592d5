/*
 * The same input, options and version give the same bytes on every machine, with and without SIMD, by every compiler.
 *
 * The table says which. It is updated on purpose only, when the encoder is meant to write something else: the test
 * prints the lines that it should have.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_SIZE = 600000, LEVELS = SLUICE_LEVEL_STRONGEST + 1, STRATEGIES = 4 };

static const char *const by_level[LEVELS] = {
    "1e1c7516c68592ef78e89c78b9e99d4d4aad92106ff87229999f830bb97af94a",
    "57e29cfc2dfed4d1fc3dea4abbaf1c9b3174247dd84c3ff558b644a063963ad9",
    "0c517d53061f956336a16e090079248bf355c383b7ca187ce25e73ceec47fa44",
    "d38bcb09fcc5d7f3670cd08636e6792ea6b2db503abc37a56ea7e220739965c3",
    "be6794aa043451f4bf9d605066f073d33194520665175fe55df19658a03dee65",
    "5c0e79880f4a331071174a504d60c2de1dc9ddc910fdf1dacb2afbb974ada991",
    "bc6a3b1fd5ae362d74f8fc4be9f774b96d97a33015f12e1c4fdb907ee16e7373",
    "c38e7f17264ea912f13e0c1770eaa13377ca1d2a5cee7644882c1f9521a0af41",
    "8059a491ce5cb545af56773fec546f8a23340b1cef6a63cc59c78dc351c1c329",
    "ba8be25488e31f99427623630520b2d27b02458b13454fa0bbc5cf99d29650b0",
    "271c8cc2f355904249fa73533f41d7aa3f9f0d355579cdb410857874dddf52f1",
    "977671adefe07fa86e1715651e76e70d76e5666378d5ec67bc2bf4427ef365f2",
    "bcb43ab9617c12926976c59d629d530ffe08a2c948473c816ada9db4b01fba91",
};

static const char *const by_strategy[STRATEGIES] = {
    "bc6a3b1fd5ae362d74f8fc4be9f774b96d97a33015f12e1c4fdb907ee16e7373",
    "b9f7afa470c524cb01e79f33985bed43d663754ca37ae47608892a2130a14c1c",
    "10448e9909331ef6ce0e89bebd9c7bf3398db3f1f57219ba79ee73129188fc12",
    "3e709dfd5ea6c9cb6a8f1f8dc3c8ad9224bf4dd55265e432c73a19bc9f08a148",
};

static const char *const flushed = "070fa3a95b221ced6df07e8f02fd24e143ce95ecd1f8799eddac626a289df9c0";

/* Words, records of numbers, runs, noise, and copies of all that from near and far. */
static uint8_t *make_input(void)
{
    uint8_t *const input = malloc(INPUT_SIZE);
    uint64_t random = 2026;
    size_t at = 0;

    while (at < INPUT_SIZE) {
        const size_t end = at + 500 + check_random(&random) % 30000 < INPUT_SIZE
                               ? at + 500 + (size_t)(check_random(&random) % 20000)
                               : INPUT_SIZE;
        const unsigned kind = (unsigned)(check_random(&random) % 6);
        const size_t distance = at ? 1 + (size_t)(check_random(&random) % (at < 70000 ? at : 70000)) : 1;
        uint32_t number = (uint32_t)check_random(&random);

        for (size_t begin = at; at < end && at < INPUT_SIZE; at++) {
            const uint64_t r = check_random(&random);

            if (kind == 0)
                input[at] = (uint8_t)(r % 6 == 0 ? ' ' : 'a' + (r >> 8) % (1 + (r >> 16) % 26));
            else if (kind == 1 && (at - begin) % 8 < 4)
                input[at] = (uint8_t)(number >> 8 * ((at - begin) % 4));
            else if (kind == 1)
                number += (uint32_t)(r % 3), input[at] = 0;
            else if (kind == 2)
                input[at] = (uint8_t)(r % 200 == 0 ? r >> 8 : 'x');
            else if (kind == 3)
                input[at] = (uint8_t)(r >> 32);
            else
                input[at] = r % 50 == 0 || at < distance ? (uint8_t)(r >> 8) : input[at - distance];
        }
    }
    return input;
}

/* Checks what the options make of the input, flushed every `piece` bytes unless that is 0. */
static void gives(const uint8_t *input, int level, sluice_strategy strategy, size_t piece, const char *want)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    const size_t room = sluice_compress_bound(INPUT_SIZE, SLUICE_ZLIB) + INPUT_SIZE / 10;
    uint8_t *const data = malloc(room);
    sluice_output out = {data, room, 0};
    sluice_deflater *deflater;
    char hex[65];

    options.level = level;
    options.strategy = strategy;
    deflater = sluice_deflate_new(&options, NULL);
    for (size_t at = 0, n; at < INPUT_SIZE; at += n) {
        sluice_input in;

        n = piece && piece < INPUT_SIZE - at ? piece : INPUT_SIZE - at;
        in = (sluice_input){input + at, n, 0};
        CHECK(sluice_deflate(deflater, &in, &out, at + n < INPUT_SIZE ? SLUICE_FLUSH_SYNC : SLUICE_FLUSH_FINISH) >= 0);
    }
    sha256_hex(hex, data, out.pos);
    check_context("level %d, strategy %d, flushed every %zu bytes: %zu bytes", level, (int)strategy, piece, out.pos);
    if (!CHECK(strcmp(hex, want) == 0))
        printf("    \"%s\",\n", hex);
    sluice_deflate_free(deflater);
    free(data);
}

int main(void)
{
    uint8_t *const input = make_input();

    for (int level = 0; level < LEVELS; level++)
        gives(input, level, SLUICE_STRATEGY_DEFAULT, 0, by_level[level]);
    for (int strategy = 0; strategy < STRATEGIES; strategy++)
        gives(input, 6, (sluice_strategy)strategy, 0, by_strategy[strategy]);
    gives(input, 6, SLUICE_STRATEGY_DEFAULT, 1000, flushed);
    free(input);
    return check_report("deflate/determinism");
}
