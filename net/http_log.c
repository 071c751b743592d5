/* http_log.c: see http_log.h. */
#include "net/http_log.h"

#include "net/quote.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* A text quoted, cut at what quote() shows, without its mark of a cut: readers of logs do not know it. Absent: "-". */
static const char *quoted(char *room, const struct http_text *text)
{
    if (!text->data)
        return "\"-\"";
    return quote(room, text->data, text->size < QUOTE_LONGEST ? text->size : QUOTE_LONGEST);
}

/* The peer without its port. */
static int host_size(const char **peer)
{
    const char *const colon = strrchr(*peer, ':');

    if (!colon || !colon[1]) /* "unix:" */
        return (int)strlen(*peer);
    if (**peer == '[' && colon > *peer && colon[-1] == ']') {
        ++*peer;
        return (int)(colon - 1 - *peer);
    }
    return (int)(colon - *peer);
}

void http_log(FILE *log, bool combined, const struct http_record *r)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char line[QUOTE_ROOM], referer[QUOTE_ROOM], agent[QUOTE_ROOM], when[32] = "-";
    const time_t now = time(NULL);
    const char *peer = r->peer;
    const int peer_size = host_size(&peer);
    struct tm tm;

    if (!log)
        return;
    if (gmtime_r(&now, &tm)) /* strftime's names of months change with the locale */
        snprintf(when, sizeof when, "%02d/%.3s/%04d:%02d:%02d:%02d", tm.tm_mday % 100, months + 3 * (tm.tm_mon % 12),
                 (tm.tm_year + 1900) % 10000, tm.tm_hour % 100, tm.tm_min % 100, tm.tm_sec % 100);
    flockfile(log);
    fprintf(log, "%.*s - - [%s +0000] %s %u %" PRIu64, peer_size, peer, when, quoted(line, &r->line), r->status,
            r->content_bytes);
    if (combined)
        fprintf(log, " %s %s", quoted(referer, &r->referer), quoted(agent, &r->agent));
    fprintf(log, " %" PRIu64 " %s %" PRIu64 ".%03" PRIu64 "%s%s\n", r->file_bytes, r->coding, r->milliseconds / 1000,
            r->milliseconds % 1000, r->reason ? " " : "", r->reason ? r->reason : "");
    fflush(log);
    funlockfile(log);
}
