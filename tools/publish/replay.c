#include "replay.h"

#include <stdlib.h>

#include "../common/tool.h"

#define MOST_IN_BATCH 65536

/* A writer that has begun a batch writes the rest of it within this time. */
#define PAUSE_SECONDS 0.005

struct replay {
    const char *path;
    struct row_reader *rows;
    int has_rows;
    enum row_status last;  /* what reading on after the batch gave */
    sttp_measurement next; /* the row after the batch, if that is ROW_READ */
    sttp_measurement batch[MOST_IN_BATCH];
};

struct replay *replay_open(const char *path, const sttp_publisher *publisher, enum unreadable unreadable) {
    struct replay *replay = (struct replay *)calloc(1, sizeof *replay);
    if (replay == NULL) {
        tool_error("not enough memory to read %s", path);
        return NULL;
    }
    replay->path = path;
    replay->last = ROW_LATER;
    replay->rows = row_reader_open(path, publisher, unreadable);
    if (replay->rows == NULL) {
        free(replay);
        return NULL;
    }
    return replay;
}

void replay_close(struct replay *replay) {
    if (replay != NULL) {
        row_reader_close(replay->rows);
        free(replay);
    }
}

enum replay_status replay_next(struct replay *replay, double seconds, const sttp_measurement **measurements,
                               size_t *count) {
    *measurements = replay->batch;
    *count = 0;
    if (replay->last == ROW_LATER) {
        replay->last = row_reader_next(replay->rows, seconds, &replay->next);
    }
    int64_t timestamp = replay->next.timestamp;
    while (replay->last == ROW_READ && replay->next.timestamp == timestamp && *count < MOST_IN_BATCH) {
        replay->batch[(*count)++] = replay->next;
        replay->last = row_reader_next(replay->rows, PAUSE_SECONDS, &replay->next);
    }
    if (*count > 0) {
        replay->has_rows = 1;
        return REPLAY_BATCH;
    }
    if (replay->last == ROW_END && !replay->has_rows) {
        tool_error("%s has no rows signal_id,timestamp,flags,value", replay->path);
        return REPLAY_FAILED;
    }
    return replay->last == ROW_LATER ? REPLAY_LATER : replay->last == ROW_END ? REPLAY_END : REPLAY_FAILED;
}
