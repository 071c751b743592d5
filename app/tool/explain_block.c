/* explain_block.c: the blocks of DEFLATE data (RFC 1951 3.2.3): their heads, stored data, literals and matches. */
#include "app/tool/explain.h"

#include <inttypes.h>

void explain_put(struct explain *e, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        e->window[(e->put + i) % WINDOW_MAX] = bytes[i];
    e->put += size;
    e->reach += size;
    if (e->format == SLUICE_ZLIB)
        e->adler = sluice_adler32(e->adler, bytes, size);
    else if (e->format == SLUICE_GZIP)
        e->crc = sluice_crc32(e->crc, bytes, size);
}

/* A stored block (3.2.4): to the border of a byte, LEN, its complement, and so many bytes as they are. */
static bool stored_block(struct explain *e)
{
    unsigned length, complement, byte;

    explain_padding(e);
    explain_begin(e);

    const uint64_t first = e->begin;

    if (!bits_have(&e->in, 32))
        return explain_fail(e, SLUICE_ERR_TRUNCATED, bits_end(&e->in));
    explain_number(e, 16, &length);
    explain_line(e, "LEN: %u bytes follow", length);
    explain_begin(e);
    explain_number(e, 16, &complement);
    explain_line(e, "NLEN: its complement, %u", complement);
    if ((length ^ complement) != 0xffff)
        return explain_fail(e, SLUICE_ERR_STORED_LENGTH, first);
    while (length > 0) {
        uint8_t bytes[QUOTED_MAX];
        char quoted[QUOTED_ROOM];
        size_t n = 0;
        bool more = true;

        explain_begin(e);
        while (n < sizeof bytes && n < length && (more = bits_have(&e->in, 8))) {
            byte = 0;
            for (unsigned i = 0; i < 8; i++)
                byte |= bits_take(&e->in) << i;
            bytes[n++] = (uint8_t)byte;
        }
        if (n > 0) {
            explain_line(e, "%zu byte%s %s", n, n > 1 ? "s" : "", explain_quote(quoted, bytes, n));
            explain_put(e, bytes, n);
        }
        if (!more)
            return explain_fail(e, SLUICE_ERR_TRUNCATED, bits_end(&e->in));
        length -= (unsigned)n;
    }
    return true;
}

/* The copy that a match asks for. It may overlap what it writes: then it repeats itself. */
static void copy(struct explain *e, unsigned length, unsigned distance, uint8_t bytes[MATCH_MAX])
{
    for (unsigned i = 0; i < length; i++)
        bytes[i] = i < distance ? e->window[(e->put + i - distance) % WINDOW_MAX] : bytes[i - distance];
}

/* A match, whose length symbol has been read (3.2.5). */
static bool match(struct explain *e, unsigned symbol)
{
    uint8_t bytes[MATCH_MAX];
    char quoted[QUOTED_ROOM];
    unsigned extra, length, distance;

    if (symbol >= LITLEN_SYMBOLS)
        return explain_fail(e, SLUICE_ERR_LITLEN_SYMBOL, e->begin);
    if (!explain_number(e, sluice_length_extra[symbol - LENGTH_FIRST], &extra))
        return false;
    length = sluice_length_base[symbol - LENGTH_FIRST] + extra;
    if (sluice_length_extra[symbol - LENGTH_FIRST] > 0)
        explain_line(e, "length %u: symbol %u, %u + %u", length, symbol, length - extra, extra);
    else
        explain_line(e, "length %u: symbol %u", length, symbol);

    explain_begin(e);
    if (!explain_symbol(e, &e->distance, SLUICE_ERR_DISTANCE_UNUSED, &symbol))
        return false;
    if (symbol >= DISTANCE_SYMBOLS)
        return explain_fail(e, SLUICE_ERR_DISTANCE_SYMBOL, e->begin);
    if (!explain_number(e, sluice_distance_extra[symbol], &extra))
        return false;
    distance = sluice_distance_base[symbol] + extra;
    if (distance > 1u << e->window_bits || distance > e->reach) {
        const bool window = distance > 1u << e->window_bits;

        explain_line(e, "distance %u: symbol %u, %u + %u", distance, symbol, distance - extra, extra);
        return explain_fail(e, window ? SLUICE_ERR_DISTANCE_WINDOW : SLUICE_ERR_DISTANCE_START, e->begin);
    }
    copy(e, length, distance, bytes);
    explain_quote(quoted, bytes, length);
    if (sluice_distance_extra[symbol] > 0)
        explain_line(e, "distance %u: symbol %u, %u + %u; copies %s", distance, symbol, distance - extra, extra,
                     quoted);
    else
        explain_line(e, "distance %u: symbol %u; copies %s", distance, symbol, quoted);
    explain_put(e, bytes, length);
    e->matches++;
    return true;
}

/* The data of a compressed block: literals and matches up to the end-of-block symbol. */
static bool symbols(struct explain *e)
{
    char name[SYMBOL_NAME_ROOM];
    unsigned symbol;

    for (;;) {
        explain_begin(e);
        if (!explain_symbol(e, &e->litlen, SLUICE_ERR_LITLEN_UNUSED, &symbol))
            return false;
        if (symbol == END_OF_BLOCK) {
            explain_line(e, "end of block");
            return true;
        }
        if (symbol < END_OF_BLOCK) {
            const uint8_t byte = (uint8_t)symbol;

            explain_line(e, "literal %s", explain_symbol_name(name, ALPHABET_LITLEN, symbol));
            explain_put(e, &byte, 1);
            e->literals++;
        } else if (!match(e, symbol)) {
            return false;
        }
    }
}

static bool block(struct explain *e, unsigned type, uint64_t begin)
{
    const uint64_t put = e->put;
    uint64_t data;

    e->literals = e->matches = 0;
    if (type == BLOCK_STORED) {
        if (!stored_block(e))
            return false;
        explain_note(e, "    block %" PRIu64 ": %" PRIu64 " bits for %" PRIu64 " bytes, stored", e->blocks,
                     bits_position(&e->in) - begin, e->put - put);
        return true;
    }
    if (type == BLOCK_FIXED)
        explain_fixed_codes(e);
    else if (!explain_dynamic_codes(e))
        return false;
    data = bits_position(&e->in);
    if (!symbols(e))
        return false;
    explain_note(e,
                 "    block %" PRIu64 ": %" PRIu64 " bits (%" PRIu64 " of them its head) for %" PRIu64
                 " bytes: %" PRIu64 " literals, %" PRIu64 " matches",
                 e->blocks, bits_position(&e->in) - begin, data - begin, e->put - put, e->literals, e->matches);
    return true;
}

bool explain_blocks(struct explain *e)
{
    static const char *const types[] = {"stored", "fixed Huffman codes", "dynamic Huffman codes", "reserved"};
    unsigned final, type;

    do {
        explain_note(e, "\n  block %" PRIu64 " (RFC 1951 3.2.3)", ++e->blocks);
        explain_begin(e);

        const uint64_t begin = e->begin;

        if (!bits_have(&e->in, 3))
            return explain_fail(e, SLUICE_ERR_TRUNCATED, bits_end(&e->in));
        explain_number(e, 1, &final);
        explain_line(e, "BFINAL %u: %s block", final, final ? "the last" : "not the last");
        explain_begin(e);
        explain_number(e, 2, &type);
        explain_line(e, "BTYPE %u: %s", type, types[type]);
        if (type > BLOCK_DYNAMIC)
            return explain_fail(e, SLUICE_ERR_BLOCK_TYPE, e->begin);
        if (!block(e, type, begin))
            return false;
    } while (!final);
    return true;
}
