/* table.c: the speed tables of bench.h. */
#include "tests/bench/bench.h"

#include <stdio.h>

void speed_head(const char *title, const struct contender *contenders, size_t n)
{
    printf("\n%s\nMB/s; Nx: %s is N times as fast\n%-18s %10s", title, contenders[0].name, "", "bytes");
    for (size_t i = 0; i < n; i++)
        printf(i ? " %20s" : " %14s", contenders[i].name);
    printf("\n");
}

void speed_row(const char *name, size_t bytes, const struct contender *contenders, size_t n, size_t item)
{
    printf("%-18.18s %10zu", name, bytes);
    for (size_t i = 0; i < n; i++) {
        const struct contender *c = &contenders[i];
        double speed = (double)bytes / c->seconds[item] / 1e6;

        if (c->failed)
            printf(i ? " %20s" : " %14s", "failed");
        else if (i == 0)
            printf(" %14.1f", speed);
        else
            printf(" %12.1f %6.2fx", speed, c->speed_up[item]);
    }
    printf("\n");
    fflush(stdout);
}

void speed_table(const char *title, const struct contender *contenders, size_t n, const struct corpus *items,
                 bool rows)
{
    speed_head(title, contenders, n);
    for (size_t i = 0; i < items->count && rows; i++)
        speed_row(items->files[i].name, items->files[i].size, contenders, n, i);
    speed_row("total", items->total, contenders, n, items->count);
}
