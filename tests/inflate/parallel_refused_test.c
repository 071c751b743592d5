/*
 * parallel_refused_test.c: the system gives no thread at all, so that nothing is decoded ahead and the caller's thread
 * does all the work. Or it refuses a mutex or a condition: there is no object then.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/no_threads.h"

static void *make(const sluice_allocator *allocator)
{
    return sluice_parallel_inflate_new(NULL, allocator);
}

static void end(void *parallel)
{
    sluice_parallel_inflate_free(parallel);
}

int main(void)
{
    static uint8_t data[50000], stream[60000];
    sluice_parallel_inflate_options o = sluice_parallel_inflate_defaults();
    sluice_deflater *const d = sluice_deflate_new(NULL, NULL);
    sluice_output out = {stream, sizeof stream, 0};
    sluice_status status;
    size_t length, sum = 0;
    uint64_t random = 5;
    const void *span;

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(check_random(&random) >> 60);
    for (size_t at = 0; at < sizeof data; at += 5000) {
        sluice_input in = {data + at, 5000, 0};

        sluice_deflate(d, &in, &out, at + 5000 < sizeof data ? SLUICE_FLUSH_FULL : SLUICE_FLUSH_FINISH);
    }
    sluice_deflate_free(d);

    sluice_input in = {stream, out.pos, 0};

    o.threads = 3;
    o.piece = 1000;

    sluice_parallel_inflater *const p = sluice_parallel_inflate_new(&o, NULL);

    do {
        status = sluice_parallel_inflate_next(p, &in, 1, &span, &length);
        CHECK(length <= sizeof data - sum);
        CHECK_BYTES(span, length, data + sum, length);
        sum += length;
    } while (status == SLUICE_NEED_OUTPUT);
    CHECK_EQ(status, SLUICE_END);
    CHECK_EQ(sum, sizeof data);
    CHECK_EQ(asked, 1);
    sluice_parallel_inflate_free(p);
    no_mutex_or_condition(make, end);
    return check_report("inflate/parallel_refused");
}
