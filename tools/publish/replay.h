/* Measurements read back from a file, a batch at a time, with the time when each is due. */
#ifndef STTP_REPLAY_H
#define STTP_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "row_reader.h"
#include "sttp.h"

struct replay_plan {
    struct row_source source;
    uint64_t speed; /* percent of that of the recording; 0: as fast as possible */
    int is_now;     /* times are moved by whole seconds, so that the recording begins now */
    int loops;      /* begins again at its end */
};

struct replay;

enum replay_status {
    REPLAY_BATCH,
    REPLAY_LATER, /* none has come in time, or the program was interrupted */
    REPLAY_END,   /* of the file */
    REPLAY_FAILED /* it was said why */
};

struct replay_batch {
    const sttp_measurement *measurements;
    size_t count;
    double due; /* of tool_clock */
    int begins_again; /* the first one of the file, once more */
};

/* The plan's metadata and wishes stay the caller's, and there. NULL after saying why not on stderr. */
struct replay *replay_open(const struct replay_plan *plan);
void replay_close(struct replay *replay);

/* The next batch: consecutive rows of one timestamp, at most 65,536. They stay valid until the next call. What somebody
 * else is still writing makes a batch when no more of it comes at once. Waits up to `seconds` for it. */
enum replay_status replay_next(struct replay *replay, double seconds, struct replay_batch *batch);

/* How much of the file has been read, from 0 to 1; negative when nobody knows. */
double replay_part(const struct replay *replay);

#endif
