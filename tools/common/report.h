/* The line of --stats: one JSON object on standard error. */
#ifndef STTP_REPORT_H
#define STTP_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

/* What became of each connection of a publisher, those that have ended included. */
struct connection_reports;

/* NULL when there is no memory. */
struct connection_reports *connection_reports_new(void);
void connection_reports_free(struct connection_reports *reports);

/* Takes note of what is known of a connection, in place of what was known before. May be handed to
 * sttp_publisher_for_each_connection: `reports` is a struct connection_reports. Callable from any thread. */
void connection_reports_take(void *reports, const sttp_connection *connection);

/* What --stats tells. */
struct report {
    uint64_t measurements;
    double seconds;
    int32_t record;              /* STTP_COUNTERS_...: which the counters are */
    const void *counters;        /* NULL: none */
    size_t counters_size;
    const sttp_latency *latency; /* NULL: not measured */
    /* Of publishers; NULL for subscribers. */
    const struct connection_reports *connections;
    uint64_t subscribers;
    /* Prints more members, each with a comma in front; NULL: there are none. */
    void (*print_more)(const void *more);
    const void *more;
};
void report_print(const struct report *report);

/* Part of such an object: `"name":{...}` with every counter of a record, with a comma in front unless it is the first. */
void report_print_counters(const char *name, int32_t record, const void *counters, size_t size, int is_first);

#endif
