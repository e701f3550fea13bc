/* What a program counts, for Prometheus: the text format, and answers with it over HTTP. */
#ifndef STTP_METRICS_H
#define STTP_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* One record of counters, and what tells it from others of its kind: labels as `device="1"`, empty for none. */
struct metrics_record {
    char labels[384];
    const void *counters;
};

/* Every counter of the library's table for a kind of record, STTP_COUNTERS_..., each with a value for each record.
 * `prefix` begins the names; `size` is that of a record. */
void metrics_add_counters(struct text *text, const char *prefix, int32_t kind, const struct metrics_record *records,
                          size_t count, size_t size);

/* One value; `is_total`: it only grows. */
void metrics_add_value(struct text *text, const char *name, const char *help, int is_total, double value);

/* A value for each record, with the labels of these; nothing for none. */
void metrics_add_values(struct text *text, const char *name, const char *help, int is_total,
                        const struct metrics_record *records, const double *values, size_t count);

/* Adds `name="value"` to labels, with a comma in front where there are some. */
void metrics_add_label(struct metrics_record *record, const char *name, const char *value);

/* Answers at ADDR:PORT, or on loopback for PORT alone, with what `collect` adds, until metrics_end. NULL begins nothing.
 * TOOL_DONE, or TOOL_FAILED after saying why not. */
int metrics_begin(const char *address, void (*collect)(struct text *text, void *user_data), void *user_data);

/* `collect` is not called any more when this returns. */
void metrics_end(void);

/* The row of options for it. */
#define OPTION_METRICS(variable)                                                                                    \
    {"metrics", "ADDR:PORT",                                                                                        \
     "Serves what is counted to Prometheus, at http://ADDR:PORT/metrics. `PORT` alone is on loopback; port 0 takes " \
     "any free one, which the log tells.",                                                                          \
     TO_TEXT(variable)}

#endif
