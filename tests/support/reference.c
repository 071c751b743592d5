/*
 * reference.c: see reference.h.
 *
 * The stream is taken bit by bit from one place (next_bit) and the output grows byte by byte in one place (put). A
 * defect ends everything at once by a jump out of however deep we are (fail), so that no function has to pass errors
 * on and each reads like the section of the RFC that it implements. A function's comment ends with the points of the
 * format that are easily missed.
 */
#include "tests/support/reference.h"

#include <setjmp.h>
#include <string.h>

struct reader {
    const struct reference_options *options;
    const uint8_t *data;
    uint64_t size_bits; /* of the stream */
    uint64_t bit;       /* the next one, counted from the start of the stream */

    uint8_t *out;
    size_t room, length;  /* length: bytes put out */
    size_t member_start;  /* `length` when this gzip member began */
    unsigned window_bits; /* distances above 2^window_bits are errors */
    const uint8_t *dictionary;
    size_t dictionary_size; /* what a distance can reach before the first byte of output */

    struct reference_result *result;
    jmp_buf end;
};

/* A Huffman code in the form that RFC 1951 3.2.2 gives it: codewords of one length are consecutive numbers. */
struct code {
    unsigned longest;
    unsigned count[16];   /* count[n]: symbols whose codeword has n bits */
    unsigned first[16];   /* the first codeword of n bits */
    unsigned offset[16];  /* where the symbols with n bits begin in symbol[] */
    unsigned symbol[288]; /* by length, then by value */
};

static _Noreturn void fail(struct reader *r, sluice_status status, uint64_t bit)
{
    r->result->status = status;
    r->result->where = (sluice_position){.input = bit / 8, .bit = (unsigned)(bit % 8), .output = r->length};
    longjmp(r->end, 1);
}

/* ---- Bits (RFC 1951 3.1.1) ---- */

/* The bits of a byte come from the least significant one on. */
static unsigned next_bit(struct reader *r)
{
    if (r->bit >= r->size_bits)
        fail(r, SLUICE_ERR_TRUNCATED, r->size_bits);

    const unsigned bit = r->data[r->bit / 8] >> (r->bit % 8) & 1;

    r->bit++;
    return bit;
}

/*
 * A number of n bits.
 * - Numbers come from their least significant bit on, which at byte borders is the same as little-endian bytes.
 * - Huffman codewords come the other way round; see next_symbol().
 */
static unsigned next_bits(struct reader *r, unsigned n)
{
    unsigned value = 0;

    for (unsigned i = 0; i < n; i++)
        value |= next_bit(r) << i;
    return value;
}

static void skip_to_byte(struct reader *r)
{
    r->bit = (r->bit + 7) / 8 * 8;
}

/* ---- Output ---- */

/* `bit` is the position of the element that the byte is due to. */
static void put(struct reader *r, unsigned byte, uint64_t bit)
{
    if (r->options->max_output != 0 && r->length >= r->options->max_output)
        fail(r, SLUICE_ERR_LIMIT, bit);
    if (r->length >= r->room)
        fail(r, SLUICE_ERR_ROOM, bit);
    r->out[r->length++] = (uint8_t)byte;
}

/* The byte `distance` before the end of the output, or of the dictionary that stands before it. */
static unsigned byte_before(const struct reader *r, size_t distance)
{
    const size_t here = r->length - r->member_start;

    return distance <= here ? r->out[r->length - distance]
                            : r->dictionary[r->dictionary_size - (distance - here)];
}

/* ---- Codes (RFC 1951 3.2.2) ---- */

enum shape { COMPLETE, INCOMPLETE, OVERFULL, SINGLE, EMPTY };

/*
 * Makes the code from the lengths of its codewords.
 * - A length of 0 means that the symbol does not occur; it takes no part.
 * - Codewords of n bits begin where those of n-1 bits ended, with a bit added: first[n] = (first[n-1] + count[n-1]) *
 *   2.
 * - If more codewords are asked for than n bits can tell apart, the code is over-subscribed; what is left over once
 *   the longest are given out are codewords that mean nothing, and the code is incomplete.
 */
