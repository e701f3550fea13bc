#include "time_form.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "sttp.h"

#define TICKS_PER_SECOND 10000000
#define DAYS_BEFORE_1970 25569 /* since 1899-12-30 */
#define TWO_DIGIT_YEARS_FROM 1970

static const char no_time[] = "is no time that can be read";
static const char no_month_first[] = "is no time with the month first; if days are first in this file, give --dates dmy";
static const char no_day_first[] = "is no time with the day first; if months are first in this file, give --dates mdy";

/* -- numbers -- */

/* Ticks of so many units, `whole` and a fraction of them; -1 when they are too many. */
static int scale(int64_t whole, const char *fraction, int64_t unit, int64_t *ticks) {
    if (whole > INT64_MAX / unit / 2 || whole < -(INT64_MAX / unit / 2)) {
        return -1;
    }
    double part = fraction[0] != '\0' ? strtod(fraction, NULL) : 0.0;
    *ticks = whole * unit + llround(part * (double)unit);
    return 0;
}

static enum time_unit unit_by_size(int64_t whole) {
    if (whole < INT64_C(100000000)) {
        return TIME_BY_SIZE;
    }
    /* Of years 1973 to 5138; ticks are 18 digits from the year 317 on, nanoseconds 19 from 2001 on. */
    return whole < INT64_C(100000000000)        ? TIME_SECONDS
           : whole < INT64_C(100000000000000)   ? TIME_MILLISECONDS
           : whole < INT64_C(100000000000000000) ? TIME_MICROSECONDS
           : whole < INT64_C(1000000000000000000) ? TIME_TICKS
                                                   : TIME_NANOSECONDS;
}

/* Nonzero for digits, with a sign in front and a fraction behind if they like. */
static int is_number(const char *text) {
    const char *digits = text + (text[0] == '-');
    size_t whole = strspn(digits, "0123456789");
    const char *rest = digits + whole;
    if (whole > 0 && (rest[0] == '.' || rest[0] == ',')) {
        rest += 1 + strspn(rest + 1, "0123456789");
    }
    return whole > 0 && rest[0] == '\0';
}

static int parse_number(const struct time_form *form, const char *text, int64_t *ticks, const char **problem) {
    char fraction[32] = "";
    char *end = NULL;
    int64_t unix_epoch = sttp_time_from_unix_nanoseconds(0);
    errno = 0;
    int64_t whole = strtoll(text, &end, 10);
    if (errno != 0) {
        return -1;
    }
    if (*end != '\0') {
        snprintf(fraction, sizeof fraction, "%s0.%s", text[0] == '-' ? "-" : "", end + 1);
    }
    enum time_unit unit = form->unit;
    if (unit == TIME_BY_SIZE) {
        unit = form->has_start ? TIME_SECONDS : text[0] == '-' ? TIME_TICKS : unit_by_size(whole);
    }
    int64_t origin = form->has_start ? form->start : unix_epoch;
    int status = -1;
    switch (unit) {
    case TIME_TICKS:
        *ticks = whole;
        return fraction[0] == '\0' ? 0 : -1;
    case TIME_SECONDS:
        status = scale(whole, fraction, TICKS_PER_SECOND, ticks);
        break;
    case TIME_MILLISECONDS:
        status = scale(whole, fraction, TICKS_PER_SECOND / 1000, ticks);
        break;
    case TIME_MICROSECONDS:
        status = scale(whole, fraction, TICKS_PER_SECOND / 1000000, ticks);
        break;
    case TIME_NANOSECONDS:
        *ticks = whole / 100;
        status = 0;
        break;
    case TIME_DAYS:
        status = scale(whole - (form->has_start ? 0 : DAYS_BEFORE_1970), fraction, INT64_C(86400) * TICKS_PER_SECOND, ticks);
        /* A spreadsheet's days are rounded to some microseconds. */
        *ticks = (*ticks + TICKS_PER_SECOND / 20000) / (TICKS_PER_SECOND / 10000) * (TICKS_PER_SECOND / 10000);
        origin -= form->has_start ? 0 : (int64_t)form->offset_minutes * 60 * TICKS_PER_SECOND;
        break;
    case TIME_BY_SIZE:
        *problem = "is a number of seconds of a beginning that is not known: give --time-start TIME, or --time-unit";
        return -1;
    }
    *ticks += origin;
    return status;
}

/* -- dates -- */

struct moment {
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    char fraction[16]; /* digits */
    int has_zone;
    int offset_minutes;
};

static const char *skip_blanks(const char *text) {
    while (isspace((unsigned char)*text)) {
        text++;
    }
    return text;
}

/* Up to `most` digits; the number of those read. */
static int take_digits(const char **text, int most, int *number) {
    int count = 0;
    for (*number = 0; count < most && isdigit((unsigned char)**text); count++) {
        *number = *number * 10 + (*(*text)++ - '0');
    }
    return count;
}

