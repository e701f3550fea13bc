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
    int64_t lost;           /* the newest time of those that there was no room for, in ticks; 0: none */
    int failed; /* there was no memory, which was said */
};

/* Without memory, nothing is kept, which is said once. */
void standby_add(struct standby *standby, const sttp_measurement *measurement, const char *address);

/* From the oldest, 0, to the newest, `count` - 1. */
const sttp_measurement *standby_at(const struct standby *standby, size_t number);

/* Puts one of them to the place of another, at or before its own. */
void standby_move(struct standby *standby, size_t number, size_t to);

/* Keeps so many, the oldest ones. */
void standby_keep(struct standby *standby, size_t count);

void standby_clear(struct standby *standby);
void standby_free(struct standby *standby);

#endif
