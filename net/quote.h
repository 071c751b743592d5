/*
 * quote.h: bytes from a stranger as one harmless line of text, for logs, traces and messages.
 */
#ifndef NET_QUOTE_H
#define NET_QUOTE_H

#include <stddef.h>

/* Names longer than this are cut in a quotation, so that a client cannot fill a log with one request. */
enum { QUOTE_LONGEST = 256 };

/* Room that always suffices for quote(): four bytes a byte, the quotes, the mark of a cut with a number, the NUL. */
enum { QUOTE_ROOM = 4 * QUOTE_LONGEST + 64 };

/*
 * Writes `size` bytes at `data` between double quotes into out[QUOTE_ROOM] and ends it with NUL. Printable ASCII and
 * well-formed UTF-8 stand as they are; the quote and the backslash get a backslash; everything that could end a line,
 * move a cursor or turn the direction of text becomes \n, \r, \t or \xNN. What is beyond QUOTE_LONGEST bytes is left
 * out, and the closing quote is followed by "+N more". Returns out.
 */
char *quote(char *out, const void *data, size_t size);

#endif
