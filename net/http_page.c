/* http_page.c: see http_page.h. */
#include "net/http_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- text that grows ---- */

static void add(struct http_page *page, const char *data, size_t size)
{
    if (page->failed)
        return;
    if (size >= page->room - page->size) { /* with a byte for the NUL */
        const size_t room = (page->size + size + 1) * 2;
        char *const more = realloc(page->text, room);

        if (!more) {
            page->failed = true;
            return;
        }
        page->text = more;
        page->room = room;
    }
    memcpy(page->text + page->size, data, size);
    page->size += size;
    page->text[page->size] = '\0';
}

void http_page_add(struct http_page *page, const char *text)
{
    add(page, text, strlen(text));
}

/* ---- what strangers chose ---- */

/* The length of the well-formed UTF-8 sequence (RFC 3629 4) that begins at p, or 0. */
static size_t sequence(const unsigned char *p, const unsigned char *end)
{
    size_t size;

    if (*p < 0x80)
        return 1;
    size = *p >= 0xC2 && *p < 0xE0 ? 2 : *p >= 0xE0 && *p < 0xF0 ? 3 : *p >= 0xF0 && *p < 0xF5 ? 4 : 0;
    if (size == 0 || (size_t)(end - p) < size)
        return 0;
    if ((*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] >= 0xA0) || (*p == 0xF0 && p[1] < 0x90) ||
        (*p == 0xF4 && p[1] >= 0x90))
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

void http_page_add_html(struct http_page *page, const char *data, size_t size)
{
    const unsigned char *p = (const unsigned char *)data;
    const unsigned char *const end = p + size;

    while (p < end) {
        const size_t length = sequence(p, end);

        if (*p == '&')
            http_page_add(page, "&amp;");
        else if (*p == '<')
            http_page_add(page, "&lt;");
        else if (*p == '>')
            http_page_add(page, "&gt;");
        else if (*p == '"')
            http_page_add(page, "&quot;");
        else if (*p == '\'')
            http_page_add(page, "&#39;");
        else if (length == 0 || *p < 0x20 || *p == 0x7F)
            http_page_add(page, "\xEF\xBF\xBD"); /* the replacement character: no control, no broken UTF-8 */
        else
            add(page, (const char *)p, length);
        p += length ? length : 1;
    }
}

void http_page_add_url(struct http_page *page, const char *data, size_t size)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)data[i];
        const char coded[3] = {'%', hex[c >> 4], hex[c & 15]};

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~/", c)))
            add(page, data + i, 1);
        else
            add(page, coded, sizeof coded);
    }
}

/* ---- pages ---- */

void http_page_begin(struct http_page *page, const char *title, size_t title_size, const char *style)
{
    http_page_add(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    http_page_add_html(page, title, title_size);
    http_page_add(page, "</title>\n<style>\n");
    http_page_add(page, style);
    http_page_add(page, "</style>\n</head>\n<body>\n<main>\n");
}

static const struct {
    unsigned status;
    const char *name;
    const char *sentence; /* of the page that goes with it; NULL: it has none */
} statuses[] = {
    {200, "OK", NULL},
    {204, "No Content", NULL},
    {206, "Partial Content", NULL},
    {301, "Moved Permanently", "This folder’s address ends with a slash."},
    {304, "Not Modified", NULL},
    {400, "Bad Request", "The request is not well-formed HTTP."},
    {403, "Forbidden", "This may not be read."},
    {404, "Not Found", "There is nothing by this name."},
    {405, "Method Not Allowed", "Files can be read here, and nothing else."},
    {406, "Not Acceptable", "It can be had as it is, in gzip and in deflate, all of which the request excludes."},
    {408, "Request Timeout", "The request took too long to come."},
    {412, "Precondition Failed", "The file is not the one that the request wants."},
    {413, "Content Too Large", "The request brings more than is taken here."},
    {414, "URI Too Long", "The address is too long."},
    {416, "Range Not Satisfiable", "The file has no such part."},
    {417, "Expectation Failed", "The request expects something that is not done here."},
    {431, "Request Header Fields Too Large", "The head of the request is too long."},
    {500, "Internal Server Error", "The file cannot be read."},
    {501, "Not Implemented", "This method is not known here."},
    {503, "Service Unavailable", "The server is busy; try again in a moment."},
    {505, "HTTP Version Not Supported", "HTTP/1.0 and HTTP/1.1 are spoken here."},
};

static size_t place_of(unsigned status)
{
    size_t i = 0;

    while (i + 1 < sizeof statuses / sizeof *statuses && statuses[i].status != status)
        i++;
    return i;
}

const char *http_status_name(unsigned status)
{
    return statuses[place_of(status)].name;
}

void http_page_error(struct http_page *page, unsigned status)
{
    static const char style[] =
        "body { font: 1.1em/1.5 system-ui, sans-serif; max-width: 34em; margin: 15vh auto; padding: 0 1em }\n"
        "h1 { font-size: 1.4em } h1 b { opacity: .6; margin-right: .4em }\n";
    const size_t i = place_of(status);
    char title[64], number[32];

    snprintf(title, sizeof title, "%u %s", status, statuses[i].name);
    http_page_begin(page, title, strlen(title), style);
    snprintf(number, sizeof number, "<h1><b>%u</b> ", status);
    http_page_add(page, number);
    http_page_add(page, statuses[i].name);
    http_page_add(page, "</h1>\n<p>");
    if (statuses[i].sentence)
        http_page_add(page, statuses[i].sentence);
    http_page_add(page, "</p>\n</main>\n</body>\n</html>\n");
}
