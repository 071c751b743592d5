/*
 * `sluice --explain` decodes by code of its own: the same verdict at the same bit as the reference decoder.
 *
 * input: the format; then a stream.
 */
#include "app/tool/explain.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/reference.h"

#include <unistd.h>

enum { STREAM_MAX = 2000, OUTPUT_MAX = 1 << 20 };

static FILE *file, *sink;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    file = tmpfile();
    sink = fopen("/dev/null", "w");
    MUST(file && sink);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t output[OUTPUT_MAX];
    static struct reference_result want;
    static struct explain explain;
    struct fuzz_input in = {data, size};
    const struct reference_options o = {.format = (sluice_format)(fuzz_byte(&in) % 4), .window_bits = 15};
    sluice_position where;
    int error;

    if (in.size > STREAM_MAX)
        return 0;
    reference_decode(&o, in.data, in.size, output, sizeof output, &want);
    if (want.status == SLUICE_ERR_ROOM)
        return 0;
    MUST(ftruncate(fileno(file), 0) == 0 && pwrite(fileno(file), in.data, in.size, 0) == (ssize_t)in.size);
    MUST(lseek(fileno(file), 0, SEEK_SET) == 0);
    const sluice_status status = explain_stream(&explain, fileno(file), "x", o.format, NULL, 0, sink, &where, &error);

    MUST(error == 0 && status == want.status);
    MUST(where.output == want.where.output && where.input == want.where.input && where.bit == want.where.bit);
    return 0;
}
