/* What the options of sttp-subscribe ask of the library. */
#ifndef STTP_SUBSCRIBE_SETTINGS_H
#define STTP_SUBSCRIBE_SETTINGS_H

#include "options.h"
#include "sttp.h"

/* Sets up a subscriber that is not connected yet. TOOL_DONE, or TOOL_FAILED after saying why. */
int settings_apply(sttp_subscriber *subscriber, const struct options *options);

#endif
