/*
 * state.h: the encoder's object, and who does what with it.
 *
 *   input -> window -> parser -> tokens -> block -> bits -> output
 *            (deflate.c)  (parse_*.c)   (block.c, split.c)  (write.c)
 *
 * The data being compressed is one contiguous region: the encoder's own window, into which a step copies its input, or
 * in the whole-buffer call the caller's buffer itself. A parser turns it into tokens, a chunk at a time. After each
 * chunk block.c looks at the symbols so far and decides whether the block ends. A block that has ended is coded and
 * written, as far as there is room; the step goes on where it stopped.
 *
 * The bytes that come out depend on the data and on where flushes were asked for, never on how calls were cut: a
 * parser looks only as far ahead as LOOKAHEAD, and does not go on while that much is not there unless the data ends;
 * chunks, blocks and everything else are counted in bytes and symbols.
 */
#ifndef SLUICE_DEFLATE_STATE_H
#define SLUICE_DEFLATE_STATE_H

#include "deflate/format/tables.h"
#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* A parser's decision at a position looks at no byte this far ahead: the longest match, begun two positions
     * later, or a step over 64 bytes, and what a load or a copy in words takes with it. */
    LOOKAHEAD = MATCH_MAX + 2 + 64,

    BATCH = 512, /* positions that are put into the hash tables at a time, ahead of the parser */
    CHUNK = 4096, /* bytes after which a parser comes back, and the block's symbols are looked at */

    /* A match of three bytes each, and a token of literals alone before each where runs are long */
    CHUNK_TOKENS = (CHUNK + BATCH + MATCH_MAX) / MATCH_MIN + CHUNK / 256 + 4,
    CHUNK_LITERALS = CHUNK + BATCH + MATCH_MAX + 16, /* they are copied by strides */

    STORED_LEAST = 28672, /* bytes in a stored block that others follow, at least: the smallest sluice_run_limit() */
    RETAINED = 16384, /* bytes of a block that may be neither stored nor known to be smaller coded, at most */

    /* What comes out is written here when the caller's room is small, and headers always. */
    PENDING_SIZE = 2048,
    WRITE_MARGIN = 640, /* the most that the header of a dynamic block, or a token, takes (write.c) */

    LITLEN_LIMIT = 14,   /* bits of a literal/length codeword: four literals fit into one store (write.c) */
    LITERALS_AT_ONCE = 4 /* that the writer looks at before each match, there or not */
};

enum deflate_state {
    STATE_HEADER,  /* the frame's header is not out yet */
    STATE_PARSE,   /* data becomes tokens */
    STATE_RUN,     /* the stored run is written */
    STATE_BLOCK,   /* a block is written */
    STATE_MARKER,  /* what a flush ends with */
    STATE_TRAILER, /* the frame's trailer */
    STATE_END
};

/* The symbols of some stretch of tokens. */
struct statistics {
    uint32_t litlen[LITLEN_SYMBOLS];
    uint32_t distance[DISTANCE_SYMBOLS];
};

/* A place in the tokens, counted from the beginning of the block. */
struct mark {
    uint32_t tokens, literals;
    size_t bytes; /* of data that they stand for */
};

/* What the header of a dynamic block tells (RFC 1951 3.2.7). */
struct dynamic {
    uint16_t hlit, hdist, hclen; /* how many lengths of each code there are */
    uint16_t items;              /* code lengths as the header has them: symbol | extra << 5 */
    uint16_t item[LITLEN_SYMBOLS + DISTANCE_SYMBOLS];
    uint8_t precode[PRECODE_SYMBOLS]; /* the lengths of the code that they are in */
};

struct sluice_deflater;
struct effort;

/* A way to parse: see parse.h. */
struct method {
    /* Parses from s->next on until it reaches or passes `stop`. */
    void (*parse)(struct sluice_deflater *s, size_t stop);
    /* Puts data[0, s->next) into the hash tables, and s->mapped behind; NULL: has none. */
    void (*index)(struct sluice_deflater *s);
    /* Puts one position into them and tells whether eight bytes there match; NULL: has none. */
    bool (*probe)(struct sluice_deflater *s, size_t at);
    size_t ahead; /* bytes that must be there beside LOOKAHEAD before it goes on */
};

