/* http_coding.c: see http_coding.h. */
#include "net/http_coding.h"

#include <string.h>

/* qvalue = "0" [ "." 0*3DIGIT ] / "1" [ "." 0*3"0" ] */
static bool parse_weight(const struct http_text *t, unsigned *weight)
{
    unsigned scale = 100;

    if (t->size == 0 || t->size > 5 || (t->data[0] != '0' && t->data[0] != '1') || (t->size > 1 && t->data[1] != '.'))
        return false;
    *weight = t->data[0] == '1' ? 1000 : 0;
    for (size_t i = 2; i < t->size; i++, scale /= 10) {
        if (t->data[i] < '0' || t->data[i] > '9')
            return false;
        *weight += (unsigned)(t->data[i] - '0') * scale;
    }
    return *weight <= 1000;
}

bool http_weight(struct http_text element, struct http_text *name, unsigned *weight)
{
    const char *const end = element.data + element.size;
    const char *const semicolon = memchr(element.data, ';', element.size);
    struct http_text parameter;

    *weight = 1000;
    *name = http_trimmed(element.data, semicolon ? semicolon : end);
    if (name->size == 0 || !semicolon)
        return name->size > 0;
    parameter = http_trimmed(semicolon + 1, end);
    if (parameter.size < 2 || ascii_lower(parameter.data[0]) != 'q' || parameter.data[1] != '=')
        return false;
    parameter = (struct http_text){parameter.data + 2, parameter.size - 2};
    return parse_weight(&parameter, weight);
}

/* What a list says of each coding, and of all others. */
enum { UNSAID = 1001 };

struct wishes {
    unsigned of[HTTP_NO_CODING];
    unsigned others;
    bool said; /* the field is there */
};

static void read_wishes(const struct http_request *request, enum http_field field, struct wishes *w)
{
    struct http_text value, element, name;
    unsigned from = 0, weight;

    *w = (struct wishes){.of = {UNSAID, UNSAID, UNSAID}, .others = UNSAID};
    while (http_request_field(request, field, &from, &value)) {
        w->said = true;
        while (http_list_next(&value, &element)) {
            if (!http_weight(element, &name, &weight))
                continue; /* what cannot be read is not wanted */
            if (http_text_is(&name, "gzip") || http_text_is(&name, "x-gzip"))
                w->of[HTTP_GZIP] = weight;
            else if (http_text_is(&name, "deflate"))
                w->of[HTTP_DEFLATE] = weight;
            else if (http_text_is(&name, "identity"))
                w->of[HTTP_IDENTITY] = weight;
            else if (http_text_is(&name, "*"))
                w->others = weight;
        }
    }
}

static unsigned wish(const struct wishes *w, enum http_coding coding)
{
    if (w->of[coding] != UNSAID)
        return w->of[coding];
    return w->others == UNSAID ? 0 : w->others;
}

enum http_coding http_content_coding(const struct http_request *request, bool compress)
{
    struct wishes w;
    bool identity;

    read_wishes(request, HTTP_ACCEPT_ENCODING, &w);
    /* The identity is acceptable unless it is excluded by name or with all others. */
    identity = w.of[HTTP_IDENTITY] != UNSAID ? w.of[HTTP_IDENTITY] > 0 : w.others != 0;
    const unsigned gzip = wish(&w, HTTP_GZIP), deflate = wish(&w, HTTP_DEFLATE);
    /* If nothing is said of it, it is what remains: any coding that is named counts more. */
    const unsigned plain = identity ? wish(&w, HTTP_IDENTITY) : 0;

    if (!w.said || (identity && !compress))
        return HTTP_IDENTITY;
    if (gzip > 0 && gzip >= deflate && gzip >= plain)
        return HTTP_GZIP;
    if (deflate > 0 && deflate >= plain)
        return HTTP_DEFLATE;
    return identity ? HTTP_IDENTITY : HTTP_NO_CODING;
}

enum http_coding http_transfer_coding(const struct http_request *request)
{
    struct wishes w;

    if (request->minor == 0 || !request->te_named)
        return HTTP_IDENTITY;
    read_wishes(request, HTTP_TE, &w);
    /* TE knows no "*" and no identity. */
    const unsigned gzip = w.of[HTTP_GZIP] == UNSAID ? 0 : w.of[HTTP_GZIP];
    const unsigned deflate = w.of[HTTP_DEFLATE] == UNSAID ? 0 : w.of[HTTP_DEFLATE];

    if (gzip > 0 && gzip >= deflate)
        return HTTP_GZIP;
    return deflate > 0 ? HTTP_DEFLATE : HTTP_IDENTITY;
}
