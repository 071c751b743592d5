/*
 * inflate_test.c: what sluice.h promises of the decoder, function by function: the object's life, errors of use, what
 * can be set and asked. That streams are decoded rightly is for the other tests of this folder.
 */
#include "tests/support/check.h"
#include "tests/support/decode.h"
#include "tests/support/vectors.h"

#include <stdlib.h>
#include <string.h>

/* "hello, hello, hello\n" by zlib; the same bare; and as gzip member by hand around it. */
static const uint8_t hello_zlib[] = {0x78, 0x9c, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0xc8,
                                     0x40, 0xa2, 0xb8, 0x00, 0x4b, 0x07, 0x06, 0xdf};
static const char hello[] = "hello, hello, hello\n";
enum { HELLO = sizeof hello - 1, RAW_FROM = 2, RAW_SIZE = sizeof hello_zlib - 6 };

/* A gzip member of no output: header, an empty fixed block, CRC-32 and size 0. */
static const uint8_t empty_member[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};

/* Three members of one stored byte each: "a", "b", "c". */
static uint8_t members[3 * 24];

static void make_members(void)
{
    for (unsigned i = 0; i < 3; i++) {
        const uint8_t byte = (uint8_t)('a' + i);
        const uint32_t crc = sluice_crc32(0, &byte, 1);
        const uint8_t member[24] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1, 1, 0, 0xfe, 0xff, byte,
                                    (uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16), (uint8_t)(crc >> 24), 1};

        memcpy(members + 24 * i, member, 24);
    }
}

static sluice_inflate_options of_format(sluice_format format)
{
    sluice_inflate_options o = sluice_inflate_defaults();

    o.format = format;
    return o;
}

static sluice_inflater *new_of(sluice_format format)
{
    const sluice_inflate_options o = of_format(format);

    return sluice_inflate_new(&o, NULL);
}