static enum shape make_code(struct code *c, const uint8_t *lengths, unsigned symbols)
{
    unsigned used = 0, left = 1; /* left: codewords of n bits that are not given out and no prefix is */
    enum shape shape = COMPLETE;

    memset(c, 0, sizeof *c);
    for (unsigned i = 0; i < symbols; i++)
        if (lengths[i] > 0)
            c->count[lengths[i]]++;
    for (unsigned n = 1; n <= 15; n++) {
        c->first[n] = (c->first[n - 1] + c->count[n - 1]) << 1;
        c->offset[n] = used;
        used += c->count[n];
        left *= 2;
        if (c->count[n] > left)
            return OVERFULL;
        left -= c->count[n];
        if (c->count[n] > 0)
            c->longest = n;
    }
    if (used == 0)
        shape = EMPTY;
    else if (used == 1 && c->longest == 1)
        shape = SINGLE;
    else if (left > 0)
        shape = INCOMPLETE;

    unsigned k = 0;

    for (unsigned n = 1; n <= 15; n++)
        for (unsigned i = 0; i < symbols; i++)
            if (lengths[i] == n)
                c->symbol[k++] = i;
    return shape;
}

/*
 * The symbol whose codeword comes next; -1 if there is none, which needs an incomplete code.
 * - A codeword comes from its most significant bit on: each bit is appended at the low end.
 * - No codeword is longer than the longest, so that is when to give up; a code of no symbols gives up after one bit.
 */
static int next_symbol(struct reader *r, const struct code *c)
{
    unsigned word = 0;

    for (unsigned n = 1; n <= 15 && (n == 1 || n <= c->longest); n++) {
        word = word << 1 | next_bit(r);
        if (word >= c->first[n] && word - c->first[n] < c->count[n])
            return (int)c->symbol[c->offset[n] + (word - c->first[n])];
    }
    return -1;
}

/* ---- Blocks (RFC 1951 3.2.3) ---- */

/*
 * Bytes as they are (3.2.4).
 * - The bits up to the next byte border are skipped, whatever they are.
 * - The length can be 0: that is how an encoder comes to a byte border (a sync flush).
 */
static void stored_block(struct reader *r)
{
    skip_to_byte(r);

    const uint64_t at = r->bit;
    const unsigned length = next_bits(r, 16), complement = next_bits(r, 16);

    if ((length ^ complement) != 0xffff)
        fail(r, SLUICE_ERR_STORED_LENGTH, at);
    for (unsigned i = 0; i < length; i++) {
        const uint64_t byte_at = r->bit;

        put(r, next_bits(r, 8), byte_at);
    }
}

/*
 * The symbols of a block up to its end (3.2.3, 3.2.5).
 * - Lengths: 257 to 264 are 3 to 10; from 265 on four symbols share a number of extra bits, one more for every four.
 *   285 is 258 by itself; so is 284 with all extra bits set, which is allowed.
 * - Distances: 0 to 3 are 1 to 4; from 4 on two symbols share a number of extra bits, one more for every two.
 * - 286, 287 and distances 30, 31 are part of the fixed code but must not occur (3.2.6).
 * - The distance can be smaller than the length: then bytes are used that this same match has put out (3.2.3).
 * - A match may reach into earlier blocks, into the dictionary, but not before, and not into another gzip member.
 */
