/* Measurements as rows of text, one each: CSV or one JSON object a line, several million a second. */
#ifndef STTP_ROWS_H
#define STTP_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "columns.h"
#include "recording.h"
#include "signal_names.h"
#include "sttp.h"

struct row_writer;

/* Writes CSV, or one JSON object a line, to a recording. That and the names stay the caller's. NULL after saying why
 * not. */
struct row_writer *rows_new(struct recording *recording, const struct signal_names *names,
                            const struct columns *columns, int as_json);
void rows_free(struct row_writer *writer);

/* Begins a file: with the names of the columns, where it is one of CSV. 0, or -1 after saying why not. */
int rows_begin_file(struct row_writer *writer);

/* CSV: timestamp in ticks, flags in decimal, the value in the shortest form that reads back to the same float32; 1 for a
 * recovered measurement, else 0. JSON: the same as members, but the timestamp as ISO 8601, since many readers of JSON
 * round numbers beyond 2^53; "NaN", "Infinity" and "-Infinity", since JSON has no such numbers; true or false. */
void rows_add(struct row_writer *writer, const sttp_measurement *measurement, int recovered);

/* Signals may be called otherwise from now on. */
void rows_forget_names(struct row_writer *writer);

/* Hands all rows to the recording. 0, or the errno of the first write that failed. */
int rows_flush(struct row_writer *writer);

#endif
