/* request_log.c: see request_log.h. */
#include "net/request_log.h"

#include "net/quote.h"

#include <inttypes.h>
#include <stdarg.h>
#include <time.h>

enum { TIME_ROOM = 32 };

static char *time_text(char *text)
{
    const time_t now = time(NULL);
    struct tm tm;

    if (!gmtime_r(&now, &tm) || strftime(text, TIME_ROOM, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        snprintf(text, TIME_ROOM, "-");
    return text;
}

const char *request_result_name(enum request_result result)
{
    static const char *const results[] = {
        [REQUEST_OK] = "ok",           [REQUEST_REFUSED] = "refused", [REQUEST_CHANGED] = "changed",
        [REQUEST_GONE] = "gone",       [REQUEST_TIMEOUT] = "timeout", [REQUEST_STOPPED] = "stopped",
        [REQUEST_FAILED] = "failed"};

    return results[result];
}

void request_log(FILE *log, const struct request_record *r)
{
    char when[TIME_ROOM], name[QUOTE_ROOM];

    if (!log)
        return;
    fprintf(log, "%s %s %s %s %s %" PRIu64 " %" PRIu64 " %" PRIu64 ".%03" PRIu64 "%s%s\n", time_text(when), r->protocol,
            r->peer, quote(name, r->name, r->name_size), request_result_name(r->result), r->file_bytes, r->wire_bytes,
            r->milliseconds / 1000, r->milliseconds % 1000, r->reason ? " " : "", r->reason ? r->reason : "");
    fflush(log);
}

void request_log_note(FILE *log, const char *format, ...)
{
    char when[TIME_ROOM];
    va_list args;

    if (!log)
        return;
    va_start(args, format);
    flockfile(log);
    fprintf(log, "%s ", time_text(when));
    vfprintf(log, format, args);
    fputc('\n', log);
    fflush(log);
    funlockfile(log);
    va_end(args);
}
