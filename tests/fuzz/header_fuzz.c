/*
 * The gzip header, set and got: what is set comes out of the reference decoder and of the library's, cut anywhere and
 * with less room than a field needs.
 *
 * input: flags, time, xfl, os, sizes of extra field, name and comment, rooms to read them in, sizes of pieces; then the
 * bytes of the fields.
 */
#include "sluice.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/check.h"
#include "tests/support/encode.h"
#include "tests/support/reference.h"

#include <string.h>

enum { FIELD_MAX = 70000, STREAM_MAX = 3 * FIELD_MAX + 1024, TAIL = 16 };

static sluice_deflater *deflater;
static sluice_inflater *inflater;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    sluice_deflate_options deflate = encode_options(SLUICE_GZIP, 1, SLUICE_STRATEGY_DEFAULT, 15);
    sluice_inflate_options inflate = sluice_inflate_defaults();

    (void)argc, (void)argv;
    inflate.format = SLUICE_GZIP;
    deflater = encode_new(&deflate);
    inflater = sluice_inflate_new(&inflate, NULL);
    return 0;
}

/* Bytes of the input over and over, and each a little different each time, so that long fields need no long input. */
static void fill(uint8_t *to, size_t size, const uint8_t *from, size_t from_size, bool zero_allowed)
{
    for (size_t i = 0; i < size; i++) {
        to[i] = from_size ? (uint8_t)(from[i % from_size] + i / from_size) : (uint8_t)('a' + i % 26);
        if (to[i] == 0 && !zero_allowed)
            to[i] = 1;
    }
}

/* Memory of its own, of that size, or NULL. What is beyond it must stay. */
static void *room_for(size_t room)
{
    uint8_t *const p = malloc(room + TAIL);

    memset(p, 0xa5, room + TAIL);
    return p;
}

static void must_hold(const void *kept, size_t room, size_t size, const void *want, size_t want_size, uint8_t has)
{
    const uint8_t *const p = kept;
    const size_t n = want_size < room ? want_size : room;

    MUST(size == want_size);
    MUST(has == 1);
    MUST(n == 0 || memcmp(p, want, n) == 0);
    for (size_t i = n; i < room + TAIL; i++)
        MUST(p[i] == 0xa5);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t extra[FIELD_MAX], stream[STREAM_MAX], out[64];
    static char name[FIELD_MAX], comment[FIELD_MAX];
    static struct reference_result result;
    static const char text[] = "what is in the file";
    struct fuzz_input in = {data, size};
    const unsigned flags = fuzz_byte(&in), pieces = fuzz_byte(&in);
    sluice_gzip_header set = {.text = flags & 1, .header_crc = flags >> 1 & 1}, got = {0};
    uint64_t random = pieces * 2 + 1;
    bool argument_wrong;

    /* One a statement: the order must not be the compiler's choice. */
    set.time = fuzz_word(&in) * 65537u;
    set.os = (uint8_t)fuzz_byte(&in);
    set.extra_size = fuzz_word(&in) + (flags & 64 ? 4000 : 0);
    set.name_size = fuzz_word(&in) % (flags & 32 ? 65536 : 64);
    set.comment_size = fuzz_word(&in) % (flags & 32 ? 65536 : 64);
    got.extra_room = fuzz_word(&in);
    got.name_room = fuzz_byte(&in);
    got.comment_room = fuzz_byte(&in);

    fill(extra, set.extra_size, in.data, in.size, true);
    fill((uint8_t *)name, set.name_size, in.data, in.size, flags & 128);
    fill((uint8_t *)comment, set.comment_size, in.data, in.size, false);
    set.extra = flags & 4 ? extra : NULL;
    set.name = flags & 8 ? name : NULL;
    set.comment = flags & 16 ? comment : NULL;
    argument_wrong = (set.extra && set.extra_size > 65535) || (set.name && memchr(name, 0, set.name_size));

    MUST(sluice_deflate_reset(deflater, NULL) == SLUICE_OK);
    const sluice_status status = sluice_deflate_set_header(deflater, &set);

    MUST(status == (argument_wrong ? SLUICE_ERR_ARGUMENT : SLUICE_OK));
    if (argument_wrong)
        return 0;

    struct encoding e = {deflater, (const uint8_t *)text, 0, stream, sizeof stream, 0,
                         {1 + pieces % 16, 1 + pieces / 16 * 8, flags & 2 ? &random : NULL, false}, NULL};

    MUST(encode_more(&e, sizeof text, SLUICE_FLUSH_FINISH) == SLUICE_END);
    MUST(e.broken == NULL);

    const struct reference_options o = {.format = SLUICE_GZIP, .window_bits = 15};

    reference_decode(&o, stream, e.length, out, sizeof out, &result);
    MUST(result.status == SLUICE_END && result.where.input == e.length);
    MUST(result.where.output == sizeof text && memcmp(out, text, sizeof text) == 0);

    got.extra = room_for(got.extra_room);
    got.name = room_for(got.name_room);
    got.comment = room_for(got.comment_room);
    MUST(sluice_inflate_reset(inflater, NULL) == SLUICE_OK);
    MUST(sluice_inflate_get_header(inflater, &got) == SLUICE_OK);

    sluice_input from = {stream, 0, 0};
    sluice_output to = {out, sizeof out, 0};
    sluice_status last = SLUICE_NEED_INPUT;

    while (last == SLUICE_NEED_INPUT && from.size < e.length) {
        from.size += 1 + (size_t)(check_random(&random) >> 40) % (1 + pieces);
        from.size = from.size < e.length ? from.size : e.length;
        last = sluice_inflate(inflater, &from, &to);
    }
    MUST(last == SLUICE_END && from.pos == e.length && to.pos == sizeof text);
    MUST(got.complete == 1 && got.time == set.time && got.text == set.text && got.header_crc == set.header_crc);
    MUST(got.os == set.os);
    MUST(got.has_extra == (set.extra != NULL) && got.has_name == (set.name != NULL) &&
         got.has_comment == (set.comment != NULL));
    if (set.extra)
        must_hold(got.extra, got.extra_room, got.extra_size, extra, set.extra_size, got.has_extra);
    if (set.name)
        must_hold(got.name, got.name_room, got.name_size, name, set.name_size, got.has_name);
    if (set.comment)
        must_hold(got.comment, got.comment_room, got.comment_size, comment, set.comment_size, got.has_comment);
    free(got.extra);
    free(got.name);
    free(got.comment);
    return 0;
}
