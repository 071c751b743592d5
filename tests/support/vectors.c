/*
 * vectors.c: see vectors.h.
 */
#include "tests/support/vectors.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 20 }; /* vectors are small; this is far more than the largest */

static const char *const format_name[] = {"raw", "zlib", "gzip", "auto", "auto-raw"};

static _Noreturn void give_up(const char *what, const char *which)
{
    fprintf(stderr, "vectors: %s: %s\n", what, which);
    exit(1);
}

/* The files read so far: they stay, as vectors.h says, and here they can be found by those who look for leaks. */
static struct file {
    struct file *next;
    char name[80];
    size_t size;
    uint8_t data[];
} *files;

uint8_t *vectors_read(const char *name, size_t *size)
{
    char path[200];
    struct file *file;
    FILE *f;

    for (file = files; file; file = file->next)
        if (strcmp(file->name, name) == 0) {
            *size = file->size;
            return file->data;
        }
    snprintf(path, sizeof path, "vectors/%s", name);
    f = fopen(path, "rb");
    file = malloc(sizeof *file + FILE_MAX + 1);
    if (!f || !file)
        give_up("cannot open", path);
    file->size = fread(file->data, 1, FILE_MAX, f);
    if (ferror(f) || file->size == FILE_MAX)
        give_up("cannot read, or too large", path);
    fclose(f);
    file->data[file->size] = 0;
    file = realloc(file, sizeof *file + file->size + 1);
    snprintf(file->name, sizeof file->name, "%s", name);
    file->next = files;
    files = file;
    *size = file->size;
    return file->data;
}

bool vectors_status(const char *name, sluice_status *status)
{
    for (int i = -100; i <= 10; i++)
        if (strcmp(name, sluice_status_name((sluice_status)i)) == 0) {
            *status = (sluice_status)i;
            return true;
        }
    return false;
}

bool vectors_format(const char *name, sluice_format *format)
{
    for (size_t i = 0; i < sizeof format_name / sizeof *format_name; i++)
        if (strcmp(name, format_name[i]) == 0) {
            *format = (sluice_format)i;
            return true;
        }
    return false;
}

static void parse_options(struct vector *v, char *options)
{
    for (char *o = strtok(options, ","); o; o = strtok(NULL, ",")) {
        unsigned long value = 0;

        if (strchr(o, '='))
            value = strtoul(strchr(o, '=') + 1, NULL, 10);
        if (strncmp(o, "window=", 7) == 0)
            v->options.window_bits = (unsigned)value;
        else if (strncmp(o, "limit=", 6) == 0)
            v->options.max_output = value;
        else if (strncmp(o, "start-bit=", 10) == 0)
            v->options.start_bit = (unsigned)value;
        else if (strcmp(o, "one-member") == 0)
            v->options.one_member = true;
        else if (strncmp(o, "dictionary=", 11) == 0)
            snprintf(v->dictionary, sizeof v->dictionary, "%s", o + 11);
        else if (strcmp(o, "-") != 0)
            give_up("MANIFEST: unknown option", o);
    }
}

struct vector *vectors_load(void)
{
    static struct vector *first;
    struct vector **last = &first;
    size_t size;
    char *text = (char *)vectors_read("MANIFEST", &size), *line_end;

    for (char *line = text; *line; line = line_end + 1) {
        char format[20], options[120], status[60];
        unsigned long long byte, output;
        unsigned bit, crc;
        int why = 0;

        line_end = strchr(line, '\n');
        if (!line_end)
            give_up("MANIFEST: no newline at the end of", line);
        *line_end = 0;
        if (*line == '#' || *line == 0)
            continue;

        struct vector *v = calloc(1, sizeof *v);

        if (!v || sscanf(line, "%79s %19s %119s %59s %llu.%u %llu %x %n", v->file, format, options, status, &byte, &bit,
                         &output, &crc, &why) != 8 || why == 0)
            give_up("MANIFEST: not a vector's line", line);
        if (!vectors_format(format, &v->options.format))
            give_up("MANIFEST: unknown format", line);
        if (!vectors_status(status, &v->status))
            give_up("MANIFEST: unknown status", line);
        v->options.window_bits = 15;
        parse_options(v, options);
        v->bit = byte * 8 + bit;
        v->output_size = (size_t)output;
        v->output_crc = crc;
        snprintf(v->why, sizeof v->why, "%s", line + why);
        v->stream = vectors_read(v->file, &v->stream_size);
        if (v->dictionary[0])
            v->options.dictionary = vectors_read(v->dictionary, &v->options.dictionary_size);
        *last = v;
        last = &v->next;
    }
    return first;
}

static void print_option(FILE *to, int *count, const char *name, unsigned long long value)
{
    fprintf(to, "%s%s%llu", (*count)++ ? "," : "", name, value);
}

void vectors_print(FILE *to, const struct vector *v)
{
    int n = 0;

    fprintf(to, "%s %s ", v->file, format_name[v->options.format]);
    if (v->options.window_bits != 15)
        print_option(to, &n, "window=", v->options.window_bits);
    if (v->options.max_output)
        print_option(to, &n, "limit=", v->options.max_output);
    if (v->options.start_bit)
        print_option(to, &n, "start-bit=", v->options.start_bit);
    if (v->options.one_member)
        fprintf(to, "%sone-member", n++ ? "," : "");
    if (v->dictionary[0])
        fprintf(to, "%sdictionary=%s", n++ ? "," : "", v->dictionary);
    fprintf(to, "%s %s %llu.%u %zu %08x %s\n", n ? "" : "-", sluice_status_name(v->status),
            (unsigned long long)(v->bit / 8), (unsigned)(v->bit % 8), v->output_size, (unsigned)v->output_crc, v->why);
}
