/*
 * http_date: written in one form, read in three.
 */
#include "net/http_date.h"
#include "tests/support/check.h"

#include <string.h>
#include <time.h>

enum { EXAMPLE = 784111777 }; /* of RFC 9110 5.6.7 */
static const int64_t now = 1700000000; /* November 2023 */

static void writes(int64_t seconds, const char *want)
{
    char text[HTTP_DATE_ROOM];

    check_context("%s", want);
    http_date_format(text, seconds);
    CHECK_BYTES(text, strlen(text), want, strlen(want));
}

static void reads(const char *date, int64_t want)
{
    const struct http_text text = {date, strlen(date)};
    int64_t seconds = -1;

    check_context("%s", date);
    CHECK(http_date_parse(&text, now, &seconds));
    CHECK_EQ(seconds, want);
}

static void refuses(const char *date)
{
    const struct http_text text = {date, strlen(date)};
    int64_t seconds;

    check_context("%s", date);
    CHECK(!http_date_parse(&text, now, &seconds));
}

static void one_form_is_written(void)
{
    writes(EXAMPLE, "Sun, 06 Nov 1994 08:49:37 GMT");
    writes(0, "Thu, 01 Jan 1970 00:00:00 GMT");
    writes(-1, "Wed, 31 Dec 1969 23:59:59 GMT");
    writes(951782400, "Tue, 29 Feb 2000 00:00:00 GMT");
    writes(INT64_C(4107542400), "Mon, 01 Mar 2100 00:00:00 GMT");
    writes(INT64_C(4107542399), "Sun, 28 Feb 2100 23:59:59 GMT");
    writes(INT64_C(253402300799), "Fri, 31 Dec 9999 23:59:59 GMT");
}

static void three_forms_are_read(void)
{
    reads("Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE);
    reads("Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE);
    reads("Sun Nov  6 08:49:37 1994", EXAMPLE);
    reads("Sun Nov 16 08:49:37 1994", EXAMPLE + 10 * 86400);
    reads("Mon, 06 Nov 1994 08:49:37 GMT", EXAMPLE); /* the wrong day of the week does no harm */
    reads("Thu, 01 Jan 1970 00:00:00 GMT", 0);
    reads("Tue, 29 Feb 2000 00:00:00 GMT", 951782400);
    reads("Sat, 31 Dec 2016 23:59:60 GMT", 1483228800);
    /* A year of two digits is at most 50 years ahead, and the last one that fits. */
    reads("Friday, 01-Jan-73 00:00:00 GMT", INT64_C(3250454400)); /* 2073 */
    reads("Friday, 01-Jan-74 00:00:00 GMT", 126230400);           /* 1974 */
}

static void what_is_no_date(void)
{
    refuses("");
    refuses("0");
    refuses("Sun, 06 Nov 1994 08:49:37");
    refuses("Sun, 06 Nov 1994 08:49:37 UTC");
    refuses("Sun, 06 Nov 1994 08:49:37 GMT ");
    refuses("Sun, 6 Nov 1994 08:49:37 GMT");
    refuses("sun, 06 nov 1994 08:49:37 gmt");
    refuses("Sun, 31 Nov 1994 08:49:37 GMT");
    refuses("Sun, 29 Feb 2100 08:49:37 GMT");
    refuses("Sun, 00 Nov 1994 08:49:37 GMT");
    refuses("Sun, 06 Nov 1994 24:00:00 GMT");
    refuses("Sun, 06 Nov 1994 08:60:37 GMT");
    refuses("Sun, 06 Nov 1994 08:49:61 GMT");
    refuses("Sun, -6 Nov 1994 08:49:37 GMT");
    refuses("Sun, 06 Nox 1994 08:49:37 GMT");
    refuses("Sun, 06 Nov 94 08:49:37 GMT");
    refuses("Sunday, 06-Nov-1994 08:49:37 GMT");
    refuses("Sun Nov 6 08:49:37 1994");
    refuses("Sun Nov  6 08:49:37 1994 GMT");
    refuses("Sun");
    refuses("Sunday");
}

/* Each day of 400 years and some, there and back, and as the C library has it. */
static void every_day_there_and_back(void)
{
    long wrong = 0, weekday = 0;

    check_context("every day");
    for (int64_t day = -25000; day < 150000; day++) {
        const int64_t seconds = day * 86400 + (day % 86400 + 86400) % 86400;
        char text[HTTP_DATE_ROOM], want[HTTP_DATE_ROOM];
        const struct http_text t = {text, HTTP_DATE_ROOM - 1};
        const time_t time = (time_t)seconds;
        struct tm tm;
        int64_t back = 0;

        http_date_format(text, seconds);
        wrong += !http_date_parse(&t, now, &back) || back != seconds;
        if (gmtime_r(&time, &tm) && strftime(want, sizeof want, "%a, %d %b %Y %H:%M:%S GMT", &tm))
            weekday += strcmp(text, want) != 0;
    }
    CHECK_EQ(wrong, 0);
    CHECK_EQ(weekday, 0);
}

int main(void)
{
    one_form_is_written();
    three_forms_are_read();
    what_is_no_date();
    every_day_there_and_back();
    return check_report("net/http_date");
}
