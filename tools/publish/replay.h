/* Measurements read back from a CSV file, a batch at a time. */
#ifndef STTP_REPLAY_H
#define STTP_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "sttp.h"

struct replay;

/* Opens a file of rows `signal_id,timestamp,flags,value` ("-" is standard input) whose signals are in the metadata of
 * `publisher`. A first row with the names of the columns is skipped. NULL after saying why on stderr. */
struct replay *replay_open(const char *path, const sttp_publisher *publisher);
void replay_close(struct replay *replay);

/* The next batch: consecutive rows of one timestamp, at most 65,536. They stay valid until the next call.
 * 1 with a batch, 0 at the end of the file, -1 after saying which line is wrong. */
int replay_next(struct replay *replay, const sttp_measurement **measurements, size_t *count);

#endif