/* One step with so much input and so much room; *in_used and *out_used may be NULL. */
static sluice_status step(sluice_inflater *s, const void *data, size_t size, void *room, size_t room_size,
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

/* ---- Options, memory, life ---- */

static void options_have_ranges(void)
{
    const sluice_inflate_options d = sluice_inflate_defaults();
    sluice_inflate_options o;

    check_context("defaults");
    CHECK_EQ(d.format, SLUICE_AUTO);
    CHECK_EQ(d.window_bits, 15);
    CHECK_EQ(d.flags, 0);
    CHECK_EQ(d.max_output, 0);
    CHECK(sluice_inflate_size(NULL) > 0);
    CHECK_EQ(sluice_inflate_size(NULL), sluice_inflate_size(&d));

    check_context("out of range");
    o = d, o.window_bits = 7;
    CHECK_EQ(sluice_inflate_size(&o), 0);
    o = d, o.window_bits = 16;
    CHECK_EQ(sluice_inflate_size(&o), 0);
    o = d, o.format = (sluice_format)5;
    CHECK_EQ(sluice_inflate_size(&o), 0);
    o = d, o.format = (sluice_format)-1;
    CHECK_EQ(sluice_inflate_size(&o), 0);
    o = d, o.flags = 8;
    CHECK_EQ(sluice_inflate_size(&o), 0);
    CHECK(sluice_inflate_new(&o, NULL) == NULL);

    check_context("in range");
    for (unsigned format = 0; format <= 4; format++)
        for (unsigned bits = 8; bits <= 15; bits++)
            for (unsigned flags = 0; flags < 8; flags++) {
                o = (sluice_inflate_options){(sluice_format)format, bits, flags, 0};
                CHECK(sluice_inflate_size(&o) > 0);
            }

    check_context("sizes");
    o = d, o.flags = SLUICE_NO_WINDOW;
    CHECK(sluice_inflate_size(&o) + 32768 <= sluice_inflate_size(&d));
    o = d, o.window_bits = 8;
    CHECK(sluice_inflate_size(&o) < sluice_inflate_size(&d));
}

static void memory_is_judged(void)
{
    const size_t size = sluice_inflate_size(NULL);
    uint8_t *memory = malloc(size + 16);
    sluice_inflate_options bad = sluice_inflate_defaults();
    size_t written;
    char out[HELLO];

    check_context("init");
    bad.window_bits = 1;
    CHECK(sluice_inflate_init(NULL, size, NULL) == NULL);
    CHECK(sluice_inflate_init(memory, size - 1, NULL) == NULL);
    CHECK(sluice_inflate_init(memory, 0, NULL) == NULL);
    CHECK(sluice_inflate_init(memory, size, &bad) == NULL);
    for (unsigned i = 1; i < 16; i++)
        CHECK(sluice_inflate_init(memory + i, size, NULL) == NULL);

    memset(memory, 0xa5, size + 16); /* what the memory held before does not matter, and what lies behind it stays */

    sluice_inflater *s = sluice_inflate_init(memory, size, NULL);

    CHECK(s != NULL);
    CHECK_EQ(step(s, hello_zlib, sizeof hello_zlib, out, sizeof out, NULL, &written), SLUICE_END);
    CHECK_BYTES(out, written, hello, HELLO);
    for (unsigned i = 0; i < 16; i++)
        CHECK_EQ(memory[size + i], 0xa5);
    free(memory);
}

struct ledger {
    unsigned allocations, frees;
    size_t size;
    void *memory;
    bool refuse;
};

static void *ledger_alloc(void *user, size_t size)
{
    struct ledger *l = user;

    l->allocations++;
    l->size = size;
    return l->memory = l->refuse ? NULL : malloc(size);
}

static void ledger_free(void *user, void *memory)
{
    struct ledger *l = user;

    l->frees++;
    CHECK(memory == l->memory);
    free(memory);
}

static void allocators_are_used(void)
{
    struct ledger ledger = {0};
    sluice_allocator allocator = {ledger_alloc, ledger_free, &ledger};
    sluice_inflate_options bad = sluice_inflate_defaults();
    char out[HELLO];

    check_context("allocator");
    sluice_inflater *s = sluice_inflate_new(NULL, &allocator);

    memset(&allocator, 0, sizeof allocator); /* it has been copied */
    CHECK(s != NULL);
    CHECK_EQ(ledger.allocations, 1);
    CHECK_EQ(ledger.size, sluice_inflate_size(NULL));
    CHECK_EQ(step(s, hello_zlib, sizeof hello_zlib, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK_EQ(sluice_inflate_reset(s, NULL), SLUICE_OK);
    CHECK_EQ(ledger.allocations, 1);
    sluice_inflate_free(s);
    CHECK_EQ(ledger.frees, 1);

    check_context("a copy stays in its own memory");
    struct ledger other = {0};
    const sluice_allocator another = {ledger_alloc, ledger_free, &other};

    allocator = (sluice_allocator){ledger_alloc, ledger_free, &ledger};
    s = sluice_inflate_new(NULL, &allocator);

    sluice_inflater *copy = sluice_inflate_new(NULL, &another);

    CHECK_EQ(sluice_inflate_copy(copy, s), SLUICE_OK);
    sluice_inflate_free(s);
    CHECK_EQ(ledger.frees, 2);
    sluice_inflate_free(copy);
    CHECK_EQ(other.frees, 1);
    CHECK_EQ(ledger.frees, 2);

    check_context("an allocator without memory");
    ledger.refuse = true;
    allocator = (sluice_allocator){ledger_alloc, ledger_free, &ledger};
    CHECK(sluice_inflate_new(NULL, &allocator) == NULL);
    CHECK_EQ(ledger.allocations, 3);
    CHECK_EQ(ledger.frees, 2);

    check_context("bad options ask for no memory");
    bad.window_bits = 99;
    CHECK(sluice_inflate_new(&bad, &allocator) == NULL);
    CHECK_EQ(ledger.allocations, 3);
    sluice_inflate_free(NULL);
}

static void reset_begins_anew(void)
{
    sluice_inflater *s = sluice_inflate_new(NULL, NULL);
    sluice_inflate_options o = sluice_inflate_defaults();
    sluice_gzip_header header = {.time = 77};
    char out[HELLO];
    size_t written;

    check_context("reset after an error, in the middle, at the end");
    CHECK_EQ(step(s, "zzzz", 4, out, sizeof out, NULL, NULL), SLUICE_ERR_FORMAT);
    CHECK_EQ(step(s, hello_zlib, sizeof hello_zlib, out, sizeof out, NULL, NULL), SLUICE_ERR_FORMAT);
    for (size_t part = 0; part <= sizeof hello_zlib; part++) {
        CHECK_EQ(sluice_inflate_reset(s, NULL), SLUICE_OK);
        step(s, hello_zlib, part, out, 3, NULL, NULL);
        CHECK_EQ(sluice_inflate_reset(s, NULL), SLUICE_OK);
        CHECK_EQ(sluice_inflate_where(s).input, 0);
        CHECK_EQ(sluice_inflate_where(s).output, 0);
        CHECK_EQ(step(s, hello_zlib, sizeof hello_zlib, out, sizeof out, NULL, &written), SLUICE_END);
        CHECK_BYTES(out, written, hello, HELLO);
    }

    check_context("reset with options");
    o.format = SLUICE_RAW;
    CHECK_EQ(sluice_inflate_reset(s, &o), SLUICE_OK);
    CHECK_EQ(step(s, hello_zlib + RAW_FROM, RAW_SIZE, out, sizeof out, NULL, &written), SLUICE_END);
    CHECK_BYTES(out, written, hello, HELLO);
    CHECK_EQ(sluice_inflate_reset(s, NULL), SLUICE_OK); /* as before: raw */
    CHECK_EQ(step(s, hello_zlib + RAW_FROM, RAW_SIZE, out, sizeof out, NULL, &written), SLUICE_END);

    check_context("reset with bad options changes nothing");
    o.window_bits = 3;
    CHECK_EQ(sluice_inflate_reset(s, &o), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(step(s, "", 0, out, sizeof out, NULL, &written), SLUICE_END);
    sluice_inflate_free(s);

    check_context("reset to more memory than there is");
    o = sluice_inflate_defaults();
    o.window_bits = 9;
    s = sluice_inflate_new(&o, NULL);
    o.window_bits = 10;
    CHECK_EQ(sluice_inflate_reset(s, &o), SLUICE_ERR_MEMORY);
    o.window_bits = 8;
    CHECK_EQ(sluice_inflate_reset(s, &o), SLUICE_OK);
    o.window_bits = 9;
    CHECK_EQ(sluice_inflate_reset(s, &o), SLUICE_OK);
    sluice_inflate_free(s);

    check_context("reset forgets a header's destination and a dictionary");
    s = new_of(SLUICE_GZIP);
    CHECK_EQ(sluice_inflate_get_header(s, &header), SLUICE_OK);
    sluice_inflate_reset(s, NULL);
    header.time = 77;
    CHECK_EQ(step(s, empty_member, sizeof empty_member, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK_EQ(header.time, 77);
    o = of_format(SLUICE_RAW);
    sluice_inflate_reset(s, &o);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_OK);
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(step(s, "\x03\x02\x00", 3, out, sizeof out, NULL, NULL), SLUICE_ERR_DISTANCE_START); /* match 3 1 */
    sluice_inflate_free(s);
}

static void copies_go_their_own_way(void)
{
    const sluice_inflate_options small = {.format = SLUICE_AUTO, .window_bits = 8};
    const sluice_inflate_options none = {.format = SLUICE_AUTO, .window_bits = 15, .flags = SLUICE_NO_WINDOW};
    sluice_inflater *a = sluice_inflate_new(NULL, NULL), *b = sluice_inflate_new(NULL, NULL);
    sluice_inflater *s = sluice_inflate_new(&small, NULL), *n = sluice_inflate_new(&none, NULL);
    char one[HELLO], two[HELLO];
    size_t first, rest;

    check_context("copy to too small an object");
    CHECK_EQ(sluice_inflate_copy(s, a), SLUICE_ERR_MEMORY);
    CHECK_EQ(sluice_inflate_copy(n, a), SLUICE_ERR_MEMORY);
    CHECK_EQ(sluice_inflate_copy(n, s), SLUICE_ERR_MEMORY);

    check_context("copy at every byte");
    for (size_t part = 0; part <= sizeof hello_zlib; part++)
        for (size_t room = 0; room <= 5; room += 5) {
            size_t taken;

            sluice_inflate_reset(a, NULL);
            step(a, hello_zlib, part, one, room, &taken, &first);
            CHECK_EQ(sluice_inflate_copy(b, a), SLUICE_OK);
            CHECK_EQ(sluice_inflate_copy(a, a), SLUICE_OK);
            memcpy(two, one, first);
            CHECK_EQ(step(b, "\xff\xff\xff\xff\xff\xff\xff\xff", taken < 2 ? 8 : 0, NULL, 0, NULL, NULL) == SLUICE_END,
                     taken == sizeof hello_zlib && first == HELLO);
            CHECK_EQ(sluice_inflate_copy(b, a), SLUICE_OK);
            CHECK_EQ(step(b, hello_zlib + taken, sizeof hello_zlib - taken, two + first, HELLO - first, NULL, &rest),
                     SLUICE_END);
            CHECK_BYTES(two, first + rest, hello, HELLO);
            CHECK_EQ(step(a, hello_zlib + taken, sizeof hello_zlib - taken, one + first, HELLO - first, NULL, &rest),
                     SLUICE_END);
            CHECK_BYTES(one, first + rest, hello, HELLO);
        }

    check_context("a copy of a small decoder in a large object can be reset to large");
    CHECK_EQ(sluice_inflate_copy(b, s), SLUICE_OK);
    CHECK_EQ(sluice_inflate_reset(b, NULL), SLUICE_OK);
    CHECK_EQ(sluice_inflate_reset(b, &(sluice_inflate_options){.format = SLUICE_ZLIB, .window_bits = 15}), SLUICE_OK);
    sluice_inflate_free(a);
    sluice_inflate_free(b);
    sluice_inflate_free(s);
    sluice_inflate_free(n);
}

/* ---- Steps ---- */

static void bad_buffers_are_refused_and_forgiven(void)
{
    sluice_inflater *s = new_of(SLUICE_ZLIB);
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
    in = (sluice_input){hello_zlib - 0, sizeof hello_zlib, 0};
    in.size = 7;
    room = (sluice_output){out, 3, 1};
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_NEED_OUTPUT);
    CHECK_EQ(room.pos, 3);
    CHECK_BYTES(out + 1, 2, hello, 2);
    in.size = sizeof hello_zlib;
    room = (sluice_output){out, sizeof out, 3};
    room.pos = 2;
    CHECK_EQ(sluice_inflate(s, &in, &room), SLUICE_END);
    CHECK_EQ(in.pos, sizeof hello_zlib);
    CHECK_BYTES(out + 2, room.pos - 2, hello + 2, HELLO - 2);
    sluice_inflate_free(s);
}

static void the_end_is_reached_with_the_room_exactly_filled(void)
{
    sluice_inflater *s = new_of(SLUICE_ZLIB);
    char out[HELLO];
    size_t taken;

    check_context("room exactly filled");
    CHECK_EQ(step(s, hello_zlib, sizeof hello_zlib, out, HELLO, &taken, NULL), SLUICE_END);
    CHECK_EQ(taken, sizeof hello_zlib);
    CHECK_EQ(step(s, hello_zlib, sizeof hello_zlib, out, HELLO, &taken, NULL), SLUICE_END);
    CHECK_EQ(taken, 0);
    CHECK_EQ(sluice_inflate_finish(s), SLUICE_END);
    sluice_inflate_free(s);
}

static void forms_are_not_mixed(void)
{
    sluice_inflater *s = new_of(SLUICE_ZLIB);
    sluice_input in = {hello_zlib, sizeof hello_zlib, 0};
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
    sluice_input in = {hello_zlib, sizeof hello_zlib, 0};

    check_context("SLUICE_NO_WINDOW");
    CHECK_EQ(step(s, hello_zlib, sizeof hello_zlib, out, sizeof out, NULL, NULL), SLUICE_ERR_STATE);
    CHECK_EQ(sluice_inflate_next(s, &in, &span, &length), SLUICE_ERR_STATE);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "a", 1), SLUICE_ERR_STATE);
    CHECK_EQ(sluice_decompress(s, hello_zlib, sizeof hello_zlib, out, sizeof out, &length), SLUICE_OK);
    CHECK_BYTES(out, length, hello, HELLO);
    sluice_inflate_free(s);
}

static void finish_tells_whether_the_stream_is_whole(void)
{
    sluice_inflater *s = new_of(SLUICE_ZLIB);
    char out[HELLO];

    for (size_t part = 0; part <= sizeof hello_zlib; part++) {
        const sluice_status want = part < sizeof hello_zlib ? SLUICE_ERR_TRUNCATED : SLUICE_END;
        sluice_position p;

        check_context("finish after %zu bytes", part);
        sluice_inflate_reset(s, NULL);
        CHECK_EQ(step(s, hello_zlib, part, out, sizeof out, NULL, NULL), want < 0 ? SLUICE_NEED_INPUT : SLUICE_END);
        CHECK_EQ(sluice_inflate_finish(s), want);
        CHECK_EQ(sluice_inflate_finish(s), want);
        p = sluice_inflate_where(s);
        CHECK_EQ(p.input, part);
        CHECK_EQ(p.bit, 0);
        CHECK_EQ(step(s, hello_zlib + part, sizeof hello_zlib - part, out, sizeof out, NULL, NULL), want);
    }
    sluice_inflate_free(s);
}

/* ---- gzip members ---- */

static void members_follow_in_one_call_or_in_later_ones(void)
{
    sluice_inflater *s = new_of(SLUICE_GZIP);
    char out[4];
    size_t taken, put;

    check_context("three members in one call");
    CHECK_EQ(step(s, members, sizeof members, out, sizeof out, &taken, &put), SLUICE_END);
    CHECK_EQ(taken, sizeof members);
    CHECK_BYTES(out, put, "abc", 3);

    check_context("a member a call");
    sluice_inflate_reset(s, NULL);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(step(s, members + 24 * i, 24, out, sizeof out, &taken, &put), SLUICE_END);
        CHECK_EQ(taken, 24);
        CHECK_BYTES(out, put, &"abc"[i], 1);
        CHECK_EQ(sluice_inflate_where(s).input, 24 * (i + 1));
        CHECK_EQ(sluice_inflate_where(s).output, i + 1);
    }

    check_context("a member comes while the last one's output waits for room");
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(step(s, members, 24, NULL, 0, &taken, NULL), SLUICE_NEED_OUTPUT);
    CHECK_EQ(step(s, members + taken, sizeof members - taken, out, sizeof out, NULL, &put), SLUICE_END);
    CHECK_BYTES(out, put, "abc", 3);

    check_context("only the first member");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_GZIP, 15, SLUICE_ONE_MEMBER, 0});
    CHECK_EQ(step(s, members, sizeof members, out, sizeof out, &taken, &put), SLUICE_END);
    CHECK_EQ(taken, 24);
    CHECK_EQ(step(s, members + 24, 24, out, sizeof out, &taken, &put), SLUICE_END);
    CHECK_EQ(taken, 0);

    check_context("1F behind a member, and then no 8B");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_GZIP, 15, 0, 0});
    CHECK_EQ(step(s, members, 24, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK_EQ(step(s, "\x1f", 1, out, sizeof out, &taken, NULL), SLUICE_END);
    CHECK_EQ(taken, 1);
    CHECK_EQ(sluice_inflate_where(s).input, 24);
    CHECK_EQ(step(s, "\x8c", 1, out, sizeof out, &taken, NULL), SLUICE_END);
    CHECK_EQ(taken, 0);
    CHECK_EQ(sluice_inflate_where(s).input, 24);
    CHECK_EQ(sluice_inflate_finish(s), SLUICE_END);

    check_context("1F behind a member, and then 8B");
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(step(s, members, 25, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK_EQ(sluice_inflate_finish(s), SLUICE_END);
    CHECK_EQ(step(s, members + 25, 1, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_where(s).input, 26);
    CHECK_EQ(step(s, members + 26, 46, out, sizeof out, NULL, &put), SLUICE_END);
    CHECK_BYTES(out, put, "bc", 2);

    check_context("1F 8B behind a member, and no more");
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(step(s, members, 26, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_finish(s), SLUICE_ERR_TRUNCATED);
    sluice_inflate_free(s);
}

/* ---- gzip header fields ---- */

/* A member with all fields, of which `cut` bytes come at a time; the destinations have `room` bytes, or are NULL. */
static void read_fields(size_t cut, size_t room, bool null)
{
    static const char extra[] = "AB\4\0data", name[] = "a name.txt", comment[] = "two\nlines";
    uint8_t stream[100] = {0x1f, 0x8b, 8, 31, 0x78, 0x56, 0x34, 0x12, 2, 3, 8, 0}, out[4];
    char got_extra[20], got_name[20], got_comment[20];
    sluice_gzip_header h = {.extra = null ? NULL : (uint8_t *)got_extra, .extra_room = room,
                            .name = null ? NULL : got_name, .name_room = room,
                            .comment = null ? NULL : got_comment, .comment_room = room};
    sluice_inflater *s = new_of(SLUICE_AUTO);
    size_t n = 12, header_size, used;
    uint32_t crc;

    memcpy(stream + n, extra, 8);
    n += 8;
    memcpy(stream + n, name, sizeof name);
    n += sizeof name;
    memcpy(stream + n, comment, sizeof comment);
    n += sizeof comment;
    crc = sluice_crc32(0, stream, n);
    stream[n++] = (uint8_t)crc;
    stream[n++] = (uint8_t)(crc >> 8);
    header_size = n;
    stream[n++] = 3;
    n += 9;

    memset(got_extra, '#', sizeof got_extra);
    memset(got_name, '#', sizeof got_name);
    memset(got_comment, '#', sizeof got_comment);
    h.complete = 1;
    CHECK_EQ(sluice_inflate_get_header(s, &h), SLUICE_OK);
    CHECK_EQ(h.complete, 0);
    for (size_t at = 0; at < n; at += used) {
        const size_t size = n - at < cut ? n - at : cut;

        CHECK_EQ(step(s, stream + at, size, out, sizeof out, &used, NULL), at + size < n ? SLUICE_NEED_INPUT : SLUICE_END);
        CHECK_EQ(h.complete, at + size >= header_size);
    }
    CHECK_EQ(h.time, 0x12345678);
    CHECK_EQ(h.xfl, 2);
    CHECK_EQ(h.os, 3);
    CHECK(h.text == 1 && h.header_crc == 1 && h.has_extra == 1 && h.has_name == 1 && h.has_comment == 1);
    CHECK_EQ(h.extra_size, 8);
    CHECK_EQ(h.name_size, 10);
    CHECK_EQ(h.comment_size, 9);
    if (null)
        room = 0;
    CHECK_BYTES(got_extra, room < 8 ? room : 8, extra, room < 8 ? room : 8);
    CHECK_BYTES(got_name, room < 10 ? room : 10, name, room < 10 ? room : 10);
    CHECK_BYTES(got_comment, room < 9 ? room : 9, comment, room < 9 ? room : 9);
    CHECK_EQ(got_extra[room < 8 ? room : 8], '#');
    CHECK_EQ(got_name[room < 10 ? room : 10], '#');
    CHECK_EQ(got_comment[room < 9 ? room : 9], '#');
    sluice_inflate_free(s);
}

static void header_fields_are_read(void)
{
    sluice_inflater *s = new_of(SLUICE_GZIP);
    sluice_gzip_header h = {0};
    char out[4];

    for (size_t cut = 1; cut <= 60; cut += cut < 12 ? 1 : 16)
        for (size_t room = 0; room <= 12; room++) {
            check_context("header fields, %zu bytes a call, room for %zu", cut, room);
            read_fields(cut, room, false);
        }
    check_context("header fields, no destinations");
    read_fields(3, 20, true);

    check_context("of several members the last one's fields remain");
    CHECK_EQ(sluice_inflate_get_header(s, &h), SLUICE_OK);
    step(s, "\x1f\x8b\x08\x1c\x01\0\0\0\0\x03\1\0x" "n\0cc\0\x03\0\0\0\0\0\0\0\0\0", 28, out, sizeof out, NULL, NULL);
    CHECK(h.complete == 1 && h.has_name == 1 && h.name_size == 1 && h.time == 1 && h.os == 3);
    CHECK(h.has_extra == 1 && h.extra_size == 1 && h.has_comment == 1 && h.comment_size == 2);
    CHECK_EQ(step(s, empty_member, sizeof empty_member, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK(h.complete == 1 && h.has_name == 0 && h.name_size == 0 && h.time == 0 && h.os == 255);
    CHECK(h.has_extra == 0 && h.extra_size == 0 && h.has_comment == 0 && h.comment_size == 0);

    check_context("too late for get_header");
    CHECK_EQ(sluice_inflate_get_header(s, &h), SLUICE_ERR_STATE);
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(sluice_inflate_get_header(s, NULL), SLUICE_OK);

    check_context("a zlib stream has no such header");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_AUTO, 15, 0, 0});
    h.complete = 1;
    CHECK_EQ(sluice_inflate_get_header(s, &h), SLUICE_OK);
    step(s, hello_zlib, sizeof hello_zlib, out, sizeof out, NULL, NULL);
    CHECK_EQ(h.complete, 0);
    sluice_inflate_free(s);
}

/* ---- Dictionaries ---- */

static void dictionaries_are_given_in_time(void)
{
    static const uint8_t stream[] = {0x78, 0xbb, 0x02, 0x4d, 0x01, 0x27, 0x03, 0x02, 0x00, 0x02, 0x4d, 0x01, 0x27};
    uint8_t made[sizeof stream];
    sluice_inflater *s = new_of(SLUICE_ZLIB);
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
    CHECK_EQ(step(s, made, 5, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_dictionary_id(s), 0);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);
    CHECK_EQ(step(s, made + 5, 8, out, sizeof out, &taken, NULL), SLUICE_NEED_DICTIONARY);
    CHECK_EQ(taken, 1);
    CHECK_EQ(sluice_inflate_where(s).input, 6);
    CHECK_EQ(sluice_inflate_dictionary_id(s), id);
    CHECK_EQ(step(s, made + 6, 7, out, sizeof out, &taken, NULL), SLUICE_NEED_DICTIONARY);
    CHECK_EQ(taken, 0);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abd", 3), SLUICE_ERR_DICTIONARY);
    CHECK_EQ(sluice_inflate_set_dictionary(s, NULL, 3), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(step(s, made + 6, 7, out, sizeof out, &taken, NULL), SLUICE_NEED_DICTIONARY);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_OK);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);
    CHECK_EQ(step(s, made + 6, 7, out, sizeof out, &taken, &put), SLUICE_END);
    CHECK_BYTES(out, put, "ccc", 3);
    CHECK_EQ(sluice_inflate_dictionary_id(s), id);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);

    check_context("zlib: the input ends at the request");
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(sluice_inflate_dictionary_id(s), 0);
    CHECK_EQ(step(s, made, 6, out, sizeof out, NULL, NULL), SLUICE_NEED_DICTIONARY);
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
    CHECK_EQ(step(s, made + 6, 3, out, sizeof out, NULL, &put), SLUICE_END);
    CHECK_BYTES(out, put, "ccc", 3);
    CHECK_EQ(sluice_inflate_where(s).output, 3);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(step(s, made + 6, 1, out, sizeof out, NULL, &put), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);

    check_context("gzip and auto know no dictionary before the first step");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_GZIP, 15, 0, 0});
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_AUTO, 15, 0, 0});
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_ERR_STATE);

    check_context("auto asks for one too");
    CHECK_EQ(step(s, made, sizeof made, out, sizeof out, &taken, NULL), SLUICE_NEED_DICTIONARY);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_OK);
    CHECK_EQ(step(s, made + 6, 7, out, sizeof out, &taken, &put), SLUICE_END);
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
    sluice_inflater *s = new_of(SLUICE_RAW);
    char out[HELLO];

    decode_from_each_block("encoders/header.zlib-block.zlib");
    decode_from_each_block("encoders/header.zlib-partial.zlib");
    decode_from_each_block("encoders/header.zlib-sync.deflate");
    decode_from_each_block("good/stored-each-offset.deflate");

    check_context("start_at_bit out of range or too late");
    CHECK_EQ(sluice_inflate_start_at_bit(s, 8), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_inflate_start_at_bit(s, 0), SLUICE_OK);
    CHECK_EQ(step(s, hello_zlib + RAW_FROM, RAW_SIZE, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK_EQ(sluice_inflate_start_at_bit(s, 1), SLUICE_ERR_STATE);
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_ZLIB, 15, 0, 0});
    CHECK_EQ(sluice_inflate_start_at_bit(s, 1), SLUICE_ERR_STATE);
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_RAW, 15, SLUICE_STOP_AT_BLOCK, 0});
    CHECK_EQ(step(s, "\x03", 1, out, sizeof out, NULL, NULL), SLUICE_BLOCK); /* a step that has taken nothing */
    CHECK_EQ(sluice_inflate_start_at_bit(s, 1), SLUICE_ERR_STATE);

    check_context("the end of a stream entered at a bit counts from the byte entered");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_RAW, 15, 0, 0});
    CHECK_EQ(sluice_inflate_start_at_bit(s, 6), SLUICE_OK);
    CHECK_EQ(step(s, "\xff\x00\x00\x00", 4, out, sizeof out, NULL, NULL), SLUICE_END); /* 3 and 7 bits: fixed, empty */
    CHECK_EQ(sluice_inflate_where(s).input, 2);
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
    CHECK_EQ(sluice_decompress(s, hello_zlib, sizeof hello_zlib, NULL, 1, &written), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(sluice_decompress(s, NULL, 0, out, sizeof out, &written), SLUICE_ERR_TRUNCATED);
    CHECK_EQ(sluice_decompress(s, hello_zlib, sizeof hello_zlib, NULL, 0, &written), SLUICE_ERR_ROOM);
    CHECK_EQ(sluice_decompress(s, empty_member, sizeof empty_member, NULL, 0, &written), SLUICE_OK);

    check_context("without a decoder");
    CHECK_EQ(sluice_decompress(NULL, hello_zlib, sizeof hello_zlib, out, sizeof out, &written), SLUICE_OK);
    CHECK_BYTES(out, written, hello, HELLO);
    CHECK_EQ(sluice_decompress(NULL, hello_zlib, sizeof hello_zlib - 1, out, sizeof out, &written), SLUICE_ERR_TRUNCATED);
    CHECK_EQ(written, HELLO);
    CHECK_EQ(sluice_decompress(NULL, "raw", 3, out, sizeof out, &written), SLUICE_ERR_FORMAT);

    check_context("too little room, and then enough");
    CHECK_EQ(sluice_decompress(s, hello_zlib, sizeof hello_zlib, out, HELLO - 1, &written), SLUICE_ERR_ROOM);
    CHECK_BYTES(out, written, hello, HELLO - 1);
    CHECK_EQ(sluice_decompress(s, hello_zlib, sizeof hello_zlib, out, HELLO, &written), SLUICE_OK);
    CHECK_EQ(sluice_inflate_where(s).input, sizeof hello_zlib);
    CHECK_EQ(sluice_inflate_where(s).output, HELLO);

    check_context("SLUICE_STOP_AT_BLOCK is ignored");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_ZLIB, 15, SLUICE_STOP_AT_BLOCK, 0});
    CHECK_EQ(sluice_decompress(s, hello_zlib, sizeof hello_zlib, out, sizeof out, &written), SLUICE_OK);

    check_context("options are kept, and a streaming use in progress is given up");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_ZLIB, 15, 0, HELLO - 1});
    CHECK_EQ(step(s, hello_zlib, 9, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_decompress(s, hello_zlib, sizeof hello_zlib, out, sizeof out, &written), SLUICE_ERR_LIMIT);
    CHECK_EQ(written, HELLO - 1);
    CHECK_EQ(sluice_decompress(s, members, sizeof members, out, sizeof out, &written), SLUICE_ERR_ZLIB_METHOD);
    sluice_inflate_free(s);
}

