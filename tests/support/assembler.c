/*
 * assembler.c: see assembler.h.
 *
 * A line is cut into words; the first names the statement, and a table leads to the function that carries it out.
 */
#include "tests/support/assembler.h"

#include "tests/support/bits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    STREAM_MAX = 1 << 18,
    OUTPUT_MAX = 1 << 18,
    LINE_MAX = 2000,
    WORDS_MAX = 330 /* of a line: every code length of a block can be named */
};

/* A word of a line; text in quotes has its escapes resolved and may hold any byte. */
struct word {
    const char *text;
    size_t size;
    bool quoted;
};

struct assembler {
    const char *name; /* NULL: lenient */
    unsigned line;
    unsigned long left; /* symbols and numbers that may still be written */
    jmp_buf error;

    struct word word[WORDS_MAX];
    unsigned words, next; /* how many there are, and the one to be read next */
    char storage[2 * LINE_MAX];

    bool open; /* a vector is being assembled */
    struct vector vector;
    struct bit_writer out;
    uint8_t output[OUTPUT_MAX];
    size_t output_size, member_start, before; /* before: bytes of dictionary before the output, in dictionary[] */
    const uint8_t *dictionary;
    bool judged; /* the verdict is known; no more output */

    unsigned litlen_count, distance_count;
    uint8_t litlen[288], distances[32], precode[19];
    unsigned hlit, hdist, hclen;
    uint8_t coded[512], coded_extra[512]; /* the symbols that code the lengths of a dynamic block */
    unsigned coded_count;
};

