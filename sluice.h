/*
 * sluice.h: DEFLATE as a stream. The one public header of libsluice.
 *
 * The library writes and reads the DEFLATE format (RFC 1951), bare or in the zlib frame (RFC 1950) or the gzip frame
 * (RFC 1952), a bounded piece at a time and at the speed of a whole-buffer codec.
 *
 * The one idea: everything is a step. A step is given some input and some room, takes what it can, gives what it can,
 * and its result says why it stopped:
 *
 *     sluice_input  in  = { data, size, 0 };
 *     sluice_output out = { room, sizeof room, 0 };
 *     sluice_status s = sluice_inflate(inflater, &in, &out);
 *     // in.pos bytes were taken, out.pos bytes were put out, and s is
 *     //   SLUICE_NEED_INPUT   all input is taken, the stream goes on
 *     //   SLUICE_NEED_OUTPUT  the room is full, call again with more
 *     //   SLUICE_END          the stream is whole, its checksum right
 *     //   < 0                 an error, see sluice_status_text()
 *
 * How a stream is cut into steps never matters: any cut of input and output, down to a byte at a time, gives the same
 * bytes, the same verdict and the same position of a defect as one large step.
 *
 * The library keeps no global state and never allocates unless a function says so here. An object is used by one
 * thread at a time. Input and output buffers must not overlap each other or the object.
 *
 * Sizes are bytes unless a name says bits. "RFC 1951 3.2.5" names a section of the format's definition.
 */
#ifndef SLUICE_H
#define SLUICE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_VERSION_MAJOR 0
#define SLUICE_VERSION_MINOR 1
#define SLUICE_VERSION_PATCH 0
#define SLUICE_VERSION "0.1.0"

#if defined(__GNUC__)
#define SLUICE_API __attribute__((visibility("default")))
#else
#define SLUICE_API
#endif

/* The version of the library that is linked, as SLUICE_VERSION is the version of this header. A static string. */
SLUICE_API const char *sluice_version(void);

/* ---------------------------------------------------------------------------------------------------------------
 * Status
 * ------------------------------------------------------------------------------------------------------------- */

/*
 * The result of every call. Zero and above: things go as they should. Below zero: an error. The numbers are part of
 * the interface and do not change; new ones are added at the end of their group.
 *
 * An error of a stream is sticky: the object gives the same error until it is reset. What it had put out before the
 * error is correct. sluice_inflate_where() tells the position of the defect, which is, unless said otherwise, the
 * first bit of the element named.
 */
