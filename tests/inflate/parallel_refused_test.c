/*
 * parallel_refused_test.c: the system gives no thread at all, so that nothing is decoded ahead and the caller's thread
 * does all the work. Or it refuses a mutex or a condition: there is no object then.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/no_threads.h"

/* What had been had before the one that was refused is given back, the memory too. */
static void no_mutex_or_condition(void)
{
    int blocks = 0;
    const sluice_allocator allocator = {counted_alloc, counted_free, &blocks};
    sluice_parallel_inflater *p;

    for (part_refused = 0; parts_asked = 0, !(p = sluice_parallel_inflate_new(NULL, &allocator)) && part_refused < 10;
         part_refused++) {
        check_context("mutex or condition %d is refused", part_refused);
        CHECK_EQ(parts_asked, part_refused + 1);
        CHECK_EQ(parts, 0);
        CHECK_EQ(blocks, 0);
    }
    check_context("none is refused");
    CHECK_EQ(part_refused, 3);
    CHECK_EQ(parts, 3);
    CHECK_EQ(blocks, 1);
    sluice_parallel_inflate_free(p);
    CHECK_EQ(parts, 0);
    CHECK_EQ(blocks, 0);
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
    no_mutex_or_condition();
    return check_report("inflate/parallel_refused");
}
