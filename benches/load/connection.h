/* One of the subscribers that the load program holds, and what came on it. */
#ifndef LOAD_CONNECTION_H
#define LOAD_CONNECTION_H

#include <stddef.h>
#include <stdint.h>

#include "histogram.h"
#include "sttp.h"

/* Written by the engine of the connection, or by the thread that reads it; the others look when that has ended. */
struct connection {
    sttp_subscriber *subscriber;
    void (*first_arrival)(void); /* called before the first measurement counts */
    uint64_t signals;
    uint64_t measurements;
    uint64_t value_sum; /* of the bits of the values; like the others it wraps around */
    uint64_t time_sum;
    uint64_t index_sum;
    double began; /* to connect; times are of tool_clock */
    double connected; /* 0: never */
    double ended; /* 0: not yet */
    double first_measurement;
    double first_frame; /* complete */
    double last_measurement;
    struct histogram latency; /* of packets, or of what one read has brought */
};

/* Reads every value, timestamp and signal index. */
void connection_take(struct connection *connection, const sttp_measurement *measurements, size_t count);

#endif