typedef enum sluice_status {
    SLUICE_OK = 0,              /* done, nothing more to say */
    SLUICE_END = 1,             /* the stream is whole and verified; input after it is left untaken */
    SLUICE_NEED_INPUT = 2,      /* all input is taken; more is needed to go on */
    SLUICE_NEED_OUTPUT = 3,     /* the room is full, or a borrowed span is ready; more is waiting */
    SLUICE_NEED_DICTIONARY = 4, /* the zlib header names a preset dictionary; give it, then go on (RFC 1950 2.2) */
    SLUICE_BLOCK = 5,           /* at the first bit of a block; only with SLUICE_STOP_AT_BLOCK */

    /* Errors of use */
    SLUICE_ERR_ARGUMENT = -1,   /* an argument or option is outside its range */
    SLUICE_ERR_STATE = -2,      /* the call does not fit the state of the object (order of calls) */
    SLUICE_ERR_MEMORY = -3,     /* the allocator gave no memory, or the memory given is too small or misaligned */
    SLUICE_ERR_ROOM = -4,       /* whole-buffer calls: the output does not fit in the room given */

    /* Errors of a stream that any format can have */
    SLUICE_ERR_TRUNCATED = -10,  /* the input ends before the stream does; position: the end of the input */
    SLUICE_ERR_LIMIT = -11,      /* the output would exceed max_output; position: the element that would exceed it */
    SLUICE_ERR_FORMAT = -12,     /* format auto: neither gzip nor zlib begins like this; position: byte 0 */
    SLUICE_ERR_DICTIONARY = -13, /* the dictionary given is not the one the stream names (its Adler-32 differs) */

    /* Defects of DEFLATE data (RFC 1951) */
    SLUICE_ERR_BLOCK_TYPE = -20,         /* block type 3 is reserved (3.2.3); position: the type's two bits */
    SLUICE_ERR_STORED_LENGTH = -21,      /* NLEN is not the complement of LEN (3.2.4); position: LEN */
    SLUICE_ERR_LITLEN_COUNT = -22,       /* more than 286 literal/length codes declared (3.2.7); position: HLIT */
    SLUICE_ERR_DISTANCE_COUNT = -23,     /* more than 30 distance codes declared (3.2.7); position: HDIST */
    SLUICE_ERR_PRECODE_OVERFULL = -24,   /* the code length code is over-subscribed; position: its first length */
    SLUICE_ERR_PRECODE_INCOMPLETE = -25, /* the code length code leaves codes unused; position: its first length */
    SLUICE_ERR_REPEAT_FIRST = -26,       /* "repeat previous length" with none before it; position: that symbol */
    SLUICE_ERR_REPEAT_OVERRUN = -27,     /* a repeat passes the declared count; position: that symbol */
    SLUICE_ERR_NO_END_OF_BLOCK = -28,    /* symbol 256 has no code; position: the first coded length, as the next 4 */
    SLUICE_ERR_LITLEN_OVERFULL = -29,    /* the literal/length code is over-subscribed */
    SLUICE_ERR_LITLEN_INCOMPLETE = -30,  /* the literal/length code is incomplete, and not a single one-bit code */
    SLUICE_ERR_DISTANCE_OVERFULL = -31,  /* the distance code is over-subscribed */
    SLUICE_ERR_DISTANCE_INCOMPLETE = -32,/* the distance code is incomplete, and not empty or a single one-bit code */
    SLUICE_ERR_LITLEN_UNUSED = -33,      /* bits that are no literal/length code (an incomplete code) */
    SLUICE_ERR_LITLEN_SYMBOL = -34,      /* literal/length symbol 286 or 287 (3.2.6) */
    SLUICE_ERR_DISTANCE_UNUSED = -35,    /* bits that are no distance code; position: those bits */
    SLUICE_ERR_DISTANCE_SYMBOL = -36,    /* distance symbol 30 or 31 (3.2.6) */
    SLUICE_ERR_DISTANCE_START = -37,     /* a distance reaches before the start of the output; position: its code */
    SLUICE_ERR_DISTANCE_WINDOW = -38,    /* a distance exceeds the declared window; position: its code */

    /* Defects of the zlib frame (RFC 1950 2.2) */
    SLUICE_ERR_ZLIB_METHOD = -50,   /* the method is not 8; position: byte 0 */
    SLUICE_ERR_ZLIB_WINDOW = -51,   /* the window is above 32 KiB or above window_bits; position: bit 4 of byte 0 */
    SLUICE_ERR_ZLIB_CHECK = -52,    /* CMF and FLG are not a multiple of 31; position: byte 1 */
    SLUICE_ERR_ZLIB_ADLER = -53,    /* the output's Adler-32 is not the trailer's; position: the trailer */

    /* Defects of the gzip frame (RFC 1952 2.3) */
    SLUICE_ERR_GZIP_ID = -60,         /* not 1F 8B; position: the byte that differs */
    SLUICE_ERR_GZIP_METHOD = -61,     /* the method is not 8; position: that byte */
    SLUICE_ERR_GZIP_FLAGS = -62,      /* a reserved flag is set; position: the flag byte */
    SLUICE_ERR_GZIP_HEADER_CRC = -63, /* the header's CRC-16 differs; position: that CRC */
    SLUICE_ERR_GZIP_CRC = -64,        /* the output's CRC-32 differs; position: the CRC in the trailer */
    SLUICE_ERR_GZIP_SIZE = -65        /* the output's length modulo 2^32 differs; position: ISIZE */
} sluice_status;

/* One short English sentence without a full stop, for any value (an unknown one too). A static string. */
SLUICE_API const char *sluice_status_text(sluice_status status);

/* The name of the enumerator, "SLUICE_ERR_BLOCK_TYPE"; "SLUICE_UNKNOWN" for a value that is none. A static string. */
SLUICE_API const char *sluice_status_name(sluice_status status);

/* ---------------------------------------------------------------------------------------------------------------
 * Buffers, formats, memory
 * ------------------------------------------------------------------------------------------------------------- */

/* Input of a step: the step reads data[pos..size) and moves pos past what it took. data may be NULL if size is 0. */
typedef struct sluice_input {
    const void *data;
    size_t size;
    size_t pos;
} sluice_input;

/* Room of a step: the step writes data[pos..size) and moves pos past what it wrote. No byte past size is touched. */
typedef struct sluice_output {
    void *data;
    size_t size;
    size_t pos;
} sluice_output;

