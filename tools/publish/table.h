/* The rows of a CSV file of measurements, as texts: what stands before them, and between them, is dealt with here. */
#ifndef STTP_TABLE_H
#define STTP_TABLE_H

#include <stdint.h>

#include "csv_line.h"
#include "layout.h"

struct table;

enum table_status {
    TABLE_ROW,
    TABLE_LATER, /* none has come in time */
    TABLE_END,   /* of the file */
    TABLE_BAD,   /* the line is no row, and it was said why; the next one can be read */
    TABLE_FAILED /* no more can be read, and it was said why */
};

/* Opens a file, "-" for standard input. The wishes stay the caller's. With `is_quiet`, only what ends the reading is told.
 * NULL after saying why not. */
struct table *table_open(const char *path, const struct layout_wishes *wishes, int is_quiet);
void table_close(struct table *table);

/* The fields of the next row, valid until the next call. Waits up to `seconds` if somebody may still be writing. */
enum table_status table_next(struct table *table, double seconds, const struct csv_line **line);

/* Whether it is Parquet, turned into lines. */
int table_is_converted(const struct table *table);

/* Known when there was a row, or the end. */
const struct layout *table_layout(const struct table *table);

/* Rows must have at least so many fields from now on. Columns that nobody reads may be missing at their ends. */
void table_need(struct table *table, size_t fields);

/* Says what is wrong with the line of the last row, up to a number of lines. */
void table_complain(struct table *table, const char *format, ...);

/* Lines that something was wrong with, and those that are neither rows nor wrong: in front of the names of the columns,
 * those with the names, comments, and units. */
uint64_t table_problems(const struct table *table);
uint64_t table_other_lines(const struct table *table);

/* The number of the line of the last row, and how much of the file has been read, from 0 to 1; negative when nobody
 * knows. */
uint64_t table_line(const struct table *table);
double table_part(const struct table *table);

#endif
