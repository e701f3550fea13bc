/* Made-up signals: a data set of any size, and lifelike 60 Hz values for the signals of any data set. */
#ifndef STTP_SIGNALS_H
#define STTP_SIGNALS_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

#define SIGNALS_MOST 1000000

/* A data set of `count` signals, a device for every ten: frequency, its rate of change and four phasors. Always the
 * same signal IDs for the same count. NULL after saying why on stderr. */
sttp_metadata *signals_make_up(uint64_t count);

struct signal_generator;

/* Makes values for each enabled measurement of the data set, according to its signal type. NULL after saying why. */
struct signal_generator *generator_new(const sttp_metadata *metadata);
void generator_free(struct signal_generator *generator);

/* How many signals a frame has. */
size_t generator_signal_count(const struct signal_generator *generator);

/* One measurement of each signal at `timestamp`, with signal ID and index set. Valid until the next call. */
const sttp_measurement *generator_frame(struct signal_generator *generator, int64_t timestamp);

#endif
