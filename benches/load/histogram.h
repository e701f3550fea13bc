/* Counts of latencies in fixed steps of at most 3 %, from 100 ns to some minutes. */
#ifndef LOAD_HISTOGRAM_H
#define LOAD_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS 32 /* of each doubling */
#define HISTOGRAM_DOUBLINGS 28

struct histogram {
    uint64_t count;
    int64_t most;
    uint32_t steps[HISTOGRAM_DOUBLINGS * HISTOGRAM_STEPS];
};

/* Ticks of 100 ns; what is below 0 counts as 0. */
void histogram_add(struct histogram *histogram, int64_t ticks);
void histogram_merge(struct histogram *histogram, const struct histogram *other);

/* Microseconds that `share` (0 to 1) of the latencies do not exceed; 0 without any. */
double histogram_quantile(const struct histogram *histogram, double share);
double histogram_most(const struct histogram *histogram);

#endif
