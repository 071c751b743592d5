/* assembler_data.c: the statements that write literals and matches (RFC 1951 3.2.5), and what they stand for. */
#include "tests/support/assembler_inside.h"


static void put_symbol(struct assembler *a, const uint8_t *lengths, unsigned symbols, unsigned symbol)
{
    uint16_t word[288];

    as_spend(a);
    if (symbol >= symbols || lengths[symbol] == 0)
        as_fail(a, "symbol %u has no codeword", symbol);
    bits_assign(lengths, symbols, word);
    bits_put_codeword(&a->out, word[symbol], lengths[symbol]);
}

static void put_literal(struct assembler *a, uint8_t byte)
{
    put_symbol(a, a->litlen, 288, byte);
    if (!a->judged)
        as_give(a, byte);
}

/* A number, or FIRST-LAST. */
static void next_range(struct assembler *a, unsigned most, unsigned *first, unsigned *last)
{
    const char *rest = as_word(a)->text;

    *first = *last = (unsigned)as_number(a, rest, &rest);
    if (*rest == '-')
        *last = (unsigned)as_number(a, rest + 1, &rest);
    if (*rest || *first > *last || *last > most)
        as_fail(a, "numbers up to %u, or a range of them, are wanted", most);
}

void do_literal(struct assembler *a)
{
    unsigned first, last;

    while (as_more(a)) {
        if (a->word[a->next].quoted) {
            const struct word *w = as_word(a);

            for (size_t i = 0; i < w->size; i++)
                put_literal(a, (uint8_t)w->text[i]);
        } else {
            for (next_range(a, 255, &first, &last); first <= last; first++)
                put_literal(a, (uint8_t)first);
        }
    }
}

void do_symbol(struct assembler *a)
{
    const unsigned symbol = as_next_number(a, 287);
    unsigned base, extra = 0;

    put_symbol(a, a->litlen, 288, symbol);
    if (symbol > 256)
        bits_length_symbol(symbol, &base, &extra);
    if (as_more(a))
        bits_put(&a->out, as_next_number(a, (1u << extra) - 1), extra);
}

void do_distance(struct assembler *a)
{
    const unsigned symbol = as_next_number(a, 31);
    unsigned base, extra;

    put_symbol(a, a->distances, 32, symbol);
    bits_distance_symbol(symbol, &base, &extra);
    if (as_more(a))
        bits_put(&a->out, as_next_number(a, (1u << extra) - 1), extra);
}

static void put_match(struct assembler *a, unsigned length, unsigned distance)
{
    unsigned symbol = 285, base, extra;

    if (length < 3 || distance < 1)
        as_fail(a, "a match has 3 bytes and a distance of 1 at least");
    if (length < 258)
        for (symbol = 284;; symbol--) {
            bits_length_symbol(symbol, &base, &extra);
            if (base <= length)
                break;
        }
    bits_length_symbol(symbol, &base, &extra);
    put_symbol(a, a->litlen, 288, symbol);
    bits_put(&a->out, length - base, extra);
    for (symbol = 29;; symbol--) {
        bits_distance_symbol(symbol, &base, &extra);
        if (base <= distance)
            break;
    }
    put_symbol(a, a->distances, 32, symbol);
    bits_put(&a->out, distance - base, extra);
    for (unsigned i = 0; i < length && !a->judged; i++) {
        const size_t here = a->output_size - a->member_start;

        if (distance > here + a->before)
            as_fail(a, "the distance reaches before the start, and no defect is declared");
        as_give(a, distance <= here ? a->output[a->output_size - distance]
                                    : a->dictionary[a->before - (distance - here)]);
    }
}

void do_match(struct assembler *a)
{
    unsigned length, last_length, first_distance, last_distance;

    next_range(a, 258, &length, &last_length);
    next_range(a, 32768, &first_distance, &last_distance);
    for (; length <= last_length; length++)
        for (unsigned distance = first_distance; distance <= last_distance; distance++)
            put_match(a, length, distance);
}

void do_end(struct assembler *a)
{
    put_symbol(a, a->litlen, 288, 256);
}
