/*
 * state.h: the decoder's object and one step of it.
 *
 * The decoder is a machine with one state for each element of the formats (enum inflate_state) and one function for
 * each state. A state function takes its element from the input, does what it says and sets the next state; when
 * input or room runs out it leaves everything as it was before the element, says so, and will be called again. That
 * is all there is to resuming.
 *
 * The bit buffer holds bytes taken from the input whose bits are not used up. Between calls it holds a byte or more
 * only when the whole input was taken and the next element needs more than that; a surplus of whole bytes is always
 * given back to the input that it came from. So the decoder never takes a byte beyond the end of its stream.
 */
#ifndef SLUICE_INFLATE_STATE_H
#define SLUICE_INFLATE_STATE_H

#include "deflate/format/bytes.h"
#include "inflate/huffman.h"
#include "sluice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum inflate_state {
    STATE_DETECT,        /* auto: the first byte decides the format */
    STATE_SKIP_BITS,     /* raw, from the middle of a byte */
    STATE_ZLIB_METHOD,   /* CMF */
    STATE_ZLIB_FLAGS,    /* FLG */
    STATE_ZLIB_DICT_ID,  /* DICTID */
    STATE_ZLIB_DICT,     /* waiting for the dictionary */
    STATE_GZIP_ID1,
    STATE_GZIP_ID2,
    STATE_GZIP_METHOD,   /* CM */
    STATE_GZIP_FLAGS,    /* FLG */
    STATE_GZIP_FIXED,    /* MTIME, XFL, OS */
    STATE_GZIP_XLEN,
    STATE_GZIP_EXTRA,
    STATE_GZIP_NAME,
    STATE_GZIP_COMMENT,
    STATE_GZIP_HCRC,
    STATE_BLOCK,         /* the three bits of a block header */
    STATE_STORED_LENGTH, /* LEN and NLEN */
    STATE_STORED_DATA,
    STATE_HLIT,
    STATE_HDIST,
    STATE_HCLEN,
    STATE_PRECODE,       /* the lengths of the code length code */
    STATE_LENGTHS,       /* the code lengths of both codes */
    STATE_SYMBOL,        /* a literal, a length or the end of the block */
    STATE_DISTANCE,
    STATE_COPY,          /* a match whose bytes are not all put out */
    STATE_ZLIB_ADLER,
    STATE_GZIP_CRC,
    STATE_GZIP_SIZE,
    STATE_MEMBER,        /* behind a gzip member: does another follow? */
    STATE_MEMBER_ID2,    /* likewise, its first byte taken */
    STATE_DONE,
    STATE_COUNT
};

enum {
    LENGTHS_MAX = LITLEN_SYMBOLS_FIXED + DISTANCE_SYMBOLS_FIXED,

    /*
     * What the window holds beyond history: fresh output. More makes the moves of history to the front rarer (each
     * costs as much as decoding about 1 KiB); this much keeps the object within 64 KiB.
     */
    WINDOW_FRESH = 20 * 1024,

    /* The fast loops may be entered with at least this much input and room, and never pass their ends. */
    FAST_INPUT_MARGIN = 32,
    FAST_OUTPUT_MARGIN = 352,
    NEAR_OUTPUT_MARGIN = 48, /* with less than the above but as much as this the plain loop looks at each match */

    /* What lanes.c begins with; too little makes the first lanes short, too much may keep them from meeting. */
    TOKEN_BITS_GUESS = 16,
    TOKEN_BYTES_GUESS = 3,

    LANE_STRIKES = 3, /* lanes that did not meet so often will not */

    /* History is moved when less room than this is left. */
    WINDOW_ROOM_MIN = 2 * FAST_OUTPUT_MARGIN,

    /* Output is checksummed in pieces of this size, while it is still in the first-level cache. */
    FOLD_SIZE = 16 * 1024
};

struct step;

struct sluice_inflater {
    /* The bit buffer between steps. */
    uint64_t bits;
    unsigned count;

    uint16_t state;         /* enum inflate_state */
    uint8_t final;          /* the block is the last one */
    uint8_t block_reported; /* SLUICE_BLOCK has been given for the block that begins */
    uint8_t fixed_tables;   /* not 0: the tables hold the fixed codes, for a window of so many bits */
    uint8_t skip_bits;      /* see sluice_inflate_start_at_bit */
    unsigned length;        /* what is left of a match or stored block */
    unsigned distance;
    unsigned hlit, hdist, hclen;
    unsigned index;         /* how many lengths, or bytes of a header field, have been read */
    unsigned gzip_flags;
    unsigned window_bits;   /* of this stream: what distances are held to */
    sluice_format format;   /* found out */
    sluice_status status;   /* below 0: the sticky error */
    sluice_status held;     /* a result that waits until pending output is fetched; SLUICE_OK: none */
    uint32_t check;         /* Adler-32 or CRC-32 of the output so far */
    uint32_t header_crc;
    uint32_t dictionary_id;

    /* Counts since the reset, in bytes unless they say bits. */
    uint64_t taken;         /* input taken before this step */
    uint64_t put;           /* output */
    uint64_t member_put;    /* `put` when this member began */
    uint64_t symbol_bit;    /* first bit of the length code of the match in progress */
    uint64_t error_bit;     /* position of the defect */
    uint64_t end;           /* end of the last whole member */

    /* The window: bytes [history, filled) of `window` can be referred to, [given, filled) have not been fetched. */
    size_t history, given, filled;
    size_t window_size;     /* bytes at `window`; 0 with SLUICE_NO_WINDOW */

