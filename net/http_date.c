/*
 * http_date.c: see http_date.h. Time zones and locales of the C library have no part in it.
 *
 * Days are counted as if the year began in March, so that the leap day is its last: then the days before a month are a
 * linear function of its number, (153 m + 2) / 5, and 400 years are 146,097 days.
 */
#include "net/http_date.h"

#include <string.h>

static const char days[7][10] = {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

enum { DAY = 86400, DAYS_400_YEARS = 146097, DAYS_TO_1970 = 719468 /* from 1 March of the year 0 */ };

static int64_t days_of(int64_t year, int month, int day) /* month 1 to 12 */
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t era = (y >= 0 ? y : y - 399) / 400, in_era = y - era * 400;
    const int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

    return era * DAYS_400_YEARS + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - DAYS_TO_1970;
}

static void date_of(int64_t since_1970, int *year, int *month, int *day)
{
    const int64_t n = since_1970 + DAYS_TO_1970;
    const int64_t era = (n >= 0 ? n : n - (DAYS_400_YEARS - 1)) / DAYS_400_YEARS, in_era = n - era * DAYS_400_YEARS;
    const int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    const int64_t day_of_year = in_era - (365 * y + y / 4 - y / 100);
    const int64_t m = (5 * day_of_year + 2) / 153;

    *day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

static char *put_digits(char *p, unsigned number, unsigned count)
{
    for (unsigned i = count; i-- > 0; number /= 10)
        p[i] = (char)('0' + number % 10);
    return p + count;
}

static char *put_three(char *p, const char *letters)
{
    memcpy(p, letters, 3);
    return p + 3;
}

char *http_date_format(char *text, int64_t seconds)
{
    const int64_t day_number = (seconds >= 0 ? seconds : seconds - (DAY - 1)) / DAY;
    const unsigned second = (unsigned)(seconds - day_number * DAY);
    int year, month, day;

    date_of(day_number, &year, &month, &day);
    char *p = put_three(text, days[(day_number % 7 + 7) % 7]);

    *p++ = ',';
    *p++ = ' ';
    p = put_digits(p, (unsigned)day, 2);
    *p++ = ' ';
    p = put_three(p, months + 3 * (month - 1));
    *p++ = ' ';
    p = put_digits(p, (unsigned)year, 4);
    *p++ = ' ';
    p = put_digits(p, second / 3600, 2);
    *p++ = ':';
    p = put_digits(p, second / 60 % 60, 2);
    *p++ = ':';
    p = put_digits(p, second % 60, 2);
    memcpy(p, " GMT", 5);
    return text;
}

/* ---- reading: each takes its part off the front, or takes nothing and gives false ---- */

static bool take(struct http_text *t, const char *word)
{
    const size_t size = strlen(word);

    if (t->size < size || memcmp(t->data, word, size) != 0)
        return false;
    t->data += size;
    t->size -= size;
    return true;
}

static bool take_number(struct http_text *t, size_t digits, int *number)
{
    *number = 0;
    if (t->size < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (t->data[i] < '0' || t->data[i] > '9')
            return false;
        *number = *number * 10 + (t->data[i] - '0');
    }
    t->data += digits;
    t->size -= digits;
    return true;
}

static bool take_month(struct http_text *t, int *month)
{
    for (*month = 1; *month <= 12; ++*month)
        if (t->size >= 3 && memcmp(t->data, months + 3 * (*month - 1), 3) == 0) {
            t->data += 3;
            t->size -= 3;
            return true;
        }
    return false;
}

static bool take_clock(struct http_text *t, int *second)
{
    int h, m, s;

    if (!take_number(t, 2, &h) || !take(t, ":") || !take_number(t, 2, &m) || !take(t, ":") || !take_number(t, 2, &s))
        return false;
    *second = h * 3600 + m * 60 + s;
    return h < 24 && m < 60 && s <= 60; /* 60: a leap second */
}

/* A year of two digits, in the century that the rule says. */
static int full_year(int two_digits, int64_t now)
{
    int year, month, day;

    date_of(now / DAY, &year, &month, &day);
    two_digits += year / 100 * 100;
    if (two_digits > year + 50)
        return two_digits - 100;
    return two_digits + 50 < year ? two_digits + 100 : two_digits;
}

static bool is_date(int year, int month, int day)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return day >= 1 && day <= length[month - 1] + (month == 2 && leap);
}

bool http_date_parse(const struct http_text *text, int64_t now, int64_t *seconds)
{
    struct http_text t = *text;
    int year = 0, month = 0, day = 0, second = 0;
    bool ok = false;

    for (int i = 0; i < 7 && !ok; i++) {
        const char short_name[4] = {days[i][0], days[i][1], days[i][2], '\0'};

        if (take(&t, days[i])) {
            ok = take(&t, ", ") && take_number(&t, 2, &day) && take(&t, "-") && take_month(&t, &month) &&
                 take(&t, "-") && take_number(&t, 2, &year) && take(&t, " ") && take_clock(&t, &second) &&
                 take(&t, " GMT");
            year = full_year(year, now);
        } else if (!take(&t, short_name)) {
            continue;
        } else if (take(&t, ", ")) {
            ok = take_number(&t, 2, &day) && take(&t, " ") && take_month(&t, &month) && take(&t, " ") &&
                 take_number(&t, 4, &year) && take(&t, " ") && take_clock(&t, &second) && take(&t, " GMT");
        } else {
            ok = take(&t, " ") && take_month(&t, &month) && take(&t, " ") &&
                 (take(&t, " ") ? take_number(&t, 1, &day) : take_number(&t, 2, &day)) && take(&t, " ") &&
                 take_clock(&t, &second) && take(&t, " ") && take_number(&t, 4, &year);
        }
        break;
    }
    if (!ok || t.size > 0 || !is_date(year, month, day))
        return false;
    *seconds = days_of(year, month, day) * DAY + second;
    return true;
}
