/* Measurements as a row for each time, with a column for each signal: CSV or one JSON object a line. */
#ifndef STTP_WIDE_H
#define STTP_WIDE_H

#include <stddef.h>

#include "recording.h"
#include "signal_names.h"
#include "sttp.h"

struct wide_plan {
    int as_json;
    int marks_recovered;
    double wait; /* seconds that a row waits for the rest of its values, from its first one on */
};

struct wide_writer;

/* The recording and the names stay the caller's. NULL after saying why not. */
struct wide_writer *wide_new(struct recording *recording, const struct signal_names *names,
                             const struct wide_plan *plan);

/* After saying what had no place in the rows, if anything. */
void wide_free(struct wide_writer *writer);

/* The subscription has these signals from now on. 0, or -1 after saying why not. */
int wide_set_signals(struct wide_writer *writer, const sttp_signal *const *signals, size_t count);

/* Signals may be called otherwise from now on, in the next file, or in this one while nothing is in it. 0, or -1 after
 * saying why not. */
int wide_take_names(struct wide_writer *writer);

/* Takes measurements that came just now, and hands rows that are complete, or have waited, to the recording. 0, or the
 * errno of the first failure. */
int wide_take(struct wide_writer *writer, const sttp_measurement *measurements, size_t count, int recovered);

/* Hands all rows to the recording, as they are. 0, or the errno of the first failure. */
int wide_finish(struct wide_writer *writer);

/* A new file has begun, which the names of the columns belong to. */
void wide_begin_file(struct wide_writer *writer);

#endif