/* What a level is made of. See levels.c. */
struct level {
    const struct method *method;
    uint8_t hash_bits;  /* log2 of the entries of the hash table */
    uint8_t hash3_bits; /* ditto for matches of three bytes; 0: none */
    uint16_t depth;     /* candidates that are looked at, at most */
    uint16_t nice;      /* a match of this length is taken without looking for a better one */
    uint16_t lazy;      /* a match shorter than this is held back while the next position is tried */
    uint16_t links;     /* KiB for what goes with the hash table: links or tags */
    uint16_t tokens;    /* KiB for tokens */
    uint16_t literals;  /* KiB for literals */
    uint16_t fresh;     /* KiB of the window's room beside the history */
    const struct effort *effort; /* of the levels that look for the cheapest tokens (plan.h); NULL: not one of them */
};

/* Offsets in the object of what lies behind the structure. */
struct layout {
    size_t window, window_size, head, head3, previous, tokens, literals;
    size_t counts, matches, costs, steps, cells, learned, size;
};

struct sluice_deflater {
    sluice_deflate_options options;
    sluice_allocator allocator;
    size_t object_size;
    const struct level *level;
    struct layout at;
    const sluice_gzip_header *header;

    /* The stream */
    enum deflate_state state;
    sluice_flush flush;      /* asked for and not complete; NONE otherwise */
    sluice_flush last_flush; /* the strongest completed since the last byte of input */
    bool closing;            /* all data up to the flush is in the region */
    bool begun;              /* a step has been made */
    bool in_place;           /* the region is the caller's buffer */
    uint32_t check;          /* Adler-32 or CRC-32 of the input */
    uint32_t dictionary_id;
    bool has_dictionary;
    unsigned header_part;    /* gzip: how far the header has been put out */
    size_t header_at;
    uint32_t header_crc;
    uint64_t taken, put;

    /* The region */
    const uint8_t *data; /* set by each call */
    size_t filled;       /* data[0, filled) is there */
    size_t history;      /* data[history, next) may be referred to, as far as the window reaches */
    size_t next;         /* the position at which the parser goes on */
    uint32_t bias;       /* a position's place in the hash tables is its index plus this, modulo 2^16 */
    uint32_t swept;      /* the place up to which they were swept: see match.h */

    /* The parser */
    size_t chunk;          /* where the chunk began */
    unsigned skipped;      /* parse_optimal.c: positions before `next` that had too few bytes to be put into the tree */
    size_t literal;        /* where the literals begin that are not in a token yet */
    size_t mapped;         /* parse_fast.c, parse_lazy.c: positions below are in the hash tables or never will be */
    size_t batch;          /* how many positions they map at a time */
    bool unknown3;         /* parse_lazy.c: of some positions ahead the nearest three bytes were not looked up */
    unsigned held_length;  /* a match known at `next`: held back, or what is left of the last one (level 10); or 0 */
    unsigned held_distance;
    unsigned last_distance; /* parse_fast.c: of the last match */
    unsigned literal_cost; /* of an average literal of the block so far: see split.h */

    /* The block */
    size_t block;              /* where it begins */
    struct mark now;           /* its tokens so far */
    struct mark settled;       /* up to here its symbols are in `seen` */
    struct mark counted;       /* and from there up to here in `fresh` */
    struct mark checked;       /* up to here it is known to be smaller coded than stored */
    struct statistics seen, fresh;
    uint32_t fresh_symbols;
    size_t run, run_size;      /* data that will be stored, waiting for its end to be known */

    /* What is planned (plan.c). Matches are kept of the positions from s->block to s->next. */
    uint32_t cache_begin;            /* where, in the counts, s->block's is */
    uint32_t match_begin, match_end; /* and where its matches begin, and all end */
    uint32_t covered;                /* positions from s->next on that are inside a long match */
    uint32_t planned;                /* blocks that are ready to be made */
    uint32_t plan_at;                /* the next one's place in the plan */
    bool learned;                    /* learned_of(s) has something */

