/*
 * The tool, when its calls of the system fail one after another: whatever fails, it ends by itself with a message, no
 * source is lost, no result is wrong, and no temporary stays.
 */
#include "sluice.h"
#include "tests/support/check.h"
#include "tests/support/faulty.h"
#include "tests/support/samples.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 300000 }; /* more than the tool reads at a time */

static uint8_t data[SIZE];
static const char old[] = "what was there before";

/* What the tool is asked to do. The source's data is always the same; the target may be there before. */
struct task {
    const char *what, *source, *target;
    const char *arguments[8];
    bool unpacks, keeps, was_there;
    bool piped; /* from standard input to standard output */
};

static const struct task tasks[] = {
    {"compress", "plain", "plain.gz", {"-1", "plain"}, false, false, false, false},
    {"compress over a file", "plain", "result", {"-1", "-f", "-o", "result", "plain"}, false, true, true, false},
    {"compress in pieces", "plain", "plain.gz", {"-1", "-k", "-p", "2", "-b", "64", "plain"}, false, true, false,
     false},
    {"compress to zlib", "plain", "plain.zz", {"-1", "-k", "-F", "zlib", "--synchronous", "plain"}, false, true, false,
     false},
    {"decompress", "packed.gz", "packed", {"-d", "packed.gz"}, true, false, false, false},
    {"decompress over a file", "packed.gz", "packed", {"-d", "-k", "-f", "-N", "packed.gz"}, true, true, true, false},
    {"in a folder", "folder/plain", "folder/plain.gz", {"-1", "-r", "folder"}, false, false, false, false},
    {"pipe, compress", "plain", NULL, {"-1"}, false, true, false, true},
    {"pipe, decompress", "packed.gz", NULL, {"-d"}, true, true, false, true},
    {"test", "packed.gz", NULL, {"-t", "packed.gz"}, true, true, false, false},
    {"list", "packed.gz", NULL, {"-l", "-v", "packed.gz"}, true, true, false, false},
    {"explain", "small.gz", NULL, {"--explain", "small.gz"}, true, true, false, false},
};

static uint8_t packed[SIZE], piped[SIZE]; /* by the library; by the tool, which puts no name into it */
static size_t packed_size, piped_size;

/* Packed data that has been packed by the library, with no fault. */
static void prepare(const struct task *t)
{
    mkdir("folder", 0755);
    unlink("folder/plain.gz");
    unlink("plain.gz");
    unlink("plain.zz");
    unlink("packed");
    unlink("result");
    if (strcmp(t->source, "small.gz") == 0)
        return;
    if (t->unpacks)
        faulty_write(t->source, packed, packed_size);
    else
        faulty_write(t->source, data, SIZE);
    if (t->was_there)
        faulty_write(t->target, old, sizeof old);
}

static bool source_is_there(const struct task *t)
{
    return t->unpacks ? faulty_exists(t->source) : faulty_holds(t->source, data, SIZE);
}

static bool target_is_right(const struct task *t)
{
    return t->unpacks ? faulty_holds(t->target, data, SIZE) : faulty_holds_packed(t->target, data, SIZE);
}

static void run(const struct task *t, struct program *p)
{
    const char *arguments[10] = {faulty_program("sluice")};

    for (size_t i = 0; i < 8; i++)
        arguments[i + 1] = t->arguments[i];
    if (t->piped)
        program_start_reading(p, arguments, t->source);
    else
        program_start(p, arguments, 0);
    program_wait(p);
}

/* Is what a pipe has brought the beginning of what it should, and when all is well, all of it? */
static bool pipe_is_right(const struct task *t, const struct program *p)
{
    const void *const want = t->unpacks ? data : piped;
    const size_t size = t->unpacks ? SIZE : piped_size;
    const size_t kept = p->out_size < sizeof p->out - 1 ? p->out_size : sizeof p->out - 1;

    return p->out_size <= size && memcmp(p->out, want, kept) == 0 && (p->code != 0 || p->out_size == size);
}

