/*
 * block.c: where a block ends, and as what it is written.
 *
 * Tokens gather until their symbols change (split.c), their buffers are full or the data ends. Then the block is
 * written in the cheapest form: stored, with the fixed codes or with codes of its own, by the true number of bits.
 *
 * Bytes to be stored are not written at once: they wait as a run, so that what follows can join it in one stored
 * block. To store a block its data must still be in the window, where only the last bytes stay. So the block is
 * looked at every RETAINED bytes: if by then it is smaller coded than stored, this place is remembered as `checked`,
 * and should the block later turn out to be better stored after all, it ends there, and only what came after is
 * stored. Hence no data grows by more than the headers of stored blocks.
 */
#include "deflate/format/bytes.h"
#include "deflate/dynamic.h"
#include "deflate/huffman.h"
#include "deflate/plan.h"
#include "deflate/split.h"
#include "deflate/state.h"
#include "deflate/tokens.h"

#include <string.h>

enum {
    STORED_HEADER_BITS = 3 + 7 + 32, /* at most, with its padding */
    COSTED_YOUNG = 8 * CHUNK,        /* bytes of a block up to which its literals' cost is computed for each chunk */
    MANY_TOKENS = 256,               /* that are worth counting in two places */
    COSTED_EVERY = 4                 /* and then for each of so many */
};

/* ---- Counting ---- */

static inline void count_match(uint32_t *lengths, uint32_t *distances, uint32_t token)
{
    if (token_is_literals(token))
        return;
    lengths[length_symbol(token_length_index(token)) - LENGTH_FIRST]++;
    distances[distance_symbol(token_distance_index(token))]++;
}

/*
 * Many tokens by turns in two places: a few symbols are so frequent that each count of one would wait for the one
 * before.
 */
static __attribute__((noinline)) void count_matches(struct statistics *c, const uint32_t *token, const uint32_t *end)
{
    uint32_t lengths[2][LENGTH_CODES], distances[2][DISTANCE_SYMBOLS];

    memset(lengths, 0, sizeof lengths);
    memset(distances, 0, sizeof distances);
    for (unsigned turn = 0; token < end; token++, turn ^= 1)
        count_match(lengths[turn], distances[turn], *token);
    for (unsigned i = 0; i < LENGTH_CODES; i++)
        c->litlen[LENGTH_FIRST + i] += lengths[0][i] + lengths[1][i];
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        c->distance[i] += distances[0][i] + distances[1][i];
}

/* Adds the symbols of the tokens and literals between two marks. */
static void count(struct sluice_deflater *s, struct statistics *c, struct mark from, struct mark to)
{
    const uint8_t *const literals = literals_of(s);
    const uint32_t *token = tokens_of(s) + from.tokens, *const end = tokens_of(s) + to.tokens;
    uint32_t l = from.literals;

    for (; l + 4 <= to.literals; l += 4) {
        c->litlen[literals[l]]++;
        c->litlen[literals[l + 1]]++;
        c->litlen[literals[l + 2]]++;
        c->litlen[literals[l + 3]]++;
    }
    for (; l < to.literals; l++)
        c->litlen[literals[l]]++;
    if (end - token >= MANY_TOKENS) {
        count_matches(c, token, end);
        return;
    }
    for (; token < end; token++)
        count_match(c->litlen + LENGTH_FIRST, c->distance, *token);
}

static void merge(struct sluice_deflater *s)
{
    for (unsigned i = 0; i < LITLEN_SYMBOLS; i++)
        s->seen.litlen[i] += s->fresh.litlen[i];
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        s->seen.distance[i] += s->fresh.distance[i];
    memset(&s->fresh, 0, sizeof s->fresh);
    s->fresh_symbols = 0;
    s->settled = s->now;
}

/* ---- Coding ---- */

static unsigned fixed_litlen_length(unsigned symbol)
{
    return symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
}

static uint32_t sum(const uint32_t *frequency, unsigned first, unsigned end)
{
    uint32_t total = 0;

    for (unsigned i = first; i < end; i++)
        total += frequency[i];
    return total;
}