/* 1 to 12 for the English name of a month, or its first three letters; else 0. */
static int take_month(const char **text) {
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    size_t length = 0;
    while (isalpha((unsigned char)(*text)[length])) {
        length++;
    }
    for (int month = 1; length >= 3 && month <= 12; month++) {
        if (strncasecmp(*text, names + 3 * (month - 1), 3) == 0) {
            *text += length;
            return month;
        }
    }
    return 0;
}

static int full_year(int year, int digits) {
    return digits > 2 ? year : year + (year + 1900 >= TWO_DIGIT_YEARS_FROM ? 1900 : 2000);
}

static int is_separator(char byte) {
    return byte == '-' || byte == '/' || byte == '.' || byte == ' ';
}

/* The three parts of a date, as they stand there. */
struct date_parts {
    int numbers[3];
    int digits[3]; /* 0: a month by name */
    char separator;
};

static int take_parts(const char **text, struct date_parts *parts) {
    for (int i = 0; i < 3; i++) {
        parts->digits[i] = take_digits(text, 8, &parts->numbers[i]);
        if (parts->digits[i] == 0) {
            parts->numbers[i] = take_month(text);
            if (parts->numbers[i] == 0) {
                return -1;
            }
        }
        if (i == 0 && parts->digits[0] == 8) {
            /* 20260131 */
            return 0;
        }
        if (i < 2) {
            *text += **text == ',';
            *text = **text == ' ' ? skip_blanks(*text) : *text;
            if (is_separator(**text)) {
                parts->separator = *(*text)++;
            } else if (parts->digits[i] != 0 && !isalpha((unsigned char)**text) && (*text)[-1] != ' ') {
                return -1;
            }
        }
    }
    return 0;
}

static int take_date(const struct time_form *form, const char **text, struct moment *moment) {
    struct date_parts parts;
    memset(&parts, 0, sizeof parts);
    if (take_parts(text, &parts) != 0) {
        return -1;
    }
    const int *numbers = parts.numbers;
    if (parts.digits[0] == 8) {
        moment->year = numbers[0] / 10000;
        moment->month = numbers[0] / 100 % 100;
        moment->day = numbers[0] % 100;
        return 0;
    }
    int day = 0;
    int month = 1;
    int year = 2;
    if (parts.digits[0] == 4) {
        year = 0;
        month = 1;
        day = 2;
    } else if (parts.digits[0] == 0 ||
               (parts.digits[1] != 0 && parts.separator != '.' &&
                (form->order == DATES_MONTH_FIRST || (form->order == DATES_BY_SIGHT && numbers[0] <= 12)))) {
        month = 0;
        day = 1;
    }
    if (parts.digits[year] != 4 && parts.digits[year] != 2) {
        return -1;
    }
    moment->year = full_year(numbers[year], parts.digits[year]);
    moment->month = numbers[month];
    moment->day = numbers[day];
    return 0;
}

static int take_zone(const char **text, struct moment *moment) {
    int hours = 0;
    int minutes = 0;
    *text = skip_blanks(*text);
    if (strncasecmp(*text, "UTC", 3) == 0 || strncasecmp(*text, "GMT", 3) == 0) {
        *text += 3;
        moment->has_zone = 1;
        return 0;
    }
    if (**text == 'Z' || **text == 'z') {
        (*text)++;
        moment->has_zone = 1;
        return 0;
    }
    if (**text != '+' && **text != '-') {
        return 0;
    }
    int sign = *(*text)++ == '-' ? -1 : 1;
    if (take_digits(text, 2, &hours) != 2) {
        return -1;
    }
    *text += **text == ':';
    if (isdigit((unsigned char)**text) && take_digits(text, 2, &minutes) != 2) {
        return -1;
    }
    moment->has_zone = 1;
    moment->offset_minutes = sign * (hours * 60 + minutes);
    return hours > 14 || minutes > 59 ? -1 : 0;
}

static int take_half_of_day(const char **text, struct moment *moment) {
    const char *word = skip_blanks(*text);
    int is_afternoon = tolower((unsigned char)word[0]) == 'p';
    if (tolower((unsigned char)word[0]) != 'a' && !is_afternoon) {
        return 0;
    }
    word += 1 + (word[1] == '.');
    if (tolower((unsigned char)*word) != 'm' || moment->hour < 1 || moment->hour > 12) {
        return -1;
    }
    *text = word + 1 + (word[1] == '.');
    moment->hour = moment->hour % 12 + (is_afternoon ? 12 : 0);
    return 0;
}

/* 8:30, 08:30:00.033, 08:30:00,033, 083000 */
static int take_time_of_day(const char **text, struct moment *moment) {
    int digits = take_digits(text, 6, &moment->hour);
    if (digits == 6) {
        moment->second = moment->hour % 100;
        moment->minute = moment->hour / 100 % 100;
        moment->hour /= 10000;
    } else if (digits < 1 || digits > 2 || *(*text)++ != ':' || take_digits(text, 2, &moment->minute) == 0) {
        return -1;
    } else if (**text == ':') {
        (*text)++;
        if (take_digits(text, 2, &moment->second) == 0) {
            return -1;
        }
    }
    if (**text == '.' || **text == ',' || **text == ':') {
        size_t length = strspn(++*text, "0123456789");
        size_t kept = length < 9 ? length : 9;
        memcpy(moment->fraction, *text, kept);
        moment->fraction[kept] = '\0';
        *text += length;
        if (length == 0) {
            return -1;
        }
    }
    return take_half_of_day(text, moment);
}

