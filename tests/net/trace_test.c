/*
 * trace: events in the form of the example.
 */
#include "net/trace.h"
#include "tests/support/check.h"

#include <string.h>

static void events_have_the_form_of_the_example(void)
{
    static const char want[] = "Server: client asked for: \"lorem.txt\"\n"
                               "Server: RAW \"a\nb\"\n"
                               "Server: SENDING \"7801ff00\"\n"
                               "Server: BUFFERING\n"
                               "Server: RAW \"\"\n"
                               "Server: client asked for: \"a\\nServer: RAW \\\"\"\n";
    char got[1024];
    FILE *file = tmpfile();
    const struct trace trace = {file, "Server"};

    if (!CHECK(file != NULL))
        return;
    trace_name(&trace, "client asked for:", "lorem.txt", 9);
    trace_text(&trace, "RAW", "a\nb", 3);
    trace_hex(&trace, "SENDING", "\x78\x01\xff\x00", 4);
    trace_event(&trace, "BUFFERING");
    trace_text(&trace, "RAW", "", 0);
    trace_name(&trace, "client asked for:", "a\nServer: RAW \"", 15);
    rewind(file);
    CHECK_BYTES(got, fread(got, 1, sizeof got, file), want, strlen(want));
    fclose(file);
}

static void without_a_stream_nothing_happens(void)
{
    const struct trace off = {NULL, "Client"};

    trace_event(&off, "x");
    trace_text(&off, "x", "y", 1);
    trace_name(&off, "x", "y", 1);
    trace_hex(&off, "x", "y", 1);
    CHECK(off.out == NULL);
}

int main(void)
{
    events_have_the_form_of_the_example();
    without_a_stream_nothing_happens();
    return check_report("net/trace");
}
