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
    uint64_t tried; /* sources that these signals are not asked of besides: a bit for each */
    int is_extra;   /* it is asked for more than another one has, and nobody minds if it gives none */
    int64_t start; /* ticks, both included */
    int64_t stop;  /* UPSTREAM_OPEN_END: up to now */
    const sttp_guid *signals;
    size_t signal_count;
    const char *parameters; /* of the subscriber, for the source of the data */
    double patience;        /* seconds that the source may take to grant signals; what comes of it meanwhile gives it more time */
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

/* Waits for a measurement, at most for the time-out. A source that has granted signals and then sent nothing for ten seconds
 * in which it was waited for has failed. One that breaks off is asked anew for what follows, if something has come since it
 * was asked: a source waits only so long for somebody who does not read on. */
enum upstream_state upstream_wait(struct upstream *upstream, int32_t timeout_ms);

/* The next measurement, when there is one. */
const sttp_measurement *upstream_next(const struct upstream *upstream);
void upstream_take(struct upstream *upstream);

/* About the end, in a sentence without its period; empty if there is nothing to say. */
const char *upstream_words(const struct upstream *upstream);

/* What it was asked for; valid until it is closed. */
const struct upstream_request *upstream_asked(const struct upstream *upstream);

/* The newest time that was taken; before that of the start: none. */
int64_t upstream_last(const struct upstream *upstream);

/* Nonzero when it has failed in its own words, so that something may be missing before what was taken last, too. */
int upstream_has_holes(struct upstream *upstream);

void upstream_close(struct upstream *upstream);

#endif
