/*
 * http_decode: the bytes of a file from below none, one or two codings, however the body is cut; and whether all of
 * them came to their end.
 */
#include "net/http_decode.h"
#include "tests/support/check.h"

#include <string.h>

static const char plain[] = "a file, a file, a file, and once more a file";
enum { PLAIN = sizeof plain - 1 };

/* Puts `size` bytes into a stream; gives its size. */
static size_t encode(const void *data, size_t size, sluice_format format, unsigned char *to, size_t room)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    size_t written = 0;

    options.format = format;
    sluice_deflater *const d = sluice_deflate_new(&options, NULL);
    CHECK_EQ(sluice_compress(d, data, size, to, room, &written), SLUICE_OK);
    sluice_deflate_free(d);
    return written;
}

/* Decodes in pieces of `piece` bytes: the verdict; what came out must be the beginning of the file. */
static enum http_decode_result decode(enum http_coding transfer, enum http_coding content, const unsigned char *data,
                                      size_t size, size_t piece, size_t *came, sluice_status *status)
{
    enum http_decode_result result = HTTP_DECODE_MORE;
    struct http_decode d;
    char got[1000];
    const void *span;
    size_t length;

    *came = 0;
    if (!CHECK(http_decode_begin(&d, transfer, content)))
        return HTTP_DECODE_DEFECT;
    CHECK_EQ(http_decode_is_coded(&d), transfer != HTTP_IDENTITY || content != HTTP_IDENTITY);
    for (size_t at = 0; at < size && result == HTTP_DECODE_MORE; at += piece) {
        http_decode_give(&d, data + at, size - at < piece ? size - at : piece);
        while ((result = http_decode_next(&d, &span, &length)) == HTTP_DECODE_SPAN) {
            if (!CHECK(length > 0 && *came + length <= sizeof got))
                break;
            memcpy(got + *came, span, length);
            *came += length;
        }
    }
    if (result == HTTP_DECODE_MORE)
        result = http_decode_finish(&d);
    *status = d.status;
    CHECK(*came <= PLAIN && memcmp(got, plain, *came) == 0);
    http_decode_end(&d);
    return result;
}

static void test_codings(void)
{
    static const struct {
        enum http_coding transfer, content;
        sluice_format outer, inner; /* SLUICE_AUTO: none */
    } cases[] = {{HTTP_IDENTITY, HTTP_GZIP, SLUICE_GZIP, SLUICE_AUTO},
                 {HTTP_GZIP, HTTP_IDENTITY, SLUICE_GZIP, SLUICE_AUTO},
                 {HTTP_IDENTITY, HTTP_DEFLATE, SLUICE_ZLIB, SLUICE_AUTO},
                 {HTTP_DEFLATE, HTTP_IDENTITY, SLUICE_RAW, SLUICE_AUTO},
                 {HTTP_GZIP, HTTP_DEFLATE, SLUICE_GZIP, SLUICE_ZLIB},
                 {HTTP_DEFLATE, HTTP_GZIP, SLUICE_ZLIB, SLUICE_GZIP}};
    unsigned char inner[500], stream[600];
    sluice_status status;
    size_t came;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = PLAIN;

        memcpy(inner, plain, PLAIN);
        if (cases[i].inner != SLUICE_AUTO)
            size = encode(plain, PLAIN, cases[i].inner, inner, sizeof inner);
        size = encode(inner, size, cases[i].outer, stream, sizeof stream);
        for (size_t piece = 1; piece <= size; piece++) {
            check_context("case %zu in pieces of %zu", i, piece);
            CHECK_EQ(decode(cases[i].transfer, cases[i].content, stream, size, piece, &came, &status), HTTP_DECODE_END);
            CHECK_EQ(came, PLAIN);
            stream[size] = 0x1f; /* what could begin another member of gzip */
            CHECK_EQ(decode(cases[i].transfer, cases[i].content, stream, size + 1, piece, &came, &status),
                     HTTP_DECODE_EXTRA);
            CHECK_EQ(decode(cases[i].transfer, cases[i].content, stream, size - 1, piece, &came, &status),
                     HTTP_DECODE_DEFECT);
            CHECK_EQ(status, SLUICE_ERR_TRUNCATED);
        }
        check_context("case %zu, no byte at all", i);
        CHECK_EQ(decode(cases[i].transfer, cases[i].content, stream, 0, 1, &came, &status), HTTP_DECODE_DEFECT);
        CHECK_EQ(status, SLUICE_ERR_TRUNCATED);
    }
}

static void test_none(void)
{
    sluice_status status;
    size_t came;

    for (size_t piece = 1; piece <= PLAIN; piece++) {
        CHECK_EQ(decode(HTTP_IDENTITY, HTTP_IDENTITY, (const unsigned char *)plain, PLAIN, piece, &came, &status),
                 HTTP_DECODE_END);
        CHECK_EQ(came, PLAIN);
    }
}

/* A whole stream in a whole stream's place: the inner one is cut, the outer one is not. */
static void test_a_cut_within(void)
{
    unsigned char inner[500], stream[600];
    const size_t size = encode(plain, PLAIN, SLUICE_GZIP, inner, sizeof inner);
    sluice_status status;
    size_t came;

    for (size_t cut = 0; cut < size; cut++) {
        const size_t outer = encode(inner, cut, SLUICE_GZIP, stream, sizeof stream);

        check_context("cut at %zu", cut);
        CHECK_EQ(decode(HTTP_GZIP, HTTP_GZIP, stream, outer, 3, &came, &status), HTTP_DECODE_DEFECT);
        CHECK_EQ(status, SLUICE_ERR_TRUNCATED);
    }
}

static void test_unchecked(void)
{
    static const sluice_format formats[] = {SLUICE_ZLIB, SLUICE_GZIP, SLUICE_RAW};
    unsigned char stream[500];
    struct http_decode d;
    const void *span;
    size_t length;

    for (int i = 0; i < 3; i++) {
        CHECK(http_decode_begin(&d, HTTP_IDENTITY, HTTP_DEFLATE));
        http_decode_give(&d, stream, encode(plain, PLAIN, formats[i], stream, sizeof stream));
        while (http_decode_next(&d, &span, &length) == HTTP_DECODE_SPAN)
            ;
        CHECK_EQ(http_decode_is_unchecked(&d), formats[i] == SLUICE_RAW);
        http_decode_end(&d);
    }
}

int main(void)
{
    test_codings();
    test_none();
    test_a_cut_within();
    test_unchecked();
    return check_report("net/http_decode");
}
