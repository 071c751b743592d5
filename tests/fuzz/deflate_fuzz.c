/*
 * The encoder with all its options, whatever data, flushes, changes of level and strategy, copies and pieces: what it
 * writes decodes to the data, by the reference decoder; is the same in one piece and in many; and keeps to the bound.
 *
 * input: format and dictionary, level and strategy, window, sizes of pieces, chance; then a program: a byte says what
 * comes next (see act()).
 */
#include "tests/fuzz/fuzz.h"
#include "tests/support/encode.h"
#include "tests/support/reference.h"
#include "tests/support/samples.h"

#include <string.h>

enum {
    DATA_MAX = 80000,      /* a window of 32 KiB moves on */
    DATA_MAX_SLOW = 20000, /* at the levels that take their time */
    STREAM_MAX = 2 * DATA_MAX + 65536,
    EVENTS_MAX = 64,
    DICTIONARY = 33000
};

static const size_t pieces[] = {0, 1, 2, 3, 7, 64, 700, 4096, 60000};
enum { PIECES = sizeof pieces / sizeof *pieces };

enum event_kind { EVENT_FLUSH, EVENT_CHANGE, EVENT_COPY };

struct event {
    enum event_kind kind;
    size_t at; /* bytes of data before it */
    sluice_flush flush;
    int level;
    sluice_strategy strategy;
};

static struct script {
    sluice_deflate_options options;
    uint8_t data[DATA_MAX];
    size_t size, most;
    struct event event[EVENTS_MAX];
    unsigned events;
    bool flushed, changed, dictionary;
} script;

static uint8_t dictionary[DICTIONARY], once[STREAM_MAX], again[STREAM_MAX], decoded[DATA_MAX + 1];
static sluice_deflater *deflaters[3];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const sluice_deflate_options largest =
        encode_options(SLUICE_RAW, SLUICE_LEVEL_STRONGEST, SLUICE_STRATEGY_DEFAULT, 15);

    (void)argc, (void)argv;
    sample_text(dictionary, sizeof dictionary, 5);
    for (int i = 0; i < 3; i++)
        deflaters[i] = encode_new(&largest);
    return 0;
}

/* One step of the program: data, or something that happens behind what there is. */
static void act(struct script *s, struct fuzz_input *in)
{
    const unsigned what = fuzz_byte(in), more = what >> 3;
    const size_t room = s->most - s->size;
    struct event *const e = &s->event[s->events];
    size_t n = more + 1;

    switch (what % 8) {
    case 0: { /* bytes as they stand in the input */
        const uint8_t *const bytes = fuzz_bytes(in, &n);

        n = n < room ? n : room;
        memcpy(s->data + s->size, bytes, n);
        s->size += n;
        return;
    }
    case 1: { /* a match */
        const size_t distance = 1 + fuzz_word(in);

        n = more < 28 ? more * 10 + 3 : (size_t)fuzz_word(in);
        for (; n > 0 && s->size < s->most; n--, s->size++)
            s->data[s->size] = distance <= s->size ? s->data[s->size - distance]
                               : distance - s->size <= DICTIONARY ? dictionary[DICTIONARY + s->size - distance] : 0;
        return;
    }
    case 2: /* a stretch of a sample */
        n = (size_t)fuzz_word(in) >> (more % 8);
        n = n < room ? n : room;
        samples[fuzz_byte(in) % SAMPLES].make(s->data + s->size, n, more);
        s->size += n;
        return;
    case 3: /* noise */
        n = (size_t)fuzz_byte(in) << (more % 8);
        n = n < room ? n : room;
        sample_random(s->data + s->size, n, more + 1);
        s->size += n;
        return;
    case 4:
    case 5:
        *e = (struct event){EVENT_FLUSH, s->size, (sluice_flush)(more % SLUICE_FLUSH_FINISH), 0, 0};
        s->flushed |= e->flush != SLUICE_FLUSH_NONE;
        break;
    case 6:
        *e = (struct event){EVENT_CHANGE, s->size, 0, (int)(more % 13), (sluice_strategy)(fuzz_byte(in) % 4)};
        s->changed = true;
        break;
    default:
        *e = (struct event){EVENT_COPY, s->size, 0, 0, 0};
    }
    s->events++;
}

