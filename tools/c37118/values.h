/* What a data frame of C37.118 says, in words. */
#ifndef STTP_C37118_VALUES_H
#define STTP_C37118_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "meter.h"
#include "sttp.h"

/* A data frame, and what is known of those before it. */
struct values {
    const sttp_c37118_configuration *configuration;
    const uint8_t *frame;
    size_t length;
    int64_t timestamp;
    uint32_t quality;
    const struct meter_reading *reading;         /* NULL: not known yet */
    const sttp_c37118_client_counters *counters; /* NULL: not known yet */
};

/* Prints a frame as lines. */
void values_text(const struct values *values);

/* Prints it as one JSON object on a line. */
void values_json(const struct values *values);

#endif
