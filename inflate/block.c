/*
 * block.c: DEFLATE data (RFC 1951), the careful path: one function an element, correct at every edge of input and room.
 *
 * The fast loop (fast.c) does the bulk of a block's symbols; it stops before anything that is not a plain literal or
 * match, and this path then judges it. So each rule of the format is written once, here.
 */
#include "inflate/state.h"

#include <string.h>

/* take_symbols(): fill() gives 56 bits. */
_Static_assert(CODE_BITS_MAX + 5 + CODE_BITS_MAX + 13 <= 56, "a whole match fits in the bit buffer");

/* The header of a stored block with its padding and both lengths. */
enum { STORED_HEADER_BITS = 3 + 7 + 32 };

sluice_status sluice_state_skip_bits(struct sluice_inflater *s, struct step *t)
{
    if (!need(t, s->skip_bits))
        return SLUICE_NEED_INPUT;
    drop(t, s->skip_bits);
    return go(s, STATE_BLOCK);
}

/* A new block, a new code: its lanes may meet. If those of the last one did not they have one try only. */
static void forgive(struct sluice_inflater *s)
{
    s->strikes = s->strikes < LANE_STRIKES ? 0 : LANE_STRIKES - 1;
}

static void load_fixed_tables(struct sluice_inflater *s)
{
    if (s->fixed_tables == s->window_bits)
        return;
    memset(s->lengths, 8, 144);
    memset(s->lengths + 144, 9, 256 - 144);
    memset(s->lengths + 256, 7, 280 - 256);
    memset(s->lengths + 280, 8, LITLEN_SYMBOLS_FIXED - 280);
    sluice_build_litlen(s->litlen, s->lengths, LITLEN_SYMBOLS_FIXED);
    memset(s->lengths, 5, DISTANCE_SYMBOLS_FIXED);
    sluice_build_distance(s->distances, s->lengths, DISTANCE_SYMBOLS_FIXED, s->window_bits);
    s->fixed_tables = (uint8_t)s->window_bits;
    forgive(s);
}

static sluice_status end_of_block(struct sluice_inflater *s, struct step *t)
{
    if (!s->final)
        return go(s, STATE_BLOCK);
    sluice_inflate_trailer(s, t);
    return SLUICE_OK;
}

/* Where one state is most likely to follow another, that one's function is called at once. */
sluice_status sluice_state_block(struct sluice_inflater *s, struct step *t)
{
    if ((s->options.flags & SLUICE_STOP_AT_BLOCK) && !s->block_reported) {
        s->block_reported = 1;
        return SLUICE_BLOCK;
    }
    if (t->count < STORED_HEADER_BITS)
        fill(t);
    if (t->count < 3)
        return SLUICE_NEED_INPUT;

    const unsigned type = (unsigned)(t->bits >> 1 & 3);

    if (type > BLOCK_DYNAMIC)
        return fail(s, SLUICE_ERR_BLOCK_TYPE, position(s, t) + 1);
    s->final = (uint8_t)(t->bits & 1);
    s->block_reported = 0;
    drop(t, 3);
    if (type == BLOCK_STORED) {
        drop(t, t->count & 7);
        go(s, STATE_STORED_LENGTH);
        return sluice_state_stored_length(s, t);
    }
    if (type == BLOCK_DYNAMIC) {
        go(s, STATE_HLIT);
        return sluice_state_hlit(s, t);
    }
    /* A flush may have left an empty one: all that it has is seven zeros. */
    if (t->count >= 7 && low_bits(t->bits, 7) == 0) {
        drop(t, 7);
        return end_of_block(s, t);
    }
    load_fixed_tables(s);
    return go(s, STATE_SYMBOL);
}

sluice_status sluice_state_stored_length(struct sluice_inflater *s, struct step *t)
{
    if (!need(t, 32))
        return SLUICE_NEED_INPUT;

    const unsigned length = (unsigned)low_bits(t->bits, 16), complement = (unsigned)low_bits(t->bits >> 16, 16);

    if ((length ^ complement) != 0xffff)
        return fail(s, SLUICE_ERR_STORED_LENGTH, position(s, t));
    drop(t, 32);
    if (length == 0)
        return end_of_block(s, t);
    give_back(t);
    s->length = length;
    go(s, STATE_STORED_DATA);
    return sluice_state_stored_data(s, t);
}

