/*
 * driver.c: runs a harness where there is no fuzzing engine: replays seeds, then mutates them.
 *
 * usage: NAME [--runs N] [--seconds S] [--seed N] [--found FILE] SEEDS|INPUT...
 *        NAME --unpack FOLDER SEEDS      each seed as a file, for an engine
 *        NAME --pack INPUT...            files as seeds, on standard output
 *        NAME --words                    the harness's words as a dictionary of libFuzzer and AFL++
 *
 * A file whose name ends in .seeds has an input a line, with \\, \n, \r and \xNN for what is not printable; # begins a
 * comment. Any other file is one input. The mutations follow from --seed alone: what was found is found again. The
 * input being run is written to FILE (by default found.input) when the harness ends the program by a signal.
 *
 * Nothing measures what a mutation reaches; the engines do, and their finds become seeds.
 */
#define _POSIX_C_SOURCE 200809L
#include "tests/fuzz/fuzz.h"
#include "tests/support/check.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    INPUT_MAX = 64 * 1024,
    MUTANT_MAX = 4096, /* what mutations may make of a small seed */
    SEEDS_MAX = 20000,
    LINE_MAX_SIZE = 4 * INPUT_MAX + 2
};

static struct seed {
    uint8_t *data;
    size_t size;
} seeds[SEEDS_MAX];
static size_t seed_count;

static uint8_t running[INPUT_MAX];
static size_t running_size;
static const char *found = "found.input";

/* ---- Seeds ---- */

