/*
 * parallel_refused_test.c: the system gives no thread at all, so that the caller's does all the work. Or it refuses a
 * mutex or a condition: there is no object then.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/no_threads.h"

static void *make(const sluice_allocator *allocator)
{
    return sluice_parallel_new(NULL, allocator);
}

static void end(void *parallel)
{
    sluice_parallel_free(parallel);
}

int main(void)
{
    static uint8_t data[50000], stream[2][60000], plain[60000];
    sluice_parallel_options o = sluice_parallel_defaults();
    size_t length[2], size;
    uint64_t random = 5;

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(check_random(&random) >> 60);
    o.piece = 4096;
    for (unsigned i = 0; i < 2; i++) {
        sluice_parallel *p;

        o.threads = i ? 4 : 1;
        p = sluice_parallel_new(&o, NULL);
        CHECK_EQ(sluice_compress_parallel(p, data, sizeof data, stream[i], sizeof stream[i], &length[i]), SLUICE_OK);
        CHECK_EQ(asked, i);
        sluice_parallel_free(p);
    }
    CHECK_BYTES(stream[1], length[1], stream[0], length[0]);
    CHECK_EQ(sluice_decompress(NULL, stream[0], length[0], plain, sizeof plain, &size), SLUICE_OK);
    CHECK_BYTES(plain, size, data, sizeof data);
    no_mutex_or_condition(make, end);
    return check_report("deflate/parallel_refused");
}
