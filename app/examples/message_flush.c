/*
 * message_flush.c: messages over one stream, each of which can be read as soon as it has come.
 *
 * A flush of kind SYNC ends the output on a byte with all input so far in it; later messages still refer to earlier
 * ones, so that they are small. Here both ends are in one program: each line of standard input is sent as a message,
 * and what arrives is printed with the bytes that it took.
 *
 *     cc -I. -o message_flush app/examples/message_flush.c build/libsluice.a -pthread
 */
#include "sluice.h"

#include <stdio.h>
#include <string.h>

enum { LINE = 4096 };

/* Compresses a message; gives how many bytes are to be sent, or 0. The room is large enough for any line. */
static size_t send_message(sluice_deflater *deflater, const char *text, unsigned char *wire, size_t room)
{
    sluice_input in = {text, strlen(text), 0};
    sluice_output out = {wire, room, 0};

    return sluice_deflate(deflater, &in, &out, SLUICE_FLUSH_SYNC) == SLUICE_OK ? out.pos : 0;
}

/* Decodes what has come; gives how many bytes of the message it holds. */
static size_t receive_message(sluice_inflater *inflater, const unsigned char *wire, size_t size, char *text)
{
    sluice_input in = {wire, size, 0};
    sluice_output out = {text, LINE - 1, 0};

    if (sluice_inflate(inflater, &in, &out) < 0)
        return 0;
    text[out.pos] = '\0';
    return out.pos;
}

int main(void)
{
    static char line[LINE], text[LINE];
    static unsigned char wire[2 * LINE];
    sluice_deflate_options options = sluice_deflate_defaults();
    sluice_deflater *deflater;
    sluice_inflater *inflater;
    int fine;

    options.format = SLUICE_ZLIB;
    deflater = sluice_deflate_new(&options, NULL);
    inflater = sluice_inflate_new(NULL, NULL);
    fine = deflater && inflater;
    while (fine && fgets(line, sizeof line, stdin)) {
        const size_t sent = send_message(deflater, line, wire, sizeof wire);

        fine = sent > 0 && receive_message(inflater, wire, sent, text) == strlen(line) && strcmp(text, line) == 0;
        printf("%3zu of %3zu bytes: %s", sent, strlen(line), text);
    }
    sluice_deflate_free(deflater);
    sluice_inflate_free(inflater);
    return fine ? 0 : 1;
}
