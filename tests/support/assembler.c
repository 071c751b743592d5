/*
 * assembler.c: see assembler.h.
 *
 * A line is cut into words; the first names the statement, and a table leads to the function that carries it out.
 */
#include "tests/support/assembler.h"

#include "tests/support/assembler_inside.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void as_fail(struct assembler *a, const char *format, ...)
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

void as_spend(struct assembler *a)
{
    if (a->left == 0)
        as_fail(a, "the stream is too long");
    a->left--;
}

/* ---- What is written ---- */

void as_give(struct assembler *a, uint8_t byte)
{
    if (a->output_size == OUTPUT_MAX)
        as_fail(a, "too much output");
    a->output[a->output_size++] = byte;
}

void as_put(struct assembler *a, uint32_t value, unsigned bytes)
{
    if (a->out.bit % 8)
        as_fail(a, "not at a byte border");
    bits_put(&a->out, value, 8 * bytes);
}

/* ---- What the vector is ---- */

static void finish(struct assembler *a, void (*each)(const struct vector *vector, void *user), void *user)
{
    struct vector *v = &a->vector;

    if (!a->open)
        return;
    if (a->out.full)
        as_fail(a, "the stream is too long");
    v->stream_size = bits_bytes(&a->out);
    if (!a->judged || v->status == SLUICE_ERR_TRUNCATED)
        v->bit = v->stream_size * 8;
    v->output_size = a->output_size;
    v->output_crc = sluice_crc32(0, a->output, a->output_size);
    if (!v->why[0])
        as_fail(a, "%s does not say why", v->file);
    each(v, user);
    a->open = false;
}

static void begin(struct assembler *a)
{
    a->open = true;
    memset(&a->vector, 0, sizeof a->vector);
    snprintf(a->vector.file, sizeof a->vector.file, "%s", as_word(a)->text);
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
    if (!vectors_format(as_word(a)->text, &a->vector.options.format))
        as_fail(a, "unknown format");
}

static void do_window(struct assembler *a)
{
    const unsigned bits = as_next_number(a, 15);

    if (bits < 8)
        as_fail(a, "a window has 8 bits at least");
    a->vector.options.window_bits = bits;
}

static void do_limit(struct assembler *a) { a->vector.options.max_output = as_next_number(a, 1u << 30); }
static void do_one_member(struct assembler *a) { a->vector.options.one_member = true; }

static void do_start_bit(struct assembler *a)
{
    a->vector.options.start_bit = as_next_number(a, 7);
    bits_put(&a->out, 0, a->vector.options.start_bit);
}

static void do_dictionary(struct assembler *a)
{
    struct vector *v = &a->vector;

    if (!a->name)
        as_fail(a, "no file is read");
    snprintf(v->dictionary, sizeof v->dictionary, "%s", as_word(a)->text);
    a->dictionary = vectors_read(v->dictionary, &a->before);
}

static void do_defect(struct assembler *a)
{
    if (!vectors_status(as_word(a)->text, &a->vector.status))
        as_fail(a, "unknown status");
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
    const struct word *w = as_word(a);

    for (size_t i = 0; i < w->size; i++)
        as_give(a, (uint8_t)w->text[i]);
}

/* ---- Plain bits ---- */

static void do_bits(struct assembler *a)
{
    const unsigned n = as_next_number(a, 64);

    as_spend(a);
    bits_put(&a->out, as_whole_number(a, as_word(a)->text, n < 64 ? (1ull << n) - 1 : ~0ull), n);
}

static void do_word(struct assembler *a)
{
    const char *text = as_word(a)->text;

    if (text[0] != '0' || text[1] != 'b')
        as_fail(a, "a codeword is written 0b…");
    bits_put_codeword(&a->out, (unsigned)as_whole_number(a, text, 0xffff), (unsigned)strlen(text) - 2);
}

static void do_bytes(struct assembler *a)
{
    while (as_more(a)) {
        char *end;
        const unsigned long value = strtoul(as_word(a)->text, &end, 16);

        if (*end || value > 255)
            as_fail(a, "a byte is two hexadecimal digits");
        as_put(a, (uint32_t)value, 1);
    }
}

static void do_align(struct assembler *a)
{
    bits_align(&a->out, as_flag(a, "ones"));
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
    const char *name = as_word(a)->text;

    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (strcmp(name, statements[i].name) == 0) {
            statements[i].carry_out(a);
            if (as_more(a))
                as_fail(a, "what is \"%s\"?", a->word[a->next].text);
            return;
        }
    as_fail(a, "unknown statement \"%s\"", name);
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
    as_split(a, line);
    if (a->words == 0)
        return;
    if (as_flag(a, "vector")) {
        finish(a, each, user);
        begin(a);
        return;
    }
    if (!a->open)
        as_fail(a, "a vector must begin first");

    unsigned times = 1;

    if (as_flag(a, "repeat"))
        times = as_next_number(a, 100000);

    const unsigned from = a->next;

    for (; times > 0; times--) {
        a->next = from;
        as_spend(a);
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
            as_fail(a, "the line is too long");
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
