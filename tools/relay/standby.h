/* The latest measurements of a source whose signals come from another one, so that nothing is missing when they come from it
 * all at once. Of one thread. */
#ifndef STTP_RELAY_STANDBY_H
#define STTP_RELAY_STANDBY_H

#include <stddef.h>

#include "sttp.h"

enum { STANDBY_MOST = 1 << 17 };

/* Begins as {0}. */
struct standby {
    sttp_measurement *rows; /* a ring of STANDBY_MOST */
    size_t first;           /* the oldest */
    size_t count;
    int failed; /* there was no memory, which was said */
};

/* Without memory, nothing is kept, which is said once. */
void standby_add(struct standby *standby, const sttp_measurement *measurement, const char *address);

/* From the oldest, 0, to the newest, `count` - 1. */
const sttp_measurement *standby_at(const struct standby *standby, size_t number);

void standby_clear(struct standby *standby);
void standby_free(struct standby *standby);

#endif
