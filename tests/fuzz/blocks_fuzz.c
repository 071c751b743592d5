/*
 * The decoder on streams that are right in their bits and wrong, or strange, in what they say: the input is a text of
 * the assembler (tests/support/assembler.h), and what is mutated are its statements. So lengths, codes, repeats and
 * distances change while the codewords, the frame and the checksums around them stay right, which no mutation of bits
 * would bring about. Statements that make no sense are passed over.
 *
 * How the stream is cut follows from the text's checksum. The reference decoder judges.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/support/assembler.h"
#include "tests/support/check.h"
#include "tests/support/decode.h"

#include <string.h>

enum { TEXT_MAX = 8192, OUTPUT_MAX = 70000, SYMBOLS_MAX = 3000, LINES_MAX = 300 };

static const size_t pieces[] = {0, 1, 2, 3, 5, 13, 40, 300};

static uint8_t want_output[OUTPUT_MAX + 1];

static void try(const struct vector *v, void *user)
{
    static struct reference_result want;
    static struct decode_result got;
    uint64_t random = *(const uint32_t *)user * 2u + 1;
    const uint64_t chance = check_random(&random);
    struct reference_options o = v->options;
    struct decode_cut cut = {.input = pieces[chance >> 8 & 7], .output = pieces[chance >> 12 & 7],
                             .random = chance >> 16 & 1 ? &random : NULL, .at_start = chance >> 17 & 1,
                             .copy_after = chance >> 20 & 15};
    const unsigned flags = chance >> 24 & 1 ? (unsigned)SLUICE_STOP_AT_BLOCK : 0;

    if (o.max_output == 0 || o.max_output > OUTPUT_MAX)
        o.max_output = OUTPUT_MAX;
    if (o.format != SLUICE_RAW || v->stream_size == 0)
        o.start_bit = 0;
    reference_decode(&o, v->stream, v->stream_size, want_output, sizeof want_output, &want);
    if (!o.start_bit) {
        decode_whole(&o, v->stream, v->stream_size, (size_t)want.where.output + (chance >> 25 & 1 ? 0 : 1000),
                     cut.at_start, &got);
        MUST(decode_agrees(&got, &want, want_output, "decode_whole"));
    }
    decode_stream(&o, flags, v->stream, v->stream_size, &cut, &got);
    MUST(decode_agrees(&got, &want, want_output, "decode_stream"));
    if (flags)
        MUST(decode_blocks_agree(&got, &want, "decode_stream"));
    decode_borrowed(&o, flags, v->stream, v->stream_size, &cut, &got);
    MUST(decode_agrees(&got, &want, want_output, "decode_borrowed"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char head[] = "vector x\nwhy fuzzing\n";
    static char text[sizeof head + TEXT_MAX];
    uint32_t sum = sluice_crc32(0, data, size);

    if (size > TEXT_MAX || memchr(data, 0, size))
        return 0;
    memcpy(text, head, sizeof head - 1);
    memcpy(text + sizeof head - 1, data, size);
    text[sizeof head - 1 + size] = 0;
    assemble_leniently(SYMBOLS_MAX, text, try, &sum);
    return 0;
}

/* ---- Mutation ---- */

static const char *const statements[] = {
    "format raw", "format zlib", "format gzip", "format auto", "format auto-raw", "window 8", "limit 100", "one-member",
    "zlib", "zlib window=9 level=0", "zlib check^1", "gzip", "gzip crc name=\"n\" comment=\"c\" extra=01:02",
    "gzip crc^1",
    "gzip text", "adler", "adler ^1", "crc", "crc ^1", "size", "size ^1", "block stored", "block fixed",
    "block dynamic",
    "block final stored", "block final fixed", "block final dynamic", "stored \"abc\"", "stored \"\"",
    "stored \"x\" len^1",
    "litlen 'a':1 'b':2 256:2", "litlen 97-98:2 256:3 257:3 285:2", "litlen 0-255:8 256:1", "litlen 256:1",
    "litlen 0-142:8 143-255:9 256-279:7 280-285:8",
    "litlen 97:1 98:2 99:3 100:4 101:5 102:6 103:7 104:8 105:9 106:10 107:11 108:12 109:13 110:14 256:15 257:15",
    "distances", "distances 0:1", "distances 0:1 1:1", "distances 29:1",
    "distances 0-29:5", "distances 0:1 1:2 2:3 3:4 4:5 5:6 6:7 7:8 8:9 9:10 10:11 11:12 12:13 13:14 14:15 15:15",
    "header",
    "hlit", "hdist", "hclen", "precode", "lengths", "hlit 286", "hlit 288", "hdist 30", "hdist 32", "hclen 19",
    "lengths 0 16+3 18+127", "precode 0:1 18:1", "literal \"abc\"", "literal 0-255", "match 3 1", "match 258 1",
    "match 258 32768", "match 10 4", "match 3-20 3", "symbol 284 31", "symbol 285", "distance 29 0", "distance 0",
    "end",
    "repeat 100 match 258 1", "repeat 30 literal \"abcdefgh\"", "repeat 9 bits 8 0xff", "bits 3 0b101", "bits 1 1",
    "word 0b0011000", "bytes 1f 8b 08", "bytes ff", "align", "align ones",
};
enum { STATEMENTS = sizeof statements / sizeof *statements };

