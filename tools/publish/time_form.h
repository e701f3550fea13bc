/* Times as files have them: ISO 8601, dates of many countries, and numbers of several kinds. */
#ifndef STTP_TIME_FORM_H
#define STTP_TIME_FORM_H

#include <stdint.h>

/* What a number is. */
enum time_unit {
    TIME_BY_SIZE, /* seconds, milliseconds, microseconds or nanoseconds since 1970, or ticks: as large as it is */
    TIME_TICKS,
    TIME_SECONDS,
    TIME_MILLISECONDS,
    TIME_MICROSECONDS,
    TIME_NANOSECONDS,
    TIME_DAYS /* since 1899-12-30, as spreadsheets have them */
};

/* What comes first in a date like 3/4/2026 or 3-4-2026. 3.4.2026 is always the third of April. */
enum date_order { DATES_BY_SIGHT, DATES_DAY_FIRST, DATES_MONTH_FIRST };

struct time_form {
    enum time_unit unit;
    enum date_order order; /* DATES_BY_SIGHT: the month, unless that cannot be: for one date alone */
    int is_local;          /* times without a zone are of this machine's zone; where a time is there twice, the first */
    int offset_minutes;    /* else they are so much ahead of UTC */
    int has_start;         /* numbers count from `start` on, in seconds unless `unit` says otherwise */
    int64_t start;         /* ticks */
};

/* Reads a time. 0, or -1 with a sentence that says what is wrong, or what would help, in `problem`. */
int time_form_parse(const struct time_form *form, const char *text, int64_t *ticks, const char **problem);

/* Whether a date has its day, or its month, in front for sure; DATES_BY_SIGHT when it may be both or neither. */
enum date_order time_form_order(const char *text);

/* Reads UTC, local or an offset as +01:00. 0, or -1. */
int time_form_zone(const char *text, struct time_form *form);

#endif