sluice_status sluice_state_stored_data(struct sluice_inflater *s, struct step *t)
{
    while (s->length > 0) {
        const size_t input = (size_t)(t->in_end - t->in), room = (size_t)(t->out_end - t->out);
        size_t n = s->length;

        if (input == 0)
            return SLUICE_NEED_INPUT;
        if (room == 0)
            return no_room(s, t, position(s, t));
        n = n < input ? n : input;
        n = n < room ? n : room;
        memcpy(t->out, t->in, n);
        t->in += n;
        t->out += n;
        s->length -= (unsigned)n;
    }
    return end_of_block(s, t);
}

sluice_status sluice_state_hlit(struct sluice_inflater *s, struct step *t)
{
    if (!need(t, 5))
        return SLUICE_NEED_INPUT;
    s->hlit = (unsigned)low_bits(t->bits, 5) + 257;
    if (s->hlit > LITLEN_SYMBOLS)
        return fail(s, SLUICE_ERR_LITLEN_COUNT, position(s, t));
    drop(t, 5);
    go(s, STATE_HDIST);
    return sluice_state_hdist(s, t);
}

sluice_status sluice_state_hdist(struct sluice_inflater *s, struct step *t)
{
    if (!need(t, 5))
        return SLUICE_NEED_INPUT;
    s->hdist = (unsigned)low_bits(t->bits, 5) + 1;
    if (s->hdist > DISTANCE_SYMBOLS)
        return fail(s, SLUICE_ERR_DISTANCE_COUNT, position(s, t));
    drop(t, 5);
    go(s, STATE_HCLEN);
    return sluice_state_hclen(s, t);
}

sluice_status sluice_state_hclen(struct sluice_inflater *s, struct step *t)
{
    if (!need(t, 4))
        return SLUICE_NEED_INPUT;
    s->hclen = take(t, 4) + 4;
    s->index = 0;
    memset(s->precode_lengths, 0, sizeof s->precode_lengths);
    go(s, STATE_PRECODE);
    return sluice_state_precode(s, t);
}

sluice_status sluice_state_precode(struct sluice_inflater *s, struct step *t)
{
    for (; s->index < s->hclen; s->index++) {
        if (!need(t, 3))
            return SLUICE_NEED_INPUT;
        s->precode_lengths[sluice_precode_order[s->index]] = (uint8_t)take(t, 3);
    }
    s->fixed_tables = 0; /* their place is taken from here on */
    switch (sluice_build_precode(s->precode, s->precode_lengths)) {
    case CODE_OVERFULL:
        return fail(s, SLUICE_ERR_PRECODE_OVERFULL, position(s, t) - 3 * s->hclen);
    case CODE_COMPLETE:
        break;
    default:
        return fail(s, SLUICE_ERR_PRECODE_INCOMPLETE, position(s, t) - 3 * s->hclen);
    }
    s->symbol_bit = position(s, t);
    s->index = 0;
    go(s, STATE_LENGTHS);
    return sluice_state_lengths(s, t);
}

/*
 * Is less than one symbol in sixteen a match, as the code lengths have it? Then that none comes next is well predicted,
 * and the plain loop is the faster one.
 */
static bool few_matches(const struct sluice_inflater *s)
{
    unsigned share = 0;

    for (unsigned i = END_OF_BLOCK + 1; i < s->hlit; i++)
        share += (2u << (CODE_BITS_MAX - s->lengths[i])) & (UINT16_MAX & ~1u); /* a length of 0 adds nothing */
    return share < (2u << CODE_BITS_MAX) / 16;
}

