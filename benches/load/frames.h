/* Frames to publish, with lifelike values that are made up or read beforehand, so that little but publishing costs
 * time. */
#ifndef LOAD_FRAMES_H
#define LOAD_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

struct frames;

/* Frames of all signals of the data set. NULL after saying why. */
struct frames *frames_new(const sttp_metadata *metadata, uint64_t most);
/* Frames in the order and with the spread of times of a file of records: ticks, row, flags and bits of the value,
 * little-endian numbers of 8, 4, 4 and 4 bytes. The first frame is of now; when all are over, they repeat, later. NULL
 * after saying why. */
struct frames *frames_read(const sttp_metadata *metadata, const char *path);
void frames_free(struct frames *frames);

size_t frames_signal_count(const struct frames *frames);

/* The next frame; one that is made up has the time of this call. Valid until the next one. */
const sttp_measurement *frames_next(struct frames *frames);

/* Sums of all frames so far, which wrap around: of the bits of the values, and of the timestamps. A subscriber that
 * has received everything comes to the same. */
uint64_t frames_value_sum(const struct frames *frames);
uint64_t frames_time_sum(const struct frames *frames);

#endif
