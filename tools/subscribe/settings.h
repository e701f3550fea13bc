/* The settings of the subscriber that the command line asks for. */
#ifndef STTP_SUBSCRIBE_SETTINGS_H
#define STTP_SUBSCRIBE_SETTINGS_H

#include "options.h"
#include "sttp.h"

/* What the tool does by itself, then the connection string, then what was given beside it. TOOL_DONE, or TOOL_FAILED after
 * saying why. */
int settings_apply(sttp_subscriber *subscriber, const struct options *options);

/* Whether what was missed is fetched, as --recover or the connection string asks for. */
int settings_recover(const sttp_subscriber *subscriber);

#endif
