/*
 * stream.c: a file of any size, compressed or decompressed a piece at a time, in 64 KiB of input and as much of output.
 *
 *     cc -I. -o stream app/examples/stream.c build/libsluice.a -pthread
 *     ./stream <file >file.gz
 *     ./stream -d <file.gz >file
 */
#include "sluice.h"

#include <stdio.h>
#include <string.h>

enum { PIECE = 65536 };

/* The next piece of input; *last tells that nothing follows. */
static sluice_input next_piece(unsigned char *data, int *last)
{
    sluice_input in = {data, fread(data, 1, PIECE, stdin), 0};

    *last = in.size < PIECE;
    return in;
}

static sluice_status compress(void)
{
    static unsigned char data[PIECE], room[PIECE];
    sluice_deflate_options options = sluice_deflate_defaults();
    sluice_deflater *deflater;
    sluice_status status;
    int last;

    options.format = SLUICE_GZIP;
    options.level = 9;
    deflater = sluice_deflate_new(&options, NULL);
    if (!deflater)
        return SLUICE_ERR_MEMORY;
    do {
        sluice_input in = next_piece(data, &last);

        do { /* as long as the room was too small for what has to come out */
            sluice_output out = {room, sizeof room, 0};

            status = sluice_deflate(deflater, &in, &out, last ? SLUICE_FLUSH_FINISH : SLUICE_FLUSH_NONE);
            fwrite(room, 1, out.pos, stdout);
        } while (status == SLUICE_NEED_OUTPUT);
    } while (status == SLUICE_NEED_INPUT);
    sluice_deflate_free(deflater);
    return status;
}

static sluice_status decompress(void)
{
    static unsigned char data[PIECE];
    sluice_inflater *inflater = sluice_inflate_new(NULL, NULL);
    sluice_status status;
    int last;

    if (!inflater)
        return SLUICE_ERR_MEMORY;
    do {
        sluice_input in = next_piece(data, &last);

        do {
            const void *span;
            size_t length;

            status = sluice_inflate_next(inflater, &in, &span, &length); /* lends its own window: no copy */
            fwrite(span, 1, length, stdout);
        } while (status == SLUICE_NEED_OUTPUT);
        if (last && status >= 0)
            status = sluice_inflate_finish(inflater); /* whole, or cut short? */
    } while (status == SLUICE_NEED_INPUT || (status == SLUICE_END && !last)); /* another member may follow */
    if (status < 0) {
        const sluice_position where = sluice_inflate_where(inflater);

        fprintf(stderr, "stream: byte %llu, bit %u: %s\n", (unsigned long long)where.input, where.bit,
                sluice_status_text(status));
    }
    sluice_inflate_free(inflater);
    return status;
}

int main(int argc, char **argv)
{
    const sluice_status status = argc > 1 && strcmp(argv[1], "-d") == 0 ? decompress() : compress();

    return status == SLUICE_END && !ferror(stdin) && fflush(stdout) == 0 ? 0 : 1;
}
