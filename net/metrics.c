/* metrics.c: see metrics.h. */
#include "net/metrics.h"

#include <time.h>

/* HTTP_GZIP and HTTP_DEFLATE, or the identity. */
static unsigned place_of(enum http_coding coding)
{
    return coding == HTTP_GZIP ? 1 : coding == HTTP_DEFLATE ? 2 : 0;
}

static const char *const coding_names[METRICS_CODINGS] = {"identity", "gzip", "deflate"};

void metrics_count_http(struct metrics *m, unsigned status, enum http_coding coding, uint64_t file_bytes,
                        uint64_t content_bytes)
{
    if (status >= METRICS_STATUS_FIRST && status < METRICS_STATUS_FIRST + METRICS_STATUSES)
        metric_add(&m->statuses[status - METRICS_STATUS_FIRST], 1);
    metric_add(&m->file_bytes[place_of(coding)], (unsigned long)file_bytes);
    metric_add(&m->content_bytes[place_of(coding)], (unsigned long)content_bytes);
}

void metrics_count_bare(struct metrics *m, enum request_result result, uint64_t file_bytes, uint64_t wire_bytes)
{
    metric_add(&m->results[result], 1);
    metric_add(&m->file_bytes[place_of(HTTP_DEFLATE)], (unsigned long)file_bytes);
    metric_add(&m->content_bytes[place_of(HTTP_DEFLATE)], (unsigned long)wire_bytes);
}

uint64_t metrics_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static unsigned long value(const metric *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void add(metric *sum, const metric *one, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        metric_add(&sum[i], value(&one[i]));
}

void metrics_sum(struct metrics *sum, const struct metrics *one)
{
    add(sum->statuses, one->statuses, METRICS_STATUSES);
    add(sum->results, one->results, METRICS_RESULTS);
    add(sum->file_bytes, one->file_bytes, METRICS_CODINGS);
    add(sum->content_bytes, one->content_bytes, METRICS_CODINGS);
    add(&sum->cache_hits, &one->cache_hits, 1);
    add(&sum->compressions, &one->compressions, 1);
    add(&sum->compress_us, &one->compress_us, 1);
    add(&sum->accepted, &one->accepted, 1);
    add(&sum->refused, &one->refused, 1);
    add(&sum->refused_of_one, &one->refused_of_one, 1);
}

/* ---- the text ---- */

static void head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Microseconds as seconds, without a comma that a locale might put there. */
static void write_seconds(FILE *out, unsigned long us)
{
    fprintf(out, "%lu.%06lu\n", us / 1000000, us % 1000000);
}

static void write_requests(FILE *out, const struct metrics *m)
{
    head(out, "sluice_requests_total", "counter", "Requests that are over, by protocol and status or result.");
    for (unsigned i = 0; i < METRICS_STATUSES; i++)
        if (value(&m->statuses[i]) > 0)
            fprintf(out, "sluice_requests_total{protocol=\"http\",status=\"%u\"} %lu\n", METRICS_STATUS_FIRST + i,
                    value(&m->statuses[i]));
    for (unsigned i = 0; i < METRICS_RESULTS; i++)
        if (value(&m->results[i]) > 0)
            fprintf(out, "sluice_requests_total{protocol=\"bare\",status=\"%s\"} %lu\n",
                    request_result_name((enum request_result)i), value(&m->results[i]));
}

static void write_by_coding(FILE *out, const char *name, const char *help, const metric *counters)
{
    head(out, name, "counter", help);
    for (unsigned i = 0; i < METRICS_CODINGS; i++)
        fprintf(out, "%s{coding=\"%s\"} %lu\n", name, coding_names[i], value(&counters[i]));
}

static void write_one(FILE *out, const char *name, const char *type, const char *help, unsigned long number)
{
    head(out, name, type, help);
    fprintf(out, "%s %lu\n", name, number);
}

static void write_turns(FILE *out, const struct loop_turns *turns)
{
    static const char name[] = "sluice_loop_turn_seconds";
    unsigned long count = 0;

    head(out, name, "histogram", "How long the event loops were at work in a turn, while others waited.");
    for (unsigned i = 0; i < LOOP_TURN_STEPS; i++) {
        count += value(&turns->counts[i]);
        fprintf(out, "%s_bucket{le=\"%u.%06u\"} %lu\n", name, loop_turn_steps[i] / 1000000,
                loop_turn_steps[i] % 1000000, count);
    }
    count += value(&turns->counts[LOOP_TURN_STEPS]);
    fprintf(out, "%s_bucket{le=\"+Inf\"} %lu\n%s_sum ", name, count, name);
    write_seconds(out, value(&turns->us));
    fprintf(out, "%s_count %lu\n", name, count);
    head(out, "sluice_loop_turn_longest_seconds", "gauge", "The longest turn since the start.");
    fprintf(out, "sluice_loop_turn_longest_seconds ");
    write_seconds(out, value(&turns->longest_us));
}

void metrics_write(FILE *out, const struct metrics *m, const struct loop_turns *turns, unsigned connections)
{
    write_requests(out, m);
    write_by_coding(out, "sluice_file_bytes_total", "Bytes of files that were read to be sent, by coding.",
                    m->file_bytes);
    write_by_coding(out, "sluice_sent_bytes_total", "Bytes of content that were sent, by coding.", m->content_bytes);
    write_one(out, "sluice_cache_hits_total", "counter", "Answers that were sent from a copy in memory.",
              value(&m->cache_hits));
    write_one(out, "sluice_compressions_total", "counter", "Answers that were compressed as they were read.",
              value(&m->compressions));
    head(out, "sluice_compression_seconds_total", "counter", "Time that reading and compressing took.");
    fprintf(out, "sluice_compression_seconds_total ");
    write_seconds(out, value(&m->compress_us));
    write_one(out, "sluice_connections", "gauge", "Connections that there are.", connections);
    write_one(out, "sluice_connections_accepted_total", "counter", "Connections that were taken.", value(&m->accepted));
    head(out, "sluice_connections_refused_total", "counter", "Connections beyond a limit.");
    fprintf(out, "sluice_connections_refused_total{limit=\"connections\"} %lu\n", value(&m->refused));
    fprintf(out, "sluice_connections_refused_total{limit=\"address\"} %lu\n", value(&m->refused_of_one));
    write_turns(out, turns);
}
