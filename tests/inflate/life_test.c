/*
 * life_test.c: the life of a decoder: its options and their ranges, its memory, allocators, reset and copies.
 */
#include "tests/support/check.h"
#include "tests/support/hello.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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
    for (unsigned i = 1; i < _Alignof(max_align_t); i++)
        CHECK(sluice_inflate_init(memory + i, size, NULL) == NULL);

    memset(memory, 0xa5, size + 16); /* what the memory held before does not matter, and what lies behind it stays */

    sluice_inflater *s = sluice_inflate_init(memory, size, NULL);

    CHECK(s != NULL);
    CHECK_EQ(hello_step(s, hello_zlib, HELLO_ZLIB, out, sizeof out, NULL, &written), SLUICE_END);
    CHECK_BYTES(out, written, hello, HELLO);
    for (unsigned i = 0; i < 16; i++)
        CHECK_EQ(memory[size + i], 0xa5);
    free(memory);
}

struct ledger {
    unsigned allocations, frees;
    size_t size;
    void *memory;
    bool refuse, misalign;
};

static void *ledger_alloc(void *user, size_t size)
{
    struct ledger *l = user;

    l->allocations++;
    l->size = size;
    l->memory = l->refuse ? NULL : malloc(size + 4);
    return l->misalign ? (uint8_t *)l->memory + 4 : l->memory;
}

static void ledger_free(void *user, void *memory)
{
    struct ledger *l = user;

    l->frees++;
    CHECK(memory == (l->misalign ? (uint8_t *)l->memory + 4 : l->memory));
    free(l->memory);
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
    CHECK_EQ(hello_step(s, hello_zlib, HELLO_ZLIB, out, sizeof out, NULL, NULL), SLUICE_END);
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

    check_context("memory that is not aligned for any type is given back");
    ledger.refuse = false;
    ledger.misalign = true;
    CHECK(sluice_inflate_new(NULL, &allocator) == NULL);
    CHECK_EQ(ledger.allocations, 4);
    CHECK_EQ(ledger.frees, 3);

    check_context("bad options ask for no memory");
    bad.window_bits = 99;
    CHECK(sluice_inflate_new(&bad, &allocator) == NULL);
    CHECK_EQ(ledger.allocations, 4);
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
    CHECK_EQ(hello_step(s, "zzzz", 4, out, sizeof out, NULL, NULL), SLUICE_ERR_FORMAT);
    CHECK_EQ(hello_step(s, hello_zlib, HELLO_ZLIB, out, sizeof out, NULL, NULL), SLUICE_ERR_FORMAT);
    for (size_t part = 0; part <= HELLO_ZLIB; part++) {
        CHECK_EQ(sluice_inflate_reset(s, NULL), SLUICE_OK);
        hello_step(s, hello_zlib, part, out, 3, NULL, NULL);
        CHECK_EQ(sluice_inflate_reset(s, NULL), SLUICE_OK);
        CHECK_EQ(sluice_inflate_where(s).input, 0);
        CHECK_EQ(sluice_inflate_where(s).output, 0);
        CHECK_EQ(hello_step(s, hello_zlib, HELLO_ZLIB, out, sizeof out, NULL, &written), SLUICE_END);
        CHECK_BYTES(out, written, hello, HELLO);
    }

    check_context("reset with options");
    o.format = SLUICE_RAW;
    CHECK_EQ(sluice_inflate_reset(s, &o), SLUICE_OK);
    CHECK_EQ(hello_step(s, hello_zlib + RAW_FROM, RAW_SIZE, out, sizeof out, NULL, &written), SLUICE_END);
    CHECK_BYTES(out, written, hello, HELLO);
    CHECK_EQ(sluice_inflate_reset(s, NULL), SLUICE_OK); /* as before: raw */
    CHECK_EQ(hello_step(s, hello_zlib + RAW_FROM, RAW_SIZE, out, sizeof out, NULL, &written), SLUICE_END);

    check_context("reset with bad options changes nothing");
    o.window_bits = 3;
    CHECK_EQ(sluice_inflate_reset(s, &o), SLUICE_ERR_ARGUMENT);
    CHECK_EQ(hello_step(s, "", 0, out, sizeof out, NULL, &written), SLUICE_END);
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
    s = hello_inflater(SLUICE_GZIP);
    CHECK_EQ(sluice_inflate_get_header(s, &header), SLUICE_OK);
    sluice_inflate_reset(s, NULL);
    header.time = 77;
    CHECK_EQ(hello_step(s, hello_empty_member, EMPTY_MEMBER, out, sizeof out, NULL, NULL), SLUICE_END);
    CHECK_EQ(header.time, 77);
    o = hello_options(SLUICE_RAW);
    sluice_inflate_reset(s, &o);
    CHECK_EQ(sluice_inflate_set_dictionary(s, "abc", 3), SLUICE_OK);
    sluice_inflate_reset(s, NULL);
    CHECK_EQ(hello_step(s, "\x03\x02\x00", 3, out, sizeof out, NULL, NULL), SLUICE_ERR_DISTANCE_START); /* match 3 1 */
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
    for (size_t part = 0; part <= HELLO_ZLIB; part++)
        for (size_t room = 0; room <= 5; room += 5) {
            size_t taken;

            sluice_inflate_reset(a, NULL);
            hello_step(a, hello_zlib, part, one, room, &taken, &first);
            CHECK_EQ(sluice_inflate_copy(b, a), SLUICE_OK);
            CHECK_EQ(sluice_inflate_copy(a, a), SLUICE_OK);
            memcpy(two, one, first);
            CHECK_EQ(hello_step(b, "\xff\xff\xff\xff\xff\xff\xff\xff", taken < 2 ? 8 : 0, NULL, 0, NULL, NULL) ==
                         SLUICE_END,
                     taken == HELLO_ZLIB && first == HELLO);
            CHECK_EQ(sluice_inflate_copy(b, a), SLUICE_OK);
            CHECK_EQ(hello_step(b, hello_zlib + taken, HELLO_ZLIB - taken, two + first, HELLO - first, NULL, &rest),
                     SLUICE_END);
            CHECK_BYTES(two, first + rest, hello, HELLO);
            CHECK_EQ(hello_step(a, hello_zlib + taken, HELLO_ZLIB - taken, one + first, HELLO - first, NULL, &rest),
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

int main(void)
{
    options_have_ranges();
    memory_is_judged();
    allocators_are_used();
    reset_begins_anew();
    copies_go_their_own_way();
    return check_report("inflate/life");
}
