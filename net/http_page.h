/*
 * http_page.h: pages that the server writes itself: text that grows, with what strangers chose escaped in it, and the
 * small page that goes with an error.
 */
#ifndef NET_HTTP_PAGE_H
#define NET_HTTP_PAGE_H

#include <stdbool.h>
#include <stddef.h>

/* All zero: empty. The owner frees `text`. */
struct http_page {
    char *text; /* NULL, or `size` bytes and a NUL */
    size_t size, room;
    bool failed; /* memory ran out; whatever is added is lost */
};

/* Adds text as it is. */
void http_page_add(struct http_page *page, const char *text);

/* Adds `size` bytes as text of HTML, which may stand in an attribute within double quotes too. */
void http_page_add_html(struct http_page *page, const char *data, size_t size);

/* Adds `size` bytes as a part of a URL's path: all but letters, digits and -._~/ percent-encoded (RFC 3986 2). */
void http_page_add_url(struct http_page *page, const char *data, size_t size);

/* Adds what begins every page: up to and without the title's text, and from behind it to the body. */
void http_page_begin(struct http_page *page, const char *title, size_t title_size, const char *style);

/* The page of an error: its number, its name, and a sentence. */
void http_page_error(struct http_page *page, unsigned status);

/* The name of a status (RFC 9110 15), such as "Not Found". A static string. */
const char *http_status_name(unsigned status);

#endif
