/*
 * picture.h: speed (logarithmic) against ratio as an SVG, one line an encoder, readable on light and dark pages.
 */
#ifndef BENCH_PICTURE_H
#define BENCH_PICTURE_H

#include <stddef.h>

struct picture_point {
    const char *encoder;
    int level;
    double ratio, speed;
};

struct picture {
    const char *title;
    struct picture_point points[64];
    size_t count;
};

void picture_point(struct picture *picture, const char *encoder, int level, double ratio, double speed);

/* Writes the file; says on standard output where it is, or on standard error why not. */
void picture_write(const struct picture *picture, const char *path);

#endif
