#include "meter.h"

#include <math.h>
#include <string.h>

#define TICKS_PER_SECOND 1e7

void meter_count(struct meter *meter, int64_t timestamp, double clock, int64_t ticks) {
    if (meter->began == 0.0) {
        /* The first frame begins the time in which others are counted. */
        meter->began = clock;
        return;
    }
    int64_t delay = ticks - timestamp;
    if (meter->frames == 0) {
        meter->first_delay = delay;
    }
    double beside = (double)(delay - meter->first_delay) / TICKS_PER_SECOND;
    meter->frames++;
    meter->sum += beside;
    meter->squares += beside * beside;
}

int meter_read(struct meter *meter, double clock, struct meter_reading *reading) {
    if (meter->frames == 0 || clock <= meter->began) {
        return 0;
    }
    double count = (double)meter->frames;
    double mean = meter->sum / count;
    reading->rate = count / (clock - meter->began);
    reading->delay = (double)meter->first_delay / TICKS_PER_SECOND + mean;
    reading->jitter = sqrt(fmax(meter->squares / count - mean * mean, 0.0));
    memset(meter, 0, sizeof *meter);
    meter->began = clock;
    return 1;
}
