/*
 * picture.c: see picture.h. Text and axes take the page's own colour by a style that asks for the reader's scheme; the
 * lines' colours are strong enough for both. Each line carries its name at its end, so that no colour must be told.
 */
#include "tests/bench/picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 860, HEIGHT = 520, LEFT = 70, RIGHT = 120, TOP = 50, BOTTOM = 60 };

struct scale {
    double least_ratio, most_ratio, least_log, most_log;
};

void picture_point(struct picture *picture, const char *encoder, int level, double ratio, double speed)
{
    if (picture->count < sizeof picture->points / sizeof picture->points[0])
        picture->points[picture->count++] = (struct picture_point){encoder, level, ratio, speed};
}

static double x_of(const struct scale *s, double speed)
{
    return LEFT + (log10(speed) - s->least_log) / (s->most_log - s->least_log) * (WIDTH - LEFT - RIGHT);
}

static double y_of(const struct scale *s, double ratio)
{
    return TOP + (s->most_ratio - ratio) / (s->most_ratio - s->least_ratio) * (HEIGHT - TOP - BOTTOM);
}

static struct scale scale_of(const struct picture *p)
{
    struct scale s = {1e9, 0, 1e9, -1e9};
    double margin;

    for (size_t i = 0; i < p->count; i++) {
        const struct picture_point *q = &p->points[i];

        s.least_ratio = fmin(s.least_ratio, q->ratio);
        s.most_ratio = fmax(s.most_ratio, q->ratio);
        s.least_log = fmin(s.least_log, log10(q->speed));
        s.most_log = fmax(s.most_log, log10(q->speed));
    }
    margin = fmax(0.05 * (s.most_ratio - s.least_ratio), 0.01);
    s.least_ratio -= margin;
    s.most_ratio += margin;
    s.least_log -= 0.05;
    s.most_log += 0.05;
    return s;
}

static void draw_axes(FILE *f, const struct picture *p, const struct scale *s)
{
    double step = pow(10, floor(log10((s->most_ratio - s->least_ratio) / 3)));

    if ((s->most_ratio - s->least_ratio) / step > 12)
        step *= 5;
    else if ((s->most_ratio - s->least_ratio) / step > 6)
        step *= 2;
    fprintf(f, "<text class=\"t\" x=\"%d\" y=\"28\" font-size=\"17\">%s</text>\n", LEFT, p->title);
    for (double r = ceil(s->least_ratio / step) * step; r <= s->most_ratio; r += step) {
        fprintf(f, "<line class=\"g\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n", LEFT, WIDTH - RIGHT,
                y_of(s, r), y_of(s, r));
        fprintf(f, "<text class=\"t\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.4g</text>\n", LEFT - 8,
                y_of(s, r) + 4, r);
    }
    for (int decade = -1; decade < 5; decade++) {
        for (int m = 1; m < 10; m++) {
            double v = m * pow(10, decade), x = x_of(s, v);

            if (log10(v) < s->least_log || log10(v) > s->most_log)
                continue;
            fprintf(f, "<line class=\"g\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n", x, x, TOP, HEIGHT - BOTTOM);
            if (m == 1 || m == 2 || m == 5)
                fprintf(f, "<text class=\"t\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n", x,
                        HEIGHT - BOTTOM + 18, v);
        }
    }
    fprintf(f, "<text class=\"t\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", (LEFT + WIDTH - RIGHT) / 2,
            HEIGHT - 16, "speed, MB/s on one core (logarithmic)");
    fprintf(f, "<text class=\"t\" transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">ratio</text>\n",
            (TOP + HEIGHT - BOTTOM) / 2);
}

/* One encoder's points, joined in the order of the levels; ours also with the level beside each. */
static void draw_encoder(FILE *f, const struct picture *p, const struct scale *s, size_t first, const char *colour)
{
    const char *name = p->points[first].encoder;
    int ours = strcmp(name, "sluice") == 0;
    size_t end = first;

    fprintf(f, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" points=\"", colour, ours ? "2.6" : "1.5");
    for (; end < p->count && strcmp(p->points[end].encoder, name) == 0; end++)
        fprintf(f, "%.1f,%.1f ", x_of(s, p->points[end].speed), y_of(s, p->points[end].ratio));
    fprintf(f, "\"/>\n");
    for (size_t i = first; i < end; i++) {
        double x = x_of(s, p->points[i].speed), y = y_of(s, p->points[i].ratio);

        fprintf(f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" fill=\"%s\"/>\n", x, y, ours ? "3.6" : "2.4", colour);
        fprintf(f, "<text class=\"t\" x=\"%.1f\" y=\"%.1f\" font-size=\"%d\">%d</text>\n", x + 5, ours ? y - 6 : y + 12,
                ours ? 12 : 9, p->points[i].level);
    }
    fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" font-weight=\"%s\" fill=\"%s\">%s</text>\n",
            x_of(s, p->points[first].speed) + 14, y_of(s, p->points[first].ratio) + 4, ours ? "bold" : "normal", colour,
            name);
}

void picture_write(const struct picture *p, const char *path)
{
    static const char *const colours[] = {"#d9480f", "#1c7ed6", "#2f9e44", "#9c36b5", "#868e96", "#e8590c"};
    struct scale s = scale_of(p);
    size_t colour = 0;
    FILE *f;

    if (p->count == 0)
        return;
    f = fopen(path, "w");
    if (!f) {
        perror(path);
        return;
    }
    fprintf(f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
            "font-family=\"sans-serif\" font-size=\"12\">\n<style>.t{fill:#333}.g{stroke:#888;stroke-opacity:.25}"
            "@media(prefers-color-scheme:dark){.t{fill:#ccc}}</style>\n",
            WIDTH, HEIGHT, WIDTH, HEIGHT);
    draw_axes(f, p, &s);
    for (size_t i = 0; i < p->count; i++)
        if (i == 0 || strcmp(p->points[i].encoder, p->points[i - 1].encoder) != 0)
            draw_encoder(f, p, &s, i, colours[colour++ % (sizeof colours / sizeof colours[0])]);
    fprintf(f, "</svg>\n");
    if (fclose(f) == 0)
        printf("\nthe picture is in %s\n", path);
}
