/* curve.c: see curve.h. */
#include "tests/bench/curve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void curve_add(struct curve *curve, double size, double speed, const char *name)
{
    if (curve->count < CURVE_MOST)
        curve->points[curve->count++] = (struct curve_point){size, speed, name};
}

/* Smaller first; of equal sizes the faster first. */
static int by_size(const void *a, const void *b)
{
    const struct curve_point *p = a, *q = b;

    if (p->size != q->size)
        return p->size < q->size ? -1 : 1;
    return (p->speed < q->speed) - (p->speed > q->speed);
}

void curve_close(struct curve *curve)
{
    size_t kept = 0;

    qsort(curve->points, curve->count, sizeof curve->points[0], by_size);
    for (size_t i = 0; i < curve->count; i++)
        if (kept == 0 || curve->points[i].speed > curve->points[kept - 1].speed)
            curve->points[kept++] = curve->points[i];
    curve->count = kept;
}

/* The first point that is larger than that size. */
static size_t above(const struct curve *curve, double size)
{
    size_t i = 0;

    while (i < curve->count && curve->points[i].size <= size)
        i++;
    return i;
}

double curve_speed(const struct curve *curve, double size)
{
    size_t i = above(curve, size);
    const struct curve_point *low, *high;
    double share;

    if (i == 0)
        return 0;
    low = &curve->points[i - 1];
    if (i == curve->count)
        return low->speed;
    high = &curve->points[i];
    share = (size - low->size) / (high->size - low->size);
    return exp(log(low->speed) * (1 - share) + log(high->speed) * share);
}

void curve_where(const struct curve *curve, double size, char *text, size_t room)
{
    size_t i = above(curve, size);

    if (i > 0 && i < curve->count)
        snprintf(text, room, "the curve between %s and %s", curve->points[i - 1].name, curve->points[i].name);
    else
        snprintf(text, room, "%s", i > 0 ? curve->points[i - 1].name : "nothing");
}
