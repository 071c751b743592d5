/*
 * explain_codes.c: how a dynamic block says which codes it uses (RFC 1951 3.2.7), and how a code follows from the
 * lengths of its codewords (3.2.2).
 */
#include "app/tool/explain.h"

#include <string.h>

void explain_build_code(struct explain_code *code, const uint8_t *lengths, unsigned symbols)
{
    uint16_t place[CODE_BITS_MAX + 1] = {0};
    unsigned used = 0;
    int room = 1; /* codewords of this length that are still to be had */

    memset(code, 0, sizeof *code);
    for (unsigned i = 0; i < symbols; i++)
        code->count[lengths[i]]++;
    code->count[0] = 0;
    for (unsigned n = 1; n <= CODE_BITS_MAX; n++) {
        place[n] = (uint16_t)used;
        used += code->count[n];
    }
    for (unsigned i = 0; i < symbols; i++)
        if (lengths[i] != 0)
            code->symbols[place[lengths[i]]++] = (uint16_t)i;

    code->shape = SHAPE_COMPLETE;
    for (unsigned n = 1; n <= CODE_BITS_MAX; n++) {
        room = room * 2 - code->count[n];
        if (room < 0) {
            code->shape = SHAPE_OVERFULL;
            return;
        }
    }
    if (used == 0)
        code->shape = SHAPE_EMPTY;
    else if (used == 1 && code->count[1] == 1)
        code->shape = SHAPE_SINGLE;
    else if (room > 0)
        code->shape = SHAPE_INCOMPLETE;
}

void explain_fixed_codes(struct explain *e)
{
    uint8_t lengths[LITLEN_SYMBOLS_FIXED];

    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 256 - 144);
    memset(lengths + 256, 7, 280 - 256);
    memset(lengths + 280, 8, LITLEN_SYMBOLS_FIXED - 280);
    explain_build_code(&e->litlen, lengths, LITLEN_SYMBOLS_FIXED);
    memset(lengths, 5, DISTANCE_SYMBOLS_FIXED);
    explain_build_code(&e->distance, lengths, DISTANCE_SYMBOLS_FIXED);
}

/* HLIT, HDIST, HCLEN: how many lengths follow for each of the three codes. */
static bool counts(struct explain *e, unsigned *litlen, unsigned *distance, unsigned *precode)
{
    explain_begin(e);
    if (!explain_number(e, 5, litlen))
        return false;
    *litlen += 257;
    explain_line(e, "HLIT %u: lengths for %u literal/length codes", *litlen - 257, *litlen);
    if (*litlen > LITLEN_SYMBOLS)
        return explain_fail(e, SLUICE_ERR_LITLEN_COUNT, e->begin);

    explain_begin(e);
    if (!explain_number(e, 5, distance))
        return false;
    *distance += 1;
    explain_line(e, "HDIST %u: lengths for %u distance code%s", *distance - 1, *distance, *distance > 1 ? "s" : "");
    if (*distance > DISTANCE_SYMBOLS)
        return explain_fail(e, SLUICE_ERR_DISTANCE_COUNT, e->begin);

    explain_begin(e);
    if (!explain_number(e, 4, precode))
        return false;
    *precode += 4;
    explain_line(e, "HCLEN %u: lengths for %u codes of the code length code, three bits each", *precode - 4, *precode);
    return true;
}

enum { BITS_TEXT_ROOM = 16 };

/* The length of a codeword in words. */
static const char *bits_of(char to[BITS_TEXT_ROOM], unsigned length)
{
    if (length == 0)
        return "no codeword";
    snprintf(to, BITS_TEXT_ROOM, "%u bit%s", length, length == 1 ? "" : "s");
    return to;
}

/* The code length code, in which the other lengths are written. */
static bool precode(struct explain *e, unsigned count, struct explain_code *code)
{
    const uint64_t first = bits_position(&e->in);
    uint8_t lengths[PRECODE_SYMBOLS] = {0};
    char name[SYMBOL_NAME_ROOM], bits[BITS_TEXT_ROOM];
    unsigned length;

    for (unsigned i = 0; i < count; i++) {
        const unsigned symbol = sluice_precode_order[i];

        explain_begin(e);
        if (!explain_number(e, 3, &length))
            return false;
        lengths[symbol] = (uint8_t)length;
        explain_line(e, "%s: symbol %u, %s", bits_of(bits, length), symbol,
                     explain_symbol_name(name, ALPHABET_PRECODE, symbol));
    }
    explain_build_code(code, lengths, PRECODE_SYMBOLS);
    if (code->shape == SHAPE_OVERFULL)
        return explain_fail(e, SLUICE_ERR_PRECODE_OVERFULL, first);
    if (code->shape != SHAPE_COMPLETE)
        return explain_fail(e, SLUICE_ERR_PRECODE_INCOMPLETE, first);
    explain_print_code(e, "the code length code", code, ALPHABET_PRECODE);
    explain_note(e, "%s", "");
    return true;
}

