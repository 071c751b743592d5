/*
 * buffer.c: a buffer compressed in one call, and back in another.
 *
 *     cc -I. -o buffer app/examples/buffer.c build/libsluice.a -pthread
 *     ./buffer "say it again, say it again, say it again"
 */
#include "sluice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    const char *text = argc > 1 ? argv[1] : "";
    const size_t size = strlen(text) + 1;
    const size_t room = sluice_compress_bound(size, SLUICE_ZLIB); /* with so much it fits whatever the text is */
    unsigned char *packed = malloc(room);
    char *back = malloc(size);
    size_t packed_size = 0, back_size = 0;
    sluice_status status = SLUICE_ERR_MEMORY;

    if (packed && back)
        status = sluice_compress(NULL, text, size, packed, room, &packed_size);
    if (status == SLUICE_OK)
        status = sluice_decompress(NULL, packed, packed_size, back, size, &back_size);
    if (status == SLUICE_OK)
        printf("%zu bytes, compressed %zu, back: %s\n", size, packed_size, back);
    else
        fprintf(stderr, "buffer: %s\n", sluice_status_text(status));
    free(packed);
    free(back);
    return status == SLUICE_OK && back_size == size ? 0 : 1;
}
