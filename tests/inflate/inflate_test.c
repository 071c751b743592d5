/*
 * inflate_test.c: what sluice.h promises of the decoder's steps and of whole buffers: errors of use, ends, and what can
 * be asked. That streams are decoded rightly is for the other tests of this folder.
 */
#include "tests/support/check.h"
#include "tests/support/hello.h"

#include <string.h>

/* ---- Steps ---- */

static void bad_buffers_are_refused_and_forgiven(void)
{
    sluice_inflater *s = hello_inflater(SLUICE_ZLIB);
    char out[HELLO];
    const void *span;
    size_t length;
    sluice_input in = {hello_zlib, 4, 5};
    sluice_output room = {out, sizeof out, 0};

    check_context("bad buffers");
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_inflate_next(s, &in, &span, &length), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(length, 0);
    in = (sluice_input){NULL, 1, 0};
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_inflate_next(s, &in, &span, &length), SLUICE_ERR_ARGUMENT);
    in = (sluice_input){NULL, 0, 0};
    room = (sluice_output){out, 3, 4};
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_ERR_ARGUMENT);
    room = (sluice_output){NULL, 1, 0};
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_ERR_ARGUMENT);

    check_context("NULL buffers of no size are fine");
    room = (sluice_output){NULL, 0, 0};
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_next(s, &in, &span, &length), SLUICE_NEED_INPUT);

    check_context("pos is where a step begins");
    in = (sluice_input){hello_zlib - 0, HELLO_ZLIB, 0};
    in.size = 7;
    room = (sluice_output){out, 3, 1};
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_NEED_OUTPUT);
    CHECK_EQ(room.pos, 3);
    CHECK_BYTES(out + 1, 2, hello, 2);
    in.size = HELLO_ZLIB;
    room = (sluice_output){out, sizeof out, 3};
    room.pos = 2;
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_END);
    CHECK_EQ(in.pos, HELLO_ZLIB);
    CHECK_BYTES(out + 2, room.pos - 2, hello + 2, HELLO - 2);
    sluice_inflate_free(s);
}

static void the_end_is_reached_with_the_room_exactly_filled(void)
{
    sluice_inflater *s = hello_inflater(SLUICE_ZLIB);
    char out[HELLO];
    size_t taken;

    check_context("room exactly filled");
    CHECK_EQ(hello_step(s, hello_zlib, HELLO_ZLIB, out, HELLO, &taken, NULL), SLUICE_END);
    CHECK_EQ(taken, HELLO_ZLIB);
    CHECK_EQ(hello_step(s, hello_zlib, HELLO_ZLIB, out, HELLO, &taken, NULL), SLUICE_END);
    CHECK_EQ(taken, 0);
    CHECK_EQ(sluice_inflate_finish(s), SLUICE_END);
    sluice_inflate_free(s);
}

static void forms_are_not_mixed(void)
{
    sluice_inflater *s = hello_inflater(SLUICE_ZLIB);
    sluice_input in = {hello_zlib, HELLO_ZLIB, 0};
    char out[HELLO];
    sluice_output room = {out, 4, 0};
    const void *span = out;
    size_t length = 9;

    check_context("borrowing while bytes wait for the other form");
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_NEED_OUTPUT);
    CHECK_EQ(sluice_inflate_next(s, &in, &span, &length), SLUICE_ERR_STATE);
    CHECK_EQ(length, 0);
    CHECK_EQ(sluice_inflate_finish(s), SLUICE_NEED_OUTPUT);
    room = (sluice_output){out, sizeof out, 4};
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_END);
    CHECK_BYTES(out, room.pos, hello, HELLO);
    sluice_inflate_free(s);
}

static void without_a_window_only_whole_buffers(void)
{
    const sluice_inflate_options o = {.format = SLUICE_ZLIB, .window_bits = 15, .flags = SLUICE_NO_WINDOW};
    sluice_inflater *s = sluice_inflate_new(&o, NULL);
    char out[HELLO];
    const void *span;
    size_t length;
    sluice_input in = {hello_zlib, HELLO_ZLIB, 0};

    check_context("SLUICE_NO_WINDOW");
    CHECK_EQ(hello_step(s, hello_zlib, HELLO_ZLIB, out, sizeof out, NULL, NULL), SLUICE_ERR_STATE);
    CHECK_EQ(sluice_inflate_next(s, &in, &span, &length), SLUICE_ERR_STATE);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "a", 1), SLUICE_ERR_STATE);
    CHECK_EQ(sluice_decompress(s, hello_zlib, HELLO_ZLIB, out, sizeof out, &length), SLUICE_OK);
    CHECK_BYTES(out, length, hello, HELLO);
    sluice_inflate_free(s);
}

static void finish_tells_whether_the_stream_is_whole(void)
{
    sluice_inflater *s = hello_inflater(SLUICE_ZLIB);
    char out[HELLO];

    for (size_t part = 0; part <= HELLO_ZLIB; part++) {
        const sluice_status want = part < HELLO_ZLIB ? SLUICE_ERR_TRUNCATED : SLUICE_END;
        sluice_position p;

        check_context("finish after %zu bytes", part);
        sluice_inflate_reset(s, NULL);
        CHECK_EQ(hello_step(s, hello_zlib, part, out, sizeof out, NULL, NULL),
                 want < 0 ? SLUICE_NEED_INPUT : SLUICE_END);
        CHECK_EQ(sluice_inflate_finish(s), want);
        CHECK_EQ(sluice_inflate_finish(s), want);
        p = sluice_inflate_where(s);
        CHECK_EQ(p.input, part);
        CHECK_EQ(p.bit, 0);
        CHECK_EQ(hello_step(s, hello_zlib + part, HELLO_ZLIB - part, out, sizeof out, NULL, NULL), want);
    }
    sluice_inflate_free(s);
}

