/* Measurements in CSV files: what sttp-subscribe writes, and what other programs do. */
#ifndef STTP_ROW_READER_H
#define STTP_ROW_READER_H

#include "sttp.h"
#include "table.h"

/* What becomes of a value that is none, and of a row that is none. */
enum unreadable { UNREADABLE_FAILS, UNREADABLE_IS_NAN, UNREADABLE_IS_SKIPPED };

enum row_status {
    ROW_READ,
    ROW_LATER, /* none has come in time */
    ROW_END,   /* of the file */
    ROW_BAD,   /* the line is no row, and it was said why; the next one can be read */
    ROW_FAILED /* no more can be read, and it was said why */
};

struct row_source {
    const char *path; /* "-" is standard input */
    const struct layout_wishes *wishes;
    const sttp_metadata *metadata; /* that have its signals */
    enum unreadable unreadable;
};

struct row_reader;

/* Opens a file. The source's metadata and wishes stay the caller's, and there. NULL after saying why on stderr. */
struct row_reader *row_reader_open(const struct row_source *source);
void row_reader_close(struct row_reader *reader);

/* The next row, or the next value of a row of several, with its signal index in the metadata. Waits up to `seconds` if
 * somebody may still be writing. */
enum row_status row_reader_next(struct row_reader *reader, double seconds, sttp_measurement *row);

/* The file as a table. */
const struct table *row_reader_table(const struct row_reader *reader);

/* How many values are no numbers, and the line of the first one. */
uint64_t row_reader_unreadable(const struct row_reader *reader, uint64_t *line);

/* Whether the signal of a column of the layout, a wide one, is in the metadata. */
int row_reader_has_column(const struct row_reader *reader, size_t signal);

#endif