static void compressed_block(struct reader *r, const struct code *litlen, const struct code *distances)
{
    for (;;) {
        const uint64_t at = r->bit;
        const int symbol = next_symbol(r, litlen);

        if (symbol < 0)
            fail(r, SLUICE_ERR_LITLEN_UNUSED, at);
        if (symbol == 256)
            return;
        if (symbol < 256) {
            put(r, (unsigned)symbol, at);
            continue;
        }
        if (symbol > 285)
            fail(r, SLUICE_ERR_LITLEN_SYMBOL, at);

        unsigned k = (unsigned)symbol - 257, extra, length;

        if (k < 8) {
            length = 3 + k;
        } else if (k == 28) {
            length = 258;
        } else {
            extra = k / 4 - 1;
            length = 3 + ((4 + k % 4) << extra) + next_bits(r, extra);
        }

        const uint64_t distance_at = r->bit;
        const int distance_symbol = next_symbol(r, distances);
        size_t distance;

        if (distance_symbol < 0)
            fail(r, SLUICE_ERR_DISTANCE_UNUSED, distance_at);
        if (distance_symbol > 29)
            fail(r, SLUICE_ERR_DISTANCE_SYMBOL, distance_at);
        k = (unsigned)distance_symbol;
        if (k < 4) {
            distance = 1 + k;
        } else {
            extra = k / 2 - 1;
            distance = 1 + ((2 + k % 2) << extra) + next_bits(r, extra);
        }
        if (distance > (size_t)1 << r->window_bits)
            fail(r, SLUICE_ERR_DISTANCE_WINDOW, distance_at);
        if (distance > r->length - r->member_start + r->dictionary_size)
            fail(r, SLUICE_ERR_DISTANCE_START, distance_at);
        for (unsigned i = 0; i < length; i++)
            put(r, byte_before(r, distance), at);
    }
}

/*
 * The code that both sides know (3.2.6).
 * - All 288 and 32 symbols take part, or the codewords would come out differently; the last two of each must not occur.
 */
static void fixed_block(struct reader *r)
{
    struct code litlen, distances;
    uint8_t lengths[288];

    for (unsigned i = 0; i < 288; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    make_code(&litlen, lengths, 288);
    memset(lengths, 5, 32);
    make_code(&distances, lengths, 32);
    compressed_block(r, &litlen, &distances);
}

/*
 * The lengths of both codes, themselves coded (3.2.7).
 * - The lengths of the code length code come in an order of their own, most useful first, so that the rest can be
 *   left out. They are at most 7.
 * - Both codes' lengths are one sequence: a repeat may run from the literal/length code into the distance code.
 * - Symbol 16 repeats the length before, be it a 0, and be it the result of a repeat.
 * - The code length code must be complete. The other two may be a single codeword of one bit (of which the other
 *   half means nothing); the distance code may be empty if there are only literals.
 * - Every block ends with symbol 256, so it must have a codeword.
 */
static void dynamic_block(struct reader *r)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    struct code precode, litlen, distances;
    uint8_t lengths[286 + 30] = {0}, precode_lengths[19] = {0};
    uint64_t at = r->bit;
    const unsigned hlit = 257 + next_bits(r, 5);

    if (hlit > 286)
        fail(r, SLUICE_ERR_LITLEN_COUNT, at);
    at = r->bit;

    const unsigned hdist = 1 + next_bits(r, 5);

    if (hdist > 30)
        fail(r, SLUICE_ERR_DISTANCE_COUNT, at);

    const unsigned hclen = 4 + next_bits(r, 4);

    at = r->bit;
    for (unsigned i = 0; i < hclen; i++)
        precode_lengths[order[i]] = (uint8_t)next_bits(r, 3);
    switch (make_code(&precode, precode_lengths, 19)) {
    case COMPLETE:
        break;
    case OVERFULL:
        fail(r, SLUICE_ERR_PRECODE_OVERFULL, at);
    default:
        fail(r, SLUICE_ERR_PRECODE_INCOMPLETE, at);
    }

    const uint64_t first = r->bit;

    for (unsigned i = 0; i < hlit + hdist;) {
        at = r->bit;

        const unsigned symbol = (unsigned)next_symbol(r, &precode); /* complete: there is always one */
        unsigned value = 0, repeat;

        if (symbol < 16) {
            lengths[i++] = (uint8_t)symbol;
            continue;
        }
        if (symbol == 16) {
            if (i == 0)
                fail(r, SLUICE_ERR_REPEAT_FIRST, at);
            value = lengths[i - 1];
            repeat = 3 + next_bits(r, 2);
        } else if (symbol == 17) {
            repeat = 3 + next_bits(r, 3);
        } else {
            repeat = 11 + next_bits(r, 7);
        }
        if (repeat > hlit + hdist - i)
            fail(r, SLUICE_ERR_REPEAT_OVERRUN, at);
        for (; repeat > 0; repeat--)
            lengths[i++] = (uint8_t)value;
    }

    if (lengths[256] == 0)
        fail(r, SLUICE_ERR_NO_END_OF_BLOCK, first);

    const enum shape litlen_shape = make_code(&litlen, lengths, hlit);

    if (litlen_shape == OVERFULL || litlen_shape == INCOMPLETE)
        fail(r, litlen_shape == OVERFULL ? SLUICE_ERR_LITLEN_OVERFULL : SLUICE_ERR_LITLEN_INCOMPLETE, first);

    const enum shape distance_shape = make_code(&distances, lengths + hlit, hdist);

    if (distance_shape == OVERFULL || distance_shape == INCOMPLETE)
        fail(r, distance_shape == OVERFULL ? SLUICE_ERR_DISTANCE_OVERFULL : SLUICE_ERR_DISTANCE_INCOMPLETE, first);
    compressed_block(r, &litlen, &distances);
}

