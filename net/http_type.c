/* http_type.c: see http_type.h. */
#include "net/http_type.h"

#include "net/http_text.h"

#include <string.h>

#define TEXT(type) type "; charset=utf-8", HTTP_LOOSE

/* By ending, in alphabetical order: found by halving. The test looks at the order. */
static const struct {
    const char *ending;
    const char *type;
    enum http_packing packing;
} types[] = {
    {"7z", "application/x-7z-compressed", HTTP_PACKED},
    {"aac", "audio/aac", HTTP_PACKED},
    {"apk", "application/vnd.android.package-archive", HTTP_PACKED},
    {"asc", TEXT("text/plain")},
    {"atom", "application/atom+xml", HTTP_LOOSE},
    {"avif", "image/avif", HTTP_PACKED},
    {"bmp", "image/bmp", HTTP_LOOSE},
    {"br", "application/octet-stream", HTTP_PACKED},
    {"bz2", "application/x-bzip2", HTTP_PACKED},
    {"c", TEXT("text/plain")},
    {"cc", TEXT("text/plain")},
    {"conf", TEXT("text/plain")},
    {"cpp", TEXT("text/plain")},
    {"css", TEXT("text/css")},
    {"csv", TEXT("text/csv")},
    {"deb", "application/vnd.debian.binary-package", HTTP_PACKED},
    {"diff", TEXT("text/plain")},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", HTTP_PACKED},
    {"epub", "application/epub+zip", HTTP_PACKED},
    {"flac", "audio/flac", HTTP_PACKED},
    {"gif", "image/gif", HTTP_PACKED},
    {"go", TEXT("text/plain")},
    {"gz", "application/gzip", HTTP_PACKED},
    {"h", TEXT("text/plain")},
    {"heic", "image/heic", HTTP_PACKED},
    {"hpp", TEXT("text/plain")},
    {"htm", TEXT("text/html")},
    {"html", TEXT("text/html")},
    {"ico", "image/vnd.microsoft.icon", HTTP_LOOSE},
    {"ics", TEXT("text/calendar")},
    {"ini", TEXT("text/plain")},
    {"jar", "application/java-archive", HTTP_PACKED},
    {"java", TEXT("text/plain")},
    {"jpeg", "image/jpeg", HTTP_PACKED},
    {"jpg", "image/jpeg", HTTP_PACKED},
    {"js", TEXT("text/javascript")},
    {"json", "application/json", HTTP_LOOSE},
    {"jsonld", "application/ld+json", HTTP_LOOSE},
    {"jxl", "image/jxl", HTTP_PACKED},
    {"log", TEXT("text/plain")},
    {"lz4", "application/octet-stream", HTTP_PACKED},
    {"m3u8", "application/vnd.apple.mpegurl", HTTP_LOOSE},
    {"m4a", "audio/mp4", HTTP_PACKED},
    {"m4v", "video/mp4", HTTP_PACKED},
    {"map", "application/json", HTTP_LOOSE},
    {"markdown", TEXT("text/markdown")},
    {"md", TEXT("text/markdown")},
    {"mjs", TEXT("text/javascript")},
    {"mkv", "video/matroska", HTTP_PACKED},
    {"mov", "video/quicktime", HTTP_PACKED},
    {"mp3", "audio/mpeg", HTTP_PACKED},
    {"mp4", "video/mp4", HTTP_PACKED},
    {"odt", "application/vnd.oasis.opendocument.text", HTTP_PACKED},
    {"oga", "audio/ogg", HTTP_PACKED},
    {"ogg", "audio/ogg", HTTP_PACKED},
    {"ogv", "video/ogg", HTTP_PACKED},
    {"opus", "audio/ogg", HTTP_PACKED},
    {"otf", "font/otf", HTTP_LOOSE},
    {"patch", TEXT("text/plain")},
    {"pdf", "application/pdf", HTTP_UNSURE},
    {"pl", TEXT("text/plain")},
    {"png", "image/png", HTTP_PACKED},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", HTTP_PACKED},
    {"ps", "application/postscript", HTTP_LOOSE},
    {"py", TEXT("text/plain")},
    {"rar", "application/vnd.rar", HTTP_PACKED},
    {"rb", TEXT("text/plain")},
    {"rpm", "application/x-rpm", HTTP_PACKED},
    {"rs", TEXT("text/plain")},
    {"rss", "application/rss+xml", HTTP_LOOSE},
    {"rst", TEXT("text/plain")},
    {"rtf", "application/rtf", HTTP_LOOSE},
    {"sh", TEXT("text/plain")},
    {"sql", TEXT("text/plain")},
    {"srt", TEXT("text/plain")},
    {"svg", "image/svg+xml", HTTP_LOOSE},
    {"svgz", "image/svg+xml", HTTP_PACKED},
    {"tar", "application/x-tar", HTTP_UNSURE},
    {"tex", TEXT("text/plain")},
    {"tgz", "application/gzip", HTTP_PACKED},
    {"tif", "image/tiff", HTTP_UNSURE},
    {"tiff", "image/tiff", HTTP_UNSURE},
    {"toml", "application/toml", HTTP_LOOSE},
    {"ts", "video/mp2t", HTTP_UNSURE},
    {"tsv", TEXT("text/tab-separated-values")},
    {"ttf", "font/ttf", HTTP_LOOSE},
    {"txt", TEXT("text/plain")},
    {"txz", "application/x-xz", HTTP_PACKED},
    {"vtt", TEXT("text/vtt")},
    {"wasm", "application/wasm", HTTP_LOOSE},
    {"wav", "audio/wav", HTTP_UNSURE},
    {"webm", "video/webm", HTTP_PACKED},
    {"webmanifest", "application/manifest+json", HTTP_LOOSE},
    {"webp", "image/webp", HTTP_PACKED},
    {"woff", "font/woff", HTTP_PACKED},
    {"woff2", "font/woff2", HTTP_PACKED},
    {"xhtml", "application/xhtml+xml", HTTP_LOOSE},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", HTTP_PACKED},
    {"xml", "application/xml", HTTP_LOOSE},
    {"xz", "application/x-xz", HTTP_PACKED},
    {"yaml", "application/yaml", HTTP_LOOSE},
    {"yml", "application/yaml", HTTP_LOOSE},
    {"zip", "application/zip", HTTP_PACKED},
    {"zst", "application/zstd", HTTP_PACKED},
};

