/* options.c: reads a command line by a table; see options.h. The help text is in options_help.c. */
#include "app/options.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* ---- Values ---- */

/* Reads digits; *end is behind the last one. False if there are none or the number is too large. */
static bool take_digits(const char *text, const char **end, uint64_t *number)
{
    uint64_t n = 0;
    bool fits = true;

    for (*end = text; is_digit(**end); ++*end) {
        const unsigned digit = (unsigned)(**end - '0');

        fits = fits && n <= (UINT64_MAX - digit) / 10;
        n = n * 10 + digit;
    }
    *number = n;
    return fits && *end != text;
}

bool option_parse_number(const char *text, uint64_t *number)
{
    const char *end;

    return take_digits(text, &end, number) && *end == '\0';
}

/* The power of two that a suffix stands for, or -1. */
static int suffix_shift(char c)
{
    switch (c) {
    case 'k':
    case 'K':
        return 10;
    case 'M':
        return 20;
    case 'G':
        return 30;
    case 'T':
        return 40;
    default:
        return -1;
    }
}

bool option_parse_size(const char *text, uint64_t *size)
{
    const char *end;
    uint64_t n;

    if (!take_digits(text, &end, &n))
        return false;
    if (*end != '\0') {
        const int shift = suffix_shift(*end);

        if (shift < 0 || end[1] != '\0' || n > UINT64_MAX >> shift)
            return false;
        n <<= shift;
    }
    *size = n;
    return true;
}

bool option_parse_seconds(const char *text, uint64_t *milliseconds)
{
    const char *end = text;
    uint64_t whole = 0, part = 0, scale = 100;
    bool rest = false;

    if (!take_digits(text, &end, &whole) && (end != text || *text != '.'))
        return false;
    if (*end == '.') {
        const char *digits = ++end;

        for (; is_digit(*end); end++, scale /= 10) {
            part += scale * (unsigned)(*end - '0');
            rest = rest || (scale == 0 && *end != '0');
        }
        if (end == digits)
            return false;
    }
    if (*end != '\0' || whole > (UINT64_MAX - 1000) / 1000)
        return false;
    *milliseconds = whole * 1000 + part + rest;
    return true;
}

/* The place of `text` among the words of `choices`. */
static bool find_choice(const char *text, const char *choices, uint64_t *place)
{
    const size_t length = strlen(text);

    *place = 0;
    for (const char *word = choices;; ++*place) {
        const size_t n = strcspn(word, "|");

        if (n == length && memcmp(word, text, n) == 0)
            return true;
        if (word[n] == '\0')
            return false;
        word += n + 1;
    }
}

/* ---- Errors ---- */

