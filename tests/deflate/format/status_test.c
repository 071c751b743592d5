/*
 * status_test.c: each status has a name and a sentence of its own.
 */
#include "sluice.h"
#include "tests/support/check.h"

#include <ctype.h>
#include <string.h>

/* All of sluice.h, by hand, so that one that the table lacks is missed. */
static const struct {
    sluice_status status;
    int number; /* part of the interface */
    const char *name;
} all[] = {
#define STATUS(name, number) {name, number, #name}
    STATUS(SLUICE_OK, 0),
    STATUS(SLUICE_END, 1),
    STATUS(SLUICE_NEED_INPUT, 2),
    STATUS(SLUICE_NEED_OUTPUT, 3),
    STATUS(SLUICE_NEED_DICTIONARY, 4),
    STATUS(SLUICE_BLOCK, 5),
    STATUS(SLUICE_ERR_ARGUMENT, -1),
    STATUS(SLUICE_ERR_STATE, -2),
    STATUS(SLUICE_ERR_MEMORY, -3),
    STATUS(SLUICE_ERR_ROOM, -4),
    STATUS(SLUICE_ERR_TRUNCATED, -10),
    STATUS(SLUICE_ERR_LIMIT, -11),
    STATUS(SLUICE_ERR_FORMAT, -12),
    STATUS(SLUICE_ERR_DICTIONARY, -13),
    STATUS(SLUICE_ERR_BLOCK_TYPE, -20),
    STATUS(SLUICE_ERR_STORED_LENGTH, -21),
    STATUS(SLUICE_ERR_LITLEN_COUNT, -22),
    STATUS(SLUICE_ERR_DISTANCE_COUNT, -23),
    STATUS(SLUICE_ERR_PRECODE_OVERFULL, -24),
    STATUS(SLUICE_ERR_PRECODE_INCOMPLETE, -25),
    STATUS(SLUICE_ERR_REPEAT_FIRST, -26),
    STATUS(SLUICE_ERR_REPEAT_OVERRUN, -27),
    STATUS(SLUICE_ERR_NO_END_OF_BLOCK, -28),
    STATUS(SLUICE_ERR_LITLEN_OVERFULL, -29),
    STATUS(SLUICE_ERR_LITLEN_INCOMPLETE, -30),
    STATUS(SLUICE_ERR_DISTANCE_OVERFULL, -31),
    STATUS(SLUICE_ERR_DISTANCE_INCOMPLETE, -32),
    STATUS(SLUICE_ERR_LITLEN_UNUSED, -33),
    STATUS(SLUICE_ERR_LITLEN_SYMBOL, -34),
    STATUS(SLUICE_ERR_DISTANCE_UNUSED, -35),
    STATUS(SLUICE_ERR_DISTANCE_SYMBOL, -36),
    STATUS(SLUICE_ERR_DISTANCE_START, -37),
    STATUS(SLUICE_ERR_DISTANCE_WINDOW, -38),
    STATUS(SLUICE_ERR_ZLIB_METHOD, -50),
    STATUS(SLUICE_ERR_ZLIB_WINDOW, -51),
    STATUS(SLUICE_ERR_ZLIB_CHECK, -52),
    STATUS(SLUICE_ERR_ZLIB_ADLER, -53),
    STATUS(SLUICE_ERR_GZIP_ID, -60),
    STATUS(SLUICE_ERR_GZIP_METHOD, -61),
    STATUS(SLUICE_ERR_GZIP_FLAGS, -62),
    STATUS(SLUICE_ERR_GZIP_HEADER_CRC, -63),
    STATUS(SLUICE_ERR_GZIP_CRC, -64),
    STATUS(SLUICE_ERR_GZIP_SIZE, -65),
#undef STATUS
};

enum { COUNT = sizeof all / sizeof *all };

static void each_has_its_number_and_name(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        check_context("%s", all[i].name);
        CHECK_EQ(all[i].status, all[i].number);
        CHECK(strcmp(sluice_status_name(all[i].status), all[i].name) == 0);
    }
}

static void each_has_a_sentence_of_its_own(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        const char *text = sluice_status_text(all[i].status);
        const size_t n = strlen(text);

        check_context("%s: \"%s\"", all[i].name, text);
        CHECK(n > 3 && n < 100);
        CHECK(text[n - 1] != '.' && text[n - 1] != '\n');
        CHECK(islower((unsigned char)text[0]) || isupper((unsigned char)text[1])); /* lower case, but for Adler-32 … */
        for (size_t k = 0; k < i; k++)
            CHECK(strcmp(text, sluice_status_text(all[k].status)) != 0);
    }
}

/* Every number that is none of them. */
static void the_others_are_unknown(void)
{
    for (int number = -200; number <= 200; number++) {
        bool known = false;

        for (size_t i = 0; i < COUNT; i++)
            known = known || all[i].number == number;
        check_context("%d", number);
        CHECK_EQ(strcmp(sluice_status_name((sluice_status)number), "SLUICE_UNKNOWN") != 0, known);
        CHECK(sluice_status_text((sluice_status)number)[0] != 0);
    }
}

static void the_version_is_that_of_the_header(void)
{
    CHECK(strcmp(sluice_version(), SLUICE_VERSION) == 0);
}

int main(void)
{
    each_has_its_number_and_name();
    each_has_a_sentence_of_its_own();
    the_others_are_unknown();
    the_version_is_that_of_the_header();
    return check_report("deflate/format/status");
}
