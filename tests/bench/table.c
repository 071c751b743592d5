/* table.c: the speed tables of bench.h. */
#include "tests/bench/bench.h"

#include <stdio.h>

static void cell(double bytes, double seconds, double speed_up, bool first, bool failed)
{
    if (failed)
        printf(first ? " %14s" : " %20s", "failed");
    else if (first)
        printf(" %14.1f", bytes / seconds / 1e6);
    else
        printf(" %12.1f %6.2fx", bytes / seconds / 1e6, speed_up);
}

void speed_head(struct speed_table *table, const char *title, const struct contender *contenders, size_t n)
{
    *table = (struct speed_table){.columns = n};
    printf("\n%s\nMB/s; Nx: %s is N times as fast\n%-18s %10s", title, contenders[0].name, "", "bytes");
    for (size_t i = 0; i < n; i++)
        printf(i ? " %20s" : " %14s", contenders[i].name);
    printf("\n");
}

void speed_row(struct speed_table *table, const char *name, size_t bytes, const struct contender *contenders,
               bool shown)
{
    table->total_bytes += (double)bytes;
    if (shown)
        printf("%-18.18s %10zu", name, bytes);
    for (size_t i = 0; i < table->columns; i++) {
        const struct contender *c = &contenders[i];

        table->total_seconds[i] += c->seconds;
        if (c->seconds <= 0)
            table->failed[i] = true;
        if (shown)
            cell((double)bytes, c->seconds, c->speed_up, i == 0, c->seconds <= 0);
    }
    if (shown)
        printf("\n");
    fflush(stdout);
}

void speed_total(const struct speed_table *table)
{
    printf("%-18s %10.0f", "total", table->total_bytes);
    for (size_t i = 0; i < table->columns; i++)
        cell(table->total_bytes, table->total_seconds[i], table->total_seconds[i] / table->total_seconds[0], i == 0,
             table->failed[i]);
    printf("\n");
}
