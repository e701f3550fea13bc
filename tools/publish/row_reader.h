/* Measurements in CSV files: rows `signal_id,timestamp,flags,value`, and what else sttp-subscribe writes. */
#ifndef STTP_ROW_READER_H
#define STTP_ROW_READER_H

#include "sttp.h"

/* What becomes of a value that is none. */
enum unreadable { UNREADABLE_FAILS, UNREADABLE_IS_NAN };

enum row_status {
    ROW_READ,
    ROW_LATER, /* none has come in time */
    ROW_END,   /* of the file */
    ROW_BAD,   /* the line is no row, and it was said why; the next one can be read */
    ROW_FAILED /* no more can be read, and it was said why */
};

struct row_reader;

/* Opens a file ("-" is standard input) whose signals are in the metadata of `publisher`. A first row with the names of
 * the columns tells their order; without it they are `signal_id,timestamp,flags,value`. NULL after saying why on stderr. */
struct row_reader *row_reader_open(const char *path, const sttp_publisher *publisher, enum unreadable unreadable);
void row_reader_close(struct row_reader *reader);

/* The next row, with its signal index in the metadata. Waits up to `seconds` if somebody may still be writing. */
enum row_status row_reader_next(struct row_reader *reader, double seconds, sttp_measurement *row);

#endif
