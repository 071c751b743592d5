/*
 * assembler_blocks.c: the statements that write stored blocks, the heads of others, and the codes of dynamic ones
 * (RFC 1951 3.2.3 to 3.2.7).
 */
#include "tests/support/assembler_inside.h"

#include <string.h>

static void fixed_codes(struct assembler *a)
{
    for (unsigned i = 0; i < 288; i++)
        a->litlen[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    memset(a->distances, 5, 32);
}

void do_block(struct assembler *a)
{
    static const char *const types[] = {"stored", "fixed", "dynamic"};

    bits_put(&a->out, as_flag(a, "final"), 1);
    for (unsigned i = 0; i < 3; i++)
        if (as_flag(a, types[i])) {
            bits_put(&a->out, i, 2);
            if (i == 1)
                fixed_codes(a);
            a->hlit = a->hdist = a->hclen = a->coded_count = 0;
            memset(a->precode, 0, sizeof a->precode);
            return;
        }
    as_fail(a, "a block is stored, fixed or dynamic");
}

void do_stored(struct assembler *a)
{
    const struct word *w = as_word(a);
    const unsigned wrong = as_wrong_by(a, "len");

    as_spend(a);
    bits_align(&a->out, 0);
    as_put(a, (uint32_t)w->size, 2);
    as_put(a, (uint32_t)(~w->size & 0xffff) ^ wrong, 2);
    for (size_t i = 0; i < w->size; i++) {
        as_put(a, (unsigned char)w->text[i], 1);
        if (!a->judged)
            as_give(a, (uint8_t)w->text[i]);
    }
}

/* Words like 'a':1 98-100:3, the lengths of symbols; gives the number of symbols up to the last one named. */
static unsigned code_lengths(struct assembler *a, uint8_t *lengths, unsigned symbols, unsigned longest)
{
    unsigned count = 0;

    memset(lengths, 0, symbols);
    while (as_more(a)) {
        const char *rest = as_word(a)->text;
        const unsigned first = (unsigned)as_number(a, rest, &rest);
        const unsigned last = *rest == '-' ? (unsigned)as_number(a, rest + 1, &rest) : first;

        if (*rest != ':' || last >= symbols || first > last)
            as_fail(a, "a code length is written SYMBOL:LENGTH or FIRST-LAST:LENGTH");

        const unsigned length = (unsigned)as_whole_number(a, rest + 1, longest);

        for (unsigned i = first; i <= last; i++)
            lengths[i] = (uint8_t)length;
        count = last + 1 > count ? last + 1 : count;
    }
    return count;
}

void do_litlen(struct assembler *a)
{
    const unsigned n = code_lengths(a, a->litlen, 288, 15);

    a->litlen_count = n < 257 ? 257 : n;
}

void do_distances(struct assembler *a)
{
    const unsigned n = code_lengths(a, a->distances, 32, 15);

    a->distance_count = n < 1 ? 1 : n;
}

static void code(struct assembler *a, unsigned symbol, unsigned extra)
{
    if (a->coded_count == sizeof a->coded)
        as_fail(a, "too many code lengths");
    a->coded[a->coded_count] = (uint8_t)symbol;
    a->coded_extra[a->coded_count++] = (uint8_t)extra;
}

/* Chooses the symbols that code the lengths, if they are not given: repeats wherever they are possible. */
static void code_all(struct assembler *a)
{
    uint8_t all[320];
    const unsigned total = a->litlen_count + a->distance_count;

    memcpy(all, a->litlen, a->litlen_count);
    memcpy(all + a->litlen_count, a->distances, a->distance_count);
    for (unsigned i = 0, run; i < total; i += run) {
        for (run = 1; i + run < total && all[i + run] == all[i]; run++)
            ;
        if (all[i] == 0 && run >= 11) {
            run = run < 138 ? run : 138;
            code(a, 18, run - 11);
        } else if (all[i] == 0 && run >= 3) {
            code(a, 17, run - 3);
        } else if (run >= 4) {
            run = run < 7 ? run : 7;
            code(a, all[i], 0);
            code(a, 16, run - 4);
        } else {
            code(a, all[i], 0);
            run = 1;
        }
    }
}

/* Gives the symbols that occur codewords of equal length, as nearly as a complete code can have them. */
static void choose_precode(struct assembler *a)
{
    unsigned used = 0, bits = 0, short_ones;

    for (unsigned i = 0; i < a->coded_count; i++)
        a->precode[a->coded[i]] = 1;
    for (unsigned i = 0; i < 19; i++)
        used += a->precode[i];
    for (unsigned i = 0; used < 2; i++)
        if (!a->precode[i]) {
            a->precode[i] = 1;
            used++;
        }
    while (1u << bits < used)
        bits++;
    short_ones = (1u << bits) - used;
    for (unsigned i = 0; i < 19; i++)
        if (a->precode[i])
            a->precode[i] = (uint8_t)(short_ones > 0 ? (short_ones--, bits - 1) : bits);
}

static const uint8_t precode_order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

static void prepare(struct assembler *a)
{
    bool given = false;

    if (a->coded_count == 0)
        code_all(a);
    for (unsigned i = 0; i < 19; i++)
        given = given || a->precode[i];
    if (!given)
        choose_precode(a);
}

void do_hlit(struct assembler *a)
{
    bits_put(&a->out, (as_more(a) ? as_next_number(a, 288) : a->litlen_count) - 257, 5);
}

void do_hdist(struct assembler *a)
{
    bits_put(&a->out, (as_more(a) ? as_next_number(a, 32) : a->distance_count) - 1, 5);
}

/* The number of lengths must be known before the lengths: looks ahead by choosing them now. */
void do_hclen(struct assembler *a)
{
    if (as_more(a)) {
        a->hclen = as_next_number(a, 19);
    } else {
        prepare(a);
        for (a->hclen = 19; a->hclen > 4 && !a->precode[precode_order[a->hclen - 1]]; a->hclen--)
            ;
    }
    bits_put(&a->out, a->hclen - 4, 4);
}

void do_precode(struct assembler *a)
{
    if (as_more(a))
        code_lengths(a, a->precode, 19, 7);
    else
        prepare(a);
    for (unsigned i = 0; i < a->hclen; i++)
        bits_put(&a->out, a->precode[precode_order[i]], 3);
}

void do_lengths(struct assembler *a)
{
    static const uint8_t extra_bits[19] = {[16] = 2, [17] = 3, [18] = 7};
    uint16_t word[19];

    if (as_more(a)) {
        a->coded_count = 0;
        while (as_more(a)) {
            const char *rest = as_word(a)->text;
            const unsigned symbol = (unsigned)as_number(a, rest, &rest);

            if (symbol > 18)
                as_fail(a, "a code length symbol is at most 18");
            code(a, symbol, *rest == '+' ? (unsigned)as_whole_number(a, rest + 1, 127) : 0);
        }
    } else if (a->coded_count == 0) {
        code_all(a);
    }
    bits_assign(a->precode, 19, word);
    for (unsigned i = 0; i < a->coded_count; i++) {
        const unsigned symbol = a->coded[i];

        if (a->precode[symbol] == 0)
            as_fail(a, "code length symbol %u has no codeword", symbol);
        bits_put_codeword(&a->out, word[symbol], a->precode[symbol]);
        bits_put(&a->out, a->coded_extra[i], extra_bits[symbol]);
    }
}

void do_header(struct assembler *a)
{
    do_hlit(a);
    do_hdist(a);
    do_hclen(a);
    do_precode(a);
    do_lengths(a);
}
