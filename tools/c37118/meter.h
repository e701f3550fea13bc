/* How regularly frames arrive. */
#ifndef STTP_C37118_METER_H
#define STTP_C37118_METER_H

#include <stdint.h>

/* What is known of the frames since the last reading. */
struct meter {
    uint64_t frames;
    double began; /* of tool_clock: the last reading, or the first frame; 0: none yet */
    int64_t first_delay; /* ticks; the others are told beside it, so that they keep their digits */
    double sum;     /* of the delays beside the first one, in seconds */
    double squares; /* of the same */
};

struct meter_reading {
    double rate;   /* frames a second */
    double delay;  /* seconds from the time of a frame to its arrival, by the clock of this machine, on average */
    double jitter; /* seconds: the standard deviation of that */
};

/* Counts a frame of this time, which has come now: `clock` of tool_clock, `ticks` of sttp_time_now. */
void meter_count(struct meter *meter, int64_t timestamp, double clock, int64_t ticks);

/* Tells what was counted since the last reading, if that is enough to tell anything: nonzero. Begins anew. */
int meter_read(struct meter *meter, double clock, struct meter_reading *reading);

#endif
