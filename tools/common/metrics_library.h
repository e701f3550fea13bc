/* What publishers and subscribers count, as metrics. */
#ifndef STTP_METRICS_LIBRARY_H
#define STTP_METRICS_LIBRARY_H

#include "metrics.h"
#include "sttp.h"

/* The counters of a publisher, and those of each of its connections, the first 1,000 of them. */
void metrics_add_publisher(struct text *text, const sttp_publisher *publisher);

/* The counters of a subscriber, wherever it is. */
void metrics_add_subscriber(struct text *text, const sttp_subscriber_counters *counters);

#endif
