/*
 * The line on a terminal: what it says, and that it never is wider than the terminal.
 */
#include "app/progress.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

static void test_sizes_have_three_figures(void)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } sizes[] = {{0, "0 B"},           {999, "999 B"},         {1000, "1.00 kB"},       {9994, "9.99 kB"},
                 {9995, "10.0 kB"},    {99949, "99.9 kB"},     {99950, "100 kB"},       {999499, "999 kB"},
                 {999500, "1.00 MB"},  {12345678, "12.3 MB"},  {4294967296, "4.29 GB"}, {UINT64_MAX, "18.4 EB"}};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char out[PROGRESS_SIZE_ROOM];

        progress_size(out, sizes[i].bytes);
        CHECK_BYTES(out, strlen(out), sizes[i].text, strlen(sizes[i].text));
    }
}

static const char *line_of(size_t columns, const struct progress_state *state, double wire_rate, double byte_rate)
{
    static char out[801];

    progress_line(out, sizeof out, columns, state, wire_rate, byte_rate);
    return out;
}

static void check_line(const char *got, const char *want)
{
    CHECK_BYTES(got, strlen(got), want, strlen(want));
}

static void test_what_it_says(void)
{
    check_line(line_of(120, &(struct progress_state){"lorem.txt", 219, 335, 0, 0}, 2190, 3350),
               "lorem.txt  335 B 3.35 kB/s, wire 219 B 2.19 kB/s, 1.53:1");
    check_line(line_of(120, &(struct progress_state){"a", 0, 0, 0, 0}, 0, 0), "a  0 B 0 B/s, wire 0 B 0 B/s");
    check_line(line_of(120, &(struct progress_state){"a", 500, 1000, 4000, 0}, 50, 100),
               "a   25 %  1.00 kB 100 B/s, wire 500 B 50 B/s, 2.00:1  0:30 left");
    check_line(line_of(120, &(struct progress_state){"a", 500, 1000, 1001000, 0}, 50, 100),
               "a    0 %  1.00 kB 100 B/s, wire 500 B 50 B/s, 2.00:1  2:46:40 left");
    check_line(line_of(120, &(struct progress_state){"a", 500, 1000, 0, 2000}, 50, 100),
               "a   25 %  1.00 kB 100 B/s, wire 500 B 50 B/s, 2.00:1  0:30 left"); /* by the wire */
    /* more has come than was said to: then nothing is known */
    check_line(line_of(120, &(struct progress_state){"a", 500, 1000, 999, 0}, 50, 100),
               "a  1.00 kB 100 B/s, wire 500 B 50 B/s, 2.00:1");
}

static void test_a_long_label_shows_its_end(void)
{
    check_line(line_of(66, &(struct progress_state){"a/very/long/name/of/a/file", 219, 335, 0, 0}, 2190, 3350),
               "long/name/of/a/file  335 B 3.35 kB/s, wire 219 B 2.19 kB/s, 1.53:1");
}

/* All that is told of a usual transfer has its place on a terminal of 80 columns, the time left too. */
static void test_a_usual_line_is_whole(void)
{
    check_line(line_of(79, &(struct progress_state){"measurements.csv", 1090000, 4260000, 6545184, 0}, 449000, 1770000),
               "rements.csv   65 %  4.26 MB 1.77 MB/s, wire 1.09 MB 449 kB/s, 3.91:1  0:01 left");
}

static void test_no_line_is_wider_than_the_terminal(void)
{
    static const char label[] =
        "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8C\x8A name \xC3\xA4\xC3\xB6\xC3\xBC with many more letters";
    const struct progress_state state = {label, 1234567890123, 98765432109876, 99999999999999, 0};

    for (size_t columns = 1; columns <= 200; columns++) {
        const char *line = line_of(columns, &state, 1e9, 1e10);
        size_t shown = 0;

        for (const char *c = line; *c; c++)
            shown += ((unsigned char)*c & 0xC0) != 0x80;
        check_context("%zu columns: %s", columns, line);
        CHECK(shown <= columns);
        CHECK(columns < 130 || shown >= 100);
    }
}

/* A file instead of a terminal: nothing, unless it is asked for; and a line is written seldom enough. */
static void test_when_it_shows(void)
{
    const struct progress_state state = {"a", 1, 2, 0, 0};
    char got[4096] = "";
    struct progress p;

    FILE *to = tmpfile();
    if (!CHECK(to != NULL))
        return;
    progress_begin(&p, to, PROGRESS_AUTO, 0);
    progress_show(&p, &state, 10000);
    progress_clear(&p);
    CHECK_EQ(ftell(to), 0);

    progress_begin(&p, to, PROGRESS_ALWAYS, 0);
    for (uint64_t now = 0; now <= 1000; now++)
        progress_show(&p, &state, now);
    progress_clear(&p);
    progress_clear(&p);
    rewind(to);
    got[fread(got, 1, sizeof got - 1, to)] = '\0';
    int lines = 0;
    for (const char *c = got; (c = strstr(c, "\ra  2 B")) != NULL; c++)
        lines++;
    CHECK_EQ(lines, 5);
    CHECK(strlen(got) > 4 && strcmp(got + strlen(got) - 4, "\r\033[K") == 0);
    fclose(to);
}

int main(void)
{
    test_sizes_have_three_figures();
    test_what_it_says();
    test_a_long_label_shows_its_end();
    test_a_usual_line_is_whole();
    test_no_line_is_wider_than_the_terminal();
    test_when_it_shows();
    return check_report("app/progress");
}
