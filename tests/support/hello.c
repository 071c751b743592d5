/* hello.c: see hello.h. */
#include "tests/support/hello.h"

#include <string.h>

const char hello[HELLO + 1] = "hello, hello, hello\n";
const uint8_t hello_zlib[HELLO_ZLIB] = {0x78, 0x9c, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0xc8,
                                        0x40, 0xa2, 0xb8, 0x00, 0x4b, 0x07, 0x06, 0xdf};

/* header, an empty fixed block, CRC-32 and size 0 */
const uint8_t hello_empty_member[EMPTY_MEMBER] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 3, 0};

uint8_t hello_members[3 * MEMBER];

void hello_make(void)
{
    for (unsigned i = 0; i < 3; i++) {
        const uint8_t byte = (uint8_t)('a' + i);
        const uint32_t crc = sluice_crc32(0, &byte, 1);
        const uint8_t member[MEMBER] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1, 1, 0, 0xfe, 0xff, byte,
                                        (uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16), (uint8_t)(crc >> 24),
                                        1};

        memcpy(hello_members + MEMBER * i, member, MEMBER);
    }
}

sluice_inflate_options hello_options(sluice_format format)
{
    sluice_inflate_options o = sluice_inflate_defaults();

    o.format = format;
    return o;
}

sluice_inflater *hello_inflater(sluice_format format)
{
    const sluice_inflate_options o = hello_options(format);

    return sluice_inflate_new(&o, NULL);
}

sluice_status hello_step(sluice_inflater *s, const void *data, size_t size, void *room, size_t room_size,
                         size_t *in_used, size_t *out_used)
{
    sluice_input in = {data, size, 0};
    sluice_output out = {room, room_size, 0};
    const sluice_status status = sluice_inflate(s, &in, &out);

    if (in_used)
        *in_used = in.pos;
    if (out_used)
        *out_used = out.pos;
    return status;
}
