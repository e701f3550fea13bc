#include "replay.h"

#include <stdlib.h>

#include "../common/tool.h"
#include "line_reader.h"

#define MOST_IN_BATCH 65536
#define TICKS_PER_SECOND 10000000

/* A writer that has begun a batch writes the rest of it within this time. */
#define PAUSE_SECONDS 0.005

struct replay {
    struct replay_plan plan;
    struct row_reader *rows;
    int has_rows;          /* this time */
    enum row_status last;  /* what reading on after the batch gave */
    sttp_measurement next; /* the row after the batch, if that is ROW_READ */
    /* When it is played: times without marks. */
    int has_begun;
    int64_t first; /* of the file */
    int64_t latest;
    int64_t step;   /* between the two latest times */
    int64_t played; /* how long all times before this one took */
    int64_t shift;
    double clock; /* of tool_clock, when the first one was due */
    sttp_measurement batch[MOST_IN_BATCH];
};

struct replay *replay_open(const struct replay_plan *plan) {
    if (plan->loops && !lines_are_kept(plan->source.path)) {
        tool_error("--loop reads a file again and again, which %s cannot be", plan->source.path);
        return NULL;
    }
    struct replay *replay = (struct replay *)calloc(1, sizeof *replay);
    if (replay == NULL) {
        tool_error("not enough memory to read %s", plan->source.path);
        return NULL;
    }
    replay->plan = *plan;
    replay->last = ROW_LATER;
    replay->rows = row_reader_open(&plan->source);
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

double replay_part(const struct replay *replay) {
    return replay->plan.loops ? -1.0 : table_part(row_reader_table(replay->rows));
}

/* -- when it is played -- */

static void begin_playing(struct replay *replay, int64_t time) {
    int64_t now = sttp_time_now();
    replay->has_begun = 1;
    replay->first = time;
    replay->latest = time;
    replay->step = TICKS_PER_SECOND;
    replay->clock = tool_clock();
    if (replay->plan.is_now) {
        int64_t seconds = (now - time) / TICKS_PER_SECOND;
        replay->shift = (seconds + (now > time)) * TICKS_PER_SECOND;
        replay->clock += (double)(time + replay->shift - now) / TICKS_PER_SECOND;
    }
}

/* Begins the file again behind the step that follows its last time. 0, or -1 after saying why not. */
static int rewind_file(struct replay *replay) {
    int64_t taken = replay->latest - replay->first + replay->step;
    row_reader_close(replay->rows);
    replay->rows = row_reader_open(&replay->plan.source);
    replay->played += taken;
    replay->shift += replay->plan.is_now ? taken : 0;
    replay->latest = replay->first;
    replay->has_rows = 0;
    replay->last = ROW_LATER;
    return replay->rows != NULL ? 0 : -1;
}

static double due_of(struct replay *replay, int64_t time) {
    if (!replay->has_begun) {
        begin_playing(replay, time);
    }
    if (time > replay->latest) {
        replay->step = time - replay->latest;
        replay->latest = time;
    }
    if (replay->plan.speed == 0) {
        return replay->clock;
    }
    return replay->clock +
           (double)(replay->played + time - replay->first) / TICKS_PER_SECOND * 100.0 / (double)replay->plan.speed;
}

static void shift(struct replay *replay, size_t count) {
    for (size_t i = 0; replay->shift != 0 && i < count; i++) {
        replay->batch[i].timestamp = (replay->batch[i].timestamp & STTP_TICKS_VALUE_MASK) + replay->shift;
    }
}

/* -- batches -- */

static size_t fill_batch(struct replay *replay, double seconds) {
    size_t count = 0;
    if (replay->last == ROW_LATER) {
        replay->last = row_reader_next(replay->rows, seconds, &replay->next);
    }
    int64_t timestamp = replay->next.timestamp;
    while (replay->last == ROW_READ && replay->next.timestamp == timestamp && count < MOST_IN_BATCH) {
        replay->batch[count++] = replay->next;
        replay->last = row_reader_next(replay->rows, PAUSE_SECONDS, &replay->next);
    }
    return count;
}

enum replay_status replay_next(struct replay *replay, double seconds, struct replay_batch *batch) {
    size_t count = fill_batch(replay, seconds);
    batch->begins_again = 0;
    if (count == 0 && replay->last == ROW_END && replay->has_rows && replay->plan.loops) {
        if (rewind_file(replay) != 0) {
            return REPLAY_FAILED;
        }
        count = fill_batch(replay, seconds);
        batch->begins_again = 1;
    }
    if (count > 0) {
        replay->has_rows = 1;
        batch->due = due_of(replay, replay->batch[0].timestamp & STTP_TICKS_VALUE_MASK);
        shift(replay, count);
        batch->measurements = replay->batch;
        batch->count = count;
        return REPLAY_BATCH;
    }
    if (replay->last == ROW_END && !replay->has_rows) {
        tool_error("%s has no rows%s", replay->plan.source.path,
                   table_layout(row_reader_table(replay->rows))->is_wide ? "" : " signal_id,timestamp,flags,value");
        return REPLAY_FAILED;
    }
    return replay->last == ROW_LATER ? REPLAY_LATER : replay->last == ROW_END ? REPLAY_END : REPLAY_FAILED;
}
