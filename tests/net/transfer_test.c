/*
 * transfer: a file comes out as one whole zlib stream, however it is sliced; a file that changes does not.
 */
#include "net/transfer.h"
#include "tests/support/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char path[] = "/tmp/sluice-transfer-XXXXXX";
static const struct trace silent = {NULL, NULL};

/* What is sent, and what came of it. */
enum { CONTENT = 300000 };
static unsigned char content[CONTENT], stream[2 * CONTENT], decoded[CONTENT + 1];

static void write_file(size_t size)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, content, size) != (ssize_t)size) {
        perror(path);
        exit(1);
    }
    close(fd);
}

/* A transfer that has begun, with all it needs. */
struct sending {
    struct transfer transfer;
    int fd;
    sluice_deflater *deflater;
    unsigned char scratch[65536];
    size_t written; /* bytes in `stream` */
};

static void begin(struct sending *s, const struct trace *trace)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    struct stat status;
    struct level level;
    unsigned seats = 0;

    options.level = 1;
    s->written = 0;
    s->fd = open(path, O_RDONLY);
    s->deflater = sluice_deflate_new(&options, NULL);
    if (!CHECK(s->fd >= 0 && s->deflater && fstat(s->fd, &status) == 0))
        exit(check_report("net/transfer"));
    level_begin(&level, options.level, 0, &seats, 0);
    transfer_begin(&s->transfer, s->fd, &status, s->deflater, &level, trace);
}

static enum transfer_status step(struct sending *s, size_t block, size_t slice, size_t room)
{
    const struct transfer_buffer buffer = {s->scratch, block, slice};
    const uint64_t before = s->transfer.offset;
    sluice_output out = {stream + s->written, room, 0};
    const enum transfer_status status = transfer_step(&s->transfer, &buffer, &out);

    CHECK(s->transfer.offset - before <= slice);
    CHECK(out.pos <= room);
    s->written += out.pos;
    return status;
}

static enum transfer_status finish(struct sending *s, size_t block, size_t slice, size_t room)
{
    enum transfer_status status;

    do
        status = step(s, block, slice, room);
    while (status == TRANSFER_GOING);
    return status;
}

static void end(struct sending *s)
{
    close(s->fd);
    sluice_deflate_free(s->deflater);
}

/* The verdict of the decoder on what has been put out. */
static sluice_status decode(const struct sending *s, size_t *size)
{
    return sluice_decompress(NULL, stream, s->written, decoded, sizeof decoded, size);
}

static void a_file_becomes_one_stream_however_it_is_sliced(void)
{
    static const size_t sizes[] = {0, 1, 335, 65535, 65536, 65537, CONTENT};
    static const size_t cuts[][3] = {{65536, 65536, 32768}, {64, 65536, 32768}, {4096, 1000, 100}, {1, 7, 3}};
    static struct sending s;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizeof cuts / sizeof *cuts; k++) {
            size_t size = 0;

            if (cuts[k][1] < 100 && sizes[i] > 1000)
                continue;
            check_context("%zu bytes, block %zu, slice %zu, room %zu", sizes[i], cuts[k][0], cuts[k][1], cuts[k][2]);
            write_file(sizes[i]);
            begin(&s, &silent);
            CHECK_EQ(finish(&s, cuts[k][0], cuts[k][1], cuts[k][2]), TRANSFER_DONE);
            CHECK_EQ(decode(&s, &size), SLUICE_OK);
            CHECK_BYTES(decoded, size, content, sizes[i]);
            end(&s);
        }
}

static const struct stat *path_status(void)
{
    static struct stat status;

    CHECK_EQ(stat(path, &status), 0);
    return &status;
}

/* Begins with the whole content, sends a part, does something to the file, goes on: the verdict is wanted. */
static void when(void (*happens)(void), const char *what, enum transfer_status want)
{
    static struct sending s;
    size_t size = 0;
    enum transfer_status got;

    const struct timespec age = {.tv_nsec = (TRANSFER_FRESH + 5) * 1000000};

    check_context("the file is %s", what);
    write_file(CONTENT);
    CHECK(transfer_is_fresh(path_status()));
    nanosleep(&age, NULL);
    CHECK(!transfer_is_fresh(path_status()));
    begin(&s, &silent);
    CHECK_EQ(step(&s, 65536, 100000, sizeof stream / 2), TRANSFER_GOING);
    CHECK(s.transfer.offset > 0);
    happens();
    got = finish(&s, 65536, 65536, 32768);
    CHECK_EQ(got, want);
    if (want == TRANSFER_DONE) {
        CHECK_EQ(decode(&s, &size), SLUICE_OK);
        CHECK_BYTES(decoded, size, content, CONTENT);
    } else {
        CHECK_EQ(decode(&s, &size), SLUICE_ERR_TRUNCATED);
    }
    end(&s);
}

static void nothing(void)
{
}

static void grown(void)
{
    const int fd = open(path, O_WRONLY | O_APPEND);

    CHECK_EQ(write(fd, "x", 1), 1);
    close(fd);
}

