/*
 * past_test.c: what other decoders have stumbled over in the past and a vector alone does not show; those are in
 * vectors/src/past.txt. tests/README.md says where the tests of the others are.
 */
#include "inflate/state.h"
#include "tests/support/bits.h"
#include "tests/support/check.h"
#include "tests/support/reference.h"

#include <stddef.h>
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

/* ---- A window whose memory is the caller's ---- */

enum { PLAIN = 3 * (WINDOW_MAX + WINDOW_FRESH), CODED = PLAIN + PLAIN / 4 };

static uint8_t coded[CODED], plain[PLAIN + 1];

static unsigned below(uint64_t *random, unsigned n) { return (unsigned)(check_random(random) >> 33) % n; }

struct fixed_codes {
    uint16_t litlen[288];
    uint8_t lengths[288];
};

/* A match of the length symbol 257 to 285 at the distance, with the fixed codes; gives its length. */
static unsigned put_match(struct bit_writer *w, const struct fixed_codes *codes, unsigned symbol, unsigned distance,
                          uint64_t *random)
{
    unsigned base, extra, length, of = 0;

    bits_length_symbol(symbol, &length, &extra);
    bits_put_codeword(w, codes->litlen[symbol], codes->lengths[symbol]);
    if (extra > 0) {
        const unsigned more = below(random, symbol == 284 ? 31 : 1u << extra);

        bits_put(w, more, extra);
        length += more;
    }
    do
        bits_distance_symbol(of++, &base, &extra);
    while (distance - base >= 1u << extra);
    bits_put_codeword(w, of - 1, 5);
    bits_put(w, distance - base, extra);
    return length;
}

/*
 * One fixed block that fills the window several times over: few literals, and matches of every length, most of them
 * from as far as the window goes, or from so near that they overlap themselves. In the end one from a byte further.
 */
static size_t write_up_to_the_window(unsigned window_bits)
{
    const unsigned window = 1u << window_bits;
    struct bit_writer w = {.data = coded, .size = CODED};
    struct fixed_codes codes;
    uint64_t random = window_bits;
    size_t put = 0;

    for (unsigned i = 0; i < 288; i++)
        codes.lengths[i] = (uint8_t)(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
    bits_assign(codes.lengths, 288, codes.litlen);
    bits_put(&w, 3, 3); /* the last block, fixed */
    while (put < 2 * (window + WINDOW_FRESH)) {
        const unsigned kind = below(&random, 8);

        if (put <= window || kind == 0) {
            const unsigned byte = below(&random, 256);

            bits_put_codeword(&w, codes.litlen[byte], codes.lengths[byte]);
            put++;
        } else {
            const unsigned nearer = below(&random, 3) * below(&random, 9);
            const unsigned distance = kind < 6 ? window - nearer : 1 + below(&random, 40);

            put += put_match(&w, &codes, 257 + below(&random, 29), distance, &random);
        }
    }
    if (window < WINDOW_MAX)
        put_match(&w, &codes, 257, window + 1, &random);
    bits_put(&w, 0, 7);
    return bits_bytes(&w);
}

static void no_loop(struct sluice_inflater *s, struct step *t)
{
    (void)s;
    (void)t;
}

/* Output lent, or fetched in pieces of `room` bytes, into the decoder that lies before a page that faults. */
static void decode_in(sluice_inflater *s, size_t size, size_t piece, size_t room, const struct reference_result *want)
{
    sluice_input in = {coded, 0, 0};
    sluice_status status = SLUICE_NEED_INPUT;
    uint8_t some[1000];
    size_t put = 0;

    while (status == SLUICE_NEED_OUTPUT || (status == SLUICE_NEED_INPUT && in.size < size)) {
        const void *span = some;
        sluice_output out = {some, room, 0};

        if (status == SLUICE_NEED_INPUT)
            in.size = in.size + piece < size ? in.size + piece : size;
        if (room > 0)
            status = sluice_inflate(s, &in, &out);
        else
            status = sluice_inflate_next(s, &in, &span, &out.pos);
        if (!CHECK(out.pos <= want->where.output - put && memcmp(span, plain + put, out.pos) == 0))
            return;
        put += out.pos;
    }
    CHECK_EQ(status, want->status);
    CHECK_EQ(put, want->where.output);
    CHECK_EQ(sluice_inflate_where(s).input, want->where.input);
    CHECK_EQ(sluice_inflate_where(s).bit, want->where.bit);
}

/*
 * zlib-ng #2244: a distance of one more than a small window was followed to before it. zlib-ng #2316: copies in wide
 * words read past the end of a window that has no byte to spare, being the caller's. Here it is the last part of the
 * object: the caller's memory, of just the size asked for, ends at a page that faults. With the limit that is the
 * window's whole size all of it is filled, which is else not done.
 */
static void a_window_at_the_end_of_the_caller_s_memory(void)
{
    static struct reference_result want;

    for (unsigned bits = WINDOW_BITS_MIN; bits <= WINDOW_BITS_MAX; bits++)
        for (unsigned limited = 0; limited < 2; limited++) {
            const uint64_t limit = limited ? (1u << bits) + WINDOW_FRESH : 0;
            const struct reference_options r = {.format = SLUICE_RAW, .window_bits = bits, .max_output = limit};
            const sluice_inflate_options o = {SLUICE_RAW, bits, 0, limit};
            const size_t size = sluice_inflate_size(&o), align = _Alignof(max_align_t);
            const size_t taken = (size + align - 1) / align * align;
            const size_t coded_size = write_up_to_the_window(bits);
            void *const memory = check_guarded(taken, false);

            reference_decode(&r, coded, coded_size, plain, sizeof plain, &want);
            check_context("%u bits, limit %llu", bits, (unsigned long long)limit);
            CHECK_EQ(want.status, limited                  ? SLUICE_ERR_LIMIT
                                  : bits < WINDOW_BITS_MAX ? SLUICE_ERR_DISTANCE_WINDOW
                                                           : SLUICE_END);
            for (unsigned way = 0; way < 3 * 2 * 3; way++) {
                static const size_t pieces[] = {SIZE_MAX / 2, 700}, rooms[] = {0, 1000, 37};
                sluice_inflater *const s = sluice_inflate_init(memory, size, &o);

                check_context("%u bits, limit %llu, way %u", bits, (unsigned long long)limit, way);
                if (way % 3 == 0)
                    s->fast = no_loop;
                if (way % 3 < 2)
                    s->lanes = no_loop;
                decode_in(s, coded_size, pieces[way / 3 % 2], rooms[way / 6], &want);
            }
            check_guarded_free(memory, taken, false);
        }
}

int main(void)
{
    a_chain_of_empty_blocks();
    a_long_extra_field_in_pieces();
    a_window_at_the_end_of_the_caller_s_memory();
    return check_report("inflate/past");
}
