/* encoders.c: see encoders.h. */
#include "net/encoders.h"

#include <stddef.h>

sluice_deflater *encoders_take(struct encoders *encoders, sluice_format format)
{
    encoders->options.format = format;
    while (encoders->count > 0) {
        sluice_deflater *deflater = encoders->idle[--encoders->count];

        if (sluice_deflate_reset(deflater, &encoders->options) == SLUICE_OK)
            return deflater;
        sluice_deflate_free(deflater);
    }
    return sluice_deflate_new(&encoders->options, NULL);
}

void encoders_give(struct encoders *encoders, sluice_deflater *deflater)
{
    if (deflater && encoders->count < ENCODERS_KEPT)
        encoders->idle[encoders->count++] = deflater;
    else
        sluice_deflate_free(deflater);
}

void encoders_free(struct encoders *encoders)
{
    while (encoders->count > 0)
        sluice_deflate_free(encoders->idle[--encoders->count]);
}
