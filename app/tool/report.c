/* report.c: messages and the exit code; see run.h. */
#include "app/tool/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A name or text as it is, but for control characters, which could make a terminal do things. */
static void print_clean(const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' || *text == 127 ? '?' : *text, stderr);
}

/* What was printed on standard output comes before what is said about it. */
static void print_message(struct run *run, const char *name, const char *format, va_list args)
{
    char text[512];

    fflush(stdout);
    progress_clear(&run->progress);
    vsnprintf(text, sizeof text, format, args);
    fprintf(stderr, "%s: ", run->program);
    if (name) {
        print_clean(name);
        fputs(": ", stderr);
    }
    print_clean(text);
    fputc('\n', stderr);
}

void report_error(struct run *run, const char *name, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_message(run, name, format, args);
    va_end(args);
    run->exit_code = EXIT_ERROR;
}

void report_warning(struct run *run, const char *name, const char *format, ...)
{
    va_list args;

    if (run->exit_code == EXIT_FINE)
        run->exit_code = EXIT_WARNING;
    if (run->quiet)
        return;
    va_start(args, format);
    print_message(run, name, format, args);
    va_end(args);
}

void report_errno(struct run *run, const char *name)
{
    report_error(run, name, "%s", strerror(errno));
}

void report_defect(struct run *run, const char *name, sluice_status status, const sluice_position *where)
{
    if (status == SLUICE_NEED_DICTIONARY)
        report_error(run, name, "%s; give it with -D", sluice_status_text(status));
    else if (where->bit == 0)
        report_error(run, name, "byte %" PRIu64 ": %s (%s)", where->input, sluice_status_text(status),
                     sluice_status_name(status));
    else
        report_error(run, name, "byte %" PRIu64 ", bit %u: %s (%s)", where->input, where->bit,
                     sluice_status_text(status), sluice_status_name(status));
}

bool report_question(struct run *run, const char *name, const char *question)
{
    int first, c;

    progress_clear(&run->progress);
    fprintf(stderr, "%s: ", run->program);
    print_clean(name);
    fprintf(stderr, " %s ", question);
    fflush(stderr);
    for (first = c = getchar(); c != '\n' && c != EOF;)
        c = getchar();
    clearerr(stdin); /* the end of a line typed at a terminal is not the end of the next one */
    return first == 'y' || first == 'Y';
}

void report_result(struct run *run, const char *name, const char *format, ...)
{
    va_list args;

    progress_clear(&run->progress);
    print_clean(name);
    fputs(":\t", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

uint64_t report_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

double saved_percent(uint64_t compressed, uint64_t original)
{
    return original == 0 ? 0 : 100 - 100.0 * (double)compressed / (double)original;
}
