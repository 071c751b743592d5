/*
 * manifest_test.c: vectors/ agrees with itself.
 *
 * The sources assemble to the streams and lines that are committed; every stream has a line; the reference decoder
 * finds what the lines say; and every defect that sluice.h names for a stream occurs.
 */
#include "tests/support/assembler.h"
#include "tests/support/check.h"
#include "tests/support/decode.h"

#include <dirent.h>
#include <string.h>

static struct vector *vectors;

static const struct vector *find(const char *file)
{
    for (const struct vector *v = vectors; v; v = v->next)
        if (strcmp(v->file, file) == 0)
            return v;
    return NULL;
}

static long from_sources;

static void compare_with_committed(const struct vector *assembled, void *user)
{
    const struct vector *v = find(assembled->file);
    char want[600] = {0}, got[600] = {0}; /* MemorySanitizer does not see what fmemopen() writes */
    FILE *f;

    (void)user;
    from_sources++;
    check_context("%s: run `make vectors` after a change of its source", assembled->file);
    if (!CHECK(v != NULL))
        return;
    CHECK_BYTES(v->stream, v->stream_size, assembled->stream, assembled->stream_size);
    f = fmemopen(want, sizeof want, "w");
    vectors_print(f, assembled);
    fclose(f);
    f = fmemopen(got, sizeof got, "w");
    vectors_print(f, v);
    fclose(f);
    CHECK_BYTES(got, strlen(got), want, strlen(want));
}

/* Calls each() for every file of a folder below vectors/. */
static void for_each_file(const char *folder, void (*each)(const char *file))
{
    char path[300];
    struct dirent *entry;
    DIR *d;

    snprintf(path, sizeof path, "vectors/%s", folder);
    d = opendir(path);
    if (!CHECK(d != NULL))
        return;
    while ((entry = readdir(d)) != NULL)
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%.200s", folder, entry->d_name);
            each(path);
        }
    closedir(d);
}

static void assemble_source(const char *file)
{
    size_t size;
    char *text = (char *)vectors_read(file, &size);

    check_context("%s", file);
    CHECK(assemble(file, text, compare_with_committed, NULL));
}

static void has_a_line(const char *file)
{
    if (strstr(file, ".dictionary"))
        return;
    check_context("%s is not in the MANIFEST", file);
    CHECK(find(file) != NULL);
}

static void reference_finds_what_the_lines_say(void)
{
    static struct reference_result result;
    static uint8_t output[DECODE_ROOM];

    for (const struct vector *v = vectors; v; v = v->next) {
        check_context("%s", v->file);
        reference_decode(&v->options, v->stream, v->stream_size, output, sizeof output, &result);
        CHECK_EQ(result.status, v->status);
        CHECK_EQ(result.where.input * 8 + result.where.bit, v->bit);
        CHECK_EQ(result.where.output, v->output_size);
        CHECK_EQ(sluice_crc32(0, output, (size_t)result.where.output), v->output_crc);
    }
}

static void every_defect_occurs(void)
{
    long good = 0, bad = 0;

    for (const struct vector *v = vectors; v; v = v->next) {
        good += strncmp(v->file, "good/", 5) == 0;
        bad += strncmp(v->file, "bad/", 4) == 0;
    }
    check_context("at least 60 bad streams by hand and 40 good ones");
    CHECK(bad >= 60);
    CHECK(good >= 40);
    for (int status = SLUICE_ERR_TRUNCATED; status > -100; status--) {
        bool occurs = false;

        if (strcmp(sluice_status_name((sluice_status)status), "SLUICE_UNKNOWN") == 0)
            continue;
        for (const struct vector *v = vectors; v; v = v->next)
            occurs = occurs || v->status == (sluice_status)status;
        check_context("%s", sluice_status_name((sluice_status)status));
        CHECK(occurs);
    }
}

static void lorem_decodes_to_lorem(void)
{
    size_t text_size, size;
    const uint8_t *text = vectors_read("lorem.txt", &text_size), *stream = vectors_read("lorem.zlib", &size);
    uint8_t out[400];
    size_t written;

    CHECK_EQ(text_size, 335);
    CHECK_EQ(sluice_decompress(NULL, stream, size, out, sizeof out, &written), SLUICE_OK);
    CHECK_BYTES(out, written, text, text_size);
}

int main(void)
{
    vectors = vectors_load();
    for_each_file("src", assemble_source);
    CHECK(from_sources > 0);
    for_each_file("good", has_a_line);
    for_each_file("bad", has_a_line);
    for_each_file("encoders", has_a_line);
    reference_finds_what_the_lines_say();
    every_defect_occurs();
    lorem_decodes_to_lorem();
    return check_report("inflate/manifest");
}
