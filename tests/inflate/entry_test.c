/*
 * entry_test.c: streams that do not begin at nothing: preset dictionaries, and a stream that is entered at a block.
 */
#include "tests/support/check.h"
#include "tests/support/hello.h"
#include "tests/support/vectors.h"

#include <string.h>

static void dictionaries_are_given_in_time(void)
{
    static const uint8_t stream[] = {0x78, 0xbb, 0x02, 0x4d, 0x01, 0x27, 0x03, 0x02, 0x00, 0x02, 0x4d, 0x01, 0x27};
    uint8_t made[sizeof stream];
    sluice_inflater *s = hello_inflater(SLUICE_ZLIB);
    char out[8];
    size_t put, taken;
    const uint32_t id = sluice_adler32(1, "abc", 3);

    /* FDICT, DICTID of "abc", one match of three bytes at distance 1: "ccc", and its Adler-32. */
    memcpy(made, stream, sizeof made);
    for (unsigned i = 0; i < 4; i++) {
        made[2 + i] = (uint8_t)(id >> (24 - 8 * i));
        made[9 + i] = (uint8_t)(sluice_adler32(1, "ccc", 3) >> (24 - 8 * i));
    }

    check_context("zlib: before, at and after the request");
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);
    CHECK_EQ(sluice_inflate_dictionary_id(s), 0);
    CHECK_EQ(hello_step(s, made, 5, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_dictionary_id(s), 0);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);
    CHECK_EQ(hello_step(s, made + 5, 8, out, sizeof out, &taken, NULL), SLUICE_NEED_DICTIONARY);
    CHECK_EQ(taken, 1);
    CHECK_EQ(sluice_inflate_where(s).input, 6);
    CHECK_EQ(sluice_inflate_dictionary_id(s), id);
    CHECK_EQ(hello_step(s, made + 6, 7, out, sizeof out, &taken, NULL), SLUICE_NEED_DICTIONARY);
    CHECK_EQ(taken, 0);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abd", 3), SLUICE_ERR_DICTIONARY);
    CHECK_EQ(sluice_inflate_set_dictionary(s, NULL, 3), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(hello_step(s, made + 6, 7, out, sizeof out, &taken, NULL), SLUICE_NEED_DICTIONARY);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_OK);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);
    CHECK_EQ(hello_step(s, made + 6, 7, out, sizeof out, &taken, &put), SLUICE_END);
    CHECK_BYTES(out, put, "ccc", 3);
    CHECK_EQ(sluice_inflate_dictionary_id(s), id);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);

    check_context("zlib: the input ends at the request");
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(sluice_inflate_dictionary_id(s), 0);
    CHECK_EQ(hello_step(s, made, 6, out, sizeof out, NULL, NULL), SLUICE_NEED_DICTIONARY);
    CHECK_EQ(sluice_inflate_finish(s), SLUICE_ERR_TRUNCATED);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_TRUNCATED);

    check_context("whole buffer");
    CHECK_EQ(sluice_decompress(s, made, sizeof made, out, sizeof out, &put), SLUICE_NEED_DICTIONARY);
    CHECK_EQ(sluice_inflate_dictionary_id(s), id);
    CHECK_EQ(put, 0);

    check_context("raw: before the first step");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_RAW, 15, 0, 0});
    CHECK_EQ(sluice_inflate_set_dictionary(s, NULL, 0), SLUICE_OK);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_OK);
    CHECK_EQ(hello_step(s, made + 6, 3, out, sizeof out, NULL, &put), SLUICE_END);
    CHECK_BYTES(out, put, "ccc", 3);
    CHECK_EQ(sluice_inflate_where(s).output, 3);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(hello_step(s, made + 6, 1, out, sizeof out, NULL, &put), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);

    check_context("gzip and auto know no dictionary before the first step");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_GZIP, 15, 0, 0});
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_AUTO, 15, 0, 0});
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);

    check_context("auto asks for one too");
    CHECK_EQ(hello_step(s, made, sizeof made, out, sizeof out, &taken, NULL), SLUICE_NEED_DICTIONARY);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_OK);
    CHECK_EQ(hello_step(s, made + 6, 7, out, sizeof out, &taken, &put), SLUICE_END);
    sluice_inflate_free(s);
}

