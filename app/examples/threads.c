/*
 * threads.c: standard input, compressed by all processors into one ordinary gzip stream.
 *
 *     cc -I. -o threads app/examples/threads.c build/libsluice.a -pthread
 *     ./threads <file >file.gz
 */
#include "sluice.h"

#include <stdio.h>

enum { PIECE = 1 << 20 };

int main(void)
{
    static unsigned char data[PIECE], room[PIECE];
    sluice_parallel_options options = sluice_parallel_defaults();
    sluice_parallel *parallel;
    sluice_status status = SLUICE_NEED_INPUT;

    options.deflate.format = SLUICE_GZIP;
    parallel = sluice_parallel_new(&options, NULL);
    if (!parallel)
        return 1;
    while (status >= 0 && status != SLUICE_END) {
        sluice_input in = {data, fread(data, 1, sizeof data, stdin), 0};
        const sluice_flush flush = in.size < sizeof data ? SLUICE_FLUSH_FINISH : SLUICE_FLUSH_NONE;

        do {
            sluice_output out = {room, sizeof room, 0};

            status = sluice_parallel_deflate(parallel, &in, &out, flush);
            fwrite(room, 1, out.pos, stdout);
        } while (status == SLUICE_NEED_OUTPUT);
    }
    sluice_parallel_free(parallel);
    return status == SLUICE_END && !ferror(stdin) && fflush(stdout) == 0 ? 0 : 1;
}
