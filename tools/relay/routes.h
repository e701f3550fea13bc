/* Which source each signal comes from. Whoever calls these holds the lock of the relay. */
#ifndef STTP_RELAY_ROUTES_H
#define STTP_RELAY_ROUTES_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

#define ROUTE_NOBODY (-1)

/* Times are in ticks, without marks; 0: none. */
struct route {
    sttp_guid signal_id;
    uint64_t sources; /* that have the signal: a bit for each, by number */
    int owner;        /* the source that it comes from, or ROUTE_NOBODY */
    int owner_before; /* the last one before it */
    int lost_by;      /* the source that others stand in for, or ROUTE_NOBODY */
    int is_broken;    /* nobody had it for a while after `last` */
    int64_t last;     /* the newest that was published live */
    int64_t doubles;  /* what the owner sends up to this time was published already */
    int64_t stood_in_from; /* what others have published in place of `lost_by` */
    int64_t stood_in_to;
    int64_t since; /* everything from this time on was published, up to now, or up to `last` if it is broken */
};

/* Begins as {0}. */
struct routes {
    struct route *rows;
    size_t count;
    uint32_t *slots; /* rows by a hash of their signal IDs */
    size_t slot_count;
};

/* The signals of a source. */
struct route_signals {
    const sttp_guid *signals;
    uint32_t *places; /* receives the row of each */
    size_t count;
};

/* Makes rows for the signals of all sources; those of signals that there were go on. 0, or -1 when there is no memory, with
 * nothing changed. */
int routes_set_signals(struct routes *routes, const struct route_signals *sources, size_t source_count);

/* NULL when no source has the signal. */
const struct route *routes_find(const struct routes *routes, const sttp_guid *signal_id);

/* Decides which source a signal comes from: the first of those that are steady, or else of those that are not. Returns
 * nonzero when that changes. */
int route_decide(struct route *route, uint64_t steady, uint64_t unsteady);

/* A live measurement of the owner. Returns nonzero if it is to be published, which it is then taken to be. */
int route_take_live(struct route *route, int64_t time);

/* A measurement that the owner had missed. Returns nonzero if it is to be published. */
int route_takes_recovered(const struct route *route, int source, int64_t time);

void routes_free(struct routes *routes);

#endif
