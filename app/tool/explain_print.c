/* explain_print.c: the columns in which explain.h prints, and names for symbols. */
#include "app/tool/explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum {
    BITS_COLUMN = 24, /* enough for most codes with their extra bits */
    CODE_INDENT = 13, /* where codewords begin when they are listed: behind "      12 bits" */
    CODE_LINE = 104   /* and where their lines end */
};

bool explain_fail(struct explain *e, sluice_status status, uint64_t bit)
{
    e->status = status;
    e->defect = bit;
    return false;
}

void explain_begin(struct explain *e)
{
    e->begin = bits_position(&e->in);
    e->shown_size = 0;
    e->shown[0] = '\0';
}

static void show(struct explain *e, char c)
{
    if (e->shown_size + 1 < sizeof e->shown) {
        e->shown[e->shown_size++] = c;
        e->shown[e->shown_size] = '\0';
    }
}

/* Parts of an element are set apart by a blank. */
static void show_gap(struct explain *e)
{
    if (e->shown_size > 0)
        show(e, ' ');
}

/* The stream needs `count` more bits. */
static bool need(struct explain *e, unsigned count)
{
    return bits_have(&e->in, count) || explain_fail(e, SLUICE_ERR_TRUNCATED, bits_end(&e->in));
}

bool explain_number(struct explain *e, unsigned count, unsigned *value)
{
    *value = 0;
    if (count == 0)
        return true;
    if (!need(e, count))
        return false;
    show_gap(e);
    for (unsigned i = 0; i < count; i++) {
        const unsigned bit = bits_take(&e->in);

        *value |= bit << i;
        show(e, bit ? '1' : '0');
    }
    return true;
}

void explain_padding(struct explain *e)
{
    const unsigned used = (unsigned)(bits_position(&e->in) % 8);
    unsigned ignored;

    if (used == 0)
        return;
    explain_begin(e);
    explain_number(e, 8 - used, &ignored); /* a byte is there whole or not at all */
    explain_line(e, "padding to the next byte, ignored");
}

bool explain_byte(struct explain *e, unsigned *byte)
{
    char hexadecimal[3];

    *byte = 0;
    if (!need(e, 8))
        return false;
    for (unsigned i = 0; i < 8; i++)
        *byte |= bits_take(&e->in) << i;
    snprintf(hexadecimal, sizeof hexadecimal, "%02x", *byte);
    show_gap(e);
    show(e, hexadecimal[0]);
    show(e, hexadecimal[1]);
    return true;
}

bool explain_symbol(struct explain *e, const struct explain_code *code, sluice_status unused, unsigned *symbol)
{
    const uint64_t begin = bits_position(&e->in);
    /* Codewords are numbers: the first of each length, and the place of its symbol among all. */
    unsigned codeword = 0, first = 0, place = 0;
    const unsigned longest = code->shape == SHAPE_COMPLETE ? CODE_BITS_MAX : 1;

    show_gap(e);
    for (unsigned length = 1; length <= longest; length++) {
        if (!need(e, 1))
            return false;

        const unsigned bit = bits_take(&e->in), count = code->count[length];

        show(e, bit ? '1' : '0');
        codeword |= bit;
        if (codeword < first + count) {
            *symbol = code->symbols[place + (codeword - first)];
            return true;
        }
        place += count;
        first = (first + count) << 1;
        codeword <<= 1;
    }
    return explain_fail(e, unused, begin);
}

void explain_line(struct explain *e, const char *format, ...)
{
    va_list args;

    fprintf(e->out, "%8" PRIu64 ".%u %9" PRIu64 "  %-*s  ", e->begin / 8, (unsigned)(e->begin % 8), e->put, BITS_COLUMN,
            e->shown);
    va_start(args, format);
    vfprintf(e->out, format, args);
    va_end(args);
    fputc('\n', e->out);
}

void explain_note(struct explain *e, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(e->out, format, args);
    va_end(args);
    fputc('\n', e->out);
}

