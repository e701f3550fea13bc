/* Measurements as rows of text: CSV or one JSON object a line, several million a second. */
#ifndef STTP_ROWS_H
#define STTP_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

struct row_writer;

/* Writes CSV, or one JSON object a line, to `descriptor`, which stays the caller's. With `marks_recovered`, rows tell
 * whether their measurement was recovered. NULL when there is no memory. */
struct row_writer *rows_new(int descriptor, int as_json, int marks_recovered);
void rows_free(struct row_writer *writer);

/* `signal_id,timestamp,flags,value`, and `recovered` where that is marked: the names of the columns of CSV. */
void rows_add_csv_header(struct row_writer *writer);

/* CSV: timestamp in ticks, flags in decimal, the value in the shortest form that reads back to the same float32; 1 for a
 * recovered measurement, else 0. JSON: the same as members, but the timestamp as ISO 8601, since many readers of JSON
 * round numbers beyond 2^53; "NaN", "Infinity" and "-Infinity", since JSON has no such numbers; true or false. */
void rows_add(struct row_writer *writer, const sttp_measurement *measurement, int recovered);

/* Hands all rows to the operating system. 0, or the errno of the first write that failed. */
int rows_flush(struct row_writer *writer);

#endif
