/*
 * members_test.c: gzip members that follow each other, and the fields of their headers.
 */
#include "tests/support/check.h"
#include "tests/support/hello.h"

#include <stdbool.h>
#include <string.h>

static void members_follow_in_one_call_or_in_later_ones(void)
{
    sluice_inflater *s = hello_inflater(SLUICE_GZIP);
    char out[4];
    size_t taken, put;

    check_context("three hello_members in one call");
    CHECK_EQ(hello_step(s, hello_members, sizeof hello_members, out, sizeof out, &taken, &put), SLUICE_END);
    CHECK_EQ(taken, sizeof hello_members);
    CHECK_BYTES(out, put, "abc", 3);

    check_context("a member a call");
    sluice_inflate_reset(s, NULL);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(hello_step(s, hello_members + 24 * i, 24, out, sizeof out, &taken, &put), SLUICE_END);
        CHECK_EQ(taken, 24);
        CHECK_BYTES(out, put, &"abc"[i], 1);
        CHECK_EQ(sluice_inflate_where(s).input, 24 * (i + 1));
        CHECK_EQ(sluice_inflate_where(s).output, i + 1);
    }

    check_context("a member comes while the last one's output waits for room");
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(hello_step(s, hello_members, 24, NULL, 0, &taken, NULL), SLUICE_NEED_OUTPUT);
    CHECK_EQ(hello_step(s, hello_members + taken, sizeof hello_members - taken, out, sizeof out, NULL, &put),
             SLUICE_END);
    CHECK_BYTES(out, put, "abc", 3);

    check_context("only the first member");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_GZIP, 15, SLUICE_ONE_MEMBER, 0});
    CHECK_EQ(hello_step(s, hello_members, sizeof hello_members, out, sizeof out, &taken, &put), SLUICE_END);
    CHECK_EQ(taken, 24);
    CHECK_EQ(hello_step(s, hello_members + 24, 24, out, sizeof out, &taken, &put), SLUICE_END);
    CHECK_EQ(taken, 0);

    check_context("1F behind a member, and then no 8B");
    sluice_inflate_reset(s, &(sluice_inflate_options){SLUICE_GZIP, 15, 0, 0});
    CHECK_EQ(hello_step(s, hello_members, 24, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK_EQ(hello_step(s, "\x1f", 1, out, sizeof out, &taken, NULL), SLUICE_END);
    CHECK_EQ(taken, 1);
    CHECK_EQ(sluice_inflate_where(s).input, 24);
    CHECK_EQ(hello_step(s, "\x8c", 1, out, sizeof out, &taken, NULL), SLUICE_END);
    CHECK_EQ(taken, 0);
    CHECK_EQ(sluice_inflate_where(s).input, 24);
    CHECK_EQ(sluice_inflate_finish(s), SLUICE_END);

    check_context("1F behind a member, and then 8B");
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(hello_step(s, hello_members, 25, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK_EQ(sluice_inflate_finish(s), SLUICE_END);
    CHECK_EQ(hello_step(s, hello_members + 25, 1, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_where(s).input, 26);
    CHECK_EQ(hello_step(s, hello_members + 26, 46, out, sizeof out, NULL, &put), SLUICE_END);
    CHECK_BYTES(out, put, "bc", 2);

    check_context("1F 8B behind a member, and no more");
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(hello_step(s, hello_members, 26, out, sizeof out, NULL, NULL), SLUICE_NEED_INPUT);
    CHECK_EQ(sluice_inflate_finish(s), SLUICE_ERR_TRUNCATED);
    sluice_inflate_free(s);
}

/* ---- Header fields ---- */

/* A member with all fields, of which `cut` bytes come at a time; the destinations have `room` bytes, or are NULL. */
static void read_fields(size_t cut, size_t room, bool null)
{
    static const char extra[] = "AB\4\0data", name[] = "a name.txt", comment[] = "two\nlines";
    uint8_t stream[100] = {0x1f, 0x8b, 8, 31, 0x78, 0x56, 0x34, 0x12, 2, 3, 8, 0}, out[4];
    char got_extra[20], got_name[20], got_comment[20];
    sluice_gzip_header h = {.extra = null ? NULL : (uint8_t *)got_extra, .extra_room = room,
                            .name = null ? NULL : got_name, .name_room = room,
                            .comment = null ? NULL : got_comment, .comment_room = room};
    sluice_inflater *s = hello_inflater(SLUICE_AUTO);
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

        CHECK_EQ(hello_step(s, stream + at, size, out, sizeof out, &used, NULL),
                 at + size < n ? SLUICE_NEED_INPUT : SLUICE_END);
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
    sluice_inflater *s = hello_inflater(SLUICE_GZIP);
    sluice_gzip_header h = {0};
    char out[4];

    for (size_t cut = 1; cut <= 60; cut += cut < 12 ? 1 : 16)
        for (size_t room = 0; room <= 12; room++) {
            check_context("header fields, %zu bytes a call, room for %zu", cut, room);
            read_fields(cut, room, false);
        }
    check_context("header fields, no destinations");
    read_fields(3, 20, true);

    check_context("of several hello_members the last one's fields remain");
    CHECK_EQ(sluice_inflate_get_header(s, &h), SLUICE_OK);
    hello_step(s, "\x1f\x8b\x08\x1c\x01\0\0\0\0\x03\1\0x" "n\0cc\0\x03\0\0\0\0\0\0\0\0\0", 28, out, sizeof out, NULL,
               NULL);
    CHECK(h.complete == 1 && h.has_name == 1 && h.name_size == 1 && h.time == 1 && h.os == 3);
    CHECK(h.has_extra == 1 && h.extra_size == 1 && h.has_comment == 1 && h.comment_size == 2);
    CHECK_EQ(hello_step(s, hello_empty_member, EMPTY_MEMBER, out, sizeof out, NULL, NULL), SLUICE_END);
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
    hello_step(s, hello_zlib, HELLO_ZLIB, out, sizeof out, NULL, NULL);
    CHECK_EQ(h.complete, 0);
    sluice_inflate_free(s);
}

int main(void)
{
    hello_make();
    members_follow_in_one_call_or_in_later_ones();
    header_fields_are_read();
    return check_report("inflate/members");
}