/* Notes what is wrong; what the arguments hold is shown with its control characters replaced. */
__attribute__((format(printf, 2, 3))) static int wrong(struct options *o, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(o->error, sizeof o->error, format, args);
    va_end(args);
    for (char *c = o->error; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
    return OPTION_ERROR;
}

/* Writes a bound in the unit that the user writes. */
static void print_bound(char *to, size_t room, enum option_kind kind, uint64_t bound)
{
    static const char suffixes[] = "TGMk";

    if (kind == OPTION_SECONDS && bound % 1000 != 0) {
        snprintf(to, room, "%" PRIu64 ".%03u", bound / 1000, (unsigned)(bound % 1000));
        return;
    }
    if (kind == OPTION_SECONDS)
        bound /= 1000;
    if (kind == OPTION_SIZE && bound != 0)
        for (const char *s = suffixes; *s; s++)
            if (bound % (UINT64_C(1) << suffix_shift(*s)) == 0) {
                snprintf(to, room, "%" PRIu64 "%c", bound >> suffix_shift(*s), *s);
                return;
            }
    snprintf(to, room, "%" PRIu64, bound);
}

static int out_of_bounds(struct options *o, const struct option *option, const char *spelled, const char *text)
{
    char min[32], max[32];

    print_bound(min, sizeof min, option->kind, option->min);
    print_bound(max, sizeof max, option->kind, option->max);
    if (option->max == 0)
        return wrong(o, "%s: %s is less than %s", spelled, text, min);
    return wrong(o, "%s: %s is not between %s and %s", spelled, text, min, max);
}

/* ---- Options ---- */

/* Reads a value by its kind. */
static int take_value(struct options *o, const struct option *option, const char *spelled, const char *text)
{
    static const char *const expected[] = {
        [OPTION_NUMBER] = "a whole number",
        [OPTION_SIZE] = "a size such as 4096, 64k, 16M or 2G",
        [OPTION_SECONDS] = "a time in seconds such as 30 or 0.5",
    };
    bool fits = true;

    o->text = text;
    switch (option->kind) {
    case OPTION_TEXT:
        return *text ? option->id : wrong(o, "%s: the value is empty, %s is needed", spelled, option->argument);
    case OPTION_CHOICE:
        if (!find_choice(text, option->argument, &o->number))
            return wrong(o, "%s: '%s' is none of %s", spelled, text, option->argument);
        return option->id;
    case OPTION_NUMBER:
        fits = option_parse_number(text, &o->number);
        break;
    case OPTION_SIZE:
        fits = option_parse_size(text, &o->number);
        break;
    case OPTION_SECONDS:
        fits = option_parse_seconds(text, &o->number);
        break;
    default:
        return option->id;
    }
    if (!fits)
        return wrong(o, "%s: '%s' is not %s", spelled, text, expected[option->kind]);
    if (o->number < option->min || (option->max != 0 && o->number > option->max))
        return out_of_bounds(o, option, spelled, text);
    return option->id;
}

static bool takes_value(const struct option *option)
{
    return option->kind >= OPTION_TEXT;
}

/* The value that stands in the next argument. */
static int take_next_argument(struct options *o, const struct option *option, const char *spelled)
{
    if (!*o->arguments)
        return wrong(o, "%s: a value is missing, %s", spelled, option->argument);
    return take_value(o, option, spelled, *o->arguments++);
}

/* --name, --name=value or --no-name; `argument` is the whole. */
static int take_long(struct options *o, const char *argument)
{
    const char *name = argument + 2;
    const size_t length = strcspn(name, "=");
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    const struct option *hint = NULL;
    char spelled[64];

    snprintf(spelled, sizeof spelled, "--%.*s", (int)(length < 60 ? length : 60), name);
    for (const struct option *option = o->table; option->kind != OPTION_LAST; option++) {
        const bool negated = option->kind == OPTION_SWITCH && length > 3 && memcmp(name, "no-", 3) == 0;
        const char *positive = negated ? name + 3 : name;
        const size_t n = negated ? length - 3 : length;

        if (!option->name || strncmp(option->name, positive, n) != 0)
            continue;
        if (option->name[n] != '\0') { /* only the beginning of the name */
            hint = option;
            continue;
        }
        if (takes_value(option))
            return value ? take_value(o, option, spelled, value) : take_next_argument(o, option, spelled);
        if (value)
            return wrong(o, "%s: takes no value", spelled);
        o->number = !negated;
        return option->id;
    }
    if (hint && length > 0)
        return wrong(o, "%s: no such option; --%s?", spelled, hint->name);
    return wrong(o, "%s: no such option", spelled);
}

/* -12: all the digits that stand here. */
static int take_level(struct options *o, const struct option *option)
{
    char spelled[24];
    const char *begin = o->bundle, *end;
    const bool fits = take_digits(begin, &end, &o->number);

    snprintf(spelled, sizeof spelled, "-%.*s", (int)(end - begin < 20 ? end - begin : 20), begin);
    o->bundle = *end ? end : NULL;
    if (!fits || o->number < option->min || o->number > option->max)
        return out_of_bounds(o, option, spelled, spelled + 1);
    return option->id;
}

/* The next letter of a bundle. */
static int take_short(struct options *o)
{
    const char letter = *o->bundle;
    const char spelled[3] = {'-', letter, '\0'};

    for (const struct option *option = o->table; option->kind != OPTION_LAST; option++) {
        if (option->kind == OPTION_DIGITS && is_digit(letter))
            return take_level(o, option);
        if (option->letter != letter)
            continue;

        const char *rest = o->bundle[1] ? o->bundle + 1 : NULL;

        if (takes_value(option)) {
            o->bundle = NULL;
            return rest ? take_value(o, option, spelled, rest) : take_next_argument(o, option, spelled);
        }
        o->bundle = rest;
        o->number = 1;
        return option->id;
    }
    o->bundle = o->bundle[1] ? o->bundle + 1 : NULL;
    return wrong(o, "%s: no such option", spelled);
}

void options_begin(struct options *o, const char *program, const struct option *table, int argc, char *const *argv)
{
    static char *const none[1];

    *o = (struct options){.program = program, .table = table, .arguments = argc > 0 ? argv + 1 : none};
}

int options_next(struct options *o)
{
    o->text = NULL;
    o->number = 0;
    if (o->bundle)
        return take_short(o);
    for (;;) {
        const char *argument = *o->arguments;

        if (!argument)
            return OPTION_END;
        o->arguments++;
        if (o->operands_only || argument[0] != '-' || argument[1] == '\0') {
            o->text = argument;
            return OPTION_OPERAND;
        }
        if (argument[1] != '-') {
            o->bundle = argument + 1;
            return take_short(o);
        }
        if (argument[2] != '\0')
            return take_long(o, argument);
        o->operands_only = true;
    }
}

void options_complain(const struct options *o, FILE *to)
{
    fprintf(to, "%s: %s\nTry '%s --help'.\n", o->program, o->error, o->program);
}