/* Names the place of a length in the sequence of those of both codes. */
static const char *place_name(char to[SYMBOL_NAME_ROOM], unsigned place, unsigned litlen)
{
    return place < litlen ? explain_symbol_name(to, ALPHABET_LITLEN, place)
                          : explain_symbol_name(to, ALPHABET_DISTANCE, place - litlen);
}

/* One coded length, or a run of them: fills lengths[*at] and on. */
static bool coded_length(struct explain *e, const struct explain_code *code, uint8_t *lengths, unsigned *at,
                         unsigned litlen, unsigned total)
{
    static const uint8_t run_bits[] = {2, 3, 7}, run_base[] = {3, 3, 11};
    char first[SYMBOL_NAME_ROOM], last[SYMBOL_NAME_ROOM], bits[BITS_TEXT_ROOM];
    unsigned symbol, extra;

    explain_begin(e);
    if (!explain_symbol(e, code, SLUICE_ERR_PRECODE_INCOMPLETE, &symbol))
        return false;
    if (symbol < PRECODE_COPY) {
        explain_line(e, "%s: %s", bits_of(bits, symbol), place_name(first, *at, litlen));
        lengths[(*at)++] = (uint8_t)symbol;
        return true;
    }
    if (symbol == PRECODE_COPY && *at == 0)
        return explain_fail(e, SLUICE_ERR_REPEAT_FIRST, e->begin);
    if (!explain_number(e, run_bits[symbol - PRECODE_COPY], &extra))
        return false;

    const unsigned repeat = run_base[symbol - PRECODE_COPY] + extra;
    const uint8_t length = symbol == PRECODE_COPY ? lengths[*at - 1] : 0;

    if (repeat > total - *at) {
        explain_line(e, "%s, %u times, but only %u lengths are left", bits_of(bits, length), repeat, total - *at);
        return explain_fail(e, SLUICE_ERR_REPEAT_OVERRUN, e->begin);
    }
    explain_line(e, "%s, %u times: %s .. %s", bits_of(bits, length), repeat,
                 place_name(first, *at, litlen), place_name(last, *at + repeat - 1, litlen));
    memset(lengths + *at, length, repeat);
    *at += repeat;
    return true;
}

bool explain_dynamic_codes(struct explain *e)
{
    uint8_t lengths[LITLEN_SYMBOLS + DISTANCE_SYMBOLS] = {0};
    struct explain_code code;
    unsigned litlen = 0, distance = 0, precodes = 0, at = 0;

    if (!counts(e, &litlen, &distance, &precodes) || !precode(e, precodes, &code))
        return false;

    const uint64_t first = bits_position(&e->in);

    while (at < litlen + distance)
        if (!coded_length(e, &code, lengths, &at, litlen, litlen + distance))
            return false;
    if (lengths[END_OF_BLOCK] == 0)
        return explain_fail(e, SLUICE_ERR_NO_END_OF_BLOCK, first);
    explain_build_code(&e->litlen, lengths, litlen);
    if (e->litlen.shape == SHAPE_OVERFULL)
        return explain_fail(e, SLUICE_ERR_LITLEN_OVERFULL, first);
    if (e->litlen.shape == SHAPE_INCOMPLETE)
        return explain_fail(e, SLUICE_ERR_LITLEN_INCOMPLETE, first);
    explain_build_code(&e->distance, lengths + litlen, distance);
    if (e->distance.shape == SHAPE_OVERFULL)
        return explain_fail(e, SLUICE_ERR_DISTANCE_OVERFULL, first);
    if (e->distance.shape == SHAPE_INCOMPLETE)
        return explain_fail(e, SLUICE_ERR_DISTANCE_INCOMPLETE, first);
    explain_print_code(e, "the literal/length code", &e->litlen, ALPHABET_LITLEN);
    explain_print_code(e, "the distance code", &e->distance, ALPHABET_DISTANCE);
    explain_note(e, "%s", "");
    return true;
}