    sluice_inflate_options options;
    sluice_gzip_header *header;
    void (*fast)(struct sluice_inflater *s, struct step *t);
    void (*lanes)(struct sluice_inflater *s, struct step *t);
    uint16_t token_bits, token_bytes; /* lanes.c: the means of late, in sixteenths */
    uint8_t long_matches;   /* lanes.c: there were many of late */
    uint8_t strikes;        /* lanes.c: rounds in this block that gave little; LANE_STRIKES: no more in this block */
    size_t object_size;
    sluice_allocator allocator;

    uint32_t litlen[LITLEN_ENTRIES];
    union {
        uint32_t distances[DISTANCE_ENTRIES];
        uint32_t precode[PRECODE_ENTRIES]; /* done with before the distance table is built */
    };
    uint8_t lengths[LENGTHS_MAX + 8]; /* repeats are stored in whole words */
    uint8_t precode_lengths[PRECODE_SYMBOLS];
    uint8_t window[];
};

/* One step: where input is read and output is written, in pointers, and the bit buffer while the step runs. */
struct step {
    const uint8_t *in, *in_begin, *in_end;
    uint8_t *out, *out_begin, *out_end;
    uint8_t *history; /* the first byte that a distance may reach */
    uint8_t *folded;  /* output before this is in the checksum */
    uint64_t bits;    /* above `count` bits: zeros, or what follows in the input */
    unsigned count;
    bool capped;      /* out_end is where max_output is reached */
    bool soft;        /* stop short of out_end rather than fill the last bytes slowly */
};

/*
 * Runs the machine until it stops; the reason is one of sluice_inflate()'s results, NEED_OUTPUT if out_end is reached.
 */
sluice_status sluice_inflate_run(struct sluice_inflater *s, struct step *t);

/* Puts the output up to t->out into the checksum. */
void sluice_inflate_fold(struct sluice_inflater *s, struct step *t);

/* The states of the frames, in frame.c, and of DEFLATE data, in block.c. */
sluice_status sluice_state_detect(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_zlib_method(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_zlib_flags(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_zlib_dict_id(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_zlib_dict(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_id1(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_id2(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_method(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_flags(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_fixed(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_xlen(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_extra(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_name(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_comment(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_hcrc(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_zlib_adler(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_crc(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_gzip_size(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_member(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_member_id2(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_done(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_skip_bits(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_block(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_stored_length(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_stored_data(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_hlit(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_hdist(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_hclen(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_precode(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_lengths(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_symbol(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_distance(struct sluice_inflater *s, struct step *t);
sluice_status sluice_state_copy(struct sluice_inflater *s, struct step *t);

/* The state after the last block: the trailer of the frame. */
void sluice_inflate_trailer(struct sluice_inflater *s, struct step *t);

/* The fast loops of this machine (fast.c, lanes.c). */
void (*sluice_inflate_lanes(void))(struct sluice_inflater *s, struct step *t);
void (*sluice_inflate_fast(void))(struct sluice_inflater *s, struct step *t);

/* ---- The bit reader ---- */

static inline uint64_t low_bits(uint64_t x, unsigned n) { return x & ((UINT64_C(1) << n) - 1); }

/* Takes as much input as the buffer holds: afterwards it has at least 56 bits, or the input is used up. */
static inline void fill(struct step *t)
{
    if (t->in_end - t->in >= 8) {
        /* The bytes that do not fit whole are OR-ed in too and will be again, in the same place, by the next fill. */
        t->bits |= load64(t->in) << t->count;
        t->in += (63 - t->count) >> 3;
        t->count |= 56;
        return;
    }
    for (; t->count < 56 && t->in < t->in_end; t->count += 8)
        t->bits |= (uint64_t)*t->in++ << t->count;
}

/* Are n (at most 56) bits there? */
static inline bool need(struct step *t, unsigned n)
{
    if (t->count < n)
        fill(t);
    return t->count >= n;
}

static inline void drop(struct step *t, unsigned n)
{
    t->bits >>= n;
    t->count -= n;
}

static inline unsigned take(struct step *t, unsigned n)
{
    const unsigned value = (unsigned)low_bits(t->bits, n);

    drop(t, n);
    return value;
}

/* Returns the surplus of whole bytes to the input, as far as it came from this step's. */
static inline void give_back(struct step *t)
{
    const size_t held = t->count >> 3, taken = (size_t)(t->in - t->in_begin), n = held < taken ? held : taken;

    if (n > 0) /* the input may be NULL and empty */
        t->in -= n;
    t->count -= 8 * (unsigned)n;
    t->bits = low_bits(t->bits, t->count);
}

/* Skips to the next byte border, and leaves no whole byte in the buffer that can be given back. */
static inline void align_to_byte(struct step *t)
{
    drop(t, t->count & 7);
    give_back(t);
}

/* The number of bits of the stream before the next one. */
static inline uint64_t position(const struct sluice_inflater *s, const struct step *t)
{
    return (s->taken + (uint64_t)(t->in - t->in_begin)) * 8 - t->count;
}

static inline sluice_status fail(struct sluice_inflater *s, sluice_status status, uint64_t bit)
{
    s->status = status;
    s->error_bit = bit;
    return status;
}

static inline sluice_status go(struct sluice_inflater *s, enum inflate_state state)
{
    s->state = (uint16_t)state;
    return SLUICE_OK;
}

/* An element whose first bit is `bit` would put out a byte, and there is no room. */
static inline sluice_status no_room(struct sluice_inflater *s, struct step *t, uint64_t bit)
{
    return t->capped ? fail(s, SLUICE_ERR_LIMIT, bit) : SLUICE_NEED_OUTPUT;
}

#endif