static int take_moment(const struct time_form *form, const char *text, struct moment *moment) {
    memset(moment, 0, sizeof *moment);
    text = skip_blanks(text);
    if (take_date(form, &text, moment) != 0) {
        return -1;
    }
    const char *between = text;
    text += *text == ',';
    text = skip_blanks(text);
    text += *text == 'T' || *text == 't' || (*text == ':' && text == between);
    if (*text != '\0' && text != between && take_time_of_day(&text, moment) != 0) {
        return -1;
    }
    if (take_zone(&text, moment) != 0) {
        return -1;
    }
    return *skip_blanks(text) == '\0' ? 0 : -1;
}

/* The system knows how far its zone is from UTC then. */
static int local_ticks(const struct moment *moment, int64_t *ticks) {
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    parts.tm_year = moment->year - 1900;
    parts.tm_mon = moment->month - 1;
    parts.tm_mday = moment->day;
    parts.tm_hour = moment->hour;
    parts.tm_min = moment->minute;
    parts.tm_sec = moment->second;
    /* An hour that is there twice in autumn has summer time at first. */
    parts.tm_isdst = 1;
    struct tm summer = parts;
    time_t seconds = mktime(&summer);
    if (seconds == (time_t)-1 || summer.tm_isdst != 1) {
        parts.tm_isdst = 0;
        seconds = mktime(&parts);
    }
    char nanoseconds[10] = "000000000";
    memcpy(nanoseconds, moment->fraction, strlen(moment->fraction));
    return seconds == (time_t)-1 ||
                   sttp_time_from_unix((int64_t)seconds, (uint32_t)strtoul(nanoseconds, NULL, 10), ticks) != STTP_OK
               ? -1
               : 0;
}

/* The library says what is a day, and knows leap seconds. */
static int ticks_of(const struct time_form *form, const struct moment *moment, int64_t *ticks) {
    char text[80];
    int64_t checked = 0;
    int offset = moment->has_zone ? moment->offset_minutes : form->offset_minutes;
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%s%s%c%02d:%02d", moment->year % 10000, moment->month,
             moment->day, moment->hour, moment->minute, moment->second, moment->fraction[0] != '\0' ? "." : "",
             moment->fraction, offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
    if (sttp_time_parse(text, &checked) != STTP_OK) {
        return -1;
    }
    if (form->is_local && !moment->has_zone) {
        return local_ticks(moment, ticks);
    }
    *ticks = checked;
    return 0;
}

int time_form_parse(const struct time_form *form, const char *text, int64_t *ticks, const char **problem) {
    struct moment moment;
    *problem = no_time;
    if (text[0] == '*') {
        return sttp_time_parse(text, ticks) == STTP_OK ? 0 : -1;
    }
    /* 20260131 is a day. */
    int is_day = form->unit == TIME_BY_SIZE && !form->has_start && strlen(text) == 8 && strspn(text, "0123456789") == 8;
    if (is_number(text) && !is_day) {
        return parse_number(form, text, ticks, problem);
    }
    if (take_moment(form, text, &moment) == 0 && ticks_of(form, &moment, ticks) == 0) {
        return 0;
    }
    enum date_order order = time_form_order(text);
    if (form->order == DATES_MONTH_FIRST && order == DATES_DAY_FIRST) {
        *problem = no_month_first;
    } else if (form->order == DATES_DAY_FIRST && order == DATES_MONTH_FIRST) {
        *problem = no_day_first;
    }
    return -1;
}

enum date_order time_form_order(const char *text) {
    struct date_parts parts;
    memset(&parts, 0, sizeof parts);
    text = skip_blanks(text);
    if (take_parts(&text, &parts) != 0 || parts.digits[0] == 4 || parts.digits[0] == 8 || parts.digits[0] == 0 ||
        parts.digits[1] == 0 || parts.separator == '.') {
        return DATES_BY_SIGHT;
    }
    return parts.numbers[0] > 12 ? DATES_DAY_FIRST : parts.numbers[1] > 12 ? DATES_MONTH_FIRST : DATES_BY_SIGHT;
}

int time_form_zone(const char *text, struct time_form *form) {
    struct moment moment;
    memset(&moment, 0, sizeof moment);
    form->is_local = strcasecmp(text, "local") == 0;
    form->offset_minutes = 0;
    if (form->is_local) {
        return 0;
    }
    if (take_zone(&text, &moment) != 0 || !moment.has_zone || *text != '\0') {
        return -1;
    }
    form->offset_minutes = moment.offset_minutes;
    return 0;
}