/* Names without an ending that are known to be text. */
static const char *const texts[] = {"authors", "changelog", "changes", "copying", "dockerfile", "install",
                                    "license", "makefile",  "news",    "notice",  "readme",     "version"};

/* Is `text` before, at or behind `word` in the alphabet, whatever the case of `text`? As memcmp(). */
static int compare(const struct http_text *text, const char *word)
{
    size_t i = 0;

    for (; i < text->size && word[i]; i++) {
        const char lower = ascii_lower(text->data[i]);

        if (lower != word[i])
            return (unsigned char)lower < (unsigned char)word[i] ? -1 : 1;
    }
    return i < text->size ? 1 : word[i] ? -1 : 0;
}

struct http_type http_type_of(const char *name, size_t size)
{
    const char *const end = name + size;
    const char *begin = end, *dot = NULL;
    size_t low = 0, high = sizeof types / sizeof *types;

    for (; begin > name && begin[-1] != '/'; begin--)
        if (begin[-1] == '.' && !dot)
            dot = begin;
    if (dot) {
        const struct http_text ending = {dot, (size_t)(end - dot)};

        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            const int order = compare(&ending, types[middle].ending);

            if (order == 0)
                return (struct http_type){types[middle].type, types[middle].packing};
            if (order < 0)
                high = middle;
            else
                low = middle + 1;
        }
    } else {
        const struct http_text whole = {begin, (size_t)(end - begin)};

        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            if (http_text_is(&whole, texts[i]))
                return (struct http_type){TEXT("text/plain")};
    }
    return (struct http_type){"application/octet-stream", HTTP_UNSURE};
}

/*
 * How often two bytes that are drawn from the data are equal tells how far a Huffman code alone would get. For n
 * bytes of noise the sum of squared counts is n^2 / 256 + n on average, with little spread; text has ten times as
 * much, and data with 64 values four times. A sixth more than noise has counts as something to be saved.
 */
bool http_looks_packed(const void *data, size_t size)
{
    const unsigned char *const bytes = data;
    unsigned counts[256] = {0};
    uint64_t sum = 0;

    if (size < HTTP_PROBE / 4)
        return false;
    for (size_t i = 0; i < size; i++)
        counts[bytes[i]]++;
    for (int i = 0; i < 256; i++)
        sum += (uint64_t)counts[i] * counts[i];
    return sum < ((uint64_t)size * size / 256 + size) * 7 / 6;
}
