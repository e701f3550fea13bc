#include "histogram.h"

#include <math.h>
#include <stddef.h>

#define STEPS_COUNT (sizeof ((struct histogram *)0)->steps / sizeof(uint32_t))
#define TICKS_PER_MICROSECOND 10.0

/* The first two doublings' worth of ticks have a step each; from there on HISTOGRAM_STEPS make up a doubling. */
static size_t step_of(uint64_t ticks) {
    size_t doubling = 0;
    while (ticks >= 2 * HISTOGRAM_STEPS) {
        ticks >>= 1;
        doubling++;
    }
    size_t step = doubling * HISTOGRAM_STEPS + (size_t)ticks;
    return step < STEPS_COUNT ? step : STEPS_COUNT - 1;
}

/* The largest latency that belongs to a step. */
static double step_end(size_t step) {
    if (step < 2 * HISTOGRAM_STEPS) {
        return (double)step;
    }
    int doubling = (int)(step / HISTOGRAM_STEPS) - 1;
    return ldexp((double)(step % HISTOGRAM_STEPS + HISTOGRAM_STEPS + 1), doubling) - 1.0;
}

void histogram_add(struct histogram *histogram, int64_t ticks) {
    ticks = ticks < 0 ? 0 : ticks;
    histogram->count++;
    histogram->most = ticks > histogram->most ? ticks : histogram->most;
    histogram->steps[step_of((uint64_t)ticks)]++;
}

void histogram_merge(struct histogram *histogram, const struct histogram *other) {
    histogram->count += other->count;
    histogram->most = other->most > histogram->most ? other->most : histogram->most;
    for (size_t step = 0; step < STEPS_COUNT; step++) {
        histogram->steps[step] += other->steps[step];
    }
}

double histogram_quantile(const struct histogram *histogram, double share) {
    uint64_t rank = (uint64_t)ceil(share * (double)histogram->count);
    uint64_t counted = 0;
    for (size_t step = 0; step < STEPS_COUNT && rank > 0; step++) {
        counted += histogram->steps[step];
        if (counted >= rank) {
            return fmin(step_end(step), (double)histogram->most) / TICKS_PER_MICROSECOND;
        }
    }
    return 0.0;
}

double histogram_most(const struct histogram *histogram) {
    return (double)histogram->most / TICKS_PER_MICROSECOND;
}