typedef enum sluice_format {
    SLUICE_RAW = 0,      /* DEFLATE data alone (RFC 1951) */
    SLUICE_ZLIB = 1,     /* two bytes before it, Adler-32 after it (RFC 1950) */
    SLUICE_GZIP = 2,     /* gzip members, one or several, each with CRC-32 and length (RFC 1952) */
    SLUICE_AUTO = 3,     /* decoder only: gzip or zlib, by the first byte; anything else is SLUICE_ERR_FORMAT */
    SLUICE_AUTO_RAW = 4  /* decoder only: gzip, zlib or else raw: what servers send under HTTP's name "deflate" */
} sluice_format;

/* Where an object is in its stream: see sluice_inflate_where() and sluice_deflate_where(). */
typedef struct sluice_position {
    uint64_t input;  /* bytes of input before the position */
    unsigned bit;    /* 0 to 7: bits of the next byte before the position, counted from its least significant bit */
    uint64_t output; /* bytes put out so far, counting those that wait in the object */
} sluice_position;

/*
 * An allocator for the _new functions. alloc gives memory aligned for any type, or NULL. Both get `user`.
 */
typedef struct sluice_allocator {
    void *(*alloc)(void *user, size_t size);
    void (*free)(void *user, void *memory);
    void *user;
} sluice_allocator;

/*
 * The fields of a gzip header (RFC 1952 2.3), to write and to read.
 *
 * To write: name and comment point to the bytes (ISO 8859-1, no NUL within; *_size counts them without the NUL), extra
 * to the extra field (at most 65,535 bytes); NULL leaves a field out. The *_room members are not used.
 *
 * To read: name, comment and extra point to memory of *_room bytes or are NULL. The decoder stores as much of a field
 * as fits (no NUL is added) and sets *_size to the field's true size, which can exceed the room. A field that is
 * absent has size 0 and its has_ member 0.
 */
typedef struct sluice_gzip_header {
    uint32_t time;      /* modification time, seconds since 1970; 0: none */
    uint8_t text;       /* 1: the writer believes this is text (FTEXT) */
    uint8_t header_crc; /* 1: the header has a CRC-16 (FHCRC) */
    uint8_t xfl;        /* extra flags; the encoder writes its own value (2 strongest, 4 fastest) */
    uint8_t os;         /* operating system; 3 Unix, 255 unknown */
    uint8_t has_extra, has_name, has_comment; /* reading: the field is there, though it be empty */
    uint8_t complete;   /* reading: 1 once the header has been read (and its CRC verified) */
    uint8_t *extra;
    size_t extra_room, extra_size;
    char *name;
    size_t name_room, name_size;
    char *comment;
    size_t comment_room, comment_size;
} sluice_gzip_header;

/* ---------------------------------------------------------------------------------------------------------------
 * Decoding
 * ------------------------------------------------------------------------------------------------------------- */

/*
 * A decoder. Its time is bounded by what goes in and out: beside its symbols a block costs at most the building of its
 * tables, which is why a flood of empty blocks is the worst that can be sent. The worst that we know, fixed and dynamic
 * empty blocks by turns, takes 0.2 µs a byte of input and output on a 3.7 GHz core; `make bench BENCH_FLAGS=worst`
 * shows it beside other decoders. That is per stream and in large pieces: each call has its own small cost.
 */
typedef struct sluice_inflater sluice_inflater;

/* Flags of sluice_inflate_options. */
enum {
    SLUICE_STOP_AT_BLOCK = 1, /* return SLUICE_BLOCK at the first bit of each block, with the output before it out */
    SLUICE_ONE_MEMBER = 2,    /* gzip: the first member is the whole stream, what follows is left untaken */
    SLUICE_NO_WINDOW = 4      /* keep no window: the object is small, and good for sluice_decompress() alone */
};

typedef struct sluice_inflate_options {
    sluice_format format; /* default SLUICE_AUTO */
    unsigned window_bits; /* 8 to 15, default 15: the largest window accepted, log2. zlib streams that declare a larger
                             one and distances beyond it are errors. A zlib stream is held to what it declares. */
    unsigned flags;       /* SLUICE_STOP_AT_BLOCK and others, or 0 */
    uint64_t max_output;  /* more output than this is SLUICE_ERR_LIMIT; 0: no limit */
} sluice_inflate_options;

/* The defaults named above, to change one by one. Wherever options may be NULL, NULL means these. */
SLUICE_API sluice_inflate_options sluice_inflate_defaults(void);

/* The bytes that a decoder with these options needs, or 0 if an option is out of range. */
SLUICE_API size_t sluice_inflate_size(const sluice_inflate_options *options);