    /* The block that is written */
    bool block_waits;    /* it is ready to be written, once the run is out */
    bool run_last;       /* the run is the stream's last block */
    struct mark cut;     /* the tokens that it has */
    struct mark written; /* those of them that are out */
    uint32_t run_left;   /* of a token of literals, those that are not */
    size_t stored_left;  /* of a stored block, the bytes that are not */
    bool last;           /* it is the stream's last block */
    bool ended;          /* the last block is out */
    bool begun_block;    /* its header has been written */
    bool tokens_out;     /* as has its end */
    bool fixed;          /* its codes are the fixed ones */
    bool fixed_made;     /* these are what stands below */
    struct dynamic dynamic;
    uint32_t litlen_code[LITLEN_SYMBOLS_FIXED]; /* as huffman.h has them */
    uint32_t length_code[MATCH_MAX - MATCH_MIN + 1]; /* by length: with its extra bits */
    uint32_t distance_code[DISTANCE_SYMBOLS_FIXED];

    /* Bits and bytes on their way out */
    uint64_t bits;
    unsigned bit_count; /* below 8 */
    uint32_t pending_begin, pending_end;
    uint8_t pending[PENDING_SIZE];
};

static inline uint8_t *window_of(struct sluice_deflater *s) { return (uint8_t *)s + s->at.window; }
static inline uint16_t *head_of(struct sluice_deflater *s) { return (uint16_t *)(void *)((uint8_t *)s + s->at.head); }
static inline uint16_t *head3_of(struct sluice_deflater *s) { return (uint16_t *)(void *)((uint8_t *)s + s->at.head3); }
static inline uint16_t *previous_of(struct sluice_deflater *s)
{
    return (uint16_t *)(void *)((uint8_t *)s + s->at.previous);
}
static inline uint32_t *tokens_of(struct sluice_deflater *s)
{
    return (uint32_t *)(void *)((uint8_t *)s + s->at.tokens);
}
static inline uint8_t *literals_of(struct sluice_deflater *s) { return (uint8_t *)s + s->at.literals; }

/* The largest distance that may be used. */
static inline size_t window_reach(const struct sluice_deflater *s) { return (size_t)1 << s->options.window_bits; }

/* ---- levels.c ---- */

const struct level *sluice_level(int level, sluice_strategy strategy);
bool sluice_level_stores(const struct level *level); /* all is stored, whatever it is */
struct layout sluice_layout(const struct level *level);

/* ---- block.c ---- */

/* A chunk of tokens is complete. True: something is to be written before the parser goes on; s->state says what. */
bool sluice_block_chunk(struct sluice_deflater *s);

/* The data ends, for now or for good. True as above, and then to be called again; false: all is written. */
bool sluice_block_end(struct sluice_deflater *s);

/* The tokens up to s->now, with their symbols in s->seen, are a block. `ending`: no data follows. True as above. */
bool sluice_block_close(struct sluice_deflater *s, bool ending);

/* A block has been written: the tokens behind it begin the next one. */
void sluice_block_next(struct sluice_deflater *s);

/* The most bytes that may wait in the run: one stored block, or what the window has room for. */
size_t sluice_run_limit(const struct sluice_deflater *s);

/* The data from the end of the last chunk to `next`, of which there are no tokens, joins the run. True as above. */
bool sluice_block_store(struct sluice_deflater *s);

/* ---- probe.c ---- */

/* Whether the next CHUNK bytes look random, so that no parser needs to see them. If not, s->next may have moved on. */
bool sluice_looks_random(struct sluice_deflater *s);

/* ---- write.c ---- */

/* Each writes as far as there is room. True when it is done. */
bool sluice_write_block(struct sluice_deflater *s, sluice_output *out);
bool sluice_write_run(struct sluice_deflater *s, sluice_output *out);
bool sluice_write_pending(struct sluice_deflater *s, sluice_output *out);

/* Puts bits, or bytes at a byte border, where they wait for room: less than PENDING_SIZE - WRITE_MARGIN altogether. */
void sluice_pend_bits(struct sluice_deflater *s, uint32_t bits, unsigned count);
void sluice_pend_byte(struct sluice_deflater *s, unsigned byte);
void sluice_pend_align(struct sluice_deflater *s);

/* ---- frame.c ---- */

/* Put the frame's header or trailer out, piece by piece. True when all of it is pending. */
bool sluice_frame_header(struct sluice_deflater *s);
void sluice_frame_trailer(struct sluice_deflater *s);

#endif
