/* Measurements read back from a CSV file, a batch at a time. */
#ifndef STTP_REPLAY_H
#define STTP_REPLAY_H

#include <stddef.h>

#include "row_reader.h"
#include "sttp.h"

struct replay;

enum replay_status {
    REPLAY_BATCH,
    REPLAY_LATER, /* none has come in time, or the program was interrupted */
    REPLAY_END,   /* of the file */
    REPLAY_FAILED /* it was said why */
};

/* How the file is read is told in row_reader.h. NULL after saying why not on stderr. */
struct replay *replay_open(const char *path, const sttp_publisher *publisher, enum unreadable unreadable);
void replay_close(struct replay *replay);

/* The next batch: consecutive rows of one timestamp, at most 65,536. They stay valid until the next call. What somebody
 * else is still writing makes a batch when no more of it comes at once. Waits up to `seconds` for it. */
enum replay_status replay_next(struct replay *replay, double seconds, const sttp_measurement **measurements,
                               size_t *count);

#endif