/*
 * Blocks up to the one that says it is the last (3.2.3).
 * - Blocks begin at any bit; only what a stored block holds is at byte borders.
 * - What is left of the byte in which the last block ends belongs to the stream, whatever its bits are.
 */
static void blocks(struct reader *r)
{
    unsigned final;

    do {
        struct reference_result *result = r->result;

        if (result->block_count < REFERENCE_BLOCKS)
            result->block[result->block_count] = (struct reference_block){r->bit, r->length};
        result->block_count++;
        final = next_bit(r);

        const uint64_t at = r->bit;

        switch (next_bits(r, 2)) {
        case 0:
            stored_block(r);
            break;
        case 1:
            fixed_block(r);
            break;
        case 2:
            dynamic_block(r);
            break;
        default:
            fail(r, SLUICE_ERR_BLOCK_TYPE, at);
        }
    } while (!final);
    skip_to_byte(r);
}

/* ---- The zlib frame (RFC 1950 2.2) ---- */

/* Two sums modulo 65521, the second one of all the values of the first; the first begins at 1 (8.2). */
static uint32_t adler32(const uint8_t *data, size_t size)
{
    uint32_t a = 1, b = 0;

    for (size_t i = 0; i < size; i++) {
        a = (a + data[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

/* Numbers of the zlib frame have their most significant byte first, unlike all others. */
static uint32_t next_big_endian(struct reader *r)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++)
        value = value << 8 | next_bits(r, 8);
    return value;
}

/* The last 2^window_bits bytes of a dictionary stand before the output. */
static void use_dictionary(struct reader *r)
{
    const size_t window = (size_t)1 << r->window_bits;
    const size_t size = r->options->dictionary_size;

    r->dictionary_size = size < window ? size : window;
    r->dictionary = (const uint8_t *)r->options->dictionary + (size - r->dictionary_size);
}

/*
 * - The first byte declares the window, and a distance beyond it is an error even where the data would be there.
 * - The level in the second byte is for information; any value is right.
 * - The checksum is that of the output, without the dictionary.
 */
static void zlib_stream(struct reader *r)
{
    const unsigned cmf = next_bits(r, 8);

    if ((cmf & 15) != 8)
        fail(r, SLUICE_ERR_ZLIB_METHOD, 0);
    if ((cmf >> 4) + 8 > 15 || (cmf >> 4) + 8 > r->options->window_bits)
        fail(r, SLUICE_ERR_ZLIB_WINDOW, 4);
    r->window_bits = (cmf >> 4) + 8;

    const unsigned flg = next_bits(r, 8);

    if ((cmf * 256 + flg) % 31 != 0)
        fail(r, SLUICE_ERR_ZLIB_CHECK, 8);
    if (flg & 32) {
        const uint32_t id = next_big_endian(r);

        if (!r->options->dictionary)
            fail(r, SLUICE_NEED_DICTIONARY, r->bit);
        if (adler32(r->options->dictionary, r->options->dictionary_size) != id)
            fail(r, SLUICE_ERR_DICTIONARY, r->bit);
        use_dictionary(r);
    }
    blocks(r);

    const uint64_t at = r->bit;

    if (next_big_endian(r) != adler32(r->out, r->length))
        fail(r, SLUICE_ERR_ZLIB_ADLER, at);
}

/* ---- The gzip frame (RFC 1952 2.3) ---- */

/* The remainder of the division of polynomials, a bit at a time (8). */
static uint32_t crc32(const uint8_t *data, size_t size)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int k = 0; k < 8; k++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}

static void skip_text(struct reader *r)
{
    while (next_bits(r, 8) != 0)
        ;
}

/*
 * - The two bytes 1F 8B are there or it is no gzip member; the method is always 8.
 * - The optional fields come in this order: extra (with its size), name, comment, CRC-16 of the header.
 * - That CRC is the low half of the CRC-32 of all the header before it.
 */
static void gzip_header(struct reader *r)
{
    const uint64_t start = r->bit / 8;
    unsigned flags;

    if (next_bits(r, 8) != 0x1f || next_bits(r, 8) != 0x8b)
        fail(r, SLUICE_ERR_GZIP_ID, r->bit - 8);
    if (next_bits(r, 8) != 8)
        fail(r, SLUICE_ERR_GZIP_METHOD, r->bit - 8);
    flags = next_bits(r, 8);
    if (flags & 0xe0)
        fail(r, SLUICE_ERR_GZIP_FLAGS, r->bit - 8);
    next_bits(r, 32); /* time */
    next_bits(r, 16); /* extra flags, operating system */
    if (flags & 4)
        for (unsigned n = next_bits(r, 16); n > 0; n--)
            next_bits(r, 8);
    if (flags & 8)
        skip_text(r);
    if (flags & 16)
        skip_text(r);
    if (flags & 2) {
        const uint64_t at = r->bit;

        if (next_bits(r, 16) != (crc32(r->data + start, (size_t)(at / 8 - start)) & 0xffff))
            fail(r, SLUICE_ERR_GZIP_HEADER_CRC, at);
    }
}

/*
 * - Members follow one another without anything between. What does not begin with 1F 8B is no member: the stream has
 *   ended before it.
 * - The length in the trailer is modulo 2^32, and that of this member alone.
 */
static void gzip_stream(struct reader *r)
{
    bool another;

    do {
        r->member_start = r->length;
        gzip_header(r);
        blocks(r);

        uint64_t at = r->bit;

        if (next_bits(r, 32) != crc32(r->out + r->member_start, r->length - r->member_start))
            fail(r, SLUICE_ERR_GZIP_CRC, at);
        at = r->bit;
        if (next_bits(r, 32) != (uint32_t)(r->length - r->member_start))
            fail(r, SLUICE_ERR_GZIP_SIZE, at);
        at = r->bit / 8;
        another = !r->options->one_member && r->size_bits / 8 - at >= 2 && r->data[at] == 0x1f &&
                  r->data[at + 1] == 0x8b;
    } while (another);
}

/* ---- All of it ---- */

/* The first byte of a zlib stream has an 8 in its lower half; as raw data that would be odd padding at best. */
static sluice_format detect(struct reader *r)
{
    const unsigned first = next_bits(r, 8);

    r->bit = 0;
    if (first == 0x1f)
        return SLUICE_GZIP;
    if ((first & 15) == 8)
        return SLUICE_ZLIB;
    if (r->options->format == SLUICE_AUTO)
        fail(r, SLUICE_ERR_FORMAT, 0);
    return SLUICE_RAW;
}

void reference_decode(const struct reference_options *options, const void *data, size_t size, uint8_t *out,
                      size_t room, struct reference_result *result)
{
    struct reader reader = {.options = options, .data = data, .size_bits = (uint64_t)size * 8, .out = out,
                            .room = room, .window_bits = options->window_bits, .result = result};
    struct reader *const r = &reader;

    result->block_count = 0;
    result->format = options->format;
    if (setjmp(r->end))
        return;
    if (options->format == SLUICE_AUTO || options->format == SLUICE_AUTO_RAW)
        result->format = detect(r);
    switch (result->format) {
    case SLUICE_ZLIB:
        zlib_stream(r);
        break;
    case SLUICE_GZIP:
        gzip_stream(r);
        break;
    default:
        if (options->format == SLUICE_RAW && options->dictionary)
            use_dictionary(r);
        next_bits(r, options->start_bit);
        blocks(r);
    }
    fail(r, SLUICE_END, r->bit);
}
