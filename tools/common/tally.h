/* What has come of each signal since the first measurement, over all connections and lists of signals: the library begins
 * anew with each of these. */
#ifndef STTP_TALLY_H
#define STTP_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

struct tally {
    sttp_guid signal_id;
    int is_granted; /* by the latest list */
    int frames_per_second; /* of its device, as somebody else may note here; 0: not known */
    double since;   /* of tool_clock: it is waited for since then; 0: it is not, or until the first measurement comes */
    double seconds; /* that it was waited for before that */
    uint64_t measurements;
    uint64_t flagged;
    int64_t last;   /* the latest time, in ticks without marks; 0: none */
    uint64_t timed; /* measurements of which the latency is known; in ticks */
    int64_t latency_minimum;
    int64_t latency_maximum;
    double latency_sum;
};

/* Begins as {0}. */
struct tallies {
    struct tally *rows; /* in the order of the signal IDs */
    size_t count;
    uint32_t *by_index; /* rows of the signals of the latest list */
    size_t index_count;
    int has_new;   /* signals that wait for the first measurement */
    double since;  /* of tool_clock: the first measurement; 0: none */
    int64_t began; /* the same in ticks */
};

/* The subscription has these signals from now on. 0, or -1 after saying why not. */
int tallies_set_signals(struct tallies *tallies, const sttp_signal *const *signals, size_t count);

/* Measurements that have come just now. Those that were recovered are not late, and count since the first one. */
void tallies_add(struct tallies *tallies, const sttp_measurement *measurements, size_t count, int recovered);

/* How many seconds a signal was waited for, up to `end`, which is of tool_clock. */
double tally_seconds(const struct tally *tally, double end);

void tallies_free(struct tallies *tallies);

#endif
