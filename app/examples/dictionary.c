/*
 * dictionary.c: small messages of one kind, with and without a dictionary that both sides have.
 *
 *     cc -I. -o dictionary app/examples/dictionary.c build/libsluice.a -pthread
 */
#include "sluice.h"

#include <stdio.h>
#include <string.h>

/* What messages begin and go on with; the commonest is at the end. Version it with the protocol. */
static const char dictionary[] =
    "{\"error\":null,\"user\":{\"name\":\"\",\"city\":\"\"},\"status\":\"ok\",\"items\":[{\"id\":";
static const char message[] =
    "{\"user\":{\"name\":\"Ada\",\"city\":\"Turin\"},\"status\":\"ok\",\"items\":[{\"id\":7},{\"id\":9}]}";

enum { ROOM = 512 };

static size_t compress(sluice_deflater *deflater, int with_dictionary, unsigned char *packed)
{
    sluice_input in = {message, sizeof message, 0};
    sluice_output out = {packed, ROOM, 0};

    if (sluice_deflate_reset(deflater, NULL) != SLUICE_OK)
        return 0;
    if (with_dictionary && sluice_deflate_set_dictionary(deflater, dictionary, sizeof dictionary) != SLUICE_OK)
        return 0;
    return sluice_deflate(deflater, &in, &out, SLUICE_FLUSH_FINISH) == SLUICE_END ? out.pos : 0;
}

static int decompress(const unsigned char *packed, size_t size)
{
    char text[ROOM];
    sluice_inflater *inflater = sluice_inflate_new(NULL, NULL);
    sluice_input in = {packed, size, 0};
    sluice_output out = {text, sizeof text, 0};
    sluice_status status = inflater ? sluice_inflate(inflater, &in, &out) : SLUICE_ERR_MEMORY;

    /* The stream names its dictionary by the Adler-32: who has several finds the right one by that. */
    if (status == SLUICE_NEED_DICTIONARY &&
        sluice_inflate_dictionary_id(inflater) == sluice_adler32(1, dictionary, sizeof dictionary) &&
        sluice_inflate_set_dictionary(inflater, dictionary, sizeof dictionary) == SLUICE_OK)
        status = sluice_inflate(inflater, &in, &out);
    sluice_inflate_free(inflater);
    return status == SLUICE_END && out.pos == sizeof message && memcmp(text, message, sizeof message) == 0;
}

int main(void)
{
    unsigned char plain[ROOM], primed[ROOM];
    sluice_deflater *deflater = sluice_deflate_new(NULL, NULL);
    const size_t without = deflater ? compress(deflater, 0, plain) : 0;
    const size_t with = deflater ? compress(deflater, 1, primed) : 0;

    sluice_deflate_free(deflater);
    if (!without || !with || !decompress(plain, without) || !decompress(primed, with))
        return 1;
    printf("a message of %zu bytes: compressed %zu, with a dictionary %zu\n", sizeof message, without, with);
    return with < without ? 0 : 1;
}