/* All code lengths are there: judges them and builds the tables. */
static sluice_status build_tables(struct sluice_inflater *s)
{
    const uint64_t first = s->symbol_bit;

    if (s->lengths[END_OF_BLOCK] == 0)
        return fail(s, SLUICE_ERR_NO_END_OF_BLOCK, first);
    switch (sluice_build_litlen(s->litlen, s->lengths, s->hlit)) {
    case CODE_OVERFULL:
        return fail(s, SLUICE_ERR_LITLEN_OVERFULL, first);
    case CODE_INCOMPLETE:
        return fail(s, SLUICE_ERR_LITLEN_INCOMPLETE, first);
    default:
        break;
    }
    switch (sluice_build_distance(s->distances, s->lengths + s->hlit, s->hdist, s->window_bits)) {
    case CODE_OVERFULL:
        return fail(s, SLUICE_ERR_DISTANCE_OVERFULL, first);
    case CODE_INCOMPLETE:
        return fail(s, SLUICE_ERR_DISTANCE_INCOMPLETE, first);
    default:
        break;
    }
    forgive(s);
    if (few_matches(s))
        s->strikes = LANE_STRIKES;
    return go(s, STATE_SYMBOL);
}

/* The code lengths of both codes, as long as there is plenty of input and nothing is wrong. */
static void take_lengths(struct sluice_inflater *s, struct step *t)
{
    static const uint8_t extra_bits[16 + 3] = {[16] = 2, [17] = 3, [18] = 7};
    static const uint8_t repeat_base[16 + 3] = {[16] = 3, [17] = 3, [18] = 11};
    const unsigned total = s->hlit + s->hdist;
    unsigned index = s->index, count = t->count;
    uint64_t bits = t->bits;

    while (index < total && t->in_end - t->in >= 8) {
        bits |= load64(t->in) << count;
        t->in += (63 - count) >> 3;
        count |= 56;
        while (index < total && count >= PRECODE_BITS_MAX + 7) {
            const uint32_t entry = s->precode[low_bits(bits, PRECODE_ROOT)];
            const unsigned code_bits = entry_code_bits(entry), symbol = entry_value(entry);

            if (symbol < PRECODE_COPY) {
                s->lengths[index++] = (uint8_t)symbol;
                bits >>= code_bits;
                count -= code_bits;
                continue;
            }

            const unsigned extra = extra_bits[symbol];
            const unsigned repeat = repeat_base[symbol] + (unsigned)low_bits(bits >> code_bits, extra);

            if (repeat > total - index || (symbol == PRECODE_COPY && index == 0))
                goto stop;

            const unsigned value = symbol == PRECODE_COPY ? s->lengths[index - 1] : 0;

            for (unsigned i = 0; i < repeat; i += 8)
                store64(s->lengths + index + i, value * UINT64_C(0x0101010101010101));
            index += repeat;
            bits >>= code_bits + extra;
            count -= code_bits + extra;
        }
    }
stop:
    s->index = index;
    t->bits = bits;
    t->count = count;
}

sluice_status sluice_state_lengths(struct sluice_inflater *s, struct step *t)
{
    static const uint8_t extra_bits[3] = {2, 3, 7}, repeat_base[3] = {3, 3, 11};
    const unsigned total = s->hlit + s->hdist;

    take_lengths(s, t);
    while (s->index < total) {
        if (t->count < PRECODE_BITS_MAX + 7)
            fill(t);

        const uint32_t entry = s->precode[low_bits(t->bits, PRECODE_ROOT)];
        const unsigned code_bits = entry_code_bits(entry), symbol = entry_value(entry);

        if (code_bits > t->count)
            return SLUICE_NEED_INPUT;
        if (symbol < PRECODE_COPY) {
            s->lengths[s->index++] = (uint8_t)symbol;
            drop(t, code_bits);
            continue;
        }
        if (symbol == PRECODE_COPY && s->index == 0)
            return fail(s, SLUICE_ERR_REPEAT_FIRST, position(s, t));

        const unsigned extra = extra_bits[symbol - PRECODE_COPY];

        if (code_bits + extra > t->count)
            return SLUICE_NEED_INPUT;

        const unsigned repeat = repeat_base[symbol - PRECODE_COPY] + (unsigned)low_bits(t->bits >> code_bits, extra);

        if (repeat > total - s->index)
            return fail(s, SLUICE_ERR_REPEAT_OVERRUN, position(s, t));
        memset(s->lengths + s->index, symbol == PRECODE_COPY ? s->lengths[s->index - 1] : 0, repeat);
        s->index += repeat;
        drop(t, code_bits + extra);
    }
    return build_tables(s);
}

