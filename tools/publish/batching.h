/* Frames that are published together: those of some time make one batch, so that packets are fewer and larger. */
#ifndef STTP_BATCHING_H
#define STTP_BATCHING_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

/* Publishes at once, with whatever `target` is. */
typedef int32_t publish_function(void *target, const sttp_measurement *measurements, size_t count);

/* What waits to be published. Begins as {.interval = SECONDS}, where 0 lets nothing wait. */
struct batching {
    double interval;
    double due; /* of what waits */
    publish_function *function; /* for what waits */
    sttp_measurement *measurements;
    size_t count;
    size_t capacity;
};

/* Publishes a frame, or lets it wait for those that come within the interval. */
int32_t batching_add(struct batching *batching, void *target, publish_function *function,
                     const sttp_measurement *measurements, size_t count);

/* When what waits is to be published, of tool_clock; HUGE_VAL: nothing waits. */
double batching_due(const struct batching *batching);

/* Publishes what waits. */
int32_t batching_flush(struct batching *batching, void *target);

void batching_free(struct batching *batching);

#endif