static void once(void *user)
{
    const struct task *const t = user;
    static struct program p;

    prepare(t);
    run(t, &p);
    CHECK_EQ(p.signal, 0);
    if (!CHECK(p.code >= 0 && p.code <= 2))
        printf("    exit code %d: %s\n", p.code, p.err);
    CHECK(p.code == 0 || p.err_size > 0);
    if (t->piped)
        CHECK(pipe_is_right(t, &p));
    if (t->target) {
        const bool right = target_is_right(t);

        CHECK(right || (t->was_there ? faulty_holds(t->target, old, sizeof old) : !faulty_exists(t->target)));
        CHECK(right || source_is_there(t));
        CHECK(p.code == 1 || right || (p.code == 2 && source_is_there(t))); /* 2: a target that has come meanwhile */
        if (p.code == 0)
            CHECK_EQ(source_is_there(t), t->keeps);
    } else {
        CHECK(source_is_there(t));
    }
    if (strcmp(faulty_name(), "unlink") != 0) {
        if (!CHECK(faulty_count(".", "sluice-part") == 0 && faulty_count("folder", "sluice-part") == 0))
            printf("    %s", p.err);
    } else {
        (void)!system("rm -f .*sluice-part* folder/.*sluice-part*");
    }
}

static const struct fault faults[] = {
    {"malloc", {ENOMEM}}, {"read", {EIO, EISDIR}}, {"write", {ENOSPC, EIO, EDQUOT, EFBIG}},
    {"open", {EMFILE, EACCES, ENOENT, EIO, ELOOP}}, {"fsync", {EIO, ENOSPC}}, {"ftruncate", {EIO, EFBIG}},
    {"rename", {EACCES, EIO, ENOSPC}}, {"link", {EPERM, EIO, EEXIST}}, {"unlink", {EACCES, EIO}},
    {"fchmod", {EPERM}}, {"flock", {ENOLCK, EWOULDBLOCK}}, {"dup", {EMFILE}}, {"stat", {EACCES, EIO, EOVERFLOW}},
    {"lseek", {EIO, ESPIPE}}, {"opendir", {EACCES, ENOMEM}}, {"readdir", {EIO}}, {"pthread_create", {EAGAIN}},
    {"pipe", {EMFILE}}, {"close", {EIO, ENOSPC}}, {"fcntl", {EIO}}, {"poll", {ENOMEM}},
    {"fchown", {EPERM}}, {"futimens", {EPERM}}, {"access", {EACCES}}, {"pthread_init", {ENOMEM, EAGAIN}},
};

static void each_call_fails(const struct task *t)
{
    faulty_each(faults, sizeof faults / sizeof *faults, t->what, once, (void *)(uintptr_t)t);
}

/* Reads and writes of a byte or a few, or interrupted: nobody notices. */
static void in_small_steps(const struct task *t, const char *mode)
{
    for (int seed = 1; seed <= (faulty_is_full() ? 20 : 1); seed++) {
        static struct program p;

        check_context("%s: %s, seed %d", t->what, mode, seed);
        prepare(t);
        faulty_plan(mode, seed, 0);
        run(t, &p);
        faulty_plan(NULL, 0, 0);
        if (!CHECK(p.code == 0 && p.signal == 0))
            printf("    exit code %d, signal %d: %s\n", p.code, p.signal, p.err);
        if (t->target)
            CHECK(target_is_right(t));
        if (t->piped)
            CHECK(pipe_is_right(t, &p));
    }
}

/* What the tool writes when nothing fails, to a file. */
static void get_piped(void)
{
    static const char *arguments[] = {NULL, "-1", "-n", "-k", "-f", "-o", "result", "plain", NULL};
    static struct program p;

    arguments[0] = sound_program("sluice");
    faulty_write("plain", data, SIZE);
    program_start(&p, arguments, 0);
    program_wait(&p);

    FILE *const f = fopen("result", "rb");

    if (CHECK(f != NULL)) {
        piped_size = fread(piped, 1, sizeof piped, f);
        fclose(f);
    }
    CHECK(faulty_holds_packed("result", data, SIZE));
}

int main(void)
{
    size_t size;

    faulty_begin();
    sample_mixture(data, SIZE, 7);
    sluice_deflate_options options = sluice_deflate_defaults();

    options.format = SLUICE_GZIP;
    options.level = 1;
    sluice_deflater *const deflater = sluice_deflate_new(&options, NULL);

    CHECK_EQ(sluice_compress(deflater, data, SIZE, packed, sizeof packed, &packed_size), SLUICE_OK);
    uint8_t small[2000];

    CHECK_EQ(sluice_compress(deflater, data, 1000, small, sizeof small, &size), SLUICE_OK);
    faulty_write("small.gz", small, size);
    sluice_deflate_free(deflater);
    get_piped();
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        each_call_fails(&tasks[i]);
        in_small_steps(&tasks[i], "short");
        in_small_steps(&tasks[i], "intr");
        in_small_steps(&tasks[i], "again");
        in_small_steps(&tasks[i], "clock");
    }
    faulty_end();
    return check_report("faults/tool");
}