static void shrunk(void)
{
    CHECK_EQ(truncate(path, CONTENT - 1), 0);
}

static void emptied(void)
{
    CHECK_EQ(truncate(path, 0), 0);
}

static void overwritten(void)
{
    const int fd = open(path, O_WRONLY);

    CHECK_EQ(pwrite(fd, "xyz", 3, CONTENT / 2), 3);
    close(fd);
}

/* As some tools do after they have written into a file. */
static void overwritten_with_its_time_set_back(void)
{
    struct stat st;

    CHECK_EQ(stat(path, &st), 0);
    overwritten();
    const struct timespec times[2] = {st.st_atim, st.st_mtim};

    CHECK_EQ(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void removed(void)
{
    CHECK_EQ(unlink(path), 0);
}

static void replaced_by_another(void)
{
    char other[sizeof path + 4];

    snprintf(other, sizeof other, "%s.new", path);
    const int fd = open(other, O_WRONLY | O_CREAT, 0600);

    CHECK_EQ(write(fd, "other", 5), 5);
    close(fd);
    CHECK_EQ(rename(other, path), 0);
}

static void read_by_others(void)
{
    char byte;
    const int fd = open(path, O_RDONLY);

    CHECK_EQ(read(fd, &byte, 1), 1);
    close(fd);
}

static void a_file_that_changes_never_becomes_a_whole_stream(void)
{
    when(nothing, "left alone", TRANSFER_DONE);
    when(read_by_others, "read by others", TRANSFER_DONE);
    when(grown, "grown", TRANSFER_CHANGED);
    when(shrunk, "shrunk", TRANSFER_CHANGED);
    when(emptied, "emptied", TRANSFER_CHANGED);
    when(overwritten, "overwritten", TRANSFER_CHANGED);
    when(overwritten_with_its_time_set_back, "overwritten, its time set back", TRANSFER_CHANGED);
    /* The content that was opened is still whole. */
    when(removed, "removed", TRANSFER_DONE);
    when(replaced_by_another, "replaced by another", TRANSFER_DONE);
}

static void what_cannot_be_read_is_told(void)
{
    static struct sending s;

    check_context("a descriptor that cannot be read");
    write_file(100);
    begin(&s, &silent);
    s.transfer.fd = open(path, O_WRONLY);
    CHECK_EQ(step(&s, 64, 65536, 32768), TRANSFER_BROKEN);
    close(s.transfer.fd);
    end(&s);
}

/* RAW, and SENDING or BUFFERING, for each block; FLUSHING in pieces of a block; their bytes are the stream. */
static void the_trace_shows_every_byte_once(void)
{
    static struct sending s;
    char *text = NULL, *line;
    size_t text_size = 0, raw = 0, hex = 0, raws = 0, others = 0, flushes = 0;
    FILE *out = open_memstream(&text, &text_size);
    const struct trace trace = {out, "Server"};

    check_context("trace");
    for (size_t i = 0; i < 1000; i++) /* no line ends, so that a line is an event */
        content[i] = (unsigned char)('a' + i * i % 23 % 7);
    write_file(1000);
    begin(&s, &trace);
    CHECK_EQ(finish(&s, 64, 100, 50), TRANSFER_DONE);
    fclose(out);
    for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        const size_t length = strlen(line);

        if (strncmp(line, "Server: RAW \"", 13) == 0) {
            CHECK(memcmp(line + 13, content + raw, length - 14) == 0);
            CHECK(length - 14 <= 64);
            raw += length - 14;
            raws++;
        } else if (strncmp(line, "Server: SENDING \"", 17) == 0) {
            hex += length - 18;
            others++;
        } else if (strcmp(line, "Server: BUFFERING") == 0) {
            others++;
        } else if (CHECK(strncmp(line, "Server: FLUSHING \"", 18) == 0)) {
            hex += length - 19;
            CHECK(length - 19 <= 2 * 64);
            flushes++;
        }
    }
    CHECK_EQ(raw, 1000);
    CHECK_EQ(hex, 2 * s.written);
    CHECK(others >= raws && raws >= 16);
    CHECK(flushes > 0);
    free(text);
    end(&s);
}

int main(void)
{
    uint64_t seed = 1;
    const int fd = mkstemp(path);

    if (fd < 0) {
        perror(path);
        return 1;
    }
    close(fd);
    for (size_t i = 0; i < CONTENT; i++) /* half text, half noise, so that the stream needs room */
        content[i] = i / 1000 % 2 ? (unsigned char)(check_random(&seed) >> 56)
                                    : (unsigned char)"Lorem ipsum dolor sit amet, "[i % 28];
    a_file_becomes_one_stream_however_it_is_sliced();
    a_file_that_changes_never_becomes_a_whole_stream();
    what_cannot_be_read_is_told();
    the_trace_shows_every_byte_once();
    unlink(path);
    return check_report("net/transfer");
}
