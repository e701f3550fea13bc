/* What publishers and subscribers count, as metrics. */
#ifndef STTP_METRICS_LIBRARY_H
#define STTP_METRICS_LIBRARY_H

#include "metrics.h"
#include "sttp.h"

/* The counters of a publisher, and those of each of its connections, the first 1,000 of them. */
void metrics_add_publisher(struct text *text, const sttp_publisher *publisher);

/* A subscriber, and what its metrics have in a label. */
struct metrics_subscriber {
    const char *name;
    const sttp_subscriber *subscriber;
};

/* The counters of subscribers, and whether each is connected and subscribed; `label` is NULL, and names do not count, where
 * there is one. The first 64 of them. */
void metrics_add_subscribers(struct text *text, const char *label, const struct metrics_subscriber *subscribers, size_t count);

/* A block link, and where it goes, which its metrics have in a label. */
struct metrics_link {
    const char *place;
    const sttp_block_link *link;
};

/* The counters of block links and of their sessions, whether each is open and has agreed with the other side, and how much
 * waits. The first 64 of them. */
void metrics_add_links(struct text *text, const struct metrics_link *links, size_t count);

/* The counters of a subscriber, wherever it is. */
void metrics_add_subscriber(struct text *text, const sttp_subscriber_counters *counters);

#endif