/*
 * Looks up the codeword that comes next, with its extra bits. *skip are the root bits before a subtable's entry.
 * False if the bits are not all there; a codeword whose bits are there is found however many follow, because bits
 * beyond the buffer's end do not matter to it.
 */
static inline bool look_up(struct step *t, const uint32_t *table, unsigned root, uint32_t *entry, unsigned *skip)
{
    fill(t);
    *skip = 0;
    *entry = table[low_bits(t->bits, root)];
    if ((*entry & ENTRY_EXCEPTION) && (*entry & ENTRY_SUBTABLE)) {
        *skip = root;
        *entry = table[subtable_offset(*entry) + low_bits(t->bits >> root, subtable_index_bits(*entry))];
    }
    return *skip + (*entry & ENTRY_EXCEPTION ? entry_code_bits(*entry) + entry_value(*entry) : entry_bits(*entry)) <=
           t->count;
}

/* Consumes an entry that has been looked up and gives its extra bits. */
static inline unsigned take_entry(struct step *t, uint32_t entry, unsigned skip)
{
    drop(t, skip + entry_code_bits(entry));
    return entry & ENTRY_EXCEPTION ? 0 : take(t, entry_bits(entry) - entry_code_bits(entry));
}

/*
 * The symbols near the end of the input or the room, as long as each is there as a whole, is plain and fits. What stops
 * it is judged by the careful path. Much of a small stream is decoded here, so the step is kept in variables: stored
 * bytes could lie in it, as far as the compiler knows.
 */
static void take_symbols(struct sluice_inflater *s, struct step *t)
{
    const uint8_t *const history = t->history;
    uint8_t *const end = t->out_end;
    uint8_t *out = t->out;
    struct step r = {.in = t->in, .in_end = t->in_end, .bits = t->bits, .count = t->count};

    for (;;) {
        fill(&r);

        uint64_t bits = r.bits;
        uint32_t entry = s->litlen[low_bits(bits, LITLEN_ROOT)];
        unsigned used = 0;

        if ((entry & ENTRY_EXCEPTION) && (entry & ENTRY_SUBTABLE)) {
            used = LITLEN_ROOT;
            bits >>= LITLEN_ROOT;
            entry = s->litlen[subtable_offset(entry) + low_bits(bits, subtable_index_bits(entry))];
        }
        if ((entry & ENTRY_EXCEPTION) || used + entry_bits(entry) > r.count)
            break;
        used += entry_bits(entry);
        if (entry_is_literal(entry)) {
            if (out == end)
                break;
            *out++ = (uint8_t)entry_value(entry);
            drop(&r, used);
            continue;
        }

        /* What fill() has taken is enough for a whole match, if the input has it. */
        const size_t length =
            MATCH_MIN + entry_value(entry) + (size_t)(low_bits(bits, entry_bits(entry)) >> entry_code_bits(entry));

        bits >>= entry_bits(entry);
        entry = s->distances[low_bits(bits, DISTANCE_ROOT)];
        if ((entry & ENTRY_EXCEPTION) && (entry & ENTRY_SUBTABLE)) {
            used += DISTANCE_ROOT;
            bits >>= DISTANCE_ROOT;
            entry = s->distances[subtable_offset(entry) + low_bits(bits, subtable_index_bits(entry))];
        }
        if ((entry & ENTRY_EXCEPTION) || used + entry_bits(entry) > r.count)
            break;

        const size_t distance =
            entry_distance(entry) + (size_t)(low_bits(bits, entry_bits(entry)) >> entry_code_bits(entry));
        const size_t room = (size_t)(end - out);

        if (distance > (size_t)(out - history) || length > room)
            break;
        drop(&r, used + entry_bits(entry));
        if (distance >= 8 && room >= length + 8)
            for (size_t i = 0; i < length; i += 8)
                store64(out + i, load64(out + i - distance));
        else
            for (size_t i = 0; i < length; i++)
                out[i] = *(out + i - distance);
        out += length;
    }
    t->in = r.in;
    t->bits = r.bits;
    t->count = r.count;
    t->out = out;
}

