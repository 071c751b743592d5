/* encoders.c: see encoders.h. */
#include "net/encoders.h"

#include <stdlib.h>

/*
 * Memory for the highest level, of which a lower one touches only what it needs: the rest costs addresses and nothing
 * else. So it is malloc() and sluice_deflate_init(), and not sluice_deflate_new() at the highest level.
 */
static sluice_deflater *make(const struct encoders *encoders, const sluice_deflate_options *options)
{
    sluice_deflate_options highest = *options;

    highest.level = encoders->options.level;

    const size_t size = sluice_deflate_size(&highest);
    void *const memory = malloc(size);
    sluice_deflater *const deflater = sluice_deflate_init(memory, size, options);

    if (!deflater)
        free(memory);
    return deflater;
}

sluice_deflater *encoders_take(struct encoders *encoders, sluice_format format, int level)
{
    sluice_deflate_options options = encoders->options;

    options.format = format;
    options.level = level;
    while (encoders->count > 0) {
        sluice_deflater *deflater = encoders->idle[--encoders->count];

        if (sluice_deflate_reset(deflater, &options) == SLUICE_OK)
            return deflater;
        free(deflater);
    }
    return make(encoders, &options);
}

void encoders_give(struct encoders *encoders, sluice_deflater *deflater, bool keep)
{
    if (deflater && keep && encoders->count < ENCODERS_KEPT)
        encoders->idle[encoders->count++] = deflater;
    else
        free(deflater);
}

void encoders_free(struct encoders *encoders)
{
    while (encoders->count > 0)
        free(encoders->idle[--encoders->count]);
}