/* ---- Whole buffers ---- */

static void whole_buffers(void)
{
    sluice_inflater *s = sluice_inflate_new(NULL, NULL);
    char out[HELLO + 1];
    size_t written = 99;

    check_context("arguments");
    CHECK_EQ(sluice_decompress(s, NULL, 1, out, sizeof out, &written), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(written, 0);
    CHECK_EQ(sluice_decompress(s, hello_zlib, HELLO_ZLIB, NULL, 1, &written), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_decompress(s, NULL, 0, out, sizeof out, &written), SLUICE_ERR_TRUNCATED);
    CHECK_EQ(sluice_decompress(s, hello_zlib, HELLO_ZLIB, NULL, 0, &written), SLUICE_ERR_ROOM);
    CHECK_EQ(sluice_decompress(s, hello_empty_member, EMPTY_MEMBER, NULL, 0, &written), SLUICE_OK);

    check_context("without a decoder");
    CHECK_EQ(sluice_decompress(NULL, hello_zlib, HELLO_ZLIB, out, sizeof out, &written), SLUICE_OK);
    CHECK_BYTES(out, written, hello, HELLO);
    CHECK_EQ(sluice_decompress(NULL, hello_zlib, HELLO_ZLIB - 1, out, sizeof out, &written), SLUICE_ERR_TRUNCATED);
    CHECK_EQ(written, HELLO);
    CHECK_EQ(sluice_decompress(NULL, "raw", 3, out, sizeof out, &written), SLUICE_ERR_FORMAT);

    check_context("too little room, and then enough");
    CHECK_EQ(sluice_decompress(s, hello_zlib, HELLO_ZLIB, out, HELLO - 1, &written), SLUICE_ERR_ROOM);
    CHECK_BYTES(out, written, hello, HELLO - 1);
    CHECK_EQ(sluice_decompress(s, hello_zlib, HELLO_ZLIB, out, HELLO, &written), SLUICE_OK);
    CHECK_EQ(sluice_inflate_where(s).input, HELLO_ZLIB);
    CHECK_EQ(sluice_inflate_where(s).output, HELLO);

    check_context("SLUICE_STOP_AT_BLOCK is ignored");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_ZLIB, 15, SLUICE_STOP_AT_BLOCK, 0});
    CHECK_EQ(sluice_decompress(s, hello_zlib, HELLO_ZLIB, out, sizeof out, &written), SLUICE_OK);

    check_context("options are kept, and a streaming use in progress is given up");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_ZLIB, 15, 0, HELLO - 1});
    CHECK_EQ(hello_step(s, hello_zlib, 9, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_decompress(s, hello_zlib, HELLO_ZLIB, out, sizeof out, &written), SLUICE_ERR_LIMIT);
    CHECK_EQ(written, HELLO - 1);
    CHECK_EQ(sluice_decompress(s, hello_members, sizeof hello_members, out, sizeof out, &written),
             SLUICE_ERR_ZLIB_METHOD);
    sluice_inflate_free(s);
}

/* ---- What can be asked ---- */

static void the_format_is_told(void)
{
    sluice_inflater *s = sluice_inflate_new(NULL, NULL);
    char out[HELLO];

    check_context("sluice_inflate_format()");
    CHECK_EQ(sluice_inflate_format(s), SLUICE_AUTO);
    CHECK_EQ(hello_step(s, hello_zlib, 1, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_format(s), SLUICE_ZLIB);
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(sluice_inflate_format(s), SLUICE_AUTO);
    CHECK_EQ(hello_step(s, hello_empty_member, 1, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_format(s), SLUICE_GZIP);
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_AUTO_RAW, 15, 0, 0});
    CHECK_EQ(sluice_inflate_format(s), SLUICE_AUTO_RAW);
    CHECK_EQ(hello_step(s, hello_zlib + RAW_FROM, 1, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_format(s), SLUICE_RAW);
    sluice_inflate_free(s);
}

static void the_position_is_told(void)
{
    sluice_inflater *s = hello_inflater(SLUICE_ZLIB);
    uint8_t bad[HELLO_ZLIB];
    char out[HELLO];
    size_t put, taken;

    check_context("input taken so far, output decoded so far, waiting bytes included");
    CHECK_EQ(hello_step(s, hello_zlib, 9, out, 2, &taken, &put), SLUICE_NEED_OUTPUT);
    CHECK_EQ(sluice_inflate_where(s).input, taken);
    CHECK_EQ(sluice_inflate_where(s).bit, 0);
    CHECK(sluice_inflate_where(s).output > put);

    check_context("an error that waits behind output is told when it is given");
    memcpy(bad, hello_zlib, sizeof bad);
    bad[sizeof bad - 1] ^= 1;
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(hello_step(s, bad, sizeof bad, out, 2, &taken, &put), SLUICE_NEED_OUTPUT);
    CHECK_EQ(sluice_inflate_where(s).input, taken);
    CHECK_EQ(hello_step(s, bad + taken, sizeof bad - taken, out, sizeof out, NULL, NULL), SLUICE_ERR_ZLIB_ADLER);
    CHECK_EQ(sluice_inflate_where(s).input, sizeof bad - 4);
    CHECK_EQ(sluice_inflate_where(s).output, HELLO);
    sluice_inflate_free(s);
}

int main(void)
{
    hello_make();
    bad_buffers_are_refused_and_forgiven();
    the_end_is_reached_with_the_room_exactly_filled();
    forms_are_not_mixed();
    without_a_window_only_whole_buffers();
    finish_tells_whether_the_stream_is_whole();
    whole_buffers();
    the_format_is_told();
    the_position_is_told();
    return check_report("inflate/inflate");
}