/*
 * Makes a decoder in the caller's memory, which must be aligned for any type, as malloc's is (to
 * _Alignof(max_align_t): 16 on most machines, 8 on some), and at least sluice_inflate_size(options) bytes; it
 * stays the caller's, who ends the decoder's life by reusing it.
 * Gives NULL if the options are out of range or the memory is too small or misaligned.
 */
SLUICE_API sluice_inflater *sluice_inflate_init(void *memory, size_t size, const sluice_inflate_options *options);

/* The same in memory from `allocator` (copied; NULL: malloc). NULL: bad options or no memory. */
SLUICE_API sluice_inflater *sluice_inflate_new(const sluice_inflate_options *options,
                                               const sluice_allocator *allocator);

/* Frees what sluice_inflate_new() made; NULL is fine. */
SLUICE_API void sluice_inflate_free(sluice_inflater *inflater);

/*
 * Makes the decoder ready for a new stream at next to no cost. options NULL: as before; else they replace the earlier
 * ones. SLUICE_ERR_ARGUMENT if they are out of range, SLUICE_ERR_MEMORY if they need more memory than the object has.
 * A dictionary or header destination that was set is forgotten.
 */
SLUICE_API sluice_status sluice_inflate_reset(sluice_inflater *inflater, const sluice_inflate_options *options);

/*
 * Makes `to` continue exactly where `from` is: to try two continuations or to keep a checkpoint. SLUICE_ERR_MEMORY if
 * `to` is too small an object. Spans that were lent by `to` end; a header destination is shared.
 */
SLUICE_API sluice_status sluice_inflate_copy(sluice_inflater *to, const sluice_inflater *from);

/*
 * One step: decodes from `in` into `out`. Gives SLUICE_NEED_INPUT, SLUICE_NEED_OUTPUT, SLUICE_END,
 * SLUICE_NEED_DICTIONARY, SLUICE_BLOCK or an error.
 *
 * SLUICE_END means that the stream is whole. What follows in `in` is left untaken. With gzip more members may follow:
 * a member that follows in the same `in` is decoded by the same call; where `in` ends with a member the result is
 * SLUICE_END, and a later call with more input goes on if a member begins there (1F 8B) and otherwise gives SLUICE_END
 * again with nothing taken. One exception: if the first byte behind a member is 1F and the second comes in a later
 * call and is not 8B, that 1F has been taken already; sluice_inflate_where() counts right even then.
 *
 * SLUICE_NEED_OUTPUT is given only if output waits; when the room is exactly filled the end may still be reached.
 */
SLUICE_API sluice_status sluice_inflate(sluice_inflater *inflater, sluice_input *in, sluice_output *out);

/*
 * One step that lends its output: decodes into the decoder's own window and points *span at the *length fresh bytes,
 * which stay valid until the next call on the object. No second copy is made, so this is the fastest streaming form.
 * Gives what sluice_inflate() gives; *length may be above 0 with every result, an error too.
 * SLUICE_NEED_OUTPUT means here: a span is ready and more can be had with the same input.
 * Not to be mixed with sluice_inflate() within one stream: SLUICE_ERR_STATE while bytes wait for the other form.
 */
SLUICE_API sluice_status sluice_inflate_next(sluice_inflater *inflater, sluice_input *in, const void **span,
                                             size_t *length);

/*
 * Tells that no input follows: SLUICE_END if the stream is whole, SLUICE_ERR_TRUNCATED (sticky) if it is cut short, or
 * the error that the decoder had. Output that waits for room must have been fetched before: SLUICE_NEED_OUTPUT else.
 */
SLUICE_API sluice_status sluice_inflate_finish(sluice_inflater *inflater);

/*
 * Gives the preset dictionary: for zlib after SLUICE_NEED_DICTIONARY (SLUICE_ERR_DICTIONARY, not sticky, if it is not
 * the one named), for raw before the first step. The last 2^window_bits bytes count; they are copied.
 */
SLUICE_API sluice_status sluice_inflate_set_dictionary(sluice_inflater *inflater, const void *dictionary, size_t size);

/*
 * The Adler-32 of the dictionary that the stream names, once SLUICE_NEED_DICTIONARY has been given; else 0.
 */
SLUICE_API uint32_t sluice_inflate_dictionary_id(const sluice_inflater *inflater);

/*
 * Asks that the fields of each gzip header be stored in *header as they are read (the last member's remain). To be
 * called before the first step; *header and the memory it points to must live as long as the decoder is used.
 */
SLUICE_API sluice_status sluice_inflate_get_header(sluice_inflater *inflater, sluice_gzip_header *header);

/*
 * For raw, before the first step: the stream begins `bits` (0 to 7) bits into the first byte of input. With the
 * 32 KiB before as dictionary a decoder can start at any block that SLUICE_STOP_AT_BLOCK has reported.
 */
