/*
 * The server's command line, up to the point where it would open its folder. The program's own file is read in, its
 * exits caught.
 *
 * input: a word a line.
 */
#include <setjmp.h>
#include <stdlib.h>

static jmp_buf ended;
static int ended_with;

static _Noreturn void end_here(int code)
{
    ended_with = code;
    longjmp(ended, 1);
}

#define exit end_here
#include "app/server/settings.c"
#undef exit

#include "tests/fuzz/words.h"

const char *const fuzz_words[] = {
    "--http", "--bare", "=", "\n", "127.0.0.1:80", ":80", "[::1]:80", "unix:/a", "unix:", "65536", "0", "--level=12",
    "--threads=1", "--block=1k", "--listing", "--no-listing", "--cache=1T", "--precompressed", "--once",
    "--max-connections=1",
    "--timeout-request=0.5", "--timeout-idle", "--limit-rate=1M", "--trace", "--log=combined", "--log", "-q", "-v",
    "-h",
    "--version", "--", "-", "a", NULL,
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    MUST(freopen("/dev/null", "w", stdout) != NULL);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct words words;
    static struct settings s;

    if (!words_read(&words, "sluice-server", data, size))
        return 0;
    if (setjmp(ended)) {
        MUST(ended_with == EXIT_USAGE || ended_with == EXIT_STOPPED);
        return 0;
    }
    settings_read(&s, words.count, words.word);
    MUST(s.server.level >= 0 && s.server.level <= 12 && s.server.threads >= 1 && s.server.threads <= THREADS_MOST);
    MUST(s.server.max_connections >= 1 && s.server.request_timeout >= 1 && s.server.idle_timeout >= 1);
    MUST(s.http.count <= ADDRESSES_MOST && s.bare.count <= ADDRESSES_MOST);
    return 0;
}
