/*
 * The tool's command line and its environment variable, up to the point where it would open a file (a dictionary apart,
 * which is read). The program's own file is read in, its main() renamed.
 *
 * input: a word a line; the first is what the environment says.
 */
#define main tool_main
#include "app/tool/main.c"
#undef main

#include "tests/fuzz/words.h"

#include <stdlib.h>

const char *const fuzz_words[] = {
    "-0", "-12", "-13", "-d", "-c", "-k", "-f", "-t", "-l", "-F", "gzip", "zlib", "raw", "auto", "-S", ".gz", "-p",
    "-o", "-D",
    "-v", "-q", "-r", "-n", "-N", "-C", "-b", "-i", "-R", "-H", "--explain", "--", "-", "\n", "=", "--processes=0",
    "--blocksize=64", "--format=", "--suffix=", "--fast", "--best", "--strategy=rle", "--progress=never", "128",
    "a/b", NULL,
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    MUST(freopen("/dev/null", "w", stdout) != NULL);
    (void)tool_main;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct words words;
    struct codec codec = {0};
    struct run run = {.program = "sluice", .level = SLUICE_LEVEL_DEFAULT, .format = SLUICE_AUTO, .codec = &codec};
    const char *operands[WORDS_MOST + 2];
    char *environment = NULL;
    size_t count = 0;
    bool fine;

    if (!words_read(&words, "sluice", data, size) || words.count < 2)
        return 0;
    setenv("SLUICE", words.word[1], 1);
    words.word[1] = words.word[0];
    fine = read_environment(&run, &environment) &&
           read_options(&run, words.count - 1, words.word + 1, operands, &count) && options_agree(&run, count);
    MUST(run.level >= 0 && run.level <= 12);
    MUST(count <= WORDS_MOST);
    if (fine)
        MUST(run.exit_code != EXIT_ERROR);
    free(run.dictionary);
    free(environment);
    return 0;
}
