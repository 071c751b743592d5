/*
 * assembler.h: an assembler for DEFLATE streams, in which the vectors are written.
 *
 * A source is a text, a statement a line; # begins a comment. It writes a stream element by element in the words of
 * the RFCs, so that a reader sees what a vector is and where its defect lies. The assembler keeps track of the output
 * that a decoder must give, with no decoder involved. Numbers are decimal, 0x… or 0b….
 *
 * A vector begins with what it is:
 *
 *   vector bad/block-type.deflate   its file, below vectors/
 *   why RFC 1951 3.2.3: …           provenance, for the MANIFEST: the rest of the line
 *   format raw                      raw, zlib, gzip, auto, auto-raw: what the decoder is told
 *   window 9                        the decoder's options, where they are not the default ones: window_bits,
 *   limit 100                       max_output,
 *   one-member                      SLUICE_ONE_MEMBER,
 *   start-bit 3                     sluice_inflate_start_at_bit(), which leaves so many 0 bits at the start,
 *   dictionary good/x.dictionary    sluice_inflate_set_dictionary() with this file
 *
 * Anything can be written plainly:
 *
 *   bits 3 0b101                    a number of 3 bits, least significant bit first
 *   word 0b0011000                  a codeword as the RFC prints it, first bit first; as many bits as digits
 *   bytes 1f 8b 08                  bytes in hexadecimal, at a byte border
 *   align, align ones               zeros or ones up to the byte border
 *
 * or by name. Frames:
 *
 *   zlib window=15 level=2 dictionary check^1    CMF and FLG with the right FCHECK, here made wrong by an XOR;
 *                                   `dictionary` sets FDICT and writes the Adler-32 of the dictionary
 *   gzip text crc extra=01:02 name="n" comment="c" time=1 xfl=2 os=3 crc^1
 *   adler, adler ^1                 the Adler-32 of the output, or a wrong one
 *   crc, crc ^1, size, size ^1      the CRC-32 and the length of this member's output
 *
 * Blocks:
 *
 *   block stored, block final fixed, block dynamic     the three bits of the header
 *   stored "text" len^1             to the byte border, LEN, NLEN (here wrong) and the bytes
 *   litlen 'a':1 98-100:3 256:2     the literal/length code lengths from here on; writes nothing
 *   distances 0:1                   likewise; `distances` alone: none
 *   header                          all that a dynamic block says about these codes; that is these five:
 *   hlit, hdist, hclen              each with a number to write instead of the right one (257 to 288, 1 to 32, 4 to 19)
 *   precode, precode 0:1 18:1       the lengths of the code length code, in their order
 *   lengths, lengths 1 0 16+3 18+127    the coded lengths; symbol+extra bits
 *
 * Data:
 *
 *   literal "abc", literal 0-255    bytes
 *   match 258 1, match 3-258 1      length and distance, or each of a range
 *   symbol 284 31, distance 30 0    one half of a match: a symbol and its extra bits. `symbol` gives no output
 *   end                             symbol 256
 *   repeat 100 …                    the statement that follows, 100 times
 *
 * Verdict:
 *
 *   defect SLUICE_ERR_BLOCK_TYPE    the verdict, and here is the first bit of the defect. What follows gives no output
 *   output "ab"                     output that the assembler cannot know
 *   whole                           the stream ends here; what follows does not belong to it. By default: at the end
 */
#ifndef TESTS_ASSEMBLER_H
#define TESTS_ASSEMBLER_H

#include "tests/support/vectors.h"

/*
 * Assembles the source in `text`, called `name` in messages, and calls each() for every vector in it, whose memory is
 * the assembler's and holds until each() returns. False, with a message on standard error, if the source is wrong.
 */
bool assemble(const char *name, const char *text, void (*each)(const struct vector *vector, void *user), void *user);

/*
 * The same for a text that nobody has written, without messages: a statement that is wrong is passed over, and so is
 * what comes when `most` statements, symbols and numbers have been written. No file is read.
 */
bool assemble_leniently(unsigned long most, const char *text, void (*each)(const struct vector *vector, void *user),
                        void *user);

#endif
