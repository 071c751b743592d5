/*
 * request_log: one line a request, whatever the name.
 */
#include "net/request_log.h"
#include "tests/support/check.h"

#include <string.h>

static void line_of(const struct request_record *record, char *line, size_t room)
{
    FILE *file = tmpfile();
    size_t size = 0;

    if (CHECK(file != NULL)) {
        request_log(file, record);
        rewind(file);
        size = fread(line, 1, room - 1, file);
        fclose(file);
    }
    line[size] = '\0';
}

/* Everything behind the time, which has a form of its own. */
static void tells(const struct request_record *record, const char *want)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    char line[8192];

    check_context("%s", want);
    line_of(record, line, sizeof line);
    for (size_t i = 0; i < sizeof form - 1; i++)
        CHECK(form[i] == '0' ? line[i] >= '0' && line[i] <= '9' : line[i] == form[i]);
    CHECK_BYTES(line + 20, strlen(line + 20), want, strlen(want));
}

static void a_line_has_everything(void)
{
    tells(&(struct request_record){.protocol = "bare", .peer = "127.0.0.1:5", .name = "lorem.txt", .name_size = 9,
                                   .file_bytes = 335, .wire_bytes = 219, .milliseconds = 61204},
          " bare 127.0.0.1:5 \"lorem.txt\" ok 335 219 61.204\n");
    tells(&(struct request_record){.protocol = "bare", .peer = "[::1]:5", .name = "../x", .name_size = 4,
                                   .result = REQUEST_REFUSED, .reason = "leads above the root", .milliseconds = 7},
          " bare [::1]:5 \"../x\" refused 0 0 0.007 leads above the root\n");
    tells(&(struct request_record){.protocol = "bare", .peer = "unix:", .result = REQUEST_GONE, .reason = "r",
                                   .file_bytes = 5000000000, .wire_bytes = 4294967296},
          " bare unix: \"\" gone 5000000000 4294967296 0.000 r\n");
}

static void no_name_makes_a_second_line(void)
{
    char line[8192];
    unsigned char all[256];

    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    check_context("all bytes");
    line_of(&(struct request_record){.protocol = "bare", .peer = "p", .name = all, .name_size = sizeof all}, line,
            sizeof line);
    CHECK(strchr(line, '\n') == line + strlen(line) - 1);
    CHECK(strchr(line, '\r') == NULL);
    CHECK(strchr(line, 0x1b) == NULL);
    CHECK(strstr(line, "\" ok 0 0 0.000\n") != NULL);
    tells(&(struct request_record){.protocol = "bare", .peer = "p", .name = "\" ok 1 1 0.1\nx", .name_size = 14},
          " bare p \"\\\" ok 1 1 0.1\\nx\" ok 0 0 0.000\n");
}

static void a_note_has_the_time_too(void)
{
    char line[256];
    FILE *file = tmpfile();
    size_t size = 0;

    check_context("note");
    if (!CHECK(file != NULL))
        return;
    request_log_note(file, "%d connections", 3);
    rewind(file);
    size = fread(line, 1, sizeof line - 1, file);
    line[size] = '\0';
    CHECK(size > 20 && strcmp(line + 20, " 3 connections\n") == 0);
    fclose(file);
    request_log_note(NULL, "nothing");
    request_log(NULL, NULL);
}

int main(void)
{
    a_line_has_everything();
    no_name_makes_a_second_line();
    a_note_has_the_time_too();
    return check_report("net/request_log");
}
