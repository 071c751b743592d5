/*
 * explain_test.c: `sluice --explain` decodes by code of its own; here its verdict is compared with the library's on
 * streams whole, cut at every byte, with every single bit flipped, and with random damage.
 *
 * Streams are written to a folder and explained many in one run of the program. Only the verdict, the last line of each
 * explanation, is compared: its status, byte, bit and count of output say that all that was read before was read alike.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/folder.h"
#include "tests/support/program.h"

#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    STREAM_MAX = 4096, /* mutated streams are small */
    OUTPUT_MAX = 1 << 20,
    BATCH = 500,       /* files in one run of the program */
    LINE_MAX_SIZE = 4096
};

static const char *program;
static struct folder folder;
static uint8_t output[OUTPUT_MAX];
static sluice_inflater *inflaters[3];

static const struct {
    const char *name;
    sluice_format format;
} formats[3] = {{"raw", SLUICE_RAW}, {"zlib", SLUICE_ZLIB}, {"gzip", SLUICE_GZIP}};

/* The verdict as the program should print it, from the decoder of the library. */
static void expect(char *line, unsigned format, const uint8_t *data, size_t size)
{
    size_t written;
    const sluice_status status = sluice_decompress(inflaters[format], data, size, output, sizeof output, &written);
    const sluice_position where = sluice_inflate_where(inflaters[format]);

    if (status == SLUICE_OK)
        snprintf(line, LINE_MAX_SIZE, "end: the stream is whole, %" PRIu64 " bytes for %" PRIu64 " bytes of output\n",
                 where.input, where.output);
    else if (status == SLUICE_NEED_DICTIONARY)
        snprintf(line, LINE_MAX_SIZE, "end: the stream needs a preset dictionary; give it with -D\n");
    else
        snprintf(line, LINE_MAX_SIZE, "defect: %s at byte %" PRIu64 " bit %u, after %" PRIu64 " bytes of output: %s\n",
                 sluice_status_name(status), where.input, where.bit, where.output, sluice_status_text(status));
}

/* ---- Batches ---- */

static struct batch {
    unsigned format, count;
    char expected[BATCH][256];
    char what[BATCH][64];
} batch;

/* Explains the files of the batch, and compares each verdict. */
static void run_batch(void)
{
    static char command[2 * PATH_MAX + BATCH * 8], line[LINE_MAX_SIZE];
    unsigned verdicts = 0;
    size_t n;
    FILE *pipe;

    if (batch.count == 0)
        return;
    n = (size_t)snprintf(command, sizeof command, "cd %s && '%s' --explain -F %s", folder.path, program,
                         formats[batch.format].name);
    for (unsigned i = 0; i < batch.count; i++)
        n += (size_t)snprintf(command + n, sizeof command - n, " %u", i);
    snprintf(command + n, sizeof command - n, " 2>/dev/null");
    pipe = popen(command, "r");
    if (!CHECK(pipe != NULL))
        return;
    while (fgets(line, sizeof line, pipe)) {
        if (strncmp(line, "end: ", 5) != 0 && strncmp(line, "defect: ", 8) != 0)
            continue;
        if (!CHECK(verdicts < batch.count))
            break;
        check_context("%s, %s\n    got  %s    want %s", formats[batch.format].name, batch.what[verdicts], line,
                      batch.expected[verdicts]);
        CHECK(strcmp(line, batch.expected[verdicts]) == 0);
        verdicts++;
    }
    pclose(pipe);
    check_context("a batch of %u streams, the first: %s", batch.count, batch.what[0]);
    CHECK_EQ(verdicts, batch.count);
    batch.count = 0;
}

static void add(unsigned format, const uint8_t *data, size_t size, const char *what, size_t detail)
{
    char path[FOLDER_PATH_ROOM + 16];
    FILE *file;

    if (batch.count == BATCH || (batch.count > 0 && batch.format != format))
        run_batch();
    batch.format = format;
    snprintf(path, sizeof path, "%s/%u", folder.path, batch.count);
    snprintf(batch.what[batch.count], sizeof batch.what[0], "%s %zu", what, detail);
    expect(batch.expected[batch.count], format, data, size);
    unlink(path); /* a new file: some file systems wait for the disk when one is overwritten */
    file = fopen(path, "wb");
    if (!CHECK(file != NULL))
        return;
    CHECK_EQ(fwrite(data, 1, size, file), size);
    fclose(file);
    batch.count++;
}

/* ---- Streams ---- */

static const uint8_t fixed_block[] = {0x2b, 0xce, 0x29, 0xcd, 0x4c, 0x4e, 0xd5, 0x51,
                                      0x28, 0x06, 0xd3, 0xc5, 0x30, 0x46, 0x0a, 0x00};
static const uint8_t stored_block[] = {0x01, 0x06, 0x00, 0xf9, 0xff, 's', 't', 'o', 'r', 'e', 'd'};
static const uint8_t run_block[] = {0x4b, 0x4c, 0x1c, 0x05, 0xa3, 0x80, 0xfa, 0x00, 0x00};

