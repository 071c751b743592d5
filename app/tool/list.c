/*
 * list.c: -l, in gzip's columns.
 *
 * The sizes are true ones: the stream is decoded. (A gzip trailer has the size modulo 2^32, of the last member only.)
 * The ratio is what the file saves as a whole, header and trailer counted.
 */
#include "app/tool/run.h"
#include "app/tool/stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { SIZE_WIDTH = 19 };

static void print_sizes(uint64_t compressed, uint64_t original, const char *name)
{
    printf("%*" PRIu64 " %*" PRIu64 " %5.1f%% ", SIZE_WIDTH, compressed, SIZE_WIDTH, original,
           saved_percent(compressed, original));
    for (; *name; name++)
        putchar((unsigned char)*name < ' ' || *name == 127 ? '?' : *name);
    putchar('\n');
}

static void print_heading(const struct run *run)
{
    if (run->verbose)
        printf("method  crc     date  time  ");
    printf("%*s %*s  ratio uncompressed_name\n", SIZE_WIDTH, "compressed", SIZE_WIDTH, "uncompressed");
}

void list_row(struct run *run, const struct stream_end *end, const char *name, int64_t time)
{
    if (run->listed++ == 0 && !run->quiet)
        print_heading(run);
    if (run->verbose) {
        const time_t when = (time_t)time;
        char date[32] = "--- -- --:--";
        struct tm local;

        if (time >= 0 && localtime_r(&when, &local))
            strftime(date, sizeof date, "%b %e %H:%M", &local);
        printf("defla %08" PRIx32 " %s ", end->crc, date);
    }
    print_sizes(end->input, end->output, name);
    run->listed_input += end->input;
    run->listed_output += end->output;
}

void list_totals(struct run *run)
{
    if (run->listed < 2 || run->quiet)
        return;
    if (run->verbose)
        printf("%*s", 28, "");
    print_sizes(run->listed_input, run->listed_output, "(totals)");
}
