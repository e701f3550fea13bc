/* What the bits of STAT and of FRACSEC mean, in words. */
#ifndef STTP_C37118_STATUS_H
#define STTP_C37118_STATUS_H

#include <stdint.h>

/* STAT, part by part. */
struct status_words {
    const char *data;
    int is_synchronized;
    int is_sorted_by_arrival;
    const char *trigger; /* NULL: none */
    int changes_soon;    /* the configuration */
    int is_modified;
    const char *time_quality; /* NULL: not told */
    const char *unlocked;     /* how long; NULL: not for long, or not at all */
};

struct status_words status_words(uint32_t status);

/* STAT as `ok, time error below 1 us`, on stdout. */
void status_print(uint32_t status);

/* The quality of the clock, in the high byte of FRACSEC: "locked", "within 1 ms of UTC"... */
const char *clock_words(uint32_t quality);

/* What the same byte says of a leap second; NULL: nothing. */
const char *leap_words(uint32_t quality);

#endif