/* The bits that tokens take with the fixed codes (3.2.6), without what both kinds of codes have in common. */
static uint64_t fixed_bits(const struct sluice_deflater *s)
{
    const uint32_t *const litlen = s->seen.litlen;

    return 3 + 8 * (uint64_t)sum(litlen, 0, 144) + 9 * (uint64_t)sum(litlen, 144, 256) +
           7 * (uint64_t)sum(litlen, 256, 280) + 8 * (uint64_t)sum(litlen, 280, LITLEN_SYMBOLS) +
           5 * (uint64_t)sum(s->seen.distance, 0, DISTANCE_SYMBOLS);
}

static uint64_t extra_bits(const struct sluice_deflater *s)
{
    uint64_t bits = 0;

    for (unsigned i = 0; i < LENGTH_CODES; i++)
        bits += (uint64_t)s->seen.litlen[LENGTH_FIRST + i] * sluice_length_extra[i];
    for (unsigned i = 0; i < DISTANCE_SYMBOLS; i++)
        bits += (uint64_t)s->seen.distance[i] * sluice_distance_extra[i];
    return bits;
}

/* The codewords of each length with its extra bits above them, so that the writer puts both at once. */
static void make_length_codes(struct sluice_deflater *s)
{
    uint32_t *to = s->length_code;

    for (unsigned i = 0; i < LENGTH_CODES - 1; i++) {
        const unsigned extra = sluice_length_extra[i];
        const uint32_t code = s->litlen_code[LENGTH_FIRST + i], step = UINT32_C(256) << code_length(code);

        for (unsigned e = 0; e < 1u << extra; e++)
            *to++ = code + extra + e * step;
    }
    s->length_code[MATCH_MAX - MATCH_MIN] = s->litlen_code[LITLEN_SYMBOLS - 1];
}

/*
 * Makes the cheaper codes for the symbols in s->seen ready for the writer, and gives the bits of the block with them.
 * `codes`: only the number of bits is asked for if false.
 */
static uint64_t make_codes(struct sluice_deflater *s, bool codes)
{
    uint8_t litlen[LITLEN_SYMBOLS_FIXED], distance[DISTANCE_SYMBOLS_FIXED];
    const uint64_t extra = extra_bits(s);
    uint64_t bits;

    s->seen.litlen[END_OF_BLOCK] = 1;
    bits = fixed_bits(s);
    s->fixed = true;
    if (s->options.strategy != SLUICE_STRATEGY_FIXED) {
        const enum dynamic_effort effort = s->level->effort ? DYNAMIC_SMOOTH : DYNAMIC_QUICK;
        const uint64_t dynamic = sluice_dynamic(&s->dynamic, &s->seen, litlen, distance, effort);

        if (dynamic < bits) {
            bits = dynamic;
            s->fixed = false;
        }
    }
    if (codes && s->fixed && !s->fixed_made) {
        for (unsigned i = 0; i < LITLEN_SYMBOLS_FIXED; i++)
            litlen[i] = (uint8_t)fixed_litlen_length(i);
        memset(distance, 5, sizeof distance);
        sluice_huffman_codes(s->litlen_code, litlen, LITLEN_SYMBOLS_FIXED);
        sluice_huffman_codes(s->distance_code, distance, DISTANCE_SYMBOLS_FIXED);
        make_length_codes(s);
        s->fixed_made = true;
    } else if (codes && !s->fixed) {
        sluice_huffman_codes(s->litlen_code, litlen, LITLEN_SYMBOLS);
        sluice_huffman_codes(s->distance_code, distance, DISTANCE_SYMBOLS);
        make_length_codes(s);
        s->fixed_made = false;
    }
    s->seen.litlen[END_OF_BLOCK] = 0;
    return bits + extra;
}

/* ---- Ending a block ---- */

