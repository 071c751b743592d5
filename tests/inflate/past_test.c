/*
 * past_test.c: what other decoders have stumbled over in the past and a vector alone does not show; those are in
 * vectors/src/past.txt. tests/README.md says where the tests of the others are.
 */
#include "sluice.h"
#include "tests/support/bits.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

enum { EMPTY_BLOCKS = 300000 };

/*
 * libdeflate #157, miniz #371, CVE-2018-12913: streams that never get on. A chain of empty blocks gives no output, so
 * that no limit of output ends it; but each step takes input, and with the input it ends.
 */
static void a_chain_of_empty_blocks(void)
{
    static uint8_t chain[EMPTY_BLOCKS * 5];
    uint8_t out[8];
    struct bit_writer w = {.data = chain, .size = sizeof chain};
    sluice_inflate_options o = sluice_inflate_defaults();
    sluice_input in = {chain, 0, 0};
    sluice_output room = {out, sizeof out, 0};

    for (unsigned i = 0; i < EMPTY_BLOCKS / 2; i++) {
        bits_put(&w, 0, 3); /* stored, of no bytes */
        bits_align(&w, 0);
        bits_put(&w, 0xffff0000, 32);
        bits_put(&w, 2, 3); /* fixed, of nothing but its end */
        bits_put(&w, 0, 7);
    }
    o.format = SLUICE_RAW;
    o.max_output = 1;
    sluice_inflater *const inflater = sluice_inflate_new(&o, NULL);

    for (in.size = 1; in.size <= bits_bytes(&w); in.size += 997) {
        const size_t before = in.pos;

        CHECK_EQ(sluice_inflate(inflater, &in, &room), SLUICE_NEED_INPUT);
        CHECK(in.pos == in.size && in.pos > before);
    }
    CHECK_EQ(room.pos, 0);
    CHECK_EQ(sluice_inflate_finish(inflater), SLUICE_ERR_TRUNCATED);
    sluice_inflate_free(inflater);
}

/* CVE-2022-37434: an extra field that comes in pieces, and is longer than what is kept of it. */
static void a_long_extra_field_in_pieces(void)
{
    static const uint8_t begin[] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 0x88, 0x13}; /* 5000 bytes of extra field */
    static uint8_t stream[sizeof begin + 5000 + 10];
    static const uint8_t end[] = {3, 0, 0, 0, 0, 0, 0, 0, 0, 0}; /* an empty fixed block, CRC, size */

    memcpy(stream, begin, sizeof begin);
    for (size_t i = 0; i < 5000; i++)
        stream[sizeof begin + i] = (uint8_t)(i * 7);
    memcpy(stream + sizeof begin + 5000, end, sizeof end);
    for (size_t piece = 1; piece < 6000; piece = piece * 3 + 1)
        for (size_t kept = 0; kept < 5100; kept = kept * 4 + 1) {
            uint8_t *const extra = check_guarded(kept + 1, false); /* a byte too far faults */
            sluice_gzip_header header = {.extra = extra + 1, .extra_room = kept};
            sluice_inflater *const inflater = sluice_inflate_new(NULL, NULL);
            sluice_input in = {stream, 0, 0};
            sluice_output room = {NULL, 0, 0};
            sluice_status status = SLUICE_NEED_INPUT;

            check_context("pieces of %zu, %zu bytes kept", piece, kept);
            CHECK_EQ(sluice_inflate_get_header(inflater, &header), SLUICE_OK);
            while (status == SLUICE_NEED_INPUT && in.size < sizeof stream) {
                in.size = in.size + piece < sizeof stream ? in.size + piece : sizeof stream;
                status = sluice_inflate(inflater, &in, &room);
            }
            CHECK_EQ(status, SLUICE_END);
            CHECK_EQ(header.extra_size, 5000);
            CHECK(memcmp(extra + 1, stream + sizeof begin, kept < 5000 ? kept : 5000) == 0);
            sluice_inflate_free(inflater);
            check_guarded_free(extra, kept + 1, false);
        }
}

int main(void)
{
    a_chain_of_empty_blocks();
    a_long_extra_field_in_pieces();
    return check_report("inflate/past");
}
