/* What --columns asks for: which columns rows have, and how they are called. */
#ifndef STTP_COLUMNS_H
#define STTP_COLUMNS_H

#include <stddef.h>

/* Up to COLUMN_DESCRIPTION a column is the same for all rows of a signal. */
enum column {
    COLUMN_SIGNAL_ID,
    COLUMN_KEY,
    COLUMN_TAG,
    COLUMN_DEVICE,
    COLUMN_TYPE,
    COLUMN_UNIT,
    COLUMN_REFERENCE,
    COLUMN_DESCRIPTION,
    COLUMN_TIME,      /* ISO 8601 */
    COLUMN_TIMESTAMP, /* ticks in CSV, ISO 8601 in JSON */
    COLUMN_FLAGS,
    COLUMN_FLAG_NAMES,
    COLUMN_VALUE,
    COLUMN_RECOVERED,
    COLUMN_COUNT
};

struct columns {
    int are_raw;  /* those that there are without --columns */
    int are_wide; /* a row for each time, a column for each signal; there is no list then */
    size_t count;
    enum column list[COLUMN_COUNT];
};

/* The names of the columns, as they stand in the first row. */
const char *column_name(enum column column);

/* Whether it says something about the signal, not about the measurement. */
int column_is_of_signal(enum column column);

/* Reads `raw`, `named`, `wide`, or names with commas between them. 0, or -1 after saying what is wrong. */
int columns_parse(const char *text, struct columns *columns);

/* Adds `recovered` behind the others, unless it is among them. */
void columns_mark_recovered(struct columns *columns);

#endif