static _Noreturn void fail(struct assembler *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

static _Noreturn void fail(struct assembler *a, const char *format, ...)
{
    va_list args;

    if (a->name) {
        fprintf(stderr, "%s:%u: ", a->name, a->line);
        va_start(args, format);
        vfprintf(stderr, format, args);
        va_end(args);
        fputc('\n', stderr);
    }
    longjmp(a->error, 1);
}

/* To be called for everything that can be repeated in a line. */
static void spend(struct assembler *a)
{
    if (a->left == 0)
        fail(a, "the stream is too long");
    a->left--;
}

/* ---- Words ---- */

static unsigned long long number(struct assembler *a, const char *text, const char **rest)
{
    char *end;
    const bool binary = text[0] == '0' && text[1] == 'b';
    unsigned long long value;

    if (text[0] == '\'' && text[1] && text[2] == '\'') {
        *rest = text + 3;
        return (unsigned char)text[1];
    }
    value = strtoull(binary ? text + 2 : text, &end, binary ? 2 : 0);
    if (end == text)
        fail(a, "a number is wanted, not \"%s\"", text);
    *rest = end;
    return value;
}

static unsigned long long whole_number(struct assembler *a, const char *text, unsigned long long most)
{
    const char *rest;
    const unsigned long long value = number(a, text, &rest);

    if (*rest)
        fail(a, "what is \"%s\" behind the number?", rest);
    if (value > most)
        fail(a, "%llu is more than %llu", value, most);
    return value;
}

static bool more(const struct assembler *a) { return a->next < a->words; }

static const struct word *next_word(struct assembler *a)
{
    if (!more(a))
        fail(a, "something is missing at the end of the line");
    return &a->word[a->next++];
}

static unsigned next_number(struct assembler *a, unsigned most)
{
    return (unsigned)whole_number(a, next_word(a)->text, most);
}

/* If the next word begins like this, takes it and gives the rest of it. */
static const char *option(struct assembler *a, const char *begin)
{
    const size_t n = strlen(begin);

    if (!more(a) || strncmp(a->word[a->next].text, begin, n) != 0)
        return NULL;
    return a->word[a->next++].text + n;
}

static bool flag(struct assembler *a, const char *word)
{
    if (!more(a) || strcmp(a->word[a->next].text, word) != 0)
        return false;
    a->next++;
    return true;
}

/* "^N" as the next word, or attached to `name`: what a right value is made wrong with; 0 without. */
static unsigned wrong_by(struct assembler *a, const char *name)
{
    char begin[20];
    const char *rest;

    snprintf(begin, sizeof begin, "%s^", name);
    rest = option(a, begin);
    return rest ? (unsigned)whole_number(a, rest, 0xffffffff) : 0;
}

static char escaped(struct assembler *a, const char **p)
{
    const char c = *(*p)++;

    switch (c) {
    case 'n':
        return '\n';
    case '0':
        return 0;
    case 'x': {
        char hex[3] = {0}, *end;
        long value;

        memcpy(hex, *p, strlen(*p) < 2 ? strlen(*p) : 2);
        value = strtol(hex, &end, 16);
        *p += end - hex;
        return (char)value;
    }
    case '"':
    case '\\':
        return c;
    default:
        fail(a, "unknown escape \\%c", c);
    }
}

/* Cuts a line into words. Quotes may stand within a word (name="a b"); a quoted character ('#') is left as it is. */
static void split(struct assembler *a, const char *p)
{
    char *to = a->storage;

    a->words = a->next = 0;
    for (;;) {
        while (*p == ' ' || *p == '\t')
            p++;
        if (*p == 0 || *p == '#')
            return;
        if (a->words == WORDS_MAX)
            fail(a, "too many words");

        struct word *w = &a->word[a->words++];

        w->text = to;
        w->quoted = false;
        while (*p && *p != ' ' && *p != '\t' && *p != '#') {
            if (*p == '\'' && p[1] && p[2] == '\'') {
                memcpy(to, p, 3);
                to += 3;
                p += 3;
            } else if (*p == '"') {
                w->quoted = true;
                for (p++; *p != '"';) {
                    if (*p == 0)
                        fail(a, "a quote is not closed");
                    if (*p == '\\') {
                        p++;
                        *to++ = escaped(a, &p);
                    } else {
                        *to++ = *p++;
                    }
                }
                p++;
            } else {
                *to++ = *p++;
            }
        }
        w->size = (size_t)(to - w->text);
        *to++ = 0;
    }
}

/* ---- Output ---- */

static void give(struct assembler *a, uint8_t byte)
{
    if (a->output_size == OUTPUT_MAX)
        fail(a, "too much output");
    a->output[a->output_size++] = byte;
}

static void put_little_endian(struct assembler *a, uint32_t value, unsigned bytes)
{
    if (a->out.bit % 8)
        fail(a, "not at a byte border");
    bits_put(&a->out, value, 8 * bytes);
}

static void put_big_endian(struct assembler *a, uint32_t value)
{
    for (int i = 3; i >= 0; i--)
        put_little_endian(a, value >> 8 * i & 0xff, 1);
}

/* ---- What the vector is ---- */

static void finish(struct assembler *a, void (*each)(const struct vector *vector, void *user), void *user)
{
    struct vector *v = &a->vector;

    if (!a->open)
        return;
    if (a->out.full)
        fail(a, "the stream is too long");
    v->stream_size = bits_bytes(&a->out);
    if (!a->judged || v->status == SLUICE_ERR_TRUNCATED)
        v->bit = v->stream_size * 8;
    v->output_size = a->output_size;
    v->output_crc = sluice_crc32(0, a->output, a->output_size);
    if (!v->why[0])
        fail(a, "%s does not say why", v->file);
    each(v, user);
    a->open = false;
}

static void begin(struct assembler *a)
{
    a->open = true;
    memset(&a->vector, 0, sizeof a->vector);
    snprintf(a->vector.file, sizeof a->vector.file, "%s", next_word(a)->text);
    a->vector.options.window_bits = 15;
    a->vector.options.format = SLUICE_RAW;
    a->vector.status = SLUICE_END;
    a->vector.stream = a->out.data;
    a->out.bit = 0;
    a->out.full = false;
    a->output_size = a->member_start = a->before = 0;
    a->judged = false;
}

static void do_format(struct assembler *a)
{
    if (!vectors_format(next_word(a)->text, &a->vector.options.format))
        fail(a, "unknown format");
}

static void do_window(struct assembler *a)
{
    const unsigned bits = next_number(a, 15);

    if (bits < 8)
        fail(a, "a window has 8 bits at least");
    a->vector.options.window_bits = bits;
}

static void do_limit(struct assembler *a) { a->vector.options.max_output = next_number(a, 1u << 30); }
static void do_one_member(struct assembler *a) { a->vector.options.one_member = true; }

static void do_start_bit(struct assembler *a)
{
    a->vector.options.start_bit = next_number(a, 7);
    bits_put(&a->out, 0, a->vector.options.start_bit);
}

static void do_dictionary(struct assembler *a)
{
    struct vector *v = &a->vector;

    if (!a->name)
        fail(a, "no file is read");
    snprintf(v->dictionary, sizeof v->dictionary, "%s", next_word(a)->text);
    a->dictionary = vectors_read(v->dictionary, &a->before);
}

static void do_defect(struct assembler *a)
{
    if (!vectors_status(next_word(a)->text, &a->vector.status))
        fail(a, "unknown status");
    a->vector.bit = a->out.bit;
    a->judged = true;
}

static void do_whole(struct assembler *a)
{
    a->vector.bit = bits_bytes(&a->out) * 8;
    a->judged = true;
}

static void do_output(struct assembler *a)
{
    const struct word *w = next_word(a);

    for (size_t i = 0; i < w->size; i++)
        give(a, (uint8_t)w->text[i]);
}

/* ---- Plain bits ---- */

static void do_bits(struct assembler *a)
{
    const unsigned n = next_number(a, 64);

    spend(a);
    bits_put(&a->out, whole_number(a, next_word(a)->text, n < 64 ? (1ull << n) - 1 : ~0ull), n);
}

static void do_word(struct assembler *a)
{
    const char *text = next_word(a)->text;

    if (text[0] != '0' || text[1] != 'b')
        fail(a, "a codeword is written 0b…");
    bits_put_codeword(&a->out, (unsigned)whole_number(a, text, 0xffff), (unsigned)strlen(text) - 2);
}

static void do_bytes(struct assembler *a)
{
    while (more(a)) {
        char *end;
        const unsigned long value = strtoul(next_word(a)->text, &end, 16);

        if (*end || value > 255)
            fail(a, "a byte is two hexadecimal digits");
        put_little_endian(a, (uint32_t)value, 1);
    }
}

static void do_align(struct assembler *a)
{
    bits_align(&a->out, flag(a, "ones"));
}

/* ---- Frames ---- */

static void do_zlib(struct assembler *a)
{
    unsigned window = 15, level = 2, wrong = 0;
    bool dictionary = false;
    const char *value;

    while (more(a)) {
        if ((value = option(a, "window=")) != NULL)
            window = (unsigned)whole_number(a, value, 23);
        else if ((value = option(a, "level=")) != NULL)
            level = (unsigned)whole_number(a, value, 3);
        else if (flag(a, "dictionary"))
            dictionary = true;
        else if ((wrong = wrong_by(a, "check")) == 0)
            fail(a, "what is \"%s\"?", a->word[a->next].text);
    }

    const unsigned cmf = (window - 8) << 4 | 8;
    unsigned flg = level << 6 | (dictionary ? 32u : 0);

    flg += (31 - (cmf * 256 + flg) % 31) % 31;
    put_little_endian(a, cmf, 1);
    put_little_endian(a, flg ^ wrong, 1);
    if (dictionary)
        put_big_endian(a, sluice_adler32(1, a->dictionary, a->before));
}

static void put_text(struct assembler *a, const char *text)
{
    do
        put_little_endian(a, (unsigned char)*text, 1);
    while (*text++);
}

static void do_gzip(struct assembler *a)
{
    const char *extra = NULL, *name = NULL, *comment = NULL, *value;
    unsigned long time = 0, xfl = 0, os = 255, flags = 0;
    unsigned wrong = 0;
    const size_t start = bits_bytes(&a->out);

    a->member_start = a->output_size;
    while (more(a)) {
        if (flag(a, "text"))
            flags |= 1;
        else if (flag(a, "crc"))
            flags |= 2;
        else if ((wrong = wrong_by(a, "crc")) != 0)
            flags |= 2;
        else if ((value = option(a, "extra=")) != NULL)
            extra = value;
        else if ((value = option(a, "name=")) != NULL)
            name = value;
        else if ((value = option(a, "comment=")) != NULL)
            comment = value;
        else if ((value = option(a, "time=")) != NULL)
            time = (unsigned long)whole_number(a, value, 0xffffffff);
        else if ((value = option(a, "xfl=")) != NULL)
            xfl = (unsigned long)whole_number(a, value, 255);
        else if ((value = option(a, "os=")) != NULL)
            os = (unsigned long)whole_number(a, value, 255);
        else
            fail(a, "what is \"%s\"?", a->word[a->next].text);
    }
    flags |= (extra ? 4u : 0) | (name ? 8u : 0) | (comment ? 16u : 0);
    put_little_endian(a, (uint32_t)(0x00088b1f | flags << 24), 4);
    put_little_endian(a, (uint32_t)time, 4);
    put_little_endian(a, (uint32_t)(xfl | os << 8), 2);
    if (extra) {
        if (*extra && strlen(extra) % 3 != 2)
            fail(a, "an extra field is written 00:01:02");
        put_little_endian(a, (uint32_t)((strlen(extra) + 1) / 3), 2);
        for (const char *p = extra; *p; p += p[2] ? 3 : 2)
            put_little_endian(a, (uint32_t)strtoul((char[]){p[0], p[1], 0}, NULL, 16), 1);
    }
    if (name)
        put_text(a, name);
    if (comment)
        put_text(a, comment);
    if (flags & 2)
        put_little_endian(a, (sluice_crc32(0, a->out.data + start, bits_bytes(&a->out) - start) & 0xffff) ^ wrong, 2);
}

static void do_adler(struct assembler *a)
{
    bits_align(&a->out, 0);
    put_big_endian(a, sluice_adler32(1, a->output, a->output_size) ^ wrong_by(a, ""));
}

static void do_crc(struct assembler *a)
{
    bits_align(&a->out, 0);
    put_little_endian(a, sluice_crc32(0, a->output + a->member_start, a->output_size - a->member_start) ^
                             wrong_by(a, ""), 4);
}

static void do_size(struct assembler *a)
{
    put_little_endian(a, (uint32_t)(a->output_size - a->member_start) ^ wrong_by(a, ""), 4);
}

/* ---- Blocks ---- */

static void fixed_codes(struct assembler *a)
{
    for (unsigned i = 0; i < 288; i++)
        a->litlen[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    memset(a->distances, 5, 32);
}

static void do_block(struct assembler *a)
{
    static const char *const types[] = {"stored", "fixed", "dynamic"};

    bits_put(&a->out, flag(a, "final"), 1);
    for (unsigned i = 0; i < 3; i++)
        if (flag(a, types[i])) {
            bits_put(&a->out, i, 2);
            if (i == 1)
                fixed_codes(a);
            a->hlit = a->hdist = a->hclen = a->coded_count = 0;
            memset(a->precode, 0, sizeof a->precode);
            return;
        }
    fail(a, "a block is stored, fixed or dynamic");
}

static void do_stored(struct assembler *a)
{
    const struct word *w = next_word(a);
    const unsigned wrong = wrong_by(a, "len");

    spend(a);
    bits_align(&a->out, 0);
    put_little_endian(a, (uint32_t)w->size, 2);
    put_little_endian(a, (uint32_t)(~w->size & 0xffff) ^ wrong, 2);
    for (size_t i = 0; i < w->size; i++) {
        put_little_endian(a, (unsigned char)w->text[i], 1);
        if (!a->judged)
            give(a, (uint8_t)w->text[i]);
    }
}

/* Words like 'a':1 98-100:3, the lengths of symbols; gives the number of symbols up to the last one named. */
static unsigned code_lengths(struct assembler *a, uint8_t *lengths, unsigned symbols, unsigned longest)
{
    unsigned count = 0;

    memset(lengths, 0, symbols);
    while (more(a)) {
        const char *rest = next_word(a)->text;
        const unsigned first = (unsigned)number(a, rest, &rest);
        const unsigned last = *rest == '-' ? (unsigned)number(a, rest + 1, &rest) : first;

        if (*rest != ':' || last >= symbols || first > last)
            fail(a, "a code length is written SYMBOL:LENGTH or FIRST-LAST:LENGTH");

        const unsigned length = (unsigned)whole_number(a, rest + 1, longest);

        for (unsigned i = first; i <= last; i++)
            lengths[i] = (uint8_t)length;
        count = last + 1 > count ? last + 1 : count;
    }
    return count;
}

static void do_litlen(struct assembler *a)
{
    const unsigned n = code_lengths(a, a->litlen, 288, 15);

    a->litlen_count = n < 257 ? 257 : n;
}

static void do_distances(struct assembler *a)
{
    const unsigned n = code_lengths(a, a->distances, 32, 15);

    a->distance_count = n < 1 ? 1 : n;
}

static void code(struct assembler *a, unsigned symbol, unsigned extra)
{
    if (a->coded_count == sizeof a->coded)
        fail(a, "too many code lengths");
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

static void do_hlit(struct assembler *a)
{
    bits_put(&a->out, (more(a) ? next_number(a, 288) : a->litlen_count) - 257, 5);
}

static void do_hdist(struct assembler *a)
{
    bits_put(&a->out, (more(a) ? next_number(a, 32) : a->distance_count) - 1, 5);
}

/* The number of lengths must be known before the lengths: looks ahead by choosing them now. */
static void do_hclen(struct assembler *a)
{
    if (more(a)) {
        a->hclen = next_number(a, 19);
    } else {
        prepare(a);
        for (a->hclen = 19; a->hclen > 4 && !a->precode[precode_order[a->hclen - 1]]; a->hclen--)
            ;
    }
    bits_put(&a->out, a->hclen - 4, 4);
}

static void do_precode(struct assembler *a)
{
    if (more(a))
        code_lengths(a, a->precode, 19, 7);
    else
        prepare(a);
    for (unsigned i = 0; i < a->hclen; i++)
        bits_put(&a->out, a->precode[precode_order[i]], 3);
}

static void do_lengths(struct assembler *a)
{
    static const uint8_t extra_bits[19] = {[16] = 2, [17] = 3, [18] = 7};
    uint16_t word[19];

    if (more(a)) {
        a->coded_count = 0;
        while (more(a)) {
            const char *rest = next_word(a)->text;
            const unsigned symbol = (unsigned)number(a, rest, &rest);

            if (symbol > 18)
                fail(a, "a code length symbol is at most 18");
            code(a, symbol, *rest == '+' ? (unsigned)whole_number(a, rest + 1, 127) : 0);
        }
    } else if (a->coded_count == 0) {
        code_all(a);
    }
    bits_assign(a->precode, 19, word);
    for (unsigned i = 0; i < a->coded_count; i++) {
        const unsigned symbol = a->coded[i];

        if (a->precode[symbol] == 0)
            fail(a, "code length symbol %u has no codeword", symbol);
        bits_put_codeword(&a->out, word[symbol], a->precode[symbol]);
        bits_put(&a->out, a->coded_extra[i], extra_bits[symbol]);
    }
}

static void do_header(struct assembler *a)
{
    do_hlit(a);
    do_hdist(a);
    do_hclen(a);
    do_precode(a);
    do_lengths(a);
}

/* ---- Data ---- */

static void put_symbol(struct assembler *a, const uint8_t *lengths, unsigned symbols, unsigned symbol)
{
    uint16_t word[288];

    spend(a);
    if (symbol >= symbols || lengths[symbol] == 0)
        fail(a, "symbol %u has no codeword", symbol);
    bits_assign(lengths, symbols, word);
    bits_put_codeword(&a->out, word[symbol], lengths[symbol]);
}

static void put_literal(struct assembler *a, uint8_t byte)
{
    put_symbol(a, a->litlen, 288, byte);
    if (!a->judged)
        give(a, byte);
}

/* A number, or FIRST-LAST. */
static void next_range(struct assembler *a, unsigned most, unsigned *first, unsigned *last)
{
    const char *rest = next_word(a)->text;

    *first = *last = (unsigned)number(a, rest, &rest);
    if (*rest == '-')
        *last = (unsigned)number(a, rest + 1, &rest);
    if (*rest || *first > *last || *last > most)
        fail(a, "numbers up to %u, or a range of them, are wanted", most);
}

static void do_literal(struct assembler *a)
{
    unsigned first, last;

    while (more(a)) {
        if (a->word[a->next].quoted) {
            const struct word *w = next_word(a);

            for (size_t i = 0; i < w->size; i++)
                put_literal(a, (uint8_t)w->text[i]);
        } else {
            for (next_range(a, 255, &first, &last); first <= last; first++)
                put_literal(a, (uint8_t)first);
        }
    }
}

static void do_symbol(struct assembler *a)
{
    const unsigned symbol = next_number(a, 287);
    unsigned base, extra = 0;

    put_symbol(a, a->litlen, 288, symbol);
    if (symbol > 256)
        bits_length_symbol(symbol, &base, &extra);
    if (more(a))
        bits_put(&a->out, next_number(a, (1u << extra) - 1), extra);
}

static void do_distance(struct assembler *a)
{
    const unsigned symbol = next_number(a, 31);
    unsigned base, extra;

    put_symbol(a, a->distances, 32, symbol);
    bits_distance_symbol(symbol, &base, &extra);
    if (more(a))
        bits_put(&a->out, next_number(a, (1u << extra) - 1), extra);
}

static void put_match(struct assembler *a, unsigned length, unsigned distance)
{
    unsigned symbol = 285, base, extra;

    if (length < 3 || distance < 1)
        fail(a, "a match has 3 bytes and a distance of 1 at least");
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
            fail(a, "the distance reaches before the start, and no defect is declared");
        give(a, distance <= here ? a->output[a->output_size - distance] : a->dictionary[a->before - (distance - here)]);
    }
}

static void do_match(struct assembler *a)
{
    unsigned length, last_length, first_distance, last_distance;

    next_range(a, 258, &length, &last_length);
    next_range(a, 32768, &first_distance, &last_distance);
    for (; length <= last_length; length++)
        for (unsigned distance = first_distance; distance <= last_distance; distance++)
            put_match(a, length, distance);
}

static void do_end(struct assembler *a)
{
    put_symbol(a, a->litlen, 288, 256);
}

/* ---- Statements ---- */

static const struct statement {
    const char *name;
    void (*carry_out)(struct assembler *a);
} statements[] = {
    {"format", do_format}, {"window", do_window}, {"limit", do_limit}, {"one-member", do_one_member},
    {"start-bit", do_start_bit}, {"dictionary", do_dictionary}, {"defect", do_defect}, {"whole", do_whole},
    {"output", do_output}, {"bits", do_bits}, {"word", do_word}, {"bytes", do_bytes}, {"align", do_align},
    {"zlib", do_zlib}, {"gzip", do_gzip}, {"adler", do_adler}, {"crc", do_crc}, {"size", do_size},
    {"block", do_block}, {"stored", do_stored}, {"litlen", do_litlen}, {"distances", do_distances},
    {"header", do_header}, {"hlit", do_hlit}, {"hdist", do_hdist}, {"hclen", do_hclen}, {"precode", do_precode},
    {"lengths", do_lengths}, {"literal", do_literal}, {"symbol", do_symbol}, {"distance", do_distance},
    {"match", do_match}, {"end", do_end},
};

static void carry_out(struct assembler *a)
{
    const char *name = next_word(a)->text;

    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (strcmp(name, statements[i].name) == 0) {
            statements[i].carry_out(a);
            if (more(a))
                fail(a, "what is \"%s\"?", a->word[a->next].text);
            return;
        }
    fail(a, "unknown statement \"%s\"", name);
}

static void carry_out_line(struct assembler *a, const char *line, void (*each)(const struct vector *, void *),
                           void *user)
{
    while (*line == ' ')
        line++;
    if (strncmp(line, "why ", 4) == 0) {
        snprintf(a->vector.why, sizeof a->vector.why, "%s", line + 4);
        return;
    }
    split(a, line);
    if (a->words == 0)
        return;
    if (flag(a, "vector")) {
        finish(a, each, user);
        begin(a);
        return;
    }
    if (!a->open)
        fail(a, "a vector must begin first");

    unsigned times = 1;

    if (flag(a, "repeat"))
        times = next_number(a, 100000);

    const unsigned from = a->next;

    for (; times > 0; times--) {
        a->next = from;
        spend(a);
        carry_out(a);
    }
}

/* One line after another; what is wrong with one is the end, or in the lenient form the end of that line. */
static bool carry_out_all(struct assembler *a, const char *text, void (*each)(const struct vector *, void *),
                          void *user)
{
    const char *volatile p = text;
    char line[LINE_MAX];

    if (setjmp(a->error) && a->name)
        return false;
    while (*p) {
        const char *const begin = p;
        const size_t n = strcspn(p, "\n");

        a->line++;
        p += n + (p[n] == '\n');
        if (n >= sizeof line)
            fail(a, "the line is too long");
        memcpy(line, begin, n);
        line[n] = 0;
        carry_out_line(a, line, each, user);
    }
    return true;
}

/* The end of the last vector can be wrong too. */
static bool finish_all(struct assembler *a, void (*each)(const struct vector *, void *), void *user)
{
    if (setjmp(a->error))
        return false;
    finish(a, each, user);
    return true;
}

static bool run(const char *name, unsigned long most, const char *text, void (*each)(const struct vector *, void *),
                void *user)
{
    static uint8_t stream[STREAM_MAX];
    static struct assembler a;

    memset(&a, 0, sizeof a);
    a.name = name;
    a.left = most;
    a.out.data = stream;
    a.out.size = sizeof stream;
    return carry_out_all(&a, text, each, user) && finish_all(&a, each, user);
}

bool assemble(const char *name, const char *text, void (*each)(const struct vector *vector, void *user), void *user)
{
    return run(name, (unsigned long)-1, text, each, user);
}

bool assemble_leniently(unsigned long most, const char *text, void (*each)(const struct vector *vector, void *user),
                        void *user)
{
    return run(NULL, most, text, each, user);
}
