/* quote.c: see quote.h. */
#include "net/quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * The length of the well-formed UTF-8 character at p, 0 if there is none (RFC 3629 4: no overlong form, no surrogate,
 * nothing above 10FFFF). *code is the character.
 */
static size_t utf8_length(const unsigned char *p, size_t size, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t length = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0;

    if (length == 0 || length > size)
        return 0;
    *code = length == 1 ? p[0] : p[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        *code = *code << 6 | (p[i] & 63u);
    }
    if (*code < smallest[length] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
        return 0;
    return length;
}

/* Characters that a terminal or a reader may take for something else than a sign on the line. */
static bool deceives(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f)  /* C0, DEL, C1: control */
           || code == 0xad                                /* soft hyphen: unseen */
           || (code >= 0x200b && code <= 0x200f)          /* no width; marks of direction */
           || (code >= 0x2028 && code <= 0x202e)          /* line ends; embeddings and overrides of direction */
           || (code >= 0x2060 && code <= 0x206f)          /* no width; isolates of direction */
           || code == 0xfeff || (code >= 0xfff0 && code <= 0xffff);
}

char *quote(char *out, const void *data, size_t size)
{
    const unsigned char *p = data;
    const size_t shown = size < QUOTE_LONGEST ? size : QUOTE_LONGEST;
    char *o = out;
    size_t length;

    *o++ = '"';
    for (size_t i = 0; i < shown; i += length) {
        uint32_t code = 0;

        length = utf8_length(p + i, shown - i, &code);
        if (length == 0 || deceives(code)) {
            if (length == 0)
                length = 1;
            for (size_t k = 0; k < length; k++) {
                const unsigned char byte = p[i + k];

                if (byte == '\n' || byte == '\r' || byte == '\t') {
                    *o++ = '\\';
                    *o++ = byte == '\n' ? 'n' : byte == '\r' ? 'r' : 't';
                } else {
                    *o++ = '\\';
                    *o++ = 'x';
                    *o++ = "0123456789abcdef"[byte >> 4];
                    *o++ = "0123456789abcdef"[byte & 15];
                }
            }
            continue;
        }
        if (p[i] == '"' || p[i] == '\\')
            *o++ = '\\';
        for (size_t k = 0; k < length; k++)
            *o++ = (char)p[i + k];
    }
    *o++ = '"';
    *o = '\0';
    if (shown < size)
        snprintf(o, QUOTE_ROOM - (size_t)(o - out), "+%zu more", size - shown);
    return out;
}