SLUICE_API sluice_status sluice_inflate_start_at_bit(sluice_inflater *inflater, unsigned bits);

/*
 * After an error: where the defect is (see sluice_status). After SLUICE_END: the end of the stream, so that `input` is
 * the exact number of bytes that belong to it. After SLUICE_BLOCK, and until the block's header has been taken: the
 * first bit of the block. Otherwise: the input taken so far. `output` counts the bytes decoded, those that wait for
 * room too. Both count from the last reset, over all members.
 */
SLUICE_API sluice_position sluice_inflate_where(const sluice_inflater *inflater);

/* The format being decoded: with auto what was found, or SLUICE_AUTO/SLUICE_AUTO_RAW while nothing has been read. */
SLUICE_API sluice_format sluice_inflate_format(const sluice_inflater *inflater);

/*
 * Whole buffer: resets the decoder (keeping its options) and decodes the `size` bytes at `data` into `room` bytes at
 * `out`, without a window of its own, at full speed. Gives SLUICE_OK when the stream is whole and fits; otherwise the
 * error: SLUICE_ERR_ROOM if the output does not fit, SLUICE_ERR_TRUNCATED if the input ends early,
 * SLUICE_NEED_DICTIONARY if it names a dictionary (use the streaming form). *written counts the bytes put out, correct
 * ones with an error too; sluice_inflate_where() tells the bytes that the stream had (what follows it is not looked at)
 * or the position of the defect. The flag SLUICE_STOP_AT_BLOCK is ignored.
 * inflater NULL: makes one with the default options by malloc and frees it; the position is then lost.
 */
SLUICE_API sluice_status sluice_decompress(sluice_inflater *inflater, const void *data, size_t size, void *out,
                                           size_t room, size_t *written);

/* ---------------------------------------------------------------------------------------------------------------
 * Encoding
 * ------------------------------------------------------------------------------------------------------------- */

typedef struct sluice_deflater sluice_deflater;

/*
 * What a step is asked to bring out. The meaning is zlib's. A flush is complete when the step gives SLUICE_OK; while it
 * gives SLUICE_NEED_OUTPUT, call again with the same flush and no further input.
 */
typedef enum sluice_flush {
    SLUICE_FLUSH_NONE = 0,    /* the encoder decides when to put out: best ratio */
    SLUICE_FLUSH_BLOCK = 1,   /* end the block; up to 7 bits stay behind */
    SLUICE_FLUSH_PARTIAL = 2, /* end the block, then an empty fixed block: all input so far can be decoded */
    SLUICE_FLUSH_SYNC = 3,    /* end the block, then an empty stored block: that, and the output ends on a byte */
    SLUICE_FLUSH_FULL = 4,    /* as SYNC, and nothing after refers to anything before: a point to start decoding at */
    SLUICE_FLUSH_FINISH = 5   /* end the stream, with its trailer */
} sluice_flush;

/* How matches are looked for. */
typedef enum sluice_strategy {
    SLUICE_STRATEGY_DEFAULT = 0, /* as the level says */
    SLUICE_STRATEGY_HUFFMAN = 1, /* no matches: literals under a Huffman code */
    SLUICE_STRATEGY_RLE = 2,     /* matches at distance 1 only: runs */
    SLUICE_STRATEGY_FIXED = 3    /* as the level says, but no dynamic Huffman codes */
} sluice_strategy;

enum {
    SLUICE_LEVEL_STORE = 0,
    SLUICE_LEVEL_FASTEST = 1,
    SLUICE_LEVEL_DEFAULT = 6,
    SLUICE_LEVEL_STRONGEST = 12
};

typedef struct sluice_deflate_options {
    sluice_format format;     /* default SLUICE_ZLIB; SLUICE_RAW, SLUICE_ZLIB or SLUICE_GZIP */
    int level;                /* 0 to 12, default 6. 0 stores, 1 fastest, 9 strongest everyday, 10 to 12 near-optimal */
    sluice_strategy strategy; /* default SLUICE_STRATEGY_DEFAULT */
    unsigned window_bits;     /* 8 to 15, default 15: distances reach back 2^window_bits at most, log2 */
} sluice_deflate_options;

/* The defaults named above, to change one by one. Wherever options may be NULL, NULL means these. */
SLUICE_API sluice_deflate_options sluice_deflate_defaults(void);

/* The bytes that an encoder with these options needs, or 0 if an option is out of range. */
SLUICE_API size_t sluice_deflate_size(const sluice_deflate_options *options);