sluice_status sluice_state_symbol(struct sluice_inflater *s, struct step *t)
{
    uint32_t entry;
    unsigned skip;

    if (t->out - t->folded >= FOLD_SIZE)
        sluice_inflate_fold(s, t);
    if (t->in_end - t->in >= FAST_INPUT_MARGIN && t->out_end - t->out >= FAST_OUTPUT_MARGIN) {
        s->lanes(s, t);
        if (t->in_end - t->in >= FAST_INPUT_MARGIN && t->out_end - t->out >= FAST_OUTPUT_MARGIN)
            s->fast(s, t);
        if (s->state != STATE_SYMBOL)
            return SLUICE_OK;
    }
    if (t->out_end - t->out < FAST_OUTPUT_MARGIN) {
        if (t->soft && t->out > t->out_begin)
            return SLUICE_NEED_OUTPUT;
        if (t->in_end - t->in >= FAST_INPUT_MARGIN && t->out_end - t->out >= NEAR_OUTPUT_MARGIN)
            s->fast(s, t);
        if (s->state != STATE_SYMBOL)
            return SLUICE_OK;
    }
    if (t->in_end - t->in < FAST_INPUT_MARGIN || t->out_end - t->out < FAST_OUTPUT_MARGIN)
        take_symbols(s, t);

    if (!look_up(t, s->litlen, LITLEN_ROOT, &entry, &skip))
        return SLUICE_NEED_INPUT;
    if (entry_is_literal(entry)) {
        if (t->out == t->out_end)
            return no_room(s, t, position(s, t));
        *t->out++ = (uint8_t)entry_value(entry);
        take_entry(t, entry, skip);
        return SLUICE_OK;
    }
    if (entry & ENTRY_EXCEPTION) {
        if (entry & ENTRY_UNUSED)
            return fail(s, SLUICE_ERR_LITLEN_UNUSED, position(s, t));
        if (entry & ENTRY_SYMBOL)
            return fail(s, SLUICE_ERR_LITLEN_SYMBOL, position(s, t));
        take_entry(t, entry, skip);
        return end_of_block(s, t);
    }
    s->symbol_bit = position(s, t);
    s->length = MATCH_MIN + entry_value(entry) + take_entry(t, entry, skip);
    return go(s, STATE_DISTANCE);
}

sluice_status sluice_state_distance(struct sluice_inflater *s, struct step *t)
{
    uint32_t entry;
    unsigned skip;

    if (!look_up(t, s->distances, DISTANCE_ROOT, &entry, &skip))
        return SLUICE_NEED_INPUT;

    const uint64_t bit = position(s, t);

    if (entry & ENTRY_EXCEPTION)
        return fail(s,
                    entry & ENTRY_UNUSED   ? SLUICE_ERR_DISTANCE_UNUSED
                    : entry & ENTRY_SYMBOL ? SLUICE_ERR_DISTANCE_SYMBOL
                                           : SLUICE_ERR_DISTANCE_WINDOW,
                    bit);
    s->distance = entry_distance(entry) + take_entry(t, entry, skip);
    if (s->distance > (size_t)(t->out - t->history))
        return fail(s, SLUICE_ERR_DISTANCE_START, bit);
    return go(s, STATE_COPY);
}

sluice_status sluice_state_copy(struct sluice_inflater *s, struct step *t)
{
    const size_t room = (size_t)(t->out_end - t->out);
    const size_t n = s->length < room ? s->length : room;
    const uint8_t *from = t->out - s->distance;

    for (size_t i = 0; i < n; i++)
        t->out[i] = from[i];
    t->out += n;
    s->length -= (unsigned)n;
    return s->length > 0 ? no_room(s, t, s->symbol_bit) : go(s, STATE_SYMBOL);
}
