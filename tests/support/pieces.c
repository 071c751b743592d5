/* pieces.c: see pieces.h. */
#include "tests/support/pieces.h"

#include "tests/support/check.h"

#include <string.h>

uint8_t data[DATA], stream[ROOM], first[ROOM], plain[DATA + 1];

void pieces_make(void)
{
    static const char *const words[] = {"water ", "gate ", "sluice ", "lock ", "weir ", "mill ", "race ", "pond\n"};
    uint64_t random = 7;
    size_t n = 0;

    while (n < DATA) {
        const uint64_t r = check_random(&random);
        const size_t left = DATA - n;
        size_t length = r % 400 == 0 ? 3000 + (size_t)(r / 1000 % 3000) : r % 400 == 1 ? 5000 : 0;

        if (length > left)
            length = left;
        if (r % 400 == 0) {
            for (size_t i = 0; i < length; i++)
                data[n + i] = (uint8_t)(check_random(&random) >> 40);
        } else if (r % 400 == 1) {
            memset(data + n, 'a', length);
        } else {
            const char *word = words[r >> 20 & 7];

            length = strlen(word) < left ? strlen(word) : left;
            memcpy(data + n, word, length);
        }
        n += length;
    }
}

sluice_parallel_options pieces_options(sluice_format format, int level, unsigned threads)
{
    sluice_parallel_options o = sluice_parallel_defaults();

    o.deflate.format = format;
    o.deflate.level = level;
    o.threads = threads;
    o.piece = PIECE;
    return o;
}

bool pieces_decode(const uint8_t *from, size_t length, size_t size, sluice_format format)
{
    sluice_inflate_options o = sluice_inflate_defaults();
    sluice_inflater *inflater;
    sluice_status status;
    size_t written;

    o.format = format;
    inflater = sluice_inflate_new(&o, NULL);
    memset(plain, 0x55, sizeof plain);
    status = sluice_decompress(inflater, from, length, plain, sizeof plain, &written);

    const bool whole = sluice_inflate_where(inflater).input == length;

    sluice_inflate_free(inflater);
    return CHECK_EQ(status, SLUICE_OK) && CHECK(whole) && CHECK_BYTES(plain, written, data, size);
}

size_t pieces_compress(sluice_parallel *p, size_t size, size_t input, size_t room)
{
    sluice_input in = {data, 0, 0};
    sluice_output out = {stream, 0, 0};
    sluice_status status;

    do {
        in.size = input == 0 || size - in.pos < input ? size : in.pos + input;
        out.size = room == 0 || ROOM - out.pos < room ? ROOM : out.pos + room;
        status = sluice_parallel_deflate(p, &in, &out, in.size == size ? SLUICE_FLUSH_FINISH : SLUICE_FLUSH_NONE);
        if (status == SLUICE_NEED_INPUT)
            CHECK_EQ(in.pos, in.size);
        if (status == SLUICE_NEED_OUTPUT)
            CHECK_EQ(out.pos, out.size);
    } while (status == SLUICE_NEED_INPUT || (status == SLUICE_NEED_OUTPUT && out.pos < ROOM));
    CHECK_EQ(status, SLUICE_END);
    CHECK_EQ(in.pos, size);
    CHECK_EQ(sluice_parallel_deflate(p, &in, &out, SLUICE_FLUSH_FINISH), SLUICE_END);
    return out.pos;
}

size_t pieces_compress_once(const sluice_parallel_options *o, size_t size, size_t input, size_t room)
{
    sluice_parallel *p = sluice_parallel_new(o, NULL);
    const size_t length = CHECK(p != NULL) ? pieces_compress(p, size, input, room) : 0;

    sluice_parallel_free(p);
    return length;
}
