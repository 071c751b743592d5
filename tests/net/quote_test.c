/*
 * quote: whatever a stranger sends becomes one harmless line.
 */
#include "net/quote.h"
#include "tests/support/check.h"

#include <string.h>

static void becomes(const char *bytes, size_t size, const char *want)
{
    char out[QUOTE_ROOM];

    check_context("quote %s", want);
    quote(out, bytes, size);
    CHECK_BYTES(out, strlen(out), want, strlen(want));
}

#define BECOMES(literal, want) becomes(literal, sizeof literal - 1, want)

static void what_is_harmless_stands_as_it_is(void)
{
    BECOMES("", "\"\"");
    BECOMES("lorem.txt", "\"lorem.txt\"");
    BECOMES("a b/c~", "\"a b/c~\"");
    BECOMES("stra\xc3\x9f" "e", "\"stra\xc3\x9f" "e\"");
    BECOMES("\xe6\xb0\xb4\xf0\x9f\x8c\x8a", "\"\xe6\xb0\xb4\xf0\x9f\x8c\x8a\"");
}

static void nothing_ends_the_line_or_the_quotation(void)
{
    BECOMES("a\"b\\c", "\"a\\\"b\\\\c\"");
    BECOMES("a\nb\rc\td", "\"a\\nb\\rc\\td\"");
    BECOMES("nul\0nul", "\"nul\\x00nul\"");
    BECOMES("\x1b[31mred\x7f", "\"\\x1b[31mred\\x7f\"");
    BECOMES("c1 \xc2\x9b", "\"c1 \\xc2\\x9b\"");
    BECOMES("line \xe2\x80\xa8 end", "\"line \\xe2\\x80\\xa8 end\"");
    BECOMES("turn \xe2\x80\xae back", "\"turn \\xe2\\x80\\xae back\"");
}

static void bytes_that_are_no_utf8_are_shown_as_bytes(void)
{
    BECOMES("\xff\xfe", "\"\\xff\\xfe\"");
    BECOMES("\x80", "\"\\x80\"");
    BECOMES("\xc0\xaf", "\"\\xc0\\xaf\"");         /* overlong slash */
    BECOMES("\xe0\x80\xaf", "\"\\xe0\\x80\\xaf\""); /* overlong again */
    BECOMES("\xed\xa0\x80", "\"\\xed\\xa0\\x80\""); /* a surrogate */
    BECOMES("\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\"");
    BECOMES("cut \xe6\xb0", "\"cut \\xe6\\xb0\"");
}

static void a_long_name_is_cut(void)
{
    char name[5000], out[QUOTE_ROOM];

    memset(name, 1, sizeof name);
    quote(out, name, sizeof name);
    check_context("5000 control bytes");
    CHECK(strlen(out) < sizeof out);
    CHECK_EQ(strncmp(out, "\"\\x01\\x01", 9), 0);
    CHECK_EQ(strcmp(strrchr(out, '"'), "\"+4744 more"), 0);
    memset(name, 'x', sizeof name);
    quote(out, name, QUOTE_LONGEST);
    CHECK_EQ(strlen(out), QUOTE_LONGEST + 2);
}

int main(void)
{
    what_is_harmless_stands_as_it_is();
    nothing_ends_the_line_or_the_quotation();
    bytes_that_are_no_utf8_are_shown_as_bytes();
    a_long_name_is_cut();
    return check_report("net/quote");
}
