/* Where the measurements go that are written as rows, and in which form. */
#ifndef STTP_OUTPUT_H
#define STTP_OUTPUT_H

#include <stddef.h>

#include "columns.h"
#include "recording.h"
#include "signal_names.h"
#include "sttp.h"

struct output_plan {
    struct recording_plan recording;
    struct columns columns;
    int as_json;
    int marks_recovered;
    double row_wait; /* seconds, of wide rows */
};

struct output;

/* The names stay the caller's. NULL after saying why not. */
struct output *output_open(const struct output_plan *plan, const struct signal_names *names);

/* The subscription has these signals from now on. 0, or -1 after saying why not. */
int output_set_signals(struct output *output, const sttp_signal *const *signals, size_t count);

/* Signals may be called otherwise from now on. 0, or -1 after saying why that is not possible. */
int output_take_names(struct output *output);

/* 0, the errno of the first failure, or -1 after saying what failed. */
int output_take(struct output *output, const sttp_measurement *measurements, size_t count, int recovered);

/* Writes rows that have waited long enough for more, and makes what was written readable; may be called by another thread
 * than the rest, twice a second. Returns as output_take. */
int output_tick(struct output *output);

/* The file that is written. */
const char *output_name(const struct output *output);

/* Writes what is left. 0, or the errno of the first failure. NULL is let through. */
int output_close(struct output *output);

#endif
