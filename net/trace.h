/*
 * trace.h: prints what a server or client does with each piece of a transfer, in the form of the example that this
 * project grew from: `Server: RAW "…"`, `Server: BUFFERING`, `Client: READ "7801…"`.
 */
#ifndef NET_TRACE_H
#define NET_TRACE_H

#include <stddef.h>
#include <stdio.h>

/* Where a trace goes and who speaks. out NULL: nothing is printed. Each event is written and flushed as a whole. */
struct trace {
    FILE *out;
    const char *who; /* "Server" or "Client" */
};

/* `who: what` */
void trace_event(const struct trace *trace, const char *what);

/* `who: what "data"`, the data as they are, line ends and all: a trace shows what passes, it is no log. */
void trace_text(const struct trace *trace, const char *what, const void *data, size_t size);

/* `who: what "name"`, the name quoted (see quote.h): for what a stranger chose. */
void trace_name(const struct trace *trace, const char *what, const void *name, size_t size);

/* `who: what "data"`, the data in hexadecimal, lower case. */
void trace_hex(const struct trace *trace, const char *what, const void *data, size_t size);

#endif