size_t sluice_run_limit(const struct sluice_deflater *s)
{
    const size_t room = s->at.window_size - 4 * CHUNK;

    return room < STORED_MAX ? room : STORED_MAX;
}

/* The block's first bytes join the run. True: the run has become a whole stored block, which is to be written. */
static bool join_run(struct sluice_deflater *s, struct mark mark)
{
    if (s->run_size == 0)
        s->run = s->block;
    s->run_size += mark.bytes;
    s->cut = mark;
    sluice_block_next(s);
    if (s->run_size <= sluice_run_limit(s))
        return false;
    s->run_last = false;
    s->state = STATE_RUN;
    return true;
}

/*
 * The most bits that a block of so many bytes may take coded; else it is stored. A run that is broken off must be
 * worth another stored header, and what does not come last may not grow at all: that makes sluice_compress_bound()
 * true.
 */
static uint64_t coded_limit(const struct sluice_deflater *s, size_t bytes, bool ending)
{
    const uint64_t bits = 8 * (uint64_t)bytes;

    if (ending)
        return s->run_size ? bits : bits + STORED_HEADER_BITS;
    if (s->run_size)
        return bits > STORED_HEADER_BITS ? bits - STORED_HEADER_BITS : 0;
    return bits;
}

/*
 * Ends the block at a mark, up to which s->seen has its symbols. `ending`: no data follows. True: something is to be
 * written.
 */
static bool end_block(struct sluice_deflater *s, struct mark mark, bool ending)
{
    bool last = ending && s->flush == SLUICE_FLUSH_FINISH;

    if (make_codes(s, true) > coded_limit(s, mark.bytes, ending)) {
        if (s->checked.bytes == 0)
            return join_run(s, mark);
        /* What came after the last check is to be stored. */
        last = false;
        mark = s->checked;
        memset(&s->seen, 0, sizeof s->seen);
        count(s, &s->seen, (struct mark){0}, mark);
        make_codes(s, true);
    }
    /* Of a few symbols the entropy is below what they cost; and what follows is likely to be as few. */
    if (s->fixed || mark.bytes < CHUNK)
        s->literal_cost = LITERAL_COST_TO_GUESS;
    s->cut = mark;
    s->last = last;
    s->block_waits = true;
    s->run_last = false;
    s->state = s->run_size ? STATE_RUN : STATE_BLOCK;
    return true;
}

/* Remembers that the block so far is smaller coded, or ends it if it is not. True: something is to be written. */
static bool check_block(struct sluice_deflater *s)
{
    const uint64_t limit = coded_limit(s, s->now.bytes, false);

    /* The fixed codes, whose bits are quickly told, often are good enough to know. */
    if (fixed_bits(s) + extra_bits(s) > limit && make_codes(s, false) > limit)
        return end_block(s, s->now, false);
    s->checked = s->now;
    if (s->run_size == 0)
        return false;
    s->run_last = false;
    s->state = STATE_RUN;
    return true;
}

void sluice_block_next(struct sluice_deflater *s)
{
    const struct mark cut = s->cut;
    uint32_t *const tokens = tokens_of(s);
    uint8_t *const literals = literals_of(s);

    s->now.tokens -= cut.tokens;
    s->now.literals -= cut.literals;
    s->now.bytes -= cut.bytes;
    memmove(tokens, tokens + cut.tokens, s->now.tokens * sizeof *tokens);
    memmove(literals, literals + cut.literals, s->now.literals);
    s->block += cut.bytes;
    s->checked = (struct mark){0};
    memset(&s->seen, 0, sizeof s->seen);
    memset(&s->fresh, 0, sizeof s->fresh);
    s->fresh_symbols = 0;
    count(s, &s->seen, (struct mark){0}, s->now);
    s->counted = s->settled = s->now;
}

/*
 * The literals up to `next` become a token, so that a chunk ends with one; the chunk's symbols are counted. `final`:
 * nobody asks any more what literals cost.
 */