/* As sluice_inflate_init(), _new(), _free(), _reset() and _copy(), for an encoder. */
SLUICE_API sluice_deflater *sluice_deflate_init(void *memory, size_t size, const sluice_deflate_options *options);
SLUICE_API sluice_deflater *sluice_deflate_new(const sluice_deflate_options *options,
                                               const sluice_allocator *allocator);
SLUICE_API void sluice_deflate_free(sluice_deflater *deflater);
SLUICE_API sluice_status sluice_deflate_reset(sluice_deflater *deflater, const sluice_deflate_options *options);
SLUICE_API sluice_status sluice_deflate_copy(sluice_deflater *to, const sluice_deflater *from);

/*
 * One step: compresses from `in` into `out`. Gives
 *   SLUICE_NEED_OUTPUT  the room is full and more waits: call again with more room and the same flush
 *   SLUICE_NEED_INPUT   flush was NONE: all input is taken
 *   SLUICE_OK           the flush asked for is complete
 *   SLUICE_END          flush was FINISH: the stream is complete; further calls give SLUICE_END and do nothing
 * or SLUICE_ERR_ARGUMENT, or SLUICE_ERR_STATE when input is given after FINISH has begun with less.
 * The bytes do not depend on how input and room are cut, only on where flushes were asked for.
 */
SLUICE_API sluice_status sluice_deflate(sluice_deflater *deflater, sluice_input *in, sluice_output *out,
                                        sluice_flush flush);

/*
 * Before the first step (zlib: the header will name it; raw), or for raw also after a completed flush of kind FULL:
 * primes the window with the last 2^window_bits bytes of `dictionary`, which are copied.
 * SLUICE_ERR_STATE at any other time, and for gzip, which knows no dictionary.
 */
SLUICE_API sluice_status sluice_deflate_set_dictionary(sluice_deflater *deflater, const void *dictionary, size_t size);

/*
 * gzip, before the first step: the header to write. The structure and what it points to must stay until the header has
 * been put out. Without this call the header has no optional field, time 0 and os 255, the same on every machine.
 * SLUICE_ERR_ARGUMENT: a NUL within name or comment, or an extra field of more than 65,535 bytes.
 */
SLUICE_API sluice_status sluice_deflate_set_header(sluice_deflater *deflater, const sluice_gzip_header *header);

/*
 * Changes level and strategy from here on. Allowed at a block boundary: before the first step or after a completed
 * flush; SLUICE_ERR_STATE elsewhere. SLUICE_ERR_MEMORY if the new level needs more memory than the object has (make it
 * with the highest level that will be used).
 */
SLUICE_API sluice_status sluice_deflate_change(sluice_deflater *deflater, int level, sluice_strategy strategy);

/* input: bytes taken; output, bit: where the written stream is, counting what waits in the object for room. */
SLUICE_API sluice_position sluice_deflate_where(const sluice_deflater *deflater);

/*
 * Whole buffer: resets the encoder (keeping its options, level and strategy) and compresses all of `data` into `out`.
 * SLUICE_OK, or SLUICE_ERR_ROOM; *written counts the bytes put out. With room for sluice_compress_bound() it fits.
 * Afterwards the encoder must be reset before a step; until then a step gives SLUICE_ERR_STATE.
 * deflater NULL: makes one with the default options by malloc and frees it.
 */
SLUICE_API sluice_status sluice_compress(sluice_deflater *deflater, const void *data, size_t size, void *out,
                                         size_t room, size_t *written);

/*
 * The most bytes that `size` bytes can become in one stream without flushes, at any level, strategy and window, with
 * no optional gzip header field. SIZE_MAX if that exceeds size_t.
 */
SLUICE_API size_t sluice_compress_bound(size_t size, sluice_format format);

/* ---------------------------------------------------------------------------------------------------------------
 * Encoding in parallel
 * ------------------------------------------------------------------------------------------------------------- */

/*
 * An encoder that cuts its input into pieces, compresses several at a time, each in a thread, and puts out one ordinary
 * stream. A piece is primed with the 32 KiB before it, so that little is lost, and ends on a byte. The bytes do not
 * depend on the number of threads nor on how the calls are cut; they differ from those of sluice_deflate(), unless all
 * of the input is one piece.
 */
typedef struct sluice_parallel sluice_parallel;

/* Flags of sluice_parallel_options. */
enum {
    SLUICE_INDEPENDENT = 1, /* pieces are not primed and end as after SLUICE_FLUSH_FULL: each is decoded by itself */
    SLUICE_RSYNCABLE = 2    /* pieces end where the data says so, at a quarter of `piece` at the earliest: where the
                               data comes again, at whatever place, so do nearly all of its pieces */
};

