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
    "2fb4f46739ee50a35b214af2bb1cbb45adeaf29d51afdfaa429f1ae1dcf13d40",
    "7d257a711e88ea5d856fb8c71f16ba0b95396b92eb7c882e5988d949753e5353",
    "3439a826dfb94507d11ed7b59619b81fa99bc5827b0a1ac722f1dbe4a3d524b6",
    "61fec609410999678c9b57c3fcd896ede976c69bf14cf6007521b92ebb9c2323",
    "a6fcb545ff8c6ca81ca77c20c0bfa4a312953e49a4da8fdc2802be15822ba5c7",
    "1ccc3c58a7637a326da0f5722f7b0ab8b8842571a28649298e076df507825b69",
    "1cd1ac4d30cec35137fdc3b5b477f545132d49d19837b3e798e301a3b421db56",
    "0876fe7a00da51ae7c47b0ac4b2be7e35099864788f3ad937201057e3e82c5c9",
    "236d0188f2a004c2ff79e885943b6d6b2efdcc45af9a236f9ae824bd9c97b844",
    "24e47cf323e5e27c7e98dfc24f11da639d49565afd76a134619a209cbc648360",
    "ce49d29e9636df119ffe8dea92e48f24ce85e0b63cf5113b595bf31a8b0c66d1",
    "bcb43ab9617c12926976c59d629d530ffe08a2c948473c816ada9db4b01fba91",
};

static const char *const by_strategy[STRATEGIES] = {
    "1ccc3c58a7637a326da0f5722f7b0ab8b8842571a28649298e076df507825b69",
    "9031d4ac6500a9facff98b844f578fbb59dc05b81ac7c89601a477bce4ae4428",
    "6b07dd090c1c68c02ae76973cd82b651caf6aeb38f8676a5df69b7295353e5c3",
    "173a3fee998e61f156e2f6744855e67ff3a0696710e1f8ac234a105beb2ab199",
};

static const char *const flushed = "7c0dca2a1571824755e81bec6d84c25de3e6c1ecc917c107d49c1ab72d240088";

/* Words, records of numbers, runs, noise, and copies of all that from near and far. */
static uint8_t *make_input(void)
{
    uint8_t *const input = malloc(INPUT_SIZE);
    uint64_t random = 2026;
    size_t at = 0;

    while (at < INPUT_SIZE) {
        const size_t end = at + 500 + check_random(&random) % 30000 < INPUT_SIZE
                               ? at + 500 + check_random(&random) % 20000
                               : INPUT_SIZE;
        const unsigned kind = (unsigned)(check_random(&random) % 6);
        const size_t distance = at ? 1 + check_random(&random) % (at < 70000 ? at : 70000) : 1;
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
