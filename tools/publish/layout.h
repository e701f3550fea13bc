/* How a file of measurements is laid out: which columns it has, and how what stands there is to be read. */
#ifndef STTP_LAYOUT_H
#define STTP_LAYOUT_H

#include <stddef.h>

#include "column_map.h"
#include "csv_line.h"
#include "time_form.h"

#define NO_COLUMN ((size_t)-1)

/* What is known before the file is seen. */
struct layout_wishes {
    struct column_map map;
    char separator; /* 0: as the line of names has it */
    char decimal;   /* '.' or ','; 0: as the first number has it that leaves no choice */
    struct time_form times;
};

struct layout_signal {
    size_t column;
    const char *name;
};

struct layout {
    const struct layout_wishes *wishes;
    char separator;
    int is_known;   /* the columns are */
    int has_names;  /* in a line of their own */
    int is_raw;     /* signal_id,timestamp,flags,value, as sttp-subscribe writes them */
    int is_wide;    /* a column for each signal */
    struct time_form times;
    int order_is_assumed; /* that of dates: no date has told it */
    char decimal; /* '.' or ','; 0: no number has told it */
    size_t column_count;
    size_t columns[ROLE_COUNT]; /* NO_COLUMN: there is none */
    size_t signal_count; /* of wide files: those that have a column; names may turn out to be none of a signal */
    struct layout_signal *signals;
    char **names; /* of all columns; NULL without names */
    char *said;   /* what the first line has that could have been one of names; NULL: there was none */
};

void layout_begin(struct layout *layout, const struct layout_wishes *wishes);
void layout_free(struct layout *layout);

enum layout_found {
    LAYOUT_NAMES,   /* the line has the names of the columns */
    LAYOUT_ROW,     /* it is a row, and the columns are known from now on */
    LAYOUT_NOTHING, /* it stands before the names */
    LAYOUT_WRONG    /* with what is wrong in `problem` */
};

/* Takes a line of the beginning of a file, until the columns are known. `number` is that of the line. */
enum layout_found layout_take(struct layout *layout, const struct csv_line *line, char *problem, size_t size);

/* What is wrong with a file whose columns did not become known. */
void layout_explain(const struct layout *layout, char *problem, size_t size);

enum number_read {
    NUMBER_READ,
    NUMBER_IS_NONE,  /* none that a float32 can hold */
    NUMBER_IS_EITHER /* it has a comma, and nobody knows whether that marks decimals or thousands */
};

/* Reads numbers, in the way of the layout. */
enum number_read layout_number(const struct layout *layout, const char *text, double *value);

/* The mark of decimals that a number has for sure, '.' or ','; 0 when it has none, may have either, or is no number. */
char layout_decimal_of(const char *text);

#endif
