/*
 * allocator.c: objects in memory of one's own: from an allocator, and without any, in memory that is there already.
 *
 * The library allocates when an object is made and never after, so a program knows beforehand what it will need.
 *
 *     cc -I. -o allocator app/examples/allocator.c build/libsluice.a -pthread
 */
#include "sluice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Counts what is taken and given back. */
struct account {
    int alive;
    size_t bytes;
};

static void *take(void *user, size_t size)
{
    struct account *account = user;
    void *memory = malloc(size);

    account->alive += memory != NULL;
    account->bytes += memory ? size : 0;
    return memory;
}

static void give_back(void *user, void *memory)
{
    struct account *account = user;

    account->alive--;
    free(memory);
}

int main(void)
{
    static const char text[] = "in memory of one's own, in memory of one's own";
    struct account account = {0, 0};
    const sluice_allocator allocator = {take, give_back, &account};
    sluice_deflate_options small = sluice_deflate_defaults();
    sluice_inflate_options decode = sluice_inflate_defaults();
    unsigned char packed[256];
    char back[256];
    size_t packed_size = 0, size = 0, needed;
    sluice_deflater *deflater;
    sluice_inflater *inflater;
    void *memory;
    int fine;

    /* from an allocator: one call of it for the object, whatever is done with it */
    small.level = SLUICE_LEVEL_FASTEST;
    deflater = sluice_deflate_new(&small, &allocator);
    fine = deflater && sluice_compress(deflater, text, sizeof text, packed, sizeof packed, &packed_size) == SLUICE_OK;
    fine = fine && account.alive == 1 && account.bytes >= sluice_deflate_size(&small);
    sluice_deflate_free(deflater);
    fine = fine && account.alive == 0;

    /* without: `memory` could as well be a static array that is aligned, or a part of a structure */
    decode.flags = SLUICE_NO_WINDOW;
    needed = sluice_inflate_size(&decode);
    memory = malloc(needed);
    inflater = memory ? sluice_inflate_init(memory, needed, &decode) : NULL;
    fine = fine && inflater && sluice_decompress(inflater, packed, packed_size, back, sizeof back, &size) == SLUICE_OK;
    fine = fine && size == sizeof text && memcmp(text, back, size) == 0;
    free(memory);
    printf("one allocation, given back; a decoder in %zu bytes: %s\n", needed, fine ? back : "failed");
    return fine ? 0 : 1;
}
