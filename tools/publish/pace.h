/* When the next frame is due: evenly spaced by the monotonic clock, which nobody sets, with times of the system's clock,
 * which somebody may. */
#ifndef STTP_PACE_H
#define STTP_PACE_H

#include <stdint.h>

/* Frames are counted from 0. Those from `first` on are spaced from `clock` (seconds of tool_clock) and `ticks` on. */
struct pace {
    double rate; /* frames a second, more than 0 */
    uint64_t first;
    double clock;
    int64_t ticks;
    double looked; /* of tool_clock: when the clocks were compared last */
};

/* The first frame is due now, or on the next whole second of the system's clock, as PMUs have it. */
void pace_begin(struct pace *pace, double rate, int on_whole_second);

/* When a frame is due, in seconds of tool_clock, and its time. */
double pace_due(const struct pace *pace, uint64_t frame);
int64_t pace_ticks(const struct pace *pace, uint64_t frame);

/* Whether the system's clock was set, or the process did not run, since this was asked last. Then it says so, and `frame`
 * is the next one due, on a whole second again: what should have been in between is left out. */
int pace_was_disturbed(struct pace *pace, uint64_t frame);

/* A frame that is much too late is due now, and those behind it follow from there. */
void pace_forgive(struct pace *pace, uint64_t frame);

#endif
