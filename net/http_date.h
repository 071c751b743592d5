/*
 * http_date.h: the dates of HTTP (RFC 9110 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
 */
#ifndef NET_HTTP_DATE_H
#define NET_HTTP_DATE_H

#include "net/http_text.h"

#include <stdint.h>

enum { HTTP_DATE_ROOM = 30 };

/* Writes the date of `seconds` since 1970, from the year 0 to 9999, with a NUL behind it. Returns text. */
char *http_date_format(char *text, int64_t seconds);

/*
 * Reads a date in any of the three forms: that of above, "Sunday, 06-Nov-94 08:49:37 GMT" and
 * "Sun Nov  6 08:49:37 1994". `now` decides in which century a year of two digits is: not more than 50 years ahead.
 * False: it is none; the day of the week must be a name, but need not be the right one.
 */
bool http_date_parse(const struct http_text *text, int64_t now, int64_t *seconds);

#endif
