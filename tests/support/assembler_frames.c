/* assembler_frames.c: the statements that write the frames of zlib and gzip (RFC 1950, RFC 1952). */
#include "tests/support/assembler_inside.h"

#include <stdlib.h>
#include <string.h>

static void put_big_endian(struct assembler *a, uint32_t value)
{
    for (int i = 3; i >= 0; i--)
        as_put(a, value >> 8 * i & 0xff, 1);
}

void do_zlib(struct assembler *a)
{
    unsigned window = 15, level = 2, wrong = 0;
    bool dictionary = false;
    const char *value;

    while (as_more(a)) {
        if ((value = as_option(a, "window=")) != NULL)
            window = (unsigned)as_whole_number(a, value, 23);
        else if ((value = as_option(a, "level=")) != NULL)
            level = (unsigned)as_whole_number(a, value, 3);
        else if (as_flag(a, "dictionary"))
            dictionary = true;
        else if ((wrong = as_wrong_by(a, "check")) == 0)
            as_fail(a, "what is \"%s\"?", a->word[a->next].text);
    }

    const unsigned cmf = (window - 8) << 4 | 8;
    unsigned flg = level << 6 | (dictionary ? 32u : 0);

    flg += (31 - (cmf * 256 + flg) % 31) % 31;
    as_put(a, cmf, 1);
    as_put(a, flg ^ wrong, 1);
    if (dictionary)
        put_big_endian(a, sluice_adler32(1, a->dictionary, a->before));
}

static void put_text(struct assembler *a, const char *text)
{
    do
        as_put(a, (unsigned char)*text, 1);
    while (*text++);
}

void do_gzip(struct assembler *a)
{
    const char *extra = NULL, *name = NULL, *comment = NULL, *value;
    unsigned long time = 0, xfl = 0, os = 255, flags = 0;
    unsigned wrong = 0;
    const size_t start = bits_bytes(&a->out);

    a->member_start = a->output_size;
    while (as_more(a)) {
        if (as_flag(a, "text"))
            flags |= 1;
        else if (as_flag(a, "crc"))
            flags |= 2;
        else if ((wrong = as_wrong_by(a, "crc")) != 0)
            flags |= 2;
        else if ((value = as_option(a, "extra=")) != NULL)
            extra = value;
        else if ((value = as_option(a, "name=")) != NULL)
            name = value;
        else if ((value = as_option(a, "comment=")) != NULL)
            comment = value;
        else if ((value = as_option(a, "time=")) != NULL)
            time = (unsigned long)as_whole_number(a, value, 0xffffffff);
        else if ((value = as_option(a, "xfl=")) != NULL)
            xfl = (unsigned long)as_whole_number(a, value, 255);
        else if ((value = as_option(a, "os=")) != NULL)
            os = (unsigned long)as_whole_number(a, value, 255);
        else
            as_fail(a, "what is \"%s\"?", a->word[a->next].text);
    }
    flags |= (extra ? 4u : 0) | (name ? 8u : 0) | (comment ? 16u : 0);
    as_put(a, (uint32_t)(0x00088b1f | flags << 24), 4);
    as_put(a, (uint32_t)time, 4);
    as_put(a, (uint32_t)(xfl | os << 8), 2);
    if (extra) {
        if (*extra && strlen(extra) % 3 != 2)
            as_fail(a, "an extra field is written 00:01:02");
        as_put(a, (uint32_t)((strlen(extra) + 1) / 3), 2);
        for (const char *p = extra; *p; p += p[2] ? 3 : 2)
            as_put(a, (uint32_t)strtoul((char[]){p[0], p[1], 0}, NULL, 16), 1);
    }
    if (name)
        put_text(a, name);
    if (comment)
        put_text(a, comment);
    if (flags & 2)
        as_put(a, (sluice_crc32(0, a->out.data + start, bits_bytes(&a->out) - start) & 0xffff) ^ wrong, 2);
}

void do_adler(struct assembler *a)
{
    bits_align(&a->out, 0);
    put_big_endian(a, sluice_adler32(1, a->output, a->output_size) ^ as_wrong_by(a, ""));
}

void do_crc(struct assembler *a)
{
    bits_align(&a->out, 0);
    as_put(a, sluice_crc32(0, a->output + a->member_start, a->output_size - a->member_start) ^
                             as_wrong_by(a, ""), 4);
}

void do_size(struct assembler *a)
{
    as_put(a, (uint32_t)(a->output_size - a->member_start) ^ as_wrong_by(a, ""), 4);
}
