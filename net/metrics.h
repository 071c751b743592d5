/*
 * metrics.h: what a server has done, counted, and written in the text format of Prometheus (version 0.0.4).
 *
 * Each thread counts on its own, so that counting costs no lock and no shared cache line; who asks adds up what all
 * have. Counters are as wide as the machine's words: where those have 32 bits they begin again at 0, as readers of such
 * figures expect of a counter.
 */
#ifndef NET_METRICS_H
#define NET_METRICS_H

#include "net/http_coding.h"
#include "net/loop.h"
#include "net/request_log.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

/* Written by one thread, read by all. */
typedef atomic_ulong metric;

/* The status codes that HTTP can have, from 100 on; and codings, bare results as numbers. */
enum { METRICS_STATUS_FIRST = 100, METRICS_STATUSES = 500, METRICS_CODINGS = 3, METRICS_RESULTS = REQUEST_FAILED + 1 };

struct metrics {
    metric statuses[METRICS_STATUSES];
    metric results[METRICS_RESULTS];
    metric file_bytes[METRICS_CODINGS], content_bytes[METRICS_CODINGS]; /* by the coding they were sent in */
    metric cache_hits, compressions;  /* answers from a copy; answers that were compressed as they were read */
    metric compress_us;
    metric accepted, refused, refused_of_one; /* connections; beyond the limit in all, and of one client */
};

/* Adds to a counter of the calling thread. */
static inline void metric_add(metric *counter, unsigned long n)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n, memory_order_relaxed);
}

/* An HTTP exchange is over: status 0 if none was sent. */
void metrics_count_http(struct metrics *metrics, unsigned status, enum http_coding coding, uint64_t file_bytes,
                        uint64_t content_bytes);

/* A request of the bare protocol is over. */
void metrics_count_bare(struct metrics *metrics, enum request_result result, uint64_t file_bytes, uint64_t wire_bytes);

/* Microseconds on a clock for durations. */
uint64_t metrics_clock(void);

/* Adds what one thread has counted to a sum. */
void metrics_sum(struct metrics *sum, const struct metrics *one);

/* Writes a sum of metrics, of the threads' turns, and the number of connections there are now. */
void metrics_write(FILE *out, const struct metrics *sum, const struct loop_turns *turns, unsigned connections);

#endif