/* Gives the length of the stream. kept: how each event went, which does not depend on the pieces. */
static size_t encode(const struct script *s, uint8_t *out, struct encode_cut cut, sluice_status *kept)
{
    struct encoding e = {deflaters[0], s->data, 0, out, STREAM_MAX, 0, cut, NULL};
    bool border = true;

    MUST(sluice_deflate_reset(e.deflater, &s->options) == SLUICE_OK);
    if (s->dictionary)
        MUST(sluice_deflate_set_dictionary(e.deflater, dictionary, sizeof dictionary) == SLUICE_OK);
    for (unsigned i = 0; i < s->events; i++) {
        const struct event *const event = &s->event[i];
        const sluice_flush flush = event->kind == EVENT_FLUSH ? event->flush : SLUICE_FLUSH_NONE;
        const bool moves = event->at > e.pos;

        if (moves || event->kind == EVENT_FLUSH) {
            kept[i] = encode_more(&e, event->at - e.pos, flush);
            MUST(e.broken == NULL);
            MUST(kept[i] == (flush == SLUICE_FLUSH_NONE ? SLUICE_NEED_INPUT : SLUICE_OK));
            border = flush != SLUICE_FLUSH_NONE;
        } else {
            kept[i] = SLUICE_OK;
        }
        if (event->kind == EVENT_CHANGE) {
            kept[i] = sluice_deflate_change(e.deflater, event->level, event->strategy);
            MUST(kept[i] == SLUICE_OK || kept[i] == SLUICE_ERR_STATE);
            if (border)
                MUST(kept[i] == SLUICE_OK);
        } else if (event->kind == EVENT_COPY) {
            sluice_deflater *const other = deflaters[1 + (e.deflater == deflaters[1])];

            MUST(sluice_deflate_copy(other, e.deflater) == SLUICE_OK);
            e.deflater = other;
        }
        MUST(sluice_deflate_where(e.deflater).input == e.pos);
    }
    MUST(encode_more(&e, s->size - e.pos, SLUICE_FLUSH_FINISH) == SLUICE_END);
    MUST(e.broken == NULL);
    MUST(sluice_deflate_where(e.deflater).output == e.length);
    return e.length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct reference_result result;
    static sluice_status first[EVENTS_MAX], second[EVENTS_MAX];
    struct fuzz_input in = {data, size};
    const unsigned kind = fuzz_byte(&in), level = fuzz_byte(&in), window = fuzz_byte(&in), piece = fuzz_byte(&in);
    uint64_t random = fuzz_byte(&in) * 2 + 1;
    struct script *const s = &script;
    struct encode_cut cut = {0, 0, NULL, false};
    size_t length, written;

    s->options = encode_options((sluice_format)(kind % 3), (int)(level % 13), (sluice_strategy)(level / 16 % 4),
                                8 + window % 8);
    s->dictionary = kind & 4 && s->options.format != SLUICE_GZIP;
    s->most = s->options.level < 10 ? DATA_MAX : DATA_MAX_SLOW;
    s->size = 0;
    s->events = 0;
    s->flushed = s->changed = false;
    while (in.size > 0 && s->events < EVENTS_MAX && s->size < s->most)
        act(s, &in);
    length = encode(s, once, cut, first);

    cut.input = pieces[piece % PIECES];
    cut.room = pieces[piece / 16 % PIECES];
    cut.random = kind & 8 ? &random : NULL;
    cut.at_start = kind & 16;
    if (s->size > 2000 && cut.input && cut.input < 64)
        cut.input *= 64;
    if (s->size > 2000 && cut.room && cut.room < 64)
        cut.room *= 64;
    MUST(encode(s, again, cut, second) == length);
    MUST(memcmp(once, again, length) == 0);
    MUST(memcmp(first, second, s->events * sizeof *first) == 0);

    const struct reference_options o = {.format = s->options.format, .window_bits = s->options.window_bits,
                                        .dictionary = s->dictionary ? dictionary : NULL,
                                        .dictionary_size = s->dictionary ? sizeof dictionary : 0};

    reference_decode(&o, once, length, decoded, sizeof decoded, &result);
    MUST(result.status == SLUICE_END);
    MUST(result.where.input == length);
    MUST(result.where.output == s->size);
    MUST(memcmp(decoded, s->data, s->size) == 0);
    if (!s->flushed && !s->changed && !s->dictionary) {
        MUST(length <= sluice_compress_bound(s->size, s->options.format));
        MUST(sluice_deflate_reset(deflaters[0], &s->options) == SLUICE_OK);
        MUST(sluice_compress(deflaters[0], s->data, s->size, again, length, &written) == SLUICE_OK);
        MUST(written == length && memcmp(once, again, length) == 0);
        if (length > 0)
            MUST(sluice_compress(deflaters[0], s->data, s->size, again, length - 1, &written) == SLUICE_ERR_ROOM);
    }
    return 0;
}