/* One byte as in a C literal between quotes of the kind `quote`. */
static size_t quote_byte(char to[5], uint8_t byte, char quote)
{
    static const char named[] = "\n\r\t\\", names[] = "nrt\\";
    const char *found = byte ? strchr(named, byte) : NULL;

    if (found)
        return (size_t)snprintf(to, 5, "\\%c", names[found - named]);
    if (byte == (uint8_t)quote)
        return (size_t)snprintf(to, 5, "\\%c", quote);
    if (byte < ' ' || byte > '~')
        return (size_t)snprintf(to, 5, "\\x%02x", byte);
    return (size_t)snprintf(to, 5, "%c", byte);
}

const char *explain_quote(char to[QUOTED_ROOM], const uint8_t *bytes, size_t size)
{
    const size_t shown = size < QUOTED_MAX ? size : QUOTED_MAX;
    size_t n = 0;

    to[n++] = '"';
    for (size_t i = 0; i < shown; i++)
        n += quote_byte(to + n, bytes[i], '"');
    snprintf(to + n, QUOTED_ROOM - n, shown < size ? "\" and so on" : "\"");
    return to;
}

/* "11 to 12", or "11" alone. */
static void range(char *to, size_t room, const char *what, unsigned base, unsigned last)
{
    if (base == last)
        snprintf(to, room, "%s %u", what, base);
    else
        snprintf(to, room, "%s %u to %u", what, base, last);
}

const char *explain_symbol_name(char to[SYMBOL_NAME_ROOM], enum explain_alphabet alphabet, unsigned symbol)
{
    if (alphabet == ALPHABET_PRECODE) {
        static const char *const runs[] = {"repeat 3 to 6", "zeros 3 to 10", "zeros 11 to 138"};

        if (symbol >= PRECODE_COPY)
            snprintf(to, SYMBOL_NAME_ROOM, "%s", runs[symbol - PRECODE_COPY]);
        else
            snprintf(to, SYMBOL_NAME_ROOM, "length %u", symbol);
    } else if (alphabet == ALPHABET_DISTANCE) {
        if (symbol < DISTANCE_SYMBOLS)
            range(to, SYMBOL_NAME_ROOM, "distance", sluice_distance_base[symbol],
                  sluice_distance_base[symbol] + (1u << sluice_distance_extra[symbol]) - 1);
        else
            snprintf(to, SYMBOL_NAME_ROOM, "no distance (%u)", symbol);
    } else if (symbol < END_OF_BLOCK) {
        char byte[5];

        quote_byte(byte, (uint8_t)symbol, '\'');
        snprintf(to, SYMBOL_NAME_ROOM, "'%s'", byte);
    } else if (symbol == END_OF_BLOCK) {
        snprintf(to, SYMBOL_NAME_ROOM, "end of block");
    } else if (symbol < LITLEN_SYMBOLS) {
        const unsigned i = symbol - LENGTH_FIRST;

        range(to, SYMBOL_NAME_ROOM, "length", sluice_length_base[i],
              sluice_length_base[i] + (1u << sluice_length_extra[i]) - 1);
    } else {
        snprintf(to, SYMBOL_NAME_ROOM, "no length (%u)", symbol);
    }
    return to;
}

void explain_print_code(struct explain *e, const char *title, const struct explain_code *code,
                        enum explain_alphabet alphabet)
{
    unsigned codeword = 0, place = 0;

    fprintf(e->out, "\n    %s:\n", title);
    if (code->shape == SHAPE_EMPTY)
        fprintf(e->out, "      no codeword\n");
    for (unsigned length = 1; length <= CODE_BITS_MAX; length++, codeword <<= 1) {
        size_t at = 0;

        for (unsigned i = 0; i < code->count[length]; i++, codeword++) {
            char name[SYMBOL_NAME_ROOM], bits[CODE_BITS_MAX + 1];

            for (unsigned b = 0; b < length; b++)
                bits[b] = codeword >> (length - 1 - b) & 1 ? '1' : '0';
            bits[length] = '\0';
            explain_symbol_name(name, alphabet, code->symbols[place++]);
            if (at == 0) {
                fprintf(e->out, "      %2u bit%s", length, length == 1 ? " " : "s");
                at = CODE_INDENT;
            } else if (at + length + strlen(name) + 3 > CODE_LINE) {
                fprintf(e->out, "\n%*s", CODE_INDENT, "");
                at = CODE_INDENT;
            }
            at += (size_t)fprintf(e->out, "  %s %s", bits, name);
        }
        if (at > 0)
            fputc('\n', e->out);
    }
}