enum {
    SLUICE_THREADS_MAX = 256,
    SLUICE_PIECE_MIN = 1024,            /* pieces below 32 KiB pay much for their priming */
    SLUICE_PIECE_MAX = 64 * 1024 * 1024
};

typedef struct sluice_parallel_options {
    sluice_deflate_options deflate; /* default as sluice_deflate_defaults() */
    unsigned threads; /* that compress, 0 to SLUICE_THREADS_MAX; default 0: one for each processor that is online */
    size_t piece;     /* bytes, SLUICE_PIECE_MIN to SLUICE_PIECE_MAX, default 512 KiB: the size of a piece, or with
                         SLUICE_RSYNCABLE the largest */
    unsigned flags;   /* SLUICE_INDEPENDENT and others, or 0 */
} sluice_parallel_options;

/* The defaults named above, to change one by one. Wherever options may be NULL, NULL means these. */
SLUICE_API sluice_parallel_options sluice_parallel_defaults(void);

/*
 * The bytes that such an encoder needs, or 0 if an option is out of range: for each thread a deflater and, twice, the
 * input and the output of a piece. No more is ever held, however long the stream.
 */
SLUICE_API size_t sluice_parallel_size(const sluice_parallel_options *options);

/*
 * Makes one in memory from `allocator` (copied; NULL: malloc), which is called once here and once by
 * sluice_parallel_free(), never from another thread. NULL: bad options or no memory. Threads are started by the first
 * step that has work for them, with all signals blocked. If the system gives fewer than asked for, fewer do the work,
 * at worst the caller's alone; with `threads` 1 none is started.
 */
SLUICE_API sluice_parallel *sluice_parallel_new(const sluice_parallel_options *options,
                                                const sluice_allocator *allocator);

/* Stops the threads, be the stream complete or not, and frees what sluice_parallel_new() made; NULL is fine. */
SLUICE_API void sluice_parallel_free(sluice_parallel *parallel);

/* As sluice_deflate_reset(): an unfinished stream is abandoned, and the threads are stopped until there is work. */
SLUICE_API sluice_status sluice_parallel_reset(sluice_parallel *parallel, const sluice_parallel_options *options);

/*
 * One step, as sluice_deflate(). It takes input as long as there is a place for it, puts out what is ready and in its
 * turn, and waits for the threads only if it could otherwise do neither. With SLUICE_FLUSH_NONE it gives
 * SLUICE_NEED_INPUT when all input is taken, even while more output is on its way.
 *
 * A flush ends the piece at hand and waits for all before it. SLUICE_FLUSH_BLOCK and _PARTIAL too end on a byte, and
 * all input so far can then be decoded.
 */
SLUICE_API sluice_status sluice_parallel_deflate(sluice_parallel *parallel, sluice_input *in, sluice_output *out,
                                                 sluice_flush flush);

/* As sluice_deflate_set_dictionary(), before the first step only. It primes the first piece. */
SLUICE_API sluice_status sluice_parallel_set_dictionary(sluice_parallel *parallel, const void *dictionary, size_t size);

/* As sluice_deflate_set_header(). */
SLUICE_API sluice_status sluice_parallel_set_header(sluice_parallel *parallel, const sluice_gzip_header *header);

/*
 * Whole buffer, as sluice_compress(): resets the encoder (keeping its options) and compresses all of `data` into `out`.
 * With room for sluice_compress_parallel_bound() it fits. parallel NULL: makes one with the default options by malloc
 * and frees it; SLUICE_ERR_MEMORY if there is none.
 */
SLUICE_API sluice_status sluice_compress_parallel(sluice_parallel *parallel, const void *data, size_t size, void *out,
                                                  size_t room, size_t *written);

/*
 * As sluice_compress_bound(), of a stream that these options make. 0 if an option is out of range.
 */
SLUICE_API size_t sluice_compress_parallel_bound(size_t size, const sluice_parallel_options *options);

/* ---------------------------------------------------------------------------------------------------------------
 * Decoding in parallel
 * ------------------------------------------------------------------------------------------------------------- */

/*
 * A decoder with threads that decode ahead. They begin where a gzip member begins, or behind the mark of a flush
 * (00 00 FF FF), and what they have found counts where the stream proves to have a block there and nothing in it refers
 * to what came before. So it helps with several gzip members and with pieces that were made to stand alone
 * (SLUICE_FLUSH_FULL, SLUICE_INDEPENDENT); any other stream is decoded by the caller's thread, as without it.
 * Bytes, verdict and positions are those of sluice_inflate_next(), whatever the number of threads.
 */
