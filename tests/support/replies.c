/* replies.c: see replies.h. */
#include "tests/support/replies.h"

#include "tests/support/check.h"
#include "tests/support/vectors.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes lorem, lorem_gz, lorem_zlib, lorem_raw;

static unsigned char arena[32 << 20];
static size_t arena_used, arena_kept;

unsigned char *room(size_t size)
{
    unsigned char *const p = arena + arena_used;

    if (size > sizeof arena - arena_used)
        abort();
    arena_used += size;
    return p;
}

void replies_make(void)
{
    lorem.data = vectors_read("lorem.txt", &lorem.size);
    lorem_zlib.data = vectors_read("lorem.zlib", &lorem_zlib.size);
    lorem_gz = coded(lorem, SLUICE_GZIP);
    lorem_raw = coded(lorem, SLUICE_RAW);
    CHECK_EQ(lorem.size, 335);
    CHECK_EQ(lorem_zlib.size, 219);
    arena_kept = arena_used;
}

void replies_forget(void) { arena_used = arena_kept; }

struct bytes text(const char *text) { return (struct bytes){(const unsigned char *)text, strlen(text)}; }

struct bytes part(struct bytes b, size_t from, size_t size) { return (struct bytes){b.data + from, size}; }

struct bytes joined(struct bytes a, struct bytes b)
{
    unsigned char *const p = room(a.size + b.size);

    memcpy(p, a.data, a.size);
    memcpy(p + a.size, b.data, b.size);
    return (struct bytes){p, a.size + b.size};
}

struct bytes coded(struct bytes plain, sluice_format format)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    const size_t bound = sluice_compress_bound(plain.size, format);
    unsigned char *const out = room(bound);
    size_t size = 0;

    options.format = format;
    sluice_deflater *const d = sluice_deflate_new(&options, NULL);
    CHECK_EQ(sluice_compress(d, plain.data, plain.size, out, bound, &size), SLUICE_OK);
    sluice_deflate_free(d);
    return (struct bytes){out, size};
}

struct bytes flipped(struct bytes b, size_t at, unsigned char mask)
{
    unsigned char *const p = memcpy(room(b.size), b.data, b.size);

    p[at] ^= mask;
    return (struct bytes){p, b.size};
}

struct bytes chunked(struct bytes b, size_t chunk, const char *trailer)
{
    unsigned char *const out = room(b.size + (b.size / chunk + 2) * 12 + strlen(trailer) + 8);
    unsigned char *p = out;

    for (size_t at = 0; at < b.size; at += chunk) {
        const size_t n = b.size - at < chunk ? b.size - at : chunk;

        p += sprintf((char *)p, "%zx\r\n", n);
        memcpy(p, b.data + at, n);
        p += n;
        p += sprintf((char *)p, "\r\n");
    }
    p += sprintf((char *)p, "0\r\n%s\r\n", trailer);
    return (struct bytes){out, (size_t)(p - out)};
}

struct hostile_script reply(struct bytes body, const char *head, ...)
{
    char line[1000];
    struct bytes all;
    va_list args;

    va_start(args, head);
    vsnprintf(line, sizeof line, head, args);
    va_end(args);
    all = joined(text(line), body);
    return (struct hostile_script){.data = all.data, .size = all.size, .http = true};
}

struct hostile_script bare_reply(struct bytes stream)
{
    return (struct hostile_script){.data = stream.data, .size = stream.size};
}