struct line {
    const uint8_t *text;
    size_t size;
};

static size_t cut_lines(const uint8_t *data, size_t size, struct line *lines)
{
    size_t count = 0;

    for (size_t i = 0; i < size && count < LINES_MAX; count++) {
        const uint8_t *const end = memchr(data + i, '\n', size - i);
        const size_t n = end ? (size_t)(end - data) - i : size - i;

        lines[count] = (struct line){data + i, n};
        i += n + 1;
    }
    return count;
}

static size_t below(uint64_t *random, size_t n)
{
    return (size_t)((check_random(random) >> 20) % n);
}

/* A number in the line becomes another one: near it, or one that is a limit somewhere. */
static struct line other_number(struct line line, uint64_t *random, char *to, size_t room)
{
    static const unsigned limits[] = {0, 1, 2, 3, 4, 7, 8, 14, 15, 16, 18, 29, 30, 31, 32, 138, 255, 256, 257, 258, 284,
                                      285, 286, 287, 288, 32767, 32768};
    size_t at = below(random, line.size + 1), tries = line.size;
    unsigned long value = 0;
    size_t end;

    while (tries-- > 0 && (at >= line.size || line.text[at] < '0' || line.text[at] > '9'))
        at = at + 1 >= line.size ? 0 : at + 1;
    if (line.size == 0 || line.text[at] < '0' || line.text[at] > '9' || line.size + 8 > room)
        return line;
    while (at > 0 && line.text[at - 1] >= '0' && line.text[at - 1] <= '9')
        at--;
    for (end = at; end < line.size && line.text[end] >= '0' && line.text[end] <= '9' && end < at + 6; end++)
        value = value * 10 + (unsigned)(line.text[end] - '0');
    if (below(random, 2))
        value = limits[below(random, sizeof limits / sizeof *limits)];
    else
        value = value + below(random, 5) < 2 ? 0 : value + below(random, 5) - 2;

    const int n = snprintf(to, room, "%.*s%lu%.*s", (int)at, (const char *)line.text, value % 100000,
                           (int)(line.size - end), (const char *)line.text + end);

    return (struct line){(const uint8_t *)to, n > 0 && (size_t)n < room ? (size_t)n : 0};
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    static uint8_t old[TEXT_MAX];
    static struct line lines[LINES_MAX + 2];
    static char changed[TEXT_MAX];
    uint64_t random = seed * 2u + 1;
    size_t count, at, written = 0;

    check_random(&random);
    size = size < TEXT_MAX ? size : TEXT_MAX;
    memcpy(old, data, size);
    count = cut_lines(old, size, lines);
    at = below(&random, count + 1);
    switch (count ? below(&random, 8) : 0) {
    case 0:
    case 1: { /* a statement is put in */
        const char *const statement = statements[below(&random, STATEMENTS)];

        memmove(lines + at + 1, lines + at, (count - at) * sizeof *lines);
        lines[at] = (struct line){(const uint8_t *)statement, strlen(statement)};
        count++;
        break;
    }
    case 2: /* one is taken out */
        at = below(&random, count);
        memmove(lines + at, lines + at + 1, (--count - at) * sizeof *lines);
        break;
    case 3: { /* two change their places */
        const size_t other = below(&random, count);
        const struct line kept = lines[other];

        at = below(&random, count);
        lines[other] = lines[at];
        lines[at] = kept;
        break;
    }
    case 4: { /* one comes again elsewhere */
        const struct line again = lines[below(&random, count)];

        memmove(lines + at + 1, lines + at, (count - at) * sizeof *lines);
        lines[at] = again;
        count++;
        break;
    }
    default:
        at = below(&random, count);
        lines[at] = other_number(lines[at], &random, changed, sizeof changed);
    }
    most = most < TEXT_MAX ? most : TEXT_MAX;
    for (size_t i = 0; i < count && written + lines[i].size + 1 <= most; i++) {
        memcpy(data + written, lines[i].text, lines[i].size);
        written += lines[i].size;
        data[written++] = '\n';
    }
    return written;
}
