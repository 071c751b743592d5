/*
 * http_body.c: see http_body.h. As strict as the head is read: a line ends with CR LF, no number has a sign or a space,
 * and a trailer has the form of a field.
 */
#include "net/http_body.h"

void http_body_begin(struct http_body *body, const struct http_request *request)
{
    *body = (struct http_body){.kind = request->body, .left = request->body_size};
}

void http_body_begin_response(struct http_body *body, enum http_body_kind kind, uint64_t size)
{
    *body = (struct http_body){.kind = kind, .left = size};
}

static bool becomes(struct http_body *body, bool right, enum http_body_state state)
{
    body->state = state;
    return right;
}

/* One byte that is not content. False: it may not stand there. */
static bool take_framing(struct http_body *body, char c)
{
    const int digit = ascii_hex(c);

    switch (body->state) {
    case HTTP_CHUNK_SIZE_FIRST:
        body->left = digit >= 0 ? (uint64_t)digit : 0;
        return becomes(body, digit >= 0, HTTP_CHUNK_SIZE);
    case HTTP_CHUNK_SIZE:
        if (digit >= 0) {
            if (body->left > UINT64_MAX >> 4)
                return false;
            body->left = body->left << 4 | (uint64_t)digit;
            return true;
        }
        if (c == '\r')
            return becomes(body, true, HTTP_CHUNK_SIZE_LF);
        /* Whitespace before the semicolon is bad whitespace, which a sender must not make (RFC 9112 7.1.1). */
        return becomes(body, c == ';', HTTP_CHUNK_EXTENSION);
    case HTTP_CHUNK_EXTENSION:
        return c == '\r' ? becomes(body, true, HTTP_CHUNK_SIZE_LF) : http_may_stand(c, HTTP_IN_VALUE);
    case HTTP_CHUNK_SIZE_LF:
        return becomes(body, c == '\n', body->left ? HTTP_CHUNK_DATA : HTTP_TRAILER_BEGIN);
    case HTTP_CHUNK_DATA_CR:
        return becomes(body, c == '\r', HTTP_CHUNK_DATA_LF);
    case HTTP_CHUNK_DATA_LF:
        return becomes(body, c == '\n', HTTP_CHUNK_SIZE_FIRST);
    case HTTP_TRAILER_BEGIN:
        return c == '\r' ? becomes(body, true, HTTP_TRAILER_END_LF)
                         : becomes(body, http_may_stand(c, HTTP_IN_TOKEN), HTTP_TRAILER_NAME);
    case HTTP_TRAILER_NAME:
        return c == ':' ? becomes(body, true, HTTP_TRAILER_VALUE) : http_may_stand(c, HTTP_IN_TOKEN);
    case HTTP_TRAILER_VALUE:
        return c == '\r' ? becomes(body, true, HTTP_TRAILER_LF) : http_may_stand(c, HTTP_IN_VALUE);
    case HTTP_TRAILER_LF:
        return becomes(body, c == '\n', HTTP_TRAILER_BEGIN);
    case HTTP_TRAILER_END_LF:
        return becomes(body, c == '\n', HTTP_BODY_DONE);
    case HTTP_CHUNK_DATA:
    case HTTP_BODY_DONE:
        break;
    }
    return false;
}

/* Takes content, of the body or of a chunk. */
static size_t take_content(struct http_body *body, size_t size)
{
    const size_t n = size < body->left ? size : (size_t)body->left;

    body->left -= n;
    body->content += n;
    return n;
}

/* Takes framing up to the next content, or to the end: 0, or HTTP_MORE before that, or the status to refuse it with. */
static unsigned skip_framing(struct http_body *body, const char *data, size_t size, size_t *taken)
{
    while (body->state != HTTP_BODY_DONE && body->state != HTTP_CHUNK_DATA) {
        if (*taken == size)
            return HTTP_MORE;
        if (!take_framing(body, data[*taken]))
            return 400;
        ++*taken;
        if (++body->framing > HTTP_BODY_FRAMING_MOST)
            return 413;
    }
    return 0;
}

static unsigned skip_chunked(struct http_body *body, const char *data, size_t size, size_t *taken)
{
    for (;;) {
        const unsigned status = skip_framing(body, data, size, taken);

        if (status != 0 || body->state == HTTP_BODY_DONE)
            return status;
        /* A chunk that goes too far is refused before it has come. */
        if (body->left > HTTP_BODY_MOST - body->content)
            return 413;
        if (*taken == size)
            return HTTP_MORE;
        *taken += take_content(body, size - *taken);
        if (body->left == 0)
            body->state = HTTP_CHUNK_DATA_CR;
    }
}

unsigned http_body_skip(struct http_body *body, const char *data, size_t size, size_t *taken)
{
    *taken = 0;
    if (body->kind == HTTP_BODY_NONE)
        return 0;
    if (body->kind == HTTP_BODY_CHUNKED)
        return skip_chunked(body, data, size, taken);
    if (body->left > HTTP_BODY_MOST)
        return 413;
    *taken = take_content(body, size);
    return body->left ? HTTP_MORE : 0;
}

unsigned http_body_next(struct http_body *body, const char *data, size_t size, size_t *taken, size_t *content)
{
    *taken = *content = 0;
    switch (body->kind) {
    case HTTP_BODY_NONE:
        return 0;
    case HTTP_BODY_LENGTH:
        *taken = *content = take_content(body, size);
        return body->left ? HTTP_MORE : 0;
    case HTTP_BODY_CLOSE:
        *taken = *content = size;
        body->content += size;
        return HTTP_MORE;
    case HTTP_BODY_CHUNKED:
        break;
    }

    const unsigned status = skip_framing(body, data, size, taken);

    if (status != 0 || body->state == HTTP_BODY_DONE)
        return status;
    *content = take_content(body, size - *taken);
    *taken += *content;
    if (*content > 0)
        body->framing = 0;
    if (body->left == 0)
        body->state = HTTP_CHUNK_DATA_CR;
    return HTTP_MORE;
}
