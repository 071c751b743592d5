/*
 * curve.h: the joint curve of several encoders: the points of size and speed that no other point beats in both.
 */
#ifndef BENCH_CURVE_H
#define BENCH_CURVE_H

#include <stddef.h>

struct curve_point {
    double size, speed;
    const char *name;
};

enum { CURVE_MOST = 64 };

struct curve {
    struct curve_point points[CURVE_MOST]; /* once closed: smallest and slowest first */
    size_t count;
};

void curve_add(struct curve *curve, double size, double speed, const char *name);

/* Leaves only what is on the curve, in order. */
void curve_close(struct curve *curve);

/*
 * The speed of the curve at that size: between two points the logarithm of speed is linear in size. Larger than all
 * points: the fastest's speed. Smaller than all: 0, for the curve does not reach there.
 */
double curve_speed(const struct curve *curve, double size);

/* Says between which points that is. */
void curve_where(const struct curve *curve, double size, char *text, size_t room);

#endif
