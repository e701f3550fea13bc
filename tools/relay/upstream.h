/* Historical data of a source: a temporal subscription on a connection of its own, read as far as somebody takes it. Of one
 * thread. */
#ifndef STTP_RELAY_UPSTREAM_H
#define STTP_RELAY_UPSTREAM_H

#include <stddef.h>
#include <stdint.h>

#include "relay.h"

/* The end of a window that has none: that of the year 9999. */
#define UPSTREAM_OPEN_END INT64_C(3155378975999999999)

struct upstream;

/* What is wanted of a source. */
struct upstream_request {
    const struct source *source;
    int64_t start; /* ticks, both included */
    int64_t stop;  /* UPSTREAM_OPEN_END: up to now */
    const sttp_guid *signals;
    size_t signal_count;
    const char *parameters; /* of the subscriber, for the source of the data */
};

enum upstream_state {
    UPSTREAM_HAS,     /* there is a measurement */
    UPSTREAM_WAITS,   /* none has come yet */
    UPSTREAM_ENDED,   /* everything was read; its words tell what is missing, if anything */
    UPSTREAM_REFUSED, /* it gives nothing; its words tell why */
    UPSTREAM_FAILED,  /* it cannot go on; its words tell why */
};

/* Asks a source. NULL after saying why that cannot be done. */
struct upstream *upstream_open(const struct upstream_request *request, sttp_engine *engine);

/* Waits for a measurement, at most for the time-out. A source that has sent nothing for ten seconds in which it was waited for
 * has failed. */
enum upstream_state upstream_wait(struct upstream *upstream, int32_t timeout_ms);

/* The next measurement, when there is one. */
const sttp_measurement *upstream_next(const struct upstream *upstream);
void upstream_take(struct upstream *upstream);

/* About the end, in a sentence without its period; empty if there is nothing to say. */
const char *upstream_words(const struct upstream *upstream);

const struct source *upstream_source(const struct upstream *upstream);

void upstream_close(struct upstream *upstream);

#endif
