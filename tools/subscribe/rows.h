/* Measurements as rows of text: CSV or one JSON object a line, several million a second. */
#ifndef STTP_ROWS_H
#define STTP_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

struct row_writer;

/* Writes to `descriptor`, which stays the caller's. With `marks_recovered`, rows tell whether their measurement was
 * recovered. NULL when there is no memory. */
struct row_writer *rows_new(int descriptor, int marks_recovered);
void rows_free(struct row_writer *writer);

/* `signal_id,timestamp,flags,value`, and `recovered` where that is marked: the name of each column of rows_add_csv. */
void rows_add_csv_header(struct row_writer *writer);

/* Timestamp in ticks, flags in decimal, the value in the shortest form that reads back to the same float32; 1 for a
 * recovered measurement, else 0. */
void rows_add_csv(struct row_writer *writer, const sttp_measurement *measurement, int recovered);

/* The same fields as members of an object. JSON has no word for values that are not numbers: they become null. */
void rows_add_json(struct row_writer *writer, const sttp_measurement *measurement, int recovered);

/* Hands all rows to the operating system. 0, or the errno of the first write that failed. */
int rows_flush(struct row_writer *writer);

#endif
