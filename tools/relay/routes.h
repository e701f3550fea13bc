/* Which source each signal comes from, and what of it is published. Whoever calls these holds the lock of the relay.
 *
 * Times are in ticks, without marks; 0: none. `now` is the time of arrival, in UTC as well. */
#ifndef STTP_RELAY_ROUTES_H
#define STTP_RELAY_ROUTES_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

#define ROUTE_NOBODY (-1)
#define ROUTE_TICKS INT64_C(10000000) /* of a second */

enum { ROUTE_SPANS = 6 };

/* What one source has published of a signal, without a gap as far as anybody knows. */
struct route_span {
    int source;
    int is_recovered; /* later than it happened */
    int64_t from;
    int64_t to;
};

struct route {
    sttp_guid signal_id;
    uint64_t sources;    /* that have the signal: a bit for each, by number */
    uint64_t silent;     /* those of them that others stand in for, since they send nothing of it */
    int owner;           /* the source that it comes from, or ROUTE_NOBODY */
    int owner_before;    /* the last one before it */
    int outgoing;        /* the one before it if that still sends what the owner may not have, or ROUTE_NOBODY */
    int is_broken;       /* nobody had it for a while after `last` */
    int is_flowing;      /* the latest span is what the owner sends now */
    int64_t last;        /* the newest that was published live; times that nothing bears out are left out */
    int64_t ahead;       /* the latest time of those that are later than now */
    int64_t doubles;     /* what the owner sends up to this time was published already, */
    int64_t doubles_end; /* which is looked for until then; of `now` */
    int64_t since;       /* everything from this time on was published, up to now, or up to `last` if it is broken */
    int64_t heard;       /* of `now`: when the owner has sent something, or became the owner */
    uint32_t unheard;    /* what others have sent since */
    int returning;       /* a silent source that sends again, or ROUTE_NOBODY, */
    int64_t returned;    /* since then; of `now` */
    struct route_span spans[ROUTE_SPANS]; /* the latest first */
    size_t span_count;
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

/* Decides which source a signal comes from: the first of those that are steady, or else of those that are not; of both kinds,
 * one that is silent only if nobody else has the signal. Returns nonzero when that changes. */
int route_decide(struct route *route, uint64_t steady, uint64_t unsteady, int64_t now);

/* A live measurement of the owner. Returns nonzero if it is to be published, which it is then taken to be. */
int route_take_live(struct route *route, int64_t time, int64_t now);

/* The same of the one before the owner, whose measurements may come behind those of the owner: what is older than the first one
 * of the owner. */
int route_take_outgoing(struct route *route, int64_t time, int64_t now);

/* The same of one that the owner has sent while it was not the owner. */
int route_take_standby(struct route *route, int64_t time, int64_t now);

/* Measurements up to this time were not held ready, so that there may be a gap before those that are. */
void route_note_lost(struct route *route, int64_t time);

/* Another source has sent a live measurement. Returns nonzero when route_decide is to be called, since the owner is silent, or
 * is so no longer after it has sent for `return_after`. */
int route_hear_other(struct route *route, int source, int64_t return_after, int64_t now);

/* A measurement that a source had missed. Returns nonzero if it is to be published, which it is then taken to be: nobody else
 * has published what was there at its time. */
int route_take_recovered(struct route *route, int source, int64_t time);

/* From when on everything was published of which the first measurement has just arrived. */
int64_t route_whole_from(int64_t time, int64_t now);

void routes_free(struct routes *routes);

#endif
