/* trace.c: see trace.h. The stream's lock is held over an event, so that threads do not mix their lines. */
#include "net/trace.h"

#include "net/quote.h"

void trace_event(const struct trace *trace, const char *what)
{
    if (!trace->out)
        return;
    fprintf(trace->out, "%s: %s\n", trace->who, what);
    fflush(trace->out);
}

void trace_text(const struct trace *trace, const char *what, const void *data, size_t size)
{
    if (!trace->out)
        return;
    flockfile(trace->out);
    fprintf(trace->out, "%s: %s \"", trace->who, what);
    fwrite(data, 1, size, trace->out);
    fputs("\"\n", trace->out);
    fflush(trace->out);
    funlockfile(trace->out);
}

void trace_name(const struct trace *trace, const char *what, const void *name, size_t size)
{
    char quoted[QUOTE_ROOM];

    if (!trace->out)
        return;
    fprintf(trace->out, "%s: %s %s\n", trace->who, what, quote(quoted, name, size));
    fflush(trace->out);
}

void trace_hex(const struct trace *trace, const char *what, const void *data, size_t size)
{
    const unsigned char *p = data;

    if (!trace->out)
        return;
    flockfile(trace->out);
    fprintf(trace->out, "%s: %s \"", trace->who, what);
    for (size_t i = 0; i < size; i++)
        fprintf(trace->out, "%02x", p[i]);
    fputs("\"\n", trace->out);
    fflush(trace->out);
    funlockfile(trace->out);
}