static uint8_t *put32(uint8_t *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        *to++ = (uint8_t)(value >> 8 * i);
    return to;
}

/* Puts raw data into a gzip member with every optional field. */
static size_t gzip_member(uint8_t *to, const uint8_t *raw, size_t size)
{
    static const uint8_t head[] = {0x1f, 0x8b, 8,   0x1e, 1,   2,   3,   4,   0,   3, 3,
                                   0,    'e',  'x', 't',  'n', 'a', 'm', 'e', 0, 'c', 0};
    uint8_t *p = to;
    size_t written;

    CHECK_EQ(sluice_decompress(inflaters[0], raw, size, output, sizeof output, &written), SLUICE_OK);
    memcpy(p, head, sizeof head);
    p += sizeof head;

    const uint32_t crc = sluice_crc32(0, head, sizeof head);

    *p++ = (uint8_t)crc;
    *p++ = (uint8_t)(crc >> 8);
    memcpy(p, raw, size);
    p = put32(p + size, sluice_crc32(0, output, written));
    return (size_t)(put32(p, (uint32_t)written) - to);
}

static void whole_cut_and_flipped(unsigned format, const uint8_t *data, size_t size, const char *what)
{
    uint8_t damaged[STREAM_MAX];
    char text[64];

    add(format, data, size, what, size);
    snprintf(text, sizeof text, "%s cut at", what);
    for (size_t i = 0; i < size; i++)
        add(format, data, i, text, i);
    snprintf(text, sizeof text, "%s with flipped bit", what);
    for (size_t i = 0; i < 8 * size; i++) {
        memcpy(damaged, data, size);
        damaged[i / 8] ^= (uint8_t)(1 << i % 8);
        add(format, damaged, size, text, i);
    }
}

/* A few bytes changed at once, which leads to places that one bit does not. */
static void damaged_at_random(unsigned format, const uint8_t *data, size_t size, const char *what, unsigned times)
{
    uint64_t state = 7;
    uint8_t damaged[STREAM_MAX];

    for (unsigned i = 0; i < times; i++) {
        memcpy(damaged, data, size);
        for (unsigned n = 1 + (unsigned)(check_random(&state) % 4); n > 0; n--)
            damaged[check_random(&state) % size] = (uint8_t)check_random(&state);
        add(format, damaged, size, what, i);
    }
}

static size_t read_whole(const char *path, uint8_t *to, size_t room)
{
    FILE *file = fopen(path, "rb");
    size_t size = 0;

    if (file) {
        size = fread(to, 1, room, file);
        fclose(file);
    }
    return size;
}

static void small_streams(void)
{
    uint8_t lorem[STREAM_MAX], member[STREAM_MAX];
    const size_t size = read_whole("vectors/lorem.zlib", lorem, sizeof lorem);
    size_t n;

    if (!CHECK(size > 6))
        return;
    whole_cut_and_flipped(1, lorem, size, "lorem.zlib");
    damaged_at_random(1, lorem, size, "lorem.zlib, damaged", 500);
    damaged_at_random(0, lorem + 2, size - 6, "lorem, damaged", 1000);
    whole_cut_and_flipped(0, fixed_block, sizeof fixed_block, "fixed block");
    whole_cut_and_flipped(0, stored_block, sizeof stored_block, "stored block");
    whole_cut_and_flipped(0, run_block, sizeof run_block, "run");
    damaged_at_random(0, fixed_block, sizeof fixed_block, "fixed block, damaged", 500);
    n = gzip_member(member, fixed_block, sizeof fixed_block);
    n += gzip_member(member + n, stored_block, sizeof stored_block);
    whole_cut_and_flipped(2, member, n, "two gzip members");
    run_batch();
}

/* ---- The vectors, each read as every format ---- */

static int explain_vector(const char *path, const struct stat *st, int type, struct FTW *where)
{
    static uint8_t data[1 << 18];

    (void)where;
    /* Longer ones take seconds to print and show nothing that the short ones do not. */
    if (type != FTW_F || st->st_size > (off_t)sizeof data / 8)
        return 0;

    const size_t size = read_whole(path, data, sizeof data);
    const char *name = strlen(path) > 50 ? path + strlen(path) - 50 : path;

    for (unsigned format = 0; format < 3; format++)
        add(format, data, size, name, size);
    return 0;
}

static void vectors(void)
{
    CHECK_EQ(nftw("vectors", explain_vector, 8, FTW_PHYS), 0);
    run_batch();
}

/* ---- */

int main(void)
{
    program = program_path("sluice");
    for (unsigned i = 0; i < 3; i++) {
        sluice_inflate_options options = sluice_inflate_defaults();

        options.format = formats[i].format;
        options.flags = SLUICE_NO_WINDOW;
        inflaters[i] = sluice_inflate_new(&options, NULL);
        if (!CHECK(inflaters[i] != NULL))
            return check_report("app/explain");
    }
    folder = folder_make("explain");
    small_streams();
    vectors();
    folder_remove(&folder);
    for (unsigned i = 0; i < 3; i++)
        sluice_inflate_free(inflaters[i]);
    return check_report("app/explain");
}
