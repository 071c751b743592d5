/*
 * http_listing.h: the page of a folder: what is in it, with sizes and dates, in the order the reader asked for by a
 * link, without script.
 */
#ifndef NET_HTTP_LISTING_H
#define NET_HTTP_LISTING_H

#include "net/http_page.h"
#include "net/http_request.h"

/*
 * Names of a folder that are looked at. Each is asked for its size and date, which takes a microsecond, and has about
 * 200 bytes of page: a folder of this many keeps others waiting for some ms, and costs a megabyte or two while it is
 * sent.
 */
enum { HTTP_LISTING_MOST = 5000 };

/*
 * Writes the page of the folder `name` (size bytes, no slash at its end; empty: the root) that is open as `fd`,
 * beneath `root`. `query` asks for an order: "sort=name", "size" or "date", with '-' before it the other way round;
 * anything else is by name. Folders come first. Hidden names, special files and links that lead outside are left out.
 * fd stays the caller's. False: it cannot be read, or no memory; the page is then of no use.
 */
bool http_listing_write(struct http_page *page, int root, int fd, const char *name, size_t size,
                        const struct http_text *query);

/* A size for people, such as "1.5 MiB", in text[16]. Returns text. */
enum { HTTP_SIZE_ROOM = 16 };
char *http_listing_size(char *text, uint64_t size);

#endif