static void add_seed(const uint8_t *data, size_t size)
{
    struct seed *const s = &seeds[seed_count];

    if (seed_count == SEEDS_MAX || size > INPUT_MAX) {
        fprintf(stderr, "too many seeds, or one of them is too long\n");
        exit(2);
    }
    s->data = malloc(size + 1);
    if (!s->data)
        exit(2);
    memcpy(s->data, data, size);
    s->size = size;
    seed_count++;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes write_seed(). False: the line is no seed. */
static bool read_seed(const char *line, uint8_t *to, size_t *size)
{
    for (*size = 0; *line && *line != '\n'; line++) {
        unsigned char c = (unsigned char)*line;

        if (c == '\\') {
            line++;
            if (*line == 'n') {
                c = '\n';
            } else if (*line == 'r') {
                c = '\r';
            } else if (*line == 'x' && hex_digit(line[1]) >= 0 && hex_digit(line[2]) >= 0) {
                c = (unsigned char)(hex_digit(line[1]) * 16 + hex_digit(line[2]));
                line += 2;
            } else if (*line != '\\') {
                return false;
            }
        }
        if (*size == INPUT_MAX)
            return false;
        to[(*size)++] = c;
    }
    return true;
}

static void write_seed(const struct seed *s)
{
    for (size_t i = 0; i < s->size; i++) {
        const unsigned char c = s->data[i];

        if (c == '\n')
            fputs("\\n", stdout);
        else if (c == '\r')
            fputs("\\r", stdout);
        else if (c == '\\')
            fputs("\\\\", stdout);
        else if (c < ' ' || c > '~' || (c == '#' && i == 0))
            printf("\\x%02x", c);
        else
            putchar(c);
    }
    putchar('\n');
}

static void load(const char *path)
{
    static char line[LINE_MAX_SIZE];
    static uint8_t input[INPUT_MAX];
    const size_t length = strlen(path);
    FILE *const f = fopen(path, "rb");
    unsigned number = 0;

    if (!f) {
        perror(path);
        exit(2);
    }
    if (length > 6 && strcmp(path + length - 6, ".seeds") == 0) {
        while (fgets(line, sizeof line, f)) {
            size_t size;

            number++;
            if (line[0] == '#')
                continue;
            if (!read_seed(line, input, &size)) {
                fprintf(stderr, "%s:%u: this is no seed\n", path, number);
                exit(2);
            }
            add_seed(input, size);
        }
    } else {
        add_seed(input, fread(input, 1, sizeof input, f));
    }
    fclose(f);
}

static void unpack(const char *folder)
{
    for (size_t i = 0; i < seed_count; i++) {
        char path[4096];
        FILE *f;

        snprintf(path, sizeof path, "%s/seed-%05zu", folder, i);
        f = fopen(path, "wb");
        if (!f || fwrite(seeds[i].data, 1, seeds[i].size, f) != seeds[i].size || fclose(f) != 0) {
            perror(path);
            exit(2);
        }
    }
}

static void print_words(void)
{
    for (size_t i = 0; fuzz_words && fuzz_words[i]; i++) {
        putchar('"');
        for (const char *p = fuzz_words[i]; *p; p++)
            if (*p < ' ' || *p > '~' || *p == '"' || *p == '\\')
                printf("\\x%02x", (unsigned char)*p);
            else
                putchar(*p);
        puts("\"");
    }
}

/* ---- Mutations ---- */

static size_t below(uint64_t *random, size_t n)
{
    return (size_t)((check_random(random) >> 20) % n);
}

/* Makes room for `n` bytes at `at`, or as much of it as fits. Gives how many. */
static size_t open_gap(uint8_t *data, size_t *size, size_t most, size_t at, size_t n)
{
    if (n > most - *size)
        n = most - *size;
    memmove(data + at + n, data + at, *size - at);
    *size += n;
    return n;
}

static void mutate_once(uint8_t *data, size_t *size, size_t most, uint64_t *random)
{
    const size_t at = below(random, *size + 1), left = *size - at;
    size_t words = 0, n;

    while (fuzz_words && fuzz_words[words])
        words++;
    switch (below(random, words ? 10 : 8)) {
    case 0:
        if (left)
            data[at] ^= (uint8_t)(1u << below(random, 8));
        break;
    case 1:
        if (left)
            data[at] = (uint8_t)below(random, 256);
        break;
    case 2: /* a part is taken out */
        n = left ? 1 + below(random, left < 16 ? left : 16) : 0;
        memmove(data + at, data + at + n, left - n);
        *size -= n;
        break;
    case 3: /* noise is put in */
        n = open_gap(data, size, most, at, 1 + below(random, 8));
        for (size_t i = 0; i < n; i++)
            data[at + i] = (uint8_t)below(random, 256);
        break;
    case 4: { /* a part comes twice */
        uint8_t part[64];
        const size_t from = below(random, *size + 1), length = *size - from < sizeof part ? *size - from : sizeof part;

        n = length ? 1 + below(random, length) : 0;
        memcpy(part, data + from, n);
        n = open_gap(data, size, most, at, n);
        memcpy(data + at, part, n);
        break;
    }
    case 5: { /* a part of another seed */
        const struct seed *const s = &seeds[below(random, seed_count)];
        const size_t from = below(random, s->size + 1), length = s->size - from;

        n = open_gap(data, size, most, at, length ? 1 + below(random, length) : 0);
        memcpy(data + at, s->data + from, n);
        break;
    }
    case 6: /* a byte a little larger or smaller */
        if (left)
            data[at] = (uint8_t)(data[at] + below(random, 9) + 252);
        break;
    case 7:
        if (below(random, 4) == 0)
            *size = at;
        break;
    default: { /* a word, put in or written over what is there */
        const char *const word = fuzz_words[below(random, words)];

        n = strlen(word);
        if (below(random, 2))
            n = open_gap(data, size, most, at, n);
        else if (n > left)
            n = left;
        memcpy(data + at, word, n);
    }
    }
}

static void mutate(uint64_t *random)
{
    const struct seed *const s = &seeds[below(random, seed_count)];
    const size_t most = s->size > MUTANT_MAX ? s->size : MUTANT_MAX;

    memcpy(running, s->data, s->size);
    running_size = s->size;
    for (size_t i = 1 + below(random, 5); i > 0; i--)
        if (LLVMFuzzerCustomMutator)
            running_size = LLVMFuzzerCustomMutator(running, running_size, most, (unsigned)check_random(random));
        else
            mutate_once(running, &running_size, most, random);
}

/* ---- Running ---- */

/* Keeps the input that did it. */
static void crashed(int signal_number)
{
    const int fd = open(found, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (fd >= 0) {
        (void)!write(fd, running, running_size);
        close(fd);
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* From memory of the input's own size, so that a byte too far is seen. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *const own = malloc(size ? size : 1);

    if (!own)
        exit(2);
    memcpy(own, data, size);
    LLVMFuzzerTestOneInput(own, size);
    free(own);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM};
    unsigned long runs = 0, wanted = 0;
    double seconds = 0;
    uint64_t random = 1;
    bool pack = false;
    const char *folder = NULL;
    int i = 1;

    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        const char *const value = i + 1 < argc ? argv[i + 1] : "";

        if (strcmp(argv[i], "--pack") == 0) {
            pack = true;
        } else if (strcmp(argv[i], "--words") == 0) {
            print_words();
            return 0;
        } else if (strcmp(argv[i], "--runs") == 0) {
            wanted = strtoul(value, NULL, 10), i++;
        } else if (strcmp(argv[i], "--seconds") == 0) {
            seconds = strtod(value, NULL), i++;
        } else if (strcmp(argv[i], "--seed") == 0) {
            random = strtoull(value, NULL, 10) * 2 + 1, i++;
        } else if (strcmp(argv[i], "--found") == 0) {
            found = value, i++;
        } else if (strcmp(argv[i], "--unpack") == 0) {
            folder = value, i++;
        } else {
            fprintf(stderr, "%s: what is %s?\n", argv[0], argv[i]);
            return 2;
        }
    }
    for (; i < argc; i++)
        load(argv[i]);
    if (folder) {
        unpack(folder);
        return 0;
    }
    if (pack) {
        for (size_t k = 0; k < seed_count; k++)
            write_seed(&seeds[k]);
        return 0;
    }
    if (seed_count == 0)
        add_seed((const uint8_t *)"", 0);
    for (size_t k = 0; k < sizeof signals / sizeof *signals; k++)
        signal(signals[k], crashed);
    FILE *const verdict = fdopen(dup(STDOUT_FILENO), "w"); /* a harness may close its own */

    if (!verdict)
        return 2;
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (size_t k = 0; k < seed_count; k++, runs++) {
        memcpy(running, seeds[k].data, seeds[k].size);
        running_size = seeds[k].size;
        alarm(30); /* an input that takes so long hangs */
        run(running, running_size);
    }
    const double end = now() + seconds;

    for (unsigned long n = 0; n < wanted || (seconds > 0 && now() < end); n++, runs++) {
        mutate(&random);
        alarm(30);
        run(running, running_size);
    }
    alarm(0);

    const char *const name = strrchr(argv[0], '/');

    fprintf(verdict, "fuzz/%s: %lu passed, 0 failed\n", name ? name + 1 : argv[0], runs);
    return fclose(verdict) == 0 ? 0 : 2;
}