static void complete_chunk(struct sluice_deflater *s, bool final)
{
    const size_t n = s->next - s->literal;
    const bool literals = s->now.literals + n > s->counted.literals;

    if (n > 0) {
        memcpy(literals_of(s) + s->now.literals, s->data + s->literal, n);
        tokens_of(s)[s->now.tokens++] = TOKEN_LITERALS | (uint32_t)n;
        s->now.literals += (uint32_t)n;
    }
    /* The writer looks at a few literals more than there are. */
    store32(literals_of(s) + s->now.literals, 0);
    s->literal = s->chunk = s->next;
    s->now.bytes = s->next - s->block;
    count(s, &s->fresh, s->counted, s->now);
    s->fresh_symbols += s->now.tokens - s->counted.tokens + s->now.literals - s->counted.literals;
    s->counted = s->now;
    /* Nobody else asks, and in a long block it does not change fast. */
    if (s->level->lazy > 0 && literals && !final &&
        (s->now.bytes < COSTED_YOUNG || s->now.bytes / CHUNK % COSTED_EVERY == 0))
        s->literal_cost = sluice_literal_cost(&s->seen, &s->fresh);
}

bool sluice_block_store(struct sluice_deflater *s)
{
    s->literal = s->chunk = s->next;
    s->now.bytes = s->next - s->block;
    return join_run(s, s->now);
}

bool sluice_block_close(struct sluice_deflater *s, bool ending)
{
    return end_block(s, s->now, ending);
}

static size_t token_room(const struct sluice_deflater *s)
{
    return (s->at.literals - s->at.tokens) / sizeof(uint32_t);
}

static size_t literal_room(const struct sluice_deflater *s)
{
    return s->at.counts - s->at.literals;
}

/*
 * Whether the fresh symbols may wait for more before they join the block. Should the next chunk show a difference, they
 * stay with it in the buffers, where the one behind it must still have room.
 */
static bool fresh_may_stay(const struct sluice_deflater *s)
{
    return s->fresh_symbols < MERGE_SYMBOLS &&
           s->now.tokens - s->settled.tokens + 2 * CHUNK_TOKENS <= token_room(s) &&
           s->now.literals - s->settled.literals + 2 * CHUNK_LITERALS <= literal_room(s);
}

bool sluice_block_chunk(struct sluice_deflater *s)
{
    if (sluice_level_stores(s->level))
        return sluice_block_store(s);
    if (s->level->effort) {
        sluice_plan_chunk(s);
        return false;
    }
    complete_chunk(s, false);

    const bool full =
        s->now.tokens + CHUNK_TOKENS > token_room(s) || s->now.literals + CHUNK_LITERALS > literal_room(s);
    const bool due = s->now.bytes - s->checked.bytes >= (s->run_size ? CHUNK : RETAINED);

    if (s->fresh_symbols < SPLIT_SYMBOLS && !full && !due)
        return false;
    if (s->settled.bytes > 0 && s->fresh_symbols >= SPLIT_SYMBOLS && sluice_split(&s->seen, &s->fresh))
        return end_block(s, s->settled, false);
    if (!full && !due && s->settled.bytes > 0 && fresh_may_stay(s))
        return false;
    merge(s);
    if (full)
        return end_block(s, s->now, false);
    return due && check_block(s);
}

bool sluice_block_end(struct sluice_deflater *s)
{
    if (sluice_level_stores(s->level)) {
        if (s->next > s->chunk && sluice_block_store(s))
            return true;
    } else if (s->level->effort) {
        if (s->next > s->block) {
            sluice_plan_end(s);
            return true;
        }
    } else if (s->next > s->chunk) {
        /* What would be computed of less than a chunk end_block() forgets. */
        complete_chunk(s, s->flush == SLUICE_FLUSH_FINISH || s->next - s->block < CHUNK);
    }
    while (s->now.bytes > 0) {
        merge(s);
        if (end_block(s, s->now, true))
            return true;
    }
    if (s->run_size == 0)
        return false;
    s->run_last = s->flush == SLUICE_FLUSH_FINISH;
    s->state = STATE_RUN;
    return true;
}