/* ---- Blocks and random access ---- */

/* Decodes the stream with its blocks noted, then again from each of them on. */
static void decode_from_each_block(const char *file)
{
    size_t size, length;
    const uint8_t *stream = vectors_read(file, &size);
    static uint8_t whole[20000], part[20000];
    struct reference_block block[100];
    size_t blocks = 0;
    const sluice_inflate_options o = {SLUICE_AUTO_RAW, 15, SLUICE_STOP_AT_BLOCK, 0};
    sluice_inflater *s = sluice_inflate_new(&o, NULL);
    sluice_input in = {stream, size, 0};
    sluice_output out = {whole, sizeof whole, 0};
    sluice_status status;

    check_context("%s", file);
    while ((status = sluice_inflate(s, &in, &out)) == SLUICE_BLOCK && blocks < 100) {
        const sluice_position p = sluice_inflate_where(s);

        CHECK_EQ(p.output, out.pos);
        block[blocks++] = (struct reference_block){p.input * 8 + p.bit, p.output};
    }
    CHECK_EQ(status, SLUICE_END);
    CHECK(blocks > 1);
    length = out.pos;
    for (size_t i = 0; i < blocks; i++) {
        const size_t at = (size_t)block[i].output, from = at < 32768 ? 0 : at - 32768;

        check_context("%s, from block %zu", file, i);
        CHECK_EQ(sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_RAW, 15, 0, 0}), SLUICE_OK);
        CHECK_EQ(sluice_inflate_start_at_bit(s, (unsigned)(block[i].bit % 8)), SLUICE_OK);
        CHECK_EQ(sluice_inflate_set_dictionary(s, whole + from, at - from), SLUICE_OK);
        in = (sluice_input){stream, size, (size_t)(block[i].bit / 8)};
        out = (sluice_output){part, sizeof part, 0};
        CHECK_EQ(sluice_inflate(s, &in, &out), SLUICE_END);
        CHECK_BYTES(part, out.pos, whole + at, length - at);
    }
    sluice_inflate_free(s);
}

static void streams_can_be_entered_at_a_block(void)
{
    sluice_inflater *s = hello_inflater(SLUICE_RAW);
    char out[HELLO];

    decode_from_each_block("encoders/header.zlib-block.zlib");
    decode_from_each_block("encoders/header.zlib-partial.zlib");
    decode_from_each_block("encoders/header.zlib-sync.deflate");
    decode_from_each_block("good/stored-each-offset.deflate");

    check_context("start_at_bit out of range or too late");
    CHECK_EQ(sluice_inflate_start_at_bit(s, 8), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_inflate_start_at_bit(s, 0), SLUICE_OK);
    CHECK_EQ(hello_step(s, hello_zlib + RAW_FROM, RAW_SIZE, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK_EQ(sluice_inflate_start_at_bit(s, 1), SLUICE_ERR_STATE);
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_ZLIB, 15, 0, 0});
    CHECK_EQ(sluice_inflate_start_at_bit(s, 1), SLUICE_ERR_STATE);
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_RAW, 15, SLUICE_STOP_AT_BLOCK, 0});
    CHECK_EQ(hello_step(s, "\x03", 1, out, sizeof out, NULL, NULL), SLUICE_BLOCK); /* a step that has taken nothing */
    CHECK_EQ(sluice_inflate_start_at_bit(s, 1), SLUICE_ERR_STATE);

    check_context("the end of a stream entered at a bit counts from the byte entered");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_RAW, 15, 0, 0});
    CHECK_EQ(sluice_inflate_start_at_bit(s, 6), SLUICE_OK);
    /* 3 and 7 bits: fixed, empty */
    CHECK_EQ(hello_step(s, "\xff\x00\x00\x00", 4, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK_EQ(sluice_inflate_where(s).input, 2);
    sluice_inflate_free(s);
}

int main(void)
{
    dictionaries_are_given_in_time();
    streams_can_be_entered_at_a_block();
    return check_report("inflate/entry");
}