typedef struct sluice_parallel_inflater sluice_parallel_inflater;

enum {
    SLUICE_AHEAD_MIN = 64,
    SLUICE_AHEAD_MAX = 4 * 1024 * 1024
};

typedef struct sluice_parallel_inflate_options {
    sluice_inflate_options inflate; /* default as sluice_inflate_defaults(); of the flags only SLUICE_ONE_MEMBER */
    unsigned threads; /* that decode ahead, 0 to SLUICE_THREADS_MAX; default 0: one for each processor that is online */
    size_t piece;     /* bytes of input, SLUICE_AHEAD_MIN to SLUICE_AHEAD_MAX, default 128 KiB: what a thread is given
                         at a time ends at the first place from there on that looks like a beginning, or after 8 times
                         so much. Members and flushed pieces that are longer do not gain. */
} sluice_parallel_inflate_options;

/* The defaults named above, to change one by one. Wherever options may be NULL, NULL means these. */
SLUICE_API sluice_parallel_inflate_options sluice_parallel_inflate_defaults(void);

/*
 * The bytes that such a decoder needs, or 0 if an option is out of range: 64 KiB, and for each thread 80 times `piece`
 * and 32 KiB: about 10 MiB a thread by default, of which little is touched where pieces are short. No more is ever
 * held, however long the stream and whatever it is like.
 */
SLUICE_API size_t sluice_parallel_inflate_size(const sluice_parallel_inflate_options *options);

/* As sluice_parallel_new(), _free() and _reset(), for a decoder. */
SLUICE_API sluice_parallel_inflater *sluice_parallel_inflate_new(const sluice_parallel_inflate_options *options,
                                                                 const sluice_allocator *allocator);
SLUICE_API void sluice_parallel_inflate_free(sluice_parallel_inflater *parallel);
SLUICE_API sluice_status sluice_parallel_inflate_reset(sluice_parallel_inflater *parallel,
                                                       const sluice_parallel_inflate_options *options);

/*
 * One step that lends its output, as sluice_inflate_next(). It takes input as long as there is a place for it, which is
 * far ahead of what it puts out, and puts out only when the places are full: until `last` is not 0, which says that no
 * input follows what is in `in`. With `last` it gives SLUICE_NEED_OUTPUT, SLUICE_NEED_DICTIONARY, SLUICE_END or an
 * error, without it SLUICE_NEED_INPUT too.
 */
SLUICE_API sluice_status sluice_parallel_inflate_next(sluice_parallel_inflater *parallel, sluice_input *in, int last,
                                                      const void **span, size_t *length);

/*
 * After SLUICE_END: lends, one span a call, the input that was taken but does not belong to the stream, in order and
 * before what is left in `in`; a length of 0 when there is no more.
 */
SLUICE_API void sluice_parallel_inflate_behind(sluice_parallel_inflater *parallel, const void **span, size_t *length);

/* As sluice_inflate_set_dictionary(), _get_header(), _where() and _format(). */
SLUICE_API sluice_status sluice_parallel_inflate_set_dictionary(sluice_parallel_inflater *parallel,
                                                                const void *dictionary, size_t size);
SLUICE_API sluice_status sluice_parallel_inflate_get_header(sluice_parallel_inflater *parallel,
                                                            sluice_gzip_header *header);
SLUICE_API sluice_position sluice_parallel_inflate_where(const sluice_parallel_inflater *parallel);
SLUICE_API sluice_format sluice_parallel_inflate_format(const sluice_parallel_inflater *parallel);

/* ---------------------------------------------------------------------------------------------------------------
 * Checksums
 * ------------------------------------------------------------------------------------------------------------- */

/* Adler-32 (RFC 1950 8.2) of what `adler` covers followed by the `size` bytes at `data`. That of nothing is 1. */
SLUICE_API uint32_t sluice_adler32(uint32_t adler, const void *data, size_t size);

/* CRC-32 (RFC 1952 8) of what `crc` covers followed by the `size` bytes at `data`. That of nothing is 0. */
SLUICE_API uint32_t sluice_crc32(uint32_t crc, const void *data, size_t size);

/* The checksum of A followed by B, from those of A and B and the length of B, in time logarithmic in that length. */
SLUICE_API uint32_t sluice_adler32_combine(uint32_t a, uint32_t b, uint64_t b_size);
SLUICE_API uint32_t sluice_crc32_combine(uint32_t a, uint32_t b, uint64_t b_size);

#ifdef __cplusplus
}
#endif
#endif
