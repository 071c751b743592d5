/*
 * The command line: options of every kind from a table of our own, and those of the client as they are. What is taken
 * is within its bounds, what is refused is refused with a text, and the values of numbers are right.
 *
 * input: a byte that chooses between the two; then a word a line.
 */
#include "app/client/settings.h"
#include "app/options.h"
#include "tests/fuzz/words.h"

#include <ctype.h>

const char *const fuzz_words[] = {
    "-", "--", "---", "\n", "-k", "-kv", "-S.gz", "-S\n.gz", "--suffix=", "--suffix", "--no-listing", "--listing",
    "-12", "-0",
    "--size=1k", "--size\n18446744073709551615", "--size=16777216T", "1.5", "0.0001", "1e3", "--count=-1", "--count=+1",
    "--seconds=", "--choice=on", "--choice=", "http://a/b", "sluice://a/b", "-o", "-O", "-C", "--retries",
    "--header=A: b",
    "--header\nHost: x", "--max-size", "--limit-rate", "--timeout", "--input", "--compare", "--block", "-j", "-q", "-v",
    "--coding=gzip", "--save-compressed", "--progress=always", "--trace", "99999999999999999999", NULL,
};

enum { SUFFIX = 1, KEEP, VERBOSE, LISTING, LEVEL, COUNT, SIZE, SECONDS, CHOICE };

static const struct option table[] = {
    {.kind = OPTION_GROUP, .help = "All kinds"},
    {KEEP, 'k', "keep", NULL, OPTION_FLAG, 0, 0, "a flag"},
    {VERBOSE, 'v', "verbose", NULL, OPTION_FLAG, 0, 0, NULL},
    {SUFFIX, 'S', "suffix", "TEXT", OPTION_TEXT, 0, 0, "a text"},
    {LISTING, 0, "listing", NULL, OPTION_SWITCH, 0, 0, "a switch"},
    {LEVEL, 0, NULL, "N", OPTION_DIGITS, 0, 12, "digits"},
    {COUNT, 'n', "count", "N", OPTION_NUMBER, 3, 100, "a number"},
    {SIZE, 0, "size", "SIZE", OPTION_SIZE, 0, 0, "a size"},
    {SECONDS, 0, "seconds", "S", OPTION_SECONDS, 1, 100000, "seconds"},
    {CHOICE, 0, "choice", "on|off|auto", OPTION_CHOICE, 0, 0, "a choice"},
    {0}};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    /* What is complained of and helped with goes nowhere. */
    MUST(freopen("/dev/null", "w", stdout) != NULL);
    return 0;
}

/* A number as it would be read by hand: digits alone, and within 64 bits. */
static bool plain_number(const char *text, uint64_t *value)
{
    *value = 0;
    for (const char *p = text; *p; p++) {
        const unsigned digit = (unsigned)(*p - '0');

        if (!isdigit((unsigned char)*p) || *value > UINT64_MAX / 10 || *value * 10 > UINT64_MAX - digit)
            return false;
        *value = *value * 10 + digit;
    }
    return *text != 0;
}

static void judge_values(const char *text)
{
    uint64_t number = 0, plain = 0, size = 0, time = 0;
    const bool is_number = plain_number(text, &plain);

    MUST(option_parse_number(text, &number) == is_number && (!is_number || number == plain));
    if (option_parse_size(text, &size) && is_number)
        MUST(size == plain);
    if (option_parse_seconds(text, &time) && is_number)
        MUST(time == plain * 1000 && time / 1000 == plain);
}

static void judge_table(struct words *w)
{
    struct options o;
    int id, rounds = 0;

    options_begin(&o, "words", table, w->count, w->word);
    while ((id = options_next(&o)) != OPTION_END) {
        MUST(rounds++ < WORDS_ROOM);
        switch (id) {
        case OPTION_OPERAND: MUST(o.text != NULL); break;
        case OPTION_ERROR: MUST(o.error[0] && memchr(o.error, 0, sizeof o.error)); break;
        case KEEP:
        case VERBOSE: MUST(o.number == 1); break;
        case SUFFIX: MUST(o.text && o.text[0]); break;
        case LISTING: MUST(o.number <= 1); break;
        case LEVEL: MUST(o.number <= 12); break;
        case COUNT: MUST(o.number >= 3 && o.number <= 100); break;
        case SIZE: break;
        case SECONDS: MUST(o.number >= 1 && o.number <= 100000); break;
        case CHOICE: MUST(o.number < 3); break;
        default: MUST(false);
        }
    }
    for (int i = 1; i < w->count; i++)
        judge_values(w->word[i]);
}

static void judge_client(struct words *w)
{
    struct settings s;
    int code = -1;

    if (!settings_read(&s, w->count, w->word, &code)) {
        MUST(code == 0 || code == 1);
        return;
    }
    MUST(s.count > 0 || s.list);
    MUST(s.limits.block > 0 && s.at_once > 0);
    settings_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct words words;
    struct fuzz_input in = {data, size};
    const unsigned kind = fuzz_byte(&in);

    if (!words_read(&words, "words", in.data, in.size))
        return 0;
    if (kind & 1)
        judge_client(&words);
    else
        judge_table(&words);
    return 0;
}
