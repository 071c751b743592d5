/* progress.c: see progress.h. */
#define _GNU_SOURCE /* struct winsize */
#include "app/progress.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Lines a second are few enough to read and to cost nothing. */
enum { LINE_EVERY_MS = 200 };

/* A rate forgets what is older than about this. */
static const double rate_memory_ms = 3000;

/* Where the width of the terminal cannot be had. */
enum { COLUMNS_DEFAULT = 80, COLUMNS_MAX = 200 };

/* A label gets what the figures leave, but at least this much. */
enum { LABEL_LEAST = 8 };

char *progress_size(char out[PROGRESS_SIZE_ROOM], uint64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes;
    size_t unit = 0;

    if (bytes < 1000) {
        snprintf(out, PROGRESS_SIZE_ROOM, "%u B", (unsigned)bytes);
        return out;
    }
    while (value >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1000;
        unit++;
    }
    snprintf(out, PROGRESS_SIZE_ROOM, "%.*f %s", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value, units[unit]);
    return out;
}

/* Seconds as people read them: 0:07, 12:34, 3:05:00; nothing above 99 hours. */
static void print_time(char *out, size_t room, double seconds)
{
    if (!(seconds < 360000)) {
        *out = '\0';
        return;
    }

    const unsigned s = (unsigned)(seconds + 0.5);

    if (s < 3600)
        snprintf(out, room, "  %u:%02u left", s / 60, s % 60);
    else
        snprintf(out, room, "  %u:%02u:%02u left", s / 3600, s / 60 % 60, s % 60);
}

/* Whether a byte begins a character of UTF-8: those that do not take no column of their own. */
static bool begins_character(char c) { return ((unsigned char)c & 0xC0) != 0x80; }

static size_t columns_of(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += begins_character(*text);
    return n;
}

void progress_line(char *out, size_t room, size_t columns, const struct progress_state *state, double wire_rate,
                   double byte_rate)
{
    char bytes[PROGRESS_SIZE_ROOM], wire[PROGRESS_SIZE_ROOM], rate[PROGRESS_SIZE_ROOM], on_wire[PROGRESS_SIZE_ROOM];
    char share[16] = "", left[32] = "", ratio[24] = "", figures[160];
    const char *label = state->label;
    size_t label_columns = columns_of(label);

    if (state->total >= state->bytes && state->total > 0) {
        snprintf(share, sizeof share, "%3.0f %%  ", 100.0 * (double)state->bytes / (double)state->total);
        if (byte_rate > 0)
            print_time(left, sizeof left, (double)(state->total - state->bytes) / byte_rate);
    } else if (state->wire_total >= state->wire && state->wire_total > 0) { /* the length of what travels is known */
        snprintf(share, sizeof share, "%3.0f %%  ", 100.0 * (double)state->wire / (double)state->wire_total);
        if (wire_rate > 0)
            print_time(left, sizeof left, (double)(state->wire_total - state->wire) / wire_rate);
    }
    if (state->wire > 0 && state->bytes > 0)
        snprintf(ratio, sizeof ratio, ", %.2f:1", (double)state->bytes / (double)state->wire);
    snprintf(figures, sizeof figures, "  %s%s %s/s, wire %s %s/s%s%s", share,
             progress_size(bytes, state->bytes), progress_size(rate, (uint64_t)byte_rate),
             progress_size(wire, state->wire), progress_size(on_wire, (uint64_t)wire_rate), ratio, left);

    const size_t taken = strlen(figures);
    const size_t label_most = columns > taken + LABEL_LEAST ? columns - taken : LABEL_LEAST;

    /* The end of a name tells more than its beginning. */
    while (label_columns > label_most) {
        do
            label++;
        while (!begins_character(*label));
        label_columns--;
    }
    snprintf(out, room, "%s%s", label, figures);
    if (label_columns + taken > columns) /* a very narrow terminal */
        out[strlen(label) + columns - label_columns < room ? strlen(label) + columns - label_columns : room - 1] = '\0';
}

void progress_begin(struct progress *p, FILE *to, enum progress_choice choice, uint64_t now)
{
    *p = (struct progress){.to = to, .last = now};
    p->on = choice == PROGRESS_ALWAYS || (choice == PROGRESS_AUTO && isatty(fileno(to)));
}

void progress_restart(struct progress *p, uint64_t now)
{
    p->last = now;
    p->wire = p->bytes = 0;
    p->wire_rate = p->byte_rate = 0;
}

static size_t terminal_columns(FILE *to)
{
    struct winsize size;

    if (ioctl(fileno(to), TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return COLUMNS_DEFAULT;
    return size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX;
}

/* Mixes the rate since the last line into the smoothed one. The first counts whole. */
static double mix(double rate, uint64_t before, uint64_t after, double passed)
{
    const double fresh = after > before ? (double)(after - before) * 1000 / passed : 0;

    return rate == 0 ? fresh : rate + (fresh - rate) * passed / (passed + rate_memory_ms);
}

void progress_show(struct progress *p, const struct progress_state *state, uint64_t now)
{
    char line[COLUMNS_MAX * 4 + 1];

    if (!p->on || now - p->last < LINE_EVERY_MS)
        return;
    p->wire_rate = mix(p->wire_rate, p->wire, state->wire, (double)(now - p->last));
    p->byte_rate = mix(p->byte_rate, p->bytes, state->bytes, (double)(now - p->last));
    p->wire = state->wire;
    p->bytes = state->bytes;
    p->last = now;
    progress_line(line, sizeof line, terminal_columns(p->to) - 1, state, p->wire_rate, p->byte_rate);
    fprintf(p->to, "\r%s\033[K", line);
    fflush(p->to);
    p->shown = true;
}

void progress_clear(struct progress *p)
{
    if (!p->shown)
        return;
    fputs("\r\033[K", p->to);
    fflush(p->to);
    p->shown = false;
}
