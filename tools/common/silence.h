/* A sign of life while a publisher is connected and has granted the subscription, and sends nothing. */
#ifndef STTP_SILENCE_H
#define STTP_SILENCE_H

#include <stdint.h>

#include "sttp.h"

/* Begins as {0}. Times of tool_clock. */
struct silence {
    uint64_t measurements;
    double since; /* 0: nothing is waited for */
    double longest; /* that was no reason to say something */
    double next_sign;
    int is_told;
};

/* To be called again and again. Says so after ten seconds, or three times the longest silence so far, and then less and less
 * often; and when measurements come again. */
void silence_watch(struct silence *silence, const sttp_subscriber *subscriber, const char *peer);

#endif