static void the_format_is_told(void)
{
    sluice_inflater *s = sluice_inflate_new(NULL, NULL);
    char out[HELLO];

    check_context("sluice_inflate_format()");
    CHECK_EQ(sluice_inflate_format(s), SLUICE_AUTO);
    CHECK_EQ(step(s, hello_zlib, 1, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_format(s), SLUICE_ZLIB);
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(sluice_inflate_format(s), SLUICE_AUTO);
    CHECK_EQ(step(s, empty_member, 1, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_format(s), SLUICE_GZIP);
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_AUTO_RAW, 15, 0, 0});
    CHECK_EQ(sluice_inflate_format(s), SLUICE_AUTO_RAW);
    CHECK_EQ(step(s, hello_zlib + RAW_FROM, 1, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_format(s), SLUICE_RAW);
    sluice_inflate_free(s);
}

static void the_position_is_told(void)
{
    sluice_inflater *s = new_of(SLUICE_ZLIB);
    uint8_t bad[sizeof hello_zlib];
    char out[HELLO];
    size_t put, taken;

    check_context("input taken so far, output decoded so far, waiting bytes included");
    CHECK_EQ(step(s, hello_zlib, 9, out, 2, &taken, &put), SLUICE_NEED_OUTPUT);
    CHECK_EQ(sluice_inflate_where(s).input, taken);
    CHECK_EQ(sluice_inflate_where(s).bit, 0);
    CHECK(sluice_inflate_where(s).output > put);

    check_context("an error that waits behind output is told when it is given");
    memcpy(bad, hello_zlib, sizeof bad);
    bad[sizeof bad - 1] ^= 1;
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(step(s, bad, sizeof bad, out, 2, &taken, &put), SLUICE_NEED_OUTPUT);
    CHECK_EQ(sluice_inflate_where(s).input, taken);
    CHECK_EQ(step(s, bad + taken, sizeof bad - taken, out, sizeof out, NULL, NULL), SLUICE_ERR_ZLIB_ADLER);
    CHECK_EQ(sluice_inflate_where(s).input, sizeof bad - 4);
    CHECK_EQ(sluice_inflate_where(s).output, HELLO);
    sluice_inflate_free(s);
}

int main(void)
{
    make_members();
    options_have_ranges();
    memory_is_judged();
    allocators_are_used();
    reset_begins_anew();
    copies_go_their_own_way();
    bad_buffers_are_refused_and_forgiven();
    the_end_is_reached_with_the_room_exactly_filled();
    forms_are_not_mixed();
    without_a_window_only_whole_buffers();
    finish_tells_whether_the_stream_is_whole();
    members_follow_in_one_call_or_in_later_ones();
    header_fields_are_read();
    dictionaries_are_given_in_time();
    streams_can_be_entered_at_a_block();
    whole_buffers();
    the_format_is_told();
    the_position_is_told();
    return check_report("inflate/inflate");
}
